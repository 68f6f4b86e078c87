"""Every subject's document, in every writer and at every width: no value is cut, and no line is too long."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.cells import cell_len

from sgkpi import Month, PeriodKind, api
from sgkpi.answers.board import BoardRequest, improvement_board
from sgkpi.answers.cases import list_cases
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.compute import compute
from sgkpi.answers.due import list_due
from sgkpi.answers.funnel import funnel
from sgkpi.answers.lint import lint_catalogue
from sgkpi.answers.list import list_indicators
from sgkpi.answers.overview import overview
from sgkpi.answers.signals import find_signals
from sgkpi.answers.snapshot.revisions import revisions_of
from sgkpi.answers.snapshot.verify import verify_snapshots
from sgkpi.answers.verify import verify
from sgkpi.answers.why.explain import explain_case
from sgkpi.api.snapshots import diff, snapshot
from sgkpi.definitions.bundled import sample_path
from sgkpi.documents.board import board_document
from sgkpi.documents.boundaries import boundaries_document
from sgkpi.documents.cases import cases_document
from sgkpi.documents.check import check_document
from sgkpi.documents.compute import compute_document, periods_of
from sgkpi.documents.diff import diff_document
from sgkpi.documents.document import (
    Chart,
    ControlChart,
    Document,
    FunnelChart,
    Headline,
    Rated,
    TableBlock,
    Value,
    Verbatim,
)
from sgkpi.documents.due import due_document
from sgkpi.documents.explain import explain_document
from sgkpi.documents.funnel import funnel_document
from sgkpi.documents.lint import lint_document
from sgkpi.documents.list import list_document
from sgkpi.documents.revisions import revisions_document
from sgkpi.documents.show import show_document
from sgkpi.documents.signals import signals_document
from sgkpi.documents.snapshot import snapshot_document
from sgkpi.documents.store import list_document as list_document_of_store
from sgkpi.documents.store import snapshot_manifest_document, verification_document
from sgkpi.documents.verify import verify_document
from sgkpi.documents.why import why_document
from sgkpi.documents.write.text import cell_words, wrap_line
from sgkpi.model.outcomes import Outcome
from sgkpi.model.request import Request
from sgkpi.snapshots.store import open_store
from tests.support.catalogue import shipped
from tests.support.monthly import APRIL, AS_OF, MARCH, Monthly
from tests.support.screens import shown

WIDTHS = (40, 47, 60, 72, 80, 100, 120, 160, 200)
FEBRUARY = Month(2019, 2)
PLANS, PLACED, DECIDED = "pathway_plans_reviewed", "care_leavers_in_bnb", "contacts_decided_24h"


def every_document() -> Iterator[tuple[str, Document]]:
    """The documents about the sample; a small part of it, where a subject takes long."""
    catalogue = shipped()
    extract = api.open_extract(sample_path(), catalogue)
    of_plans = Request([PLANS], [FEBRUARY])
    one = Request([PLANS], [FEBRUARY], by=["team"])
    many = Request([PLANS, PLACED], [FEBRUARY], history=11, kinds=[PeriodKind.MONTH])
    for name, request in (("compute", one), ("compute several", many)):
        asked = replace(request, compared=True)
        figures = compute(extract, catalogue, asked)
        yield name, compute_document(figures, periods_of(request, figures.as_of))
    yield "show", show_document(overview(extract, catalogue, of_plans))
    for name, by in (("funnel", "team"), ("funnel without limits", "source")):
        request = Request([DECIDED], [Month(2019, 1) if by == "team" else Month(2019, 3)], by=[by])
        yield name, funnel_document(funnel(extract, catalogue, request))
    yield "signals", signals_document(find_signals(extract, catalogue, Request([DECIDED], [FEBRUARY], by=["team"])))
    inspection = replace(catalogue.boards["inspection_2019"], since=Month(2018, 9))
    yield "board", board_document(improvement_board(extract, catalogue, BoardRequest(inspection, FEBRUARY)))
    listed = list_cases(extract, catalogue, of_plans, outcomes=[Outcome.OVERDUE])
    yield "cases", cases_document(listed)
    yield "due", due_document(list_due(extract, catalogue, Request([PLANS]), 30))
    yield "check", check_document(check_quality(extract, catalogue, QualityRequest(["accommodation"], FEBRUARY)))
    yield "list", list_document(list_indicators(catalogue, extract))
    report = lint_catalogue(ids=[PLANS], today=date(2019, 3, 1), boundaries=True)
    yield "lint", lint_document(report)
    yield "boundaries", boundaries_document(report.boundaries)
    agreed = verify(extract, catalogue, Request([PLACED], [FEBRUARY], by=["all"]))
    yield "verify", verify_document(agreed)
    yield "why", why_document(explain_case(extract, catalogue, of_plans, listed.cases[0].key))
    yield "explain", explain_document(catalogue.indicators[PLANS], None)
    with TemporaryDirectory() as folder:
        yield from _of_snapshots(Monthly.at(Path(folder)))


def _of_snapshots(job: Monthly) -> Iterator[tuple[str, Document]]:
    """The documents about two months of a small job."""
    asked = {"snapshots": job.folder / "snapshots", "history": 2, "kinds": "month", "secret": bytes(32)}
    for month, rows in (("2019-02", MARCH), ("2019-03", APRIL)):
        job.extract(rows, AS_OF[month])
        taken = snapshot(job.folder / "data", job.folder / "indicators", month=month, **asked)  # type: ignore[arg-type]
    store = open_store(job.folder / "snapshots")
    yield "snapshot", snapshot_document(taken)
    yield "diff", diff_document(diff(snapshots=store.folder, by="all", every=True))
    yield "snapshot list", list_document_of_store(store.contents())
    yield "snapshot show", snapshot_manifest_document(store.contents().snapshots[-1])
    yield "snapshot verify", verification_document(verify_snapshots(store, None, None, lambda _: b""))
    yield "snapshot revisions", revisions_document(revisions_of(store))


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return dict(every_document())


def values(document: Document, dropped: str) -> Iterator[str]:
    """What must stand on one line: numbers, values and ratings, but those of columns without room."""
    for block in document.blocks:
        match block:
            case TableBlock():
                for column in block.columns:
                    if column.name not in dropped and column is not block.columns[0]:
                        whole = column.right or any(isinstance(cell, Value | Rated) for cell in column.cells)
                        yield from (cell_words(cell) for cell in column.cells if whole)
            case Chart():
                yield from (point.shown.text for point in block.points)
            case ControlChart():
                yield from (text for point in block.points for text in (point.label, point.shown))
            case FunnelChart():
                yield from (text for row in block.rows for text in (row.shown, row.words) if text)
            case Headline():
                yield block.value
            case _:
                pass


NAMES = (
    "compute", "compute several", "show", "funnel", "funnel without limits", "signals", "board", "cases", "due",
    "check", "list", "lint", "boundaries", "verify", "why", "explain", "snapshot", "diff", "snapshot list",
    "snapshot show", "snapshot verify", "snapshot revisions",
)  # fmt: skip


def test_every_subject_is_looked_at(documents: dict[str, Document]) -> None:
    assert tuple(documents) == NAMES
    assert all(document.blocks for document in documents.values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_value_is_cut_on_a_terminal(documents: dict[str, Document], name: str, width: int) -> None:
    for unicode in (True, False):
        text = shown(documents[name], width, unicode=unicode)
        said = " ".join(text.split())
        dropped = "".join(re.findall(r"Hidden for lack of width: (.*)", said))
        large = unicode and name == "show"  # whose headline is drawn
        lines = text.splitlines()
        for value in values(documents[name], dropped):
            # A rating may stand below its value, and words of a board's cell below one another.
            parts = value.split() if name == "board" else value.split(" ", 1) if name == "compute several" else [value]
            for part in parts:
                assert any(part in line for line in lines) or (large and part in value), (value, text)
        assert not re.search(r"\d…|\.\.\.", text)
        if not any(isinstance(block, Verbatim) for block in documents[name].blocks):
            assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("name", NAMES)
def test_no_value_is_cut_in_a_pipe_or_in_plain_words(documents: dict[str, Document], name: str) -> None:
    for text in (shown(documents[name]), shown(documents[name], plain=True)):
        for value in values(documents[name], ""):
            assert value.strip() in text or value in {"-", ""}
        assert "…" not in text


@pytest.mark.parametrize("name", NAMES)
def test_plain_words_are_plain(documents: dict[str, Document], name: str) -> None:
    text = shown(documents[name], plain=True)
    assert not set("─│┃▁▂▃▄▅▆▇█▲▼\x1b") & set(text)


def test_a_word_that_is_too_long_is_broken_after_an_underscore() -> None:
    line = "a care_leavers_in_bnb_over_2_working_days b"
    assert wrap_line(line, 24) == ["a care_leavers_in_bnb_", "over_2_working_days b"]
    assert "".join(wrap_line("x" * 50, 24)) == "x" * 50

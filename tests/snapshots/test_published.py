"""Published figures, read back from a snapshot."""

import csv
from dataclasses import replace
from hashlib import sha256
from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest

from sgkpi.figures.figure import Rating, Status
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, PeriodKind, period_for
from sgkpi.snapshots.published import Amounts, Publication, PublishedFigure, read_publication
from tests.snapshots.worked import APRIL, IN_A_DAY, MARCH, Job, contacts


def figure(month: int, breakdown: str | None = None, indicator: str = "waits") -> PublishedFigure:
    period = period_for(PeriodKind.MONTH, Month(2019, month))
    amounts = Amounts(None, None, None, None)
    category = breakdown and "North"
    about = (Measure.PROPORTION, period, breakdown, category, Status.COMPLETE, True, Rating.NOT_RATED)
    return PublishedFigure(indicator, "Waits", *about, amounts)


@pytest.mark.parametrize(("extra", "is_settled"), [("", True), ("settles_after: 10 days\n", False)])
def test_late_records_of_a_figure_that_is_not_settled_are_expected(
    tmp_path: Path, extra: str, is_settled: bool
) -> None:
    """As of 4 March, February is complete: 1/1. With ten days for late records it is not settled before 11 March."""
    job = Job(tmp_path / "job", indicator=dedent(IN_A_DAY) + extra)
    before = job.take(MARCH, contacts=contacts("C1 4 5")).snapshot
    assert before is not None
    (total,) = (each for each in read_publication(before).figures if _is_total(each))
    assert (total.status, total.is_settled) == (Status.COMPLETE, is_settled)
    checks = {each.gate: each for each in job.take(APRIL, contacts=contacts("C1 4 5; C2 4 6")).checks}
    assert checks["restated"].status == ("failed" if is_settled else "passed")


def _is_total(each: PublishedFigure) -> bool:
    return each.period.label == "2019-02" and each.breakdown is None


def test_of_an_older_snapshot_what_was_complete_is_settled(tmp_path: Path) -> None:
    before = Job(tmp_path / "job").take(MARCH, contacts=contacts("C1 4 5")).snapshot
    assert before is not None
    table = list(csv.reader(StringIO(before.read("figures.csv").decode())))
    text = StringIO()
    csv.writer(text).writerows(row[: table[0].index("settled")] for row in table)
    path, record = (
        before.folder / "figures.csv",
        next(each for each in before.manifest.files if each.name == "figures.csv"),
    )
    path.write_text(text.getvalue(), "utf-8", newline="")
    files = tuple(
        replace(each, sha256=sha256(path.read_bytes()).hexdigest()) if each is record else each
        for each in before.manifest.files
    )
    older = replace(before, manifest=replace(before.manifest, files=files))
    found = {(each.status, each.is_settled) for each in read_publication(older).figures}
    assert found == {(Status.COMPLETE, True), (Status.NO_CASES, False)}


def test_breakdowns_are_in_the_order_of_the_definition_though_a_month_without_cases_lists_only_some() -> None:
    """`team` has no declared categories, so that January, in which nothing happened, has rows of `source` alone."""
    months = [(1, None), (1, "source"), (2, None), (2, "team"), (2, "source"), (3, None), (3, "source")]
    found = Publication((*(figure(*each) for each in months), figure(1, "age", "others")))
    assert found.breakdowns("waits") == ("team", "source")
    assert found.breakdowns("others") == ("age",)
    assert found.breakdowns("nothing") == ()

"""Odd reports: every kind is a sound page whatever the figures are, and says the same numbers in each format."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sgkpi
from sgkpi.api.reports import Report
from tests.report.support import CANARY, contacts, write_project
from tests.support import sheets
from tests.support.html_faults import faults
from tests.support.workbooks import parts_of

HOSTILE = '`` ` <script>alert(1)</script> "><svg onload=x> {{7*7}} @all #1 =cmd|x \u202eabc \u0001 😀'
LONG = "w" * 300


def rewrite(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def reports(folder: Path, **asked: Any) -> list[Report]:
    """A report of every kind that there can be: of all indicators, and of the first team that has a case."""
    catalogue = sgkpi.load_catalogue(folder / "indicators")
    extract = sgkpi.open_extract(folder / "data", catalogue)
    board = sgkpi.report(extract, catalogue, "board", **asked)
    found = [board, sgkpi.report(extract, catalogue, "quality", **asked)]
    if catalogue.boards:
        found.append(sgkpi.report(extract, catalogue, "improvement", **asked))
    names = [card.indicator.id for card in board.cards]
    found.append(sgkpi.report(extract, catalogue, "indicator", indicators=names, **asked))
    counted = [each for each in found[-1].figures.figures if each.breakdown == "team" and each.denominator]
    if counted:
        found.append(sgkpi.report(extract, catalogue, "team", team=counted[0].category, **asked))
    return found


def no_case_in_the_month(folder: Path) -> dict[str, object]:
    rewrite(folder / "data" / "contacts.csv", ("2019-02-", "2019-01-"))
    return {"as_of": "2019-03-04"}


def one_month(folder: Path) -> dict[str, object]:
    return {"history": 0}


def nothing_covered(folder: Path) -> dict[str, object]:
    rewrite(folder / "data" / "extract.toml", ("2018-10-01", "2019-03-01"))
    return {}


def a_month_that_has_not_ended(folder: Path) -> dict[str, object]:
    return {"month": "2019-02", "as_of": "2019-02-10T12:00"}


def an_indicator_that_cannot_be_computed(folder: Path) -> dict[str, object]:
    path = folder / "data" / "contacts.csv"
    rows = (line.split(",") for line in path.read_text(encoding="utf-8").splitlines())
    path.write_text("".join(",".join([*row[:3], *row[4:]]) + "\n" for row in rows), encoding="utf-8")
    return {}


def no_way_is_better(folder: Path) -> dict[str, object]:
    rewrite(
        folder / "indicators" / "decided.yaml",
        ("improvement: increase\ntarget: {green: 90%, amber: 80%}\n", "improvement: none\n"),
    )
    return {}


def less_is_better(folder: Path) -> dict[str, object]:
    rewrite(
        folder / "indicators" / "decided.yaml",
        ("improvement: increase\ntarget: {green: 90%, amber: 80%}\n", "improvement: decrease\ntarget: {green: 10%}\n"),
    )
    return {}


def a_target_that_changes(folder: Path) -> dict[str, object]:
    dated = "target:\n  2018-04: {green: 50%, amber: 40%}\n  2019-02: {green: 90%}\n"
    rewrite(folder / "indicators" / "decided.yaml", ("target: {green: 90%, amber: 80%}\n", dated))
    return {}


def always_met(folder: Path) -> dict[str, object]:
    path = folder / "data" / "contacts.csv"
    text = re.sub(
        r"(2019-\d\d-\d\d) 09:00,2019-\d\d-\d\d 09:00", r"\1 09:00,\1 10:00", path.read_text(encoding="utf-8")
    )
    path.write_text(text.replace("2019-02-10 09:00,,", "2019-02-10 09:00,2019-02-10 10:00,"), encoding="utf-8")
    return {}


def sixty_indicators(folder: Path) -> dict[str, object]:
    text = (folder / "indicators" / "decided.yaml").read_text(encoding="utf-8")
    for number in range(58):
        (folder / "indicators" / f"decided_{number}.yaml").write_text(text, encoding="utf-8")
    return {"history": 2}


def forty_teams(folder: Path) -> dict[str, object]:
    path = folder / "data" / "contacts.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    rows = [
        row.replace(",North,", f",Team {place},").replace(",South,", f",Team {place},")
        for place, row in enumerate(rows)
    ]
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return {}


def titles_without_end(folder: Path) -> dict[str, object]:
    rewrite(folder / "indicators" / "decided.yaml", ("Contacts decided within 24 hours", "w" * 200))
    rewrite(folder / "indicators" / "received.yaml", ("Contacts received", "A long title " * 15))
    return {"authority": "A long name " * 200, "marking": "OFFICIAL " * 600}


def hostile_names(folder: Path) -> dict[str, object]:
    quoted = HOSTILE.replace('"', '""')
    (folder / "data" / "contacts.csv").write_text(contacts(f'"{quoted}"', LONG), encoding="utf-8")
    return {"authority": HOSTILE, "marking": HOSTILE}


def without_breakdowns_or_themes(folder: Path) -> dict[str, object]:
    rewrite(
        folder / "indicators" / "decided.yaml", ("theme: help\n", ""), ("by: [team, source, person_id, born]\n", "")
    )
    rewrite(folder / "indicators" / "received.yaml", ("theme: demand\n", ""), ("by: [team]\n", ""))
    return {}


def no_board(folder: Path) -> dict[str, object]:
    for each in (folder / "indicators" / "boards").iterdir():
        each.unlink()
    (folder / "indicators" / "boards").rmdir()
    return {}


ODD = [
    no_case_in_the_month,
    one_month,
    nothing_covered,
    a_month_that_has_not_ended,
    an_indicator_that_cannot_be_computed,
    no_way_is_better,
    less_is_better,
    a_target_that_changes,
    always_met,
    pytest.param(sixty_indicators, marks=pytest.mark.slow),
    forty_teams,
    titles_without_end,
    hostile_names,
    without_breakdowns_or_themes,
    no_board,
]


def test_one_month_is_not_a_span(tmp_path: Path) -> None:
    """No caption or description of a report of one month goes from that month to itself."""
    folder, book = write_project(tmp_path), tmp_path / "report.xlsx"
    for each in reports(folder, **one_month(folder)):
        book.write_bytes(each.to_excel())
        texts = (each.to_markdown(), each.to_html(), *(part.decode("latin-1") for part in parts_of(book).values()))
        assert not any("February 2019 to February 2019" in text for text in texts), each.kind


@pytest.mark.parametrize("make", ODD, ids=lambda make: make.__name__)
def test_every_kind_is_a_sound_page(make: Callable[[Path], dict[str, object]], tmp_path: Path) -> None:
    folder = write_project(tmp_path)
    asked = make(folder)
    book = tmp_path / "report.xlsx"
    for each in reports(folder, **asked):
        book.write_bytes(each.to_excel())
        assert sheets.faults(book) == [], each.kind
        assert not any(CANARY.encode() in part for part in parts_of(book).values())
        html = each.to_html().encode()
        assert faults(html) == [], each.kind
        assert CANARY.encode() not in html
        text = each.to_markdown()
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\r" not in text
        assert not re.search(r"(?<!\w)@\w|#\d", re.sub(r"(`+)[^`].*?[^`]?\1(?!`)", "", text))  # outside of code
        assert not re.search(r"\b(None|nan|inf)\b", text)
        assert CANARY not in text

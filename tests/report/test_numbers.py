"""The same numbers in every format: those of the sample's board, read back from the page and from Markdown."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from html5lib import HTMLParser

from sgkpi.definitions.bundled import sample_path
from tests.support.html_faults import named, text_of
from tests.support.program import run

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: f"{number:02d}" for number, name in enumerate(_NAMES, start=1)}


@cache
def written() -> tuple[str, str, list[dict[str, Any]]]:
    """The sample's board as a page and as Markdown, and the figures of `compute`."""
    with TemporaryDirectory() as folder:
        asked = ("--month", "2019-02", "--data", str(sample_path()))
        done = run("report", "board", *asked, "-o", "a.html", "-o", "a.md", cwd=Path(folder))
        assert done.code == 0, done.stderr
        computed = run("compute", *asked, "--history", "23", "--by", "all", "--json", cwd=Path(folder))
        page, text = ((Path(folder) / name).read_text(encoding="utf-8") for name in ("a.html", "a.md"))
    return page, text, json.loads(computed.stdout)["figures"]


def shown(figure: Mapping[str, Any]) -> str:
    """A value as people read it, worked out from what `compute` counts.

    A share has one decimal, rounded half up, or as many as it takes not to seem to reach a bound that it misses; in the
    sample more is better wherever a share has a target.
    """
    if figure["value"] is None:
        return "–"
    if figure["measure"] != "proportion":
        one = figure["value"] == 1
        unit = {None: "", "days": " day" if one else " days"}[figure["unit"]]
        return f"{figure['value']:,}{unit}"
    exact = Fraction(figure["met"], figure["denominator"]) * 100
    bounds = [
        100 * Fraction(str(figure[name])) for name in ("target_green", "target_amber") if figure[name] is not None
    ]
    for places in range(1, 9):
        text = f"{(Decimal(exact.numerator) / exact.denominator).quantize(Decimal(10) ** -places, ROUND_HALF_UP)}"
        if not any(exact < bound <= Fraction(text) for bound in bounds):
            return f"{text}%"
    raise AssertionError(figure)


def rows_of_page() -> Iterator[tuple[str, list[str]]]:
    """Each row of the page's tables, with the caption of its table."""
    for table in named(list(HTMLParser().parse(written()[0]).iter()), "table"):
        caption = next(text_of(each) for each in named(list(table), "caption"))
        for row in named(list(table.iter()), "tr"):
            yield caption, [text_of(cell) for cell in row]


def rows_of_markdown() -> Iterator[tuple[str, list[str]]]:
    """The same of Markdown, where the caption of a chart's table is the summary above it."""
    caption = ""
    for line in written()[1].splitlines():
        if found := re.search(r"<summary>(?:The chart as a table \()?(.+?)\)?</summary>", line):
            caption = found[1]
        elif line.startswith("| "):
            yield caption, [cell.strip() for cell in line.strip("| ").split(" | ")]


def months(rows: Iterator[tuple[str, list[str]]]) -> dict[tuple[str, str], tuple[str, str, str]]:
    """The value, cases and rating of each indicator and month, by the title that begins the caption."""
    found = {}
    for caption, cells in rows:
        if (day := re.fullmatch(r"(\w{3}) (\d{4})", cells[0])) and day[1] in MONTHS:
            title = re.sub(r", \w+ \d{4} to \w+ \d{4}$", "", caption)
            found[title, f"{day[2]}-{MONTHS[day[1]]}"] = cells[1], cells[2], cells[4]
    return found


@pytest.mark.slow
def test_every_month_of_every_chart_is_that_of_compute() -> None:
    totals = {(each["title"], each["period"]): each for each in written()[2] if each["breakdown"] is None}
    assert len(totals) == 24 * 22  # the indicators that the sample carries
    for read in (months(rows_of_page()), months(rows_of_markdown())):
        assert read.keys() == totals.keys()
        for place, (value, cases, rating) in read.items():
            figure = totals[place]
            assert value == shown(figure), place
            assert rating.lower().replace(" ", "_").startswith(figure["rating"].lower()), place
            if figure["measure"] == "proportion" and figure["value"] is not None:
                assert cases == f"{figure['met']:,} of {figure['denominator']:,}", place


def test_every_category_of_february_is_that_of_compute() -> None:
    teams = {
        each["category"]: each
        for each in written()[2]
        if (each["indicator"], each["period"], each["breakdown"]) == ("contacts_decided_24h", "2019-02", "team")
    }
    page = written()[0]
    sheet = page[page.index('id="indicator-contacts_decided_24h"') :]
    table = next(
        each for each in re.findall(r"<table.*?</table>", sheet, re.DOTALL) if "24 hours by team, February 2019" in each
    )
    rows = [[text_of(cell) for cell in row] for row in named(list(HTMLParser().parse(table).iter()), "tr")][1:]
    assert len(rows) == len(teams) == 4
    for name, value, *_ in rows:
        figure = teams[name]
        assert value.replace(" ", "") == f"{shown(figure)}{figure['met']}of{figure['denominator']}"
        assert figure["met"] + figure["not_met"] + figure["overdue"] == figure["denominator"]

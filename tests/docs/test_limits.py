"""`docs/limits.md`: the limits that it names are those of the definitions, and its cases are examples of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sgkpi.model.indicator import Example, Indicator
from tests.docs.pages import PAGES
from tests.support.catalogue import shipped

INDICATORS = shipped().indicators
IN_TIME = {"met", "not_due", "none", "excluded"}
LATE = {"not_met", "overdue", "counted", "unknown"}
HEADINGS = ["indicator", "limit", "source", "what it says", "how checked", "in time", "late"]


@dataclass(frozen=True)
class Row:
    """A line of the page's tables. Its two cases are `from → to`; figures without a limit for each case have `–`."""

    indicator: str
    limit: str
    checked: str
    in_time: str
    late: str


def rows() -> Iterator[Row]:
    for line in PAGES["docs/limits.md"].read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if cells and cells != HEADINGS and not cells[0].startswith("---"):
            name, limit, _, _, checked, in_time, late = cells
            yield Row(name.strip("`"), limit, checked, in_time, late)


ROWS = list(rows())


def mentions(example: Example, moment: str) -> bool:
    """Whether a cell of the example, its as-of time or its reference day is this day or moment."""
    cells = [cell for table in example.rows.values() for row in table for cell in row.values()]
    return any(cell.startswith(moment) for cell in [*cells, str(example.as_of), str(example.reference_day)])


def has_case(indicator: Indicator, case: str, outcomes: set[str]) -> bool:
    """Whether an example with one of these outcomes goes from one moment of the case to the other."""
    begins, ends = case.split(" → ")
    return any(
        each.outcome in outcomes and mentions(each, begins) and mentions(each, ends) for each in indicator.examples
    )


def test_the_page_is_read() -> None:
    assert len(ROWS) > 40
    assert len({row.indicator for row in ROWS}) == len(ROWS)


def test_most_limits_were_read_at_their_source() -> None:
    assert sum(row.checked.startswith("read") for row in ROWS) >= 30


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.indicator)
def test_a_limit_is_that_of_the_definition(row: Row) -> None:
    clock = INDICATORS[row.indicator].clock
    within = [str(clock.limit)] if clock is not None and clock.limit is not None else []
    assert re.findall(r"`([^`]+)`", row.limit) == within


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.indicator)
def test_the_cases_are_examples_of_the_definition(row: Row) -> None:
    if row.in_time == row.late == "–":
        assert INDICATORS[row.indicator].clock is None
        return
    assert has_case(INDICATORS[row.indicator], row.in_time, IN_TIME)
    assert has_case(INDICATORS[row.indicator], row.late, LATE)


def test_a_basis_says_which_sources_are_from_memory() -> None:
    noted = {row.indicator for row in ROWS if row.checked == "memory"}
    assert {name for name in noted if "(from memory" not in " ".join(INDICATORS[name].basis)} == set()
    loose = re.compile(r"from memory(?!; check before use)")
    assert [name for name, each in INDICATORS.items() if loose.search(" ".join(each.basis))] == []

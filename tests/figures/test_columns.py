"""A new column of figures cannot be forgotten: not in `FIGURE_COLUMNS`, not by a step, not in a format."""

import csv
import json
from dataclasses import fields, replace
from datetime import datetime
from fractions import Fraction
from io import BytesIO, StringIO

import openpyxl
import pyarrow.parquet as pq
import pytest

from sgkpi.documents.figures import figure_records
from sgkpi.documents.write.formats import OFFERED, Format, write_records
from sgkpi.figures.columns import FIGURE_COLUMNS, figure_row
from sgkpi.figures.figure import Figure
from sgkpi.figures.steps import STEPS, Basis, Fields
from sgkpi.model.outcomes import Outcome
from tests.support.results import DECIDED, PLACED, month, proportion, results, story

NAMES = [column.name for column in FIGURE_COLUMNS]
# The columns that spell the figure's period.
OF_PERIOD = {"period_kind", "period", "period_start", "period_end"}


def headers(format_: Format) -> list[str]:
    """The columns of figures that a format holds."""
    content = write_records(figure_records(story()), format_)
    match format_:
        case Format.CSV:
            return next(csv.reader(StringIO(str(content))))
        case Format.JSON:
            return list(json.loads(content)["figures"][0])
        case Format.PARQUET:
            assert isinstance(content, bytes)
            return pq.read_schema(BytesIO(content)).names
        case Format.EXCEL:
            assert isinstance(content, bytes)
            return [str(cell.value) for cell in openpyxl.load_workbook(BytesIO(content))["figures"][1]]
        case _:
            raise AssertionError(f"{format_} holds figures, and this test cannot read it")


FOR_PEOPLE = {Format.TABLE, Format.MARKDOWN}


@pytest.mark.parametrize("format_", [each for each in OFFERED["compute"] if each not in FOR_PEOPLE])
def test_every_format_of_data_holds_every_column_in_its_order(format_: Format) -> None:
    assert headers(format_) == NAMES


def test_every_field_of_a_figure_has_a_column() -> None:
    assert {each.name for each in fields(Figure)} - {"period"} == set(NAMES) - OF_PERIOD


def test_no_column_stands_twice() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_every_cell_comes_from_its_own_field() -> None:
    figure = proportion(
        month("2019-02"), 3, 10, breakdown="team", category="North", not_due=11, unknown=12, excluded=13, overdue=14,
        counted=15, lowest=Fraction(1, 8), highest=Fraction(1, 4),
    )  # fmt: skip
    row = figure_row(figure)
    assert {name: row[name] for name in ("met", "not_met", "overdue", "counted", "not_due", "unknown", "excluded")} == {
        "met": 3, "not_met": 7, "overdue": 14, "counted": 15, "not_due": 11, "unknown": 12, "excluded": 13
    }  # fmt: skip
    assert (row["value"], row["numerator"], row["denominator"]) == (0.3, 3, 10)
    assert (row["lowest"], row["highest"], row["target_green"], row["target_amber"]) == (0.125, 0.25, 0.9, 0.8)
    assert (row["breakdown"], row["category"], row["rating"]) == ("team", "North", "RED")


def basis(**changes: object) -> Basis:
    whole: dict[str, object] = {
        "indicator": DECIDED,
        "period": month("2019-02"),
        "breakdown": None,
        "category": None,
        "cases": {
            **dict.fromkeys(Outcome, 0),
            Outcome.MET: 3,
            Outcome.NOT_MET: 1,
            Outcome.NOT_DUE: 2,
            Outcome.UNKNOWN: 2,
        },
        "as_of": datetime(2019, 3, 4, 7),
    }
    return Basis(**(whole | changes))  # type: ignore[arg-type]


def filled(of: Basis) -> dict[str, object]:
    """What the steps fill; no field may be filled by two of them."""
    found: dict[str, object] = {}
    for step in STEPS:
        fresh: Fields = step(of, found)
        assert not found.keys() & fresh.keys(), step
        found.update(fresh)
    return found


def test_the_steps_fill_every_field_once() -> None:
    assert set(filled(basis())) == {each.name for each in fields(Figure)}


def test_a_share_and_its_bounds() -> None:
    # 3 of 4 judged; 2 are open and 2 unknown: between 3 and 7 of 8.
    found = filled(basis())
    assert (found["value"], found["numerator"], found["denominator"]) == (Fraction(3, 4), 3, 4)
    assert (found["lowest"], found["highest"]) == (Fraction(3, 8), Fraction(7, 8))
    assert found["status"] == "provisional"


def test_a_count_and_its_bounds() -> None:
    cases = {**dict.fromkeys(Outcome, 0), Outcome.COUNTED: 5, Outcome.UNKNOWN: 2}
    found = filled(basis(indicator=PLACED, cases=cases))
    assert (found["value"], found["denominator"], found["lowest"], found["highest"]) == (5, None, 5, 7)
    assert found["status"] == "complete"


def test_a_period_that_is_not_covered_has_no_numbers() -> None:
    found = filled(basis(cases=None))
    assert found["status"] == "not_covered"
    assert {found[name] for name in ("value", "numerator", "denominator", "lowest", "highest", "met", "unknown")} == {
        None
    }
    assert (found["rating"], found["rating_firm"]) == ("NOT_RATED", None)


def test_a_month_without_cases_has_no_value() -> None:
    found = filled(basis(cases=dict.fromkeys(Outcome, 0)))
    assert (found["status"], found["value"], found["denominator"]) == ("no_cases", None, 0)


# The month ends on 28 February, and the extract is of the morning of 4 March.
@pytest.mark.parametrize(("settles_after", "not_due", "settled"), [(3, 0, True), (3, 1, False), (4, 0, False)])
def test_a_figure_is_settled_when_time_and_cases_are(settles_after: int, not_due: int, settled: bool) -> None:
    cases = {**dict.fromkeys(Outcome, 1), Outcome.NOT_DUE: not_due}
    indicator = replace(DECIDED, settles_after=settles_after)
    assert filled(basis(cases=cases, indicator=indicator))["settled"] is settled


def test_results_hold_what_a_figure_set_holds() -> None:
    assert results(proportion(month("2019-02"), 1, 2)).to_arrow().column_names == NAMES

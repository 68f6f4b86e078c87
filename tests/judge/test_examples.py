"""The examples of definitions: what is made up, and what becomes of their cases."""

from pathlib import Path

import pytest

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.judge.examples import example_holds, run_example
from tests.judge.support import load

TABLES = {
    "cases": """
        description: Cases
        key: id
        person: person
        happened: opened
        columns:
          id: {type: text, required: true}
          person: {type: text, required: true}
          opened: {type: datetime, required: true}
          closed: {type: datetime}
          left_on: {type: date}
          category: {type: category, required: true, codes: {first: [], second: []}}
          seen: {type: boolean, required: true}
        """,
    "visits": """
        description: Visits
        key: id
        person: person
        happened: visited
        columns:
          id: {type: text}
          person: {type: text, required: true}
          visited: {type: date, required: true}
          written: {type: datetime, required: true}
          kind: {type: text}
        """,
    "spells": """
        description: Spells
        key: id
        person: person
        happened: begun
        columns:
          id: {type: text}
          person: {type: text, required: true}
          begun: {type: date, required: true}
          ended: {type: date}
          kind: {type: text}
        """,
}


def outcomes(folder: Path, definition: str) -> list[str]:
    _, indicator = load(folder, definition, TABLES)
    runs = [run_example(indicator, example, working_days_in_england([])) for example in indicator.examples]
    found = [run.judgement for run in runs]
    return [
        "none" if each is None or each.outcome is None else f"{each.outcome} {each.reason or ''}".strip()
        for each in found
    ]


def test_an_example_needs_only_what_matters(tmp_path: Path) -> None:
    definition = """
        table: cases
        period: closed
        measure: proportion
        clock: {start: opened, stop: closed, within: 24 hours}
        examples:
          - {is: met, cases: {opened: 2019-02-04 09:00, closed: 2019-02-05 09:00}}
          - {is: not_met, cases: {closed: 2019-02-05 09:00}}
          - {is: unknown, cases: {opened: 2019-02-04 09:00}}
          - {is: unknown, cases: {opened: tbc, closed: 2019-02-05}}
          - {is: not_due, cases: {opened: 2019-02-04 09:00, closed: 2019-02-05 09:01}, as_of: 2019-02-05 09:00}
        """
    # The second was opened a day before, in the morning at nine: made up, and readable.
    # The third and last belong to no period: they have no outcome.
    assert outcomes(tmp_path, definition) == ["met", "met", "none", "unknown unreadable", "none"]


def test_as_of_is_a_year_after_the_latest_date_given(tmp_path: Path) -> None:
    definition = """
        table: cases
        period: opened
        measure: proportion
        clock: {start: opened, stop: closed, within: 365 days}
        examples:
          - {is: not_due, cases: {opened: 2019-02-04 09:00}}
          - {is: overdue, cases: {opened: 2019-02-04 09:00, left_on: 2019-02-05}}
          - {is: overdue, cases: {opened: 2019-02-04 09:00}, as_of: 2020-02-05}
        """
    assert outcomes(tmp_path, definition) == ["not_due", "overdue", "overdue"]


def test_related_rows_belong_to_the_case_and_their_made_up_dates_count(tmp_path: Path) -> None:
    definition = """
        table: cases
        period: left_on
        measure: proportion
        related:
          visit: {table: visits, keep: count, date: visited, until: left_on, within: 7 days}
        met: "visit.count > 0"
        examples:
          - {is: met, cases: {left_on: 2019-02-04}, visits: {kind: home}}
          - {is: met, cases: {left_on: 2019-02-04}, visits: {visited: 2019-01-29}}
          - {is: not_met, cases: {left_on: 2019-02-04}, visits: {visited: 2019-01-28}}
          - {is: not_met, cases: {left_on: 2019-02-04}, visits: {person: another}}
          - {is: not_met, cases: {left_on: 2019-02-04}}
          - {is: met, cases: {left_on: 2019-02-04, person: x}, visits: [{person: y}, {person: X}]}
        """
    assert outcomes(tmp_path, definition) == ["met", "met", "not_met", "not_met", "not_met", "met"]


def test_a_stock_s_examples(tmp_path: Path) -> None:
    definition = """
        table: spells
        point_in_time: {from: begun, to: ended}
        measure: proportion
        related:
          visit: {table: visits, keep: latest, date: visited}
        clock: {start: visit.visited, within: 6 months}
        not_due: "visit.visited is null and reference_day <= begun + interval 3 months"
        examples:
          - {is: met, reference_day: 2019-02-28, spells: {}, visits: {}}
          - {is: overdue, reference_day: 2019-02-28, spells: {kind: x}, visits: {visited: 2018-08-27}}
          - {is: met, reference_day: 2019-02-28, spells: {kind: x}, visits: {visited: 2018-08-28}}
          - {is: overdue, reference_day: 2019-02-28, spells: {kind: x}}
          - {is: not_due, reference_day: 2019-02-28, spells: {begun: 2019-01-01}}
          - {is: not_due, reference_day: 2019-02-28, spells: {ended: 2019-02-28}}
        """
    assert outcomes(tmp_path, definition) == ["met", "overdue", "met", "overdue", "not_due", "none"]


def test_rows_of_the_own_table_are_related_or_share_the_key(tmp_path: Path) -> None:
    definition = """
        table: cases
        period: opened
        measure: proportion
        related:
          earlier: {table: cases, keep: count, date: opened, until: opened}
        met: "earlier.count = 0"
        examples:
          - {is: not_met, cases: [{opened: 2019-02-04 09:00}, {opened: 2019-02-03 09:00}]}
          - {is: met, cases: [{opened: 2019-02-04 09:00}, {opened: 2019-02-05 09:00}]}
          - {is: unknown, cases: [{id: 1, opened: 2019-02-04 09:00}, {id: 1.0, opened: 2019-02-03 09:00}]}
        """
    assert outcomes(tmp_path, definition) == ["not_met", "met", "unknown duplicate_key"]


@pytest.mark.parametrize(
    ("example", "holds"),
    [
        ("is: not_met", True),
        ("is: not_met, because: late", True),
        ("is: not_met, because: early", False),
        ("is: met", False),
    ],
)
def test_an_example_holds_when_outcome_and_reason_do(tmp_path: Path, example: str, holds: bool) -> None:
    definition = f"""
        table: cases
        period: opened
        measure: proportion
        met: "closed is not null"
        because: {{late: "true", early: "false"}}
        examples:
          - {{{example}, cases: {{opened: 2019-02-04 09:00}}}}
        """
    _, indicator = load(tmp_path, definition, TABLES)
    (written,) = indicator.examples
    assert example_holds(written, run_example(indicator, written, working_days_in_england([])).judgement) is holds
    assert not example_holds(written, None)

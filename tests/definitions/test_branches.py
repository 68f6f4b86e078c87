"""Which branches a definition has, and what an expression can come to."""

from pathlib import Path

import pytest

from sgkpi.definitions.branches import Branch, branches, results
from sgkpi.definitions.expressions.parse import parse_expression
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.model.expressions import ColumnRef, Kind
from tests.definitions.support import DECIDED, REVIEWED, load

COUNT = "title: Contacts\ntable: contacts\nperiod: received_at\nmeasure: count\n"
TEAM = ColumnRef("team", Kind.TEXT)
VISITS = ColumnRef("visits", Kind.INTEGER)


def said(folder: Path, definition: str) -> list[str]:
    indicator = load(folder, {"one.yaml": definition}).indicators["one"]
    return [" ".join(filter(None, (each.place, each.outcome, each.because))) for each in branches(indicator)]


def test_a_count_of_everything_has_none(tmp_path: Path) -> None:
    assert said(tmp_path, COUNT) == []


def test_every_key_that_decides_is_a_branch(tmp_path: Path) -> None:
    more = """\
population: "source = 'police'"
exclude: {old: "visits > 9", none: "visits is null"}
not_due: "decided_at is null"
because: {late: "true"}
"""
    assert said(tmp_path, DECIDED + more) == [
        "population none",
        "population unknown population",
        "exclude.old excluded old",
        "exclude.none excluded none",
        "not_due not_due",
        "because.late not_met late",
        # Without a stop the case is not due before its clock is asked: it is not overdue by the clock.
        "clock met",
        "clock not_met",
        "clock unknown no_time_of_day",
        "clock unknown stop_before_start",
    ]


def test_reasons_belong_to_what_counts_against(tmp_path: Path) -> None:
    again = DECIDED.replace("improvement: increase\n", "") + 'improvement: decrease\nbecause: {late: "true"}\n'
    assert "because.late met late" in said(tmp_path, again)
    assert "because.late met late" in said(tmp_path, REVIEWED + 'improvement: decrease\nbecause: {late: "true"}\n')
    assert "because.late overdue late" in said(tmp_path, REVIEWED + 'because: {late: "true"}\n')


def test_a_population_that_looks_for_null_is_never_null(tmp_path: Path) -> None:
    assert said(tmp_path, COUNT + "population: \"source is not null and source = 'police'\"\n") == ["population none"]
    assert said(tmp_path, COUNT + "population: \"coalesce(source, 'school') = 'police'\"\n") == ["population none"]
    # The column that places a case is there wherever a case is.
    assert said(tmp_path, COUNT + 'population: "received_at > as_of - interval 1 years"\n') == ["population none"]


def test_a_stock_in_date_has_no_stop_to_wait_for(tmp_path: Path) -> None:
    assert said(tmp_path, REVIEWED) == ["clock met", "clock overdue"]


def test_a_start_can_lack_unless_it_places_the_case_or_is_asked_for(tmp_path: Path) -> None:
    clock = "clock: {start: decided_at, stop: planned_on, within: 3 days}\n"
    definition = COUNT.replace("count", "proportion") + clock
    assert "clock unknown no_start" in said(tmp_path, definition)
    assert "clock unknown no_start" not in said(tmp_path, definition.replace("received_at", "decided_at"))
    assert "clock unknown no_start" not in said(tmp_path, definition + 'population: "decided_at is not null"\n')
    assert "clock unknown no_start" not in said(tmp_path, definition + 'exclude: {none: "decided_at is null"}\n')


def test_what_is_excluded_for_want_of_a_due_day_has_a_start(tmp_path: Path) -> None:
    """`due` is null where the start is, and on a clock in hours where the start has no time of day."""
    clock = "clock: {start: decided_at, stop: planned_on, within: 3 days}\n"
    definition = COUNT.replace("count", "proportion") + clock
    assert "clock unknown no_start" in said(tmp_path, definition + 'exclude: {early: "planned_on <= due"}\n')
    assert "clock unknown no_start" not in said(tmp_path, definition + 'exclude: {none: "due is null"}\n')
    assert "clock unknown no_start" not in said(tmp_path, definition + 'exclude: {none: "not (due is not null)"}\n')
    due = COUNT.replace("count", "proportion") + "clock: {stop: decided_at, due: planned_on}\n"
    assert "clock unknown no_due" in said(tmp_path, due + "exclude: {early: \"due < date '2019-01-01'\"}\n")
    assert "clock unknown no_due" not in said(tmp_path, due + 'exclude: {none: "due is null"}\n')


def test_a_due_moment_can_lack_unless_it_places_the_case(tmp_path: Path) -> None:
    definition = COUNT.replace("count", "proportion") + "clock: {stop: decided_at, due: planned_on}\n"
    assert "clock unknown no_due" in said(tmp_path, definition)
    assert "clock unknown no_due" not in said(tmp_path, definition.replace("period: received_at", "period: due"))


def test_a_start_on_which_the_due_day_rests_is_there_where_that_places_the_case(tmp_path: Path) -> None:
    due = 'due: "case when visits > 3 then planned_on + interval 6 weeks when visits is not null then planned_on end"'
    definition = COUNT.replace("count", "proportion") + f"clock:\n  start: planned_on\n  stop: decided_at\n  {due}\n"
    assert "clock unknown no_start" in said(tmp_path, definition)
    by_due = definition.replace("period: received_at", "period: due")
    assert "clock unknown no_start" not in said(tmp_path, by_due)
    assert "clock unknown no_start" in said(
        tmp_path, by_due.replace("then planned_on end", "then date(received_at) end")
    )


def test_a_stop_that_is_looked_for_after_the_start_cannot_lie_before_it(tmp_path: Path) -> None:
    definition = """\
title: Reviewed after
table: contacts
period: received_at
related:
  review: {table: reviews, keep: earliest, date: reviewed_on, after: received_at, until: as_of}
measure: proportion
clock: {start: received_at, stop: review.reviewed_on, within: 3 days}
"""
    assert "clock unknown stop_before_start" not in said(tmp_path, definition)
    assert "clock unknown stop_before_start" not in said(tmp_path, definition.replace("after:", "since:"))
    assert "clock unknown stop_before_start" in said(tmp_path, definition.replace("after: received_at, ", ""))


@pytest.mark.parametrize(
    ("stop", "can_stop_first", "can_be_open"),
    [
        ("greatest(decided_at, received_at)", False, False),
        ("greatest(decided_at, case when decided_at is not null then received_at end)", False, True),
        ("greatest(decided_at, case when visits is not null then received_at end)", True, True),
        ("case when decided_at is null then received_at + interval 1 day end", False, True),
        ("coalesce(decided_at, received_at)", True, False),
        ("received_at - interval 1 day", True, True),  # an interval may lie ahead
        ("received_at + interval 1 day", False, True),
    ],
)
def test_what_a_stop_that_is_an_expression_can_be(
    tmp_path: Path, stop: str, can_stop_first: bool, can_be_open: bool
) -> None:
    found = said(tmp_path, DECIDED.replace("stop: decided_at", f'stop: "{stop}"').replace("24 hours", "3 days"))
    assert ("clock unknown stop_before_start" in found) is can_stop_first
    assert ("clock not_due" in found) is can_be_open


def test_a_count_is_null_only_if_one_of_its_bounds_is(tmp_path: Path) -> None:
    definition = (
        COUNT.replace("count", "proportion")
        + """\
related:
  first: {table: reviews, keep: earliest, date: reviewed_on, until: as_of}
  seen: {table: reviews, keep: count, date: reviewed_on, until: received_at}
met: "seen.count > 1"
"""
    )
    assert "met unknown met" not in said(tmp_path, definition)  # `received_at` places the case
    assert "met unknown met" not in said(tmp_path, definition.replace("received_at}", "as_of}"))
    assert "met unknown met" in said(tmp_path, definition.replace("until: received_at}", "until: decided_at}"))
    assert "met unknown met" in said(tmp_path, definition.replace("until: received_at}", "until: first.reviewed_on}"))
    either = 'until: "coalesce(first.reviewed_on, date(received_at))"}'
    assert "met unknown met" not in said(tmp_path, definition.replace("until: received_at}", either))


def test_a_condition_has_its_two_sides_and_null_where_that_can_be(tmp_path: Path) -> None:
    definition = COUNT.replace("count", "proportion")
    assert said(tmp_path, definition + 'met: "urgent"\n') == ["met met", "met not_met", "met unknown met"]
    assert said(tmp_path, definition + 'met: "decided_at is null"\n') == ["met met", "met not_met"]
    assert Branch("met", "unknown", "met") != Branch("met", "unknown", "value")


@pytest.mark.parametrize(
    ("written", "when_null", "when_not"),
    [
        ("team", "null", "value"),
        ("team is null", "true", "false"),
        ("team = 'a'", "null", "false true"),
        ("not team = 'a'", "null", "false true"),
        ("team = 'a' or true", "true", "true"),
        ("team = 'a' and false", "false", "false"),
        ("team = 'a' or team is null", "true", "false true"),
        ("team in ('a', case when urgent then 'b' end)", "null", "false null true"),
        ("coalesce(team, 'x')", "value", "value"),
        ("lower(team)", "null", "value"),
        ("case when team = 'a' then 1 end", "null", "null value"),
        ("case when team is null then 1 else visits end", "value", "value"),
        ("visits / 2", "value", "value"),
        ("visits / visits", "null value", "null value"),
        ("least(team, 'x')", "value", "value"),
        ("hours_between(received_at, as_of)", "null value", "null value"),
        ("null", "null", "null"),
    ],
)
def test_what_an_expression_can_come_to(tmp_path: Path, written: str, when_null: str, when_not: str) -> None:
    table = load(tmp_path, {"one.yaml": COUNT}).tables["contacts"]
    node = parse_expression(written.replace("as_of", "decided_at"), Scope(table))
    assert " ".join(sorted(results(node, {TEAM: True}))) == when_null
    assert " ".join(sorted(results(node, {TEAM: False}))) == when_not
    assert sorted(results(VISITS, {VISITS: True})) == ["null"]

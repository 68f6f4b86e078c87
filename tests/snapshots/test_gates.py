"""Every gate at its bounds, and what a run that asks for some does."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from sgkpi.figures.figure import Rating, Status
from sgkpi.figures.numbers import Bounds
from sgkpi.ledger.movements import KeyCounts, MonthCounts
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import SHARE, Measure, Quantity
from sgkpi.model.periods import Month, PeriodKind, period_for
from sgkpi.model.request import AsOfSource
from sgkpi.model.units import ValueUnit
from sgkpi.snapshots.gates import (
    Gate,
    GateStatus,
    Scope,
    SealedComparison,
    SnapshotComparison,
    evaluate_gates,
    find_lost,
    find_shortened,
    have_changed,
    stopping_gates,
)
from sgkpi.snapshots.published import Amounts, PublishedFigure
from sgkpi.snapshots.reconciliation import Reconciliation

F = Fraction
JANUARY, FEBRUARY = Month(2019, 1), Month(2019, 2)
PERIOD = period_for(PeriodKind.MONTH, JANUARY)
PASSED, FAILED, ACCEPTED, NOT_EVALUATED = GateStatus
OUTCOMES = {"met": 506, "not_met": 14}
FIGURE = PublishedFigure(
    indicator="decided",
    title="Decided",
    measure=Measure.PROPORTION,
    period=PERIOD,
    breakdown=None,
    category=None,
    status=Status.COMPLETE,
    is_settled=True,
    rating=Rating.GREEN,
    amounts=Amounts(OUTCOMES, F(506), 520, F(506, 520)),
)


def valued(figure: PublishedFigure, value: Fraction | None) -> PublishedFigure:
    return replace(figure, amounts=replace(figure.amounts, value=value))


def compared(**changes: object) -> SnapshotComparison:
    return replace(SnapshotComparison("0.3.0", "0.3.0", sealed=SealedComparison()), **changes)  # type: ignore[arg-type]


def sealed(**changes: object) -> SnapshotComparison:
    return compared(sealed=replace(SealedComparison(), **changes))  # type: ignore[arg-type]


def verdict(gate: Gate, comparison: SnapshotComparison | None) -> tuple[str, str]:
    """The status and detail of one gate; every other one passes."""
    checks = evaluate_gates(AsOfSource.EXTRACT_TOML, comparison)
    assert [each.gate for each in checks] == list(Gate)
    assert {each.status for each in checks if each.gate != gate} == {"passed"}
    (found,) = (each for each in checks if each.gate == gate)
    return found.status, found.detail


def statuses(
    comparison: SnapshotComparison | None,
    fail_on: Collection[Gate] = (),
    accept: Collection[Gate] = (),
    source: AsOfSource = AsOfSource.OPTION,
) -> Mapping[str, str]:
    return {each.gate: each.status for each in evaluate_gates(source, comparison, fail_on, accept)}


# What figures tell


@pytest.mark.parametrize(
    ("quantity", "before", "now", "detail"),
    [
        (SHARE, F(506, 520), F(510, 525), "decided 2019-01: 97.3% to 97.1%"),
        (SHARE, F("0.97251"), F("0.97349"), ""),  # both 97.3%
        (SHARE, F("0.9734"), F("0.9735"), "decided 2019-01: 97.3% to 97.4%"),
        (SHARE, F(1, 2), None, "decided 2019-01: 50.0% to -"),
        (Quantity(Measure.COUNT), F(31), F(32), "decided 2019-01: 31 to 32"),
        (Quantity(Measure.MEAN), F("4.71"), F("4.74"), ""),
        (Quantity(Measure.MEDIAN), F(7), F("7.04"), ""),
        (Quantity(Measure.MEDIAN), F(7), F("7.5"), "decided 2019-01: 7 to 7.5"),
        (Quantity(Measure.MEDIAN, ValueUnit.DAYS), F(7), F("7.5"), "decided 2019-01: 7 days to 7.5 days"),
        (Quantity(Measure.MEAN, ValueUnit.PERCENT), F("0.5"), F("0.51"), "decided 2019-01: 50.0% to 51.0%"),
        (Quantity(Measure.MEAN, ValueUnit.PERCENT), F("0.5"), F("0.5004"), ""),
    ],
)
def test_restated_by_a_shown_value(quantity: Quantity, before: Fraction, now: Fraction | None, detail: str) -> None:
    figure = replace(FIGURE, measure=quantity.measure, unit=quantity.unit)
    pair = valued(figure, before), valued(figure, now)
    assert verdict(Gate.RESTATED, compared(figures=[pair])) == (FAILED if detail else PASSED, detail)


def test_each_value_of_another_measure_is_shown_as_its_own() -> None:
    """Half of 4 cases were met; today the definition counts them: 2, and not 200%."""
    before = replace(FIGURE, amounts=Amounts({"met": 2, "not_met": 2}, F(2), 4, F(1, 2)))
    now = replace(FIGURE, measure=Measure.COUNT, amounts=Amounts({"counted": 2}, F(2), None, F(2)))
    assert verdict(Gate.RESTATED, compared(figures=[(before, now)])) == (FAILED, "decided 2019-01: 50.0% to 2")


def test_a_restated_value_does_not_seem_to_reach_a_target_that_it_misses() -> None:
    target = Bounds((Decimal("0.9"),), Improvement.INCREASE)
    figure = replace(FIGURE, bounds=target)
    pair = valued(figure, F("0.9112")), valued(figure, F("0.8996"))
    assert verdict(Gate.RESTATED, compared(figures=[pair])) == (FAILED, "decided 2019-01: 91.1% to 89.96%")


@pytest.mark.parametrize("status", [Status.PROVISIONAL, Status.COMPLETE])
def test_a_figure_that_was_not_settled_may_change(status: Status) -> None:
    """A complete one is not settled while `settles_after` lets late records come."""
    figure = replace(FIGURE, status=status, is_settled=False)
    pair = figure, replace(valued(FIGURE, F(1, 2)), rating=Rating.RED)
    assert verdict(Gate.RESTATED, compared(figures=[pair])) == (PASSED, "")
    assert verdict(Gate.RERATED, compared(figures=[pair])) == (PASSED, "")


def test_a_settled_figure_without_a_value_has_one_now() -> None:
    pair = replace(valued(FIGURE, None), status=Status.NO_CASES), valued(FIGURE, F(1, 2))
    assert verdict(Gate.RESTATED, compared(figures=[pair])) == (FAILED, "decided 2019-01: - to 50.0%")


def test_rerated_with_the_same_value() -> None:
    figure = replace(FIGURE, breakdown="team", category="North")
    pairs = [(FIGURE, FIGURE), (figure, replace(figure, rating=Rating.AMBER))]
    assert verdict(Gate.RERATED, compared(figures=pairs)) == (
        FAILED,
        "decided 2019-01 by team: GREEN to AMBER",
    )


def test_three_figures_are_listed() -> None:
    figures = [replace(FIGURE, indicator=name) for name in "abcde"]
    pairs = [(each, replace(each, rating=Rating.RED)) for each in figures]
    _, detail = verdict(Gate.RERATED, compared(figures=pairs))
    assert detail == "a 2019-01: GREEN to RED; b 2019-01: GREEN to RED; c 2019-01: GREEN to RED; and 2 more"


def test_redefined_where_both_have_the_indicator() -> None:
    before, now = {"a": "1", "b": "2", "gone": "3"}, {"a": "1", "b": "9", "first": "4"}
    found = verdict(Gate.REDEFINED, compared(meanings_before=before, meanings=now))
    assert found == (FAILED, "b")


# What sealed cases tell


@pytest.mark.parametrize(
    ("known", "gone", "fails"),
    [(50, 10, False), (50, 11, True), (49, 10, True), (20, 9, False), (10, 10, True), (0, 0, False)],
)
def test_mass_deletion_of_more_than_a_fifth_and_ten(known: int, gone: int, fails: bool) -> None:
    hint = "; if the extract is meant to cover less, say so under [covers]"
    table = f"contacts: {gone} of {known} keys are in no row{hint}"
    found = verdict(Gate.MASS_DELETION, sealed(tables=[KeyCounts("contacts", known, gone, 0)]))
    assert found == ((FAILED, table) if fails else (PASSED, ""))
    month = f"decided 2019-01: {gone} of {known} cases are in no row{hint}"
    found = verdict(Gate.MASS_DELETION, sealed(cases=[MonthCounts("decided", "2019-01", known, gone)]))
    assert found == ((FAILED, month) if fails else (PASSED, ""))


@pytest.mark.parametrize(
    ("before", "now", "shortened"),
    [
        (None, None, set()),
        (None, {"contacts": date(2019, 2, 1)}, {"contacts"}),
        (
            {"contacts": date(2018, 4, 1)},
            {"contacts": date(2019, 2, 1), "stays": date(2015, 1, 1)},
            {"contacts", "stays"},
        ),
        ({"contacts": date(2019, 2, 1)}, {"contacts": date(2019, 2, 1)}, set()),
        ({"contacts": date(2019, 2, 1)}, {"contacts": date(2018, 4, 1)}, set()),
        ({"contacts": date(2019, 2, 1)}, None, set()),
    ],
)
def test_a_table_that_covers_less_and_says_so(
    before: Mapping[str, date] | None, now: Mapping[str, date] | None, shortened: set[str]
) -> None:
    assert find_shortened(before, now) == shortened
    tables = [KeyCounts("contacts", 30, 30, 0)]
    status, _ = verdict(Gate.MASS_DELETION, sealed(tables=tables, shortened=find_shortened(before, now)))
    assert status == (PASSED if "contacts" in shortened else FAILED)


@pytest.mark.parametrize(
    ("known", "gone", "came", "changed"),
    [
        (24, 24, 24, True),
        (24, 12, 12, False),  # half
        (24, 13, 7, True),
        (24, 14, 7, True),
        (24, 13, 6, False),  # fewer than half as many came
        (20, 11, 6, True),
        (19, 19, 19, False),
        (40, 27, 0, False),
    ],
)
def test_keys_changed(known: int, gone: int, came: int, changed: bool) -> None:
    keys = KeyCounts("contacts", known, gone, came)
    assert have_changed(keys) is changed
    checks = evaluate_gates(AsOfSource.OPTION, sealed(tables=[keys]))
    (found,) = (each for each in checks if each.gate == Gate.KEYS_CHANGED)
    detail = f"contacts: {gone} of {known} keys are in no row, and {came} others came"
    assert (found.status, found.detail) == ((FAILED, detail) if changed else (PASSED, ""))


def test_unmatched() -> None:
    assert verdict(Gate.UNMATCHED, compared(unmatched=1)) == (FAILED, "1 case could not be followed")
    assert verdict(Gate.UNMATCHED, compared(unmatched=48)) == (FAILED, "48 cases could not be followed")


def test_program_fails_on_the_same_version_alone() -> None:
    ours = "1 case judged otherwise, though nothing recorded changed: a fault of sgkpi, please report it"
    assert verdict(Gate.PROGRAM, sealed(program=1)) == (FAILED, ours)
    another = replace(sealed(program=4), sgkpi_before="0.2.0")
    assert verdict(Gate.PROGRAM, another) == (PASSED, "sgkpi 0.3.0 judges 4 cases otherwise than 0.2.0")


def test_reconciliation_names_the_stock_and_what_fails() -> None:
    rows = [
        Reconciliation("in_bnb", FEBRUARY, 10, 0, 0, 0, 0, 3, 7),
        Reconciliation("in_bnb", JANUARY, 10, 0, 0, 0, 0, 2, 8),
    ]
    detail = "in_bnb 2019-02: 3 cases moved in or out without a date of a spell; the opening is 10"
    assert verdict(Gate.RECONCILIATION, sealed(reconciliation=rows)) == (FAILED, detail)


# What is missing


def test_the_as_of_time_is_guessed() -> None:
    assert statuses(compared(), source=AsOfSource.LATEST_EVENT)[Gate.GUESSED_AS_OF] == FAILED
    for source in (AsOfSource.OPTION, AsOfSource.EXTRACT_TOML):
        assert set(statuses(compared(), source=source).values()) == {PASSED}


@pytest.mark.parametrize("fail_on", [(), tuple(Gate)])
def test_without_a_previous_snapshot_two_gates_are_evaluated(fail_on: Collection[Gate]) -> None:
    found = statuses(None, fail_on)
    evaluated = {gate: status for gate, status in found.items() if status != NOT_EVALUATED}
    assert evaluated == {Gate.NO_PREVIOUS: FAILED, Gate.GUESSED_AS_OF: PASSED}


SEALED = {Gate.MASS_DELETION, Gate.KEYS_CHANGED, Gate.PROGRAM, Gate.RECONCILIATION}


def test_without_sealed_cases_four_gates_are_not_evaluated_and_no_case_is_followed() -> None:
    found = statuses(compared(sealed=None))
    assert {gate for gate, status in found.items() if status == NOT_EVALUATED} == SEALED
    assert {gate for gate, status in found.items() if status == FAILED} == {Gate.UNMATCHED}


def test_without_sealed_cases_a_gate_that_was_asked_for_fails() -> None:
    given = compared(sealed=None)
    found = statuses(given, fail_on=[Gate.PROGRAM, Gate.LOST])
    assert (found[Gate.PROGRAM], found[Gate.LOST], found[Gate.KEYS_CHANGED]) == (FAILED, PASSED, NOT_EVALUATED)
    accepted = statuses(given, fail_on=[Gate.PROGRAM], accept=[Gate.PROGRAM])
    assert accepted[Gate.PROGRAM] == ACCEPTED


def scope(**periods: Collection[Month]) -> Scope:
    """Indicators with the months that they cover, each by team."""
    covered = {(name, period_for(PeriodKind.MONTH, month)) for name, months in periods.items() for month in months}
    return Scope(frozenset(periods), frozenset((name, "team") for name in periods), frozenset(covered))


BOTH = (JANUARY, FEBRUARY)


def test_what_is_lost() -> None:
    before = scope(a=BOTH, b=BOTH, c=BOTH, d=BOTH)
    now = scope(a=BOTH, b=[FEBRUARY], e=BOTH)
    now = replace(now, breakdowns=now.breakdowns - {("a", "team")})
    lost = find_lost(before, now, BOTH, {"d": "no table 'visits'"})
    assert lost == ("c", "d (no table 'visits')", "a by team", "b 2019-01")
    detail = "c; d (no table 'visits'); a by team; and 1 more"
    assert verdict(Gate.LOST, compared(lost=lost)) == (FAILED, detail)


def test_a_month_that_was_known_while_it_was_the_present_is_not_lost() -> None:
    before, now = scope(a=BOTH, b=BOTH), scope(a=[FEBRUARY], b=[FEBRUARY])
    passing = {("a", period_for(PeriodKind.MONTH, JANUARY))}
    assert find_lost(before, now, BOTH, {}, passing) == ("b 2019-01",)


def test_a_period_that_was_not_asked_for_is_not_lost() -> None:
    """A longer one is asked for by its last month."""
    year_to_date = period_for(PeriodKind.YEAR_TO_DATE, FEBRUARY)
    before = scope(a=BOTH)
    before = replace(before, covered=before.covered | {("a", year_to_date)})
    assert find_lost(before, scope(a=[]), [FEBRUARY], {}) == ("a 2019-02", "a 2018-19 to 2019-02")
    assert find_lost(before, scope(a=[]), [], {}) == ()


# What is asked for


def test_only_gates_that_were_asked_for_stop_a_run() -> None:
    given = AsOfSource.LATEST_EVENT, compared(unmatched=2)
    asked = [Gate.UNMATCHED, Gate.LOST]
    assert stopping_gates(evaluate_gates(*given, asked), asked) == (Gate.UNMATCHED,)
    assert stopping_gates(evaluate_gates(*given), ()) == ()


def test_an_accepted_gate_stops_nothing_and_is_said_to_be_accepted() -> None:
    given = AsOfSource.OPTION, compared(unmatched=2)
    checks = evaluate_gates(*given, [Gate.UNMATCHED], accept=[Gate.UNMATCHED, Gate.LOST])
    assert stopping_gates(checks, [Gate.UNMATCHED]) == ()
    found = {each.gate: each.status for each in checks}
    assert (found[Gate.UNMATCHED], found[Gate.LOST]) == (ACCEPTED, PASSED)

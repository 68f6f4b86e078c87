"""The parts of a change: worked by hand, then what holds for any figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.model.measures import SHARE, Measure, Quantity
from sgkpi.snapshots.causes import Cause
from sgkpi.snapshots.parts import (
    Attribution,
    Change,
    Sums,
    attribution_of,
    in_order_parts,
    share,
    share_parts,
    shown_parts,
)

F = Fraction
LATE, DELETED, ENTERED, CORRECTED = Cause.ARRIVED_LATE, Cause.DELETED, Cause.ENTERED_LATE, Cause.CORRECTED
MOVED_IN, MOVED_OUT, RECATEGORISED, UNMATCHED = (
    Cause.MOVED_IN,
    Cause.MOVED_OUT,
    Cause.RECATEGORISED,
    Cause.UNMATCHED,
)
NEW, MATURED, CONTINUED, DEFINITION = Cause.NEW, Cause.MATURED, Cause.CONTINUED, Cause.DEFINITION


def sums(numerator: int, denominator: int) -> Sums:
    return Sums(F(numerator), F(denominator))


def parts(start: tuple[int, int], *steps: Mapping[Cause, tuple[int, int, str]]) -> tuple[F | None, ...]:
    """Check every part of a ledger against what is written in it; return the values of its states.

    Each cause has its numerator, its denominator and its part.
    """
    changes = [{cause: Change(F(n), F(d)) for cause, (n, d, _) in step.items()} for step in steps]
    states = [sums(*start)]
    for step in changes:
        numerator = states[-1].numerator + sum(change.numerator for change in step.values())
        denominator = states[-1].denominator + sum(change.denominator for change in step.values())
        states.append(Sums(numerator, denominator))
    expected = tuple(
        {cause: None if part == "-" else F(part) for cause, (_, _, part) in step.items()} for step in steps
    )
    assert share_parts(states, changes) == expected
    return tuple(state.value for state in states)


# Records


def test_records_that_arrive_late() -> None:
    assert parts((3, 4), {LATE: (1, 2, "-1/12")}) == (F(3, 4), F(4, 6))


def test_each_category_has_its_own_denominator() -> None:
    assert parts((2, 2), {LATE: (1, 1, "0")})[-1] == 1
    assert parts((1, 2), {LATE: (0, 1, "-1/6")})[-1] == F(1, 3)


def test_four_movements_that_leave_the_value_as_it_was() -> None:
    records = {LATE: (0, 1, "-3/25"), DELETED: (0, -1, "3/25"), ENTERED: (1, 0, "1/5"), CORRECTED: (-1, 0, "-1/5")}
    assert parts((3, 5), records) == (F(3, 5), F(3, 5))


def test_a_case_that_moves_to_another_month() -> None:
    assert parts((2, 3), {MOVED_OUT: (-1, -1, "-1/6")})[-1] == F(1, 2)
    assert parts((0, 1), {MOVED_IN: (1, 1, "1/2")})[-1] == F(1, 2)


def test_a_case_that_moves_to_another_category() -> None:
    assert parts((2, 3), {RECATEGORISED: (0, 0, "0")})[-1] == F(2, 3)
    assert parts((1, 2), {RECATEGORISED: (0, -1, "1/2")})[-1] == 1
    assert parts((1, 1), {RECATEGORISED: (0, 1, "-1/2")})[-1] == F(1, 2)


def test_the_population_changes() -> None:
    # moved_in: 1/2 ((1 - 1/2) / 2 + (1 - 1) / 2) = 1/8; moved_out: 1/2 (1/2 / 2 + 1 / 2) = 3/8
    assert parts((1, 2), {MOVED_IN: (1, 1, "1/8"), MOVED_OUT: (0, -1, "3/8")})[-1] == 1


def test_reviews_that_arrive_are_corrected_and_fall_out() -> None:
    records = {ENTERED: (1, 0, "7/24"), CORRECTED: (-1, 0, "-7/24"), MOVED_OUT: (0, -1, "1/6")}
    assert parts((2, 4), records)[-1] == F(2, 3)


@pytest.mark.parametrize(
    ("start", "cause", "change", "end"),
    [
        ((0, 1), CORRECTED, (1, 1, "1/2"), F(1, 2)),  # a duplicate is resolved
        ((1, 1), LATE, (0, 1, "-1/2"), F(1, 2)),
        ((40, 40), DELETED, (-27, -27, "0"), F(1)),
        ((3, 3), CORRECTED, (-1, 0, "-1/3"), F(2, 3)),
        ((2, 3), UNMATCHED, (0, -1, "1/3"), F(1)),
        ((18, 24), UNMATCHED, (0, 0, "0"), F(3, 4)),
        ((2, 3), Cause.PROGRAM, (0, 0, "0"), F(2, 3)),
    ],
)
def test_one_cause_has_the_whole_change(
    start: tuple[int, int], cause: Cause, change: tuple[int, int, str], end: F
) -> None:
    assert parts(start, {cause: change})[-1] == end


def test_a_share_hangs_on_no_other_cause() -> None:
    # 60/80 to 69/86: (6 - 3/4 · 10) / 86 = -120/6880; (6 - 69/86 · 10) / 80 = -174/6880; their mean is -147/6880
    before, after = sums(60, 80), sums(69, 86)
    assert share(Change(F(6), F(10)), before, after) == F(-147, 6880)
    deleted, corrected = share(Change(F(0), F(-4)), before, after), share(Change(F(3), F(0)), before, after)
    assert share(Change(F(3), F(-4)), before, after) == deleted + corrected
    assert F(-147, 6880) + deleted + corrected == F(69, 86) - F(3, 4)


# Steps


def test_time_goes_on() -> None:
    time = {NEW: (1, 1, "1/8"), MATURED: (1, 1, "1/8"), CONTINUED: (0, 0, "0")}
    assert parts((1, 2), {}, time) == (F(1, 2), F(1, 2), F(3, 4))


def test_the_last_subtotal_is_on_the_former_definition() -> None:
    values = parts((1, 4), {LATE: (0, 1, "-1/20")}, {}, {}, {DEFINITION: (2, 0, "2/5")})
    assert values == (F(1, 4), F(1, 5), F(1, 5), F(1, 5), F(3, 5))


def test_time_and_definition() -> None:
    time = {MATURED: (0, 1, "-1/6"), CONTINUED: (0, 0, "0")}
    assert parts((1, 2), {}, time, {}, {DEFINITION: (1, 0, "1/3")})[-2:] == (F(1, 3), F(2, 3))


def test_a_closure_day() -> None:
    assert parts((1, 3), {}, {}, {Cause.CALENDAR: (1, 0, "1/3")})[-1] == F(2, 3)


def test_a_state_without_value_joins_the_steps_on_both_sides() -> None:
    records = {LATE: (0, 0, "0"), DELETED: (-1, -2, "0")}
    assert parts((1, 2), records, {MATURED: (1, 2, "0")}) == (F(1, 2), None, F(1, 2))


def test_steps_that_are_joined_are_split_between_their_ends() -> None:
    # 1/2 to 3/3 by way of nothing: deleted 1/2 ((-1 + 1/2 · 2) / 3 + (-1 + 2) / 2) = 1/4; matured 1/2 (3/2 / 3) = 1/4
    values = parts((1, 2), {DELETED: (-1, -2, "1/4")}, {MATURED: (3, 3, "1/4")}, {}, {DEFINITION: (-1, 0, "-1/3")})
    assert values == (F(1, 2), None, 1, 1, F(2, 3))


def test_without_a_first_or_last_value_no_part_has_one() -> None:
    assert parts((0, 0), {CORRECTED: (1, 2, "-")}, {MATURED: (1, 1, "-")})[-1] == F(2, 3)
    assert parts((1, 2), {LATE: (0, 1, "-")}, {DEFINITION: (-1, -3, "-")})[-1] is None


def test_changes_over_two_links_telescope() -> None:
    """3/4, 4/6, 5/6: late -1/12, corrected +1/6, together +1/12."""
    assert parts((3, 4), {LATE: (1, 2, "-1/12")})[-1] == F(4, 6)
    assert parts((4, 6), {CORRECTED: (1, 0, "1/6")})[-1] == F(5, 6)
    assert F(5, 6) - F(3, 4) == F(-1, 12) + F(1, 6)


# Other measures


def test_a_mean_is_divided_like_a_proportion() -> None:
    # days 2 and 5; one of 1 arrives, one of 10 is entered, 2 is corrected to 3
    records = {LATE: (1, 1, "-5/4"), ENTERED: (10, 1, "17/8"), CORRECTED: (1, 0, "3/8")}
    assert parts((7, 2), records) == (F(7, 2), F(19, 4))


def test_a_count_moves_by_its_cases() -> None:
    changes = {MOVED_IN: Change(F(1)), MOVED_OUT: Change(F(-1)), LATE: Change(F(3))}
    found = share_parts([Sums(F(2)), Sums(F(5))], [changes])
    assert found == ({MOVED_IN: 1, MOVED_OUT: -1, LATE: 3},)


def test_a_count_of_none_has_a_value() -> None:
    assert share_parts([Sums(F(0)), Sums(F(1))], [{LATE: Change(F(1))}]) == ({LATE: 1},)


def test_changes_that_do_not_lead_to_the_next_state_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="do not lead"):
        share_parts([sums(3, 4), sums(4, 6)], [{LATE: Change(F(1), F(1))}])


def test_every_measure_has_an_attribution() -> None:
    in_order = {measure for measure in Measure if attribution_of(measure) is Attribution.IN_ORDER}
    assert in_order == {Measure.MEDIAN, Measure.MAXIMUM}
    with pytest.raises(ValueError, match="made of sums"):
        in_order_parts(Measure.MEAN, [values(5), values(5)], [{}])


def exchange(out: Sequence[int] = (), into: Sequence[int] = ()) -> Counter[F]:
    change = values(*into)
    change.subtract(values(*out))
    return change


def values(*numbers: int) -> Counter[F]:
    return Counter(map(F, numbers))


def test_a_median_takes_its_causes_in_order() -> None:
    # 2 5 9 is 5; with 1 and 0: 2; without 9: 3/2; with 6 for 5: 3/2. The order written here does not matter.
    records = {
        CORRECTED: exchange([5], [6]),
        LATE: exchange(into=[1, 0]),
        DELETED: exchange(out=[9]),
    }
    found = in_order_parts(Measure.MEDIAN, [values(2, 5, 9), values(2, 6, 1, 0)], [records])
    assert found == ({LATE: -3, DELETED: F(-1, 2), CORRECTED: 0},)


def test_a_maximum_takes_its_causes_in_order() -> None:
    # 9, with 12: 12, without 12 again in the next step: 9
    steps = [{LATE: exchange(into=[12]), DELETED: exchange(out=[5])}, {}, {}, {DEFINITION: exchange(out=[12])}]
    states = [values(5, 9), values(9, 12), values(9, 12), values(9, 12), values(9)]
    assert in_order_parts(Measure.MAXIMUM, states, steps) == ({LATE: 3, DELETED: 0}, {}, {}, {DEFINITION: -3})


def test_while_there_is_no_value_the_last_one_stands() -> None:
    # 5, then nothing, then 3: in one step, and over a state without a value
    one = [{DELETED: exchange(out=[5]), MOVED_IN: exchange(into=[3])}]
    assert in_order_parts(Measure.MEDIAN, [values(5), values(3)], one) == ({DELETED: 0, MOVED_IN: -2},)
    two = [{DELETED: exchange(out=[5])}, {NEW: exchange(into=[3])}]
    assert in_order_parts(Measure.MEDIAN, [values(5), values(), values(3)], two) == ({DELETED: 0}, {NEW: -2})


@pytest.mark.parametrize("states", [[values(), values(3)], [values(3), values()]])
def test_a_median_without_a_first_or_last_value_has_no_parts(states: list[Counter[F]]) -> None:
    step = {CORRECTED: exchange([3] if states[0] else [], [3] if states[1] else [])}
    assert in_order_parts(Measure.MEDIAN, states, [step]) == ({CORRECTED: None},)


def test_values_that_do_not_lead_to_the_next_state_are_a_mistake() -> None:
    for step in ({LATE: exchange(into=[4])}, {DELETED: exchange(out=[7], into=[1])}):
        with pytest.raises(ValueError, match="do not lead"):
            in_order_parts(Measure.MEDIAN, [values(5), values(5, 1)], [step])


# Parts as shown


def decimals(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


@pytest.mark.parametrize(
    ("measure", "before", "after", "exact", "shown"),
    [
        # 97.3% to 97.1%: -0.165 points are shown as -0.2, as the two shown values differ by that
        (Measure.PROPORTION, F(506, 520), F(510, 525), [F(510, 525) - F(506, 520), F(0)], ("-0.2", "0.0")),
        # 33.3% each would leave a tenth over
        (Measure.PROPORTION, F(0), F(1), [F(1, 3)] * 3, ("33.4", "33.3", "33.3")),
        # -0.08 points, both shown as 97.3%
        (Measure.PROPORTION, F("0.9734"), F("0.9726"), [F("-0.0008")], ("0.0",)),
        # +0.02 points, from 97.3% to 97.4%; what moves nothing is not rounded
        (Measure.PROPORTION, F("0.97349"), F("0.97351"), [F(0), F("0.0002"), F(0)], ("0.0", "0.1", "0.0")),
        (Measure.PROPORTION, F(1, 4), F(3, 5), [F(-1, 20), F(2, 5)], ("-5.0", "40.0")),
        # 3.5 to 4.8 (4.75): -1.25, +2.125, +0.375 are -1.3, 2.1, 0.3 and two tenths, to the greatest remainders
        (Measure.MEAN, F(7, 2), F(19, 4), [F(-5, 4), F(17, 8), F(3, 8)], ("-1.2", "2.1", "0.4")),
        (Measure.COUNT, F(2), F(5), [F(1), F(-1), F(3)], ("1", "-1", "3")),
        (Measure.MEDIAN, F(5), F(3, 2), [F(-3), F(-1, 2), F(0)], ("-3.0", "-0.5", "0.0")),
        (Measure.MAXIMUM, F(9), F(9), [F(3), F(0), F(-3)], ("3", "0", "-3")),
    ],
)
def test_shown_parts_add_up(measure: Measure, before: F, after: F, exact: list[F], shown: tuple[str, ...]) -> None:
    found = shown_parts(Quantity(measure), before, after, exact)
    assert found == decimals(*shown)
    assert [str(part) for part in found] == list(shown)


def test_shown_parts_have_as_many_decimals_as_their_values() -> None:
    # 75.00% to 66.67%: -8.33; 1/24 twice over is 4.1666 each, and one of them has what is missing
    parts = shown_parts(SHARE, F(3, 4), F(2, 3), [F(-1, 24), F(-1, 24)], 2)
    assert sorted(parts) == list(decimals("-4.17", "-4.16"))


# What holds for any figures

CASES = st.sampled_from([(1, 1), (0, 1), (-1, -1), (0, -1), (1, 0), (-1, 0)])
CHANGES = st.lists(st.lists(CASES, max_size=5), min_size=1, max_size=4)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[Sums], list[dict[int, Change]]]:
    """States of a proportion with what each of up to four causes of a step brings, none below zero or above one."""
    steps = [
        {cause: Change(F(sum(n for n, _ in cases)), F(sum(d for _, d in cases))) for cause, cases in enumerate(step)}
        for step in draw(st.lists(CHANGES, min_size=1, max_size=4))
    ]
    numerators = list(accumulate((sum(c.numerator for c in step.values()) for step in steps), initial=F(0)))
    failures = list(
        accumulate((sum(c.denominator - c.numerator for c in step.values()) for step in steps), initial=F(0))
    )
    met = draw(st.integers(0, 3)) - min(numerators)
    failed = draw(st.integers(0, 3)) - min(failures)
    pairs = zip(numerators, failures, strict=True)
    return [Sums(n + met, n + met + f + failed) for n, f in pairs], steps


@given(ledgers())
def test_parts_add_up_to_the_change(ledger: tuple[list[Sums], list[dict[int, Change]]]) -> None:
    states, steps = ledger
    found = [part for step in share_parts(states, steps) for part in step.values()]
    first, last = states[0].value, states[-1].value
    if first is None or last is None:
        assert set(found) <= {None}
    else:
        assert sum(found) == last - first


@given(ledgers())
def test_a_step_between_two_values_adds_up_to_its_own_change(
    ledger: tuple[list[Sums], list[dict[int, Change]]],
) -> None:
    states, steps = ledger
    if states[0].value is not None and states[-1].value is not None:
        for before, after, step in zip(states, states[1:], share_parts(states, steps), strict=False):
            if before.value is not None and after.value is not None:
                assert sum(step.values()) == after.value - before.value


@given(ledgers())
def test_swapping_the_snapshots_changes_the_sign_alone(ledger: tuple[list[Sums], list[dict[int, Change]]]) -> None:
    states, steps = ledger
    back = [{cause: Change(-c.numerator, -c.denominator) for cause, c in step.items()} for step in reversed(steps)]
    there, again = share_parts(states, steps), share_parts(states[::-1], back)
    assert [
        {cause: None if part is None else -part for cause, part in step.items()} for step in reversed(there)
    ] == list(again)


SUMS = st.builds(lambda met, failed: Sums(F(met), F(met + failed)), st.integers(0, 50), st.integers(1, 50))


@given(SUMS, SUMS, CASES, CASES)
def test_shares_are_linear(before: Sums, after: Sums, one: tuple[int, int], other: tuple[int, int]) -> None:
    """Cases can be grouped in any way: a group's part is the sum of its cases' parts."""
    together = Change(F(one[0] + other[0]), F(one[1] + other[1]))
    apart = [share(Change(F(n), F(d)), before, after) for n, d in (one, other)]
    assert share(together, before, after) == sum(apart)


@given(SUMS, SUMS)
def test_one_more_met_never_lowers_and_one_more_not_met_never_raises(before: Sums, after: Sums) -> None:
    assert share(Change(F(1), F(1)), before, after) >= 0
    assert share(Change(F(0), F(1)), before, after) <= 0
    assert share(Change(F(-1), F(-1)), before, after) <= 0
    assert share(Change(F(0), F(-1)), before, after) >= 0


NUMBERS = st.lists(st.integers(0, 9), max_size=6)


@given(st.sampled_from([Measure.MEDIAN, Measure.MAXIMUM]), NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_parts_in_order_add_up_to_the_change(
    measure: Measure, kept: list[int], deleted: list[int], late: list[int], new: list[int]
) -> None:
    states = [values(*kept, *deleted), values(*kept, *late), values(*kept, *late, *new)]
    steps = [{LATE: exchange(into=late), DELETED: exchange(out=deleted)}, {NEW: exchange(into=new)}]
    found = [part for step in in_order_parts(measure, states, steps) for part in step.values()]
    if not states[0] or not states[-1]:
        assert set(found) == {None}
    else:
        first, last = (by_hand(measure, each) for each in (states[0], states[-1]))
        assert sum(found) == last - first


def by_hand(measure: Measure, counted: Counter[F]) -> F:
    written_out = sorted(counted.elements())
    if measure is Measure.MAXIMUM:
        return written_out[-1]
    half = len(written_out) // 2
    return written_out[half] if len(written_out) % 2 else (written_out[half - 1] + written_out[half]) / 2


@given(
    st.sampled_from([Measure.PROPORTION, Measure.MEAN]),
    st.fractions(0, 1, max_denominator=999),
    st.lists(st.fractions(-1, 1, max_denominator=999), min_size=1, max_size=6),
)
def test_shown_parts_are_within_one_unit_and_add_up(measure: Measure, before: F, exact: list[F]) -> None:
    after = before + sum(exact)
    scale = 100 if measure is Measure.PROPORTION else 1
    shown = [F(part) for part in shown_parts(Quantity(measure), before, after, exact)]
    assert all(abs(part - number * scale) < F(1, 10) for part, number in zip(shown, exact, strict=True))
    tenths = [int((number * scale * 10 + F(1, 2)) // 1) for number in (before, after)]
    assert sum(shown) * 10 == tenths[1] - tenths[0]

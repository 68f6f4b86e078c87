"""Revisions: the worked example to the fraction, then what ends, interrupts or shortens a series."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest

from sgkpi.figures.figure import Status
from sgkpi.model.measures import SHARE, Measure, Quantity
from sgkpi.model.periods import Month
from sgkpi.snapshots.revisions import (
    REVISION_COLUMNS,
    PublishedTotal,
    RevisionSummary,
    Steady,
    find_revisions,
    find_vintages,
    next_revision,
)

F = Fraction
FIRST = Month(2018, 11)


def published(
    month: Month, taken_for: Month, met: int | None, of: int | None, *, revision: int = 1, as_of: datetime | None = None
) -> PublishedTotal:
    """A proportion as published on the 4th of the month after the one that the snapshot was taken for."""
    after = taken_for.plus(1)
    return PublishedTotal(
        taken_for=taken_for,
        revision=revision,
        as_of=as_of or datetime(after.year, after.month, 4, 7),
        indicator="decided",
        quantity=SHARE,
        meaning="24 hours",
        period=month,
        status=Status.COMPLETE if of else Status.NO_CASES,
        value=F(met, of) if met is not None and of else None,
        numerator=None if met is None else F(met),
        denominator=of,
    )


def series(month: Month, *figures: tuple[int, int]) -> list[PublishedTotal]:
    """A month as published in the month after it, in the next, and so on."""
    return [published(month, month.plus(age), met, of) for age, (met, of) in enumerate(figures)]


def count(figure: PublishedTotal, number: int) -> PublishedTotal:
    return replace(figure, quantity=Quantity(Measure.COUNT), value=F(number), numerator=F(number), denominator=None)


EXAMPLE = [
    *series(FIRST, (78, 100), (80, 101), (80, 101), (80, 101)),
    *series(FIRST.plus(1), (81, 100), (82, 102), (83, 103), (83, 103)),
    *series(FIRST.plus(2), (70, 90), (73, 94), (73, 94)),
    *series(FIRST.plus(3), (66, 88), (70, 92)),
    *series(FIRST.plus(4), (80, 100)),
]


def summary_at(age: int, figures: Iterable[PublishedTotal]) -> RevisionSummary:
    (found,) = (each for each in find_revisions(figures).summaries if each.age == age)
    return found


def test_the_example_at_age_1() -> None:
    nov, dec, jan, feb = (
        F(80, 101) - F(78, 100),
        F(82, 102) - F(81, 100),
        F(73, 94) - F(70, 90),
        F(70, 92) - F(66, 88),
    )
    assert (nov, dec, jan, feb) == (F(61, 5050), F(-31, 5100), F(-1, 846), F(1, 92))
    assert summary_at(1, EXAMPLE) == RevisionSummary(
        indicator="decided",
        age=1,
        n=4,
        mean=F(13103419, 3340938600),
        mean_absolute=(nov - dec - jan + feb) / 4,
        largest=F(61, 5050),
        up=2,
        down=2,
        unchanged=0,
        completeness=F(378, 389),
        interval_lower=None,
        interval_upper=None,
        interval_probability=None,
    )


def test_the_example_at_ages_2_and_3() -> None:
    nov, dec, jan = F(61, 5050), F(83, 103) - F(81, 100), F(-1, 846)
    two, three = summary_at(2, EXAMPLE), summary_at(3, EXAMPLE)
    assert (two.n, two.mean, two.mean_absolute) == (3, (nov + dec + jan) / 3, (nov - dec - jan) / 3)
    assert (two.largest, two.completeness) == (nov, F(145, 149))
    assert (three.n, three.mean, three.mean_absolute) == (2, (nov + dec) / 2, (nov - dec) / 2)
    assert (three.largest, three.completeness) == (nov, F(50, 51))
    shown = [[f"{100 * float(number):.2f}" for number in (s.mean, s.mean_absolute, s.largest)] for s in (two, three)]
    assert shown == [["0.22", "0.58", "1.21"], ["0.40", "0.81", "1.21"]]


def test_the_example_is_not_known_to_be_steady() -> None:
    assert find_revisions(EXAMPLE).steady == (Steady("decided", None, 4),)


def test_rows_have_the_columns_of_the_long_table() -> None:
    columns = "indicator, period, age, snapshot, as_of, status, value, numerator, denominator, since_first, "
    columns += "since_before, on_same_meaning"
    assert list(REVISION_COLUMNS) == columns.split(", ")
    last = find_vintages(series(FIRST, (1, 2), (3, 4)))[-1]
    row = ["decided", FIRST, 1, "2018-12-r1", datetime(2019, 1, 4, 7), Status.COMPLETE, F(3, 4), 3, 4, F(1, 4)]
    assert [getattr(last, name) for name in REVISION_COLUMNS] == [*row, F(1, 4), True]


def test_vintages_have_their_differences() -> None:
    found = find_vintages(series(FIRST, (78, 100), (80, 101), (79, 101)))
    assert [(each.age, each.snapshot) for each in found] == [(0, "2018-11-r1"), (1, "2018-12-r1"), (2, "2019-01-r1")]
    assert [each.since_first for each in found] == [0, F(61, 5050), F(79, 101) - F(78, 100)]
    assert [each.since_before for each in found] == [None, F(61, 5050), F(-1, 101)]


# Which snapshots count


def test_the_newest_revision_of_a_snapshot_counts() -> None:
    """Where the newest does not cover the month, the snapshot does not."""
    one, two = series(FIRST, (78, 100), (80, 101))
    again = published(FIRST, FIRST.plus(1), 79, 101, revision=2)
    assert [each.snapshot for each in find_vintages([again, two, one])] == ["2018-11-r1", "2018-12-r2"]
    uncovered = replace(again, status=Status.NOT_COVERED, value=None, numerator=None, denominator=None)
    assert [each.snapshot for each in find_vintages([one, two, uncovered])] == ["2018-11-r1"]


@pytest.mark.parametrize(
    ("as_of", "ages"),
    [
        (datetime(2019, 2, 28, 23, 59, 58), []),  # the month has not ended
        (datetime(2019, 2, 28, 23, 59, 59), [0]),
        (datetime(2019, 3, 31, 23, 59, 58), [0]),
        (datetime(2019, 3, 31, 23, 59, 59), [1]),
        (datetime(2019, 4, 4), [1]),
        (datetime(2020, 3, 1), [12]),
    ],
)
def test_age_is_in_whole_months_from_the_end_of_the_month(as_of: datetime, ages: list[int]) -> None:
    month = Month(2019, 2)
    assert [each.age for each in find_vintages([published(month, month, 1, 2, as_of=as_of)])] == ages


def test_a_month_not_covered_has_no_vintage() -> None:
    one, two = series(FIRST, (78, 100), (80, 101))
    uncovered = replace(one, status=Status.NOT_COVERED, value=None, numerator=None, denominator=None)
    (only,) = find_vintages([uncovered, two])
    assert (only.age, only.since_first, only.since_before) == (1, 0, None)


def test_months_that_were_older_when_the_store_began_have_no_first_publication() -> None:
    """October was first seen at age 1, when November was at 0; that it did not change then says nothing of age 2."""
    october = [published(Month(2018, 10), FIRST.plus(n), 50, 60) for n in range(3)]
    assert [each.age for each in find_vintages(october)] == [1, 2, 3]
    assert find_revisions([*EXAMPLE, *october]).summaries == find_revisions(EXAMPLE).summaries


def test_a_month_missed_at_one_age_counts_at_the_others() -> None:
    november = series(FIRST, (78, 100), (80, 101), (81, 102))
    found = find_revisions([november[0], november[2], *series(FIRST.plus(1), (81, 100), (82, 102))])
    assert [(each.age, each.n) for each in found.summaries] == [(1, 1), (2, 1)]


def test_of_two_snapshots_of_one_age_the_first_publication_and_the_latest_later_one_count() -> None:
    days = [datetime(2018, 12, 4), datetime(2018, 12, 20), datetime(2019, 1, 4), datetime(2019, 1, 20)]
    figures = [published(FIRST, FIRST.plus(n), 50, 100 + n, as_of=day) for n, day in enumerate(days)]
    (only,) = find_revisions(figures).summaries
    assert (only.age, only.n, only.mean, only.completeness) == (1, 1, F(50, 103) - F(1, 2), F(100, 103))


def test_one_publication_has_no_summary() -> None:
    found = find_revisions(series(FIRST, (78, 100)))
    assert (len(found.vintages), found.summaries, found.steady) == (1, (), (Steady("decided", None, 0),))
    assert find_revisions([]).steady == ()


def test_a_redefinition_ends_a_series() -> None:
    old = series(FIRST, (78, 100), (80, 101), (99, 101))
    old[2] = replace(old[2], meaning="1 working day")
    found = find_revisions(old)
    assert [each.on_same_meaning for each in found.vintages] == [True, True, False]
    assert found.vintages[2].since_before == F(19, 101)
    assert [each.age for each in found.summaries] == [1]


def test_another_measure_has_no_difference() -> None:
    one, two = series(FIRST, (78, 100), (80, 101))
    found = find_vintages([one, replace(count(two, 80), meaning="counted")])
    assert (found[1].since_first, found[1].since_before) == (None, None)


def test_a_month_without_cases_has_no_revision() -> None:
    none = published(FIRST, FIRST, 0, 0)
    later = published(FIRST, FIRST.plus(1), 1, 2)
    found = find_revisions([none, later])
    assert ([each.since_first for each in found.vintages], found.summaries) == ([None, None], ())


def test_indicators_are_apart() -> None:
    other = [replace(each, indicator="completed") for each in series(FIRST, (1, 2), (2, 2))]
    found = find_revisions([*EXAMPLE, *other])
    assert [each.indicator for each in found.summaries] == ["completed", *["decided"] * 3]
    assert [each.indicator for each in found.steady] == ["completed", "decided"]


def test_completeness_of_a_count_is_of_what_it_counts() -> None:
    november = series(FIRST, (1, 1), (1, 1))
    assert summary_at(1, [count(november[0], 30), count(november[1], 32)]).completeness == F(30, 32)


def test_the_larger_revision_keeps_its_sign() -> None:
    figures = [*series(FIRST, (50, 100), (40, 100)), *series(FIRST.plus(1), (50, 100), (55, 100))]
    found = summary_at(1, [*figures, *series(FIRST.plus(2), (7, 10), (14, 20))])
    assert (found.largest, found.up, found.down, found.unchanged) == (F(-1, 10), 1, 1, 1)


# The next revision


@pytest.mark.parametrize(
    ("n", "j", "probability"),
    [(9, 1, F(4, 5)), (12, 1, F(11, 13)), (18, 1, F(17, 19)), (19, 2, F(4, 5)), (24, 2, F(21, 25)), (29, 3, F(4, 5))],
)
def test_the_interval_has_at_least_eighty_per_cent(n: int, j: int, probability: Fraction) -> None:
    revisions = [F(number) for number in range(1, n + 1)]
    assert next_revision(revisions) == (j, n + 1 - j, probability)


def test_fewer_than_nine_months_give_no_interval() -> None:
    assert next_revision([F(1)] * 8) == (None, None, None)
    assert next_revision([]) == (None, None, None)


def test_nine_months_have_an_interval() -> None:
    # revisions of 0 to 8 points
    figures = [each for n in range(9) for each in series(FIRST.plus(n), (50, 100), (50 + (5 * n) % 9, 100))]
    found = summary_at(1, figures)
    assert (found.n, found.interval_lower, found.interval_upper) == (9, 0, F(8, 100))
    assert found.interval_probability == F(4, 5)


# Steady


def months_of(*figures: Sequence[tuple[int, int]]) -> list[PublishedTotal]:
    return [each for n, month in enumerate(figures) for each in series(FIRST.plus(n), *month)]


SETTLES_AT_1 = [(500, 1000), (540, 1000), (544, 1000), (541, 1000)]


def test_steady_from_the_least_age() -> None:
    assert find_revisions(months_of(*[SETTLES_AT_1] * 6)).steady == (Steady("decided", 1, 6),)
    assert find_revisions(months_of(*[SETTLES_AT_1] * 5)).steady == (Steady("decided", None, 5),)


@pytest.mark.parametrize(("last", "age"), [(545, 0), (546, None)])
def test_half_a_point_is_steady_and_more_is_not(last: int, age: int | None) -> None:
    assert find_revisions(months_of(*[[(540, 1000), (last, 1000)]] * 6)).steady[0].age == age


def test_a_slow_drift_is_not_steady() -> None:
    drift = [(500, 1000), (504, 1000), (508, 1000)]
    assert find_revisions(months_of(*[drift] * 6)).steady[0].age == 1


def test_one_month_in_ten_may_still_change() -> None:
    calm, wild = [(50, 100), (50, 100)], [(50, 100), (60, 100)]
    assert find_revisions(months_of(wild, *[calm] * 9)).steady[0].age == 0
    assert find_revisions(months_of(wild, *[calm] * 8)).steady[0].age is None


def test_a_provisional_figure_is_not_steady() -> None:
    figures = [
        replace(each, status=Status.PROVISIONAL) if each.age == 0 else each
        for each in months_of(*[[(50, 100)] * 3] * 6)
    ]
    assert find_revisions(figures).steady[0].age == 1


def test_a_figure_that_loses_its_value_is_not_steady() -> None:
    figures = [
        replace(each, value=None, status=Status.NO_CASES) if each.age == 1 else each
        for each in months_of(*[[(50, 100)] * 2] * 6)
    ]
    assert find_revisions(figures).steady[0].age is None


@pytest.mark.parametrize(("later", "age"), [(31, 0), (29, 0), (32, None)])
def test_a_count_may_change_by_one_case(later: int, age: int | None) -> None:
    figures = [count(each, later if each.age else 30) for each in months_of(*[[(1, 1)] * 2] * 6)]
    assert find_revisions(figures).steady[0].age == age

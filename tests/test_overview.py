"""The overview of an indicator: every number worked out beside it."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from sgkpi.answers.overview import (
    RatingStep,
    change,
    days_overdue,
    make_overview,
    months_needed,
    periods_with_overdue,
    steps_of,
    worst_first,
)
from sgkpi.api import Results
from sgkpi.documents.sentences import open_cases as open_in_words
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.figure_set import ReasonCount
from sgkpi.ledger.cases import OverdueCases
from sgkpi.model.indicator import Clock, Improvement, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month
from sgkpi.model.units import Limit, LimitUnit
from tests.support.answers import RECEIVED
from tests.support.results import DECIDED, PLACED, count, month, not_covered, proportion, results, year_to_date

FEBRUARY = month("2019-02")
CLOCKED = replace(DECIDED, clock=Clock(RECEIVED, RECEIVED, limit=Limit(24, LimitUnit.HOURS)))
DECREASE = replace(PLACED, measure=Measure.PROPORTION)


def overdue(period: str, first: date | None, *, cases: int = 1, undated: int = 0) -> OverdueCases:
    return OverdueCases(DECIDED.id, month(period), None, None, cases, first, undated)


def of_decided(*figures: Figure, **changes: object) -> Results:
    return replace(results(*figures), indicators=(CLOCKED,), **changes)  # type: ignore[arg-type]


def targets(green: str, amber: str | None) -> dict[str, object]:
    return {"target_green": Decimal(green), "target_amber": Decimal(amber) if amber else None}


class TestStepsOfAShare:
    def test_from_red_to_amber_and_to_green(self) -> None:
        # 80% of 521 is 416.8, so 417 are needed; 90% is 468.9, so 469. There are 408.
        assert steps_of(proportion(FEBRUARY, 408, 521)) == (
            RatingStep(Rating.AMBER, 9, more=True, better=True),
            RatingStep(Rating.GREEN, 61, more=True, better=True),
        )

    def test_at_a_bound_it_is_reached(self) -> None:
        # 80% of 500 is 400 exactly: 395 lack 5, and with 400 one fewer is RED. 90% is 450.
        assert steps_of(proportion(FEBRUARY, 395, 500))[0] == RatingStep(Rating.AMBER, 5, more=True, better=True)
        assert steps_of(proportion(FEBRUARY, 400, 500)) == (
            RatingStep(Rating.GREEN, 50, more=True, better=True),
            RatingStep(Rating.RED, 1, more=False, better=False),
        )

    def test_from_green_down(self) -> None:
        # 90% of 521 is 468.9: 469 are GREEN, 468 are AMBER. Of 480, 12 may go.
        assert steps_of(proportion(FEBRUARY, 480, 521)) == (RatingStep(Rating.AMBER, 12, more=False, better=False),)

    def test_what_is_not_rated_yet_has_no_rating_to_lose(self) -> None:
        # Of 4, 4 are 100%, above green's 90%: judged as it is, 1 fewer would be 75%, below amber's 80%
        open_ = proportion(FEBRUARY, 4, 4, status=Status.PROVISIONAL, rating=Rating.NOT_RATED, rating_firm=None)
        assert steps_of(open_) == ()
        assert steps_of(replace(open_, rating=Rating.GREEN)) == (RatingStep(Rating.RED, 1, more=False, better=False),)

    def test_one_case_may_jump_over_a_rating(self) -> None:
        # 4 of 5 is 80%, AMBER; 3 of 5 is RED. 5 of 5 is GREEN at once. 0 of 1: one more is 100%, GREEN, not AMBER.
        assert steps_of(proportion(FEBRUARY, 4, 5)) == (
            RatingStep(Rating.GREEN, 1, more=True, better=True),
            RatingStep(Rating.RED, 1, more=False, better=False),
        )
        assert steps_of(proportion(FEBRUARY, 0, 1)) == (RatingStep(Rating.GREEN, 1, more=True, better=True),)

    def test_without_amber_there_is_only_green(self) -> None:
        # 95% of 20 is 19
        assert steps_of(proportion(FEBRUARY, 10, 20, **targets("0.95", None))) == (
            RatingStep(Rating.GREEN, 9, more=True, better=True),
        )

    def test_a_bound_that_no_binary_fraction_meets(self) -> None:
        # 92.9% of 1,000 is 929 exactly; as doubles 0.929 * 1000 is 929.0000000000001 on some machines' arithmetic
        assert steps_of(proportion(FEBRUARY, 928, 1000, **targets("0.929", "0.8")))[0].cases == 1

    def test_less_is_better(self) -> None:
        # At most 10% of 50 is 5, at most 20% is 10; there are 12.
        red = proportion(FEBRUARY, 12, 50, DECREASE, **targets("0.1", "0.2"))
        assert steps_of(red) == (
            RatingStep(Rating.AMBER, 2, more=False, better=True),
            RatingStep(Rating.GREEN, 7, more=False, better=True),
        )
        green = proportion(FEBRUARY, 3, 50, DECREASE, **targets("0.1", "0.2"))
        assert steps_of(green) == (RatingStep(Rating.AMBER, 3, more=True, better=False),)

    def test_not_more_than_there_are_cases(self) -> None:
        # At most 100% is GREEN: no case more can spoil 10 of 10. At least 0%: no case fewer can spoil 0 of 10.
        assert steps_of(proportion(FEBRUARY, 10, 10, DECREASE, **targets("1", None))) == ()
        assert steps_of(proportion(FEBRUARY, 0, 10, **targets("0", None))) == ()


class TestStepsOfACount:
    def test_less_is_better(self) -> None:
        # 0 is GREEN, up to 2 AMBER; there are 5
        assert steps_of(count(FEBRUARY, 5, **targets("0", "2"))) == (
            RatingStep(Rating.AMBER, 3, more=False, better=True),
            RatingStep(Rating.GREEN, 5, more=False, better=True),
        )
        assert steps_of(count(FEBRUARY, 0, **targets("0", "2"))) == (
            RatingStep(Rating.AMBER, 1, more=True, better=False),
        )

    def test_more_is_better_without_a_limit(self) -> None:
        issued = count(FEBRUARY, 3, improvement=Improvement.INCREASE, **targets("30", "20"))
        assert [step.cases for step in steps_of(issued)] == [17, 27]

    def test_a_team_is_not_asked_for_as_many_as_all_teams(self) -> None:
        team = {"breakdown": "team", "category": "North"}
        more = {"improvement": Improvement.INCREASE, **targets("30", "20")}
        assert steps_of(count(FEBRUARY, 3, **more, **team)) == ()
        # That no case is the target holds for every team.
        assert steps_of(count(FEBRUARY, 5, **targets("0", None), **team)) == (
            RatingStep(Rating.GREEN, 5, more=False, better=True),
        )

    def test_a_bound_between_two_numbers(self) -> None:
        # At most 2.5 are two; of 4, two must go
        assert steps_of(count(FEBRUARY, 4, **targets("2.5", None)))[0].cases == 2


@pytest.mark.parametrize(
    "figure",
    [
        proportion(FEBRUARY, 0, 0),
        not_covered(FEBRUARY),
        count(FEBRUARY, 4),
        proportion(FEBRUARY, 1, 2, improvement=Improvement.NONE),
        proportion(FEBRUARY, 1, 2, measure=Measure.MEAN),
    ],
    ids=["no cases", "not covered", "no target", "no direction", "a mean"],
)
def test_no_steps_where_no_number_of_cases_decides(figure: Figure) -> None:
    assert steps_of(figure) == ()


class TestChange:
    def test_it_is_exact(self) -> None:
        # 79/100 less 4/5
        assert change(proportion(FEBRUARY, 79, 100), proportion(month("2019-01"), 4, 5)) == Fraction(-1, 100)

    def test_none_where_one_is_not_known(self) -> None:
        assert change(proportion(FEBRUARY, 79, 100), None) is None
        assert change(proportion(FEBRUARY, 79, 100), not_covered(month("2019-01"))) is None
        assert change(proportion(FEBRUARY, 0, 0), proportion(month("2019-01"), 4, 5)) is None


class TestWorstFirst:
    def test_the_lowest_where_more_is_better_and_those_without_value_last(self) -> None:
        figures = [
            proportion(FEBRUARY, met, of, breakdown="team", category=name)
            for name, met, of in (("A", 9, 10), ("B", 0, 0), ("C", 1, 10), ("D", 5, 10))
        ]
        assert [each.category for each in worst_first(figures)] == ["C", "D", "A", "B"]

    def test_the_highest_where_less_is_better(self) -> None:
        figures = [count(FEBRUARY, n, category=str(n)) for n in (1, 3, 2)]
        assert [each.category for each in worst_first(figures)] == ["3", "2", "1"]

    def test_in_their_order_where_neither_is_worse(self) -> None:
        figures = [count(FEBRUARY, n, category=str(n), improvement=Improvement.NONE) for n in (1, 3, 2)]
        assert [each.category for each in worst_first(figures)] == ["1", "3", "2"]


class TestMonths:
    def test_a_year_back_from_the_month_and_from_the_present(self) -> None:
        needed = months_needed(Month(2019, 2), datetime(2019, 3, 4, 7))
        assert needed == tuple(Month(2018, 2).plus(n) for n in range(14))

    def test_a_month_long_past_needs_both_years(self) -> None:
        needed = months_needed(Month(2016, 1), datetime(2019, 3, 4, 7))
        assert (needed[0], needed[12], needed[13], needed[-1]) == (
            Month(2015, 1), Month(2016, 1), Month(2018, 3), Month(2019, 3),
        )  # fmt: skip
        assert len(needed) == 26


class TestOpenCases:
    def test_of_a_flow_every_month_of_the_last_thirteen_counts(self) -> None:
        found = of_decided(
            proportion(month("2018-02"), 1, 9, overdue=8),  # March 2018 is the first of the thirteen
            not_covered(month("2018-03")),
            proportion(month("2018-04"), 1, 3, overdue=2),
            proportion(FEBRUARY, 5, 9, overdue=4, not_due=1),
            proportion(month("2019-03"), 1, 2, overdue=1, not_due=7),
            proportion(year_to_date("2019-02"), 7, 14, overdue=7),
        )
        assert periods_with_overdue(found) == (month("2018-04"), FEBRUARY, month("2019-03"))
        cases = [
            overdue("2018-04", datetime(2018, 4, 20, 9), cases=2),
            overdue("2018-02", datetime(2018, 2, 1, 9), cases=8),
            replace(overdue("2018-04", date(2018, 4, 1)), breakdown="team", category="North"),
            overdue("2019-02", date(2018, 4, 19), cases=4),
            overdue("2019-03", None, undated=1),
        ]
        open_cases = make_overview(found, Month(2019, 2), cases).open_cases
        assert open_cases is not None
        assert (open_cases.overdue, open_cases.not_due) == (2 + 4 + 1, 0 + 1 + 7)
        assert (open_cases.since, open_cases.oldest_due) == (Month(2018, 4), date(2018, 4, 19))
        assert open_cases.without_due == 1

    def test_what_has_no_due_date_is_said_of_one_case_and_of_several(self) -> None:
        def told(cases: int, undated: int) -> str:
            found = of_decided(proportion(FEBRUARY, 5, 9, overdue=cases))
            overview = make_overview(found, Month(2019, 2), [overdue("2019-02", None, cases=cases, undated=undated)])
            return next(open_in_words(overview)).split(". ", 1)[1]

        assert told(1, 1) == "It has no due date."
        assert told(3, 1) == "1 of them has no due date."
        assert told(3, 2) == "2 of them have no due date."

    def test_of_a_stock_only_the_present_day_counts(self) -> None:
        stock = replace(CLOCKED, period=PointInTime("eligible_from", "eligible_to"))
        figures = (proportion(FEBRUARY, 5, 9, overdue=4), proportion(month("2019-03"), 5, 8, overdue=3))
        found = replace(results(*figures), indicators=(stock,))
        assert periods_with_overdue(found) == (month("2019-03"),)
        cases = [overdue("2019-03", date(2019, 2, 1)), overdue("2019-02", date(2018, 1, 1))]
        open_cases = make_overview(found, Month(2019, 2), cases).open_cases
        assert open_cases is not None
        assert (open_cases.overdue, open_cases.oldest_due) == (3, date(2019, 2, 1))

    def test_a_moment_of_a_day_falls_due_before_its_end(self) -> None:
        found = of_decided(*(proportion(month(each), 0, 1, overdue=1) for each in ("2019-01", "2019-02")))
        cases = [overdue("2019-01", date(2019, 2, 5)), overdue("2019-02", datetime(2019, 2, 5, 23))]
        open_cases = make_overview(found, Month(2019, 2), cases).open_cases
        assert open_cases is not None
        assert open_cases.oldest_due == datetime(2019, 2, 5, 23)

    def test_nothing_is_known_where_the_present_is_not_covered(self) -> None:
        found = of_decided(not_covered(FEBRUARY), not_covered(month("2019-03")))
        assert make_overview(found, Month(2019, 2), []).open_cases is None

    @pytest.mark.parametrize(
        ("due", "days"), [(date(2019, 3, 3), 1), (datetime(2019, 3, 4, 6), 0), (datetime(2018, 3, 4, 23), 365)]
    )
    def test_age_in_days(self, due: date, days: int) -> None:
        assert days_overdue(due, datetime(2019, 3, 4, 7)) == days

    def test_of_a_category_its_own_cases_count(self) -> None:
        north = proportion(FEBRUARY, 0, 5, overdue=3, not_due=1, breakdown="team", category="North")
        found = of_decided(proportion(FEBRUARY, 0, 9, overdue=7), north)
        cases = [overdue("2019-02", date(2019, 1, 1), cases=7)]
        cases.append(replace(overdue("2019-02", date(2019, 2, 3), cases=3), breakdown="team", category="North"))
        of_north = make_overview(found, Month(2019, 2), cases, ("team", "North"))
        assert (of_north.figure, of_north.history, of_north.breakdowns) == (north, (north,), ())
        assert of_north.open_cases is not None
        assert (of_north.open_cases.overdue, of_north.open_cases.not_due) == (3, 1)
        assert of_north.open_cases.oldest_due == date(2019, 2, 3)


class TestOverview:
    def test_what_the_month_is_compared_with(self) -> None:
        figures = [
            proportion(month("2018-02"), 1, 10),
            proportion(month("2019-01"), 2, 10),
            proportion(FEBRUARY, 3, 10),
            proportion(month("2019-03"), 4, 10),
            proportion(year_to_date("2019-02"), 5, 10),
            proportion(year_to_date("2019-01"), 6, 10),
        ]
        found = make_overview(of_decided(*figures), Month(2019, 2), [])
        met = [each.met for each in (found.figure, found.previous, found.last_year, found.year_to_date) if each]
        assert met == [3, 2, 1, 5]
        # Twelve months that end with February 2019: a year before is none of them, nor is March
        assert [each.met for each in found.history] == [2, 3]

    def test_each_category_has_its_own_month_before(self) -> None:
        def of(period: str, name: str, met: int) -> Figure:
            return proportion(month(period), met, 10, breakdown="team", category=name)

        figures = [proportion(FEBRUARY, 9, 20), of("2019-01", "A", 1), of("2019-01", "B", 2), of("2019-02", "A", 8)]
        (team,) = make_overview(of_decided(*figures, of("2019-02", "B", 1)), Month(2019, 2), []).breakdowns
        assert team.name == "team"
        assert [(each.category, each.met) for each in team.figures] == [("B", 1), ("A", 8)]
        assert [each.met for each in team.previous if each] == [2, 1]

    def test_reasons_of_the_month_in_total_most_first(self) -> None:
        def reason(name: str, cases: int, outcome: str = "unknown", **changes: object) -> ReasonCount:
            whole = ReasonCount(DECIDED.id, FEBRUARY, None, None, outcome, name, cases)
            return replace(whole, **changes)  # type: ignore[arg-type]

        reasons = (
            reason("no_start", 1),
            reason("no_time_of_day", 4),
            reason("declined", 9, "excluded"),
            reason("no_start", 7, breakdown="team", category="A"),
            reason("no_start", 5, period=month("2019-01")),
        )
        found = make_overview(of_decided(proportion(FEBRUARY, 3, 10), reasons=reasons), Month(2019, 2), [])
        assert found.reasons(Outcome.UNKNOWN) == [("no_time_of_day", 4), ("no_start", 1)]
        assert found.reasons(Outcome.NOT_MET, Outcome.OVERDUE) == []
        of_a = proportion(FEBRUARY, 1, 7, breakdown="team", category="A")
        figures = of_decided(proportion(FEBRUARY, 3, 10), of_a, reasons=reasons)
        assert make_overview(figures, Month(2019, 2), [], ("team", "A")).reasons(Outcome.UNKNOWN) == [("no_start", 7)]

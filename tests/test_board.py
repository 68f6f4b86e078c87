"""The state of an improvement board: the worst rated lead, the inspection's month, and what people have written."""

from dataclasses import fields, replace
from datetime import date, datetime
from fractions import Fraction
from itertools import permutations

import pytest

from sgkpi.answers.board import PointIndicator, PointState, months_of_board, point_states
from sgkpi.documents.points import assessment_facts
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.board import Board, BoardPoint
from sgkpi.model.commentary import CommentaryFile, CommentaryFolder, CommentaryKind, PointAssessment
from sgkpi.model.indicator import Indicator, PeriodColumn
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, PeriodKind, period_for
from sgkpi.model.request import AsOfSource
from sgkpi.model.table import Table
from sgkpi.planning.availability import Unavailable

AS_OF = datetime(2019, 6, 3, 7)
SINCE, MONTH = Month(2019, 2), Month(2019, 5)
TABLE = Table("contacts", {}, ("contact_id",))
POINTS = (
    BoardPoint(1, "Decisions in time", (3,), ("late", "early"), ("aside",)),
    BoardPoint(2, "Good assessments", (7,), evidence="audit"),
)
BOARD = Board("inspection", "Inspection", SINCE, POINTS)
INDICATORS = {
    name: Indicator(name, name.title(), TABLE, PeriodColumn("received_at"), Measure.PROPORTION)
    for name in ("late", "early", "aside")
}


def figure(name: str, month: Month, rating: Rating) -> Figure:
    """A figure of which the board looks at no more than its place and its rating."""
    known = {
        "indicator": name, "title": name.title(), "measure": Measure.PROPORTION, "status": Status.COMPLETE,
        "period": period_for(PeriodKind.MONTH, month), "value": Fraction(1, 2), "rating": rating, "as_of": AS_OF,
    }  # fmt: skip
    return Figure(**{**dict.fromkeys(each.name for each in fields(Figure)), **known})  # type: ignore[arg-type]


def figures(*every: Figure, unavailable: tuple[Unavailable, ...] = ()) -> FigureSet:
    return FigureSet(
        figures=every, reasons=(), indicators=tuple(INDICATORS.values()), unavailable=unavailable, unplaced=(),
        tables=(), source=None, as_of=AS_OF, as_of_source=AsOfSource.OPTION,
    )  # fmt: skip


def state(*every: Figure, month: Month = MONTH, board: Board = BOARD, **more: object) -> PointState:
    commentary = more.pop("commentary", CommentaryFolder())
    return point_states(board, INDICATORS, figures(*every, **more), month, commentary)[0]  # type: ignore[arg-type]


def test_the_months_are_the_last_six_and_that_of_the_inspection() -> None:
    assert months_of_board(BOARD, Month(2021, 1)) == (
        SINCE,
        *(Month(2020, each) for each in range(8, 13)),
        Month(2021, 1),
    )
    assert months_of_board(BOARD, MONTH) == tuple(Month(2018, 12).plus(each) for each in range(6))
    assert months_of_board(BOARD, Month(2018, 6)) == tuple(Month(2018, each) for each in range(1, 7))


@pytest.mark.parametrize(
    ("late", "early", "shown"),
    [
        (Rating.RED, Rating.AMBER, "late"),
        (Rating.GREEN, Rating.AMBER, "early"),
        (Rating.AMBER, Rating.AMBER, "late"),  # of equals the first
        (Rating.NOT_RATED, Rating.GREEN, "early"),
        (Rating.NOT_RATED, Rating.NOT_RATED, None),
    ],
)
def test_the_worst_rated_lead_is_shown_and_never_a_supporting_one(late: Rating, early: Rating, shown: str) -> None:
    ratings = {"late": late, "early": early, "aside": Rating.RED}
    point = state(*(figure(name, MONTH, rating) for name, rating in ratings.items()))
    assert (point.shown.id if point.shown else None) == shown
    first = shown or "late"
    other = "early" if first == "late" else "late"
    assert [each.id for each in point.worst_first] == [first, other, "aside"]


@pytest.mark.parametrize("order", list(permutations(["late", "early"])))
def test_the_rating_shown_does_not_hang_on_the_order_of_leads(order: tuple[str, ...]) -> None:
    board = replace(BOARD, points=(replace(POINTS[0], indicators=order),))
    point = state(figure("late", MONTH, Rating.RED), figure("early", MONTH, Rating.GREEN), board=board)
    assert point.shown is not None
    assert point.shown.rating is Rating.RED


def test_the_inspection_the_present_and_the_last_six_months() -> None:
    ratings = [Rating.GREEN, Rating.GREEN, Rating.RED, Rating.NOT_RATED, Rating.GREEN, Rating.AMBER]
    months = [Month(2018, 12).plus(each) for each in range(6)]
    every = [figure("late", month, rating) for month, rating in zip(months, ratings, strict=True)]
    before = figure("late", Month(2018, 11), Rating.GREEN)  # not among the last six
    shown = state(before, *every).indicators[0]
    assert (shown.at_inspection, shown.now) == (every[2], every[5])
    assert (shown.months_in_target, shown.months_rated) == (3, 5)
    assert shown.recent == tuple(every)


def test_before_the_inspection_nothing_is_compared_with_it() -> None:
    january, february = figure("late", Month(2019, 1), Rating.RED), figure("late", SINCE, Rating.RED)
    assert state(january, february, month=Month(2019, 1)).indicators[0].at_inspection is None
    assert state(january, february, month=SINCE).indicators[0].at_inspection == february


def test_an_indicator_that_cannot_be_computed_is_listed_with_its_reason() -> None:
    gone = Unavailable("late", "needs the table contacts")
    late = state(figure("early", MONTH, Rating.GREEN), unavailable=(gone,)).indicators[0]
    assert late == PointIndicator("late", "Late", is_lead=True, unavailable="needs the table contacts")
    assert late.rating is Rating.NOT_RATED


@pytest.mark.parametrize(
    ("step", "who", "when", "told"),
    [
        ("Audit again", "B. Lead", date(2019, 5, 31), "Audit again (B. Lead, by 31 May 2019)"),
        ("Audit again", "", None, "Audit again"),
        ("", "B. Lead", date(2019, 5, 31), "B. Lead, by 31 May 2019"),
    ],
)
def test_a_next_step_has_whatever_people_say_of_it(step: str, who: str, when: date | None, told: str) -> None:
    said = PointAssessment(2, MONTH, "amber", step, who, when)
    point = PointState(BOARD.points[1], (), said, said)
    assert dict(assessment_facts(point, MONTH, datetime(2019, 5, 1))) == {"Assessed": "amber", "Next step": told}


@pytest.mark.parametrize(
    ("judged", "step", "assessed", "told"),
    [
        (Month(2019, 4), MONTH, "amber (written in April 2019)", "Audit again (B. Lead)"),
        (MONTH, Month(2019, 4), "amber", "Audit again (B. Lead, written in April 2019)"),
        (Month(2019, 4), Month(2019, 4), "amber (written in April 2019)", "Audit again (B. Lead)"),
        (
            Month(2019, 3),
            Month(2019, 4),
            "amber (written in March 2019)",
            "Audit again (B. Lead, written in April 2019)",
        ),
    ],
)
def test_a_judgement_and_a_step_have_their_own_months(judged: Month, step: Month, assessed: str, told: str) -> None:
    said, planned = PointAssessment(2, judged, "amber"), PointAssessment(2, step, "", "Audit again", "B. Lead")
    point = PointState(BOARD.points[1], (), said, planned)
    assert dict(assessment_facts(point, MONTH, datetime(2019, 5, 1))) == {"Assessed": assessed, "Next step": told}


def test_what_people_say_is_that_of_the_point() -> None:
    said = PointAssessment(2, Month(2019, 4), "amber", "Audit again", "B. Lead", date(2019, 5, 31))
    file = CommentaryFile(Month(2019, 4), CommentaryKind.BOARD, "inspection", "x.md", points=(said,))
    folder = CommentaryFolder(files=(file, replace(file, month=Month(2019, 6), points=())))
    states = point_states(BOARD, INDICATORS, figures(), MONTH, folder)
    assert [each.assessment for each in states] == [each.step for each in states] == [None, said]
    assert states[1].indicators == ()
    assert states[1].shown is None

"""Commentary as a value: actions are carried until they are done, and a figure that has changed since is noticed."""

from datetime import date, datetime

import pytest

from sgkpi.model.commentary import (
    Action,
    ActionState,
    ChartEvent,
    CommentaryFile,
    CommentaryFolder,
    CommentaryKind,
    PointAssessment,
)
from sgkpi.model.periods import Month

JANUARY, FEBRUARY, MARCH = Month(2019, 1), Month(2019, 2), Month(2019, 3)
ID = "contacts_decided_24h"
RECRUIT = Action("Recruit a decision maker", JANUARY, "A. Manager", date(2019, 3, 18), ActionState.STARTED)
TRAIN = Action("Train the duty team", JANUARY, state=ActionState.DONE)
RECRUITED = Action("recruit a  decision maker", MARCH, state=ActionState.DONE)
ROTA = Action("New rota", FEBRUARY, public=True)


def file(month: Month, *actions: Action, public: bool = False, figure: str = "") -> CommentaryFile:
    return CommentaryFile(month, CommentaryKind.INDICATOR, ID, "x.md", figure=figure, public=public, actions=actions)


FOLDER = CommentaryFolder(
    files=(file(MARCH, RECRUITED), file(FEBRUARY, ROTA, public=True), file(JANUARY, RECRUIT, TRAIN))
)


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (Month(2018, 12), ()),
        (JANUARY, (RECRUIT, TRAIN)),
        (FEBRUARY, (RECRUIT, ROTA)),  # what was done in January is no longer listed
        (MARCH, (ROTA, RECRUITED)),
        (Month(2019, 4), (ROTA,)),
    ],
)
def test_an_action_is_carried_until_it_is_done(month: Month, expected: tuple[Action, ...]) -> None:
    assert FOLDER.actions(month, CommentaryKind.INDICATOR, ID) == expected
    assert FOLDER.actions(month, CommentaryKind.SUMMARY) == ()


def test_it_was_due_once_its_day_has_passed() -> None:
    assert not RECRUIT.was_due(datetime(2019, 3, 18, 23, 59))
    assert RECRUIT.was_due(datetime(2019, 3, 19))
    assert not RECRUITED.was_due(datetime(2030, 1, 1))
    assert not ROTA.was_due(datetime(2030, 1, 1))


def test_for_the_public_only_what_is_marked_so() -> None:
    public = FOLDER.for_public()
    assert public.find(JANUARY, CommentaryKind.INDICATOR, ID) is None
    assert public.find(FEBRUARY, CommentaryKind.INDICATOR, ID) is not None
    assert public.actions(MARCH, CommentaryKind.INDICATOR, ID) == (ROTA,)


def test_for_the_public_a_file_that_is_not_still_says_that_an_action_is_done() -> None:
    done = Action("New rota", MARCH, state=ActionState.DONE)
    folder = CommentaryFolder(files=(file(FEBRUARY, ROTA, public=True), file(MARCH, done))).for_public()
    assert folder.actions(MARCH, CommentaryKind.INDICATOR, ID) == ()


def test_events_are_not_for_the_public() -> None:
    event = ChartEvent(FEBRUARY, "A new system", (ID,))
    assert event.concerns(ID)
    assert not event.concerns("rhi_offered")
    assert ChartEvent(FEBRUARY, "Snow").concerns(ID)
    assert CommentaryFolder(events=(event,)).for_public().events == ()


def test_the_latest_assessment_of_each_point() -> None:
    of_january = (PointAssessment(5, JANUARY, "red"), PointAssessment(2, JANUARY, "amber"))
    of_march = (PointAssessment(5, MARCH, "amber", "Weekly list", when=date(2019, 4, 30)),)
    files = tuple(
        CommentaryFile(month, CommentaryKind.BOARD, "inspection_2019", "x.md", points=points)
        for month, points in ((MARCH, of_march), (JANUARY, of_january))
    )
    folder = CommentaryFolder(files=files)
    assert folder.assessments(FEBRUARY, "inspection_2019") == {2: of_january[1], 5: of_january[0]}
    assert folder.assessments(MARCH, "inspection_2019") == {2: of_january[1], 5: of_march[0]}
    assert folder.assessments(MARCH, "inspection_2016") == {}
    assert folder.steps(FEBRUARY, "inspection_2019") == {}
    assert folder.steps(MARCH, "inspection_2019") == {5: of_march[0]}
    assert of_march[0].was_due(datetime(2019, 5, 1))
    assert not of_march[0].was_due(datetime(2019, 4, 30, 23, 59))


def test_a_judgement_and_a_step_each_stand_until_a_newer_one_is_written() -> None:
    january = (PointAssessment(1, JANUARY, "red", "Audit", public=True), PointAssessment(2, JANUARY, "red", "Audit"))
    february = (PointAssessment(1, FEBRUARY, next_step="Train"), PointAssessment(2, FEBRUARY, "amber"))
    march = (PointAssessment(1, MARCH), PointAssessment(2, MARCH, who="B. Lead"))
    files = tuple(
        CommentaryFile(month, CommentaryKind.BOARD, "inspection_2019", "x.md", points=points)
        for month, points in ((JANUARY, january), (FEBRUARY, february), (MARCH, march))
    )
    folder = CommentaryFolder(files=files)
    assert folder.assessments(FEBRUARY, "inspection_2019") == {1: january[0], 2: february[1]}
    assert folder.steps(FEBRUARY, "inspection_2019") == {1: february[0], 2: january[1]}
    assert folder.assessments(MARCH, "inspection_2019") == {1: january[0], 2: february[1]}
    assert folder.steps(MARCH, "inspection_2019") == {1: february[0], 2: march[1]}
    public = folder.for_public()  # a step that is not public has taken the place of one that is
    assert public.assessments(MARCH, "inspection_2019") == {1: january[0]}
    assert public.steps(MARCH, "inspection_2019") == {}


@pytest.mark.parametrize(
    ("written", "shown", "stale"),
    [
        ("79.0%", "79.0%", False),
        ("79%", "79.0%", False),
        ("79.0 %", "79.0%", False),
        ("1,204", "1204", False),
        ("1204", "1,204", False),
        ("79.0%", "79.1%", True),
        ("7.6", "7.6 days", False),
        ("3 care leavers", "3", False),  # as a list of what needs attention has it
        ("4 care leavers", "3", True),
        ("79.0% (395 of 500 contacts)", "79.0%", False),
        ("79.0% (395 of 500 contacts)", "79.1%", True),
        ("395 of 500", "79.0%", True),
        ("-£1,204.50", "-£1,204.5", False),
        ("1 day", "1 days", False),
        ("7.6 days", "7.7 days", True),
        ("1250", "£1,250", False),
        ("-£3", "£3", True),
        ("No cases", "no cases", False),
        ("no cases", "100.0%", True),
        ("", "79.0%", False),
    ],
)
def test_a_figure_that_is_another_now_is_stale(written: str, shown: str, stale: bool) -> None:
    assert file(MARCH, figure=written).is_stale(shown) is stale

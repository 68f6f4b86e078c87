"""Boards and commentary, whatever the ratings and the order in which things are written."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sgkpi.answers.board import RECENT_MONTHS, PointIndicator, PointState
from sgkpi.figures.figure import Rating
from sgkpi.model.board import BoardPoint
from sgkpi.model.commentary import Action, ActionState, CommentaryFile, CommentaryFolder, CommentaryKind
from sgkpi.model.periods import Month
from tests.support.results import month, proportion

FEBRUARY = month("2019-02")
SEVERITY = {Rating.NOT_RATED: 0, Rating.GREEN: 1, Rating.AMBER: 2, Rating.RED: 3}
RATINGS = st.sampled_from(Rating)
MONTHS = st.integers(1, 6).map(lambda number: Month(2019, number))
ACTIONS = st.builds(
    Action, what=st.sampled_from("ABC"), month=MONTHS, who=st.just("x"), when=st.just(date(2019, 3, 1)),
    state=st.sampled_from(ActionState),
)  # fmt: skip


def indicator(name: str, recent: list[Rating], *, is_lead: bool) -> PointIndicator:
    figures = tuple(proportion(FEBRUARY, 1, 2, rating=rating) for rating in recent)
    return PointIndicator(name, name, is_lead, now=figures[-1] if figures else None, recent=figures)


@given(
    st.lists(st.lists(RATINGS, max_size=RECENT_MONTHS), max_size=5),
    st.lists(st.lists(RATINGS, max_size=RECENT_MONTHS), max_size=3),
)
def test_what_is_shown_is_a_lead_and_none_is_worse(leads: list[list[Rating]], supporting: list[list[Rating]]) -> None:
    every = [
        *(indicator(f"lead {place}", recent, is_lead=True) for place, recent in enumerate(leads)),
        *(indicator(f"other {place}", recent, is_lead=False) for place, recent in enumerate(supporting)),
    ]
    point = PointState(BoardPoint(1, "Words"), tuple(every))
    now = [recent[-1] for recent in leads if recent]
    worst = max(now, key=lambda rating: SEVERITY[rating], default=Rating.NOT_RATED)
    if worst is Rating.NOT_RATED:
        assert point.shown is None
    else:
        assert point.shown is not None
        assert (point.shown.is_lead, point.shown.rating) == (True, worst)
        assert point.worst_first[0] is point.shown
    assert sorted(each.id for each in point.worst_first) == sorted(each.id for each in every)
    for each, recent in zip(every, [*leads, *supporting], strict=True):
        assert each.months_in_target == recent.count(Rating.GREEN)
        assert each.months_rated == len(recent) - recent.count(Rating.NOT_RATED)


@given(st.lists(ACTIONS, max_size=12, unique_by=lambda action: (action.what, action.month)), MONTHS, st.randoms())
def test_what_is_open_is_carried_and_what_is_done_is_not(actions: list[Action], asked: Month, random: object) -> None:
    """Worked out by following each action alone, month by month."""
    expected = set()
    for what in "ABC":
        written = {each.month: each for each in actions if each.what == what}
        latest = max((month for month in written if month <= asked), default=None)
        if latest is not None and (written[latest].state is not ActionState.DONE or latest == asked):
            expected.add(written[latest])
    files = [
        CommentaryFile(each, CommentaryKind.SUMMARY, "", "x.md", actions=tuple(a for a in actions if a.month == each))
        for each in {action.month for action in actions}
    ]
    random.shuffle(files)  # type: ignore[attr-defined]
    folder = CommentaryFolder(files=tuple(files))
    found = folder.actions(asked, CommentaryKind.SUMMARY)
    assert set(found) == expected
    assert len(found) == len(expected)
    assert [each.month for each in found] == sorted(each.month for each in found)
    assert replace(folder, public_only=True).actions(asked, CommentaryKind.SUMMARY) == ()

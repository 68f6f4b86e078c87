"""The points of an inspection: what is measured of each, and what people say of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sgkpi.answers.board import RECENT_MONTHS, BoardState, PointIndicator, PointState
from sgkpi.answers.report.commentary import is_written
from sgkpi.answers.report.pack import Pack, ReportKind
from sgkpi.definitions.wording import long_month
from sgkpi.documents.phrases import direction_words, short_month
from sgkpi.documents.points import ASSESSED_NOTE, assessment_facts, in_target, words_of_point
from sgkpi.documents.report.indicator import anchor_of
from sgkpi.documents.report.notes import actions_table, summary_block
from sgkpi.documents.report.page import (
    NO_VALUE,
    Block,
    Line,
    Paragraph,
    Point,
    Points,
    Section,
    Table,
    Tone,
    Words,
    column,
)
from sgkpi.documents.report.words import NO_DIRECTION, rating_cell, value_cell, value_words
from sgkpi.model.words import plural

_NO_FIGURE = "there is no figure of that month"
_NOT_RATED = "none of these months has a rating"


def points_section(pack: Pack, state: BoardState) -> Section:
    """Return the section of the points."""
    title = f"The inspection's {plural(len(state.points), 'point')}"
    return Section("inspection", title, tuple(_blocks(pack, state)), starts_page=True)


def _blocks(pack: Pack, state: BoardState) -> Iterator[Block]:
    measured = f"{state.board.title}: what it said needs to improve, and what is measured of it."
    yield Paragraph((Line(measured), Line(ASSESSED_NOTE)))
    if state.note is not None and is_written(state.note):
        yield summary_block(state.note)
    yield Points(tuple(_point(each, pack, state) for each in state.points))
    if actions := actions_table(state.actions, pack, state.board.title):
        yield actions


def _point(point: PointState, pack: Pack, state: BoardState) -> Point:
    lines = tuple(_assessment(point, state, pack.figures.as_of))
    return Point(point.point.number, words_of_point(point.point), lines, tuple(_measured(point, pack, state)))


def _measured(point: PointState, pack: Pack, state: BoardState) -> Iterator[Table | Paragraph]:
    """Yield the indicators of a point, the worst rated lead first, and those without figures; or that it has none."""
    if not point.indicators:
        yield Paragraph((Line("No indicator measures this point."),))
    if shown := [each for each in point.worst_first if each.now]:
        yield _table(point, shown, pack, state)
    if lacking := [each for each in point.worst_first if not each.now]:
        supporting = sum(not each.is_lead for each in lacking)
        names = [each.title for each in lacking if each.is_lead]
        names += [plural(supporting, "supporting indicator")] * bool(supporting)
        yield Paragraph((Line(f"Cannot be computed from this extract: {'; '.join(names)}."),), Tone.SOFT)


def _table(point: PointState, shown: Sequence[PointIndicator], pack: Pack, state: BoardState) -> Table:
    whole = pack.kind is ReportKind.IMPROVEMENT
    now = [each.now for each in shown if each.now]
    anchors = {} if whole else {card.indicator.id: anchor_of(card) for card in pack.cards}

    def name(each: PointIndicator) -> Words:
        return Words(each.title, () if each.is_lead else ("supporting",), anchors.get(each.id, ""))

    def at_inspection(each: PointIndicator) -> str:
        return value_words(each.at_inspection) if each.at_inspection else ""

    columns = [
        column("Indicator", shown, name),
        column(short_month(state.board.since), shown, at_inspection, right=True, dash=_NO_FIGURE),
        column("Now", now, value_cell, right=True),
        column("Rating", now, rating_cell),
        column("Direction", shown, _direction, dash=NO_DIRECTION),
        column(f"In target, {RECENT_MONTHS} months", shown, in_target, right=True, dash=_NOT_RATED),
    ]
    if not whole:
        columns = [columns[0], *columns[2:5]]
    elif state.board.since >= state.month:
        del columns[1]
    return Table(f"Point {point.point.number}: what is measured", tuple(columns), caption_hidden=True)


def _direction(each: PointIndicator) -> Words:
    """Return the direction with the month that it is of, or why there is none."""
    at = each.icon.month if each.icon else None
    return Words(direction_words(each.icon) or NO_VALUE, (long_month(at),) if at else ())


def _assessment(point: PointState, state: BoardState, as_of: datetime) -> Iterator[str]:
    """Yield what people say of a point: their judgement, the next step, who takes it and by when, and the evidence."""
    facts = dict(assessment_facts(point, state.month, as_of))
    yield from (f"{label}: {text}" for label, text in {"Assessed": "not yet", **facts}.items())
    if point.point.evidence:
        yield f"Evidence: {point.point.evidence}"

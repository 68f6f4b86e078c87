"""The sheets beside a report's figures: what people say and do, the inspection, data quality, and definitions."""

from collections.abc import Iterator

from sgkpi.answers.board import BoardState, PointIndicator, PointState
from sgkpi.answers.report.commentary import is_stale, is_written
from sgkpi.answers.report.pack import Card, Pack, ReportKind
from sgkpi.definitions.english import explain_briefly
from sgkpi.definitions.wording import both, long_month
from sgkpi.documents.check import describe_effect
from sgkpi.documents.phrases import theme_name, unavailable_lines
from sgkpi.documents.points import ASSESSED_NOTE, UNAVAILABLE
from sgkpi.documents.report.build import draft_of
from sgkpi.documents.report.quality import NOT_CORRECTED_NOTE, indicators_of, message_of, severity_of
from sgkpi.documents.report.sheet import Number, Sheet, SheetCell, Shorthand, columns
from sgkpi.documents.report.sheet_cells import NO_INDICATOR, said, value_cell, yes_or_no
from sgkpi.documents.report.words import direction_at, target_with_amber, value_words
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.commentary import Action, CommentaryFile
from sgkpi.model.indicator import Improvement, Indicator

_WHOLE = "The report as a whole"
_NOT_RECORDED = {
    Shorthand.NOT_AVAILABLE: "not available: nobody recorded it",
    Shorthand.NOT_APPLICABLE: "not applicable",
}
_BETTER = {Improvement.INCREASE: "higher", Improvement.DECREASE: "lower", Improvement.NONE: "neither"}


def _not_computed(figures: FigureSet) -> Iterator[str]:
    """Yield a line for each indicator and breakdown that cannot be computed from the extract."""
    for each in figures.unavailable:
        yield from unavailable_lines([each])
    yield from unavailable_lines((), figures.unavailable_breakdowns)


def commentary_sheet(pack: Pack) -> Sheet:
    """Return what people have written about the month, as they wrote it."""
    month = long_month(pack.month)
    headings = ("Subject", "Id", "By", "On", "Text", "Figure that the writer saw", "Figure now", "Out of date")
    found: list[tuple[str, CommentaryFile | None, Card | None]] = [(_WHOLE, pack.summary, None)]
    if pack.board is not None:
        found.append((pack.board.board.title, pack.board.note, None))
    found += [(card.indicator.title, card.commentary, card) for card in pack.cards]
    rows = [tuple(_note(subject, note, card)) for subject, note, card in found if note is not None and is_written(note)]
    what = "The text is Markdown, as its writer wrote it." if rows else f"There is no commentary on {month}."
    return Sheet(
        "Commentary",
        f"Commentary on {month}",
        tuple(filter(None, (what, draft_of(pack)))),
        "",
        columns(headings, rows),
        _NOT_RECORDED,
    )


def _note(subject: str, note: CommentaryFile, card: Card | None) -> Iterator[SheetCell]:
    yield from (subject, card.indicator.id if card else Shorthand.NOT_APPLICABLE)
    yield from (said(note.by), note.on or Shorthand.NOT_AVAILABLE, note.text.strip())
    if card is None:
        yield from (Shorthand.NOT_APPLICABLE,) * 3
    else:
        yield from (said(note.figure), value_words(card.figure), yes_or_no(is_stale(card)))


def actions_sheet(pack: Pack) -> Sheet:
    """Return what people are going to do, on the report as a whole, the board and each indicator."""
    headings = ("Subject", "Id", "Action", "Who", "By", "State", "Was due", "Written in")
    found = [(_WHOLE, "", each) for each in pack.actions]
    if pack.board is not None:
        found += [(pack.board.board.title, "", each) for each in pack.board.actions]
    found += [(card.indicator.title, card.indicator.id, each) for card in pack.cards for each in card.actions]
    month = long_month(pack.month)
    return Sheet(
        "Actions",
        f"Actions in {month}",
        ("The actions that commentary of the month lists, and those of earlier months that are not done.",),
        f"No action is recorded for {month}.",
        columns(headings, [tuple(_action(*each, pack)) for each in found]),
        _NOT_RECORDED,
    )


def _action(subject: str, name: str, action: Action, pack: Pack) -> Iterator[SheetCell]:
    yield from (subject, name or Shorthand.NOT_APPLICABLE, action.what, said(action.who))
    yield from (action.when or Shorthand.NOT_AVAILABLE, action.state.value)
    yield from (yes_or_no(action.was_due(pack.figures.as_of)), long_month(action.month))


def inspection_sheet(pack: Pack) -> Sheet:
    """Return the points of the inspection with a row for each indicator, and one for a point without any."""
    headings = (
        *("Point", "What it says", "Paragraphs", "Indicator", "Id", "Lead or supporting", "At the inspection", "Now"),
        *("Rating", "Direction", "Months in target", "Months rated", "Evidence", "Assessed", "Next step", "Who"),
        *("By", "Written in"),
    )
    state = pack.board
    if state is None:
        return Sheet("Inspection", "Points of the inspection", ("There is no file with the points of an inspection.",))
    return Sheet(
        "Inspection",
        f"{state.board.title}, {long_month(pack.month)}",
        (
            f"The inspection saw {long_month(state.board.since)}. The months in target are of the last six.",
            ASSESSED_NOTE,
        ),
        "",
        columns(headings, [row for point in state.points for row in _point(point, state)]),
        {
            Shorthand.NOT_AVAILABLE: "not available: nobody recorded it, or the extract does not cover it",
            Shorthand.NOT_APPLICABLE: "not applicable: the point has no indicator, or nobody has assessed it",
        },
    )


def _point(state: PointState, board: BoardState) -> Iterator[tuple[SheetCell, ...]]:
    point = state.point
    paragraphs = ", ".join(map(str, point.paragraphs))
    first = (Number(point.number), point.words, paragraphs or Shorthand.NOT_APPLICABLE)
    last = (point.evidence or Shorthand.NOT_APPLICABLE, *_assessment(state))
    for each in state.indicators:
        yield (*first, *_measured(each, board), *last)
    if not state.indicators:
        yield (*first, *(Shorthand.NOT_APPLICABLE,) * 9, *last)


def _measured(each: PointIndicator, board: BoardState) -> Iterator[SheetCell]:
    yield from (each.title, each.id, "lead" if each.is_lead else "supporting", value_cell(each.at_inspection))
    yield from (UNAVAILABLE if each.now is None else value_cell(each.now), each.rating)
    yield direction_at(each.icon, board.month) or Shorthand.NOT_APPLICABLE
    yield from (Number(each.months_in_target), Number(each.months_rated))


def _assessment(state: PointState) -> Iterator[SheetCell]:
    judged, step = state.assessment, state.step
    if judged is None and step is None:
        yield from (Shorthand.NOT_APPLICABLE,) * 5
        return
    yield said(judged.assessed if judged else "")
    yield from (said(step.next_step if step else ""), said(step.who if step else ""))
    yield (step.when if step else None) or Shorthand.NOT_AVAILABLE
    yield both(dict.fromkeys(long_month(each.month) for each in (judged, step) if each))


def quality_sheet(pack: Pack) -> Sheet:
    """Return every finding of `check`, and what cannot be computed from the extract."""
    headings = ["Table", "Severity", "Finding", "Code", "How many", "Indicators concerned"]
    told = (
        "What sgkpi check finds, and the indicators that it concerns; a report of quality says what it does to figures."
    )
    if pack.kind is not ReportKind.BOARD:  # which does not work out effects
        headings.append("Effect on figures")
        told = "What sgkpi check finds, and what each finding does to the figures of the month."
    rows: list[tuple[SheetCell, ...]] = [
        (
            each.table or "all",
            severity_of(each),
            message_of(each),
            each.named,
            Number(each.count),
            ", ".join(sorted(indicators_of(each))) or "none",
            "; ".join(map(describe_effect, each.effects)) or "none",
        )
        for each in (pack.quality.findings if pack.quality else ())
    ]
    rows += [
        ("all", "not computed", line, "unavailable", *(Shorthand.NOT_APPLICABLE,) * 3)
        for line in _not_computed(pack.figures)
    ]
    return Sheet(
        "Data quality",
        f"Data quality, {long_month(pack.month)}",
        (told, NOT_CORRECTED_NOTE),
        "The check of the extract found nothing." if pack.quality else "This report does not check the extract.",
        columns(headings, rows),
    )


def definitions_sheet(pack: Pack) -> Sheet:
    """Return what each indicator means."""
    headings = (
        *("Indicator", "Id", "Theme", "Question", "What it means", "Measure", "Better is", "Target", "Basis", "Owner"),
        "SHA-256 of its definition",
    )
    targets = {card.indicator.id: target_with_amber(card) for card in pack.cards}
    order = {card.indicator.id: place for place, card in enumerate(pack.cards)}
    indicators = sorted(pack.figures.indicators, key=lambda each: order.get(each.id, len(order)))
    return Sheet(
        "Definitions",
        "What each indicator means",
        ("One row for each indicator, with what its definition records.",),
        NO_INDICATOR,
        columns(headings, [tuple(_definition(each, targets.get(each.id, ""))) for each in indicators]),
        _NOT_RECORDED,
    )


def _definition(indicator: Indicator, target: str) -> Iterator[SheetCell]:
    yield from (indicator.title, indicator.id, theme_name(indicator), said(indicator.question))
    yield from (" ".join(explain_briefly(indicator)), indicator.measure.value, _BETTER[indicator.improvement])
    yield from (target or Shorthand.NOT_APPLICABLE, said("; ".join(indicator.basis)), said(indicator.owner))
    yield said(indicator.sha256)

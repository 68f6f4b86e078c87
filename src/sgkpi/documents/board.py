"""An improvement board in a month: a document, and records (schema `sgkpi.board/1`)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from sgkpi.answers.board import RECENT_MONTHS, BoardState, PointIndicator, PointState
from sgkpi.definitions.wording import both, long_date, long_month
from sgkpi.documents import document as doc
from sgkpi.documents import records as rec
from sgkpi.documents.figures import about_figures
from sgkpi.documents.phrases import (
    PROVISIONAL_NOTE,
    age_lines,
    caution_lines,
    direction_words,
    provenance_lines,
    rating_cell,
    short_month,
    unavailable_lines,
    value_cell,
    value_or_why,
)
from sgkpi.documents.points import UNAVAILABLE, assessment_facts, in_target, words_of_point
from sgkpi.figures.columns import Cell, nearest
from sgkpi.figures.figure import Status
from sgkpi.figures.numbers import decimals_in, show_figure
from sgkpi.model.board import BoardPoint
from sgkpi.model.commentary import Action
from sgkpi.model.expressions import Kind

SCHEMA = "sgkpi.board/1"
_VALUES = ("at_inspection", "now")
# What is shown of an indicator, and of a point that of its worst rated lead.
_SHOWN = (
    *_VALUES,
    *("status", "rating", "rating_firm", "direction", "direction_month", "no_direction"),
    *("months_in_target", "months_rated"),
)
COLUMNS = (
    *rec.count_columns("point"),
    *rec.text_columns("words", "paragraphs", "evidence"),
    *rec.category_columns("indicator", "title", "role"),
    rec.RecordColumn("shown", Kind.BOOLEAN),
    *rec.category_columns("measure"),
    *(rec.RecordColumn(name, Kind.NUMBER, of_measure=True) for name in _VALUES),
    *rec.category_columns("status", "rating"),
    rec.RecordColumn("rating_firm", Kind.BOOLEAN),
    *rec.category_columns("direction", "direction_month", "no_direction"),
    *rec.count_columns("months_in_target", "months_rated"),
    *rec.text_columns("unavailable", "assessed", "assessed_month", "next", "who"),
    rec.RecordColumn("when", Kind.DATE),
    rec.RecordColumn("was_due", Kind.BOOLEAN),
    *rec.category_columns("unit", "next_month"),
)


def board_document(state: BoardState, today: date | None = None) -> doc.Document:
    """Return the figures of each point, then what people say; `today` tells whether the extract is an old one."""
    figures, measured = state.figures, [each for each in state.points if each.indicators]
    below = (*age_lines(figures, today), *caution_lines(figures.cautions))
    blocks: list[doc.Block] = [doc.Title((f"{state.board.title}: {long_month(state.month)}",), below)]
    if measured:
        blocks.append(_table(state, measured))
    if said := [each for each in state.points if each.point.evidence or each.assessment or each.step]:
        blocks += (doc.Heading("Judged by people"), doc.Items(tuple(_item(each, state) for each in said)))
    blocks.append(doc.Paragraph(tuple(_not_assessed(state))))
    if state.actions:
        actions = (doc.Item(each.what, tuple(_action_facts(each, figures.as_of))) for each in state.actions)
        blocks += (doc.Heading("Actions"), doc.Items(tuple(actions)))
    blocks.append(doc.Notes((*_notes(state), *provenance_lines(figures), *unavailable_lines(figures.unavailable))))
    return doc.Document(tuple(block for block in blocks if block != doc.Paragraph(())))


def _table(state: BoardState, points: Sequence[PointState]) -> doc.TableBlock:
    """Return the indicators of every point that has any, under its words; supporting ones only if they are known."""
    rows = [(point, each) for point in points for each in point.worst_first if each.is_lead or each.now]
    indicators = [each for _, each in rows]

    def at_inspection(each: PointIndicator) -> str:
        return value_or_why(each.at_inspection) if each.at_inspection else ""

    def now(each: PointIndicator) -> doc.Value:
        return value_cell(each.now) if each.now else doc.Value(UNAVAILABLE)

    since = short_month(state.board.since)
    inspection = doc.column(f"{since}\n(inspection)", indicators, at_inspection, right=True)
    columns = (
        doc.column("Indicator", indicators, lambda each: f"{each.title}{'' if each.is_lead else ' (supporting)'}"),
        *([inspection] if state.board.since < state.month else []),
        doc.column(short_month(state.month), indicators, now, right=True),
        doc.column("Rating", indicators, lambda each: rating_cell(each.now) if each.now else ""),
        doc.column("Direction", indicators, _direction),
        doc.column(f"In target,\n{RECENT_MONTHS} months", indicators, in_target, right=True),
    )
    return doc.TableBlock(columns, tuple(_numbered(point.point) for point, _ in rows))


def _numbered(point: BoardPoint) -> str:
    return f"{point.number}. {words_of_point(point)}"


def _direction(each: PointIndicator) -> str:
    """Return the direction with the month that it is of, or why there is none."""
    words = direction_words(each.icon)
    return f"{words} ({short_month(each.icon.month)})" if each.icon and each.icon.month else words


def _item(state: PointState, board: BoardState) -> doc.Item:
    evidence = [doc.Fact("Evidence", state.point.evidence)] if state.point.evidence else []
    facts = assessment_facts(state, board.month, board.figures.as_of)
    return doc.Item(_numbered(state.point), (*evidence, *(doc.Fact(label, text) for label, text in facts)))


def _action_facts(action: Action, as_of: datetime) -> Iterator[doc.Fact]:
    yield doc.Fact("State", action.state.value)
    if action.who:
        yield doc.Fact("Owner", action.who)
    if action.when:
        yield doc.Fact("Was due" if action.was_due(as_of) else "Due", long_date(action.when))


def _not_assessed(state: BoardState) -> Iterator[str]:
    """Yield which points nobody has assessed, and where to write it."""
    without = [str(each.point.number) for each in state.points if not each.assessment]
    if len(without) == len(state.points):
        yield f"No point is assessed yet: write it in {state.month}/{state.board.name}.md of the folder of commentary."
    elif without:
        yield f"Not assessed yet: point{'s' if len(without) > 1 else ''} {both(without)}."


def _notes(state: BoardState) -> Iterator[str]:
    yield "The worst rated lead of each point comes first. No status of a point is worked out: people assess it."
    yield f"In target: how many of the last {RECENT_MONTHS} months that have a rating were GREEN."
    if state.board.since == state.month:
        yield f"{long_month(state.month)} is the month that the inspection saw."
    elif state.board.since > state.month:
        yield f"The inspection saw {long_month(state.board.since)}, a later month."
    shown = [each.now for point in state.points for each in point.indicators]
    if any(each is not None and each.status is Status.PROVISIONAL for each in shown):
        yield PROVISIONAL_NOTE


def board_records(state: BoardState) -> rec.Records:
    """Return a row for each indicator of each point, and one for each point without any."""
    figures = {each.id: each for point in state.points for each in point.indicators}

    def decimals(row: rec.Row, name: str) -> int:
        shown = figures[str(row["indicator"])]
        figure = shown.now if name == "now" else shown.at_inspection
        return decimals_in(show_figure(figure)) if figure else 0

    rows = tuple(row for point in state.points for row in _rows(point, state.figures.as_of))
    commentary = (("Digest of the commentary", state.commentary.sha256),) if state.commentary.sha256 else ()
    return rec.Records(
        table=rec.RecordTable("board", COLUMNS, rows, decimals),
        json=lambda: _json(state),
        text=lambda: tuple(_text(state)),
        about=(
            ("Board", state.board.title),
            ("Month", str(state.month)),
            ("Month of the inspection", str(state.board.since)),
            *commentary,
            *about_figures(state.figures),
        ),
    )


def _rows(state: PointState, as_of: datetime) -> Iterator[dict[str, Cell]]:
    point: dict[str, Cell] = {
        "point": state.point.number,
        "words": state.point.words,
        "paragraphs": ", ".join(map(str, state.point.paragraphs)),
        "evidence": state.point.evidence or None,
    }
    said = _said(state, as_of)
    absent = ("indicator", "title", "role", "shown", "measure", "unit", *_SHOWN, "unavailable")
    none: dict[str, Cell] = dict.fromkeys(absent)
    for each in state.worst_first:
        yield {**point, **_measured(each), "shown": each is state.shown, **said}
    if not state.indicators:
        yield {**point, **none, **said}


def _measured(each: PointIndicator) -> dict[str, Cell]:
    """Return what is shown of an indicator."""
    now, icon = each.now, each.icon
    return {
        "indicator": each.id,
        "title": each.title,
        "role": "lead" if each.is_lead else "supporting",
        "measure": now.measure.value if now else None,
        "unit": now.unit and now.unit.value if now else None,
        "at_inspection": nearest(each.at_inspection.value) if each.at_inspection else None,
        "now": nearest(now.value) if now else None,
        "status": now.status.value if now else None,
        "rating": now.rating.value if now else None,
        "rating_firm": now.rating_firm if now else None,
        "direction": icon.variation.value if icon and icon.variation else None,
        "direction_month": str(icon.month) if icon and icon.month else None,
        "no_direction": icon.reason.value if icon and icon.reason else None,
        "months_in_target": each.months_in_target if now else None,
        "months_rated": each.months_rated if now else None,
        "unavailable": each.unavailable or None,
    }


def _said(state: PointState, as_of: datetime) -> dict[str, Cell]:
    judged, step = state.assessment, state.step
    return {
        "assessed": judged.assessed if judged else None,
        "assessed_month": str(judged.month) if judged else None,
        "next": step.next_step or None if step else None,
        "who": step.who or None if step else None,
        "when": step.when if step else None,
        "was_due": step.was_due(as_of) if step and step.when else None,
        "next_month": str(step.month) if step else None,
    }


def _json(state: BoardState) -> rec.Json:
    figures, board = state.figures, state.board
    return {
        **rec.json_head(SCHEMA, figures),
        "extract": {"source": figures.source},
        "board": {"name": board.name, "title": board.title, "since": str(board.since), "sha256": board.sha256},
        "month": str(state.month),
        "commentary": {"sha256": state.commentary.sha256} if state.commentary.sha256 else None,
        "definitions": rec.Lines({"indicator": each.id, "sha256": each.sha256} for each in figures.indicators),
        "unavailable": rec.Lines(rec.members(each, "indicator", "reason") for each in figures.unavailable),
        **rec.limits(figures),
        "actions": rec.Lines(
            {
                **rec.members(each, "what", "who", "when"),
                "state": each.state.value,
                "month": str(each.month),
                "was_due": each.was_due(figures.as_of),
            }
            for each in state.actions
        ),
        "points": rec.Lines(_point_json(each, figures.as_of) for each in state.points),
    }


def _point_json(state: PointState, as_of: datetime) -> rec.Json:
    point, shown = state.point, state.shown
    measured: Mapping[str, object] = {"indicators": list(point.indicators), "supporting": list(point.supporting)}
    of_shown = _measured(shown) if shown else {}
    return {
        "point": point.number,
        "words": point.words,
        "paragraphs": list(point.paragraphs),
        **(measured if state.indicators else {}),
        **({"evidence": point.evidence} if point.evidence else {}),
        "shown": shown.id if shown else None,
        **{name: of_shown.get(name) for name in _SHOWN},
        **_said(state, as_of),
        "figures": [_measured(each) for each in state.worst_first],
    }


def _text(state: BoardState) -> Iterator[rec.TextBlock]:
    """Yield each point with its indicators and what people say, then where the figures come from."""
    yield doc.Paragraph((f"{state.board.title}: {long_month(state.month)}.",))
    for each in state.points:
        yield doc.Heading(_numbered(each.point))
        if each.indicators:
            yield _table(state, [each])
        facts = assessment_facts(each, state.month, state.figures.as_of)
        lines = [
            *([each.point.evidence] if each.point.evidence else []),
            *(f"{label}: {text}." for label, text in facts),
        ]
        if lines:
            yield _apart(lines)
    notes = (*_notes(state), *unavailable_lines(state.figures.unavailable), rec.as_of_sentence(state.figures))
    yield _apart(notes)


def _apart(lines: Iterable[str]) -> doc.Paragraph:
    """Return lines with an empty one between each."""
    return doc.Paragraph(tuple(line for each in lines for line in ("", each))[1:])

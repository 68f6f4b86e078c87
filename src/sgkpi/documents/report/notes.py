"""People's words in a report: commentary with its actions, and a note where there is none."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sgkpi.answers.report.commentary import is_stale, is_written
from sgkpi.answers.report.pack import Card, Pack, ReportKind
from sgkpi.definitions.wording import long_date, long_month
from sgkpi.documents.report.page import Block, Commentary, Line, Paragraph, Table, Tone, Words, column
from sgkpi.documents.report.words import value_words
from sgkpi.figures.figure import Rating
from sgkpi.model.commentary import Action, CommentaryFile

_WANTED = (Rating.RED, Rating.AMBER)


def commentary_blocks(card: Card, pack: Pack) -> Iterator[Block]:
    """Yield the commentary on an indicator with its actions; where a rating asks for it, that there is none."""
    note = card.commentary
    actions = actions_table(card.actions, pack, card.indicator.title)
    if note is not None and is_written(note):
        stale = f"Written when this figure was {note.figure}; it is now {value_words(card.figure)}."
        warnings = (stale,) if is_stale(card) else ()
        yield Commentary(_heading(note), note.text, warnings, actions)
        return
    if actions is not None:
        yield Commentary("Actions", "", (), actions)
    if card.figure.rating in _WANTED and pack.kind is not ReportKind.TEAM:
        owner = f" Owner: {card.indicator.owner}." if card.indicator.owner else ""
        line = Line(f"No commentary has been written for {long_month(pack.month)}.{owner}")
        yield Paragraph((line,), Tone.SOFT, printed=False)


def summary_block(note: CommentaryFile) -> Commentary:
    """Return words about the report as a whole."""
    return Commentary(_heading(note), note.text)


def _heading(note: CommentaryFile) -> str:
    """`Commentary: Front door service manager, 6 March 2019`."""
    signed = ", ".join(part for part in (note.by, long_date(note.on) if note.on else "") if part)
    return f"Commentary: {signed}" if signed else "Commentary"


def actions_table(actions: Sequence[Action], pack: Pack, about: str = "") -> Table | None:
    """Return the actions with who takes them and by when, those of earlier months marked; None where there are none."""
    if not actions:
        return None

    def what(action: Action) -> Words:
        return Words(action.what, (f"from {long_month(action.month)}",) if action.month != pack.month else ())

    return Table(
        f"{about}{': a' if about else 'A'}ctions, {long_month(pack.month)}",
        (
            column("What", actions, what),
            column("Who", actions, lambda each: each.who, dash="nobody is named"),
            column("By", actions, lambda each: _by(each, pack.figures.as_of), dash="no day is named"),
            column("State", actions, lambda each: each.state.value),
        ),
    )


def _by(action: Action, as_of: datetime) -> str:
    """Return the day by which it is to be done; `was due` once that has passed."""
    if action.when is None:
        return ""
    return f"was due {long_date(action.when)}" if action.was_due(as_of) else long_date(action.when)

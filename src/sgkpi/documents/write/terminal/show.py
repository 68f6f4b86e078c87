"""The screen of `show`: one indicator, for a manager who reads no manual."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from sgkpi.answers.overview import Breakdown, CategoryFigure, Overview
from sgkpi.definitions.english import explain_briefly
from sgkpi.definitions.wording import long_date, words
from sgkpi.documents.write.terminal.cells import marked_value, rating_cell, shown_cases, shown_value, text_column
from sgkpi.documents.write.terminal.chart import draw_months
from sgkpi.documents.write.terminal.column import Column
from sgkpi.documents.write.terminal.footer import PROVISIONAL_NOTE, no_room_line, provenance_lines
from sgkpi.documents.write.terminal.large import enlarge
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.sentences import (
    comparisons,
    made_of,
    month_in_words,
    not_judged,
    open_cases,
    standing,
)
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.text import printable, wrap_line
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.numbers import show_count
from sgkpi.model.indicator import Indicator

if TYPE_CHECKING:
    from rich.console import RenderableType

INDENT = "  "


@dataclass(frozen=True)
class _Writer:
    """Text for one terminal: wrapped where it has a width."""

    terminal: Terminal

    def heading(self, text: str) -> Iterator[Text]:
        yield Text("")
        yield from self.text(text, style="bold")

    def text(self, *lines: str, style: str = "") -> Iterator[Text]:
        for line in lines:
            yield from (Text(part, style=style) for part in wrap_line(line, self.terminal.width))


def render_show(overview: Overview, terminal: Terminal) -> str:
    """The overview from the number down to where it comes from."""
    write = _Writer(terminal)
    sections = (_top, _months, _breakdowns, _open, _meaning, _source)
    return terminal.render(*(part for section in sections for part in section(overview, write)))


def _top(overview: Overview, write: _Writer) -> Iterator["RenderableType"]:
    indicator, month = overview.indicator, month_in_words(overview.figure.period.last)
    yield from write.text(f"{indicator.title} ({indicator.id})", style="bold")
    yield from write.text(*([indicator.question] if indicator.question else []))
    yield Text("")
    yield from _value(overview.figure, month, write)
    of = made_of(overview, overview.figure)
    yield from write.text(f"{of[0].upper()}{of[1:]}{_provisional(overview)}.", *standing(overview))
    yield Text("")
    yield from write.text(*comparisons(overview))


def _value(figure: Figure, month: str, write: _Writer) -> Iterator[Text]:
    """The month, the value and the rating: the value large where there are the characters for it."""
    value, rating = shown_value(figure), rating_cell(figure)
    large = enlarge(value) if write.terminal.unicode else []
    if not large:
        yield Text.assemble(f"{month}: ", (value, "bold"), ", ", rating)
        return
    width = max(map(len, large))
    beside = (Text(month), Text(), rating)
    for line, said in zip(large, beside, strict=True):
        yield Text.assemble(INDENT, (line.ljust(width), "bold"), INDENT * 2, said)
    yield Text("")


def _provisional(overview: Overview) -> str:
    if overview.figure.status is not Status.PROVISIONAL:
        return ""
    why = "some cases are not due yet" if overview.has_ended else "the month had not ended"
    return f" (provisional: {why})"


def _months(overview: Overview, write: _Writer) -> Iterator["RenderableType"]:
    yield from write.heading("Twelve months")
    yield from draw_months(overview.history, write.terminal)
    if any(each.status is Status.PROVISIONAL for each in overview.history) and not write.terminal.plain:
        yield from write.text(PROVISIONAL_NOTE)


def _breakdowns(overview: Overview, write: _Writer) -> Iterator["RenderableType"]:
    for breakdown in overview.breakdowns:
        if breakdown.categories:
            yield from write.heading(f"By {words(breakdown.name)}{_order(breakdown)}")
            layout = lay_out(_columns(breakdown), write.terminal)
            yield from layout.parts
            yield from write.text(*([no_room_line(layout.dropped)] if layout.dropped else []))


def _order(breakdown: Breakdown) -> str:
    rated = breakdown.categories[0].figure.improvement.value != "none"
    return ", the worst first" if rated and len(breakdown.categories) > 1 else ""


def _columns(breakdown: Breakdown) -> list[Column]:
    """What is nowhere above zero has no column."""
    rows = breakdown.categories
    figures = [row.figure for row in rows]
    columns = [
        text_column(words(breakdown.name).capitalize(), [printable(each.category or "") for each in figures]),
        text_column("Value", [marked_value(each) for each in figures], right=True),
        text_column("Cases", [shown_cases(each) if each.value is not None else "" for each in figures], right=True),
        text_column("Month\nbefore", [_before(row) for row in rows], right=True),
        Column("Rating", tuple(rating_cell(each) for each in figures)),
        text_column("Overdue", [_above_zero(each.overdue) for each in figures], right=True),
        text_column("Not due", [_above_zero(each.not_due) for each in figures], right=True),
        text_column("Unknown", [_above_zero(each.unknown) for each in figures], right=True),
    ]
    return [columns[0], *(column for column in columns[1:] if not column.is_empty)]


def _before(row: CategoryFigure) -> str:
    return "" if row.previous is None or row.previous.value is None else shown_value(row.previous)


def _above_zero(count: int | None) -> str:
    return show_count(count) if count else ""


def _open(overview: Overview, write: _Writer) -> Iterator["RenderableType"]:
    as_of = overview.results.as_of
    if overview.can_be_open:
        yield from write.heading(f"Open on {long_date(as_of.date())}")
        yield from write.text(*open_cases(overview))
    if said := list(not_judged(overview)):
        yield from write.heading(f"Behind the figure of {month_in_words(overview.figure.period.last)}")
        yield from write.text(*said)


def _meaning(overview: Overview, write: _Writer) -> Iterator["RenderableType"]:
    yield from write.heading("What it means")
    yield from write.text(*explain_briefly(overview.indicator))


def _source(overview: Overview, write: _Writer) -> Iterator["RenderableType"]:
    yield from write.heading("Where it comes from")
    yield from write.text(*_of_definition(overview.indicator), *provenance_lines(overview.results))


def _of_definition(indicator: Indicator) -> Iterable[str]:
    yield from (f"- {basis}" for basis in indicator.basis)
    if indicator.owner:
        yield f"Owner: {indicator.owner}"

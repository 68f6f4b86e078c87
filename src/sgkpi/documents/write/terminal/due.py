"""The screen of `due`: what falls due, day by day."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.text import Text

from sgkpi.answers.cases import breakdown_columns
from sgkpi.answers.due import TEAM, DueList, due_day
from sgkpi.definitions.wording import long_date
from sgkpi.documents.cases_report import show_cell
from sgkpi.documents.write.terminal.cases import IDENTIFIERS, as_of_text, breakdown_cells, case_columns, shown_key
from sgkpi.documents.write.terminal.column import Column, under_headings
from sgkpi.documents.write.terminal.footer import INDENT, no_room_line
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.text import printable, wrap_line
from sgkpi.model.words import plural

_NAMES = {0: "today", 1: "tomorrow"}


def render_due(listed: DueList, terminal: Terminal) -> str:
    """The cases under their days, with a heading, and below them what they rest on."""
    columns = [each for each in _columns(listed) if not listed.cases or not each.is_empty]
    layout = lay_out(under_headings(columns, _days(listed)), terminal)
    heading = [Text(line, style="bold") for line in wrap_line(_heading(listed), terminal.width, INDENT)]
    body = [*layout.parts, *([] if listed.cases else [Text("Nothing falls due.")])]
    lines = [part for line in _footer(listed, layout.dropped) for part in wrap_line(line, terminal.width, INDENT)]
    return terminal.render(*heading, Text(""), *body, Text(""), *map(Text, lines))


def _heading(listed: DueList) -> str:
    return f"Due until {long_date(listed.last_day)}: {plural(len(listed.cases), 'case')}"


def _days(listed: DueList) -> list[str]:
    days = [due_day(case) for case in listed.cases]
    return [f"{_day_in_words(day, listed.as_of.date())}: {days.count(day):,}" for day in days]


def _day_in_words(day: date, today: date) -> str:
    """`Mon 4 Mar, today`: short, as it stands above keys; the year is in the heading."""
    name = _NAMES.get((day - today).days)
    return f"{day:%a} {day.day} {day:%b}{f', {name}' if name else ''}"


def _columns(listed: DueList) -> list[Column]:
    """What to do it for, by when, and whose it is; team stands before the other breakdowns."""
    of_case = case_columns(listed.cases)
    names = list(breakdown_columns(listed.indicators))
    others = [name for name in names if name != TEAM]
    return [
        of_case("Key", lambda case: shown_key(case.key)),
        of_case("Due", lambda case: show_cell(case.due)),
        of_case("Indicator", lambda case: case.indicator),
        *([of_case("Team", lambda case: printable(case.categories.get(TEAM, "")))] if TEAM in names else []),
        of_case("Person", lambda case: printable(case.person or ""), 40),
        of_case("Start", lambda case: show_cell(case.start), 30),
        of_case("Period", lambda case: case.period.label, 20),
        *breakdown_cells(listed.cases, others),
    ]


def _footer(listed: DueList, dropped: Sequence[str]) -> Iterator[str]:
    source = f"; source: {listed.extract.source}" if listed.extract.source else ""
    yield f"{as_of_text(listed)}{source}"
    looked_at = ", ".join(each.id for each in listed.indicators)
    yield f"Looked at: {looked_at}" if looked_at else "There is no indicator with a clock."
    for each in listed.unavailable:
        yield f"Cannot be computed: {each.indicator}: {each.reason}"
    if listed.cases:
        yield IDENTIFIERS
    if dropped:
        yield no_room_line(dropped)

"""The screen of `cases`: one row a case, the most urgent first."""

from calendar import month_name
from collections.abc import Callable, Iterator, Sequence

from rich.text import Text

from sgkpi.answers.cases import CaseList, breakdown_columns, day_of, joined_key
from sgkpi.answers.due import DueList
from sgkpi.documents.cases_report import show_cell
from sgkpi.documents.write.terminal.column import NEEDED, Column
from sgkpi.documents.write.terminal.footer import INDENT, SOURCES, no_room_line
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.text import printable, wrap_line
from sgkpi.figures.columns import nearest
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period, PeriodKind
from sgkpi.model.words import plural

IDENTIFIERS = "Keys and persons are pseudonyms; treat them with care."
_DROPPED_FIRST = 10


def render_cases(listed: CaseList, terminal: Terminal) -> str:
    """The cases with a heading, and below them what they rest on."""
    layout = lay_out(_columns(listed), terminal)
    heading = [Text(line, style="bold") for line in wrap_line(_heading(listed), terminal.width, INDENT)]
    body = [*layout.parts, *([] if listed.cases else [Text("No cases.")])]
    lines = [part for line in _footer(listed, layout.dropped) for part in wrap_line(line, terminal.width, INDENT)]
    return terminal.render(*heading, Text(""), *body, Text(""), *map(Text, lines))


def _heading(listed: CaseList) -> str:
    filtered = f"; {printable(text)}" if (text := str(listed.filtered)) else ""
    periods = ", ".join(map(period_name, listed.periods))
    return f"{listed.indicator.title}, {periods}{filtered}: {plural(len(listed.cases), 'case')}"


def shown_key(key: Sequence[str]) -> str:
    """A key as people read it: said to be blank where all of it is."""
    return printable(joined_key(key)) if any(key) else "(blank)"


def period_name(period: Period) -> str:
    """`February 2019`, or the label of what is no month."""
    return f"{month_name[period.last.month]} {period.last.year}" if period.kind is PeriodKind.MONTH else period.label


def _columns(listed: CaseList) -> list[Column]:
    """The columns that say something; all of them, where there are no cases."""
    of_case = case_columns(listed.cases)
    several = len(listed.periods) > 1
    columns = [
        of_case("Key", lambda case: shown_key(case.key)),
        of_case("Person", _person, 40),
        *([of_case("Period", lambda case: case.period.label)] if several else []),
        of_case("Outcome", lambda case: case.outcome.value),
        of_case("Reason", lambda case: case.reason or ""),
        *moment_columns(listed.cases),
        of_case("Days\noverdue", lambda case: _days_overdue(case, listed), right=True),
        of_case("Value", lambda case: show_cell(nearest(case.value)), right=True),
        *breakdown_cells(listed.cases, list(breakdown_columns([listed.indicator]))),
    ]
    return [column for column in columns if not listed.cases or not column.is_empty]


def case_columns(cases: Sequence[CaseOutcome]) -> Callable[..., Column]:
    """What makes a column of these cases from what stands in it for each."""

    def column(heading: str, cell: Callable[[CaseOutcome], str], rank: int = NEEDED, *, right: bool = False) -> Column:
        return Column(heading, tuple(Text(cell(case)) for case in cases), rank, right)

    return column


def moment_columns(cases: Sequence[CaseOutcome]) -> Iterator[Column]:
    """Start, stop and due; due is missed most."""
    of_case = case_columns(cases)
    yield of_case("Start", lambda case: show_cell(case.start), 30)
    yield of_case("Stop", lambda case: show_cell(case.stop), 50)
    yield of_case("Due", lambda case: show_cell(case.due))


def breakdown_cells(cases: Sequence[CaseOutcome], names: Sequence[str]) -> Iterator[Column]:
    """A column for each breakdown; the last of them is missed least."""
    of_case = case_columns(cases)
    for place, name in enumerate(names):
        heading = name.replace("_", " ").capitalize()
        yield of_case(heading, lambda case, name=name: printable(case.categories.get(name, "")), _rank(place))


def _rank(place: int) -> int:
    return max(_DROPPED_FIRST - place, 1)


def _person(case: CaseOutcome) -> str:
    return printable(case.person or "")


def _days_overdue(case: CaseOutcome, listed: CaseList) -> str:
    """Whole days since an open case fell due, at the as-of time; of a stock, on its reference day."""
    if case.outcome is not Outcome.OVERDUE or case.due is None:
        return ""
    today = listed.as_of.date()
    seen = min(today, case.period.end) if listed.indicator.is_stock else today
    return f"{(seen - day_of(case.due)).days:,}"


def _footer(listed: CaseList, dropped: Sequence[str]) -> Iterator[str]:
    if listed.not_covered:
        yield f"Not covered by this extract: {', '.join(map(period_name, listed.not_covered))}"
    source = f"; source: {listed.extract.source}" if listed.extract.source else ""
    yield f"{as_of_text(listed)}{source}"
    if listed.cases:
        yield IDENTIFIERS
    if dropped:
        yield no_room_line(dropped)


def as_of_text(listed: CaseList | DueList) -> str:
    """`As of 2019-03-04 07:00 (from extract.toml)`."""
    return f"As of {show_cell(listed.as_of)} ({SOURCES[listed.as_of_source]})"

"""The screen of `why`: one case, its rows and the questions that were asked of it."""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.text import Text

from sgkpi.answers.why.explain import Why
from sgkpi.answers.why.rows import SeenRow
from sgkpi.definitions.wording import long_date, words
from sgkpi.documents.cases_report import show_cell
from sgkpi.documents.write.terminal.cases import IDENTIFIERS, period_name, shown_key
from sgkpi.documents.write.terminal.footer import SOURCES
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.text import printable, wrap_line
from sgkpi.ledger.cases import CaseOutcome

INDENT = "  "
CASE_ROLE = "case"


def render_why(why: Why, terminal: Terminal) -> str:
    """The case from its rows to its outcome."""
    lines = [*_heading(why), *_rows(why), *_steps(why), *_categories(why.outcome), *_footer(why)]
    return terminal.render(*(part for line in lines for part in _wrapped(line, terminal.width)))


def _wrapped(line: Text, width: int | None) -> Iterator[Text]:
    """A line as several where it is too long, each set in as the first is."""
    text = line.plain.strip()
    margin = len(line.plain) - len(line.plain.lstrip())
    room = None if width is None else width - margin
    for part in wrap_line(text, room, INDENT) if text else [""]:
        yield Text(" " * margin + part if part else "", style=line.style)


def _heading(why: Why) -> Iterator[Text]:
    yield Text(f"{why.indicator.title} ({why.indicator.id})", style="bold")
    period = f", {period_name(why.period)}" if why.period else ""
    outcome = "no outcome" if why.outcome is None else why.outcome.outcome.value
    reason = f" ({why.outcome.reason})" if why.outcome is not None and why.outcome.reason else ""
    yield Text(f"Case {shown_key(why.key)}{period}: {outcome}{reason}", style="bold")
    if why.reference_day:
        yield Text(f"Reference day: {long_date(why.reference_day)}")


def _rows(why: Why) -> Iterator[Text]:
    """The case's rows, then those of each related; what stands in a row is shown once."""
    shown: set[str] = set()
    yield Text()
    yield Text("The rows that were read", style="bold")
    yield from _of_role((row for row in why.rows if row.role == CASE_ROLE), shown)
    for name in why.looked_for:
        rows = [row for row in why.rows if row.role == name]
        table = words(why.indicator.related_named(name).table.name)
        yield Text()
        yield Text(f"{INDENT}Related as {words(name)}{'' if rows else f': no row of {table} belongs to it'}")
        yield from _of_role(rows, shown)


def _of_role(rows: Iterable[SeenRow], shown: set[str]) -> Iterator[Text]:
    for row in rows:
        yield Text(f"{INDENT}{printable(row.place)}: {row.said}")
        cells = {} if row.place in shown else row.cells
        shown.add(row.place)
        width = max(map(cell_len, map(words, cells)), default=0)
        for name, cell in cells.items():
            yield Text(f"{INDENT * 2}{words(name)}: {' ' * (width - cell_len(words(name)))}{printable(cell)}")


def _steps(why: Why) -> Iterator[Text]:
    yield Text()
    yield Text("What was asked", style="bold")
    for number, step in enumerate(why.steps, start=1):
        yield Text(f"{number:>3}. {step.question}")
        yield Text(f"{INDENT * 2} {printable(step.answer)}")


def _categories(outcome: CaseOutcome | None) -> Iterator[Text]:
    if outcome is not None and outcome.categories:
        yield Text()
        yield Text("Where it counts", style="bold")
        for name, category in outcome.categories.items():
            yield Text(f"{INDENT}{words(name)}: {printable(category)}")


def _footer(why: Why) -> Iterator[Text]:
    yield Text()
    yield Text(f"As of {show_cell(why.as_of)} ({SOURCES[why.as_of_source]})")
    yield Text(f"Judged by the reference engine. {IDENTIFIERS}")

"""The screen of `lint --boundaries`: the cases at the edge of each clock, to read and sign off."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from rich.text import Text

from sgkpi.documents.write.terminal.column import NEEDED, Column
from sgkpi.documents.write.terminal.footer import no_room_line
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.text import printable
from sgkpi.judge.boundaries.make import Boundaries, BoundaryCase

if TYPE_CHECKING:
    from rich.console import RenderableType


def render_boundaries(tables: Sequence[Boundaries], terminal: Terminal) -> str:
    """A table of cases under the title and clock of each indicator; a line for one without."""
    with_cases = [table for table in tables if table.cases]
    without = [Text(f"{table.indicator} {table.why_none}") for table in tables if not table.cases]
    parts = [part for table in with_cases for part in _section(table, terminal)]
    return terminal.render(*parts, *without)


def _section(table: Boundaries, terminal: Terminal) -> Iterator["RenderableType"]:
    yield Text(f"{printable(table.title)} ({table.indicator})", style="bold")
    yield Text(f"Clock: {printable(table.clock)}")
    yield Text("")
    layout = lay_out(_columns(table.cases), terminal)
    yield from layout.parts
    if layout.dropped:
        yield Text(no_room_line(layout.dropped))
    yield Text("")


def _columns(cases: Sequence[BoundaryCase]) -> list[Column]:
    columns = [
        _column("Situation", (case.situation for case in cases), NEEDED),
        _column("Start", (_shown(case.start) for case in cases), NEEDED),
        _column("Stop", (_shown(case.stop) for case in cases), NEEDED),
        _column("Due", (_shown(case.due) for case in cases), NEEDED),
        _column("Looked at", (_shown(case.reference_day or case.as_of) for case in cases), 20),
        _column("Outcome", map(_outcome, cases), NEEDED),
        _column("Note", (case.note for case in cases), 30),
    ]
    return [column for column in columns if not column.is_empty]


def _column(heading: str, cells: Iterable[str], rank: int) -> Column:
    return Column(heading, tuple(map(Text, cells)), rank)


def _outcome(case: BoundaryCase) -> str:
    return case.outcome if case.reason is None else f"{case.outcome}: {case.reason}"


def _shown(moment: date | None) -> str:
    """`Tue 2019-06-11 10:00`: the day of the week is what counting working days goes by."""
    if moment is None:
        return "-"
    return f"{moment:%a %Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment:%a %Y-%m-%d}"

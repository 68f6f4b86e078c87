"""The document of `cases`: one row a case, the most urgent first."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sgkpi.answers.cases import CaseList, breakdown_columns, day_of, joined_key
from sgkpi.documents.document import NEEDED, Column, Document, Notes, Table, filled
from sgkpi.documents.notes import IDENTIFIERS, as_of_and_source
from sgkpi.documents.records import show_cell
from sgkpi.documents.values import period_in_words
from sgkpi.figures.columns import nearest
from sgkpi.model.outcomes import Outcome
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.ledger.cases import CaseOutcome

_FIRST_BREAKDOWN = 10


def cases_document(listed: CaseList) -> Document:
    """The cases with a heading, and below them what they rest on."""
    columns = _columns(listed)
    shown = filled(columns) if listed.cases else columns
    table = Table(shown, caption=_caption(listed), when_empty="No cases.")
    return Document((table, Notes(tuple(_notes(listed)))))


def _caption(listed: CaseList) -> str:
    filtered = f"; {text}" if (text := str(listed.filtered)) else ""
    periods = ", ".join(map(period_in_words, listed.periods))
    return f"{listed.indicator.title}, {periods}{filtered}: {plural(len(listed.cases), 'case')}"


def _columns(listed: CaseList) -> tuple[Column, ...]:
    def column(
        heading: str, cell: "Callable[[CaseOutcome], str]", priority: int = NEEDED, *, right: bool = False
    ) -> Column:
        return Column(heading, tuple(map(cell, listed.cases)), priority, right)

    return (
        column("Key", shown_key_of),
        column("Person", lambda case: case.person or "", 40),
        *([column("Period", lambda case: case.period.label)] if len(listed.periods) > 1 else []),
        column("Outcome", lambda case: case.outcome.value),
        column("Reason", lambda case: case.reason or ""),
        column("Start", lambda case: show_cell(case.start), 30),
        column("Stop", lambda case: show_cell(case.stop), 50),
        column("Due", lambda case: show_cell(case.due)),
        column("Days\noverdue", lambda case: _days_overdue(case, listed), right=True),
        column("Value", lambda case: show_cell(nearest(case.value)), right=True),
        *breakdown_cells(listed.cases, list(breakdown_columns([listed.indicator]))),
    )


def shown_key(key: Sequence[str]) -> str:
    """A key as people read it: said to be blank where all of it is."""
    return joined_key(key) if any(key) else "(blank)"


def shown_key_of(case: "CaseOutcome") -> str:
    """The key of a case."""
    return shown_key(case.key)


def breakdown_cells(cases: Sequence["CaseOutcome"], names: Sequence[str]) -> Iterator[Column]:
    """A column for each breakdown; the first goes last where there is no room."""
    for place, name in enumerate(names):
        cells = tuple(case.categories.get(name, "") for case in cases)
        yield Column(name.replace("_", " ").capitalize(), cells, max(_FIRST_BREAKDOWN - place, 1))


def _days_overdue(case: "CaseOutcome", listed: CaseList) -> str:
    """Whole days since an open case fell due, at the as-of time; of a stock, on its reference day."""
    if case.outcome is not Outcome.OVERDUE or case.due is None:
        return ""
    today = listed.as_of.date()
    seen = min(today, case.period.end) if listed.indicator.is_stock else today
    return f"{(seen - day_of(case.due)).days:,}"


def _notes(listed: CaseList) -> Iterator[str]:
    if listed.not_covered:
        yield f"Not covered by this extract: {', '.join(map(period_in_words, listed.not_covered))}"
    yield as_of_and_source(listed, listed.extract.source)
    if listed.cases:
        yield IDENTIFIERS

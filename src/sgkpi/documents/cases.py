"""The cases behind a figure, the most urgent first: a document, and records (schema `sgkpi.cases/1`)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from sgkpi.answers.cases import CaseList, joined_key
from sgkpi.definitions.wording import reason_in_words, words
from sgkpi.documents import records as rec
from sgkpi.documents.document import Document, Notes, TableBlock, TableColumn, column, filled
from sgkpi.documents.phrases import (
    IDENTIFIERS,
    as_of_and_source,
    breakdown_name,
    caution_lines,
    period_in_words,
    shown_category,
    unavailable_lines,
    unknown_reasons,
)
from sgkpi.figures.columns import Cell, nearest
from sgkpi.figures.numbers import show_of_case
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import date_of
from sgkpi.model.units import LimitUnit
from sgkpi.model.words import capitalized, plural

if TYPE_CHECKING:
    from sgkpi.ledger.cases import CaseOutcome

SCHEMA = "sgkpi.cases/1"
MOMENTS = ("start", "stop", "due")
_NAMES, _CATEGORIES = ("key", "person"), ("period", "outcome", "reason")
# Names that a breakdown's column may not take: those of a list of cases, and of a list of what falls due.
_TAKEN = frozenset({*_NAMES, *_CATEGORIES, *MOMENTS, "value", "per", "day", "indicator"})

_FIRST_BREAKDOWN = 10


def cases_document(listed: CaseList) -> Document:
    """Return the cases with a heading, and below them what they rest on."""
    columns = _columns(listed)
    periods = ", ".join(map(period_in_words, listed.periods))
    filtered = f"; {text}" if (text := str(listed.filtered)) else ""
    caption = f"{listed.indicator.title}, {periods}{filtered}: {plural(len(listed.cases), 'case')}"
    table = TableBlock(filled(columns) if listed.cases else columns, caption=caption, when_empty="No cases.")
    return Document((table, Notes(tuple(_notes(listed)))))


def _columns(listed: CaseList) -> tuple[TableColumn, ...]:
    cases = listed.cases
    period = [column("Period", cases, lambda case: case.period.label)] if len(listed.periods) > 1 else []
    return (
        column("Key", cases, lambda case: shown_key(case.key)),
        column("Person", cases, lambda case: case.person or "", 40),
        *period,
        column("Outcome", cases, lambda case: words(case.outcome)),
        column("Reason", cases, lambda case: reason_in_words(case.outcome, case.reason)),
        column("Start", cases, lambda case: rec.show_cell(case.start), 30),
        column("Stop", cases, lambda case: rec.show_cell(case.stop), 50),
        column("Due", cases, lambda case: rec.show_cell(case.due)),
        column("Days\noverdue", cases, lambda case: _days_overdue(case, listed), right=True),
        column("Value", cases, lambda case: _shown_value(case, listed.indicator), right=True),
        column("Per", cases, lambda case: rec.show_cell(nearest(case.per)), right=True),
        *_breakdown_cells(cases, listed.indicator),
    )


def _shown_value(case: "CaseOutcome", indicator: Indicator) -> str:
    if case.value is None or indicator.unit_of_case is None:
        return rec.show_cell(nearest(case.value))
    return show_of_case(Fraction(case.value), indicator.unit_of_case)


def shown_key(key: Sequence[str]) -> str:
    """Return a key for people; `(blank)` if all its parts are blank."""
    return joined_key(key) if any(key) else "(blank)"


def _breakdown_cells(cases: Sequence["CaseOutcome"], indicator: Indicator) -> Iterator[TableColumn]:
    """Yield a column for each breakdown; the first goes last where there is no room."""
    for place, by in enumerate(indicator.by):
        cells = tuple(shown_category(indicator, by.name, case.categories.get(by.name)) for case in cases)
        yield TableColumn(capitalized(breakdown_name(by)), cells, max(_FIRST_BREAKDOWN - place, 1))


def _days_overdue(case: "CaseOutcome", listed: CaseList) -> str:
    """Return the whole days since an open case fell due, at the as-of time; of a stock, on its reference day."""
    if case.outcome is not Outcome.OVERDUE or case.due is None:
        return ""
    today = listed.as_of.date()
    seen = min(today, case.period.end) if listed.indicator.is_stock else today
    return f"{(seen - date_of(case.due)).days:,}"


def _notes(listed: CaseList) -> Iterator[str]:
    if listed.not_covered:
        yield f"Not covered by this extract: {', '.join(map(period_in_words, listed.not_covered))}"
    if unknown := Counter(case.reason or "" for case in listed.cases if case.outcome is Outcome.UNKNOWN):
        yield f"Could not be judged: {unknown_reasons(unknown)}"
    yield from caution_lines(listed.cautions)
    yield from unavailable_lines((), listed.unavailable_breakdowns)
    yield as_of_and_source(listed)
    if listed.cases:
        yield IDENTIFIERS


def cases_records(listed: CaseList) -> rec.Records:
    """Return a row for each case: the columns of every list of cases, then one for each breakdown."""
    breakdowns = breakdown_columns([listed.indicator])
    is_ratio = listed.indicator.per is not None
    rows = tuple(case_row(case, breakdowns, with_per=is_ratio) for case in listed.cases)
    table = rec.RecordTable("cases", case_columns([listed.indicator]), rows)
    return rec.Records(
        table=table,
        json=lambda: _json(listed, table),
        about=(
            *rec.about_answer(listed),
            ("Indicator", f"{listed.indicator.title} ({listed.indicator.id})"),
            ("Periods", ", ".join(period.label for period in listed.periods)),
            ("Filter", str(listed.filtered) or None),
            *(("Not covered", period.label) for period in listed.not_covered),
            ABOUT_IDENTIFIERS,
        ),
    )


ABOUT_IDENTIFIERS = ("Care", IDENTIFIERS)


def _json(listed: CaseList, table: rec.RecordTable) -> rec.Json:
    return {
        **rec.json_head(SCHEMA, listed),
        "extract": {"source": listed.source},
        "indicator": listed.indicator.id,
        "title": listed.indicator.title,
        "measure": listed.indicator.measure.value,
        "periods": [period.label for period in listed.periods],
        "not_covered": [period.label for period in listed.not_covered],
        **rec.limits(listed),
        "cases": rec.Lines(table.rows),
    }


def breakdown_columns(indicators: Iterable[Indicator]) -> dict[str, str]:
    """Return the column of each breakdown: its name, or with `by_` before it where another column has that name."""
    names = dict.fromkeys(breakdown.name for indicator in indicators for breakdown in indicator.by)
    return {name: f"by_{name}" if name in _TAKEN else name for name in names}


def case_columns(indicators: Sequence[Indicator]) -> tuple[rec.RecordColumn, ...]:
    """Return the columns of a list of cases of these indicators; a moment is a datetime where one of them has it."""
    kinds = [kinds for indicator in indicators for kinds in _clock_kinds(indicator)]
    dates = [name for name in MOMENTS if {kind for moment, kind in kinds if moment == name} == {Kind.DATE}]
    moments = [rec.RecordColumn(name, Kind.DATE if name in dates else Kind.DATETIME) for name in MOMENTS]
    breakdowns = rec.category_columns(*breakdown_columns(indicators).values())
    texts = (*rec.text_columns(*_NAMES), *rec.category_columns(*_CATEGORIES))
    numbers = ("value", "per") if any(indicator.per is not None for indicator in indicators) else ("value",)
    return (*texts, *moments, *(rec.RecordColumn(name, Kind.NUMBER) for name in numbers), *breakdowns)


def _clock_kinds(indicator: Indicator) -> Iterator[tuple[str, Kind]]:
    """Yield start, stop and due, each with whether it is a date or a datetime, as far as the clock has them."""
    clock = indicator.clock
    if clock is None:
        return
    yield from ((name, part.kind) for name, part in (("start", clock.start), ("stop", clock.stop)) if part is not None)
    if clock.due is not None:
        yield "due", clock.due.kind
    else:
        by_hours = clock.limit is not None and clock.limit.unit is LimitUnit.HOURS
        yield "due", Kind.DATETIME if by_hours else Kind.DATE


def case_row(case: "CaseOutcome", breakdowns: Mapping[str, str], *, with_per: bool = False) -> dict[str, Cell]:
    """Return a case as a row; `breakdowns` gives the column of each breakdown, `with_per` is that of a ratio."""
    return {
        "key": joined_key(case.key),
        "person": case.person,
        "period": case.period.label,
        "outcome": case.outcome.value,
        "reason": None if case.reason is None else str(case.reason),
        **rec.members(case, *MOMENTS),
        "value": nearest(case.value),
        **({"per": nearest(case.per)} if with_per else {}),
        **{column: case.categories.get(name) for name, column in breakdowns.items()},
    }

"""The cases behind a figure as data (schema `sgkpi.cases/1`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sgkpi.answers.cases import CaseList, breakdown_columns, joined_key
from sgkpi.documents.records import (
    Json,
    Lines,
    RecordColumn,
    Records,
    RecordTable,
    about_answer,
    json_head,
    rows_as_text,
)
from sgkpi.figures.columns import Cell, nearest
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator
from sgkpi.model.units import LimitUnit

if TYPE_CHECKING:
    from sgkpi.ledger.cases import CaseOutcome

SCHEMA = "sgkpi.cases/1"
CASE_NUMBERS = frozenset({"value"})
MOMENTS = ("start", "stop", "due")


def cases_records(listed: CaseList) -> Records:
    """Return a row for each case: the columns of every list of cases, then one for each breakdown."""
    breakdowns = breakdown_columns([listed.indicator])
    rows = tuple(case_row(case, breakdowns) for case in listed.cases)
    table = RecordTable("cases", case_columns([listed.indicator]), rows)
    return Records(
        table=table,
        json=lambda: _json(listed, table),
        text=lambda: rows_as_text(table, CASE_NUMBERS),
        about=(
            *about_answer(listed, listed.extract.source),
            ("Indicator", f"{listed.indicator.title} ({listed.indicator.id})"),
            ("Periods", ", ".join(period.label for period in listed.periods)),
            ("Filter", str(listed.filtered) or None),
            *(("Not covered", period.label) for period in listed.not_covered),
            ABOUT_IDENTIFIERS,
        ),
    )


ABOUT_IDENTIFIERS = ("Care", "Keys and persons are pseudonyms; treat them with care.")


def _json(listed: CaseList, table: RecordTable) -> Json:
    return {
        **json_head(SCHEMA, listed),
        "extract": {"source": listed.extract.source},
        "indicator": listed.indicator.id,
        "title": listed.indicator.title,
        "measure": listed.indicator.measure.value,
        "periods": [period.label for period in listed.periods],
        "not_covered": [period.label for period in listed.not_covered],
        "cases": Lines(table.rows),
    }


def case_columns(indicators: Sequence[Indicator]) -> tuple[RecordColumn, ...]:
    """Return the columns of a list of cases of these indicators."""
    moments = [RecordColumn(name, _moment_kind(name, indicators)) for name in MOMENTS]
    breakdowns = map(RecordColumn, breakdown_columns(indicators).values())
    text = map(RecordColumn, ("key", "person", "period", "outcome", "reason"))
    return (*text, *moments, RecordColumn("value", Kind.NUMBER), *breakdowns)


def case_row(case: "CaseOutcome", breakdowns: Mapping[str, str]) -> dict[str, Cell]:
    """Return a case as a row; `breakdowns` gives the column of each breakdown."""
    return {
        "key": joined_key(case.key),
        "person": case.person,
        "period": case.period.label,
        "outcome": case.outcome.value,
        "reason": None if case.reason is None else str(case.reason),
        "start": case.start,
        "stop": case.stop,
        "due": case.due,
        "value": nearest(case.value),
        **{column: case.categories.get(name) for name, column in breakdowns.items()},
    }


def _moment_kind(name: str, indicators: Iterable[Indicator]) -> Kind:
    """Return whether start, stop or due is a date or a datetime: a datetime where one of the indicators has it."""
    found = {kind for indicator in indicators if (kind := _clock_kinds(indicator).get(name)) is not None}
    return Kind.DATE if found == {Kind.DATE} else Kind.DATETIME


def _clock_kinds(indicator: Indicator) -> dict[str, Kind]:
    clock = indicator.clock
    if clock is None:
        return {}
    kinds = {name: part.kind for name, part in (("start", clock.start), ("stop", clock.stop)) if part is not None}
    if clock.due is not None:
        return {**kinds, "due": clock.due.kind}
    by_hours = clock.limit is not None and clock.limit.unit is LimitUnit.HOURS
    return {**kinds, "due": Kind.DATETIME if by_hours else Kind.DATE}

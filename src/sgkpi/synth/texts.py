"""Rows of text against their table's declaration: spells, broken rules, and moments as text."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sgkpi.extracts.moments import parse_datetime
from sgkpi.judge.expressions import Environment, evaluate
from sgkpi.judge.tables import typed_cell
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Kind, column_refs
from sgkpi.model.table import Column, Rule, Table
from sgkpi.planning.columns import spell_columns
from sgkpi.synth.common import EXTRACTED_AT

Texts = dict[str, str]
DATED = (Kind.DATE, Kind.DATETIME)


def spell_of(table: Table, catalogue: Catalogue) -> tuple[str, str] | None:
    """Return the columns of the spells that some indicator looks at, by name the first; None if there are none."""
    spells = [spell for each in catalogue.indicators.values() for spell in spell_columns(each)]
    return min(((start, end) for name, start, end in spells if name == table.name), default=None)


def breaks(rule: Rule, row: Mapping[str, str], table: Table, working_days: WorkingDays) -> bool:
    """Whether a row of text breaks a rule; columns that it does not have are null."""
    names = {ref.column for ref in column_refs(rule.expression)}
    values = {name: typed_cell(row.get(name), table.columns[name], table)[0] for name in names}
    return evaluate(rule.expression, Environment(values, EXTRACTED_AT, None, working_days)) is False


def moment_of(text: str) -> datetime | None:
    """Return the moment in a cell; None if it has none."""
    written = parse_datetime(text.strip())
    return None if written is None or written.is_placeholder else written.value


def moment_text(moment: datetime, column: Column) -> str:
    """Return a moment as the text of a column's cell; never midnight, which would mean no time of day."""
    if column.kind is Kind.DATE:
        return moment.date().isoformat()
    if moment.time() == time.min:
        moment += timedelta(minutes=7)
    return f"{moment:%Y-%m-%d %H:%M}"

"""A case: a row of an indicator's table with everything that its judgement depends on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from sgkpi.judge.expressions import Environment
from sgkpi.judge.knowledge import cases_of, distinct_rows, known_rows, replaced_rows
from sgkpi.judge.readings import Reading, read_clock
from sgkpi.judge.related import Joined, Lookup
from sgkpi.judge.tables import LoadedTable, Row, RowPlace, join_text
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.indicator import Indicator, PointInTime
from sgkpi.model.periods import end_of_day
from sgkpi.planning.columns import NamedColumns, named_columns


@dataclass(frozen=True)
class Case:
    """Everything that the outcome of a case depends on.

    `environment` has the values of the names in the definition's expressions. `known_at` is the as-of time or, for a
    stock, the end of its reference day when that is earlier. `is_current_list` says that the table's file does not say
    when spells begin.
    """

    indicator: Indicator
    row: Row
    is_duplicate: bool
    joined: Mapping[str, Joined]
    named: NamedColumns
    environment: Environment
    known_at: datetime
    is_current_list: bool = False

    @cached_property
    def reading(self) -> Reading | None:
        """The moments of the definition's clock; None when it has no clock."""
        clock = self.indicator.clock
        return None if clock is None else read_clock(clock, self.environment, self.known_at)


@dataclass
class World:
    """The tables of an extract, as they are known at any moment up to the as-of time, by rows recorded up to another.

    Distinct rows are cached, for the next indicator.
    """

    tables: Mapping[str, LoadedTable]
    as_of: datetime
    working_days: WorkingDays
    recorded_by: datetime | None = None
    _distinct: dict[tuple[str, datetime, frozenset[str]], list[Row]] = field(default_factory=dict)

    def known_rows(self, loaded: LoadedTable, known_at: datetime) -> list[Row]:
        """Return the rows of a table as known at a moment."""
        return known_rows(loaded, known_at, self.as_of, self.recorded_by or self.as_of)

    def replaced_rows(self, loaded: LoadedTable) -> frozenset[RowPlace]:
        """Return the places of the rows of a table that a greater version replaces."""
        return replaced_rows(loaded, self.as_of, self.recorded_by or self.as_of)

    def cases(self, indicator: Indicator, reference_day: date | None) -> Iterator[Case]:
        """Yield every case of an indicator's table, for a flow (no reference day) or a stock."""
        known_at = self.as_of if reference_day is None else min(self.as_of, end_of_day(reference_day))
        loaded, period, named = self.tables[indicator.table.name], indicator.period, named_columns(indicator)
        related_rows: dict[tuple[str, str | None], list[Row]] = {}
        for related in indicator.related:
            for other in self._rows(indicator, related.table.name, known_at):
                value = join_text(other.values.get(related.row_column))
                related_rows.setdefault((related.name, value), []).append(other)
        own_rows = self._rows(indicator, loaded.table.name, known_at)
        for row, rows in cases_of(loaded, own_rows, join_columns(indicator, loaded.table.name)):
            names = Environment(row.values, self.as_of, reference_day, self.working_days, clock=indicator.clock)
            joined = {}
            for related in indicator.related:
                value = join_text(row.values.get(related.case_column))
                found = related_rows.get((related.name, value), []) if value is not None else []
                # A case is never its own related row.
                others = [each for each in found if all(each is not own for own in rows)]
                one = Lookup(related, self.tables[related.table.name], names).find(others, named)
                joined[related.name] = one
                kept, counts = {related.name: one.row.values if one.row else None}, {related.name: one.count}
                names = replace(names, related={**names.related, **kept}, counts={**names.counts, **counts})
            is_current_list = isinstance(period, PointInTime) and period.start not in loaded.columns
            yield Case(indicator, row, len(rows) > 1, joined, named, names, known_at, is_current_list)

    def _rows(self, indicator: Indicator, table: str, known_at: datetime) -> list[Row]:
        joins = join_columns(indicator, table)
        place = (table, known_at, joins)
        if place not in self._distinct:
            loaded = self.tables[table]
            self._distinct[place] = distinct_rows(loaded, self.known_rows(loaded, known_at), joins)
        return self._distinct[place]


def join_columns(indicator: Indicator, table: str) -> frozenset[str]:
    """Return the columns of a table on which a definition joins it: they are compared as keys are."""
    own = {related.case_column for related in indicator.related if indicator.table.name == table}
    return frozenset(own | {related.row_column for related in indicator.related if related.table.name == table})

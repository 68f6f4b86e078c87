"""What is asked of related rows: one `related` of an indicator, with its bounds and its order of preference."""

from dataclasses import dataclass
from typing import assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.expressions import Names
from sgkpi.engines.duckdb.moments import has_clock_time
from sgkpi.engines.duckdb.scan import Scan, key_part
from sgkpi.engines.duckdb.tables import beside_values
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator, Moment, Related
from sgkpi.model.table import Column


@dataclass(frozen=True)
class Bound:
    """A moment that a related row is compared with, by the question's column of its name."""

    value: Sql
    kind: Kind
    timed: Sql


@dataclass(frozen=True)
class Lookup:
    """One `related` of an indicator, with all that is needed to write its SQL.

    `base` names the relation of cases, `rows` that of the related table's typed rows, `doubles`
    whether identical rows may stand there.
    """

    indicator: Indicator
    related: Related
    base: str
    scan: Scan
    rows: str
    doubles: bool
    as_of: Sql
    case_numbered: bool

    @property
    def on_itself(self) -> bool:
        return self.related.table.name == self.indicator.table.name

    def names(self) -> Names:
        """The names for `where`: the related table's columns, bare."""
        return Names({None: self.related.table}, self.as_of, Name.REFERENCE_DAY)


def bound(lookup: Lookup, name: str) -> Bound | None:
    """`until` or `after`, as the questions hold it."""
    part: str | Moment | None = getattr(lookup.related, name)
    if part is None:
        return None
    if not isinstance(part, Moment):
        column = lookup.indicator.table.columns[part]
        timed = _timed(column, Name.bound(name).name, Name.bound_has_time(name).name)
        return Bound(Name.bound(name), column.kind, timed)
    match part:
        case Moment.AS_OF:
            return Bound(lookup.as_of, Kind.DATETIME, sql.TRUE)
        case Moment.REFERENCE_DAY:
            return Bound(Name.REFERENCE_DAY, Kind.DATE, sql.FALSE)
        case _:
            assert_never(part)


def _timed(column: Column, value: str, flag: str) -> Sql:
    if column.kind is not Kind.DATETIME:
        return sql.FALSE
    return sql.column(flag) if column.midnight else has_clock_time(sql.column(value))


def has_start(lookup: Lookup) -> bool:
    """Whether spells have a beginning: those of a current list have none."""
    return lookup.related.start is not None and lookup.scan.has(lookup.related.start)


def greatest_first(lookup: Lookup) -> list[Sql]:
    """Of several rows, the one with the greatest key, then the greatest of the other columns."""
    return [value.desc() for value in tie_breakers(lookup)]


def tie_breakers(lookup: Lookup) -> list[Sql]:
    """What decides between rows of one date: the key, then the other columns in declared order."""
    table, scan = lookup.related.table, lookup.scan
    if scan.numbered:
        return [Name.FILE_NAME, Name.ROW_NUMBER]
    key = [key_part(table.columns[name]) for name in table.key if scan.has(name)]
    others = [Name.value(name) for name in scan.columns if name not in table.key]
    return [*key, *others, *beside_values(scan), Name.PLACE]


def own_bound(lookup: Lookup, name: str) -> Bound:
    """A date of the related row itself."""
    column = lookup.related.table.columns[name]
    return Bound(Name.value(name), column.kind, _timed(column, Name.value(name).name, Name.has_time(name).name))


def compare_bounds(operator: str, left: Bound, right: Bound) -> Sql:
    """As moments where both have a time of day, else by date."""
    by_date = left.value.cast("DATE").op(operator, right.value.cast("DATE"))
    if Kind.DATE in (left.kind, right.kind):
        return by_date
    timed = left.timed & right.timed
    return sql.when(timed, left.value.op(operator, right.value), by_date)

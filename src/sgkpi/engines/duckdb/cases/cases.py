"""The cases that are judged: those of a flow are the rows of its table, those of a stock its rows on reference days."""

from collections.abc import Sequence
from dataclasses import replace

from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import day_of
from sgkpi.engines.duckdb.ingest.known_rows import (
    exists,
    has_repeated_hash,
    identity_as_known,
    other_parts,
    recorded_key,
    visible_columns,
)
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, as_compared
from sgkpi.engines.duckdb.judge.outcomes import Batch
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Query, Select, Sql
from sgkpi.model.indicator import Indicator, PointInTime
from sgkpi.model.periods import end_of_day
from sgkpi.model.table import Table
from sgkpi.planning.availability import is_current_list
from sgkpi.planning.plan import IndicatorPlan

_REFERENCE_DAYS = """
create or replace table reference_days as
select unnest($1::smallint[]) as day_number, unnest($2::date[]) as reference_day, unnest($3::timestamp[]) as known
"""


def create_reference_days(tables: Tables) -> None:
    """Create the table of reference days on which stocks are counted."""
    known_at = [min(end_of_day(day), tables.as_of) for day in tables.days]
    tables.session.execute(_REFERENCE_DAYS, [list(range(len(tables.days))), list(tables.days), known_at])


def batch_of(
    tables: Tables, plans: Sequence[IndicatorPlan], cases: Query | str, carried: tuple[Column, ...] = ()
) -> Batch:
    """Return indicators that are judged together over cases of one table."""
    columns = frozenset(tables.columns[plans[0].indicator.table.name])
    return Batch(tuple(plans), cases, tables.as_of, columns, tables.days, carried)


def carried_by(scan: Scan) -> tuple[Column, ...]:
    """Return the columns kept for every row read: key hash, fault flags and, with several files, the file."""
    return (Name.KEY_HASH, Name.FLAGS, *([Name.FILE] if len(scan.source.files) > 1 else []))


def seen(tables: Tables, scan: Scan, rows: Query | str) -> Select:
    """Return rows as known at the as-of time, with `exists` for whether they exist."""
    as_of = sql.moment(tables.as_of)
    existing = exists(scan, as_of, sql.moment(tables.recorded_by)).as_(Name.EXISTS)
    columns = (*carried_by(scan), Name.IS_BLANK_ROW, *visible_columns(scan, as_of), *_at_as_of_time(tables), existing)
    return sql.select(*columns).from_(rows)


def _at_as_of_time(tables: Tables) -> tuple[Sql, ...]:
    """Return the moment up to which the cases of flows are known, and their reference day: none."""
    return sql.moment(tables.as_of).as_(Name.KNOWN), sql.null("DATE").as_(Name.REFERENCE_DAY)


def repeated_cases(tables: Tables, name: str) -> Query:
    """Return the cases whose keys occur more than once, one row each, from the rows stored by `read_repeated`."""
    scan = tables.full_scan(name)
    return _compared(_existing(tables, scan, f"again.{name}", on_days=False), scan)


def table_of(indicator: Indicator) -> str:
    """Return the name of the table of an indicator's cases, shared by indicators with the same cases."""
    kind, period = "flow", indicator.period
    if isinstance(period, PointInTime):
        kind = f"stock.{period.start}.{period.end}"
    return ".".join([kind, indicator.table.name, *sorted(_joins(indicator, indicator.table))])


def cases_of(tables: Tables, indicator: Indicator) -> Query | str:
    """Return an indicator's cases: one row a case, or for a stock one on each reference day.

    They are stored in a table once, except those of a flow with unique keys, which are the rows of its table.
    """
    name, query = table_of(indicator), _single(tables, indicator, on_days=indicator.is_stock)
    if not (indicator.is_stock or tables.readings[indicator.table.name].doubles):
        return query
    if name not in tables.cases:
        if isinstance(indicator.period, PointInTime):
            scan = typed(tables, indicator.table, indicator)
            query = sql.select(sql.STAR).from_(query).where(_is_open(scan, indicator.period))
        tables.session.create(name, query)
        tables.cases.add(name)
    return name


def unplaced_stock(tables: Tables, indicator: Indicator) -> Select | None:
    """Return the existing cases of a stock without a start date; None if the table cannot have any."""
    if not isinstance(indicator.period, PointInTime):
        raise TypeError(f"{indicator.id} is no stock")
    start = indicator.period.start
    if is_current_list(tables.extract.tables[indicator.table.name], start):
        return None
    every = _single(tables, indicator, on_days=False)
    return (
        sql.select(sql.STAR, Name.unreadable(start).as_("unreadable")).from_(every).where(Name.value(start).is_null())
    )


def typed(tables: Tables, table: Table, indicator: Indicator) -> Scan:
    """Store a table and return its scan, with the columns on which an indicator joins it."""
    return replace(tables.store(table.name), joins=_joins(indicator, table))


def _joins(indicator: Indicator, table: Table) -> frozenset[str]:
    """Return the columns of a table on which a definition joins it, besides its person and key."""
    own = {related.case_column for related in indicator.related if indicator.table == table}
    others = {related.row_column for related in indicator.related if related.table == table}
    return frozenset((own | others) - {table.person, *table.key})


def _single(tables: Tables, indicator: Indicator, *, on_days: bool) -> Query:
    """Return existing cases, one row each (on each reference day), with whether their key has conflicting rows.

    Only rows whose key hash repeats are compared.
    """
    name, scan = indicator.table.name, typed(tables, indicator.table, indicator)
    rows, within = _existing(tables, scan, f"typed.{name}", on_days=on_days), [Name.DAY_NUMBER] if on_days else []
    alone = rows.select(sql.FALSE.as_(Name.IS_DUPLICATE))
    if not tables.readings[name].doubles:
        return alone
    if not scan.source.has_key:
        return _compared(rows, scan, within)
    repeated = has_repeated_hash(f"repeated.{name}")
    return alone.where(~repeated).union_all(_compared(rows.where(repeated), scan, within))


def _existing(tables: Tables, scan: Scan, rows: str, *, on_days: bool) -> Select:
    """Return the rows that exist, as known at the as-of time or at the end of each reference day, with their places."""
    known, days = sql.moment(tables.as_of), _at_as_of_time(tables)
    placed = sql.select(sql.STAR, Name.ROW_ID.of("r").as_(Name.PLACE)).from_(rows, "r")
    if on_days:
        known, days = Name.KNOWN, (Name.KNOWN, Name.REFERENCE_DAY, Name.DAY_NUMBER)
        placed = placed.join("reference_days", "d", kind="cross")
    numbers = [Name.FILE_NAME, Name.ROW_NUMBER] if scan.numbered else []
    found = sql.select(Name.KEY_HASH, Name.PLACE, *days, *numbers, *visible_columns(scan, known)).from_(placed)
    return sql.select(sql.STAR).from_(found.where(tables.is_current(scan, rows, known, Name.PLACE)))


def _compared(rows: Select, scan: Scan, within: Sequence[Column] = ()) -> Select:
    """Drop identical rows, then keep the least row of each key, with whether others of its key differ.

    Keys are compared within each combination of the `within` columns. Of identical rows the first in the files is kept,
    so its spelling of the key is the one shown.
    """
    first_of_kind = sql.fn("row_number").over([*within, *identity_as_known(scan)], [Name.PLACE]).eq(1)
    once = sql.select(sql.STAR).from_(rows).qualify(first_of_kind)
    if not scan.source.has_key:
        return once.select(sql.FALSE.as_(Name.IS_DUPLICATE))
    # A row with a blank in its key is a case of its own.
    alone = sql.when(Name.KEY_HASH.is_null(), Name.PLACE, 0)
    key = [*within, *recorded_key(scan), alone]
    # By every value in declared order, then by the columns beside the values.
    beside = (part for column in scan.declared for part in other_parts(column))
    order = [*(as_compared(scan, column) for column in scan.declared), *beside, Name.PLACE]
    several, place = sql.fn("count", sql.STAR).over(key) > 1, sql.fn("row_number").over(key, order)
    return sql.select(sql.STAR, several.as_(Name.IS_DUPLICATE)).from_(once).qualify(place.eq(1))


def _is_open(scan: Scan, spell: PointInTime) -> Sql:
    """`from <= reference day < to`, by date; open spells have no end, and current lists no start."""
    conditions: list[Sql] = []
    if scan.has(spell.start):
        conditions.append((_day(scan, spell.start) <= Name.REFERENCE_DAY).is_true())
    if scan.has(spell.end):
        conditions.append((_day(scan, spell.end) > Name.REFERENCE_DAY).or_else(True))
    return sql.and_(conditions)


def _day(scan: Scan, name: str) -> Sql:
    return day_of(Name.value(name), scan.source.table.columns[name].kind)

"""The relations of cases that are judged: a flow's rows, and a stock's rows on every reference day."""

from collections.abc import Sequence
from dataclasses import replace

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Column, Query, Select, Sql
from sgkpi.engines.duckdb.cells import is_later
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest import Scan, as_compared, key_part
from sgkpi.engines.duckdb.judge import Batch
from sgkpi.engines.duckdb.tables import Cases, Tables, has_repeated_hash, identity, other_parts
from sgkpi.model.expressions import Kind
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
    """Make the table of reference days that stocks are put to."""
    known_at = [min(end_of_day(day), tables.as_of) for day in tables.days]
    tables.session.execute(_REFERENCE_DAYS, [list(range(len(tables.days))), list(tables.days), known_at])


def batch_of(
    tables: Tables,
    plans: Sequence[IndicatorPlan],
    cases: Cases,
    carried: tuple[Column, ...] = (),
    *,
    written: frozenset[str] = frozenset(),
    detailed: bool = False,
) -> Batch:
    """Return indicators that are judged together over cases of one table."""
    indicator = plans[0].indicator
    return Batch(
        plans=tuple(plans),
        source=cases.relation,
        as_of=tables.as_of,
        columns=frozenset(tables.columns[indicator.table.name]),
        has_exists=cases.has_exists,
        has_duplicates=cases.has_duplicates,
        stock_days=tables.days if indicator.is_stock else (),
        carried=carried,
        written=written,
        detailed=detailed,
    )


def carried_by(scan: Scan) -> tuple[Column, ...]:
    """Return what is kept of every row that is read: the hash of its key, its faults, and its file among several."""
    return (Name.KEY_HASH, Name.FLAGS, *([Name.FILE] if len(scan.source.files) > 1 else []))


def seen(tables: Tables, scan: Scan, rows: Query | str) -> Select:
    """Return rows as known at the as-of time, with `exists` for whether they exist."""
    as_of = sql.moment(tables.as_of)
    moments = (as_of.as_(Name.KNOWN), sql.null("DATE").as_(Name.REFERENCE_DAY))
    columns = (*carried_by(scan), Name.IS_BLANK_ROW, *visible_columns(scan, as_of), *moments)
    return sql.select(*columns, exists(scan, as_of, as_of).as_(Name.EXISTS)).from_(rows)


def exists(scan: Scan, known: Sql, as_of: Sql) -> Sql:
    """Return whether a row had happened at the known moment and had been recorded by the as-of time; never null."""
    table, conditions = scan.source.table, [~Name.IS_BLANK_ROW]
    for name, moment in ((table.happened, known), (table.recorded, as_of)):
        if name is not None and scan.has(name):
            conditions.append((~is_later(Name.value(name), table.columns[name].kind, moment)).or_else(True))
    return sql.and_(conditions)


def visible_columns(scan: Scan, known: Sql) -> list[Sql]:
    """Return the typed columns as known at a moment: a date that lies later is null, unless it is planned."""
    columns: list[Sql] = []
    for column in scan.typed:
        parts: dict[Column, Sql] = {part: part for part in (Name.value(column.name), *other_parts(column))}
        if column.kind in (Kind.DATE, Kind.DATETIME) and not column.planned:
            later = is_later(Name.value(column.name), column.kind, known)
            hidden = {Name.value(column.name): None, Name.has_time(column.name): False}
            parts |= {part: sql.when(later, hidden[part], part) for part in parts if part in hidden}
        columns += [value.as_(part) for part, value in parts.items()]
    return [*columns, *map(Name.raw, scan.written)]


def rows_of_repeated(tables: Tables, name: str) -> Cases:
    """Return the rows that `repeated_cases` makes one case each of, as they stand."""
    return Cases(seen(tables, tables.full_scan(name), f"again.{name}"), True, False)


def repeated_cases(tables: Tables, name: str) -> Cases:
    """Return the cases whose keys occur more than once, one row each, from the rows that `read_repeated` keeps."""
    scan = tables.full_scan(name)
    return Cases(_compared(_existing(tables, scan, f"again.{name}", on_days=False), scan), False, True)


def table_of(indicator: Indicator) -> str:
    """Return the name of the table of an indicator's cases; those that look at the same cases share it."""
    kind, period = "flow", indicator.period
    if isinstance(period, PointInTime):
        kind = f"stock.{period.start}.{period.end}"
    return ".".join([kind, indicator.table.name, *sorted(_joins(indicator, indicator.table))])


def cases_of(tables: Tables, indicator: Indicator) -> Cases:
    """Return an indicator's cases in a table of their own: one row a case, or for a stock one on each reference day."""
    name = table_of(indicator)
    if name not in tables.cases:
        query = _single(tables, indicator, on_days=indicator.is_stock)
        if isinstance(indicator.period, PointInTime):
            scan = typed(tables, indicator.table, indicator)
            query = sql.select(sql.STAR).from_(query).where(_is_open(scan, indicator.period))
        tables.session.create(name, query)
        tables.cases[name] = Cases(name, False, True)
    return tables.cases[name]


def unplaced_stock(tables: Tables, indicator: Indicator) -> tuple[int, int]:
    """Return how many existing cases of a stock have no beginning: with a blank cell, and with an unreadable one."""
    if not isinstance(indicator.period, PointInTime):
        raise TypeError(f"{indicator.id} is no stock")
    start = indicator.period.start
    if is_current_list(tables.extract.tables[indicator.table.name], start):
        return 0, 0
    unreadable = Name.unreadable(start)
    query = sql.select(sql.count_where(~unreadable).as_("blank"), sql.count_where(unreadable).as_("unreadable"))
    query = query.from_(_single(tables, indicator, on_days=False)).where(Name.value(start).is_null())
    (counts,) = tables.session.records(query)
    return counts["blank"], counts["unreadable"]


def typed(tables: Tables, table: Table, indicator: Indicator) -> Scan:
    """Store a table; return how it was read, with the columns on which an indicator joins it."""
    return replace(tables.store(table.name), joins=_joins(indicator, table))


def _joins(indicator: Indicator, table: Table) -> frozenset[str]:
    """Return the columns of a table on which a definition joins it, besides its person and key."""
    own = {related.case_column for related in indicator.related if indicator.table == table}
    others = {related.row_column for related in indicator.related if related.table == table}
    return frozenset((own | others) - {table.person, *table.key})


def _single(tables: Tables, indicator: Indicator, *, on_days: bool) -> Query:
    """Return existing cases, one row each (on each reference day), with whether other rows of its key differ.

    Only rows whose hash occurs more than once are compared with others.
    """
    name, scan = indicator.table.name, typed(tables, indicator.table, indicator)
    rows, within = _existing(tables, scan, f"typed.{name}", on_days=on_days), [Name.DAY_NUMBER] if on_days else []
    alone = rows.select(sql.FALSE.as_(Name.IS_DUPLICATE))
    if not tables.doubles[name]:
        return alone
    if not scan.source.has_key:
        return _compared(rows, scan, within)
    repeated = has_repeated_hash(f"repeated.{name}")
    return alone.where(~repeated).union_all(_compared(rows.where(repeated), scan, within))


def _existing(tables: Tables, scan: Scan, rows: str, *, on_days: bool) -> Select:
    """Return rows that exist, as known at the as-of time, or by the end of each reference day, with their places."""
    numbers = [Name.FILE_NAME, Name.ROW_NUMBER] if scan.numbered else []
    if not on_days:
        visible = seen(tables, scan, rows).select(Name.ROW_ID.as_(Name.PLACE), *numbers)
        return sql.select(sql.STAR).from_(visible).where(Name.EXISTS)
    pairs = sql.select(sql.STAR, Name.ROW_ID.of("r").as_(Name.PLACE)).from_(rows, "r")
    pairs = pairs.join("reference_days", "d", kind="cross")
    kept = [Name.KEY_HASH, Name.IS_BLANK_ROW, Name.PLACE, Name.DAY_NUMBER, Name.REFERENCE_DAY, Name.KNOWN, *numbers]
    known = sql.select(*kept, *visible_columns(scan, Name.KNOWN)).from_(pairs)
    known = known.where(exists(scan, Name.KNOWN, sql.moment(tables.as_of)))
    return sql.select(sql.STAR).from_(known)


def _compared(rows: Select, scan: Scan, within: Sequence[Column] = ()) -> Select:
    """Return identical rows once; then one row a key, the least, with whether others differ.

    `within` are columns in each of which keys are looked at separately. Of identical rows the first in the files is
    kept, as which keys are shown.
    """
    first_of_kind = sql.fn("row_number").over([*within, *identity(scan)], [Name.PLACE])
    kinds = sql.select(sql.STAR, first_of_kind.as_("kind_no")).from_(rows)
    once = sql.select(sql.star(without=("kind_no",))).from_(kinds).where(sql.column("kind_no").eq(1))
    if not scan.source.has_key:
        return once.select(sql.FALSE.as_(Name.IS_DUPLICATE))
    columns = scan.source.table.columns
    # A row with a blank part of its key stands alone.
    alone = sql.when(Name.KEY_HASH.is_null(), Name.PLACE, 0)
    key = [*within, *(key_part(columns[name]) for name in scan.source.table.key), alone]
    # By every value, in declared order; where all are equal, by what else rows differ in.
    beside = (part for column in scan.declared for part in other_parts(column))
    order = [*(as_compared(scan, column) for column in scan.declared), *beside, Name.PLACE]
    several, place = sql.fn("count", sql.STAR).over(key) > 1, sql.fn("row_number").over(key, order)
    ranked = sql.select(sql.STAR, several.as_(Name.IS_DUPLICATE), place.as_("key_no")).from_(once)
    return sql.select(sql.star(without=("key_no",))).from_(ranked).where(sql.column("key_no").eq(1))


def _is_open(scan: Scan, spell: PointInTime) -> Sql:
    """`from <= reference day < to`, by date; an open spell has no end, and a current list no beginning."""
    conditions: list[Sql] = []
    if scan.has(spell.start):
        conditions.append((Name.value(spell.start).cast("DATE") <= Name.REFERENCE_DAY).is_true())
    if scan.has(spell.end):
        conditions.append((Name.value(spell.end).cast("DATE") > Name.REFERENCE_DAY).or_else(True))
    return sql.and_(conditions)

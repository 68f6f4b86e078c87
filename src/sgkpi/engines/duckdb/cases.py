"""The tables of an extract in a DuckDB session, and the relations of cases that are judged.

Of each table it is known what was read of it, and which of its rows share a key. The cases of a flow are its rows,
those of a stock its rows on every reference day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import chain

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest import (
    BLANK_ROW,
    Flag,
    Scan,
    as_compared,
    columns_of_faults,
    is_blank_where_read,
    key_parts,
    typed_rows,
)
from sgkpi.engines.duckdb.judge import with_owner
from sgkpi.engines.duckdb.judge_outcomes import Batch
from sgkpi.engines.duckdb.raw_rows import few_at_once
from sgkpi.engines.duckdb.rows import (
    exists,
    has_repeated_hash,
    identity,
    identity_as_known,
    other_parts,
    recorded_key,
    repeated_hashes,
    stands,
    version_of,
    visible_columns,
)
from sgkpi.engines.duckdb.session import Rejected, Session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Query, Select, Sql
from sgkpi.extracts.extract import Extract, FileFormat
from sgkpi.ledger.sealed import Seal
from sgkpi.model.indicator import Indicator, PointInTime
from sgkpi.model.periods import end_of_day, is_at_change
from sgkpi.model.table import Table
from sgkpi.planning.availability import is_current_list
from sgkpi.planning.columns import columns_read, spell_starts, tables_with_persons
from sgkpi.planning.plan import IndicatorPlan, Plan, reference_days


@dataclass(frozen=True)
class Reading:
    """The findings in the rows of a table as they were read.

    `relation` is the table of the session that has `key_hash` and `flags` of every row, in the order of the files; with
    several files also `file`. `rows` are those that are not blank, `faults` says how often each fault occurs,
    `conflicts` how many keys stand in rows that differ, and `replaced` how many rows another one's version replaces.
    """

    scan: Scan
    relation: str
    rows: int
    faults: Mapping[Flag, int]
    conflicts: int = 0
    replaced: int = 0


@dataclass(frozen=True)
class StoredTable:
    """A table that stands in the session: the scan that was asked for, the one that was needed, and what was found.

    `doubles` says whether rows may share a key.
    """

    asked: Scan
    scan: Scan
    reading: Reading
    doubles: bool


@dataclass
class SharedRows:
    """An open session in which several looks at an extract share the rows that are read, for all indicators of a plan.

    With a seal, rows have the digests of their keys under it.
    """

    session: Session
    plan: Plan
    extract: Extract
    seal: Seal | None
    short_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)
    tables: dict[str, StoredTable] = field(default_factory=dict)


@dataclass
class Tables:
    """The columns read for a plan as of a time, and the tables of the session made of it so far.

    `columns` are those that are read of each table, `starts` those in which its spells begin, and `days` the
    reference days of stocks. `sealed` says that stored rows have the digests of their keys. `readings` tell what was
    found in each table; `stored` are the scans of those that stand in the session, and `doubles` says of which of them
    rows may share a key; `replaced` how many rows of a relation another one's version replaces. `is_shared` says that
    other looks use the session too, and `kept` are tables that they have stored. `with_persons` are those whose persons
    are counted: the person is read beside the columns, and nothing is said of its faults.
    """

    session: Session
    extract: Extract
    columns: Mapping[str, tuple[str, ...]]
    short_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)
    as_of: datetime = datetime.max
    recorded_by: datetime = datetime.max
    starts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    days: tuple[date, ...] = ()
    sealed: bool = False
    readings: dict[str, Reading] = field(default_factory=dict)
    stored: dict[str, Scan] = field(default_factory=dict)
    doubles: dict[str, bool] = field(default_factory=dict)
    replaced: dict[str, int] = field(default_factory=dict)
    is_shared: bool = False
    kept: dict[str, StoredTable] = field(default_factory=dict)
    with_persons: frozenset[str] = frozenset()

    @classmethod
    def of_plan(
        cls,
        session: Session,
        plan: Plan,
        extract: Extract,
        short_rows: Mapping[str, Sequence[int]],
        *,
        people: bool = False,
    ) -> "Tables":
        """Return the tables of a plan, none of them read; with `people`, the persons of its cases are read too."""
        columns, days = columns_read(plan, extract, people=people), reference_days(plan)
        recorded_by = plan.recorded_by or plan.as_of
        own = cls(session, extract, columns, short_rows, plan.as_of, recorded_by, spell_starts(plan), days)
        return replace(own, with_persons=tables_with_persons(plan, extract))

    @classmethod
    def of_shared(cls, shared: SharedRows, plan: Plan) -> "Tables":
        """Return the tables of a plan in a shared session, with the columns that all its looks need."""
        own = cls.of_plan(shared.session, plan, shared.extract, shared.short_rows)
        every = columns_read(shared.plan, shared.extract)
        columns = {
            name: every[name] if {*some} <= {*every.get(name, ())} else some for name, some in own.columns.items()
        }
        own = replace(own, with_persons=tables_with_persons(shared.plan, shared.extract), is_shared=True)
        sealed = shared.seal is not None
        return replace(own, columns=columns, starts=spell_starts(shared.plan), sealed=sealed, kept=shared.tables)

    @cached_property
    def rejected(self) -> list[Rejected]:
        """The lines that were rejected; to be asked when everything has been read."""
        return self.session.rejected()

    def scan(self, name: str) -> Scan:
        """Return how the columns that the plan needs of a table are read."""
        source, starts = self.extract.tables[name], self.starts.get(name, frozenset())
        wanted = {*self.columns[name], *([source.table.person] if name in self.with_persons else [])}
        columns = tuple(each for each in source.columns if each in wanted or not source.has_key)
        flagged = frozenset(self.columns[name])
        short = frozenset(self.short_rows)
        at_change = is_at_change(self.as_of) or is_at_change(self.recorded_by)
        return Scan(source, columns, starts=starts, short_rows=short, flagged=flagged, at_change=at_change)

    def full_scan(self, name: str) -> Scan:
        """Return how every declared column that the files have is read."""
        return replace(self.scan(name), columns=self.extract.tables[name].columns)

    def take_reading(
        self, name: str, scan: Scan, relation: str, flags: Mapping[int, int], faults: Mapping[Flag, int] | None = None
    ) -> Scan | None:
        """Keep what was found in a table, given how many rows have each value of `flags`, and further faults.

        Return how it must be read again, if any of the rows that are blank in the columns read has a value in others.
        """
        found = {flag: sum(rows for value, rows in flags.items() if value >> flag.bit & 1) for flag in scan.flags}
        occurring = {flag: cells for flag, cells in found.items() if cells}
        blank = sum(rows for value, rows in flags.items() if value & BLANK_ROW)
        rows = sum(flags.values()) - blank
        self.readings[name] = Reading(scan, relation, rows, occurring | dict(faults or {}))
        return self.scan_again(scan) if blank else None

    def scan_again(self, scan: Scan) -> Scan | None:
        """Return how to read a table in which rows are blank in the columns read, but not in others; None if none is.

        Beside its columns are looked at those that come first in such a row: of thousands, few.
        """
        if scan.beside:
            return None
        beside, plain = set[int](), replace(scan, as_written=frozenset(), as_keys=frozenset(), flagged=frozenset())
        unread = sorted({place for file in scan.source.files for place in scan.unread(file)})
        for some in few_at_once(unread):
            rows = sql.select(Name.FIRST_FILLED).distinct().from_(typed_rows(replace(plain, beside=some)))
            found = rows.where(is_blank_where_read(plain) & Name.FIRST_FILLED.is_not_null())
            beside.update(place for (place,) in self.session.rows(found))
        return replace(scan, beside=frozenset(beside)) if beside else None

    def store(self, name: str) -> Scan:
        """Read a table into the session, once: all declared columns if keys repeat, else those of the plan."""
        if name not in self.stored:
            self.stored[name] = self._store(name)
        return self.stored[name]

    def _store(self, name: str) -> Scan:
        keyed = self.extract.tables[name].has_key
        asked = replace(self.scan(name), numbered=not keyed, sealed=self.sealed)
        kept = self.kept.get(name)
        if kept is None or kept.asked != asked:
            kept = self.kept[name] = self._read(name, asked)
        self.readings[name], self.doubles[name] = kept.reading, kept.doubles
        if keyed and kept.doubles:
            self.count_conflicts(name, kept.scan, f"typed.{name}")
        return kept.scan

    def _read(self, name: str, asked: Scan) -> StoredTable:
        keyed, scan = asked.source.has_key, asked
        if again := self._create(name, scan):
            scan = again
            self._create(name, scan)
        doubles = not keyed or self.find_repeated(name)
        if keyed and doubles and scan.columns != scan.source.columns:
            scan = replace(scan, columns=scan.source.columns)
            self._create(name, scan)
        return StoredTable(asked, scan, self.readings[name], doubles)

    def _create(self, name: str, scan: Scan) -> Scan | None:
        """Keep the rows of a scan, and what was found in them; return what `take_reading` returns."""
        relation, rows = f"typed.{name}", typed_rows(scan)
        kept = sql.star(without=columns_of_faults(scan))
        self.session.create(relation, sql.select(kept).from_(with_owner(scan, rows) if scan.sealed else rows))
        query = sql.select(Name.FLAGS, sql.fn("count", sql.STAR)).from_(relation).group_by(Name.FLAGS)
        return self.take_reading(name, scan, relation, dict(self.session.rows(query)))

    def find_repeated(self, name: str) -> bool:
        """Keep the hashes of keys that occur more than once in `repeated.…`; return whether there are any."""
        alive = Name.FLAGS.op("&", BLANK_ROW).eq(0)
        return self.session.create(f"repeated.{name}", repeated_hashes(self.readings[name].relation, alive)) > 0

    def read_repeated(self, name: str) -> None:
        """Read the rows whose keys occur more than once into `again.…`, every declared column of them."""
        reading, scan, places = self.readings.get(name), self.full_scan(name), None
        if reading is not None:
            scan = replace(scan, beside=reading.scan.beside)
            if [file.format for file in scan.source.files] == [FileFormat.PARQUET]:
                places = sql.select(Name.ROW_ID).from_(reading.relation).where(has_repeated_hash(f"repeated.{name}"))
        self.session.create(f"again.{name}", typed_rows(scan, f"repeated.{name}", places))
        if reading is not None:
            self.count_conflicts(name, scan, f"again.{name}")
        else:
            self.find_replaced(name, scan, f"again.{name}")

    def count_conflicts(self, name: str, scan: Scan, relation: str) -> None:
        """Count the keys of a table that stand in rows that differ, and keep their hashes in `conflicting.…`."""
        key, replaced = Name.KEY_HASH, self.find_replaced(name, scan, relation)
        alive = ~Name.IS_BLANK_ROW & key.is_not_null() & has_repeated_hash(f"repeated.{name}") & stands(relation)
        parts = (part.as_(f"i_{place}") for place, part in enumerate(identity(scan)))
        kinds = sql.select(key, *parts).distinct().from_(relation).where(alive)
        several = sql.select(key).from_(kinds).group_by(key).having(sql.fn("count", sql.STAR) > 1)
        found = self.session.create(f"conflicting.{name}", several)
        self.readings[name] = replace(self.readings[name], conflicts=found, replaced=replaced)

    def find_replaced(self, name: str, scan: Scan, relation: str) -> int:
        """Keep in `replaced.…` the places of rows that another one of their key replaces; return their number."""
        place, version = Name.ROW_ID.as_(Name.PLACE), version_of(scan, self.recorded_by)
        as_of, recorded_by = sql.moment(self.as_of), sql.moment(self.recorded_by)
        older = sql.select(place).from_(relation)
        if version is None:
            older = older.limit(0)
        else:
            alive = (
                exists(scan, as_of, recorded_by) & Name.KEY_HASH.is_not_null() & has_repeated_hash(f"repeated.{name}")
            )
            key = (key_parts(scan.source.table.columns[each]) for each in scan.source.table.key)
            greatest = sql.fn("max", version).over([*chain(*key)])
            older = older.where(alive).qualify(~version.same_as(greatest))
        self.replaced[relation] = self.session.create(f"replaced.{relation}", older)
        return self.replaced[relation]


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
    cases: Query | str,
    carried: tuple[Column, ...] = (),
    *,
    as_read: bool = False,
    written: frozenset[str] = frozenset(),
    clock_parts: tuple[str, ...] = (),
) -> Batch:
    """Return indicators that are judged together over cases of one table."""
    columns = frozenset(tables.columns[plans[0].indicator.table.name])
    return Batch(tuple(plans), cases, tables.as_of, columns, tables.days, carried, as_read, written, clock_parts)


def carried_by(scan: Scan) -> tuple[Column, ...]:
    """Return what is kept of every row that is read: the hash of its key, its faults, and its file among several."""
    return (Name.KEY_HASH, Name.FLAGS, *([Name.FILE] if len(scan.source.files) > 1 else []))


def seen(tables: Tables, scan: Scan, rows: Query | str) -> Select:
    """Return rows as known at the as-of time, with `exists` for whether they exist."""
    as_of = sql.moment(tables.as_of)
    moments = (as_of.as_(Name.KNOWN), sql.null("DATE").as_(Name.REFERENCE_DAY))
    columns = (*carried_by(scan), Name.IS_BLANK_ROW, *visible_columns(scan, as_of), *moments)
    existing = exists(scan, as_of, sql.moment(tables.recorded_by))
    return sql.select(*columns, existing.as_(Name.EXISTS)).from_(rows)


def repeated_cases(tables: Tables, name: str) -> Query:
    """Return the cases whose keys occur more than once, one row each, from the rows that `read_repeated` keeps."""
    scan = tables.full_scan(name)
    return _compared(_existing(tables, scan, f"again.{name}", on_days=False), scan)


def table_of(indicator: Indicator) -> str:
    """Return the name of the table of an indicator's cases; those that look at the same cases share it."""
    kind, period = "flow", indicator.period
    if isinstance(period, PointInTime):
        kind = f"stock.{period.start}.{period.end}"
    return ".".join([kind, indicator.table.name, *sorted(_joins(indicator, indicator.table))])


def cases_of(tables: Tables, indicator: Indicator) -> str:
    """Return the table of an indicator's cases: one row a case, or for a stock one on each reference day.

    The cases of a flow whose keys do not repeat are the rows of its table, as a view.
    """
    name = table_of(indicator)
    if name not in tables.session.made:
        query = _single(tables, indicator, on_days=indicator.is_stock)
        if isinstance(indicator.period, PointInTime):
            scan = typed(tables, indicator.table, indicator)
            query = sql.select(sql.STAR).from_(query).where(_is_open(scan, indicator.period))
        if indicator.is_stock or tables.doubles[indicator.table.name]:
            tables.session.create(name, query)
        else:
            tables.session.create_view(name, query)
    return name


def unplaced_stock(tables: Tables, indicator: Indicator) -> Select | None:
    """Return the existing cases of a stock that have no beginning; None where none can."""
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
    replaced = tables.replaced.get(rows, 0) > 0
    if not on_days:
        visible = seen(tables, scan, rows).select(Name.ROW_ID.as_(Name.PLACE), *numbers)
        visible = visible.where(stands(rows)) if replaced else visible
        return sql.select(sql.STAR).from_(visible).where(Name.EXISTS)
    pairs = sql.select(sql.STAR, Name.ROW_ID.of("r").as_(Name.PLACE)).from_(rows, "r")
    pairs = pairs.join("reference_days", "d", kind="cross")
    kept = [Name.KEY_HASH, Name.IS_BLANK_ROW, Name.PLACE, Name.DAY_NUMBER, Name.REFERENCE_DAY, Name.KNOWN, *numbers]
    known = sql.select(*kept, *visible_columns(scan, Name.KNOWN)).from_(pairs)
    known = known.where(exists(scan, Name.KNOWN, sql.moment(tables.recorded_by)))
    known = known.where(stands(rows, Name.PLACE)) if replaced else known
    return sql.select(sql.STAR).from_(known)


def _compared(rows: Select, scan: Scan, within: Sequence[Column] = ()) -> Select:
    """Return identical rows once; then one row a key, the least, with whether others differ.

    `within` are columns in each of which keys are looked at separately. Of identical rows the first in the files is
    kept, as which keys are shown.
    """
    first_of_kind = sql.fn("row_number").over([*within, *identity_as_known(scan)], [Name.PLACE]).eq(1)
    once = sql.select(sql.STAR).from_(rows).qualify(first_of_kind)
    if not scan.source.has_key:
        return once.select(sql.FALSE.as_(Name.IS_DUPLICATE))
    # A row with a blank part of its key stands alone.
    alone = sql.when(Name.KEY_HASH.is_null(), Name.PLACE, 0)
    key = [*within, *recorded_key(scan), alone]
    # By every value, in declared order; where all are equal, by what else rows differ in.
    beside = (part for column in scan.declared for part in other_parts(column))
    order = [*(as_compared(scan, column) for column in scan.declared), *beside, Name.PLACE]
    several, place = sql.fn("count", sql.STAR).over(key) > 1, sql.fn("row_number").over(key, order)
    return sql.select(sql.STAR, several.as_(Name.IS_DUPLICATE)).from_(once).qualify(place.eq(1))


def _is_open(scan: Scan, spell: PointInTime) -> Sql:
    """`from <= reference day < to`, by date; an open spell has no end, and a current list no beginning."""
    conditions: list[Sql] = []
    if scan.has(spell.start):
        conditions.append((Name.value(spell.start).cast("DATE") <= Name.REFERENCE_DAY).is_true())
    if scan.has(spell.end):
        conditions.append((Name.value(spell.end).cast("DATE") > Name.REFERENCE_DAY).or_else(True))
    return sql.and_(conditions)

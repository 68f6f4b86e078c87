"""The tables of an extract in a DuckDB session: what was read of each, and which of their rows share a key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Query, Select, Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.moments import is_later
from sgkpi.engines.duckdb.scan import (
    BLANK_ROW,
    Flag,
    Scan,
    as_compared,
    identity_columns,
    is_one_parquet_file,
    key_part,
    typed_rows,
)
from sgkpi.engines.duckdb.session import Rejected, Session
from sgkpi.extracts.extract import Extract
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column

_MOMENTS = (Kind.DATE, Kind.DATETIME)


@dataclass(frozen=True)
class Reading:
    """What was found in the rows of a table as they were read.

    `relation` is the table of the session that has `key_hash` and `flags` of every row, in the order of the files; with
    several files also `file`. `rows` are those that are not blank, `faults` says how often each fault occurs, and
    `conflicts` how many keys stand in rows that differ.
    """

    scan: Scan
    relation: str
    rows: int
    faults: Mapping[Flag, int]
    conflicts: int = 0


@dataclass
class Tables:
    """What has been read of an extract so far.

    `columns` are those that the plan reads of each table; `readings` tell, by table, what was found in them; `stored`
    are the scans of tables that stand in the session, and `doubles` says of which of them rows may share a key.
    """

    session: Session
    extract: Extract
    columns: Mapping[str, tuple[str, ...]]
    dating: Mapping[str, frozenset[str]] = field(default_factory=dict)
    short_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    stored: dict[str, Scan] = field(default_factory=dict)
    doubles: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def rejected(self) -> list[Rejected]:
        """The lines that were rejected; to be asked when everything has been read."""
        return self.session.rejected()

    def scan(self, name: str) -> Scan:
        """How the columns that the plan needs of a table are read."""
        source = self.extract.tables[name]
        columns = self.columns[name] if source.has_key else source.columns
        short = frozenset(self.short_rows)
        return Scan(source, columns, dating=self.dating.get(name, frozenset()), short_rows=short)

    def full_scan(self, name: str) -> Scan:
        """How every declared column that the files have is read."""
        return replace(self.scan(name), columns=self.extract.tables[name].columns)

    def hides_cells(self, scan: Scan, blank_rows: int) -> bool:
        """Whether any of the rows that are blank in the columns read has a value in another column."""
        if not blank_rows or scan.whole_rows:
            return False
        if all(len(file.headers) == len(set(scan.columns) & set(file.columns)) for file in scan.source.files):
            return False
        whole = typed_rows(replace(scan, whole_rows=True, columns=(), as_written=frozenset(), as_keys=frozenset()))
        query = sql.select(sql.count_where(Name.IS_BLANK_ROW)).from_(whole)
        return blank_rows > self.session.number(query)

    def take_reading(
        self, name: str, scan: Scan, relation: str, flags: Mapping[int, int], faults: Mapping[Flag, int] | None = None
    ) -> None:
        """Keep what was found in a table, given how many rows have each value of `flags`, and further faults."""
        looked_for = [flag for flag in scan.flags if flag.column.name in self.columns[name]]
        found = {flag: sum(rows for value, rows in flags.items() if value >> flag.bit & 1) for flag in looked_for}
        rows = sum(rows for value, rows in flags.items() if not value & BLANK_ROW)
        occurring = {flag: cells for flag, cells in found.items() if cells}
        self.readings[name] = Reading(scan, relation, rows, occurring | dict(faults or {}))

    def store(self, name: str) -> Scan:
        """Read a table into the session, once: all declared columns if keys repeat, else those of the plan."""
        if name not in self.stored:
            self.stored[name] = self._store(name)
        return self.stored[name]

    def _store(self, name: str) -> Scan:
        relation, keyed = f"typed.{name}", self.extract.tables[name].has_key
        scan = replace(self.scan(name), numbered=not keyed)
        flags = self._create(scan, relation)
        if self.hides_cells(scan, sum(rows for value, rows in flags.items() if value & BLANK_ROW)):
            scan = replace(scan, whole_rows=True)
            flags = self._create(scan, relation)
        self.take_reading(name, scan, relation, flags)
        self.doubles[name] = not keyed or self.find_repeated(name)
        full = replace(scan, columns=scan.source.columns)
        if keyed and self.doubles[name]:
            if full.columns != scan.columns:
                self.take_reading(name, full, relation, self._create(full, relation))
            self.count_conflicts(name, full, relation)
            return full
        return scan

    def _create(self, scan: Scan, relation: str) -> dict[int, int]:
        """Keep the rows of a scan; return how many have each value of `flags`."""
        self.session.create(relation, typed_rows(scan))
        flags = Name.FLAGS
        query = sql.select(flags, sql.fn("count", sql.STAR)).from_(relation).group_by(flags)
        return dict(self.session.rows(query))

    def find_repeated(self, name: str) -> bool:
        """Keep the hashes of keys that occur more than once in `repeated.…`; whether there are any."""
        relation = f"repeated.{name}"
        blank = Name.FLAGS.op("&", BLANK_ROW)
        hashes = repeated_hashes(self.readings[name].relation, blank.eq(0))
        return self.session.create(relation, hashes) > 0

    def read_repeated(self, name: str) -> Scan:
        """Read the rows whose keys occur more than once into `again.…`, every declared column of them."""
        reading, scan, places = self.readings.get(name), self.full_scan(name), None
        if reading is not None:
            scan = replace(scan, whole_rows=reading.scan.whole_rows)
        if reading is not None and is_one_parquet_file(scan.source):
            places = sql.select(Name.ROW_ID).from_(reading.relation)
            places = places.where(has_repeated_hash(f"repeated.{name}"))
        self.session.create(f"again.{name}", typed_rows(scan, f"repeated.{name}", places))
        if reading is not None:
            self.count_conflicts(name, scan, f"again.{name}")
        return scan

    def count_conflicts(self, name: str, scan: Scan, relation: str) -> None:
        """Count the keys of a table that stand in rows that differ, and keep their hashes in `conflicting.…`."""
        h = Name.KEY_HASH
        alive = ~Name.IS_BLANK_ROW & h.is_not_null() & has_repeated_hash(f"repeated.{name}")
        rows = sql.select(h, *(part.as_(f"i_{place}") for place, part in enumerate(identity(scan))))
        kinds = rows.distinct().from_(relation).where(alive)
        several = sql.fn("count", sql.STAR) > 1
        keys = sql.select(h).from_(kinds).group_by(h).having(several)
        found = self.session.create(f"conflicting.{name}", keys)
        self.readings[name] = replace(self.readings[name], conflicts=found)

    def repeated_table(self, name: str) -> str | None:
        """The table of hashes that occur more than once in a stored table; None where all rows must be compared."""
        return f"repeated.{name}" if self.extract.tables[name].has_key else None


def repeated_hashes(relation: str, alive: Sql) -> Select:
    """The hashes of keys that occur more than once (null: rows with a blank part of their key).

    To sort them takes 40% less time than to group by them.
    """
    h = Name.KEY_HASH
    before = sql.fn("lag", h).over(order=[h])
    hashes = sql.select(h, before.as_("before")).from_(relation).where(alive)
    return sql.select(h).distinct().from_(hashes).where(h.same_as(sql.column("before")))


def exists(scan: Scan, known: Sql, as_of: Sql) -> Sql:
    """Whether a row had happened at the known moment and had been recorded by the as-of time; never null."""
    table = scan.source.table
    conditions = [~Name.IS_BLANK_ROW]
    for name, moment in ((table.happened, known), (table.recorded, as_of)):
        if name is not None and scan.has(name):
            conditions.append(_not_later(table.columns[name], moment))
    return sql.and_(conditions)


def _not_later(column: Column, moment: Sql) -> Sql:
    later = is_later(Name.value(column.name), column.kind, moment)
    return sql.fn("coalesce", ~later, True)


def visible_columns(scan: Scan, known: Sql) -> list[Sql]:
    """The typed columns as known at a moment: a date that lies later is null, unless it is planned."""
    columns: list[Sql] = []
    for column in scan.typed:
        value: Sql = Name.value(column.name)
        parts = {name: sql.column(name) for name in _other_parts(column)}
        if column.kind in _MOMENTS and not column.planned:
            later = is_later(value, column.kind, known)
            value = sql.when(later, None, value)
            if column.midnight:
                parts[Name.has_time(column.name).name] = sql.when(later, False, parts[Name.has_time(column.name).name])
        columns.append(value.as_(Name.value(column.name)))
        columns += [part.as_(name) for name, part in parts.items()]
    return [*columns, *(Name.raw(name) for name in scan.written)]


def _other_parts(column: Column) -> Iterable[str]:
    """The parts of a typed column beside its value: whether it is unreadable, whether its time of day is known."""
    yield from identity_columns(column)[1:]
    if column.kind is Kind.DATETIME and column.midnight:
        yield Name.has_time(column.name).name


def identity(scan: Scan) -> list[Sql]:
    """What two rows must share to be identical: key and join columns as they are compared, others as they are."""
    parts: list[Sql] = []
    for column in scan.declared:
        parts.append(as_compared(scan, column))
        parts += [sql.column(name) for name in _other_parts(column)]
    return parts


def in_order(scan: Scan) -> list[Sql]:
    """What rows are put in order by: every value, in declared order; where all are equal, what else they differ in."""
    return [*(as_compared(scan, column) for column in scan.declared), *beside_values(scan)]


def beside_values(scan: Scan) -> list[Sql]:
    """What rows may differ in though all their values are equal."""
    return [sql.column(name) for column in scan.declared for name in _other_parts(column)]


def one_row_a_case(rows: Query, scan: Scan, within: Sequence[str], repeated: str | None) -> Query:
    """Identical rows once; then one row a key, the least, with `is_duplicate` telling whether others differ.

    `rows` have every declared column; `within` are columns (a reference day) in each of which keys are
    looked at separately. Only rows whose hash stands in the table `repeated` are compared with others;
    without one, all are.
    """
    if repeated is None:
        return _compared(rows, scan, within)
    theirs = has_repeated_hash(repeated)
    alone = sql.select(sql.STAR, sql.FALSE.as_(Name.IS_DUPLICATE)).from_(rows)
    together = sql.select(sql.STAR).from_(rows).where(theirs)
    alone = alone.where(~has_repeated_hash(repeated))
    return alone.union_all(_compared(together, scan, within))


def has_repeated_hash(repeated: str) -> Sql:
    """Whether the hash of a row's key stands in a table of those that occur more than once."""
    hashes = sql.select(sql.fn("coalesce", Name.KEY_HASH, 0)).from_(repeated)
    return sql.fn("coalesce", Name.KEY_HASH, 0).is_in(hashes)


def _compared(rows: Query, scan: Scan, within: Sequence[str]) -> Select:
    around = [sql.column(name) for name in within]
    # Of identical rows the first in the files is kept, as which keys are shown.
    first = Name.PLACE
    first_of_kind = sql.fn("row_number").over([*around, *identity(scan)], [first])
    kinds = sql.select(sql.STAR, first_of_kind.as_("kind_no")).from_(rows)
    once = sql.select(sql.star_without("kind_no")).from_(kinds)
    once = once.where(sql.column("kind_no").eq(1))
    if not scan.source.has_key:
        return sql.select(sql.STAR, sql.FALSE.as_(Name.IS_DUPLICATE)).from_(once)
    key = [*around, *_key_partition(scan)]
    least = in_order(scan)
    several = sql.fn("count", sql.STAR).over(key) > 1
    place = sql.fn("row_number").over(key, [*least, first])
    ranked = sql.select(sql.STAR, several.as_(Name.IS_DUPLICATE), place.as_("key_no"))
    ranked = ranked.from_(once)
    return sql.select(sql.star_without("key_no")).from_(ranked).where(sql.column("key_no").eq(1))


def _key_partition(scan: Scan) -> list[Sql]:
    """The key; a row with a blank part of it stands alone."""
    table = scan.source.table
    alone = sql.when(Name.KEY_HASH.is_null(), Name.PLACE, 0)
    return [*(key_part(table.columns[name]) for name in table.key), alone]

"""The typed tables of an extract in a DuckDB session: made when first needed, each once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Query, Select, Sql
from sgkpi.engines.duckdb.lean import Spellings, cleaned_spellings
from sgkpi.engines.duckdb.moments import is_later
from sgkpi.engines.duckdb.scan import Flag, Scan, as_compared, identity_columns, is_set, key_part, typed_rows
from sgkpi.engines.duckdb.session import Rejected, Session, is_small
from sgkpi.extracts.extract import Extract
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column

_MOMENTS = (Kind.DATE, Kind.DATETIME)
# From so many rows on, sorting their hashes is quicker than grouping by them; and so many are sorted at once.
_MANY_ROWS = 500_000
_SORTED_AT_ONCE = 8_000_000
# Rows are numbered file by file, and a whole row has all its columns: with more than these a table is not read whole.
_FEW_FILES = 4
_FEW_COLUMNS = 40


@dataclass(frozen=True)
class Reading:
    """How many rows of a table are not void, and how often each fault occurs."""

    rows: int
    faults: Mapping[Flag, int]


@dataclass
class Tables:
    """What has been read of an extract so far.

    `columns` are those that the plan reads of each table; `readings` tell, by table, what was found in them.
    """

    session: Session
    extract: Extract
    columns: Mapping[str, tuple[str, ...]]
    readings: dict[str, "Reading"] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)
    typed: dict[str, Scan] = field(default_factory=dict)
    doubles: dict[str, bool] = field(default_factory=dict)
    conflicts: dict[str, int] = field(default_factory=dict)
    dating: Mapping[str, frozenset[str]] = field(default_factory=dict)
    short_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @cached_property
    def rejected(self) -> list[Rejected]:
        """The lines that were rejected; to be asked when everything has been read."""
        return self.session.rejected()

    @cached_property
    def whole(self) -> frozenset[str]:
        """The tables that are read once, with all that may be asked of them: those of a small extract."""
        sources = self.extract.tables.items() if is_small(self.extract) else ()
        return frozenset(
            name for name, source in sources if len(source.files) <= _FEW_FILES and len(source.columns) <= _FEW_COLUMNS
        )

    def for_columns(self, columns: Mapping[str, tuple[str, ...]], dating: Mapping[str, frozenset[str]]) -> "Tables":
        """The same tables for what reads other columns of them; those that were read whole stand there already."""
        standing = {name: scan for name, scan in self.typed.items() if name in self.whole}
        return replace(self, columns=columns, dating=dating, readings={}, scans=dict(standing), typed=standing)

    def scan(self, name: str) -> Scan:
        """How the columns that the plan needs of a table are read."""
        if name not in self.scans:
            source = self.extract.tables[name]
            columns = self.columns[name] if source.has_key else source.columns
            dating = self.dating.get(name, frozenset())
            self.scans[name] = Scan(source, columns, dating=dating, short_rows=frozenset(self.short_rows))
        return self.scans[name]

    def full_scan(self, name: str) -> Scan:
        """How every declared column that the files have is read."""
        return replace(self.scan(name), columns=self.extract.tables[name].columns)

    def take_reading(self, name: str, relation: str, scan: Scan) -> None:
        """Count rows and faults in a relation that has `flags` and `void` for every row that a scan reads."""
        flags = self._looked_for(name, scan)
        counts = [sql.count_where(condition) for condition in (sql.not_(sql.column("void")), *map(is_set, flags))]
        rows, *found = self.session.row(sql.select(*counts).from_(sql.source(relation)))
        occurring = {flag: int(count) for flag, count in zip(flags, found, strict=True) if count}
        self.readings[name] = Reading(int(rows), occurring)

    def take_flags(self, name: str, scan: Scan, rows: Mapping[int, int]) -> None:
        """The same from how many rows that are not void have each value of `flags`."""
        found = {
            flag: sum(count for value, count in rows.items() if value & (1 << flag.bit))
            for flag in self._looked_for(name, scan)
        }
        occurring = {flag: count for flag, count in found.items() if count}
        self.readings[name] = Reading(sum(rows.values()), occurring)

    def _looked_for(self, name: str, scan: Scan) -> list[Flag]:
        return [flag for flag in scan.flags if flag.column.name in self.columns[name]]

    def clean(self, name: str, scan: Scan, written: Callable[[str], Mapping[str | None, int]]) -> dict[str, Spellings]:
        """What is carried as it is written, cleaned; its faults join those of the reading.

        `written` tells of such a column how many cells hold each of its spellings.
        """
        cleaned = {
            column.name: cleaned_spellings(self.session, scan, written(f"raw_{column.name}"), column)
            for column in scan.declared
            if column.name in scan.as_written
        }
        found = {
            flag: cleaned[flag.column.name].faults.get(flag.fault, 0)
            for flag in self.scan(name).flags
            if flag.column.name in cleaned
        }
        reading = self.readings[name]
        occurring = {flag: count for flag, count in found.items() if count}
        self.readings[name] = Reading(reading.rows, {**reading.faults, **occurring})
        return cleaned

    def has_hidden_cells(self, name: str, relation: str) -> bool:
        """Whether a row looked blank in the columns read, though something stands in another."""
        if not self._may_hide_cells(name):
            return False
        void = self.session.number(sql.select(sql.count_where(sql.column("void"))).from_(sql.source(relation)))
        return self.hides_cells(name, void)

    def hides_cells(self, name: str, void: int) -> bool:
        """Whether more stands in the files than in the columns read, where so many rows are blank in them."""
        return void > 0 and self._may_hide_cells(name) and void > self._wholly_blank(self.scan(name))

    def _may_hide_cells(self, name: str) -> bool:
        scan = self.scan(name)
        read = set(scan.columns)
        unread = any(len(file.headers) > len(read & set(file.columns)) for file in scan.source.files)
        return unread and not scan.whole_rows

    def _wholly_blank(self, scan: Scan) -> int:
        whole = replace(scan, whole_rows=True, columns=())
        return self.session.number(sql.select(sql.count_where(sql.column("void"))).from_(sql.source(typed_rows(whole))))

    def require_whole_rows(self, name: str) -> None:
        """From now on, look at every cell of a row before it counts as blank."""
        self.scans[name] = replace(self.scan(name), whole_rows=True)

    def repeated(self, name: str, relation: str, alive: Sql) -> bool:
        """Whether rows of a table, which has been read into a relation, may share a key or be identical."""
        rows = self.readings[name].rows
        if rows < _MANY_ROWS:
            return bool(self.session.rows(repeated_hashes(relation, alive).limit(1)))
        parts = -(-rows // _SORTED_AT_ONCE)
        return any(self._repeated_in(relation, alive, part, parts) for part in range(parts))

    def _repeated_in(self, relation: str, alive: Sql, part: int, parts: int) -> bool:
        """Whether a hash stands there twice, among those that are `part` modulo `parts`."""
        h = sql.fn("coalesce", sql.column("h"), sql.cast(sql.number(0), "UBIGINT"))
        kept = (
            sql.and_([alive, sql.eq(sql.binary("%", h, sql.number(parts)), sql.number(part))]) if parts > 1 else alive
        )
        hashes = self.session.array(sql.select(h).from_(sql.source(relation)).where(kept))
        hashes.sort()
        return bool((hashes[1:] == hashes[:-1]).any())

    def repeated_table(self, name: str) -> str | None:
        """The table of hashes that occur more than once in a typed table; None where all rows must be compared."""
        return f"repeated.{name}" if self.extract.tables[name].has_key else None

    def typed_table(self, name: str) -> Scan:
        """Read a table into `typed.…`, void rows left out, with `rid`; all declared columns where keys repeat."""
        if name not in self.typed:
            self.typed[name] = self._read_typed(name)
        return self.typed[name]

    def _read_typed(self, name: str) -> Scan:
        if name in self.whole:
            return self._read_whole(name)
        scan = replace(self.scan(name), numbered=not self.extract.tables[name].has_key)
        self._create_typed(scan, f"typed.{name}")
        if self.has_hidden_cells(name, f"typed.{name}"):
            self.require_whole_rows(name)
            scan = replace(scan, whole_rows=True)
            self._create_typed(scan, f"typed.{name}")
        self._take_typed(name, scan)
        full = replace(scan, columns=scan.source.columns)
        if full.columns == scan.columns or not self.doubles[name]:
            self.look_for_conflicts(name, scan, f"typed.{name}")
            return scan
        self._create_typed(full, f"full.{name}")
        self.look_for_conflicts(name, full, f"full.{name}")
        return full

    def _read_whole(self, name: str) -> Scan:
        """Every declared column, with the cells as they stand and the numbers of the rows, by which faults are told."""
        scan = replace(self.full_scan(name), whole_rows=True, numbered=not self.extract.tables[name].has_key)
        self._create_typed(replace(scan, numbered=True, with_raw=True), f"typed.{name}")
        self._take_typed(name, scan)
        self.look_for_conflicts(name, scan, f"typed.{name}")
        return scan

    def _take_typed(self, name: str, scan: Scan) -> None:
        """Count what a typed table holds, and look whether keys repeat."""
        self.scans[name] = scan
        self.take_reading(name, f"typed.{name}", scan)
        keyed = scan.source.has_key
        self.doubles[name] = not keyed or self.repeated(name, f"typed.{name}", sql.not_(sql.column("void")))
        if keyed and self.doubles[name]:
            self.session.create(f"repeated.{name}", repeated_hashes(f"typed.{name}", sql.not_(sql.column("void"))))

    def numbered_rows(self, name: str, scan: Scan) -> Sql:
        """The rows that a scan gives, with their files and numbers: those that stand there, or read again."""
        if name in self.whole:
            self.typed_table(name)
            return sql.source(f"typed.{name}")
        return sql.source(typed_rows(replace(scan, numbered=True)))

    def _create_typed(self, scan: Scan, relation: str) -> None:
        numbered = sql.select(sql.STAR, sql.alias(sql.window(sql.fn("row_number")), "rid"))
        self.session.create(relation, numbered.from_(sql.source(typed_rows(scan))))

    def look_for_conflicts(self, name: str, scan: Scan, relation: str) -> None:
        """Count the keys of a table that stand in rows that differ, and keep their hashes in `conflicting`."""
        if not scan.source.has_key or not self.doubles.get(name, True):
            return
        h = sql.column("h")
        kept = sql.and_([sql.not_(sql.column("void")), sql.is_not_null(h)])
        rows = sql.select(h, *(sql.alias(part, f"i_{place}") for place, part in enumerate(identity(scan))))
        kinds = rows.distinct().from_(sql.source(relation)).where(kept)
        several = sql.binary(">", sql.fn("count", sql.STAR), sql.number(1))
        keys = sql.select(h).from_(sql.source(kinds)).group_by(h).having(several)
        self.session.create(self.conflicting(name), keys)
        self.conflicts[name] = self.session.number(
            sql.select(sql.fn("count", sql.STAR)).from_(sql.source(self.conflicting(name)))
        )

    @staticmethod
    def conflicting(name: str) -> str:
        """The table of hashes of keys that stand in rows that differ."""
        return f"conflicting.{name}"

    def has_doubles(self, name: str) -> bool:
        """Whether rows of a typed table may share a key or be identical."""
        self.typed_table(name)
        return self.doubles[name]

    def typed_relation(self, name: str) -> str:
        """The table of the session behind `typed_table`."""
        scan = self.typed_table(name)
        return f"typed.{name}" if scan.columns == self.scan(name).columns else f"full.{name}"


def repeated_hashes(relation: str, alive: Sql) -> Select:
    """The hashes of keys that occur more than once (null: rows with a blank part of their key)."""
    hashes = sql.select(sql.column("h")).from_(sql.source(relation)).where(alive)
    several = sql.binary(">", sql.fn("count", sql.STAR), sql.number(1))
    return hashes.group_by(sql.column("h")).having(several)


def exists(scan: Scan, known: Sql, as_of: Sql) -> Sql:
    """Whether a row had happened at the known moment and had been recorded by the as-of time; never null."""
    table = scan.source.table
    conditions = [sql.not_(sql.column("void"))]
    for name, moment in ((table.happened, known), (table.recorded, as_of)):
        if name is not None and scan.has(name):
            conditions.append(_not_later(table.columns[name], moment))
    return sql.and_(conditions)


def _not_later(column: Column, moment: Sql) -> Sql:
    later = is_later(sql.column(f"v_{column.name}"), column.kind, moment)
    return sql.fn("coalesce", sql.not_(later), sql.TRUE)


def visible_columns(scan: Scan, known: Sql) -> list[Sql]:
    """The typed columns as known at a moment: a date that lies later is null, unless it is planned."""
    columns: list[Sql] = []
    for column in scan.typed:
        value = sql.column(f"v_{column.name}")
        parts = {name: sql.column(name) for name in _other_parts(column)}
        if column.kind in _MOMENTS and not column.planned:
            later = is_later(value, column.kind, known)
            value = sql.case([(later, sql.null())], value)
            if column.midnight:
                parts[f"m_{column.name}"] = sql.case([(later, sql.FALSE)], parts[f"m_{column.name}"])
        columns.append(sql.alias(value, f"v_{column.name}"))
        columns += [sql.alias(part, name) for name, part in parts.items()]
    return [*columns, *(sql.column(f"raw_{name}") for name in scan.written)]


def _other_parts(column: Column) -> Iterable[str]:
    """The parts of a typed column beside its value: whether it is unreadable, whether its time of day is known."""
    yield from identity_columns(column)[1:]
    if column.kind is Kind.DATETIME and column.midnight:
        yield f"m_{column.name}"


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
    """Identical rows once; then one row a key, the least, with `dup` telling whether others differ.

    `rows` have every declared column; `within` are columns (a reference day) in each of which keys are
    looked at separately. Only rows whose hash stands in the table `repeated` are compared with others;
    without one, all are.
    """
    if repeated is None:
        return _compared(rows, scan, within)
    theirs = has_repeated_hash(repeated)
    alone = sql.select(sql.STAR, sql.alias(sql.FALSE, "dup")).from_(sql.source(rows))
    together = sql.select(sql.STAR).from_(sql.source(rows)).where(theirs)
    alone = alone.where(sql.not_(has_repeated_hash(repeated)))
    return alone.union_all(_compared(together, scan, within))


def has_repeated_hash(repeated: str) -> Sql:
    """Whether the hash of a row's key stands in a table of those that occur more than once."""
    hashes = sql.select(sql.fn("coalesce", sql.column("h"), sql.number(0))).from_(sql.source(repeated))
    return sql.in_query(sql.fn("coalesce", sql.column("h"), sql.number(0)), hashes)


def _compared(rows: Query, scan: Scan, within: Sequence[str]) -> Select:
    around = [sql.column(name) for name in within]
    # Of identical rows the first in the files is kept, as which keys are shown.
    first = sql.ascending(sql.column("rid"))
    first_of_kind = sql.window(sql.fn("row_number"), [*around, *identity(scan)], [first])
    kinds = sql.select(sql.STAR, sql.alias(first_of_kind, "kind_no")).from_(sql.source(rows))
    once = sql.select(sql.star_without("kind_no")).from_(sql.source(kinds))
    once = once.where(sql.eq(sql.column("kind_no"), sql.number(1)))
    if not scan.source.has_key:
        return sql.select(sql.STAR, sql.alias(sql.FALSE, "dup")).from_(sql.source(once))
    key = [*around, *_key_partition(scan)]
    least = [sql.ascending(part) for part in in_order(scan)]
    several = sql.binary(">", sql.window(sql.fn("count", sql.STAR), key), sql.number(1))
    place = sql.window(sql.fn("row_number"), key, [*least, first])
    ranked = sql.select(sql.STAR, sql.alias(several, "dup"), sql.alias(place, "key_no"))
    ranked = ranked.from_(sql.source(once))
    return (
        sql.select(sql.star_without("key_no"))
        .from_(sql.source(ranked))
        .where(sql.eq(sql.column("key_no"), sql.number(1)))
    )


def _key_partition(scan: Scan) -> list[Sql]:
    """The key; a row with a blank part of it stands alone."""
    table = scan.source.table
    alone = sql.case([(sql.is_null(sql.column("h")), sql.column("rid"))], sql.number(0))
    return [*(key_part(table.columns[name]) for name in table.key), alone]

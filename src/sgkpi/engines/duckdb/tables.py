"""The tables of an extract in a DuckDB session: what was read of each, and which of their rows share a key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Column, Query, Select, Sql
from sgkpi.engines.duckdb.cells import ALWAYS_READABLE
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest import BLANK_ROW, Flag, Scan, as_compared, typed_rows
from sgkpi.engines.duckdb.session import Rejected, Session
from sgkpi.extracts.extract import Extract, FileFormat
from sgkpi.model import table as model
from sgkpi.model.expressions import Kind
from sgkpi.planning.columns import columns_read, dating_columns
from sgkpi.planning.plan import Plan, reference_days


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


@dataclass(frozen=True)
class Cases:
    """A relation of cases: it has the typed columns as known, `known` and `reference_day`."""

    relation: Query | str
    has_exists: bool
    has_duplicates: bool


@dataclass
class Tables:
    """What is read of an extract for a plan as of a time, and the tables of the session made of it so far.

    `columns` are those that are read of each table, `dating` those by which its rows are placed in time, and `days` the
    reference days of stocks. `readings` tell what was found in each table; `stored` are the scans of those that stand
    in the session, and `doubles` says of which of them rows may share a key; `cases` are the tables of cases.
    """

    session: Session
    extract: Extract
    columns: Mapping[str, tuple[str, ...]]
    short_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)
    as_of: datetime = datetime.max
    dating: Mapping[str, frozenset[str]] = field(default_factory=dict)
    days: tuple[date, ...] = ()
    readings: dict[str, Reading] = field(default_factory=dict)
    stored: dict[str, Scan] = field(default_factory=dict)
    doubles: dict[str, bool] = field(default_factory=dict)
    cases: dict[str, Cases] = field(default_factory=dict)

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
        return cls(session, extract, columns, short_rows, plan.as_of, dating_columns(plan), days)

    @cached_property
    def rejected(self) -> list[Rejected]:
        """The lines that were rejected; to be asked when everything has been read."""
        return self.session.rejected()

    def scan(self, name: str) -> Scan:
        """Return how the columns that the plan needs of a table are read."""
        source, dating = self.extract.tables[name], self.dating.get(name, frozenset())
        columns = self.columns[name] if source.has_key else source.columns
        return Scan(source, columns, dating=dating, short_rows=frozenset(self.short_rows))

    def full_scan(self, name: str) -> Scan:
        """Return how every declared column that the files have is read."""
        return replace(self.scan(name), columns=self.extract.tables[name].columns)

    def take_reading(
        self, name: str, scan: Scan, relation: str, flags: Mapping[int, int], faults: Mapping[Flag, int] | None = None
    ) -> bool:
        """Keep what was found in a table, given how many rows have each value of `flags`, and further faults.

        Return whether any of the rows that are blank in the columns read has a value in another column, so that the
        table must be read again with whole rows.
        """
        found = {flag: sum(rows for value, rows in flags.items() if value >> flag.bit & 1) for flag in scan.flags}
        occurring = {flag: cells for flag, cells in found.items() if cells and flag.column.name in self.columns[name]}
        blank = sum(rows for value, rows in flags.items() if value & BLANK_ROW)
        rows = sum(flags.values()) - blank
        self.readings[name] = Reading(scan, relation, rows, occurring | dict(faults or {}))
        if not blank or scan.whole_rows:
            return False
        if all(len(file.headers) == len({*scan.columns} & {*file.columns}) for file in scan.source.files):
            return False
        whole = replace(scan, whole_rows=True, columns=(), as_written=frozenset())
        query = sql.select(sql.count_where(Name.IS_BLANK_ROW)).from_(typed_rows(whole))
        return blank > self.session.number(query)

    def store(self, name: str) -> Scan:
        """Read a table into the session, once: all declared columns if keys repeat, else those of the plan."""
        if name not in self.stored:
            self.stored[name] = self._store(name)
        return self.stored[name]

    def _store(self, name: str) -> Scan:
        keyed = self.extract.tables[name].has_key
        scan = replace(self.scan(name), numbered=not keyed)
        if self._create(name, scan):
            scan = replace(scan, whole_rows=True)
            self._create(name, scan)
        self.doubles[name] = not keyed or self.find_repeated(name)
        if keyed and self.doubles[name]:
            if scan.columns != scan.source.columns:
                scan = replace(scan, columns=scan.source.columns)
                self._create(name, scan)
            self.count_conflicts(name, scan, f"typed.{name}")
        return scan

    def _create(self, name: str, scan: Scan) -> bool:
        """Keep the rows of a scan, and what was found in them; return what `take_reading` returns."""
        relation = f"typed.{name}"
        self.session.create(relation, typed_rows(scan))
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
            scan = replace(scan, whole_rows=reading.scan.whole_rows)
            if [file.format for file in scan.source.files] == [FileFormat.PARQUET]:
                places = sql.select(Name.ROW_ID).from_(reading.relation).where(has_repeated_hash(f"repeated.{name}"))
        self.session.create(f"again.{name}", typed_rows(scan, f"repeated.{name}", places))
        if reading is not None:
            self.count_conflicts(name, scan, f"again.{name}")

    def count_conflicts(self, name: str, scan: Scan, relation: str) -> None:
        """Count the keys of a table that stand in rows that differ, and keep their hashes in `conflicting.…`."""
        key = Name.KEY_HASH
        alive = ~Name.IS_BLANK_ROW & key.is_not_null() & has_repeated_hash(f"repeated.{name}")
        parts = (part.as_(f"i_{place}") for place, part in enumerate(identity(scan)))
        kinds = sql.select(key, *parts).distinct().from_(relation).where(alive)
        several = sql.select(key).from_(kinds).group_by(key).having(sql.fn("count", sql.STAR) > 1)
        found = self.session.create(f"conflicting.{name}", several)
        self.readings[name] = replace(self.readings[name], conflicts=found)


def repeated_hashes(relation: str, alive: Sql) -> Select:
    """Return the hashes of keys that occur more than once (null: rows with a blank part of their key).

    To sort them takes 40% less time than to group by them.
    """
    key, before = Name.KEY_HASH, sql.fn("lag", Name.KEY_HASH).over(order=[Name.KEY_HASH])
    hashes = sql.select(key, before.as_("before")).from_(relation).where(alive)
    return sql.select(key).distinct().from_(hashes).where(key.same_as(sql.column("before")))


def has_repeated_hash(repeated: str) -> Sql:
    """Return whether the hash of a row's key stands in a table of those that occur more than once."""
    key = Name.KEY_HASH.or_else(0)
    return key.is_in(sql.select(key).from_(repeated))


def identity(scan: Scan) -> list[Sql]:
    """Return what identical rows share: key and join columns as they are compared, others as they are."""
    return [part for column in scan.declared for part in (as_compared(scan, column), *other_parts(column))]


def other_parts(column: model.Column) -> list[Column]:
    """Return the parts of a typed column beside its value: whether it is unreadable, whether it has a time of day."""
    parts = [] if column.kind in ALWAYS_READABLE else [Name.unreadable(column.name)]
    return [*parts, Name.has_time(column.name)] if column.kind is Kind.DATETIME and column.midnight else parts

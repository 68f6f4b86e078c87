"""The tables of an extract in a DuckDB session: what was read of each, and which rows share a key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import chain

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.known_rows import (
    exists,
    has_repeated_hash,
    identity,
    is_latest_version,
    repeated_hashes,
    version_of,
)
from sgkpi.engines.duckdb.ingest.raw_rows import few_at_once
from sgkpi.engines.duckdb.ingest.typed_rows import (
    BLANK_ROW,
    Flag,
    Scan,
    columns_of_faults,
    is_blank_where_read,
    key_parts,
    typed_rows,
)
from sgkpi.engines.duckdb.judge.judged import with_owner
from sgkpi.engines.duckdb.session.session import Rejected, Session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Sql
from sgkpi.extracts.extract import Extract, FileFormat
from sgkpi.ledger.sealed import Seal
from sgkpi.planning.columns import columns_read, spell_starts, tables_with_persons
from sgkpi.planning.plan import Plan, reference_days


@dataclass(frozen=True)
class Reading:
    """The result of reading a table.

    `relation` is the table of the session with `key_hash` and `flags` of every row, in the order of the files; with
    several files also `file`. `rows` is the number of rows that are not blank, `faults` the number of each fault,
    `conflicts` the number of keys with conflicting rows, and `replaced` the number of rows replaced by a later version.
    `doubles` says of a stored table whether rows may share a key.
    """

    scan: Scan
    relation: str
    rows: int
    faults: Mapping[Flag, int]
    conflicts: int = 0
    replaced: int = 0
    doubles: bool = False


@dataclass
class SharedRows:
    """An open session over an extract, with the tables stored in it: what was asked of each, and what was read.

    Rows shared by several calls are read for all indicators of a plan; with a seal, they have digests of their keys.
    """

    session: Session
    extract: Extract
    plan: Plan | None = None
    seal: Seal | None = None
    short_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)
    tables: dict[str, tuple[Scan, Reading]] = field(default_factory=dict)


@dataclass
class Tables:
    """The columns read for a plan as of a time, and the tables of the session made of it so far.

    `columns` are those that are read of each table, `starts` those in which its spells begin, and `days` the
    reference days of stocks. `with_persons` are the tables whose persons are counted: the person is read beside the
    columns, and nothing is said of its faults. `readings` tell what was found in each table, and `stored` which of
    them the session has; `replaced` says how many rows of a relation another one's version replaces, and `cases` are
    the tables of cases.
    """

    shared: SharedRows
    columns: Mapping[str, tuple[str, ...]]
    as_of: datetime = datetime.max
    recorded_by: datetime = datetime.max
    starts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    days: tuple[date, ...] = ()
    with_persons: frozenset[str] = frozenset()
    readings: dict[str, Reading] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    replaced: dict[str, int] = field(default_factory=dict)
    cases: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.session, self.extract = self.shared.session, self.shared.extract

    @classmethod
    def of_plan(cls, shared: SharedRows, plan: Plan | None, *, people: bool = False) -> "Tables":
        """Return the tables of a plan, or all; with `people`, the persons of its cases are read too.

        If several looks share the session, tables have the columns that all of them need.
        """
        extract = shared.extract
        if plan is None:
            return cls(shared, dict.fromkeys(extract.tables, ()))
        columns, whole = columns_read(plan, extract, people=people), shared.plan or plan
        if shared.plan is not None:
            every = columns_read(shared.plan, extract)
            columns = {
                name: every[name] if {*some} <= {*every.get(name, ())} else some for name, some in columns.items()
            }
        return cls(
            shared,
            columns,
            as_of=plan.as_of,
            recorded_by=plan.recorded_by or plan.as_of,
            starts=spell_starts(whole),
            days=reference_days(plan),
            with_persons=tables_with_persons(whole, extract),
        )

    @cached_property
    def rejected(self) -> list[Rejected]:
        """The lines that were rejected, complete once everything has been read."""
        return self.session.rejected()

    def scan(self, name: str) -> Scan:
        """Return the scan of the columns that the plan needs from a table."""
        source, starts = self.extract.tables[name], self.starts.get(name, frozenset())
        wanted = {*self.columns[name], *([source.table.person] if name in self.with_persons else [])}
        columns = tuple(each for each in source.columns if each in wanted or not source.has_key)
        flagged, short = frozenset(self.columns[name]), frozenset(self.shared.short_rows)
        return Scan(source, columns, starts=starts, short_rows=short, flagged=flagged)

    def full_scan(self, name: str) -> Scan:
        """Return the scan of every declared column that the files have."""
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
        beside, plain = set[int](), replace(scan, as_written=frozenset(), flagged=frozenset())
        unread = sorted({place for file in scan.source.files for place in scan.unread(file)})
        for some in few_at_once(unread):
            rows = sql.select(Name.FIRST_FILLED).distinct().from_(typed_rows(replace(plain, beside=some)))
            found = rows.where(is_blank_where_read(plain) & Name.FIRST_FILLED.is_not_null())
            beside.update(place for (place,) in self.session.rows(found))
        return replace(scan, beside=frozenset(beside)) if beside else None

    def store(self, name: str) -> Scan:
        """Read a table into the session, once: all declared columns if keys repeat, else those of the plan."""
        if name not in self.stored:
            keyed = self.extract.tables[name].has_key
            asked = replace(self.scan(name), numbered=not keyed, sealed=self.shared.seal is not None)
            stored = self.shared.tables
            if name not in stored or stored[name][0] != asked:
                stored[name] = asked, self._read(name, asked)
            _, reading = stored[name]
            self.readings[name] = reading
            if keyed and reading.doubles:
                self.count_conflicts(name, reading.scan, f"typed.{name}")
            self.stored.add(name)
        return self.readings[name].scan

    def _read(self, name: str, asked: Scan) -> Reading:
        keyed = asked.source.has_key
        scan = self._create(name, asked) or asked
        if scan != asked:
            self._create(name, scan)
        doubles = not keyed or self.find_repeated(name)
        if keyed and doubles and scan.columns != scan.source.columns:
            self._create(name, replace(scan, columns=scan.source.columns))
        return replace(self.readings[name], doubles=doubles)

    def _create(self, name: str, scan: Scan) -> Scan | None:
        """Store the rows of a scan and the result of reading them; return what `take_reading` returns."""
        relation, rows = f"typed.{name}", typed_rows(scan)
        kept = sql.star(without=columns_of_faults(scan))
        self.session.create(relation, sql.select(kept).from_(with_owner(scan, rows) if scan.sealed else rows))
        query = sql.select(Name.FLAGS, sql.fn("count", sql.STAR)).from_(relation).group_by(Name.FLAGS)
        return self.take_reading(name, scan, relation, dict(self.session.rows(query)))

    def find_repeated(self, name: str) -> bool:
        """Store the hashes of keys that occur more than once in `repeated.…`; return whether there are any."""
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

    def is_current(self, scan: Scan, relation: str, known: Sql, row: Column = Name.ROW_ID) -> Sql:
        """Return whether a row of a stored relation exists, as known at a moment, and no later version replaces it."""
        existing = exists(scan, known, sql.moment(self.recorded_by))
        return existing & is_latest_version(relation, row) if self.replaced.get(relation) else existing

    def count_conflicts(self, name: str, scan: Scan, relation: str) -> None:
        """Count the keys of a table with conflicting rows, and store their hashes in `conflicting.…`."""
        key, replaced = Name.KEY_HASH, self.find_replaced(name, scan, relation)
        alive = (
            ~Name.IS_BLANK_ROW & key.is_not_null() & has_repeated_hash(f"repeated.{name}") & is_latest_version(relation)
        )
        parts = (part.as_(f"i_{place}") for place, part in enumerate(identity(scan)))
        kinds = sql.select(key, *parts).distinct().from_(relation).where(alive)
        several = sql.select(key).from_(kinds).group_by(key).having(sql.fn("count", sql.STAR) > 1)
        found = self.session.create(f"conflicting.{name}", several)
        self.readings[name] = replace(self.readings[name], conflicts=found, replaced=replaced)

    def find_replaced(self, name: str, scan: Scan, relation: str) -> int:
        """Store the places of rows replaced by another of their key in `replaced.…`; return their number."""
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

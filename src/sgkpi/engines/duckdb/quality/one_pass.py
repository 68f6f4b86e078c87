"""One pass over the files of a table that stores, for every row, what `check` needs to know of it.

It stores hashes, bits and dates: about forty bytes a row, and text only if it is to be shown. Everything found
afterwards (rows at fault, repeated keys, spells) is found in these; rows keep the order of the files. The checks of
single rows are SQL conditions over the typed rows, one bit each.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from sgkpi.engines.checks import READ_AS, Check
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import ALWAYS_READABLE, DATED, has_codes, has_time_of_day, is_later
from sgkpi.engines.duckdb.ingest.known_rows import exists, has_repeated_hash, identity, repeated_hashes, version_of
from sgkpi.engines.duckdb.ingest.typed_rows import Fault, Scan, is_faulty, join_part, typed_rows
from sgkpi.engines.duckdb.judge.expressions import Names, compile_expression
from sgkpi.engines.duckdb.session.session import Session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Select, Sql
from sgkpi.extracts.cells import EXCEL_DATE, EXCEL_SERIAL
from sgkpi.model import table as model
from sgkpi.model.expressions import ColumnRef, Kind, column_refs
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import LONDON
from sgkpi.planning.columns import placing_columns

_BITS = 60
_ROUNDED = r"\d(\.\d+)?[Ee]\+\d\d+"
_ALIVE = ~Name.IS_BLANK_ROW
# Why a cell cannot be read, so that somebody can correct it: the first form that fits. Any other cell is just
# not a date, not a number.
_DATE_REASONS = (
    (EXCEL_SERIAL, EXCEL_DATE),
    (
        r"\s*(0?[1-9]|1[0-2])/(1[3-9]|2\d|3[01])/\d{4}(\D.*)?",
        "the month stands before the day; export it as 2019-02-05",
    ),
    (r"\s*\d{1,2}[-/. ]([A-Za-z]{3,9}|\d{1,2})[-/. ]\d{2}(\D.*)?", "its year has two digits; export it with four"),
    (r".*\d\s*[AaPp]\.?[Mm]\.?\s*", "its time has AM or PM; export it with 24 hours, as 14:30"),
    (r"\s*(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4})([ T].*)?", "there is no such day or time"),
)
_NUMBER_REASONS = (
    (r"\s*#.*", "it is an error of a spreadsheet; mend the formula"),
    (r"\s*[<>≤≥].*", "it is a range; export the number"),
    (r"\s*[-+]?\d[\d,]*\.\d*[1-9]\d*\s*", "it has decimals"),
)
_REASONS: dict[Kind, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys((Kind.DATE, Kind.DATETIME, Kind.MONTH), _DATE_REASONS),
    Kind.BOOLEAN: (),
    Kind.INTEGER: _NUMBER_REASONS,
    Kind.NUMBER: _NUMBER_REASONS[:-1],
}


@dataclass(frozen=True)
class Condition:
    """A check and the condition under which a row fails it.

    `group` is what is counted besides rows (keys, persons); `keys` its number where that is known beforehand.
    """

    check: Check
    columns: tuple[str, ...]
    holds: Sql
    detail: str = ""
    group: Column | None = None
    keys: int | None = None


@dataclass(frozen=True)
class FlaggedRows:
    """A relation of rows that may fail some checks.

    It has the place of a row, of several files its file, the hash of its key and its join values; `raw_…` where values
    are to be shown.
    """

    table: str
    relation: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class QualityPass:
    """The pass over one table: its conditions, and the columns stored for joins and spells.

    `with_values` keeps the cells as they are written.
    """

    scan: Scan
    conditions: tuple[Condition, ...]
    joins: tuple[str, ...]
    spells: tuple[tuple[str, str], ...]
    with_values: bool
    as_of: datetime

    @property
    def table(self) -> str:
        return self.scan.source.table.name

    @property
    def relation(self) -> str:
        """The table of the session with a row for each row of the files, in their order."""
        return f"quality.kept.{self.table}"

    @property
    def words(self) -> dict[Column, tuple[Condition, ...]]:
        """The columns of bits, each with its conditions in the order of their bits."""
        starts = range(0, len(self.conditions), _BITS)
        return {Name.conditions(start): self.conditions[start : start + _BITS] for start in starts}

    @property
    def beside(self) -> tuple[Column, ...]:
        """The columns that say which file a row is in, what it is joined with and, if asked for, what it holds."""
        raw = map(Name.raw, self.scan.written if self.with_values else ())
        files = [Name.FILE] if len(self.scan.source.files) > 1 else []
        return (Name.KEY_HASH, *files, *map(Name.compared, self.joins), *raw)

    def rows(self) -> tuple[Select, tuple[Column, ...]]:
        """Return the typed rows with what is kept of them, and those columns."""
        table = self.scan.source.table
        columns: dict[Column, Sql] = {Name.ROW_HASH: sql.fn("hash", *identity(self.scan), "")}
        columns |= {Name.compared(name): join_part(table.columns[name]) for name in self.joins}
        columns |= {Name.day(name): Name.value(name).cast("DATE") for spell in self.spells for name in spell}
        if table.happened is not None and self.scan.has(table.happened):
            columns[Name.HAPPENED] = Name.value(table.happened)
        if (version := version_of(self.scan, self.as_of)) is not None:
            as_of = sql.moment(self.as_of)
            columns |= {Name.VERSION: version, Name.EXISTS: exists(self.scan, as_of, as_of)}
        columns |= {word: _bits(conditions) for word, conditions in self.words.items()}
        reasons = (_reason(each).as_(Name.reason(each)) for each in self.scan.declared if each.kind in _REASONS)
        typed = sql.select(sql.STAR, *reasons).from_(typed_rows(self.scan))
        rows = sql.select(sql.STAR, *(value.as_(name) for name, value in columns.items()))
        return rows.from_(typed), tuple(dict.fromkeys([Name.IS_BLANK_ROW, *self.beside, *columns]))

    def flagged(self, session: Session) -> Iterator[FlaggedRows]:
        """Give the rows that may fail a check."""
        if self.words:
            yield self._single_rows(session)
        h, repeated = Name.KEY_HASH, f"repeated.{self.table}"
        if session.create(repeated, repeated_hashes(self.relation, h.is_not_null() & _ALIVE)):
            yield self._repeated_keys(session, repeated)
        for start, end in self.spells:
            yield self._spells(session, start, end)

    def _kept(self, *columns: Sql) -> Select:
        return sql.select(Name.ROW_ID.as_(Name.PLACE), *self.beside, *columns).from_(self.relation)

    def _single_rows(self, session: Session) -> FlaggedRows:
        relation = f"quality.rows.{self.table}"
        session.create(relation, self._kept(*self.words).where(sql.or_(word.ne(0) for word in self.words)))
        bits = [word.has_bit(bit) for word, conditions in self.words.items() for bit, _ in enumerate(conditions)]
        kept = tuple(replace(each, holds=bit) for each, bit in zip(self.conditions, bits, strict=True))
        return FlaggedRows(self.table, relation, kept)

    def _repeated_keys(self, session: Session, repeated: str) -> FlaggedRows:
        """Return the rows that share a key and differ, and those that are the same as one before them."""
        relation, h, whole = f"quality.twins.{self.table}", Name.KEY_HASH, Name.ROW_HASH
        is_replaced: Sql = sql.FALSE
        if version_of(self.scan, self.as_of) is not None:
            greatest = sql.fn("max", sql.when(Name.EXISTS, Name.VERSION, None)).over([h])
            is_replaced = Name.EXISTS & ~Name.VERSION.same_as(greatest)
        replaced = Column("replaced")
        rows = self._kept(whole, is_replaced.as_(replaced)).where(has_repeated_hash(repeated) & _ALIVE)
        least, most = (sql.fn(name, whole).over([h, replaced]) for name in ("min", "max"))
        same = sql.fn("row_number").over([h, replaced, whole], [Name.PLACE]) > 1
        flags = ((~replaced & least.ne(most)).as_("differs"), (~replaced & same).as_("same"))
        session.create(relation, sql.select(sql.STAR, *flags, sql.TRUE.as_(Name.EXISTS)).from_(rows))
        key = tuple(self.scan.source.table.key) if self.scan.source.has_key else ()
        differing = Condition(Check.DUPLICATE_KEY, key, sql.column("differs"), group=h)
        others = Condition(Check.IDENTICAL_ROW, (), sql.column("same")), Condition(Check.REPLACED_ROW, (), replaced)
        return FlaggedRows(self.table, relation, (differing, *others))

    def _spells(self, session: Session, first: str, last: str) -> FlaggedRows:
        """Return spells that begin before an earlier one has ended, and those without an end that another follows."""
        person, start, end = Name.compared(self.scan.source.table.person), Name.day(first), Name.day(last)
        spells = self._kept(start, end).where(person.is_not_null() & start.is_not_null() & ~(end < start).is_true())
        order = [start, Name.PLACE]
        # Rows that are the same count once.
        number = sql.fn("row_number").over([Name.KEY_HASH, person, start, end], order).as_("number")
        once = sql.select(sql.star(without=("number",))).from_(sql.select(sql.STAR, number).from_(spells))
        overlaps = sql.fn("max", end).over([person], order, before=True) > start
        is_open = end.is_null() & sql.fn("lead", start).over([person], order).is_not_null()
        judged = sql.select(sql.STAR, overlaps.is_true().as_("overlaps"), is_open.as_("open"))
        flags = {Check.OVERLAPPING_SPELL: sql.column("overlaps"), Check.OPEN_SPELL: sql.column("open")}
        kept = sql.select(sql.STAR).from_(judged.from_(once.where(sql.column("number").eq(1))))
        relation = f"quality.spells.{self.table}.{first}.{last}"
        session.create(relation, kept.where(sql.or_(flags.values())))
        found = [Condition(check, (first, last), flag, group=person) for check, flag in flags.items()]
        return FlaggedRows(self.table, relation, tuple(found))


def _bits(conditions: Sequence[Condition]) -> Sql:
    """Return the conditions of a row as bits; a blank row has none."""
    none = sql.number(0).cast("BIGINT")
    bits = (sql.when(each.holds, 1 << bit, 0) for bit, each in enumerate(conditions))
    return sql.when(_ALIVE, reduce(Sql.__add__, bits, none), none)


def conditions_of(
    scan: Scan, as_of: datetime, joins: Collection[str], awaited: set[tuple[str, str]], timed: set[tuple[str, str]]
) -> Iterator[Condition]:
    """Yield every condition that concerns single rows of a table.

    `joins` are the columns used in joins, `awaited` optional columns, with their tables, whose blanks decide outcomes;
    `timed` those that clocks in hours start and stop with.
    """
    table = scan.source.table
    for column in scan.declared:
        yield from _unreadable(column)
        if column.required or (table.name, column.name) in awaited:
            check = Check.BLANK if column.required else Check.EMPTY
            yield Condition(check, (column.name,), is_faulty(column, Fault.BLANK))
        if column.kind is Kind.TEXT and column.name in (table.person, *table.key, *joins):
            is_rounded = sql.fn("regexp_full_match", Name.value(column), _ROUNDED)
            yield Condition(Check.ROUNDED, (column.name,), is_rounded.is_true())
        if has_codes(column):
            yield Condition(Check.UNLISTED, (column.name,), is_faulty(column, Fault.UNLISTED))
        if column.kind in DATED and not column.planned:
            later = is_later(Name.value(column), column.kind, sql.moment(as_of), Name.summer(column))
            yield Condition(Check.FUTURE_DATE, (column.name,), later.is_true())
        if column.kind is Kind.DATETIME:
            yield from _clock_changes(column)
        if (table.name, column.name) in timed:
            lacks_time = Name.value(column).is_not_null() & ~has_time_of_day(column)
            yield Condition(Check.NO_TIME, (column.name,), lacks_time.is_true())
    for rule in table.rules:
        yield from _broken(scan, rule, as_of)


def _reason(column: model.Column) -> Sql:
    """Return the number of the first form that an unreadable cell has, 0 if it has none; null if it can be read."""
    raw = Name.raw(column).cast("VARCHAR")
    forms = [
        (sql.fn("regexp_full_match", raw, form), place) for place, (form, _) in enumerate(_REASONS[column.kind], 1)
    ]
    return sql.when(Name.unreadable(column), sql.case(forms, 0), None)


def _unreadable(column: model.Column) -> Iterator[Condition]:
    """Give one condition for each reason."""
    if column.kind in _REASONS:
        what = READ_AS[column.kind]
        for number, detail in enumerate((what, *(f"{what}: {words}" for _, words in _REASONS[column.kind]))):
            holds = Name.reason(column).eq(number).is_true()
            yield Condition(Check.UNREADABLE, (column.name,), holds, detail)


def _clock_changes(column: model.Column) -> Iterator[Condition]:
    """Give the conditions of times that the clocks of London showed twice, or never."""
    value = Name.value(column)
    moment = sql.fn("timezone", LONDON.key, value)
    # Every changing of the clocks has been on a Sunday before four, but for the war, when records were other.
    on_sunday = sql.fn("isodow", value).eq(7) & (sql.fn("hour", value) < 4) & sql.fn("kpi_has_time", value)
    missing = sql.fn("timezone", LONDON.key, moment).ne(value)
    repeated = sql.fn("timezone", LONDON.key, moment - sql.fn("to_hours", 1)).eq(value) & ~Name.summer(column)
    for check, holds in ((Check.MISSING_HOUR, missing), (Check.REPEATED_HOUR, repeated)):
        yield Condition(check, (column.name,), sql.when(on_sunday.is_true(), holds, False))


def _broken(scan: Scan, rule: model.Rule, as_of: datetime) -> Iterator[Condition]:
    """Give the condition of a rule whose columns the files have."""
    columns = tuple(sorted({ref.column for ref in column_refs(rule.expression)}))
    if all(map(scan.has, columns)):
        names = Names({None: scan.source.table}, sql.moment(as_of), sql.null("DATE"))
        yield Condition(Check.RULE, columns, (~compile_expression(rule.expression, names)).is_true(), rule.name)


def awaited_columns(definitions: Iterable[Indicator]) -> set[tuple[str, str]]:
    """Return, with their tables, the columns that place rows in time, and those that clocks start and stop with."""
    wanted: set[tuple[str, str]] = set()
    for indicator in definitions:
        clock = indicator.clock
        refs = {ref for part in (clock.start, clock.stop) if part for ref in column_refs(part)} if clock else set()
        own = (ref.column for ref in refs if ref.related is None and ref.kind in DATED)
        names = [*placing_columns(indicator), *own]
        wanted.update((indicator.table.name, name) for name in names)
        for related in indicator.related:
            wanted.update((related.table.name, name) for name in (related.date, related.start) if name is not None)
    return wanted


def split_columns(definitions: Iterable[Indicator]) -> set[tuple[str, str]]:
    """Return, with their tables, the columns of free text by which figures are broken down."""
    found: set[tuple[str, str]] = set()
    for indicator in definitions:
        for expression in (each.expression for each in indicator.by):
            if isinstance(expression, ColumnRef):
                related = indicator.related_named(expression.related) if expression.related else None
                table = related.table if related else indicator.table
                column = table.columns[expression.column]
                if column.kind in ALWAYS_READABLE and not has_codes(column):
                    found.add((table.name, column.name))
    return found


def timed_columns(definitions: Iterable[Indicator]) -> set[tuple[str, str]]:
    """Return, with their tables, the datetime columns with which clocks that run by hours start and stop."""
    wanted: set[tuple[str, str]] = set()
    for indicator in definitions:
        clock = indicator.clock
        for part in (clock.start, clock.stop) if clock is not None and clock.runs_by_hours else ():
            refs = column_refs(part) if part is not None else ()
            wanted.update((indicator.table_of(ref).name, ref.column) for ref in refs if ref.kind is Kind.DATETIME)
    return wanted

"""The data quality of an extract: every table looked at in a few passes over its files.

The first pass counts what is wrong with single rows, and reads nothing twice. Only where something is found does
a second one number the rows, and keep those at fault; keys that repeat and spells are looked for beside it. So
memory holds the rows at fault, and never a table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sgkpi.engines.duckdb import faults, sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.quality_found import Finder, Flagged
from sgkpi.engines.duckdb.quality_keys import look_for_keys, look_for_spells
from sgkpi.engines.duckdb.quality_rows import Condition, Counterpart, awaited_columns, conditions
from sgkpi.engines.duckdb.quality_samples import identifiers_of, undeclared_headers
from sgkpi.engines.duckdb.quality_touched import Toucher
from sgkpi.engines.duckdb.scan import Scan, key_part, typed_rows
from sgkpi.engines.duckdb.session import Progress, Session, open_session
from sgkpi.engines.duckdb.tables import Tables
from sgkpi.engines.duckdb.working_days import create_calendar
from sgkpi.engines.quality import Check, Found, Inspection, Looking, Rows, TableFacts
from sgkpi.extracts.extract import Extract
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator, Related
from sgkpi.model.periods import Month
from sgkpi.model.table import Table
from sgkpi.planning.plan import Plan


def inspect(extract: Extract, plan: Plan, looking: Looking, *, progress: Progress | None = None) -> Inspection:
    """What is wrong with the tables of an extract, and which cases of the plan's one month it lies in.

    Raises ExtractError when the extract is beyond what can be read at all.
    """
    with open_session(progress) as session:
        inspector = _Inspector(session, extract, plan, looking, {})
        inspection = inspector.inspect()
        faults.check_quotation_marks(inspector.tables)
        short = faults.short_rows(inspector.tables)
    if not short:
        return inspection
    # Rows with fewer cells than the header take a slower reader, so it is asked for only now.
    with open_session(progress) as session:
        return _Inspector(session, extract, plan, looking, short).inspect()


class _Inspector:
    """One inspection of an extract."""

    def __init__(
        self, session: Session, extract: Extract, plan: Plan, looking: Looking, short_rows: Mapping[str, Sequence[int]]
    ) -> None:
        self.session = session
        self.extract = extract
        self.plan = plan
        self.looking = looking
        columns = {name: extract.tables[name].columns for name in extract.tables}
        self.tables = Tables(session, extract, columns, short_rows=short_rows)
        self.awaited = awaited_columns(looking.definitions)
        self.short_rows = short_rows

    def inspect(self) -> Inspection:
        """Every table, then the cases that what was found lies in."""
        create_calendar(self.session, [each.indicator for each in self.plan.indicators], self.plan.closures)
        flagged: list[Flagged] = []
        facts = [self._look_at(name, flagged) for name in self.looking.tables]
        finder = Finder(self.session, self.extract, self.looking, faults.rows_left_out(self.tables))
        pairs = [(one, each) for one in flagged if (each := finder.found(one)).count]
        kept, found = [one for one, _ in pairs], [each for _, each in pairs]
        doubled = {one.table: one.relation for one in kept if one.check is Check.DUPLICATE_KEY}
        doubled |= {one.table: one.relation for one in kept if one.check is Check.IDENTICAL_ROW}
        toucher = Toucher(self.session, self.extract, self.plan, self.short_rows, doubled)
        touched = toucher.touched(found, kept)
        return Inspection(tuple(facts), (*found, *self._uneven_rows()), touched)

    def _look_at(self, name: str, flagged: list[Flagged]) -> TableFacts:
        scan = self._scan(name)
        every = list(conditions(scan, self.plan.as_of, self.awaited.get(name, ()), self._counterparts(name)))
        facts, counts = self._count(scan, every)
        occurring = [each for each, count in zip(every, counts, strict=True) if count]
        if occurring:
            flagged += self._keep_rows(scan, occurring)
        flagged += look_for_keys(self.session, scan)
        flagged += look_for_spells(self.session, scan, self.looking.definitions)
        return replace(facts, identifiers=identifiers_of(self.session, scan.source, facts.rows, self._padded))

    def _padded(self, file: str) -> bool:
        return file in self.short_rows

    def _scan(self, name: str) -> Scan:
        """Every declared column, with its cells as they stand; a row is blank when every cell of the file is."""
        undeclared = any(len(file.headers) > len(file.columns) for file in self.extract.tables[name].files)
        return replace(self.tables.scan(name), with_raw=True, whole_rows=undeclared)

    def _count(self, scan: Scan, every: Sequence[Condition]) -> tuple[TableFacts, list[int]]:
        """How many rows there are, in which months, and how many satisfy each condition: one pass."""
        alive = sql.not_(sql.column(Name.IS_BLANK_ROW))
        counts = [sql.count_where(sql.and_([alive, each.holds])) for each in every]
        query = sql.select(sql.count_where(alive), *_happened(scan, self.plan.as_of), *counts)
        rows, first, last, months, *found = self.session.row(query.from_(sql.source(typed_rows(scan))))
        source = scan.source
        facts = TableFacts(
            table=source.table.name,
            files=tuple(file.name for file in source.files),
            rows=int(rows),
            first=_day(first),
            last=_day(last),
            months=_months(months) if source.table.happened in source.columns else None,
            undeclared=undeclared_headers(source, self.extract),
        )
        return facts, [int(count) for count in found]

    def _keep_rows(self, scan: Scan, occurring: Sequence[Condition]) -> list[Flagged]:
        """Number the rows, and keep those for which a condition holds."""
        relation = f"quality.rows.{scan.source.table.name}"
        flags = [sql.alias(each.holds, f"f_{place}") for place, each in enumerate(occurring)]
        judged = sql.select(*_told_by(scan), sql.column(Name.IS_BLANK_ROW), *_written(scan, self.looking), *flags)
        judged = judged.from_(sql.source(typed_rows(replace(scan, numbered=True))))
        any_flag = sql.or_([sql.column(f"f_{place}") for place in range(len(occurring))])
        kept = sql.select(sql.star_without(Name.IS_BLANK_ROW)).from_(sql.source(judged))
        kept = kept.where(sql.and_([sql.not_(sql.column(Name.IS_BLANK_ROW)), any_flag]))
        self.session.create(relation, kept)
        return [
            Flagged(scan.source.table.name, each.check, each.columns, each.detail, relation, f"f_{place}")
            for place, each in enumerate(occurring)
        ]

    def _counterparts(self, name: str) -> list[Counterpart]:
        """The columns of a table whose values should stand in another table too."""
        wanted: dict[tuple[str, str], Counterpart] = {}
        for column, other, other_column, check in _pairs(name, self.extract, self.looking):
            if (column, other) not in wanted:
                keys = self._keys(other, other_column)
                wanted[column, other] = Counterpart(column, other, keys, check)
        return list(wanted.values())

    def _keys(self, name: str, column: str) -> str:
        """A table of the different values of a column, as joins compare them."""
        relation = f"quality.keys.{name}.{column}"
        if relation not in self.session.made:
            scan = replace(self.tables.scan(name), columns=(column,))
            key = key_part(scan.source.table.columns[column])
            query = sql.select(sql.alias(key, "key")).distinct()
            query = query.from_(sql.source(typed_rows(scan)))
            recorded = sql.is_not_null(sql.column(Name.value(column)))
            self.session.create(relation, query.where(recorded))
        return relation

    def _uneven_rows(self) -> Iterator[Found]:
        """Rows with more cells than the header, which are left out, and with fewer, by table."""
        left_out = faults.rows_left_out(self.tables)
        for check, rows in ((Check.RAGGED_ROW, left_out), (Check.SHORT_ROW, self.short_rows)):
            for name in self.looking.tables:
                files = [file.name for file in self.extract.tables[name].files]
                places = tuple(self._rows_of(file, rows[file]) for file in files if file in rows)
                if places:
                    yield Found(name, check, (), sum(each.count for each in places), places=places)

    def _rows_of(self, file: str, rows: Sequence[int]) -> Rows:
        shown = rows if self.looking.every_row else rows[: faults.ROWS_SHOWN]
        return Rows(file, len(rows), tuple(shown))


Pair = tuple[str, str, str, Check]


def _pairs(name: str, extract: Extract, looking: Looking) -> Iterator[Pair]:
    """Column, other table, its column: the persons of a register, and the joins that indicators make."""
    source = extract.tables[name]
    person = source.table.person
    for other in extract.tables.values():
        if is_register(other.table) and other.table.name != name and person in source.columns:
            yield str(person), other.table.name, other.table.key[0], Check.UNKNOWN_PERSON
    for indicator in looking.definitions:
        for related in indicator.related:
            yield from _joined(name, indicator, related, extract)


def _joined(name: str, indicator: Indicator, related: Related, extract: Extract) -> Iterator[Pair]:
    """Related rows that no case finds; and, where the join is not by the person, cases that find none."""
    case, row = (indicator.table.name, related.case_column), (related.table.name, related.row_column)
    explicit = (case[1], row[1]) != (indicator.table.person, related.table.person)
    if case[0] == row[0] or not _has(extract, *case) or not _has(extract, *row):
        return
    if row[0] == name and not is_register(related.table):
        yield row[1], *case, Check.UNMATCHED_KEY
    elif case[0] == name and explicit:
        yield case[1], *row, Check.UNMATCHED_KEY


def _has(extract: Extract, table: str, column: str) -> bool:
    return table in extract.tables and column in extract.tables[table].columns


def is_register(table: Table) -> bool:
    """Whether a table says what is known of each person, and no more: its key is the person, and nothing happens."""
    return table.person is not None and table.key == (table.person,) and table.happened is None


def _happened(scan: Scan, as_of: datetime) -> list[Sql]:
    """The first and the last moment known at the as-of time, and how many rows happened in each month."""
    name = scan.source.table.happened
    if name is None or not scan.has(name):
        return [sql.null(), sql.null(), sql.null()]
    value = sql.column(Name.value(name))
    known = sql.and_([sql.is_not_null(value), sql.binary("<=", value, sql.moment(as_of))])
    month = sql.add(
        sql.binary("*", sql.fn("year", value), sql.number(12)), sql.subtract(sql.fn("month", value), sql.number(1))
    )
    return [
        sql.filtered(sql.fn("min", value), known),
        sql.filtered(sql.fn("max", value), known),
        sql.filtered(sql.fn("histogram", month), known),
    ]


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _months(histogram: Mapping[int, int] | None) -> dict[Month, int]:
    return {Month.from_index(int(index)): int(rows) for index, rows in sorted((histogram or {}).items())}


def _told_by(scan: Scan) -> list[Sql]:
    """What tells a row and joins it: its place, the hash of its key, and every text by which it may be joined."""
    keys = [
        sql.alias(key_part(column), Name.compared(column.name))
        for column in scan.declared
        if column.kind in (Kind.TEXT, Kind.CATEGORY, Kind.INTEGER)
    ]
    return [sql.column(Name.FILE_NAME), sql.column(Name.ROW_NUMBER), sql.column(Name.KEY_HASH), *keys]


def _written(scan: Scan, looking: Looking) -> list[Sql]:
    return [sql.column(Name.raw(name)) for name in scan.written] if looking.show_values else []

"""The data quality of an extract: what is wrong with the rows of its tables, and which cases that affects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sgkpi.engines.checks import Check
from sgkpi.engines.duckdb import faults, sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.quality_cases import CaseFinder
from sgkpi.engines.duckdb.quality_pass import FlaggedRows, QualityPass
from sgkpi.engines.duckdb.quality_rows import Counterpart, awaited_columns, conditions
from sgkpi.engines.duckdb.quality_samples import identifiers_of, undeclared_headers
from sgkpi.engines.duckdb.scan import Scan, key_part, typed_rows
from sgkpi.engines.duckdb.session import Progress, Session, open_session
from sgkpi.engines.duckdb.tables import Tables
from sgkpi.engines.duckdb.working_days import create_calendar
from sgkpi.engines.quality import Inspection, InspectionOptions, RowFinding, Rows, TableFacts
from sgkpi.extracts.extract import Extract
from sgkpi.model.indicator import Indicator, Related
from sgkpi.model.periods import MONTHS_IN_YEAR, Month
from sgkpi.model.table import Table
from sgkpi.planning.columns import spell_columns
from sgkpi.planning.plan import Plan


def inspect(
    extract: Extract, plan: Plan, options: InspectionOptions, *, progress: Progress | None = None
) -> Inspection:
    """Find what is wrong with the tables of an extract, and which cases of the plan's one month that affects.

    Raises ExtractError when the extract is beyond what can be read at all.
    """
    with open_session(progress) as session:
        inspector = _Inspector(session, extract, plan, options, {})
        inspection = inspector.inspect()
        faults.check_quotation_marks(inspector.tables)
        short = faults.short_rows(inspector.tables)
    if not short:
        return inspection
    # Rows with fewer cells than the header take a slower reader, so it is used only where there are any.
    with open_session(progress) as session:
        return _Inspector(session, extract, plan, options, short).inspect()


@dataclass
class _Inspector:
    """One inspection of an extract."""

    session: Session
    extract: Extract
    plan: Plan
    options: InspectionOptions
    short_rows: Mapping[str, Sequence[int]]

    def __post_init__(self) -> None:
        columns = {name: source.columns for name, source in self.extract.tables.items()}
        self.tables = Tables(self.session, self.extract, columns, short_rows=self.short_rows)
        self.cases = CaseFinder(self.session, self.extract, self.plan, self.short_rows)
        self.awaited = awaited_columns(self.options.definitions)

    def inspect(self) -> Inspection:
        create_calendar(self.session, [each.indicator for each in self.plan.indicators], self.plan.closures)
        flagged: list[FlaggedRows] = []
        found: list[RowFinding] = []
        facts = [self._look_at(name, flagged) for name in self.options.tables]
        left_out = faults.rows_left_out(self.tables)
        found = [self._located(each, left_out) for each in flagged]
        flagged = [each for each, finding in zip(flagged, found, strict=True) if finding.count]
        found = [each for each in found if each.count]
        self.cases.judge_repeated(flagged)
        self.cases.judge_others()
        ledger, affected = self.cases.ledger(), self.cases.affected(found, flagged)
        return Inspection(tuple(facts), (*found, *self._uneven_rows(left_out)), ledger, affected)

    def _look_at(self, name: str, flagged: list[FlaggedRows]) -> TableFacts:
        """Read a table, and add what is wrong with its rows to `flagged`."""
        undeclared = any(len(file.headers) > len(file.columns) for file in self.extract.tables[name].files)
        # A row is blank when every cell of the file is.
        scan = replace(self.tables.scan(name), with_raw=True, whole_rows=undeclared)
        every = tuple(conditions(scan, self.plan.as_of, self.awaited.get(name, ()), self._counterparts(name)))
        table_pass = QualityPass(scan, every, self._joins(scan), self._spells(scan), self.options.show_values)
        self.cases.keep_rows(table_pass)
        for found in (table_pass.flagged, table_pass.repeated_keys, table_pass.flagged_spells):
            flagged += found(self.session)
        return self._facts(table_pass)

    def _joins(self, scan: Scan) -> tuple[str, ...]:
        """Return the columns by which findings are joined to cases, or counted."""
        related = [related for each in self.plan.indicators for related in each.indicator.related]
        names = [each.row_column for each in related if each.table.name == scan.source.table.name]
        person = [scan.source.table.person] if scan.source.table.person and self._spells(scan) else []
        return tuple(name for name in dict.fromkeys([*names, *person]) if scan.has(name))

    def _spells(self, scan: Scan) -> tuple[tuple[str, str], ...]:
        """Return the columns from and to of the spells that definitions look at, with the person whose they are."""
        table, wanted = scan.source.table, {*scan.columns}
        used = {
            spell[1:] for each in self.options.definitions for spell in spell_columns(each) if spell[0] == table.name
        }
        return tuple(spell for spell in sorted(used) if {table.person, *spell} <= wanted)

    def _facts(self, table_pass: QualityPass) -> TableFacts:
        source = table_pass.scan.source
        happened = source.table.happened if source.table.happened in source.columns else None
        rows = [sql.count_where(~Name.IS_BLANK_ROW)]
        query = sql.select(*rows, *(_happened(self.plan.as_of) if happened else ()))
        count, *moments = self.session.row(query.from_(table_pass.relation))
        first, last, months = moments or (None, None, None)
        return TableFacts(
            table=source.table.name,
            files=tuple(file.name for file in source.files),
            rows=int(count),
            first=_day(first),
            last=_day(last),
            months=_months(months) if happened else None,
            undeclared=undeclared_headers(source, self.extract),
            identifiers=identifiers_of(self.session, source, int(count), self.short_rows),
        )

    def _counterparts(self, name: str) -> list[Counterpart]:
        """Return the columns of a table whose values should be in another table too."""
        wanted: dict[tuple[str, str], Counterpart] = {}
        for column, other, other_column, check in _pairs(name, self.extract, self.options):
            if (column, other) not in wanted:
                keys = self._keys(other, other_column)
                wanted[column, other] = Counterpart(column, other, keys, check)
        return list(wanted.values())

    def _keys(self, name: str, column: str) -> str:
        """Make a table of the different values of a column, as joins compare them."""
        relation = f"quality.keys.{name}.{column}"
        if relation not in self.session.made:
            scan = replace(self.tables.scan(name), columns=(column,))
            query = sql.select(key_part(scan.source.table.columns[column]).as_("key")).distinct()
            query = query.from_(typed_rows(scan)).where(Name.value(column).is_not_null())
            self.session.create(relation, query)
        return relation

    def _located(self, flagged: FlaggedRows, left_out: Mapping[str, Sequence[int]]) -> RowFinding:
        """Return how many rows there are in each file, and which; `left_out` are rows that the reader passed over."""
        files, several = self.extract.tables[flagged.table].files, len(self.extract.tables[flagged.table].files) > 1
        file, row = Name.FILE if several else sql.number(0), Name.PLACE
        columns = [file.as_(Name.FILE), sql.fn("count", sql.STAR).as_("count")]
        columns += [self._first(row).as_("rows"), self._values(flagged).as_("values")]
        query = sql.select(*columns).from_(flagged.relation).where(flagged.holds)
        found = self.session.records(query.group_by(file) if several else query)
        firsts = self._first_places(flagged.table) if several and found else {}
        places = []
        for record in sorted((each for each in found if each["count"]), key=lambda each: int(each[Name.FILE.name])):
            its = files[record[Name.FILE.name]]
            rows = [faults.row_number(its, place - firsts.get(record[Name.FILE.name], 0)) for place in record["rows"]]
            rows = faults.rows_in_file(its, rows, left_out=left_out.get(its.name, ()))
            places.append(Rows(its.name, int(record["count"]), tuple(rows), tuple(record["values"] or ())))
        count, keys = sum(each.count for each in places), None
        if flagged.group:
            groups = sql.select(sql.column(flagged.group)).distinct()
            groups = groups.from_(flagged.relation).where(flagged.holds)
            keys = self.session.number(sql.select(sql.fn("count")).from_(groups))
        return RowFinding(flagged.table, flagged.check, flagged.columns, count, flagged.detail, tuple(places), keys)

    def _first_places(self, name: str) -> dict[int, int]:
        """Return the place of the first row of each file among the rows of all."""
        first = sql.fn("min", Name.ROW_ID).as_("first")
        query = sql.select(Name.FILE, first).from_(f"quality.kept.{name}")
        return {each[Name.FILE.name]: each["first"] for each in self.session.records(query.group_by(Name.FILE))}

    def _first(self, value: Sql) -> Sql:
        if self.options.every_row:
            return sql.fn("list_sort", sql.fn("list", value))
        return sql.fn("arg_min", value, Name.PLACE, faults.ROWS_SHOWN)

    def _values(self, flagged: FlaggedRows) -> Sql:
        """Return what is in the columns of the first rows; of several columns each with its name."""
        if not self.options.show_values or not flagged.columns:
            return sql.NULL
        cells = [sql.fn("coalesce", Name.raw(name), "") for name in flagged.columns]
        if len(cells) > 1:
            named = [sql.fn("concat", f"{name} ", cell) for name, cell in zip(flagged.columns, cells, strict=True)]
            cells = [sql.fn("concat_ws", ", ", *named)]
        return sql.fn("arg_min", cells[0], Name.PLACE, faults.ROWS_SHOWN)

    def _uneven_rows(self, left_out: Mapping[str, Sequence[int]]) -> Iterator[RowFinding]:
        """Give rows with more cells than the header, which are left out, and with fewer, by table."""
        for check, rows in ((Check.RAGGED_ROW, left_out), (Check.SHORT_ROW, self.short_rows)):
            for name in self.options.tables:
                files = [file.name for file in self.extract.tables[name].files]
                places = tuple(self._rows_of(file, rows[file]) for file in files if file in rows)
                if places:
                    yield RowFinding(name, check, (), sum(each.count for each in places), places=places)

    def _rows_of(self, file: str, rows: Sequence[int]) -> Rows:
        shown = rows if self.options.every_row else rows[: faults.ROWS_SHOWN]
        return Rows(file, len(rows), tuple(shown))


Pair = tuple[str, str, str, Check]


def _pairs(name: str, extract: Extract, options: InspectionOptions) -> Iterator[Pair]:
    """Give column, other table, its column: the persons of a register, and the joins that indicators make."""
    source = extract.tables[name]
    person = source.table.person
    for other in extract.tables.values():
        if _is_register(other.table) and other.table.name != name and person in source.columns:
            yield str(person), other.table.name, other.table.key[0], Check.UNKNOWN_PERSON
    for indicator in options.definitions:
        for related in indicator.related:
            yield from _joined(name, indicator, related, extract)


def _joined(name: str, indicator: Indicator, related: Related, extract: Extract) -> Iterator[Pair]:
    """Give related rows that no case finds; and, where the join is not by the person, cases that find none."""
    case, row = (indicator.table.name, related.case_column), (related.table.name, related.row_column)
    explicit = (case[1], row[1]) != (indicator.table.person, related.table.person)
    if case[0] == row[0] or not _has(extract, *case) or not _has(extract, *row):
        return
    if row[0] == name and not _is_register(related.table):
        yield row[1], *case, Check.UNMATCHED_KEY
    elif case[0] == name and explicit:
        yield case[1], *row, Check.UNMATCHED_KEY


def _has(extract: Extract, table: str, column: str) -> bool:
    return table in extract.tables and column in extract.tables[table].columns


def _is_register(table: Table) -> bool:
    """Return whether a table says what is known of each person: its key is the person, and nothing happens."""
    return table.person is not None and table.key == (table.person,) and table.happened is None


def _happened(as_of: datetime) -> list[Sql]:
    """Return the first and the last moment known at the as-of time, and how many rows happened in each month."""
    value = Name.HAPPENED
    known = value.is_not_null() & (value <= sql.moment(as_of))
    years = sql.fn("year", value) * MONTHS_IN_YEAR
    month = years + (sql.fn("month", value) - 1)
    return [each.where(known) for each in (sql.fn("min", value), sql.fn("max", value), sql.fn("histogram", month))]


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _months(histogram: Mapping[int, int] | None) -> dict[Month, int]:
    return {Month.from_index(int(index)): int(rows) for index, rows in sorted((histogram or {}).items())}

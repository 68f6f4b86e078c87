"""The data quality of an extract: the faults in the rows of its tables, and the cases that they affect."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sgkpi.engines.checks import Check
from sgkpi.engines.duckdb import locate
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.engine import look_at
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, join_part, typed_rows
from sgkpi.engines.duckdb.judge.judged import month_index
from sgkpi.engines.duckdb.judge.working_days import create_calendar
from sgkpi.engines.duckdb.quality.affected import CaseFinder, Located
from sgkpi.engines.duckdb.quality.one_pass import (
    Condition,
    FlaggedRows,
    QualityPass,
    awaited_columns,
    conditions_of,
    split_columns,
    timed_columns,
)
from sgkpi.engines.duckdb.quality.samples import identifiers_of, undeclared_headers
from sgkpi.engines.duckdb.session.session import Progress
from sgkpi.engines.quality import Inspection, InspectionOptions, RowFinding, Rows, TableFacts
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Sql
from sgkpi.extracts.extract import Extract
from sgkpi.model.periods import Month
from sgkpi.model.table import Table
from sgkpi.planning.columns import spell_columns
from sgkpi.planning.plan import Plan

_MOST_VALUES = 10


def inspect(
    extract: Extract, plan: Plan, options: InspectionOptions, *, progress: Progress | None = None
) -> Inspection:
    """Find the faults in the tables of an extract, and the cases of the plan's one month that they affect.

    Raises ExtractError if the extract cannot be read at all.
    """
    return look_at(plan, extract, lambda tables: _Inspector(tables, plan, options).inspect(), progress)


@dataclass
class _Inspector:
    """One inspection of an extract."""

    of_plan: Tables
    plan: Plan
    options: InspectionOptions

    def __post_init__(self) -> None:
        self.session, self.extract = self.of_plan.session, self.of_plan.extract
        columns = {name: source.columns for name, source in self.extract.tables.items()}
        self.tables = Tables(self.of_plan.shared, columns)
        self.cases = CaseFinder(self.of_plan, self.plan)
        self.awaited = awaited_columns(self.options.definitions)
        self.timed = timed_columns(self.options.definitions)
        self.split = split_columns(self.options.definitions)
        self.pairs = {name: _pairs(name, self.extract, self.options) for name in self.options.tables}

    def inspect(self) -> Inspection:
        rules = (rule for name in self.options.tables for rule in self.extract.tables[name].table.rules)
        indicators = [each.indicator for each in self.plan.indicators]
        create_calendar(self.session, self.plan.working_days, indicators, [rule.expression for rule in rules])
        run = self.session.run_parallel
        others = dict.fromkeys((other, column) for pairs in self.pairs.values() for _, other, column, _ in pairs)
        run([partial(self._keep_keys, *each) for each in others])
        kept = run([partial(self._keep, name) for name in self.options.tables])
        flagged, facts = [each for _, rows in kept for each in rows], tuple(each for each, _ in kept)
        # What was rejected is known when everything has been read.
        left_out = locate.rows_left_out(self.tables)
        located = run([partial(self._located, rows, left_out) for rows in flagged])
        found = [each for some in located for each in some]
        self.cases.judge(found)
        findings = (*(finding for finding, _, _ in found), *self._uneven_rows(left_out))
        return Inspection(facts, findings, self.cases.ledger(), self.cases.affected(found))

    def _keep(self, name: str) -> tuple[TableFacts, list[FlaggedRows]]:
        """Read a table, and keep what it takes to say what is wrong with it."""
        table_pass = self._pass(name)
        self.cases.keep_rows(table_pass)
        blank = sql.select(sql.count_where(Name.IS_BLANK_ROW)).from_(table_pass.relation)
        if self.session.number(blank) and (again := self.tables.scan_again(table_pass.scan)):
            table_pass = replace(table_pass, scan=again)
            self.cases.keep_rows(table_pass)
        return self._facts(table_pass), [*table_pass.flagged(self.session)]

    def _pass(self, name: str) -> QualityPass:
        scan = replace(self.tables.scan(name), with_raw=True, flagged=frozenset())
        table, spells = scan.source.table, {part for each in self.options.definitions for part in spell_columns(each)}
        own = [
            spell[1:] for spell in sorted(spells) if spell[0] == name and {table.person, *spell[1:]} <= {*scan.columns}
        ]
        # The columns by which findings are joined to cases, or counted.
        related = [related for each in self.plan.indicators for related in each.indicator.related]
        joins = [each.row_column for each in related if each.table.name == name]
        joins += [table.person] if table.person and own else []
        joins = [each for each in dict.fromkeys(joins) if scan.has(each)]
        every = (
            *conditions_of(scan, self.plan.as_of, joins, self.awaited, self.timed),
            *self._counterparts(scan),
            *self._spellings(scan),
        )
        return QualityPass(scan, every, tuple(joins), tuple(own), self.options.show_values, self.plan.as_of)

    def _counterparts(self, scan: Scan) -> Iterator[Condition]:
        """Give the conditions of columns whose values should be in another table too."""
        for column, other, other_column, check in self.pairs[scan.source.table.name]:
            known = sql.select(sql.column("key")).from_(_keys(other, other_column))
            is_unknown = ~join_part(scan.source.table.columns[column]).is_in(known)
            yield Condition(check, (column,), Name.value(column).is_not_null() & is_unknown, other)

    def _spellings(self, scan: Scan) -> Iterator[Condition]:
        """Give the conditions of values by which figures are broken down and that are spelt in several ways."""
        name, folded, ways = scan.source.table.name, sql.column("folded"), sql.column("ways")
        for column in (each for each in scan.columns if (name, each) in self.split):
            value, relation = Name.value(column), f"quality.spellings.{name}.{column}"
            rows = typed_rows(replace(self.tables.scan(name), columns=(column,)))
            each_once = sql.select(value, sql.fn("kpi_folded", value).as_("folded")).distinct().from_(rows)
            counted = sql.select(sql.STAR, sql.fn("count", sql.STAR).over([folded]).as_("ways")).from_(each_once)
            several = (ways > 1) & value.is_not_null()
            if self.session.create(relation, sql.select(value, folded).from_(counted).where(several)):
                keys = self.session.number(
                    sql.select(sql.fn("count")).from_(sql.select(folded).distinct().from_(relation))
                )
                spellings = sql.select(value).from_(relation)
                yield Condition(Check.SPELLINGS, (column,), value.is_in(spellings).is_true(), keys=keys)

    def _keep_keys(self, name: str, column: str) -> None:
        """Make a table of the different values of a column, as joins compare them."""
        scan = replace(self.tables.scan(name), columns=(column,))
        query = sql.select(join_part(scan.source.table.columns[column]).as_("key")).distinct()
        self.session.create(_keys(name, column), query.from_(typed_rows(scan)).where(Name.value(column).is_not_null()))

    def _facts(self, table_pass: QualityPass) -> TableFacts:
        source = table_pass.scan.source
        happened = source.table.happened if source.table.happened in source.columns else None
        value, columns = Name.HAPPENED, [sql.count_where(~Name.IS_BLANK_ROW)]
        if happened:
            known = (sql.fn("min", value), sql.fn("max", value), sql.fn("histogram", month_index(value)))
            columns += [each.where(value <= self.plan.as_of) for each in known]
        ((count, *moments),) = self.session.rows(sql.select(*columns).from_(table_pass.relation))
        first, last, months = moments or (None, None, None)
        days = [value.date() if isinstance(value, datetime) else value for value in (first, last)]
        by_month = {Month.from_index(int(index)): int(rows) for index, rows in sorted((months or {}).items())}
        return TableFacts(
            table=source.table.name,
            files=tuple(file.name for file in source.files),
            rows=int(count),
            first=days[0],
            last=days[1],
            months=by_month if happened else None,
            undeclared=undeclared_headers(source, self.extract),
            identifiers=identifiers_of(self.session, source, int(count), self.tables.shared.short_rows),
        )

    def _located(self, flagged: FlaggedRows, left_out: locate.LeftOut) -> list[Located]:
        """Return the faults in rows of one relation; `left_out` are rows that the reader skipped."""
        name, relation = flagged.table, flagged.relation
        rows = locate.RowsOfFiles(self.extract.tables[name].files, relation, f"quality.kept.{name}", Name.PLACE)
        totals = sql.select(*(sql.count_where(each.holds) for each in flagged.conditions)).from_(relation)
        ((*numbers,),) = self.session.rows(totals)
        # To look for places and values takes DuckDB far longer than to count, before it sees a row.
        holding = [each for each, number in zip(flagged.conditions, numbers, strict=True) if number]
        conditions = [(each.holds, self._values(each.columns)) for each in holding]
        found = locate.locate_rows(self.session, rows, conditions, every_row=self.options.every_row)
        result: list[Located] = []
        for each, parts in zip(holding, found, strict=True):
            places = [Rows(one.file.name, one.count, tuple(one.rows(left_out)), tuple(one.values)) for one in parts]
            count, groups = sum(one.count for one in parts), each.keys
            if count and each.group:
                of_groups = sql.select(each.group).distinct().from_(relation).where(each.holds)
                groups = self.session.number(sql.select(sql.fn("count")).from_(of_groups))
            if count:
                finding = RowFinding(name, each.check, each.columns, count, each.detail, tuple(places), groups)
                result.append((replace(finding, values=self._counted(relation, each)), relation, each.holds))
        return result

    def _counted(self, relation: str, condition: Condition) -> tuple[tuple[str, int], ...]:
        """Return the most frequent values of a condition's column, if values are asked for; ties by code point."""
        if not self.options.show_values or len(condition.columns) != 1:
            return ()
        cell, cases = Name.raw(condition.columns[0]).or_else(""), sql.fn("count", sql.STAR)
        query = sql.select(cell, cases).from_(relation).where(condition.holds).group_by(cell)
        found = sorted(self.session.rows(query), key=lambda row: (-row[1], row[0]))
        return tuple((value, number) for value, number in found[:_MOST_VALUES])

    def _values(self, columns: Sequence[str]) -> Sql | None:
        """Return what is in the columns of a row, if values are asked for; of several columns each with its name."""
        if not self.options.show_values or not columns:
            return None
        if len(columns) == 1:
            return Name.raw(columns[0]).or_else("")
        return sql.fn("concat_ws", ", ", *(sql.fn("concat", f"{name} ", Name.raw(name)) for name in columns))

    def _uneven_rows(self, left_out: locate.LeftOut) -> Iterator[RowFinding]:
        """Give rows with more cells than the header, which are left out, and with fewer, by table."""
        most = None if self.options.every_row else locate.ROWS_SHOWN
        for check, uneven in ((Check.RAGGED_ROW, left_out), (Check.SHORT_ROW, self.tables.shared.short_rows)):
            for name in self.options.tables:
                files = [file.name for file in self.extract.tables[name].files if file.name in uneven]
                places = tuple(Rows(file, len(uneven[file]), tuple(uneven[file])[:most]) for file in files)
                if places:
                    yield RowFinding(name, check, (), sum(each.count for each in places), places=places)


def _pairs(name: str, extract: Extract, options: InspectionOptions) -> Sequence[tuple[str, str, str, Check]]:
    """Return column, other table, its column, check: the persons of a register, and the joins that indicators make.

    These are related rows that no case finds and, where the join is not by the person, cases that find none. Of several
    for a column and a table the first is returned.
    """
    found: dict[tuple[str, str], tuple[str, str, str, Check]] = {}
    source = extract.tables[name]
    person = source.table.person
    for other in (each.table for each in extract.tables.values()):
        if _is_register(other) and other.name != name and person is not None and person in source.columns:
            found[person, other.name] = (person, other.name, other.key[0], Check.UNKNOWN_PERSON)
    for indicator, related in ((each, related) for each in options.definitions for related in each.related):
        case, row = (indicator.table.name, related.case_column), (related.table.name, related.row_column)
        explicit = (case[1], row[1]) != (indicator.table.person, related.table.person)
        if case[0] == row[0] or not _has(extract, *case) or not _has(extract, *row):
            continue
        if row[0] == name and not _is_register(related.table):
            found.setdefault((row[1], case[0]), (row[1], *case, Check.UNMATCHED_KEY))
        elif case[0] == name and explicit:
            found.setdefault((case[1], row[0]), (case[1], *row, Check.UNMATCHED_KEY))
    return tuple(found.values())


def _keys(name: str, column: str) -> str:
    """Return the name of the table of a column's distinct values."""
    return f"quality.keys.{name}.{column}"


def _has(extract: Extract, table: str, column: str) -> bool:
    return table in extract.tables and column in extract.tables[table].columns


def _is_register(table: Table) -> bool:
    """Return whether a table is a register of persons: its key is the person, and it has no `happened` column."""
    return table.person is not None and table.key == (table.person,) and table.happened is None

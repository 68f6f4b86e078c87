"""The spells of the cases of stocks, in SQL: when cases enter a stock and leave it.

They come from the dates of rows and not from judgements, as they are the check on a stock's opening and closing.
"""

from collections.abc import Callable
from functools import reduce
from pathlib import Path

from sgkpi.engines import sealed_files
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.typed_rows import join_part
from sgkpi.engines.duckdb.judge.expressions import Names, compile_expression
from sgkpi.engines.duckdb.seal.cases import KEY
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Copy, Query, Select, Sql
from sgkpi.model.indicator import Indicator
from sgkpi.model.table import Table
from sgkpi.planning.columns import Spell, carrying_spells
from sgkpi.planning.plan import Plan


def write_spells(plan: Plan, folder: Path, tables: Tables) -> None:
    """Write the spells of a plan's stocks; tables must be stored and sealed."""
    tables.session.execute(Copy(spells_of(plan, tables, lambda _: KEY), str(folder.absolute() / sealed_files.SPELLS)))


def spells_of(plan: Plan, tables: Tables, key_of: Callable[[Table], Sql]) -> Query:
    """Return the spells of a plan's stocks, for cases with a complete key; tables must be stored."""
    found: list[Query] = [
        _spells(tables, each.indicator, spell, key_of(each.indicator.table))
        for each in plan.indicators
        if each.indicator.is_stock and tables.extract.tables[each.indicator.table.name].has_key
        for spell in carrying_spells(each.indicator)
    ]
    return reduce(Query.union_all, [sql.select(sql.STAR).from_(sql.no_rows(sealed_files.SPELL_COLUMNS)), *found])


def _spells(tables: Tables, indicator: Indicator, spell: Spell, key: Sql) -> Select:
    """Return the first day of every spell of a case, and the day after its last."""
    related, own = spell.related, _rows(tables, indicator.table)
    table = related.table if related else indicator.table
    about = sql.text(indicator.id).as_("indicator")
    days = [_day(tables, table, name).as_(part) for part, name in (("start", spell.start), ("end", spell.end))]
    if related is None:
        return sql.select(about, key.as_("key"), *days).from_(own).where(key.is_not_null())
    lookup = join_part(indicator.table.columns[related.case_column])
    asked = sql.select(key.as_("asked"), lookup.as_("lookup")).from_(own).where(key.is_not_null())
    names, rows = Names({None: table}, sql.moment(tables.as_of), sql.null("DATE")), _rows(tables, table)
    rows = rows.where(compile_expression(related.where, names).is_true()) if related.where else rows
    same = join_part(table.columns[related.row_column], "r").eq(Column("lookup", "a"))
    if table == indicator.table:  # a case is never its own related row
        same &= ~key.same_as(Column("asked", "a"))
    return sql.select(about, Column("asked", "a").as_("key"), *days).from_(asked, "a").join(rows, "r", on=same)


def _rows(tables: Tables, table: Table) -> Select:
    """Return the rows of a table that exist and that no later version replaces."""
    scan, relation = tables.store(table.name), f"typed.{table.name}"
    return sql.select(sql.STAR).from_(relation).where(tables.is_current(scan, relation, sql.moment(tables.as_of)))


def _day(tables: Tables, table: Table, name: str) -> Sql:
    """Return the date of a column; null if the file lacks it, as a current list lacks start dates."""
    return Name.value(name).cast("DATE") if tables.store(table.name).has(name) else sql.null("DATE")

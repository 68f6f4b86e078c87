"""The SQL that an indicator becomes, for reading."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sgkpi.engines.duckdb.engine import DuckDBEngine
from sgkpi.extracts.extract import Extract, FileFormat, SourceFile, TableSource
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month, PeriodKind, period_for
from sgkpi.model.table import Table
from sgkpi.planning.plan import Plan, plan_indicator

_MONTH = Month(2019, 2)
_AS_OF = datetime(2019, 3, 4, 7)


def explained_sql(indicator: Indicator, catalogue: Catalogue) -> str:
    """The statements that classify an indicator's cases, as run for February 2019 on files that have a header only."""
    with TemporaryDirectory(prefix="sgkpi-", ignore_cleanup_errors=True) as folder:
        tables = {table.name: table for table in (indicator.table, *(each.table for each in indicator.related))}
        sources = {name: _empty(table, Path(folder)) for name, table in tables.items()}
        extract = Extract(Path(folder), sources)
        period = period_for(PeriodKind.MONTH, _MONTH)
        plan = Plan(_AS_OF, (plan_indicator(indicator, extract, [period], ["all"], _AS_OF),), catalogue.closures)
        statements = DuckDBEngine().statements(plan, extract)
        return ";\n\n".join(_laid_out(statement.replace(f"{folder}/", "")) for statement in statements) + ";\n"


def _laid_out(statement: str) -> str:
    from sqlglot import parse_one

    return parse_one(statement, dialect="duckdb").sql(dialect="duckdb", pretty=True, normalize_functions="lower")


def _empty(table: Table, folder: Path) -> TableSource:
    names = tuple(table.columns)
    path = folder / f"{table.name}.csv"
    path.write_text(",".join(names) + "\n", encoding="utf-8")
    places = {name: place for place, name in enumerate(names)}
    file = SourceFile(path, path.name, FileFormat.CSV, names, places)
    return TableSource(table, (file,))

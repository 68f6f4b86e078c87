"""What was wrong with the cells that were read, told by file, column and row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.scan import Fault, Flag, is_set, typed_rows
from sgkpi.engines.duckdb.tables import Tables
from sgkpi.engines.outcomes import TableRead
from sgkpi.problems import Problem, Severity

ROWS_SHOWN = 5


def table_read(tables: Tables, name: str) -> TableRead:
    """How many rows and unreadable cells there were in the columns read of a table."""
    reading = tables.readings[name]
    unreadable = sum(count for flag, count in reading.faults.items() if flag.fault is Fault.UNREADABLE)
    files = tuple(file.name for file in tables.extract.tables[name].files)
    return TableRead(name, files, reading.rows, unreadable, reading.existing)


def cell_problems(tables: Tables, name: str, *, show_values: bool) -> Iterator[Problem]:
    """A warning for every fault of a column, with its count and the first rows."""
    for flag in tables.readings[name].faults:
        yield from _located(tables, name, flag, show_values=show_values)


def _located(tables: Tables, name: str, flag: Flag, *, show_values: bool) -> Iterator[Problem]:
    scan = replace(tables.scan(name), columns=(flag.column.name,), numbered=True, with_raw=show_values)
    wanted = next(each for each in scan.flags if each.fault is flag.fault)
    row = sql.column("row_number")
    columns = [sql.column("file_name"), sql.fn("count", exp.Star()), sql.fn("min", row, ROWS_SHOWN)]
    if show_values:
        columns.append(sql.fn("arg_min", sql.column(f"raw_{flag.column.name}"), row, ROWS_SHOWN))
    query = sql.select(*columns).from_(sql.source(typed_rows(scan)), copy=False).where(is_set(wanted), copy=False)
    query = query.group_by(sql.column("file_name"), copy=False).order_by(sql.column("file_name"), copy=False)
    for file, count, rows, *values in tables.session.rows(query):
        yield _problem(file, flag, count, _shown(rows, values[0] if values else None))


def _shown(rows: Sequence[int], values: Sequence[str] | None) -> list[str]:
    if values is None:
        return [str(row) for row in rows]
    return [f"{row}: {value!r}" for row, value in zip(rows, values, strict=True)]


def _problem(file: str, flag: Flag, count: int, shown: list[str]) -> Problem:
    cells = "1 cell" if count == 1 else f"{count:,} cells"
    message = f"{cells} of '{flag.column.name}' {_words(flag, count)} ({_rows_named(shown, count)})"
    return Problem(file, message, f"{flag.fault.value}-cell", severity=Severity.WARNING)


def _rows_named(shown: list[str], count: int) -> str:
    more = f" and {count - len(shown):,} more" if count > len(shown) else ""
    return f"row{'' if count == 1 else 's'} {', '.join(shown)}{more}"


def _words(flag: Flag, count: int) -> str:
    match flag.fault:
        case Fault.UNREADABLE:
            return f"cannot be read as {_article(flag.column.kind.value)}"
        case Fault.BLANK:
            return f"{'is' if count == 1 else 'are'} blank, though the column is required"
        case Fault.UNLISTED:
            return f"{'holds' if count == 1 else 'hold'} no code of the declaration; kept as recorded"


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def rejected_rows(tables: Tables) -> Iterator[Problem]:
    """Rows that have more or fewer cells than the header: they are left out, and said."""
    query = """
        select s.file_path, e.line, e.error_type
        from reject_errors e join reject_scans s using (scan_id, file_id)
        group by all order by all
    """
    by_path: dict[str, set[int]] = {}
    for path, line, _ in tables.session.connection.execute(query).fetchall():
        by_path.setdefault(path, set()).add(int(line))
    names = {str(file.path): file.name for source in tables.extract.tables.values() for file in source.files}
    for path, lines in by_path.items():
        rows = sorted(lines)
        named = _rows_named([str(row) for row in rows[:ROWS_SHOWN]], len(rows))
        count = "1 row does" if len(rows) == 1 else f"{len(rows):,} rows do"
        message = f"{count} not have as many cells as the header, and cannot be read; left out ({named})"
        yield Problem(names.get(path, path), message, "ragged-row", severity=Severity.WARNING)


def rejects_exist(tables: Tables) -> bool:
    """Whether any row could not be read at all."""
    query = "select count(*) from duckdb_tables() where table_name = 'reject_errors'"
    row = tables.session.connection.execute(query).fetchone()
    return bool(row and row[0])

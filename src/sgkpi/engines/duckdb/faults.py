"""What was wrong with the cells that were read, told by file, column and row."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from io import BufferedReader
from pathlib import Path

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.scan import Fault, Flag, Scan, is_set
from sgkpi.engines.duckdb.session import Rejected
from sgkpi.engines.duckdb.tables import Tables, has_repeated_hash
from sgkpi.extracts.cells import EXCEL_DATE, EXCEL_DATES, EXCEL_SERIAL
from sgkpi.extracts.extract import FileFormat, SourceFile
from sgkpi.extracts.quotes import read_records
from sgkpi.ledger.ledger import TableRead
from sgkpi.model.errors import ExtractError
from sgkpi.model.expressions import Kind
from sgkpi.model.problems import Problem, Severity

ROWS_SHOWN = 5
# What DuckDB calls the errors of lines that it rejects.
_MISQUOTED, _SHORT = "UNQUOTED VALUE", "MISSING COLUMNS"


def table_read(tables: Tables, name: str) -> TableRead:
    """How many rows and unreadable cells there were in the columns read of a table."""
    reading = tables.readings[name]
    unreadable = sum(count for flag, count in reading.faults.items() if flag.fault is Fault.UNREADABLE)
    files = tuple(file.name for file in tables.extract.tables[name].files)
    return TableRead(name, files, reading.rows, unreadable)


def all_problems(tables: Tables, names: Sequence[str], *, show_values: bool) -> Iterator[Problem]:
    """A warning for every fault of a column, with its count and the first rows; then the rows left out."""
    left_out = rows_left_out(tables)
    jobs = [partial(_of_cells_and_keys, tables, name, left_out, show_values=show_values) for name in names]
    for problems in tables.session.side_by_side(jobs):
        yield from problems
    yield from _uneven_rows(tables, left_out)


def _of_cells_and_keys(
    tables: Tables, name: str, left_out: Mapping[str, Sequence[int]], *, show_values: bool
) -> list[Problem]:
    cells = _located(tables, name, left_out, show_values=show_values) if tables.readings[name].faults else ()
    return [*cells, *_conflicting_keys(tables, name, left_out)]


def _uneven_rows(tables: Tables, left_out: Mapping[str, Sequence[int]]) -> Iterator[Problem]:
    """A warning for each way in which rows of a file are not as long as the header; a row has one of them."""
    misquoted = _rejected(tables, lambda line: line.error == _MISQUOTED)
    for file, lines in misquoted.items():
        yield _uneven(file, lines, "text behind a closing quotation mark, and cannot be read: left out", "ragged-row")
    for file, rows in left_out.items():
        if longer := sorted({*rows} - {*misquoted.get(file, ())}):
            yield _uneven(file, longer, "more cells than the header, and cannot be read: left out", "ragged-row")
    for file, rows in tables.short_rows.items():
        if short := sorted({*rows} - {*left_out.get(file, ())}):
            yield _uneven(file, short, "fewer cells than the header; those missing are taken as blank", "short-row")


def _located(
    tables: Tables, name: str, left_out: Mapping[str, Sequence[int]], *, show_values: bool
) -> Iterator[Problem]:
    """The faults of a table with their first rows, all of them in one more pass over its files."""
    occurring = {(flag.column.name, flag.fault) for flag in tables.readings[name].faults}
    raw = show_values or any(_is_date(flag) for flag in tables.readings[name].faults)
    scan = replace(_looked_at(tables, name, occurring), with_raw=raw)
    flags = [flag for flag in scan.flags if (flag.column.name, flag.fault) in occurring]
    found = [part for flag in flags for part in _first_rows(flag, show_values=show_values)]
    query = sql.select(sql.column("file_name"), *found).from_(tables.numbered_rows(name, scan))
    query = query.group_by(sql.column("file_name")).order_by(sql.column("file_name"))
    files = {file.name: file for file in scan.source.files}
    for file, *parts in tables.session.rows(query):
        for flag, (count, rows, values, serials) in zip(flags, zip(*[iter(parts)] * 4, strict=True), strict=True):
            if count:
                placed = rows_in_file(files[file], rows, uneven=file in left_out)
                yield _problem(file, flag, count, _shown(placed, values), serials)


def _looked_at(tables: Tables, name: str, occurring: set[tuple[str, Fault]]) -> Scan:
    """The faulty columns alone, unless it takes the whole row to tell a blank cell from a blank row."""
    scan = tables.scan(name)
    if name in tables.whole or any(fault in (Fault.BLANK, Fault.UNDATED) for _, fault in occurring):
        return scan
    faulty = {name for name, _ in occurring}
    return replace(scan, columns=tuple(name for name in scan.columns if name in faulty))


def _first_rows(flag: Flag, *, show_values: bool) -> list[Sql]:
    """How many rows have a fault, the first of them, what stands there, and how many hold a date as Excel counts."""
    row, values, serials = sql.column("row_number"), sql.null(), sql.number(0)
    raw = sql.fn("coalesce", sql.column(f"raw_{flag.column.name}"), sql.text(""))
    if show_values:
        values = sql.filtered(sql.fn("arg_min", raw, row, ROWS_SHOWN), is_set(flag))
    if _is_date(flag):
        serials = sql.count_where(sql.and_([is_set(flag), sql.fn("regexp_full_match", raw, EXCEL_SERIAL)]))
    return [sql.count_where(is_set(flag)), sql.filtered(sql.fn("min", row, ROWS_SHOWN), is_set(flag)), values, serials]


def _is_date(flag: Flag) -> bool:
    return flag.fault is Fault.UNREADABLE and flag.column.kind in (Kind.DATE, Kind.DATETIME, Kind.MONTH)


def _conflicting_keys(tables: Tables, name: str, left_out: Mapping[str, Sequence[int]]) -> Iterator[Problem]:
    """A warning for keys that stand in rows that differ, with the first of those rows."""
    count = tables.conflicts.get(name, 0)
    if count:
        keys = "1 key stands" if count == 1 else f"{count:,} keys stand"
        message = f"{keys} in rows that differ: as cases they are unknown (duplicate_key), as related rows all count"
        found = _conflicting_rows(tables, name, left_out)
        named = {file: _rows_named([str(row) for row in rows], number) for file, (rows, number) in found.items()}
        told = "; ".join(named.values() if len(named) == 1 else (f"{file} {rows}" for file, rows in named.items()))
        yield Problem(", ".join(named), f"{message} ({told})", "duplicate-key", severity=Severity.WARNING)


def _conflicting_rows(
    tables: Tables, name: str, left_out: Mapping[str, Sequence[int]]
) -> dict[str, tuple[list[int], int]]:
    """By file, the first rows whose keys stand in rows that differ, and how many there are."""
    table, row = tables.extract.tables[name].table, sql.column("row_number")
    scan = replace(tables.scan(name), columns=tuple(table.key))
    counts = [sql.fn("count", sql.STAR), sql.fn("min", row, ROWS_SHOWN)]
    query = sql.select(sql.column("file_name"), *counts).from_(tables.numbered_rows(name, scan))
    query = query.where(has_repeated_hash(tables.conflicting(name)))
    query = query.group_by(sql.column("file_name")).order_by(sql.column("file_name"))
    files = {file.name: file for file in scan.source.files}
    return {
        file: (rows_in_file(files[file], rows, uneven=file in left_out), number)
        for file, number, rows in tables.session.rows(query)
    }


def _shown(rows: Sequence[int], values: Sequence[str] | None) -> list[str]:
    if values is None:
        return [str(row) for row in rows]
    return [f"{row}: {value!r}" for row, value in zip(rows, values, strict=True)]


def _problem(file: str, flag: Flag, count: int, shown: list[str], serials: int) -> Problem:
    cells = "1 cell" if count == 1 else f"{count:,} cells"
    message = f"{cells} of '{flag.column.name}' {_words(flag, count)} ({_rows_named(shown, count)})"
    if serials:
        which = "" if serials == count else f"{serials:,} of them: "
        message += f"; {which}{EXCEL_DATE if serials == 1 else EXCEL_DATES}"
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
        case Fault.UNDATED:
            rows = "is blank: this row is" if count == 1 else "are blank: these rows are"
            return f"{rows} ignored as related rows"
        case Fault.UNLISTED:
            return f"{'holds' if count == 1 else 'hold'} no code of the declaration; kept as recorded"


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def rows_left_out(tables: Tables) -> dict[str, list[int]]:
    """By file, the rows that have more cells than the header, or cannot be told apart: they cannot be read."""
    return _rejected(tables, lambda line: line.error != _SHORT)


def check_quotation_marks(tables: Tables) -> None:
    """Raises ExtractError where a quotation mark is never closed: all that follows it would be one cell."""
    message = "a quotation mark is opened here and never closed, so the rest of the file cannot be read"
    lines = _rejected(tables, lambda line: line.error == _MISQUOTED and line.is_open).items()
    problems = [Problem(file, message, "unclosed-quote", line=line) for file, rows in lines for line in rows]
    if problems:
        raise ExtractError(f"{tables.extract.path} cannot be used as it is", problems)


def short_rows(tables: Tables) -> dict[str, list[int]]:
    """By file, the rows that have fewer cells than the header."""
    return _rejected(tables, lambda line: line.error == _SHORT)


def _rejected(tables: Tables, is_meant: Callable[[Rejected], bool]) -> dict[str, list[int]]:
    names = {str(file.path): file.name for source in tables.extract.tables.values() for file in source.files}
    rows: dict[str, set[int]] = {}
    for line in filter(is_meant, tables.rejected):
        rows.setdefault(names.get(line.path, line.path), set()).add(line.number)
    return {name: sorted(lines) for name, lines in sorted(rows.items())}


def _uneven(file: str, rows: Sequence[int], what: str, code: str) -> Problem:
    named = _rows_named([str(row) for row in rows[:ROWS_SHOWN]], len(rows))
    count = "1 row has" if len(rows) == 1 else f"{len(rows):,} rows have"
    return Problem(file, f"{count} {what} ({named})", code, severity=Severity.WARNING)


def rows_in_file(file: SourceFile, rows: Sequence[int], *, uneven: bool) -> list[int]:
    """The rows of the file, as a spreadsheet counts them, that are these of the rows that were read.

    They differ only where the reader passed over something: an empty line, or a row left out.
    """
    if file.format is FileFormat.PARQUET or not (uneven or _has_empty_lines(file)):
        return list(rows)
    wanted, found = {row - 2 - file.skip for row in rows}, []
    with _opened(file.path, file.compressed) as lines:
        records = read_records((line.decode("utf-8-sig", "replace") for line in lines), file.delimiter)
        read = -1
        for number, record in enumerate(records, start=1):
            read += number > file.skip + 1 and bool(record) and len(record) <= len(file.headers)
            if read in wanted:
                wanted.discard(read)
                found.append(number)
            if not wanted:
                break
    return found


def _has_empty_lines(file: SourceFile) -> bool:
    written = file.path.stat()
    return _any_line_empty(file.path, file.compressed, written.st_mtime_ns, written.st_size)


@lru_cache(maxsize=1024)
def _any_line_empty(path: Path, compressed: bool, _written_at: int, _size: int) -> bool:
    """Whether a file that is as it was has an empty line; every kind of fault in it asks."""
    with _opened(path, compressed) as lines:
        return any(not line.strip() for line in lines)


def _opened(path: Path, compressed: bool) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path, "rb") if compressed else path.open("rb")

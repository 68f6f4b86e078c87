"""What was wrong with the cells that were read, told by file, column and row."""

import gzip
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import assert_never

from sgkpi.engines.checks import Check, describe_rows
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.scan import Fault, Flag, Scan, is_set, typed_rows
from sgkpi.engines.duckdb.session import Rejected
from sgkpi.engines.duckdb.tables import Reading, Tables, has_repeated_hash
from sgkpi.extracts.cells import EXCEL_DATE, EXCEL_DATES
from sgkpi.extracts.extract import FileFormat, SourceFile
from sgkpi.extracts.quotes import read_records
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import TableRead
from sgkpi.model.errors import ExtractError
from sgkpi.model.problems import Problem, Severity
from sgkpi.model.words import plural

ROWS_SHOWN = 5
_BLOCK = 1 << 20
_EMPTY_LINE = re.compile(rb"\n[ \t\r\f\v]*\n")
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
    for name in names:
        if tables.readings[name].faults:
            yield from _located(tables, name, left_out, show_values=show_values)
        yield from _conflicting_keys(tables, name, left_out)
    yield from _uneven_rows(tables, left_out)


def _uneven_rows(tables: Tables, left_out: Mapping[str, Sequence[int]]) -> Iterator[Problem]:
    """A warning for each way in which rows of a file are not as long as the header; a row has one of them."""
    misquoted = _rejected(tables, lambda line: line.error == _MISQUOTED)
    for file, rows in misquoted.items():
        have = f"{plural(len(rows), 'row')} {'has' if len(rows) == 1 else 'have'}"
        sentence = f"{have} text behind a closing quotation mark, and cannot be read: left out"
        yield _uneven(file, rows, sentence, Check.RAGGED_ROW)
    for file, left in left_out.items():
        if longer := sorted({*left} - {*misquoted.get(file, ())}):
            yield _uneven(file, longer, describe_rows(Check.RAGGED_ROW, len(longer)), Check.RAGGED_ROW)
    for file, fewer in tables.short_rows.items():
        if short := sorted({*fewer} - {*left_out.get(file, ())}):
            yield _uneven(file, short, describe_rows(Check.SHORT_ROW, len(short)), Check.SHORT_ROW)


@dataclass(frozen=True)
class _Cells:
    """The cells of a file that have a fault: how many, and the first rows, counted from 0 as they were read."""

    count: int
    places: Sequence[int]
    serials: int = 0


def _located(
    tables: Tables, name: str, left_out: Mapping[str, Sequence[int]], *, show_values: bool
) -> Iterator[Problem]:
    """The faults of a table with their first rows, file by file, in the order of columns."""
    reading, files = tables.readings[name], tables.extract.tables[name].files
    cells = _kept_faults(tables, reading) | {
        (0, flag.column.name, flag.fault): _Cells(count, _second_look(tables, reading.scan, flag))
        for flag, count in reading.faults.items()
        if not flag.bit
    }
    order = [(column.name, fault) for column in reading.scan.declared for fault in reading.scan.faults(column)]
    for number, file in sorted(enumerate(files), key=lambda each: each[1].name):
        for column, fault in order:
            found = cells.get((number, column, fault))
            if found is not None and fault is not Fault.SERIAL:
                rows = rows_in_file(
                    file, [row_number(file, place) for place in found.places], left_out=left_out.get(file.name, ())
                )
                values = _values(tables, reading.scan, file, column, found.places) if show_values else None
                flag = next(each for each in reading.faults if (each.column.name, each.fault) == (column, fault))
                yield _problem(file.name, flag, found.count, _shown(rows, values), found.serials)


def row_number(file: SourceFile, place: int) -> int:
    """The number of a row as a spreadsheet counts them: from 1, after the header."""
    return place + (1 if file.format is FileFormat.PARQUET else 2 + file.skip)


def _kept_faults(tables: Tables, reading: Reading) -> dict[tuple[int, str, Fault], _Cells]:
    """By file, column and fault, what the flags of the rows that were read tell."""
    flags, row = [flag for flag in reading.faults if flag.bit], Name.ROW_ID
    columns = [
        value.as_(f"{part}_{flag.bit}")
        for flag in flags
        for part, value in (
            ("count", sql.count_where(is_set(flag))),
            ("first", sql.fn("min", row, ROWS_SHOWN).where(is_set(flag))),
        )
    ]
    if not flags:
        return {}
    faulty = Name.FLAGS.ne(0)
    firsts = _first_rows(tables, reading)
    found: dict[tuple[int, str, Fault], _Cells] = {}
    for record in tables.session.records(_by_file(reading, columns).where(faulty)):
        number = record[Name.FILE.name]
        counts = {(flag.column.name, flag.fault): record[f"count_{flag.bit}"] for flag in flags}
        for flag in flags:
            if record[f"count_{flag.bit}"]:
                places = [place - firsts[number] for place in record[f"first_{flag.bit}"]]
                serials = counts.get((flag.column.name, Fault.SERIAL), 0) if flag.fault is Fault.UNREADABLE else 0
                cells = _Cells(record[f"count_{flag.bit}"], places, serials)
                found[number, flag.column.name, flag.fault] = cells
    return found


def _by_file(reading: Reading, columns: Sequence[Sql]) -> Select:
    if len(reading.scan.source.files) == 1:
        return sql.select(sql.number(0).as_(Name.FILE), *columns).from_(reading.relation)
    file = Name.FILE
    return sql.select(file, *columns).from_(reading.relation).group_by(file)


def _first_rows(tables: Tables, reading: Reading) -> dict[int, int]:
    """The place of the first row of each file among the rows of all."""
    if len(reading.scan.source.files) == 1:
        return {0: 0}
    first = sql.fn("min", Name.ROW_ID).as_("first")
    return {record[Name.FILE.name]: record["first"] for record in tables.session.records(_by_file(reading, [first]))}


def _second_look(tables: Tables, scan: Scan, flag: Flag) -> list[int]:
    """The places of the first cells with a fault in a column of one file, which was carried as it is written."""
    columns = (flag.column.name,) if flag.fault is Fault.UNLISTED else scan.columns
    again = replace(scan, columns=columns, as_written=frozenset(), as_keys=frozenset(), numbered=True)
    flag = next(each for each in again.flags if (each.column, each.fault) == (flag.column, flag.fault))
    row, first = Name.ROW_NUMBER, row_number(scan.source.files[0], 0)
    query = sql.select(row).from_(typed_rows(again)).where(is_set(flag)).limit(ROWS_SHOWN)
    return [record[Name.ROW_NUMBER.name] - first for record in tables.session.records(query)]


def _values(tables: Tables, scan: Scan, file: SourceFile, column: str, places: Sequence[int]) -> list[str]:
    """What stands in the cells of a column at these places of a file."""
    source = replace(scan.source, files=(file,))
    again = replace(scan, source=source, columns=(column,), as_written=frozenset((column,)), numbered=True)
    raw, row = sql.fn("coalesce", Name.raw(column), ""), Name.ROW_NUMBER
    query = sql.select(raw.as_("value")).from_(typed_rows(again))
    query = query.where(row.is_in([sql.number(row_number(file, place)) for place in places]))
    return [record["value"] for record in tables.session.records(query.order_by(row))]


def _conflicting_keys(tables: Tables, name: str, left_out: Mapping[str, Sequence[int]]) -> Iterator[Problem]:
    """A warning for keys that stand in rows that differ, with the first of those rows."""
    count = tables.readings[name].conflicts
    if count:
        message = describe_rows(Check.DUPLICATE_KEY, 0, keys=count)
        found = _conflicting_rows(tables, name, left_out)
        named = {file: _rows_named([str(row) for row in rows], number) for file, (rows, number) in found.items()}
        told = "; ".join(named.values() if len(named) == 1 else (f"{file} {rows}" for file, rows in named.items()))
        yield Problem(", ".join(named), f"{message} ({told})", "duplicate-key", severity=Severity.WARNING)


def _conflicting_rows(
    tables: Tables, name: str, left_out: Mapping[str, Sequence[int]]
) -> dict[str, tuple[list[int], int]]:
    """By file, the first rows whose keys stand in rows that differ, and how many there are."""
    reading, row = tables.readings[name], Name.ROW_ID
    columns = [sql.fn("count", sql.STAR), sql.fn("min", row, ROWS_SHOWN)]
    named = [value.as_(part) for value, part in zip(columns, ("rows", "places"), strict=True)]
    query = _by_file(reading, named).where(has_repeated_hash(f"conflicting.{name}"))
    firsts, found = _first_rows(tables, reading), {}
    for record in tables.session.records(query):
        file = reading.scan.source.files[record[Name.FILE.name]]
        rows = [row_number(file, place - firsts[record[Name.FILE.name]]) for place in record["places"] or ()]
        if rows:
            found[file.name] = (rows_in_file(file, rows, left_out=left_out.get(file.name, ())), record["rows"])
    return dict(sorted(found.items()))


def _shown(rows: Sequence[int], values: Sequence[str] | None) -> list[str]:
    if values is None:
        return [str(row) for row in rows]
    return [f"{row}: {value!r}" for row, value in zip(rows, values, strict=True)]


def _problem(file: str, flag: Flag, count: int, shown: list[str], serials: int) -> Problem:
    message = f"{_sentence(flag, count)} ({_rows_named(shown, count)})"
    if serials:
        which = "" if serials == count else f"{serials:,} of them: "
        message += f"; {which}{EXCEL_DATE if serials == 1 else EXCEL_DATES}"
    return Problem(file, message, f"{flag.fault.value}-cell", severity=Severity.WARNING)


def _rows_named(shown: list[str], count: int) -> str:
    more = f" and {count - len(shown):,} more" if count > len(shown) else ""
    return f"row{'' if count == 1 else 's'} {', '.join(shown)}{more}"


def _sentence(flag: Flag, count: int) -> str:
    columns = (flag.column.name,)
    match flag.fault:
        case Fault.UNREADABLE:
            return describe_rows(Check.UNREADABLE, count, columns, f"as {_article(flag.column.kind.value)}")
        case Fault.BLANK:
            return describe_rows(Check.BLANK, count, columns)
        case Fault.UNDATED:
            rows = "is blank: this row is" if count == 1 else "are blank: these rows are"
            return f"{plural(count, 'cell')} of '{flag.column.name}' {rows} ignored as related rows"
        case Fault.UNLISTED:
            return describe_rows(Check.UNLISTED, count, columns)
        case Fault.SERIAL:
            raise ValueError("a number as Excel counts days is told with the cells that cannot be read")
        case _:
            assert_never(flag.fault)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def rows_left_out(tables: Tables) -> dict[str, list[int]]:
    """By file, the rows that have more cells than the header, or cannot be told apart: they cannot be read."""
    return _rejected(tables, lambda line: line.error != _SHORT)


def numbered_as_in_file(tables: Tables, cases: Sequence[CaseOutcome]) -> list[CaseOutcome]:
    """Return cases that have no key, of one table, under the rows of their files as a spreadsheet counts them."""
    left_out = rows_left_out(tables)
    files = {file.name: file for source in tables.extract.tables.values() for file in source.files}
    numbers: dict[str, dict[str, str]] = {}
    for name in sorted({case.key[0] for case in cases}):
        read = sorted({int(case.key[1]) for case in cases if case.key[0] == name})
        rows = rows_in_file(files[name], read, left_out=left_out.get(name, ()))
        numbers[name] = {str(number): str(row) for number, row in zip(read, rows, strict=True)}
    return [replace(case, key=(name, numbers[name][number])) for case in cases for name, number in [case.key]]


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


def _uneven(file: str, rows: Sequence[int], sentence: str, check: Check) -> Problem:
    named = _rows_named([str(row) for row in rows[:ROWS_SHOWN]], len(rows))
    return Problem(file, f"{sentence} ({named})", check.value, severity=Severity.WARNING)


def rows_in_file(file: SourceFile, rows: Sequence[int], *, left_out: Collection[int]) -> list[int]:
    """The rows of the file, as a spreadsheet counts them, that are these of the rows that were read.

    They differ only where the reader passed over something: an empty line, or a row left out.
    """
    if file.format is FileFormat.PARQUET or not (left_out or _has_empty_lines(file)):
        return list(rows)
    wanted, found = {row - 2 - file.skip for row in rows}, []
    with _opened(file.path, file.compressed) as lines:
        records = read_records((line.decode("utf-8-sig", "replace") for line in lines), file.delimiter)
        read = -1
        for number, record in enumerate(records, start=1):
            read += number > file.skip + 1 and bool(record) and number not in left_out
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
    with _opened(path, compressed) as file:
        rest = b"\n"
        # A search of blocks takes a tenth of the time of a loop over lines.
        while block := file.read(_BLOCK):
            text = rest + block
            if _EMPTY_LINE.search(text):
                return True
            rest = text[text.rfind(b"\n") :]
        return len(rest) > 1 and not rest.strip()


def _opened(path: Path, compressed: bool) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path, "rb") if compressed else path.open("rb")

"""Locate the rows at fault, by file, and warn about the cells that were read."""

import gzip
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BufferedReader
from pathlib import Path

from sgkpi.engines.checks import READ_AS, Check, describe_rows
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.known_rows import has_repeated_hash
from sgkpi.engines.duckdb.ingest.raw_rows import LONGEST_LINE
from sgkpi.engines.duckdb.ingest.typed_rows import Fault, Flag, Scan, is_faulty, typed_rows
from sgkpi.engines.duckdb.session.session import Rejected, Session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Sql
from sgkpi.extracts.cells import EXCEL_DATE, EXCEL_DATES
from sgkpi.extracts.csv_text import read_records
from sgkpi.extracts.extract import FileFormat, SourceFile
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import TableRead
from sgkpi.model.errors import ExtractError
from sgkpi.model.problems import Problem, Severity
from sgkpi.model.words import plural

ROWS_SHOWN = 5
# The time that DuckDB takes to plan grows with the square of their number: 65 take 0.3 s, 390 took 18 s.
_CONDITIONS_AT_ONCE = 50
_BLOCK = 1 << 20
_EMPTY_LINE = re.compile(rb"\n[ \t\r\f\v]*\n")
# DuckDB's names for the errors of lines that it rejects.
_MISQUOTED, _SHORT, _LONG = "UNQUOTED VALUE", "MISSING COLUMNS", "LINE SIZE OVER MAXIMUM"
LeftOut = Mapping[str, Collection[int]]


@dataclass(frozen=True)
class Located:
    """Rows of one file: how many, the first of them (or all), counted from 0 as they were read, and their values."""

    file: SourceFile
    count: int
    places: Sequence[int]
    values: Sequence[str] = ()

    def rows(self, left_out: LeftOut) -> list[int]:
        """Return the first rows as a spreadsheet counts them; `left_out` are rows that the reader passed over."""
        rows = [place + _first_row(self.file) for place in self.places]
        return _rows_in_file(self.file, rows, left_out.get(self.file.name, ()))


@dataclass(frozen=True)
class RowsOfFiles:
    """Rows of files; `place` is one's place among all rows in the files' order, which are in `kept` if not here."""

    files: Sequence[SourceFile]
    relation: str
    kept: str | None = None
    place: Column = Name.ROW_ID


def locate_rows(
    session: Session,
    rows: RowsOfFiles,
    conditions: Sequence[tuple[Sql, Sql | None]],
    *,
    where: Sql = sql.TRUE,
    every_row: bool = False,
) -> list[list[Located]]:
    """Return, for each condition, the rows for which it holds, file by file; with a value of each if one is given."""
    if not conditions:
        return []
    if len(conditions) > _CONDITIONS_AT_ONCE:
        halves = (conditions[:_CONDITIONS_AT_ONCE], conditions[_CONDITIONS_AT_ONCE:])
        return [each for part in halves for each in locate_rows(session, rows, part, where=where, every_row=every_row)]
    columns = [Name.FILE if len(rows.files) > 1 else sql.number(0).as_(Name.FILE)]
    for number, (holds, value) in enumerate(conditions):
        every = sql.fn("list_sort", sql.fn("list", rows.place).where(holds))
        places = every if every_row else sql.fn("min", rows.place, ROWS_SHOWN).where(holds)
        values = sql.NULL if value is None else sql.fn("arg_min", value, rows.place, ROWS_SHOWN).where(holds)
        columns.append(sql.fn("row", sql.count_where(holds), places, values).as_(f"found_{number}"))
    query, first_places = sql.select(*columns).from_(rows.relation).where(where), {0: 0}
    if len(rows.files) > 1:
        query = query.group_by(Name.FILE)
        begins = sql.select(Name.FILE, sql.fn("min", Name.ROW_ID)).from_(rows.kept or rows.relation).group_by(Name.FILE)
        first_places = dict(session.rows(begins))
    located: list[list[Located]] = [[] for _ in conditions]
    for file, *found in sorted(session.rows(query), key=lambda row: int(row[0])):
        for (count, places, values), parts in zip(found, located, strict=True):
            if count:
                its_places = [place - first_places[file] for place in places]
                parts.append(Located(rows.files[file], count, its_places, values or ()))
    return located


def table_read(tables: Tables, name: str) -> TableRead:
    """Return how many rows and unreadable cells there were in the columns read of a table."""
    reading, files = tables.readings[name], tables.extract.tables[name].files
    unreadable = {flag.column.name: count for flag, count in reading.faults.items() if flag.fault is Fault.UNREADABLE}
    return TableRead(name, tuple(file.name for file in files), reading.rows, unreadable, reading.replaced)


def all_problems(tables: Tables, names: Sequence[str], *, show_values: bool) -> Iterator[Problem]:
    """Give a warning for every fault of a column, with its count and the first rows; then for the rows left out."""
    left_out = rows_left_out(tables)
    for name in names:
        if tables.readings[name].faults:
            yield from _cell_problems(tables, name, left_out, show_values=show_values)
        if tables.readings[name].conflicts:
            yield _conflicting_keys(tables, name, left_out)
    yield from _uneven_rows(tables, left_out)


def _cell_problems(tables: Tables, name: str, left_out: LeftOut, *, show_values: bool) -> Iterator[Problem]:
    """Give the faults of a table with their first rows, file by file, in the order of columns."""
    reading, files = tables.readings[name], tables.extract.tables[name].files
    flags, scan = [flag for flag in reading.faults if flag.bit], reading.scan
    rows = RowsOfFiles(files, reading.relation)
    located = locate_rows(tables.session, rows, [(flag.is_set, None) for flag in flags], where=Name.FLAGS.ne(0))
    found = [(each, flag) for flag, parts in zip(flags, located, strict=True) for each in parts]
    # Cells of the one file of a table that were carried as they are written.
    unread = [(count, flag) for flag, count in reading.faults.items() if not flag.bit]
    found += [(Located(files[0], count, _second_look(tables, scan, flag)), flag) for count, flag in unread]
    serials = {(each.file.name, flag.column): each.count for each, flag in found if flag.fault is Fault.SERIAL}
    order = [(column, fault) for column in scan.declared for fault in Fault]
    cells = [each for each in found if each[1].fault is not Fault.SERIAL]
    cells.sort(key=lambda cell: (cell[0].file.name, order.index((cell[1].column, cell[1].fault))))
    for each, flag in cells:
        shown = [str(row) for row in each.rows(left_out)]
        if show_values:
            values = _values(tables, scan, each, flag.column.name)
            shown = [f"{row}: {value!r}" for row, value in zip(shown, values, strict=True)]
        yield _cell_problem(each, flag, shown, serials.get((each.file.name, flag.column), 0))


def _cell_problem(cells: Located, flag: Flag, shown: Sequence[str], serials: int) -> Problem:
    """Return the warning about cells of a file, some of which may be serial dates of Excel."""
    check, reason = Check(f"{flag.fault}-cell"), READ_AS.get(flag.column.kind, "")
    which = "" if serials == cells.count else f"{serials:,} of them: "
    is_serial = serials and flag.fault is Fault.UNREADABLE
    hint = f"; {which}{EXCEL_DATE if serials == 1 else EXCEL_DATES}" if is_serial else ""
    sentence = describe_rows(check, cells.count, (flag.column.label or flag.column.name,), reason)
    return _warning(cells.file.name, sentence, shown, cells.count, check, hint)


def _second_look(tables: Tables, scan: Scan, flag: Flag) -> list[int]:
    """Return the places of the first faulty cells in a column of one file that was carried as written."""
    columns = (flag.column.name,) if flag.fault is Fault.UNLISTED else scan.columns
    again = replace(scan, columns=columns, as_written=frozenset(), numbered=True)
    holds = is_faulty(flag.column, flag.fault) & ~Name.IS_BLANK_ROW
    query = sql.select(Name.ROW_NUMBER).from_(typed_rows(again)).where(holds).limit(ROWS_SHOWN)
    return [row - _first_row(scan.source.files[0]) for (row,) in tables.session.rows(query)]


def _values(tables: Tables, scan: Scan, cells: Located, column: str) -> list[str]:
    """Return the contents of the first located cells of a column."""
    source = replace(scan.source, files=(cells.file,))
    again = replace(scan, source=source, columns=(column,), as_written=frozenset((column,)), numbered=True)
    rows = Name.ROW_NUMBER.is_in([place + _first_row(cells.file) for place in cells.places])
    query = sql.select(Name.raw(column).or_else("")).from_(typed_rows(again)).where(rows).order_by(Name.ROW_NUMBER)
    return [value for (value,) in tables.session.rows(query)]


def _conflicting_keys(tables: Tables, name: str, left_out: LeftOut) -> Problem:
    """Return a warning for keys with conflicting rows, with the first of those rows."""
    reading, files = tables.readings[name], tables.extract.tables[name].files
    conflicting = has_repeated_hash(f"conflicting.{name}")
    rows = RowsOfFiles(files, reading.relation)
    (found,) = locate_rows(tables.session, rows, [(sql.TRUE, None)], where=conflicting)
    named = {each.file.name: _rows_named([*map(str, each.rows(left_out))], each.count) for each in found}
    told = [named[file] if len(named) == 1 else f"{file} {named[file]}" for file in sorted(named)]
    message = f"{describe_rows(Check.DUPLICATE_KEY, 0, keys=reading.conflicts)} ({'; '.join(told)})"
    return Problem(", ".join(sorted(named)), message, Check.DUPLICATE_KEY.value, severity=Severity.WARNING)


def _uneven_rows(tables: Tables, left_out: LeftOut) -> Iterator[Problem]:
    """Give a warning for each way in which rows of a file are not as long as the header; a row has one of them."""
    misquoted = _rejected(tables, lambda line: line.error == _MISQUOTED)
    long = _rejected(tables, lambda line: line.error == _LONG)
    uneven = {
        file: sorted({*rows} - {*misquoted.get(file, ()), *long.get(file, ())}) for file, rows in left_out.items()
    }
    short = {file: sorted({*rows} - {*left_out.get(file, ())}) for file, rows in tables.shared.short_rows.items()}
    for check, found, reason in (
        (Check.RAGGED_ROW, misquoted, "text after a closing quotation mark"),
        (Check.RAGGED_ROW, long, f"more than {LONGEST_LINE:,} characters"),
        (Check.RAGGED_ROW, uneven, ""),
        (Check.SHORT_ROW, short, ""),
    ):
        for file, rows in found.items():
            sentence = describe_rows(check, len(rows))
            if reason:
                have, were = ("has", "was") if len(rows) == 1 else ("have", "were")
                sentence = f"{plural(len(rows), 'row')} {have} {reason}, and {were} left out"
            if rows:
                yield _warning(file, sentence, [*map(str, rows[:ROWS_SHOWN])], len(rows), check)


def _warning(file: str, sentence: str, shown: Sequence[str], count: int, check: Check, hint: str = "") -> Problem:
    return Problem(file, f"{sentence} ({_rows_named(shown, count)}){hint}", check.value, severity=Severity.WARNING)


def _rows_named(shown: Sequence[str], count: int) -> str:
    more = f" and {count - len(shown):,} more" if count > len(shown) else ""
    return f"row{'' if count == 1 else 's'} {', '.join(shown)}{more}"


def rows_left_out(tables: Tables) -> dict[str, list[int]]:
    """Return, by file, the rows that cannot be read: with more cells than the header, or with ambiguous ends."""
    return _rejected(tables, lambda line: line.error != _SHORT)


def short_rows(tables: Tables) -> dict[str, list[int]]:
    """Return, by file, the rows that have fewer cells than the header."""
    return _rejected(tables, lambda line: line.error == _SHORT)


def check_quotation_marks(tables: Tables) -> None:
    """Raise ExtractError where a quotation mark is never closed: all that follows it would be one cell."""
    message = "a quotation mark is opened here and never closed, so the rest of the file cannot be read"
    lines = _rejected(tables, lambda line: line.error == _MISQUOTED and line.is_open).items()
    problems = [Problem(file, message, "unclosed-quote", line=line) for file, rows in lines for line in rows]
    if problems:
        raise ExtractError(f"{tables.extract.path} cannot be used as it is", problems)


def _rejected(tables: Tables, is_meant: Callable[[Rejected], bool]) -> dict[str, list[int]]:
    names = {str(file.path): file.name for source in tables.extract.tables.values() for file in source.files}
    rows: dict[str, set[int]] = {}
    for line in filter(is_meant, tables.rejected):
        rows.setdefault(names.get(line.path, line.path), set()).add(line.number)
    return {name: sorted(lines) for name, lines in sorted(rows.items())}


def numbered_as_in_file(tables: Tables, cases: Sequence[CaseOutcome]) -> list[CaseOutcome]:
    """Return cases that have no key, of one table, under the rows of their files as a spreadsheet counts them."""
    left_out = rows_left_out(tables)
    files = {file.name: file for source in tables.extract.tables.values() for file in source.files}
    numbers: dict[str, dict[str, str]] = {}
    for name in sorted({case.key[0] for case in cases}):
        read = sorted({int(case.key[1]) for case in cases if case.key[0] == name})
        rows = _rows_in_file(files[name], read, left_out.get(name, ()))
        numbers[name] = {str(number): str(row) for number, row in zip(read, rows, strict=True)}
    return [replace(case, key=(name, numbers[name][number])) for case in cases for name, number in [case.key]]


def _first_row(file: SourceFile) -> int:
    """Return the number of the first row after the header, as a spreadsheet counts them."""
    return 1 if file.format is FileFormat.PARQUET else 2 + file.skip


def _rows_in_file(file: SourceFile, rows: Sequence[int], left_out: Collection[int]) -> list[int]:
    """Return the rows of the file that are these of the rows that were read.

    They differ only where the reader passed over something: an empty line, or a row left out.
    """
    if file.format is FileFormat.PARQUET:
        return list(rows)
    written = file.path.stat()
    if not (left_out or _any_line_empty(file.path, file.compressed, written.st_mtime_ns, written.st_size)):
        return list(rows)
    wanted, found, read = {row - _first_row(file) for row in rows}, list[int](), -1
    with _opened(file.path, file.compressed) as lines:
        records = read_records((line.decode("utf-8-sig", "replace") for line in lines), file.delimiter)
        for number, record in enumerate(records, start=1):
            read += number > file.skip + 1 and bool(record) and number not in left_out
            if read in wanted:
                wanted.discard(read)
                found.append(number)
            if not wanted:
                break
    return found


@lru_cache(maxsize=1024)
def _any_line_empty(path: Path, compressed: bool, _written_at: int, _size: int) -> bool:
    """Return whether a file that is as it was has an empty line; every kind of fault in it asks."""
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

"""Files to typed rows: pandas reads them, `parse_cell` says what each cell means."""

import gzip
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, assert_never

from sgkpi.extracts.cells import is_blank, normalise_key, parse_cell, plain_number, with_time_of_day
from sgkpi.extracts.csv_text import is_misquoted, read_records
from sgkpi.extracts.extract import FileFormat, SourceFile, TableSource
from sgkpi.judge.values import Moment, Value, plain_text
from sgkpi.model.errors import ExtractError
from sgkpi.model.expressions import Kind
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem
from sgkpi.model.table import Column, Table

_DAYS_IN_CYCLE = 146_097  # of the calendar, 400 years
_DECIMAL_DIGITS = 38  # of a decimal with more, engines have the nearest double
_UNCLOSED_QUOTE = "a quotation mark is opened here and never closed, so the rest of the file cannot be read"
Record = Sequence[str | None]
# The file's name and the row's number.
RowPlace = tuple[str, int]


@dataclass(frozen=True)
class Row:
    """A row with typed values; `unreadable` names the columns whose cell fits no format (their value is null).

    `place` is the file's name and the row's number, as a spreadsheet counts. `key` has the parts of its key as they
    are recorded, though `values` may hide a date that is not known yet; it is empty where the file has no key.
    """

    values: Mapping[str, Value]
    unreadable: frozenset[str]
    place: RowPlace
    key: tuple[Value, ...]

    @property
    def has_key(self) -> bool:
        """Whether the row has a whole key; without one, or with a blank part, it is a case of its own."""
        return bool(self.key) and None not in self.key

    @property
    def compared_key(self) -> tuple[str | None, ...]:
        """The parts of the row's key as they are compared; empty where the file has no key."""
        return tuple(map(join_text, self.key))


@dataclass(frozen=True)
class LoadedTable:
    """A table with all its rows. `columns` are the declared ones that its files have, in declared order."""

    table: Table
    columns: tuple[str, ...]
    has_key: bool
    rows: tuple[Row, ...]
    files: tuple[str, ...] = ()


def join_text(value: Value) -> str | None:
    """Return a key or join value as it is compared: trimmed, case-folded, without a trailing `.0`."""
    return None if value is None else normalise_key(plain_text(value))


@dataclass(frozen=True)
class RowFilter:
    """The rows to load: those with one of some values, as they are compared, in one of the columns; and some places."""

    values: Mapping[str, Collection[str]]
    places: frozenset[RowPlace] = frozenset()


def load_table(source: TableSource, wanted: RowFilter | None = None) -> LoadedTable:
    """Load every row of a table that is not all blank (and is wanted), with every declared column that the files have.

    Raises ExtractError when a file cannot be read as the table that it was taken for.
    """
    rows = tuple(row for file in source.files for row in _load_file(source, file, wanted))
    names = tuple(file.name for file in source.files)
    return LoadedTable(source.table, source.columns, source.has_key, rows, names)


def _load_file(source: TableSource, file: SourceFile, wanted: RowFilter | None) -> Iterator[Row]:
    match file.format:
        case FileFormat.CSV:
            records, first = _read_csv(file), file.skip + 2  # rows are counted with the header, as a spreadsheet does
        case FileFormat.PARQUET:
            records, first = _read_parquet(file), 1
        case _:
            assert_never(file.format)
    make = RowMaker(source.table, file.columns, source.has_key)
    for number, record in enumerate(records, start=first):
        place = (file.name, number)
        if record is not None and (wanted is None or make.is_wanted(record, place, wanted)) and make.has_cells(record):
            yield make.row(record, place)


class RowMaker:
    """Makes typed rows of a table from records of text; `places` are the columns' places in a record."""

    def __init__(self, table: Table, places: Mapping[str, int], has_key: bool) -> None:
        self._table = table
        self._places = places
        self._has_key = has_key
        self._declared = {place: table.columns[name] for name, place in places.items()}
        self._cell = cache(lambda name, text: typed_cell(text, table.columns[name], table))

    def row(self, record: Record, place: RowPlace) -> Row:
        """Return the typed row of a record."""
        cells = {name: self._cell(name, self._text(name, record)) for name in self._places}
        values = {name: value for name, (value, _) in cells.items()}
        unreadable = frozenset(name for name, (_, readable) in cells.items() if not readable)
        key = tuple(values[name] for name in self._table.key) if self._has_key else ()
        return Row(values, unreadable, place, key)

    def _text(self, name: str, record: Record) -> str | None:
        """Return the text of a cell; of a datetime in two columns, of both."""
        column, text = self._table.columns[name], record[self._places[name]]
        if column.with_time is None or column.with_time not in self._places:
            return text
        return with_time_of_day(text, record[self._places[column.with_time]], column, self._table)

    def is_wanted(self, record: Record, place: RowPlace, wanted: RowFilter) -> bool:
        """Whether the row of a record is among those that are wanted."""
        return place in wanted.places or any(
            join_text(self._cell(name, self._text(name, record))[0]) in texts for name, texts in wanted.values.items()
        )

    def has_cells(self, record: Record) -> bool:
        """Whether a cell of a record is not blank, be it in a column that is not declared."""
        cells = enumerate(record)
        return not all(is_blank(text, self._declared.get(place), self._table) for place, text in cells)


def typed_cell(text: str | None, column: Column, table: Table) -> tuple[Value, bool]:
    """Return the value of a cell and whether it is readable."""
    cell = parse_cell(text, column, table)
    match cell.value:
        case Decimal():
            return Fraction(cell.value), cell.readable
        case datetime():
            return Moment(cell.value, cell.has_time, cell.summer), cell.readable
        case date() if column.kind is Kind.MONTH:
            return Month.of(cell.value), cell.readable
        case value:
            return value, cell.readable


def _read_csv(file: SourceFile) -> Iterator[Record | None]:
    """Yield the records below the header, each as long as the header; missing last cells are blank.

    A longer record, or one with text after a closing quotation mark, is None: it is unknown which of its
    cells belongs where. Empty cells at its end do not make it longer.
    """
    import pandas as pd

    try:
        misquoted, most_cells = _survey(file)
        frame = pd.read_csv(
            file.path,
            sep=file.delimiter,
            skipinitialspace=True,
            header=None,
            names=range(most_cells),  # so that no longer record is refused or passes unseen
            skiprows=file.skip,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
            encoding="utf-8-sig",
            compression="gzip" if file.compressed else None,
        )
    except (pd.errors.ParserError, UnicodeDecodeError, EOFError, OSError) as error:
        raise _unreadable_file(file) from error
    length = len(file.headers)
    for number, record in enumerate(frame.to_numpy()[1:].tolist(), start=file.skip + 1):
        yield None if any(record[length:]) or number in misquoted else record[:length]


def _survey(file: SourceFile) -> tuple[frozenset[int], int]:
    """Return the misquoted records, counted from 0 at the first line, and the most cells that a record can have.

    A misquoted record has text after a closing quotation mark, as in `"North"side`: readers of CSV differ about it.
    Raises ExtractError for a quotation mark that is never closed: the end of its record is unknown.
    """
    misquoted, most = set(), len(file.headers)
    for number, record in enumerate(_records_as_written(file)):
        most = max(most, record.count(file.delimiter) + 1)
        if '"' in record and is_misquoted(record, file.delimiter):
            if record.count('"') % 2:
                problem = Problem(file.name, _UNCLOSED_QUOTE, "unclosed-quote", line=number + 1)
                raise ExtractError("a file of the extract cannot be read", [problem])
            misquoted.add(number)
    return frozenset(misquoted), most


def _records_as_written(file: SourceFile) -> Iterator[str]:
    """Yield each record with the line ends within it, as written in the file."""
    opener = gzip.open if file.compressed else open
    with opener(file.path, "rt", encoding="utf-8-sig", newline="") as stream:
        lines: list[str] = []

        def seen() -> Iterator[str]:
            for line in stream:
                lines.append(line)
                yield line

        for _ in read_records(seen(), file.delimiter):
            yield "".join(lines)
            lines.clear()


def _read_parquet(file: SourceFile) -> Iterator[Record]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        # The file alone: folders called year=2019 are no columns.
        texts = [_column_texts(column) for column in ParquetFile(file.path).read().columns]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable_file(file) from error
    yield from zip(*texts, strict=True)


def _column_texts(column: Any) -> list[str | None]:  # noqa: ANN401 - pyarrow has no types
    """Return the cells of a Parquet column as a CSV file would have them."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _column_texts(column.cast(kind.value_type))
    if kind in (pa.float16(), pa.float32()):
        # A number of 32 bits is the shortest decimal that reads back as it.
        texts = column.cast(pa.float32()).cast(pa.string()).to_pylist()
        return [None if text is None else _text(float(text)) for text in texts]
    if pa.types.is_time(kind):
        texts = column.cast(pa.string()).to_pylist()
        return [text.rstrip("0").rstrip(".") if text is not None and "." in text else text for text in texts]
    if pa.types.is_timestamp(kind) and kind.tz is not None:  # an instant; the zone is where its writer was
        column = column.cast(pa.timestamp(kind.unit, "UTC"))
    elif pa.types.is_duration(kind):  # Parquet itself knows it as a whole number
        column = column.cast(pa.int64())
    elif pa.types.is_decimal(kind) and kind.precision > _DECIMAL_DIGITS:
        column = column.cast(pa.float64())
    return [_scalar_text(cell) for cell in column]


def _scalar_text(cell: Any) -> str | None:  # noqa: ANN401 - pyarrow has a class for each type
    try:
        value = cell.as_py()
    except OverflowError:  # a date for which Python has no value
        return _far_text(cell)
    return None if value is None else _text(value)


def _far_text(cell: Any) -> str:  # noqa: ANN401
    """Return a date or moment outside the years 1 to 9999; the calendar repeats every 400 years."""
    units = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
    a_day = 86_400 * units[cell.type.unit] if hasattr(cell.type, "unit") else 1
    days, rest = divmod(cell.value, a_day)
    cycles, days = divmod(days, _DAYS_IN_CYCLE)
    moment = datetime(1970, 1, 1) + timedelta(days=days, microseconds=rest * 86_400_000_000 // a_day)
    year, rest_of_text = moment.year + 400 * cycles, _text(moment)[4:]
    text = f"{year:04}{rest_of_text}" if year >= 0 else f"{year}{rest_of_text}"
    if a_day == 1:
        return text.partition(" ")[0]
    return text if cell.type.tz is None else f"{text}+00:00"


def _text(value: object) -> str:
    """Return a typed cell of a Parquet file as a CSV file would have it."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            # A whole number has no point: a missing value makes floats of identifiers.
            return plain_number(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            # One of nanoseconds is cut to microseconds.
            return value.isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds")
        case bytes():
            return _bytes_text(value)
        case _:
            return str(value)


def _bytes_text(value: bytes) -> str:
    """Return bytes as text: UTF-8, which some writers of Parquet do not mark as text, or else as DuckDB shows bytes."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        plain = {*range(32, 127)} - {*b"\\'\""}
        return "".join(chr(byte) if byte in plain else f"\\x{byte:02X}" for byte in value)


def _unreadable_file(file: SourceFile) -> ExtractError:
    """Return the error of a file that cannot be read, never in a library's words, which may repeat cells."""
    message = "this file is damaged, or holds what cannot be read; copy or export it again"
    return ExtractError("a file of the extract cannot be read", [Problem(file.name, message, "unreadable-file")])

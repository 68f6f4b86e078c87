"""The cells of an extract's files as DuckDB reads them, by their places in the header."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import assert_never

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.session.session import REJECTED_FILES, REJECTED_LINES
from sgkpi.engines.sql import ast
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Select, Sql
from sgkpi.extracts.extract import FileFormat, SourceFile

_PATTERN = re.compile(r"[*?\[]")
LONGEST_LINE = 30_000_000  # bytes: within a buffer of DuckDB's usual size
_BUFFER_MARGIN = 2_000_000
_COLUMNS_AT_ONCE = 1_000


def as_pattern(path: Path) -> str:
    """Return a pattern that matches only this path.

    DuckDB takes `*`, `?` and `[` in names for patterns, and a leading `~` for the home folder.
    """
    return _PATTERN.sub(r"[\g<0>]", str(path.absolute()))


def few_at_once(places: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the positions of columns in batches that fit in DuckDB's memory: each takes 32 kB, and more if typed."""
    for start in range(0, len(places), _COLUMNS_AT_ONCE):
        yield places[start : start + _COLUMNS_AT_ONCE]


def read_files(files: Sequence[SourceFile], places: Iterable[int], *, numbered: bool, padded: bool) -> Select:
    """Return raw columns of files of one layout, such as `x0` and `x7`, by their `places` in the header."""
    first, paths = files[0], sql.fn("list_value", *(as_pattern(file.path) for file in files))
    columns: list[Sql] = [*map(Name.cell, places)] or [Name.cell(0)]
    match first.format:
        case FileFormat.PARQUET:
            place: Sql = sql.column("file_row_number")
            options = (ast.Option("union_by_name", sql.TRUE), ast.Option("hive_partitioning", sql.FALSE))
            # By place: DuckDB has names of its own for columns without a name, and for those of one name.
            names = tuple(Name.cell(number).name for number in range(len(first.headers)))
            reader: Sql = ast.Renamed(sql.fn("read_parquet", paths, *options), names)
        case FileFormat.CSV:
            place, reader = sql.fn("row_number").over(), _read_csv(first, paths, padded=padded)
        case _:
            assert_never(first.format)
    if numbered:
        columns.append((place + (1 + first.skip)).as_(Name.ROW_NUMBER))
    return sql.select(*columns).from_(reader)


def _read_csv(file: SourceFile, paths: Sql, *, padded: bool) -> Sql:
    kinds = [ast.Option(Name.cell(place).name, sql.text("VARCHAR")) for place in range(len(file.headers))]
    options: dict[str, ast.Value] = {
        "auto_detect": False,
        "header": True,
        "skip": file.skip,
        "delim": file.delimiter,
        "quote": '"',
        "escape": '"',
        "compression": "gzip" if file.compressed else "none",
        "store_rejects": True,
        "rejects_limit": 0,
        "rejects_table": sql.fn("getvariable", REJECTED_LINES),
        "rejects_scan": sql.fn("getvariable", REJECTED_FILES),
        "hive_partitioning": False,  # a folder called year=2019 is a folder
        "max_line_size": LONGEST_LINE,
        "buffer_size": LONGEST_LINE + _BUFFER_MARGIN,
        "columns": sql.fn("struct_pack", *kinds),
    }
    if padded:
        # Missing cells and line breaks within cells cannot be told apart by several readers at once.
        options |= {"null_padding": True, "parallel": False}
    return sql.fn("read_csv", paths, *(ast.Option(name, ast.literal(value)) for name, value in options.items()))

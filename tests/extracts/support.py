"""A small catalogue of tables, folders of files, and DuckDB reading what `open_extract` found."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from sgkpi.engines.duckdb.ingest.parquet import read_parquet_columns
from sgkpi.extracts.extract import Extract, SourceFile
from sgkpi.extracts.open import open_extract as open_with_reader
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column, Table


def table(name: str, *columns: Column, files: tuple[str, ...] = (), blanks: tuple[str, ...] = ()) -> Table:
    """A table of columns, its key the first of them."""
    return Table(name, {each.name: each for each in columns}, (columns[0].name,), files=files, blanks=blanks)


CONTACTS = table(
    "contacts",
    Column("contact_id", Kind.TEXT),
    Column("person_id", Kind.TEXT, names=("Child Unique ID",), required=True),
    Column("received_at", Kind.DATETIME, names=("Date of Contact",), required=True),
    Column("team", Kind.TEXT, names=("Équipe",)),
    files=("ssd_contacts", "List 1"),
)
PASSPORTS = table(
    "health_passports",
    Column("passport_id", Kind.TEXT),
    Column("issued_on", Kind.DATE, required=True),
)
TABLES = {each.name: each for each in (CONTACTS, PASSPORTS)}
HEADER = "contact_id,person_id,received_at,team\n"
ROW = "C1,P1,2019-02-05 14:30,North\n"


def write_files(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """The folder with these files in it; text is written as UTF-8, line ends as they stand."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def open_extract(path: Path, tables: Mapping[str, Table], *, scratch: Path) -> Extract:
    """The extract at a path, as the program opens it."""
    return open_with_reader(path, tables, scratch=scratch, read_parquet_columns=read_parquet_columns)


def open_files(folder: Path, files: Mapping[str, bytes | str], tables: Mapping[str, Table] = TABLES) -> Extract:
    """The extract that these files make."""
    return open_extract(write_files(folder / "extract", files), tables, scratch=folder / "scratch")


def only_file(extract: Extract, name: str = "contacts") -> SourceFile:
    """The one file of a table that has nothing wrong with it."""
    assert extract.broken == {}
    (file,) = extract.tables[name].files
    return file


def read_with_duckdb(file: SourceFile) -> list[tuple[str | None, ...]]:
    """The rows below the header, as the engine is to read them."""
    return duckdb.read_csv(
        str(file.path),
        auto_detect=False,
        header=True,
        skiprows=file.skip,
        delimiter=file.delimiter,
        quotechar='"',
        escapechar='"',
        compression="gzip" if file.compressed else "none",
        columns={f"x{place}": "VARCHAR" for place in range(len(file.headers))},
    ).fetchall()


def said(extract: Extract) -> list[str]:
    """Everything said about the extract's files."""
    return [str(problem) for problems in (extract.problems, *extract.broken.values()) for problem in problems]

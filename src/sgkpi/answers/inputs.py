"""The inputs of every answer: a catalogue, an extract and an engine."""

from pathlib import Path
from typing import TYPE_CHECKING
from weakref import finalize

from sgkpi.definitions.bundled import catalogue_path
from sgkpi.engines.protocol import ENGINES, Engine
from sgkpi.extracts import scratch as scratch_folders
from sgkpi.extracts.extract import Extract
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import UsageError
from sgkpi.model.problems import did_you_mean

if TYPE_CHECKING:
    from sgkpi.extracts.extract import ParquetColumns


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Load the catalogue in a folder; without one, that which comes with sgkpi.

    Raises DefinitionsError with every problem found.
    """
    from sgkpi.definitions.cached_catalogue import load_catalogue as load

    return load(path if path is not None else catalogue_path())


def open_extract(path: Path, catalogue: Catalogue) -> Extract:
    """Open the extract in a folder or a workbook: find which files or sheets hold which table.

    Raises ExtractError if the folder or workbook does not exist or has none of the catalogue's tables.
    """
    from sgkpi.extracts.open import open_extract as open_

    scratch = scratch_folders.temporary_folder()
    try:
        extract = open_(path, catalogue.tables, scratch=scratch, read_parquet_columns=_read_parquet_columns)
        finalize(extract, scratch_folders.remove, scratch)  # what had to be rewritten goes with the extract
        return extract
    finally:
        scratch_folders.remove_if_unused(scratch)


def _read_parquet_columns(path: Path) -> "ParquetColumns":
    from sgkpi.engines.duckdb.parquet import read_parquet_columns  # with DuckDB, which CSV does not need yet

    return read_parquet_columns(path)


def open_ahead(name: str) -> None:
    """Begin to open an engine's database, and do not wait for it: meanwhile definitions are read."""
    if name == "duckdb":
        from sgkpi.engines.duckdb import database

        database.open_ahead()


def engine_named(name: str) -> Engine:
    """Return the engine of a name; its libraries are imported only now. Raises UsageError for an unknown one."""
    match name:
        case "duckdb":
            open_ahead(name)
            from sgkpi.engines.duckdb.engine import DuckDBEngine

            return DuckDBEngine()
        case "reference":
            from sgkpi.engines.reference import ReferenceEngine

            return ReferenceEngine()
        case _:
            raise UsageError(f"no engine '{name}'{did_you_mean(str(name), ENGINES)}; there are {' and '.join(ENGINES)}")

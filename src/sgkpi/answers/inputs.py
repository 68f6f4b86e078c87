"""What every answer starts from: a catalogue and an extract."""

import atexit
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING
from uuid import uuid4

from sgkpi.definitions.bundled import catalogue_path
from sgkpi.extracts.extract import Extract
from sgkpi.model.catalogue import Catalogue

if TYPE_CHECKING:
    from sgkpi.extracts.parquet import ParquetColumns


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Load the catalogue in a folder; without one, that which comes with sgkpi.

    Raises DefinitionsError with every problem found.
    """
    from sgkpi.definitions.cached_catalogue import load_catalogue as load

    return load(path if path is not None else catalogue_path())


def open_extract(path: Path, catalogue: Catalogue) -> Extract:
    """Open the extract in a folder or a workbook: find which files or sheets hold which table.

    Raises ExtractError when there is no such folder or workbook, or none of the catalogue's tables in it.
    """
    from sgkpi.extracts.open import open_extract as open_

    # Named before it is made, so that an interrupt in between leaves nothing behind.
    scratch = Path(gettempdir(), f"sgkpi-{uuid4().hex}")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        return open_(path, catalogue.tables, scratch=scratch, read_parquet_columns=_read_parquet_columns)
    finally:
        with suppress(OSError):
            scratch.rmdir()  # it stays only where something had to be rewritten


def _read_parquet_columns(path: Path) -> "ParquetColumns":
    from sgkpi.engines.duckdb.parquet import read_parquet_columns  # with DuckDB, which CSV does not need yet

    return read_parquet_columns(path)

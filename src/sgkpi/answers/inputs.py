"""The inputs of every answer: a catalogue, an extract and an engine."""

from pathlib import Path
from typing import TYPE_CHECKING
from weakref import finalize

from sgkpi.definitions.bundled import catalogue_path
from sgkpi.engines.protocol import ENGINES, Engine
from sgkpi.extracts import scratch as scratch_folders
from sgkpi.extracts.extract import Extract
from sgkpi.model.board import Board
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import DefinitionsError, UsageError
from sgkpi.model.problems import Severity, unknown_names
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.extracts.extract import ParquetColumns
    from sgkpi.model.commentary import CommentaryFolder


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Load the catalogue in a folder; without one, that which comes with sgkpi.

    Raises DefinitionsError with every problem found.
    """
    from sgkpi.definitions.cached_catalogue import load_catalogue as load

    return load(path if path is not None else catalogue_path())


def load_board(path: Path | None, catalogue: Catalogue) -> Board:
    """Load the board in a file; without one, the only one of the catalogue.

    Raises DefinitionsError with every problem of a board, or if there is none, and UsageError if there are several.
    """
    if path is not None:
        from sgkpi.definitions.load import load_board as load

        return load(path, catalogue.indicators)
    errors = [each for each in catalogue.board_problems if each.severity is Severity.ERROR]
    if errors:
        raise DefinitionsError(f"the boards of {catalogue.path} have {plural(len(errors), 'mistake')}:", errors)
    names = ", ".join(f"{name}.yaml" for name in catalogue.boards)
    if not names:
        raise DefinitionsError(f"no board in {catalogue.path / 'boards'}; put one there, or name its file with --board")
    if len(catalogue.boards) > 1:
        raise UsageError(f"{catalogue.path / 'boards'} has several boards: {names}; name one with --board")
    return next(iter(catalogue.boards.values()))


def load_commentary(path: Path | None, catalogue: Catalogue, board: Board | None = None) -> "CommentaryFolder":
    """Load a folder of commentary; without one there is none. Files named after a board are about its points.

    Raises DefinitionsError with every problem found.
    """
    if path is None:
        from sgkpi.model.commentary import NO_COMMENTARY

        return NO_COMMENTARY
    from sgkpi.definitions.commentary import load_commentary as load

    boards = {**catalogue.boards, **({board.name: board} if board else {})}
    return load(path, catalogue.indicators, {name: len(each.points) for name, each in boards.items()})


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
    from sgkpi.engines.duckdb.ingest.parquet import read_parquet_columns  # with DuckDB, which CSV does not need yet

    return read_parquet_columns(path)


def open_ahead(name: str) -> None:
    """Begin to open an engine's database, and do not wait for it: meanwhile definitions are read."""
    if name == "duckdb":
        from sgkpi.engines.duckdb.session import database

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
            there = f"there are {' and '.join(ENGINES)}"
            raise UsageError(unknown_names("engine", [str(name)], ENGINES, there))

"""The inputs of a command, its definitions and its extract, which its output may not replace."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.cli.settings import catalogue_path, commentary_path, settings_file, working_folder
from sgkpi.cli.streams import say
from sgkpi.definitions.bundled import catalogue_path as packaged_catalogue
from sgkpi.definitions.tree import catalogue_files, reading_definitions
from sgkpi.model.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from sgkpi.extracts.extract import Extract
    from sgkpi.model.catalogue import Catalogue
    from sgkpi.model.selection import Selection

NONE_LEFT = "no indicator is left: none fits everything that the command line asks for"


def load_definitions(option: Path | None, *outputs: Path | None) -> "Catalogue":
    """Load the catalogue that the option or the settings name, or that comes with sgkpi.

    Raises UsageError where one of the outputs is one of its files, or the file of settings.
    """
    from sgkpi.answers.inputs import load_catalogue

    return load_catalogue(definitions_path(option, *outputs))


def narrow(catalogue: "Catalogue", ids: Iterable[str], selection: "Selection") -> "tuple[Catalogue, tuple[str, ...]]":
    """Return the catalogue with the indicators of a selection, and the ids (or beginnings of ids) in full.

    With a selection, the ids narrow it further; where none is left, that is said. Raises as `complete_each` and
    `Selection.narrow` do.
    """
    from sgkpi.model.catalogue import complete_each

    named = tuple(complete_each(ids, catalogue.indicators))
    if not selection:
        return catalogue, named
    left = selection.narrow(catalogue.indicators)
    if named:
        left = {name: left[name] for name in sorted(set(named)) if name in left}
    if not left:
        say(NONE_LEFT)
    return replace(catalogue, indicators=left), tuple(left) if named else ()


def definitions_path(option: Path | None, *outputs: Path | None) -> Path | None:
    """Return the folder of definitions, as `catalogue_path` does; raise UsageError where an output is a file of it."""
    folder = catalogue_path(option)
    if any(outputs):
        of_settings = settings_file(working_folder())
        _spare(outputs, [of_settings] if of_settings else [], "the file of settings")
        with suppress(OSError):  # loading it says that there is no such folder
            _spare(outputs, catalogue_files(folder or packaged_catalogue()), "a file of the catalogue")
    return folder


def spare_board(board: Path | None, *outputs: Path | None) -> Path | None:
    """Return the file of a board, if one is named; raise UsageError where an output is this file."""
    _spare(outputs, [board] if board else [], "the board")
    return board


def commentary_folder(option: Path | None, catalogue: Path | None, *outputs: Path | None) -> Path | None:
    """Return the folder of commentary, None where there is none.

    Raises DefinitionsError where a named one is missing, and UsageError where an output is one of its files.
    """
    with reading_definitions():
        folder = commentary_path(option, catalogue or packaged_catalogue())
        is_missing = folder is not None and not folder.is_dir()
    if is_missing:
        raise DefinitionsError(f"no folder of commentary at {folder}; create it, or name another")
    if folder is not None:
        _spare(outputs, folder.rglob("*"), "a file of the commentary")
    return folder


def open_extract(path: Path, catalogue: "Catalogue", *outputs: Path | None) -> "Extract":
    """Open the extract in a folder or a workbook; raise UsageError where one of the outputs is one of its files."""
    from sgkpi.answers.inputs import open_extract as open_
    from sgkpi.extracts.settings import settings_path

    extract = open_(path, catalogue)
    read = (state.path for state in extract.states.values())
    named = _with_names_of_tables(path, catalogue) if path.is_dir() else ()
    _spare(outputs, chain((path, settings_path(path)), read, named), "a file of the extract")
    return extract


def _with_names_of_tables(folder: Path, catalogue: "Catalogue") -> Iterator[Path]:
    """Yield the files that bear the name of a table, whether or not they can be read as one."""
    from sgkpi.model.folding import fold_name

    names = {fold_name(name) for table in catalogue.tables.values() for name in (table.name, *table.files)}
    with suppress(OSError):
        for entry in folder.iterdir():
            if entry.is_dir() and fold_name(entry.name) in names:
                yield from entry.rglob("*")
            elif not names.isdisjoint(map(fold_name, (entry.stem, Path(entry.stem).stem))):  # contacts.csv.gz
                yield entry


def _spare(outputs: Iterable[Path | None], inputs: Iterable[Path], what: str) -> None:
    """Raise UsageError where an output is the same file as one of the inputs, by whatever path or link."""
    existing: list[tuple[Path, os.stat_result]] = []
    for output in filter(None, outputs):
        with suppress(OSError):  # there is no such file yet
            existing.append((output, output.stat()))
    for path in inputs if existing else ():
        with suppress(OSError):
            found = path.stat()
            for output, target in existing:
                if os.path.samestat(target, found):
                    raise UsageError(f"-o {output}: this is {what}, '{path}'; write to another file")

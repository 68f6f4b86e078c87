"""Inputs of a report besides definitions and an extract: the points of an inspection, and a snapshot."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.cli.inputs import spare_board
from sgkpi.cli.settings import cases_path, store_path

if TYPE_CHECKING:
    from sgkpi.model.board import Board
    from sgkpi.model.catalogue import Catalogue
    from sgkpi.snapshots.store import Snapshot, Store

_WITH_POINTS = ("board", "improvement")


def find_board(path: Path | None, catalogue: "Catalogue", kind: str, outputs: Iterable[Path]) -> "Board | None":
    """Return the board of a report that shows its points; None where `board` has none to show.

    Raises DefinitionsError with every problem of a board, and UsageError where one of the outputs is its file.
    """
    from sgkpi.answers.inputs import load_board

    spare_board(path, *outputs)
    has_none = path is None and not catalogue.boards and not catalogue.board_problems
    if kind not in _WITH_POINTS or (has_none and kind == "board"):
        return None
    return load_board(path, catalogue)


def find_snapshot(name: str | None, snapshots: Path | None) -> "tuple[Store, Snapshot] | None":
    """Return the snapshot that a report is compared with, and its store; None where none is named."""
    if name is None:
        return None
    from sgkpi.snapshots.store import open_store

    home = store_path(snapshots)
    store = open_store(home, cases_path(None, home))
    return store, store.contents().find(name)

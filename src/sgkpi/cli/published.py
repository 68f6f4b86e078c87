"""The last published figures, for the screens of commands that can do without them."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.cli.settings import snapshots_path
from sgkpi.cli.streams import say
from sgkpi.model.errors import SnapshotError

if TYPE_CHECKING:
    from sgkpi.answers.published import LastPublished


def last_published(option: Path | None, indicators: Collection[str]) -> "LastPublished | None":
    """Return what the latest snapshot says of indicators; None where no store is named, or it has none yet.

    A store that cannot be read does not stop the command: a warning says so.
    """
    home = snapshots_path(option)
    if home is None or not _may_be_there(home):
        return None
    from sgkpi.answers.published import read_last_published
    from sgkpi.snapshots.store import open_store

    try:
        return read_last_published(open_store(home), indicators)
    except SnapshotError as error:
        say(f"warning: what was published is not shown: {error.message}")
        return None


def _may_be_there(home: Path) -> bool:
    try:
        return home.exists()
    except OSError:  # opening the store says why
        return True

"""Shell completion: ids and titles straight from the names and first lines of the definitions' files.

A shell asks at every press of the tab key, so nothing is parsed and nothing heavy is imported.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from sgkpi.cli.settings import catalogue_path
from sgkpi.errors import SgkpiError
from sgkpi.resources import catalogue_path as packaged_catalogue

_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)


def complete_ids(incomplete: str) -> list[tuple[str, str]]:
    """The ids that begin so, each with its title; nothing when the catalogue cannot be found."""
    try:
        return sorted(each for each in _indicators() if each[0].startswith(incomplete))
    except (OSError, SgkpiError):
        return []


def _indicators() -> Iterator[tuple[str, str]]:
    named = os.environ.get("SGKPI_CATALOGUE")
    folder = catalogue_path(Path(named) if named else None) or packaged_catalogue()
    for path in folder.glob("*.y*ml"):
        title = _TITLE.search(path.read_text(encoding="utf-8", errors="replace"))
        yield path.stem, title[1] if title else ""

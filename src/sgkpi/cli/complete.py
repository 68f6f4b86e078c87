"""Shell completion, from the names and the text of definition files.

It runs at every press of the tab key: no definition is checked and nothing heavy is imported. Failures give no
suggestions, never an error.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import typer

from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.definitions.bundled import catalogue_path as packaged_catalogue
from sgkpi.model.errors import SgkpiError
from sgkpi.model.periods import Month, PeriodKind

Suggestions = list[tuple[str, str]]
MONTHS_SUGGESTED = 24
OF_EVERY_CASE = ("reason", "person")
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
_BY = re.compile(r"^by:.*\n(?:(?:[ \t\-#\]}].*)?\n)*", re.MULTILINE)  # the key with everything under it


def _quietly(suggest: Callable[..., Suggestions]) -> Callable[..., Suggestions]:
    """Wrap a function so that it suggests nothing if files or settings are missing or invalid."""

    @wraps(suggest)
    def guarded(*arguments: Any, **named: Any) -> Suggestions:  # noqa: ANN401 - typer looks at the names
        try:
            return suggest(*arguments, **named)
        except (OSError, SgkpiError, ValueError):
            return []

    return guarded


@_quietly
def complete_ids(incomplete: str) -> Suggestions:
    """Suggest ids, each with its title."""
    titles = ((path.stem, _TITLE.search(_read(path))) for path in _files() if path.stem.startswith(incomplete))
    return sorted((name, title[1] if title else "") for name, title in titles)


@_quietly
def complete_breakdowns(ctx: typer.Context, incomplete: str) -> Suggestions:
    """Suggest breakdowns of the named indicators (default: of all), after a comma too."""
    asked = {part.strip() for text in ctx.params.get("ids") or () for part in text.split(",")}
    files = [path for path in _files() if not asked or path.stem in asked]
    return _listed(["all", *sorted({name for path in files for name in _breakdowns(_read(path))})], incomplete)


@_quietly
def complete_months(incomplete: str) -> Suggestions:
    """Suggest months up to that of the extract (without one, up to now), the latest first."""
    last, first = _span()
    months = (last.plus(-back) for back in range(MONTHS_SUGGESTED))
    return _listed([str(month) for month in months if first is None or month >= first], incomplete)


@_quietly
def complete_kinds(incomplete: str) -> Suggestions:
    """Suggest kinds of period."""
    return _listed([kind.value for kind in PeriodKind], incomplete)


@_quietly
def complete_columns(ctx: typer.Context, incomplete: str) -> Suggestions:
    """Suggest `column=` for each breakdown of the named indicator, and for the columns of every list of cases."""
    asked = str(ctx.params.get("id_") or "")
    files = [path for path in _files() if path.stem.startswith(asked)]
    names = dict.fromkeys([*(name for path in files for name in _breakdowns(_read(path))), *OF_EVERY_CASE])
    return [(f"{name}=", "") for name in names if files and name.startswith(incomplete)]


def _listed(names: Iterable[str], incomplete: str) -> Suggestions:
    """Complete the part after the last comma."""
    *written, begun = incomplete.split(",")
    before = "".join(f"{part}," for part in written)
    return [(before + name, "") for name in names if name.startswith(begun) and name not in written]


def _files() -> Iterator[Path]:
    named = os.environ.get("SGKPI_CATALOGUE")
    yield from (catalogue_path(Path(named) if named else None) or packaged_catalogue()).glob("*.y*ml")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _breakdowns(text: str) -> list[str]:
    """Return the names under `by`: a list of columns and of `name: expression` pairs."""
    block = _BY.search(text + "\n")
    if block is None:
        return []
    import yaml

    try:
        listed = yaml.load(block[0], Loader=yaml.BaseLoader)["by"]  # noqa: S506 - every scalar is text
    except (yaml.YAMLError, RecursionError):
        return []
    return [name for each in listed if isinstance(listed, list) for name in ([each] if isinstance(each, str) else each)]


def _span() -> tuple[Month, Month | None]:
    """Return the month of the extract, and the first that one of its tables covers, according to `extract.toml`."""
    from sgkpi.model.toml import parse_toml

    named = os.environ.get("SGKPI_DATA")
    try:
        written = parse_toml((data_path(Path(named) if named else None) / "extract.toml").read_text("utf-8-sig"))
    except (OSError, SgkpiError, ValueError):
        written = {}
    made = written.get("extracted_at")
    covers = [day for day in dict(written.get("covers", {})).values() if isinstance(day, date)]
    last = Month.of(made) if isinstance(made, date) else Month.of(date.today())  # noqa: DTZ011 - local wall time
    return last, min(map(Month.of, covers), default=None)

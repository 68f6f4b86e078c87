"""Shell completion, from the names and the text of definition files.

It runs at every press of the tab key: no definition is checked and nothing heavy is imported. Failures give no
suggestions, never an error.
"""

import csv
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.definitions.bundled import catalogue_path as packaged_catalogue
from sgkpi.definitions.regular import read_regular
from sgkpi.definitions.tree import TABLES, indicator_files, yaml_files
from sgkpi.model.errors import SgkpiError
from sgkpi.model.indicator import PRODUCT
from sgkpi.model.periods import Month, PeriodKind

# Typer's own script offers file names wherever sgkpi suggests nothing, and is lost where bash splits a word at = or :.
# `cut` is what bash has split off before the word that it replaces, `asks` the option or command before that word.
_BASH = r"""
%(complete_func)s() {
    local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} i=$COMP_CWORD last=-1 cut= asks each
    [[ $word ]] || last=9999
    [[ $word == [=:] ]] && (( i++ ))
    while [[ ${COMP_WORDS[i-1]} == [=:] ]]; do
        cut=${COMP_WORDS[i-2]}${COMP_WORDS[i-1]}$cut
        (( i -= 2 ))
    done
    COMPREPLY=()
    while IFS= read -r each; do
        [[ $each ]] || continue
        each=${each#"$cut"}
        [[ $each == *= ]] && compopt -o nospace
        [[ $word == [\"\']* ]] || printf -v each %%q "$each"
        COMPREPLY+=("$each")
    done < <(env COMP_WORDS="$line" COMP_CWORD=$last %(autocomplete_var)s=complete_bash $1)
    [[ $cut == -*= ]] && asks=${cut%%=} || asks=${COMP_WORDS[i-1]}
    [[ $asks == @(-d|-o|--data|--catalogue|--commentary|--board|--output|--sample|init|synth) ]] || compopt +o default
}
complete -o default -F %(complete_func)s %(prog_name)s
"""
Suggestions = list[tuple[str, str]]
MONTHS_SUGGESTED = 24
OF_EVERY_CASE = ("reason", "person")
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
_THEME = re.compile(r"^theme:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
_TABLE = re.compile(r"^table:[ \t]*[\"']?(\w+)", re.MULTILINE)
_ROWS_READ = 20_000
_BY = re.compile(r"^by:.*\n(?:(?:[ \t\-#\]}].*)?\n)*", re.MULTILINE)  # the key with everything under it


def _quietly(suggest: Callable[..., Suggestions]) -> Callable[..., Suggestions]:
    """Wrap a function so that it suggests nothing if files or settings are missing or invalid."""

    @wraps(suggest)
    def guarded(*arguments: Any, **named: Any) -> Suggestions:  # noqa: ANN401 - typer looks at the names
        try:
            return suggest(*arguments, **named)
        except Exception:  # noqa: BLE001 - nothing may come between a person and a command line
            return []

    return guarded


def use_bash_script() -> None:
    """Let `--install-completion` and `--show-completion` write our script for bash, which typer has no option for."""
    with suppress(ImportError, AttributeError):
        from typer import _completion_shared

        _completion_shared._completion_scripts["bash"] = _BASH  # noqa: SLF001


@_quietly
def complete_ids(incomplete: str) -> Suggestions:
    """Suggest ids, each with its title."""
    titles = ((path.stem, _TITLE.search(_read(path))) for path in _files() if path.stem.startswith(incomplete))
    return sorted((name, title[1] if title else "") for name, title in titles)


@_quietly
def complete_breakdowns(ctx: typer.Context, incomplete: str) -> Suggestions:
    """Suggest breakdowns of the named indicators (default: of all), after a comma and after `*` too."""
    asked = {part.strip() for text in ctx.params.get("ids") or () for part in text.split(",")}
    files = [path for path in _files() if not asked or path.stem in asked]
    names = sorted({name for path in files for name in _breakdowns(_read(path))})
    *crossed, _ = incomplete.rpartition(",")[2].split(PRODUCT)
    before = "".join(f"{name}{PRODUCT}" for name in crossed)
    return _listed([before + name for name in names if name not in crossed] if crossed else ["all", *names], incomplete)


@_quietly
def complete_breakdown(ctx: typer.Context, incomplete: str) -> Suggestions:
    """Suggest the breakdowns of the named indicator, of which one is wanted."""
    asked = str(ctx.params.get("id_") or "")
    texts = [_read(path) for path in _files() if path.stem.startswith(asked)]
    names = sorted({name for text in texts for name in _breakdowns(text)})
    return [(name, "") for name in names if name.startswith(incomplete)]


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
    """Suggest `column=` for each breakdown of the named indicator, and for the columns of every list of cases.

    After it, suggest the column's categories.
    """
    asked = str(ctx.params.get("id_") or "")
    files = [path for path in _files() if path.stem.startswith(asked)]
    column, equals, _ = incomplete.partition("=")
    if equals:
        return [
            (f"{column}={name}", "") for name in _categories(files, column) if f"{column}={name}".startswith(incomplete)
        ]
    names = dict.fromkeys([*(name for path in files for name in _breakdowns(_read(path))), *OF_EVERY_CASE])
    return [(f"{name}=", "") for name in names if files and name.startswith(incomplete)]


@_quietly
def complete_teams(incomplete: str) -> Suggestions:
    """Suggest the teams of the extract."""
    return [(name, "") for name in _categories(_files(), "team") if name.startswith(incomplete)]


@_quietly
def complete_names_of_report(ctx: typer.Context, incomplete: str) -> Suggestions:
    """Suggest what a kind of report is about: indicators, or teams."""
    match ctx.params.get("kind"):
        case "indicator":
            return complete_ids(incomplete)
        case "team":
            return complete_teams(incomplete)
        case _:
            return []


@_quietly
def complete_themes(incomplete: str) -> Suggestions:
    """Suggest the themes of the catalogue."""
    found = (_THEME.search(_read(path)) for path in _files())
    return _listed(sorted({theme[1] for theme in found if theme and theme[1]}), incomplete)


@_quietly
def complete_ratings(incomplete: str) -> Suggestions:
    """Suggest ratings."""
    return _listed(["red", "amber", "green", "not_rated"], incomplete)


@_quietly
def complete_tables(incomplete: str) -> Suggestions:
    """Suggest the tables of the catalogue."""
    return _listed([path.stem for path in yaml_files(_folder() / TABLES)], incomplete)


@_quietly
def complete_faults(incomplete: str) -> Suggestions:
    """Suggest the kinds of fault that `synth` puts into rows."""
    from sgkpi.synth.faults import Fault

    return _listed([kind.value for kind in Fault], incomplete)


def _categories(files: Iterable[Path], column: str) -> list[str]:
    """Return the categories of a column in the tables of these indicators: its codes, or what the extract begins with.

    Only columns by which cases are broken down are looked at.
    """
    texts = [text for text in map(_read, files) if column in _breakdowns(text)]
    tables = sorted({found[1] for text in texts if (found := _TABLE.search(text))})
    names = set[str]()
    for table in tables:
        with suppress(OSError):  # the extract may lack it
            names.update(_codes(table, column) or _recorded(table, column))
    return sorted(names)


def _codes(table: str, column: str) -> list[str]:
    import yaml

    declared = yaml.load(_read(_folder() / "tables" / f"{table}.yaml"), Loader=yaml.BaseLoader)  # noqa: S506
    return list(declared["columns"].get(column, {}).get("codes", ()))


def _recorded(table: str, column: str) -> set[str]:
    """Return the values of a column in the first rows of a table's CSV file."""
    with (_data() / f"{table}.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(islice(lines, _ROWS_READ))
        return {cell.strip() for row in rows if (cell := row.get(column)) and cell.strip()}


def _listed(names: Iterable[str], incomplete: str) -> Suggestions:
    """Complete the part after the last comma."""
    *written, begun = incomplete.split(",")
    before = "".join(f"{part}," for part in written)
    return [(before + name, "") for name in names if name.startswith(begun) and name not in written]


def _folder() -> Path:
    named = os.environ.get("SGKPI_CATALOGUE")
    return catalogue_path(Path(named) if named else None) or packaged_catalogue()


def _data() -> Path:
    named = os.environ.get("SGKPI_DATA")
    return data_path(Path(named) if named else None)


def _files() -> list[Path]:
    return [file for file in indicator_files(_folder()) if file.is_file()]


def _read(path: Path) -> str:
    return read_regular(path).decode("utf-8", "replace")


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

    try:
        written = parse_toml(read_regular(_data() / "extract.toml").decode("utf-8-sig"))
    except (OSError, SgkpiError, ValueError):
        written = {}
    made = written.get("extracted_at")
    covers = [day for day in dict(written.get("covers", {})).values() if isinstance(day, date)]
    last = Month.of(made) if isinstance(made, date) else Month.of(date.today())  # noqa: DTZ011 - local wall time
    return last, min(map(Month.of, covers), default=None)

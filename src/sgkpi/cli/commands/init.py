"""`sgkpi init`: a new project with definitions of its own."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from sgkpi.cli.options import named_path
from sgkpi.cli.output import write_file, writing_to
from sgkpi.cli.streams import say
from sgkpi.definitions.bundled import catalogue_path, sample_path
from sgkpi.model.errors import UsageError
from sgkpi.model.problems import Problem

SETTINGS = """\
# Where sgkpi finds things in this project. An option on the command line or an environment variable
# (SGKPI_DATA, SGKPI_CATALOGUE) wins over this file. Paths are relative to this file.
data = "data"
catalogue = "indicators"
"""

README = """\
# An sgkpi project

- `data/` is for the extract: a file for each table, CSV or Parquet ({data}).
- `indicators/` contains the definitions, a file for each indicator in folders as you like them, the tables in
  `indicators/tables/`, and the points of an inspection in `indicators/boards/`. They are yours: change them, add
  to them, remove what you do not need.
- `sgkpi.toml` tells sgkpi where these are, in this folder and those below it.

    sgkpi compute             compute every indicator for the last complete month
    sgkpi compute --by all    the same, broken down
    sgkpi list                list the indicators
    sgkpi explain ID          explain an indicator
    sgkpi board               the points of an inspection, and how each stands
    sgkpi lint                check the definitions; run it after every change
"""

SAMPLE_DATA = "for now, the synthetic sample that comes with sgkpi"
OWN_DATA = "put yours here"
WITH_SAMPLE = ("  sgkpi compute --month 2019-02",)
WITHOUT_SAMPLE = ("  put your extract into data/ (see data/README.md)", "  sgkpi compute")

DATA_README = """\
# The extract

Put the case-level files here, one for each table, named after it: `contacts.csv`, `missing_episodes.parquet` and so
on. `../indicators/tables/` declares the tables, the names of their columns, and which of them are required.
An optional file `extract.toml` says when the extract was made:

    extracted_at = 2019-03-04T07:00:00
    source = "Case management system, nightly"
"""


def run(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of the project; created if missing.", parser=named_path)
    ],
    sample: Annotated[bool, typer.Option("--sample", help="Include the synthetic sample extract.")] = False,
) -> None:
    """Start a project with definitions of your own.

    The project contains definitions, a folder for the extract, and settings.
    Existing files are never overwritten.

    Examples:
      sgkpi init my-project --sample
      sgkpi init .
    """
    start_project(folder, catalogue_path(), sample_path() if sample else None)
    say(f"Created a project in '{folder}'. Next:")
    if folder.resolve() != Path.cwd():
        say(f"  cd {_quoted(folder)}")
    say(*(WITH_SAMPLE if sample else WITHOUT_SAMPLE), "  sgkpi list")


def _quoted(folder: Path) -> str:
    """Return a path as a shell takes it for one word; a path of Windows, whose backslashes are its own, as it is."""
    text = str(folder)
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text)


def start_project(folder: Path, catalogue: Path, sample: Path | None) -> None:
    """Write a project with copies of a catalogue and a sample.

    Raises UsageError if it cannot be written, and before anything is written if one of its files already exists.
    """
    files = dict(_files(catalogue, sample))
    with writing_to(folder):
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"'{folder}' is a file; name a folder")
        there = [folder / name for name in files if (folder / name).exists()]
        if there:
            problems = [Problem(str(path), "already exists", "file-exists") for path in there]
            raise UsageError(f"'{folder}' already contains project files; nothing was written", problems)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, content)


def _files(catalogue: Path, sample: Path | None) -> Iterator[tuple[Path, bytes]]:
    """Yield every file of the project: its name in the folder, and its content."""
    yield Path("sgkpi.toml"), SETTINGS.encode()
    yield Path("README.md"), README.format(data=SAMPLE_DATA if sample else OWN_DATA).encode()
    yield from _copied(catalogue, Path("indicators"))
    if sample:
        yield from _copied(sample, Path("data"))
    else:
        yield Path("data", "README.md"), DATA_README.encode()


def _copied(source: Path, name: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield name / inside, path.read_bytes()

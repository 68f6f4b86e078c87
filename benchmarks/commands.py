"""The commands that are timed: each a whole process that writes its figures to a file."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sgkpi.definitions.bundled import catalogue_path, sample_path

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE / "scripts"
IMPORTS = "import typer, rich, pydantic, duckdb, sqlglot, yaml"
MONTHS_BEFORE = 12


@dataclass(frozen=True)
class Contestant:
    """One way to the figures: a name, the command, and the file that it writes its figures to."""

    name: str
    command: tuple[str, ...]
    output: Path | None = None


@dataclass(frozen=True)
class Limit:
    """How many times another contestant's time sgkpi may take; `aim` is where it should get to."""

    against: str
    most: float
    aim: float | None = None


@dataclass(frozen=True)
class Race:
    """Contestants for the same figures, sgkpi last, and what is asked of it."""

    title: str
    contestants: tuple[Contestant, ...]
    limit: Limit


def prepare_data(rows: int, cache: Path) -> Path:
    """The folder with the contacts, as CSV and as Parquet; made on first use, in a process of its own."""
    folder = cache / f"contacts-{rows}"
    if not folder.is_dir():
        unfinished = cache / f"contacts-{rows}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        command = (sys.executable, "-m", "benchmarks.contacts", str(rows), str(unfinished))
        subprocess.run(command, check=True, cwd=HERE.parent)
        unfinished.rename(folder)
    return folder


def prepare_catalogue(cache: Path) -> Path:
    """The folder of the benchmarks' ten definitions, beside the declaration of contacts that ships with sgkpi."""
    folder = cache / "catalogue"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "indicators", folder)
    (folder / "tables").mkdir()
    shutil.copy(catalogue_path() / "tables" / "contacts.yaml", folder / "tables")
    return folder


def races(data: Path, catalogue: Path, outputs: Path) -> tuple[Race, ...]:
    """What is compared: one indicator and ten, from CSV and from Parquet."""
    outputs.mkdir(parents=True, exist_ok=True)
    return (
        _one("CSV", data, catalogue, outputs, Limit("DuckDB script", 2.5, 1.5)),
        _one("Parquet", data, catalogue, outputs, Limit("DuckDB script", 4, 2)),
        _ten("CSV", data, catalogue, outputs, Limit("ten DuckDB queries", 0.4, 0.25)),
        _ten("Parquet", data, catalogue, outputs, Limit("ten DuckDB queries", 1, 0.4)),
    )


def start_race() -> Race:
    """`sgkpi compute` on the sample, against importing the libraries that it stands on."""
    sample = ("compute", "--data", str(sample_path()), "--month", "2019-02")
    return Race(
        "The sample, all indicators",
        (Contestant("imports alone", (sys.executable, "-c", IMPORTS)), Contestant("sgkpi", _sgkpi(*sample))),
        Limit("imports alone", 3),
    )


def _one(file: str, data: Path, catalogue: Path, outputs: Path, limit: Limit) -> Race:
    scripts = {"DuckDB script": "duckdb_one", "pandas script": "pandas_one", "polars script": "polars_one"}
    contacts, prefix = _contacts(file, data), outputs / f"one-{file.lower()}"
    return Race(
        f"One indicator, {file}",
        (
            *(_script(name, script, contacts, prefix) for name, script in scripts.items()),
            _compute(contacts.parent, catalogue, prefix, "contacts_decided_24h"),
        ),
        limit,
    )


def _ten(file: str, data: Path, catalogue: Path, outputs: Path, limit: Limit) -> Race:
    contacts, prefix = _contacts(file, data), outputs / f"ten-{file.lower()}"
    return Race(
        f"Ten indicators, {file}",
        (_script("ten DuckDB queries", "duckdb_ten", contacts, prefix), _compute(contacts.parent, catalogue, prefix)),
        limit,
    )


def _contacts(file: str, data: Path) -> Path:
    return data / file.lower() / f"contacts.{file.lower()}"


def _script(name: str, script: str, contacts: Path, prefix: Path) -> Contestant:
    output = prefix.with_name(f"{prefix.name}-{script}.csv")
    return Contestant(name, (sys.executable, str(SCRIPTS / f"{script}.py"), str(contacts), str(output)), output)


def _compute(data: Path, catalogue: Path, prefix: Path, *indicators: str) -> Contestant:
    output = prefix.with_name(f"{prefix.name}-sgkpi.csv")
    months = ("--month", "2019-02", "--history", str(MONTHS_BEFORE), "--as-of", "2019-03-04T07:00:00")
    places = ("--data", str(data), "--catalogue", str(catalogue), "--format", "csv", "-o", str(output))
    return Contestant("sgkpi", _sgkpi("compute", *indicators, *months, "--by", "all", *places), output)


def _sgkpi(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "sgkpi", *arguments)

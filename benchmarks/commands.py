"""The commands that are timed: each a whole process."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.catalogues import prepare_available, prepare_many, prepare_one, prepare_shipped, prepare_ten
from benchmarks.contacts import VARIANTS
from sgkpi.definitions.bundled import sample_path
from sgkpi.documents.write.formats import FORMATS, OFFERED

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE / "scripts"
IMPORTS = "import typer, rich, pydantic, duckdb, sqlglot, yaml"
ALL_IMPORTS = "import duckdb, sqlglot, pydantic, yaml, holidays, typer, rich, pandas"
AS_OF = "2019-03-04T07:00:00"
ONE = "contacts_decided_24h"
_EMPTY = "import shutil, sys; [shutil.rmtree(folder, ignore_errors=True) for folder in sys.argv[1:]]"
AVAILABLE = (60, 159)
STORY_SCALE = "0.33"  # 25,000 rows
KINDS = ("clean", "unlisted", "dirty", "repeated")


@dataclass(frozen=True)
class Contestant:
    """One way to an answer: a name, the command, and the file of figures that is compared with the others' files.

    `first_run` gives every run an empty cache. `exit_codes` are those that a run may end with. `before` are commands
    that go before every run, and are not timed.
    """

    name: str
    command: tuple[str, ...]
    output: Path | None = None
    first_run: bool = False
    exit_codes: tuple[int, ...] = (0,)
    before: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Limit:
    """The most that sgkpi may take: times another contestant's time or, against nobody, seconds.

    `aim` is where it should get to, and `most_bytes` the most memory that it may hold at once. `processor` is for
    time of processors, and not by the clock.
    """

    against: str | None
    most: float
    aim: float | None = None
    most_bytes: int = 10**9
    processor: bool = False


@dataclass(frozen=True)
class Race:
    """Contestants for the same answer, sgkpi last, and its limit."""

    title: str
    contestants: tuple[Contestant, ...]
    limit: Limit


@dataclass(frozen=True)
class Places:
    """The folders of a run: the data of each variant, the catalogues, and the figures that are written."""

    cache: Path
    rows: int

    def contacts(self, variant: str, file: str) -> Path:
        """Return the file of a variant; `file` is CSV or Parquet."""
        if variant == "dates_as_text" and file == "CSV":
            variant = "clean"
        return self.variant(variant) / file.lower() / f"contacts.{file.lower()}"

    def variant(self, variant: str) -> Path:
        """Return the folder of a variant of the contacts."""
        return self.cache / f"contacts-{self.rows}" / variant

    @property
    def ten(self) -> Path:
        """The catalogue of ten definitions of contacts."""
        return self.cache / "catalogue"

    @property
    def one(self) -> Path:
        """The catalogue of one definition of contacts."""
        return self.cache / "catalogue-one"

    @property
    def shipped(self) -> Path:
        """The catalogue that ships with sgkpi."""
        return self.cache / "catalogue-shipped"

    @property
    def many(self) -> Path:
        """The catalogue of 150 definitions."""
        return self.cache / "catalogue-150"

    def available(self, number: int) -> Path:
        """Return the catalogue of so many definitions over the tables of the sample."""
        return self.cache / f"catalogue-available-{number}"

    @property
    def story(self) -> Path:
        """The synthetic extract with every table of the catalogue that ships with sgkpi."""
        return self.cache / "story"

    @property
    def figures(self) -> Path:
        """The folder of the figures that the contestants write."""
        return self.cache / "figures"


def prepare(places: Places) -> None:
    """Write the catalogues, and the contacts where they do not exist yet, each variant in a process of its own."""
    prepare_ten(places.ten)
    prepare_one(places.one, ONE)
    prepare_shipped(places.shipped)
    prepare_many(places.many)
    for number in AVAILABLE:
        prepare_available(places.available(number), number)
    places.figures.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        _sgkpi("synth", str(places.story), "--story", "--scale", STORY_SCALE), check=True, capture_output=True
    )
    for variant in VARIANTS:
        folder = places.variant(variant)
        if not folder.is_dir():
            unfinished = folder.with_name(f"{variant}.unfinished")
            command = (sys.executable, "-m", "benchmarks.contacts", str(places.rows), variant, str(unfinished))
            subprocess.run(command, check=True, cwd=HERE.parent)
            unfinished.rename(folder)


def races(places: Places) -> tuple[Race, ...]:
    """Return every line of the benchmark."""
    return (
        *figure_races(places),
        *check_races(places),
        *signals_races(places),
        *snapshot_races(places),
        *report_races(places),
        *catalogue_races(places),
        *whole_catalogue_races(places),
        *start_races(),
    )


def figure_races(places: Places) -> tuple[Race, ...]:
    """Return the races for figures of contacts: one indicator and ten, from CSV and from Parquet."""
    limits = {"one CSV": (2.6, 2.0), "one Parquet": (3.8, 3.0), "ten CSV": (0.35, 0.28), "ten Parquet": (0.7, 0.52)}
    against = {"one": "DuckDB script", "ten": "ten DuckDB queries"}
    found = []
    for kind in KINDS:
        for asked in ("one", "ten"):
            for file in ("CSV", "Parquet"):
                if kind in {"clean", "unlisted"}:
                    limit = Limit(against[asked], *limits[f"{asked} {file}"])
                elif kind == "dirty":
                    limit = Limit("sgkpi, clean rows", 1.3)
                else:
                    limit = Limit("sgkpi, clean rows", {"CSV": 1.9, "Parquet": 1.5}[file])
                found.append(_figures(places, asked, file, kind, limit))
    return tuple(found)


def _figures(places: Places, asked: str, file: str, kind: str, limit: Limit) -> Race:
    """Return one race. Dirty rows are also timed against the same rows clean, with dates of the same type."""
    contacts, prefix = places.contacts(kind, file), places.figures / f"{asked}-{file.lower()}-{kind}"
    one = (ONE,) if asked == "one" else ()
    ours = [_compute(contacts, places, prefix, *one)]
    if kind in {"dirty", "repeated"}:
        clean = _compute(places.contacts("dates_as_text", file), places, prefix.with_name(f"{prefix.name}-clean"), *one)
        ours.insert(0, Contestant("sgkpi, clean rows", clean.command))
    title = f"{asked.capitalize()} indicator{'s' * (asked == 'ten')}, {file}, {kind}"
    return Race(title, (*_scripts(asked, kind, contacts, prefix), *ours), limit)


def _scripts(asked: str, kind: str, contacts: Path, prefix: Path) -> list[Contestant]:
    """Return the scripts that get the same figures; on dirty rows, those that can read them."""
    if asked == "ten":
        return [_script("ten DuckDB queries", "duckdb_ten", contacts, prefix, kind)]
    if kind in {"clean", "unlisted"}:
        names = ("DuckDB", "pandas", "polars") if kind == "clean" else ("DuckDB",)
        return [_script(f"{name} script", f"{name.lower()}_one", contacts, prefix) for name in names]
    names = ("DuckDB", "pandas", "polars")
    return [_script(f"{name} script", f"{name.lower()}_one_dirty", contacts, prefix, kind) for name in names]


def check_races(places: Places) -> tuple[Race, ...]:
    """Return the races of `sgkpi check` against `sgkpi compute` of one indicator over the same rows."""
    found = []
    for kind in ("clean", "dirty"):
        contacts = places.contacts(kind, "CSV")
        compute = _compute(contacts, places, places.figures / f"check-{kind}", ONE)
        arguments = ("check", "--data", str(contacts.parent), "--catalogue", str(places.ten), "--as-of", AS_OF)
        check = Contestant("sgkpi", _sgkpi(*arguments), exit_codes=(0, 1))
        contestants = (Contestant("sgkpi compute of one", compute.command), check)
        found.append(Race(f"Check, CSV, {kind}", contestants, Limit("sgkpi compute of one", 3)))
    return tuple(found)


def signals_races(places: Places) -> tuple[Race, ...]:
    """Return the races of `sgkpi signals`, and of figures with signals, against figures alone over the same rows."""
    contacts, against = places.contacts("clean", "CSV"), "sgkpi compute of one"
    compute = _compute(contacts, places, places.figures / "signals", ONE)
    arguments = ("--data", str(contacts.parent), "--catalogue", str(places.ten), "--as-of", AS_OF)
    signals = _sgkpi("signals", ONE, "--month", "2019-02", *arguments, "--json")
    figures = tuple("json" if word == "csv" else word for word in compute.command)
    with_signals = (*figures[:-1], str(places.figures / "signals.json"))
    return tuple(
        Race(title, (Contestant(against, compute.command), Contestant("sgkpi", command)), Limit(against, 1.3))
        for title, command in (("Signals, CSV, clean", signals), ("Figures with signals, CSV, clean", with_signals))
    )


def snapshot_races(places: Places) -> tuple[Race, ...]:
    """Return the races of snapshots, with sealed cases and a year of history, against `compute` of the same figures."""
    contacts = ("--data", str(places.contacts("clean", "CSV").parent), "--catalogue", str(places.one), "--as-of", AS_OF)
    sample = ("--data", str(sample_path()), "--catalogue", str(places.shipped))
    store, longer = places.cache / "snapshots", ("--period", "month,year_to_date")
    emptied = (sys.executable, "-c", _EMPTY, str(store), f"{store}.private")

    def race(title: str, arguments: tuple[str, ...], limit: float, *before: tuple[str, ...], most_bytes: int) -> Race:
        figures, against = str(places.figures / "snapshot.csv"), "sgkpi compute of the same"
        compute = ("compute", "--month", "2019-02", "--history", "12", *longer, "--by", "all", "--csv", "-o", figures)
        take = ("snapshot", "--month", "2019-02", "--snapshots", str(store))
        contestants = (
            Contestant(against, _sgkpi(*compute, *arguments)),
            Contestant("sgkpi", _sgkpi(*take, *arguments), before=(emptied, *before)),
        )
        return Race(title, contestants, Limit(against, limit, most_bytes=most_bytes))

    january = _sgkpi("snapshot", "--month", "2019-01", "--as-of", "2019-02-04", "--snapshots", str(store), *sample)
    return (
        race("Snapshot, the sample, first", sample, 3, most_bytes=10**9),
        race("Snapshot, the sample, second", sample, 3, january, most_bytes=10**9),
        race("Snapshot, one indicator, CSV", contacts, 6, most_bytes=1_500_000_000),
    )


def report_races(places: Places) -> tuple[Race, ...]:
    """Return the races of a board's report in every format against `compute` of its months: 13, 60, 159 indicators."""

    def race(title: str, catalogue: Path, limit: float) -> Race:
        asked = ("--month", "2019-02", "--data", str(sample_path()), "--catalogue", str(catalogue))
        endings = (FORMATS[each].ending for each in OFFERED["report"])
        files = (part for ending in endings for part in ("-o", str(places.figures / f"report{ending}")))
        against = "sgkpi compute of its months"
        contestants = (
            Contestant(against, _sgkpi("compute", *asked, "--history", "23", "--by", "all")),
            Contestant("sgkpi", _sgkpi("report", "board", *asked, *files)),
        )
        return Race(title, contestants, Limit(against, limit, processor=True))

    return (
        race("Report, the sample's board", places.shipped, 3),
        *(race(f"Report, {number} indicators", places.available(number), 1.5) for number in AVAILABLE),
    )


def catalogue_races(places: Places) -> tuple[Race, ...]:
    """Return the races of a catalogue of 150 definitions, thirteen of them available, against those thirteen."""
    return tuple(
        Race(
            title,
            (
                Contestant("sgkpi, thirteen definitions", _on_sample(*arguments, catalogue=places.shipped)),
                Contestant("sgkpi", _on_sample(*arguments, catalogue=places.many)),
            ),
            Limit("sgkpi, thirteen definitions", 1.3),
        )
        for title, arguments in (
            ("Show, 150 definitions", ("show", ONE)),
            ("Compute, 150 definitions", ("compute", "--month", "2019-02")),
        )
    )


def whole_catalogue_races(places: Places) -> tuple[Race, ...]:
    """Return the races of the catalogue that ships with sgkpi, against imports and against the sample's thirteen."""
    imports = Contestant("imports alone", (sys.executable, "-c", ALL_IMPORTS))
    story = ("--data", str(places.story))
    against_imports = (
        ("Lint, 159 indicators", ("lint",), 4.5),
        ("Compute, 159 indicators", ("compute", "--month", "2019-02", *story), 4.5),
        ("List, 159 indicators", ("list",), 1.2),
        ("Show, 159 indicators", ("show", ONE, *story), 1.2),
    )
    compute = ("compute", ONE, "--month", "2019-02")
    thirteen = Contestant("sgkpi, thirteen definitions", _on_sample(*compute, catalogue=places.shipped))
    return (
        *(
            Race(title, (imports, Contestant("sgkpi", _sgkpi(*words))), Limit("imports alone", most, processor=True))
            for title, words, most in against_imports
        ),
        Race(
            "Compute of one, 159 indicators",
            (thirteen, Contestant("sgkpi", _on_sample(*compute))),
            Limit(thirteen.name, 1.3, processor=True),
        ),
    )


def start_races() -> tuple[Race, ...]:
    """Return the races on the sample, against importing the libraries that sgkpi uses and nothing else."""
    imports = Contestant("imports alone", (sys.executable, "-c", IMPORTS))
    compute, show = _on_sample("compute", "--month", "2019-02"), _on_sample("show", ONE)
    first = Contestant("sgkpi", compute, first_run=True)
    return (
        Race("The sample, first run", (imports, first), Limit("imports alone", 4)),
        Race("The sample, second run", (imports, Contestant("sgkpi", compute)), Limit("imports alone", 3)),
        Race("Show on the sample", (imports, Contestant("sgkpi", show)), Limit(None, 0.5)),
    )


def _script(name: str, script: str, contacts: Path, prefix: Path, *arguments: str) -> Contestant:
    output = prefix.with_name(f"{prefix.name}-{script}.csv")
    command = (sys.executable, str(SCRIPTS / f"{script}.py"), str(contacts), str(output), *arguments)
    return Contestant(name, command, output)


def _compute(contacts: Path, places: Places, prefix: Path, *indicators: str) -> Contestant:
    output = prefix.with_name(f"{prefix.name}-sgkpi.csv")
    months = ("--month", "2019-02", "--history", "12", "--as-of", AS_OF)
    files = ("--data", str(contacts.parent), "--catalogue", str(places.ten), "--format", "csv", "-o", str(output))
    return Contestant("sgkpi", _sgkpi("compute", *indicators, *months, "--by", "all", *files), output)


def _on_sample(*arguments: str, catalogue: Path | None = None) -> tuple[str, ...]:
    catalogue_arguments = ("--catalogue", str(catalogue)) if catalogue else ()
    return _sgkpi(*arguments, "--data", str(sample_path()), *catalogue_arguments)


def _sgkpi(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "sgkpi", *arguments)

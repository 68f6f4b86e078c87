"""A small world: tables and indicators as they would stand in YAML, rows as they would stand in files.

It can be written to a folder, and computed there by either engine through the public API.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sgkpi import api
from sgkpi.api import Results
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import ReasonCount
from sgkpi.ledger.ledger import Unplaced
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import DefinitionsError, SgkpiError
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import AsOfSource
from sgkpi.planning.availability import Unavailable, UnavailableBreakdown
from tests.support.world_files import File, text_of, write_file

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class World:
    """Definitions, files, and what is asked of them."""

    tables: Mapping[str, Definition]
    indicators: Mapping[str, Definition]
    files: tuple[File, ...]
    as_of: datetime | None
    months: tuple[Month, ...] = (Month(2019, 2),)
    kinds: tuple[PeriodKind, ...] = (PeriodKind.MONTH,)
    covers: Mapping[str, str] = field(default_factory=dict)
    extracted_at: str = ""
    closures: tuple[str, ...] = ()
    by: tuple[str, ...] = ("all",)
    shared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """The catalogue and the extract, written below a folder."""
        write_catalogue(folder / "indicators", self.tables, self.indicators, self.closures, self.shared)
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        for file in self.files:
            write_file(data / file.name, file)
        covers = [f"{table} = {day}" for table, day in self.covers.items()]
        extracted = [f"extracted_at = {self.extracted_at}"] if self.extracted_at else []
        if covers or extracted:
            (data / "extract.toml").write_text("\n".join([*extracted, "[covers]", *covers, ""]), "utf-8")

    def open(self, folder: Path) -> tuple[Catalogue, Extract]:
        """The catalogue and the extract that `write` has written."""
        catalogue = api.load_catalogue(folder / "indicators")
        return catalogue, api.open_extract(folder / "data", catalogue)

    def compute(self, folder: Path, engine: str, indicators: Sequence[str] = ()) -> Results:
        """The results of one engine for a world that is written."""
        catalogue, extract = self.open(folder)
        return api.compute(
            extract,
            catalogue,
            months=self.months,
            kinds=self.kinds,
            indicators=indicators,
            by=self.by,
            as_of=self.as_of,
            engine=engine,
        )

    def results(self, engine: str = "duckdb", indicators: Sequence[str] = ()) -> Results:
        """What one engine gives, in a folder that is gone afterwards."""
        with TemporaryDirectory() as folder:
            self.write(Path(folder))
            return self.compute(Path(folder), engine, indicators)

    def answer(self, engine: str) -> "Answer | str":
        """What one engine says, as it compares with another's; the kind of error when it refuses."""
        try:
            return Answer.of(self.results(engine))
        except DefinitionsError:
            raise
        except SgkpiError as error:
            return type(error).__name__

    def __str__(self) -> str:
        """The world as a person would type it, for a test that fails."""
        parts = [f"as_of: {self.as_of}  extracted_at: {self.extracted_at}"]
        parts += [f"months: {[str(each) for each in self.months]}  kinds: {list(self.kinds)}"]
        parts += [f"covers: {dict(self.covers)}  closures: {self.closures}  by: {self.by}"]
        parts += [f"# tables/{name}.yaml\n{render(table)}" for name, table in self.tables.items()]
        parts += [f"# {name}.yaml\n{render(indicator)}" for name, indicator in self.indicators.items()]
        parts += [f"# shared.yaml\n{render(self.shared)}"] if self.shared else []
        parts += [f"# {file.name} {file.encoding} {dict(file.types)}\n{text_of(file)}" for file in self.files]
        return "\n".join(parts)


@dataclass(frozen=True)
class Answer:
    """The part of the results that must be the same on every engine."""

    figures: tuple[Figure, ...]
    reasons: tuple[ReasonCount, ...]
    unplaced: tuple[Unplaced, ...]
    tables: tuple[tuple[Any, ...], ...]
    unavailable: tuple[Unavailable | UnavailableBreakdown, ...]
    as_of: tuple[datetime, AsOfSource]

    @classmethod
    def of(cls, results: Results) -> "Answer":
        tables = tuple(map(astuple, results.tables))
        as_of = (results.as_of, results.as_of_source)
        unavailable = (*results.unavailable, *results.unavailable_breakdowns)
        return cls(results.figures, results.reasons, results.unplaced, tables, unavailable, as_of)


def render(definition: Definition) -> str:
    """A definition as YAML: its top keys a line each, all below in JSON, which YAML reads."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in definition.items())


def write_catalogue(
    folder: Path,
    tables: Mapping[str, Definition],
    indicators: Mapping[str, Definition],
    closures: Sequence[str] = (),
    shared: Definition | None = None,
) -> None:
    """The YAML files of a catalogue."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / "tables" / f"{name}.yaml").write_text(render(table), "utf-8")
    for name, indicator in indicators.items():
        (folder / f"{name}.yaml").write_text(render(indicator), "utf-8")
    if shared:
        (folder / "shared.yaml").write_text(render(shared), "utf-8")
    if closures:
        lines = ["date,name", *(f"{day},closed" for day in closures), ""]
        (folder / "tables" / "holidays.csv").write_text("\n".join(lines), "utf-8")

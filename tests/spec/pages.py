"""What a page of the specification is made of: a definition, small tables as text, and what comes of them.

    id | received         | decided
    1  | 2019-02-04 09:00 | 2019-02-05 09:00

A cell that holds nothing is blank. Without another word it is 4 March 2019, 07:00, and February is asked for.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache, partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any, TypeVar

from sgkpi import api
from sgkpi.answers.funnel import funnel
from sgkpi.answers.lint import lint_catalogue
from sgkpi.answers.overview import overview
from sgkpi.api import Results
from sgkpi.definitions.fields import parse_moment
from sgkpi.documents.funnel import funnel_records
from sgkpi.documents.overview import show_records
from sgkpi.documents.signals import signals_records
from sgkpi.extracts.extract import Extract
from sgkpi.figures.columns import figure_row
from sgkpi.figures.figure import Figure
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import SgkpiError
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import Request
from tests.spec.recording import Exhibit, Recorder

AS_OF = "2019-03-04 07:00"
FOLDER = "sgkpi-page-"
TABLES = {
    "contacts": """
        key: id
        person: person
        happened: received
        columns:
          id: {type: text}
          person: {type: text}
          received: {type: datetime}
          decided: {type: datetime}
          due_at: {type: datetime, planned: yes}
          due_on: {type: date, planned: yes}
          closed_on: {type: date}
          source: {type: category, codes: {police: [Police, "7"], school: ["2A"], home: []}}
          team: {type: text}
          n: {type: integer}
          cost: {type: number}
          hours: {type: number}
          urgent: {type: boolean}
          born: {type: month}
        """,
    "leavers": """
        key: person
        person: person
        happened: begun
        columns:
          person: {type: text}
          begun: {type: date}
          ended: {type: date}
          team: {type: text}
          in_touch: {type: boolean, current: yes}
          checked: {type: date}
        """,
    "reviews": """
        key: id
        person: person
        happened: done
        columns:
          id: {type: text}
          person: {type: text}
          done: {type: date}
          kind: {type: text}
          n: {type: integer}
        """,
    "stays": """
        key: id
        person: person
        columns:
          id: {type: text}
          person: {type: text}
          begun: {type: date}
          ended: {type: date}
          kind: {type: text}
        """,
}
TODAY = date(2019, 3, 4)
T = TypeVar("T")
OUTCOMES = ("met", "not_met", "overdue", "counted", "not_due", "unknown", "excluded")


class Page:
    """A definition and its tables; `engine` says who reads them."""

    def __init__(
        self,
        engine: str,
        definition: str,
        *,
        as_of: str | None = AS_OF,
        extracted_at: str = "",
        months: str = "2019-02",
        kinds: Sequence[PeriodKind] = (PeriodKind.MONTH,),
        declared: Mapping[str, str] | None = None,
        covers: Mapping[str, str] | None = None,
        closures: str = "",
        benchmarks: str = "",
        shared: str = "",
        **tables: str,
    ) -> None:
        self.engine = engine
        self.definition = titled(dedent(definition))
        self.as_of_text = as_of
        self.as_of = parse_moment(as_of) if as_of else None
        self.extracted_at = extracted_at
        self.months = [Month.parse(month) for month in months.split()]
        self.kinds = kinds
        self.declared = {**TABLES, **(declared or {})}
        self.covers = covers or {}
        self.closures = closures
        self.benchmarks = benchmarks
        self.shared = dedent(shared)
        self.tables = tables
        self.computed: dict[tuple[str, Sequence[str]], Results] = {}

    def outcomes(self) -> dict[str, str]:
        """The outcome of every case that has one, by its key: `met`, or `unknown: no_start`."""
        key = self.key
        results = self._results(self.definition + f"\nby: [{key}]\n", by=(key,))
        reasons = {each.category: each.reason for each in results.reasons if each.breakdown == key}
        found = {each.category: self._outcome(each) for each in results.figures if each.category is not None}
        said = {case: f"{said}: {reasons[case]}" if case in reasons else said for case, said in found.items()}
        return self._answered("outcomes", (), said)

    def values(self, *columns: str) -> list[tuple[object, ...]]:
        """The named columns of the totals, one tuple a period."""
        totals = [row for row in self._rows() if row["breakdown"] is None]
        shown = columns if "period" in columns or len(totals) == 1 else ("period", *columns)
        self._answered("values", shown, [tuple(row[name] for name in shown) for row in totals])
        return [tuple(row[name] for name in columns) for row in totals]

    def value(self, column: str = "value") -> object:
        """One column of the only total."""
        ((value,),) = self.values(column)
        return value

    def categories(self, breakdown: str, column: str = "counted") -> dict[object, object]:
        """A column by category, in the order of the figures."""
        computed = self._results(self.definition, by=("all", *([breakdown] if "*" in breakdown else [])))
        rows = [dict(figure_row(figure)) for figure in computed.figures]
        found = {row["category"]: row[column] for row in rows if row["breakdown"] == breakdown}
        return self._answered("categories", (breakdown, column), found)

    def signals(self, *columns: str) -> list[tuple[object, ...]]:
        """The named columns of the control chart's months that have a value, one tuple a month."""
        with self._opened() as (extract, catalogue):
            found = api.signals(
                extract, catalogue, month=self.months[-1], indicators=["page"], as_of=self.as_of, engine=self.engine
            )
        rows = [row for row in signals_records(found).table.rows if row["value"] is not None]
        shown = columns if "period" in columns else ("period", *columns)
        self._answered("values", shown, [tuple(row[name] for name in shown) for row in rows])
        return [tuple(row[name] for name in columns) for row in rows]

    def unplaced(self) -> tuple[int, int]:
        """How many cases belong to no period: blank, unreadable."""
        (only,) = self.results().unplaced
        return self._answered("unplaced", (), (only.blank, only.unreadable))

    def reasons(self) -> dict[tuple[str, str], int]:
        """The cases of the totals by outcome and reason."""
        reasons = self.results().reasons
        found = {(each.outcome, each.reason): each.cases for each in reasons if each.breakdown is None}
        return self._answered("reasons", (), found)

    def read(self) -> list[tuple[str, str, int, int]]:
        """Each table with its file, its rows, and its unreadable cells."""
        found = [(each.table, " ".join(each.files), each.rows, each.unreadable_cells) for each in self.results().tables]
        return self._answered("read", (), found)

    def replaced(self) -> dict[str, int]:
        """How many rows of each table another one's version replaces."""
        found = {each.table: each.replaced_rows for each in self.results().tables}
        return self._answered("replaced", (), found)

    def funnel(self, by: str, *columns: str) -> list[tuple[object, ...]]:
        """The named columns of the funnel's rows, one tuple a category."""
        found = self._ask(partial(funnel, request=self._request(by)))
        rows = funnel_records(found).table.rows
        return self._answered("values", columns, [tuple(row[name] for name in columns) for row in rows])

    def compared(self, *columns: str) -> tuple[object, ...]:
        """Members of the comparison with the month before, as `show` has them."""
        said = self._shown()["previous_month"]
        return self._answered("values", columns, [tuple(said[name] for name in columns)])[0]

    def beside(self, *columns: str) -> list[tuple[object, ...]]:
        """Members of the published figures, each beside the indicator's own, as `show` has them."""
        found = self._shown()["benchmarks"]
        return self._answered("values", columns, [tuple(each[name] for name in columns) for each in found])

    def movements(self) -> dict[str, int] | None:
        """Who came into a stock and who left it, as `show` has it."""
        found = self._shown()["movements"]
        self._answered("values", tuple(found or ()), [tuple((found or {}).values())])
        return found  # type: ignore[no-any-return]

    def _shown(self) -> Any:
        overview_ = self._ask(partial(overview, request=self._request()))
        return show_records(overview_).json()

    def _request(self, *by: str) -> Request:
        return Request(["page"], self.months, kinds=self.kinds, by=by, as_of=self.as_of)

    def _ask(self, ask: Callable[..., T]) -> T:
        """The answer of the program to a question about the page's extract."""
        with TemporaryDirectory(prefix=FOLDER) as name, self._errors_noted():
            self._write_data(Path(name) / "data")
            catalogue = self.catalogue()
            return ask(api.open_extract(Path(name) / "data", catalogue), catalogue, engine=str(self.engine))

    def catalogue(self) -> Catalogue:
        """The definitions, loaded."""
        return loaded(tuple(self._definitions(self.definition)))

    def lint(self, code: str, today: date = TODAY) -> list[str]:
        """What is said of the definition itself, by the code of the message."""
        with TemporaryDirectory() as name:
            catalogue = write_definitions(Path(name), self._definitions(self.definition))
            report = lint_catalogue(catalogue, ["page"], today=today)
        found = [each.message for each in report.problems if each.code == code]
        return self._answered("lint", (code, str(today)), found)

    def known_at(self) -> tuple[str, str]:
        """The as-of time, and where it comes from."""
        results = self.results()
        return self._answered("known_at", (), (str(results.as_of), results.as_of_source.value))

    def results(self) -> Results:
        """Everything, with all breakdowns."""
        return self._results(self.definition, by=("all",))

    @property
    def table(self) -> str:
        """The table of the cases."""
        (table,) = [line.split(":")[1].strip() for line in self.definition.splitlines() if line.startswith("table:")]
        return table

    @property
    def key(self) -> str:
        """The column that tells the cases apart."""
        lines = [line.strip() for line in self.declared[self.table].splitlines()]
        return next(line.removeprefix("key:").strip() for line in lines if line.startswith("key:"))

    def _answered(self, question: str, names: tuple[str, ...], answer: T) -> T:
        if isinstance(self.engine, Recorder):
            self.engine.exhibits.append(Exhibit(self, question, names, answer))
        return answer

    @contextmanager
    def _errors_noted(self) -> Iterator[None]:
        try:
            yield
        except SgkpiError as error:
            said = re.sub(rf"\S*{FOLDER}\w+/", "", str(error))
            self._answered("error", (type(error).__name__,), said)
            raise

    def _rows(self) -> list[dict[str, object]]:
        return [dict(figure_row(figure)) for figure in self.results().figures]

    def _outcome(self, figure: Figure) -> str:
        (outcome,) = [outcome for outcome in OUTCOMES if getattr(figure, outcome)]
        return outcome

    def _results(self, definition: str, by: Sequence[str]) -> Results:
        if (definition, by) not in self.computed:
            self.computed[definition, by] = self._compute(definition, by)
        if isinstance(self.engine, Recorder):
            self.engine.saw(self.computed[definition, by])
        return self.computed[definition, by]

    def _compute(self, definition: str, by: Sequence[str]) -> Results:
        with self._opened(definition) as (extract, catalogue):
            return api.compute(
                extract,
                catalogue,
                months=self.months,
                kinds=self.kinds,
                by=by if "by:" in definition else (),
                indicators=["page"],
                as_of=self.as_of,
                engine=self.engine,
            )

    @contextmanager
    def _opened(self, definition: str | None = None) -> Iterator[tuple[Extract, Catalogue]]:
        """The extract and the catalogue, while both are on disk."""
        with TemporaryDirectory(prefix=FOLDER) as name, self._errors_noted():
            catalogue = loaded(tuple(self._definitions(definition or self.definition)))
            self._write_data(Path(name) / "data")
            yield api.open_extract(Path(name) / "data", catalogue), catalogue

    def _definitions(self, definition: str) -> Iterator[tuple[str, str]]:
        """The files of the catalogue, by name, and their texts."""
        for name, text in self.declared.items():
            yield f"tables/{name}.yaml", dedent(text)
        yield "page.yaml", definition
        if self.shared:
            yield "shared.yaml", self.shared
        if self.closures:
            yield "tables/holidays.csv", f"date,name\n{self.closures}\n"
        if self.benchmarks:
            yield "benchmarks.csv", as_csv(self.benchmarks)

    def _write_data(self, folder: Path) -> None:
        folder.mkdir()
        for name, text in self.tables.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / f"{name}.csv").write_text(as_csv(text), "utf-8")
        covers = "\n".join(f"{table} = {day}" for table, day in self.covers.items())
        extracted = f"extracted_at = {self.extracted_at}\n" if self.extracted_at else ""
        (folder / "extract.toml").write_text(f"{extracted}[covers]\n{covers}\n", "utf-8")


@cache
def loaded(definitions: tuple[tuple[str, str], ...]) -> Catalogue:
    """The catalogue of these files; every engine reads the same pages, and a page may be asked several questions."""
    with TemporaryDirectory(prefix=FOLDER) as name:
        return api.load_catalogue(write_definitions(Path(name), definitions))


def write_definitions(folder: Path, definitions: Iterable[tuple[str, str]]) -> Path:
    """Write the files of a catalogue, and return its folder."""
    (folder / "indicators" / "tables").mkdir(parents=True)
    for name, text in definitions:
        (folder / "indicators" / name).write_text(text, "utf-8")
    return folder / "indicators"


def titled(definition: str) -> str:
    """A definition with the title that every definition must have."""
    return definition if "title:" in definition else f"title: A page\n{definition}"


def cells(text: str) -> list[list[str]]:
    """The cells of a page's table, its header being the first row."""
    return [[cell.strip() for cell in line.split("|")] for line in dedent(text).strip().splitlines()]


def as_csv(text: str) -> str:
    """A page's table as the CSV file that it stands for."""
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerows(cells(text))
    return written.getvalue()


def outcomes(engine: str, definition: str, **page: Any) -> dict[str, str]:
    """The outcome of every case of a page, by its key."""
    return Page(engine, definition, **page).outcomes()

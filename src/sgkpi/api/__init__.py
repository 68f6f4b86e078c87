"""The library for notebooks and scripts.

    results = sgkpi.compute("extract", "indicators", months="2019-02")
    results.to_pandas()

Wherever an extract or a catalogue is wanted, its path will do; wherever a list is wanted, one item will.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.answers import cases as answer_cases
from sgkpi.answers import compute as answer_compute
from sgkpi.answers import due as answer_due
from sgkpi.answers import inputs
from sgkpi.answers import signals as answer_signals
from sgkpi.answers.check import check as answer_check
from sgkpi.answers.check.findings import QualityReport
from sgkpi.api.arguments import (
    MonthLike,
    kind_of,
    read_as_of,
    read_conditions,
    read_kinds,
    read_member,
    read_month,
    read_months,
    read_names,
    read_number,
    read_one,
)
from sgkpi.documents.cases import cases_records
from sgkpi.documents.check import check_records
from sgkpi.documents.due import due_records
from sgkpi.documents.figures import figure_records
from sgkpi.documents.records import Records
from sgkpi.documents.signals import signals_records
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.catalogue import Catalogue, complete_each
from sgkpi.model.errors import UsageError
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import PeriodKind
from sgkpi.model.request import Request
from sgkpi.model.words import plural

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ExtractLike = Extract | Path | str
CatalogueLike = Catalogue | Path | str | None
Names = str | Iterable[str]


class Answer:
    """The forms in which a notebook wants an answer; the answer itself has the facts that they are made from."""

    @abstractmethod
    def _records(self) -> Records: ...

    def to_json(self) -> str:
        """Return the answer with what it rests on as JSON, as the command of the same name writes it."""
        from sgkpi.documents.write.json import write_json

        return write_json(self._records())

    def to_arrow(self) -> "pa.Table":
        """Return the rows as an Arrow table."""
        from sgkpi.documents.write.parquet import arrow_table

        return arrow_table(self._records().table)

    def to_pandas(self) -> "pd.DataFrame":
        """Return the rows as a data frame: dates, categories, booleans, and whole numbers that may be missing."""
        from sgkpi.documents.write.frame import write_frame

        return write_frame(self._records().table)

    def _repr_html_(self) -> str:
        """Return the answer as a notebook shows it."""
        from sgkpi.documents.write.html.notebook import write_html

        return write_html(self._records().text_blocks())

    def __repr__(self) -> str:
        table, about = self._records().table, dict(self._records().about)
        return f"<sgkpi {table.name}: {plural(len(table.rows), 'row')}, as of {about['As of']:%Y-%m-%d %H:%M}>"


@dataclass(frozen=True, repr=False)
class Results(Answer, FigureSet):
    """Figures in the order of the long table, and what they rest on."""

    def _records(self) -> Records:
        return figure_records(self)


@dataclass(frozen=True, repr=False)
class Signals(Answer, FigureSet):
    """Series on their control charts: a row for each month."""

    def _records(self) -> Records:
        return signals_records(self)


@dataclass(frozen=True, repr=False)
class Cases(Answer, answer_cases.CaseList):
    """The cases behind a figure, the most urgent first."""

    def _records(self) -> Records:
        return cases_records(self)


@dataclass(frozen=True, repr=False)
class Due(Answer, answer_due.DueList):
    """The cases that fall due, by day."""

    def _records(self) -> Records:
        return due_records(self)


@dataclass(frozen=True, repr=False)
class Quality(Answer, QualityReport):
    """The findings of `check`: a row for each finding and figure that it touches."""

    def _records(self) -> Records:
        return check_records(self)


def load_catalogue(path: Path | str | None = None) -> Catalogue:
    """Load the catalogue in a folder; without one, that which comes with sgkpi.

    Raises DefinitionsError with every problem found.
    """
    return inputs.load_catalogue(None if path is None else Path(path))


def open_extract(path: Path | str, catalogue: CatalogueLike = None) -> Extract:
    """Open the extract in a folder or a workbook: find which files or sheets hold which table.

    Raises ExtractError if the folder or workbook does not exist or has none of the catalogue's tables.
    """
    return inputs.open_extract(Path(path), _catalogue(catalogue))


def compute(
    extract: ExtractLike,
    catalogue: CatalogueLike = None,
    *,
    months: MonthLike | Iterable[MonthLike] | None = None,
    kinds: Names = PeriodKind.MONTH,
    indicators: Names = (),
    by: Names = (),
    as_of: date | str | None = None,
    history: int = 0,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> Results:
    """Compute the figures of the indicators named (all, when none is) for months, or for the last complete one.

    `by` names breakdowns (`all` for every one); `history` adds that many months before each. `as_of` is local time in
    Europe/London; a date means the end of that day. Raises UsageError for what cannot be asked, and ExtractError for
    what the extract cannot carry.
    """
    opened, loaded = read_inputs(extract, catalogue)
    names = complete_each(read_names("indicators", indicators), loaded.indicators)
    request = Request(
        names,
        read_months(months),
        read_number("history", history, "months"),
        read_kinds(kinds),
        read_names("by", by),
        read_as_of(as_of),
        persons=True,
    )
    figures = answer_compute.compute(
        opened, loaded, request, engine=engine, progress=progress, show_values=show_values, signals=True
    )
    return Results(**vars(figures))


def signals(
    extract: ExtractLike,
    catalogue: CatalogueLike = None,
    *,
    month: MonthLike | None = None,
    indicators: Names = (),
    by: Names = (),
    as_of: date | str | None = None,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> Signals:
    """Judge 24 months of the indicators named (all, when none is) by their control charts, as `sgkpi signals` does.

    `month` is the last of them (default: the last complete one); `by` adds the categories of breakdowns. Raises as
    `compute` does.
    """
    opened, loaded = read_inputs(extract, catalogue)
    names = complete_each(read_names("indicators", indicators), loaded.indicators)
    asked = read_month(month)
    request = Request(names, [asked] if asked else None, by=read_names("by", by), as_of=read_as_of(as_of))
    found = answer_signals.find_signals(
        opened, loaded, request, engine=engine, progress=progress, show_values=show_values
    )
    return Signals(**vars(found))


def cases(
    extract: ExtractLike,
    catalogue: CatalogueLike = None,
    indicator: str = "",
    *,
    outcomes: Names = (),
    where: Mapping[str, Names] | None = None,
    months: MonthLike | Iterable[MonthLike] | None = None,
    kinds: Names = PeriodKind.MONTH,
    as_of: date | str | None = None,
    history: int = 0,
    engine: str = "duckdb",
) -> Cases:
    """List the cases behind a figure, as `sgkpi cases` does: `outcomes="overdue"`, `where={"team": "North"}`.

    Rows name cases and persons by their pseudonyms: treat them with care. Raises as `compute` does.
    """
    named = read_one("indicator", read_names("indicator", indicator))
    if named is None:
        raise UsageError("indicator: say which, as cases(extract, catalogue, 'contacts_decided_24h')")
    opened, loaded = read_inputs(extract, catalogue)
    request = Request(
        [loaded.complete(named)],
        read_months(months),
        read_number("history", history, "months"),
        read_kinds(kinds),
        (),
        read_as_of(as_of),
    )
    wanted = [read_member("outcomes", Outcome, name) for name in read_names("outcomes", outcomes)]
    conditions = read_conditions(where)
    listed = answer_cases.list_cases(opened, loaded, request, outcomes=wanted, where=conditions, engine=engine)
    return Cases(**vars(listed))


def due(
    extract: ExtractLike,
    catalogue: CatalogueLike = None,
    *,
    within: int = 3,
    overdue: bool = False,
    where: Mapping[str, Names] | None = None,
    indicators: Names = (),
    as_of: date | str | None = None,
    engine: str = "duckdb",
) -> Due:
    """List the cases that fall due up to `within` days after the as-of date, as `sgkpi due` does.

    `overdue` adds the open cases whose time has run out; `where={"team": "North"}` chooses cases.
    Rows name cases and persons by their pseudonyms: treat them with care. Raises as `compute` does.
    """
    opened, loaded = read_inputs(extract, catalogue)
    names = complete_each(read_names("indicators", indicators), loaded.indicators)
    days, request = read_number("within", within, "days"), Request(names, as_of=read_as_of(as_of))
    listed = answer_due.list_due(
        opened, loaded, request, days, overdue=overdue, where=read_conditions(where), engine=engine
    )
    return Due(**vars(listed))


def check(
    extract: ExtractLike,
    catalogue: CatalogueLike = None,
    *,
    tables: Names = (),
    month: MonthLike | None = None,
    as_of: date | str | None = None,
    every_row: bool = False,
    show_values: bool = False,
    progress: Progress | None = None,
) -> Quality:
    """Check the quality of an extract, as `sgkpi check` does: which rows are wrong, and which figures that touches.

    `month` is that of the figures (default: the last complete one). Raises as `compute` does.
    """
    opened, loaded = read_inputs(extract, catalogue)
    asked = read_month(month)
    request = answer_check.QualityRequest(
        read_names("tables", tables), asked, read_as_of(as_of), every_row, show_values
    )
    return Quality(**vars(answer_check.check_quality(opened, loaded, request, progress=progress)))


def read_inputs(extract: ExtractLike, catalogue: CatalogueLike) -> tuple[Extract, Catalogue]:
    """Return an extract and a catalogue, opened where they are paths."""
    loaded = _catalogue(catalogue)
    given: object = extract
    match given:
        case Extract():
            return given, loaded
        case str() | Path():
            return inputs.open_extract(Path(given), loaded), loaded
        case _:
            raise UsageError(f"extract: expected a path, or what sgkpi.open_extract returns, not {kind_of(given)}")


def _catalogue(catalogue: object) -> Catalogue:
    match catalogue:
        case Catalogue():
            return catalogue
        case str() | Path() | None:
            return load_catalogue(catalogue)
        case _:
            wanted = "a path, or what sgkpi.load_catalogue returns"
            raise UsageError(f"catalogue: expected {wanted}, not {kind_of(catalogue)}")

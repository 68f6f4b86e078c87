"""The library for notebooks and scripts.

catalogue = sgkpi.load_catalogue()
extract = sgkpi.open_extract("extract", catalogue)
results = sgkpi.compute(extract, catalogue, months=[Month(2019, 2)])
results.to_pandas()
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.answers import compute as answer_compute
from sgkpi.answers import inputs
from sgkpi.engines.protocol import Engine, Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import Request

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from sgkpi.answers.cases import CaseList
    from sgkpi.answers.check.findings import QualityReport
    from sgkpi.answers.due import DueList
    from sgkpi.answers.lint import LintReport
    from sgkpi.answers.overview import Overview
    from sgkpi.answers.verify import Verification
    from sgkpi.answers.why.explain import Why


@dataclass(frozen=True)
class Results(FigureSet):
    """Figures in the order of the long table, and what they rest on, with the forms in which a notebook wants them."""

    def to_json(self) -> str:
        """Return the figures and their provenance as JSON (schema `sgkpi.figures/1`)."""
        from sgkpi.documents.figures import figure_records
        from sgkpi.documents.write.json import write_json

        return write_json(figure_records(self))

    def to_arrow(self) -> "pa.Table":
        """Return the figures as an Arrow table, one row a figure."""
        from sgkpi.documents.figures import figure_table
        from sgkpi.documents.write.parquet import arrow_table

        return arrow_table(figure_table(self.figures))

    def to_pandas(self) -> "pd.DataFrame":
        """Return the figures as a pandas data frame, one row a figure."""
        return self.to_arrow().to_pandas()


def load_catalogue(path: Path | str | None = None) -> Catalogue:
    """Load the catalogue in a folder; without one, that which comes with sgkpi.

    Raises DefinitionsError with every problem found.
    """
    return inputs.load_catalogue(None if path is None else Path(path))


def open_extract(path: Path | str, catalogue: Catalogue) -> Extract:
    """Open the extract in a folder or a workbook: find which files or sheets hold which table.

    Raises ExtractError when there is no such folder or workbook, or none of the catalogue's tables in it.
    """
    return inputs.open_extract(Path(path), catalogue)


def compute(
    extract: Extract,
    catalogue: Catalogue,
    *,
    months: Sequence[Month] | None = None,
    kinds: Sequence[PeriodKind] = (PeriodKind.MONTH,),
    indicators: Sequence[str] = (),
    by: Sequence[str] = (),
    as_of: datetime | None = None,
    history: int = 0,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> Results:
    """Compute the figures of the indicators named (all, when none is) for months, or for the last complete one.

    `by` names breakdowns (`all` for every one); `history` adds so many months before each. A given
    `as_of` is local time in Europe/London. Raises UsageError for what cannot be asked, and
    ExtractError for what the extract cannot carry.
    """
    request = Request(indicators, months, history, kinds, by, as_of)
    figures = answer_compute.compute(
        extract, catalogue, request, engine=engine, progress=progress, show_values=show_values
    )
    return Results(**vars(figures))


def verify(
    extract: Extract,
    catalogue: Catalogue,
    *,
    months: Sequence[Month] | None = None,
    kinds: Sequence[PeriodKind] = (PeriodKind.MONTH,),
    indicators: Sequence[str] = (),
    by: Sequence[str] = ("all",),
    as_of: datetime | None = None,
    history: int = 0,
    engines: Mapping[str, Engine] | None = None,
    progress: Progress | None = None,
) -> "Verification":
    """Compute every figure and case with both engines (or two others, by name), and compare them.

    What is asked for is said as in `compute`, and refused for the same reasons; every breakdown is
    looked at unless `by` says otherwise.
    """
    from sgkpi.answers.verify import verify as answer

    request = Request(indicators, months, history, kinds, by, as_of)
    return answer(extract, catalogue, request, engines=engines, progress=progress)


def overview(
    extract: Extract,
    catalogue: Catalogue,
    indicator: str,
    *,
    month: Month | None = None,
    as_of: datetime | None = None,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> "Overview":
    """Return one indicator at a glance, for a month or for the last complete one.

    Raises what `compute` raises.
    """
    from sgkpi.answers.overview import overview as answer

    request = Request([indicator], [month] if month else None, as_of=as_of)
    return answer(extract, catalogue, request, engine=engine, progress=progress, show_values=show_values)


def cases(
    extract: Extract,
    catalogue: Catalogue,
    indicator: str,
    *,
    outcomes: Sequence[Outcome] = (),
    where: Sequence[str] = (),
    months: Sequence[Month] | None = None,
    kinds: Sequence[PeriodKind] = (PeriodKind.MONTH,),
    as_of: datetime | None = None,
    history: int = 0,
    engine: str = "duckdb",
) -> "CaseList":
    """List the cases behind an indicator's figures, the most urgent first.

    `outcomes` and `where` (conditions as `team=North`) narrow the list; periods are said as in `compute`, and
    refused for the same reasons. The list holds identifiers.
    """
    from sgkpi.answers.cases import list_cases

    request = Request([indicator], months, history, kinds, as_of=as_of)
    return list_cases(extract, catalogue, request, outcomes=outcomes, where=where, engine=engine)


def due(
    extract: Extract,
    catalogue: Catalogue,
    *,
    indicators: Sequence[str] = (),
    within: int = 3,
    as_of: datetime | None = None,
    engine: str = "duckdb",
) -> "DueList":
    """List the cases that fall due within so many days after the as-of date, of every indicator with a clock.

    Raises what `compute` raises. The list holds identifiers.
    """
    from sgkpi.answers.due import list_due

    return list_due(extract, catalogue, Request(indicators, as_of=as_of), within, engine=engine)


def why(
    extract: Extract,
    catalogue: Catalogue,
    indicator: str,
    key: Sequence[str],
    *,
    month: Month | None = None,
    as_of: datetime | None = None,
) -> "Why":
    """Explain one case step by step, as the reference engine judges it; it holds identifiers and values of cells.

    `key` has a part for each column of the table's key, or is one text as a list of cases has it. A `month`
    says on which reference day a stock is looked at. Raises UsageError when no case has the key.
    """
    from sgkpi.answers.why.explain import explain_case

    return explain_case(extract, catalogue, Request([indicator], [month] if month else None, as_of=as_of), key)


def check(
    extract: Extract,
    catalogue: Catalogue,
    *,
    tables: Sequence[str] = (),
    month: Month | None = None,
    as_of: datetime | None = None,
    every_row: bool = False,
    show_values: bool = False,
    progress: Progress | None = None,
) -> "QualityReport":
    """Check the data quality of the tables named (all, when none is), and which figures of a month it touches.

    Of the rows at fault the first few are named, or every one. Raises UsageError for what cannot be asked,
    and ExtractError when nothing can be read.
    """
    from sgkpi.answers.check.check import QualityRequest, check_quality

    asked = QualityRequest(tables, month, as_of, every_row, show_values)
    return check_quality(extract, catalogue, asked, progress=progress)


def lint(
    path: Path | str | None = None, ids: Sequence[str] = (), *, today: date, boundaries: bool = False
) -> "LintReport":
    """Check definitions: are they well formed, do their examples hold, is a `review_by` past.

    With `boundaries`, the report has the cases at the edge of each clock as well, and their outcomes.
    """
    from sgkpi.answers.lint import lint_catalogue

    return lint_catalogue(None if path is None else Path(path), ids, today=today, boundaries=boundaries)


def sql_for(catalogue: Catalogue, indicator_id: str) -> str:
    """Return the SQL that an indicator becomes, for an extract of CSV files with every declared column."""
    from sgkpi.answers.explain import sql_for as answer

    return answer(catalogue, indicator_id)

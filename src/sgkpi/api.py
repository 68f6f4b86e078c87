"""The library: what a notebook or the command line calls.

catalogue = sgkpi.load_catalogue()
extract = sgkpi.open_extract("extract", catalogue)
results = sgkpi.compute(extract, catalogue, months=[Month(2019, 2)])
results.to_pandas()
"""

import atexit
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from sgkpi.answers.computation import compute_ledger, compute_ledger_and_cases, figure_requests, figures_from
from sgkpi.answers.engines import engine_named
from sgkpi.answers.results import Results
from sgkpi.definitions.bundled import catalogue_path
from sgkpi.engines.protocol import Engine, Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_reasons
from sgkpi.ledger.ledger import Ledger
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import Request
from sgkpi.planning.plan import Plan
from sgkpi.planning.request import ResolvedRequest, resolve

if TYPE_CHECKING:
    from sgkpi.answers.cases import CaseList
    from sgkpi.answers.check.findings import QualityReport
    from sgkpi.answers.due import DueList
    from sgkpi.answers.lint import LintReport
    from sgkpi.answers.overview import Overview
    from sgkpi.answers.verify import Verification
    from sgkpi.answers.why.explain import Why
    from sgkpi.extracts.parquet import ParquetColumns


def load_catalogue(path: Path | str | None = None) -> Catalogue:
    """The catalogue in a folder; without one, that which comes with sgkpi.

    Raises DefinitionsError with every problem found.
    """
    from sgkpi.definitions.cached_catalogue import load_catalogue as load

    return load(Path(path) if path is not None else catalogue_path())


def open_extract(path: Path | str, catalogue: Catalogue) -> Extract:
    """The extract in a folder or a workbook: which files or sheets hold which table. No figure is read yet.

    Raises ExtractError when there is no such folder or workbook, or none of the catalogue's tables in it.
    """
    from sgkpi.extracts.open import open_extract as look_at

    scratch = Path(mkdtemp(prefix="sgkpi-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    try:
        return look_at(Path(path), catalogue.tables, scratch=scratch, read_parquet_columns=_read_parquet_columns)
    finally:
        with suppress(OSError):
            scratch.rmdir()  # it stays only where something had to be rewritten


def _read_parquet_columns(path: Path) -> "ParquetColumns":
    from sgkpi.engines.duckdb.parquet import read_parquet_columns  # with DuckDB, which CSV does not need yet

    return read_parquet_columns(path)


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
    """Figures of the indicators named (all, when none is) for months, or for the last complete one.

    `by` names breakdowns (`all` for every one); `history` adds so many months before each. A given
    `as_of` is local time in Europe/London. Raises UsageError for what cannot be asked, and
    ExtractError for what the extract cannot carry.
    """
    runner = engine_named(engine)
    asked = Request(indicators, months, history, kinds, by, as_of)
    question = resolve(extract, catalogue, asked, runner.events)
    results = _results(question, compute_ledger(question, runner, progress=progress, show_values=show_values))
    return _with_identifiers(results)


def _with_identifiers(results: Results) -> Results:
    """The results with a warning for every column read or passed over that identifies people."""
    from sgkpi.answers.check.identifiers import identifier_warnings

    warnings = identifier_warnings(results.extract, (each.table for each in results.tables))
    return replace(results, problems=(*warnings, *results.problems)) if warnings else results


def _results(question: ResolvedRequest, counts: Ledger) -> Results:
    """The figures that the counts come to, with what they rest on."""
    return Results(
        figures=figures_from(question, counts),
        reasons=build_reasons(figure_requests(question), counts),
        indicators=tuple(each.indicator for each in question.plan.indicators),
        unavailable=question.unavailable,
        unplaced=counts.unplaced,
        tables=counts.tables,
        extract=question.extract,
        as_of=question.plan.as_of,
        as_of_source=question.as_of_source,
        problems=question.problems(counts.problems),
    )


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
    """Every figure and case computed by both engines (or by two others, by name), and where they differ.

    What is asked for is said as in `compute`, and refused for the same reasons; every breakdown is
    looked at unless `by` says otherwise.
    """
    from sgkpi.answers.verify import verify as compare

    asked = Request(indicators, months, history, kinds, by, as_of)
    return compare(extract, catalogue, asked, engines=engines, progress=progress)


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
    """One indicator at a glance, for a month or for the last complete one.

    Raises what `compute` raises.
    """
    from sgkpi.answers.overview import KINDS, make_overview, months_needed, periods_with_overdue

    runner = engine_named(engine)
    asked = Request([indicator], [month] if month else None, by=["all"], as_of=as_of)
    first = resolve(extract, catalogue, asked, runner.events)
    moment, shown = first.plan.as_of, first.periods[0].last
    whole = replace(asked, months=months_needed(shown, moment), kinds=KINDS, as_of=moment)
    question = replace(resolve(extract, catalogue, whole, runner.events), as_of_source=first.as_of_source)

    results: list[Results] = []

    def overdue(counts: Ledger) -> tuple[Plan, tuple[Outcome, ...]] | None:
        results.append(_results(question, counts))
        periods = periods_with_overdue(results[-1])
        plans = tuple(replace(each, periods=periods, breakdowns=()) for each in question.plan.indicators)
        return (replace(question.plan, indicators=plans), (Outcome.OVERDUE,)) if periods else None

    _, cases = compute_ledger_and_cases(question, runner, overdue, progress=progress, show_values=show_values)
    return make_overview(results[-1], shown, cases)


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
    """The cases behind an indicator's figures, the most urgent first.

    `outcomes` and `where` (conditions as `team=North`) narrow the list; periods are said as in `compute`, and
    refused for the same reasons. The list holds identifiers.
    """
    from sgkpi.answers.cases import list_cases

    asked = Request([indicator], months, history, kinds, ["all"], as_of)
    return list_cases(extract, catalogue, asked, engine_named(engine), outcomes, where)


def due(
    extract: Extract,
    catalogue: Catalogue,
    *,
    indicators: Sequence[str] = (),
    within: int = 3,
    as_of: datetime | None = None,
    engine: str = "duckdb",
) -> "DueList":
    """The cases that fall due within so many days after the as-of date, of every indicator with a clock.

    Raises what `compute` raises. The list holds identifiers.
    """
    from sgkpi.answers.due import list_due

    return list_due(extract, catalogue, Request(indicators, by=["all"], as_of=as_of), engine_named(engine), within)


def why(
    extract: Extract,
    catalogue: Catalogue,
    indicator: str,
    key: Sequence[str],
    *,
    month: Month | None = None,
    as_of: datetime | None = None,
) -> "Why":
    """One case, told step by step by the reference engine; it holds identifiers and values of cells.

    `key` has a part for each column of the table's key, or is one text as a list of cases has it. A `month`
    says on which reference day a stock is looked at. Raises UsageError when no case has the key.
    """
    from sgkpi.answers.why.explain import explain_case

    asked = Request([indicator], [month] if month else None, as_of=as_of)
    return explain_case(extract, catalogue, asked, key, engine_named("duckdb"))


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
    """The data quality of the tables named (all, when none is), and which figures of a month it touches.

    Of the rows at fault the first few are named, or every one. Raises UsageError for what cannot be asked,
    and ExtractError when nothing can be read.
    """
    from sgkpi.answers.check.check import QualityAsked, check_quality

    asked = QualityAsked(tables, month, as_of, every_row, show_values)
    return check_quality(extract, catalogue, asked, progress=progress)


def lint(
    path: Path | str | None = None, ids: Sequence[str] = (), *, today: date, boundaries: bool = False
) -> "LintReport":
    """Check definitions: are they well formed, do their examples hold, is a `review_by` past.

    With `boundaries`, the report has the cases at the edge of each clock as well, and their outcomes.
    """
    from sgkpi.answers.lint import lint_catalogue

    folder = Path(path) if path is not None else catalogue_path()
    return lint_catalogue(folder, ids, today=today, boundaries=boundaries)


def sql_for(catalogue: Catalogue, indicator_id: str) -> str:
    """The SQL that an indicator becomes, for an extract of CSV files with every declared column."""
    from sgkpi.engines.duckdb.explain import explained_sql

    (indicator,) = catalogue.choose([indicator_id])
    return explained_sql(indicator, catalogue)

"""`sgkpi compute`: the figures of indicators for months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.cli.messages import say, say_problems
from sgkpi.cli.options import (
    AsOfOption,
    ByOption,
    CatalogueOption,
    CsvFlag,
    DataOption,
    Engine,
    EngineOption,
    FigureFormatOption,
    HistoryOption,
    IdsArgument,
    JsonFlag,
    MonthOption,
    OutputOption,
    PeriodOption,
    PlainFlag,
    ShowValuesFlag,
    parse_as_of,
    parse_kinds,
    parse_months,
    split_list,
)
from sgkpi.cli.output import Format, Output, choose_output
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.model.periods import MONTHS_IN_YEAR, Month, Period, PeriodKind, last_complete_month, periods_for

if TYPE_CHECKING:
    from sgkpi.api import Results

COMPARED_WITH = (PeriodKind.MONTH, PeriodKind.YEAR_TO_DATE)


@dataclass(frozen=True)
class Request:
    """What figures are asked for."""

    data: Path
    catalogue: Path | None
    indicators: tuple[str, ...]
    months: tuple[Month, ...] | None
    history: int
    kinds: tuple[PeriodKind, ...]
    by: tuple[str, ...]
    as_of: datetime | None
    engine: Engine
    show_values: bool

    def periods(self, as_of: datetime) -> tuple[Period, ...]:
        """The periods asked for, once the as-of time is known."""
        months = self.months or (last_complete_month(as_of),)
        return periods_for(self.kinds, (month.plus(-back) for month in months for back in range(self.history + 1)))


def compute(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: IdsArgument = None,
    month: MonthOption = None,
    history: HistoryOption = 0,
    period: PeriodOption = None,
    by: ByOption = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    engine: EngineOption = Engine.DUCKDB,
    format_: FigureFormatOption = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
    show_values: ShowValuesFlag = False,
) -> None:
    """Compute figures from an extract.

    On a terminal, a table: each value with what it is compared with, its target and rating. With
    --format or -o, the long table of figures, one row for each indicator, period and category.

    Options that take a list take commas and repetition.

    Examples:
      sgkpi compute --month 2019-02
      sgkpi compute contacts_decided_24h --month 2019-02 --by team,source
      sgkpi compute --month 2019-02 --history 12 --by all -o figures.parquet
      sgkpi compute --period quarter,year_to_date --json
      sgkpi compute --month 2019-02 --as-of 2019-03-04 --csv > figures.csv
    """
    destination = choose_output(format_, output, json=json, csv=csv, plain=plain)
    request = Request(
        data=data_path(data),
        catalogue=catalogue_path(catalogue),
        indicators=split_list("ID", ids),
        months=parse_months(month),
        history=history,
        kinds=parse_kinds(period),
        by=split_list("--by", by),
        as_of=parse_as_of(as_of),
        engine=engine,
        show_values=show_values,
    )
    if destination.format is Format.TABLE:
        _show(request, destination)
    else:
        _write(request, destination)


def _show(request: Request, destination: Output) -> None:
    """The screen; it needs more periods than are asked for, to compare with."""
    from sgkpi.documents.compute import compute_document

    kinds = tuple(dict.fromkeys((*request.kinds, *COMPARED_WITH)))
    compares = PeriodKind.MONTH in request.kinds
    further = MONTHS_IN_YEAR if compares else 0
    results = _results(request, kinds if compares else request.kinds, request.history + further)
    say_problems(results.problems)
    destination.show(compute_document(results, request.periods(results.as_of)))


def _write(request: Request, destination: Output) -> None:
    from sgkpi.documents.notes import as_of_line

    results = _results(request, request.kinds, request.history)
    say_problems(results.problems)
    for each in results.unavailable:
        say(f"warning: {each.indicator} cannot be computed: {each.reason}")
    say(as_of_line(results))
    destination.write(_rendered(results, destination.format))


def _results(request: Request, kinds: Sequence[PeriodKind], history: int) -> "Results":
    from sgkpi import api
    from sgkpi.cli.progress import progress_bar

    catalogue = api.load_catalogue(request.catalogue)
    with progress_bar("Reading") as progress:
        extract = api.open_extract(request.data, catalogue)
        return api.compute(
            extract,
            catalogue,
            months=request.months,
            history=history,
            kinds=kinds,
            indicators=request.indicators,
            by=request.by,
            as_of=request.as_of,
            engine=request.engine.value,
            progress=progress,
            show_values=request.show_values,
        )


def _rendered(results: "Results", format_: Format) -> str | bytes:
    match format_:
        case Format.JSON:
            return results.to_json()
        case Format.CSV:
            from sgkpi.documents.csv_report import render_csv

            return render_csv(results.figures)
        case Format.MARKDOWN:
            from sgkpi.documents.markdown_report import render_markdown

            return render_markdown(results)
        case _:
            from sgkpi.documents.parquet_report import render_parquet

            return render_parquet(results)

"""`sgkpi check`: the data quality of an extract."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sgkpi.cli.complete import complete_months
from sgkpi.cli.options import (
    AsOfOption,
    CatalogueOption,
    CsvFlag,
    DataOption,
    JsonFlag,
    OutputOption,
    PlainFlag,
    parse_as_of,
    parse_months,
    split_list,
)
from sgkpi.cli.output import TEXT_FORMATS, Format, Output, TextFormat, choose_output
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.model.errors import UsageError
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity

if TYPE_CHECKING:
    from sgkpi.answers.check.findings import QualityReport


def check(  # noqa: PLR0913, PLR0917 - one parameter for each option
    tables: Annotated[list[str] | None, typer.Argument(metavar="TABLE", help="Tables; all when none is named.")] = None,
    month: Annotated[
        str | None,
        typer.Option(
            "--month",
            "-m",
            metavar="YYYY-MM",
            help="The month whose figures are named (default: the last complete at the as-of time).",
            autocompletion=complete_months,
        ),
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Name every row at fault, not only the first.")] = False,
    fail_on: Annotated[
        Literal["error", "warning"], typer.Option("--fail-on", help="What makes the exit code 1: this, or worse.")
    ] = "error",
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    format_: Annotated[TextFormat | None, typer.Option("--format", help="How the findings are written.")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show what stands in the first cells at fault.")
    ] = False,
) -> None:
    """Check the data quality of an extract.

    Table by table: what cannot be read, what is blank, unknown, doubled, without a counterpart, out of order or
    missing; first of all, columns that identify people. Each finding says how many rows, which, and which
    figures of the month it touches by how much. The exit code is 1 when there is an error.

    Examples:
      sgkpi check
      sgkpi check contacts --month 2019-02 --rows
      sgkpi check --fail-on warning -o quality.md
      sgkpi check --json > quality.json
    """
    from sgkpi import api
    from sgkpi.cli.progress import progress_bar

    destination = choose_output(format_, output, json=json, csv=csv, allowed=TEXT_FORMATS, plain=plain)
    named, shown, moment = split_list("TABLE", tables), _one_month(month), parse_as_of(as_of)
    folder = data_path(data)
    definitions = api.load_catalogue(catalogue_path(catalogue))
    with progress_bar("Checking") as progress:
        report = api.check(
            api.open_extract(folder, definitions),
            definitions,
            tables=named,
            month=shown,
            as_of=moment,
            every_row=rows,
            show_values=show_values,
            progress=progress,
        )
    _write(report, destination)
    if report.fails(Severity(fail_on)):
        raise typer.Exit(1)


def _one_month(text: str | None) -> Month | None:
    months = parse_months([text]) if text is not None else None
    if months is not None and len(months) > 1:
        raise UsageError("--month: the figures of one month are named at a time")
    return months[0] if months else None


def _write(report: "QualityReport", destination: Output) -> None:
    from sgkpi.documents import quality_report

    match destination.format:
        case Format.JSON:
            destination.write(quality_report.render_quality_json(report))
        case Format.CSV:
            destination.write(quality_report.render_quality_csv(report))
        case Format.MARKDOWN:
            destination.write(quality_report.render_quality_markdown(report))
        case _:
            from sgkpi.documents.check import check_document

            destination.show(check_document(report))

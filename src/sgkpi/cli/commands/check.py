"""`sgkpi check`: the data quality of an extract."""

from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.complete import complete_tables
from sgkpi.cli.inputs import load_definitions, narrow, open_extract
from sgkpi.cli.output import Output
from sgkpi.cli.settings import data_path
from sgkpi.cli.streams import say
from sgkpi.model.problems import Severity

_SEVERITIES = ["error", "warning"]


def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="TABLE", help="Tables (default: all).", autocompletion=complete_tables)
    ] = None,
    theme: opt.ThemeOption = None,
    answers: opt.AnswersOption = None,
    point: opt.PointOption = None,
    month: opt.OneMonthOption = None,
    rows: Annotated[bool, typer.Option("--rows", help="List every row at fault, not only the first few.")] = False,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar=f"<{'|'.join(_SEVERITIES)}>",
            parser=opt.one_of(_SEVERITIES),
            autocompletion=lambda: _SEVERITIES,
            help="Exit with 1 for this severity or worse.",
        ),
    ] = "error",
    data: opt.DataOption = None,
    catalogue: opt.CatalogueOption = None,
    as_of: opt.AsOfOption = None,
    *,
    destination: Output,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show the contents of the first cells at fault.")
    ] = False,
) -> None:
    """Check the data quality of an extract.

    First, columns that identify people. Then, table by table: cells that are blank, unreadable or not
    among the codes, duplicate keys, rows without their counterpart, dates out of order, missing months.
    Each finding says how many rows are at fault, which, and how much they matter to the month's figures.
    The exit code is 1 when there is an error, unless the table's declaration waives it.

    Examples:
      sgkpi check
      sgkpi check contacts --month 2019-02 --rows
      sgkpi check --point 5
      sgkpi check --fail-on warning -o quality.md
      sgkpi check --json > quality.json
    """
    from sgkpi.answers.check.check import QualityRequest, check_quality
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.check import check_document, check_records, failure_lines

    named, asked, moment = opt.split_list("TABLE", tables), opt.parse_month(month), opt.parse_as_of(as_of)
    folder, selection = data_path(data), opt.parse_selection(theme, answers, point)
    loaded, _ = narrow(load_definitions(catalogue, destination.path), (), selection)
    with progress_bar("Checking") as progress:
        request = QualityRequest(named, asked, moment, rows, show_values, of_indicators=bool(selection))
        report = check_quality(open_extract(folder, loaded, destination.path), loaded, request, progress=progress)
    destination.write_answer(report, check_document, check_records)
    if failing := report.failing(Severity(fail_on)):
        if destination.path is not None or not destination.is_for_people:
            say(*failure_lines(failing))
        raise typer.Exit(1)

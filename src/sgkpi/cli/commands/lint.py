"""`sgkpi lint`: whether the definitions are well formed and their examples hold."""

from datetime import datetime
from typing import Annotated

import typer

from sgkpi.cli.messages import say_problems
from sgkpi.cli.options import (
    LONDON,
    CatalogueOption,
    CsvFlag,
    IdsArgument,
    JsonFlag,
    OutputOption,
    PlainFlag,
    split_list,
)
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.settings import catalogue_path
from sgkpi.documents.write.formats import Format
from sgkpi.model.problems import Severity


def lint(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: IdsArgument = None,
    boundaries: Annotated[
        bool, typer.Option("--boundaries", help="Show cases at the edge of each clock, with their outcomes.")
    ] = False,
    catalogue: CatalogueOption = None,
    format_: Annotated[Format | None, format_option("lint")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
) -> None:
    """Check definitions and run their examples.

    Are they well formed, do their examples have the outcomes that they should, is a review_by past?
    Notes name the branches that no example reaches. The exit code is 1 when there is an error; warnings
    and notes alone do not fail.

    Examples:
      sgkpi lint
      sgkpi lint contacts_decided_24h
      sgkpi lint contacts_decided_24h --boundaries
      sgkpi lint --boundaries -o to_sign_off.md
      sgkpi lint --catalogue my-definitions --format json
    """
    from sgkpi.answers.lint import lint_catalogue
    from sgkpi.documents.boundaries import boundaries_document, boundaries_records
    from sgkpi.documents.lint import lint_document, lint_records

    destination = choose_output("lint", format_, output, json=json, csv=csv, plain=plain)
    today = datetime.now(LONDON).date()
    report = lint_catalogue(catalogue_path(catalogue), split_list("ID", ids), today=today, boundaries=boundaries)
    if boundaries:
        say_problems(problem for problem in report.problems if problem.severity is not Severity.NOTE)
    if destination.is_for_people:
        destination.show(boundaries_document(report.boundaries) if boundaries else lint_document(report))
    else:
        destination.write_records(boundaries_records(report.boundaries) if boundaries else lint_records(report))
    if any(problem.severity is Severity.ERROR for problem in report.problems):
        raise typer.Exit(1)

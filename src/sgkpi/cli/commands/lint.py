"""`sgkpi lint`: whether definitions are well formed and their examples hold."""

from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import commentary_folder, definitions_path
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.streams import say
from sgkpi.documents.write.formats import Format
from sgkpi.model.problems import Severity


def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: opt.IdsArgument = None,
    theme: opt.ThemeOption = None,
    answers: opt.AnswersOption = None,
    point: opt.PointOption = None,
    boundaries: Annotated[
        bool, typer.Option("--boundaries", help="Show cases at the edge of each clock, with their outcomes.")
    ] = False,
    catalogue: opt.CatalogueOption = None,
    commentary: opt.CommentaryOption = None,
    format_: Annotated[Format | None, format_option("lint")] = None,
    output: opt.OutputOption = None,
    json: opt.JsonFlag = False,
    csv: opt.CsvFlag = False,
    plain: opt.PlainFlag = False,
) -> None:
    """Check definitions and run their examples.

    Are they well formed, do their examples have the outcomes that they should, is a review_by past?
    Improvement boards and a folder of commentary are checked as well.
    Notes name the branches that no example reaches. The exit code is 1 when there is an error; warnings
    and notes alone do not fail.

    Examples:
      sgkpi lint
      sgkpi lint contacts_decided_24h
      sgkpi lint --theme child_protection
      sgkpi lint contacts_decided_24h --boundaries
      sgkpi lint --boundaries -o to_sign_off.md
      sgkpi lint --catalogue my-definitions --format json
    """
    from sgkpi.answers.lint import lint_catalogue
    from sgkpi.documents.boundaries import boundaries_document, boundaries_records
    from sgkpi.documents.lint import lint_document, lint_records

    destination = choose_output("lint", format_, output, json=json, csv=csv, plain=plain)
    folder = definitions_path(catalogue, output)
    report = lint_catalogue(
        folder,
        opt.split_list("ID", ids),
        opt.parse_selection(theme, answers, point),
        today=opt.today(),
        boundaries=boundaries,
        commentary=commentary_folder(commentary, folder, output),
    )
    if boundaries:
        say(*(problem for problem in report.problems if problem.severity is not Severity.NOTE))
        destination.write_answer(report.boundaries, boundaries_document, boundaries_records)
    else:
        destination.write_answer(report, lint_document, lint_records)
    if any(problem.severity is Severity.ERROR for problem in report.problems):
        raise typer.Exit(1)

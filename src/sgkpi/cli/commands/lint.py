"""`sgkpi lint`: whether definitions are well formed and their examples hold."""

from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import NONE_LEFT, commentary_folder, definitions_path
from sgkpi.cli.output import Output
from sgkpi.cli.streams import say
from sgkpi.model.problems import Severity


def run(  # noqa: PLR0913 - one parameter for each option
    ids: opt.IdsArgument = None,
    theme: opt.ThemeOption = None,
    answers: opt.AnswersOption = None,
    point: opt.PointOption = None,
    boundaries: Annotated[
        bool, typer.Option("--boundaries", help="Show cases at the edge of each clock, with their outcomes.")
    ] = False,
    catalogue: opt.CatalogueOption = None,
    commentary: opt.CommentaryOption = None,
    *,
    destination: Output,
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

    folder = definitions_path(catalogue, destination.path)
    report = lint_catalogue(
        folder,
        opt.split_list("ID", ids),
        opt.parse_selection(theme, answers, point),
        today=opt.today(),
        boundaries=boundaries,
        commentary=commentary_folder(commentary, folder, destination.path),
    )
    if not report.indicators and not report.problems:
        say(NONE_LEFT)
    if boundaries:
        say(*(problem for problem in report.problems if problem.severity is not Severity.NOTE))
        destination.write_answer(report.boundaries, boundaries_document, boundaries_records)
    else:
        destination.write_answer(report, lint_document, lint_records)
    if any(problem.severity is Severity.ERROR for problem in report.problems):
        raise typer.Exit(1)

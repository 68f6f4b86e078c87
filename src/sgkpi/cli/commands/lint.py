"""`sgkpi lint`: whether the definitions are well formed and their examples hold."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

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
from sgkpi.cli.output import TEXT_FORMATS, Format, Output, TextFormat, choose_output
from sgkpi.cli.settings import catalogue_path
from sgkpi.model.problems import Problem, Severity

if TYPE_CHECKING:
    from sgkpi.answers.lint import LintReport

SCHEMA = "sgkpi.lint/1"
COLUMNS = ("path", "line", "severity", "message", "code", "detail")


def lint(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: IdsArgument = None,
    boundaries: Annotated[
        bool, typer.Option("--boundaries", help="Show cases at the edge of each clock, with the outcomes they have.")
    ] = False,
    catalogue: CatalogueOption = None,
    format_: Annotated[TextFormat | None, typer.Option("--format", help="How problems or cases are written.")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
) -> None:
    """Check definitions and run their examples.

    Are they well formed, do their examples have the outcomes they should, is a review_by past? Notes
    name the branches that no example reaches. The exit code is 1 when there is an error; a warning or
    a note alone does not fail.

    Examples:
      sgkpi lint
      sgkpi lint contacts_decided_24h
      sgkpi lint contacts_decided_24h --boundaries
      sgkpi lint --boundaries -o to_sign_off.md
      sgkpi lint --catalogue my-definitions --format json
    """
    from sgkpi import api

    destination = choose_output(format_, output, json=json, csv=csv, allowed=TEXT_FORMATS, plain=plain)
    today = datetime.now(LONDON).date()
    report = api.lint(catalogue_path(catalogue), split_list("ID", ids), today=today, boundaries=boundaries)
    if boundaries:
        say_problems(problem for problem in report.problems if problem.severity is not Severity.NOTE)
        _write_boundaries(report, destination)
    else:
        _write_problems(report, destination)
    if any(problem.severity is Severity.ERROR for problem in report.problems):
        raise typer.Exit(1)


def _write_boundaries(report: "LintReport", destination: Output) -> None:
    if destination.format is Format.TABLE:
        from sgkpi.documents.boundaries import boundaries_document

        destination.show(boundaries_document(report.boundaries))
        return
    from sgkpi.documents import boundaries_report

    render = {
        Format.JSON: boundaries_report.render_boundaries_json,
        Format.CSV: boundaries_report.render_boundaries_csv,
        Format.MARKDOWN: boundaries_report.render_boundaries_markdown,
    }
    destination.write(render[destination.format](report.boundaries))


def _write_problems(report: "LintReport", destination: Output) -> None:
    match destination.format:
        case Format.JSON:
            destination.write(_as_json(report))
        case Format.CSV:
            from sgkpi.documents.csv_report import render_records

            destination.write(render_records(COLUMNS, map(_record, report.problems)))
        case Format.MARKDOWN:
            from sgkpi.documents.markdown_report import render_table

            rows = [[str(_record(each)[name] or "") for name in COLUMNS] for each in report.problems]
            destination.write(render_table([name.capitalize() for name in COLUMNS], rows))
        case _:
            from sgkpi.documents.lint import lint_document

            destination.show(lint_document(report))


def _as_json(report: "LintReport") -> str:
    from json import dumps

    counts = {"indicators": report.indicators, "examples": report.examples}
    problems = [_record(each) for each in report.problems]
    return dumps({"schema": SCHEMA, **counts, "problems": problems}, ensure_ascii=False, indent=2) + "\n"


def _record(problem: Problem) -> dict[str, str | int | None]:
    return {
        "path": problem.path,
        "line": problem.line,
        "severity": problem.severity.value,
        "message": problem.message,
        "code": problem.code,
        "detail": problem.detail or None,
    }

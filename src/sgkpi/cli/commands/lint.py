"""`sgkpi lint`: whether the definitions are well formed and their examples hold."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sgkpi.cli.messages import plural
from sgkpi.cli.options import LONDON, CatalogueOption, IdsArgument, split_list
from sgkpi.cli.output import write_stdout
from sgkpi.cli.settings import catalogue_path
from sgkpi.problems import Severity

if TYPE_CHECKING:
    from sgkpi.lint import LintReport

SCHEMA = "sgkpi.lint/1"


def lint(
    ids: IdsArgument = None,
    catalogue: CatalogueOption = None,
    format_: Annotated[Literal["table", "json"], typer.Option("--format", help="How problems are written.")] = "table",
) -> None:
    """Check definitions and run their examples.

    Are they well formed, do their examples have the outcomes they should, is a review_by past? The
    exit code is 1 when there is an error; a warning alone does not fail.

    Examples:
      sgkpi lint
      sgkpi lint contacts_decided_24h
      sgkpi lint --catalogue my-definitions --format json
    """
    from sgkpi import api

    today = datetime.now(LONDON).date()
    report = api.lint(catalogue_path(catalogue), split_list(ids), today=today)
    write_stdout(_as_json(report) if format_ == "json" else _as_text(report), as_text=format_ == "table")
    if any(problem.severity is Severity.ERROR for problem in report.problems):
        raise typer.Exit(1)


def _as_text(report: "LintReport") -> str:
    errors = sum(problem.severity is Severity.ERROR for problem in report.problems)
    warnings = len(report.problems) - errors
    found = f"{plural(errors, 'error')}, {plural(warnings, 'warning')}" if report.problems else "no problems"
    checked = f"{plural(report.indicators, 'indicator')}, {plural(report.examples, 'example')}"
    return "".join(f"{problem}\n" for problem in report.problems) + f"{checked}: {found}\n"


def _as_json(report: "LintReport") -> str:
    from json import dumps

    problems = [
        {
            "path": each.path,
            "line": each.line,
            "severity": each.severity.value,
            "message": each.message,
            "code": each.code,
            "detail": each.detail or None,
        }
        for each in report.problems
    ]
    counts = {"indicators": report.indicators, "examples": report.examples}
    return dumps({"schema": SCHEMA, **counts, "problems": problems}, ensure_ascii=False, indent=2) + "\n"

"""`sgkpi cases`: the cases behind a figure."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from sgkpi.cli.commands.explain import complete_id
from sgkpi.cli.complete import complete_columns, complete_ids
from sgkpi.cli.messages import say, say_problems
from sgkpi.cli.options import (
    AsOfOption,
    CatalogueOption,
    CsvFlag,
    DataOption,
    Engine,
    EngineOption,
    HistoryOption,
    JsonFlag,
    MonthOption,
    OutputOption,
    PeriodOption,
    PlainFlag,
    parse_as_of,
    parse_kinds,
    parse_months,
    split_list,
)
from sgkpi.cli.output import FigureFormat, Format, Output, choose_output
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.model.errors import UsageError
from sgkpi.model.outcomes import Outcome
from sgkpi.model.problems import did_you_mean

if TYPE_CHECKING:
    from sgkpi.answers.cases import CaseList, CaseTable

CaseFormatOption = Annotated[FigureFormat | None, typer.Option("--format", help="How cases are written.")]
_OUTCOMES = [outcome.value for outcome in Outcome]


def cases(  # noqa: PLR0913, PLR0917 - one parameter for each option
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="An indicator; a unique beginning will do.", autocompletion=complete_ids)
    ],
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            "--outcome",
            metavar="NAME",
            help="met, not_met, overdue, counted, not_due, unknown, excluded (default: all).",
            autocompletion=lambda: _OUTCOMES,
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="NAME=VALUE",
            help="Only where a breakdown has this category, as team=North; a reason or person as well.",
            autocompletion=complete_columns,
        ),
    ] = None,
    month: MonthOption = None,
    history: HistoryOption = 0,
    period: PeriodOption = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    engine: EngineOption = Engine.DUCKDB,
    format_: CaseFormatOption = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
) -> None:
    """List the cases behind a figure, the longest overdue first.

    There are as many rows as the figure counts for the same period, outcome and category.

    This command prints the keys and persons of cases, as that is its work: pseudonyms, to be treated
    with care, on the screen and in every file that it writes.

    Examples:
      sgkpi cases contacts_decided_24h --month 2019-02 --outcome overdue,not_met
      sgkpi cases contacts_decided_24h --where team="Access Team A",source=police
      sgkpi cases pathway --outcome overdue --where reason=no_plan --csv
      sgkpi cases rhi_completed_72h --period year_to_date -o cases.parquet
    """
    from sgkpi import api
    from sgkpi.cli.progress import progress_bar

    destination = choose_output(format_, output, json=json, csv=csv, plain=plain)
    wanted, months, kinds = parse_outcomes(outcome), parse_months(month), parse_kinds(period)
    folder, asked_at = data_path(data), parse_as_of(as_of)
    definitions = api.load_catalogue(catalogue_path(catalogue))
    indicator_id = complete_id(definitions, id_)
    with progress_bar("Reading"):
        listed = api.cases(
            api.open_extract(folder, definitions),
            definitions,
            indicator_id,
            outcomes=wanted,
            where=tuple(where or ()),
            months=months,
            kinds=kinds,
            history=history,
            as_of=asked_at,
            engine=engine.value,
        )
    _answer(listed, destination)


def parse_outcomes(texts: Iterable[str] | None) -> tuple[Outcome, ...]:
    """The outcomes that `--outcome` names; none when it is not given."""
    names = [part.lower().replace("-", "_") for part in split_list("--outcome", texts)]
    for name in names:
        if name not in _OUTCOMES:
            nearest = did_you_mean(name, _OUTCOMES) or f"; there are {', '.join(_OUTCOMES)}"
            raise UsageError(f"--outcome: no outcome '{name}'{nearest}")
    return tuple(map(Outcome, names))


def _answer(listed: "CaseList", destination: Output) -> None:
    say_problems(listed.problems)
    if destination.format is Format.TABLE:
        from sgkpi.documents.cases import cases_document

        destination.show(cases_document(listed))
        return
    from sgkpi.documents.notes import as_of_line

    for each in listed.not_covered:
        say(f"warning: {each.label} is not covered by this extract")
    say(as_of_line(listed))
    if destination.format is Format.JSON:
        from sgkpi.documents.cases_report import render_cases_json

        destination.write(render_cases_json(listed))
        return
    destination.write(render_rows(listed.table, destination.format))


def render_rows(table: "CaseTable", format_: Format) -> str | bytes:
    """Cases as CSV, Markdown or Parquet."""
    match format_:
        case Format.CSV:
            from sgkpi.documents.cases_report import render_cases_csv

            return render_cases_csv(table)
        case Format.MARKDOWN:
            from sgkpi.documents.cases_report import render_cases_markdown

            return render_cases_markdown(table)
        case _:
            from sgkpi.documents.cases_parquet import render_cases_parquet

            return render_cases_parquet(table)

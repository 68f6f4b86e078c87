"""`sgkpi due`: what falls due in the next days."""

from typing import TYPE_CHECKING, Annotated

import typer

from sgkpi.cli.commands.cases import CaseFormatOption, render_rows
from sgkpi.cli.commands.explain import complete_id
from sgkpi.cli.complete import complete_ids
from sgkpi.cli.messages import say, say_problems
from sgkpi.cli.options import (
    AsOfOption,
    CatalogueOption,
    CsvFlag,
    DataOption,
    Engine,
    EngineOption,
    JsonFlag,
    OutputOption,
    PlainFlag,
    parse_as_of,
    split_list,
)
from sgkpi.cli.output import Format, Output, choose_output
from sgkpi.cli.settings import catalogue_path, data_path

if TYPE_CHECKING:
    from sgkpi.answers.due import DueList


def due(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID", help="Indicators; all with a clock when none is named.", autocompletion=complete_ids
        ),
    ] = None,
    within: Annotated[
        int,
        typer.Option(
            "--within",
            min=0,
            metavar="DAYS",
            help="So many calendar days after the as-of date; what falls due on that date itself is listed too.",
        ),
    ] = 3,
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
    """List what falls due in the next days, by day and team: what can still be done in time.

    Open cases of every indicator with a clock, whatever month they count in; of an indicator that asks
    whether something is in date, what goes out of date.

    This command prints the keys and persons of cases, as that is its work: pseudonyms, to be treated
    with care, on the screen and in every file that it writes.

    Examples:
      sgkpi due
      sgkpi due contacts_decided_24h rhi_completed_72h --within 0
      sgkpi due pathway --within 14 -o due.csv
    """
    from sgkpi import api
    from sgkpi.cli.progress import progress_bar

    destination = choose_output(format_, output, json=json, csv=csv, plain=plain)
    folder, asked_at, named = data_path(data), parse_as_of(as_of), split_list("ID", ids)
    definitions = api.load_catalogue(catalogue_path(catalogue))
    with progress_bar("Reading"):
        listed = api.due(
            api.open_extract(folder, definitions),
            definitions,
            indicators=[complete_id(definitions, name) for name in named],
            within=within,
            as_of=asked_at,
            engine=engine.value,
        )
    _answer(listed, destination)


def _answer(listed: "DueList", destination: Output) -> None:
    say_problems(listed.problems)
    if destination.format is Format.TABLE:
        from sgkpi.documents.due import due_document

        destination.show(due_document(listed))
        return
    from sgkpi.documents.notes import as_of_line

    for each in listed.unavailable:
        say(f"warning: {each.indicator} cannot be computed: {each.reason}")
    say(as_of_line(listed))
    if destination.format is Format.JSON:
        from sgkpi.documents.cases_report import render_due_json

        destination.write(render_due_json(listed))
        return
    destination.write(render_rows(listed.table, destination.format))

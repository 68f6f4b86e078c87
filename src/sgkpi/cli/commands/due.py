"""`sgkpi due`: what falls due in the next days."""

from typing import Annotated

import typer

from sgkpi.cli.complete import complete_ids
from sgkpi.cli.messages import say, say_problems, say_unavailable
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
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.documents.write.formats import Format
from sgkpi.model.request import Request


def due(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help="Indicators (default: all that have a clock).", autocompletion=complete_ids),
    ] = None,
    within: Annotated[
        int,
        typer.Option(
            "--within",
            min=0,
            metavar="DAYS",
            help="How many calendar days after the as-of date to look; that date itself is included.",
        ),
    ] = 3,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    engine: EngineOption = Engine.DUCKDB,
    format_: Annotated[Format | None, format_option("due")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
) -> None:
    """List what falls due in the next days.

    Cases that can still be done in time, of every indicator with a clock, by day and team, whichever month
    they count in; for an indicator that asks whether something is in date, the cases that go out of date.

    This command prints the keys and persons of cases. They are pseudonyms: treat them with care, on the
    screen and in every file that is written.

    Examples:
      sgkpi due
      sgkpi due contacts_decided_24h rhi_completed_72h --within 0
      sgkpi due pathway --within 14 -o due.xlsx
    """
    from sgkpi.answers.due import list_due
    from sgkpi.answers.engines import open_ahead
    from sgkpi.answers.inputs import load_catalogue, open_extract
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.due import due_document, due_records
    from sgkpi.documents.notes import as_of_line

    destination = choose_output("due", format_, output, json=json, csv=csv, plain=plain)
    folder, moment, named = data_path(data), parse_as_of(as_of), split_list("ID", ids)
    open_ahead(engine.value)
    loaded = load_catalogue(catalogue_path(catalogue))
    request = Request([loaded.complete(name) for name in named], as_of=moment)
    with progress_bar("Reading"):
        listed = list_due(open_extract(folder, loaded), loaded, request, within, engine=engine.value)
    say_problems(listed.problems)
    if destination.is_for_people:
        destination.show(due_document(listed))
    else:
        say_unavailable(listed.unavailable)
        say(as_of_line(listed))
        destination.write_records(due_records(listed))

"""`sgkpi show`: one indicator at a glance."""

from typing import Annotated, Literal

import typer

from sgkpi.cli.commands.explain import complete_id
from sgkpi.cli.complete import complete_ids, complete_months
from sgkpi.cli.messages import say_problems
from sgkpi.cli.options import (
    AsOfOption,
    CatalogueOption,
    DataOption,
    Engine,
    EngineOption,
    JsonFlag,
    OutputOption,
    PlainFlag,
    ShowValuesFlag,
    parse_as_of,
    parse_months,
)
from sgkpi.cli.output import Format, choose_output
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.model.errors import UsageError
from sgkpi.model.periods import Month

FORMATS = (Format.TABLE, Format.JSON)


def show(  # noqa: PLR0913, PLR0917 - one parameter for each option
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="An indicator; a unique beginning will do.", autocompletion=complete_ids)
    ],
    month: Annotated[
        str | None,
        typer.Option(
            "--month",
            "-m",
            metavar="YYYY-MM",
            help="The month (default: the last complete at the as-of time).",
            autocompletion=complete_months,
        ),
    ] = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    engine: EngineOption = Engine.DUCKDB,
    format_: Annotated[
        Literal["table", "json"] | None, typer.Option("--format", help="How the overview is written.")
    ] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    plain: PlainFlag = False,
    show_values: ShowValuesFlag = False,
) -> None:
    """Show one indicator at a glance.

    The number with its target and rating, how it compares, twelve months, each breakdown with the worst
    first, what is overdue now, what could not be judged, what it means and where it comes from. It names
    no case.

    Examples:
      sgkpi show contacts_decided_24h
      sgkpi show pathway --month 2019-02
      sgkpi show contacts_decided_24h --json
    """
    from sgkpi import api
    from sgkpi.cli.progress import progress_bar

    destination = choose_output(format_, output, json=json, csv=False, allowed=FORMATS, plain=plain)
    shown, moment, folder = _one_month(month), parse_as_of(as_of), data_path(data)
    definitions = api.load_catalogue(catalogue_path(catalogue))
    indicator_id = complete_id(definitions, id_)
    with progress_bar("Reading") as progress:
        overview = api.overview(
            api.open_extract(folder, definitions),
            definitions,
            indicator_id,
            month=shown,
            as_of=moment,
            engine=engine.value,
            progress=progress,
            show_values=show_values,
        )
    say_problems(overview.results.problems)
    if destination.format is Format.JSON:
        from sgkpi.documents.overview_report import render_overview

        destination.write(render_overview(overview))
    else:
        from sgkpi.documents.show import show_document

        destination.show(show_document(overview))


def _one_month(text: str | None) -> Month | None:
    months = parse_months([text]) if text is not None else None
    if months is not None and len(months) > 1:
        raise UsageError("--month: one month is shown at a time; `sgkpi compute --history` shows several")
    return months[0] if months else None

"""`sgkpi why`: one case, told step by step."""

from typing import Annotated, Literal

import typer

from sgkpi.cli.commands.explain import complete_id
from sgkpi.cli.complete import complete_ids, complete_months
from sgkpi.cli.messages import say_problems
from sgkpi.cli.options import (
    AsOfOption,
    CatalogueOption,
    DataOption,
    JsonFlag,
    OutputOption,
    PlainFlag,
    parse_as_of,
    parse_months,
)
from sgkpi.cli.output import Format, choose_output
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.model.errors import UsageError
from sgkpi.model.periods import Month

FORMATS = (Format.TABLE, Format.JSON)


def why(  # noqa: PLR0913, PLR0917 - one parameter for each option
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="An indicator; a unique beginning will do.", autocompletion=complete_ids)
    ],
    key: Annotated[
        list[str],
        typer.Argument(metavar="KEY", help="A case's key as `sgkpi cases` prints it, or its parts; or FILE:ROW."),
    ],
    month: Annotated[
        str | None,
        typer.Option(
            "--month",
            "-m",
            metavar="YYYY-MM",
            help="The month whose reference day a stock is looked at (default: the last complete); a flow's own.",
            autocompletion=complete_months,
        ),
    ] = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    format_: Annotated[Literal["table", "json"] | None, typer.Option("--format", help="How the case is told.")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    plain: PlainFlag = False,
) -> None:
    """Tell one case step by step: why it has the outcome that it has.

    The rows that were read, with file and row; the related rows, and why each was chosen or not; every
    question that was asked of the case, and its answer. The reference engine judges it.

    This command prints keys and what stands in the cells of the case, as that is its work: to be
    treated with care.

    Examples:
      sgkpi why contacts_decided_24h C003957:P003802
      sgkpi why contacts_decided_24h C003957 P003802 --json
      sgkpi why pathway P000209 --month 2019-02
    """
    from sgkpi import api
    from sgkpi.cli.progress import progress_bar

    destination = choose_output(format_, output, json=json, csv=False, allowed=FORMATS, plain=plain)
    asked, moment, folder = _one_month(month), parse_as_of(as_of), data_path(data)
    definitions = api.load_catalogue(catalogue_path(catalogue))
    indicator_id = complete_id(definitions, id_)
    with progress_bar("Reading"):
        extract = api.open_extract(folder, definitions)
        told = api.why(extract, definitions, indicator_id, key, month=asked, as_of=moment)
    say_problems(told.problems)
    if destination.format is Format.JSON:
        from sgkpi.documents.why_report import render_why

        destination.write(render_why(told))
    else:
        from sgkpi.documents.why import why_document

        destination.show(why_document(told))


def _one_month(text: str | None) -> Month | None:
    months = parse_months([text]) if text is not None else None
    if months is not None and len(months) > 1:
        raise UsageError("--month: a case is told for one month at a time")
    return months[0] if months else None

"""`sgkpi show`: one indicator at a glance."""

from typing import Annotated

from sgkpi.cli.messages import say_problems
from sgkpi.cli.options import (
    AsOfOption,
    CatalogueOption,
    DataOption,
    Engine,
    EngineOption,
    IdArgument,
    JsonFlag,
    OneMonthOption,
    OutputOption,
    PlainFlag,
    ShowValuesFlag,
    parse_as_of,
    parse_month,
)
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.settings import catalogue_path, data_path
from sgkpi.documents.write.formats import Format
from sgkpi.model.request import Request


def show(  # noqa: PLR0913, PLR0917 - one parameter for each option
    id_: IdArgument,
    month: OneMonthOption = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    engine: EngineOption = Engine.DUCKDB,
    format_: Annotated[Format | None, format_option("show")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    plain: PlainFlag = False,
    show_values: ShowValuesFlag = False,
) -> None:
    """Show one indicator at a glance.

    The value with its target and rating, how it compares, twelve months, each breakdown with the worst
    category first, what is overdue now, what could not be judged, what the indicator means and where it
    comes from. No case is named.

    Examples:
      sgkpi show contacts_decided_24h
      sgkpi show pathway --month 2019-02
      sgkpi show contacts_decided_24h --json
    """
    from sgkpi.answers.engines import open_ahead
    from sgkpi.answers.inputs import load_catalogue, open_extract
    from sgkpi.answers.overview import overview as answer
    from sgkpi.cli.progress import progress_bar
    from sgkpi.documents.show import show_document, show_records

    destination = choose_output("show", format_, output, json=json, plain=plain)
    asked, moment, folder = parse_month(month), parse_as_of(as_of), data_path(data)
    open_ahead(engine.value)
    loaded = load_catalogue(catalogue_path(catalogue))
    request = Request([loaded.complete(id_)], [asked] if asked else None, as_of=moment)
    with progress_bar("Reading") as progress:
        extract = open_extract(folder, loaded)
        overview = answer(extract, loaded, request, engine=engine.value, progress=progress, show_values=show_values)
    say_problems(overview.results.problems)
    if destination.is_for_people:
        destination.show(show_document(overview))
    else:
        destination.write_records(show_records(overview))

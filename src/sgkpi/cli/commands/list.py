"""`sgkpi list`: the indicators of a catalogue, and which of them an extract can carry."""

from pathlib import Path
from typing import Annotated

import typer

from sgkpi.cli.messages import say, say_problems
from sgkpi.cli.options import CatalogueOption, CsvFlag, JsonFlag, OutputOption, PlainFlag, named_path
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.settings import catalogue_path
from sgkpi.documents.write.formats import Format
from sgkpi.model.words import plural


def list_indicators(
    catalogue: CatalogueOption = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            "-d",
            metavar="DIR",
            help="Say which indicators this extract, a folder or a workbook, can carry.",
            parser=named_path,
        ),
    ] = None,
    format_: Annotated[Format | None, format_option("list")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
) -> None:
    """List the indicators; with --data, those that an extract can carry.

    No extract is needed: SGKPI_DATA and sgkpi.toml are not consulted for one.

    Examples:
      sgkpi list
      sgkpi list --json
      sgkpi list --data Annex_A.xlsx
      sgkpi list --catalogue my-definitions -o indicators.md
    """
    from sgkpi.answers.inputs import load_catalogue, open_extract
    from sgkpi.answers.list import list_indicators as answer
    from sgkpi.documents.list import list_document, list_records

    destination = choose_output("list", format_, output, json=json, csv=csv, plain=plain)
    loaded = load_catalogue(catalogue_path(catalogue))
    listed = answer(loaded, open_extract(data, loaded) if data else None)
    say_problems(listed.problems)
    if listed.with_extract:
        carried = f"{listed.available} of {plural(len(listed.indicators), 'indicator')}"
        say(f"{data} carries {carried}; tables that can be read: {', '.join(listed.tables) or 'none'}")
    if destination.is_for_people:
        destination.show(list_document(listed))
    else:
        destination.write_records(list_records(listed))

"""`sgkpi list`: the indicators of a catalogue, and which of them can be computed from an extract."""

from pathlib import Path
from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.inputs import load_definitions, open_extract
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.streams import say
from sgkpi.documents.write.formats import Format
from sgkpi.model.words import plural


def run(
    catalogue: opt.CatalogueOption = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", "-d", metavar="DIR", parser=opt.named_path,
            help="An extract, a folder or a workbook: say which indicators it supports.",
        ),
    ] = None,
    format_: Annotated[Format | None, format_option("list")] = None,
    output: opt.OutputOption = None,
    json: opt.JsonFlag = False,
    csv: opt.CsvFlag = False,
    plain: opt.PlainFlag = False,
) -> None:  # fmt: skip
    """List the indicators, and which an extract supports.

    No extract is needed: SGKPI_DATA and sgkpi.toml are not consulted for one.

    Examples:
      sgkpi list
      sgkpi list --json
      sgkpi list --data Annex_A.xlsx
      sgkpi list --catalogue my-definitions -o indicators.md
    """
    from sgkpi.answers.list import list_indicators
    from sgkpi.documents.list import list_document, list_records

    destination = choose_output("list", format_, output, json=json, csv=csv, plain=plain)
    loaded = load_definitions(catalogue, output)
    listed = list_indicators(loaded, open_extract(data, loaded, output) if data else None)
    say(*listed.problems)
    if listed.with_extract:
        available = f"{listed.available} of {plural(len(listed.indicators), 'indicator')} can be computed"
        say(f"{data}: {available}; tables that can be read: {', '.join(listed.tables) or 'none'}")
    destination.write_answer(listed, list_document, list_records)

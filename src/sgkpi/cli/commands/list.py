"""`sgkpi list`: the indicators that a catalogue holds."""

from typing import Annotated

import typer

from sgkpi.cli.options import CatalogueOption, CsvFlag, JsonFlag, OutputOption
from sgkpi.cli.output import TEXT_FORMATS, Format, TextFormat, choose_output
from sgkpi.cli.settings import catalogue_path
from sgkpi.definitions.indicators import Indicator

COLUMNS = ("id", "title", "theme", "measure", "by")
Record = dict[str, str | list[str]]


def list_indicators(
    catalogue: CatalogueOption = None,
    format_: Annotated[TextFormat | None, typer.Option("--format", help="How the list is written.")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """List the indicators that there are.

    Examples:
      sgkpi list
      sgkpi list --json
      sgkpi list --catalogue my-definitions -o indicators.md
    """
    from sgkpi import api

    destination = choose_output(format_, output, json=json, csv=csv, allowed=TEXT_FORMATS)
    records = [_record(each) for each in api.load_catalogue(catalogue_path(catalogue)).indicators.values()]
    destination.write(_rendered(records, destination.format, to_file=destination.path is not None))


def _record(indicator: Indicator) -> Record:
    return {
        "id": indicator.id,
        "title": indicator.title,
        "theme": indicator.theme,
        "measure": indicator.measure.value,
        "by": [breakdown.name for breakdown in indicator.by],
    }


def _rendered(records: list[Record], format_: Format, *, to_file: bool) -> str:
    if format_ is Format.JSON:
        from json import dumps

        return dumps(records, ensure_ascii=False, indent=2) + "\n"
    flat = [
        {key: ", ".join(cell) if isinstance(cell, list) else cell for key, cell in each.items()} for each in records
    ]
    if format_ is Format.CSV:
        from sgkpi.reports.csv_report import render_records

        return render_records(COLUMNS, flat)
    if format_ is Format.MARKDOWN:
        from sgkpi.reports.markdown_report import render_table

        return render_table([name.capitalize() for name in COLUMNS], [list(each.values()) for each in flat])
    from sgkpi.cli.screens.list import render_list
    from sgkpi.cli.screens.terminal import this_terminal

    return render_list(flat, this_terminal(to_file=to_file))

"""`sgkpi list`: the indicators that a catalogue holds, and which of them an extract can carry."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgkpi.cli.messages import say, say_problems
from sgkpi.cli.options import CatalogueOption, CsvFlag, JsonFlag, OutputOption, PlainFlag, named_path
from sgkpi.cli.output import TEXT_FORMATS, Format, TextFormat, choose_output
from sgkpi.cli.settings import catalogue_path
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.extracts.extract import Extract
    from sgkpi.planning.availability import Availability

COLUMNS = ("id", "title", "theme", "measure", "by")
CARRIED_COLUMNS = (*COLUMNS, "available", "reason")
Record = dict[str, str | list[str] | bool | None]


def list_indicators(
    catalogue: CatalogueOption = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            "-d",
            metavar="DIR",
            help="Say which of them this extract, a folder or a workbook, can carry.",
            parser=named_path,
        ),
    ] = None,
    format_: Annotated[TextFormat | None, typer.Option("--format", help="How the list is written.")] = None,
    output: OutputOption = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    plain: PlainFlag = False,
) -> None:
    """List the indicators that there are; with --data, which of them an extract can carry, and why not.

    The list needs no extract: SGKPI_DATA and sgkpi.toml are not asked for one.

    Examples:
      sgkpi list
      sgkpi list --json
      sgkpi list --data Annex_A.xlsx
      sgkpi list --catalogue my-definitions -o indicators.md
    """
    from sgkpi import api

    destination = choose_output(format_, output, json=json, csv=csv, allowed=TEXT_FORMATS, plain=plain)
    definitions = api.load_catalogue(catalogue_path(catalogue))
    records = (
        _carried_records(definitions, data) if data else [_record(each) for each in definitions.indicators.values()]
    )
    columns = CARRIED_COLUMNS if data else COLUMNS
    if destination.format is Format.TABLE:
        from sgkpi.documents.list import list_document

        destination.show(list_document([_flat_record(each) for each in records]))
    else:
        destination.write(_rendered(records, columns, destination.format))


def _carried_records(catalogue: Catalogue, data: Path) -> list[Record]:
    from sgkpi import api
    from sgkpi.planning.availability import availability

    extract = api.open_extract(data, catalogue)
    say_problems([*extract.problems, *(problem for problems in extract.broken.values() for problem in problems)])
    carried = [availability(indicator, extract) for indicator in catalogue.indicators.values()]
    _say_summary(carried, extract)
    return [_record(each.indicator) | {"available": each.available, "reason": each.reason} for each in carried]


def _say_summary(carried: "Sequence[Availability]", extract: "Extract") -> None:
    available = sum(each.available for each in carried)
    tables = ", ".join(extract.tables) or "none"
    say(f"{extract.path} carries {available} of {plural(len(carried), 'indicator')}; tables that can be read: {tables}")


def _record(indicator: Indicator) -> Record:
    return {
        "id": indicator.id,
        "title": indicator.title,
        "theme": indicator.theme,
        "measure": indicator.measure.value,
        "by": [breakdown.name for breakdown in indicator.by],
    }


def _rendered(records: list[Record], columns: Sequence[str], format_: Format) -> str:
    if format_ is Format.JSON:
        from json import dumps

        return dumps(records, ensure_ascii=False, indent=2) + "\n"
    flat = [_flat_record(each) for each in records]
    if format_ is Format.CSV:
        from sgkpi.documents.csv_report import render_records

        return render_records(columns, flat)
    from sgkpi.documents.markdown_report import render_table

    return render_table([name.capitalize() for name in columns], [list(each.values()) for each in flat])


def _flat_record(record: Record) -> dict[str, str]:
    return {key: _flat(cell) for key, cell in record.items()}


def _flat(cell: str | list[str] | bool | None) -> str:
    """A cell of a record as text: in lists commas, `yes` and `no`, nothing for none."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case list():
            return ", ".join(cell)
        case _:
            return cell

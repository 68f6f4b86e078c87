"""The formats of outputs: one row each, and which of them each command offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from sgkpi.documents.records import Records


class Format(StrEnum):
    """The format of an output; a table is for people, the others are data."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "md"
    PARQUET = "parquet"
    EXCEL = "xlsx"
    HTML = "html"


@dataclass(frozen=True)
class FormatFacts:
    """The name of a format for people, the ending of its files, and whether it is bytes and no text."""

    title: str
    ending: str
    binary: bool = False


FORMATS: Mapping[Format, FormatFacts] = {
    Format.TABLE: FormatFacts("A table", ".txt"),
    Format.JSON: FormatFacts("JSON", ".json"),
    Format.CSV: FormatFacts("CSV", ".csv"),
    Format.MARKDOWN: FormatFacts("Markdown", ".md"),
    Format.PARQUET: FormatFacts("Parquet", ".parquet", binary=True),
    Format.EXCEL: FormatFacts("An Excel workbook", ".xlsx", binary=True),
    Format.HTML: FormatFacts("A web page", ".html"),
}

_LISTED = (Format.TABLE, Format.JSON, Format.CSV)
_ANSWERS = tuple(each for each in Format if each is not Format.HTML)
_TEXT = (Format.TABLE, Format.JSON, Format.CSV, Format.MARKDOWN)
# The formats that each command offers.
OFFERED: Mapping[str, tuple[Format, ...]] = {
    "compute": _ANSWERS,
    "funnel": _ANSWERS,
    "signals": _ANSWERS,
    "board": (*_TEXT, Format.EXCEL),
    "cases": _ANSWERS,
    "due": _ANSWERS,
    "check": (*_TEXT, Format.EXCEL),
    "snapshot": (Format.TABLE, Format.JSON, Format.MARKDOWN),
    **dict.fromkeys(("snapshot list", "snapshot show", "snapshot verify", "snapshot revisions"), _LISTED),
    "report": (Format.HTML, Format.EXCEL, Format.MARKDOWN),
    "diff": _ANSWERS,
    "list": (*_TEXT, Format.EXCEL),
    "lint": (*_TEXT, Format.EXCEL),
    "show": (Format.TABLE, Format.JSON, Format.EXCEL),
    "verify": (Format.TABLE, Format.JSON, Format.EXCEL),
    "why": (Format.TABLE, Format.JSON),
}


def write_records(records: "Records", format_: Format) -> str | bytes:
    """Return records in a format, importing its writer. Raises ValueError for those that are for people alone."""
    match format_:
        case Format.JSON:
            from sgkpi.documents.write.json import write_json

            return write_json(records)
        case Format.CSV:
            from sgkpi.documents.write.csv import write_csv

            return write_csv(records.table)
        case Format.MARKDOWN:
            from sgkpi.documents.write.markdown import write_markdown

            return write_markdown(records)
        case Format.PARQUET:
            from sgkpi.documents.write.parquet import write_parquet

            return write_parquet(records)
        case Format.EXCEL:
            from sgkpi.documents.write.excel import write_excel

            return write_excel(records)
        case Format.TABLE | Format.HTML:
            raise ValueError("a table is written from a document, and HTML from a report, not from records")
        case _:
            assert_never(format_)

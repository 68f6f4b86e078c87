"""Convert a cell of a worksheet to the text that a CSV file would have.

Cells of a workbook have types; all that follows reads text. A number in General format stays a number, though
Excel also stores dates that way, because a date cannot be told from a count.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

_LEADING_ZEROS = re.compile("0{2,}")
_LINE_END = re.compile("\r\n?")
# The parts of a number format that are not format characters: literals, escapes, colours and conditions.
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


class SheetCell(Protocol):
    """A cell with its value and number format."""

    @property
    def value(self) -> object: ...

    @property
    def number_format(self) -> str: ...


def cell_text(cell: SheetCell) -> str:
    """Return the text of a cell; empty for an empty cell."""
    match cell.value:
        case None:
            return ""
        case str() as text:
            return _LINE_END.sub("\n", text)
        case bool() as answer:
            return "true" if answer else "false"
        case int() | float() as number:
            return _number_text(number, cell.number_format)
        case datetime() as moment:
            return _moment_text(moment, cell.number_format)
        case date() as day:
            return day.isoformat()
        case other:
            return str(other)


def _number_text(number: int | float, number_format: str) -> str:
    if isinstance(number, float) and not number.is_integer():
        plain = Decimal(repr(number))
        return format(plain, "f") if plain.is_finite() else repr(number)
    text = str(int(number))
    # An identifier 12 in the format 0000 is shown as 0012.
    return text.zfill(len(number_format)) if _LEADING_ZEROS.fullmatch(number_format) else text


def _moment_text(moment: datetime, number_format: str) -> str:
    """A date alone if the cell shows no time: a workbook stores a date as midnight."""
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    if midnight and "h" not in _LITERALS.sub("", number_format).casefold():
        return moment.date().isoformat()
    return moment.isoformat(sep=" ")

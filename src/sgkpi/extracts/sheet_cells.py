"""A cell of a worksheet as a CSV file would have it.

Numbers, dates and times are typed in a workbook; everything after this reads text. The text says no
more and no less than the cell: a number in General format stays a number, though Excel counts days
in such numbers, because nobody can tell a date from a count.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

_LEADING_ZEROS = re.compile("0{2,}")
_LINE_END = re.compile("\r\n?")
# What a number format says beside its signs: literal text, escaped signs, colours and conditions.
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


class SheetCell(Protocol):
    """What is asked of a cell: the value that it shows, and the format in which it shows it."""

    @property
    def value(self) -> object: ...

    @property
    def number_format(self) -> str: ...


def cell_text(cell: SheetCell) -> str:
    """The text of a cell; empty where nothing stands in it."""
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
    # An identifier 12 in the format 0000 is 0012 to whoever looks at the sheet.
    return text.zfill(len(number_format)) if _LEADING_ZEROS.fullmatch(number_format) else text


def _moment_text(moment: datetime, number_format: str) -> str:
    """A date alone where the cell shows no more: a workbook stores a date as its midnight."""
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    if midnight and "h" not in _LITERALS.sub("", number_format).casefold():
        return moment.date().isoformat()
    return moment.isoformat(sep=" ")

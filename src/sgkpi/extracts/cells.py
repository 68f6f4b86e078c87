"""The meaning of one cell, in plain Python: blank, a value of its column's type, or unreadable."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import assert_never

from sgkpi.extracts.moments import parse_date, parse_datetime, parse_month
from sgkpi.model.expressions import Kind
from sgkpi.model.folding import WHITESPACE, fold
from sgkpi.model.table import Column, Table

# Ranges with the letters whose case folding is not the simple lower-case mapping.
_ODD_RANGES = (
    (0xB5, 0xB5), (0xDF, 0xDF), (0x130, 0x130), (0x149, 0x149), (0x17F, 0x17F), (0x1F0, 0x1F0), (0x345, 0x345),
    (0x390, 0x390), (0x3B0, 0x3B0), (0x3C2, 0x3C2), (0x3D0, 0x3F5), (0x587, 0x587), (0x13A0, 0x13FD), (0x1C80, 0x1C88),
    (0x1E96, 0x1E9E), (0x1F50, 0x1FFC), (0xAB70, 0xABBF), (0xFB00, 0xFB17),
)  # fmt: skip
ODD_LETTERS = "".join(chr(code) for first, last in _ODD_RANGES for code in range(first, last + 1))
WIDE_SPACES = "".join(space for space in WHITESPACE if not space.isascii())
ODD_CLASS = "".join((*(f"{chr(first)}-{chr(last)}" for first, last in _ODD_RANGES), *WIDE_SPACES))
ODD = re.compile(f"[{ODD_CLASS}]")
# Text that may be a moment with a zone: a time of day, and later in the cell a sign, `Z` or `UTC`. DuckDB reads a cell
# of two quoted parts, `"09:30" "Z"`, without their quotation marks.
ZONE = r":\d\d(?:[\d:.\s\v\x1c-\x1f\"]|[^\x00-\x7f])*[-+ZzUu]"
_PLAIN_SPACE = dict.fromkeys(map(ord, WIDE_SPACES), " ")
BLANK_WORDS = ("NULL", "N/A", "NA", "NaN", "None", "-")
BOOLEANS = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
EXCEL_DATE = "it looks like a date that Excel stores as a number; format the cell as a date and export again"
EXCEL_DATES = "they look like dates that Excel stores as numbers; format the cells as dates and export again"
# Days since 1900, for about 1954 to 2119: how Excel stores dates, and shows those that are not formatted as one.
EXCEL_SERIAL = r"\s*[2-7]\d{4}(\.\d+)?\s*"
WHOLE_DIGITS = 20
DECIMALS = 18
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d+|\d{1,3}(?:,\d{3})+)?(?:\.(?P<decimals>\d+))?", re.ASCII)
_SERIAL = re.compile(EXCEL_SERIAL, re.ASCII)
_INTEGERS = range(-(2**63), 2**63)

CellValue = str | bool | int | Decimal | date | datetime


@dataclass(frozen=True)
class Cell:
    """The value of a cell; None if it is blank or, with a `reason`, unreadable.

    A month is its first day; a datetime is wall-clock time in Europe/London, and `has_time` says
    whether its time of day is known, `summer` that it is the first of the two moments that have this wall-clock time.
    `listed` is False for a category value that is not among the codes.
    """

    value: CellValue | None
    reason: str | None = None
    has_time: bool = False
    summer: bool = False
    listed: bool = True

    @property
    def readable(self) -> bool:
        return self.reason is None


# A midnight that databases write behind a day, in UTC too.
MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?( ?([Zz]|[Uu][Tt][Cc]|[+-]00(:?00)?))?$")
_BLANK = Cell(None)
_UNREADABLE: Mapping[Kind, Cell] = {
    Kind.BOOLEAN: Cell(None, "is not yes or no"),
    Kind.INTEGER: Cell(None, "is not a whole number"),
    Kind.NUMBER: Cell(None, "is not a number"),
    Kind.DATE: Cell(None, "is not a date"),
    Kind.DATETIME: Cell(None, "is not a date and time"),
    Kind.MONTH: Cell(None, "is not a month"),
}


def parse_cell(text: str | None, column: Column, table: Table) -> Cell:
    """Return the meaning of a cell's text in a column of a table, whatever the text."""
    if is_blank(text, column, table):
        return _BLANK
    word = (text or "").strip(WHITESPACE)
    match column.kind:
        case Kind.TEXT:
            return Cell(word)
        case Kind.CATEGORY:
            code = match_code(word, column)
            return Cell(word if code is None else code, listed=code is not None or column.codes is None)
        case Kind.DATETIME:
            return _datetime(word, column)
        case Kind.BOOLEAN if (code := match_code(word, column)) is not None:
            return Cell(code == "yes")
        case Kind.BOOLEAN | Kind.INTEGER | Kind.NUMBER | Kind.DATE | Kind.MONTH | Kind.NULL:
            value = _PARSERS[column.kind](word)
            return _unreadable(word, column.kind) if value is None else Cell(value)
        case _:
            assert_never(column.kind)


def with_time_of_day(day: str | None, time_of_day: str | None, column: Column, table: Table) -> str | None:
    """Return the text of a day and a time of day in two columns as one; a blank time leaves the day alone.

    Databases write a day with a midnight that means nothing.
    """
    if is_blank(day, column, table):
        return day
    alone = MIDNIGHT.sub("", (day or "").strip(WHITESPACE))
    if is_blank(time_of_day, table.columns[column.with_time or ""], table):
        return alone
    # With a comma nothing is a moment: two times of day, or one and a zone, are too many.
    return f"{alone}{', ' if ':' in alone else ' '}{(time_of_day or '').strip(WHITESPACE)}"


def is_blank(text: str | None, column: Column | None, table: Table) -> bool:
    """Whether a cell is blank: no text, a word for no value, or a placeholder date.

    Without a column (one that the table does not declare) dates are not looked at.
    """
    word = (text or "").strip(WHITESPACE)
    folded = fold(word)
    if not word or (folded in _blank_words(table.blanks) and (column is None or folded not in _spellings(column))):
        return True
    moment = parse_datetime(word) if column is not None and column.kind in _DATED else None
    return moment is not None and moment.is_placeholder


def normalise_key(text: str) -> str:
    """Return a key as it is compared: trimmed, case folded, any space of Unicode a space, without a trailing `.0`."""
    return text.strip(WHITESPACE).translate(_PLAIN_SPACE).casefold().removesuffix(".0")


def match_code(text: str, column: Column) -> str | None:
    """Return the code that has this spelling; None if the column has no such code."""
    return _spellings(column).get(fold(text))


def plain_number(value: float) -> str:
    """Return the text of a float without an exponent and, if it is whole, without a point."""
    plain = Decimal(repr(value + 0.0))  # never -0
    return format(plain, "f").removesuffix(".0") if plain.is_finite() else repr(value)


def parse_number(text: str) -> Decimal | None:
    """Parse a decimal from trimmed text, with an optional sign, thousands commas and decimals.

    Return None for anything else, and for more than 20 digits before the point. Eighteen decimals are kept: a small
    float, such as 1/300, has more.
    """
    match = _NUMBER.fullmatch(text)
    if match is None or (match["whole"] is None and match["decimals"] is None):
        return None
    whole, decimals = (match["whole"] or "0").replace(",", ""), match["decimals"] or ""
    if len(whole) > WHOLE_DIGITS:
        return None
    return Decimal(f"{match['sign']}{whole}.{decimals[:DECIMALS]}")


def parse_integer(text: str) -> int | None:
    """Parse a whole number of 64 bits from trimmed text; `12.0` is one."""
    number = parse_number(text)
    if number is None or number != int(number) or int(number) not in _INTEGERS:
        return None
    return int(number)


def _unreadable(word: str, kind: Kind) -> Cell:
    """Return an unreadable cell; a number in a date column gets advice, as it may be a count as well as a date."""
    cell = _UNREADABLE[kind]
    return replace(cell, reason=f"{cell.reason}: {EXCEL_DATE}") if kind in _DATED and _SERIAL.fullmatch(word) else cell


def _datetime(word: str, column: Column) -> Cell:
    moment = parse_datetime(word, midnight=column.midnight)
    if moment is None:
        return _unreadable(word, Kind.DATETIME)
    # Databases write a date alone as midnight; only the declaration can say that midnight is meant.
    has_time = moment.with_time and (column.midnight or moment.value.time() != time())
    return Cell(moment.value, has_time=has_time, summer=moment.summer)


_PARSERS: Mapping[Kind, Callable[[str], CellValue | None]] = {
    # `yes/no`, `y/n`, `true/false` or `1/0` in any case
    Kind.BOOLEAN: lambda text: BOOLEANS.get(fold(text)),
    Kind.INTEGER: parse_integer,
    Kind.NUMBER: parse_number,
    Kind.DATE: parse_date,
    Kind.MONTH: parse_month,
}
_DATED = (Kind.DATE, Kind.DATETIME, Kind.MONTH)


@lru_cache(maxsize=64)
def _blank_words(own: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(word) for word in (*BLANK_WORDS, *own))


def _spellings(column: Column) -> dict[str, str]:
    """Return the code of every spelling, folded, in a column."""
    codes = column.codes
    return {} if codes is None else _spellings_of(tuple((code, tuple(words)) for code, words in codes.items()))


@lru_cache(maxsize=256)
def _spellings_of(codes: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    spelled = {fold(word): code for code, words in codes for word in words}
    return spelled | {fold(code): code for code, _ in codes}

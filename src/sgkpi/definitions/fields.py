"""The values of keys: durations, bounds, months, dates, yes and no, names.

Each `parse_` function returns a value or raises ValueError with what was expected; each type below is
that function as a field of a pydantic model, with its JSON Schema for editors.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, PlainValidator, StringConstraints, WithJsonSchema

from sgkpi.definitions.wording import either
from sgkpi.model.commentary import ActionState
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Improvement, Keep, SetBy
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, end_of_day
from sgkpi.model.problems import Severity, did_you_mean
from sgkpi.model.units import A_HUNDRED_YEARS, Limit, LimitUnit, ValueUnit, units_by_name

IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]*"
_LIMIT = re.compile(r"(\d+)\s+(.+)")
_BOUND = re.compile(r"(-?\d+(?:\.\d+)?)\s*(%?)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?")
_UNITS = units_by_name(LimitUnit)
MAX_DIGITS = 18
Choice = TypeVar("Choice", bound=StrEnum)
Item = TypeVar("Item")


def parse_identifier(text: str) -> str:
    """Return a name that expressions can use."""
    if not re.fullmatch(IDENTIFIER, text):
        raise ValueError(f"'{text}' is not a valid name; use letters, digits and _, and do not begin with a digit")
    return text


def parse_limit(text: str) -> Limit:
    """Return a time limit, such as `24 hours` or `1 working day`."""
    match = _LIMIT.fullmatch(" ".join(text.split()).casefold())
    unit = _UNITS.get(match[2]) if match else None
    if match and match[2].removesuffix("s") == "year":
        raise ValueError(f"'{text}' is not a time limit; write it in months, such as 12 months")
    if not match or not unit:
        raise ValueError(f"'{text}' is not a time limit; write a whole number of {either(LimitUnit)}, such as 24 hours")
    if len(match[1]) > MAX_DIGITS or int(match[1]) > A_HUNDRED_YEARS[unit]:
        raise ValueError(f"'{text}' is more than a hundred years")
    return Limit(int(match[1]), unit)


def parse_days(text: str) -> int:
    """Return a number of calendar days, such as `10 days`."""
    match = _LIMIT.fullmatch(" ".join(text.split()).casefold())
    if not match or _UNITS.get(match[2]) is not LimitUnit.DAYS:
        raise ValueError(f"'{text}' is not a number of days; write it as 10 days")
    return parse_limit(text).amount


def parse_bound(text: str) -> Decimal:
    """Return a bound of a target, such as `95%`, `0.95` or `3`."""
    match = _BOUND.fullmatch(text.strip())
    if not match or len(match[1]) > MAX_DIGITS:
        raise ValueError(f"'{text}' is not a valid bound; write it as 95%, 0.95 or 3")
    return Decimal(match[1]) / 100 if match[2] else Decimal(match[1])


def parse_number(text: str) -> Decimal:
    """Return a number, such as `5` or `0.5`."""
    if not _NUMBER.fullmatch(text.strip()) or len(text.strip()) > MAX_DIGITS:
        raise ValueError(f"'{text}' is not a number; write it as 5 or 0.5")
    return Decimal(text.strip())


def parse_ordinal(text: str) -> int:
    """Return the number of a paragraph or a point: a whole number from 1."""
    written = text.strip()
    if not re.fullmatch(r"[0-9]{1,6}", written) or not int(written):
        raise ValueError(f"'{text}' is not a whole number from 1")
    return int(written)


def parse_flag(text: str) -> bool:
    """Return whether the text is `yes` or `true`, and not `no` or `false`."""
    if text.casefold() not in ("yes", "true", "no", "false"):
        raise ValueError(f"expected yes or no, found '{text}'")
    return text.casefold() in ("yes", "true")


def parse_day(text: str) -> date:
    """Return a date, such as `2019-02-28`."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a date; write it as 2019-02-28") from None


def parse_moment(text: str) -> datetime:
    """Return a moment, such as `2019-02-28 17:00`; a date alone means its end."""
    match = _MOMENT.fullmatch(text.strip())
    try:
        if not match:
            raise ValueError
        if not match[2]:
            return end_of_day(date.fromisoformat(match[1]))
        return datetime.fromisoformat(f"{match[1]} {match[2]:0>{8 if match[2].count(':') == 2 else 5}}")
    except ValueError:
        raise ValueError(f"'{text}' is not a date or time; write it as 2019-02-28 or 2019-02-28 17:00") from None


def one_or_many(value: object) -> object:
    """Return a list; a single value becomes a list of one."""
    return value if isinstance(value, list) else [value]


def _spellings(value: object) -> object:
    return [] if value == "" else one_or_many(value)


def _codes(value: object) -> object:
    """Return codes as a mapping to their spellings; in a list of codes, none has any."""
    if not isinstance(value, list):
        return value
    if not all(isinstance(code, str) for code in value):
        raise ValueError("a list of codes has no spellings; write each code as 'code: [spellings]', below one another")
    return {code: [] for code in value}


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    return text


def _from_text(parse: Callable[[str], object]) -> PlainValidator:
    def validate(value: object) -> object:
        if not isinstance(value, str):
            raise ValueError(f"expected text, found {shape_of(value)}")
        return parse(value)

    return PlainValidator(validate)


def shape_of(value: object) -> str:
    """Return the kind of YAML value, in words."""
    return "text" if isinstance(value, str) else "a list" if isinstance(value, list) else "a mapping"


def _choice(what: str, choices: Iterable[Choice]) -> Callable[[str], Choice]:
    """Return a parser of one of these words."""
    known = {choice.value: choice for choice in choices}

    def parse(text: str) -> Choice:
        if text in known:
            return known[text]
        hint = did_you_mean(text, known)
        raise ValueError(f"'{text}' is not {what}{f'{hint} Use' if hint else '; use'} one of {', '.join(known)}")

    return parse


def _words(choices: Iterable[StrEnum]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [choice.value for choice in choices]})


# An editor's YAML reader may take for a number or boolean what sgkpi reads as text.
_ANY_SCALAR = {"type": ["string", "number", "boolean"]}
_SINGULAR = "|".join(unit.removesuffix("s") for unit in LimitUnit)
_COLUMN_KINDS = tuple(kind for kind in Kind if kind is not Kind.NULL)

FreeText = Annotated[str, StringConstraints(strip_whitespace=True), WithJsonSchema(_ANY_SCALAR)]
Text = Annotated[FreeText, AfterValidator(_not_empty)]
Word = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_not_empty)]
Many = Annotated[tuple[Item, ...], BeforeValidator(one_or_many)]
Words = Many[Word]
Texts = Many[Text]
Name = Annotated[
    str, AfterValidator(parse_identifier), WithJsonSchema({"type": "string", "pattern": f"^{IDENTIFIER}$"})
]
ExpressionText = Text
Codes = Annotated[
    dict[Text, Annotated[tuple[Text, ...], BeforeValidator(_spellings)]],
    BeforeValidator(_codes),
    WithJsonSchema(
        {
            "type": ["object", "array"],
            "additionalProperties": {"type": ["array", "string", "number", "null"]},
            "items": _ANY_SCALAR,
        }
    ),
]
Flag = Annotated[
    bool,
    _from_text(parse_flag),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "enum": ["yes", "no", "true", "false"]}]}),
]
Day = Annotated[date, _from_text(parse_day), WithJsonSchema({"type": "string", "format": "date"})]
Timestamp = Annotated[datetime, _from_text(parse_moment), WithJsonSchema({"type": "string"})]
MonthText = Annotated[
    Month, _from_text(Month.parse), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"})
]
Bound = Annotated[
    Decimal,
    _from_text(parse_bound),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?\s*%?$"}]}),
]
Number = Annotated[
    Decimal,
    _from_text(parse_number),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}]}),
]
Ordinal = Annotated[
    int,
    _from_text(parse_ordinal),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\s*0*[1-9]\d*\s*$"}]}
    ),
]
Ordinals = Many[Ordinal]
TimeLimit = Annotated[
    Limit,
    _from_text(parse_limit),
    WithJsonSchema({"type": "string", "pattern": rf"^\d+\s+({_SINGULAR})s?$"}),
]
DayCount = Annotated[int, _from_text(parse_days), WithJsonSchema({"type": "string", "pattern": r"^\d+\s+days?$"})]
ColumnKind = Annotated[Kind, _from_text(_choice("a type", _COLUMN_KINDS)), _words(_COLUMN_KINDS)]
MeasureText = Annotated[Measure, _from_text(_choice("a measure", Measure)), _words(Measure)]
UnitText = Annotated[ValueUnit, _from_text(_choice("a unit", ValueUnit)), _words(ValueUnit)]
ImprovementText = Annotated[Improvement, _from_text(_choice("an improvement", Improvement)), _words(Improvement)]
SetByText = Annotated[SetBy, _from_text(_choice("a kind of target", SetBy)), _words(SetBy)]
StateText = Annotated[ActionState, _from_text(_choice("a state", ActionState)), _words(ActionState)]
SeverityText = Annotated[Severity, _from_text(_choice("a severity", Severity)), _words(Severity)]
KeepText = Annotated[Keep, _from_text(_choice("a way to keep rows", Keep)), _words(Keep)]

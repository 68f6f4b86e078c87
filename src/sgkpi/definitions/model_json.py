"""Checked definitions as JSON, and back without loss: every value of the model has one form.

Text, whole numbers, true, false, null and mappings with text keys are themselves; everything else is a list whose
first item says what it is, as `["ColumnRef", "status", ["Kind", "category"], null]`. Only the classes named below
can come out of it. pydantic could do the same, but importing it takes longer than computing many a figure.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, get_args

from sgkpi.model.expressions import Expression, Kind, Unit
from sgkpi.model.indicator import (
    Breakdown,
    Clock,
    DuePeriod,
    Example,
    Improvement,
    Indicator,
    Keep,
    Moment,
    PeriodColumn,
    PointInTime,
    Related,
    Target,
)
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem, Severity
from sgkpi.model.table import Column, Named, Rule, Table
from sgkpi.model.units import Limit, LimitUnit

Json = Any  # whatever JSON can hold; a recursive type would need a cast at every step
_CLASSES = (
    *get_args(Expression),
    *(Breakdown, Clock, DuePeriod, Example, Indicator, PeriodColumn, PointInTime, Related, Target),
    *(Column, Limit, Month, Named, Problem, Rule, Table),
)
_ENUMS = (Improvement, Keep, Kind, LimitUnit, Measure, Moment, Severity, Unit)
_FIELDS = {each: tuple(field.name for field in fields(each)) for each in _CLASSES}
_TUPLE, _MAPPING, _TABLE = "tuple", "mapping", "table"
_MAKERS: Mapping[str, Callable[..., object]] = {
    **{each.__name__: each for each in (*_CLASSES, *_ENUMS)},
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    _TUPLE: lambda *items: items,
    _MAPPING: lambda *items: dict(zip(items[::2], items[1::2], strict=True)),
}


def to_json(value: object, tables: Mapping[str, Table]) -> Json:
    """A value of the model as JSON; one of these tables becomes its name."""
    match value:
        case Enum():
            return [type(value).__name__, value.value]
        case None | bool() | int() | str():
            return value
        case Decimal():
            return ["Decimal", str(value)]
        case datetime() | date():
            return [type(value).__name__, value.isoformat()]
        case tuple():
            return [_TUPLE, *(to_json(item, tables) for item in value)]
        case Mapping() if all(type(key) is str and type(item) in (str, int) for key, item in value.items()):
            return dict(value)
        case Mapping():
            return [_MAPPING, *(to_json(each, tables) for pair in value.items() for each in pair)]
        case Table(name) if tables.get(name) is value:
            return [_TABLE, name]
    return [type(value).__name__, *(to_json(getattr(value, name), tables) for name in _FIELDS[type(value)])]


def from_json(written: Json, tables: Mapping[str, Table]) -> Any:  # noqa: ANN401 - a value of any class of the model
    """The value that `to_json` has written, with these tables where it has put a name."""
    if type(written) is not list:
        return written
    what, *parts = written
    if what == _TABLE:
        return tables[parts[0]]
    return _MAKERS[what](*[from_json(part, tables) if type(part) is list else part for part in parts])

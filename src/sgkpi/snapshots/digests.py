"""Digests of what a definition means and of what a snapshot says.

They are the same on every machine, and a program that can do more gives old definitions the digests that they had.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any

from sgkpi.model import expressions as ex
from sgkpi.model.indicator import Breakdown, Indicator, Related, Target
from sgkpi.model.table import Column, Table
from sgkpi.planning.availability import tables_of
from sgkpi.snapshots.manifest import RequestRecord

_FILE = "path sha256 lines"
# What is said about a definition, or how its columns are found, and does not decide any outcome.
_NO_MEANING: Mapping[type, str] = {
    Indicator: (
        "id title question theme basis owner review_by examples targets answers unit settles_after rebase baseline "
        f"theme_title theme_place shared {_FILE}"
    ),
    Table: f"description label names files latest rules waive {_FILE}",
    Column: "description names label labels",
    Target: "set_by",
    Related: "label",
    Breakdown: "label labels",
    ex.ColumnRef: "label related_label code_labels",
    ex.CountRef: "related_label",
}
_BOUNDS = ("until", "after", "since")
Json = Any  # whatever JSON can hold


def meaning_digest(indicator: Indicator) -> str:
    """Return the digest of all that decides the outcomes of an indicator: its definition and the tables it uses."""
    tables = {name: _to_json(table) for name, table in tables_of(indicator).items()}
    return _digest([_to_json(indicator, tables), tables])


def target_digest(indicator: Indicator) -> str:
    """Return the digest of an indicator's targets."""
    return _digest(_to_json(indicator.targets))


def content_digest(files: Mapping[str, bytes], as_of: datetime, asked: RequestRecord) -> str:
    """Return the digest of what a snapshot says: figures, reasons, definitions and calendar, as-of time and request.

    Line ends of definitions do not matter, as a checkout may have others.
    """
    said = ("figures.csv", "reasons.csv", "calendar.csv")
    whole = {name: files[name] for name in said}
    whole |= {name: text.replace(b"\r\n", b"\n") for name, text in files.items() if name.startswith("definitions/")}
    digests = {name: sha256(content).hexdigest() for name, content in whole.items()}
    return _digest([digests, as_of.isoformat(), [asked.history, asked.periods, asked.by]])


def _digest(value: Json) -> str:
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _to_json(value: object, tables: Iterable[str] = ()) -> Json:
    """Return a value of the model as JSON, without fields that have their defaults; of these tables only the name.

    So a key that a later version of the program adds changes no digest of a definition that does not use it.
    """
    match value:
        case Table(name) if name in tables:
            return name
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return value.isoformat()
        case tuple():
            return [_to_json(item, tables) for item in value]
        case Mapping():
            return {str(name): _to_json(item, tables) for name, item in value.items()}
    own, passed_over = {}, _NO_MEANING.get(type(value), "").split()
    for each in fields(value):  # type: ignore[arg-type]  # a dataclass of the model
        item = getattr(value, each.name)
        default = each.default if each.default_factory is MISSING else each.default_factory()
        if each.name not in passed_over and item != default:
            is_bound = isinstance(value, Related) and each.name in _BOUNDS
            own[each.name] = _bound(item) if is_bound else _to_json(item, tables)
    return {type(value).__name__: own}


def _bound(bound: ex.Expression) -> Json:
    """Return a bound of related rows; a column of the case or a moment by its name, as when there was nothing else."""
    match bound:
        case ex.AsOf():
            return "as_of"
        case ex.ReferenceDay():
            return "reference_day"
        case ex.ColumnRef(column, _, None):
            return column
        case _:
            return _to_json(bound)

"""A verification as JSON: schema `sgkpi.verification/1`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from fractions import Fraction

from sgkpi import __version__
from sgkpi.answers.verify import Difference, Verification

SCHEMA = "sgkpi.verification/1"


def render_verification(verification: Verification) -> str:
    """The verification as one JSON object, with a newline at its end; the same verification gives the same text."""
    record = {
        "schema": SCHEMA,
        "sgkpi": __version__,
        "as_of": verification.as_of.isoformat(),
        "as_of_source": verification.as_of_source.value,
        "engines": list(verification.engines),
        "agrees": verification.agrees,
        "indicators": [_without_title(asdict(each)) for each in verification.agreements],
        "unavailable": [asdict(each) for each in verification.unavailable],
        "different": verification.different,
        "differences": [_difference(each, verification.engines) for each in verification.differences],
    }
    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _without_title(record: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if name != "title"}


def _difference(each: Difference, engines: tuple[str, str]) -> dict[str, object]:
    """Where it is, and what each engine says there, under the engine's name; null where it has nothing."""
    return {
        "indicator": each.indicator,
        "period_kind": each.period.kind.value if each.period else None,
        "period": each.period.label if each.period else None,
        "breakdown": each.breakdown,
        "category": each.category,
        "key": None if each.key is None else list(each.key),
        "says": {engines[0]: _plain(each.first), engines[1]: _plain(each.second)},
    }


def _plain(cells: Mapping[str, object] | None) -> dict[str, object] | None:
    return None if cells is None else {name: _value(value) for name, value in cells.items()}


def _value(value: object) -> object:
    """Whole numbers and words as they are; any other number exactly, as `79/100`."""
    match value:
        case None | bool() | int() | str():
            return value
        case Fraction() if value.denominator == 1:
            return value.numerator
        case date():
            return value.isoformat()
        case _:
            return str(value)

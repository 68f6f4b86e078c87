"""What came of comparing two engines, as data (schema `sgkpi.verification/1`)."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from sgkpi.answers.cases import joined_key
from sgkpi.answers.verify import Agreement, Difference, Verification
from sgkpi.documents.records import (
    Json,
    Records,
    RecordTable,
    Row,
    about_answer,
    count_columns,
    json_head,
    text_columns,
)
from sgkpi.figures.columns import Cell

SCHEMA = "sgkpi.verification/1"
_COUNTS = ("figures", "figures_agreeing", "cases", "cases_agreeing")
AGREEMENT_COLUMNS = (*text_columns("indicator", "title"), *count_columns(*_COUNTS))
_PLACE = ("indicator", "period_kind", "period", "breakdown", "category", "key")


def verify_records(verification: Verification) -> Records:
    """Return how much of each indicator agrees; further, a row for each column in which engines differ."""
    columns = text_columns(*_PLACE, "column", *verification.engines)
    rows = tuple(row for each in verification.differences for row in _rows(each, verification.engines))
    return Records(
        table=RecordTable("indicators", AGREEMENT_COLUMNS, tuple(map(_agreement, verification.agreements))),
        json=lambda: _json(verification),
        text=tuple,
        further=(RecordTable("differences", columns, rows),),
        about=(
            *about_answer(verification, verification.extract.source),
            ("Engines", " and ".join(verification.engines)),
            ("Agree", verification.agrees),
            ("Differences in all", verification.different),
            *(("Cannot be computed", f"{each.indicator}: {each.reason}") for each in verification.unavailable),
        ),
    )


def _agreement(agreement: Agreement) -> dict[str, Cell]:
    return {column.name: getattr(agreement, column.name) for column in AGREEMENT_COLUMNS}


def _json(verification: Verification) -> Json:
    agreements = (_agreement(each) for each in verification.agreements)
    return {
        **json_head(SCHEMA, verification),
        "engines": list(verification.engines),
        "agrees": verification.agrees,
        "indicators": [{name: each[name] for name in ("indicator", *_COUNTS)} for each in agreements],
        "unavailable": [{"indicator": each.indicator, "reason": each.reason} for each in verification.unavailable],
        "different": verification.different,
        "differences": [_difference(each, verification.engines) for each in verification.differences],
    }


def _place(each: Difference) -> Json:
    return {
        "indicator": each.indicator,
        "period_kind": each.period.kind.value if each.period else None,
        "period": each.period.label if each.period else None,
        "breakdown": each.breakdown,
        "category": each.category,
        "key": None if each.key is None else list(each.key),
    }


def _difference(each: Difference, engines: tuple[str, str]) -> Json:
    """Return where it is, and what each engine says there, under the engine's name; null where it has nothing."""
    return {**_place(each), "says": {engines[0]: _plain(each.first), engines[1]: _plain(each.second)}}


def _plain(cells: Mapping[str, object] | None) -> Json | None:
    return None if cells is None else {name: _value(value) for name, value in cells.items()}


def _value(value: object) -> Cell:
    """Return whole numbers and words as they are, any other number exactly, as `79/100`, and moments as ISO text."""
    match value:
        case None | bool() | int() | str():
            return value
        case Fraction() if value.denominator == 1:
            return value.numerator
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _rows(each: Difference, engines: tuple[str, str]) -> Iterator[Row]:
    """Yield a row for each column that differs."""
    place: dict[str, Cell] = {name: str(cell) for name, cell in _place(each).items() if cell is not None}
    place = dict.fromkeys(_PLACE) | place | {"key": None if each.key is None else joined_key(each.key)}
    first, second = each.first or {}, each.second or {}
    for column in dict.fromkeys((*first, *second)):
        yield {
            **place,
            "column": column,
            engines[0]: _value(first.get(column)),
            engines[1]: _value(second.get(column)),
        }

"""Figures and their provenance as JSON: schema `sgkpi.figures/1`.

One record stands on a line, so that two outputs can be compared line by line.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date

from sgkpi import __version__
from sgkpi.figures.columns import Cell, figure_row
from sgkpi.figures.figure import Figure, ReasonCount
from sgkpi.figures.figure_set import FigureSet
from sgkpi.ledger.ledger import TableRead, Unplaced

SCHEMA = "sgkpi.figures/1"

Record = Mapping[str, object]


def render_json(results: FigureSet) -> str:
    """The results as one JSON object, with a newline at its end; the same results give the same text."""
    head: dict[str, object] = {
        "schema": SCHEMA,
        "sgkpi": __version__,
        "as_of": results.as_of.isoformat(),
        "as_of_source": results.as_of_source.value,
    }
    extract = f'{{"source": {_text(results.source)}, "tables": {_list(map(_table, results.tables), "  ")}}}'
    parts = [
        *(f'"{key}": {_text(value)}' for key, value in head.items()),
        f'"extract": {extract}',
        *(f'"{key}": {_list(records)}' for key, records in _lists(results).items()),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lists(results: FigureSet) -> dict[str, Iterable[Record]]:
    return {
        "definitions": ({"indicator": each.id, "sha256": each.sha256} for each in results.indicators),
        "unavailable": ({"indicator": each.indicator, "reason": each.reason} for each in results.unavailable),
        "unplaced": _unplaced(results),
        "reasons": map(_reason, results.reasons),
        "figures": map(_figure, results.figures),
    }


def _unplaced(results: FigureSet) -> list[Record]:
    """One record for every computed indicator, zeros included."""
    known = {each.indicator: each for each in results.unplaced}
    every = [known.get(each.id, Unplaced(each.id, 0, 0)) for each in results.indicators]
    return [{"indicator": one.indicator, "blank": one.blank, "unreadable": one.unreadable} for one in every]


def _table(read: TableRead) -> Record:
    counts = {"rows": read.rows, "unreadable_cells": read.unreadable_cells}
    return {"table": read.table, "files": list(read.files), **counts}


def _reason(count: ReasonCount) -> Record:
    return {
        "indicator": count.indicator,
        "period_kind": count.period.kind.value,
        "period": count.period.label,
        "breakdown": count.breakdown,
        "category": count.category,
        "outcome": str(count.outcome),
        "reason": count.reason,
        "cases": count.cases,
    }


def _figure(figure: Figure) -> Record:
    return {name: _plain(cell) for name, cell in figure_row(figure).items()}


def _plain(cell: Cell) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def _list(records: Iterable[Record], margin: str = "") -> str:
    lines = [f"{margin}  {_text(record)}" for record in records]
    return "[\n" + ",\n".join(lines) + f"\n{margin}]" if lines else "[]"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

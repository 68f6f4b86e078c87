"""Breakdowns: their expressions, and the categories that always have a row."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.expressions.kinds import NUMERIC
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.files import BandsFile, IndicatorFile
from sgkpi.definitions.yaml_text import Place
from sgkpi.model.expressions import ColumnRef, Expression, Kind
from sgkpi.model.indicator import Breakdown

BOOLEAN_CODES = ("yes", "no")


def build_breakdowns(file: IndicatorFile, scope: Scope, context: CheckContext) -> tuple[Breakdown, ...]:
    """Return the breakdowns of an indicator, without those that are wrong."""
    found: dict[str, Breakdown | None] = {}
    for number, item in enumerate(file.by):
        named = {item: None} if isinstance(item, str) else item
        for name, content in named.items():
            place = context.item("by", number) if content is None else (*context.item("by", number), name)
            if name in found:
                context.error(f"breakdown '{name}' is listed twice", "duplicate-name", *place)
            found[name] = _build(name, content, scope, context, place)
    return tuple(breakdown for breakdown in found.values() if breakdown)


def _build(
    name: str, content: str | BandsFile | None, scope: Scope, context: CheckContext, place: Place
) -> Breakdown | None:
    if isinstance(content, BandsFile):
        return _banded(name, content, scope, context, place)
    node: Expression | None = None
    if content is not None:
        node = context.expression(content, scope, *place, expect=None)
    elif "." in name:
        message = f"a breakdown by a related column needs a name; write {name.replace('.', '_')}: {name}"
        context.error(message, "breakdown", *place)
    elif column := context.column(scope.table, name, *place):
        node = ColumnRef(name, column.kind)
    return Breakdown(name, node, content or name, _codes(node, scope)) if node else None


def _banded(name: str, content: BandsFile, scope: Scope, context: CheckContext, place: Place) -> Breakdown | None:
    node = context.expression(content.value, scope, *place, "value", expect=NUMERIC if content.bands else None)
    bands = content.bands
    if any(low >= high for low, high in pairwise(bands)):
        context.error("list the lower bounds of the bands in ascending order", "bands", *place, "bands")
        return None
    codes = _band_labels(bands) if bands else _codes(node, scope) if node else ()
    return Breakdown(name, node, content.value, codes, bands) if node else None


def _codes(node: Expression, scope: Scope) -> tuple[str, ...]:
    """Return the categories that have a row even when no case falls into them."""
    if node.kind is Kind.BOOLEAN:
        return BOOLEAN_CODES
    return tuple(scope.codes(node) or ())


def _band_labels(bands: Sequence[Decimal]) -> tuple[str, ...]:
    """Return the labels of bands in order; the first is `under 5` when the lowest bound is above 0.

    Whole bounds give `0`, `1-4`, `18+`; others `0.5 to under 1.5`, `1.5+`.
    """
    below = [f"under {_plain(bands[0])}"] if bands[0] > 0 else []
    return (*below, *(_band_label(low, high) for low, high in pairwise(bands)), f"{_plain(bands[-1])}+")


def _band_label(low: Decimal, high: Decimal) -> str:
    if low % 1 or high % 1:
        return f"{_plain(low)} to under {_plain(high)}"
    last = high - 1
    if low == last:
        return _plain(low)
    return f"{_plain(low)} to {_plain(last)}" if low < 0 else f"{_plain(low)}-{_plain(last)}"


def _plain(number: Decimal) -> str:
    """Return a number without trailing zeros or an exponent."""
    return f"{number.to_integral_value()}" if not number % 1 else f"{number.normalize():f}"

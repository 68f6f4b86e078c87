"""The cells that a report may show: the categories that definitions list, and the names of teams and the like."""

from collections.abc import Callable, Iterable

from sgkpi.ledger.ledger import Ledger
from sgkpi.model.expressions import Kind, column_refs
from sgkpi.model.indicator import JOINT, Breakdown, Indicator
from sgkpi.model.outcomes import NOT_LISTED, NOT_RECORDED

_NAMES = (Kind.TEXT, Kind.CATEGORY, Kind.BOOLEAN)


def is_reportable(indicator: Indicator, breakdown: Breakdown) -> bool:
    """Return whether the categories of a breakdown are names: not dates or numbers of single cases, keys or persons.

    Those that the definitions list are, whatever columns they come from.
    """
    if breakdown.parts:
        return all(is_reportable(indicator, part) for part in breakdown.parts)
    if breakdown.codes:
        return True
    if breakdown.expression.kind not in _NAMES:
        return False
    tables = [(None, indicator.table), *((each.name, each.table) for each in indicator.related)]
    private = {(name, column) for name, table in tables for column in (*table.key, table.person)}
    return private.isdisjoint((ref.related, ref.column) for ref in column_refs(breakdown.expression))


def without_unlisted(ledger: Ledger, breakdowns: Iterable[tuple[str, Breakdown]]) -> Ledger:
    """Return a ledger in which all values of a breakdown that are none of its codes are one category.

    A mistyped code may be anything, a name among others. `breakdowns` come with the indicator's id.
    """
    known: dict[tuple[str, str], Callable[[str], str]] = {
        (indicator, each.name): _listed(each) for indicator, each in breakdowns
    }
    return ledger.renamed(lambda indicator, breakdown, category: known[indicator, breakdown](category))


def is_unlisted(category: str | None) -> bool:
    """Return whether a category stands for all values that are no codes, by itself or as a part."""
    return category is not None and NOT_LISTED in category.split(JOINT)


def _listed(breakdown: Breakdown) -> Callable[[str], str]:
    if breakdown.parts:
        parts = [_listed(part) for part in breakdown.parts]

        def listed_parts(category: str) -> str:
            each = category.split(JOINT)
            if len(each) != len(parts):
                return NOT_LISTED if any(part.codes for part in breakdown.parts) else category
            return JOINT.join(part(text) for part, text in zip(parts, each, strict=True))

        return listed_parts
    known = {*breakdown.codes, NOT_RECORDED}
    if not breakdown.codes or breakdown.bands:
        return str
    return lambda category: category if category in known else NOT_LISTED

"""What an extract can carry: for every indicator, whether it can be computed, and in words why not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sgkpi.extracts.extract import Extract
from sgkpi.model.indicator import Indicator
from sgkpi.model.table import Table
from sgkpi.planning.plan import absent_columns, is_current_only, why_unavailable

PRESENT_ONLY = "only for the month of the extract and the last complete one: it holds the present state, no history"


@dataclass(frozen=True)
class Carried:
    """Whether an extract carries an indicator.

    `reason` says why not, or, where it can, what is restricted; None when nothing is to be said.
    """

    indicator: Indicator
    available: bool
    reason: str | None = None


def what_is_carried(indicators: Iterable[Indicator], extract: Extract) -> tuple[Carried, ...]:
    """Each indicator with whether this extract carries it."""
    return tuple(_carried(indicator, extract) for indicator in indicators)


def _carried(indicator: Indicator, extract: Extract) -> Carried:
    why_not = "; ".join(_broken(indicator, extract)) or why_unavailable(indicator, extract)
    if why_not is not None:
        meant = ", ".join(_meant(indicator, extract))
        return Carried(indicator, available=False, reason=f"{why_not} ({meant})" if meant else why_not)
    return Carried(indicator, available=True, reason=PRESENT_ONLY if is_current_only(indicator, extract) else None)


def _tables(indicator: Indicator) -> dict[str, Table]:
    tables = (indicator.table, *(related.table for related in indicator.related))
    return {table.name: table for table in sorted(tables, key=lambda table: table.name)}


def _broken(indicator: Indicator, extract: Extract) -> Iterator[str]:
    """The tables of an indicator that are there, and cannot be taken as they are."""
    for name in _tables(indicator):
        if name in extract.broken:
            yield f"needs {name}: {extract.broken[name][0].path} cannot be used as it is"


def _meant(indicator: Indicator, extract: Extract) -> Iterator[str]:
    """What the columns that are missing say, in the words of their declarations."""
    tables = _tables(indicator)
    if any(name not in extract.tables and name not in extract.lacking for name in tables):
        return
    for missing in absent_columns(indicator, extract):
        table, column = missing.split(".")
        description = tables[table].columns[column].description
        if description:
            yield f"{column}: {description[:1].lower()}{description[1:].rstrip('.')}"


@dataclass(frozen=True)
class Unavailable:
    """An indicator that this extract cannot carry, and why."""

    indicator: str
    reason: str

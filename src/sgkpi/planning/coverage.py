"""Coverage: the periods in which an extract holds all that an indicator needs."""

from datetime import datetime

from sgkpi.extracts.extract import Extract, TableSource
from sgkpi.model.indicator import Indicator, Keep
from sgkpi.model.periods import Period, last_complete_month
from sgkpi.planning.columns import named_columns, spell_columns
from sgkpi.planning.plan import reference_day


def is_current_list(source: TableSource, start: str) -> bool:
    """Whether a table holds only the present spells: its file has no column for their beginning."""
    return start not in source.columns


def is_current_only(indicator: Indicator, extract: Extract) -> bool:
    """Whether a stock or active row depends on the latest state, so that earlier periods are not known."""
    if any(is_current_list(extract.tables[table], start) for table, start, _ in spell_columns(indicator)):
        return True
    named = named_columns(indicator)
    if indicator.is_stock and any(indicator.table.columns[name].current for name in named.case):
        return True
    return any(
        related.table.columns[name].current
        for related in indicator.related
        if indicator.is_stock or related.keep is Keep.ACTIVE
        for name in (*named.guards[related.name], *named.kept[related.name])
    )


def is_covered(indicator: Indicator, period: Period, extract: Extract, as_of: datetime) -> bool:
    """Whether the extract holds all that the indicator needs to be known in a period."""
    first = reference_day(period, as_of) if indicator.is_stock else period.start
    for table in (indicator.table, *(related.table for related in indicator.related)):
        complete_from = extract.complete_from(table.name)
        if complete_from is not None and first < complete_from:
            return False
    is_present = period.start <= as_of.date() <= period.end or period.last == last_complete_month(as_of)
    return is_present or not is_current_only(indicator, extract)

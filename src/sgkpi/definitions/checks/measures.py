"""Whether an indicator has what its measure needs, and nothing that has no meaning for it."""

from sgkpi.definitions.checks.draft import Draft
from sgkpi.definitions.checks.setting import Setting
from sgkpi.definitions.expressions.functions import DATED
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.files import ClockFile, IndicatorFile, PointInTimeFile
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Clock, DuePeriod, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.table import Table
from sgkpi.model.units import LimitUnit

DUE = "due"
_WITH_VALUE = (Measure.MEAN, Measure.MEDIAN, Measure.MAXIMUM)


def build_period(file: IndicatorFile, table: Table, draft: Draft) -> PeriodColumn | DuePeriod | PointInTime | None:
    """What places a case in a period; None when the definition does not say."""
    flow, stock = draft.document.has("period"), draft.document.has("point_in_time")
    if flow == stock:
        found = "both" if flow else "neither"
        draft.error(f"an indicator has a period or a point_in_time, and here is {found}", "flow-or-stock", "period")
    if file.point_in_time:
        return _point_in_time(file.point_in_time, table, draft)
    if file.period is None:
        return None
    if file.period == DUE and (draft.document.has("clock") or DUE not in table.columns):
        if not draft.document.has("clock"):
            draft.error("'period: due' needs a clock", "missing-key", "period")
        return DuePeriod()
    draft.dated_column(table, file.period, "period")
    return PeriodColumn(file.period)


def _point_in_time(file: PointInTimeFile, table: Table, draft: Draft) -> PointInTime:
    draft.dated_column(table, file.start, "point_in_time", "from")
    draft.dated_column(table, file.end, "point_in_time", "to")
    return PointInTime(file.start, file.end)


def build_clock(file: ClockFile | None, setting: Setting, scope: Scope, draft: Draft) -> Clock | None:
    """The clock; None when there is none."""
    if file is None:
        return None
    _check_clock_keys(setting, draft)
    start = _clock_column(file.start, scope, draft, "start")
    stop = _clock_column(file.stop, scope, draft, "stop")
    due = draft.expression(file.due, scope, "clock", "due", expect=DATED)
    if (file.within and file.within.unit is LimitUnit.HOURS) or (due and due.kind is Kind.DATETIME):
        _check_times_of_day(start, stop, draft)
    return Clock(start, stop, file.within, due, file.due or "")


def _check_clock_keys(setting: Setting, draft: Draft) -> None:
    has = draft.document.has
    if has("clock", "within") == has("clock", "due"):
        found = "both" if has("clock", "due") else "neither"
        draft.error(f"a clock has 'within' or 'due', and here is {found}", "clock", "clock")
    if not has("clock", "start") and not has("clock", "due"):
        draft.error("a clock needs 'start', unless it has 'due'", "missing-key", "clock")
    if not has("clock", "stop") and setting.is_stock is False:
        draft.error("a clock needs 'stop'; only a stock's may go without", "missing-key", "clock")


def _clock_column(text: str | None, scope: Scope, draft: Draft, key: str) -> ColumnRef | None:
    node = draft.expression(text, scope, "clock", key, expect=DATED)
    if node is None or isinstance(node, ColumnRef):
        return node
    draft.error(f"a clock's {key} is a column or related.column; '{text}' is an expression", "clock", "clock", key)
    return None


def _check_times_of_day(start: ColumnRef | None, stop: ColumnRef | None, draft: Draft) -> None:
    for key, ref in (("start", start), ("stop", stop)):
        if ref and ref.kind is Kind.DATE:
            message = f"a clock in hours needs a time of day, and '{ref.column}' is a date"
            draft.error(message, "type-mismatch", "clock", key)


def check_measure(file: IndicatorFile, draft: Draft) -> None:
    """Reports what the measure lacks, and what it has no use for."""
    if "measure" in draft.unsure:
        return
    has, measure = draft.document.has, file.measure
    if measure is Measure.PROPORTION:
        if has("clock") == has("met"):
            found = "both" if has("met") else "neither"
            draft.error(f"a proportion has a clock or 'met', and here is {found}", "measure", "measure")
    else:
        _refuse(measure, ("met", "because"), draft)
        if has("clock") and file.period != DUE:
            draft.error(f"a {measure.value} has a clock only to place its cases by 'period: due'", "measure", "clock")
    if measure not in _WITH_VALUE:
        _refuse(measure, ("value",), draft)
    elif not has("value"):
        draft.error(f"a {measure.value} needs a 'value'", "missing-key", "measure")


def _refuse(measure: Measure, keys: tuple[str, ...], draft: Draft) -> None:
    for key in keys:
        if draft.document.has(key):
            draft.error(f"'{key}' has no meaning for a {measure.value}", "needless-key", key)

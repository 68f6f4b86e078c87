"""Check that an indicator has the period, clock, value and targets that its measure needs, and no others."""

from decimal import Decimal

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.expressions.kinds import DATED
from sgkpi.definitions.expressions.scope import DUE, Scope
from sgkpi.definitions.files import BoundsFile, ClockFile, IndicatorFile
from sgkpi.definitions.yaml_text import Place
from sgkpi.model.expressions import ColumnRef, Expression, Kind, Literal
from sgkpi.model.indicator import Clock, DuePeriod, Improvement, NamedMoment, PeriodColumn, PointInTime, Target
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.problems import Severity
from sgkpi.model.table import Table
from sgkpi.model.units import LimitUnit


def check_measure(file: IndicatorFile, context: CheckContext) -> None:
    """Report the keys that the measure needs and does not have, and those that it cannot use."""
    if "measure" in context.unsure:
        return
    has, measure = context.document.has, file.measure
    needed = ("value", "per") if measure is Measure.RATIO else ("value",) if measure.has_values else ()
    unusable = tuple(key for key in ("value", "per") if key not in needed)
    unusable += () if measure.has_values else ("unit",)
    if measure is Measure.PROPORTION:
        _check_one_of("a proportion", "clock", "met", context, "measure", ("measure",))
    else:
        unusable = ("met", "because", *unusable)
        if has("clock") and file.period != DUE:
            context.error(f"with measure: {measure.value}, a clock needs 'period: due'", "measure", "clock")
    for key in filter(has, unusable):
        context.error(f"'{key}' cannot be used with measure: {measure.value}", "needless-key", key)
    for key in needed:
        if not has(key):
            context.error(f"a {measure.value} needs a '{key}'", "missing-key", "measure")


def check_divisor(per: Expression | None, context: CheckContext) -> None:
    """Warn of a `per` that is the literal 0 or null, so that the ratio never has a value."""
    if isinstance(per, Literal) and not per.value:
        what = "null" if per.value is None else "0"
        message = f"'per' is {what} in every case, so there is never a value; write what the sum is divided by"
        context.error(message, "no-divisor", "per", severity=Severity.WARNING)


def _check_one_of(
    whose: str, one: str, other: str, context: CheckContext, code: str, place: tuple[str, ...], *, under: str = ""
) -> None:
    """Report when a definition has both of two keys, or neither."""
    above = (under,) if under else ()
    if (first := context.document.has(*above, one)) == context.document.has(*above, other):
        fault = f"give either '{one}' or '{other}', not both" if first else f"{whose} needs '{one}' or '{other}'"
        context.error(fault, code, *place)


def build_period(
    file: IndicatorFile, table: Table, context: CheckContext
) -> PeriodColumn | DuePeriod | PointInTime | None:
    """Return the column, clock or days that place a case in a period; None if the definition does not say."""
    _check_one_of("an indicator", "period", "point_in_time", context, "flow-or-stock", ("period",))
    if stock := file.point_in_time:
        context.dated_column(table, stock.start, "point_in_time", "from")
        context.dated_column(table, stock.end, "point_in_time", "to")
        return PointInTime(stock.start, stock.end)
    if file.period is None:
        return None
    has_clock = context.document.has("clock")
    if file.period == DUE and (has_clock or DUE not in table.columns):
        if not has_clock:
            context.error("'period: due' needs a clock", "missing-key", "period")
        return DuePeriod()
    context.dated_column(table, file.period, "period")
    return PeriodColumn(file.period)


def build_clock(file: ClockFile | None, scope: Scope, context: CheckContext) -> Clock | None:
    """Return the clock; None if there is none."""
    if file is None:
        return None
    has = context.document.has
    _check_one_of("a clock", "within", "due", context, "clock", ("clock",), under="clock")
    if not has("clock", "start") and not has("clock", "due"):
        context.error("a clock needs 'start', unless it has 'due'", "missing-key", "clock")
    if not has("clock", "stop") and scope.moment is NamedMoment.AS_OF:
        context.error("a clock needs 'stop'; only the clock of a stock can do without", "missing-key", "clock")
    start = _clock_end(file.start, scope, context, "start")
    stop = _clock_end(file.stop, scope, context, "stop")
    due = context.expression(file.due, scope, "clock", "due", expect=DATED)
    if (file.within and file.within.unit is LimitUnit.HOURS) or (due and due.kind is Kind.DATETIME):
        for key, end in (("start", start), ("stop", stop)):
            if end and end.kind is Kind.DATE:
                what = f"'{end.column}' is a date column" if isinstance(end, ColumnRef) else f"its {key} is a date"
                message = f"a clock in hours needs times of day, but {what}"
                context.error(message, "type-mismatch", "clock", key)
    return Clock(start, stop, file.within, due)


def _clock_end(text: str | None, scope: Scope, context: CheckContext, key: str) -> Expression | None:
    node = context.expression(text, scope, "clock", key, expect=DATED)
    if node is None or node.kind is not Kind.NULL:
        return node
    context.error(f"a clock's {key} cannot be null", "clock", "clock", key)
    return None


def build_targets(file: IndicatorFile, context: CheckContext) -> tuple[Target, ...]:
    """Return the targets in the order of the months from which they apply."""
    if file.target is None:
        return ()
    unread = context.document.has("improvement") and context.document.data["improvement"] != Improvement.NONE
    if file.improvement is Improvement.NONE and not unread:
        context.error("a target needs 'improvement: increase' or 'improvement: decrease'", "target", "target")
    pairs = [(None, file.target)] if isinstance(file.target, BoundsFile) else sorted(file.target.items())
    targets = tuple(Target(since, each.green, each.amber, each.set_by) for since, each in pairs)
    for target in targets:
        place = ("target", str(target.since)) if target.since else ("target",)
        if not _has_bounds_over_one(file, place, target, context) and not _has_percent(file, place, target, context):
            _check_order(file.improvement, place, target, context)
    return targets


def _has_bounds_over_one(file: IndicatorFile, place: Place, target: Target, context: CheckContext) -> bool:
    """Report bounds of a proportion above 1, and of other shares without `%`; return whether there are any."""
    if not Quantity(file.measure, file.unit).is_share:
        return False
    bounds = {"green": target.green, "amber": target.amber}
    over_one = {colour: bound for colour, bound in bounds.items() if bound is not None and bound > 1}
    written = {colour: context.document.text(*place, colour) for colour in over_one}
    if file.measure is not Measure.PROPORTION:
        written = {colour: text for colour, text in written.items() if not text.endswith("%")}
    for colour, text in written.items():
        message = _over_one(over_one[colour], text, file.measure)
        context.error(message, "target-over-one", *place, colour)
    return bool(written)


def _has_percent(file: IndicatorFile, place: Place, target: Target, context: CheckContext) -> bool:
    """Report the bounds in `%` of a figure that is not read as a share; return whether there are any."""
    what = "a count" if file.measure is Measure.COUNT else f"a figure with unit: {file.unit}"
    may_be_share = Quantity(file.measure, file.unit).is_share or not context.unsure.isdisjoint({"measure", "unit"})
    if may_be_share or (file.unit is None and file.measure is not Measure.COUNT):
        return False
    colours = [colour for colour in ("green", "amber") if getattr(target, colour) is not None]
    wrong = [colour for colour in colours if context.document.text(*place, colour).endswith("%")]
    for colour in wrong:
        written = context.document.text(*place, colour)
        context.error(f"the target of {what} has no %; write {written[:-1].strip()}", "target", *place, colour)
    return bool(wrong)


def _check_order(improvement: Improvement, place: Place, target: Target, context: CheckContext) -> None:
    amber = target.green if target.amber is None else target.amber
    if improvement is Improvement.INCREASE and target.green < amber:
        context.error("with improvement: increase, green must not be below amber", "target", *place)
    if improvement is Improvement.DECREASE and target.green > amber:
        context.error("with improvement: decrease, green must not be above amber", "target", *place)


def _over_one(bound: Decimal, written: str, measure: Measure) -> str:
    """Return what is wrong with a share's bound: it lacks its `%`, or no proportion can be so great."""
    if measure is not Measure.PROPORTION:
        return f"with unit: percent, 1 is 100%; write {bound.normalize():f}%, or {(bound * 100).normalize():f}%"
    if written.endswith("%") or bound > 100:
        return f"a proportion is at most 100%, so it never reaches {written}"
    return f"a proportion is at most 1, which is 100%; write {bound.normalize():f}%"

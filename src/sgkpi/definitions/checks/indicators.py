"""Build an indicator from its file, and check that its parts fit one another and the tables that it uses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.checks.examples import build_examples
from sgkpi.definitions.checks.measures import (
    build_clock,
    build_period,
    build_targets,
    check_divisor,
    check_measure,
)
from sgkpi.definitions.checks.phases import build_phases
from sgkpi.definitions.checks.related import build_related
from sgkpi.definitions.checks.shared import BANDS
from sgkpi.definitions.checks.tables import YES_AND_NO
from sgkpi.definitions.expressions.kinds import NUMERIC
from sgkpi.definitions.expressions.scope import DUE, Scope
from sgkpi.definitions.files import BandsFile, IndicatorFile
from sgkpi.definitions.yaml_text import Place
from sgkpi.model.expressions import ColumnRef, DueRef, Expression, Kind, column_refs
from sgkpi.model.indicator import Answers, Breakdown, Clock, Indicator, NamedMoment, PointInTime, Related
from sgkpi.model.problems import Severity, did_you_mean


def build_indicator(name: str, file: IndicatorFile, context: CheckContext) -> Indicator | None:
    """Return the indicator that a file defines; None if its table is not known or it has no period.

    Problems go to the context; where it has errors, the indicator must not be used.
    """
    check_measure(file, context)
    table = None if "table" in context.unsure else context.table(file.table, "table")
    if table is None:
        return None
    period = build_period(file, table, context)
    # Where it is not known whether this is a flow or a stock, neither name is an error.
    moment = (
        None if period is None else NamedMoment.REFERENCE_DAY if isinstance(period, PointInTime) else NamedMoment.AS_OF
    )
    has_clock = context.document.has("clock")
    no_due = "'due' can only be used in exclude, because and by" if has_clock else "'due' needs a clock"
    unsure: frozenset[str] = frozenset() if moment else frozenset(NamedMoment)
    conditions = context.shared.conditions
    case = Scope(table, moment=moment, unsure=unsure, conditions=conditions, why_no_due=no_due)
    related = _all_related(file, case, context)
    rebase, baseline = build_phases(file, context)
    joined = {one.name: one for one in related}
    scope = replace(case, related=joined, unsure=case.unsure | context.left_out("related", joined))
    theme_title, theme_place = _theme(file.theme, context)
    clock = build_clock(file.clock, scope, context)
    with_due = _with_due(scope, clock, is_declared=has_clock)
    indicator = Indicator(
        id=name,
        title=file.title,
        table=table,
        period=period or PointInTime("", ""),
        measure=file.measure,
        question=file.question,
        theme=file.theme,
        theme_title=theme_title,
        theme_place=theme_place,
        population=context.expression(file.population, scope, "population"),
        exclude=context.named(file.exclude, with_due, "exclude"),
        related=related,
        clock=clock,
        met=context.expression(file.met, scope, "met"),
        value=context.expression(file.value, scope, "value", expect=NUMERIC),
        per=context.expression(file.per, scope, "per", expect=NUMERIC),
        unit=file.unit,
        not_due=context.expression(file.not_due, scope, "not_due"),
        because=context.named(file.because, with_due, "because"),
        by=_breakdowns(file, with_due, context),
        improvement=file.improvement,
        targets=build_targets(file, context),
        settles_after=file.settles_after,
        rebase=rebase,
        baseline=baseline,
        answers=_answers(file, context),
        basis=file.basis,
        owner=file.owner,
        review_by=file.review_by,
        path=context.document.path,
        shared=context.shared.parts(context.used),
        # An example knows its own line; those within all examples would be a third of a cached catalogue.
        lines={key: line for key, line in context.document.dotted_lines.items() if not key.startswith("examples.")},
    )
    check_divisor(indicator.per, context)
    _check_own_due(indicator, context)
    return replace(indicator, examples=build_examples(file, indicator, context)) if period else None


def _theme(name: str, context: CheckContext) -> tuple[str, int]:
    """Return the title of a theme and its place among the themes; report one that is not listed."""
    if not name or context.themes is None:
        return "", 0
    if name not in context.themes:
        context.error(f"no theme '{name}' in themes.yaml{did_you_mean(name, context.themes)}", "unknown-theme", "theme")
        return "", 0
    return context.themes[name], list(context.themes).index(name)


def _all_related(file: IndicatorFile, case: Scope, context: CheckContext) -> tuple[Related, ...]:
    context.distinct_names("related", file.related)
    found: dict[str, Related] = {}
    names = tuple(file.related)
    for place, (name, related) in enumerate(file.related.items()):
        unsure = case.unsure | context.left_out("related", names) | {*names[:place]}.difference(found)
        scope = replace(case, related=dict(found), unsure=unsure, later=names[place:])
        if one := build_related(name, related, scope, context):
            found[name] = one
    return tuple(found.values())


def _with_due(scope: Scope, clock: Clock | None, *, is_declared: bool) -> Scope:
    """Return the scope of exclusions, reasons and breakdowns, in which `due` can be named."""
    if clock is not None and (clock.limit is not None or clock.due is not None):
        return replace(scope, due=DueRef(Kind.DATETIME if clock.runs_by_hours else Kind.DATE))
    return replace(scope, unsure=scope.unsure | {DUE}) if is_declared else scope


def _check_own_due(indicator: Indicator, context: CheckContext) -> None:
    """Warn where `due` is a column, although there is a clock."""
    if indicator.clock is None or DUE not in indicator.table.columns:
        return
    named: list[tuple[Place, Expression]] = [(("exclude", each.name), each.expression) for each in indicator.exclude]
    named += [(("because", each.name), each.expression) for each in indicator.because]
    named += [(("by",), each.expression) for each in indicator.by if each.name != DUE]
    for place, expression in named:
        if any(ref.column == DUE and ref.related is None for ref in column_refs(expression)):
            what = f"here '{DUE}' is a column of '{indicator.table.name}', and not when the clock runs out"
            context.error(f"{what}; rename the column", "due-column", *place, severity=Severity.WARNING)


def _answers(file: IndicatorFile, context: CheckContext) -> Answers | None:
    """Return the paragraphs and points that the indicator answers; report those that are listed twice."""
    if file.answers is None:
        return None
    for key in ("paragraphs", "points"):
        for number, times in Counter(getattr(file.answers, key)).items():
            if times > 1:
                context.error(f"{number} is listed twice", "listed-twice", "answers", key)
    return Answers(tuple(sorted(set(file.answers.paragraphs))), tuple(sorted(set(file.answers.points))))


def _breakdowns(file: IndicatorFile, scope: Scope, context: CheckContext) -> tuple[Breakdown, ...]:
    """Return the breakdowns of an indicator, without those that are wrong."""
    found: dict[str, Breakdown | None] = {}
    for number, item in enumerate(file.by):
        named = {item: None} if isinstance(item, str) else item
        for name, content in named.items():
            place = context.item("by", number) if content is None else (*context.item("by", number), name)
            if name in found:
                context.error(f"breakdown '{name}' is listed twice", "duplicate-name", *place)
            found[name] = _breakdown(name, content, scope, context, place)
    return tuple(breakdown for breakdown in found.values() if breakdown)


def _breakdown(
    name: str, content: str | BandsFile | None, scope: Scope, context: CheckContext, place: Place
) -> Breakdown | None:
    if isinstance(content, BandsFile):
        return _banded(name, content, scope, context, place)
    node: Expression | None = None
    if content is not None:
        node = _not_due_alone(context.expression(content, scope, *place, expect=None), context, place)
    elif name == DUE and scope.due is not None and DUE not in scope.table.columns:
        _not_due_alone(scope.due, context, place)
    elif "." in name:
        message = f"a breakdown by a related column needs a name; write {name.replace('.', '_')}: {name}"
        context.error(message, "breakdown", *place)
    elif column := context.column(scope.table, name, *place):
        node = ColumnRef(name, column.kind, label=column.label, code_labels=column.labels)
    return _labelled(Breakdown(name, node, _codes(node, scope)), plain=content is None) if node else None


def _banded(name: str, content: BandsFile, scope: Scope, context: CheckContext, place: Place) -> Breakdown | None:
    node = context.expression(content.value, scope, *place, "value", expect=NUMERIC if content.bands else None)
    node = _not_due_alone(node, context, (*place, "value"))
    bands = content.bands if isinstance(content.bands, tuple) else _shared_bands(content.bands, context, place)
    if bands is None or not context.ascending(bands, *place, "bands"):
        return None
    codes = _band_labels(bands) if bands else _codes(node, scope) if node else ()
    return _labelled(Breakdown(name, node, codes, bands)) if node else None


def _shared_bands(name: str, context: CheckContext, place: Place) -> tuple[Decimal, ...] | None:
    """Return the bands of `shared.yaml` with a name; None if there are none, or they are wrong."""
    context.used.add((BANDS, name))
    shared = context.shared
    if shared.is_wrong(BANDS, name):
        return None
    if name not in shared.bands:
        hint = did_you_mean(name, shared.bands) or "; name bands of it, or list their lower bounds"
        context.error(f"no bands '{name}' in shared.yaml{hint}", "unknown-bands", *place, "bands")
    return shared.bands.get(name)


def _not_due_alone(node: Expression | None, context: CheckContext, place: Place) -> Expression | None:
    """Return the expression of a breakdown; report it and return None if it is `due` alone."""
    if not isinstance(node, DueRef):
        return node
    example = '{in_time: "decided_on <= due"}'
    context.error(
        f"'{DUE}' alone is no breakdown; write what to compare it with, such as {example}", "breakdown", *place
    )
    return None


def _labelled(breakdown: Breakdown, *, plain: bool = False) -> Breakdown:
    """Return a breakdown with the labels of its column: those of the codes, and if it is `plain` that of the name."""
    node = breakdown.expression
    if not isinstance(node, ColumnRef):
        return breakdown
    return replace(breakdown, label=node.label if plain else "", labels=node.code_labels or {})


def _codes(node: Expression, scope: Scope) -> tuple[str, ...]:
    """Return the categories that have a row even when no case falls into them."""
    if node.kind is Kind.BOOLEAN:
        return YES_AND_NO
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

"""Whether the parts of an indicator fit one another and the tables that it uses."""

from dataclasses import replace

from sgkpi.definitions.checks.breakdowns import build_breakdowns
from sgkpi.definitions.checks.context import CheckContext, IndicatorContext, KnownTables, line_map
from sgkpi.definitions.checks.examples import build_examples
from sgkpi.definitions.checks.measures import build_clock, build_period, build_targets, check_measure
from sgkpi.definitions.checks.related import build_related
from sgkpi.definitions.expressions.functions import NUMERIC
from sgkpi.definitions.expressions.scope import Joined, Scope
from sgkpi.definitions.files import IndicatorFile
from sgkpi.model.indicator import Indicator, Keep, PointInTime, Related


def build_indicator(name: str, file: IndicatorFile, tables: KnownTables, context: CheckContext) -> Indicator | None:
    """The indicator that a file defines; None when its table is not known or it has no period.

    Problems go to the context; where it has errors, the indicator must not be used.
    """
    check_measure(file, context)
    table = None if "table" in context.unsure else tables.find(file.table, context, "table")
    if table is None:
        return None
    period = build_period(file, table, context)
    subject = IndicatorContext(table, None if period is None else isinstance(period, PointInTime))
    related = _all_related(file, subject, tables, context)
    scope = _scope(subject, related, context)
    indicator = Indicator(
        id=name,
        title=file.title,
        table=table,
        period=period or PointInTime("", ""),
        measure=file.measure,
        question=file.question,
        theme=file.theme,
        related=related,
        clock=build_clock(file.clock, subject, scope, context),
        by=build_breakdowns(file, scope, context),
        improvement=file.improvement,
        targets=build_targets(file, context),
        basis=file.basis,
        owner=file.owner,
        review_by=file.review_by,
        path=context.document.path,
        lines=line_map(context.document),
    )
    whole = _with_conditions(indicator, file, scope, context)
    return replace(whole, examples=build_examples(file, whole, context)) if period else None


def _all_related(
    file: IndicatorFile, subject: IndicatorContext, tables: KnownTables, context: CheckContext
) -> tuple[Related, ...]:
    owners: dict[str, str] = {}
    for name in file.related:
        if owners.setdefault(name.casefold(), name) != name:
            message = f"'{owners[name.casefold()]}' and '{name}' differ only in capital letters"
            context.error(message, "duplicate-name", "related", name)
    found = (build_related(name, related, subject, tables, context) for name, related in file.related.items())
    return tuple(related for related in found if related)


def _scope(subject: IndicatorContext, related: tuple[Related, ...], context: CheckContext) -> Scope:
    joined = {one.name: Joined(one.table, one.keep is Keep.COUNT) for one in related}
    declared = context.document.data.get("related")
    unsure = frozenset(declared) - frozenset(joined) if isinstance(declared, dict) else frozenset()
    return subject.scope(subject.table, joined, unsure)


def _with_conditions(indicator: Indicator, file: IndicatorFile, scope: Scope, context: CheckContext) -> Indicator:
    return replace(
        indicator,
        population=context.expression(file.population, scope, "population"),
        population_text=file.population or "",
        exclude=context.named(file.exclude, scope, "exclude"),
        met=context.expression(file.met, scope, "met"),
        met_text=file.met or "",
        value=context.expression(file.value, scope, "value", expect=NUMERIC),
        value_text=file.value or "",
        not_due=context.expression(file.not_due, scope, "not_due"),
        not_due_text=file.not_due or "",
        because=context.named(file.because, scope, "because"),
    )

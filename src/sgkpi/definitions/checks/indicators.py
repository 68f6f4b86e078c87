"""Build an indicator from its file, and check that its parts fit one another and the tables that it uses."""

from dataclasses import replace

from sgkpi.definitions.checks.breakdowns import build_breakdowns
from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.checks.examples import build_examples
from sgkpi.definitions.checks.measures import build_clock, build_period, build_targets, check_measure
from sgkpi.definitions.checks.related import build_related
from sgkpi.definitions.expressions.kinds import NUMERIC
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.files import IndicatorFile
from sgkpi.model.indicator import Indicator, Moment, PointInTime, Related


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
    moment = None if period is None else Moment.REFERENCE_DAY if isinstance(period, PointInTime) else Moment.AS_OF
    case = Scope(table, moment=moment, unsure=frozenset() if moment else frozenset(Moment))
    related = _all_related(file, case, context)
    joined = {one.name: one for one in related}
    scope = replace(case, related=joined, unsure=case.unsure | context.left_out("related", joined))
    indicator = Indicator(
        id=name,
        title=file.title,
        table=table,
        period=period or PointInTime("", ""),
        measure=file.measure,
        question=file.question,
        theme=file.theme,
        related=related,
        clock=build_clock(file.clock, scope, context),
        by=build_breakdowns(file, scope, context),
        improvement=file.improvement,
        targets=build_targets(file, context),
        basis=file.basis,
        owner=file.owner,
        review_by=file.review_by,
        path=context.document.path,
        lines=context.document.dotted_lines,
    )
    whole = _with_conditions(indicator, file, scope, context)
    return replace(whole, examples=build_examples(file, whole, context)) if period else None


def _all_related(file: IndicatorFile, case: Scope, context: CheckContext) -> tuple[Related, ...]:
    owners: dict[str, str] = {}
    for name in file.related:
        if owners.setdefault(name.casefold(), name) != name:
            message = f"'{owners[name.casefold()]}' and '{name}' differ only in capital letters"
            context.error(message, "duplicate-name", "related", name)
    found = (build_related(name, related, case, context) for name, related in file.related.items())
    return tuple(related for related in found if related)


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

"""Whether an indicator's definition holds together, and with the tables that it uses."""

from dataclasses import replace

from sgkpi.definitions.checks.breakdowns import build_breakdowns
from sgkpi.definitions.checks.draft import Draft, line_map
from sgkpi.definitions.checks.examples import build_examples
from sgkpi.definitions.checks.measures import build_clock, build_period, check_measure
from sgkpi.definitions.checks.related import build_related
from sgkpi.definitions.checks.setting import KnownTables, Setting
from sgkpi.definitions.checks.targets import build_targets
from sgkpi.definitions.expressions.functions import NUMERIC
from sgkpi.definitions.expressions.scope import Joined, Scope
from sgkpi.definitions.files import IndicatorFile
from sgkpi.model.indicator import Indicator, Keep, PointInTime, Related


def build_indicator(name: str, file: IndicatorFile, tables: KnownTables, draft: Draft) -> Indicator | None:
    """The indicator that a file defines; None when its table is not known or it has no period.

    What is wrong goes to the draft; an indicator whose draft is not sound must not be used.
    """
    check_measure(file, draft)
    table = None if "table" in draft.unsure else tables.find(file.table, draft, "table")
    if table is None:
        return None
    period = build_period(file, table, draft)
    setting = Setting(table, None if period is None else isinstance(period, PointInTime))
    related = _all_related(file, setting, tables, draft)
    scope = _scope(setting, related, draft)
    indicator = Indicator(
        id=name,
        title=file.title,
        table=table,
        period=period or PointInTime("", ""),
        measure=file.measure,
        question=file.question,
        theme=file.theme,
        related=related,
        clock=build_clock(file.clock, setting, scope, draft),
        by=build_breakdowns(file, scope, draft),
        improvement=file.improvement,
        targets=build_targets(file, draft),
        basis=file.basis,
        owner=file.owner,
        review_by=file.review_by,
        path=draft.document.path,
        lines=line_map(draft.document),
    )
    whole = _with_conditions(indicator, file, scope, draft)
    if period is None:
        return None
    return replace(whole, examples=build_examples(file, whole, draft))


def _all_related(file: IndicatorFile, setting: Setting, tables: KnownTables, draft: Draft) -> tuple[Related, ...]:
    owners: dict[str, str] = {}
    for name in file.related:
        if owners.setdefault(name.casefold(), name) != name:
            message = f"'{owners[name.casefold()]}' and '{name}' differ only in capital letters"
            draft.error(message, "duplicate-name", "related", name)
    found = (build_related(name, related, setting, tables, draft) for name, related in file.related.items())
    return tuple(related for related in found if related)


def _scope(setting: Setting, related: tuple[Related, ...], draft: Draft) -> Scope:
    joined = {one.name: Joined(one.table, one.keep is Keep.COUNT) for one in related}
    declared = draft.document.data.get("related")
    unsure = frozenset(declared) - frozenset(joined) if isinstance(declared, dict) else frozenset()
    return setting.scope(setting.table, joined, unsure)


def _with_conditions(indicator: Indicator, file: IndicatorFile, scope: Scope, draft: Draft) -> Indicator:
    return replace(
        indicator,
        population=draft.expression(file.population, scope, "population"),
        population_text=file.population or "",
        exclude=draft.named(file.exclude, scope, "exclude"),
        met=draft.expression(file.met, scope, "met"),
        met_text=file.met or "",
        value=draft.expression(file.value, scope, "value", expect=NUMERIC),
        value_text=file.value or "",
        not_due=draft.expression(file.not_due, scope, "not_due"),
        not_due_text=file.not_due or "",
        because=draft.named(file.because, scope, "because"),
    )

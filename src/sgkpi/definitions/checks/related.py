"""Check that related rows have a table, a join, and the keys that their `keep` needs."""

from collections.abc import Mapping
from dataclasses import replace

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.expressions.kinds import DATED
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.files import RelatedFile
from sgkpi.definitions.wording import either
from sgkpi.model.expressions import Expression, Kind, ReferenceDay
from sgkpi.model.indicator import Keep, NamedMoment, Related
from sgkpi.model.table import Table
from sgkpi.model.units import LimitUnit

_NEEDS: Mapping[Keep, tuple[str, ...]] = {
    Keep.LATEST: ("date",),
    Keep.EARLIEST: ("date",),
    Keep.ACTIVE: ("from", "to"),
    Keep.COUNT: ("date",),  # or `from` and `to`: spells
    Keep.ONLY: (),
}
_MAY_HAVE: Mapping[Keep, tuple[str, ...]] = {
    Keep.LATEST: ("until", "after", "since"),
    Keep.EARLIEST: ("until", "after", "since"),
    Keep.ACTIVE: ("until", "merge"),
    Keep.COUNT: ("until", "after", "since", "within"),
    Keep.ONLY: ("date", "until", "after", "since"),
}
_ALWAYS = ("table", "keep", "where", "on", "looks_back", "label")
# Values of these types are joined by their text; others only with their own kind.
_JOINED_AS_TEXT = frozenset({Kind.TEXT, Kind.CATEGORY, Kind.INTEGER})


def build_related(name: str, file: RelatedFile, case: Scope, context: CheckContext) -> Related | None:
    """Return the related rows of one name; None if their table is not known.

    `case` has the names of the case and, for the bounds, those of the related rows declared above.
    """
    place = ("related", name)
    table = context.table(file.table, *place, "table")
    _check_keys(file, context, place)
    if table is None:
        return None
    for key, column in (("date", file.date), ("from", file.start), ("to", file.end)):
        context.dated_column(table, column, *place, key)
    case_column, row_column = _join(file, case.table, table, context, place)
    return Related(
        name=name,
        table=table,
        keep=file.keep,
        case_column=case_column,
        row_column=row_column,
        date=file.date,
        start=file.start,
        end=file.end,
        until=_until(file, case, context, place),
        after=_bound(file.after, case, context, *place, "after"),
        since=_bound(file.since, case, context, *place, "since"),
        within=file.within,
        where=context.expression(file.where, replace(case, table=table, related={}, later=()), *place, "where"),
        merge_adjacent=file.merge is not None,
        looks_back=file.looks_back,
        label=file.label,
    )


def _check_keys(file: RelatedFile, context: CheckContext, place: tuple[str, str]) -> None:
    given = {field.alias or name for name, field in RelatedFile.model_fields.items() if name in file.model_fields_set}
    written = {key for key in ("date", "from", "to") if context.document.has(*place, key)}
    keep, needs, may_have = f"keep: {file.keep.value}", _NEEDS[file.keep], _MAY_HAVE[file.keep]
    if file.keep is Keep.COUNT and written and "date" not in written:
        keep, needs, may_have = f"{keep} of spells", ("from", "to"), ("until", "within")
    for key in (key for key in needs if key not in written):
        instead = ", or 'from' and 'to'" if file.keep is Keep.COUNT and not written else ""
        context.error(f"{keep} needs '{key}'{instead}", "missing-key", *place)
    unusable = given - {*_ALWAYS, *needs, *may_have}
    if file.keep is Keep.COUNT and "date" in needs and unusable & {"from", "to"}:
        message = "give either 'date', or 'from' and 'to' to count spells, not both"
        context.error(message, "needless-key", *place, "date")
        unusable -= {"from", "to"}
    for key in sorted(unusable):
        context.error(f"'{key}' cannot be used with {keep}", "needless-key", *place, key)
    if file.keep is Keep.ONLY and given & {"until", "after", "since"} and "date" not in written:
        context.error("'until', 'after' and 'since' need a 'date' to compare with", "missing-key", *place)
    if given >= {"after", "since"}:
        message = "give either 'after' or 'since', not both: since is after with its own day or moment included"
        context.error(message, "needless-key", *place, "since")
    if "to" in needs and file.within is not None and file.within.unit is LimitUnit.HOURS:
        units = either(unit for unit in LimitUnit if unit is not LimitUnit.HOURS)
        context.error(f"spells are counted by days; give 'within' in {units}", "bad-value", *place, "within")


def _join(
    file: RelatedFile, case: Table, rows: Table, context: CheckContext, place: tuple[str, str]
) -> tuple[str, str]:
    if file.on is not None:
        sides = [context.column(table, file.on, *place, "on") for table in (case, rows)]
        kinds = {column.kind for column in sides if column is not None}
        if len(kinds) > 1 and not kinds <= _JOINED_AS_TEXT:
            spelled = " and ".join(sorted(kinds))
            context.error(f"'{file.on}' is {spelled}; columns of these types cannot be joined", "related", *place, "on")
        return file.on, file.on
    for table in dict.fromkeys((case, rows)):
        if table.person is None:
            message = f"table '{table.name}' has no person column to join on; add 'on: COLUMN'"
            context.error(message, "missing-key", *place)
    return case.person or "", rows.person or ""


def _until(file: RelatedFile, case: Scope, context: CheckContext, place: tuple[str, str]) -> Expression | None:
    if file.until is not None:
        return _bound(file.until, case, context, *place, "until")
    bounded = file.keep is not Keep.ONLY or file.date is not None
    if case.moment is NamedMoment.REFERENCE_DAY:
        return ReferenceDay() if bounded else None
    if case.moment is NamedMoment.AS_OF and file.keep is not Keep.ONLY and not context.document.has(*place, "until"):
        context.error("a flow needs 'until': a date of the case, or as_of", "missing-key", *place)
    return None


def _bound(text: str | None, case: Scope, context: CheckContext, *place: str | int) -> Expression | None:
    """Return a date or datetime over the case and the related rows declared above."""
    bound = context.expression(text, case, *place, expect=DATED)
    if bound is not None and bound.kind is Kind.NULL:
        context.error("this is always null, so that there are never any rows", "type-mismatch", *place)
        return None
    return bound

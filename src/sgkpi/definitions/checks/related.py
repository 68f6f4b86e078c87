"""Check that related rows have a table, a join, and the keys that their `keep` needs."""

from collections.abc import Mapping
from dataclasses import replace

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.files import RelatedFile
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Keep, NamedMoment, Related
from sgkpi.model.table import Table

_NEEDS: Mapping[Keep, tuple[str, ...]] = {
    Keep.LATEST: ("date",),
    Keep.EARLIEST: ("date",),
    Keep.ACTIVE: ("from", "to"),
    Keep.COUNT: ("date",),
    Keep.ONLY: (),
}
_MAY_HAVE: Mapping[Keep, tuple[str, ...]] = {
    Keep.LATEST: ("until", "after"),
    Keep.EARLIEST: ("until", "after"),
    Keep.ACTIVE: ("until", "merge"),
    Keep.COUNT: ("until", "after", "within"),
    Keep.ONLY: ("date", "until", "after"),
}
_ALWAYS = ("table", "keep", "where", "on", "looks_back", "label")
# Values of these types are joined by their text; others only with their own kind.
_JOINED_AS_TEXT = frozenset({Kind.TEXT, Kind.CATEGORY, Kind.INTEGER})


def build_related(name: str, file: RelatedFile, case: Scope, context: CheckContext) -> Related | None:
    """Return the related rows of one name; None if their table is not known. `case` has the names of the case alone."""
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
        after=_moment(file.after, case, context, *place, "after"),
        within=file.within,
        where=context.expression(file.where, replace(case, table=table), *place, "where"),
        merge_adjacent=file.merge is not None,
        looks_back=file.looks_back,
        label=file.label,
    )


def _check_keys(file: RelatedFile, context: CheckContext, place: tuple[str, str]) -> None:
    keep = file.keep
    for key in _NEEDS[keep]:
        if not context.document.has(*place, key):
            context.error(f"keep: {keep.value} needs '{key}'", "missing-key", *place)
    known = {*_ALWAYS, *_NEEDS[keep], *_MAY_HAVE[keep]}
    given = {field.alias or name for name, field in RelatedFile.model_fields.items() if name in file.model_fields_set}
    for key in sorted(given - known):
        context.error(f"'{key}' cannot be used with keep: {keep.value}", "needless-key", *place, key)
    if keep is Keep.ONLY and given & {"until", "after"} and not context.document.has(*place, "date"):
        context.error("'until' and 'after' need a 'date' to compare with", "missing-key", *place)


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


def _until(file: RelatedFile, case: Scope, context: CheckContext, place: tuple[str, str]) -> str | NamedMoment | None:
    if file.until is not None:
        return _moment(file.until, case, context, *place, "until")
    bounded = file.keep is not Keep.ONLY or file.date is not None
    if case.moment is NamedMoment.REFERENCE_DAY:
        return NamedMoment.REFERENCE_DAY if bounded else None
    if case.moment is NamedMoment.AS_OF and file.keep is not Keep.ONLY and not context.document.has(*place, "until"):
        context.error("a flow needs 'until': a date of the case, or as_of", "missing-key", *place)
    return None


def _moment(name: str | None, case: Scope, context: CheckContext, *place: str | int) -> str | NamedMoment | None:
    """Return a date of the case, or the as-of time of a flow, or the reference day of a stock."""
    if name is None or name not in set(NamedMoment):
        column = context.dated_column(case.table, name, *place)
        return column.name if column else None
    if case.moment not in (None, name):
        kind = "stock" if case.moment is NamedMoment.REFERENCE_DAY else "flow"
        context.error(f"a {kind} has no {name}; use {case.moment}", "unknown-column", *place)
    return NamedMoment(name)

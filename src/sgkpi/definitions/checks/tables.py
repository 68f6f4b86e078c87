"""Whether a table declaration holds together."""

from collections.abc import Iterator
from dataclasses import replace

from sgkpi.definitions.checks.draft import Draft, line_map
from sgkpi.definitions.expressions.functions import DATED
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.files import ColumnFile, RuleFile, TableFile
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Moment
from sgkpi.model.problems import Severity
from sgkpi.model.table import Column, Rule, Table

YES_AND_NO = ("yes", "no")


def build_table(name: str, file: TableFile, draft: Draft) -> Table:
    """The table that a file declares, as far as it can be made out; what is wrong goes to the draft."""
    table = Table(
        name=name,
        columns={column: _column(column, columns) for column, columns in file.columns.items()},
        key=file.key,
        person=file.person,
        happened=file.happened,
        recorded=file.recorded,
        files=file.files,
        blanks=file.blanks,
        description=file.description,
        path=draft.document.path,
        lines=line_map(draft.document),
    )
    for check in (_check_roles, _check_columns, _check_headers):
        check(table, draft)
    return _with_rules(table, file, draft)


def normalise(text: str) -> str:
    """A header or spelling as it is compared: without regard to case, surrounding or repeated space."""
    return " ".join(text.split()).casefold()


def _column(name: str, file: ColumnFile) -> Column:
    codes = None
    if file.codes:
        codes = {code: _spellings(code, names) for code, names in file.codes.items()}
    return Column(
        name=name,
        kind=file.type,
        names=file.names,
        codes=codes,
        required=file.required,
        planned=file.planned,
        current=file.current,
        midnight=file.midnight,
        description=file.description,
    )


def _spellings(code: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """A code is a spelling of itself; each spelling once."""
    unique: dict[str, str] = {}
    for spelling in (code, *names):
        unique.setdefault(normalise(spelling), spelling)
    return tuple(unique.values())


def _with_rules(table: Table, file: TableFile, draft: Draft) -> Table:
    declared = draft.document.data.get("columns", {})
    unsure = frozenset(declared) - frozenset(table.columns) if isinstance(declared, dict) else frozenset()
    texts = {name: rule.check if isinstance(rule, RuleFile) else rule for name, rule in file.rules.items()}
    rules = draft.named(texts, Scope(table, unsure=unsure), "rules")
    weighed = (Rule(each.name, each.expression, each.text, _severity(file, each.name)) for each in rules)
    return replace(table, rules=tuple(weighed))


def _severity(file: TableFile, name: str) -> Severity:
    rule = file.rules[name]
    return rule.severity if isinstance(rule, RuleFile) else Severity.WARNING


def _check_roles(table: Table, draft: Draft) -> None:
    for place, name in enumerate(table.key):
        draft.column(table, name, "key", place)
    if len(set(table.key)) < len(table.key):
        draft.error("a column stands twice in the key", "duplicate-name", "key")
    draft.column(table, table.person, "person")
    draft.dated_column(table, table.happened, "happened")
    draft.dated_column(table, table.recorded, "recorded")


def _check_columns(table: Table, draft: Draft) -> None:
    for name, column in table.columns.items():
        if name in set(Moment):
            message = f"'{name}' has a meaning of its own in expressions; call the column otherwise"
            draft.error(message, "reserved-name", "columns", name)
        if column.planned and column.kind not in DATED:
            draft.error("only a date or a datetime can be planned", "type-mismatch", "columns", name, "planned")
        if column.midnight and column.kind is not Kind.DATETIME:
            draft.error("only a datetime can say midnight", "type-mismatch", "columns", name, "midnight")
        if column.codes is not None:
            _check_codes(column, draft)


def _check_codes(column: Column, draft: Draft) -> None:
    if column.kind not in (Kind.CATEGORY, Kind.BOOLEAN):
        message = f"only a category or a boolean has codes, and '{column.name}' is a {column.kind.value}"
        draft.error(message, "type-mismatch", "columns", column.name, "codes")
    for code in column.codes or {} if column.kind is Kind.BOOLEAN else ():
        if code not in YES_AND_NO:
            message = f"the codes of a boolean are yes and no, and '{code}' is neither"
            draft.error(message, "unknown-code", "columns", column.name, "codes", code)
    owners: dict[str, str] = {}
    for code, spellings in (column.codes or {}).items():
        for spelling in spellings:
            owner = owners.setdefault(normalise(spelling), code)
            if owner != code:
                message = f"'{spelling}' is a spelling of two codes of '{column.name}': {owner} and {code}"
                draft.error(message, "duplicate-name", "columns", column.name, "codes", code)


def _check_headers(table: Table, draft: Draft) -> None:
    owners: dict[str, str] = {}
    for name, header, place in _headers(table):
        owner = owners.setdefault(normalise(header), name)
        if owner != name:
            message = f"'{header}' is a header of two columns: {owner} and {name}"
            draft.error(message, "duplicate-name", *place)


def _headers(table: Table) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    """Every header of every column, the columns' own names first."""
    yield from ((name, name, ("columns", name)) for name in table.columns)
    for name, column in table.columns.items():
        for number, header in enumerate(column.names):
            yield name, header, ("columns", name, "names", number)

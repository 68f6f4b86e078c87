"""Build a table from its declaration, and check that its parts fit one another."""

from dataclasses import replace

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.expressions.kinds import DATED
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.files import ColumnFile, NamedFile, RuleFile, TableFile
from sgkpi.model.expressions import Kind
from sgkpi.model.folding import fold, fold_header, fold_name
from sgkpi.model.indicator import NamedMoment
from sgkpi.model.problems import Severity, did_you_mean
from sgkpi.model.table import FILE_VERSION, Column, Rule, Table

YES_AND_NO = ("yes", "no")
_VERSIONS = (*DATED, Kind.INTEGER, Kind.NUMBER)


def build_table(name: str, file: TableFile, context: CheckContext) -> Table:
    """Return the table that a file declares, as far as it is right; problems go to the context."""
    table = Table(
        name=name,
        columns={column: _column(column, columns) for column, columns in file.columns.items()},
        key=file.key,
        person=file.person,
        happened=file.happened,
        recorded=file.recorded,
        version=file.version,
        files=tuple(each if isinstance(each, str) else each.name for each in file.files),
        latest=tuple(each.name for each in file.files if isinstance(each, NamedFile) and each.latest),
        blanks=file.blanks,
        waive=file.waive,
        description=file.description,
        label=file.label,
        path=context.document.path,
        lines=context.document.dotted_lines,
    )
    for check in (_check_roles, _check_files, _check_columns, _check_headers):
        check(table, context)
    texts = {rule: content.check if isinstance(content, RuleFile) else content for rule, content in file.rules.items()}
    severity = {rule: content.severity for rule, content in file.rules.items() if isinstance(content, RuleFile)}
    scope = Scope(table, unsure=context.left_out("columns", table.columns))
    rules = (
        Rule(each.name, each.expression, texts[each.name], severity.get(each.name, Severity.WARNING))
        for each in context.named(texts, scope, "rules")
    )
    return replace(table, rules=tuple(rules))


def _column(name: str, file: ColumnFile) -> Column:
    codes: dict[str, tuple[str, ...]] = {}
    for code, names in (file.codes or {}).items():
        unique: dict[str, str] = {}  # the code first, and each spelling once
        for spelling in (code, *names):
            unique.setdefault(fold(spelling), spelling)
        codes[code] = tuple(unique.values())
    given = file.model_dump(exclude={"type", "codes", "midnight"})
    midnight = file.midnight or file.with_time is not None
    return Column(name, codes=codes or None, kind=file.type, midnight=midnight, **given)


def _check_roles(table: Table, context: CheckContext) -> None:
    for place, name in enumerate(table.key):
        context.column(table, name, "key", place)
    if len(set(table.key)) < len(table.key):
        context.error("a column is listed twice in the key", "duplicate-name", "key")
    context.column(table, table.person, "person")
    context.dated_column(table, table.happened, "happened")
    context.dated_column(table, table.recorded, "recorded")
    _check_version(table, context)


def _check_version(table: Table, context: CheckContext) -> None:
    if table.version is not None and not table.key:
        context.error("rows without a key cannot replace one another; add 'key'", "missing-key", "version")
    if table.version in (None, FILE_VERSION):
        return
    column = context.column(table, table.version, "version")
    if column and column.kind not in _VERSIONS:
        message = (
            f"'{column.name}' is a {column.kind.value} column; a version is a date, a datetime, a number or 'file'"
        )
        context.error(message, "type-mismatch", "version")


def _check_files(table: Table, context: CheckContext) -> None:
    names = [fold_name(each) for each in table.files]
    for number, name in enumerate(names):
        if name in names[:number]:
            context.error(f"'{table.files[number]}' is listed twice", "duplicate-name", *context.item("files", number))


def _check_columns(table: Table, context: CheckContext) -> None:
    for name, column in table.columns.items():
        if name in set(NamedMoment):
            message = f"'{name}' has a special meaning in expressions; rename the column"
            context.error(message, "reserved-name", "columns", name)
        if column.planned and column.kind not in DATED:
            context.error("only a date or datetime column can be planned", "type-mismatch", "columns", name, "planned")
        if column.midnight and column.with_time is None and column.kind is not Kind.DATETIME:
            context.error("only a datetime column can have 'midnight'", "type-mismatch", "columns", name, "midnight")
        if column.with_time is not None:
            _check_time_of_day(column, table, context)
        if column.codes is not None:
            _check_codes(column, context)
        known = column.codes or (YES_AND_NO if column.kind is Kind.BOOLEAN else ())
        for code in set(column.labels) - set(known):
            message = f"'{code}' is not a code of '{name}'{did_you_mean(code, known)}"
            context.error(message, "unknown-code", "columns", name, "labels", code)


def _check_time_of_day(column: Column, table: Table, context: CheckContext) -> None:
    """Report `with_time` of a column that is not a datetime, or that names one that is not text."""
    where = ("columns", column.name, "with_time")
    if column.kind is not Kind.DATETIME:
        context.error("only a datetime column can have 'with_time'", "type-mismatch", *where)
    elif (other := context.column(table, column.with_time, *where)) and other.kind is not Kind.TEXT:
        message = f"'{other.name}' must be a text column; sgkpi reads the time of day in it"
        context.error(message, "type-mismatch", *where)


def _check_codes(column: Column, context: CheckContext) -> None:
    if column.kind not in (Kind.CATEGORY, Kind.BOOLEAN):
        message = f"only category and boolean columns have codes; '{column.name}' is a {column.kind.value} column"
        context.error(message, "type-mismatch", "columns", column.name, "codes")
    for code in column.codes or {} if column.kind is Kind.BOOLEAN else ():
        if code not in YES_AND_NO:
            message = f"the codes of a boolean column are yes and no, not '{code}'"
            context.error(message, "unknown-code", "columns", column.name, "codes", code)
    owners: dict[str, str] = {}
    for code, spellings in (column.codes or {}).items():
        for spelling in spellings:
            owner = owners.setdefault(fold(spelling), code)
            if owner != code:
                message = f"'{spelling}' is a spelling of two codes of '{column.name}': {owner} and {code}"
                context.error(message, "duplicate-name", "columns", column.name, "codes", code)


def _check_headers(table: Table, context: CheckContext) -> None:
    own = [(name, name, ("columns", name)) for name in table.columns]
    others = [
        (name, header, ("columns", name, "names", number))
        for name, column in table.columns.items()
        for number, header in enumerate(column.names)
    ]
    owners: dict[str, str] = {}
    for name, header, place in [*own, *others]:
        owner = owners.setdefault(fold_header(header), name)
        if owner != name:
            message = f"'{header}' is a header of two columns: {owner} and {name}"
            context.error(message, "duplicate-name", *place)

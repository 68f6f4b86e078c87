"""What the checks of a definition share: the document and its problems, the known tables, and the case's table."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sgkpi.definitions.expressions.faults import ExpressionFault, UncertainName
from sgkpi.definitions.expressions.functions import DATED
from sgkpi.definitions.expressions.parse import CONDITION, parse_expression
from sgkpi.definitions.expressions.scope import Joined, Scope
from sgkpi.definitions.yaml_text import Document, Place
from sgkpi.model.expressions import Expression, Kind
from sgkpi.model.indicator import Moment
from sgkpi.model.problems import Problem, Severity, did_you_mean
from sgkpi.model.table import Column, Named, Table


@dataclass
class CheckContext:
    """One document and the problems found in it so far; a check that fails returns None and reports here.

    `unsure` are root keys whose value is already reported as wrong: nothing more is reported about them.
    `items` maps the place of a list to the numbers of the items that were read; the others were wrong.
    """

    document: Document
    unsure: frozenset[str] = frozenset()
    items: Mapping[Place, list[int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def item(self, key: str, number: int) -> Place:
        """The place of an item of the list under a root key; a single item may be written without a list."""
        left = self.items.get((key,))
        place = (key, left[number] if left else number)
        return place if self.document.has(*place) else (key,)

    def error(
        self, message: str, code: str, *place: str | int, severity: Severity = Severity.ERROR, detail: str = ""
    ) -> None:
        """Report a problem at a place in the document."""
        line = self.document.line(*place)
        self.problems.append(Problem(self.document.path, message, code, line, severity=severity, detail=detail))

    def expression(
        self, text: str | None, scope: Scope, *place: str | int, expect: frozenset[Kind] | None = CONDITION
    ) -> Expression | None:
        """The expression at a place; None when there is none, or it is wrong."""
        if text is None:
            return None
        try:
            return parse_expression(text, scope, expect=expect)
        except UncertainName:
            return None
        except ExpressionFault as faults:
            for fault in faults.every:
                self.error(fault.message, fault.code, *place, detail=fault.shown_in(text))
            return None

    def named(self, conditions: Mapping[str, str], scope: Scope, key: str) -> tuple[Named, ...]:
        """The named conditions under a root key, without those that are wrong."""
        parsed = ((name, self.expression(text, scope, key, name), text) for name, text in conditions.items())
        return tuple(Named(name, expression, text) for name, expression, text in parsed if expression is not None)

    def column(self, table: Table, name: str | None, *place: str | int) -> Column | None:
        """The column of a table that is named at a place; None when there is none."""
        if name is None:
            return None
        column = table.columns.get(name)
        if column is None and not self.document.has("columns", name):
            hint = did_you_mean(name, table.columns)
            self.error(f"no column '{name}' in table '{table.name}'{hint}", "unknown-column", *place)
        return column

    def dated_column(self, table: Table, name: str | None, *place: str | int) -> Column | None:
        """The date or datetime column that is named at a place; None when there is none."""
        column = self.column(table, name, *place)
        if column and column.kind not in DATED:
            message = f"'{name}' is a {column.kind.value} column; a date or datetime column is needed here"
            self.error(message, "type-mismatch", *place)
            return None
        return column


@dataclass(frozen=True)
class KnownTables:
    """The tables of the catalogue; `broken` are those whose own declaration is wrong."""

    tables: Mapping[str, Table]
    broken: frozenset[str] = frozenset()

    def find(self, name: str, context: CheckContext, *place: str | int) -> Table | None:
        """The table that is named at a place, or the nearest one, so that the rest can be checked too."""
        if name in self.tables:
            return self.tables[name]
        if name in self.broken:
            return None
        hint = did_you_mean(name, [*self.tables, *self.broken])
        context.error(f"no table '{name}'{hint}", "unknown-table", *place)
        return next((table for near, table in self.tables.items() if f"'{near}'" in hint), None)


@dataclass(frozen=True)
class IndicatorContext:
    """The case's table, and whether the indicator is a stock (None: the definition does not say)."""

    table: Table
    is_stock: bool | None

    @property
    def moment(self) -> Moment | None:
        """The special name that expressions may use."""
        if self.is_stock is None:
            return None
        return Moment.REFERENCE_DAY if self.is_stock else Moment.AS_OF

    def scope(self, table: Table, related: Mapping[str, Joined], unsure: frozenset[str] = frozenset()) -> Scope:
        """The names of a table, with those that this indicator adds."""
        moments = frozenset(Moment) if self.is_stock is None else frozenset()
        return Scope(table, related, self.moment, unsure | moments)


def line_map(document: Document) -> dict[str, int]:
    """The line of every place, as `clock.within`; items of a list count from 0."""
    return {".".join(map(str, place)): line for place, line in document.lines.items() if place}

"""A definition file while it is being checked: where things stand in it, and what is wrong so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sgkpi.definitions.expressions.faults import ExpressionFault, UncertainName
from sgkpi.definitions.expressions.functions import DATED
from sgkpi.definitions.expressions.parse import CONDITION, parse_expression
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.yaml_text import Document, Place
from sgkpi.model.expressions import Expression, Kind
from sgkpi.model.problems import Problem, Severity, did_you_mean
from sgkpi.model.table import Column, Named, Table


@dataclass
class Draft:
    """Collects what is wrong with one document; a check that fails gives None and is reported here.

    `unsure` are root keys whose value is at fault and already reported: nothing is said of them again.
    `items` says of a list, by its place, which of its items are left after those at fault.
    """

    document: Document
    unsure: frozenset[str] = frozenset()
    items: Mapping[Place, list[int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def item(self, key: str, number: int) -> Place:
        """The place of an item of the list under a root key; one item may stand there without a list."""
        left = self.items.get((key,))
        place = (key, left[number] if left else number)
        return place if self.document.has(*place) else (key,)

    def error(self, message: str, code: str, *place: str | int) -> None:
        """Reports an error at a place in the document."""
        self.problems.append(Problem(self.document.path, message, code, self.document.line(*place)))

    def warn(self, message: str, code: str, *place: str | int) -> None:
        """Reports a warning at a place in the document."""
        line = self.document.line(*place)
        self.problems.append(Problem(self.document.path, message, code, line, severity=Severity.WARNING))

    def expression(
        self, text: str | None, scope: Scope, *place: str | int, expect: frozenset[Kind] | None = CONDITION
    ) -> Expression | None:
        """The expression at a place; None when there is none, or it is at fault."""
        if text is None:
            return None
        try:
            return parse_expression(text, scope, expect=expect)
        except UncertainName:
            return None
        except ExpressionFault as fault:
            self._report(fault, text, *place)
            return None

    def _report(self, faults: ExpressionFault, text: str, *place: str | int) -> None:
        line = self.document.line(*place)
        for fault in faults.every:
            detail = fault.shown_in(text)
            self.problems.append(Problem(self.document.path, fault.message, fault.code, line, detail=detail))

    def named(self, conditions: Mapping[str, str], scope: Scope, key: str) -> tuple[Named, ...]:
        """The named conditions under a root key, those at fault left out."""
        parsed = ((name, self.expression(text, scope, key, name), text) for name, text in conditions.items())
        return tuple(Named(name, expression, text) for name, expression, text in parsed if expression is not None)

    def column(self, table: Table, name: str | None, *place: str | int) -> Column | None:
        """The column of a table that stands at a place; None when there is none."""
        if name is None:
            return None
        column = table.columns.get(name)
        if column is None and not self.document.has("columns", name):
            hint = did_you_mean(name, table.columns)
            self.error(f"no column '{name}' in table '{table.name}'{hint}", "unknown-column", *place)
        return column

    def dated_column(self, table: Table, name: str | None, *place: str | int) -> Column | None:
        """The date or datetime column that stands at a place; None when there is none."""
        column = self.column(table, name, *place)
        if column and column.kind not in DATED:
            message = f"'{name}' is a {column.kind.value} column; a date or datetime is needed here"
            self.error(message, "type-mismatch", *place)
            return None
        return column


def line_map(document: Document) -> dict[str, int]:
    """The line of every place, as `clock.within`; items of a list count from 0."""
    return {".".join(map(str, place)): line for place, line in document.lines.items() if place}


def listed(names: Iterable[str]) -> str:
    """`a, b and c`."""
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last

"""The context of the checks of one file: the document and its problems, and the known tables."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from sgkpi.definitions.checks.shared import CONDITIONS, Shared, Used
from sgkpi.definitions.expressions.faults import ExpressionFault, UncertainName
from sgkpi.definitions.expressions.kinds import DATED
from sgkpi.definitions.expressions.parse import CONDITION, parse_expression, shared_names
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.yaml_text import Place, YamlDocument
from sgkpi.model.expressions import Expression, Kind
from sgkpi.model.problems import Problem, Severity, did_you_mean
from sgkpi.model.table import Column, Named, Table


@dataclass
class CheckContext:
    """One document and the problems found in it so far; a check that fails returns None and reports here.

    `unsure` are root keys whose value is already reported as wrong: nothing more is reported about them.
    `items` maps the place of a list to the numbers of the items that were read; the others were wrong.
    `tables` are those of the catalogue, `broken` the names of those whose own declaration is wrong. `shared` is what
    definitions share; `used` is filled with what this one uses of it. `themes` are titles by name, None without a list.
    """

    document: YamlDocument
    problems: list[Problem] = field(default_factory=list)
    unsure: frozenset[str] = frozenset()
    items: Mapping[Place, list[int]] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    shared: Shared = field(default_factory=Shared)
    used: set[Used] = field(default_factory=set)
    themes: Mapping[str, str] | None = None

    def item(self, key: str, number: int) -> Place:
        """Return the place of an item of the list under a root key; a single item may be written without a list."""
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
        """Parse the expression at a place; return None if there is none or it is wrong."""
        if text is None:
            return None
        self.used.update((CONDITIONS, name) for name in shared_names(text))
        try:
            return parse_expression(text, scope, expect=expect)
        except UncertainName:
            return None
        except ExpressionFault as faults:
            for fault in faults.every:
                self.error(fault.message, fault.code, *place, detail=fault.shown_in(text))
            return None

    def named(self, conditions: Mapping[str, str], scope: Scope, key: str) -> tuple[Named, ...]:
        """Parse the named conditions under a root key; leave out those that are wrong."""
        parsed = ((name, self.expression(text, scope, key, name)) for name, text in conditions.items())
        return tuple(Named(name, expression) for name, expression in parsed if expression is not None)

    def column(self, table: Table, name: str | None, *place: str | int) -> Column | None:
        """Return the column of a table that is named at a place; None if there is none."""
        if name is None:
            return None
        column = table.columns.get(name)
        if column is None and not self.document.has("columns", name):
            hint = did_you_mean(name, table.columns)
            self.error(f"no column '{name}' in table '{table.name}'{hint}", "unknown-column", *place)
        return column

    def dated_column(self, table: Table, name: str | None, *place: str | int) -> Column | None:
        """Return the date or datetime column that is named at a place; None if there is none."""
        column = self.column(table, name, *place)
        if column and column.kind not in DATED:
            message = f"'{name}' is a {column.kind.value} column; a date or datetime column is needed here"
            self.error(message, "type-mismatch", *place)
            return None
        return column

    def table(self, name: str, *place: str | int) -> Table | None:
        """Return the table that is named at a place, or the nearest one, so that the rest can be checked too."""
        if name in self.tables or name in self.broken:
            return self.tables.get(name)
        hint = did_you_mean(name, [*self.tables, *self.broken])
        self.error(f"no table '{name}'{hint}", "unknown-table", *place)
        return next((table for near, table in self.tables.items() if f"'{near}'" in hint), None)

    def known_indicators(self, names: Iterable[str], known: Collection[str], *place: str | int) -> None:
        """Report the names at a place that no indicator has."""
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or "; `sgkpi list` shows them all"
                self.error(f"no indicator '{name}'{hint}", "unknown-indicator", *place)

    def distinct_names(self, key: str, names: Iterable[str]) -> None:
        """Report the names under a root key that differ from an earlier one in capital letters alone."""
        owners: dict[str, str] = {}
        for name in names:
            if (owner := owners.setdefault(name.casefold(), name)) != name:
                self.error(f"'{owner}' and '{name}' differ only in capital letters", "duplicate-name", key, name)

    def ascending(self, bounds: Sequence[Decimal], *place: str | int) -> bool:
        """Whether the lower bounds of bands ascend; report it if they do not."""
        is_ascending = all(low < high for low, high in pairwise(bounds))
        if not is_ascending:
            self.error("list the lower bounds of the bands in ascending order", "bands", *place)
        return is_ascending

    def left_out(self, key: str, read: Iterable[str]) -> frozenset[str]:
        """Return the names in the mapping under a root key that were not read, because they are wrong."""
        declared = self.document.data.get(key)
        return frozenset(declared).difference(read) if isinstance(declared, dict) else frozenset()

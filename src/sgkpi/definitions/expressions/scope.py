"""The names that an expression may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sgkpi.model.expressions import AsOf, ColumnRef, CountRef, Expression, Kind, ReferenceDay
from sgkpi.model.indicator import Moment
from sgkpi.model.problems import did_you_mean
from sgkpi.model.table import Table


class UnknownName(Exception):
    """A name that is not in the scope, with advice on what to write instead."""


class UnsureName(Exception):
    """A name whose declaration is wrong."""


@dataclass(frozen=True)
class Joined:
    """Related rows as an expression sees them; counted ones have a `count` and nothing else."""

    table: Table
    counted: bool = False


@dataclass(frozen=True)
class Scope:
    """The columns of a table, those of its related rows, and the as-of time or the reference day.

    `unsure` are names of columns or related rows whose declaration is wrong.
    """

    table: Table
    related: Mapping[str, Joined] = field(default_factory=dict)
    moment: Moment | None = None
    unsure: frozenset[str] = frozenset()

    def knows(self, name: str) -> bool:
        """Whether a word is a name here, even if SQL has a meaning for it."""
        return name in self.table.columns or name in self.related or name == self.moment

    def resolve(self, name: str) -> Expression:
        """Return the node of a bare name; raise UnknownName or UnsureName."""
        column = self.table.columns.get(name)
        if column:
            return ColumnRef(name, column.kind)
        if name == self.moment:
            return AsOf() if self.moment is Moment.AS_OF else ReferenceDay()
        if name in self.unsure and name not in self.related:
            raise UnsureName
        raise UnknownName(self._advice(name))

    def resolve_related(self, related: str, column: str) -> Expression:
        """Return the node of `related.column`; raise UnknownName or UnsureName."""
        joined = self._joined(related)
        if joined.counted:
            if column != "count":
                raise UnknownName(f"'{related}' has keep: count; only {related}.count can be used")
            return CountRef(related)
        found = joined.table.columns.get(column)
        if not found:
            hint = did_you_mean(column, joined.table.columns)
            raise UnknownName(f"no column '{column}' in table '{joined.table.name}'{hint}")
        return ColumnRef(column, found.kind, related)

    def codes(self, node: Expression) -> Mapping[str, tuple[str, ...]] | None:
        """The codes of a category column; None when it has none, or when the node is not a column."""
        if not isinstance(node, ColumnRef):
            return None
        table = self.related[node.related].table if node.related else self.table
        column = table.columns[node.column]
        return column.codes if column.kind is Kind.CATEGORY else None

    def _joined(self, related: str) -> Joined:
        if related in self.unsure:
            raise UnsureName
        if related in self.related:
            return self.related[related]
        if related == self.table.name:
            raise UnknownName(f"columns of the case are written without the name of their table; remove '{related}.'")
        raise UnknownName(f"no related rows '{related}'{did_you_mean(related, self.related)}")

    def _advice(self, name: str) -> str:
        if name in self.related:
            return f"'{name}' is the name of related rows; write {name}.COLUMN"
        if name == Moment.AS_OF:
            return "only a flow has as_of; a stock has reference_day"
        if name == Moment.REFERENCE_DAY:
            return "only a stock has reference_day; a flow has as_of"
        return f"no column '{name}' in table '{self.table.name}'{self._nearest(name)}"

    def _nearest(self, name: str) -> str:
        moments = [self.moment.value] if self.moment else []
        hint = did_you_mean(name, [*self.table.columns, *moments])
        if hint:
            return hint
        homes = [r for r, joined in self.related.items() if not joined.counted and name in joined.table.columns]
        return f"; did you mean '{homes[0]}.{name}'?" if homes else ""

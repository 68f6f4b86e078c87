"""What an indicator's parts are checked against: its table, the other tables, flow or stock."""

from collections.abc import Mapping
from dataclasses import dataclass

from sgkpi.definitions.checks.draft import Draft
from sgkpi.definitions.expressions.scope import Joined, Scope
from sgkpi.model.indicator import Moment
from sgkpi.model.problems import did_you_mean
from sgkpi.model.table import Table


@dataclass(frozen=True)
class KnownTables:
    """The tables of the catalogue; `broken` are those whose own declaration is at fault."""

    tables: Mapping[str, Table]
    broken: frozenset[str] = frozenset()

    def find(self, name: str, draft: Draft, *place: str | int) -> Table | None:
        """The table that stands at a place, or its nearest, so that the rest can be checked too."""
        if name in self.tables:
            return self.tables[name]
        if name in self.broken:
            return None
        hint = did_you_mean(name, [*self.tables, *self.broken])
        draft.error(f"no table '{name}'{hint}", "unknown-table", *place)
        return next((table for near, table in self.tables.items() if f"'{near}'" in hint), None)


@dataclass(frozen=True)
class Setting:
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
        """The names of a table, with what this setting adds."""
        moments = frozenset(Moment) if self.is_stock is None else frozenset()
        return Scope(table, related, self.moment, unsure | moments)

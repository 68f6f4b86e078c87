"""The names that an expression may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sgkpi.model import expressions as ex
from sgkpi.model.expressions import ColumnRef, CountRef, DueRef, Expression, Kind
from sgkpi.model.indicator import Keep, NamedMoment, Related
from sgkpi.model.problems import did_you_mean
from sgkpi.model.table import Table

DUE = "due"


class UnknownName(Exception):
    """A name that is not in the scope, with advice on what to write instead."""


@dataclass(frozen=True)
class SharedCondition:
    """A condition of `shared.yaml` and its place, as `indicators/shared.yaml:4`.

    One that `is_wrong` is reported there, and not again where it is used.
    """

    text: str
    place: str
    is_wrong: bool = False


@dataclass(frozen=True)
class Scope:
    """The columns of a table, those of its related rows, and the as-of time or the reference day.

    `moment` is `as_of` for a flow, `reference_day` for a stock, and None where the definition does not say which it is.
    `unsure` are names of columns or related rows whose declaration is wrong. `conditions` are those of `shared.yaml`,
    None where they cannot be used. `due` is when the clock runs out, where that can be named, else `why_no_due` says
    why not; a column of that name comes before it. `later` are, for a bound of related rows, the names of those rows
    themselves and of those below.
    """

    table: Table
    related: Mapping[str, Related] = field(default_factory=dict)
    moment: NamedMoment | None = None
    unsure: frozenset[str] = frozenset()
    conditions: Mapping[str, SharedCondition] | None = None
    due: DueRef | None = None
    why_no_due: str = ""
    later: tuple[str, ...] = ()

    def knows(self, name: str) -> bool:
        """Whether a word is a name here, even if SQL has a meaning for it."""
        return name in self.table.columns or name in self.related or name in (*self.later, *self._moments)

    @property
    def _moments(self) -> tuple[str, ...]:
        """The names of moments that are not columns."""
        return (*([self.moment.value] if self.moment else []), *([DUE] if self.due else []))

    def resolve(self, name: str) -> Expression | None:
        """Return the node of a bare name, or None if its declaration is wrong; raise UnknownName."""
        column = self.table.columns.get(name)
        if column:
            return ColumnRef(name, column.kind, label=column.label, code_labels=column.labels)
        if name == self.moment:
            return ex.AsOf() if self.moment is NamedMoment.AS_OF else ex.ReferenceDay()
        if name == DUE and self.due is not None:
            return self.due
        if name in self.unsure and name not in self.related:
            return None
        raise UnknownName(self._advice(name))

    def resolve_related(self, related: str, column: str) -> Expression | None:
        """Return the node of `related.column`, or None if its declaration is wrong; raise UnknownName."""
        if related in self.unsure:
            return None
        if related == self.table.name and related not in self.related:
            advice = f"remove '{related}.'"
            raise UnknownName(f"columns of the case are written without the name of their table; {advice}")
        if related in self.later:
            rule = "until, after and since may use the case and the related rows declared above"
            own = "are these rows themselves" if related == self.later[0] else "are declared below"
            raise UnknownName(f"the related rows '{related}' {own}; {rule}")
        joined = self.related.get(related)
        if joined is None:
            raise UnknownName(f"no related rows '{related}'{did_you_mean(related, self.related)}")
        if joined.keep is Keep.COUNT:
            if column != "count":
                raise UnknownName(f"'{related}' has keep: count; only {related}.count can be used")
            return CountRef(related, related_label=joined.label)
        found = joined.table.columns.get(column)
        if not found:
            hint = did_you_mean(column, joined.table.columns)
            raise UnknownName(f"no column '{column}' in table '{joined.table.name}'{hint}")
        return ColumnRef(column, found.kind, related, found.label, joined.label, found.labels)

    def condition(self, name: str) -> SharedCondition:
        """Return the shared condition of a name; raise UnknownName."""
        if self.conditions is None:
            raise UnknownName(f"only definitions of indicators can use shared conditions; write ${name} out")
        try:
            return self.conditions[name]
        except KeyError:
            hint = did_you_mean(name, self.conditions)
            raise UnknownName(f"no condition '{name}' in shared.yaml{hint}") from None

    def codes(self, node: Expression) -> Mapping[str, tuple[str, ...]] | None:
        """Return the codes of a category column; None if it has none, or the node is not a column."""
        if not isinstance(node, ColumnRef):
            return None
        table = self.related[node.related].table if node.related else self.table
        column = table.columns[node.column]
        return column.codes if column.kind is Kind.CATEGORY else None

    def texts(self, node: Expression) -> tuple[tuple[str, ...] | None, bool]:
        """Return the texts that an expression can give if all codes are listed (None: any), and if it uses columns."""
        match node:
            case ex.Literal(value):
                return (value,) if isinstance(value, str) else (), False
            case ColumnRef():
                codes = self.codes(node)
                return None if codes is None else tuple(codes), True
            case ex.Case(branches, otherwise):
                parts = [*(result for _, result in branches), otherwise]
            case ex.Call("coalesce" | "least" | "greatest" | "lower" | "upper", arguments):
                parts = [*arguments]
            case _:
                return None, True
        found = [self.texts(part) for part in parts]
        has_column = any(uses for _, uses in found)
        if any(texts is None for texts, _ in found):
            return None, has_column
        change = {"lower": str.lower, "upper": str.upper}.get(getattr(node, "function", ""), str)
        every = tuple(dict.fromkeys(change(text) for texts, _ in found for text in texts or ()))
        return every if all(map(str.isascii, every)) or change is str else None, has_column

    def _advice(self, name: str) -> str:
        if name in self.related:
            return f"'{name}' is the name of related rows; write {name}.COLUMN"
        if name == NamedMoment.AS_OF:
            return "only a flow has as_of; a stock has reference_day"
        if name == NamedMoment.REFERENCE_DAY:
            return "only a stock has reference_day; a flow has as_of"
        if name == DUE and self.why_no_due:
            return self.why_no_due
        hint = did_you_mean(name, [*self.table.columns, *self._moments])
        homes = [r for r, one in self.related.items() if one.keep is not Keep.COUNT and name in one.table.columns]
        if not hint and homes:
            hint = f"; did you mean '{homes[0]}.{name}'?"
        return f"no column '{name}' in table '{self.table.name}'{hint}"

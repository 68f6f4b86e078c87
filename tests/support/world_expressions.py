"""Expressions of the definition language, made so that their types are right."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.support.world_choices import Choices

LITERALS: Mapping[str, Sequence[str]] = {
    "text": ["'a'", "'b'", "'North'", "'é'", "'1'", "'x  y'", "'z, y'", "'police'", "'o''c'"],
    "integer": ["1", "0", "2", "5", "-1", "10"],
    "number": ["0.5", "1", "0", "2.25", "-1.5", "0.1"],
    "date": ["date '2019-02-04'", "date '2019-02-05'", "date '2019-02-28'", "date '2018-10-28'", "date '2019-01-31'"],
    "boolean": ["true", "false"],
    "datetime": [],
    "month": [],
}
ORDERS = ["=", "<>", "<", "<=", ">", ">="]
COMPARED = ["text", "category", "integer", "number", "date", "datetime", "month", "boolean"]
INTERVALS = ["1 day", "0 days", "7 days", "1 week", "1 month", "6 months", "1 year", "30 days", "12 months", "2 years"]
WORKING_DAYS = ["1 working day", "0 working days", "2 working days", "5 working days", "20 working days"]
KINDS = [*COMPARED]
# Null as a value, and not as in `is null`.
_NULL = re.compile(r"(?<!\bis )(?<!\bis not )\bnull\b")


@dataclass
class Names:
    """The names that an expression may use, by kind; `codes` are those of the category columns."""

    by_kind: Mapping[str, Sequence[str]]
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[str]:
        return [name for kind in kinds for name in self.by_kind.get(kind, ())]


@dataclass
class Expressions:
    """Makes expressions over some names."""

    choose: Choices
    names: Names

    def make(self, kind: str, depth: int = 2) -> str:
        """An expression of a kind."""
        if self.choose.chance(2):
            return "null"
        if depth <= 0 or self.choose.chance(30):
            return self.leaf(kind)
        if self.choose.chance(15):
            return self._chosen(kind, depth - 1)
        return getattr(self, f"_{kind}")(depth - 1)

    def leaf(self, kind: str) -> str:
        """A name or a literal."""
        options = [*self.names.of(kind), *LITERALS.get(kind, ())]
        if kind == "category":
            options = [*self.names.of(kind), *(f"'{code}'" for code in ("police", "school"))]
        if kind == "number":
            options += self.names.of("integer")
        return self.choose.pick(options) if options else "null"

    def _not_null(self, kind: str, depth: int) -> str:
        """An expression that cannot be one that has no kind, as `abs(null)` has none."""
        made = self.make(kind, depth)
        return self.leaf(kind) if _NULL.search(made) else made

    def _comparable(self, *kinds: str) -> str:
        """One of some kinds of which there is a name or a literal: nothing is compared with null."""
        return self.choose.pick([kind for kind in kinds if self.names.of(kind) or LITERALS.get(kind)])

    def condition(self, depth: int = 2) -> str:
        return self.make("boolean", depth)

    def _chosen(self, kind: str, depth: int) -> str:
        if kind == "category":  # codes differ from column to column: one column with itself
            name = self._category_name()
            return f"coalesce({name}, {name})" if name else "null"
        first, second = self._not_null(kind, depth), self.make(kind, depth)
        if kind not in ("boolean", "text") and self.choose.chance(50):
            function = self.choose.pick(["least", "greatest", "coalesce"])
            return f"{function}({first}, {second}, {self.make(kind, 0)})"
        if self.choose.chance(40):
            return f"coalesce({first}, {second})"
        if self.choose.chance(30):
            return f"case when {self.condition(depth)} then {first} end"
        return f"case when {self.condition(depth)} then {first} else {second} end"

    def _category_name(self) -> str | None:
        names = self.names.of("category")
        return self.choose.pick(names) if names else None

    def _boolean(self, depth: int) -> str:
        shape = self.choose.pick(["compare", "compare", "null", "in", "between", "and", "or", "not", "category"])
        match shape:
            case "compare":
                return self._comparison(depth)
            case "null":
                named = self.make(self.choose.pick(KINDS), depth)
                return f"{_wrap(named)} is {self.choose.pick(['', 'not '])}null"
            case "in":
                kind = self._comparable("text", "integer", "date", "number")
                options = ", ".join(self._not_null(kind, 0) for _ in range(self.choose.number(1, 3)))
                return f"{_wrap(self._not_null(kind, depth))} {self.choose.pick(['', 'not '])}in ({options})"
            case "between":
                kind = self._comparable("integer", "number", "date", "datetime", "text")
                word = self.choose.pick(["between", "not between"])
                item, low, high = self._not_null(kind, depth), self._not_null(kind, 0), self._not_null(kind, 0)
                return f"{_wrap(item)} {word} {_wrap(low)} and {_wrap(high)}"
            case "and" | "or":
                items = [f"({self.condition(depth)})" for _ in range(self.choose.number(2, 3))]
                return f" {shape} ".join(items)
            case "not":
                return f"not ({self.condition(depth)})"
            case _:
                return self._category_condition()

    def _comparison(self, depth: int) -> str:
        kind = self._comparable(*(kind for kind in COMPARED if kind != "category"))
        order = self.choose.pick(ORDERS if kind != "boolean" else ORDERS[:2])
        return f"{_wrap(self._not_null(kind, depth))} {order} {_wrap(self._not_null(kind, depth))}"

    def _category_condition(self) -> str:
        name = self._category_name()
        codes = self.names.codes.get(name or "", ())
        if not name or not codes:
            return f"{name or 'null'} is not null"
        code, other = self.choose.pick(codes), self._category_name()
        asked = self.choose.pick([name, name, name, f"coalesce({name}, '{code}')", f"lower({name})"])
        if self.choose.chance(20):
            return f"(case {asked} when '{code}' then true else {name} = {other} end)"
        if self.choose.chance(50):
            return f"{asked} {self.choose.pick(['=', '<>', '=', '<>', '<', '>='])} '{code}'"
        listed = ", ".join([*(f"'{each}'" for each in codes[: self.choose.number(1, len(codes))])])
        if self.choose.chance(20):
            listed += f", {other}"
        return f"{name} {self.choose.pick(['', 'not '])}in ({listed})"

    def _text(self, depth: int) -> str:
        return f"{self.choose.pick(['lower', 'upper'])}({self.make('text', depth)})"

    def _category(self, _depth: int) -> str:
        return self.leaf("category")

    def _month(self, _depth: int) -> str:
        return self.leaf("month")

    def _integer(self, depth: int) -> str:
        match self.choose.pick(["days", "sum", "working", "age", "abs"]):
            case "days":
                return f"days_between({self._dated(depth)}, {self._dated(depth)})"
            case "working":
                return f"working_days_between({self._dated(depth)}, {self._dated(depth)})"
            case "age":
                born = self.leaf("month") if self.names.of("month") else self.make("date", depth)
                return f"age_years({born}, {self._dated(depth)})"
            case "abs":
                return f"abs({self._not_null('integer', depth)})"
            case _:
                sign = self.choose.pick(["+", "-", "*"])
                return f"({self.make('integer', depth)} {sign} {self.make('integer', depth)})"

    def _number(self, depth: int) -> str:
        match self.choose.pick(["divide", "sum", "hours", "abs", "integer"]):
            case "hours":
                return f"hours_between({self.make('datetime', depth)}, {self.make('datetime', depth)})"
            case "abs":
                return f"abs({self._not_null('number', depth)})"
            case "integer":
                return self.make("integer", depth)
            case "divide":
                return f"({self.make('number', depth)} / {self.make('number', depth)})"
            case _:
                sign = self.choose.pick(["+", "-", "*"])
                return f"({self.make('number', depth)} {sign} {self.make('number', depth)})"

    def _dated(self, depth: int) -> str:
        return self.make(self.choose.pick(["date", "datetime"]), depth)

    def _date(self, depth: int) -> str:
        if self.choose.chance(40):
            return f"date({self._dated(depth)})"
        return self._moved("date", depth)

    def _datetime(self, depth: int) -> str:
        return self._moved("datetime", depth)

    def _moved(self, kind: str, depth: int) -> str:
        moment = self.make(kind, depth)
        if moment == "null":
            return moment
        if kind == "date" and self.choose.chance(30):
            return f"({moment} {self.choose.pick(['+', '-'])} interval {self.choose.pick(WORKING_DAYS)})"
        return f"({moment} {self.choose.pick(['+', '-'])} interval {self.choose.pick(INTERVALS)})"


def _wrap(text: str) -> str:
    """In brackets, unless it is one word or one date."""
    return f"({text})" if " " in text and not re.fullmatch(r"date '[^']*'", text) else text

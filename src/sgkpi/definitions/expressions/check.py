"""Convert SQL's syntax tree to checked nodes: an allow-list of node types, with names resolved and types checked.

Anything that is not in the list is refused, whatever else SQL may offer.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from operator import add, mul, sub, truediv
from typing import NoReturn

from sqlglot import exp

from sgkpi.definitions.expressions import kinds
from sgkpi.definitions.expressions.faults import ExpressionFault, Span, UncertainName, collect, combine
from sgkpi.definitions.expressions.kinds import DATED, NUMERIC, WORDS, Codes, Typed, coerce_literal, common_kind
from sgkpi.definitions.expressions.scope import Scope, SharedCondition, UnknownName
from sgkpi.definitions.expressions.tokens import UNITS, UNKNOWN_FUNCTION
from sgkpi.definitions.fields import MAX_DIGITS, parse_day
from sgkpi.model import expressions as nodes
from sgkpi.model.expressions import Expression, Kind, Literal, Unit
from sgkpi.model.problems import did_you_mean
from sgkpi.model.units import A_HUNDRED_YEARS, Limit, LimitUnit

MAX_DEPTH = 60
_COMPUTE: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": add, "-": sub, "*": mul, "/": truediv,
}  # fmt: skip
_OPERATORS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
}


class Checker:
    """Checks one expression; `whole` is the span of its text, for faults without a better place.

    `parse` parses a shared condition at a depth; the expression's own begins at `depth`.
    """

    def __init__(
        self, scope: Scope, whole: Span, parse: Callable[[SharedCondition, Scope, int], Expression], depth: int = 0
    ) -> None:
        self._scope = scope
        self._whole = whole
        self._parse = parse
        self._depth = depth
        # The allow-list: for each type of node its method, and the arguments that the node may have.
        sides = {"this", "expression"}
        self._rules: dict[type[exp.Expr], tuple[Callable[[exp.Expr], Typed], set[str]]] = {
            exp.Column: (self._column, {"this", "table"}),
            exp.Parameter: (self._shared, {"this"}),
            exp.Literal: (self._literal, {"this", "is_string"}),
            exp.Boolean: (lambda tree: Typed(Literal(bool(tree.this), Kind.BOOLEAN), tree), {"this"}),
            exp.Null: (lambda tree: Typed(Literal(None, Kind.NULL), tree), set()),
            exp.Paren: (lambda tree: self._visit(tree.this), {"this"}),
            exp.Cast: (self._date_literal, {"this", "to"}),
            exp.Neg: (self._negative, {"this"}),
            exp.Not: (lambda tree: Typed(nodes.Not(self._condition(tree.this).node), tree), {"this"}),
            exp.And: (lambda tree: Typed(nodes.And(self._chain(tree)), tree), sides),
            exp.Or: (lambda tree: Typed(nodes.Or(self._chain(tree)), tree), sides),
            exp.Is: (self._is_null, sides),
            exp.In: (self._in_list, {"this", "expressions"}),
            exp.Between: (self._between, {"this", "low", "high"}),
            exp.Case: (self._case, {"this", "ifs", "default"}),
            exp.Anonymous: (self._call, {"this", "expressions"}),
            **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), (self._comparison, sides)),
            **dict.fromkeys((exp.Add, exp.Sub), (self._sum, sides)),
            exp.Mul: (self._arithmetic, sides),
            exp.Div: (self._arithmetic, {*sides, "typed", "safe"}),
        }

    def check(self, tree: exp.Expr, expect: frozenset[Kind] | None) -> Expression:
        """Return the checked expression; raise ExpressionFault if it is not allowed, or not of an expected kind."""
        value = self._visit(tree)
        if expect is not None and value.kind not in expect | {Kind.NULL}:
            message = f"expected {kinds.any_of(expect)}, but this is {WORDS[value.kind]}"
            raise ExpressionFault(message, self._whole, "type-mismatch")
        return value.node

    def _visit(self, tree: exp.Expr | None) -> Typed:
        if tree is None:
            raise ExpressionFault("the expression is not complete", self._whole, "expression-syntax")
        method, allowed = self._rules.get(type(tree), (None, set()))
        given = {name for name, value in tree.args.items() if value not in (None, False, [])}
        if isinstance(tree, exp.Interval):
            self._fault("an interval is added to a date or datetime, or taken off one", tree, "expression-not-allowed")
        if method is None or not given <= allowed:
            self._refuse(tree)
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH:
                raise ExpressionFault("the expression is nested too deeply", self._whole, "expression-syntax")
            return method(tree)
        finally:
            self._depth -= 1

    def _visit_all(self, trees: Iterable[exp.Expr | None]) -> list[Typed]:
        """Check several parts, and report the faults of all of them."""
        return collect(partial(self._visit, tree) for tree in trees)

    def _refuse(self, tree: exp.Expr) -> NoReturn:
        self._fault("this is not part of the expression language", tree, "expression-not-allowed")

    def _fault(self, message: str, tree: exp.Expr, code: str = "type-mismatch") -> NoReturn:
        raise ExpressionFault(message, self._span(tree), code)

    def _span(self, tree: exp.Expr) -> Span:
        places = [node.meta for node in tree.walk() if node.meta.get("start") is not None]
        if not places:
            return self._whole
        return (min(place["start"] for place in places), max(place["end"] for place in places) + 1)

    # Names and literals

    def _column(self, tree: exp.Expr) -> Typed:
        parts = [tree.args.get("table"), tree.this]
        if not all(isinstance(part, exp.Identifier) for part in parts if part is not None):
            self._refuse(tree)
        try:
            if tree.args.get("table") is None:
                node = self._scope.resolve(tree.this.name)
            else:
                node = self._scope.resolve_related(tree.args["table"].name, tree.this.name)
        except UnknownName as unknown:
            message, name, (start, end) = str(unknown), tree.this.name, self._span(tree)
            is_quoted = tree.args.get("table") is None and end - start == len(f'"{name}"')
            if is_quoted and not message.endswith("?"):
                message += f"; text is written in single quotation marks, '{name}'"
            self._fault(message, tree, "unknown-column")
        if node is None:
            raise UncertainName("", self._span(tree), "")
        return Typed(node, tree, self._scope.codes(node))

    def _shared(self, tree: exp.Expr) -> Typed:
        """Check a condition of `shared.yaml` where it is used, as if it stood here in parentheses."""
        name, span = tree.this.name, self._span(tree)
        try:
            condition = self._scope.condition(name)
        except UnknownName as unknown:
            self._fault(str(unknown), tree, "unknown-condition")
        if condition.is_wrong:
            raise UncertainName("", span, "")
        try:
            return Typed(self._parse(condition, self._scope, self._depth), tree)
        except UncertainName:
            raise UncertainName("", span, "") from None
        except ExpressionFault as faults:
            raise combine(
                [
                    ExpressionFault(
                        f"in ${name} ({condition.place}): {fault.message}",
                        span,
                        fault.code,
                        fault.shown_in(condition.text),
                    )
                    for fault in faults.every
                ]
            ) from None

    def _literal(self, tree: exp.Expr) -> Typed:
        text = str(tree.this)
        if tree.args["is_string"]:
            return Typed(Literal(text, Kind.TEXT), tree)
        if len(text.replace(".", "")) > MAX_DIGITS:
            self._fault(f"a number has at most {MAX_DIGITS} digits", tree)
        if "." in text:
            return Typed(Literal(Decimal(text), Kind.NUMBER), tree)
        return Typed(Literal(int(text), Kind.INTEGER), tree)

    def _date_literal(self, tree: exp.Expr) -> Typed:
        if not isinstance(tree.this, exp.Literal) or not tree.args["to"].is_type(exp.DType.DATE):
            self._refuse(tree)
        text = str(tree.this.this)
        try:
            return Typed(Literal(parse_day(text), Kind.DATE), tree)
        except ValueError:
            self._fault(f"'{text}' is not a date; write it as date '2019-02-01'", tree, "bad-date")

    def _negative(self, tree: exp.Expr) -> Typed:
        value = self._visit(tree.this)
        node = value.node
        if value.kind not in NUMERIC:
            self._fault(f"only a number can be negative, but this is {WORDS[value.kind]}", tree)
        if isinstance(node, Literal) and isinstance(node.value, int | Decimal):
            return Typed(Literal(-node.value, node.kind), tree)
        zero = coerce_literal(Typed(Literal(0, Kind.INTEGER), tree), node.kind).node
        return Typed(nodes.Arithmetic("-", zero, node, node.kind), tree)

    # Conditions

    def _condition(self, tree: exp.Expr) -> Typed:
        value = self._visit(tree)
        if value.kind not in (Kind.BOOLEAN, Kind.NULL):
            self._fault(f"expected {WORDS[Kind.BOOLEAN]}, but this is {WORDS[value.kind]}", tree)
        return value

    def _chain(self, tree: exp.Expr) -> tuple[Expression, ...]:
        """Return the conditions of `a and b and c`, which the grammar nests to the left, as one list."""
        items = []
        rest: exp.Expr = tree
        while type(rest) is type(tree):
            items.append(rest.args["expression"])
            rest = rest.this
        checked = collect(partial(self._condition, item) for item in [rest, *reversed(items)])
        return tuple(each.node for each in checked)

    def _is_null(self, tree: exp.Expr) -> Typed:
        if not isinstance(tree.args["expression"], exp.Null):
            self._fault("only null or not null can follow 'is'", tree, "expression-not-allowed")
        return Typed(nodes.IsNull(self._visit(tree.this).node), tree)

    def _comparison(self, tree: exp.Expr) -> Typed:
        left, right = self._visit_all([tree.this, tree.args["expression"]])
        return Typed(self._compare(_OPERATORS[type(tree)], left, right, tree), tree)

    def _compare(self, operator: str, left: Typed, right: Typed, tree: exp.Expr) -> nodes.Compare:
        self._check_comparable(left, right, tree, operator)
        return nodes.Compare(operator, self._comparable(left, right), self._comparable(right, left))

    def _check_comparable(self, left: Typed, right: Typed, tree: exp.Expr, operator: str = "=") -> None:
        if Kind.NULL in (left.kind, right.kind):
            advice = "is not null" if operator == "<>" else "is null"
            self._fault(f"a comparison with null is never true; write {advice}", tree, "null-comparison")
        if common_kind(left.kind, right.kind) is None:
            self._fault(kinds.why_not_comparable(left.kind, right.kind), tree)
        self._check_code(left, right)
        self._check_code(right, left)

    def _check_code(self, category: Typed, literal: Typed) -> None:
        node, codes = literal.node, category.codes
        if codes is None or not isinstance(node, Literal) or not isinstance(node.value, str) or node.value in codes:
            return
        spelt = [code for code, names in codes.items() if node.value.casefold() in map(str.casefold, names)]
        hint = f"; did you mean '{spelt[0]}'?" if spelt else did_you_mean(node.value, codes)
        known = f"; its codes are {', '.join(codes)}" if not hint and len(codes) <= 12 else ""
        column = f"'{category.source.name}'" if isinstance(category.source, exp.Column) else "this category"
        self._fault(f"'{node.value}' is not a code of {column}{hint}{known}", literal.source, "unknown-code")

    def _comparable(self, value: Typed, other: Typed) -> Expression:
        """Return a value as it is compared with another: a category is one of its codes, or null, beside literals."""
        node, (texts, has_column) = coerce_literal(value, other.kind).node, self._scope.texts(value.node)
        if not texts or not has_column or self._scope.texts(other.node)[1]:
            return node
        return nodes.Listed(node, texts, node.kind)

    def _in_list(self, tree: exp.Expr) -> Typed:
        item, *options = self._visit_all([tree.this, *tree.expressions])
        if not options:
            self._fault("a list needs at least one value, as in ('a', 'b')", tree, "expression-syntax")
        collect(partial(self._check_comparable, item, option, option.source) for option in options)
        # By what each option makes of the item: a category has its codes alone beside literals, not beside columns.
        lists: dict[Expression, list[Expression]] = {}
        for option in options:
            lists.setdefault(self._comparable(item, option), []).append(self._comparable(option, item))
        found = tuple(nodes.InList(asked, tuple(values)) for asked, values in lists.items())
        return Typed(found[0] if len(found) == 1 else nodes.Or(found), tree)

    def _between(self, tree: exp.Expr) -> Typed:
        item, low, high = self._visit_all(tree.args[part] for part in ("this", "low", "high"))
        bounds = collect(partial(self._compare, sign, item, bound, tree) for sign, bound in ((">=", low), ("<=", high)))
        return Typed(nodes.And(tuple(bounds)), tree)

    # Values

    def _arithmetic(self, tree: exp.Expr) -> Typed:
        operator = _OPERATORS[type(tree)]
        left, right = self._visit_all([tree.this, tree.args["expression"]])
        collect(partial(self._check_number, operator, side) for side in (left, right))
        kind = common_kind(left.kind, right.kind)
        if operator == "/" or kind is None or kind is Kind.NULL:
            kind = Kind.NUMBER
        sides = coerce_literal(left, kind).node, coerce_literal(right, kind).node
        node = nodes.Arithmetic(operator, *sides, kind)
        number = _constant(node)
        if number is not None and max(abs(number.numerator), number.denominator) >= 10**MAX_DIGITS:
            self._fault(f"this constant has more than {MAX_DIGITS} digits, too many to compute with exactly", tree)
        return Typed(node, tree)

    def _sum(self, tree: exp.Expr) -> Typed:
        left, right = tree.this, tree.args["expression"]
        if isinstance(right, exp.Interval):
            return self._add_interval(tree, left, right, -1 if isinstance(tree, exp.Sub) else 1)
        if isinstance(left, exp.Interval) and isinstance(tree, exp.Add):
            return self._add_interval(tree, right, left, 1)
        return self._arithmetic(tree)

    def _check_number(self, operator: str, side: Typed) -> None:
        if side.kind not in NUMERIC | {Kind.NULL}:
            advice = "; use days_between(a, b), or add an interval" if side.kind in DATED else ""
            message = f"'{operator}' needs numbers, but this is {WORDS[side.kind]}{advice}"
            self._fault(message, side.source)

    def _add_interval(self, tree: exp.Expr, base: exp.Expr, interval: exp.Expr, sign: int) -> Typed:
        moment = self._visit(base)
        unit = UNITS.get(interval.args["unit"].name.casefold()) if interval.args.get("unit") else None
        if unit is None or not isinstance(interval.this, exp.Literal) or not interval.this.name.isdigit():
            self._refuse(tree)
        if moment.kind not in DATED:
            self._fault(f"only a date or a datetime can take an interval, but this is {WORDS[moment.kind]}", base)
        if unit is Unit.WORKING_DAYS and moment.kind is not Kind.DATE:
            column = base.name if isinstance(base, exp.Column) and not base.table else "…"
            limit = Limit(int(interval.this.name), LimitUnit.WORKING_DAYS)
            advice = f"write date({column}) {'+' if sign > 0 else '-'} interval {limit}"
            self._fault(f"working days are counted from a date, but this is {WORDS[moment.kind]}; {advice}", base)
        amount = int(interval.this.name)
        if amount > A_HUNDRED_YEARS[unit]:
            self._fault("an interval is at most a hundred years", tree)
        return Typed(nodes.AddInterval(moment.node, sign * amount, unit, moment.kind), tree)

    def _case(self, tree: exp.Expr) -> Typed:
        if not tree.args["ifs"]:
            self._fault("a case needs at least one 'when … then …'", tree, "expression-syntax")
        branches, otherwise = tree.args["ifs"], tree.args.get("default") or exp.Null()
        conditions = [partial(self._case_condition, tree.this, branch) for branch in branches]
        results = [partial(self._visit, result) for result in (*(each.args["true"] for each in branches), otherwise)]
        checked = collect([*conditions, *results])
        asked, given = checked[: len(branches)], checked[len(branches) :]
        (*chosen, default), kind, codes = self._unify(given)
        pairs = [(condition.node, result) for condition, result in zip(asked, chosen, strict=True)]
        if tree.this is not None:
            pairs = list(nodes.with_unlisted(pairs, kind))
        return Typed(nodes.Case(tuple(pairs), default, kind), tree, codes)

    def _case_condition(self, subject: exp.Expr | None, branch: exp.Expr) -> Typed:
        if subject is None:
            return self._condition(branch.this)
        left, right = self._visit_all([subject, branch.this])
        return Typed(self._compare("=", left, right, branch.this), branch.this)

    def _call(self, tree: exp.Expr) -> Typed:
        name = str(tree.this).casefold()
        function = kinds.FUNCTIONS.get(name)
        if function is None and name != UNKNOWN_FUNCTION:
            self._refuse(tree)
        arguments = self._visit_all(tree.expressions)
        if function is None:
            raise UncertainName("", self._span(tree), "")
        wanted = function.parameters
        if len(arguments) != len(wanted) if wanted is not None else not arguments:
            self._fault(f"wrong number of arguments; write {function.usage}", tree)
        if wanted is None:  # one of the arguments is chosen
            chosen, kind, codes = self._unify(arguments)
            return Typed(nodes.Call(name, chosen, kind), tree, codes)
        pairs = zip(arguments, wanted, strict=True)
        collect(partial(self._check_argument, name, argument, accepted) for argument, accepted in pairs)
        kind = function.gives or arguments[0].kind
        return Typed(nodes.Call(name, tuple(argument.node for argument in arguments), kind), tree)

    def _check_argument(self, name: str, argument: Typed, accepted: frozenset[Kind]) -> None:
        if argument.kind in accepted or (argument.kind is Kind.NULL and isinstance(argument.node, Literal)):
            return
        reason = "; a date has no time of day" if name == "hours_between" and argument.kind is Kind.DATE else ""
        message = f"{name} needs {kinds.any_of(accepted)} here, but this is {WORDS[argument.kind]}{reason}"
        self._fault(message, argument.source)

    def _unify(self, values: list[Typed]) -> tuple[tuple[Expression, ...], Kind, Codes | None]:
        """Return values of which one is chosen, their common type, and the codes that all but nulls share."""
        kind = Kind.NULL
        for value in values:
            wider = common_kind(kind, value.kind)
            if wider is None:
                found = f"this is {WORDS[value.kind]}, but an earlier one is {WORDS[kind]}"
                self._fault(f"all results must be of one type: {found}", value.source)
            kind = wider
        first, *others = [value.codes for value in values if value.kind is not Kind.NULL] or [None]
        codes = first if all(each == first for each in others) else None
        if kind is Kind.CATEGORY and codes is None and len(values) > 1:
            kind = Kind.TEXT
        return tuple(coerce_literal(value, kind).node for value in values), kind, codes


def _constant(node: Expression) -> Fraction | None:
    """Return the number that an expression without columns has; None for any other, and for a division by zero."""
    match node:
        case Literal(number, kind) if kind in NUMERIC and isinstance(number, int | Decimal):
            return Fraction(number)
        case nodes.Arithmetic(operator, left, right):
            first, second = _constant(left), _constant(right)
            if first is None or second is None or (operator == "/" and not second):
                return None
            return _COMPUTE[operator](first, second)
        case _:
            return None

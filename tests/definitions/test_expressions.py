"""What an expression may say, and the checked nodes that it becomes."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.definitions.expressions.faults import ExpressionFault
from sgkpi.definitions.expressions.parse import CONDITION, parse_expression
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.model.expressions import (
    AddInterval,
    And,
    Arithmetic,
    AsOf,
    Call,
    Case,
    ColumnRef,
    Compare,
    CountRef,
    Expression,
    InList,
    IsNull,
    Kind,
    Listed,
    Literal,
    Not,
    Or,
    ReferenceDay,
    Unit,
)
from sgkpi.model.indicator import Keep, NamedMoment, Related
from sgkpi.model.table import Column, Table

KINDS = {
    "received_at": Kind.DATETIME,
    "decided_at": Kind.DATETIME,
    "visited_on": Kind.DATE,
    "date": Kind.DATE,
    "from": Kind.DATE,
    "interval": Kind.INTEGER,
    "visits": Kind.INTEGER,
    "cost": Kind.NUMBER,
    "team": Kind.TEXT,
    "urgent": Kind.BOOLEAN,
    "born": Kind.MONTH,
    "ethnicity": Kind.CATEGORY,
}
CODES = {"police": ("police", "Police", "7"), "school": ("school",)}
COLUMNS = {name: Column(name, kind) for name, kind in KINDS.items()}
CONTACTS = Table("contacts", {**COLUMNS, "source": Column("source", Kind.CATEGORY, codes=CODES)}, ("team",))
RELATED = {
    "other": Related("other", CONTACTS, Keep.ONLY, "person_id", "person_id"),
    "recent": Related("recent", CONTACTS, Keep.COUNT, "person_id", "person_id"),
}
FLOW = Scope(CONTACTS, RELATED, NamedMoment.AS_OF)
STOCK = Scope(CONTACTS, RELATED, NamedMoment.REFERENCE_DAY)
ROWS = Scope(CONTACTS)


def column(name: str, related: str | None = None) -> ColumnRef:
    return ColumnRef(name, CONTACTS.columns[name].kind, related)


def number(value: int) -> Literal:
    return Literal(value, Kind.INTEGER)


def text(value: str) -> Literal:
    return Literal(value, Kind.TEXT)


NULL = Literal(None, Kind.NULL)
LISTED = Listed(column("source"), ("police", "school"), Kind.CATEGORY)
POLICE = Literal("police", Kind.CATEGORY)
MEANINGS: list[tuple[str, Expression]] = [
    ("urgent", column("urgent")),
    ("other.team", column("team", "other")),
    ("recent.count", CountRef("recent")),
    ("as_of", AsOf()),
    ("TRUE", Literal(True, Kind.BOOLEAN)),
    ("12", number(12)),
    ("-12", number(-12)),
    ("- 12.50", Literal(Decimal("-12.50"), Kind.NUMBER)),
    ("'it''s'", text("it's")),
    ("date '2019-02-01'", Literal(date(2019, 2, 1), Kind.DATE)),
    ("visits <> 3", Compare("<>", column("visits"), number(3))),
    ("((visits)) = (3)", Compare("=", column("visits"), number(3))),
    ("source = 'police'", Compare("=", LISTED, POLICE)),
    ("'police' = source", Compare("=", POLICE, LISTED)),
    ("source not in ('police')", Not(InList(LISTED, (POLICE,)))),
    ("source in ('police', team)", Or((InList(LISTED, (POLICE,)), InList(column("source"), (column("team"),))))),
    ("ethnicity = 'any'", Compare("=", column("ethnicity"), Literal("any", Kind.CATEGORY))),
    ("source = team", Compare("=", column("source"), column("team"))),
    ("cost >= 3", Compare(">=", column("cost"), Literal(Decimal(3), Kind.NUMBER))),
    ("cost > visits", Compare(">", column("cost"), column("visits"))),
    ("not urgent", Not(column("urgent"))),
    ("team is null", IsNull(column("team"))),
    ("team is not null", Not(IsNull(column("team")))),
    ("not team is null", Not(IsNull(column("team")))),
    ("urgent and true and false", And((column("urgent"), Literal(True, Kind.BOOLEAN), Literal(False, Kind.BOOLEAN)))),
    (
        "urgent or urgent and true",
        Or((column("urgent"), And((column("urgent"), Literal(True, Kind.BOOLEAN))))),
    ),
    ("team in ('a', 'b')", InList(column("team"), (text("a"), text("b")))),
    ("visits not in (1, -2)", Not(InList(column("visits"), (number(1), number(-2))))),
    (
        "visits between 1 and 2",
        And((Compare(">=", column("visits"), number(1)), Compare("<=", column("visits"), number(2)))),
    ),
    (
        "visits not between 1 and 2",
        Not(And((Compare(">=", column("visits"), number(1)), Compare("<=", column("visits"), number(2))))),
    ),
    ("visits + 1", Arithmetic("+", column("visits"), number(1), Kind.INTEGER)),
    ("visits / 2", Arithmetic("/", column("visits"), Literal(Decimal(2), Kind.NUMBER), Kind.NUMBER)),
    ("visits * cost", Arithmetic("*", column("visits"), column("cost"), Kind.NUMBER)),
    ("-visits", Arithmetic("-", number(0), column("visits"), Kind.INTEGER)),
    (
        "1 + 2 * 3",
        Arithmetic("+", number(1), Arithmetic("*", number(2), number(3), Kind.INTEGER), Kind.INTEGER),
    ),
    ("visited_on + interval 3 months", AddInterval(column("visited_on"), 3, Unit.MONTHS, Kind.DATE)),
    ("interval 1 week + visited_on", AddInterval(column("visited_on"), 1, Unit.WEEKS, Kind.DATE)),
    ("received_at - INTERVAL 1 DAY", AddInterval(column("received_at"), -1, Unit.DAYS, Kind.DATETIME)),
    ("date(received_at)", Call("date", (column("received_at"),), Kind.DATE)),
    ("date + interval 2 years", AddInterval(column("date"), 2, Unit.YEARS, Kind.DATE)),
    ('"from"', column("from")),
    ("from", column("from")),
    ("other.date", column("date", "other")),
    ("interval > 3", Compare(">", column("interval"), number(3))),
    ("abs(cost)", Call("abs", (column("cost"),), Kind.NUMBER)),
    ("UPPER(source)", Call("upper", (column("source"),), Kind.TEXT)),
    ("age_years(born, received_at)", Call("age_years", (column("born"), column("received_at")), Kind.INTEGER)),
    ("coalesce(source, other.source)", Call("coalesce", (column("source"), column("source", "other")), Kind.CATEGORY)),
    ("coalesce(source, 'none')", Call("coalesce", (column("source"), text("none")), Kind.TEXT)),
    ("coalesce(source, null)", Call("coalesce", (column("source"), NULL), Kind.CATEGORY)),
    (
        "greatest(visits, 1.5)",
        Call("greatest", (column("visits"), Literal(Decimal("1.5"), Kind.NUMBER)), Kind.NUMBER),
    ),
    (
        "case when urgent then 1 when false then 2.5 end",
        Case(
            (
                (column("urgent"), Literal(Decimal(1), Kind.NUMBER)),
                (Literal(False, Kind.BOOLEAN), Literal(Decimal("2.5"), Kind.NUMBER)),
            ),
            NULL,
            Kind.NUMBER,
        ),
    ),
    (
        "case source when 'police' then team else source end",
        Case(
            (
                (And((IsNull(LISTED), Not(IsNull(column("source"))))), Literal(None, Kind.TEXT)),
                (Compare("=", LISTED, POLICE), column("team")),
            ),
            column("source"),
            Kind.TEXT,
        ),
    ),
]


@pytest.mark.parametrize(("written", "meant"), MEANINGS, ids=[written for written, _ in MEANINGS])
def test_expressions_mean(written: str, meant: Expression) -> None:
    assert parse_expression(written, FLOW) == meant


def test_a_stock_has_a_reference_day_and_a_table_rule_has_neither() -> None:
    assert parse_expression("reference_day", STOCK) == ReferenceDay()
    for scope in (FLOW, ROWS):
        with pytest.raises(ExpressionFault, match="only a stock has reference_day"):
            parse_expression("reference_day", scope)
    for scope in (STOCK, ROWS):
        with pytest.raises(ExpressionFault, match="only a flow has as_of"):
            parse_expression("as_of", scope)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("team = null", "is null"), ("null = team", "is null"), ("team <> null", "is not null"),
        ("team != (null)", "is not null"), ("visits < null", "is null"), ("visits between null and 2", "is null"),
        ("null between 1 and 2", "is null"), ("visits not between 1 and null", "is null"),
        ("team in ('a', null)", "is null"), ("team not in (null)", "is null"), ("null in ('a')", "is null"),
        ("case team when null then 1 end = 1", "is null"), ("case null when 'a' then 1 end = 1", "is null"),
        ("team = coalesce(null, null)", "is null"), ("abs(null) > 1", "is null"),
    ],
)  # fmt: skip
def test_nothing_is_compared_with_null(written: str, advice: str) -> None:
    with pytest.raises(ExpressionFault, match=f"a comparison with null is never true; write {advice}$") as caught:
        parse_expression(written, FLOW)
    assert caught.value.code == "null-comparison"


def test_the_expected_kind_is_asked_for_and_null_passes_for_any() -> None:
    assert parse_expression("null", FLOW, expect=CONDITION) == NULL
    assert parse_expression("visits", FLOW, expect=frozenset({Kind.INTEGER, Kind.NUMBER})) == column("visits")
    with pytest.raises(ExpressionFault, match=r"expected a condition .*, but this is text"):
        parse_expression("team", FLOW, expect=CONDITION)


@pytest.mark.parametrize(
    "constant",
    [
        "999999999999999999 * 2",
        "0.000000000000001 * 0.0001",
        "1 / 999999999999999999 / 3",
        "500000000000000000 + 500000000000000000",
        "-999999999999999999 - 1",
    ],
)
def test_a_constant_that_cannot_be_computed_with_is_refused(constant: str) -> None:
    with pytest.raises(ExpressionFault, match="this constant has more than 18 digits"):
        parse_expression(f"cost > {constant}", FLOW)


@pytest.mark.parametrize("constant", ["999999999 * 999999999", "1 / 3", "1 / 0", "visits * 999999999999999999 * 3"])
def test_other_constants_are_computed(constant: str) -> None:
    assert parse_expression(f"cost > {constant}", FLOW)


def test_a_fault_says_where_it_is() -> None:
    written = "urgent\nand source = 'polcie'\nand urgent"
    with pytest.raises(ExpressionFault) as caught:
        parse_expression(written, FLOW)
    fault = caught.value
    assert written[fault.start : fault.end] == "'polcie'"
    assert fault.shown_in(written) == "and source = 'polcie'\n             ^^^^^^^^"


@pytest.mark.parametrize(
    "written",
    [
        "(" * 1000 + "urgent" + ")" * 1000,
        "not " * 3000 + "urgent",
        "1 + " * 1500 + "1",
        "case when urgent then " * 500 + "1" + " end" * 500,
        "abs(" * 900 + "1" + ")" * 900,
        "urgent and " * 5000 + "urgent",
    ],
    ids=["brackets", "nots", "sum", "cases", "calls", "long"],
)
def test_depth_and_length_are_bounded(written: str) -> None:
    with pytest.raises(ExpressionFault, match=r"nested too deeply|too long"):
        parse_expression(written, FLOW)


def test_a_long_chain_of_conditions_is_flat() -> None:
    node = parse_expression(" or ".join(["urgent"] * 500), FLOW)
    assert node == Or((column("urgent"),) * 500)


WORDS = [
    *KINDS, "source", "other", "recent", "count", "as_of", "and", "or", "not", "in", "is", "null", "between", "case",
    "when", "then", "else", "end", "true", "false", "date", "interval", "3", "1.5", "months", "'police'", "'a'", "(",
    ")", ",", ".", "=", "<>", "<", "+", "-", "*", "/", "coalesce", "abs", "days_between", "select", ";", "::", "from",
    "over", "distinct", "as", "'2019-02-01'", '"team"', "--", "/*", "{", "\n",
]  # fmt: skip


@given(st.text())
def test_any_text_is_an_expression_or_a_fault(written: str) -> None:
    check_is_expression_or_fault(written)


@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_any_words_are_an_expression_or_a_fault(written: list[str]) -> None:
    check_is_expression_or_fault(" ".join(written))
    check_is_expression_or_fault("".join(written))


def check_is_expression_or_fault(written: str) -> None:
    found = expression_or_fault(written)
    if isinstance(found, ExpressionFault):
        assert found.message
        assert 0 <= found.start <= found.end
        assert "^" in found.shown_in(written)
    else:
        assert isinstance(found, Expression)


def expression_or_fault(written: str) -> Expression | ExpressionFault:
    try:
        return parse_expression(written, FLOW)
    except ExpressionFault as fault:
        return fault


@pytest.mark.parametrize("written", ["urgent -- and nothing else", "/* only */ urgent", "visits --1 > 0", "/* open"])
def test_a_comment_is_refused(written: str) -> None:
    with pytest.raises(ExpressionFault, match="an expression cannot contain comments"):
        parse_expression(written, FLOW)


@pytest.mark.parametrize(
    ("written", "at_fault"),
    [
        ("tame = 'a' or visit > 1", ["tame", "visit"]),
        ("source = 'polcie' and source in ('scool', 'police', 'hospitol')", ["'polcie'", "'scool'", "'hospitol'"]),
        ("visits between tame and visit", ["tame", "visit"]),
        ("case when tame = 'a' then visit else visitz end > 1", ["tame", "visit", "visitz"]),
        ("days_between(recieved_at, team) > least(visit, 2)", ["recieved_at", "visit"]),
        ("team - source > 1", ["team", "source"]),
        ("team != 'a' and tame == 'b'", ["!=", "tame", "=="]),
        ("dayz_between(tame, decided_at) > visit", ["dayz_between", "tame", "visit"]),
        ("visits % 2 = 1 or visits & 2 = 1", ["%", "&"]),
        # what rests on a part at fault is not looked at
        ("tame = 1 and (visit + 'a') > 2", ["tame", "visit"]),
        ("dayz(team) + 'a' = team", ["dayz"]),
        ("team like 'a%' and escape 'b'", ["like"]),
    ],
)
def test_every_fault_that_follows_from_no_other_is_found(written: str, at_fault: list[str]) -> None:
    with pytest.raises(ExpressionFault) as caught:
        parse_expression(written, FLOW)
    assert [written[fault.start : fault.end] for fault in caught.value.every] == at_fault

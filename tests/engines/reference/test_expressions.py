"""The expression language: three-valued logic, exact numbers, dates."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from sgkpi.definitions.expressions.nodes import Kind
from sgkpi.definitions.expressions.parse import parse_expression
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.indicators import Moment as NamedMoment
from sgkpi.definitions.tables import Column, Table
from sgkpi.engines.reference.expressions import Environment, evaluate
from sgkpi.engines.reference.values import Moment, Value, plain_number, plain_text
from sgkpi.periods import Month
from sgkpi.working_days import WorkingDays
from tests.engines.reference.support import AS_OF, at, day

KINDS: Mapping[str, Kind] = {
    "yes": Kind.BOOLEAN,
    "no": Kind.BOOLEAN,
    "unsure": Kind.BOOLEAN,
    "three": Kind.INTEGER,
    "nothing": Kind.INTEGER,
    "half": Kind.NUMBER,
    "word": Kind.TEXT,
    "no_word": Kind.TEXT,
    "friday": Kind.DATE,
    "no_day": Kind.DATE,
    "noon": Kind.DATETIME,
    "evening": Kind.DATETIME,
    "some_time": Kind.DATETIME,
    "born": Kind.MONTH,
}
TABLE = Table("things", {name: Column(name, kind) for name, kind in KINDS.items()}, ())
ROW: Mapping[str, Value] = {
    "yes": True,
    "no": False,
    "three": 3,
    "half": Fraction(1, 2),
    "word": "Straße",
    "friday": day("2019-02-01"),
    "noon": Moment(at("2019-03-30 12:00")),
    "evening": Moment(at("2019-03-31 18:30")),
    "some_time": Moment(at("2019-02-01"), has_time=False),
    "born": Month(2005, 3),
}


def value_of(text: str) -> Value:
    expression = parse_expression(text, Scope(TABLE, moment=NamedMoment.AS_OF))
    return evaluate(expression, Environment(ROW, AS_OF, None, WorkingDays()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes and no", False),
        ("yes and unsure", None),
        ("no and unsure", False),
        ("unsure and no", False),
        ("no or unsure", None),
        ("unsure or yes", True),
        ("no or no", False),
        ("not unsure", None),
        ("not no", True),
        ("unsure is null", True),
        ("unsure is not null", False),
        ("three is null", False),
    ],
)
def test_logic_has_three_values(text: str, expected: bool | None) -> None:
    assert value_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("three = 3", True),
        ("three <> 3", False),
        ("three < 3", False),
        ("three <= 3", True),
        ("three > 2.5", True),
        ("nothing = nothing", None),
        ("half >= 0.5", True),
        ("word < 'a'", True),  # capitals stand before small letters
        ("word = 'straße'", False),
        ("friday < date '2019-02-02'", True),
        ("noon < evening", True),
        ("three between 3 and 4", True),
        ("three between 4 and nothing", False),
        ("three between 3 and nothing", None),
        ("three in (1, 3)", True),
        ("three in (1, 2)", False),
        ("three in (1, nothing)", None),
        ("three in (3, nothing)", True),
        ("three not in (1, nothing)", None),
        ("nothing in (1, 2)", None),
        ("noon <= as_of", False),
    ],
)
def test_comparisons(text: str, expected: bool | None) -> None:
    assert value_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / 3 * 3 = 1", True),
        ("three / 2", Fraction(3, 2)),
        ("three / 0", None),
        ("0.1 + 0.2 = 0.3", True),
        ("three - 5", -2),
        ("three + nothing", None),
        ("abs(three - 5)", 2),
        ("abs(nothing)", None),
        ("half * 4", 2),
    ],
)
def test_numbers_are_exact(text: str, expected: Value) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("coalesce(nothing, three, 4)", 3),
        ("coalesce(nothing, nothing)", None),
        ("least(4, nothing, three)", 3),
        ("greatest(nothing, half, three)", 3),
        ("least(nothing, nothing)", None),
        ("greatest(noon, evening)", Moment(at("2019-03-31 18:30"))),
        ("upper(word)", "STRAẞE"),
        ("lower(word)", "straße"),
        ("lower(no_word)", None),
        ("case when unsure then 1 when yes then 2 else 3 end", 2),
        ("case when no then 1 end", None),
        ("case three when 3 then 'three' else 'other' end", "three"),
        ("case nothing when 3 then 'three' else 'other' end", "other"),
    ],
)
def test_functions(text: str, expected: Value) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date(noon)", day("2019-03-30")),
        ("date(friday)", day("2019-02-01")),
        ("date(no_day)", None),
        ("friday + interval 3 days", day("2019-02-04")),
        ("friday - interval 1 month", day("2019-01-01")),
        ("friday + interval 2 weeks", day("2019-02-15")),
        ("date '2020-02-29' + interval 1 year", day("2021-02-28")),
        ("date '2018-08-31' + interval 6 months", day("2019-02-28")),
        ("noon + interval 1 month", Moment(at("2019-04-30 12:00"))),
        ("no_day + interval 1 day", None),
        ("some_time + interval 1 day", Moment(at("2019-02-02"), has_time=False)),
        ("days_between(friday, noon)", 57),
        ("days_between(noon, friday)", -57),
        ("days_between(no_day, noon)", None),
        ("hours_between(noon, evening)", Fraction(59, 2)),  # 30.5 on the wall, less the hour skipped
        ("hours_between(some_time, evening)", None),
        ("working_days_between(friday, date '2019-02-04')", 1),
        ("working_days_between(date '2019-02-04', friday)", -1),
        ("working_days_between(friday, no_day)", None),
        ("age_years(born, date '2019-02-28')", 13),
        ("age_years(born, date '2019-03-01')", 14),
        ("age_years(born, date '2005-02-28')", -1),
        ("age_years(born, no_day)", None),
        ("age_years(date '2005-03-20', date '2019-03-01')", 14),  # the birthday is the first of the month
    ],
)
def test_dates(text: str, expected: Value) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (12, "12"),
        (Fraction(5, 2), "2.5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(12), "12"),
        (Fraction(1, 3), "0.3333333333333333"),
        (Fraction(1, 100), "0.01"),
        (day("2019-02-01"), "2019-02-01"),
        (Moment(at("2019-02-01 09:30")), "2019-02-01T09:30:00"),
        (Moment(at("2019-02-01"), has_time=False), "2019-02-01"),
        (Month(2005, 3), "2005-03"),
        ("North", "North"),
    ],
)
def test_categories_are_plain_text(value: str | int, text: str) -> None:
    assert plain_text(value) == text


def test_numbers_have_no_needless_zeros() -> None:
    assert plain_number(Decimal("10.50")) == "10.5"
    assert plain_number(Decimal("1E+3")) == "1000"
    assert plain_number(-7) == "-7"


def test_there_is_an_evaluation_for_every_function_of_the_language(tmp_path: Path) -> None:
    from sgkpi.definitions.expressions.functions import FUNCTIONS as DECLARED
    from sgkpi.engines.reference.expressions import FUNCTIONS

    assert set(FUNCTIONS) == set(DECLARED)

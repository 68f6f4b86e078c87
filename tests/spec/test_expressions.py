"""The expression language: every operator and function, with its nulls."""

import pytest

from tests.spec.pages import Page

ROW = """
    id | person | received            | decided          | due_at     | due_on     | closed_on
    1  |        | 2019-02-04 09:30:00 | 2019-02-08 10:00 | 2019-02-20 | 2019-02-28 | 2019-02-11
    """
MORE = """
    source | team  | n | cost | urgent | born
    police | North | 7 | 2.50 | yes    | 2001-03
    """
NOTHING = "null"


def side_by_side(left: str, right: str) -> str:
    """Two tables of a page as one, row by row."""
    pairs = zip(left.strip().splitlines(), right.strip().splitlines(), strict=True)
    return "\n".join(f"{one} | {other}" for one, other in pairs)


def check(engine: str, expression: str, expected: str, *, source: str = "police") -> None:
    """Holds what an expression gives for the row above, as a category says it, against what it should give."""
    quoted = expression.replace('"', '\\"')
    definition = f'table: contacts\nperiod: received\nmeasure: count\nby:\n  - shown: "{quoted}"\n'
    row = side_by_side(ROW, MORE.replace("police", source))
    found = Page(engine, definition, contacts=row).categories("shown")
    (shown,) = [category for category, cases in found.items() if cases]
    assert (NOTHING if shown == "(not recorded)" else shown) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("n = 7", "yes"), ("n <> 7", "no"), ("n < 7", "no"), ("n <= 7", "yes"), ("n > 6.9", "yes"), ("n >= 8", "no"),
        ("person = 'a'", NOTHING), ("person <> 'a'", NOTHING), ("person = team", NOTHING),
        ("team = 'north'", "no"), ("team < 'a'", "yes"),  # text by code point: capitals come first
        ("source = 'police'", "yes"), ("received < decided", "yes"), ("due_on >= date '2019-02-28'", "yes"),
        ("urgent = true", "yes"), ("urgent", "yes"), ("not urgent", "no"), ("born = born", "yes"),
        ("n between 7 and 8", "yes"), ("n between 8 and 7", "no"), ("n not between 1 and 2", "yes"),
        ("person between 'a' and 'b'", NOTHING), ("n between n / 0 and 6", "no"), ("n between n / 0 and 8", NOTHING),
        ("n in (1, 7)", "yes"), ("n in (1, 2)", "no"), ("n in (1, n / 0)", NOTHING), ("n in (7, n / 0)", "yes"),
        ("n not in (1, n / 0)", NOTHING), ("source not in ('school', 'home')", "yes"), ("person in ('a')", NOTHING),
        ("person is null", "yes"), ("n is not null", "yes"), ("null is null", "yes"),
    ],
)  # fmt: skip
def test_comparisons(engine: str, expression: str, expected: str) -> None:
    """Comparing with null gives null; `is null` never does; a list is as many comparisons joined by `or`."""
    check(engine, expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("source = 'police'", NOTHING), ("source <> 'police'", NOTHING), ("source < 'school'", NOTHING),
        ("source in ('police', 'school', 'home')", NOTHING), ("source not in ('police')", NOTHING),
        ("'police' in (source, team)", NOTHING), ("source in ('police', team)", NOTHING),
        ("case source when 'police' then 'a' else 'b' end", NOTHING), ("source is null", "no"), ("source", "polcie"),
        ("case source when team then 'same' when 'police' then 'a' end", NOTHING),
        ("case source when team then 1 else 2 end", "2"),
        ("case when source = 'police' then 'a' else 'b' end", "b"),
        ("source = source", "yes"), ("source = team", "no"), ("source in (team, lower(source))", "yes"),
        ("coalesce(source, 'home') = 'home'", NOTHING), ("coalesce(source, 'none') <> 'none'", NOTHING),
        ("(case when n = 7 then source end) = 'police'", NOTHING), ("lower(source) = 'police'", NOTHING),
        ("(case when n = 8 then source else 'home' end) = 'home'", "yes"), ("coalesce('home', source) = 'home'", "yes"),
        ("source = case when n = 7 then 'home' else 'police' end", NOTHING), ("source = lower(team)", "no"),
    ],
)  # fmt: skip
def test_a_code_that_is_not_listed(engine: str, expression: str, expected: str) -> None:
    """It may stand for any code: compared with literals it is null, with a column it is the text that was recorded.

    So is `case` of it with literals, whatever its `else` says.

    So are the results of `coalesce`, `case`, `least`, `greatest`, `lower` and `upper` that are made of categories.
    """
    check(engine, expression, expected, source="polcie")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("true and true", "yes"), ("true and false", "no"), ("true and null", NOTHING), ("false and null", "no"),
        ("null and null", NOTHING), ("true or null", "yes"), ("false or null", NOTHING), ("false or false", "no"),
        ("not null", NOTHING), ("not true", "no"), ("true or false and false", "yes"), ("not false and false", "no"),
    ],
)  # fmt: skip
def test_three_valued_logic(engine: str, expression: str, expected: str) -> None:
    """Null is `cannot be told`: false and null is false, true or null is true, all else with null is null."""
    check(engine, expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("n + 1", "8"), ("n - 10", "-3"), ("n * 2", "14"), ("n / 2", "3.5"), ("-n", "-7"), ("2 + 3 * 4", "14"),
        ("n / 0", NOTHING), ("n / null", NOTHING), ("n + null", NOTHING), ("0.1 + 0.2", "0.3"), ("cost * 3", "7.5"),
        ("(1 / 3) * 3", "1"), ("cost - cost", "0"), ("n / 2 * 2 = n", "yes"), ("1 / 3 + 1 / 3 + 1 / 3 = 1", "yes"),
        ("cost + (case when false then cost end) * (case when false then cost end)", NOTHING),
        ("cost + cost / 7 + cost / 3 + cost / 6", "4.107142857142857"),  # 115/28
        ("1 / 30000", "0.000033333333333333335"), ("-1 / 65536", "-0.0000152587890625"),
        ("1 / 3 * 1000000", "333333.3333333333"),
    ],
)  # fmt: skip
def test_arithmetic_is_exact(engine: str, expression: str, expected: str) -> None:
    """Division too; by zero it is null."""
    check(engine, expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("case when n > 5 then 'many' when n > 6 then 'more' else 'few' end", "many"),
        ("case when n > 9 then 'many' end", NOTHING),
        ("case when null then 1 else 2 end", "2"),
        ("case n when 7 then 'seven' else 'other' end", "seven"),
        ("coalesce(null, person, team)", "North"), ("coalesce(person, null)", NOTHING),
        ("least(n, 3, null)", "3"), ("greatest(n, 3, null)", "7"), ("least(person, null)", NOTHING),
        ("least(date '2019-02-01', due_on)", "2019-02-01"), ("greatest('a', 'B')", "a"),
        ("case person when 'a' then 'a' else 'other' end", "other"),
        ("case when n > 9 then 1 when null then 2 when n > 5 then 3 end", "3"),
        ("greatest(received, decided)", "2019-02-08T10:00:00"),
        ("least(null, received, decided)", "2019-02-04T09:30:00"),
        ("lower('STRASSE É')", "strasse é"),
        ("upper('Straße')", "STRAẞE"),
        ("lower(team)", "north"), ("upper(team)", "NORTH"), ("upper(person)", NOTHING), ("upper(source)", "POLICE"),
        ("abs(-n)", "7"), ("abs(n - 7.5)", "0.5"), ("abs(null)", NOTHING),
        ("abs(-0.5)", "0.5"), ("abs(0.5)", "0.5"), ("n / 0 >= abs(0.5)", NOTHING),
        ("least(0.5, 1.5)", "0.5"), ("case when true then 0.5 end", "0.5"),
        ("greatest(n, cost, 0.5) in (cost, 7, 0.5)", "yes"), ("least(n, cost * 1000, 2500.5)", "7"),
    ],
)  # fmt: skip
def test_choices_and_plain_functions(engine: str, expression: str, expected: str) -> None:
    """`least` and `greatest` look at what is not null; `case` takes the first branch that is true."""
    check(engine, expression, expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("date(received)", "2019-02-04"), ("date(due_on)", "2019-02-28"),
        ("days_between(received, decided)", "4"), ("days_between(decided, received)", "-4"),
        ("days_between(received, due_on)", "24"), ("days_between(null, received)", NOTHING),
        ("hours_between(received, decided)", "96.5"), ("hours_between(decided, received)", "-96.5"),
        ("hours_between(received, due_at)", NOTHING), ("hours_between(received, null)", NOTHING),
        ("hours_between(null, null)", NOTHING),
        ("working_days_between(received, decided)", "4"), ("working_days_between(received, closed_on)", "5"),
        ("working_days_between(closed_on, received)", "-5"), ("working_days_between(received, received)", "0"),
        ("working_days_between(date '2019-02-02', date '2019-02-04')", "1"),
        ("working_days_between(date '2018-12-24', date '2018-12-27')", "1"),
        ("age_years(born, date '2019-02-28')", "17"), ("age_years(born, date '2019-03-01')", "18"),
        ("age_years(born, date '2001-02-28')", "-1"), ("age_years(null, received)", NOTHING),
        ("age_years(date '2001-03-20', date '2019-03-01')", "18"), ("age_years(born, null)", NOTHING),
        ("due_at + interval 1 day", "2019-02-21"), ("date(null)", NOTHING),
        ("working_days_between(received, null)", NOTHING),
        ("date '2018-08-31' + interval 6 months", "2019-02-28"),
        ("due_on + interval 1 day", "2019-03-01"), ("due_on - interval 2 weeks", "2019-02-14"),
        ("date '2019-01-31' + interval 1 month", "2019-02-28"), ("date '2020-02-29' + interval 1 year", "2021-02-28"),
        ("date '2019-03-31' - interval 1 month", "2019-02-28"), ("interval 1 day + due_on", "2019-03-01"),
        ("received + interval 1 month", "2019-03-04T09:30:00"), ("due_on + interval 1 day = date '2019-03-01'", "yes"),
        ("days_between(due_on, as_of)", "4"), ("date(as_of)", "2019-03-04"),
    ],
)  # fmt: skip
def test_dates(engine: str, expression: str, expected: str) -> None:
    """Dates move by calendar, clamped to the month's end; hours are elapsed ones and need a time of day."""
    check(engine, expression, expected)


@pytest.mark.parametrize(
    ("received", "decided", "hours"),
    [
        ("2019-03-30 12:00", "2019-03-31 12:00", "23"),
        ("2018-10-27 12:00", "2018-10-28 12:00", "25"),
        ("2018-10-28 00:30", "2018-10-28 01:30", "2"),
        ("2019-03-31 01:30", "2019-03-31 02:30", "0"),
        ("2019-02-04", "2019-02-05 09:00", "(not recorded)"),
    ],
)
def test_hours_between_over_a_change_of_clocks(engine: str, received: str, decided: str, hours: str) -> None:
    """A time that occurs twice is GMT, one that does not exist an hour later; without a time of day: null."""
    definition = (
        'table: contacts\nperiod: received\nmeasure: count\nby: [{hours: "hours_between(received, decided)"}]\n'
    )
    table = f"id | received | decided\n1 | {received} | {decided}"
    page = Page(engine, definition, contacts=table, months=received[:7], as_of="2019-12-31")
    assert page.categories("hours") == {hours: 1}


@pytest.mark.parametrize("cost", ["1,234.50", "1,234,567,890.25"])
def test_numbers_of_ordinary_size_compare_however_many_there_are(engine: str, cost: str) -> None:
    """The greatest of a number, a whole number and a half, looked for in a list."""
    definition = "table: contacts\nperiod: received\nmeasure: proportion\n"
    definition += 'met: "greatest(n, cost, 0.5) in (1, cost)"\n'
    table = f"id | received | n | cost\n1 | 2019-02-04 | 1 | {cost}"
    assert Page(engine, definition, contacts=table).value("met") == 1


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ("case when n > 9 then 'many' end = 'many'", "unknown: met"),
        ("case when n > 9 then 'many' else 'few' end in ('few', 'none')", "met"),
    ],
)
def test_a_choice_that_no_row_of_the_extract_needs(engine: str, condition: str, outcome: str) -> None:
    """No `n` is above 9, so one branch stands for nothing here; the others mean what they always mean."""
    definition = f"""
        table: contacts
        period: received
        measure: proportion
        met: "{condition}"
        """
    assert Page(engine, definition, contacts=side_by_side(ROW, MORE)).outcomes() == {"1": outcome}

"""Breakdowns: every case in one category of each, and a row for every category that was declared."""

from tests.spec.pages import Page

COUNT = "table: contacts\nperiod: received\nmeasure: count\n"


def test_a_category_column_has_a_row_for_every_code(engine: str) -> None:
    """In declared order; then what no code lists, as it was recorded; what is empty last."""
    table = """
        id | received   | source
        1  | 2019-02-04 | School
        2  | 2019-02-04 | 7
        3  | 2019-02-04 | POLICE
        4  | 2019-02-04 | zoo
        5  | 2019-02-04 | Aunt
        6  | 2019-02-04 | n/a
        """
    expected = {"police": 2, "school": 1, "home": 0, "Aunt": 1, "zoo": 1, "(not recorded)": 1}
    page = Page(engine, COUNT + "by: [source]\n", contacts=table)
    assert list(page.categories("source").items()) == list(expected.items())


def test_a_text_column_has_the_values_that_occur(engine: str) -> None:
    """By code point, in the period of the figure; text keeps its leading zeros and its case."""
    table = "id | received | team\n1 | 2019-02-04 | b\n2 | 2019-02-04 | B\n3 | 2019-02-04 | 07\n4 | 2019-01-04 | a"
    page = Page(engine, COUNT + "by: team\n", contacts=table)
    assert list(page.categories("team").items()) == [("07", 1), ("B", 1), ("b", 1)]


def test_a_boolean_gives_yes_and_no(engine: str) -> None:
    table = "id | received | urgent\n1 | 2019-02-04 | TRUE\n2 | 2019-02-04 | 1\n3 | 2019-02-04 |"
    page = Page(engine, COUNT + 'by: [urgent, {late: "received > as_of"}]\n', contacts=table)
    assert list(page.categories("urgent").items()) == [("yes", 2), ("no", 0), ("(not recorded)", 1)]
    assert list(page.categories("late").items()) == [("yes", 0), ("no", 3)]


def test_bands_hold_from_their_lower_bound(engine: str) -> None:
    """`0`, `1-4`, `5-9`, `10+` for 0, 1, 5 and 10; what lies below them all is `under 0`."""
    table = "id | received | n\n" + "\n".join(f"{n + 2} | 2019-02-04 | {n}" for n in [-1, 0, 1, 4, 5, 9, 10, 99])
    page = Page(engine, COUNT + "by: [{size: {value: n, bands: [0, 1, 5, 10]}}]\n", contacts=table)
    assert page.categories("size") == {"under 0": 1, "0": 1, "1-4": 2, "5-9": 2, "10+": 2}


def test_bands_of_ages(engine: str) -> None:
    """From the birth month to the contact: completed years, the birthday being the first of the month."""
    table = """
        id | received   | born
        1  | 2019-02-04 | 2019-02
        2  | 2019-02-04 | 2018-03
        3  | 2019-02-04 | 02/2018
        4  | 2019-02-04 | 2001-03-31
        5  | 2019-02-04 | 28/02/2001
        6  | 2019-02-04 |
        7  | 2019-02-04 | 2019-03
        """
    by = 'by: [{age_band: {value: "age_years(born, received)", bands: [0, 1, 5, 10, 16, 18]}}]\n'
    page = Page(engine, COUNT + by, contacts=table)
    # 7 is unborn: -1.
    assert page.categories("age_band") == {
        "under 0": 1, "0": 2, "1-4": 1, "5-9": 0, "10-15": 0, "16-17": 1, "18+": 1, "(not recorded)": 1,
    }  # fmt: skip


def test_what_lies_below_a_first_band_above_nought(engine: str) -> None:
    """`under 5` has a row even when nothing is in it."""
    page = Page(
        engine, COUNT + "by: [{size: {value: n, bands: [5, 10]}}]\n", contacts="id | received | n\n1 | 2019-02-04 | 10"
    )
    assert list(page.categories("size").items()) == [("under 5", 0), ("5-9", 0), ("10+", 1)]


def test_a_breakdown_by_an_expression(engine: str) -> None:
    """An expression that is a category column has that column's codes; a number is a plain number."""
    table = "id | received | n | cost\n1 | 2019-02-04 | 1 | 0.50\n2 | 2019-02-04 | 3 |"
    page = Page(engine, COUNT + 'by: [{half: "n / 2"}, {price: cost}, {day: "date(received)"}]\n', contacts=table)
    assert page.categories("half") == {"0.5": 1, "1.5": 1}
    assert page.categories("price") == {"0.5": 1, "(not recorded)": 1}
    assert page.categories("day") == {"2019-02-04": 2}


def test_cases_that_cannot_be_judged_are_broken_down_as_well(engine: str) -> None:
    """So that categories always add up to the total."""
    definition = "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\nby: [team]\n"
    table = "id | received | urgent | team\n1 | 2019-02-04 | yes | N\n2 | 2019-02-04 | | N\n3 | 2019-02-04 | ? | S"
    page = Page(engine, definition, contacts=table)
    assert page.categories("team", "unknown") == {"N": 1, "S": 1}
    assert page.categories("team", "met") == {"N": 1, "S": 0}


def test_bands_that_are_no_whole_numbers(engine: str) -> None:
    """Then a band says where it ends: `0 to under 0.5`."""
    table = "id | received | cost\n1 | 2019-02-04 | -1\n2 | 2019-02-04 | 0.49\n3 | 2019-02-04 | 0.50\n4 | 2019-02-04 |"
    page = Page(engine, COUNT + "by: [{price: {value: cost, bands: [0, 0.5]}}]\n", contacts=table)
    assert page.categories("price") == {"under 0": 1, "0 to under 0.5": 1, "0.5+": 1, "(not recorded)": 1}


def test_two_breakdowns_at_once(engine: str) -> None:
    """`source*team`: the categories that occur together, in the order of the first and then of the second."""
    table = """
        id | received   | source | team     | n
        1  | 2019-02-04 | 2A     | West     | 3
        2  | 2019-02-04 | police | West     | 7
        3  | 2019-02-04 | police | East     | 3
        4  | 2019-02-04 | zoo    | East     |
        5  | 2019-02-04 |        | East     | 3
        6  | 2019-02-04 | 7      | East     | 8
        7  | 2019-02-04 | home   |          | 3
        """
    by = "by: [team, source, {size: {value: n, bands: [5]}}]\n"
    page = Page(engine, COUNT + by, contacts=table)
    assert list(page.categories("source*team").items()) == [
        ("police × East", 2),
        ("police × West", 1),
        ("school × West", 1),
        ("home × (not recorded)", 1),
        ("zoo × East", 1),
        ("(not recorded) × East", 1),
    ]
    assert page.categories("size*source*team") == {
        "under 5 × police × East": 1,
        "under 5 × school × West": 1,
        "under 5 × home × (not recorded)": 1,
        "under 5 × (not recorded) × East": 1,
        "5+ × police × East": 1,
        "5+ × police × West": 1,
        "(not recorded) × zoo × East": 1,
    }


def test_categories_that_hold_the_sign_between_them_are_counted_apart(engine: str) -> None:
    """They come last, as nobody can tell where one ends."""
    table = "id | received | team | source\n1 | 2019-02-04 | a × b | police\n2 | 2019-02-04 | z | police\n"
    page = Page(engine, COUNT + "by: [team, source]\n", contacts=table)
    assert list(page.categories("team*source").items()) == [("z × police", 1), ("a × b × police", 1)]


def test_two_breakdowns_of_a_number_a_month_and_a_related_row(engine: str) -> None:
    page = Page(
        engine,
        COUNT
        + "related: {review: {table: reviews, keep: latest, date: done, until: received}}\n"
        + "by: [cost, born, {kind: review.kind}]\n",
        contacts="""
            id | person | received   | cost | born
            1  | P1     | 2019-02-04 | 2.50 | 2001-03
            2  | P2     | 2019-02-04 | 2.5  | 2001-03-31
            """,
        reviews="id | person | done | kind\n1 | P1 | 2019-01-01 | first",
    )
    assert page.categories("cost*born") == {"2.5 × 2001-03": 2}
    assert page.categories("born*kind") == {"2001-03 × first": 1, "2001-03 × (not recorded)": 1}


def test_labels_are_for_people(engine: str) -> None:
    """Figures keep the names and the codes; screens show the labels."""
    calls = """
        key: id
        person: person
        happened: received
        columns:
          id: {type: text}
          person: {type: text}
          received: {type: datetime}
          source: {type: category, label: Who called, codes: {police: [], nfa: []}, labels: {nfa: No further action}}
        """
    page = Page(
        engine,
        "table: calls\nperiod: received\nmeasure: count\nby: [source, {kind: review.kind}]\n"
        "related: {review: {label: last review, table: reviews, keep: latest, date: done, until: received}}\n",
        declared={"calls": calls},
        calls="id | person | received | source\n1 | P1 | 2019-02-04 | nfa",
        reviews="id | person | done | kind\n1 | P1 | 2019-01-01 | first",
    )
    assert page.categories("source") == {"police": 0, "nfa": 1}
    assert page.categories("kind") == {"first": 1}

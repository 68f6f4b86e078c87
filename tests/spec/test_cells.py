"""Cells: the forms in which a value may arrive, what is blank, and what fits no form."""

import pytest

from tests.spec.pages import TABLES, Page

BY = "table: contacts\nperiod: received\nmeasure: count\nby: [{shown: %s}]\n"


def shown(engine: str, column: str, cell: str, declared: dict[str, str] | None = None) -> str:
    """What one cell is read as: its category; `unreadable`, or `(not recorded)` for a blank."""
    table = f"id | received | {column}\n1 | 2019-02-04 | {cell}"
    page = Page(engine, BY % column, contacts=table, as_of="2030-01-01", declared=declared)
    if page.reasons():
        assert page.reasons() == {("unknown", "unreadable"): 1}
        return "unreadable"
    (category,) = [name for name, cases in page.categories("shown").items() if cases]
    return str(category)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2019-02-05", "2019-02-05"), ("05/02/2019", "2019-02-05"), ("5/2/2019", "2019-02-05"),
        ("05-Feb-2019", "2019-02-05"), ("5-feb-2019", "2019-02-05"), ("2019-02-05 14:30", "2019-02-05"),
        ("05/02/2019 14:30:00", "2019-02-05"), ("2019-2-5", "2019-02-05"), ("31/12/2019", "2019-12-31"),
        ("12/31/2019", "unreadable"), ("2019-02-30", "unreadable"), ("29/02/2019", "unreadable"),
        ("05/02/19", "unreadable"), ("soon", "unreadable"), ("epoch", "unreadable"), ("infinity", "unreadable"),
        ("2019/02/05", "unreadable"), ("20190205", "unreadable"), ("2019-02-05x", "unreadable"),
        ("1900-01-01", "(not recorded)"), ("31/12/9999", "(not recorded)"), ("01/01/1900 00:00", "(not recorded)"),
    ],
)  # fmt: skip
def test_dates(engine: str, cell: str, expected: str) -> None:
    """ISO or British, `05/02/2019` being 5 February, always. A time is dropped; two placeholders mean no date."""
    assert shown(engine, "due_on", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2019-02-05 14:30", "2019-02-05T14:30:00"), ("2019-02-05T14:30:00", "2019-02-05T14:30:00"),
        ("2019-02-05 14:30:15.250", "2019-02-05T14:30:15.250000"), ("05/02/2019 9:05", "2019-02-05T09:05:00"),
        ("2019-02-05", "2019-02-05"), ("2019-02-05 00:00:00", "2019-02-05"),
        ("2019-02-05T14:30:00Z", "2019-02-05T14:30:00"), ("2019-07-05T14:30:00Z", "2019-07-05T15:30:00"),
        ("2019-02-05T14:30:00+01:00", "2019-02-05T13:30:00"),
        ("2019-02-05 24:00", "unreadable"), ("2019-02-05 14:60", "unreadable"), ("2019-02-05 14", "unreadable"),
    ],
)  # fmt: skip
def test_datetimes(engine: str, cell: str, expected: str) -> None:
    """A zone is converted to Europe/London; without a time of day the date alone is known."""
    assert shown(engine, "due_at", cell) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Z", "15:30"), ("z", "15:30"), (" Z", "15:30"), ("UTC", "15:30"), (" utc", "15:30"), ("+00", "15:30"),
        (" +00", "15:30"), ("+0000", "15:30"), ("+00:00", "15:30"), ("-00:00", "15:30"), ("+01", "14:30"),
        ("+0100", "14:30"), (" +01:00", "14:30"), ("-05:00", "20:30"), ("-0530", "21:00"), ("+05:45", "09:45"),
        ("+1", ""), ("+24:00", ""), ("+01:60", ""), ("+01:0", ""), (" GMT", ""), (" BST", ""), (" Europe/London", ""),
        ("ZZ", ""), ("+01:00Z", ""), ("\u22120500", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("time", ["2019-07-05 14:30", "2019-07-05T14:30:00", "2019-07-05 14:30:00.000"])
def test_zones(engine: str, time: str, zone: str, expected: str) -> None:
    """In July British time is an hour ahead of UTC. A zone's hours have two digits, its minutes two or none."""
    assert shown(engine, "due_at", time + zone) == (f"2019-07-05T{expected}:00" if expected else "unreadable")


@pytest.mark.parametrize("cell", ["05/07/2019 14:30Z", "05-Jul-2019 14:30 +01:00", "2019-07-05Z", "2019-07-05 +01:00"])
def test_only_iso_times_have_a_zone(engine: str, cell: str) -> None:
    assert shown(engine, "due_at", cell) == "unreadable"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2005-03", "2005-03"), ("03/2005", "2005-03"), ("3/2005", "2005-03"), ("2005-03-15", "2005-03"),
        ("15/03/2005", "2005-03"), ("15-Mar-2005 ", "2005-03"), ("2005-13", "unreadable"), ("2005", "unreadable"),
    ],
)  # fmt: skip
def test_months(engine: str, cell: str, expected: str) -> None:
    assert shown(engine, "born", cell) == expected


@pytest.mark.parametrize(
    "cell", ["05/02/2019  09:0", "2019-02-05  9:00:7", "2019-02-05 09:0:07.1231", "2019-02-05 09:00:7.1231"]
)
def test_space_is_no_digit(engine: str, cell: str) -> None:
    """Minutes and seconds have two digits, whatever stands around them."""
    assert shown(engine, "due_on", cell) == "unreadable"


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("n", "12", "12"), ("n", "12.0", "12"), ("n", "1,234", "1234"), ("n", "-3", "-3"), ("n", "007", "7"),
        ("n", "1.5", "unreadable"), ("n", "ten", "unreadable"), ("n", "1e3", "unreadable"),
        ("n", "12,34", "unreadable"),
        ("cost", "1,234.50", "1234.5"), ("cost", "0.10", "0.1"), ("cost", "3", "3"), ("cost", "£5", "unreadable"),
        ("cost", "0.5000000000000000009999", "0.5"), ("cost", "123456789012345678901.5", "unreadable"),
        ("cost", "1e3", "unreadable"), ("cost", "1.2.3", "unreadable"),
        ("urgent", "YES", "yes"), ("urgent", "n", "no"), ("urgent", "True", "yes"), ("urgent", "0", "no"),
        ("urgent", "maybe", "unreadable"), ("urgent", "1.0", "unreadable"),
    ],
)  # fmt: skip
def test_numbers_and_booleans(engine: str, column: str, cell: str, expected: str) -> None:
    """Thousands commas where thousands are; no exponents; eighteen decimals; yes/no, y/n, true/false, 1/0."""
    assert shown(engine, column, cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("police", "police"), ("POLICE", "police"), ("7", "police"), ("2a", "school"), ("zoo", "zoo"),
        ("NULL", "(not recorded)"),
    ],
)  # fmt: skip
def test_categories(engine: str, cell: str, expected: str) -> None:
    """A code is a spelling of itself, in any case; what no code lists is kept as recorded."""
    assert shown(engine, "source", cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("children's home", "home"), ("CHILDREN'S  HOME", "home"), ("children's\u00a0home", "home"),
        ("\u00a0Children's\u2003\u202fHome\u3000", "home"), ("\u00e9cole", "school"), ("\u00c9COLE", "school"),
        ("STRASSE", "street"), ("stra\u00dfe", "street"), ("\uff12\uff21", "flat"), ("\uff12\uff41", "flat"),
        ("2A", "2A"), ("\uff32A", "\uff32A"),
    ],
)  # fmt: skip
def test_codes_beyond_ascii(engine: str, cell: str, expected: str) -> None:
    """Any space of Unicode is a space, case is folded as Unicode does it, and a full-width letter is no other."""
    declared = {
        "contacts": """
            key: id
            columns:
              id: {type: text}
              received: {type: datetime}
              source:
                type: category
                codes: {home: ["Children's Home"], school: [\u00c9cole], street: [Stra\u00dfe], flat: ["\uff12\uff21"]}
            """
    }
    assert shown(engine, "source", cell, declared) == expected


@pytest.mark.parametrize(
    ("column", "cell"),
    [("n", "\uff11\uff12"), ("cost", "1\uff0e5"), ("due_on", "\uff12019-02-05"), ("due_at", "2019-02-05 09:0\u0660")],
)
def test_digits_are_those_of_ascii(engine: str, column: str, cell: str) -> None:
    """Full-width and Arabic digits make no number and no date."""
    assert shown(engine, column, cell) == "unreadable"


@pytest.mark.parametrize("cell", ["", "NULL", "null", "N/A", "na", "NaN", "None", "-"])
@pytest.mark.parametrize("column", ["team", "n", "due_on", "urgent"])
def test_blanks(engine: str, column: str, cell: str) -> None:
    """In any case, in a column of any type."""
    assert shown(engine, column, cell) == "(not recorded)"


def test_codes_and_tables_decide_what_is_blank(engine: str) -> None:
    """A spelling that `codes` list is no blank; a table may add blanks of its own."""
    declared = {
        "contacts": """
            key: id
            blanks: [unknown, "?"]
            columns:
              id: {type: text}
              received: {type: datetime}
              source: {type: category, codes: {none: [N/A], some: []}}
              team: {type: text}
            """
    }
    assert shown(engine, "source", "n/a", declared) == "none"
    assert shown(engine, "source", "None", declared) == "none"
    assert shown(engine, "source", "Unknown", declared) == "(not recorded)"
    assert shown(engine, "team", "?", declared) == "(not recorded)"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1", "yes"), ("2", "no"), ("A)  suitable", "yes"), (" B) Unsuitable ", "no"), ("NA", "no"), ("0", "no"),
        ("y", "yes"), ("No", "no"), ("3", "unreadable"), ("None", "(not recorded)"),
    ],
)  # fmt: skip
def test_booleans_may_have_spellings_of_their_own(engine: str, cell: str, expected: str) -> None:
    """The `codes` of a boolean are further spellings of yes and no; they come before those that every boolean has."""
    declared = {
        "contacts": """
            key: id
            columns:
              id: {type: text}
              received: {type: datetime}
              urgent: {type: boolean, codes: {yes: ["1", "a) Suitable"], no: ["2", "b) Unsuitable", NA]}}
            """
    }
    assert shown(engine, "urgent", cell, declared) == expected


def test_text_keeps_its_zeros_and_loses_its_surrounding_space(engine: str) -> None:
    assert shown(engine, "team", "007") == "007"
    assert shown(engine, "team", "  A  team ") == "A  team"


def test_rows_and_unreadable_cells_are_counted(engine: str) -> None:
    """Rows that are all blank are no rows; cells of the columns read, by table."""
    table = "id | received | n\n1 | 2019-02-04 | x\n | | \n2 | soon | y\n3 | 2019-02-04 | 1"
    assert Page(engine, BY % "n", contacts=table).read() == [("contacts", "contacts.csv", 3, 3)]


def test_a_row_is_blank_when_all_its_cells_are(engine: str) -> None:
    """Also those in columns that are not declared; `NULL` and the like are blanks as well."""
    table = "id | received | n | notes\n | | | seen\n | | |\nNULL | - | n/a |\n1 | 2019-02-04 | 1 |"
    assert Page(engine, BY % "n", contacts=table).read() == [("contacts", "contacts.csv", 2, 0)]


def test_rows_of_the_wrong_length(engine: str) -> None:
    """Missing cells at the end are blank. A row with more cells than the header is left out: nobody can tell which
    of them belongs where. Empty cells at its end do no harm.
    """
    table = """
        id | received   | n
        1  | 2019-02-04
        2  | 2019-02-04 | 1 | 2
        3  | 2019-02-04 | 1 |
        4  | 2019-02-04 | 1 |   | 2
        """
    page = Page(engine, 'table: contacts\nperiod: received\nmeasure: proportion\nmet: "n = 1"\n', contacts=table)
    assert page.outcomes() == {"1": "unknown: met", "3": "met"}
    assert page.read() == [("contacts", "contacts.csv", 2, 0)]


LOST = (
    "table: contacts\nperiod: received\nmeasure: proportion\nclock: {start: received, stop: decided, within: 1 day}\n"
)


@pytest.mark.parametrize(("rows", "cell", "warned"), [(20, "", 1), (20, "N/A", 1), (19, "", 0), (20, "soon", 0)])
def test_a_wholly_blank_column_is_said(engine: str, rows: int, cell: str, warned: int) -> None:
    """In 20 rows or more: a lost column must not read as "never done". Unreadable cells are not blank."""
    contacts = "id | received | decided\n" + "\n".join(f"{n} | 2019-02-04 | {cell}" for n in range(rows))
    page = Page(engine, LOST, contacts=contacts)
    cautions = page.results().cautions
    assert [(each.indicator, each.code) for each in cautions] == [("page", "empty-column")] * warned
    assert page.value("overdue") == (0 if cell == "soon" else rows)


def test_a_column_that_may_be_empty(engine: str) -> None:
    """It says so; and the end of a spell may be blank wherever nothing has ended."""
    contacts = "id | received | decided\n" + "\n".join(f"{n} | 2019-02-04 |" for n in range(20))
    declared = {"contacts": TABLES["contacts"].replace("decided: {type: datetime}", MAY)}
    page = Page(engine, LOST, contacts=contacts, declared=declared)
    assert page.results().cautions == ()
    leavers = "person | begun | ended\n" + "\n".join(f"{n} | 2018-01-01 |" for n in range(20))
    stock = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    assert Page(engine, stock, leavers=leavers).results().cautions == ()
    assert page.value("overdue") == 20


@pytest.mark.parametrize(
    ("cells", "counted", "is_said"),
    [
        ("2/13/2019 2/14/2019 2019-02-04 2/15/2019 2019-02-05", 2, True),  # 3 of 5 are unreadable
        ("2/13/2019 2/14/2019 2019-02-04 2019-02-05", 2, False),  # 2 of 4: half
        ("2/13/2019 2/14/2019 2019-02-04 - -", 1, True),  # 2 of the 3 that are not blank
        ("- - - 2019-02-04", 1, False),  # three are not decided yet
    ],
)
def test_dates_that_place_few_of_the_cases_are_said(engine: str, cells: str, counted: int, is_said: bool) -> None:
    """A caution stands beside the figure where more than half of the cells of the column that places the cases are
    unreadable. A blank cell counts as one where the column is required; elsewhere nothing has happened yet.
    """
    rows = [f"{n} | 2019-02-01 | {cell}" for n, cell in enumerate(cells.split())]
    contacts = "id | received | decided\n" + "\n".join(rows)
    page = Page(engine, "table: contacts\nperiod: decided\nmeasure: count\n", contacts=contacts)
    assert page.value("counted") == counted
    assert [each.code for each in page.results().cautions] == ["missing-dates"] * is_said


def test_blank_dates_in_a_required_column(engine: str) -> None:
    """Here 3 of 5 cases have no date, though they must have one."""
    required = "received: {type: datetime, required: yes}"
    declared = {"contacts": TABLES["contacts"].replace("received: {type: datetime}", required)}
    contacts = "id | received\n1 | 2019-02-04\n2 |\n3 |\n4 | soon\n5 | 2019-02-05"
    page = Page(engine, "table: contacts\nperiod: received\nmeasure: count\n", contacts=contacts, declared=declared)
    assert page.value("counted") == 2
    (found,) = page.results().cautions
    assert found.message == (
        "'received' of contacts is unreadable in 1 and blank in 2 of 5 rows: figures leave these out"
    )


def test_a_day_and_a_time_of_day_in_two_columns(engine: str) -> None:
    """They are read as one moment. 00:00 is a time of day as any other; a blank time leaves the day without one, and
    one that is no time makes the cell unreadable.
    """
    two = "decided: {type: datetime, with_time: hour}\n          hour: {type: text}"
    declared = {"contacts": TABLES["contacts"].replace("decided: {type: datetime}", two)}
    contacts = """
        id | received         | decided    | hour
        1  | 2019-02-04 09:00 | 2019-02-05 | 09:00
        2  | 2019-02-04 09:00 | 2019-02-05 | 09:01
        3  | 2019-02-04 09:00 | 2019-02-05 | 00:00
        4  | 2019-02-04 09:00 | 2019-02-05 |
        5  | 2019-02-04 09:00 | 2019-02-05 | noon
        """
    definition = LOST.replace("1 day", "24 hours")
    assert Page(engine, definition, contacts=contacts, declared=declared).outcomes() == {
        "1": "met",
        "2": "not_met",
        "3": "met",
        "4": "unknown: no_time_of_day",
        "5": "unknown: unreadable",
    }


MAY = "decided: {type: datetime, may_be_empty: yes}"

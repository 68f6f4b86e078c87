"""What several definitions use: bands and conditions of `shared.yaml`."""

from tests.spec.pages import Page

COUNT = "table: contacts\nperiod: received\nmeasure: count\n"
MET = "table: contacts\nperiod: received\nmeasure: proportion\n"
CONDITIONS = """
conditions:
  open_or_urgent: decided is null or urgent
  reviewed: review.kind = 'full'
"""
CONTACTS = """
    id | received   | decided    | urgent | team
    1  | 2019-02-04 |            | no     | a
    2  | 2019-02-04 | 2019-02-05 | yes    | a
    3  | 2019-02-04 | 2019-02-05 | no     | a
    4  | 2019-02-04 |            | no     | b
    5  | 2019-02-04 | 2019-02-05 |        | a
    """


def test_bands_by_name(engine: str) -> None:
    """The same bands, wherever definitions name them."""
    table = "id | received | n\n" + "\n".join(f"{n + 1} | 2019-02-04 | {n}" for n in [0, 4, 5, 16])
    page = Page(
        engine,
        COUNT + "by: [{size: {value: n, bands: ages}}]\n",
        shared="bands:\n  ages: [0, 5, 16]\n",
        contacts=table,
    )
    assert page.categories("size") == {"0-4": 2, "5-15": 1, "16+": 1}


def test_a_condition_reads_as_if_it_stood_in_parentheses(engine: str) -> None:
    """`$open_or_urgent and team = 'a'` is `(decided is null or urgent) and team = 'a'`; null stays null."""
    page = Page(engine, MET + "met: \"$open_or_urgent and team = 'a'\"\n", shared=CONDITIONS, contacts=CONTACTS)
    # Without parentheses, 4 would be met: it is open, and `and` would bind `urgent` to the team.
    assert page.outcomes() == {
        "1": "met", "2": "met", "3": "not_met", "4": "not_met", "5": "unknown: met",
    }  # fmt: skip


def test_not_turns_the_whole_condition_round(engine: str) -> None:
    page = Page(engine, COUNT + "population: not $open_or_urgent\n", shared=CONDITIONS, contacts=CONTACTS)
    assert page.outcomes() == {"3": "counted", "5": "unknown: population"}


def test_wherever_an_expression_may_stand(engine: str) -> None:
    """In exclusions, reasons, breakdowns and `where` too: there its names are columns of the row."""
    definition = """
        table: contacts
        period: received
        related:
          others: {table: contacts, keep: count, on: team, date: received, until: as_of, where: $open_or_urgent}
        measure: proportion
        met: others.count > 1
        exclude: {waiting: $open_or_urgent}
        """
    page = Page(engine, definition, shared=CONDITIONS, contacts=CONTACTS)
    # Team a has two others that are open or urgent, 1 and 2; what is null is not found.
    assert page.outcomes() == {
        "1": "excluded: waiting", "2": "excluded: waiting", "3": "met", "4": "excluded: waiting", "5": "met",
    }  # fmt: skip
    by = Page(engine, COUNT + "by: [{waits: $open_or_urgent}]\n", shared=CONDITIONS, contacts=CONTACTS)
    assert by.categories("waits") == {"yes": 3, "no": 1, "(not recorded)": 1}


def test_a_condition_may_ask_related_rows_by_their_name(engine: str) -> None:
    """Whatever definition uses it gives its own rows this name."""
    definition = """
        table: contacts
        period: received
        related: {review: {table: reviews, keep: latest, date: done, until: as_of}}
        measure: proportion
        met: $reviewed
        """
    page = Page(
        engine,
        definition,
        shared=CONDITIONS,
        contacts="id | person | received\n1 | A | 2019-02-04\n2 | B | 2019-02-04\n3 | C | 2019-02-04",
        reviews="id | person | done | kind\n1 | A | 2019-02-05 | full\n2 | B | 2019-02-05 | short",
    )
    assert page.outcomes() == {"1": "met", "2": "not_met", "3": "unknown: met"}


def test_a_dollar_within_text_is_text(engine: str) -> None:
    contacts = "id | received | team\n1 | 2019-02-04 | $reviewed\n2 | 2019-02-04 | a"
    page = Page(engine, COUNT + "population: \"team = '$reviewed'\"\n", shared=CONDITIONS, contacts=contacts)
    assert page.outcomes() == {"1": "counted"}

"""Coverage: periods that the extract does not hold, and lists that hold the present alone."""

import pytest

from sgkpi.model.errors import ExtractError
from tests.spec.pages import TABLES, Page

COUNT = (
    "table: contacts\nperiod: received\nmeasure: count\nimprovement: increase\ntarget: {green: 5}\nby: [source, team]\n"
)
CONTACTS = "id | received | source | team\n1 | 2019-01-15 | police | N\n2 | 2019-02-04 | zoo | N"


def test_a_period_that_starts_before_the_table_is_complete(engine: str) -> None:
    """`not_covered`: every number but the target is null, not 0; rows for declared codes only; no reasons."""
    page = Page(engine, COUNT, contacts=CONTACTS, months="2019-01 2019-02", covers={"contacts": "2019-01-02"})
    columns = ("status", "value", "numerator", "counted", "unknown", "lowest", "highest", "target_green", "rating")
    assert page.values(*columns) == [
        ("not_covered", None, None, None, None, None, None, 5, "NOT_RATED"),
        ("complete", 1, 1, 1, 0, 1, 1, 5, "RED"),
    ]
    january = Page(engine, COUNT, contacts=CONTACTS, months="2019-01", covers={"contacts": "2019-01-02"})
    assert january.categories("source", "value") == {"police": None, "school": None, "home": None}
    assert january.categories("team", "value") == {}


def test_a_period_from_the_first_complete_day_on_is_covered(engine: str) -> None:
    page = Page(engine, COUNT, contacts=CONTACTS, covers={"contacts": "2019-02-01"})
    assert page.value("status") == "complete"


def test_a_stock_is_covered_when_its_reference_day_is(engine: str) -> None:
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    table = "person | begun | ended\na | 2018-01-01 |"
    page = Page(engine, definition, leavers=table, months="2019-01 2019-02", covers={"leavers": "2019-02-28"})
    assert page.values("status", "value") == [("not_covered", None), ("complete", 1)]


def test_a_related_table_counts_as_well(engine: str) -> None:
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: proportion
        related: {it: {table: reviews, keep: latest, date: done}}
        met: "it.done is not null"
        """
    leavers, reviews = (
        "person | begun | ended\na | 2018-01-01 |",
        "id | person | done | kind | n\n1 | a | 2019-01-01 | |",
    )
    page = Page(engine, definition, leavers=leavers, reviews=reviews, covers={"reviews": "2019-03-01"})
    assert page.value("status") == "not_covered"


def test_a_current_column_is_known_only_now(engine: str) -> None:
    """In periods that hold the as-of date, or end with the last complete month before it."""
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: proportion\nmet: in_touch\n"
    table = "person | begun | ended | in_touch\na | 2018-01-01 | | yes"
    page = Page(engine, definition, leavers=table, months="2019-01 2019-02 2019-03")
    assert page.values("period", "status") == [
        ("2019-01", "not_covered"), ("2019-02", "complete"), ("2019-03", "provisional"),
    ]  # fmt: skip


def test_a_list_without_from_is_a_current_list(engine: str) -> None:
    """Its file has no column for the beginning of a spell: every row is open, as long as it has not ended."""
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    table = "person | ended\na |\nb | 2019-02-20"
    page = Page(engine, definition, leavers=table, months="2019-01 2019-02")
    assert page.values("status", "value") == [("not_covered", None), ("complete", 1)]
    assert page.unplaced() == (0, 0)


def test_a_list_without_from_does_not_say_when_a_spell_began(engine: str) -> None:
    """An indicator that asks for that day otherwise cannot be computed."""
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: count
        related: {it: {table: reviews, keep: count, date: done, after: begun}}
        population: "it.count > 0"
        """
    page = Page(engine, definition, leavers="person | ended\na |", reviews="id | person | done\n1 | a | 2019-01-01")
    with pytest.raises(ExtractError, match=r"page needs leavers\.begun: this extract has no such column"):
        page.results()


def test_a_current_list_of_related_spells(engine: str) -> None:
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: proportion
        related: {home: {table: stays, keep: active, from: begun, to: ended}}
        met: "coalesce(home.kind, '-') = 'flat'"
        """
    leavers = "person | begun | ended\na | 2018-01-01 |\nb | 2018-01-01 |"
    page = Page(engine, definition, leavers=leavers, stays="id | person | kind\n1 | a | flat", months="2019-01 2019-02")
    assert page.values("status", "met", "not_met") == [("not_covered", None, None), ("complete", 1, 1)]


def test_a_current_list_of_counted_spells(engine: str) -> None:
    """Known where one of active rows is. `within` asks when each began, so it cannot be computed."""
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: proportion
        related: {homes: {table: stays, keep: count, from: begun, to: ended}}
        met: homes.count = 1
        """
    tables = {"leavers": "person | begun | ended\na | 2018-01-01 |\nb | 2018-01-01 |", "stays": "id | person\n1 | a"}
    page = Page(engine, definition, months="2019-01 2019-02", **tables)
    assert page.values("status", "met", "not_met") == [("not_covered", None, None), ("complete", 1, 1)]
    within = Page(engine, definition.replace("to: ended}}", "to: ended, within: 12 months}}"), **tables)
    with pytest.raises(ExtractError, match=r"needs stays\.begun, stays\.ended: this extract has no such column"):
        within.results()


def test_what_only_a_bound_names_is_needed_as_well(engine: str) -> None:
    """The related row that a bound rests on, and its column; where only a breakdown needs them, only that is lost."""
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: count
        related:
          home: {table: stays, keep: active, from: begun, to: ended}
          review: {table: reviews, keep: earliest, date: done, since: home.begun}
        by: [{reviewed: "review.done is not null"}]
        """
    tables = {
        "leavers": "person | begun | ended\na | 2018-01-01 |",
        "reviews": "id | person | done\n1 | a | 2019-01-01",
    }
    page = Page(engine, definition, **tables)
    (lacking,) = page.results().unavailable_breakdowns
    assert (lacking.breakdown, lacking.reason) == ("reviewed", "needs stays: this extract has no such table")
    assert page.value() == 1
    asked = Page(engine, definition + 'population: "review.done is not null"\n', **tables)
    with pytest.raises(ExtractError, match="needs stays: this extract has no such table"):
        asked.results()


def test_what_the_extract_does_not_have_is_never_read_as_null(engine: str) -> None:
    """An indicator that names a column which the file lacks cannot be computed: an error, asked for by name."""
    with pytest.raises(ExtractError, match=r"contacts\.urgent"):
        Page(
            engine, "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\n", contacts=CONTACTS
        ).results()
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    with pytest.raises(ExtractError, match="needs leavers"):
        Page(engine, definition, contacts=CONTACTS).results()


def test_a_breakdown_that_the_extract_lacks_does_not_take_its_indicator_with_it(engine: str) -> None:
    """The file has no team: the total is what it would be with a blank one; the breakdown is listed with why."""
    definition = "table: contacts\nperiod: received\nmeasure: count\nby: [team, source]\n"
    table = "id | received | source\n1 | 2019-02-04 | police\n2 | 2019-02-05 | school"
    page = Page(engine, definition, contacts=table)
    assert page.categories("source") == {"police": 1, "school": 1, "home": 0}
    (lacking,) = page.results().unavailable_breakdowns
    assert (lacking.breakdown, lacking.reason) == ("team", "needs contacts.team: this extract has no such column")
    assert page.value() == 2


def test_by_alone_asks_for_what_is_not_there(engine: str) -> None:
    """An error, if no asked indicator can be broken down by it."""
    page = Page(
        engine,
        "table: contacts\nperiod: received\nmeasure: count\nby: [team]\n",
        contacts="id | received\n1 | 2019-02-04",
    )
    with pytest.raises(ExtractError, match=r"broken down .*: page by team needs contacts\.team"):
        page._results(page.definition, by=("team",))


CARED_FOR = """
    table: contacts
    period: received
    measure: proportion
    related: {who: {table: leavers, keep: only}}
    met: urgent
    by: [{theirs: who.team}]
    """


def test_what_only_a_lacking_breakdown_needs_has_no_bearing_on_coverage(engine: str) -> None:
    """Leavers are complete from March; without their team nothing needs them. With it, February is not covered."""
    contacts, covers = "id | person | received | urgent\n1 | a | 2019-02-04 | yes", {"leavers": "2019-03-01"}
    lacking = Page(engine, CARED_FOR, contacts=contacts, leavers="person | begun\na | 2018-01-01", covers=covers)
    assert lacking.values("status", "value") == [("complete", 1)]
    whole = Page(engine, CARED_FOR, contacts=contacts, leavers="person | team\na | North", covers=covers)
    assert whole.values("status", "value") == [("not_covered", None)]
    absent = Page(engine, CARED_FOR, contacts=contacts)
    assert absent.values("status", "value") == [("complete", 1)]


def test_related_rows_of_a_lacking_breakdown_matter_to_the_total_as_before(engine: str) -> None:
    """Two rows that differ are more than one, with a team that is blank or with none."""
    contacts = "id | person | received | urgent\n1 | a | 2019-02-04 | yes\n2 | b | 2019-02-04 | yes"
    leavers = "person | begun | team\na | 2018-01-01 |\na | 2018-02-01 |\nb | 2018-01-01 |"
    blank = Page(engine, CARED_FOR, contacts=contacts, leavers=leavers)
    lacking = Page(engine, CARED_FOR, contacts=contacts, leavers=leavers.replace(" | team", "").replace(" |\n", "\n"))
    assert blank.values("met", "unknown") == lacking.values("met", "unknown") == [(1, 1)]


def test_a_breakdown_by_a_number_of_rows_that_are_not_there(engine: str) -> None:
    """A table that only the count of a breakdown needs is no reason either."""
    definition = """
        table: contacts
        period: received
        measure: count
        related: {it: {table: reviews, keep: count, date: done, until: received}}
        by: [{reviews: it.count}, team]
        """
    page = Page(engine, definition, contacts="id | person | received | team\n1 | a | 2019-02-04 | North")
    assert page.categories("team") == {"North": 1}
    (lacking,) = page.results().unavailable_breakdowns
    assert (lacking.breakdown, lacking.reason) == ("reviews", "needs reviews: this extract has no such table")


def test_an_extract_without_rows_is_an_error(engine: str) -> None:
    """Figures of nothing would look like figures: none of the tables has a row, or none of their dates can be read."""
    definition = "table: contacts\nperiod: received\nmeasure: count\n"
    with pytest.raises(ExtractError, match="no row in contacts, so there is nothing to compute"):
        Page(engine, definition, contacts="id | received").results()
    with pytest.raises(ExtractError, match="no row has a date that can be read"):
        Page(engine, definition, contacts="id | received\n1 | 2.2.2025 9:00\n2 | 3.2.2025 9:00").results()


@pytest.mark.parametrize(
    ("related", "complete_from", "status"),
    [
        ("keep: latest, date: done, until: received", "2019-02-01", "complete"),  # a flow: its period's first day
        ("keep: latest, date: done, until: received", "2019-02-02", "not_covered"),
        ("keep: latest, date: done, until: as_of", "2019-02-02", "not_covered"),  # whatever `until` says
        ("keep: latest, date: done, until: received, looks_back: 24 months", "2017-02-01", "complete"),
        ("keep: latest, date: done, until: received, looks_back: 24 months", "2017-02-02", "not_covered"),
        ("keep: count, date: done, until: received, within: 7 days", "2019-01-25", "complete"),
        ("keep: count, date: done, until: received, within: 7 days", "2019-01-26", "not_covered"),
        ("keep: count, date: done, until: received, within: 7 days, looks_back: 1 day", "2019-01-31", "complete"),
        ("keep: count, date: done, until: received, within: 1 working day", "2019-01-31", "complete"),
        ("keep: count, from: done, to: done, until: received, within: 7 days", "2019-01-25", "complete"),
        ("keep: count, from: done, to: done, until: received, within: 7 days", "2019-01-26", "not_covered"),
        ("keep: latest, date: done, until: received, looks_back: 1 hour", "2019-01-31", "complete"),
        ("keep: latest, date: done, until: received, looks_back: 25 hours", "2019-01-31", "not_covered"),
        ("keep: latest, date: done, until: received, looks_back: 2 weeks", "2019-01-18", "complete"),
    ],
)
def test_coverage_reaches_as_far_back_as_a_definition_looks(
    engine: str, related: str, complete_from: str, status: str
) -> None:
    """By `looks_back` under the related name; else by the `within` of a count; else no further than the period."""
    definition = "table: contacts\nperiod: received\nmeasure: count\n"
    definition += f"related: {{it: {{table: reviews, {related}}}}}\n"
    reviews = "id | person | done\n1 | a | 2019-02-04"
    contacts = "id | person | received\n1 | a | 2019-02-04"
    page = Page(engine, definition, contacts=contacts, reviews=reviews, covers={"reviews": complete_from})
    assert page.value("status") == status


@pytest.mark.parametrize(
    ("clock", "complete_from", "status"),
    [
        ("{start: it.done, within: 6 months}", "2018-08-28", "complete"),
        ("{start: it.done, within: 6 months}", "2018-08-29", "not_covered"),
        ('{start: "coalesce(it.done, begun)", within: 6 months}', "2018-08-28", "complete"),
        ('{start: "coalesce(it.done, begun)", within: 6 months}', "2018-08-29", "not_covered"),
        ("{start: it.done, stop: checked, within: 6 months}", "2018-08-29", "complete"),  # it has a stop
        ("{start: begun, within: 6 months}", "2018-08-29", "complete"),  # it starts with the case
    ],
)
def test_a_stock_looks_back_as_far_as_its_clock_goes(engine: str, clock: str, complete_from: str, status: str) -> None:
    """If it has no stop and starts with the related row: a review in the last six months may lie six months back."""
    definition = f"""
        table: leavers
        point_in_time: {{from: begun, to: ended}}
        measure: proportion
        related: {{it: {{table: reviews, keep: latest, date: done}}}}
        clock: {clock}
        """
    leavers = "person | begun | ended | checked\na | 2018-01-01 | | 2019-02-01"
    reviews = "id | person | done\n1 | a | 2019-02-01"
    page = Page(engine, definition, leavers=leavers, reviews=reviews, covers={"reviews": complete_from})
    assert page.value("status") == status


LATEST = {
    "leavers": TABLES["leavers"].replace(
        "key: person", 'files: [{name: "List 7", latest: yes}, leavers_of_all_time]\n        key: person'
    )
}
PRESENT = {"months": "2018-12 2019-02 2019-03", "declared": LATEST}


def test_a_list_of_latest_rows_is_no_history(engine: str) -> None:
    """Known are the month of the as-of time and the last complete one; a file of another name holds them all."""
    stock = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    table = "person | begun | ended\na | 2018-01-01 |"
    page = Page(engine, stock, **PRESENT, **{"List 7": table})
    assert page.values("status", "value") == [("not_covered", None), ("complete", 1), ("provisional", 1)]
    whole = Page(engine, stock, **PRESENT, leavers_of_all_time=table)
    assert whole.values("status") == [("complete",), ("complete",), ("provisional",)]


def test_related_rows_of_a_list_of_latest_rows(engine: str) -> None:
    """A flow or stock that asks for the latest of them is known where a current list is."""
    definition = "table: contacts\nperiod: received\nmeasure: count\n"
    definition += "related: {who: {table: leavers, keep: only}}\npopulation: who.begun is not null\n"
    contacts = "id | person | received\n1 | a | 2018-12-04\n2 | a | 2019-02-04"
    page = Page(engine, definition, contacts=contacts, **PRESENT, **{"List 7": "person | begun\na | 2018-01-01"})
    assert page.values("status", "value") == [("not_covered", None), ("complete", 1), ("provisional", 0)]


@pytest.mark.parametrize(
    "definition",
    [
        "table: leavers\nperiod: begun\nmeasure: count\n",
        (
            "table: contacts\nperiod: received\nmeasure: count\n"
            "related: {it: {table: leavers, keep: earliest, date: begun, until: received}}\n"
        ),
        (
            "table: contacts\nperiod: received\nmeasure: count\n"
            "related: {it: {table: leavers, keep: count, date: begun, until: received}}\npopulation: it.count > 0\n"
        ),
        (
            "table: contacts\nperiod: received\nmeasure: count\npopulation: it.count > 0\n"
            "related: {it: {table: leavers, keep: count, from: begun, to: begun, until: received}}\n"
        ),
    ],
)
def test_what_needs_the_history_of_a_list_of_latest_rows(engine: str, definition: str) -> None:
    """A flow of them, the earliest and a count cannot be computed, as where a column is missing."""
    contacts, listed = "id | person | received\n1 | a | 2019-02-04", {"List 7": "person | begun\na | 2018-01-01"}
    page = Page(engine, definition, contacts=contacts, declared=LATEST, **listed)
    with pytest.raises(ExtractError, match=r"needs the history of leavers: List 7\.csv holds the latest row"):
        page.results()

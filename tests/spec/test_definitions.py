"""Definitions: what is there for people to read, and the examples that say what is meant."""

from datetime import date

from tests.spec.pages import Page

CLOCK = (
    "table: contacts\nperiod: received\nmeasure: proportion\nclock: {start: received, stop: decided, within: 1 day}\n"
)
CONTACTS = "id | received | decided\n1 | 2019-02-04 | 2019-02-05\n2 | 2019-02-04 | 2019-02-06"


def test_what_people_read_changes_no_figure(engine: str) -> None:
    """Title, question, theme, basis and owner say what an indicator is and whose."""
    words = """\
title: Contacts decided by the next day
question: Of the contacts received in the month, how many were decided by the next day?
theme: help_and_protection
basis:
  - A local standard
owner: Front door service manager
"""
    assert Page(engine, CLOCK, contacts=CONTACTS).values("met", "not_met") == [(1, 1)]
    assert Page(engine, words + CLOCK, contacts=CONTACTS).values("title", "met", "not_met") == [
        ("Contacts decided by the next day", 1, 1)
    ]


def test_what_an_indicator_answers_and_who_set_its_target_change_no_figure(engine: str) -> None:
    """They are said where a person reads of the indicator or of its target."""
    target = "improvement: increase\ntarget:\n  2018-04: {green: 90%, amber: 50%}\n"
    said = "answers: {paragraphs: [3, 47], points: 2}\n"
    page = Page(engine, CLOCK + target + said, contacts=CONTACTS)
    assert page.values("value", "target_green", "rating") == [(0.5, 0.9, "AMBER")]
    page = Page(
        engine,
        CLOCK + target.replace("50%", "50%, set_by: local") + "  2019-04: {green: 95%, set_by: national}\n" + said,
        contacts=CONTACTS,
    )
    assert page.values("value", "target_green", "rating") == [(0.5, 0.9, "AMBER")]


def test_a_review_that_is_past_is_said(engine: str) -> None:
    """On the day itself it is not. Figures do not change."""
    page = Page(engine, CLOCK + "review_by: 2019-03-04\n", contacts=CONTACTS)
    assert page.values("met", "not_met") == [(1, 1)]
    assert page.lint("review-past", today=date(2019, 3, 4)) == []
    assert page.lint("review-past", today=date(2019, 3, 5)) == ["the review of page was due by 2019-03-04"]


def test_what_is_said_of_the_control_chart_changes_no_figure(engine: str) -> None:
    """A `rebase` begins a new phase of it, and the `baseline` makes the limits of the phase in which it lies."""
    phases = """\
rebase: [{from: 2019-02, reason: One front door for all contacts}]
baseline: {from: 2018-01, to: 2018-12}
"""
    page = Page(engine, CLOCK + phases, contacts=CONTACTS)
    assert page.values("value", "met", "not_met", "settled") == [(0.5, 1, 1, True)]
    assert page.lint("short-baseline") == []


def test_limits_of_a_short_baseline_are_never_firm(engine: str) -> None:
    """They are firm from 12 points, and a baseline of 11 months has no more than 11."""
    page = Page(engine, CLOCK + "baseline: {from: 2018-02, to: 2018-12}\n", contacts=CONTACTS)
    assert page.lint("short-baseline") == [
        "the baseline has 11 months, and limits are firm from 12; choose a longer one"
    ]


def test_examples_are_cases_with_the_outcome_that_they_must_have(engine: str) -> None:
    """With its reason, where one is given; and looked at at its own as-of time. What does not hold is said."""
    examples = """\
because: {late: "decided is not null"}
examples:
  - {is: met, contacts: {received: 2019-02-04, decided: 2019-02-05}}
  - {is: not_met, because: late, contacts: {received: 2019-02-04, decided: 2019-02-06}}
  - {is: not_due, contacts: {received: 2019-02-04}, as_of: 2019-02-05}
  - {is: overdue, contacts: {received: 2019-02-04}, as_of: 2019-02-06 00:00}
  - {is: unknown, because: no_start, contacts: {decided: 2019-02-04}}
"""
    # The last one lacks `received`, which places it, so it has no outcome at all.
    said = "this example should be unknown (no_start), but has no outcome"
    page = Page(engine, CLOCK + examples, contacts=CONTACTS)
    assert page.lint("example-fails") == [said]


def test_a_row_of_an_example_may_stand_for_several(engine: str) -> None:
    """Each has a key of its own, so that they are different rows."""
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: proportion
        related: {reviews: {table: reviews, keep: count, date: done}}
        met: "reviews.count > 3"
        examples:
          - {is: met, leavers: {begun: 2018-01-01}, reviews: {times: 4, done: 2018-08-28}, reference_day: 2019-02-28}
          - {is: not_met, leavers: {begun: 2018-01-01}, reviews: [{times: 3, done: 2018-08-28}, {done: 2019-03-01}],
             reference_day: 2019-02-28}
        """
    page = Page(engine, definition, leavers="person | begun | ended\na | 2018-01-01 |", reviews="id | person | done")
    assert page.lint("example-fails") == []
    assert page.outcomes() == {"a": "not_met"}


def test_an_example_is_looked_at_a_year_after_the_latest_date_given(engine: str) -> None:
    """So that what is open is overdue, unless the example says when it is looked at."""
    examples = "examples:\n  - {is: not_due, contacts: {received: 2019-02-04}}\n"
    page = Page(engine, CLOCK + examples, contacts=CONTACTS)
    assert page.lint("example-fails") == ["this example should be not_due, but is overdue"]


def test_an_example_of_a_stock_says_its_reference_day(engine: str) -> None:
    """Related rows are given under their table's name, as one row or as a list."""
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: proportion
        related: {review: {table: reviews, keep: latest, date: done}}
        clock: {start: review.done, within: 6 months}
        examples:
          - {is: met, leavers: {begun: 2018-01-01}, reviews: {done: 2018-08-28}, reference_day: 2019-02-28}
          - {is: overdue, leavers: {begun: 2018-01-01}, reviews: [{done: 2018-01-01}, {done: 2018-08-27}],
             reference_day: 2019-02-28}
          - {is: overdue, leavers: {begun: 2018-01-01}, reference_day: 2019-02-28}
        """
    page = Page(engine, definition, leavers="person | begun | ended\na | 2018-01-01 |", reviews="id | person | done")
    assert page.lint("example-fails") == []
    assert page.outcomes() == {"a": "overdue"}


def test_without_a_better_direction_there_is_no_rating(engine: str) -> None:
    """`improvement: none` is the same as saying nothing."""
    said = Page(engine, CLOCK + "improvement: none\n", contacts=CONTACTS)
    assert said.values("improvement", "rating") == [("none", "NOT_RATED")]
    assert Page(engine, CLOCK, contacts=CONTACTS).values("improvement", "rating") == [("none", "NOT_RATED")]

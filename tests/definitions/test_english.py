"""Definitions in plain English."""

from pathlib import Path

import pytest

from sgkpi.definitions.english import explain
from sgkpi.definitions.expressions.parse import parse_expression
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.load import load_catalogue
from sgkpi.definitions.wording import condition_in_words
from sgkpi.model.indicator import Keep, NamedMoment, Related
from tests.definitions.support import load

RETURNED = """
title: Contacts decided in time
question: How many contacts were decided in time?
table: contacts
period: received_at
population: "outcome is not null"
exclude: {by_school: "source = 'school'"}
measure: proportion
clock: {start: received_at, stop: decided_at, within: 1 working day}
because: {urgent_one: urgent, ordinary: "true"}
by: [team, {visits: {value: visits, bands: [0, 1, 5]}}]
improvement: increase
target:
  2018-04: {green: 92.5%, amber: 80%}
  2019-04: {green: 95%, set_by: local}
answers: {points: [5], paragraphs: [22, 13]}
basis: [Inspection 2019]
owner: Front door
review_by: 2027-03-31
"""

RETURNED_EXPLAINED = """\
Contacts decided in time (returned)

How many contacts were decided in time?

Each row of contacts is a case (requests for a service). It belongs to the period of its “received at”.

Counts only cases where “outcome” is recorded. If that cannot be determined, the case is unknown.

These cases are excluded:
- by school: “source” is 'school'.

The figure is the share of cases that are met, out of all that are met, not met or overdue.

A case is met when “decided at” is no later than 1 working day after “received at”. \
If it is later, the case is not met. Working days are Monday to Friday, without bank holidays in England and local \
closure days; day 1 is the first one after the start.

While “decided at” is not recorded, a case is not due, and not counted, until that time has passed. \
After that it is overdue, and counts as not met.

The reason for a case that is not met or overdue is the first of these:
- urgent one: “urgent” is yes.
- ordinary: in any other case.

A case is unknown, and not counted, when:
- a value that this definition uses cannot be read;
- two rows with its key differ;
- “decided at” is before “received at”.

A value of “source” that is not one of its codes could be any of them: a condition that compares it is neither \
true nor false.

It can be broken down by team and visits (0, 1-4, 5+).

Higher is better. From April 2018: 92.5% or more is green, 80% or more is amber, and anything else is red. \
From April 2019: 95% or more is green, and anything else is red. It was set locally.

Answers paragraphs 13 and 22, and point 5, of the inspection.

Basis:
- Inspection 2019

Owner: Front door

To be reviewed by 31 March 2027"""

SETTLING = """
title: Contacts
table: contacts
period: received_at
measure: count
settles_after: 10 days
rebase:
  - {from: 2019-04, reason: A new case management system}
  - {from: 2018-10, reason: One front door}
baseline: {from: 2017-04, to: 2018-03}
"""

SETTLING_EXPLAINED = """\
A figure is settled 10 days after the end of its period, if no case is still to become due.

A new phase of its control chart begins in:
- October 2018: One front door
- April 2019: A new case management system

The months from April 2017 to March 2018 make the control limits of their phase."""

BOOKS = """
title: Done within ten working days, or before
table: contacts
period: received_at
measure: proportion
clock:
  start: received_at
  stop: "greatest(decided_at, case when decided_at is not null then received_at end)"
  due: "date(received_at) + interval 10 working days"
"""

BOOKS_SENTENCE = """\
A case is met when the latest of “decided at” and (“received at” if “decided at” is recorded) is no later than \
the end of 10 working days after the date of “received at”. If it is later, the case is not met. \
Working days are Monday to Friday, without bank holidays in England and local closure days."""

PLANS = """
title: Plans reviewed
table: care_leavers
point_in_time: {from: eligible_from, to: eligible_to}
related:
  review: {table: reviews, keep: latest, date: reviewed_on, where: "kind = 'review'"}
  seen: {table: reviews, keep: count, date: reviewed_on, within: 12 months}
  open: {table: reviews, keep: active, from: reviewed_on, to: closed_on, merge: adjacent}
measure: proportion
clock: {start: review.reviewed_on, within: 6 months}
not_due: "reference_day <= eligible_from + interval 3 months and seen.count = 0"
"""

PLANS_SENTENCES = """\
the reference day: the last day of the period, or the as-of date if that is earlier.
“eligible from” is on or before it, and “eligible to” is after it or not recorded.
- review: the latest, by “reviewed on”, of the rows of reviews with the same “person id”, where “kind” is 'review', \
up to the reference day.
- seen: the number of rows of reviews with the same “person id”, by “reviewed on”, up to the reference day, \
going back 12 months (exactly 12 months back is too long ago).
- open: the open one, from “reviewed on” to “closed on”, of the rows of reviews with the same “person id”, \
on the reference day; adjoining spells count as one.
when the reference day is on or before 3 months after “eligible from” and the number of seen is 0.
A case is met while the reference day is no later than 6 months after “reviewed on” of the review""".splitlines()


def test_a_flow(tmp_path: Path) -> None:
    assert explain(load(tmp_path, {"returned.yaml": RETURNED}).indicators["returned"]) == RETURNED_EXPLAINED


def test_a_stock(tmp_path: Path) -> None:
    explained = explain(load(tmp_path, {"plans.yaml": PLANS}).indicators["plans"])
    for sentence in PLANS_SENTENCES:
        assert sentence in explained


def test_a_clock_that_stops_with_an_expression(tmp_path: Path) -> None:
    assert BOOKS_SENTENCE in explain(load(tmp_path, {"books.yaml": BOOKS}).indicators["books"])


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (
            "clock: {start: review.reviewed_on, within: 6 months}",
            (
                'clock: {due: "case when seen.count = 0 then eligible_from + interval 20 working days'
                ' when seen.count = 1 then review.reviewed_on + interval 3 months end"}'
            ),
            [
                (
                    "When a case is due: if the number of seen is 0, 20 working days after “eligible from”; if the "
                    "number of seen is 1, 3 months after “reviewed on” of the review; otherwise, there is none. "
                    "Working days are Monday to Friday, without bank holidays in England and local closure days."
                ),
                "A case is met while the reference day is no later than that day. After that day it is overdue.",
            ],
        ),
        (
            "clock: {start: review.reviewed_on, within: 6 months}",
            'met: "case when open.person_id is null then false else seen.count > 0 end"',
            [
                (
                    "Whether a case is met: if “person id” of the open is not recorded, no; "
                    "otherwise, the number of seen is more than 0."
                )
            ],
        ),
        (
            "measure: proportion\nclock: {start: review.reviewed_on, within: 6 months}",
            'measure: mean\nvalue: "case when open.person_id is null then 0 else seen.count end"',
            [
                (
                    "The figure is the mean of one number per case: if “person id” of the open is not recorded, 0; "
                    "otherwise, the number of seen."
                )
            ],
        ),
    ],
)
def test_choices_have_their_conditions_first(old: str, new: str, sentences: list[str], tmp_path: Path) -> None:
    explained = explain(load(tmp_path, {"plans.yaml": PLANS.replace(old, new)}).indicators["plans"])
    for sentence in sentences:
        assert sentence in explained


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("planned_on", "no later than the end of that day. If"),
        ("received_at", "no later than that moment. If"),
    ],
)
def test_a_clock_that_stops_by_a_day_or_a_moment_that_is_chosen(column: str, said: str, tmp_path: Path) -> None:
    definition = RETURNED.replace("within: 1 working day", f'due: "case when urgent then {column} end"')
    explained = explain(load(tmp_path, {"returned.yaml": definition}).indicators["returned"])
    assert f"A case is met when “decided at” is {said}" in explained


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (
            "within: 36 hours",
            "due: 36 hours after “received at”. Hours are elapsed hours, also when the clocks change.",
        ),
        (
            'due: "case when urgent then planned_on end"',
            "due: if “urgent” is yes, “planned on”; otherwise, there is none.",
        ),
        (
            'due: "date(received_at) + interval 2 working days"',
            "due: 2 working days after the date of “received at”. Working days are Monday to Friday,",
        ),
    ],
)
def test_what_only_places_its_cases_by_a_clock_says_when_they_are_due(clock: str, said: str, tmp_path: Path) -> None:
    definition = (
        "title: Visits\ntable: contacts\nperiod: due\nmeasure: mean\nvalue: visits\n"
        f"clock: {{start: received_at, stop: decided_at, {clock}}}\n"
    )
    explained = explain(load(tmp_path, {"visits.yaml": definition}).indicators["visits"])
    assert f"It belongs to the period in which it is {said}" in explained


def test_settling_and_control_limits(tmp_path: Path) -> None:
    explained = explain(load(tmp_path, {"settling.yaml": SETTLING}).indicators["settling"])
    assert SETTLING_EXPLAINED in explained
    stock = explain(load(tmp_path / "b", {"plans.yaml": f"{PLANS}settles_after: 1 day\n"}).indicators["plans"])
    assert "A figure is settled 1 day after the end of its period." in stock


@pytest.mark.parametrize(
    ("condition", "english"),
    [
        ("source = 'police'", "“source” is 'police'"),
        ("source <> 'police'", "“source” is not 'police'"),
        ("visits >= 3", "“visits” is at least 3"),
        ("planned_on < date '2019-02-01'", "“planned on” is before 1 February 2019"),
        ("decided_at <= received_at", "“decided at” is not after “received at”"),
        ("source in ('police', 'school')", "“source” is 'police' or 'school'"),
        ("source not in ('police', 'school')", "“source” is not 'police' or 'school'"),
        ("not urgent", "“urgent” is no"),
        ("urgent or team is not null and visits = 1", "“urgent” is yes or (“team” is recorded and “visits” is 1)"),
        ("not (urgent and team is null)", "not (“urgent” is yes and “team” is not recorded)"),
        ("not visits = 3", "“visits” is not 3"),
        ("not visits > 3", "“visits” is not more than 3"),
        ("not decided_at <= received_at", "“decided at” is after “received at”"),
        ("coalesce(visits, 0) / 2 > 1", "“visits” (or, if that is not recorded, 0) divided by 2 is more than 1"),
        ("least(visits, 2, 3) = 1", "the least of “visits”, 2 and 3 is 1"),
        ("least(visits, 2) / 3 = 1", "(the least of “visits” and 2) divided by 3 is 1"),
        (
            "days_between(planned_on, as_of) > 1",
            "the number of days from “planned on” to the as-of time is more than 1",
        ),
        ("date(received_at) = planned_on", "the date of “received at” is “planned on”"),
        ("case when urgent then true else null end", "yes if “urgent” is yes, and otherwise nothing"),
        (
            "case when urgent then 1 else 2 end > visits",
            "(1 if “urgent” is yes, and otherwise 2) is more than “visits”",
        ),
        ("case when urgent then team end is null", "(“team” if “urgent” is yes) is not recorded"),
        ("case when urgent then team end is not null", "(“team” if “urgent” is yes) is recorded"),
        (
            "visits + case when team is null then 0 else 1 end >= 3",
            "“visits” plus (0 if “team” is not recorded, and otherwise 1) is at least 3",
        ),
        ("case when urgent then 1 else 2 end in (1, 3)", "(1 if “urgent” is yes, and otherwise 2) is 1 or 3"),
        (
            "planned_on <= case when urgent then planned_on end + interval 1 day",
            "“planned on” is on or before 1 day after (“planned on” if “urgent” is yes)",
        ),
        ("(visits + 1) * 2 = 4", "(“visits” plus 1) times 2 is 4"),
        ("visits + 1 + 2 = 4", "“visits” plus 1 plus 2 is 4"),
        ("visits - (1 - 2) = 4", "“visits” minus (1 minus 2) is 4"),
        ("review.kind = 'initial'", "“kind” of the review is 'initial'"),
        ("true", "always"),
        ("null", "never"),
    ],
)
def test_conditions(condition: str, english: str, tmp_path: Path) -> None:
    tables = load(tmp_path, {"returned.yaml": RETURNED}).tables
    review = Related("review", tables["reviews"], Keep.ONLY, "person_id", "person_id")
    scope = Scope(tables["contacts"], {"review": review}, NamedMoment.AS_OF)
    assert condition_in_words(parse_expression(condition, scope)) == english


def test_every_definition_that_ships_can_be_explained_on_any_windows_screen() -> None:
    for indicator in load_catalogue(Path(__file__).parents[2] / "indicators").indicators.values():
        explained = explain(indicator)
        assert explained.startswith(f"{indicator.title} ({indicator.id})")
        assert explained.encode("cp1252")


@pytest.mark.parametrize(("within", "said"), [("1 week", "the due day"), ("24 hours", "the due moment")])
def test_due_is_a_day_or_a_moment(within: str, said: str, tmp_path: Path) -> None:
    definition = RETURNED.replace("1 working day", within).replace(
        "source = 'school'", "decided_at is null or due is null"
    )
    indicator = load(tmp_path, {"returned.yaml": definition}).indicators["returned"]
    assert f"- by school: “decided at” is not recorded or {said} is not recorded." in explain(indicator)


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        ("decided_at", ["“decided at” is before “received at”."]),
        # Neither can be before the start: the one is the later of the two, the other is the start itself.
        ('"greatest(decided_at, case when decided_at is not null then received_at end)"', []),
        ("received_at", []),
    ],
)
def test_only_what_can_happen_makes_a_case_unknown(stop: str, said: list[str], tmp_path: Path) -> None:
    text = RETURNED.replace("stop: decided_at", f"stop: {stop}")
    explained = explain(load(tmp_path, {"returned.yaml": text}).indicators["returned"])
    unknown = explained.split("A case is unknown, and not counted, when:\n")[1].split("\n\n")[0]
    always = ["a value that this definition uses cannot be read", "two rows with its key differ"]
    assert [line.removeprefix("- ").rstrip(";.") for line in unknown.splitlines()] == [
        *always,
        *(each.rstrip(".") for each in said),
    ]

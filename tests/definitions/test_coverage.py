"""`indicators/coverage.csv`: which indicators answer which statements of the inspection's report.

A row is a statement of a paragraph, of a point (`bullet 5`) or of the summary, with its indicators, or with the reason
why records cannot measure it. `*` stands for every indicator; what is in brackets says where to look.
"""

import csv
import re
from collections import defaultdict

from sgkpi.definitions.bundled import catalogue_path
from sgkpi.model.expressions import column_refs
from sgkpi.model.indicator import Answers
from tests.support.catalogue import shipped

INDICATORS = shipped().indicators
with (catalogue_path() / "coverage.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def named(row: dict[str, str]) -> list[str]:
    """The indicators of a row."""
    return [name.strip() for name in re.sub(r"\([^)]*\)", "", row["indicators"]).split(";") if name.strip()]


def test_every_indicator_that_a_statement_names_is_there() -> None:
    assert {name for row in ROWS for name in named(row)} - {*INDICATORS, "*"} == set()


def test_every_statement_has_an_indicator_or_the_reason_why_none_measures_it() -> None:
    assert [row["statement"] for row in ROWS if not named(row) and not row["reason_or_note"]] == []


def test_every_indicator_answers_what_its_definition_says() -> None:
    paragraphs, points = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    for row in ROWS:
        place = row["paragraph_or_bullet"]
        answered = points if place.startswith("bullet ") else paragraphs
        for name in named(row) if place != "summary" else ():
            answered[name].add(int(place.removeprefix("bullet ")))
    expected = {name: Answers(tuple(sorted(paragraphs[name])), tuple(sorted(points[name]))) for name in INDICATORS}
    assert {name: each.answers for name, each in INDICATORS.items()} == expected
    assert [name for name, answers in expected.items() if answers == Answers()] == []


def test_no_breakdown_is_known_only_once_the_clock_has_stopped() -> None:
    """Its categories would be complete when they are published, all of them met, and be restated every month."""
    for indicator in (each for each in INDICATORS.values() if each.clock and not each.is_stock):
        stop = indicator.clock.stop if indicator.clock else None
        stopping = {ref.related for ref in column_refs(stop)} - {None} if stop else set()
        for breakdown in indicator.by:
            assert stopping.isdisjoint(ref.related for ref in column_refs(breakdown.expression)), indicator.id


def test_a_row_that_is_named_by_its_place_in_time_has_a_label() -> None:
    """“held on” of the next is no sentence; of the next review it is."""
    adjectives = {"earlier", "held", "last", "later", "next", "now", "planned", "present"}
    related = [(name, each) for name, indicator in INDICATORS.items() for each in indicator.related]
    assert [(name, each.name) for name, each in related if each.name in adjectives and not each.label] == []

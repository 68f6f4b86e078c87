"""Reconciliation of stocks: the worked example, the identity, and the bounds of its gate."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sgkpi.answers.snapshot.reconcile import moves_by_spells
from sgkpi.definitions.bundled import catalogue_path
from sgkpi.definitions.load import load_catalogue
from sgkpi.model.periods import Month
from sgkpi.snapshots.reconciliation import RECONCILIATION_COLUMNS, Reconciliation

# Published on 31 January: P1 and P2. P5's stay from 25 January came late, P2's was none: P1 and P5 were open.
# P3 came on 10 February, P1 left on the 20th; P6 came and left between: P3 and P5.
EXAMPLE = Reconciliation("in_bnb", Month(2019, 2), 2, 1 - 1, entered=1, left=1, moved_in=0, moved_out=0, closing=2)


STOCK = """\
title: Care leavers
table: care_leavers
point_in_time: {from: eligible_from, to: eligible_to}
measure: count
related:
  home: {table: accommodation, keep: active, from: start_date, to: end_date}
  review: {table: pathway_plan_reviews, keep: latest, date: reviewed_on}
  reviews: {table: pathway_plan_reviews, keep: count, date: reviewed_on}
  first: {table: pathway_plan_reviews, keep: only, date: reviewed_on, where: "kind = 'initial'"}
  new: {table: accommodation, keep: active, from: start_date, to: end_date, where: "start_date < reference_day"}
  reviewed: {table: accommodation, keep: active, from: start_date, to: end_date, until: review.reviewed_on}
"""


def stock(opening: int, *, restated: int = 0, moved_in: int = 0, moved_out: int = 0) -> Reconciliation:
    closing = opening + moved_in - moved_out
    return Reconciliation("open", Month(2019, 2), opening - restated, restated, 0, 0, moved_in, moved_out, closing)


def test_the_worked_example() -> None:
    assert (EXAMPLE.opening, EXAMPLE.adds_up, EXAMPLE.failures) == (2, True, ())


def test_rows_have_the_columns_in_order() -> None:
    row = {name: getattr(EXAMPLE, name) for name in RECONCILIATION_COLUMNS}
    assert list(row.values()) == ["in_bnb", Month(2019, 2), 2, 0, 2, 1, 1, 0, 0, 2]
    assert list(row)[2:7] == ["opening_published", "restated", "opening", "entered", "left"]


@pytest.mark.parametrize(
    "name", ["opening_published", "restated", "entered", "left", "moved_in", "moved_out", "closing"]
)
def test_every_number_is_in_the_identity(name: str) -> None:
    wrong = replace(EXAMPLE, **{name: getattr(EXAMPLE, name) + 1})
    assert wrong.failures == ("opening and flows do not add up to the closing",)


@pytest.mark.parametrize(
    ("opening", "moved_in", "moved_out", "fails"),
    [
        (100, 3, 2, False),  # 5% exactly
        (100, 3, 3, True),
        (10, 1, 1, False),  # 20%, but two cases
        (10, 2, 1, True),
        (0, 2, 0, False),
        (0, 3, 0, True),
    ],
)
def test_more_than_five_per_cent_and_three_cases_that_moved_fail(
    opening: int, moved_in: int, moved_out: int, fails: bool
) -> None:
    expected = f"{moved_in + moved_out} cases moved in or out without a date of a spell; the opening is {opening}"
    assert stock(opening, moved_in=moved_in, moved_out=moved_out).failures == ((expected,) if fails else ())


def test_moves_without_a_spell_are_how_some_stocks_work() -> None:
    assert replace(stock(10, moved_in=3), moves_by_spells=False).failures == ()
    assert replace(stock(10, restated=3), moves_by_spells=False).failures != ()


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (None, True),
        ("eligibility = 'relevant' and home.accommodation_type = 'bed_and_breakfast'", True),
        ("review.reviewed_on is null", False),
        ("days_between(eligible_from, reference_day) > 90", False),
        ("reviews.count = 0", False),
        ("first.reviewed_on is null", False),
        ("new.accommodation_type = 'bed_and_breakfast'", False),
        ("reviewed.accommodation_type = 'bed_and_breakfast'", False),
    ],
)
def test_which_stocks_move_by_spells_alone(population: str | None, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    for table in ("care_leavers", "accommodation", "pathway_plan_reviews"):
        shutil.copy(catalogue_path() / "tables" / f"{table}.yaml", tmp_path / "tables")
    asked = f'population: "{population}"\n' if population else ""
    (tmp_path / "stock.yaml").write_text(STOCK + asked, encoding="utf-8")
    assert moves_by_spells(load_catalogue(tmp_path).indicators["stock"]) is expected


@pytest.mark.parametrize(
    ("opening", "restated", "fails"),
    [(100, 5, False), (100, 6, True), (100, -6, True), (10, 2, False), (10, -3, True)],
)
def test_more_than_five_per_cent_and_three_cases_restated_fail(opening: int, restated: int, fails: bool) -> None:
    expected = f"the opening was {opening - restated} as published and is {opening} now"
    assert stock(opening, restated=restated).failures == ((expected,) if fails else ())

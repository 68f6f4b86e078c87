"""Several months side by side: each row's values and ratings, at every width."""

from dataclasses import replace
from fractions import Fraction

import pytest
from rich.cells import cell_len

from sgkpi.api import Results
from sgkpi.documents.compute import compute_document, name_periods
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.figure_set import ReasonCount
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Breakdown
from sgkpi.model.periods import Month, PeriodKind, period_for
from tests.support.results import DECIDED, PLACED, count, not_covered, proportion, results, year_to_date
from tests.support.screens import shown as shown_on

MONTHS = [period_for(PeriodKind.MONTH, Month(2018, 3).plus(n)) for n in range(12)]
TEAM = Breakdown("team", ColumnRef("team", Kind.TEXT), codes=("North", "South"))
RATINGS = [Rating.GREEN, Rating.AMBER, Rating.RED]

MET = "lack a valid value to decide if they are met"
BELONGS = "lacks a valid value to decide if it belongs here"


def year() -> Results:
    """Twelve months: 100 to 89 of 100, a third of them in each rating; a count without target; March not covered."""
    rated = [proportion(each, 100 - n, 100, rating=RATINGS[n // 4]) for n, each in enumerate(MONTHS)]
    rated[0] = not_covered(MONTHS[0])
    rated[-1] = replace(rated[-1], status=Status.PROVISIONAL)
    return results(*rated, *(count(each, n) for n, each in enumerate(MONTHS)))


def screen(width: int | None, *, of: Results | None = None, plain: bool = False, months: int = 12) -> str:
    return shown_on(compute_document(of or year(), MONTHS[-months:]), width, plain=plain)


def cells_after(title: str, shown: str) -> list[str]:
    (line,) = (line for line in shown.splitlines() if line.startswith(title))
    return line.removeprefix(title).split()


class TestTable:
    def test_a_row_an_indicator_and_a_column_a_month_the_latest_last(self) -> None:
        shown = screen(None, months=3)
        assert shown.splitlines()[0].split() == ["Indicator", "2018-12", "2019-01", "2019-02", "Target", "Id"]
        # 100 - 9, 100 - 10 and 100 - 11 of 100; February is provisional
        assert cells_after("Contacts decided within 24 hours", shown) == [
            "91.0%", "RED", "90.0%", "RED", "89.0%*", "RED", "90%", "contacts_decided_24h",
        ]  # fmt: skip

    def test_what_it_does_not_show_is_said(self) -> None:
        assert screen(None).splitlines()[-1].startswith("For counts and trends, ask for one month at a time")
        assert "* provisional" in screen(None)

    def test_ratings_stand_below_where_there_is_no_room_beside(self) -> None:
        # Beside: 11 columns of 11 to 13 and two gaps each are more than 150 with titles of at least 22; below: at most
        # 11 columns of 7 and two gaps each, and those of March and of the target
        shown = screen(150)
        assert cells_after("  rating", shown) == ["GREEN"] * 3 + ["AMBER"] * 4 + ["RED"] * 4
        assert "99.0%" in cells_after("Contacts decided", shown)
        assert "RED" not in cells_after("Contacts decided", shown)

    def test_periods_of_other_kinds_stand_side_by_side_too(self) -> None:
        years = [year_to_date("2019-01"), year_to_date("2019-02")]
        of = results(*(proportion(each, 1, 2) for each in years))
        shown = shown_on(compute_document(of, years), unicode=False)
        assert shown.splitlines()[1].split() == ["Indicator", "to", "2019-01", "to", "2019-02", "Target", "Id"]
        assert cells_after("Contacts decided within 24 hours", shown)[:4] == ["50.0%", "RED", "50.0%", "RED"]


class TestNarrow:
    @pytest.mark.parametrize("width", [40, 60, 80, 100, 150, 200])
    def test_no_line_is_longer_than_the_terminal_is_wide(self, width: int) -> None:
        assert max(map(cell_len, screen(width).splitlines())) <= width

    @pytest.mark.parametrize("width", [40, 60, 80, 100, 150, 200, None])
    def test_no_month_is_lost(self, width: int | None) -> None:
        shown = screen(width)
        for n, each in enumerate(MONTHS):
            assert each.label in shown
            assert n == 0 or f"{100 - n}.0%" in shown
        for said in ("not covered", "89.0%*", "GREEN", "AMBER", "RED"):
            assert said in shown
        assert "Hidden for lack of width: 20" not in shown

    def test_a_block_where_no_row_has_room(self) -> None:
        lines = screen(60).splitlines()
        at = lines.index("Contacts decided within 24 hours  (contacts_decided_24h)")
        # Thirteen cells in two groups of at most seven
        assert lines[at + 1 : at + 8] == [
            "  2018-03 not covered  2018-10 93.0% AMBER",
            "  2018-04 99.0% GREEN  2018-11 92.0% RED",
            "  2018-05 98.0% GREEN  2018-12 91.0% RED",
            "  2018-06 97.0% GREEN  2019-01 90.0% RED",
            "  2018-07 96.0% AMBER  2019-02 89.0%* RED",
            "  2018-08 95.0% AMBER  Target  90%",
            "  2018-09 94.0% AMBER",
        ]

    def test_plain_has_a_line_for_each_month(self) -> None:
        lines = screen(None, plain=True).splitlines()
        at = lines.index("Contacts decided within 24 hours  (contacts_decided_24h)")
        assert lines[at + 1 : at + 4] == ["2018-03: not covered", "2018-04: 99.0% GREEN", "2018-05: 98.0% GREEN"]


class TestUnknown:
    """Below the screen: what could not be judged, and in which of the months, each said once."""

    def footer(self, *found: tuple[str, int, str, int]) -> list[str]:
        reasons = [ReasonCount(id_, MONTHS[n], None, None, "unknown", why, cases) for id_, n, why, cases in found]
        shown = screen(None, of=replace(year(), reasons=tuple(reasons)))
        return [line for line in shown.splitlines() if line.startswith("Could not be judged")]

    def test_months_in_a_row_are_a_span(self) -> None:
        # March is the first of MONTHS: April to June, then August and September
        at = [1, 2, 3, 5, 6]
        assert self.footer(*((DECIDED.id, n, "met", 2) for n in at)) == [
            f"Could not be judged: 2 {MET}: contacts_decided_24h in 2018-04 to 2018-06, 2018-08, 2018-09"
        ]

    def test_indicators_of_which_it_holds_in_the_same_months_stand_together(self) -> None:
        both = [(id_, n, "population", 1) for id_ in (DECIDED.id, PLACED.id) for n in (9, 10, 11)]
        assert self.footer(*both) == [
            f"Could not be judged: 1 {BELONGS}: contacts_decided_24h, care_leavers_in_bnb in 2018-12 to 2019-02"
        ]
        (line,) = self.footer(*both, (PLACED.id, 1, "population", 1))
        assert line == (
            f"Could not be judged: 1 {BELONGS}: contacts_decided_24h in 2018-12 to 2019-02; "
            "care_leavers_in_bnb in 2018-04, 2018-12 to 2019-02"
        )

    def test_another_number_or_reason_has_its_own_line(self) -> None:
        assert self.footer((DECIDED.id, 1, "met", 1), (DECIDED.id, 2, "met", 2), (DECIDED.id, 2, "value", 1)) == [
            "Could not be judged: 1 lacks a valid value to decide if it is met: contacts_decided_24h in 2018-04",
            f"Could not be judged: 2 {MET}, 1 has no value: contacts_decided_24h in 2018-05",
        ]

    def test_periods_that_overlap_are_no_span(self) -> None:
        years = [year_to_date(text) for text in ("2018-05", "2018-06", "2018-07")]
        assert name_periods(years) == "2018-19 to 2018-05, 2018-19 to 2018-06, 2018-19 to 2018-07"

    def test_quarters_and_years_follow_one_another(self) -> None:
        quarters = [period_for(PeriodKind.QUARTER, Month(2018, 4).plus(3 * n)) for n in (2, 0, 1, 2, 4)]
        assert name_periods(quarters) == "2018-19 Q1 to 2018-19 Q3, 2019-20 Q1"


class TestCategories:
    def of(self, month: int, category: str) -> Figure:
        return proportion(MONTHS[month], 1, 2, breakdown="team", category=category, value=Fraction(1, 2))

    def test_one_that_some_months_lack_stands_in_its_place(self) -> None:
        """Declared codes first, then others by name, what is not recorded last, whatever month they occur in."""
        totals = [proportion(MONTHS[n], 1, 2) for n in (10, 11)]
        found = [self.of(10, "South"), self.of(10, "(not recorded)"), self.of(10, "Zed"), self.of(11, "North")]
        of = replace(results(*totals, *found, self.of(11, "East")), indicators=(replace(DECIDED, by=(TEAM,)), PLACED))
        lines = screen(None, of=of, months=2).splitlines()
        at = next(place for place, line in enumerate(lines) if line.startswith("Contacts decided"))
        titles = [line.split("  ")[1] for line in lines[at + 1 : at + 6]]
        assert titles == ["team: North", "team: South", "team: East", "team: Zed", "team: (not recorded)"]
        assert lines[at + 1].split()[2:5] == ["-", "50.0%", "RED"]
        assert lines[at + 2].split()[2:5] == ["50.0%", "RED", "-"]

"""What `compute` shows on a screen, at every width and in every code page."""

from dataclasses import replace
from decimal import Decimal

import pytest
from rich.cells import cell_len

from sgkpi.api import Results
from sgkpi.documents.compute import ComparedFigure, compute_document, figure_rows, trend_of
from sgkpi.documents.document import TableBlock, TableColumn
from sgkpi.documents.phrases import theme_name
from sgkpi.documents.write.terminal.column import as_text
from sgkpi.documents.write.text import draw_spark
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.figure_set import ReasonCount
from sgkpi.figures.series import judge_figures
from sgkpi.ledger.ledger import TableRead, Unplaced
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, PeriodKind, period_for
from sgkpi.model.problems import Problem, Severity
from sgkpi.model.request import AsOfSource
from sgkpi.planning.availability import Unavailable, UnavailableBreakdown
from tests.support.results import DECIDED, PLACED, count, month, not_covered, proportion, results, story, year_to_date
from tests.support.screens import shown as shown_on

FEBRUARY = month("2019-02")


def screen(width: int | None, *, colour: bool = False, unicode: bool = True, of: Results | None = None) -> str:
    return shown_on(compute_document(of or story(), [FEBRUARY]), width, colour=colour, unicode=unicode)


def trend(row: ComparedFigure, *, unicode: bool = True) -> str:
    (column,) = as_text(TableBlock((TableColumn("Trend", (trend_of(row),)),)), unicode=unicode)
    return column.cells[0].plain


def line_with(text: str, shown: str) -> str:
    (line,) = (line for line in shown.splitlines() if text in line)
    return line


class TestWidths:
    @pytest.mark.parametrize("width", [40, 60, 70, 80, 100, 120, 200])
    @pytest.mark.parametrize("unicode", [True, False])
    def test_no_line_is_longer_than_the_terminal_is_wide(self, width: int, unicode: bool) -> None:
        assert max(map(cell_len, screen(width, unicode=unicode).splitlines())) <= width

    @pytest.mark.parametrize("width", [40, 60, 70, 80, 100, 120, 200, None])
    def test_no_value_is_cut(self, width: int | None) -> None:
        shown = screen(width)
        for value in (
            "79.0%",
            "384/486",
            "94.7%",
            "284/300",
            "53.8%",
            "100/186",
            "no cases",
            "RED so far",
            "GREEN",
        ):
            assert value in shown
        assert "…" not in shown

    @pytest.mark.parametrize("width", [40, 60, 80, 90, 100, 120, 200, None])
    def test_nothing_that_a_figure_says_is_lost(self, width: int | None) -> None:
        shown = " ".join(screen(width).replace("─", " ").split())
        said = ("Value", "Cases", "Year", "Target", "Rating", "Trend", "Unknown")
        assert [heading for heading in said if heading not in shown] == []
        # The previous month, the year to date; a target; not firm; the unknown cases' count
        for value in ("74.0%", "79.5%", "90%", "RED so far", "▲ up"):
            assert value in shown
        assert "Hidden for lack of width: Target" not in shown

    def test_only_what_is_no_number_of_the_figure_may_have_no_room(self) -> None:
        assert "Hidden for lack of width: Id\n" in screen(135)
        assert "Hidden for lack of width: 12 months\n" in screen(100)
        assert [width for width in (40, 60, 80, 250, None) if "Hidden for lack" in screen(width)] == []

    def test_a_table_where_the_titles_have_room_beside_the_cells(self) -> None:
        line = line_with("Contacts decided", screen(135))
        assert line.split() == [
            "Contacts", "decided", "within", "24", "79.0%", "384/486", "74.0%", "-", "79.5%", "90%", "RED", "▲",
            "up", "0", "3", "█▇▆▅▄▄▃▂▁▁▄",
        ]  # fmt: skip

    def test_else_the_title_stands_above_its_cells(self) -> None:
        lines = screen(100).splitlines()
        at = lines.index("Contacts decided within 24 hours  (contacts_decided_24h)")
        assert lines[at - 2 : at] == ["", "Help and protection"]
        assert lines[at + 1 : at + 3] == [
            "     79.0%  384/486     74.0%           -    79.5%     90%  RED         ▲ up     0        3",
            "  team: North",
        ]
        assert lines[2:4] == [
            "                     Previous  Same month     Year                             Not",
            "     Value    Cases     month   last year  to date  Target  Rating      Trend  due  Unknown",
        ]

    def test_else_each_figure_has_a_block(self) -> None:
        lines = screen(60).splitlines()
        at = lines.index("Contacts decided within 24 hours  (contacts_decided_24h)")
        assert lines[at + 1 : at + 9] == [
            "  Value                79.0%     Rating    RED",
            "  Cases                384/486   Trend     ▲ up",
            "  Previous month       74.0%     Not due   0",
            "  Same month last year -         Unknown   3",
            "  Year to date         79.5%     12 months  █▇▆▅▄▄▃▂▁▁▄",
            "  Target               90%",
            "",
            "  team: North",
        ]

    def test_of_many_figures_comparisons_go_before_each_has_a_block(self) -> None:
        february = month("2019-02")
        teams = [proportion(february, 9, 10, breakdown="team", category=f"Team {number}") for number in range(30)]
        whole = [proportion(period, 384, 486) for period in (month("2019-01"), february, year_to_date("2019-02"))]
        shown = screen(55, of=results(*whole, *teams))
        assert len(shown.splitlines()) < 80  # two for each figure
        assert "Hidden for lack of width: Previous month, Year to date,\n  12 months\n" in shown
        few = screen(55, of=results(*whole, *teams[:5]))
        assert few.count("  Year to date   ") == 6
        assert "Hidden" not in few

    def test_very_narrow_a_line_for_each_number_that_there_is(self) -> None:
        lines = screen(40).splitlines()
        at = lines.index("  team: North")
        assert lines[at + 1 : at + 8] == [
            "  Value                 94.7%",
            "  Cases                 284/300",
            "  Target                90%",
            "  Rating                GREEN",
            "  Not due               0",
            "  Unknown               0",
            "",
        ]

    def test_in_a_pipe_each_figure_is_one_line_however_long(self) -> None:
        line = line_with("whatever their eligibility", screen(None))
        assert line.startswith("Care leavers living in bed and breakfast on the last day")
        assert line.endswith("care_leavers_in_bnb")


class TestColour:
    def test_a_rating_is_a_word_as_well_as_a_colour(self) -> None:
        assert "\x1b[1;31mRED" in screen(120, colour=True)
        assert "RED" in screen(120)

    def test_without_colour_there_is_no_escape(self) -> None:
        assert "\x1b" not in screen(120)
        assert "\x1b" not in screen(None)


class TestCodePages:
    def test_ascii_where_the_terminal_carries_nothing_else(self) -> None:
        assert screen(120, unicode=False).isascii()
        assert "up  " in screen(120, unicode=False)

    def test_marks_where_it_does(self) -> None:
        assert "▲ up" in screen(120)


class TestComparisons:
    def test_previous_month_year_to_date_and_what_is_not_known(self) -> None:
        cells = line_with("Contacts decided", screen(None)).split()[5:15]
        # previous month 355/480 = 73.96 %, February 2018 not covered, the year to date 4200/5285 = 79.47 %
        assert cells == ["79.0%", "384/486", "74.0%", "-", "79.5%", "90%", "RED", "▲", "up", "0"]

    @pytest.mark.parametrize(
        ("before", "now", "unicode", "shown"),
        [(5, 7, True, "▲ up"), (7, 5, True, "▼ down"), (7, 5, False, "down"), (5, 5, True, "same")],
    )
    def test_without_limits_no_more_than_the_direction(self, before: int, now: int, unicode: bool, shown: str) -> None:
        figures = [count(month("2019-01"), before), count(FEBRUARY, now)]
        (row,) = figure_rows(results(*figures), [FEBRUARY])
        assert trend(row, unicode=unicode) == shown

    @pytest.mark.parametrize(
        ("now", "improvement", "unicode", "shown"),
        [
            (21, Improvement.INCREASE, True, "usual"),
            (60, Improvement.INCREASE, True, "▲ better"),
            (60, Improvement.DECREASE, True, "▲ worse"),
            (1, Improvement.DECREASE, False, "down better"),
            (1, Improvement.NONE, True, "▼ down"),
        ],
    )
    def test_with_limits_what_is_more_than_chance(
        self, now: int, improvement: Improvement, unicode: bool, shown: str
    ) -> None:
        """Of twelve months, eleven have 20 or 22: their limits are about 6 from the mean."""
        indicator = replace(DECIDED, measure=Measure.COUNT, improvement=improvement)
        numbers = [20, 22, 20, 22, 20, 22, 20, 22, 20, 22, 20, now]
        months = [month(str(Month(2017, 3).plus(n))) for n in range(24)]
        figures = [not_covered(each, indicator) for each in months[:12]]
        figures += [count(each, number, indicator) for each, number in zip(months[12:], numbers, strict=True)]
        series = judge_figures(indicator, figures, FEBRUARY.last)
        (row,) = figure_rows(results(*figures, indicators=(indicator,), signals=(series,)), [FEBRUARY])
        assert trend(row, unicode=unicode) == shown

    @pytest.mark.parametrize(
        ("before", "now", "shown"),
        [
            # 80.96 % and 81.04 % are both shown as 81.0%; from 80.94 %, shown as 80.9%, it is 0.02 points, shown as 0.0
            (8096, 8104, "same"),
            (8104, 8096, "same"),
            (8094, 8096, "same"),
            (8094, 8100, "▲ up"),
            # 89.96 % is shown so, as 90.0% would seem to reach the target: no longer like 90.01 %
            (9001, 8996, "▼ down"),
        ],
    )
    def test_what_is_shown_alike_has_no_trend(self, before: int, now: int, shown: str) -> None:
        figures = [proportion(month("2019-01"), before, 10_000), proportion(FEBRUARY, now, 10_000)]
        (row,) = figure_rows(results(*figures), [FEBRUARY])
        assert trend(row) == shown

    def test_the_same_value_under_another_target_is_the_same(self) -> None:
        # 89.96 % is 90.0% in January, when the target was 95 %, and 89.96% now that it is 90 %
        january = proportion(month("2019-01"), 8996, 10_000, target_green=Decimal("0.95"))
        (row,) = figure_rows(results(january, proportion(FEBRUARY, 8996, 10_000)), [FEBRUARY])
        assert trend(row) == "same"

    def test_no_trend_before_a_figure_is_settled(self) -> None:
        march = replace(count(month("2019-03"), 1), status=Status.PROVISIONAL, settled=False)
        (row,) = figure_rows(results(count(FEBRUARY, 7), march), [month("2019-03")])
        assert trend(row) == "-"

    def test_twelve_months_as_bars(self) -> None:
        months = [month(str(Month(2018, 3).plus(n))) for n in range(12)]
        figures = [count(each, n) for n, each in enumerate(months) if n != 1]
        (row,) = figure_rows(results(*figures), [FEBRUARY])
        # 0 to 11 in eight heights: floor(n * 7 / 11); April 2018 has no figure
        assert draw_spark([each.value if each else None for each in row.history]) == "▁ ▂▂▃▄▄▅▆▆▇█"

    def test_one_month_alone_has_no_bars(self) -> None:
        (row,) = figure_rows(results(count(FEBRUARY, 7)), [FEBRUARY])
        assert draw_spark([each.value if each else None for each in row.history]) == ""

    def test_other_kinds_of_period_are_compared_with_nothing(self) -> None:
        quarter = period_for(PeriodKind.QUARTER, Month(2019, 2))
        shown = shown_on(compute_document(results(proportion(quarter, 9, 10)), [quarter]))
        assert shown.startswith("2018-19 Q4\n")
        assert "Previous" not in shown
        assert "90.0%" in shown


class TestPeriods:
    def test_one_period_stands_above_the_table(self) -> None:
        assert screen(None).startswith("February 2019\n")

    def test_periods_of_different_kinds_have_a_column(self) -> None:
        shown = shown_on(compute_document(story(), [FEBRUARY, year_to_date("2019-02")]))
        assert "Period" in shown
        assert [line.split()[5:] for line in shown.splitlines() if line.startswith("Contacts decided")][1][:4] == [
            "2018-19", "to", "2019-02", "79.5%",
        ]  # fmt: skip

    def test_only_periods_asked_for_have_rows(self) -> None:
        assert "2018" not in screen(None).split("As of")[0]


class TestRows:
    def test_figures_stand_under_their_theme(self) -> None:
        lines = screen(None).splitlines()
        assert lines.index("Care leavers") < lines.index("Help and protection")

    def test_a_theme_is_shown_in_words(self) -> None:
        assert theme_name(replace(DECIDED, theme="help_and_protection")) == "Help and protection"
        assert theme_name(replace(DECIDED, theme="help", theme_title="Help, and more")) == "Help, and more"
        assert theme_name(replace(DECIDED, theme="")) == theme_name(None) == "Other"

    def test_a_breakdown_stands_below_its_total(self) -> None:
        lines = screen(None).splitlines()
        at = lines.index(line_with("Contacts decided", screen(None)))
        assert [line.split("  ")[1] for line in lines[at + 1 : at + 4]] == [
            "team: North", "team: South", "team: (not recorded)",
        ]  # fmt: skip

    def test_a_comparison_that_is_not_known_is_a_dash(self) -> None:
        cells = line_with("Contacts decided", screen(None, of=results(proportion(FEBRUARY, 9, 10)))).split()
        # previous month, year to date, target, rating, trend, not due, unknown; last year's February has no column
        assert cells[5:] == ["90.0%", "9/10", "-", "-", "90%", "RED", "-", "0", "0", "contacts_decided_24h"]

    def test_a_provisional_figure_says_so(self) -> None:
        figure = proportion(FEBRUARY, 9, 10, status=Status.PROVISIONAL, not_due=2, rating=Rating.NOT_RATED)
        shown = screen(None, of=results(figure, count(FEBRUARY, 4)))
        assert line_with("Contacts decided", shown).split()[5:9] == ["90.0%*", "9/10", "-", "-"]
        assert "* provisional: the period had not ended, or some cases are not yet due" in shown
        assert "provisional" not in screen(None)

    @pytest.mark.parametrize(
        ("figure", "value"),
        [
            (proportion(FEBRUARY, 9, 10, unknown=2), "90.0% u"),
            (proportion(FEBRUARY, 9, 18, unknown=2), "50.0%"),
            (proportion(FEBRUARY, 9, 10, unknown=3, status=Status.PROVISIONAL, rating=Rating.NOT_RATED), "90.0%* u"),
        ],
    )
    def test_a_value_of_which_much_is_unknown_says_so(self, figure: Figure, value: str) -> None:
        shown = screen(None, of=results(figure, count(FEBRUARY, 4)))
        marked = line_with("Contacts decided", shown)
        assert f"  {value}  " in marked
        assert ("u more than 10% of the cases could not be judged" in shown) == (" u" in value)
        # digits stay below digits
        assert line_with("whatever", shown).index(" 4 ") + 1 == marked.index("%")

    def test_no_cases_is_never_a_percentage(self) -> None:
        line = line_with("Contacts decided", screen(None, of=results(proportion(FEBRUARY, 0, 0))))
        assert "no cases" in line
        assert "0.0%" not in line

    def test_no_figures_at_all(self) -> None:
        assert "No figures." in screen(80, of=results())


class TestFooter:
    def test_as_of_and_its_source(self) -> None:
        assert "As of 2019-03-04 07:00 (from extract.toml); source: Case management system, nightly" in screen(None)
        latest = replace(story(), as_of_source=AsOfSource.LATEST_EVENT)
        assert "As of 2019-03-04 07:00 (the latest event in the extract)" in screen(None, of=latest)

    def test_rows_read_and_unreadable_cells(self) -> None:
        assert "Read: contacts 5,312 rows, 3 unreadable cells\n" in screen(None)

    def test_what_is_missing(self) -> None:
        shown = screen(None)
        assert "Cases in no period: 4 have no date, 1 has an unreadable date: contacts_decided_24h" in shown
        assert "Could not be judged: 3 have no time of day: contacts_decided_24h" in shown
        assert "Cannot be computed: rhi_offered: needs missing_episodes: this extract has no such table" in shown

    def test_indicators_of_which_the_same_is_to_be_said_share_a_line(self) -> None:
        unplaced = (Unplaced(DECIDED.id, 1, 0), Unplaced(PLACED.id, 0, 0), Unplaced("other", 1, 0))
        shown = screen(None, of=replace(story(), unplaced=unplaced))
        assert (
            line_with("Cases in no period", shown) == "Cases in no period: 1 has no date: contacts_decided_24h, other"
        )

    def test_many_indicators_of_a_table_are_a_number(self) -> None:
        ids = [f"contacts_{n}" for n in range(4)]
        of = replace(
            story(),
            indicators=(PLACED, *(replace(DECIDED, id=each) for each in ids)),
            unplaced=(Unplaced(PLACED.id, 1, 0), *(Unplaced(each, 0, 2) for each in ids)),
        )
        assert "Cases in no period: 2 have an unreadable date: 4 indicators of contacts\n" in screen(None, of=of)

    def test_many_lines_on_cases_in_no_period_are_one_by_table(self) -> None:
        ids = [f"contacts_{n}" for n in range(1, 6)]
        of = replace(
            story(),
            indicators=(PLACED, *(replace(DECIDED, id=each) for each in ids)),
            unplaced=(Unplaced(PLACED.id, 0, 0), *(Unplaced(id_, n, 0) for n, id_ in enumerate(ids, start=1))),
        )
        assert line_with("Cases in no period", screen(None, of=of)) == (
            "Cases in no period, by table, the most of any one indicator (`sgkpi show ID` has each): "
            "contacts: 5 have no date"
        )

    def test_many_indicators_without_a_column_are_a_number(self) -> None:
        lacking = tuple(
            Unavailable(f"i{n}", "needs contacts.outcome: this extract has no such column", "column") for n in range(5)
        )
        few, many = (screen(None, of=replace(story(), unavailable=each)) for each in (lacking[:4], lacking))
        assert few.count("Cannot be computed: i") == 4
        assert "\n5 indicators need columns that this extract does not have: `sgkpi list --data`\n" in many
        assert "Cannot be computed" not in many

    def test_a_breakdown_that_many_lack_is_one_line(self) -> None:
        reasons = {"a": "needs contacts.team", "b": "needs visits.team"}
        lacking = [UnavailableBreakdown(id_, "team", reason) for id_, reason in reasons.items()]
        lacking += [UnavailableBreakdown(f"i{n}", "source", "needs contacts.source") for n in range(5)]
        shown = screen(None, of=replace(story(), unavailable_breakdowns=tuple(lacking)))
        assert "\nCannot be broken down by team: a, b: `sgkpi list --data` says why\n" in shown
        assert "\nCannot be broken down by source: 5 indicators: needs contacts.source\n" in shown

    def test_many_lines_on_what_could_not_be_judged_are_one_by_table(self) -> None:
        # Numbers that differ, so that each of the five indicators would have a line of its own
        ids = [f"contacts_{n}" for n in range(1, 6)]
        reasons = [ReasonCount(id_, FEBRUARY, None, None, "unknown", "met", n) for n, id_ in enumerate(ids, start=1)]
        reasons.append(ReasonCount(ids[0], FEBRUARY, None, None, "unknown", "no_start", 2))
        of = results(*(proportion(FEBRUARY, 1, 2, replace(DECIDED, id=each)) for each in ids), reasons=tuple(reasons))
        of = replace(of, indicators=tuple(replace(DECIDED, id=each) for each in ids))
        assert line_with("Could not be judged", screen(None, of=of)) == (
            "Could not be judged, by table, the most of any one indicator (`sgkpi show ID` has each): "
            "contacts: 5 lack a valid value to decide if they are met, 2 have no recorded start"
        )

    def test_many_tables_are_a_number(self) -> None:
        tables = tuple(TableRead(f"table_{n}", (f"table_{n}.csv",), 100, {"day": 1}) for n in range(13))
        shown = screen(None, of=replace(story(), tables=tables))
        assert "Read: 13 tables, 1,300 rows, 13 unreadable cells\n" in shown

    def test_problems_are_counted(self) -> None:
        problem = Problem("contacts.csv", "3 cells cannot be read", "unreadable", row=7, severity=Severity.WARNING)
        assert "Problems in the extract: 1 (`sgkpi check` explains them)" in screen(
            None, of=replace(story(), problems=(problem,))
        )

    def test_reasons_of_other_periods_are_left_out(self) -> None:
        shown = shown_on(compute_document(story(), [month("2019-01")]))
        assert "no_time_of_day" not in shown

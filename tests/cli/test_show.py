"""`show` from end to end, and its screen at every width: figures worked out by hand."""

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from rich.cells import cell_len

from sgkpi.answers.overview import Overview, make_overview
from sgkpi.documents.bars import bar_scale
from sgkpi.documents.document import Chart
from sgkpi.documents.sentences import bound_in_words
from sgkpi.documents.show import chart, show_document
from sgkpi.documents.write.terminal.chart import draw_bars, enlarge
from sgkpi.figures.figure import Rating, Status
from sgkpi.ledger.cases import OverdueCases
from sgkpi.ledger.ledger import Unplaced
from sgkpi.model.indicator import Answers, Clock, Improvement, PointInTime, SetBy, Target
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.periods import Month
from sgkpi.model.request import AsOfSource
from sgkpi.model.units import Limit, LimitUnit, ValueUnit
from tests.cli.test_compute import CONTACTS, project  # noqa: F401 - a fixture
from tests.support.answers import RECEIVED, TIMED
from tests.support.program import run, run_process
from tests.support.results import DECIDED, PLACED, count, month, not_covered, proportion, year_to_date
from tests.support.screens import shown as shown_on
from tests.test_overview import FEBRUARY, of_decided

# 5 and 6 have no decision: due 24 hours after receipt, on 10 February and on 3 March at 9; 7 is due at 8 on 4 March,
# an hour after the as-of time.
STILL_OPEN = """\
5,2019-02-09 09:00,,South
6,2019-03-02 09:00,,South
7,2019-03-03 08:00,,North
"""


@pytest.fixture
def open_project(project: Path) -> Path:  # noqa: F811
    (project / "data" / "contacts.csv").write_text(CONTACTS + STILL_OPEN, encoding="utf-8")
    return project


def decided() -> Overview:
    """February 2019: 384 of 486, two teams; January 355 of 480; nothing before; 4 overdue, the oldest of 5 January."""
    figures = [
        proportion(month("2019-01"), 355, 480),
        proportion(month("2019-01"), 100, 200, breakdown="team", category="South"),
        proportion(
            FEBRUARY, 384, 486, not_met=98, overdue=4, unknown=3, lowest=Fraction(384, 489), highest=Fraction(387, 489)
        ),
        proportion(FEBRUARY, 284, 300, breakdown="team", category="North", rating=Rating.GREEN),
        proportion(FEBRUARY, 100, 186, breakdown="team", category="South", overdue=4),
        proportion(FEBRUARY, 0, 0, breakdown="team", category="(not recorded)"),
    ]
    overdue = OverdueCases("contacts_decided_24h", FEBRUARY, None, None, 4, datetime(2019, 1, 5, 9), 0)
    return make_overview(of_decided(*figures), Month(2019, 2), [overdue])


def screen(width: int | None, *, unicode: bool = True, colour: bool = False, of: Overview | None = None) -> str:
    return shown_on(show_document(of or decided()), width, colour=colour, unicode=unicode)


def flat(text: str) -> str:
    return " ".join(text.split())


class TestWhatItSays:
    def test_the_number_in_words_with_target_and_rating(self) -> None:
        lines = screen(None, unicode=False).splitlines()
        at = lines.index("February 2019: 79.0%, RED")
        assert lines[at + 1 : at + 4] == [
            "384 of 486 contacts (settled).",
            "RED: the target is 90% or more, and AMBER from 80%.",
            # 80% of 486 is 388.8, so 389; 90% is 437.4, so 438
            "5 more within 24 hours would make this AMBER, 54 more GREEN.",
        ]

    def test_comparisons_and_bounds(self) -> None:
        shown = screen(None)
        # 384/486 is 79.01%, 355/480 is 73.96%: 5.05 points, shown as 5.1; Newcombe's interval is -0.3 to 10.4 points
        said = "74.0%; up 5.1 percentage points: no more than chance alone often makes."
        assert f"January 2019, the month before: {said}\n" in shown
        # 384/489 is 78.53%, 387/489 is 79.14%
        assert "Lowest and highest: 78.5% if every case not yet judged failed, 79.1% if every one succeeded.\n" in shown

    def test_what_is_overdue_and_how_old_the_oldest_is(self) -> None:
        said = "4 cases from the months since January 2019. The oldest fell due on 5 January 2019, 58 days earlier."
        assert f"Overdue: {said}\n" in screen(None)
        assert "102 cases were not met in time: 98 done late and 4 still not done.\n" in screen(None)

    def test_breakdowns_the_worst_first(self) -> None:
        lines = screen(None, unicode=False).splitlines()
        at = lines.index("By team, the worst first")
        assert lines[at + 2].split() == ["Team", "Value", "Cases", "before", "Rating", "Overdue"]
        assert [line.split() for line in lines[at + 4 : at + 7]] == [
            ["South", "53.8%", "100/186", "50.0%", "RED", "4"],
            ["North", "94.7%", "284/300", "GREEN"],
            ["(not", "recorded)", "no", "cases", "not", "rated"],
        ]

    def test_a_clock_without_a_stop_asks_what_is_in_date(self) -> None:
        stock = replace(TIMED, clock=Clock(RECEIVED, None, limit=Limit(6, LimitUnit.MONTHS)))
        results = replace(of_decided(proportion(FEBRUARY, 384, 486)), indicators=(stock,))
        shown = screen(None, of=make_overview(results, Month(2019, 2), []))
        assert "\n5 more in date would make this AMBER, 54 more GREEN.\n" in shown

    def test_no_identifier(self) -> None:
        assert "C1" not in screen(None)
        assert "P1" not in screen(None)

    def test_a_month_that_runs_still(self) -> None:
        march = proportion(month("2019-03"), 3, 4, status=Status.PROVISIONAL, rating=Rating.NOT_RATED, rating_firm=None)
        march = replace(march, settled=False)
        figures = of_decided(proportion(FEBRUARY, 384, 486), march)
        shown = screen(None, unicode=False, of=make_overview(figures, Month(2019, 3), []))
        assert "3 of 4 contacts (provisional: the month had not ended).\n" in shown
        assert "Not rated yet: the month has not ended; the target is 90% or more" in shown
        assert "would make this" not in shown  # more cases will come
        assert "\nToo early to compare: this figure could still change.\n" in shown
        assert "February 2019, the month before: 79.0%; too early to compare.\n" in shown

    def test_amber_where_less_is_better(self) -> None:
        spells = count(FEBRUARY, 7, target_green=Decimal(1), target_amber=Decimal(2), rating=Rating.RED)
        of = make_overview(replace(of_decided(spells), indicators=(PLACED,)), Month(2019, 2), [])
        assert "RED: the target is 1 or fewer, and AMBER up to 2.\n" in screen(None, of=of)

    @pytest.mark.parametrize(
        ("quantity", "bound", "words"),
        [
            (Quantity(Measure.COUNT), "3", "3 or fewer"),
            (Quantity(Measure.MEAN, ValueUnit.CASES), "17", "17 cases or fewer"),
            (Quantity(Measure.MEDIAN, ValueUnit.DAYS), "20", "20 days or less"),
            (Quantity(Measure.PROPORTION), "0.1", "10% or less"),
            (Quantity(Measure.COUNT), "0", "0"),
        ],
    )
    def test_cases_are_fewer_and_other_numbers_less(self, quantity: Quantity, bound: str, words: str) -> None:
        assert bound_in_words(Decimal(bound), quantity, Improvement.DECREASE) == words

    def test_who_set_the_target_and_what_the_indicator_answers(self) -> None:
        targets = (Target(None, Decimal("0.9"), Decimal("0.8"), SetBy.LOCAL),)
        local = replace(TIMED, targets=targets, answers=Answers((3, 47), (2,)))
        shown = screen(
            None,
            of=make_overview(
                replace(of_decided(proportion(FEBRUARY, 384, 486)), indicators=(local,)), FEBRUARY.last, []
            ),
        )
        assert "RED: the target is 90% or more, set locally, and AMBER from 80%.\n" in shown
        assert "\nAnswers paragraphs 3 and 47, and point 2, of the inspection.\n" in shown

    def test_a_sentence_begins_with_a_capital(self) -> None:
        days = replace(
            proportion(FEBRUARY, 0, 7), measure=Measure.MEAN, value=Fraction(33), target_green=None, target_amber=None
        )
        of = make_overview(of_decided(days), Month(2019, 2), [])
        assert "\nThe mean of 7 contacts (settled).\n" in screen(None, of=of)

    @pytest.mark.parametrize(("before", "left_out"), [(2, False), (3, True)])
    def test_several_months_before_the_extract_begins_are_a_note(self, before: int, *, left_out: bool) -> None:
        months = [Month(2019, 1).plus(-back) for back in reversed(range(before))]
        history = [not_covered(month(str(each))) for each in months]
        of = make_overview(of_decided(*history, proportion(FEBRUARY, 384, 486)), Month(2019, 2), [])
        drawn = screen(None, of=of).split("\nTwelve months\n")[1].split("\n\n")[0]
        assert ("2019-01  not covered" in drawn) is not left_out
        assert ("\nnot covered by the extract before 2019-02" in drawn) is left_out

    @pytest.mark.parametrize(
        ("table", "noun"),
        [("adoption", "cases"), ("sdq", "cases"), ("ehe_children", "ehe children"), ("cp_plans", "cp plans")],
    )
    def test_a_table_whose_name_is_no_plural_has_cases(self, table: str, noun: str) -> None:
        of = make_overview(of_decided(proportion(FEBRUARY, 384, 486)), Month(2019, 2), [])
        indicator = replace(of.indicator, table=replace(of.indicator.table, name=table))
        named = replace(of, figures=replace(of.figures, indicators=(indicator,)))
        assert f"\n384 of 486 {noun} (settled).\n" in screen(None, of=named)

    def test_the_rows_of_a_table_are_called_by_its_label(self) -> None:
        of = make_overview(of_decided(proportion(FEBRUARY, 384, 486)), Month(2019, 2), [])
        table = replace(of.indicator.table, name="cp_plans", label="plans of children at home")
        named = replace(of, figures=replace(of.figures, indicators=(replace(of.indicator, table=table),)))
        assert "\n384 of 486 plans of children at home (settled).\n" in screen(None, of=named)

    @pytest.mark.parametrize(
        ("blank", "unreadable", "said"),
        [
            (1, 0, "1 case belongs to no month: “received at” is blank."),
            (0, 2, "2 cases belong to no month: “received at” is unreadable."),
            (1, 2, "3 cases belong to no month: “received at” is blank in 1 and unreadable in 2."),
        ],
    )
    def test_cases_in_no_month(self, blank: int, unreadable: int, said: str) -> None:
        unplaced = (Unplaced("contacts_decided_24h", blank, unreadable),)
        found = of_decided(proportion(FEBRUARY, 9, 10), unplaced=unplaced)
        assert f"{said}\n" in screen(None, of=make_overview(found, Month(2019, 2), []))

    @pytest.mark.parametrize(
        ("met", "of", "said"),
        [
            (171, 202, "the same."),
            (11, 13, "about the same."),  # 84.62%, shown as 84.6%, after 84.65%, shown as 84.7%: 0.04 points less
            (17, 20, "up 0.3 percentage points: no more than chance alone often makes."),  # 85% after 84.65%
            (4, 5, "down 4.7 percentage points: no more than chance alone often makes."),
            (0, 50, "down 84.7 percentage points: worse, a change that chance alone seldom makes."),
            (202, 202, "up 15.3 percentage points: better, a change that chance alone seldom makes."),
        ],
    )
    def test_a_difference_that_is_shown_as_nothing_is_none(self, met: int, of: int, said: str) -> None:
        figures = of_decided(proportion(month("2019-01"), 171, 202), proportion(FEBRUARY, met, of))
        shown = screen(None, of=make_overview(figures, Month(2019, 2), []))
        assert f"January 2019, the month before: 84.7%; {said}\n" in shown

    def test_categories_of_fewer_than_ten_cases_are_not_ranked(self) -> None:
        categories = {"One": (0, 1), "Nine": (1, 9), "Ten": (5, 10), "Many": (1, 20), "None": (0, 0)}
        figures = [proportion(FEBRUARY, *of, breakdown="team", category=name) for name, of in categories.items()]
        of = make_overview(of_decided(proportion(FEBRUARY, 7, 40), *figures), Month(2019, 2), [])
        assert [each.category for each in of.breakdowns[0].figures] == ["Many", "Ten", "One", "Nine", "None"]
        assert "By team, the worst first, fewer than 10 cases below\n" in screen(None, of=of)

    def test_categories_are_not_ranked_where_all_have_fewer_than_ten_cases(self) -> None:
        categories = {"Nine": (8, 9), "One": (0, 1), "None": (0, 0)}
        figures = [proportion(FEBRUARY, *of, breakdown="team", category=name) for name, of in categories.items()]
        of = make_overview(of_decided(proportion(FEBRUARY, 8, 10), *figures), Month(2019, 2), [])
        assert [each.category for each in of.breakdowns[0].figures] == ["Nine", "One", "None"]
        assert "By team (not ranked: fewer than 10 cases each)\n" in screen(None, of=of)

    def test_a_target_that_nothing_can_pass(self) -> None:
        whole = replace(proportion(FEBRUARY, 9, 10), target_green=Decimal(1), target_amber=None)
        of = make_overview(of_decided(whole), Month(2019, 2), [])
        assert "RED: the target is 100%.\n" in screen(None, of=of)

    def test_the_longest_is_said_with_its_unit(self) -> None:
        longest = replace(DECIDED, measure=Measure.MAXIMUM, unit=ValueUnit.DAYS)
        figure = replace(proportion(FEBRUARY, 3, 3, longest), value=Fraction(129), numerator=None, unit=ValueUnit.DAYS)
        of = make_overview(replace(of_decided(figure), indicators=(longest,)), Month(2019, 2), [])
        shown = screen(None, of=of)
        assert "\nFebruary 2019: 129 days, RED\nThe longest of 3 contacts (settled).\n" in shown

    def test_a_stock_has_no_year_to_date(self) -> None:
        stock = replace(DECIDED, period=PointInTime("received_at", "received_at"))
        figures = [proportion(FEBRUARY, 9, 10), proportion(year_to_date("2019-02"), 9, 10)]
        for indicator, expected in ((stock, False), (DECIDED, True)):
            of = make_overview(replace(of_decided(*figures), indicators=(indicator,)), Month(2019, 2), [])
            assert ("Year to date" in screen(None, of=of)) is expected

    def test_the_number_is_text_everywhere_and_drawn_on_a_terminal_alone(self) -> None:
        assert "February 2019: 79.0%, RED\n384 of 486 contacts (settled)." in screen(None)
        drawn = screen(80).splitlines()
        assert "┗━┛" in "".join(drawn)
        assert any(line.endswith("    February 2019: 79.0%") for line in drawn)

    def test_an_old_extract_is_said_beside_the_number(self) -> None:
        of = decided()
        assert of.figures.as_of_source is AsOfSource.EXTRACT_TOML
        for today, said in ((date(2019, 3, 5), False), (date(2019, 3, 6), True)):
            text = shown_on(show_document(of, today), None)
            assert ("The extract dates from 4 March 2019: much" in text.split("\n\n")[1]) is said

    def test_no_cases_is_said_and_no_percentage(self) -> None:
        shown = screen(None, of=make_overview(of_decided(proportion(FEBRUARY, 0, 0)), Month(2019, 2), []))
        assert "February 2019: no cases, not rated\nNo case was judged, so there is no value.\n" in shown
        assert "0.0%" not in shown


class TestWidths:
    @pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
    @pytest.mark.parametrize("unicode", [True, False])
    def test_no_line_is_longer_than_the_terminal_is_wide(self, width: int, unicode: bool) -> None:
        assert max(map(cell_len, screen(width, unicode=unicode).splitlines())) <= width

    @pytest.mark.parametrize("width", [40, 60, 80, 100, 200, None])
    def test_nothing_is_lost(self, width: int | None) -> None:
        shown = flat(screen(width))
        for said in (
            "384 of 486 contacts",
            "53.8%",
            "100/186",
            "94.7%",
            "no cases",
            "74.0%",
            "50.0%",
            "58 days earlier",
        ):
            assert said in shown
        assert "…" not in shown

    @pytest.mark.parametrize("rating_firm", [True, False])
    def test_bars_go_where_words_need_the_room(self, rating_firm: bool) -> None:
        """Beside a label of 7, "not covered" with the room of a mark, and three gaps of 2, 40 columns leave 15: twelve
        for a bar beside RED (half of it 6, the target at 10.8), five beside "RED so far" (half 2, the target at 4)."""
        figures = [not_covered(month("2019-01")), proportion(FEBRUARY, 10, 20, rating_firm=rating_firm)]
        lines = screen(40, of=make_overview(of_decided(*figures), Month(2019, 2), [])).splitlines()
        at = lines.index("Twelve months")
        assert lines[at + 1 : at + 4] == (
            [f"2019-01  not covered{' ' * 13}│", "2019-02        50.0%   ██████    │   RED", "│ target: 90%"]
            if rating_firm
            else [f"2019-01  not covered{' ' * 7}│", "2019-02        50.0%   ██▌ │  RED so far", "│ target: 90%"]
        )

    def test_plain_characters_where_the_terminal_has_no_others(self) -> None:
        screen(80, unicode=False).replace("“", "").replace("”", "").encode("ascii")

    def test_a_rating_is_a_word_as_well_as_a_colour(self) -> None:
        assert "\x1b[1;31mRED" in screen(100, colour=True)
        assert "\x1b" not in screen(100)


class TestBars:
    def test_shares_are_drawn_to_a_hundred_per_cent_with_the_target_marked(self) -> None:
        # 20 wide: 50% is 10, 75% is 15; the target of 90% is the 19th character
        figures = [proportion(FEBRUARY, 1, 2), proportion(FEBRUARY, 3, 4), proportion(FEBRUARY, 0, 0)]
        assert draw_bars(chart(figures), 20, unicode=False) == [
            "##########        | ",
            "###############   | ",
            "                  | ",
        ]

    def test_counts_to_the_greatest(self) -> None:
        drawn = draw_bars(chart([count(FEBRUARY, n) for n in (0, 2, 4)]), 8, unicode=True)
        assert drawn == [
            " " * 8,
            "████    ",
            "█" * 8,
        ]

    def test_a_number_below_nought_ends_at_nought(self) -> None:
        # from -2 to 6 in 16 characters: one for each half, nought after the fourth, and the target of -1 after two
        points = chart([count(FEBRUARY, 0)] * 3).points
        numbers = [replace(point, value=Fraction(n)) for point, n in zip(points, (-2, -1, 6), strict=True)]
        numbers[2] = replace(numbers[2], target=Fraction(-1))
        drawn = Chart(tuple(numbers), Fraction(-2), Fraction(6))
        assert draw_bars(drawn, 16, unicode=True) == ["████            ", "  ██            ", "  │ ████████████"]

    def test_the_scale_has_room_for_every_number(self) -> None:
        spent = Quantity(Measure.RATIO, ValueUnit.PERCENT)
        assert bar_scale([Fraction(3, 2), Fraction(2)], spent) == (0, 2)
        assert bar_scale([Fraction(1, 2)], spent) == (0, 1)
        assert bar_scale([Fraction(-3), Fraction(-2)], Quantity(Measure.MEAN)) == (-3, 0)

    def test_eighths_of_a_character(self) -> None:
        # 1 of 8 of 10 characters is 1.25: one whole and two eighths
        figures = [count(FEBRUARY, 1), count(FEBRUARY, 8)]
        assert draw_bars(chart(figures), 10, unicode=True)[0] == "█▎        "
        assert draw_bars(chart(figures), 10, unicode=False)[0] == "#         "

    def test_nothing_at_all_has_no_bar(self) -> None:
        assert draw_bars(chart([count(FEBRUARY, 0)]), 5, unicode=True) == [" " * 5]


class TestLarge:
    def test_three_lines_of_the_same_figures(self) -> None:
        assert enlarge("71") == ["╺━┓ ╺┓", "  ┃  ┃", "  ╹ ╺┻╸"]
        assert len(enlarge("-1,234.56%")) == 3

    def test_words_stay_as_they_are(self) -> None:
        assert enlarge("no cases") == []


class TestProgram:
    def test_a_beginning_will_do_and_the_month_is_the_last_complete(self, open_project: Path) -> None:
        ran = run("show", "dec", cwd=open_project)
        assert ran.code == 0, ran.stderr
        assert ran.stdout.startswith("Contacts decided within 24 hours (decided)\n")
        # February: 1 and 2 in time, 3 late, 5 overdue; 4 without a time of day
        assert "2 of 4 contacts (settled).\n" in ran.stdout
        assert "1 case could not be judged: it has no time of day.\n" in ran.stdout
        # 60% of 4 is 2.4, so 3; 90% is 3.6, so 4
        assert "1 more within 24 hours would make this AMBER, 2 more GREEN.\n" in ran.stdout
        # 5 and 6; 5 was due at 9 on 10 February: 22 days before 4 March
        assert (
            "Overdue: 2 cases from the months since March 2018. The oldest fell due on 10 February 2019, 22 days"
            in (ran.stdout)
        )
        assert "Not due yet: 1 case.\n" in ran.stdout

    @pytest.mark.parametrize("engine", ["duckdb", "reference"])
    def test_json_carries_all_of_it(self, open_project: Path, engine: str) -> None:
        ran = run("show", "decided", "--month", "2019-02", "--json", "--engine", engine, cwd=open_project)
        assert ran.code == 0, ran.stderr
        read = json.loads(ran.stdout)
        assert (read["schema"], read["as_of"], read["as_of_source"]) == (
            "sgkpi.show/1", "2019-03-04T07:00:00", "extract.toml",
        )  # fmt: skip
        assert read["indicator"]["owner"] == "Somebody"
        assert (read["figure"]["met"], read["figure"]["denominator"], read["figure"]["rating"]) == (2, 4, "RED")
        assert (read["previous_month"]["change"], read["previous_month"]["figure"]["value"]) == (0, 0.5)
        assert read["same_month_last_year"]["change"] is None
        # January's a and b as well: 3 of 6
        assert (read["year_to_date"]["met"], read["year_to_date"]["denominator"]) == (3, 6)
        assert read["to_other_ratings"] == [
            {"rating": "AMBER", "cases": 1, "better": True},
            {"rating": "GREEN", "cases": 2, "better": True},
        ]
        assert [each["period"] for each in read["months"]][::11] == ["2018-03", "2019-02"]
        (team,) = read["breakdowns"]
        assert [(each["category"], each["value"]) for each in team["figures"]] == [
            ("North", 0.5), ("South", 0), ("Zoë’s", 1),
        ]  # fmt: skip
        assert read["open"] == {
            "since": "2018-03",
            "overdue": 2,
            "oldest_due": "2019-02-10T09:00:00",
            "oldest_days": 22,
            "overdue_without_due": 0,
            "not_due": 1,
        }
        assert read["reasons"] == [{"outcome": "unknown", "reason": "no_time_of_day", "cases": 1}]

    def test_a_count_without_a_target(self, open_project: Path) -> None:
        shown = run("show", "received", "--plain", cwd=open_project).stdout
        # 7 contacts in 12 months
        few = "Fewer than 5 cases a month, on average: too few to tell a change from chance."
        told = f"5 contacts (settled).\n{few} Quarters say more: `sgkpi compute received --period quarter`.\n"
        assert f"February 2019: 5, not rated\n{told}Not rated: there is no target.\n" in shown
        assert "Open on" not in shown

    def test_plain_has_one_fact_on_a_line(self, open_project: Path) -> None:
        shown = run("show", "decided", "--plain", cwd=open_project).stdout
        # February's unknown case may yet make it 3 of 5, which is AMBER
        # It is one of five: more than 10% could not be judged
        assert "2018-12: no cases\n2019-01: 50.0%, RED\n2019-02: 50.0% u, RED so far\nu more than 10% of" in shown
        assert "South\nValue: 0.0%\nCases: 0/1\nRating: RED\nOverdue: 1\n" in shown
        assert not set("│─█#|┃") & set(shown)

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (["show", "decidde"], 10, "no indicator 'decidde'; did you mean 'decided'?"),
            (["show", "decided", "--month", "2019-04"], 2, "2019-04 had not begun"),
            (["show", "decided", "--month", "2019-01,2019-02"], 2, "--month: give one month, not 2"),
            (["show", "decided", "--json", "--plain"], 2, "--plain and json cannot be combined"),
            (["show", "decided", "-o", "a.csv"], 2, "cannot write .csv files; use one of"),
            (["show"], 2, "Missing argument 'ID'"),
        ],
    )
    def test_what_cannot_be_shown(self, open_project: Path, arguments: list[str], code: int, said: str) -> None:
        ran = run(*arguments, cwd=open_project)
        assert ran.code == code
        assert said in ran.stderr
        assert ran.stdout == ""

    def test_in_a_code_page_without_lines(self, open_project: Path) -> None:
        ran = run_process("show", "decided", cwd=open_project, encoding="cp1252")
        assert ran.code == 0
        assert "February 2019: 50.0%, RED" in ran.stdout
        assert "Zoë’s" in ran.stdout
        assert "?" not in ran.stdout.replace("within 24 hours?", "")

    def test_a_file_with_the_format_of_its_ending(self, open_project: Path) -> None:
        assert run("show", "decided", "-o", "a.json", cwd=open_project).code == 0
        assert json.loads((open_project / "a.json").read_text(encoding="utf-8"))["schema"] == "sgkpi.show/1"

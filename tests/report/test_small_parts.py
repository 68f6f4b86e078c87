"""Small parts of reports: names of teams' files, what a report may show of cells, Markdown that is too long."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import sgkpi
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.report.privacy import is_reportable, without_unlisted
from sgkpi.answers.report.slugs import slugs_of
from sgkpi.documents.report.page import (
    Bar,
    Column,
    Commentary,
    Fact,
    Facts,
    Line,
    Listing,
    Page,
    Paragraph,
    Section,
    Sparkline,
    Table,
    Words,
)
from sgkpi.documents.write.report_markdown import LEFT_OUT, write_report_markdown
from sgkpi.ledger.ledger import Ledger, OutcomeCount
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Breakdown
from sgkpi.model.outcomes import Outcome
from sgkpi.model.table import Column as TableColumn
from sgkpi.model.table import Table as Declared
from tests.report.support import write_project
from tests.support.results import DECIDED, month

FEBRUARY = month("2019-02")


class TestSlugs:
    @pytest.mark.parametrize(
        ("team", "slug"),
        [
            ("Access Team A", "access-team-a"),
            ("  Zoë’s / Équipe_2  ", "zoes-equipe-2"),
            ("チーム", "team"),
            ("", "team"),
            ("a" * 70, "a" * 60),
            ("b" * 59 + " c", "b" * 59),
            ("CON", "con-2"),
            ("Lpt¹", "lpt1-2"),
            ("com 1", "com-1"),
            ("Nuls", "nuls"),
        ],
    )
    def test_lower_case_ascii_letters_digits_and_hyphens(self, team: str, slug: str) -> None:
        assert slugs_of([team]) == {team: slug}

    def test_names_of_devices_are_numbered_on(self) -> None:
        assert list(slugs_of(["Aux", "AUX.", "aux 2"]).values()) == ["aux-2", "aux-3", "aux-2-2"]

    def test_a_number_behind_where_two_would_be_the_same(self) -> None:
        teams = ["A b", "a-B", "A  B", "a b 2", "x" * 60, "x" * 61]
        assert list(slugs_of(teams).values()) == ["a-b", "a-b-2", "a-b-3", "a-b-2-2", "x" * 60, "x" * 58 + "-2"]


class TestPrivacy:
    TABLE = Declared(
        "contacts",
        {
            name: TableColumn(name, kind)
            for name, kind in (
                ("contact_id", Kind.TEXT),
                ("child", Kind.TEXT),
                ("team", Kind.TEXT),
                ("born", Kind.MONTH),
                ("seen", Kind.DATE),
                ("age", Kind.INTEGER),
                ("urgent", Kind.BOOLEAN),
            )
        },
        key=("contact_id",),
        person="child",
    )

    @pytest.mark.parametrize(
        ("column", "kind", "shown"),
        [
            ("team", Kind.TEXT, True),
            ("urgent", Kind.BOOLEAN, True),
            ("contact_id", Kind.TEXT, False),
            ("child", Kind.TEXT, False),
            ("born", Kind.MONTH, False),
            ("seen", Kind.DATE, False),
            ("age", Kind.INTEGER, False),
        ],
    )
    def test_breakdowns_are_by_names_alone(self, column: str, kind: Kind, shown: bool) -> None:
        indicator = replace(DECIDED, table=self.TABLE)
        single = Breakdown(column, ColumnRef(column, kind))
        assert is_reportable(indicator, single) is shown
        with_team = Breakdown.product((Breakdown("team", ColumnRef("team", Kind.TEXT)), single))
        assert is_reportable(indicator, with_team) is shown

    def test_listed_categories_are_shown_though_they_are_part_of_a_key(self) -> None:
        """An audit grades several subjects; and whether a child is known is asked of the column of persons."""
        table = replace(self.TABLE, key=("contact_id", "team"))
        indicator = replace(DECIDED, table=table)
        assert not is_reportable(indicator, Breakdown("team", ColumnRef("team", Kind.TEXT)))
        assert is_reportable(indicator, Breakdown("team", ColumnRef("team", Kind.CATEGORY), codes=("north", "south")))
        assert is_reportable(indicator, Breakdown("known", ColumnRef("child", Kind.BOOLEAN), codes=("yes", "no")))

    def test_values_that_are_no_codes_are_added_up(self) -> None:
        source = Breakdown("source", ColumnRef("source", Kind.CATEGORY), codes=("police", "school"))
        team = Breakdown("team", ColumnRef("team", Kind.TEXT))

        def count(by: str | None, category: str | None, cases: int) -> OutcomeCount:
            return OutcomeCount(DECIDED.id, FEBRUARY, by, category, Outcome.MET, None, cases)

        counted = Ledger((
            count(None, None, 15), count("source", "police", 4), count("source", "Anna", 2), count("source", "Ben", 1),
            count("source", "(not recorded)", 3), count("team", "Anna", 5),
            count("source*team", "police × Anna", 6), count("source*team", "Ben × Anna", 7),
            count("source*team", "Cleo × Anna", 8), count("source*team", "a × b × c", 9),
        ))  # fmt: skip
        breakdowns = [(DECIDED.id, each) for each in (source, team, Breakdown.product((source, team)))]
        found = {(each.breakdown, each.category): each.cases for each in without_unlisted(counted, breakdowns).outcomes}
        assert found == {
            (None, None): 15, ("source", "police"): 4, ("source", "(not listed)"): 3, ("source", "(not recorded)"): 3,
            ("team", "Anna"): 5, ("source*team", "police × Anna"): 6, ("source*team", "(not listed) × Anna"): 15,
            ("source*team", "(not listed)"): 9,
        }  # fmt: skip


def page(*sections: Section) -> Page:
    return Page("Title", "Internal", ("As of.",), "", sections, "End.", "sgkpi 1")


class TestMarkdown:
    def test_a_page_that_is_too_long_leaves_its_breakdowns_out_and_says_so(self) -> None:
        rows = tuple(Words(f"Team {number} {'x' * 100}") for number in range(9000))
        bars = tuple(Bar(Fraction(1, 2), Fraction(1)) for _ in rows)
        table = Table("By team", (Column("Team", rows), Column("Bar", bars)), folds=True)
        long, short = (
            write_report_markdown(page(Section("a", "A", (Paragraph((Line("Kept."),)), each))))
            for each in (table, replace(table, columns=(Column("Team", rows[:2]), Column("Bar", bars[:2]))))
        )
        assert LEFT_OUT in long
        assert "Kept." in long
        assert "Team 0" not in long
        assert len(long) < 1000
        assert LEFT_OUT not in short
        assert "<details><summary>By team</summary>\n\n| Team |\n| --- |\n| Team 0 x" in short

    def test_no_text_begins_a_block_of_its_own(self) -> None:
        lines = ("# Big", "1. One", "- item", "> said", "=== rule", "2019 was", "plain")
        text = write_report_markdown(page(Section("a", "A", tuple(Paragraph((Line(each),)) for each in lines))))
        shown = [
            line for line in text.splitlines() if line.lstrip("\\")[:2] in {each[:2] for each in lines} or "1" in line
        ]
        assert "\\# Big" in text
        assert "\\- item" in text
        assert "\\> said" in text
        assert "\\=== rule" in text
        assert "1\\. One" in text
        assert "\n2019 was\n" in text
        assert shown

    def test_commentary_has_lists_and_quotations_and_no_headings_in_them(self) -> None:
        said = "- one\n  1. two\n- # three\n- > # four\n1. ## five\n> six\n>\n># seven\n- 2019.\n- *eight*"
        text = write_report_markdown(page(Section("a", "A", (Commentary("Commentary", said),))))
        assert text.split("**Commentary**\n\n")[1].splitlines()[:10] == [
            "- one",
            "  1. two",
            "- \\# three",
            "- > \\# four",
            "1. \\## five",
            "> six",
            ">",
            "> \\# seven",
            "- 2019\\.",
            "- *eight*",
        ]

    def test_the_dashes_of_columns_that_this_format_alone_has_are_explained(self) -> None:
        """A count has no cases below its value, and one month makes no line."""
        values = (Words("80.0%", ("4 of 5",)), Words("3"))
        lines = (Sparkline((Fraction(1), Fraction(2)), ""), Sparkline((None, Fraction(2)), ""))
        table = Table("T", (Column("Value", values, below="Cases"), Column("12 months", lines)))
        text = write_report_markdown(page(Section("a", "A", (table,))))
        assert "| 80.0% | 4 of 5 | ▁█ |\n| 3 | – | – |\n" in text
        assert (
            "“–” under Cases: the value is a number of cases itself, or there is none. "
            "“–” under 12 months: fewer than two of them have a value.\n" in text
        )
        told = replace(table, columns=(Column("Value", values[:1], below="Cases"), Column("12 months", lines[:1])))
        assert "“–”" not in write_report_markdown(page(Section("a", "A", (told,))))

    def test_code_holds_whatever_a_name_holds(self) -> None:
        facts = Facts((Fact("Command", "sgkpi report team '`` @a `'", is_code=True), Fact("Other", "a `b`")))
        text = write_report_markdown(page(Section("a", "A", (facts, Listing((Line("x", "y", "z"),))))))
        assert "- **Command**: ``` sgkpi report team '`` @a `' ```" in text
        assert "- **Other**: a \\`b\\`" in text
        assert "\n- yx\n" in text


def test_findings_without_their_effects_are_the_same_findings(tmp_path: Path) -> None:
    folder = write_project(tmp_path)
    catalogue = sgkpi.load_catalogue(folder / "indicators")
    extract = sgkpi.open_extract(folder / "data", catalogue)
    whole, without = (check_quality(extract, catalogue, QualityRequest(effects=effects)) for effects in (True, False))
    assert any(each.effects for each in whole.findings)
    assert without.findings == tuple(replace(each, effects=()) for each in whole.findings)
    assert without.month == whole.month

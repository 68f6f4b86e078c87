"""The page of a report as a file: its structure, its safety, and what hostile names and commentary become."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args
from xml.etree.ElementTree import Element

import pytest
from html5lib import HTMLParser

from sgkpi.documents.report.page import Block, Cell, Column, Line, Listing, Paragraph, Section, Table, Words
from sgkpi.documents.write.html.write import write_page
from tests.support.html_faults import faults, name_of, named, text_of
from tests.support.pages import HOSTILE, sample_page

TOP = Path(__file__).resolve().parents[3]


def elements_of(html: bytes) -> list[Element]:
    root = HTMLParser(strict=True).parse(html)
    return [each for each in root.iter() if isinstance(each.tag, str)]


def seen(text: str) -> str:
    """A text as it can be read in a page: what HTML does not allow as U+FFFD, spaces as one."""
    return " ".join(re.sub("[\x00\u202c\u202e\ud800]", "\ufffd", text).split())


def test_a_page_has_no_fault() -> None:
    assert faults(write_page(sample_page())) == []


def test_the_same_page_gives_the_same_bytes_under_any_hash_seed_zone_and_locale() -> None:
    code = (
        "import sys\nfrom tests.support.pages import sample_page\n"
        "from sgkpi.documents.write.html.write import write_page\n"
        "sys.stdout.buffer.write(write_page(sample_page()))"
    )
    path = os.pathsep.join([str(TOP / "src"), str(TOP)])
    others = [{"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "UTC"}]
    written = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": path, **other},
            capture_output=True,
            check=True,
        ).stdout
        for other in others
    }
    assert written == {write_page(sample_page())}


def classes_within(part: object) -> set[type]:
    """The classes of a page's parts, however deep."""
    if isinstance(part, tuple):
        return {found for each in part for found in classes_within(each)}
    if hasattr(part, "__dataclass_fields__"):
        return {type(part)}.union(*(classes_within(getattr(part, name)) for name in part.__dataclass_fields__))
    return set()


def test_the_sample_has_every_block_and_cell() -> None:
    """So that a new kind of block without a macro fails the tests here."""
    assert {*get_args(Block), *get_args(Cell)} <= classes_within(sample_page())


class TestPlantedMistakes:
    """Each change of a sound page is found, so that finding none means something."""

    @pytest.mark.parametrize(
        ("before", "after", "found"),
        [
            ("<main>", "<main><p><div></p></div>", "not valid"),
            ('id="glance"', 'id="brief"', "is there 2 times"),
            ('href="#glance"', 'href="#nowhere"', "which is not there"),
            ('<caption>Help and protection, February 2019</caption>', "", "without a caption"),
            ('<th scope="col">Direction</th>', "<th>Direction</th>", "headers"),
            ('<th scope="row">Assessment</th>', "<td>Assessment</td>", "headers"),
            ('<th scope="row">Assessment</th>', '<th scope="row"></th>', "an empty cell"),
            ("<td>started", '<td rowspan="2">started', "merged cells"),
            ("<td>started", "<td>–", "a dash without a meaning under 'State'"),
            ("<td>started", "<td>more</td><td>started", "rows of different lengths"),
            ("<h4>Commentary", "<h6>Commentary", "not valid"),
            ("<h3>Director", "<h4>Director</h4><h3>Director", "follows one of"),
            ("<main>", "<main><h1>Again</h1>", "not one h1"),
            ("<main>", "<main><script></script>", "<script>"),
            ("<main>", '<main><p style="color:red">', "attribute style"),
            ("<main>", '<main><p onclick="x">', "attribute onclick"),
            ("<main>", '<main><img alt="" src="x.png">', "leads out"),
            ("<main>", '<main><a href="https://example.org">there</a>', "looks like an address"),
            ('class="note"', 'class="note" aria-labelledby="gone"', "which is not there"),
            ('aria-labelledby="brief"', 'aria-labelledby="changed-x"', "not labelled by its heading"),
            ("The chart as a table", "More", "without the table of its numbers"),
            ('role="img"', "", "neither named nor hidden"),
            ("color-scheme:light", "color-scheme:dark", "the policy"),
            ("*{box-sizing:border-box}", "*{background:url(x)}", "fetches"),
            ('lang="en-GB"', 'lang="en"', "language"),
            ("395 of 500", "nan of 500", "a word of Python"),
            ("<main>", "<main><details><summary>More</summary>Stands nowhere else</details>", "no twin"),
            ('class="skip"', 'class="first"', "skip"),
            ('content="noindex"', 'content="index"', "no robots"),
            ("</html>\n", "</html>\r\n", "line ends"),
        ],
    )  # fmt: skip
    def test_found(self, before: str, after: str, found: str) -> None:
        html = write_page(sample_page()).decode()
        assert before in html
        assert any(found in each for each in faults(html.replace(before, after, 1).encode()))


class TestHostileTexts:
    """All of them at once on one page, as an extract may hold them all."""

    def test_a_name_is_text_wherever_it_is(self) -> None:
        lines = tuple(Line(f"No figure of {name} was restated.") for name in HOSTILE)
        table = Table(
            "Teams", (Column("Team", tuple(map(Words, HOSTILE))), Column("Value", (Words("1"),) * len(HOSTILE)))
        )
        page = sample_page()
        more = Section("more", "More", (Listing(lines), table))
        html = write_page(replace(page, sections=(*page.sections, more)))
        assert faults(html) == []
        elements = elements_of(html)
        assert set(map(seen, HOSTILE)) <= {text_of(each) for each in named(elements, "th")}
        said = [text_of(each) for each in named(elements, "li")]
        assert all(f"No figure of {seen(name)} was restated." in said for name in HOSTILE)

    def test_a_title_is_text_in_the_heading_and_in_the_head(self) -> None:
        title = " ".join(HOSTILE)
        html = write_page(sample_page(title=title))
        assert faults(html) == []
        head, heading = [text_of(each) for each in named(elements_of(html), "h1", "title")][:2]
        assert heading == seen(title)
        assert head == '<script>alert(1)</script> "><svg onload="alert(1)"> {{7*7}} {% raw %}…'

    @pytest.mark.parametrize(
        ("title", "seen_in_tab"),
        [
            (
                "Children's services, Contacts & more: February 2019",
                "Children's services, Contacts &amp; more: February 2019",
            ),
            ("a" * 55 + ": February 2019", "a" * 55 + ": February 2019"),
            ("a" * 56 + ": February 2019", "a" * 54 + "…: February 2019"),
            ("x" * 71, "x" * 69 + "…"),
        ],
    )
    def test_the_title_of_the_tab_has_70_characters_at_most(self, title: str, seen_in_tab: str) -> None:
        assert f"<title>{seen_in_tab}</title>" in write_page(sample_page(title=title)).decode()

    def test_every_other_text_is_escaped_too(self) -> None:
        text = " ".join(HOSTILE)
        page = sample_page(team=text, marking=text, about=(text,), draft=text, footer=text)
        table = Table(text, (Column(text, (Words(text, (text,)),)),), wide=True)
        more = Section("more", text, (Paragraph((Line(text),)), table))
        assert faults(write_page(replace(page, sections=(*page.sections, more)))) == []

    @pytest.mark.parametrize("text", HOSTILE[:-1])
    def test_commentary_is_text(self, text: str) -> None:
        rendered = write_page(sample_page(text=text))
        assert faults(rendered) == []
        notes = [text_of(each) for each in elements_of(rendered) if each.get("class") == "note"]
        assert seen(text) in notes[1]


def note(text: str) -> Element:
    """What a commentary becomes."""
    html = write_page(sample_page(text=text))
    assert faults(html) == []
    return [each for each in elements_of(html) if each.get("class") == "note"][1]


class TestCommentary:
    def test_emphasis_lists_and_quotations_are_rendered(self) -> None:
        found = note("A **bold** and *slanted* word\n\n- one\n- two\n\n1. first\n\n> said")
        assert {"strong", "em", "ul", "ol", "li", "blockquote"} <= {name_of(each) for each in found.iter()}

    @pytest.mark.parametrize(
        "text",
        [
            "# A heading",
            "A heading\n=========",
            "## Another",
            "    indented code",
            "```\nfenced\n```",
            "<b>bold</b>",
            "<div>\n\nblock\n\n</div>",
            "![picture](picture.png)",
            "[link](#brief)",
            "<https://example.org>",
            "[one]: https://example.org 'two'\n\n[one]",
        ],
    )
    def test_headings_code_links_pictures_and_html_are_not(self, text: str) -> None:
        found = note(text)
        body = [each for each in found if name_of(each) not in ("h4", "table")]
        inside = {name_of(each) for part in body for each in part.iter()}
        assert inside <= {"p", "code"}

    def test_an_entity_is_no_way_round_what_a_page_must_not_have(self) -> None:
        assert "\ufffd12 &" in text_of(note("&#x202e;12 &amp;"))

    def test_a_heading_stays_readable_as_text(self) -> None:
        assert "# A heading" in [text_of(each) for each in named(list(note("# A heading").iter()), "p")]


class TestPage:
    def html(self, **others: object) -> str:
        return write_page(sample_page(**others)).decode()  # type: ignore[arg-type]

    def test_only_twins_are_folded(self) -> None:
        assert self.html().count("<details>") == self.html().count("<figure>") == 3

    def test_a_wide_table_is_a_named_region_that_takes_the_focus(self) -> None:
        caption = "Contacts decided within 24 hours: the months of the chart"
        assert f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0">' in self.html()

    @pytest.mark.parametrize(("count", "scrolls"), [(4, 0), (5, 1)])
    def test_a_table_of_more_columns_than_a_telephone_has_room_for_may_be_scrolled(
        self, count: int, scrolls: int
    ) -> None:
        columns = tuple(Column(f"Column {k}", (Words("1"),)) for k in range(count))
        more = Section("more", "More", (Table("Many", columns),))
        page = sample_page()
        html = write_page(replace(page, sections=(*page.sections, more))).decode()
        assert html.count('aria-label="Many"') == scrolls

    def test_columns_that_are_said_elsewhere_are_for_wide_pages(self) -> None:
        table = re.search(r'<table class="glance">.*?</table>', self.html(), re.DOTALL)
        assert table
        assert re.findall(r'<th scope="col" class="[^"]*wide-only">([^<]+)', table[0]) == [
            "Target",
            "Direction",
            "12 months",
        ]

    def test_a_page_that_is_whole_is_no_draft(self) -> None:
        assert "Draft" in self.html()
        assert "Draft" not in self.html(draft="")

    def test_the_tables_behind_charts_are_printed_where_the_page_says_so(self) -> None:
        assert '<body class="prints-tables">' in self.html(prints_tables=True)
        assert "<body>" in self.html()

    def test_the_title_is_at_the_foot_of_printed_pages(self) -> None:
        html = self.html(title='Téams "A" and B, h')
        assert r'@page{@bottom-left{content:"T\e9 ams \22 A\22  and B\2c  \68 ";' in html

    def test_a_long_title_is_cut_there(self) -> None:
        assert f'content:"{"x" * 90}\\2026 ";' in self.html(title="x" * 200)

    def test_what_is_none_is_refused_and_not_printed(self) -> None:
        with pytest.raises(TypeError, match="a report does not print None"):
            self.html(footer=None)

    def test_the_reading_order_begins_with_the_marking_and_the_title(self) -> None:
        texts = [text_of(each) for each in named(elements_of(write_page(sample_page())), "p", "h1", "h2")]
        assert texts[:3] == [
            "OFFICIAL-SENSITIVE · internal: small numbers are not hidden",
            "South Gloucestershire children's services performance: February 2019",
            "What was known on 4 March 2019 at 07:00.",
        ]

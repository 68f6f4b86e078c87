"""The reference is the specification: no page is stale, none leads nowhere, and nothing is without a page.

That is, nothing that definitions can say, and nothing that figures can. What counts is what the pages use, not what
they speak of: their definitions, the columns that their tables have, and what came of them.
"""

import re
from collections.abc import Iterator
from textwrap import dedent

import pytest
import yaml

from sgkpi.figures.figure import Rating, Status
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.periods import PeriodKind
from tests.spec.pages import Page, cells
from tests.spec.recording import Exhibit, Seen
from tests.support.chapters import chapters
from tests.support.language import expression_features, plain, whole_language, written_features
from tests.support.markdown import table
from tests.support.reference import FOLDER, Shown, pages, read, with_outcomes

RENEW = "docs/reference is stale; `make reference` (or `python -m tests.support.reference`) writes it anew"


@pytest.mark.slow
def test_the_reference_says_what_the_specification_says() -> None:
    wanted = pages()
    assert {path.name for path in FOLDER.iterdir()} == set(wanted), RENEW
    assert [name for name, text in wanted.items() if read(FOLDER / name) != text] == [], RENEW


def test_every_chapter_is_linked() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"^- \[.+\]\((\w+\.md)\): .+\.$", index, re.MULTILINE)
    assert sorted(linked) == sorted(path.name for path in FOLDER.iterdir() if path.name != "README.md")


def test_every_section_shows_an_answer() -> None:
    """A rule without an example would be a claim."""
    for path in FOLDER.glob("*.md"):
        for section in path.read_text(encoding="utf-8").split("\n## ")[1:]:
            said = section.rstrip().splitlines()[-1]
            assert path.name == "README.md" or said.startswith(("|", "```", "Unplaced", "By", "-", "No ", "Known")), (
                section
            )


def test_outcomes_stand_beside_their_cases() -> None:
    """`A.0` and `a` are the same key; a case without an outcome has a dash."""
    rows = [["a", "x"], ["A.0", "x"], ["b"]]
    header, found = with_outcomes(["id", "n"], rows, "id", {"a": "met"})
    assert header == ["id", "n", "outcome"]
    assert found == [["a", "x", "`met`"], ["A.0", "x", "`met`"], ["b", "", "`–`"]]


def test_what_has_not_changed_is_not_said_again() -> None:
    definition = "table: contacts\nperiod: received\nmeasure: count\n"
    page = Page("reference", definition, contacts="id | received\n1 | 2019-02-04")
    later = Page("reference", definition, contacts="id | received\n1 | 2019-02-04", as_of="2019-02-14")
    exhibits = [Exhibit(page, "values", ("value",), [(1,)]), Exhibit(later, "values", ("value",), [(2,)])]
    assert list(Shown().exhibits(exhibits)) == [
        "```yaml\ntable: contacts\nperiod: received\nmeasure: count\n```",
        "`contacts`\n\n| id  | received   |\n| --- | ---------- |\n| 1   | 2019-02-04 |",
        "| value |\n| ----- |\n| 1     |",
        "As of 2019-02-14:",
        "| value |\n| ----- |\n| 2     |",
    ]


def test_a_table_escapes_what_would_break_it() -> None:
    assert table(["a"], [["x|y"], ["1\n2"]]) == "| a      |\n| ------ |\n| x\\|y   |\n| 1<br>2 |"


def every_page() -> Iterator[Page]:
    """The page of every question that the specification asks."""
    for chapter in chapters():
        for section in chapter.sections:
            for case in section.cases:
                yield from (exhibit.page for exhibit in case.exhibits)


def used_tables(page: Page) -> dict[str, str]:
    """The declarations of the tables that a page has rows for, without the columns that the rows lack."""
    declared = {name: plain(dedent(text)) for name, text in page.declared.items()}
    headers = {name: {each.casefold() for each in cells(text)[0]} for name, text in page.tables.items()}
    used = {}
    for name, meant in declared.items():
        header = next((headers[each] for each in (name, *map(named, meant.get("files", ()))) if each in headers), None)
        if header is not None:
            used[name] = yaml.safe_dump({**meant, "columns": present(meant["columns"], header)}, sort_keys=False)
    return used


def named(file: str | dict[str, str]) -> str:
    """The name of a file, which may say more of it."""
    return file if isinstance(file, str) else file["name"]


def present(columns: dict[str, dict[str, object]], header: set[str]) -> dict[str, dict[str, object]]:
    """The columns that a header has, by any of their names; `names` only where it took one of them."""
    found = {}
    for name, column in columns.items():
        if name in header:
            found[name] = {key: value for key, value in column.items() if key != "names"}
        elif header & {each.casefold() for each in column.get("names", ())}:
            found[name] = column
    return found


@pytest.mark.slow
def test_everything_that_definitions_can_say_has_a_page() -> None:
    missing = whole_language() - {"TableFile.waive"}  # it is of `check`, which has tests of its own
    pages = {(each.definition, str(each.declared), str(each.tables)): each for each in every_page()}
    for page in pages.values():
        missing -= written_features(used_tables(page), {"page": page.definition}, page.shared)
        if any(each.startswith("node ") for each in missing):  # a page has to be loaded for these alone
            missing -= expression_features(page.catalogue())
        if not missing:
            return
    assert sorted(missing) == [], "no page of tests/spec uses these"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "whole"),
    [("statuses", Status), ("ratings", Rating), ("outcomes", Outcome), ("unknown", Unknown)],
)
def test_everything_that_figures_can_say_has_a_page(what: str, whole: type[Status]) -> None:
    seen: list[Seen] = [each for chapter in chapters() for each in chapter.seen]
    found = {value for each in seen for value in getattr(each, what)}
    assert sorted({each.value for each in whole} - found) == [], f"no page of tests/spec has these {what}"


@pytest.mark.slow
def test_every_kind_of_period_has_a_page() -> None:
    assert {kind for page in every_page() for kind in page.kinds} == set(PeriodKind)

"""The reference is the specification: no page is stale, and none leads nowhere."""

import re

import pytest

from tests.spec.pages import Page
from tests.spec.recording import Exhibit
from tests.support.markdown import table
from tests.support.reference import FOLDER, Shown, pages, read, with_outcomes

pytestmark = pytest.mark.xdist_group("reference")  # its pages are made once, in one process

RENEW = "docs/reference is stale; `make reference` (or `python -m tests.support.reference`) writes it anew"


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

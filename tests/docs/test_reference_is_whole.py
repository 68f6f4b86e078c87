"""Nothing that definitions can say, and nothing that figures can, is without a page of the specification.

What counts is what the pages use, not what they speak of: their definitions, the columns that their tables have,
and what came of them.
"""

from collections.abc import Iterator
from textwrap import dedent

import pytest
import yaml

from sgkpi.figures.figure import Rating, Status
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.periods import PeriodKind
from tests.spec.pages import Page, cells
from tests.spec.recording import Seen
from tests.support.chapters import chapters
from tests.support.language import expression_features, plain, whole_language, written_features

pytestmark = pytest.mark.xdist_group("reference")  # its pages are made once, in one process


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
    for name, table in declared.items():
        header = next((headers[each] for each in (name, *map(named, table.get("files", ()))) if each in headers), None)
        if header is not None:
            used[name] = yaml.safe_dump({**table, "columns": present(table["columns"], header)}, sort_keys=False)
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


@pytest.mark.parametrize(
    ("what", "whole"),
    [("statuses", Status), ("ratings", Rating), ("outcomes", Outcome), ("unknown", Unknown)],
)
def test_everything_that_figures_can_say_has_a_page(what: str, whole: type[Status]) -> None:
    seen: list[Seen] = [each for chapter in chapters() for each in chapter.seen]
    found = {value for each in seen for value in getattr(each, what)}
    assert sorted({each.value for each in whole} - found) == [], f"no page of tests/spec has these {what}"


def test_every_kind_of_period_has_a_page() -> None:
    assert {kind for page in every_page() for kind in page.kinds} == set(PeriodKind)

"""Every code that a message about an extract may carry stands in the page on extracts, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "src" / "sgkpi"
PAGE = ROOT / "docs" / "extracts.md"
SOURCES = ("extracts", "answers/check", "engines", "judge", "planning")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
# Texts of the program that look like codes and are none.
OTHERS = {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "2005-01", "made-up"}
# Codes put together from the kind of fault: "unreadable" and "-cell".
MADE = {"unreadable-cell", "blank-cell", "undated-cell", "unlisted-cell"}


def codes_of_the_program() -> set[str]:
    return {text for path in _modules() for text in _texts(path) if CODE.fullmatch(text)} - OTHERS | MADE


def _modules() -> Iterator[Path]:
    for name in SOURCES:
        path = PROGRAM / name
        yield from path.rglob("*.py") if path.is_dir() else [path]


def _texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def codes_of_the_page() -> set[str]:
    first_cells = re.findall(r"^\| (`[^|]+`) \| (?:error|warning|note)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {code for cell in first_cells for code in re.findall("`([^`]+)`", cell)}


def test_the_page_says_what_every_message_means() -> None:
    assert codes_of_the_program() - codes_of_the_page() == set()


def test_the_page_has_no_message_that_there_is_not() -> None:
    assert codes_of_the_page() - codes_of_the_program() == {"identifier"}  # the one code of a single word

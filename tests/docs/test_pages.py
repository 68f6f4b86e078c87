"""The pages hold together: links lead somewhere, lines fit, commands that are shown but not run can be parsed."""

import re
import shlex

import pytest
from typer.main import get_command

from sgkpi.cli.main import make_app
from tests.docs.pages import PAGES, TOP, Block, every_block

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
SHELLS = every_block("sh", "powershell")
MESSAGE_CODE = re.compile(r"(?:error|warning): .*\[([a-z0-9-]+)\]$", re.MULTILINE)


def prose(page: str) -> str:
    """The text of a page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", PAGES[page].read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in LINK.findall(prose(page)):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        path = (PAGES[page].parent / name).resolve() if name else PAGES[page]
        assert path.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in anchors(path.relative_to(TOP).as_posix()), f"{page}: {target}"


@pytest.mark.parametrize("block", SHELLS, ids=str)
def test_commands_that_are_shown_can_be_parsed(block: Block) -> None:
    group = get_command(make_app())
    for line in block.lines:
        for part in re.split(r"[;|>]|\s#", line)[:1]:
            if part.startswith("sgkpi ") and not part.startswith("sgkpi --"):
                _, name, *arguments = shlex.split(part, posix=block.language == "sh")
                command = group.commands[name]  # type: ignore[attr-defined]
                assert command.make_context(name, arguments).params


@pytest.mark.parametrize(
    ("cases", "page"),
    [
        ("definitions", "docs/definitions.md"),
        ("boards", "docs/definitions.md"),
        ("commentary", "docs/board.md"),
        ("extracts", "docs/extracts.md"),
    ],
)
def test_every_message_of_the_cases_is_documented(cases: str, page: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((TOP / "tests" / "cases" / cases).glob("*.txt"))]
    codes = {code for text in texts for code in MESSAGE_CODE.findall(text)}
    written = set(re.findall(r"`([a-z0-9-]+)`", PAGES[page].read_text(encoding="utf-8")))
    assert len(codes) > 7
    assert codes - written == set()

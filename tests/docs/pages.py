"""The pages of the documentation, and the blocks of code in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PAGES = {
    path.relative_to(TOP).as_posix(): path
    for path in [*sorted(TOP.glob("*.md")), *sorted((TOP / "docs").glob("*.md")), TOP / "sample_data" / "README.md"]
}
_FENCE = re.compile(r"^```(\S*) ?(.*)$")
_PLACE = re.compile(r"# (\S+\.(?:yaml|toml|csv))$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after it, the line of its first line, and its lines."""

    page: str
    line: int
    language: str
    words: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def file(self) -> str | None:
        """The file that the block is: its first line is a comment with a path, or text has one after its language."""
        if self.language in ("markdown", "text") and self.words:
            return self.words[0]
        match = _PLACE.match(self.lines[0]) if self.lines else None
        return match[1] if match else None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str, *languages: str) -> list[Block]:
    """The blocks of a page in order; of these languages, where any is named."""
    return [block for block in _blocks(page) if not languages or block.language in languages]


def every_block(*languages: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(page, *languages)]


def _blocks(page: str) -> Iterator[Block]:
    lines = PAGES[page].read_text(encoding="utf-8").splitlines()
    opened: tuple[int, str, str] | None = None
    for number, line in enumerate(lines, start=1):
        fence = _FENCE.match(line)
        if opened is None and fence:
            opened = (number + 1, fence[1], fence[2])
        elif opened is not None and line == "```":
            start, language, words = opened
            yield Block(page, start, language, tuple(words.split()), tuple(lines[start - 1 : number - 1]))
            opened = None
    assert opened is None, f"{page}:{opened}: this block is not closed"


@dataclass(frozen=True)
class Step:
    """A command of a console block, and the output shown below it."""

    line: int
    command: str
    shown: tuple[str, ...]


def steps(block: Block) -> list[Step]:
    """The commands of a console block, which stand after `$`."""
    assert block.lines[0].startswith("$ "), f"{block}: a console block begins with a command"
    starts = [place for place, line in enumerate(block.lines) if line.startswith("$ ")]
    ends = [*starts[1:], len(block.lines)]
    return [
        Step(block.line + start, block.lines[start][2:], block.lines[start + 1 : end])
        for start, end in zip(starts, ends, strict=True)
    ]


def matches(shown: tuple[str, ...], real: str) -> bool:
    """Whether output is as shown; `…` on a line of its own stands for any lines, within a line for any characters."""
    if not shown:
        return not real
    pattern = "".join(
        r"(?:[^\n]*\n)*" if line.strip() == "…" else r"[^\n]*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in shown
    )
    return re.fullmatch(pattern, real.rstrip("\n") + "\n") is not None

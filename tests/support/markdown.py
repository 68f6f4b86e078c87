"""The little Markdown that the reference is written in."""

from collections.abc import Sequence
from enum import Enum

# What a test's name cannot say.
WORDS = {"london": "London", "flows": "flow's", "stocks": "stock's"}


def heading(name: str) -> str:
    """A test's name as a heading: `test_a_null_bound` is `A null bound`."""
    words = [WORDS.get(word, word) for word in name.removeprefix("test_").split("_")]
    text = " ".join(words).replace("as of time", "as-of time").replace("as of date", "as-of date")
    return text[:1].upper() + text[1:]


def code(value: object) -> str:
    """A value as code; nothing for nothing."""
    text = shown(value)
    return "<br>".join(f"`{line}`" for line in text.splitlines()) if text else "(nothing)"


def shown(value: object) -> str:
    """A value as the outputs show it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value if isinstance(value, Enum) else value)


def yaml(text: str) -> str:
    """A block of YAML."""
    return f"```yaml\n{text}\n```"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, its columns as wide as they need to be."""
    lines = [[_cell(cell) for cell in row] for row in (header, *rows)]
    longest = max(len(line) for line in lines)
    lines = [[*line, *[""] * (longest - len(line))] for line in lines]
    widths = [max(3, *(len(line[place]) for line in lines)) for place in range(longest)]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(line, widths) for line in (lines[0], rule, *lines[1:]))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"

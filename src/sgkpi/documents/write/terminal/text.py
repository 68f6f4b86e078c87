"""Running text, wrapped for the width that there is."""

import textwrap

MOST_COMFORTABLE = 100
NARROWEST = 20
BULLET = "- "


def printable(text: str) -> str:
    """Text from the data in one line, without characters that would command the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def wrap_paragraphs(text: str, width: int | None) -> str:
    """Text with each line wrapped, items of a list set in; as it is where there is no width."""
    lines = text.strip().splitlines()
    return "".join(f"{part}\n" for line in lines for part in (wrap_line(line, width) if line else [""]))


def wrap_line(line: str, width: int | None, indent: str = "") -> list[str]:
    """One line as several, those after the first set in by the indent, or under an item's text."""
    if width is None:
        return [line]
    room = max(min(width, MOST_COMFORTABLE), NARROWEST)
    further = "  " if line.startswith(BULLET) else indent
    return textwrap.wrap(line, room, subsequent_indent=further, break_on_hyphens=False) or [""]

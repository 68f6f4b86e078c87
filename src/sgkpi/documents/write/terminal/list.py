"""The screen of `list`: one line an indicator, by theme, and below it why an extract cannot carry some."""

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from sgkpi.documents.write.terminal.column import NEEDED, Column, under_headings
from sgkpi.documents.write.terminal.footer import INDENT, no_room_line
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.rows import theme_name
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.text import wrap_line

_CARRIED = "Available"


def render_list(records: Sequence[Mapping[str, str]], terminal: Terminal) -> str:
    """The records of `list`; an id is never cut, a title may run over several lines.

    Where the records say whether an extract carries the indicator, so does a column, with the reasons below.
    """
    records = _by_theme(records)
    columns = [
        _column("Title", [each["title"] for each in records], NEEDED),
        _column("Id", [each["id"] for each in records], NEEDED),
        *_availability(records),
        _column("Measure", [each["measure"] for each in records], 30),
        _column("By", [each["by"] for each in records], 20),
    ]
    layout = lay_out(under_headings(columns, [theme_name(each["theme"]) for each in records]), terminal)
    hint = [Text(""), Text(no_room_line(layout.dropped))] if layout.dropped else []
    reasons = [Text(part) for line in _reasons(records) for part in wrap_line(line, terminal.width, INDENT)]
    return terminal.render(*layout.parts, *([Text("")] if reasons else []), *reasons, *hint)


def _by_theme(records: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Themes in the order in which they first occur, what has none last."""
    themes = list(dict.fromkeys(each["theme"] for each in records if each["theme"]))
    return sorted(records, key=lambda each: themes.index(each["theme"]) if each["theme"] else len(themes))


def _availability(records: Sequence[Mapping[str, str]]) -> Iterator[Column]:
    if any("available" in each for each in records):
        yield _column(_CARRIED, [each["available"] for each in records], NEEDED)


def _reasons(records: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """One line for all indicators of which the same is to be said."""
    said: dict[tuple[str, str], list[str]] = {}
    for each in records:
        if each.get("reason"):
            said.setdefault((each["available"], each["reason"]), []).append(each["id"])
    for (available, reason), ids in said.items():
        heading = "Available" if available == "yes" else "Not available"
        yield f"{heading}: {', '.join(ids)}: {reason}"


def _column(heading: str, cells: Sequence[str], rank: int) -> Column:
    return Column(heading, tuple(map(Text, cells)), rank)

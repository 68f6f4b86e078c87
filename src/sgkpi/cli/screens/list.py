"""The screen of `list`: one line an indicator."""

from collections.abc import Mapping, Sequence

from rich.text import Text

from sgkpi.cli.screens.column import NEEDED, Column
from sgkpi.cli.screens.footer import no_room_line
from sgkpi.cli.screens.layout import lay_out
from sgkpi.cli.screens.rows import theme_name
from sgkpi.cli.screens.terminal import Terminal


def render_list(records: Sequence[Mapping[str, str]], terminal: Terminal) -> str:
    """The records of `list`; an id is never cut, a title may run over several lines."""
    columns = [
        _column("Id", [each["id"] for each in records], NEEDED),
        _column("Title", [each["title"] for each in records], NEEDED),
        _column("Theme", [theme_name(each["theme"]) if each["theme"] else "" for each in records], 10),
        _column("Measure", [each["measure"] for each in records], 30),
        _column("By", [each["by"] for each in records], 20),
    ]
    layout = lay_out(columns, terminal, title=1)
    hint = [Text(""), Text(no_room_line(layout.dropped))] if layout.dropped else []
    return terminal.render(*layout.parts, *hint)


def _column(heading: str, cells: Sequence[str], rank: int) -> Column:
    return Column(heading, tuple(map(Text, cells)), rank)

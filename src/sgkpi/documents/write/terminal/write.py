"""Documents for a terminal: laid out for its width, in colour and with its characters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from rich.cells import cell_len
from rich.text import Text

from sgkpi.documents import document as doc
from sgkpi.documents.write.terminal.chart import draw_chart, enlarge
from sgkpi.documents.write.terminal.column import rating_text, widest
from sgkpi.documents.write.terminal.control_chart import draw_control_chart, legend
from sgkpi.documents.write.terminal.funnel import draw_funnel
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.text import INDENT, printable, wrap_line
from sgkpi.model.problems import Severity

if TYPE_CHECKING:
    from rich.console import RenderableType

BOLD = "bold"
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: ""}


def write_terminal(document: doc.Document, terminal: Terminal) -> str:
    """Return the document as text for this terminal."""
    notes = [block for block in document.blocks if isinstance(block, doc.Notes)]
    writer = _Writer(terminal, last_notes=notes[-1] if notes else None)
    return terminal.render(*writer.parts(document.blocks))


@dataclass
class _Writer:
    """Writes blocks one below the other; `dropped` are the columns without room that the last notes have to name."""

    terminal: Terminal
    last_notes: doc.Notes | None
    dropped: list[str] = field(default_factory=list)

    def parts(self, blocks: Iterable[doc.Block]) -> Iterator["RenderableType"]:
        apart = False
        for block in blocks:
            if isinstance(block, doc.Notes) and not self._noted(block):
                continue
            if apart:
                yield Text("")
            yield from self._block(block)
            apart = not isinstance(block, doc.Heading) and not (
                isinstance(block, doc.Headline) and not self._large(block)
            )

    def _block(self, block: doc.Block) -> Iterator["RenderableType"]:  # noqa: C901 - one case for each kind of block
        match block:
            case doc.Title():
                # Titles of several lines are set apart by their indentation.
                indent = INDENT if len(block.lines) > 1 else ""
                yield from self._lines(*block.lines, style=BOLD, indent=indent)
                yield from self._lines(*block.below)
            case doc.Heading():
                style = BOLD if block.severity is None else _STYLES[block.severity]
                yield from self._lines(block.text, style=style, indent=INDENT)
            case doc.Headline():
                yield from self._headline(block)
            case doc.Paragraph():
                yield from self._lines(*block.lines)
            case doc.Verdict():
                yield from self._lines(block.text, style="bold green" if block.good else "bold red", indent=INDENT)
            case doc.Items():
                yield from self._lines(*([block.introduction] if block.introduction else []))
                yield from (line for item in block.items for line in self._item(item))
            case doc.Steps():
                for number, (question, answer) in enumerate(block.steps, start=1):
                    yield from self._set_in(f"{number:>3}. {question}")
                    yield from self._set_in(f"{INDENT * 2} {answer}")
            case doc.TableBlock():
                yield from self._table(block)
            case doc.Chart():
                yield from draw_chart(block, self.terminal)
                yield from self._lines(*([block.note] if block.note else []))
            case doc.ControlChart():
                yield from draw_control_chart(block, self.terminal)
                yield from self._lines(*legend(block, unicode=self.terminal.unicode), *block.notes, indent=INDENT)
            case doc.FunnelChart():
                yield from draw_funnel(block, self.terminal)
            case doc.Notes():
                yield from self._lines(*self._noted(block), indent=INDENT if block.lines else "")
            case doc.Verbatim():
                yield from block.lines
            case _:
                assert_never(block)

    def _lines(self, *lines: str, style: str = "", indent: str = "", margin: str = "") -> Iterator[Text]:
        """Yield each line as several where it must be, all with the margin, those after the first indented."""
        room = None if self.terminal.width is None else self.terminal.width - len(margin)
        for line in lines:
            for part in wrap_line(printable(line), room, indent):
                yield Text(f"{margin}{part}" if part else "", style=style)

    def _set_in(self, line: str) -> Iterator[Text]:
        """Yield a line that keeps the margin that it has."""
        text = line.lstrip()
        yield from self._lines(text, indent=INDENT, margin=" " * (len(line) - len(text)))

    def _headline(self, block: doc.Headline) -> Iterator[Text]:
        """Yield the value in large figures beside its label and rating, or all on one line."""
        rating, words = rating_text(block.rated), Text.assemble(f"{block.label}: ", (block.value, BOLD))
        if not (large := self._large(block)):
            yield Text.assemble(words, ", ", rating)
            return
        width = max(map(len, large))
        for line, said in zip(large, (words, Text(), rating), strict=True):
            yield Text.assemble(INDENT, (line.ljust(width), BOLD), INDENT * 2, said)

    def _large(self, block: doc.Headline) -> list[str]:
        """Return the value drawn large; nothing in a pipe or a file, or where words have no room beside it."""
        large = enlarge(block.value, unicode=self.terminal.unicode)
        beside = cell_len(f"{block.label}: {block.value}") + len(INDENT * 3) + max(map(len, large), default=0)
        return large if beside <= (self.terminal.width or 0) else []

    def _item(self, item: doc.Item) -> Iterator[Text]:
        style = "" if item.severity is None else _STYLES[item.severity]
        yield from self._lines(item.text, style=style, indent=INDENT, margin=INDENT)
        width = widest(each.label for each in item.details if isinstance(each, doc.Fact))
        for detail in item.details:
            if isinstance(detail, doc.Fact):
                detail = f"{detail.label}: {' ' * (width - cell_len(detail.label))}{detail.value}"  # noqa: PLW2901
            yield from self._lines(detail, indent=INDENT, margin=INDENT * 2)

    def _table(self, table: doc.TableBlock) -> Iterator["RenderableType"]:
        if table.caption:
            yield from self._lines(table.caption, style=BOLD, indent=INDENT)
            yield Text("")
        layout = lay_out(table, self.terminal)
        yield from layout.parts
        if table.when_empty and not table.columns[0].cells:
            yield Text(table.when_empty)
        if self.last_notes is not None:
            self.dropped += layout.dropped
        elif layout.dropped:
            yield from self._lines(_no_room(layout.dropped))

    def _noted(self, block: doc.Notes) -> list[str]:
        hint = [_no_room(self.dropped)] if self.dropped and block is self.last_notes else []
        return [*block.lines, *hint]


def _no_room(dropped: Iterable[str]) -> str:
    """`Hidden for lack of width: Id, Period`."""
    return f"Hidden for lack of width: {', '.join(dropped)}"

"""The screen of `verify`: how many figures and cases agree, and the first that do not."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from rich.text import Text

from sgkpi.answers.verify import Agreement, Difference, Verification
from sgkpi.documents.write.terminal.column import NEEDED, Column
from sgkpi.documents.write.terminal.footer import SOURCES, no_room_line
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.text import printable, wrap_line
from sgkpi.model.words import plural

INDENT = "  "


def render_verify(verification: Verification, terminal: Terminal) -> str:
    """A line an indicator, the verdict, then the first differences with both sides."""
    layout = lay_out(_columns(verification.agreements), terminal)
    body = [*layout.parts, Text("")] if verification.agreements else []
    style = "bold green" if verification.agrees else "bold red"
    said = [Text(line, style=style) for line in wrap_line(_verdict(verification), terminal.width, INDENT)]
    lines = [*_differences(verification), "", *_rests_on(verification), *_no_room(layout.dropped)]
    wrapped = [Text(part) for line in lines for part in _wrapped(line, terminal.width)]
    return terminal.render(*body, *said, *wrapped)


def _wrapped(line: str, width: int | None) -> list[str]:
    """A line that is set in stays so, one step further where it runs on."""
    margin = line[: len(line) - len(line.lstrip())]
    room = None if width is None else width - len(margin)
    return [f"{margin}{part}" for part in wrap_line(line.strip(), room, INDENT)]


def _columns(agreements: Sequence[Agreement]) -> list[Column]:
    return [
        _column("Indicator", (printable(each.title) for each in agreements)),
        _column("Figures agree", (_share(each.figures_agreeing, each.figures) for each in agreements), right=True),
        _column("Cases agree", (_share(each.cases_agreeing, each.cases) for each in agreements), right=True),
        Column("Id", tuple(Text(each.indicator) for each in agreements), 10, beside_title=True),
    ]


def _column(heading: str, cells: Iterable[str], *, right: bool = False) -> Column:
    return Column(heading, tuple(map(Text, cells)), NEEDED, right)


def _share(agreeing: int, every: int) -> str:
    return f"{agreeing:,} of {every:,}" if every else "none"


def _verdict(verification: Verification) -> str:
    first, second = verification.engines
    figures, cases = verification.total("figures"), verification.total("cases")
    if verification.agrees:
        return f"{first} and {second} agree on {plural(figures, 'figure')} and {plural(cases, 'case')}."
    same_figures, same_cases = verification.total("figures_agreeing"), verification.total("cases_agreeing")
    return (
        f"{first} and {second} differ: they agree on {same_figures:,} of {plural(figures, 'figure')} "
        f"and on {same_cases:,} of {plural(cases, 'case')}."
    )


def _differences(verification: Verification) -> Iterator[str]:
    if verification.agrees:
        return
    shown = len(verification.differences)
    yield ""
    yield (
        "The differences:"
        if shown == verification.different
        else (f"The first {shown} of {verification.different:,} differences:")
    )
    for each in verification.differences:
        yield f"{INDENT}{_where(each)}"
        yield from (f"{INDENT * 2}{line}" for line in _sides(each, verification.engines))


def _where(each: Difference) -> str:
    """`contacts_decided_24h 2019-02, case C12 / P7`."""
    place = each.indicator if each.period is None else f"{each.indicator} {each.period.label}"
    if each.key is not None:
        return f"{place}, case {' / '.join(printable(part) or '(blank)' for part in each.key)}"
    if each.period is None:
        return f"{place}, cases in no period"
    of = f" of {each.breakdown}: {printable(each.category or '')}" if each.breakdown else ""
    return f"{place}, figure{of}"


def _sides(each: Difference, engines: tuple[str, str]) -> Iterator[str]:
    if each.first is None or each.second is None:
        missing, other = engines if each.first is None else reversed(engines)
        yield f"{missing} has none, {other} has"
        return
    for name, value in each.first.items():
        yield f"{name}: {engines[0]} {_shown(value)}, {engines[1]} {_shown(each.second[name])}"


def _shown(value: object) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case _:
            return printable(str(value))


def _rests_on(verification: Verification) -> Iterator[str]:
    moment = verification.as_of.isoformat(sep=" ", timespec="minutes")
    yield f"As of {moment} ({SOURCES[verification.as_of_source]})"
    for each in verification.unavailable:
        yield f"Cannot be computed: {each.indicator}: {each.reason}"
    if verification.problems:
        yield f"Problems in the extract: {len(verification.problems):,} (listed on stderr)"


def _no_room(dropped: Sequence[str]) -> list[str]:
    return [no_room_line(dropped)] if dropped else []

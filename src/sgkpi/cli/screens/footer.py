"""What stands below the figures: what they rest on, and what is missing from them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sgkpi.cli.messages import plural
from sgkpi.cli.screens.cells import PROVISIONAL_MARK
from sgkpi.cli.screens.rows import Row
from sgkpi.cli.screens.text import wrap_line
from sgkpi.engines.outcomes import Outcome, TableRead, Unplaced
from sgkpi.figures.figure import Status
from sgkpi.results import AsOfSource, Results

SOURCES = {
    AsOfSource.OPTION: "as asked",
    AsOfSource.EXTRACT_TOML: "from extract.toml",
    AsOfSource.LATEST_EVENT: "the latest event in the extract",
}
INDENT = "  "
PROVISIONAL_NOTE = f"{PROVISIONAL_MARK} provisional: the period had not ended, or some cases are not yet due"


def footer_lines(results: Results, rows: Sequence[Row], hints: Sequence[str], width: int | None) -> list[str]:
    """The lines, wrapped at the width where there is one; `hints` say what the screen does not show."""
    lines = [
        *_marks(rows),
        *provenance_lines(results),
        *_unplaced(results),
        *_unknown(results, rows),
        *_unavailable(results),
        *_problems(results),
        *hints,
    ]
    return [part for line in lines for part in wrap_line(line, width, INDENT)]


def as_of_line(results: Results) -> str:
    """`As of 2019-03-04 07:00 (from extract.toml)`."""
    moment = results.as_of.isoformat(sep=" ", timespec="minutes")
    return f"As of {moment} ({SOURCES[results.as_of_source]})"


def _marks(rows: Sequence[Row]) -> Iterator[str]:
    if any(row.figure.status is Status.PROVISIONAL for row in rows):
        yield PROVISIONAL_NOTE


def provenance_lines(results: Results) -> Iterator[str]:
    """The as-of time with its source, and what was read."""
    source = f"; source: {results.extract.source}" if results.extract.source else ""
    yield as_of_line(results) + source
    if results.tables:
        yield f"Read: {'; '.join(map(_read, results.tables))}"


def _read(table: TableRead) -> str:
    unreadable = f", {plural(table.unreadable_cells, 'unreadable cell')}" if table.unreadable_cells else ""
    return f"{table.table} {plural(table.rows, 'row')}{unreadable}"


def _unplaced(results: Results) -> list[str]:
    """Cases in no period; indicators over the same rows stand together."""
    return _together("In no period", ((each.indicator, _without_place(each)) for each in results.unplaced))


def _without_place(unplaced: Unplaced) -> str:
    parts = [f"{unplaced.blank:,} without the date"] if unplaced.blank else []
    parts += [f"{unplaced.unreadable:,} with a date that cannot be read"] if unplaced.unreadable else []
    return ", ".join(parts)


def _unknown(results: Results, rows: Sequence[Row]) -> list[str]:
    """Why cases could not be judged, for the totals that are shown."""
    shown = {(row.figure.indicator, row.figure.period) for row in rows}
    several = len({period for _, period in shown}) > 1
    counts: dict[str, Counter[str]] = {}
    for each in results.reasons:
        total = each.breakdown is None and (each.indicator, each.period) in shown
        if total and str(each.outcome) == Outcome.UNKNOWN.value:
            label = f"{each.indicator} in {each.period.label}" if several else each.indicator
            counts.setdefault(label, Counter())[each.reason] += each.cases
    return _together("Unknown", ((label, _listed(reasons)) for label, reasons in counts.items()))


def _together(heading: str, said: Iterable[tuple[str, str]]) -> list[str]:
    """One line for all of which the same is to be said; none where nothing is."""
    labels: dict[str, list[str]] = {}
    for label, text in said:
        labels.setdefault(text, []).append(label)
    return [f"{heading}: {text}: {', '.join(named)}" for text, named in labels.items() if text]


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(f"{cases:,} {reason}" for reason, cases in sorted(reasons.items()))


def _unavailable(results: Results) -> Iterator[str]:
    for each in results.unavailable:
        yield f"Cannot be computed: {each.indicator}: {each.reason}"


def _problems(results: Results) -> Iterator[str]:
    if results.problems:
        yield f"Problems in the extract: {len(results.problems):,} (listed on stderr)"


def no_room_line(dropped: Sequence[str]) -> str:
    """`No room here for: Id; a wider window shows it`."""
    return f"No room here for: {', '.join(dropped)}; a wider window shows {'it' if len(dropped) == 1 else 'them'}"

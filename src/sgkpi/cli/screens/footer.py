"""What stands below the figures: what they rest on, and what is missing from them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sgkpi.cli.messages import plural
from sgkpi.cli.screens.rows import Row
from sgkpi.cli.screens.text import wrap_line
from sgkpi.engines.outcomes import Outcome
from sgkpi.results import AsOfSource, Results

SOURCES = {
    AsOfSource.OPTION: "as asked",
    AsOfSource.EXTRACT_TOML: "from extract.toml",
    AsOfSource.LATEST_EVENT: "the latest event in the extract",
}
INDENT = "  "


def footer_lines(results: Results, rows: Sequence[Row], dropped: Sequence[str], width: int | None) -> list[str]:
    """The lines, wrapped at the width where there is one."""
    lines = [
        *_provenance(results),
        *_unplaced(results),
        *_unknown(results, rows),
        *_unavailable(results),
        *_hints(results, dropped),
    ]
    return [part for line in lines for part in wrap_line(line, width, INDENT)]


def as_of_line(results: Results) -> str:
    """`As of 2019-03-04 07:00 (from extract.toml)`."""
    moment = results.as_of.isoformat(sep=" ", timespec="minutes")
    return f"As of {moment} ({SOURCES[results.as_of_source]})"


def _provenance(results: Results) -> Iterator[str]:
    source = f"; source: {results.extract.source}" if results.extract.source else ""
    yield as_of_line(results) + source
    for read in results.tables:
        cells = plural(read.unreadable_cells, "unreadable cell")
        yield f"Read {read.table}: {plural(read.rows, 'row')}, {cells} ({', '.join(read.files)})"


def _unplaced(results: Results) -> Iterator[str]:
    for each in results.unplaced:
        parts = [f"{each.blank:,} without the date"] if each.blank else []
        parts += [f"{each.unreadable:,} with a date that cannot be read"] if each.unreadable else []
        if parts:
            yield f"In no period: {each.indicator}: {', '.join(parts)}"


def _unknown(results: Results, rows: Sequence[Row]) -> Iterator[str]:
    """Why cases could not be judged, for the totals that are shown."""
    shown = {(row.figure.indicator, row.figure.period) for row in rows}
    periods = {period for _, period in shown}
    counts: dict[str, Counter[str]] = {}
    for each in results.reasons:
        total = each.breakdown is None and (each.indicator, each.period) in shown
        if total and str(each.outcome) == Outcome.UNKNOWN.value:
            label = each.indicator if len(periods) == 1 else f"{each.indicator} in {each.period.label}"
            counts.setdefault(label, Counter())[each.reason] += each.cases
    for label, reasons in counts.items():
        yield f"Unknown: {label}: {_listed(reasons)}"


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(f"{cases:,} {reason}" for reason, cases in sorted(reasons.items()))


def _unavailable(results: Results) -> Iterator[str]:
    for each in results.unavailable:
        yield f"Cannot be computed: {each.indicator}: {each.reason}"


def _hints(results: Results, dropped: Sequence[str]) -> Iterator[str]:
    if results.problems:
        yield f"Problems in the extract: {len(results.problems):,} (listed on stderr)"
    if dropped:
        yield f"No room here for: {', '.join(dropped)}; a wider window has it"

"""What stands below the figures: what they rest on, and what is missing from them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sgkpi.documents.write.terminal.cells import PROVISIONAL_MARK
from sgkpi.documents.write.terminal.rows import Row
from sgkpi.documents.write.terminal.spans import name_periods
from sgkpi.documents.write.terminal.text import wrap_line
from sgkpi.figures.figure import Status
from sgkpi.figures.figure_set import FigureSet
from sgkpi.ledger.ledger import TableRead, Unplaced
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.model.request import AsOfSource
from sgkpi.model.words import plural

SOURCES = {
    AsOfSource.OPTION: "as asked",
    AsOfSource.EXTRACT_TOML: "from extract.toml",
    AsOfSource.LATEST_EVENT: "the latest event in the extract",
}
INDENT = "  "
PROVISIONAL_NOTE = f"{PROVISIONAL_MARK} provisional: the period had not ended, or some cases are not yet due"


def footer_lines(results: FigureSet, rows: Sequence[Row], hints: Sequence[str], width: int | None) -> list[str]:
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


def as_of_line(results: FigureSet) -> str:
    """`As of 2019-03-04 07:00 (from extract.toml)`."""
    moment = results.as_of.isoformat(sep=" ", timespec="minutes")
    return f"As of {moment} ({SOURCES[results.as_of_source]})"


def _marks(rows: Sequence[Row]) -> Iterator[str]:
    if any(row.figure.status is Status.PROVISIONAL for row in rows):
        yield PROVISIONAL_NOTE


def provenance_lines(results: FigureSet) -> Iterator[str]:
    """The as-of time with its source, and what was read."""
    source = f"; source: {results.source}" if results.source else ""
    yield as_of_line(results) + source
    if results.tables:
        yield f"Read: {'; '.join(map(_read, results.tables))}"


def _read(table: TableRead) -> str:
    unreadable = f", {plural(table.unreadable_cells, 'unreadable cell')}" if table.unreadable_cells else ""
    return f"{table.table} {plural(table.rows, 'row')}{unreadable}"


def _unplaced(results: FigureSet) -> list[str]:
    """Cases in no period; indicators over the same rows stand together."""
    return _together("In no period", ((each.indicator, _without_place(each)) for each in results.unplaced))


def _without_place(unplaced: Unplaced) -> str:
    parts = [f"{unplaced.blank:,} without the date"] if unplaced.blank else []
    parts += [f"{unplaced.unreadable:,} with a date that cannot be read"] if unplaced.unreadable else []
    return ", ".join(parts)


def _unknown(results: FigureSet, rows: Sequence[Row]) -> list[str]:
    """Why cases could not be judged, for the totals that are shown; where there are several periods, in which."""
    shown = {(row.figure.indicator, row.figure.period) for row in rows}
    counts: dict[tuple[str, Period], Counter[str]] = {}
    for each in results.reasons:
        place = each.indicator, each.period
        if each.breakdown is None and place in shown and str(each.outcome) == Outcome.UNKNOWN.value:
            counts.setdefault(place, Counter())[each.reason] += each.cases
    if len({period for _, period in shown}) < 2:
        return _together("Unknown", ((indicator, _listed(reasons)) for (indicator, _), reasons in counts.items()))
    return _together("Unknown", _in_periods(counts), "; ")


def _in_periods(counts: Mapping[tuple[str, Period], Counter[str]]) -> Iterator[tuple[str, str]]:
    """`a, b in 2018-04 to 2018-06` with what holds there; indicators of which it holds in the same periods together."""
    periods: dict[str, dict[str, list[Period]]] = {}
    for (indicator, period), reasons in counts.items():
        periods.setdefault(_listed(reasons), {}).setdefault(indicator, []).append(period)
    for text, by_indicator in periods.items():
        indicators: dict[str, list[str]] = {}
        for indicator, found in by_indicator.items():
            indicators.setdefault(name_periods(found), []).append(indicator)
        for named, which in indicators.items():
            yield f"{', '.join(which)} in {named}", text


def _together(heading: str, said: Iterable[tuple[str, str]], between: str = ", ") -> list[str]:
    """One line for all of which the same is to be said; none where nothing is."""
    labels: dict[str, list[str]] = {}
    for label, text in said:
        labels.setdefault(text, []).append(label)
    return [f"{heading}: {text}: {between.join(named)}" for text, named in labels.items() if text]


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(f"{cases:,} {reason}" for reason, cases in sorted(reasons.items()))


def _unavailable(results: FigureSet) -> Iterator[str]:
    for each in results.unavailable:
        yield f"Cannot be computed: {each.indicator}: {each.reason}"


def _problems(results: FigureSet) -> Iterator[str]:
    if results.problems:
        yield f"Problems in the extract: {len(results.problems):,} (listed on stderr)"


def no_room_line(dropped: Sequence[str]) -> str:
    """`No room here for: Id; a wider window shows it`."""
    return f"No room here for: {', '.join(dropped)}; a wider window shows {'it' if len(dropped) == 1 else 'them'}"

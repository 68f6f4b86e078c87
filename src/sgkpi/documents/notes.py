"""Notes that several documents share: where figures come from, and what is missing from them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sgkpi.documents.document import PROVISIONAL_MARK
from sgkpi.figures.figure import FigureSet
from sgkpi.model.request import AsOfSource
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.planning.availability import Unavailable

PROVISIONAL_NOTE = f"{PROVISIONAL_MARK} provisional: the period had not ended, or some cases are not yet due"
IDENTIFIERS = "Keys and persons are pseudonyms; treat them with care."
SOURCES = {
    AsOfSource.OPTION: "as requested",
    AsOfSource.EXTRACT_TOML: "from extract.toml",
    AsOfSource.LATEST_EVENT: "the latest event in the extract",
}


class Provenance(Protocol):
    """An answer with its as-of time, and the source of the extract if it names one."""

    @property
    def as_of(self) -> datetime: ...
    @property
    def as_of_source(self) -> AsOfSource: ...
    @property
    def source(self) -> str | None: ...


def as_of_line(answer: Provenance) -> str:
    """`As of 2019-03-04 07:00 (from extract.toml)`."""
    return f"As of {answer.as_of.isoformat(sep=' ', timespec='minutes')} ({SOURCES[answer.as_of_source]})"


def as_of_and_source(answer: Provenance) -> str:
    """Return the as-of time, and the source of the extract."""
    return as_of_line(answer) + (f"; source: {answer.source}" if answer.source else "")


def provenance_lines(figures: FigureSet) -> Iterator[str]:
    """Yield the as-of time with its source, and what was read."""
    yield as_of_and_source(figures)
    read = [
        f"{each.table} {plural(each.rows, 'row')}"
        + (f", {plural(each.unreadable_cells, 'unreadable cell')}" if each.unreadable_cells else "")
        for each in figures.tables
    ]
    if read:
        yield f"Read: {'; '.join(read)}"


def unavailable_lines(unavailable: "Iterable[Unavailable]") -> Iterator[str]:
    """Yield a line for each indicator that the extract cannot carry."""
    return (f"Cannot be computed: {each.indicator}: {each.reason}" for each in unavailable)


def unavailable_warnings(unavailable: "Iterable[Unavailable]") -> Iterator[str]:
    """Yield a warning for each indicator that the extract cannot carry, to go beside data."""
    return (f"warning: {each.indicator} cannot be computed: {each.reason}" for each in unavailable)


def problems_line(problems: Sequence[object]) -> Iterator[str]:
    """Yield the number of problems that were printed beside the document."""
    if problems:
        yield f"Problems in the extract: {len(problems):,} (listed on stderr)"

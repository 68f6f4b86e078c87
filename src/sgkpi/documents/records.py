"""Records: an answer as rows of data, for programs and spreadsheets.

A subject module makes records of an answer; a writer (`write/json.py`, `write/excel.py` …) puts them into a format.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from sgkpi import __version__
from sgkpi.documents.document import Heading, Paragraph, TableBlock, TableColumn
from sgkpi.documents.phrases import Provenance
from sgkpi.figures.columns import Cell
from sgkpi.model.expressions import Kind
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.units import ValueUnit

if TYPE_CHECKING:
    from sgkpi.figures.figure_set import Caution
    from sgkpi.planning.availability import Unavailable, UnavailableBreakdown


class Limited(Protocol):
    """An answer that says which breakdowns cannot be computed from the extract, with its cautions."""

    @property
    def unavailable_breakdowns(self) -> "Sequence[UnavailableBreakdown]": ...

    @property
    def cautions(self) -> "Sequence[Caution]": ...


Row = Mapping[str, Cell]
Json = Mapping[str, object]
TextBlock = Heading | Paragraph | TableBlock


@dataclass(frozen=True)
class RecordColumn:
    """A column of records and the kind of its cells, null apart.

    `of_measure` marks numbers in the row's `measure` and `unit`: fractions of 1 where these are shares.
    """

    name: str
    kind: Kind = Kind.TEXT
    of_measure: bool = False


def text_columns(*names: str) -> tuple[RecordColumn, ...]:
    """Return columns of text."""
    return tuple(map(RecordColumn, names))


def category_columns(*names: str) -> tuple[RecordColumn, ...]:
    """Return columns of text with few distinct values."""
    return tuple(RecordColumn(name, Kind.CATEGORY) for name in names)


def count_columns(*names: str) -> tuple[RecordColumn, ...]:
    """Return columns of whole numbers."""
    return tuple(RecordColumn(name, Kind.INTEGER) for name in names)


ABOUT_SGKPI = ("sgkpi", __version__)


@dataclass(frozen=True)
class RecordTable:
    """Rows under columns; a row may hold more cells than the columns name, which writers pass over.

    `decimals` gives the decimals with which people see a number `of_measure`, in a row and column.
    """

    name: str
    columns: tuple[RecordColumn, ...]
    rows: tuple[Row, ...]
    decimals: Callable[[Row, str], int] | None = None


class Lines(list[object]):
    """A list in JSON with an item a line, so that two outputs can be compared line by line."""


@dataclass(frozen=True)
class Records:
    """An answer as data.

    CSV and Parquet hold the `table`; formats with room for more hold the `further` tables as well. `json` gives the
    document that JSON holds, in which dates are dates, and `text` what Markdown says for people, if that is not every
    row. `about` says what the rows rest on, `metadata` what a format that has room for such things is to remember.
    """

    table: RecordTable
    json: Callable[[], Json | list[Json]]
    text: Callable[[], Sequence[TextBlock]] | None = None
    further: tuple[RecordTable, ...] = ()
    about: tuple[tuple[str, Cell], ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def text_blocks(self) -> Sequence[TextBlock]:
        """Return what Markdown and notebooks show."""
        return self.text() if self.text else (rows_as_text(self.table),)


def quantity_of(row: Row) -> Quantity:
    """Return what a row's numbers `of_measure` are."""
    unit = row.get("unit")
    return Quantity(Measure(str(row["measure"])), ValueUnit(str(unit)) if unit else None)


def members(of: object, *names: str) -> dict[str, Any]:
    """Return the attributes of these names, in their order."""
    return {name: getattr(of, name) for name in names}


def json_head(schema: str, answer: Provenance) -> dict[str, object]:
    """Return the members with which a JSON document begins."""
    return {
        "schema": schema,
        "sgkpi": __version__,
        "as_of": answer.as_of,
        "as_of_source": answer.as_of_source.value,
    }


def limits(answer: Limited) -> dict[str, object]:
    """Return the members that say what could not be computed, and what makes figures mislead."""
    return {
        "unavailable_breakdowns": Lines(vars(each) for each in answer.unavailable_breakdowns),
        "cautions": Lines(vars(each) for each in answer.cautions),
    }


def about_answer(answer: Provenance) -> tuple[tuple[str, Cell], ...]:
    """Return the lines with which every sheet about an answer begins."""
    return (
        ("As of", answer.as_of),
        ("As-of time from", answer.as_of_source.value),
        ("Source of the extract", answer.source),
        ABOUT_SGKPI,
    )


def about_unavailable(unavailable: "Iterable[Unavailable]") -> Iterator[tuple[str, Cell]]:
    """Yield a line for each indicator that cannot be computed from the extract."""
    return (("Cannot be computed", f"{each.indicator}: {each.reason}") for each in unavailable)


def rows_as_text(table: RecordTable) -> TableBlock:
    """Return a table for people of all rows."""
    return TableBlock(
        tuple(
            TableColumn(
                each.name.replace("_", " ").capitalize(),
                tuple(show_cell(row[each.name]) for row in table.rows),
                right=each.kind in (Kind.INTEGER, Kind.NUMBER),
            )
            for each in table.columns
        )
    )


def show_cell(cell: Cell) -> str:
    """Return a cell as people read it: empty for null, a moment to the minute."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.isoformat(sep=" ", timespec="minutes")
        case date():
            return cell.isoformat()
        case bool():
            return "yes" if cell else "no"
        case float():
            return f"{cell:,.1f}"
        case int():
            return f"{cell:,}"
        case _:
            return cell


def as_of_sentence(answer: Provenance) -> str:
    """Return the sentence below a table of when it was true, and of what: `As of 2019-03-04 07:00 (extract.toml).`."""
    about = f" Source: {answer.source}." if answer.source else ""
    return f"As of {show_cell(answer.as_of)} ({answer.as_of_source.value}).{about}"

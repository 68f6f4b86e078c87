"""The rows behind one case: their places, their cells, and why each was chosen or not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from sgkpi.definitions.wording import code_name, column_name, in_words
from sgkpi.judge.cases import Case, World, join_columns
from sgkpi.judge.knowledge import distinct_rows, tie_break
from sgkpi.judge.related import Lookup, comparable_date, is_open
from sgkpi.judge.tables import LoadedTable, Row, RowPlace, join_text
from sgkpi.judge.values import Moment, Value, compare_moments, plain_text
from sgkpi.model.expressions import ColumnRef, column_refs
from sgkpi.model.indicator import Keep, Related
from sgkpi.model.table import Column

BLANK = "(blank)"
UNREADABLE = "(cannot be read)"


@dataclass(frozen=True)
class SeenRow:
    """A row of a case, with its number as a spreadsheet counts.

    `role` is `case`, or the name of the related to which it belongs; `said` says in words whether it was chosen;
    `cells` are those that the definition may use, as text.
    """

    table: str
    file: str
    row: int
    role: str
    said: str
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        return f"{self.file} row {self.row}"


def show_value(value: Value) -> str:
    """Write a value: moments to the minute, or to the second where they have seconds."""
    match value:
        case None:
            return "not recorded"
        case Moment(moment, with_time):
            parts = "seconds" if moment.second or moment.microsecond else "minutes"
            return moment.isoformat(sep=" ", timespec=parts) if with_time else f"{moment.date()} (no time of day)"
        case _:
            return plain_text(value)


@dataclass(frozen=True)
class RowReader:
    """The rows of one case in words; `columns` are those that the definition may use, by table."""

    case: Case
    world: World
    columns: Mapping[str, tuple[str, ...]]

    def case_rows(self, rows: Iterable[Row]) -> Iterator[SeenRow]:
        """Yield the rows of the case's key, with the reason for those that do not count."""
        loaded = self.world.tables[self.case.indicator.table.name]
        known, distinct = self._known(loaded)
        replaced = self.world.replaced_rows(loaded)
        for row in rows:
            if row.place in replaced:
                said = "replaced by a row with a later version"
            elif row.place not in known:
                said = "does not exist yet at that time"
            elif row.place not in distinct:
                said = "the same as another row; counted once"
            elif not self.case.is_duplicate:
                said = "the case"
            else:
                least = "; this one places the case" if row.place == self.case.row.place else ""
                said = f"shares its key with a row that differs{least}"
            yield self._seen(loaded, row, known.get(row.place), "case", said)

    def related_rows(self, related: Related) -> Iterator[SeenRow]:
        """Yield every row with the case's join value but its own, and why it was or was not chosen."""
        loaded, own = self.world.tables[related.table.name], self.case.row
        value = join_text(own.values.get(related.case_column))
        rows = [row for row in loaded.rows if value and join_text(row.values.get(related.row_column)) == value]
        known, distinct = self._known(loaded)
        replaced = self.world.replaced_rows(loaded)
        own_table = related.table.name == self.case.indicator.table.name
        choice = _Choice(self.case, related, loaded, [distinct[row.place] for row in rows if row.place in distinct])
        for row in rows:
            same_key = own_table and row.has_key and own.has_key and row.compared_key == own.compared_key
            if same_key or (own_table and row.place == own.place):
                continue
            if row.place in replaced:
                said = "left out: replaced by a row with a later version"
            elif row.place not in known:
                said = "left out: does not exist yet at that time"
            elif row.place not in distinct:
                said = "the same as another row; looked at once"
            else:
                said = choice.in_words(distinct[row.place])
            yield self._seen(loaded, row, known.get(row.place), related.name, said)

    def _known(self, loaded: LoadedTable) -> tuple[dict[RowPlace, Row], dict[RowPlace, Row]]:
        """Return the rows of a table that existed, and those of them that are distinct, by their places."""
        known = {row.place: row for row in self.world.known_rows(loaded, self.case.known_at)}
        joins = join_columns(self.case.indicator, loaded.table.name)
        return known, {row.place: row for row in distinct_rows(loaded, known.values(), joins)}

    def _seen(self, loaded: LoadedTable, row: Row, known: Row | None, role: str, said: str) -> SeenRow:
        """Return a row as its file has it; a date that was not yet known is marked."""
        cells = cells_of(row, known, self.columns.get(loaded.table.name, ()))
        return SeenRow(loaded.table.name, *row.place, role, said, cells)


def cells_of(row: Row, known: Row | None, columns: Iterable[str]) -> dict[str, str]:
    """Return the cells of some columns as text; `known` is the row as it was known, None where it did not exist."""
    return {name: _cell(row, known, name) for name in columns if name in row.values}


def _cell(row: Row, known: Row | None, name: str) -> str:
    if name in row.unreadable:
        return UNREADABLE
    value = row.values[name]
    if value is None:
        return BLANK
    is_hidden = known is not None and known.values[name] is None
    return f"{show_value(value)} (not known yet at that time)" if is_hidden else show_value(value)


class _Choice:
    """The choice among the rows that share a case's join value, in words."""

    def __init__(self, case: Case, related: Related, loaded: LoadedTable, rows: list[Row]) -> None:
        self.related = related
        self.loaded = loaded
        self.kept = case.joined[related.name].row
        self.lookup = Lookup(related, loaded, case.environment)
        self.known = {row.place: row for row in rows}

    def in_words(self, row: Row) -> str:
        """Say why a row is chosen or not."""
        related, lookup, table = self.related, self.lookup, self.loaded.table
        if lookup.missing is not None:
            state = "recorded" if isinstance(lookup.missing, ColumnRef) else "known"
            return f"left out: {in_words(lookup.missing)} is not {state}"
        if related.where is not None and not lookup.satisfies_where(row):
            named = {ref.column for ref in column_refs(related.where)}
            cells = [
                f"{self._name(name)} is {_quoted_value(row.values[name], table.columns[name])}"
                for name in self.loaded.columns
                if name in named
            ]
            return f"left out by `where`{': ' if cells else ''}{' and '.join(cells)}"
        if related.start is not None:
            return self._spell(row)
        return self._dated(row) if related.date is not None else self._only()

    def _dated(self, row: Row) -> str:
        name = self.related.date or ""
        moment, shown = row.values.get(name), self._name(name)
        if moment is None:
            return f"left out: {shown} is not recorded"
        if not self.lookup.is_within_bounds(moment):
            return f"left out: {shown} {show_value(moment)} is not {self._bounds_in_words()}"
        match self.related.keep:
            case Keep.COUNT:
                return "counted"
            case Keep.ONLY:
                return self._only()
            case Keep.LATEST | Keep.EARLIEST | Keep.ACTIVE as keep:
                if self.kept is None or row.place == self.kept.place:
                    return f"kept: the {keep.value} by {shown}"
                if compare_moments(moment, self.kept.values.get(name)) == 0:
                    return f"not kept: another row has the same {shown} and is sorted after it"
                return f"not kept: another is {'later' if keep is Keep.LATEST else 'earlier'}"
            case _:
                assert_never(self.related.keep)

    def _name(self, column: str) -> str:
        """Return a column of the related rows, as people read it."""
        return column_name(self.loaded.table, column)

    def _only(self) -> str:
        return "kept: the only one" if self.kept is not None else "one of several, where there should be one"

    def _bounds_in_words(self) -> str:
        related, parts = self.related, []
        bounds = (("on or before", related.until), ("after", related.after), ("on or after", related.since))
        for word, bound in bounds:
            if bound is not None:
                parts.append(f"{word} {in_words(bound)} ({show_value(self.lookup.value_of(bound))})")
        if related.within is not None:
            parts.append(f"within {related.within} of it")
        return " and ".join(parts)

    def _spell(self, row: Row) -> str:
        start, end, until = self.related.start or "", self.related.end or "", self.lookup.until
        if start in self.loaded.columns and row.values.get(start) is None:
            return f"left out: {self._name(start)} is not recorded"
        if self.related.merge_adjacent and start in self.loaded.columns:
            return self._stay(row, start, end)
        if self.related.counts_spells:
            within = self.related.within
            when = f"{show_value(until)}" if within is None else f"a day within {within} of {show_value(until)}"
            return f"{'counted: open' if self.lookup.is_open(row) else 'left out: not open'} on {when}"
        if self.kept is not None and row.place == self.kept.place:
            return f"kept: open on {show_value(until)}"
        if is_open(row, start, end, until):
            return "not kept: another open one began later, or is sorted after it"
        return f"left out: not open on {show_value(until)}"

    def _stay(self, row: Row, start: str, end: str) -> str:
        """Say whether a spell is part of the stay that is kept: spells that follow on one another count as one.

        It is part of a stay of the same person if it begins with its first part or later, and not after its last.
        """

        def place_of(spell: Row) -> tuple[tuple[date, ...], tuple[object, ...]]:
            return comparable_date(spell, start), tie_break(self.loaded, spell, self.related.row_column)

        def person_of(spell: Row) -> str | None:
            return join_text(spell.values.get(self.loaded.table.person or ""))

        known = (row for row in self.known.values() if row.values.get(start) is not None)
        spells = [spell for spell in known if self.lookup.satisfies_where(spell)]
        stay = next(
            stay
            for stay in self.lookup.merge_adjacent(spells)
            if person_of(row) == person_of(stay)
            and comparable_date(stay, start) <= comparable_date(row, start)
            and place_of(row) <= place_of(self.known[stay.place])
        )
        ended = stay.values.get(end)
        span = f"{show_value(stay.values.get(start))} to {'now' if ended is None else show_value(ended)}"
        if self.kept is not None and stay.place == self.kept.place:
            return f"kept: part of the stay {span}"
        return f"left out: part of the stay {span}, which is not the one open on {show_value(self.lookup.until)}"


def _quoted_value(value: Value, column: Column) -> str:
    if isinstance(value, str):
        return f"'{code_name(column, value)}'"
    return "blank" if value is None else show_value(value)

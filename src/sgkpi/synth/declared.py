"""Plausible rows for any declared table, from its types, codes, key, person, spells and rules."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from typing import assert_never

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.extracts.moments import parse_datetime
from sgkpi.judge.expressions import Environment, evaluate
from sgkpi.judge.tables import typed_cell
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Kind, column_refs
from sgkpi.model.periods import Month
from sgkpi.model.table import Column, Rule, Table
from sgkpi.planning.columns import spell_columns
from sgkpi.synth.common import EXTRACTED_AT, FIRST_DAY, iso_minute, scaled, stream, with_time

Texts = dict[str, str]
DATED = (Kind.DATE, Kind.DATETIME)
PERSONS = 1000
ROWS = 500
LINKS = 50
_TRIES = 50
_SPELLS = 3
_BLANK_IN_100 = 20
_LASTING_IN_100 = 70
_FIRST = datetime.combine(FIRST_DAY, datetime.min.time())
_MINUTES = int((EXTRACTED_AT - _FIRST).total_seconds()) // 60
_LETTERS = ("A", "B", "C", "D", "E")


def declared_rows(table: Table, catalogue: Catalogue, *, seed: int, scale: float) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table, with columns in declared order; the same for the same seed and scale."""
    for row in _Maker(table, catalogue, stream(seed, table.name), scale).rows():
        yield tuple(row[name] for name in table.columns)


def _joins(table: Table, catalogue: Catalogue) -> set[str]:
    """Return the columns by which rows of a table are joined, but for the person."""
    return {
        column
        for each in catalogue.indicators.values()
        for related in each.related
        for name, column, person in (
            (each.table.name, related.case_column, each.table.person),
            (related.table.name, related.row_column, related.table.person),
        )
        if name == table.name and column != person
    }


class _Maker:
    """Makes up the rows of a table."""

    def __init__(self, table: Table, catalogue: Catalogue, rng: Random, scale: float) -> None:
        self.table = table
        self.rng = rng
        self.working_days = working_days_in_england(catalogue.closures)
        self.spell = spell_of(table, catalogue)
        self.joins = _joins(table, catalogue)
        # Where the person is the key, each has one row.
        self.one_a_person = table.person is not None and table.key == (table.person,)
        self.wanted = scaled(PERSONS if self.one_a_person and table.happened is None else ROWS, scale)
        self.persons = scaled(PERSONS, scale)
        self.made = self.people = 0

    def rows(self) -> Iterator[Texts]:
        while self.made < self.wanted:
            yield from self._spells() if self.spell and not self.one_a_person else [self._row({})]

    def _spells(self) -> Iterator[Texts]:
        """Yield the spells of one person, one after another; the last one is open."""
        start_name, end_name = self.spell or ("", "")
        columns, person = self.table.columns, self.table.person
        self.people += 1
        whole = {person: f"P{self.people:06d}"} if person else {}
        days = self.rng.sample(range(_MINUTES // 60 // 24), self.rng.randint(1, _SPELLS))
        starts = [_FIRST + timedelta(days=day) for day in sorted(days)]
        for start, end in zip_longest(starts, starts[1:]):
            ended = {end_name: moment_text(end, columns[end_name]) if end else ""}
            yield self._row({**whole, start_name: moment_text(start, columns[start_name]), **ended})

    def _row(self, given: Mapping[str, str]) -> Texts:
        """Return a row that breaks no rule, if one is found in a few tries."""
        self.made += 1
        for _ in range(_TRIES):
            row = self._try({**self._identity(), **given})
            if not any(breaks(rule, row, self.table, self.working_days) for rule in self.table.rules):
                break
        return row

    def _identity(self) -> Texts:
        """Return the key and person of a row."""
        table, identity = self.table, {}
        if table.person:
            number = self.made if self.one_a_person else self.rng.randrange(self.persons) + 1
            identity[table.person] = f"P{number:06d}"
        for name in table.key:
            kind, letter = table.columns[name].kind, "J" if name in self.joins else name[:1].upper()
            if name != table.person:
                text = f"{letter}{self.made:06d}" if kind is Kind.TEXT else ""
                identity[name] = str(self.made) if kind is Kind.INTEGER else text
        return identity

    def _try(self, given: Texts) -> Texts:
        """Return a row with values for all columns that are not given; dates follow the moment when it happened."""
        columns = self.table.columns
        happened = _FIRST + timedelta(minutes=self.rng.randrange(_MINUTES))
        row = {name: given[name] if given.get(name) else "" for name in columns}
        for name, column in columns.items():
            if name not in given or (not given[name] and name in self.table.key):
                row[name] = self._dated(column, happened) if column.kind in DATED else self._value(column)
        return row

    def _dated(self, column: Column, happened: datetime) -> str:
        if column.name == self.table.happened:
            return moment_text(happened, column)
        lasting = self.spell is not None and column.name == self.spell[1]
        if not column.required and self.rng.randrange(100) < (_LASTING_IN_100 if lasting else _BLANK_IN_100):
            return ""
        later = happened + timedelta(minutes=self.rng.randrange(60 * 24 * 10))
        if later > EXTRACTED_AT and not column.planned:
            return moment_text(happened, column) if column.required else ""
        return moment_text(later, column)

    def _value(self, column: Column) -> str:
        if column.name in self.joins:
            return f"J{self.rng.randint(1, LINKS):06d}"
        match column.kind:
            case Kind.CATEGORY:
                return self.rng.choice(list(column.codes or _LETTERS))
            case Kind.BOOLEAN:
                return self.rng.choice(("yes", "no"))
            case Kind.INTEGER:
                return str(self.rng.randrange(20))
            case Kind.NUMBER:
                return f"{self.rng.randrange(100_000) / 100:.2f}"
            case Kind.MONTH:
                return str(Month(2001, 4).plus(self.rng.randrange(200)))
            case Kind.TEXT | Kind.DATE | Kind.DATETIME | Kind.NULL:  # dates are made elsewhere, no column is null
                return f"{column.name.replace('_', ' ').capitalize()} {self.rng.choice(_LETTERS)}"
            case _:
                assert_never(column.kind)


def spell_of(table: Table, catalogue: Catalogue) -> tuple[str, str] | None:
    """Return the columns of the spells that some indicator looks at, by name the first; None if there are none."""
    spells = [spell for each in catalogue.indicators.values() for spell in spell_columns(each)]
    return min(((start, end) for name, start, end in spells if name == table.name), default=None)


def breaks(rule: Rule, row: Mapping[str, str], table: Table, working_days: WorkingDays) -> bool:
    """Whether a row of text breaks a rule; columns that it does not have are null."""
    names = {ref.column for ref in column_refs(rule.expression)}
    values = {name: typed_cell(row.get(name), table.columns[name], table)[0] for name in names}
    return evaluate(rule.expression, Environment(values, EXTRACTED_AT, None, working_days)) is False


def moment_of(text: str) -> datetime | None:
    """Return the moment in a cell; None if it has none."""
    written = parse_datetime(text.strip())
    return None if written is None or written.is_placeholder else written.value


def moment_text(moment: datetime, column: Column) -> str:
    """Return a moment as the text of a column's cell; never midnight, which would mean no time of day."""
    if column.kind is Kind.DATE:
        return moment.date().isoformat()
    return iso_minute(with_time(moment))

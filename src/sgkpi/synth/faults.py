"""Put the faults of real exports into sound rows.

A share of the rows gets one fault each: the kinds take turns, where a row has what the kind needs. Faults of
whole files are made only if they are named.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Kind, column_refs
from sgkpi.model.periods import Month, last_complete_month
from sgkpi.model.table import Column, Table
from sgkpi.synth.common import EXTRACTED_AT, stream
from sgkpi.synth.declared import DATED, Texts, breaks, moment_of, moment_text, spell_of

Row = tuple[str, ...]
_MONTHS_WITHOUT_EVENTS = 2


class Fault(StrEnum):
    """The kinds of fault: first of single rows, then of whole files."""

    UNREADABLE = "unreadable"
    EXCEL_DATE = "excel_date"
    SHORT_YEAR = "short_year"
    BLANK = "blank"
    UNKNOWN_CODE = "unknown_code"
    BROKEN_RULE = "broken_rule"
    IDENTICAL_ROW = "identical_row"
    DUPLICATE_KEY = "duplicate_key"
    UNKNOWN_PERSON = "unknown_person"
    UNTIDY_ID = "untidy_id"
    OPEN_SPELL = "open_spell"
    OVERLAPPING_SPELL = "overlapping_spell"
    FUTURE_DATE = "future_date"
    CLOCK_CHANGE = "clock_change"
    NO_TIME_OF_DAY = "no_time_of_day"
    PLACEHOLDER = "placeholder"
    RAGGED_ROW = "ragged_row"
    SHORT_ROW = "short_row"
    BLANK_ROW = "blank_row"
    NO_EVENTS = "no_events"
    IDENTIFIERS = "identifiers"
    UNDECLARED_COLUMN = "undeclared_column"
    UTF_16 = "utf_16"
    WINDOWS_1252 = "windows_1252"
    SEMICOLONS = "semicolons"


OF_FILES = (
    Fault.NO_EVENTS,
    Fault.IDENTIFIERS,
    Fault.UNDECLARED_COLUMN,
    Fault.UTF_16,
    Fault.WINDOWS_1252,
    Fault.SEMICOLONS,
)
OF_ROWS = tuple(fault for fault in Fault if fault not in OF_FILES)


@dataclass(frozen=True)
class Faults:
    """The faults to make: `rate` is the share of rows, from 0 to 1."""

    rate: float
    kinds: tuple[Fault, ...] = OF_ROWS

    @property
    def encoding(self) -> str | None:
        """The encoding of files, if a fault asks for another one."""
        if Fault.UTF_16 in self.kinds:
            return "utf-16"
        return "cp1252" if Fault.WINDOWS_1252 in self.kinds else None

    @property
    def delimiter(self) -> str:
        return ";" if Fault.SEMICOLONS in self.kinds else ","

    @property
    def extra_headers(self) -> Row:
        """The columns that faults add."""
        identifying = ("NHS Number", "Surname") if Fault.IDENTIFIERS in self.kinds else ()
        return (*identifying, *(("Row in export",) if Fault.UNDECLARED_COLUMN in self.kinds else ()))


class Damage:
    """Puts faults into the rows of one table."""

    def __init__(self, faults: Faults, table: Table, header: Sequence[str], catalogue: Catalogue, seed: int) -> None:
        self.faults = faults
        self.table = table
        self.columns = tuple(header)
        self.rng = stream(seed, f"faults in {table.name}")
        self.working_days = working_days_in_england(catalogue.closures)
        self.spells = spell_of(table, catalogue)
        self.waiting = [kind for kind in faults.kinds if kind in OF_ROWS]
        self.fixed = {*table.key, table.person}
        self.last_month = last_complete_month(EXTRACTED_AT)
        self.rows = 0

    @property
    def header(self) -> Row:
        """The header, with the columns that faults add."""
        return (*self.columns, *self.faults.extra_headers)

    def pass_on(self, row: Row) -> Iterator[Row]:
        """Yield the rows that a sound row becomes: none, one or several."""
        self.rows += 1
        cells = dict(zip(self.columns, self._accented(row), strict=True))
        moment = moment_of(cells.get(self.table.happened or "", "")) if Fault.NO_EVENTS in self.faults.kinds else None
        if moment and Month.of(moment.date()) >= self.last_month.plus(1 - _MONTHS_WITHOUT_EVENTS):
            return
        for damaged in self._damaged(tuple(cells.values()), cells):
            whole = any(damaged) and len(damaged) == len(self.columns)
            yield (*damaged, *self._extra_cells()) if whole else damaged

    def _accented(self, row: Row) -> Row:
        """Return the row; the first one with an accented letter, by which the encoding shows."""
        if self.faults.encoding is None or self.rows > 1:
            return row
        texts = [name for name in self.columns if self.table.columns[name].kind is Kind.TEXT and name not in self.fixed]
        return tuple(f"{cell} é" if name in texts[:1] else cell for name, cell in zip(self.columns, row, strict=True))

    def _damaged(self, row: Row, cells: Texts) -> Iterator[Row]:
        if any(row) and self.waiting and self.rng.random() < self.faults.rate:
            for place, kind in enumerate(self.waiting):
                rows = self._with_fault(kind, cells)
                if rows:
                    del self.waiting[place]
                    self.waiting.append(kind)
                    yield from rows
                    return
        yield row

    def _with_fault(self, kind: Fault, cells: Texts) -> list[Row]:
        if kind in _ROWS:
            return _ROWS[kind](self, cells)
        kinds, new_text = _CELLS[kind]
        column = self.pick(cells, *kinds)
        text = new_text(self, column, moment_of(cells[column.name])) if column else None
        return self.changed(cells, **{column.name: text}) if column and text else []

    def _extra_cells(self) -> Iterator[str]:
        if Fault.IDENTIFIERS in self.faults.kinds:
            yield nhs_number(self.rng)
            yield self.rng.choice(_SURNAMES)
        if Fault.UNDECLARED_COLUMN in self.faults.kinds:
            yield str(self.rows)

    def changed(self, cells: Texts, **changes: str) -> list[Row]:
        """Return the row with changed cells."""
        return [tuple(changes.get(name, cells[name]) for name in self.columns)]

    def pick(self, cells: Texts, *kinds: Kind) -> Column | None:
        """Return a random column of these types that is not blank and not part of a key."""
        found = [
            column
            for name, column in self.table.columns.items()
            if name in self.columns and column.kind in kinds and cells[name] and name not in self.fixed
        ]
        return self.rng.choice(found) if found else None

    def new_key(self, cells: Texts) -> Texts | None:
        """Return another key for a copy of this row; None if the key is the person alone."""
        names = [name for name in self.table.key if name != self.table.person and name in self.columns]
        return {names[0]: f"{cells[names[0]]}X{self.rows}"} if names else None


def _blank(damage: Damage, cells: Texts) -> list[Row]:
    required = [name for name, column in damage.table.columns.items() if column.required and cells.get(name)]
    return damage.changed(cells, **{damage.rng.choice(required): ""}) if required else []


def _broken_rule(damage: Damage, cells: Texts) -> list[Row]:
    """Swap two cells, or empty one, if that breaks a rule."""
    for rule in damage.table.rules:
        names = sorted({ref.column for ref in column_refs(rule.expression)} & set(damage.columns))
        swaps = [{a: cells[b], b: cells[a]} for a in names for b in names if a < b and cells[a] and cells[b]]
        for changes in [*swaps, *({name: ""} for name in names if not damage.table.columns[name].required)]:
            if breaks(rule, {**cells, **changes}, damage.table, damage.working_days):
                return damage.changed(cells, **changes)
    return []


def _duplicate_key(damage: Damage, cells: Texts) -> list[Row]:
    """Repeat the row with one cell emptied."""
    column = damage.pick(cells, *Kind) if damage.table.key else None
    return [*damage.changed(cells), *damage.changed(cells, **{column.name: ""})] if column else []


def _other_person(damage: Damage, cells: Texts, text: str) -> list[Row]:
    """Replace the identifier of the person."""
    person = damage.table.person
    return damage.changed(cells, **{person: text}) if person in damage.columns and person else []


def _untidy_id(damage: Damage, cells: Texts) -> list[Row]:
    person = cells.get(damage.table.person or "")
    return _other_person(damage, cells, damage.rng.choice((person.lower(), f" {person} "))) if person else []


def _open_spell(damage: Damage, cells: Texts) -> list[Row]:
    """Take the end from the spell, and add another one from that end."""
    start, end = damage.spells or ("", "")
    key = damage.new_key(cells)
    if key is None or not cells.get(end) or not cells.get(start):
        return []
    return [*damage.changed(cells, **{end: ""}), *damage.changed(cells, **key, **{start: cells[end], end: ""})]


def _overlapping_spell(damage: Damage, cells: Texts) -> list[Row]:
    """Add another spell from the day before the end of this one."""
    start, end = damage.spells or ("", "")
    key, last = damage.new_key(cells), moment_of(cells.get(end, ""))
    first = moment_of(cells.get(start, ""))
    if key is None or last is None or first is None or (last - first).days < 2:
        return []
    begins = moment_text(last - timedelta(days=1), damage.table.columns[start])
    return [*damage.changed(cells), *damage.changed(cells, **key, **{start: begins})]


# Faults of rows: the rows that a sound row becomes; none where it cannot have the fault.
_ROWS: Mapping[Fault, Callable[[Damage, Texts], list[Row]]] = {
    Fault.BLANK: _blank,
    Fault.BROKEN_RULE: _broken_rule,
    Fault.IDENTICAL_ROW: lambda damage, cells: damage.changed(cells) * 2,
    Fault.DUPLICATE_KEY: _duplicate_key,
    Fault.UNKNOWN_PERSON: lambda damage, cells: _other_person(damage, cells, f"X{damage.rows:06d}"),
    Fault.UNTIDY_ID: _untidy_id,
    Fault.OPEN_SPELL: _open_spell,
    Fault.OVERLAPPING_SPELL: _overlapping_spell,
    Fault.RAGGED_ROW: lambda damage, cells: [
        (*damage.changed(cells)[0], *("extra",) * (len(damage.faults.extra_headers) + 1))
    ],
    Fault.SHORT_ROW: lambda damage, cells: [damage.changed(cells)[0][:-1]] if len(damage.columns) > 1 else [],
    Fault.BLANK_ROW: lambda damage, cells: [*damage.changed(cells), ("",) * len(damage.columns)],
}


def _future_date(damage: Damage, column: Column, moment: datetime | None) -> str | None:
    if moment is None or column.planned:
        return None
    return moment_text(EXTRACTED_AT + timedelta(days=damage.rng.randint(30, 700)), column)


def _clock_change(damage: Damage, column: Column, moment: datetime | None) -> str | None:
    """Return a time in the hour that does not exist in March, or exists twice in October."""
    if moment is None:
        return None
    last = Month(moment.year, damage.rng.choice((3, 10))).last_day
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    changed = datetime.combine(sunday, time(1, 30))
    return moment_text(changed, column) if changed < EXTRACTED_AT else None


# Faults of one cell: the types of its column, and the new text for its moment; None where it cannot have the fault.
_CELLS: Mapping[Fault, tuple[tuple[Kind, ...], Callable[[Damage, Column, datetime | None], str | None]]] = {
    Fault.UNREADABLE: (
        (*DATED, Kind.MONTH, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN),
        lambda damage, *_: damage.rng.choice(("tbc", "31/02/2019")),
    ),
    Fault.EXCEL_DATE: (DATED, lambda _, __, moment: str((moment.date() - date(1899, 12, 30)).days) if moment else None),
    Fault.SHORT_YEAR: (DATED, lambda _, __, moment: f"{moment:%d/%m/%y}" if moment else None),
    Fault.UNKNOWN_CODE: ((Kind.CATEGORY,), lambda _, column, __: "ZZ9" if column.codes else None),
    Fault.FUTURE_DATE: (DATED, _future_date),
    Fault.CLOCK_CHANGE: ((Kind.DATETIME,), _clock_change),
    Fault.NO_TIME_OF_DAY: ((Kind.DATETIME,), lambda _, __, moment: f"{moment:%d/%m/%Y}" if moment else None),
    Fault.PLACEHOLDER: (DATED, lambda *_: "1900-01-01"),
}


_SURNAMES = (
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Robinson", "Wright",
    "Thompson", "Evans", "Walker", "White", "Roberts", "Green", "Hall",
)  # fmt: skip
# Numbers from 999 000 0000 on are reserved for tests.
_TEST_NUMBERS = 999_000_000


def nhs_number(rng: Random) -> str:
    """Return a test number with a valid check digit."""
    while True:
        nine = f"{_TEST_NUMBERS + rng.randrange(1_000_000):09d}"
        check = -sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check < 10:
            return f"{nine[:3]} {nine[3:6]} {nine[6:]}{check}"

"""Put the faults of real exports into sound rows.

A share of the rows gets one fault each: the kinds take turns, where a row has what the kind needs. Faults of
whole files are made only if they are named.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Kind, column_refs
from sgkpi.model.periods import Month, last_complete_month
from sgkpi.model.table import Column, Table
from sgkpi.planning.columns import spell_columns
from sgkpi.synth.chance import stream
from sgkpi.synth.days import EXTRACTED_AT
from sgkpi.synth.texts import DATED, Texts, breaks, moment_of, moment_text

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
    def of_rows(self) -> tuple[Fault, ...]:
        return tuple(kind for kind in self.kinds if kind in OF_ROWS)

    @property
    def encoding(self) -> str | None:
        """The encoding of files, if a fault asks for another one."""
        if Fault.UTF_16 in self.kinds:
            return "utf-16"
        return "cp1252" if Fault.WINDOWS_1252 in self.kinds else None

    @property
    def delimiter(self) -> str:
        return ";" if Fault.SEMICOLONS in self.kinds else ","


class Damage:
    """Puts faults into the rows of one table."""

    def __init__(self, faults: Faults, table: Table, header: Sequence[str], catalogue: Catalogue, seed: int) -> None:
        self.faults = faults
        self.table = table
        self.columns = tuple(header)
        self.rng = stream(seed, f"faults in {table.name}")
        self.working_days = working_days_in_england(catalogue.closures)
        self.spells = _spells(table, catalogue)
        self.waiting = list(faults.of_rows)
        self.last_month = last_complete_month(EXTRACTED_AT)
        self.rows = 0

    @property
    def header(self) -> Row:
        """The header, with the columns that faults add."""
        return (*self.columns, *_extra_headers(self.faults))

    def pass_on(self, row: Row) -> Iterator[Row]:
        """Return what becomes of a sound row: none, one or several."""
        self.rows += 1
        cells = dict(zip(self.columns, self._accented(row), strict=True))
        row = tuple(cells.values())
        if Fault.NO_EVENTS in self.faults.kinds and self._is_late(cells):
            return
        for damaged in self._damaged(row, cells):
            whole = any(damaged) and len(damaged) == len(self.columns)
            yield (*damaged, *self._extra_cells()) if whole else damaged

    def _accented(self, row: Row) -> Row:
        """A row; the first one with an accented letter, by which the encoding shows."""
        if self.faults.encoding is None or self.rows > 1:
            return row
        texts = [
            name for name in self.columns if self.table.columns[name].kind is Kind.TEXT and name not in self._fixed
        ]
        return tuple(f"{cell} é" if name in texts[:1] else cell for name, cell in zip(self.columns, row, strict=True))

    def _damaged(self, row: Row, cells: Texts) -> Iterator[Row]:
        if any(row) and self.waiting and self.rng.random() < self.faults.rate:
            for place, kind in enumerate(self.waiting):
                rows = _WAYS[kind](self, cells)
                if rows:
                    del self.waiting[place]
                    self.waiting.append(kind)
                    yield from rows
                    return
        yield row

    def _is_late(self, cells: Texts) -> bool:
        """Whether a row happened in the months that the fault `no_events` removes."""
        moment = moment_of(cells.get(self.table.happened or "", ""))
        first = self.last_month.plus(1 - _MONTHS_WITHOUT_EVENTS)
        return moment is not None and Month.of(moment.date()) >= first

    def _extra_cells(self) -> Iterator[str]:
        if Fault.IDENTIFIERS in self.faults.kinds:
            yield nhs_number(self.rng)
            yield self.rng.choice(_SURNAMES)
        if Fault.UNDECLARED_COLUMN in self.faults.kinds:
            yield str(self.rows)

    def changed(self, cells: Texts, **changes: str) -> list[Row]:
        """Return the row with changed cells."""
        return [tuple(changes.get(name, cells[name]) for name in self.columns)]

    def pick(self, cells: Texts, *kinds: Kind, filled: bool = True) -> Column | None:
        """Return a random column of these types that is not blank and not part of a key."""
        found = [
            column
            for name, column in self.table.columns.items()
            if name in self.columns and column.kind in kinds and (cells[name] or not filled) and name not in self._fixed
        ]
        return self.rng.choice(found) if found else None

    @property
    def _fixed(self) -> set[str | None]:
        return {*self.table.key, self.table.person}

    def dated(self, cells: Texts, *kinds: Kind) -> tuple[Column, datetime] | None:
        """Return a random date column and its moment."""
        column = self.pick(cells, *kinds)
        moment = moment_of(cells[column.name]) if column else None
        return (column, moment) if column and moment else None

    def new_key(self, cells: Texts) -> Texts | None:
        """Return another key for a copy of this row; None if the key is the person alone."""
        names = [name for name in self.table.key if name != self.table.person and name in self.columns]
        return {names[0]: f"{cells[names[0]]}X{self.rows}"} if names else None


def _spells(table: Table, catalogue: Catalogue) -> tuple[str, str] | None:
    found = sorted(
        {
            (start, end)
            for each in catalogue.indicators.values()
            for name, start, end in spell_columns(each)
            if name == table.name
        }
    )
    return found[0] if found else None


def _unreadable(damage: Damage, cells: Texts) -> list[Row]:
    column = damage.pick(cells, *DATED, Kind.MONTH, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN)
    return damage.changed(cells, **{column.name: damage.rng.choice(("tbc", "31/02/2019"))}) if column else []


def _excel_date(damage: Damage, cells: Texts) -> list[Row]:
    found = damage.dated(cells, *DATED)
    if not found:
        return []
    column, moment = found
    return damage.changed(cells, **{column.name: str((moment.date() - date(1899, 12, 30)).days)})


def _short_year(damage: Damage, cells: Texts) -> list[Row]:
    found = damage.dated(cells, *DATED)
    return damage.changed(cells, **{found[0].name: f"{found[1]:%d/%m/%y}"}) if found else []


def _blank(damage: Damage, cells: Texts) -> list[Row]:
    required = [name for name, column in damage.table.columns.items() if column.required and cells.get(name)]
    return damage.changed(cells, **{damage.rng.choice(required): ""}) if required else []


def _unknown_code(damage: Damage, cells: Texts) -> list[Row]:
    column = damage.pick(cells, Kind.CATEGORY)
    return damage.changed(cells, **{column.name: "ZZ9"}) if column and column.codes else []


def _broken_rule(damage: Damage, cells: Texts) -> list[Row]:
    """Two cells swapped, or one emptied, if that breaks a rule."""
    for rule in damage.table.rules:
        names = sorted({ref.column for ref in column_refs(rule.expression)} & set(damage.columns))
        swaps = [{a: cells[b], b: cells[a]} for a in names for b in names if a < b and cells[a] and cells[b]]
        for changes in [*swaps, *({name: ""} for name in names if not damage.table.columns[name].required)]:
            if breaks(rule, {**cells, **changes}, damage.table, damage.working_days):
                return damage.changed(cells, **changes)
    return []


def _identical_row(damage: Damage, cells: Texts) -> list[Row]:
    return damage.changed(cells) * 2


def _duplicate_key(damage: Damage, cells: Texts) -> list[Row]:
    """The row, and again with one cell emptied."""
    column = damage.pick(cells, *Kind) if damage.table.key else None
    return [*damage.changed(cells), *damage.changed(cells, **{column.name: ""})] if column else []


def _unknown_person(damage: Damage, cells: Texts) -> list[Row]:
    person = damage.table.person
    return damage.changed(cells, **{person: f"X{damage.rows:06d}"}) if person in damage.columns and person else []


def _untidy_id(damage: Damage, cells: Texts) -> list[Row]:
    person = damage.table.person
    if person not in damage.columns or not person or not cells[person]:
        return []
    return damage.changed(cells, **{person: damage.rng.choice((cells[person].lower(), f" {cells[person]} "))})


def _open_spell(damage: Damage, cells: Texts) -> list[Row]:
    """The spell without its end, and another one from that end."""
    start, end = damage.spells or ("", "")
    key = damage.new_key(cells)
    if key is None or not cells.get(end) or not cells.get(start):
        return []
    return [*damage.changed(cells, **{end: ""}), *damage.changed(cells, **key, **{start: cells[end], end: ""})]


def _overlapping_spell(damage: Damage, cells: Texts) -> list[Row]:
    """The spell, and another one from the day before its end."""
    start, end = damage.spells or ("", "")
    key, last = damage.new_key(cells), moment_of(cells.get(end, ""))
    first = moment_of(cells.get(start, ""))
    if key is None or last is None or first is None or (last - first).days < 2:
        return []
    begins = moment_text(last - timedelta(days=1), damage.table.columns[start])
    return [*damage.changed(cells), *damage.changed(cells, **key, **{start: begins})]


def _future_date(damage: Damage, cells: Texts) -> list[Row]:
    found = damage.dated(cells, *DATED)
    if not found or found[0].planned:
        return []
    later = EXTRACTED_AT + timedelta(days=damage.rng.randint(30, 700))
    return damage.changed(cells, **{found[0].name: moment_text(later, found[0])})


def _clock_change(damage: Damage, cells: Texts) -> list[Row]:
    """A time in the hour that does not exist in March, or exists twice in October."""
    found = damage.dated(cells, Kind.DATETIME)
    if not found:
        return []
    sunday = _last_sunday(found[1].year, damage.rng.choice((3, 10)))
    moment = datetime.combine(sunday, datetime.min.time()) + timedelta(hours=1, minutes=30)
    return damage.changed(cells, **{found[0].name: moment_text(moment, found[0])}) if moment < EXTRACTED_AT else []


def _last_sunday(year: int, month: int) -> date:
    last = Month(year, month).last_day
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _no_time_of_day(damage: Damage, cells: Texts) -> list[Row]:
    found = damage.dated(cells, Kind.DATETIME)
    return damage.changed(cells, **{found[0].name: f"{found[1]:%d/%m/%Y}"}) if found else []


def _placeholder(damage: Damage, cells: Texts) -> list[Row]:
    column = damage.pick(cells, *DATED)
    return damage.changed(cells, **{column.name: "1900-01-01"}) if column else []


def _ragged_row(damage: Damage, cells: Texts) -> list[Row]:
    return [(*damage.changed(cells)[0], *("extra",) * (len(_extra_headers(damage.faults)) + 1))]


def _short_row(damage: Damage, cells: Texts) -> list[Row]:
    return [damage.changed(cells)[0][:-1]] if len(damage.columns) > 1 else []


def _blank_row(damage: Damage, cells: Texts) -> list[Row]:
    return [*damage.changed(cells), ("",) * len(damage.columns)]


_WAYS: Mapping[Fault, Callable[[Damage, Texts], list[Row]]] = {
    Fault.UNREADABLE: _unreadable,
    Fault.EXCEL_DATE: _excel_date,
    Fault.SHORT_YEAR: _short_year,
    Fault.BLANK: _blank,
    Fault.UNKNOWN_CODE: _unknown_code,
    Fault.BROKEN_RULE: _broken_rule,
    Fault.IDENTICAL_ROW: _identical_row,
    Fault.DUPLICATE_KEY: _duplicate_key,
    Fault.UNKNOWN_PERSON: _unknown_person,
    Fault.UNTIDY_ID: _untidy_id,
    Fault.OPEN_SPELL: _open_spell,
    Fault.OVERLAPPING_SPELL: _overlapping_spell,
    Fault.FUTURE_DATE: _future_date,
    Fault.CLOCK_CHANGE: _clock_change,
    Fault.NO_TIME_OF_DAY: _no_time_of_day,
    Fault.PLACEHOLDER: _placeholder,
    Fault.RAGGED_ROW: _ragged_row,
    Fault.SHORT_ROW: _short_row,
    Fault.BLANK_ROW: _blank_row,
}


def _extra_headers(faults: Faults) -> Row:
    identifying = ("NHS Number", "Surname") if Fault.IDENTIFIERS in faults.kinds else ()
    return (*identifying, *(("Row in export",) if Fault.UNDECLARED_COLUMN in faults.kinds else ()))


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

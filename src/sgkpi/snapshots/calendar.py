"""calendar.csv: the weekdays that were not working days when a snapshot was taken.

It covers whole years around the as-of time; outside these, today's days are used.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path

from sgkpi.definitions.bank_holidays import bank_holidays_in, last_known_day
from sgkpi.definitions.closures import HEADER
from sgkpi.model.calendar import WorkingDays, is_weekend
from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.store import Snapshot

CALENDAR = "calendar.csv"
BANK_HOLIDAY = "Bank holiday"
_YEARS_BEFORE, _YEARS_AFTER = 4, 2


@dataclass(frozen=True)
class RecordedCalendar:
    """The weekdays from `first` to `last`, in order, that were not working days, with their names."""

    first: date
    last: date
    days: Mapping[date, str]

    def to_bytes(self) -> bytes:
        """Return the file of these days."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((day.isoformat(), name) for day, name in self.days.items())
        return text.getvalue().encode()

    @property
    def sha256(self) -> str:
        """The digest of the file."""
        return sha256(self.to_bytes()).hexdigest()

    def working_days(self, closures: Mapping[date, str]) -> WorkingDays:
        """Return the working days by this calendar; outside it, those of today, with these closure days."""
        years = range(self.first.year, self.last.year + 1)

        def closed_in(year: int) -> frozenset[date]:
            return frozenset(day for day in self.days if day.year == year) if year in years else bank_holidays_in(year)

        return WorkingDays(closed_in, (day for day in closures if day.year not in years))


def calendar_at(as_of: datetime, closures: Mapping[date, str]) -> RecordedCalendar:
    """Return the calendar around an as-of time. A bank holiday stays one where it is a closure day too.

    Names of bank holidays are not recorded: the library may change them, and no figure depends on them.
    """
    first = date(as_of.year - _YEARS_BEFORE, 1, 1)
    last = min(date(as_of.year + _YEARS_AFTER, 12, 31), last_known_day())
    own = {day: name for day, name in closures.items() if first <= day <= last and not is_weekend(day)}
    years = range(first.year, last.year + 1)
    days = own | {day: BANK_HOLIDAY for year in years for day in bank_holidays_in(year)}
    return RecordedCalendar(first, last, dict(sorted(days.items())))


def working_days_of(snapshot: Snapshot, closures: Mapping[date, str]) -> WorkingDays:
    """Return the working days by a snapshot's own calendar; outside it, those of today, with these closure days."""
    said = snapshot.manifest.calendar
    calendar = read_calendar(snapshot.read(CALENDAR), snapshot.folder / CALENDAR, said.first, said.last)
    return calendar.working_days(closures)


def read_calendar(content: bytes, path: Path, first: date, last: date) -> RecordedCalendar:
    """Return the calendar in the bytes of a file, for its first and last day; raise SnapshotError if it is damaged."""
    try:
        header, *rows = csv.reader(StringIO(content.decode()))
        days = {date.fromisoformat(day): name for day, name in rows}
    except (ValueError, csv.Error) as error:
        raise SnapshotError(f"{path} is damaged: it is not a list of dates and names") from error
    if header != HEADER:
        raise SnapshotError(f"{path} is damaged: its first line is not {','.join(HEADER)}")
    return RecordedCalendar(first, last, days)

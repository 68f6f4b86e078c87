"""Parse dates, datetimes and months in the forms that extracts use.

ISO (`2019-02-05`, `2019-02-05 14:30[:00[.000]]`, with `T` and a zone too) or British (`05/02/2019`, `05-Feb-2019`,
either with `14:30[:00]`), and no others. A zone is `Z`, `UTC`, `+01:00`, `+0100` or `+01`. `05/02/2019` is always
5 February: the order is never guessed from the data.
"""

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple

from sgkpi.model.folding import WHITESPACE
from sgkpi.model.periods import EARLIEST_YEAR, LONDON

PLACEHOLDERS = frozenset({date(1900, 1, 1), date(9999, 12, 31)})  # databases write these for no date

_SPACE = f"[{re.escape(WHITESPACE)}]"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})"
_ISO = (
    rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})"
    rf"(?:(?:{_SPACE}+|T){_CLOCK}(?:\.(?P<fraction>\d{{1,9}}))?)?"
    rf"(?:{_SPACE}*(?P<zone>[Zz]|[Uu][Tt][Cc]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?))?)?"
)
_TIME = rf"(?:{_SPACE}+{_CLOCK})?)?"
_BRITISH = rf"(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})/(?P<year>\d{{4}}){_TIME}"
_ABBREVIATED = rf"(?P<day>\d{{1,2}})-(?P<name>[A-Za-z]{{3}})-(?P<year>\d{{4}}){_TIME}"
_FORMS = tuple(re.compile(form, re.ASCII) for form in (_ISO, _BRITISH, _ABBREVIATED))
_YEAR_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})", re.ASCII)
_MONTH_YEAR = re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class WrittenMoment(NamedTuple):
    """A date or datetime as written: its wall-clock time in Europe/London, and whether it has a time of day.

    `summer` says that a zone makes it the first of the two moments that have this wall-clock time.
    """

    value: datetime
    with_time: bool
    summer: bool = False

    @property
    def is_placeholder(self) -> bool:
        """Whether it is one of the dates that mean no date, at any time of day."""
        return self.value.date() in PLACEHOLDERS


def parse_datetime(text: str, *, midnight: bool = False) -> WrittenMoment | None:
    """Parse a moment from trimmed text; None if it has none of the forms, or the date or time does not exist.

    Midnight UTC is how systems write a date alone, in summer too, unless the column says that `midnight` is meant.
    """
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            try:
                return _moment(match.groupdict(), midnight=midnight)
            except (ValueError, OverflowError):  # no such day or time; no wall-clock time in years 1 to 9999
                return None
    return None


def parse_date(text: str) -> date | None:
    """Parse a date from trimmed text; a time of day is dropped."""
    moment = parse_datetime(text)
    return None if moment is None else moment.value.date()


def parse_month(text: str) -> date | None:
    """Parse a month from trimmed text, as its first day: `2005-03`, `03/2005` or any date."""
    match = _YEAR_MONTH.fullmatch(text) or _MONTH_YEAR.fullmatch(text)
    if match is None:
        day = parse_date(text)
        return None if day is None else day.replace(day=1)
    try:
        return _day({**match.groupdict(), "day": "1"})
    except ValueError:
        return None


def _moment(parts: dict[str, str | None], *, midnight: bool) -> WrittenMoment:
    day = _day(parts)
    if parts.get("hour") is None:
        return WrittenMoment(datetime.combine(day, time()), with_time=False)
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    microsecond = int((parts.get("fraction") or "").ljust(6, "0")[:6])
    local = datetime.combine(day, time(hour, minute, second, microsecond))
    zone = parts.get("zone")
    if zone is None or day in PLACEHOLDERS:  # a placeholder stays one, whatever its zone
        return WrittenMoment(local, with_time=True)
    digits = re.sub(r"\D", "", zone).ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if not offset and not midnight and local.time() == time():
        return WrittenMoment(local, with_time=True)
    moment = local.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset)).astimezone(LONDON)
    if moment.year < EARLIEST_YEAR:
        raise ValueError("a year has four digits")
    summer = moment.utcoffset() != moment.replace(fold=1).utcoffset()
    return WrittenMoment(moment.replace(tzinfo=None, fold=0), with_time=True, summer=summer)


def _day(parts: dict[str, str | None]) -> date:
    name = parts.get("name")
    month = _MONTH_NAMES.index(name.lower()) + 1 if name else int(parts["month"] or 0)
    year = int(parts["year"] or 0)
    if year < EARLIEST_YEAR:
        raise ValueError("a year has four digits")
    return date(year, month, int(parts["day"] or 0))

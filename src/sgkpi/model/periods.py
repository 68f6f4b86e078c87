"""Months, and the periods that contain or end with them.

The financial year runs from 1 April to 31 March; its quarter 1 is April to June.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache, cached_property
from typing import assert_never
from zoneinfo import ZoneInfo

APRIL = 4
MONTHS_IN_YEAR = 12
LONDON = ZoneInfo("Europe/London")
EARLIEST_YEAR = 1000  # of what an extract may hold
_LAST_SECOND = time(23, 59, 59)
_MONTH_TEXT = re.compile(r"(\d{4})-(\d{2})")
# A month as people write it elsewhere, or a day of it.
_NEAR_MONTHS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})([-/.]\d{1,2})?"),
    re.compile(r"(\d{1,2}[-/.])?(?P<month>\d{1,2})[-/. ](?P<year>\d{4})"),
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        """Check that there is such a month; raise ValueError if not."""
        year: object = self.year
        month: object = self.month
        if not (isinstance(year, int) and isinstance(month, int) and 1 <= month <= MONTHS_IN_YEAR):
            raise ValueError(
                f"no month {self.month!r} of the year {self.year!r}; write Month(2019, 2), or Month.parse('2019-02')"
            )

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Parse a month such as `2019-02`; raise ValueError for anything else."""
        match = _MONTH_TEXT.fullmatch(text.strip())
        if not match or not 1 <= int(match[2]) <= MONTHS_IN_YEAR or int(match[1]) == 0:
            raise ValueError(f"'{text}' is not a month; {_near_month(text)}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month of a day."""
        return cls(day.year, day.month)

    @classmethod
    @cache
    def from_index(cls, index: int) -> "Month":
        """Return the month with this index; the inverse of `index`."""
        year, month = divmod(index, MONTHS_IN_YEAR)
        return cls(year, month + 1)

    @property
    def index(self) -> int:
        """Months since January of year 0."""
        return self.year * MONTHS_IN_YEAR + self.month - 1

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def plus(self, months: int) -> "Month":
        """Return the month this many months later (earlier if negative)."""
        return Month.from_index(self.index + months)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def _near_month(text: str) -> str:
    """Return what to write instead of a text that is no month: the month that it seems to mean, or the form of one."""
    for form in _NEAR_MONTHS:
        found = form.fullmatch(text.strip())
        if found and 1 <= int(found["month"]) <= MONTHS_IN_YEAR and int(found["year"]):
            return f"did you mean {found['year']}-{int(found['month']):02d}?"
    return "write it as YYYY-MM"


class PeriodKind(StrEnum):
    """The kinds of period, in the order in which figures are sorted."""

    MONTH = "month"
    QUARTER = "quarter"
    FINANCIAL_YEAR = "financial_year"
    YEAR_TO_DATE = "year_to_date"
    ROLLING_12_MONTHS = "rolling_12_months"


KIND_ORDER = {kind: place for place, kind in enumerate(PeriodKind)}


@dataclass(frozen=True)
class Period:
    """Whole calendar months, from the first to the last."""

    kind: PeriodKind
    first: Month
    last: Month

    def __hash__(self) -> int:
        # Counts and figures are kept by period: to hash two months as well would take thrice as long.
        return hash((self.kind, self.first.year, self.first.month, self.last.year, self.last.month))

    @classmethod
    def parse(cls, kind: PeriodKind, text: str) -> "Period":
        """Parse a period of a kind as its label reads; raise ValueError for anything else."""
        period = None
        try:
            match kind:
                case PeriodKind.MONTH | PeriodKind.YEAR_TO_DATE | PeriodKind.ROLLING_12_MONTHS:
                    period = period_for(kind, Month.parse(text.rpartition(" to ")[2]))
                case PeriodKind.FINANCIAL_YEAR:
                    period = period_for(kind, Month(int(text[:4]), APRIL))
                case PeriodKind.QUARTER:
                    period = period_for(kind, Month(int(text[:4]), APRIL).plus(3 * (int(text[-1]) - 1)))
                case _:
                    assert_never(kind)
            is_one = period.label == text and period.start < period.end  # no date is of the year 0 or 10000
        except (ValueError, IndexError):
            is_one = False
        if period is None or not is_one:
            said = kind.value.replace("_", " ")
            like = period_for(kind, Month(2019, 2)).label
            raise ValueError(f"'{text}' is not a period of the kind {said}; write it as {like}")
        return period

    @cached_property
    def start(self) -> date:
        return self.first.first_day

    @cached_property
    def end(self) -> date:
        return self.last.last_day

    @cached_property
    def months(self) -> tuple[Month, ...]:
        return tuple(self.first.plus(n) for n in range(self.last.index - self.first.index + 1))

    @cached_property
    def label(self) -> str:
        """`2019-02`, `2018-19 Q4`, `2018-19`, `2018-19 to 2019-02` or `2018-03 to 2019-02`."""
        match self.kind:
            case PeriodKind.MONTH:
                return str(self.first)
            case PeriodKind.QUARTER:
                quarter = (self.first.month - APRIL) % MONTHS_IN_YEAR // 3 + 1
                return f"{financial_year_label(self.first)} Q{quarter}"
            case PeriodKind.FINANCIAL_YEAR:
                return financial_year_label(self.first)
            case PeriodKind.YEAR_TO_DATE:
                return f"{financial_year_label(self.first)} to {self.last}"
            case PeriodKind.ROLLING_12_MONTHS:
                return f"{self.first} to {self.last}"
            case _:
                assert_never(self.kind)

    @cached_property
    def sort_key(self) -> tuple[int, Month, Month]:
        return KIND_ORDER[self.kind], self.first, self.last

    def has_ended(self, as_of: datetime) -> bool:
        """Whether the last day has ended at the as-of time (to the second)."""
        return as_of >= datetime.combine(self.end, _LAST_SECOND)


def financial_year_start(month: Month) -> Month:
    """Return April of the month's financial year."""
    return Month(month.year if month.month >= APRIL else month.year - 1, APRIL)


def financial_year_label(month: Month) -> str:
    """Return the month's financial year, such as `2018-19`."""
    year = financial_year_start(month).year
    return f"{year:04d}-{(year + 1) % 100:02d}"


@cache
def period_for(kind: PeriodKind, month: Month) -> Period:
    """Return the period of a kind that is, contains or ends with a month."""
    april = financial_year_start(month)
    match kind:
        case PeriodKind.MONTH:
            return Period(kind, month, month)
        case PeriodKind.QUARTER:
            first = month.plus(-((month.month - APRIL) % 3))
            return Period(kind, first, first.plus(2))
        case PeriodKind.FINANCIAL_YEAR:
            return Period(kind, april, april.plus(11))
        case PeriodKind.YEAR_TO_DATE:
            return Period(kind, april, month)
        case PeriodKind.ROLLING_12_MONTHS:
            return Period(kind, month.plus(-11), month)
        case _:
            assert_never(kind)


def periods_for(kinds: Iterable[PeriodKind], months: Iterable[Month]) -> tuple[Period, ...]:
    """Return one period of each kind for every month, without duplicates, in the order of figures."""
    wanted = list(months)
    periods = {period_for(kind, month) for kind in kinds for month in wanted}
    return tuple(sorted(periods, key=lambda period: period.sort_key))


def date_of(moment: date | datetime) -> date:
    """Return the date of a date or moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def end_of_day(day: date) -> datetime:
    """Return the last moment of a day."""
    return datetime.combine(day, time.max)


def last_complete_month(as_of: datetime) -> Month:
    """Return the last month that has ended at the as-of time."""
    month = Month.of(as_of.date())
    ended = period_for(PeriodKind.MONTH, month).has_ended(as_of)
    return month if ended else month.plus(-1)


def parse_as_of(text: str) -> datetime:
    """Parse an as-of time, which is in Europe/London if it names no zone; a date means the end of that day.

    Raises ValueError, with a message for the person who wrote it.
    """
    written, moment = text.strip(), None
    try:
        if _DATE.fullmatch(written):
            moment = end_of_day(date.fromisoformat(written))
        elif _DATETIME.fullmatch(written):
            moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise ValueError(f"invalid date '{written}': {error}") from error
    if moment is None:
        raise ValueError(f"invalid date '{written}'; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    moment = london_time(moment)
    if moment.year < EARLIEST_YEAR:
        raise ValueError(f"the year {moment.year:04d} is too early for any extract")
    return moment


def london_time(moment: datetime) -> datetime:
    """Return a moment as wall time in Europe/London; without a zone, it is that already."""
    return moment if moment.tzinfo is None else moment.astimezone(LONDON).replace(tzinfo=None, fold=0)

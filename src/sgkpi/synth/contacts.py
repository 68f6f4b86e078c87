"""Contacts: a front door that gets slower month by month, until 21% of decisions take longer than 24 hours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from math import sqrt
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth import common
from sgkpi.synth.common import Quota, british_minute, known, pick, scaled, with_time
from sgkpi.synth.people import People, Row

CONTACTS = ("contact_id", "person_id", "received_at", "decided_at", "source", "outcome", "team")


@dataclass(frozen=True)
class Story:
    """A month of contacts: the number of rows that can be judged, and the percentage that take over 24 hours."""

    month: Month
    rows: int
    late_in_100: int


STORIES = (
    Story(Month(2018, 4), 468, 14),
    Story(Month(2018, 5), 506, 14),
    Story(Month(2018, 6), 517, 15),
    Story(Month(2018, 7), 531, 15),
    Story(Month(2018, 8), 452, 17),
    Story(Month(2018, 9), 489, 17),
    Story(Month(2018, 10), 536, 18),
    Story(Month(2018, 11), 541, 19),
    Story(Month(2018, 12), 458, 19),
    Story(Month(2019, 1), 524, 20),
    Story(Month(2019, 2), 500, 21),  # 105 of 500: exactly 21%
    Story(Month(2019, 3), 38, 21),
)

SOURCES = {
    "police": 32,
    "school": 20,
    "health": 17,
    "individual": 12,
    "local_authority": 8,
    "education_services": 3,
    "housing": 2,
    "other_legal_agency": 2,
    "other": 2,
    "anonymous": 2,
}
OUTCOMES = {"no_further_action": 46, "information_advice": 27, "referral": 20, "early_help": 7}
DUTY_TEAM = "Emergency Duty Team"
TEAMS_IN_TIME = {"Access Team A": 36, "Access Team B": 36, "Access Team C": 28}
TEAMS_LATE = {"Access Team A": 26, "Access Team B": 24, "Access Team C": 50}

# Weights of contacts in each hour: of an office's day, and of weekends, when mainly the police call.
WEEKDAY_HOURS = (1, 1, 1, 1, 1, 1, 1, 3, 9, 16, 18, 17, 14, 15, 18, 20, 17, 9, 5, 4, 3, 3, 2, 2)
WEEKEND_HOURS = (5, 4, 4, 3, 2, 2, 2, 2, 4, 6, 8, 8, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 7, 6)
# Weights of working days until a late decision: mostly few, some over the five that procedures allow.
LATE_DAYS = (30, 28, 16, 9, 7, 3, 3, 2, 1, 1)
NEVER_IN_100 = 2
SIBLINGS_IN_100 = 40
# Well within 24 hours even when the clocks go back, and well over when they go forward.
IN_TIME_MINUTES = 22 * 60 + 30
LATE_AFTER = timedelta(hours=25)
# Siblings are decided together; the last rows come one by one, so that the number is exact.
ROWS_ONE_BY_ONE = 10


@dataclass(frozen=True)
class Fault:
    """A badly recorded contact, as written in the file; `twice` is the second decision of a duplicate row."""

    month: Month
    received: str
    decided: str
    outcome: str = "information_advice"
    source: str = "police"
    twice: str | None = None


# The sample's README describes each of these. Only the two that are marked can be judged by a clock in hours,
# so that February's figure is as planned.
FAULTS = (
    Fault(Month(2018, 6), "12/06/2018", "13/06/2018 09:30"),
    Fault(Month(2018, 10), "09/10/2018 15:45", "08/10/2018 09:00"),
    Fault(Month(2018, 11), "", "22/11/2018 10:00"),
    Fault(Month(2018, 12), "11/12/2018 10:20", "11/12/2018 15:05", source="Neighbour"),  # judged
    Fault(Month(2019, 1), "17/01/2019 10:10", "17/01/2019 12:00", twice="17/01/2019 12:00"),  # judged, once
    Fault(Month(2019, 2), "05/02/2019", "05/02/2019 15:10"),
    Fault(Month(2019, 2), "13/02/2019 00:00:00", "13/02/2019 16:40"),
    Fault(Month(2019, 2), "20/02/2019 09:40", "21/02/2019"),
    Fault(Month(2019, 2), "14/02/2019 11:20", "13/02/2019 16:05"),
    Fault(Month(2019, 2), "18/02/2019 10:05", "tbc", outcome=""),
    Fault(Month(2019, 2), "21/02/2019 13:30", "21/02/2019 17:15", twice="22/02/2019 09:10"),
    Fault(Month(2019, 2), "31/02/2019 10:00", "01/03/2019 09:30"),
)


def contact_rows(rng: Random, people: People, scale: float, stories: Iterable[Story] = STORIES) -> Iterator[Row]:
    """Yield every row of `contacts.csv`, with a blank one at the end, as spreadsheets often leave."""
    numbers = (f"C{number:06d}" for number in count(1))
    for story in stories:
        yield from _month_rows(rng, people, story, scale, numbers)
        for place, fault in enumerate(fault for fault in FAULTS if fault.month == story.month):
            contact, child = next(numbers), people.family(place % people.families)[0]
            for decided in (fault.decided, fault.twice):
                if decided is not None:
                    yield contact, child, fault.received, decided, fault.source, fault.outcome, "Access Team B"
    yield ("",) * len(CONTACTS)


def _month_rows(rng: Random, people: People, story: Story, scale: float, numbers: Iterator[str]) -> Iterator[Row]:
    rows = scaled(story.rows, scale)
    late = Quota(rows, (rows * story.late_in_100 + 50) // 100)
    for day, number in _by_day(rng, story.month, rows):
        for children, received in _day_contacts(rng, people, day, number, late):
            is_late = late.take(rng, len(children))
            common = _decision(rng, received, is_late=is_late)
            contact = next(numbers)
            yield from ((contact, child, british_minute(received), *common) for child in children)


def _by_day(rng: Random, month: Month, rows: int) -> Iterator[tuple[date, int]]:
    """Yield the number of rows of each day; they add up to the month's."""
    days = list(common.days_of(month))
    weights = [_weight(day) for day in days]
    for place, day in enumerate(days):
        expected = rows * weights[place] / sum(weights[place:])
        number = min(rows, max(0, round(rng.gauss(expected, sqrt(expected)))))
        number = rows if place == len(days) - 1 else number
        rows -= number
        yield day, number


def _weight(day: date) -> float:
    if not common.WORKING_DAYS.is_working_day(day):
        return 0.2
    if (day.month, day.day) >= (12, 24):
        return 0.5
    return 1.1 if day.weekday() == 0 else 1.0


def _day_contacts(
    rng: Random, people: People, day: date, rows: int, quota: Quota
) -> Iterator[tuple[tuple[str, ...], datetime]]:
    """Yield the children and time of each contact of a day; the caller takes each from the quota."""
    hours = WEEKDAY_HOURS if common.WORKING_DAYS.is_working_day(day) else WEEKEND_HOURS
    times = []
    for _ in range(rows):
        hour = rng.choices(range(24), hours)[0]
        times.append(with_time(datetime.combine(day, time(hour, rng.randrange(60)))))
    times.sort()
    left = rows
    while left:
        family = people.family(rng.randrange(people.families))
        together = rng.randrange(100) < SIBLINGS_IN_100 and quota.total > ROWS_ONE_BY_ONE
        children = family[:left] if together else (rng.choice(family),)
        yield children, times[rows - left]
        left -= len(children)


def _decision(rng: Random, received: datetime, *, is_late: bool) -> Row:
    """Return the columns from `decided_at` on: decision, source, outcome and team."""
    decided = known(_decided_late(rng, received) if is_late else _decided_in_time(rng, received))
    source, outcome = pick(rng, SOURCES), pick(rng, OUTCOMES)
    team = pick(rng, TEAMS_LATE if is_late else TEAMS_IN_TIME)
    if not is_late and not common.in_office_hours(received) and rng.randrange(100) < 70:
        team = DUTY_TEAM
    return british_minute(decided), source, outcome if decided else "", team


def _decided_in_time(rng: Random, received: datetime) -> datetime:
    """Return a moment within 24 hours, usually in office hours."""
    for _ in range(12):
        decided = with_time(received + timedelta(minutes=int(rng.triangular(25, IN_TIME_MINUTES, 200))))
        if common.in_office_hours(decided):
            break
    return decided


def _decided_late(rng: Random, received: datetime) -> datetime | None:
    """Return a moment on a working day more than 24 hours later; None for a few."""
    if rng.randrange(100) < NEVER_IN_100:
        return None
    days = rng.choices(range(1, len(LATE_DAYS) + 1), LATE_DAYS)[0]
    minutes = timedelta(minutes=rng.randint(0, 8 * 60 + 30))
    while True:
        decided = datetime.combine(common.WORKING_DAYS.add(received.date(), days), time(9)) + minutes
        if decided - received > LATE_AFTER:
            return decided
        days += 1

"""Children who go missing, and return home interviews: offered to most, held within 72 hours for about 54%."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import days_of, in_random_order, iso_minute, known, scaled, with_time
from sgkpi.synth.people import People, Row

_COLUMNS = """
episode_id person_id went_missing_at returned_at missing_from rhi_offered rhi_response rhi_contacted_at
rhi_completed_at team
"""
MISSING_EPISODES = tuple(_COLUMNS.split())
# Returns of a month that can be judged, and how many in a hundred of them had their interview in time.
STORIES = (
    (Month(2018, 4), 28, 64),
    (Month(2018, 5), 31, 62),
    (Month(2018, 6), 33, 63),
    (Month(2018, 7), 36, 60),
    (Month(2018, 8), 34, 58),
    (Month(2018, 9), 27, 60),
    (Month(2018, 10), 30, 57),
    (Month(2018, 11), 29, 57),
    (Month(2018, 12), 26, 55),
    (Month(2019, 1), 31, 56),
    (Month(2019, 2), 37, 54),  # 20 of 37: 54.1%
    (Month(2019, 3), 4, 60),
)
NOT_APPLICABLE = 2
STILL_MISSING = 2
HOME_TEAM = "Missing Children Hub"
CARE_TEAMS = ("Children in Care East", "Children in Care West")


@dataclass(frozen=True)
class Interview:
    """The outcome of the interview after a return."""

    offered: str
    response: str = ""
    contacted: datetime | None = None
    completed: datetime | None = None


def missing_rows(
    rng: Random, people: People, scale: float, stories: Iterable[tuple[Month, int, int]] = STORIES
) -> Iterator[Row]:
    """Yield every row of `missing_episodes.csv`."""
    numbers = (f"M{number:05d}" for number in count(1))
    for month, returns, in_time_in_100 in stories:
        for kind in in_random_order(rng, _kinds(scaled(returns, scale), in_time_in_100, scale)):
            day = rng.choice(list(days_of(month)))
            returned = with_time(datetime.combine(day, time(rng.randrange(24), rng.randrange(60))))
            yield _row(rng, people, next(numbers), returned, _interview(rng, kind, returned))
        if month == Month(2019, 2):
            yield from _faults(people, numbers)
    for _ in range(scaled(STILL_MISSING, scale)):
        missing = datetime(2019, 3, 1) + timedelta(days=rng.randint(0, 2), hours=rng.randint(17, 22))
        yield next(numbers), _runaway(rng, people), iso_minute(missing), "", "home", "", "", "", "", HOME_TEAM


def _kinds(returns: int, in_time_in_100: int, scale: float) -> dict[str, int]:
    """Return the number of returns of a month by outcome; all but `not applicable` add up to the returns."""
    in_time = (returns * in_time_in_100 + 50) // 100
    other = returns - in_time
    declined, late, not_offered = other * 30 // 100, other * 42 // 100, (other * 12 + 99) // 100
    kinds = {"in_time": in_time, "declined": declined, "late": late, "not_offered": min(not_offered, other)}
    kinds["open"] = max(0, returns - sum(kinds.values()))
    return {**kinds, "not_applicable": scaled(NOT_APPLICABLE, scale)}


def _interview(rng: Random, kind: str, returned: datetime) -> Interview:
    soon = _daytime(rng, returned, 3, 40)
    match kind:
        case "in_time":
            return Interview("yes", "accepted", soon, max(soon, _daytime(rng, returned, 12, 69)))
        case "declined":
            return Interview("yes", "declined", soon)
        case "late":
            contacted = soon if rng.randrange(100) < 70 else _daytime(rng, returned, 76, 120)
            return Interview("yes", "accepted", contacted, max(contacted, _daytime(rng, returned, 80, 260)))
        case "not_offered":
            return Interview("no")
        case "not_applicable":
            return Interview("not_applicable")
        case _:
            return Interview(rng.choice(("yes", "yes", "")))


def _daytime(rng: Random, returned: datetime, after: int, before: int) -> datetime:
    """Return a moment some hours after the return, usually between 09:00 and 19:00.

    Short of 72 hours it stays so by a margin that no change of the clocks makes up.
    """
    for _ in range(20):
        moment = with_time(returned + timedelta(minutes=rng.randint(after * 60, before * 60)))
        if time(9) <= moment.time() <= time(19):
            break
    return moment


def _row(rng: Random, people: People, number: str, returned: datetime, interview: Interview) -> Row:
    missing = with_time(returned - timedelta(minutes=int(min(14_000, rng.lognormvariate(6.4, 1.1))) + 30))
    home = rng.randrange(100) < 55
    return (
        number,
        _runaway(rng, people),
        iso_minute(missing),
        iso_minute(returned),
        "home" if home else "care",
        interview.offered,
        interview.response,
        iso_minute(known(interview.contacted)),
        iso_minute(known(interview.completed)),
        HOME_TEAM if home else rng.choice(CARE_TEAMS),
    )


def _runaway(rng: Random, people: People) -> str:
    """Return a child who goes missing; some go missing repeatedly."""
    return people.runaway(int(people.runaways * rng.random() ** 2))


def _faults(people: People, numbers: Iterator[str]) -> Iterator[Row]:
    """Yield a return without a time of day, and an interview without a readable time: neither can be judged."""
    first, last = people.runaway(0), people.runaway(people.runaways - 1)
    yield (next(numbers), first, "2019-02-10 22:30", "2019-02-11", "home",
           "yes", "accepted", "2019-02-12 10:15", "2019-02-13 10:00", HOME_TEAM)  # fmt: skip
    yield (next(numbers), last, "2019-02-18 19:45", "2019-02-19 07:20", "care",
           "yes", "accepted", "2019-02-20 16:00", "tbc", CARE_TEAMS[0])  # fmt: skip

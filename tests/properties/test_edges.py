"""The engines agree on what lies just before, at and just behind an edge: the end of a clock, the bound of a count.

Worlds made at random seldom have a moment at the very edge; here nearly all of them are.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from hypothesis import example, given, note
from hypothesis import strategies as st

from sgkpi.model.periods import Month
from tests.properties.examples import per_cent
from tests.spec.pages import Page

FIRST_MONTH = Month(2018, 6)
AS_OF = datetime(2019, 4, 30, 9)
CLOSURES = "2018-12-27,closed\n2019-02-05,closed"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# A Friday, month ends, the days around both changes of the clocks, Christmas, the days before a closure day.
DAYS = [
    date(2019, 2, 1), date(2019, 1, 31), date(2019, 2, 28), date(2018, 10, 27), date(2018, 10, 28), date(2019, 3, 30),
    date(2019, 3, 31), date(2018, 12, 24), date(2019, 2, 4), date(2018, 11, 30),
]  # fmt: skip
FRIDAY = datetime(2019, 2, 1, 9)
# A time of day that occurs twice on its day, and one that does not occur.
TWICE, NEVER = datetime(2018, 10, 28, 1, 30), datetime(2019, 3, 31, 1, 30)
HOURS_OF_DAY = [(0, 0), (0, 30), (1, 30), (9, 0), (23, 59)]
# Minutes around the hour that occurs twice, in UTC: from 23:00 (midnight on the clock) to 02:30.
UTC_MINUTES = range(-60, 151, 10)
BEFORE_CHANGE = datetime(2018, 10, 28, 0, 0)
LIMITS = [
    (0, "hours"), (1, "hours"), (24, "hours"), (72, "hours"), (0, "days"), (1, "days"), (10, "days"), (2, "weeks"),
    (1, "months"), (3, "months"), (0, "working days"), (1, "working days"), (5, "working days"), (10, "working days"),
]  # fmt: skip
CLOCK = """
    table: contacts
    period: received
    measure: proportion
    clock: {{start: received, stop: decided, within: {limit}}}
"""
EXPRESSED = """
    table: contacts
    period: received
    measure: proportion
    clock: {{start: "coalesce(received, decided)", stop: "coalesce(decided, received)", within: {limit}}}
"""
NAMED = """
    exclude: {{at_the_edge: "{stopped} = due", in_time: "{stopped} < due", too_late: "{stopped} > due"}}
"""
COUNT = """
    table: contacts
    period: received
    measure: proportion
    related:
      it: {{table: contacts, keep: count, date: decided, until: received, within: {limit}}}
    met: "it.count = 1"
"""
LATEST = """
    table: contacts
    period: received
    measure: proportion
    related:
      it: {table: contacts, keep: latest, date: decided, until: received}
    met: "it.n = 1"
"""
ORDER = """
    table: contacts
    period: received
    measure: proportion
    met: "least(received, decided) = received and hours_between(received, decided) < 1"
"""

limits = st.sampled_from(LIMITS)
moments = st.builds(
    lambda day, time: datetime(day.year, day.month, day.day, *time), *map(st.sampled_from, (DAYS, HOURS_OF_DAY))
)


def around(moment: datetime, amount: int, unit: str, sign: int) -> Iterator[datetime]:
    """Moments near the one that lies so far away: to the minute for hours, to the day and the minute for all else."""
    if unit == "hours":
        edge = moment + sign * timedelta(hours=amount)
        yield from (edge + shift * MINUTE for shift in (-61, -60, -59, -1, 0, 1, 59, 60, 61))
        return
    for day in days_around(moment.date(), amount, unit, sign):
        at_that_time = datetime.combine(day, moment.time())
        yield from (
            at_that_time - MINUTE,
            at_that_time,
            at_that_time + MINUTE,
            datetime.combine(day, datetime.min.time()),
        )


def days_around(day: date, amount: int, unit: str, sign: int) -> list[date]:
    """The days in which the edge lies, and some on either side."""
    match unit:
        case "months":
            months = day.year * 12 + day.month - 1 + sign * amount
            last = date(months // 12, months % 12 + 1, monthrange(months // 12, months % 12 + 1)[1])
            return [last + n * DAY for n in range(-4, 3)]
        case "working days":
            return [day + sign * n * DAY for n in range(amount, amount + amount // 5 * 2 + 6)]
        case _:
            edge = day + sign * amount * (7 if unit == "weeks" else 1) * DAY
            return [edge + n * DAY for n in (-1, 0, 1)]


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def in_utc(minutes: int) -> str:
    """A moment so many minutes after midnight in UTC; a second later, as midnight would be a date alone."""
    return f"{BEFORE_CHANGE + minutes * MINUTE:%Y-%m-%dT%H:%M}:01Z"


def both_say(definition: str, rows: Sequence[str], as_of: datetime = AS_OF) -> None:
    """The same of every case."""
    table = "\n".join(["id | person | received | decided | n", *rows])
    note(f"{definition}\n{table}")
    months = " ".join(str(month) for n in range(12) if (month := FIRST_MONTH.plus(n)).first_day <= as_of.date())
    said = [
        Page(engine, definition, as_of=written(as_of), months=months, closures=CLOSURES, contacts=table).outcomes()
        for engine in ("duckdb", "reference")
    ]
    assert said[0] == said[1]


@per_cent(10)
@given(limits, moments)
@example((24, "hours"), TWICE)
@example((1, "days"), TWICE)
@example((1, "working days"), FRIDAY)
def test_a_clock_that_is_stopped_at_its_edge(limit: tuple[int, str], start: datetime) -> None:
    rows = [
        f"{number} | p | {written(start)} | {written(stop)} | 1" for number, stop in enumerate(around(start, *limit, 1))
    ]
    both_say(CLOCK.format(limit=" ".join(map(str, limit))), rows)


@per_cent(10)
@given(limits, moments)
@example((1, "hours"), TWICE - DAY)
@example((0, "hours"), TWICE)
@example((3, "months"), datetime(2018, 11, 30, 9))
def test_a_clock_between_expressions_at_its_edge_and_the_name_of_that_edge(
    limit: tuple[int, str], start: datetime
) -> None:
    rows = [
        f"{number} | p | {written(start)} | {written(stop)} | 1" for number, stop in enumerate(around(start, *limit, 1))
    ]
    clock = EXPRESSED.format(limit=" ".join(map(str, limit)))
    both_say(clock, rows)
    both_say(clock + NAMED.format(stopped="decided" if limit[1] == "hours" else "date(decided)"), rows)


@per_cent(10)
@given(limits, moments)
@example((24, "hours"), TWICE + DAY)
@example((24, "hours"), NEVER + DAY)
def test_a_clock_that_still_runs_at_its_edge(limit: tuple[int, str], as_of: datetime) -> None:
    starts = [start for start in around(as_of, *limit, -1) if start <= as_of]
    rows = [f"{number} | p | {written(start)} | | 1" for number, start in enumerate(starts)]
    both_say(CLOCK.format(limit=" ".join(map(str, limit))), rows, as_of)


@per_cent(10)
@given(limits, moments)
@example((24, "hours"), TWICE)
@example((1, "working days"), TWICE)
def test_a_row_at_the_edge_of_a_count(limit: tuple[int, str], until: datetime) -> None:
    rows = []
    for number, moment in enumerate(around(until, *limit, -1)):
        rows.append(f"asks {number} | p{number} | {written(until)} | | 1")
        rows.append(f"told {number} | p{number} | {written(until)} | {written(moment)} | 1")
    both_say(COUNT.format(limit=" ".join(map(str, limit))), rows)


@per_cent(10)
@given(st.lists(st.tuples(st.sampled_from(DAYS[:3]), st.sampled_from([0, 1]), st.booleans()), min_size=2, max_size=8))
def test_the_latest_of_rows_that_tie(related: list[tuple[date, int, bool]]) -> None:
    """Ties go to the greatest key, whatever the order of the rows; a time of day only counts where both have one."""
    rows = ["asks | p | 2019-03-01 09:00 | | 0"]
    for number, (day, n, timed) in enumerate(related):
        rows.append(f"r{(number * 7) % 10} | p | 2019-03-01 10:00 | {day}{' 09:00' if timed else ''} | {n}")
    both_say(LATEST, rows)


@per_cent(10)
@given(
    st.sampled_from(["0 hours", "1 hour", "2 hours", "24 hours"]),
    st.sampled_from(UTC_MINUTES),
    st.lists(st.sampled_from(UTC_MINUTES), min_size=1, max_size=8),
)
@example("1 hour", 30, [10, 30, 70, 90])
def test_moments_with_a_zone_where_an_hour_occurs_twice(limit: str, start: int, others: list[int]) -> None:
    """Clocks, counts, the latest row and what is known in that hour, of moments that the clock shows in other order."""
    rows = [f"asks | p | {in_utc(start)} | {in_utc(others[0])} | 0"]
    rows += [f"r{number} | p | {in_utc(start)} | {in_utc(each)} | 1" for number, each in enumerate(others)]
    as_of = BEFORE_CHANGE + timedelta(hours=1, minutes=max(start, *others) % 60)
    named = EXPRESSED.format(limit=limit) + NAMED.format(stopped="decided")
    for definition in (CLOCK.format(limit=limit), COUNT.format(limit=limit), LATEST, ORDER, named):
        both_say(definition, rows)
        both_say(definition, [*rows, "early | q | 2018-10-01 09:00 | | 1"], as_of)

"""The moments just inside a limit, exactly at it and just outside it."""

from datetime import date, datetime, time, timedelta

from sgkpi.judge.clocks import add_days, instant, wall_time

ONE_MINUTE = timedelta(minutes=1)
LAST_MINUTE = time(23, 59)
FIRST_MINUTE = time(0, 1)
# Beyond this no day can be put before or after another.
LAST_YEAR = 9000

Edges = tuple[tuple[str, date | datetime], ...]


def plain_day(moment: date | datetime) -> date:
    """Return the date of a date or moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def edges(due: date | datetime, *, with_times: bool) -> Edges:
    """The moments around a due moment, each with its words.

    Around a due day they are days or, with times, moments of them: what is due on a day is so until its end.
    """
    if due.year >= LAST_YEAR:
        return ()
    if isinstance(due, datetime):
        moments = (wall_time(instant(due) - ONE_MINUTE), due, wall_time(instant(due) + ONE_MINUTE))
        return tuple(zip(("a minute before it is due", "exactly when due", "a minute later"), moments, strict=True))
    return _around_day(due) if with_times else days_around(due)


def days_around(due: date | datetime) -> Edges:
    """The day before something is due, the day on which it is, and the day after."""
    day = plain_day(due)
    if day.year >= LAST_YEAR:
        return ()
    return (
        ("the day before it is due", add_days(day, -1)),
        ("on the day it is due", day),
        ("the day after", add_days(day, 1)),
    )


def _around_day(due: date) -> Edges:
    return (
        ("the day before it is due", datetime.combine(add_days(due, -1), LAST_MINUTE)),
        ("in the last minute of the day it is due", datetime.combine(due, LAST_MINUTE)),
        ("in the first minute after", datetime.combine(add_days(due, 1), FIRST_MINUTE)),
    )

"""The Nth working day after a day is N working days from it, on both engines."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sgkpi.definitions.bank_holidays import working_days_in_england
from tests.properties.examples import per_cent
from tests.spec.pages import Page
from tests.support.engines import WAYS

DAYS = st.dates(date(2016, 1, 1), date(2024, 12, 31))
BOTH_WAYS = """
    table: contacts
    period: received
    measure: count
    by:
      - after: "working_days_between(due_on, due_on + interval {n} working days)"
      - before: "working_days_between(due_on - interval {n} working days, due_on)"
    """


@per_cent(10)
@given(st.lists(DAYS, min_size=1, max_size=8), st.integers(1, 60), st.lists(DAYS, max_size=4))
def test_an_interval_is_as_long_as_it_says(days: list[date], n: int, closures: list[date]) -> None:
    """After a day always. Before it, the days counted back to end with that day, which counts only if it is worked."""
    table = "\n".join(["id | received | due_on", *(f"{id_} | 2019-02-04 | {day}" for id_, day in enumerate(days))])
    closed = "\n".join(f"{day},Closed" for day in dict.fromkeys(closures))
    worked = working_days_in_england(closures)
    back = {n if worked.is_working_day(day) else n - 1 for day in days}
    for engine in WAYS:
        page = Page(engine, BOTH_WAYS.format(n=n), contacts=table, as_of="2030-01-01", closures=closed)
        assert set(page.categories("after")) == {str(n)}
        assert set(page.categories("before")) == set(map(str, back))

"""What is known grows with the as-of time, and never takes back what was done in time."""

from datetime import datetime, timedelta

from hypothesis import assume, given, note
from hypothesis import strategies as st

from sgkpi.model.errors import SgkpiError
from sgkpi.model.periods import Month
from tests.properties.examples import per_cent
from tests.support.world import World
from tests.support.world_cells import DIRTY
from tests.support.world_definitions import LIMITS
from tests.support.world_files import File

TABLE = {
    "key": "id",
    "happened": "received",
    "recorded": "entered",
    "columns": {
        "id": {"type": "text"},
        "received": {"type": "datetime"},
        "decided": {"type": "datetime"},
        "seen": {"type": "datetime", "planned": "yes"},
        "entered": {"type": "datetime"},
    },
}
MOMENTS = st.sampled_from(DIRTY["datetime"])
ROWS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(("received", "decided", "seen", "entered"), MOMENTS)), min_size=1, max_size=12
)
YEAR = tuple(Month(2018, 3).plus(n) for n in range(12))


@st.composite
def clocks(draw: st.DrawFn) -> dict[str, str]:
    start, stop = draw(st.permutations(["received", "decided", "seen"]))[:2]
    return {"start": start, "stop": stop, "within": draw(st.sampled_from(LIMITS))}


def met(rows: list[dict[str, str]], clock: dict[str, str], as_of: datetime) -> set[str]:
    """The cases that are met at an as-of time, by their id."""
    numbered = tuple({"id": f"{number}", **row} for number, row in enumerate(rows))
    definition = {"title": "t", "table": "cases", "period": "received", "measure": "proportion", "clock": clock}
    world = World(
        {"cases": TABLE},
        {"tested": {**definition, "by": ["id"]}},
        (File("cases.csv", numbered, ("id", *rows[0])),),
        as_of,
        months=YEAR,
    )
    note(str(world))
    try:
        return {figure.category for figure in world.results().figures if figure.category and figure.met}
    except SgkpiError:  # nothing had happened yet
        assume(False)
        raise


@per_cent(10)
@given(
    ROWS,
    clocks(),
    st.datetimes(datetime(2019, 2, 1), datetime(2019, 3, 5)),
    st.integers(0, 60 * 24 * 400).map(lambda minutes: timedelta(minutes=minutes)),
)
def test_what_is_met_stays_met(
    rows: list[dict[str, str]], clock: dict[str, str], as_of: datetime, later: timedelta
) -> None:
    """On a flow with a start and a stop, a later as-of time may add cases that are met, and takes none away."""
    assert met(rows, clock, as_of) <= met(rows, clock, as_of + later)

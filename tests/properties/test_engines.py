"""Two engines that share no line of the meaning agree on whatever definition and extract they are given."""

from hypothesis import given, note

from tests.properties.examples import per_cent
from tests.support.engines import WAYS
from tests.support.world import World
from tests.support.worlds import worlds


@per_cent(70)
@given(worlds())
def test_the_engines_agree(world: World) -> None:
    """Figures, reasons, unplaced cases, rows and unreadable cells: all the same, or the same kind of error."""
    note(str(world))
    duckdb, reference = map(world.answer, WAYS)
    assert duckdb == reference

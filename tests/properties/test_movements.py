"""Who came into a stock and who left it is the same on every engine, and where other questions were asked before."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, note

from sgkpi.answers.inputs import engine_named
from sgkpi.answers.movements import find_movements
from sgkpi.ledger.movements import Flow
from sgkpi.model.errors import SgkpiError
from sgkpi.model.request import Request
from sgkpi.planning.request import resolve
from tests.properties.examples import per_cent
from tests.support.engines import WAYS
from tests.support.world import World
from tests.support.worlds import worlds


def movements(world: World, engine: str, *, after_figures: bool = False) -> list[Mapping[str, Flow]] | str:
    """Return the movements of a world's stocks in each of its months, or the kind of error."""
    runner = engine_named(engine)
    with TemporaryDirectory() as folder:
        world.write(Path(folder))
        catalogue, extract = world.open(Path(folder))
        try:
            resolved = resolve(extract, catalogue, Request((), world.months, as_of=world.as_of), runner.events)
            if not after_figures:
                return [find_movements(resolved, runner, month) for month in world.months]
            with runner.opened(resolved.plan, extract) as opened:
                opened.compute(resolved.plan, extract)
                return [find_movements(resolved, opened, month) for month in world.months]
        except SgkpiError as error:
            return type(error).__name__


@per_cent(20)
@given(worlds())
def test_the_movements_of_stocks_are_the_same_on_every_engine(world: World) -> None:
    note(str(world))
    found = [movements(world, engine) for engine in WAYS]
    assert found == [found[0]] * len(WAYS)
    again = movements(world, "duckdb", after_figures=True)
    assert again == found[0] or isinstance(again, str)  # a figure may be refused where movements are not

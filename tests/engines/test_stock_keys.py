"""Stocks of one population have the same movements, which are looked for once."""

from pathlib import Path

import pytest

from sgkpi.answers.inputs import engine_named
from sgkpi.answers.movements import find_movements
from sgkpi.engines.protocol import ENGINES
from sgkpi.ledger.movements import Flow
from sgkpi.model.periods import Month
from sgkpi.model.request import Request
from sgkpi.planning.request import resolve
from tests.engines.test_many_indicators import STOCKS, world


@pytest.mark.parametrize("engine", ENGINES)
def test_stocks_of_the_same_population_have_the_same_movements(tmp_path: Path, engine: str) -> None:
    away = {"measure": "proportion", "met": "kind = 'away'", "improvement": "decrease"}
    stocks = {"away": {**STOCKS["open"], **away}, "home": {**STOCKS["open"], "population": "kind = 'home'"}}
    asked, runner = world(**STOCKS, **stocks), engine_named(engine)
    asked.write(tmp_path)
    catalogue, extract = asked.open(tmp_path)
    resolved = resolve(extract, catalogue, Request((), asked.months, as_of=asked.as_of), runner.events)
    movements = find_movements(resolved, runner, Month(2019, 2))
    # Since 31 January s1, at home, has ended; s2, away, and s3, at home, have begun.
    assert movements == {
        "open": Flow("open", "2019-02", entered=2, left=1, moved_in=0, moved_out=0),
        "away": Flow("away", "2019-02", entered=2, left=1, moved_in=0, moved_out=0),
        "home": Flow("home", "2019-02", entered=1, left=1, moved_in=0, moved_out=0),
    }

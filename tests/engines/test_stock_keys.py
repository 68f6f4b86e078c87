"""What movements are read from is a part of what a snapshot seals: the keys of stocks by month, and their spells."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sgkpi.answers.inputs import engine_named
from sgkpi.answers.movements import find_movements
from sgkpi.engines import sealed_files
from sgkpi.engines.protocol import ENGINES
from sgkpi.ledger.movements import Flow
from sgkpi.ledger.sealed import Seal
from sgkpi.model.periods import Month
from sgkpi.model.request import Request
from sgkpi.planning.request import resolve
from tests.engines.test_many_indicators import STOCKS, world

SEAL = Seal(b"a secret of thirty-two bytes ...")


@pytest.mark.parametrize("engine", ENGINES)
def test_keys_of_stocks_and_spells_are_those_of_a_seal(tmp_path: Path, engine: str) -> None:
    asked, runner = world(**STOCKS), engine_named(engine)
    asked.write(tmp_path)
    catalogue, extract = asked.open(tmp_path)
    request = Request((), asked.months, 1, asked.kinds, asked.by, asked.as_of)
    plan = resolve(extract, catalogue, request, runner.events).plan_of_months()
    stocks = tuple(each for each in plan.indicators if each.indicator.is_stock)
    plan, whole, part = replace(plan, indicators=stocks), tmp_path / "whole", tmp_path / "part"
    whole.mkdir()
    part.mkdir()
    runner.seal(plan, extract, SEAL, whole)
    runner.seal_stocks(plan, extract, SEAL, part)
    every = pq.read_table(whole / sealed_files.CASES, columns=list(sealed_files.STOCK_COLUMNS)).to_pylist()
    keys = pq.read_table(part / sealed_files.CASES).to_pylist()
    placed = [each for each in keys if each["period"] is not None]
    assert {each["indicator"] for each in placed} == {"open"}
    assert Counter(map(str, placed)) == Counter(str(each) for each in every if each["period"] is not None)
    spells = [Counter(map(str, pq.read_table(at / sealed_files.SPELLS).to_pylist())) for at in (whole, part)]
    assert spells[0] == spells[1]


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

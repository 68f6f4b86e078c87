"""Floats of Parquet files, on both engines: spelled with an exponent or not, they are the numbers that they are."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.engines.protocol import ENGINES
from sgkpi.model.periods import Month

TABLE = """\
description: Payments
key: id
happened: paid_on
columns:
  id: {type: text, required: true}
  paid_on: {type: date, required: true}
  amount: {type: number}
"""
INDICATOR = """\
title: The largest payment
table: payments
period: paid_on
measure: MEASURE
value: amount
improvement: none
basis: [A test]
"""


def value(folder: Path, engine: str, measure: str, amounts: list[float]) -> float | None:
    """The value of a measure over payments of February 2019."""
    (folder / "indicators" / "tables").mkdir(parents=True)
    (folder / "indicators" / "tables" / "payments.yaml").write_text(TABLE)
    (folder / "indicators" / "paid.yaml").write_text(INDICATOR.replace("MEASURE", measure))
    days = ["2019-02-05"] * len(amounts)
    (folder / "data").mkdir()
    table = pa.table({"id": [str(number) for number in range(len(amounts))], "paid_on": days, "amount": amounts})
    pq.write_table(table, folder / "data" / "payments.parquet")
    catalogue = api.load_catalogue(folder / "indicators")
    extract = api.open_extract(folder / "data", catalogue)
    results = api.compute(extract, catalogue, months=[Month(2019, 2)], as_of=datetime(2019, 3, 4), engine=engine)
    assert results.tables[0].unreadable_cells == 0
    return next(None if figure.value is None else float(figure.value) for figure in results.figures)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_large_float_is_the_number_that_it_shows(tmp_path: Path, engine: str) -> None:
    """1.2345678901234567e+19 is 12345678901234567000."""
    assert value(tmp_path, engine, "maximum", [12345678901234567890.5, 2.0]) == 12345678901234567000.0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_small_float_is_the_number_that_it_shows(tmp_path: Path, engine: str) -> None:
    """The mean of 0.00001 and 0.00003 is 0.00002; floats spell both with an exponent."""
    assert value(tmp_path, engine, "mean", [0.00001, 0.00003]) == 0.00002


@pytest.mark.parametrize("engine", ENGINES)
def test_a_float_of_more_than_eighteen_decimals_is_a_number(tmp_path: Path, engine: str) -> None:
    """1/300 is spelled 0.0033333333333333335: the 19th decimal is dropped, and nothing else. 2e-20 is 0."""
    assert value(tmp_path, engine, "maximum", [1 / 300, 2e-20, -1.0]) == 0.003333333333333333


@pytest.mark.parametrize("engine", ENGINES)
def test_a_negative_float_keeps_its_sign(tmp_path: Path, engine: str) -> None:
    """The greatest of -0.00000015 and -1 is the first."""
    assert value(tmp_path, engine, "maximum", [-1.5e-7, -1.0]) == -1.5e-7


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("width", [pa.float32(), pa.float64()])
def test_whole_floats_are_the_same_identifiers_as_text(tmp_path: Path, engine: str, width: pa.DataType) -> None:
    """A missing value makes floats of identifiers: 12.0 is the payment 12 of the other file, 12.5 is not, -0 is 0."""
    (tmp_path / "indicators" / "tables").mkdir(parents=True)
    (tmp_path / "indicators" / "tables" / "payments.yaml").write_text(TABLE)
    indicator = INDICATOR.replace("measure: MEASURE\nvalue: amount", "measure: count\nby: [id]")
    (tmp_path / "indicators" / "paid.yaml").write_text(indicator)
    (tmp_path / "data" / "payments").mkdir(parents=True)
    floats = pa.array([12.0, 12.5, 1234567.0, -0.0, None], width)
    columns = {"id": floats, "paid_on": ["2019-02-05"] * 5, "amount": ["1"] * 5}
    pq.write_table(pa.table(columns), tmp_path / "data" / "payments" / "a.parquet")
    rows = "".join(f"{key},2019-02-05,1\n" for key in ("12", "12.0", "1234567", "0", "13"))
    (tmp_path / "data" / "payments" / "b.csv").write_text(f"id,paid_on,amount\n{rows}")
    catalogue = api.load_catalogue(tmp_path / "indicators")
    results = api.compute(
        api.open_extract(tmp_path / "data", catalogue),
        catalogue,
        months=[Month(2019, 2)],
        by=["id"],
        as_of=datetime(2019, 3, 4),
        engine=engine,
    )
    found = {figure.category: figure.counted for figure in results.figures if figure.breakdown == "id"}
    assert found == {"(not recorded)": 1, "0": 1, "12": 1, "12.5": 1, "1234567": 1, "13": 1}

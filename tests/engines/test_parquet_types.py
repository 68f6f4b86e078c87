"""The types that columns of Parquet files have, read alike by both engines: each cell as a CSV file would have it."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.engines.protocol import ENGINES
from sgkpi.model.errors import ExtractError
from tests.extracts.support import write_files

TABLE = """\
key: id
columns:
  id: {type: text}
  on: {type: date}
  cell: {type: TYPE}
"""
INDICATOR = """\
title: All of them
table: things
period: on
measure: count
by: [{cell: cell}]
"""
AT_MIDNIGHT = datetime(2018, 7, 1, tzinfo=UTC)
LATER = datetime(2018, 7, 1, 22, 30, 0, 500, tzinfo=UTC)


def written(folder: Path, engine: str, kind: str, cells: Any) -> dict[str | None, object]:
    """How many rows have each value of a column, declared to be of a kind."""
    write_files(folder, {"ind/tables/things.yaml": TABLE.replace("TYPE", kind), "ind/all_of_them.yaml": INDICATOR})
    (folder / "data").mkdir()
    columns = {"id": list(map(str, range(len(cells)))), "on": ["2018-07-02"] * len(cells), "cell": cells}
    pq.write_table(pa.table(columns), folder / "data" / "things.parquet")
    found = api.compute(folder / "data", folder / "ind", months="2018-07", by="cell", as_of="2019-03-04", engine=engine)
    return {each.category: each.value for each in found.figures if each.breakdown and each.value}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            pa.array([time(22, 30, 0, 500_000), time(9), time(10, 20)], pa.time64("us")),
            ["09:00:00", "10:20:00", "22:30:00.5"],
        ),
        (pa.array([1_500, 10**9]).cast(pa.time64("ns")), ["00:00:00.0000015", "00:00:01"]),
        (pa.array([time(22, 30, 0, 500_000), time(0)], pa.time32("ms")), ["00:00:00", "22:30:00.5"]),
        # Parquet knows no durations, nor decimals of more than 38 digits that DuckDB reads exactly.
        (pa.array([timedelta(seconds=5), timedelta(days=-1)], pa.duration("us")), ["-86400000000", "5000000"]),
        (pa.array([Decimal("1.50"), Decimal(0)], pa.decimal256(50, 2)), ["0", "1.5"]),
        (pa.array([Decimal("1.50"), Decimal(0)], pa.decimal256(20, 2)), ["0.00", "1.50"]),
        (pa.array(["O'Hara é".encode(), b"7", b"\xff\x00'a"]), ["7", "O'Hara é", r"\xFF\x00\x27a"]),
        (pa.array([b"true", b"abcd"], pa.binary(4)), ["abcd", "true"]),
        (pa.array(["a", "a", None]).dictionary_encode(), ["(not recorded)", "a"]),
        (pa.array([0.1, 0.1], pa.float32()).dictionary_encode(), ["0.1"]),
        (pa.array([10**9 + 123], pa.timestamp("ns")), ["1970-01-01 00:00:01"]),
        (pa.array([10**9 + 1_123], pa.timestamp("ns", "UTC")), ["1970-01-01 00:00:01.000001+00:00"]),
        # Outside the years 1 to 9999, which are all that Python has.
        (pa.array([253_402_300_800_000], pa.timestamp("ms")), ["10000-01-01 00:00:00"]),
        (pa.array([253_402_300_800_500], pa.timestamp("ms", "UTC")), ["10000-01-01 00:00:00.500000+00:00"]),
        (
            pa.array([2**60, -(2**60)], pa.timestamp("us")),
            ["-34565-05-17 02:29:53.153024", "38504-08-17 21:30:06.846976"],
        ),
        (pa.array([3_000_000, -800_000, -719_163], pa.date32()), ["-221-09-04", "0000-12-31", "10183-09-21"]),
        (pa.array([LATER], pa.timestamp("us", "Europe/London")), ["2018-07-01 22:30:00.000500+00:00"]),
        (pa.array([LATER], pa.timestamp("us", "GMT Standard Time")), ["2018-07-01 22:30:00.000500+00:00"]),
    ],
    ids=str,
)
def test_cells_as_text(tmp_path: Path, cells: Any, expected: list[str], engine: str) -> None:
    assert sorted(str(each) for each in written(tmp_path, engine, "text", cells)) == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "Europe/Paris", "+05:30", "GMT Standard Time"])
@pytest.mark.parametrize("unit", ["us", "ns"])
def test_instants_are_those_of_utc_whatever_zone_their_writer_names(
    tmp_path: Path, unit: str, zone: str, engine: str
) -> None:
    """Midnight in UTC is a date alone, in summer too; half past ten is half past eleven in London."""
    cells = pa.array([AT_MIDNIGHT, LATER], pa.timestamp(unit, zone))
    assert written(tmp_path, engine, "datetime", cells) == {"2018-07-01": 1, "2018-07-01T23:30:00.000500": 1}


@pytest.mark.parametrize(
    "cells",
    [[[1, 2]], [{"a": 1}], pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))],
    ids=["list", "record", "map"],
)
def test_a_column_of_lists_or_records_is_an_error(tmp_path: Path, cells: Any) -> None:
    with pytest.raises(ExtractError) as raised:
        written(tmp_path, "duckdb", "text", cells)
    assert [problem.code for problem in raised.value.problems] == ["nested-column"]

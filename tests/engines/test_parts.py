"""The parts of a table in a folder, each written in a way of its own: every row counts, on both engines."""

import gzip
from io import BytesIO
from itertools import permutations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.engines.protocol import ENGINES
from tests.extracts.support import write_files

TABLE = """\
key: id
VERSION
columns:
  id: {type: text}
  on: {type: date, required: true}
  team: {type: text}
"""
INDICATOR = """\
title: All of them
table: things
period: on
measure: count
by: [team]
"""


def parquet(**columns: list[str]) -> bytes:
    written = BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


def part(kind: str, key: str, team: str) -> bytes:
    """A part of one row, written in one of the ways."""
    text = f"id,on,team\n{key},2019-02-04,{team}\n"
    match kind:
        case "gz":
            return gzip.compress(text.encode())
        case "parquet":
            return parquet(id=[key], on=["2019-02-04"], team=[team])
        case "semicolons":
            return text.replace(",", ";").encode()
        case "titled":
            return f"Things of February\n\n{text}".encode()
        case "utf-16":
            return text.encode("utf-16")
        case _:
            return text.encode()


ENDINGS = {"gz": "csv.gz", "parquet": "parquet"}
WAYS = ("csv", "gz", "parquet", "semicolons", "titled", "utf-16")


def counted(folder: Path, files: dict[str, bytes], engine: str, version: str = "") -> dict[str | None, object]:
    """The number of cases of each team."""
    write_files(folder, {"ind/tables/things.yaml": TABLE.replace("VERSION\n", version), "ind/all.yaml": INDICATOR})
    write_files(folder / "data", files)
    found = api.compute(folder / "data", folder / "ind", months="2019-02", by="team", as_of="2019-03-04", engine=engine)
    return {each.category: each.value for each in found.figures if each.breakdown}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("first", "last"), list(permutations(WAYS, 2)))
def test_two_parts_written_in_two_ways(tmp_path: Path, first: str, last: str, engine: str) -> None:
    files = {
        f"things/{place}.{ENDINGS.get(kind, 'csv')}": part(kind, key, team)
        for place, kind, key, team in (("1", first, "a", "North"), ("2", last, "b", "South"))
    }
    assert counted(tmp_path, files, engine) == {"North": 1, "South": 1}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_of_several_parts_stands(tmp_path: Path, engine: str) -> None:
    """`version: file`: January's is replaced by February's, whichever way either is written."""
    files = {
        "things/2019-01.csv": part("csv", "a", "North"),
        "things/2019-02.csv.gz": part("gz", "a", "South"),
        "things/2019-03.csv": part("csv", "b", "North"),
        "things/2019-04.parquet": part("parquet", "b", "East"),
    }
    assert counted(tmp_path, files, engine, "version: file\n") == {"South": 1, "East": 1}


@pytest.mark.parametrize(
    ("names", "is_warned"),
    [
        (("28-02-2019", "31-01-2019"), True),
        (("28022019", "31012019"), True),
        (("things 2-2019", "things 10-2018"), True),
        (("January", "February"), True),
        (("things (feb 19)", "things (mar 19)"), True),
        (("2019-01 January", "2019-02 February"), False),
        (("20190131", "20190228"), False),
        (("2019.01.31 10.30.00", "2019_02_28 1030"), False),
        (("2019-9", "2019-10"), True),
        (("part 1", "part 2"), False),
        (("part 9", "part 10"), True),
        (("part 09", "part 10"), False),
        (("decisions", "marched"), False),
    ],
)
def test_names_that_are_not_in_the_order_of_time_are_warned_of(
    tmp_path: Path, names: tuple[str, str], is_warned: bool
) -> None:
    files = {f"things/{name}.csv": part("csv", "a", name) for name in names}
    counted(tmp_path, files, "duckdb", "version: file\n")
    codes = [each.code for each in api.open_extract(tmp_path / "data", tmp_path / "ind").problems]
    assert codes == ["file-order"] * is_warned
    counted(tmp_path, files, "duckdb")
    assert list(api.open_extract(tmp_path / "data", tmp_path / "ind").problems) == []

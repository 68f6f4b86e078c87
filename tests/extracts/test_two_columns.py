"""A datetime whose day and time of day arrive in two columns, on both engines."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.periods import Month
from tests.extracts.support import write_files

ENGINES = ["duckdb", "reference"]
TABLE = """\
key: id
happened: start
columns:
  id: {type: text}
  start: {type: datetime, required: true, with_time: start_time}
  start_time: {type: text, names: [Time]}
  stop: {type: datetime, with_time: stop_time}
  stop_time: {type: text}
"""
INDICATOR = """\
title: Done within 24 hours
table: things
period: start
measure: proportion
clock: {start: start, stop: stop, within: 24 hours}
improvement: increase
basis: [A rule]
"""
HEADER = "id,start,Time,stop,stop_time\n"


def outcomes(folder: Path, engine: str) -> dict[str, tuple[str, str | None]]:
    """Each thing's outcome and reason."""
    write_files(folder, {"ind/tables/things.yaml": TABLE, "ind/done.yaml": INDICATOR})
    catalogue = api.load_catalogue(folder / "ind")
    extract = api.open_extract(folder / "data", catalogue)
    asked = {"as_of": datetime(2019, 3, 31), "engine": engine, "months": [Month(2019, 2)]}
    found = api.cases(extract, catalogue, "done", **asked)
    return {"".join(case.key): (case.outcome.value, case.reason) for case in found.cases}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("2019-02-04,22:30,2019-02-05,22:30", ("met", None)),
        ("04/02/2019,22:30:00,05-Feb-2019,22:31", ("not_met", None)),
        ("2019-02-04,00:00,2019-02-05,00:00", ("met", None)),  # midnight is a time of day as any other
        ("2019-02-04 00:00:00,9:05,2019-02-05T00:00:00.000,09:05", ("met", None)),  # a day as databases write it
        ("2019-02-04T00:00:00Z,9:05,2019-02-05 00:00:00+00:00,09:05", ("met", None)),  # and in UTC
        ("2019-02-04 00:00 UTC,9:05,2019-02-05 00:00:00.000 +00,09:06", ("not_met", None)),
        ("2019-02-04,9:05,2019-02-05 00:00:00+01:00,09:05", ("unknown", "unreadable")),  # that is the day before
        ("2019-02-04T00:00:00Z,,2019-02-05,09:00", ("unknown", "no_time_of_day")),
        ("2019-02-04,,2019-02-05,09:00", ("unknown", "no_time_of_day")),
        ("2019-02-04 00:00:00,NULL,2019-02-05,09:00", ("unknown", "no_time_of_day")),
        ("2019-02-04,09:00,2019-02-05,tbc", ("unknown", "unreadable")),
        ("2019-02-04,09:00,2019-02-05,25:00", ("unknown", "unreadable")),
        ("2019-02-04,09:00,,17:00", ("overdue", None)),  # a time without a day is no moment
        ("2019-02-04,09:00,9999-12-31 00:00:00,tbc", ("overdue", None)),  # a placeholder is no day
        ("2019-02-04,09:00,2019-02-05 08:00,09:00", ("unknown", "unreadable")),
        ("2019-02-04,09:00,2019-02-05 08:00,Z", ("unknown", "unreadable")),  # a zone is no time
    ],
)
def test_day_and_time_are_one_moment(tmp_path: Path, row: str, outcome: tuple[str, str | None], engine: str) -> None:
    write_files(tmp_path, {"data/things.csv": f"{HEADER}1,{row}\n"})
    assert outcomes(tmp_path, engine) == {"1": outcome}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Paris"])
def test_the_day_may_be_a_date_of_parquet(tmp_path: Path, zone: str | None, engine: str) -> None:
    (tmp_path / "data").mkdir()
    days = [pa.array([datetime(2019, 2, day)], pa.timestamp("us", zone and "UTC")) for day in (4, 5)]
    days[0] = days[0].cast(pa.timestamp("us", zone))
    columns = {
        "id": ["1"],
        "start": days[0],
        "start_time": ["22:30"],
        "stop": days[1].cast(pa.date32()),
        "stop_time": ["22:30"],
    }
    pq.write_table(pa.table(columns), tmp_path / "data" / "things.parquet")
    assert outcomes(tmp_path, engine) == {"1": ("met", None)}


def test_without_its_time_the_column_is_not_there(tmp_path: Path) -> None:
    write_files(tmp_path, {"ind/tables/things.yaml": TABLE, "ind/done.yaml": INDICATOR})
    write_files(tmp_path, {"data/things.csv": "id,start,Time,stop\n1,2019-02-04,09:00,2019-02-05\n"})
    extract = api.open_extract(tmp_path / "data", api.load_catalogue(tmp_path / "ind"))
    assert "stop" not in extract.tables["things"].columns
    assert [problem.message for problem in extract.problems] == [
        "'stop' has its time of day in 'stop_time', which this file does not have"
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("with_time: start_time", "with_time: start_tine", "unknown-column"),
        ("with_time: start_time", "with_time: stop", "type-mismatch"),
        ("start_time: {type: text", "start_time: {type: text, with_time: id", "type-mismatch"),
    ],
)
def test_mistakes_of_a_declaration_are_named(tmp_path: Path, old: str, new: str, code: str) -> None:
    write_files(tmp_path, {"tables/things.yaml": TABLE.replace(old, new), "done.yaml": INDICATOR})
    with pytest.raises(DefinitionsError, match=rf"things\.yaml:\d+: error: .*\[{code}\]"):
        api.load_catalogue(tmp_path)

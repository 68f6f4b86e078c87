"""What DuckDB or a library cannot read is an error that names the file, never a bug of ours and never a cell."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.model.errors import ExtractError
from sgkpi.model.periods import Month
from tests.support.catalogue import shipped

CATALOGUE = shipped()
ENGINES = ["duckdb", "reference"]
FEBRUARY = {"months": [Month(2019, 2)], "indicators": ["contacts_decided_24h"], "as_of": datetime(2019, 3, 4)}


def write(folder: Path, **columns: object) -> None:
    """Three contacts, with some of their columns of one's own."""
    usual: dict[str, object] = {
        "contact_id": ["C1", "C2", "C3"],
        "person_id": ["P1", "P2", "P3"],
        "received_at": ["2019-02-04 09:00"] * 3,
        "decided_at": ["2019-02-05 09:00"] * 3,
    }
    table = {**usual, "source": ["police"] * 3, "outcome": ["referral"] * 3, "team": ["N"] * 3, **columns}
    pq.write_table(pa.table(table), folder / "contacts.parquet")


def total(folder: Path, engine: str) -> tuple[int | None, int | None, int]:
    """How many are met and unknown, and the unreadable cells."""
    results = api.compute(api.open_extract(folder, CATALOGUE), CATALOGUE, engine=engine, **FEBRUARY)
    figure = next(each for each in results.figures if each.breakdown is None)
    return figure.met, figure.unknown, results.tables[0].unreadable_cells


@pytest.mark.parametrize("engine", ENGINES)
def test_text_that_is_not_utf_8_is_not_shown(tmp_path: Path, engine: str) -> None:
    raw = pa.array([b"KANARIENVOGEL \xff\xfe"] * 3, pa.binary())
    write(tmp_path, person_id=pa.Array.from_buffers(pa.string(), 3, raw.buffers()))
    with pytest.raises(ExtractError, match=r"contacts\.parquet: error: this file is damaged") as raised:
        total(tmp_path, engine)
    assert "KANARIENVOGEL" not in str(raised.value)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "decided",
    [
        pa.array([17932, 17932, 6_654_897], pa.date32()),
        pa.array([1_549_357_200 * 10**6] * 2 + [574_983_360_000 * 10**6], pa.timestamp("us")),
        pa.array([1_549_357_200 * 10**3] * 2 + [2**62], pa.timestamp("ms")),
        pa.array([1_549_357_200 * 10**3] * 2 + [2**62], pa.timestamp("ms", "UTC")),
        pa.array([1_549_357_200 * 10**3] * 2 + [-(2**62)], pa.timestamp("ms")),
    ],
    ids=["day", "microseconds", "milliseconds", "milliseconds in UTC", "milliseconds before all time"],
)
def test_a_moment_beyond_all_calendars_is_one_unreadable_cell(tmp_path: Path, decided: object, engine: str) -> None:
    write(tmp_path, decided_at=decided)
    met, unknown, unreadable = total(tmp_path, engine)
    assert unreadable == 1
    assert (met, unknown) in {(2, 1), (0, 3)}  # a day alone has no time of day


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["", 'a"b', 'x" as x9, (select 1) as "y', "row_number", "C0", "team_1"])
def test_columns_may_have_any_name(tmp_path: Path, name: str, engine: str) -> None:
    write(tmp_path)
    table = pq.read_table(tmp_path / "contacts.parquet")
    pq.write_table(table.add_column(0, name, pa.array(["W"] * 3)), tmp_path / "contacts.parquet")
    assert total(tmp_path, engine) == (3, 0, 0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("length", [140_000, 3_000_000])
def test_a_long_cell_is_a_cell(tmp_path: Path, length: int, engine: str) -> None:
    header = "contact_id,person_id,received_at,decided_at,source,outcome,team,notes"
    long, faulty = f"C0,P0,2019-02-04 09:00,,police,,N,{'x' * length}", "C1,P1,2019-02-04 09:00,not a date,police,,N,"
    (tmp_path / "contacts.csv").write_text(f"{header}\n{long}\n\n{faulty}\n")
    assert total(tmp_path, engine) == (0, 1, 1)


def test_a_line_beyond_all_measure_is_left_out_and_said(tmp_path: Path) -> None:
    header = "contact_id,person_id,received_at,decided_at,source,outcome,team,notes"
    row = "C1,P1,2019-02-04 09:00,2019-02-05 09:00,police,,N,"
    (tmp_path / "contacts.csv").write_text(f"{header}\n{row}{'x' * 31_000_000}\n{row.replace('1', '1', 1)}\n")
    results = api.compute(api.open_extract(tmp_path, CATALOGUE), CATALOGUE, **FEBRUARY)
    said = [str(each) for each in results.problems if each.code == "ragged-row"]
    assert said == [
        "contacts.csv: warning: 1 row has more than 30,000,000 characters, and was left out (row 2) [ragged-row]"
    ]

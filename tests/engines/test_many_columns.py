"""Files with far more columns than their table declares: only what is asked for is read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sgkpi
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.raw_rows import few_at_once, read_files
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, typed_rows
from sgkpi.engines.sql.printer import text_of
from sgkpi.extracts.extract import FileFormat, SourceFile, TableSource
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column, Table

COLUMNS = 2_500  # more than twice as many as are read at once
TABLE = (
    "key: k\nhappened: at\ncolumns:\n  k: {type: text}\n  at: {type: datetime, required: true}\n  team: {type: text}\n"
)
INDICATOR = "title: N\ntable: cases\nperiod: at\nmeasure: count\n"
HEADER = ["k", "at", *(f"extra {place}" for place in range(COLUMNS))]
# By hand: three rows; the third has nothing but a cell far to the right, the fourth nothing at all.
ROWS = [
    {"k": "a", "at": "2019-02-04 09:00"},
    {"k": "b", "at": "2019-02-05 09:00", "extra 7": "something"},
    {"extra 2400": "here"},
    {"extra 3": " null ", "extra 2400": "N/A"},
]


def project(folder: Path, ending: str) -> tuple[Path, Path]:
    for name in ("data", "indicators/tables"):
        (folder / name).mkdir(parents=True)
    (folder / "data" / "extract.toml").write_text("extracted_at = 2019-03-04T12:00:00\n")
    (folder / "indicators" / "tables" / "cases.yaml").write_text(TABLE)
    (folder / "indicators" / "n.yaml").write_text(INDICATOR)
    rows = [[row.get(header) for header in HEADER] for row in ROWS]
    if ending == "parquet":
        columns = {header: pa.array([row[place] for row in rows], pa.string()) for place, header in enumerate(HEADER)}
        pq.write_table(pa.table(columns), folder / "data" / "cases.parquet")
    else:
        lines = [",".join(cell or "" for cell in row) for row in [HEADER, *rows]]
        (folder / "data" / "cases.csv").write_text("\n".join(lines) + "\n")
    return folder / "data", folder / "indicators"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_row_is_blank_only_if_every_cell_of_the_file_is(tmp_path: Path, engine: str, ending: str) -> None:
    results = sgkpi.compute(*project(tmp_path, ending), months="2019-02", engine=engine)
    (table,) = results.tables
    assert (results.figures[0].counted, table.rows) == (2, 3)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_check_counts_the_same_rows(tmp_path: Path, ending: str) -> None:
    found = sgkpi.check(*project(tmp_path, ending), month="2019-02").findings
    assert [each.message for each in found if each.named == "blank-cell"] == [
        "1 cell of 'at' is blank, though the column is required"
    ]


def test_a_header_of_more_than_a_megabyte_is_read_to_its_end(tmp_path: Path) -> None:
    data, indicators = project(tmp_path, "csv")
    long = [*(f"{'very ' * 150}long name {place}" for place in range(COLUMNS)), "k", "at"]
    line = f"{',' * COLUMNS}a,2019-02-04 09:00"
    (data / "cases.csv").write_text(f"{','.join(long)}\n{line}\n")
    assert sgkpi.compute(data, indicators, months="2019-02").figures[0].counted == 1


def file(headers: int) -> SourceFile:
    names = ("k", "at", *(f"extra {place}" for place in range(headers - 2)))
    return SourceFile(Path("cases.csv"), "cases.csv", FileFormat.CSV, names, {"k": 0, "at": 1})


def test_only_the_columns_that_are_asked_for_are_selected() -> None:
    columns = {"k": Column(name="k", kind=Kind.TEXT), "at": Column(name="at", kind=Kind.DATE)}
    source = TableSource(Table(name="cases", key=("k",), columns=columns), (file(9_000),))
    assert Scan(source, ("at",)).places(source.files[0]) == [1]
    assert Scan(source, ("at",), beside=(0, 1, 7_000)).places(source.files[0]) == [0, 1, 7_000]
    assert read_files(source.files, [1, 7_000], numbered=False, padded=False).names == ["x1", "x7000"]
    assert f'"{Name.cell(2).name}"' not in text_of(typed_rows(Scan(source, ("k", "at"))))


def test_of_many_columns_a_thousand_are_read_at_once() -> None:
    assert [len(each) for each in few_at_once(range(2_500))] == [1_000, 1_000, 500]

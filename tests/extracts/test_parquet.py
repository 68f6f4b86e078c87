"""Columns of Parquet files, against the libraries that wrote them; and files that are damaged."""

import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.engines.duckdb.ingest.parquet import read_parquet_columns
from sgkpi.extracts.extract import FileFault, FileFormat, ParquetColumns
from sgkpi.extracts.open import look_at_parquet
from tests.extracts.support import only_file, open_files, said
from tests.support.program import SOURCES

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCES)}
MOMENT = datetime(2019, 2, 5, 14, 30)
TABLE = pa.table(
    {
        "text": ["é"],
        "coded": pa.array(["a"]).dictionary_encode(),
        "large": pa.array(["a"], pa.large_string()),
        "small": pa.array([1], pa.int8()),
        "unsigned": pa.array([1], pa.uint64()),
        "whole": [1],
        "real": [1.5],
        "single": pa.array([1.5], pa.float32()),
        "exact": [Decimal("1.50")],
        "flag": [True],
        "day": [date(2019, 2, 5)],
        "local": pa.array([MOMENT], pa.timestamp("us")),
        "millis": pa.array([MOMENT], pa.timestamp("ms")),
        "nanos": pa.array([MOMENT], pa.timestamp("ns")),
        "instant": pa.array([MOMENT.replace(tzinfo=UTC)], pa.timestamp("ns", "UTC")),
        "zoned": pa.array([MOMENT.replace(tzinfo=UTC)], pa.timestamp("us", "Europe/London")),
        "clock": pa.array([MOMENT.time()]),
        "bytes": [b"x"],
        "list": [[1, 2]],
        "struct": [{"a": 1, "b": {"c": "x"}}],
        "none": pa.nulls(1),
        "last": ["x"],
    }
)
TYPES = {
    "text": "text", "coded": "text", "large": "text", "small": "integer", "unsigned": "integer", "whole": "integer",
    "real": "float", "single": "float", "exact": "decimal", "flag": "boolean", "day": "date", "local": "timestamp",
    "millis": "timestamp", "nanos": "timestamp", "instant": "timestamp_tz", "zoned": "timestamp_tz", "clock": "other",
    "bytes": "binary", "list": "nested", "struct": "nested", "none": "other", "last": "text",
}  # fmt: skip


def columns_of(path: Path) -> ParquetColumns:
    return look_at_parquet(path, read_parquet_columns)


def types_of(path: Path) -> dict[str, str]:
    found = columns_of(path)
    return dict(zip(found.headers, map(str, found.types), strict=True))


@pytest.mark.parametrize("version", ["1.0", "2.4", "2.6"])
def test_every_type_that_pyarrow_writes(tmp_path: Path, version: str) -> None:
    pq.write_table(TABLE, tmp_path / "x.parquet", version=version)
    # The first version has no unsigned 32-bit and no nanoseconds; both stay what they are at heart.
    assert types_of(tmp_path / "x.parquet") == TYPES
    assert columns_of(tmp_path / "x.parquet").rows == 1


def test_timestamps_of_96_bits(tmp_path: Path) -> None:
    pq.write_table(TABLE.select(["local"]), tmp_path / "x.parquet", use_deprecated_int96_timestamps=True)
    assert types_of(tmp_path / "x.parquet") == {"local": "timestamp"}


def test_what_duckdb_writes(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    duckdb.execute(
        "copy (select 'a' t, 1::tinyint i, 1::hugeint h, 1.5::double f, 1.5::decimal(9, 2) d, true b,"
        " date '2019-02-05' as day,"
        f" timestamp '2019-02-05 14:30' ts, timestamptz '2019-02-05 14:30:00+00' tz from range(3)) to '{path}'"
    )
    expected = {"t": "text", "i": "integer", "h": "float", "f": "float", "d": "decimal", "b": "boolean", "day": "date"}
    assert types_of(path) == {**expected, "ts": "timestamp", "tz": "timestamp_tz"}
    assert columns_of(path).rows == 3


def test_what_polars_writes(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    path = tmp_path / "x.parquet"
    frame = pl.DataFrame(
        {"t": ["a"], "c": ["a"], "i": [1], "f": [1.5], "b": [True], "day": [date(2019, 2, 5)], "ts": [MOMENT]}
    )
    frame.with_columns(pl.col("c").cast(pl.Categorical)).write_parquet(path)
    expected = {
        "t": "text",
        "c": "text",
        "i": "integer",
        "f": "float",
        "b": "boolean",
        "day": "date",
        "ts": "timestamp",
    }
    assert types_of(path) == expected


@given(names=st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=40, unique=True))
def test_any_names_and_any_number_of_them(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    names = [name.encode("utf-8", "replace").decode() for name in names]
    path = tmp_path_factory.mktemp("names") / "x.parquet"
    pq.write_table(pa.table([pa.array([1])] * len(names), names=names), path)
    assert list(columns_of(path).headers) == names


def test_a_table_in_parquet(tmp_path: Path) -> None:
    (tmp_path / "extract").mkdir()
    pq.write_table(
        pa.table({"Issued_On ": [date(2019, 2, 5)], "passport_id": ["H1"]}),
        tmp_path / "extract" / "health_passports.parquet",
    )
    file = only_file(open_files(tmp_path, {}), "health_passports")
    assert file.format is FileFormat.PARQUET
    assert file.columns == {"passport_id": 1, "issued_on": 0}
    assert file.types == ("date", "text")


def test_a_table_without_rows(tmp_path: Path) -> None:
    (tmp_path / "extract").mkdir()
    empty = pa.table({"issued_on": pa.array([], pa.date32())})
    pq.write_table(empty, tmp_path / "extract" / "health_passports.parquet")
    line = "health_passports.parquet: warning: the file has a header and no rows [no-rows]"
    assert said(open_files(tmp_path, {})) == [line]


def whole_file(folder: Path) -> bytes:
    pq.write_table(TABLE, folder / "whole.parquet")
    return (folder / "whole.parquet").read_bytes()


def test_a_file_that_is_cut_off_anywhere(tmp_path: Path) -> None:
    whole = whole_file(tmp_path)
    for size in range(len(whole)):
        if size % 97 == 0 or size > len(whole) - 12:
            (tmp_path / "cut.parquet").write_bytes(whole[:size])
            with pytest.raises(FileFault):
                columns_of(tmp_path / "cut.parquet")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda whole: whole[:-20], "damaged or cut off: its end is missing"),
        (lambda whole: whole[:-4] + b"PARE", "encrypted"),
        (lambda whole: whole[:-8] + b"\xff\xff\xff\x7fPAR1", "its end is missing"),
        (lambda whole: whole[:-8] + b"\x00\x00\x00\x00PAR1", "its footer cannot be read"),
        (lambda whole: b"text" + whole, "not a Parquet file"),
        (lambda _: b"", "empty"),
    ],
)
def test_what_is_said_of_a_file_that_is_broken(tmp_path: Path, change: object, words: str) -> None:
    extract = open_files(tmp_path, {"health_passports.parquet": change(whole_file(tmp_path))})  # type: ignore[operator]
    (line,) = said(extract)
    assert line.startswith("health_passports.parquet: error: ")
    assert words in line


@given(data=st.data())
def test_no_footer_makes_it_fall_over(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("changed")
    content = bytearray(whole_file(folder))
    footer = int.from_bytes(content[-8:-4], "little")
    for _ in range(data.draw(st.integers(1, 5))):
        content[-9 - data.draw(st.integers(0, footer - 1))] = data.draw(st.integers(0, 255))
    (folder / "x.parquet").write_bytes(content)
    with suppress(FileFault):  # no other exception gets out
        columns_of(folder / "x.parquet")


def test_csv_alone_starts_no_duckdb(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("contact_id,person_id,received_at\n", "utf-8")
    code = "import sys, sgkpi; sgkpi.open_extract('.', sgkpi.load_catalogue()); print('duckdb' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("cells", "is_odd"),
    [(["North", None], False), (["Équipe"], False), (["Straße"], True), ([], False), (["North"] * 10_001, True)],
)
def test_odd_letters_are_looked_for_in_few_rows(tmp_path: Path, cells: list[str | None], is_odd: bool) -> None:
    """In more rows they may be anywhere: to look for them takes longer than to fold them."""
    path = tmp_path / "a*.parquet"
    pq.write_table(pa.table({"number": range(len(cells)), "team": pa.array(cells, pa.string())}), path)
    assert read_parquet_columns(path).has_odd_letters == is_odd


@pytest.mark.parametrize(
    ("column", "may_have_zone"),
    [
        (pa.array(["2019-02-01 09:30", None]), False),
        (pa.array(["2019-02-01T09:30:00+00:00"]), True),
        (pa.array([datetime(2019, 2, 1, 9, 30)], pa.timestamp("us")), False),
        (pa.array([datetime(2019, 2, 1, 9, 30)], pa.timestamp("us", "UTC")), True),
        (pa.array([b"2019-02-01"], pa.binary()), True),
        (pa.array(["2019-02-01"] * 10_001), True),
    ],
)
def test_zones_are_looked_for_in_few_rows(tmp_path: Path, column: pa.Array, may_have_zone: bool) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"received_at": column}), path)
    assert read_parquet_columns(path).has_zones == may_have_zone

"""Files to typed rows: CSV in its forms, gzip, and the types of Parquet."""

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from sgkpi.extracts.extract import FileFormat, SourceFile, TableSource
from sgkpi.judge.tables import LoadedTable, load_table
from sgkpi.judge.values import Moment, Value
from sgkpi.model.errors import ExtractError
from sgkpi.model.expressions import Kind
from sgkpi.model.periods import Month
from sgkpi.model.table import Column, Table
from tests.judge.support import at, day

KINDS = {
    "word": Kind.TEXT,
    "whole": Kind.INTEGER,
    "number": Kind.NUMBER,
    "truth": Kind.BOOLEAN,
    "day": Kind.DATE,
    "moment": Kind.DATETIME,
    "month": Kind.MONTH,
}
TABLE = Table("things", {name: Column(name, kind) for name, kind in KINDS.items()}, ("word",))


def loaded(path: Path, headers: tuple[str, ...], **settings: object) -> LoadedTable:
    places = {header: place for place, header in enumerate(headers) if header in KINDS}
    columns = {name: places[name] for name in KINDS if name in places}
    file = SourceFile(path, path.name, FileFormat.CSV, headers, columns)
    whole = SourceFile(**{**vars(file), **settings})  # type: ignore[arg-type]
    return load_table(TableSource(TABLE, (whole,)))


def values(table: LoadedTable) -> list[tuple[Value, ...]]:
    return [tuple(row.values.values()) for row in table.rows]


def test_every_kind_of_value(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text(
        "day,word,whole,number,truth,moment,month\n"
        "2019-02-04, North ,12.0,1.5,yes,2019-02-04 09:30,2005-03\n"
        "2019-02-04,007,,,,2019-02-04,\n",
        "utf-8",
    )
    table = loaded(path, ("day", "word", "whole", "number", "truth", "moment", "month"))
    assert table.columns == tuple(KINDS)
    assert values(table) == [
        ("North", 12, Fraction(3, 2), True, day("2019-02-04"), Moment(at("2019-02-04 09:30")), Month(2005, 3)),
        ("007", None, None, None, day("2019-02-04"), Moment(at("2019-02-04"), has_time=False), None),
    ]


def test_unreadable_cells_have_no_value_and_are_named(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("word,whole,day\nx,many,31/02/2019\n", "utf-8")
    (row,) = loaded(path, ("word", "whole", "day")).rows
    assert row.values == {"word": "x", "whole": None, "day": None}
    assert row.unreadable == {"whole", "day"}


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("word,whole\na,1\n\n b ,2\n", {}),
        ("\ufeffword,whole\r\na,1\r\nb,2\r\n", {}),
        ("\n\nword,whole\na,1\nb,2", {"skip": 2}),
        ("word;whole\na;1\nb;2\n", {"delimiter": ";"}),
        ('word\twhole\n"a"\t1\nb\t2\n,\n'.replace(",", "\t"), {"delimiter": "\t"}),
    ],
)
def test_forms_of_csv(tmp_path: Path, text: str, settings: dict[str, object]) -> None:
    path = tmp_path / "things.csv"
    path.write_bytes(text.encode())
    assert values(loaded(path, ("word", "whole"), **settings)) == [("a", 1), ("b", 2)]


def test_gzip_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "things.csv.gz"
    path.write_bytes(gzip.compress(b'word,whole\n"a ""b"", c\nd",1\n'))
    assert values(loaded(path, ("word", "whole"), compressed=True)) == [('a "b", c\nd', 1)]


def test_a_row_is_as_long_as_the_header(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("word,whole\na\n", "utf-8")
    assert values(loaded(path, ("word", "whole"))) == [("a", None)]
    path.write_text("word,whole\na,1,2\nb,2\nc,3,\n", "utf-8")
    assert values(loaded(path, ("word", "whole"))) == [("b", 2), ("c", 3)]


def test_parquet_gives_what_csv_gives(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "things.parquet"
    columns = {
        "word": pa.array(["a", None, " b "]),
        "whole": pa.array([9007199254740993, None, 2], pa.int64()),
        "number": pa.array([Decimal("0.10"), None, Decimal("3.00")], pa.decimal128(10, 2)),
        "truth": pa.array([True, None, False]),
        "day": pa.array([date(2019, 2, 4), None, date(2019, 2, 5)]),
        "moment": pa.array([datetime(2019, 2, 4, 9, 30), None, datetime(2019, 2, 5)], pa.timestamp("us")),
        "note": pa.array([None, None, "x"]),
    }
    pq.write_table(pa.table(columns), path)
    table = loaded(path, tuple(columns), format=FileFormat.PARQUET)
    assert values(table) == [
        ("a", 9007199254740993, Fraction(1, 10), True, day("2019-02-04"), Moment(at("2019-02-04 09:30"))),
        ("b", 2, Fraction(3), False, day("2019-02-05"), Moment(at("2019-02-05"), has_time=False)),
    ]


def test_parquet_numbers_and_zones(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "things.parquet"
    columns = {
        "word": pa.array([12.0, float("nan")]),
        "whole": pa.array([12.0, 3.0]),
        "number": pa.array([0.1, 1e20]),
        "moment": pa.array([datetime(2019, 7, 1, 12, 0, tzinfo=UTC), None], pa.timestamp("us", tz="UTC")),
    }
    pq.write_table(pa.table(columns), path)
    table = loaded(path, tuple(columns), format=FileFormat.PARQUET)
    assert [row.values["whole"] for row in table.rows] == [12, 3]
    assert [row.values["number"] for row in table.rows] == [Fraction(1, 10), None]  # 21 digits: no number
    assert table.rows[0].values["moment"] == Moment(at("2019-07-01 13:00"))
    assert table.rows[0].compared_key == ("12",)
    assert table.rows[1].values["word"] is None


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    path = tmp_path / "things.parquet"
    path.write_bytes(b"PAR1 cut off")
    with pytest.raises(ExtractError, match=r"things\.parquet: error: this file is damaged"):
        loaded(path, ("word",), format=FileFormat.PARQUET)

"""Tables with more columns than `flags` has bits, and a file that has none of its table's columns."""

from pathlib import Path

import pytest

import sgkpi
from sgkpi import UsageError

COLUMNS = 130
TABLE = (
    "key: k\nhappened: at\ncolumns:\n  k: {type: text}\n  at: {type: datetime, required: true}\n"
    + "".join(f"  c{place}: {{type: {'date' if place % 2 else 'integer'}}}\n" for place in range(COLUMNS))
)  # fmt: skip
INDICATOR = "title: N\ntable: wide\nperiod: at\nmeasure: count\n"
OTHER = "key: k\nhappened: at\ncolumns:\n  k: {type: text}\n  at: {type: datetime}\n"


def row(key: str, number: int, cell: str = "2019-02-03") -> str:
    cells = (cell if place % 2 else str(number) for place in range(COLUMNS))
    return f"{key},2019-02-04 09:00,{','.join(cells)}\n"


def project(folder: Path, rows: str, where: str = "") -> tuple[Path, Path]:
    for name in ("data", "indicators/tables"):
        (folder / name).mkdir(parents=True)
    (folder / "data" / "extract.toml").write_text("extracted_at = 2019-03-04T12:00:00\n")
    header = f"k,at,{','.join(f'c{place}' for place in range(COLUMNS))}\n"
    (folder / "data" / "wide.csv").write_text(header + rows)
    (folder / "data" / "other.csv").write_text("of,another,system\n1,2,3\n")
    (folder / "indicators" / "tables" / "wide.yaml").write_text(TABLE)
    (folder / "indicators" / "tables" / "other.yaml").write_text(OTHER)
    (folder / "indicators" / "n.yaml").write_text(INDICATOR + where)
    return folder / "data", folder / "indicators"


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_key_that_occurs_twice(tmp_path: Path, engine: str) -> None:
    rows = row("a", 1) + row("a", 2) + row("b", 3) + row("b", 3) + row("c", 4, "soon")
    results = sgkpi.compute(*project(tmp_path, rows), months="2019-02", engine=engine)
    (figure,) = results.figures
    assert (figure.counted, figure.unknown) == (2, 1)


def test_check(tmp_path: Path) -> None:
    rows = row("a", 1) + row("a", 2) + row("c", 4).replace(",4,", ",soon,", 1)
    found = sgkpi.check(*project(tmp_path, rows), month="2019-02", show_values=True).findings
    expected = {("wide", "unreadable-cell"), ("wide", "duplicate-key"), ("other", "undeclared-column")}
    assert expected <= {(each.table, each.named) for each in found}


def test_check_of_a_file_that_has_none_of_its_tables_headers(tmp_path: Path) -> None:
    (found,) = sgkpi.check(*project(tmp_path, row("a", 1)), tables="other", month="2019-02").findings
    assert found.message == "3 columns that nobody declared are not read: 'of', 'another', 'system'"


def test_more_faults_than_bits_leave_out_the_hints_first(tmp_path: Path) -> None:
    where = f"population: {' and '.join(f'c{place} is not null' for place in range(90))}\n"
    results = sgkpi.compute(*project(tmp_path, row("a", 1) + row("b", 1, "43501"), where), months="2019-02")
    assert results.figures[0].counted == 1
    assert len(results.problems) == 45


def test_too_many_columns_in_one_request_is_said(tmp_path: Path) -> None:
    where = f"population: {' and '.join(f'c{place} is not null' for place in range(COLUMNS))}\n"
    with pytest.raises(UsageError, match="read too many columns of 'wide' at once; ask for fewer indicators"):
        sgkpi.compute(*project(tmp_path, row("a", 1), where), months="2019-02")

"""Cases of a table without a key are named by file and row, as a spreadsheet shows them."""

from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.answers.cases import list_cases
from sgkpi.model.periods import Month
from sgkpi.model.request import Request

TABLE = """
happened: seen_on
columns:
  seen_on: {type: date, required: true}
  team: {type: text}
"""
INDICATOR = "title: Visits\ntable: visits\nperiod: seen_on\nmeasure: count\n"


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("left_out", ["2019-02-02,B,and more", '2019-02-02,"B"side', ""])
def test_rows_that_are_left_out_have_numbers_too(tmp_path: Path, engine: str, left_out: str) -> None:
    """Row 3 has too many cells, or text behind a quotation mark, or is empty; rows 4 and 5 keep their numbers."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "visits.yaml").write_text(TABLE, "utf-8")
    (tmp_path / "visited.yaml").write_text(INDICATOR, "utf-8")
    rows = ["seen_on,team", "2019-02-01,A", left_out, "2019-02-03,C", "2019-02-04,D"]
    (tmp_path / "visits.csv").write_text("\n".join(rows) + "\n", "utf-8")
    catalogue = api.load_catalogue(tmp_path)
    extract = api.open_extract(tmp_path, catalogue)
    listed = list_cases(extract, catalogue, Request(["visited"], [Month(2019, 2)]), engine=engine)
    assert sorted(case.key for case in listed.cases) == [("visits.csv", row) for row in ("2", "4", "5")]

"""Rows at fault are named by their places, in whatever files and formats, though no file is read again for them."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.model.periods import Month

TABLE = """\
description: Visits
key: id
happened: seen
columns:
  id: {type: text, required: true}
  seen: {type: date, required: true}
  kind: {type: category, codes: {home: [], office: []}}
"""
INDICATOR = """\
title: Visits
table: visits
period: seen
measure: count
improvement: none
by: [kind]
basis: [A test]
"""
ROWS = [(str(number), "2019-02-05", "home") for number in range(30_000)]


def problems(folder: Path, files: dict[str, list[tuple[str, str, str]]], *, show_values: bool = False) -> list[str]:
    """What is said of visits in files of these names."""
    (folder / "indicators" / "tables").mkdir(parents=True)
    (folder / "indicators" / "tables" / "visits.yaml").write_text(TABLE)
    (folder / "indicators" / "visits_made.yaml").write_text(INDICATOR)
    (folder / "data" / "visits").mkdir(parents=True)
    for name, rows in files.items():
        path = folder / "data" / ("visits" if len(files) > 1 else ".") / name
        if name.endswith(".csv"):
            path.write_text("\n".join(["id,seen,kind", *map(",".join, rows), ""]))
        else:
            columns = dict(zip(("id", "seen", "kind"), map(list, zip(*rows, strict=True)), strict=True))
            pq.write_table(pa.table(columns), path, row_group_size=1000)
    if len(files) == 1:
        (folder / "data" / "visits").rmdir()
    catalogue = api.load_catalogue(folder / "indicators")
    extract = api.open_extract(folder / "data", catalogue)
    as_of = datetime(2019, 3, 4)
    results = api.compute(extract, catalogue, months=[Month(2019, 2)], as_of=as_of, by=["all"], show_values=show_values)
    return sorted(f"{problem.path}: {problem.message}" for problem in results.problems)


def with_faults(rows: list[tuple[str, str, str]], *places: int) -> list[tuple[str, str, str]]:
    """The rows, with a date that is none and a kind that is no code in those of these places."""
    return [(key, "someday", "nowhere") if place in places else (key, *rest) for place, (key, *rest) in enumerate(rows)]


@pytest.mark.parametrize(("ending", "first"), [("csv", 2), ("parquet", 1)])
def test_in_one_file(tmp_path: Path, ending: str, first: int) -> None:
    found = problems(tmp_path, {f"visits.{ending}": with_faults(ROWS, 17, 29_999)}, show_values=True)
    rows = f"{17 + first}: '{{0}}', {29_999 + first}: '{{0}}'"
    assert found == [
        f"visits.{ending}: 2 cells of 'seen' cannot be read as a date (rows {rows.format('someday')})",
        (
            f"visits.{ending}: 2 values of 'kind' are not in its list of codes; kept as recorded"
            f" (rows {rows.format('nowhere')})"
        ),
    ]


@pytest.mark.parametrize(("ending", "first"), [("csv", 2), ("parquet", 1)])
def test_in_several_files(tmp_path: Path, ending: str, first: int) -> None:
    parts = [ROWS[:10_000], ROWS[10_000:10_001], ROWS[10_001:]]
    files = {f"{name}.{ending}": with_faults(rows, 0, 9_999) for name, rows in zip("cab", parts, strict=True)}
    found = [each for each in problems(tmp_path, files) if "'seen'" in each]
    assert found == [
        f"visits/a.{ending}: 1 cell of 'seen' cannot be read as a date (row {first})",
        f"visits/b.{ending}: 2 cells of 'seen' cannot be read as a date (rows {first}, {9_999 + first})",
        f"visits/c.{ending}: 2 cells of 'seen' cannot be read as a date (rows {first}, {9_999 + first})",
    ]


@pytest.mark.parametrize(("ending", "first"), [("csv", 2), ("parquet", 1)])
def test_keys_in_rows_that_differ(tmp_path: Path, ending: str, first: int) -> None:
    rows = [*ROWS, (" 17.0", "2019-02-06", "home"), ("29", "2019-02-05", "home")]
    (found,) = problems(tmp_path, {f"visits.{ending}": rows})
    assert found.startswith(f"visits.{ending}: 1 key has conflicting rows")
    assert found.endswith(f"(rows {17 + first}, {30_000 + first})")

"""The files of a made-up extract: rows as dirty as real ones, in every layout that an extract may have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.support.world import Definition
from tests.support.world_cells import CLOCKS, DIRTY, FUTURE, IDS, PEOPLE, SOUND
from tests.support.world_choices import Choices
from tests.support.world_files import File

LAYOUTS = ["csv", "csv", "semicolon", "gz", "parquet", "typed", "folder", "folder", "utf-16", "cp1252", "ragged"]
TYPED = ["typed"]
TYPES: Mapping[str, list[str]] = {
    "text": ["text", "text", "BIGINT"],
    "category": ["text"],
    "boolean": ["BOOLEAN", "BOOLEAN", "BIGINT", "text"],
    "integer": ["BIGINT", "BIGINT", "DOUBLE", "DECIMAL"],
    "number": ["DECIMAL", "DOUBLE", "BIGINT"],
    "date": ["DATE", "DATE", "TIMESTAMP", "text"],
    "datetime": ["TIMESTAMP", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMPTZ", "DATE", "text"],
    "month": ["DATE", "text"],
}


def make_files(choose: Choices, tables: Mapping[str, Definition], layouts: Sequence[str]) -> Iterable[File]:
    """The files of every table, each in one of some layouts."""
    for name, table in tables.items():
        columns = [column for column in table["columns"] if not (column != "person" and choose.chance(1))]
        rows = _rows(choose, table, columns)
        others = (each if isinstance(each, str) else each["name"] for each in table.get("files", ()))
        stem = choose.pick([name, *others])
        headers = {each: choose.pick([each, *column.get("names", ())]) for each, column in table["columns"].items()}
        for file in _layout(choose, choose.pick(layouts), stem, table, columns, rows):
            yield replace(file, headers={each: header for each, header in headers.items() if header != each})


def _rows(choose: Choices, table: Definition, columns: list[str]) -> list[dict[str, str]]:
    dirt = choose.pick([0, 4, 15])
    rows = [make_row(choose, table, columns, dirt, number) for number in range(choose.number(1, 9))]
    copies = [_copy(choose, table, choose.pick(rows)) for _ in range(choose.pick([0, 0, 1, 2]))]
    return rows + copies


def make_row(choose: Choices, table: Definition, columns: list[str], dirt: int, number: int) -> dict[str, str]:
    row = {name: make_cell(choose, name, table["columns"][name]["type"], dirt) for name in columns}
    return row if choose.chance(15) else {**row, "id": str(100 + number)}


def make_cell(choose: Choices, name: str, kind: str, dirt: int) -> str:
    if name in ("id", "part"):
        return choose.pick(IDS if name == "id" else IDS[:3])
    if name in ("person", "link"):
        return choose.pick(PEOPLE)
    if name == "clock":
        return choose.pick(CLOCKS)
    pool = DIRTY[kind] if choose.chance(dirt) else SOUND[kind]
    return "" if choose.chance(8) else choose.pick(pool)


def _copy(choose: Choices, table: Definition, row: dict[str, str]) -> dict[str, str]:
    """A row once more: the same, written otherwise, or with another cell."""
    changed = dict(row)
    if choose.chance(50):
        name = choose.pick(list(row))
        changed[name] = make_cell(choose, name, table["columns"][name]["type"], 20)
    return changed


def with_twins(choose: Choices, file: File, column: str) -> File:
    """A file with some of its rows once more, or twice, at dates of a column that are still to come."""
    twins = [
        {**choose.pick(file.rows), column: choose.pick(FUTURE)} for _ in range(choose.number(1, 4) if file.rows else 0)
    ]
    return replace(file, rows=(*file.rows, *twins, *choose.some(twins, 20)))


def _layout(
    choose: Choices, layout: str, name: str, table: Definition, columns: list[str], rows: list[dict[str, str]]
) -> Iterable[File]:
    csv = File(f"{name}.csv", tuple(rows), tuple(columns))
    match layout:
        case "csv":
            yield csv
        case "semicolon":
            yield replace(csv, delimiter=";", encoding="utf-8-sig")
        case "gz":
            yield replace(csv, name=f"{name}.csv.gz")
        case "parquet":
            yield replace(csv, name=f"{name}.parquet")
        case "typed":
            yield replace(csv, name=f"{name}.parquet", types=_types(choose, table["columns"]))
        case "ragged":
            yield replace(csv, spare={place: choose.pick([-1, 1, -3, 2]) for place in _some_places(choose, rows)})
        case "folder":
            cut = choose.number(0, len(rows))
            yield File(f"{name}/a.csv", tuple(rows[:cut]), tuple(columns))
            # Parts need not be written alike, nor need those be that are.
            kind = ("b.csv", "b.csv.gz", "b.parquet", "0.csv.gz")[(cut + len(rows)) % 4]
            if kind == "b.csv":
                yield File(f"{name}/b.csv", tuple(rows[cut:]), tuple(reversed(columns)), delimiter=";")
            else:
                yield File(f"{name}/{kind}", tuple(rows[cut:]), tuple(columns))
        case encoding:
            yield replace(csv, encoding=encoding)


def _types(choose: Choices, columns: Mapping[str, Any]) -> dict[str, str]:
    return {name: choose.pick(TYPES[column["type"]]) for name, column in columns.items()}


def _some_places(choose: Choices, rows: list[dict[str, str]]) -> list[int]:
    return choose.some(list(range(len(rows))), 30)

"""Worlds made at random: tables, indicators over them, and extracts as dirty as real ones."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from sgkpi.periods import Month, PeriodKind
from tests.support.world import Definition, File, World
from tests.support.world_cells import DIRTY, IDS, PEOPLE, SOUND
from tests.support.world_choices import Choices
from tests.support.world_definitions import IndicatorMaker

CODES = {"police": ["Police", "7"], "school": ["School", "2A", "s chool"]}
OTHER_CODES = {"home": ["x"], "police": []}
CASES: Mapping[str, Mapping[str, Any]] = {
    "id": {"type": "text"},
    "part": {"type": "text"},
    "person": {"type": "text"},
    "link": {"type": "text"},
    "received": {"type": "datetime"},
    "decided": {"type": "datetime"},
    "planned": {"type": "datetime", "planned": True},
    "opened": {"type": "date"},
    "closed": {"type": "date"},
    "source": {"type": "category", "codes": CODES},
    "loose": {"type": "category"},
    "team": {"type": "text"},
    "n": {"type": "integer"},
    "cost": {"type": "number"},
    "urgent": {"type": "boolean"},
    "born": {"type": "month"},
    "entered": {"type": "datetime"},
}
ROWS: Mapping[str, Mapping[str, Any]] = {
    "id": {"type": "text"},
    "person": {"type": "text"},
    "link": {"type": "text"},
    "done": {"type": "date"},
    "at": {"type": "datetime"},
    "begun": {"type": "date"},
    "ended": {"type": "date"},
    "kind": {"type": "category", "codes": OTHER_CODES},
    "score": {"type": "integer"},
    "cost": {"type": "number"},
    "flag": {"type": "boolean"},
    "note": {"type": "text"},
    "entered": {"type": "datetime"},
}
USUAL_AS_OF = datetime(2019, 3, 4, 7)
AS_OFS = [
    USUAL_AS_OF, USUAL_AS_OF, USUAL_AS_OF, USUAL_AS_OF, datetime(2019, 2, 28, 23, 59, 59, 999999),
    datetime(2019, 2, 5, 9), datetime(2019, 3, 1, 17), datetime(2019, 3, 31, 13), datetime(2019, 2, 28, 17),
    datetime(2018, 10, 28, 1, 30), datetime(2020, 3, 1), datetime(2019, 2, 28, 23, 59, 59),
    datetime(2018, 12, 27, 10), datetime(2019, 4, 30, 23, 59, 59),
]  # fmt: skip
KINDS = list(PeriodKind)


@st.composite
def worlds(draw: st.DrawFn, indicators: int = 3) -> World:
    """A world of a few indicators."""
    return make_world(Choices(lambda n: draw(st.integers(0, n - 1))), indicators)


def make_world(choose: Choices, indicators: int = 3) -> World:
    """A world of up to so many indicators."""
    tables = _tables(choose)
    wanted = choose.number(1, indicators)
    made = {f"i{number}": IndicatorMaker(choose, tables).make() for number in range(wanted)}
    as_of = choose.pick(AS_OFS)
    world = World(tables, made, tuple(_files(choose, tables)), as_of)
    return replace(world, **_asked(choose, as_of))


def _asked(choose: Choices, as_of: datetime) -> dict[str, Any]:
    month = Month.of(as_of.date())
    last = min(month, choose.pick([Month(2019, 2), Month(2019, 2), month, month.plus(-1)]))
    months = tuple(last.plus(-back) for back in range(choose.pick([1, 1, 2, 4, 14])))
    return {
        "months": months,
        "kinds": (*choose.some(KINDS[1:], 15), PeriodKind.MONTH),
        "covers": {
            name: choose.pick(["2019-02-01", "2018-04-01", "2019-02-05"]) for name in choose.some(["cases", "rows"], 8)
        },
        "closures": tuple(choose.some(["2019-02-05", "2018-12-27", "2019-02-09"], 15)),
    }


def _tables(choose: Choices) -> dict[str, Definition]:
    cases = {name: _column(choose, column) for name, column in CASES.items()}
    rows = {name: _column(choose, column) for name, column in ROWS.items()}
    return {
        "cases": {
            "key": choose.pick([["id"], ["id"], ["id", "part"], ["person"], []]),
            "person": "person",
            **_moments(choose, ["received", "opened"]),
            "columns": cases,
        },
        "rows": {
            "key": choose.pick([["id"], ["id"], ["id", "person"], []]),
            "person": "person",
            **_moments(choose, ["done", "begun", "at"]),
            "columns": rows,
        },
    }


def _moments(choose: Choices, happened: list[str]) -> dict[str, Any]:
    moments = {}
    if choose.chance(70):
        moments["happened"] = choose.pick(happened)
    if choose.chance(20):
        moments["recorded"] = "entered"
    if choose.chance(10):
        moments["blanks"] = ["unlisted", "b"]
    return moments


def _column(choose: Choices, column: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(column)
    if column["type"] == "datetime" and choose.chance(15):
        changed["midnight"] = True
    if column["type"] in ("date", "datetime") and choose.chance(10):
        changed["planned"] = True
    if choose.chance(3):
        changed["current"] = True
    return changed


def _files(choose: Choices, tables: Mapping[str, Definition]) -> Iterable[File]:
    for name, table in tables.items():
        columns = [column for column in table["columns"] if not (column != "person" and choose.chance(1))]
        rows = _rows(choose, table, columns)
        yield from _layout(choose, name, columns, rows)


def _rows(choose: Choices, table: Definition, columns: list[str]) -> list[dict[str, str]]:
    dirt = choose.pick([0, 4, 15])
    rows = [_row(choose, table, columns, dirt, number) for number in range(choose.number(1, 9))]
    copies = [_copy(choose, table, choose.pick(rows)) for _ in range(choose.pick([0, 0, 1, 2]))]
    return rows + copies


def _row(choose: Choices, table: Definition, columns: list[str], dirt: int, number: int) -> dict[str, str]:
    row = {name: _cell(choose, name, table["columns"][name]["type"], dirt) for name in columns}
    return row if choose.chance(15) else {**row, "id": str(100 + number)}


def _cell(choose: Choices, name: str, kind: str, dirt: int) -> str:
    if name in ("id", "part"):
        return choose.pick(IDS if name == "id" else IDS[:3])
    if name in ("person", "link"):
        return choose.pick(PEOPLE)
    pool = DIRTY[kind] if choose.chance(dirt) else SOUND[kind]
    return "" if choose.chance(8) else choose.pick(pool)


def _copy(choose: Choices, table: Definition, row: dict[str, str]) -> dict[str, str]:
    """A row once more: the same, written otherwise, or with another cell."""
    changed = dict(row)
    if choose.chance(50):
        name = choose.pick(list(row))
        changed[name] = _cell(choose, name, table["columns"][name]["type"], 20)
    return changed


def _layout(choose: Choices, name: str, columns: list[str], rows: list[dict[str, str]]) -> Iterable[File]:
    match choose.pick(["csv", "csv", "semicolon", "gz", "parquet", "folder", "utf-16"]):
        case "csv":
            yield File(f"{name}.csv", tuple(rows), tuple(columns))
        case "semicolon":
            yield File(f"{name}.csv", tuple(rows), tuple(columns), delimiter=";", encoding="utf-8-sig")
        case "gz":
            yield File(f"{name}.csv.gz", tuple(rows), tuple(columns))
        case "parquet":
            yield File(f"{name}.parquet", tuple(rows), tuple(columns))
        case "utf-16":
            yield File(f"{name}.csv", tuple(rows), tuple(columns), encoding="utf-16")
        case _:
            cut = choose.number(0, len(rows))
            yield File(f"{name}/a.csv", tuple(rows[:cut]), tuple(columns))
            yield File(f"{name}/b.csv", tuple(rows[cut:]), tuple(reversed(columns)), delimiter=";")

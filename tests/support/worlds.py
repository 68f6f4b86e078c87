"""Worlds made at random: tables, indicators over them, and extracts as dirty as real ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from hypothesis import strategies as st

from sgkpi.model.periods import Month, PeriodKind
from tests.support.world import Definition, World
from tests.support.world_choices import Choices
from tests.support.world_definitions import IndicatorMaker, make_phases, names_of
from tests.support.world_expressions import Expressions
from tests.support.world_extracts import LAYOUTS, TYPED, make_files, with_twins
from tests.support.world_shared import share

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
    "clock": {"type": "text"},
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
    "clock": {"type": "text"},
}
_SPELLS = ("opened", "begun", "ended")  # but for one: a clock of dates needs a stop
_VERSIONS = (["n", "opened", "received"], ["score", "begun", "done"])
USUAL_AS_OF = datetime(2019, 3, 4, 7)
AS_OFS = [
    USUAL_AS_OF, USUAL_AS_OF, USUAL_AS_OF, USUAL_AS_OF, datetime(2019, 2, 28, 23, 59, 59, 999999),
    datetime(2019, 2, 5, 9), datetime(2019, 3, 1, 17), datetime(2019, 3, 31, 13), datetime(2019, 2, 28, 17),
    datetime(2018, 10, 28, 1, 30), datetime(2020, 3, 1), datetime(2019, 2, 28, 23, 59, 59),
    datetime(2018, 12, 27, 10), datetime(2019, 4, 30, 23, 59, 59),
]  # fmt: skip
KINDS = list(PeriodKind)


@st.composite
def worlds(draw: st.DrawFn, indicators: int = 3, *, typed: bool = False) -> World:
    """A world of a few indicators; `typed`: all its files are Parquet with typed columns."""
    return make_world(Choices(lambda n: draw(st.integers(0, n - 1))), indicators, typed=typed)


def world_of(seed: int) -> World:
    """The world of a seed: always the same one."""
    return make_world(Choices(Random(seed).randrange))


def make_world(choose: Choices, indicators: int = 3, *, typed: bool = False) -> World:
    """A world of up to so many indicators."""
    tables = _tables(choose)
    wanted = choose.number(1, indicators)
    made = {f"i{number}": IndicatorMaker(choose, tables).make() for number in range(wanted)}
    as_of = choose.pick(AS_OFS)
    world = World(tables, made, tuple(make_files(choose, tables, TYPED if typed else LAYOUTS)), as_of)
    asked = {**_asked(choose, as_of), **_known(choose, as_of), "by": _breakdowns(choose, made)}
    # Last, so that the worlds of earlier seeds stay as they were.
    phased = {name: {**definition, **make_phases(choose)} for name, definition in made.items()}
    world = _with_dates_in_keys(choose, replace(world, **asked))
    sharing, shared = share(choose, phased)
    return replace(world, indicators=sharing, shared=shared)


def _with_dates_in_keys(choose: Choices, world: World) -> World:
    """Now and then a table has a date in its key, and rows that differ in it alone."""
    tables, files = dict(world.tables), list(world.files)
    for name, table in world.tables.items():
        if table["key"] and choose.chance(8):
            date = choose.pick(
                [each for each in table["columns"] if table["columns"][each]["type"] in ("date", "datetime")]
            )
            tables[name] = {**table, "key": [*table["key"], date]}
            files = [with_twins(choose, file, date) if file.table == name else file for file in files]
    return replace(world, tables=tables, files=tuple(files))


def _breakdowns(choose: Choices, indicators: Mapping[str, Definition]) -> tuple[str, ...]:
    """All breakdowns and, now and then, two of an indicator at once."""
    named = [
        [each if isinstance(each, str) else next(iter(each)) for each in one.get("by", ())]
        for one in indicators.values()
    ]
    several = [names for names in named if len(names) > 1]
    if not several or not choose.chance(40):
        return ("all",)
    names = choose.pick(several)
    return ("all", f"{names[0]}*{names[-1]}")


def _known(choose: Choices, as_of: datetime) -> dict[str, Any]:
    """Who says the as-of time: the option, extract.toml, or (nothing said) the latest event."""
    source = choose.pick(["option", "option", "option", "option", "extract.toml", "latest event"])
    return {
        "as_of": as_of if source == "option" else None,
        "extracted_at": as_of.isoformat() if source == "extract.toml" or choose.chance(5) else "",
    }


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
    cases = {name: _column(choose, name, column) for name, column in CASES.items()}
    rows = {name: _column(choose, name, column) for name, column in ROWS.items()}
    made: dict[str, Definition] = {
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
    for table in made.values():
        if table["key"] and choose.chance(20):
            table["version"] = choose.pick(["entered", "entered", "file", "cost", *_VERSIONS[table is made["rows"]]])
    return {name: {**table, **_described(choose, name, table)} for name, table in made.items()}


def _described(choose: Choices, name: str, table: Definition) -> dict[str, Any]:
    """What says more of a table: other names of its file, rules, words for people."""
    described: dict[str, Any] = {}
    if choose.chance(15):
        described["files"] = [choose.pick([f"ssd_{name}", {"name": f"ssd_{name}", "latest": True}])]
    if choose.chance(10):
        condition = Expressions(choose, names_of(table, {}, None)).condition(1)
        described["rules"] = {"sound": {"check": condition, "severity": "note"} if choose.chance(30) else condition}
    if choose.chance(5):
        described |= {"description": "Made up", "label": "made-up rows"}
    if choose.chance(5):
        described["waive"] = {"no-events": "Made up"}
    return described


def _moments(choose: Choices, happened: list[str]) -> dict[str, Any]:
    moments = {}
    if choose.chance(70):
        moments["happened"] = choose.pick(happened)
    if choose.chance(20):
        moments["recorded"] = "entered"
    if choose.chance(10):
        moments["blanks"] = ["unlisted", "b"]
    return moments


def _column(choose: Choices, name: str, column: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(column)
    if name in _SPELLS and choose.chance(25):
        changed["type"] = "datetime"
    if changed["type"] == "datetime" and choose.chance(15):
        changed["midnight"] = True
    if column["type"] in ("date", "datetime") and choose.chance(10):
        changed["planned"] = True
    if column["type"] == "datetime" and choose.chance(8):
        changed["with_time"] = "clock"
    rare = [
        ("current", True), ("may_be_empty", True), ("required", True), ("names", [f"{name} of it"]),
        ("label", f"The {name}"), ("description", "Made up"),
    ]  # fmt: skip
    changed |= dict(choose.some(rare, 3))
    if "codes" in column and choose.chance(10):
        changed["labels"] = {"police": "The police"}
    return changed

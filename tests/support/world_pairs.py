"""Pairs of worlds made at random: an extract, and the same one some time later."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from hypothesis import strategies as st

from sgkpi.model.periods import Month
from tests.support.world import Definition, World
from tests.support.world_choices import Choices
from tests.support.world_definitions import LIMITS, IndicatorMaker, names_due
from tests.support.world_extracts import make_cell, make_row
from tests.support.world_files import File
from tests.support.worlds import AS_OFS, USUAL_AS_OF, make_world

Row = Mapping[str, str]
_DIRT = 8
_FIRST_NEW = 200  # a key that no row had
_FIRST_FOLLOWED = 300
_WORKING_DAYS = ("1 working day", "1 working day", "2 working days")
_CLOSURES = ("2019-02-04", "2019-03-01", "2019-02-05")  # the cells have many days just before and after them
# Most of its cases can be judged, and depend on closures and on the time.
_PLAIN: Definition = {
    "title": "plain",
    "table": "cases",
    "measure": "proportion",
    "period": "received",
    "clock": {"start": "received", "stop": "decided", "within": "1 working day"},
    "by": ["team", "source"],
}
_EARLY = (datetime(2019, 2, 5, 9), datetime(2019, 2, 4, 10), datetime(2019, 2, 28, 17), datetime(2019, 3, 1, 17))
_POPULATIONS = {
    "cases": ("urgent", "team is not null", "n > 1"),
    "rows": ("flag", "note is not null", "score > 1"),
}
_OPTIONAL = ("population", "exclude", "not_due", "because", "by")


@dataclass(frozen=True)
class Pair:
    """Two worlds, of which snapshots are taken one after the other."""

    before: World
    after: World

    @property
    def swapped(self) -> "Pair":
        return Pair(self.after, self.before)

    @property
    def is_of_records(self) -> bool:
        """Whether nothing but rows differs, and what is asked: definitions, calendar and time are the same."""
        rows_aside = [replace(each, files=()) for each in (self.before, self.after)]
        return rows_aside[0] == rows_aside[1] and self.before.as_of is not None

    def __str__(self) -> str:
        return f"BEFORE\n{self.before}\nAFTER\n{self.after}"


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A pair of worlds."""
    return make_pair(Choices(lambda n: draw(st.integers(0, n - 1))))


def pair_of(seed: int) -> Pair:
    """The pair of a seed: always the same one."""
    return make_pair(Choices(Random(seed).randrange))


def make_pair(choose: Choices) -> Pair:
    """A world, and what became of it."""
    whole = _followed(choose, make_world(choose))
    before = replace(whole, files=tuple(_forgetful(choose, file) for file in whole.files))
    after = replace(whole, files=tuple(_files(choose, whole)))
    if choose.chance(30):
        before, after = _between(choose, before, after)
    for share, change in ((15, _at_another_time), (35, _closed), (8, _covering), (15, _next_month), (40, _defined)):
        if choose.chance(share):
            after = replace(after, **change(choose, after))
    return Pair(before, after)


def _followed(choose: Choices, world: World) -> World:
    """A world most of whose cases can be followed, with more rows, and more clocks that count working days."""
    tables = {name: dict(table) for name, table in world.tables.items()}
    for table in tables.values():
        if table["key"] in ([], ["person"]) and choose.chance(80):
            table["key"] = ["id"]
    indicators = {
        name: _with_limit(each, choose.pick(_WORKING_DAYS)) if choose.chance(70) else each
        for name, each in world.indicators.items()
    }
    if choose.chance(35):
        indicators["i0"] = _PLAIN
    files = []
    for file in world.files:
        new = choose.number(0, 8)
        rows = [_new_row(choose, world, file, _FIRST_FOLLOWED + place) for place in range(new)]
        files.append(replace(file, rows=(*file.rows, *rows)))
    return replace(world, tables=tables, indicators=indicators, files=tuple(files))


def _new_row(choose: Choices, world: World, file: File, number: int) -> dict[str, str]:
    return make_row(choose, world.tables[file.table], list(file.columns), _DIRT, number)


def _forgetful(choose: Choices, file: File) -> File:
    """A file as it was when some cells were still to be entered."""
    rows = [
        {**row, **{choose.pick(file.columns): "" for _ in range(choose.number(1, 4))}} if choose.chance(15) else row
        for row in file.rows
    ]
    return replace(file, rows=tuple(rows))


def _between(choose: Choices, before: World, after: World) -> tuple[World, World]:
    """Worlds between whose times cases fall due."""
    early = replace(before, as_of=choose.pick(_EARLY), extracted_at="", months=_in_february(before))
    return early, replace(after, as_of=USUAL_AS_OF, extracted_at="", months=early.months)


def _in_february(world: World) -> tuple[Month, ...]:
    return tuple(Month(2019, 2).plus(-back) for back in range(len(world.months)))


def _files(choose: Choices, world: World) -> Iterator[File]:
    """The files with their rows as they are later; new rows are in the last file of a table."""
    last = {file.table: file.name for file in world.files}
    for file in world.files:
        table = world.tables[file.table]
        rows = [later for row in file.rows for later in _later(choose, table, file, row)]
        if last[file.table] == file.name:
            rows += [_new_row(choose, world, file, _FIRST_NEW + place) for place in range(choose.number(0, 3))]
        yield replace(file, rows=tuple(rows))


def _later(choose: Choices, table: Definition, file: File, row: Row) -> list[Row]:
    """What becomes of a row: nothing, mostly; it is deleted, changed, or there twice."""
    what = choose.number(0, 99)
    if what < 55:
        return [row]
    if what < 67:
        return []
    changed = dict(row)
    for name in [choose.pick(file.columns) for _ in range(choose.pick([1, 1, 2, 4]))]:
        kind = table["columns"][name]["type"]
        changed[name] = "" if choose.chance(25) else make_cell(choose, name, kind, _DIRT)
    return [row, changed] if what < 72 else [changed]


def _at_another_time(choose: Choices, world: World) -> dict[str, Any]:
    as_of, last = choose.pick(AS_OFS), max(world.months)
    known = min(last, Month.of(as_of.date()))
    return {"as_of": as_of, "months": tuple(known.plus(-back) for back in range(len(world.months)))}


def _closed(choose: Choices, world: World) -> dict[str, Any]:
    return {"closures": tuple(choose.some(_CLOSURES, 60))}


def _covering(choose: Choices, world: World) -> dict[str, Any]:
    return {"covers": {"cases": choose.pick(["2018-01-01", "2019-02-01", "2019-01-01"])}}


def _next_month(choose: Choices, world: World) -> dict[str, Any]:
    return {"months": tuple(each.plus(1) for each in world.months)}


def _defined(choose: Choices, world: World) -> dict[str, Any]:
    """Another definition of one indicator, or another declaration of a table."""
    if choose.chance(40):
        name = choose.pick(list(world.tables))
        return {"tables": {**world.tables, name: _declared(choose, world.tables[name])}}
    if world.shared.get("conditions") and choose.chance(30):
        return {"shared": _shared(choose, world.shared)}
    name = choose.pick(list(world.indicators))
    return {"indicators": {**world.indicators, name: _redefined(choose, world.indicators[name], world)}}


def _shared(choose: Choices, shared: Mapping[str, Mapping[str, Any]]) -> Definition:
    """What definitions share, with one condition turned round."""
    conditions = shared["conditions"]
    name = choose.pick(list(conditions))
    return {**shared, "conditions": {**conditions, name: f"not ({conditions[name]})"}}


def _redefined(choose: Choices, definition: Definition, world: World) -> Definition:
    """Another definition: without a part of it, with another limit or population, made anew, or with another title."""
    changes: list[Callable[[], Definition]] = [
        *(partial(_without, definition, key) for key in _OPTIONAL if key in definition),
        lambda: {**definition, "population": choose.pick(_POPULATIONS[definition["table"]])},
        *[lambda: IndicatorMaker(choose, world.tables).make()] * 2,
        lambda: {**definition, "title": "another"},
    ]
    if within := definition.get("clock", {}).get("within"):
        limits = [each for each in LIMITS if "hour" in within or "hour" not in each]
        changes += [lambda: _with_limit(definition, choose.pick(limits))] * 3
    return choose.pick(changes)()


def _with_limit(definition: Definition, limit: str) -> Definition:
    """A definition with another limit, unless `due` would then be a date in place of a moment and it is named."""
    clock = definition.get("clock", {})
    if "within" not in clock or (names_due(definition) and ("hour" in limit) != ("hour" in clock["within"])):
        return definition
    return {**definition, "clock": {**clock, "within": limit}}


def _declared(choose: Choices, table: Definition) -> Definition:
    """A table whose rows are known, told apart or read otherwise."""
    changes: list[Callable[[], Definition]] = [
        *(partial(_without, table, key) for key in ("happened", "version", "recorded") if key in table),
        lambda: {**table, "recorded": "entered"},
        lambda: {**table, "blanks": ["b"]},
        lambda: {**table, "key": choose.pick([["id"], ["person"], ["id", "person"]])},
        lambda: {**table, "columns": {name: _read(choose, column) for name, column in table["columns"].items()}},
    ]
    return choose.pick(changes)()


def _without(definition: Definition, key: str) -> Definition:
    return {name: value for name, value in definition.items() if name != key}


def _read(choose: Choices, column: Mapping[str, Any]) -> Mapping[str, Any]:
    if column["type"] == "datetime" and choose.chance(30):
        return {**column, "midnight": not column.get("midnight", False)}
    if column["type"] in ("date", "datetime") and choose.chance(30):
        return {**column, "planned": not column.get("planned", False)}
    return column

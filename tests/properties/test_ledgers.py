"""Ledgers add up: those of two parts of an extract that share no person and no key sum to the whole's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from sgkpi.answers.inputs import engine_named
from sgkpi.ledger.ledger import Ledger
from sgkpi.model.errors import SgkpiError
from sgkpi.model.request import Request
from sgkpi.planning.request import resolve
from tests.properties.examples import per_cent
from tests.support.world import World
from tests.support.world_files import File, Row
from tests.support.worlds import USUAL_AS_OF, worlds

# Columns of which a value that two rows share may bring them together: into one case, or one case's related rows.
LINKING = ("id", "person", "link")

RowPlace = tuple[str, int]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@per_cent(10)
@given(worlds(), st.data())
def test_ledgers_of_parts_sum_to_that_of_the_whole(engine: str, world: World, data: st.DataObject) -> None:
    """Whatever is counted, summed or listed: flows and stocks, related rows, medians, unplaced cases, rows read.

    The parts share no person, no key, no value of a join and no row, which may each make rows of both parts one
    case; and they are taken as of the same time, which must be given, as the latest event lies in one of them.
    """
    world = replace(world, as_of=world.as_of or USUAL_AS_OF, files=tuple(map(_with_others, world.files)))
    note(str(world))
    groups = list(_connected(world.files))
    first = {place for group in groups if data.draw(st.booleans()) for place in group}
    second = {place for group in groups for place in group} - first
    whole, *parts = (_ledger(engine, each) for each in (world, _only(world, first), _only(world, second)))
    assert whole + Ledger() == parts[0] + parts[1]


def _ledger(engine_name: str, world: World) -> Ledger:
    """What an engine gives for a world, without problems, whose texts tell of numbers."""
    engine = engine_named(engine_name)
    request = Request(months=world.months, kinds=world.kinds, by=world.by, as_of=world.as_of)
    with TemporaryDirectory() as folder:
        world.write(Path(folder))
        catalogue, extract = world.open(Path(folder))
        try:
            resolved = resolve(extract, catalogue, request, engine.events)
            return replace(engine.compute(resolved.plan, resolved.extract), problems=())
        except SgkpiError:
            assume(False)
            raise


def _with_others(file: File) -> File:
    """A file with as many rows again, which are those of other cases and persons."""
    others = tuple({**row, **{name: row[name] + "77" for name in LINKING if row.get(name)}} for row in file.rows)
    spare = {**file.spare, **{number + len(file.rows): cells for number, cells in file.spare.items()}}
    return replace(file, rows=(*file.rows, *others), spare=spare)


def _connected(files: tuple[File, ...]) -> Iterator[set[RowPlace]]:
    """The rows, by file and place, in the smallest groups that share nothing with one another."""
    groups: list[tuple[set[object], set[RowPlace]]] = []
    for file in files:
        for number, row in enumerate(file.rows):
            shared, places = set(_shareable(file, row)), {(file.name, number)}
            apart = []
            for theirs, there in groups:
                if shared.isdisjoint(theirs):
                    apart.append((theirs, there))
                else:
                    shared |= theirs
                    places |= there
            groups = [*apart, (shared, places)]
    return (places for _, places in groups)


def _shareable(file: File, row: Row) -> Iterator[object]:
    """What a row may share with others: each linking value as it is compared, or coarser; and all of its cells."""
    table = file.name.replace("/", ".").partition(".")[0]
    for name in LINKING:
        value = row.get(name, "").strip().casefold().removesuffix(".0").lstrip("0")
        if value:
            yield name, value, table if name == "id" else ""
    yield table, tuple(row.get(name, "").strip().casefold() for name in sorted(file.columns))


def _only(world: World, places: set[RowPlace]) -> World:
    """The world with the rows of some places alone."""
    return replace(world, files=tuple(_rows_of(file, places) for file in world.files))


def _rows_of(file: File, places: set[RowPlace]) -> File:
    kept = [number for number in range(len(file.rows)) if (file.name, number) in places]
    spare = {new: file.spare[old] for new, old in enumerate(kept) if old in file.spare}
    return replace(file, rows=tuple(file.rows[number] for number in kept), spare=spare)

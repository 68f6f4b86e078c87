"""The generator forgets nothing: whatever definitions and extracts can say, it says now and then.

It is asked for some hundreds of worlds, always the same ones.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from sgkpi.model.periods import PeriodKind
from tests.support.language import features, whole_language
from tests.support.world import Definition, World, render
from tests.support.world_cells import FUTURE
from tests.support.world_definitions import names_due
from tests.support.world_extracts import LAYOUTS, TYPES
from tests.support.world_files import File
from tests.support.worlds import world_of

# Wherever a person is the key of a table and the like is rare, it must still come up in so many.
WORLDS = 500


@cache
def worlds() -> tuple[World, ...]:
    return tuple(world_of(seed) for seed in range(WORLDS))


def files() -> list[File]:
    return [file for world in worlds() for file in world.files]


def test_every_key_function_and_operator_is_generated() -> None:
    """And every type, measure, keep, unit and word. Once something has come up, the same need not be looked for."""
    missing = whole_language()
    for world in worlds():
        texts = [{name: render(each) for name, each in part.items()} for part in (world.tables, world.indicators)]
        missing -= features(*texts, render(world.shared))
        if not missing:
            return
    assert sorted(missing) == [], "tests/support/world_definitions.py and its neighbours never make these"


def test_what_may_disagree_together_is_generated_together() -> None:
    """Of two parts of the language each may be right alone, and not both at once."""
    found = {pair for world in worlds() for definition in world.indicators.values() for pair in together(definition)}
    assert found == {
        "due × start by an expression, in hours",
        "due × reason where lower is better",
        "due × ratio",
        "working days × due expression",
        "stock × ratio",
        "expression as a bound × counted spells",
        "expression as a bound × row related to a row",
    }


def together(definition: Definition) -> Iterator[str]:
    """The pairs of parts that a definition has."""
    clock, is_ratio = definition.get("clock", {}), definition["measure"] == "ratio"
    related = definition.get("related", {})
    bounds = {name: [one[key] for key in ("until", "after", "since") if key in one] for name, one in related.items()}
    if names_due(definition) and "hour" in clock.get("within", "") and is_expression(clock["start"]):
        yield "due × start by an expression, in hours"
    if re.search(r"\bdue\b", str(definition.get("because"))) and definition["improvement"] == "decrease":
        yield "due × reason where lower is better"
    if is_ratio and names_due(definition):
        yield "due × ratio"
    if is_ratio and "point_in_time" in definition:
        yield "stock × ratio"
    if "working day" in clock.get("due", ""):
        yield "working days × due expression"
    for name, one in related.items():
        if one["keep"] == "count" and "from" in one and any(map(is_expression, bounds[name])):
            yield "expression as a bound × counted spells"
        if any("it." in bound for bound in bounds[name]):
            yield "expression as a bound × row related to a row"


def is_expression(text: str) -> bool:
    """Whether a definition says more than a name there."""
    return re.fullmatch(r"[\w.]+", text) is None


def test_whatever_definitions_share_is_generated() -> None:
    """A condition wherever one may stand, in two places of a definition, and one that asks when the clock runs out."""
    found = set[str]()
    for world in worlds():
        conditions = world.shared.get("conditions", {})
        found |= {"due"} if any(re.search(r"\bdue\b", text) for text in conditions.values()) else set()
        for definition in world.indicators.values():
            wheres = [one.get("where") for one in definition.get("related", {}).values()]
            parts = {
                key: repr(definition.get(key)) for key in ("population", "not_due", "met", "exclude", "because", "by")
            }
            named = {key: set(re.findall(r"\$(\w+)", part)) for key, part in {**parts, "where": repr(wheres)}.items()}
            found |= {key for key, names in named.items() if names}
            found |= {"twice"} if named["population"] & (named["exclude"] | named["by"]) else set()
    assert found == {"population", "not_due", "met", "exclude", "because", "by", "where", "twice", "due"}
    assert any("bands" in world.shared for world in worlds())


def test_every_way_of_asking_is_generated() -> None:
    assert {kind for world in worlds() for kind in world.kinds} == set(PeriodKind)
    sources = {(world.as_of is None, bool(world.extracted_at)) for world in worlds()}
    assert sources == {(False, False), (False, True), (True, False), (True, True)}
    assert any(world.covers for world in worlds())
    assert any("*" in name for world in worlds() for name in world.by)
    assert any(world.closures for world in worlds())
    assert any(len(world.months) > 12 for world in worlds())


def test_dates_in_keys_are_generated() -> None:
    """And rows of every table that differ in such a date alone, one that is still to come: they are different cases."""
    tables = {
        (file.table, column) for world in worlds() for file in world.files for column in differing_alone(world, file)
    }
    assert {table for table, _ in tables} == {"cases", "rows"}


def differing_alone(world: World, file: File) -> Iterator[str]:
    """The columns of a table's key in which rows of a file differ that are otherwise the same, by future dates."""
    for column in world.tables[file.table]["key"]:
        dates = defaultdict[tuple[str, ...], set[str]](set)
        for row in file.rows:
            if row.get(column) in FUTURE:
                dates[tuple(cell for name, cell in row.items() if name != column)].add(row[column])
        if any(len(each) > 1 for each in dates.values()):
            yield column


def test_every_layout_of_files_is_generated() -> None:
    """Each more than once in a while; rows too long and too short; every type that a Parquet column may have."""
    found = Counter(layout for file in files() for layout in layouts(file))
    assert {"ragged: longer", "ragged: shorter", "folder", "gz", "text parquet", "typed parquet"} <= set(found)
    assert {"utf-8", "utf-8-sig", "utf-16", "cp1252", "other bytes"} <= set(found)
    assert min(found.values()) >= len(LAYOUTS)
    types = {(kind, each) for kind, names in TYPES.items() for each in names}
    assert types - {pair for world in worlds() for pair in typed_columns(world)} == set()


def layouts(file: File) -> set[str]:
    """What is noteworthy about a file."""
    found = {file.encoding, "folder" if "/" in file.name else "one file"}
    if file.name.endswith(".gz"):
        found.add("gz")
    if file.name.endswith(".parquet"):
        found.add("typed parquet" if file.types else "text parquet")
    if file.encoding == "cp1252" and any(ord(sign) > 127 for row in file.rows for sign in "".join(row.values())):
        found.add("other bytes")
    return found | {f"ragged: {'longer' if spare > 0 else 'shorter'}" for spare in file.spare.values()}


def typed_columns(world: World) -> set[tuple[str, str]]:
    """The type of each column of typed Parquet files, with the type that is declared."""
    pairs = set()
    for file in world.files:
        table = world.tables[file.table]
        pairs |= {(table["columns"][name]["type"], each) for name, each in file.types.items()}
    return pairs

"""A figure depends on extract, definition, as-of time, period and category, and on nothing else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hypothesis import assume, given, note
from hypothesis import strategies as st

from sgkpi.model.errors import SgkpiError
from sgkpi.model.periods import PeriodKind
from tests.properties.examples import per_cent
from tests.support.world import Answer, Definition, World
from tests.support.world_files import File, untyped
from tests.support.world_shared import written_out
from tests.support.worlds import worlds

_FILE = re.compile(r"\S+\.(csv\.gz|csv|parquet)\b")
LOOSELY_COMPARED = ("id", "part", "person", "link")


def answer(world: World) -> Answer:
    try:
        return Answer.of(world.results())
    except SgkpiError:
        assume(False)
        raise


@per_cent(10)
@given(worlds(), st.data())
def test_a_figure_is_the_same_whatever_else_is_asked_for(world: World, data: st.DataObject) -> None:
    """Other indicators, other months and kinds of period, breakdowns or none."""
    note(str(world))
    whole = answer(world)
    assume(whole.figures)
    figure = data.draw(st.sampled_from(whole.figures))
    alone = replace(
        world,
        indicators={figure.indicator: world.indicators[figure.indicator]},
        months=(figure.period.last,),
        kinds=(figure.period.kind,) if figure.period.kind is not PeriodKind.MONTH else (PeriodKind.MONTH,),
        by=(figure.breakdown,) if figure.breakdown else (),
    )
    assert figure in answer(alone).figures


@per_cent(15)
@given(worlds(), st.data())
def test_order_of_rows_split_into_files_and_format_do_not_matter(world: World, data: st.DataObject) -> None:
    """The same rows in another order and in other files give the same figures.

    Three things do depend on order or files, and are left out here: keys are shown as first seen, without a
    key the row number stands in for it, and with `version: file` the rows of later files replace others.
    """
    plain = replace(
        world,
        tables={
            name: _without_file_versions({**table, "key": table["key"] or ["id"]})
            for name, table in world.tables.items()
        },
        files=tuple(_in_one_spelling(world.files)),
    )
    note(str(plain))
    shuffled = replace(plain, files=tuple(_laid_out_anew(plain.files, data)))
    note(str(shuffled))
    before, after = answer(plain), answer(shuffled)
    assert _without_files(before) == _without_files(after)


@per_cent(10)
@given(worlds(typed=True))
def test_a_typed_column_says_what_its_text_would_say(world: World) -> None:
    """A date, number or boolean of a Parquet file is the same as the same written out."""
    note(str(world))
    written = replace(world, files=tuple(untyped(file) for file in world.files))
    assert answer(world) == answer(written)


@per_cent(15)
@given(worlds())
def test_what_is_shared_means_what_it_means_written_out(world: World) -> None:
    """A condition reads as if it stood in parentheses where it is used, and bands as if they were listed there."""
    assume(world.shared)
    note(str(world))
    alone = replace(world, indicators=written_out(world.indicators, world.shared), shared={})
    assert answer(world) == answer(alone)


def _without_file_versions(table: Definition) -> Definition:
    return {key: value for key, value in table.items() if (key, value) != ("version", "file")}


def _without_files(given: Answer) -> Answer:
    """An answer that names no file, which the tables that were read do, and some reasons."""
    tables = tuple((table, *more) for table, _files, *more in given.tables)
    unavailable = (replace(each, reason=_FILE.sub("a file", each.reason)) for each in given.unavailable)
    return replace(given, tables=tables, unavailable=tuple(unavailable))


def _in_one_spelling(files: Iterable[File]) -> list[File]:
    """The same files with every cell as text, in an encoding that has all letters, and of one spelling."""
    plain = {"spare": {}, "types": {}, "encoding": "utf-8"}
    return [replace(file, rows=tuple(_plain_row(row) for row in file.rows), **plain) for file in files]


def _plain_row(row: Mapping[str, str]) -> Mapping[str, str]:
    plain = {name: text.strip().casefold().removesuffix(".0") for name, text in row.items() if name in LOOSELY_COMPARED}
    return {**row, **plain}


def _laid_out_anew(files: Iterable[File], data: st.DataObject) -> list[File]:
    tables: dict[str, list[File]] = {}
    for file in files:
        tables.setdefault(file.name.replace("/", ".").split(".")[0], []).append(file)
    return [new for name, old in tables.items() for new in _files(name, old, data)]


def _files(name: str, old: list[File], data: st.DataObject) -> list[File]:
    rows = data.draw(st.permutations([row for file in old for row in file.rows]))
    columns, headers = tuple(sorted(old[0].columns)), old[0].headers
    cut = data.draw(st.integers(0, len(rows)))
    ending = data.draw(st.sampled_from(["csv", "csv.gz", "parquet"]))
    return [
        File(f"{name}/1.{ending}", tuple(rows[:cut]), columns, headers=headers),
        File(f"{name}/2.{ending}", tuple(rows[cut:]), columns, headers=headers),
    ]

"""A catalogue is read back from its cached form exactly as it was loaded."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from sgkpi.definitions.cached_catalogue import _read, _write
from sgkpi.definitions.load import load_catalogue
from sgkpi.model.catalogue import Catalogue
from tests.support.catalogue import shipped
from tests.support.world import World
from tests.support.worlds import worlds


def assert_survives(catalogue: Catalogue) -> None:
    """Equal, and written out alike: 1.50 does not become 1.5, and no mapping changes its order."""
    text = _write(catalogue)
    read = _read(catalogue.path, text)
    assert read == catalogue
    for kind in ("tables", "indicators"):
        before, after = getattr(catalogue, kind), getattr(read, kind)
        assert list(after) == list(before)
        for name in before:
            assert repr(after[name]) == repr(before[name])
            assert after[name].lines == before[name].lines
    assert (read.closures, read.warnings) == (catalogue.closures, catalogue.warnings)
    assert repr(read.benchmarks) == repr(catalogue.benchmarks)
    assert {type(day) for day in read.closures} == {type(day) for day in catalogue.closures}


def test_the_shipped_catalogue() -> None:
    assert_survives(shipped())


@settings(max_examples=30)
@given(worlds())
def test_any_catalogue(world: World) -> None:
    with TemporaryDirectory() as folder:
        world.write(Path(folder))
        assert_survives(load_catalogue(Path(folder) / "indicators"))


def test_related_rows_share_the_tables_of_the_catalogue() -> None:
    catalogue = shipped()
    read = _read(catalogue.path, _write(catalogue))
    for indicator in read.indicators.values():
        assert indicator.table is read.tables[indicator.table.name]
        assert all(related.table is read.tables[related.table.name] for related in indicator.related)


def test_only_the_indicator_that_is_asked_for_is_read() -> None:
    catalogue = shipped()
    head, *lines = _write(catalogue).split("\n")
    first, second = list(catalogue.indicators)[:2]
    read = _read(catalogue.path, "\n".join([head, lines[0], *["not JSON"] * (len(lines) - 1)]))
    assert read.choose([first]) == (catalogue.indicators[first],)
    with pytest.raises(json.JSONDecodeError):
        read.indicators[second]

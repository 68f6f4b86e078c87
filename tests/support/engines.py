"""The ways in which a figure is computed: the engines, and the DuckDB engine as it reads a large extract."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sgkpi.engines.duckdb import session

LARGE = "duckdb, large"
WAYS = ("duckdb", LARGE, "reference")


@contextmanager
def computing(way: str) -> Iterator[str]:
    """The name of the engine for a way of computing; meanwhile any extract is large where the way says so."""
    with pytest.MonkeyPatch.context() as patch:
        if way == LARGE:
            patch.setattr(session, "SMALL_BYTES", -1)
        yield way.partition(",")[0]

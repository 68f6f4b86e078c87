"""Every page is read by both engines; in `make check` by DuckDB as it reads a large extract too."""

from collections.abc import Iterator

import pytest

from tests.support.engines import LARGE, WAYS, computing


@pytest.fixture(params=[pytest.param(way, marks=[pytest.mark.slow] if way == LARGE else []) for way in WAYS])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    with computing(request.param) as name:
        yield name

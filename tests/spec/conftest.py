"""Every page of the specification is read by both engines, and by DuckDB as it reads a large extract too."""

from collections.abc import Iterator

import pytest

from tests.support.engines import WAYS, computing


@pytest.fixture(params=WAYS)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    with computing(request.param) as name:
        yield name

"""Every page of the specification is read by both engines."""

import pytest

from sgkpi.engines.engine import ENGINES


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)

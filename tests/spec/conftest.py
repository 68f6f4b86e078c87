"""Every page of the specification is read by both engines."""

import pytest

from tests.support.engines import WAYS


@pytest.fixture(params=WAYS)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)

"""The circumstances of a run: the clock, the machine, the environment, and random bytes."""

import os
import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from sgkpi import __version__
from sgkpi.model.periods import LONDON

if TYPE_CHECKING:
    from sgkpi.answers.snapshot.take import Circumstances
    from sgkpi.snapshots.lock import Writer

_LIBRARIES = ("duckdb", "pandas", "pyarrow", "sqlglot")
# Where a CI system says which run this is: GitHub Actions, GitLab, Jenkins and Azure.
_RUNS = ("GITHUB_RUN_ID", "CI_JOB_URL", "BUILD_URL", "BUILD_BUILDURI")


def circumstances(command: str) -> "Circumstances":
    """Return who writes a snapshot, its receipt, and the secret that a new private folder would get."""
    from sgkpi.answers.snapshot.take import Circumstances
    from sgkpi.snapshots.secret import SECRET_BYTES

    return Circumstances(writer_of(command), receipt(), os.urandom(SECRET_BYTES))


def writer_of(command: str) -> "Writer":
    """Return this process as the one that writes to a store."""
    from sgkpi.snapshots.lock import Writer

    return Writer(os.getpid(), platform.node(), command)


def receipt() -> Mapping[str, object]:
    """Return when and on what a snapshot is taken; nothing of it is part of what the snapshot says."""
    return {
        "taken_at": datetime.now(LONDON).isoformat(timespec="seconds"),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "libraries": {"sgkpi": __version__, **{name: version(name) for name in _LIBRARIES}},
        "ci_run": next((_run(name) for name in _RUNS if os.environ.get(name)), None),
    }


def _run(name: str) -> str:
    """Return the run that a variable names, by its address where the variable is a number alone."""
    value = os.environ[name]
    if name != "GITHUB_RUN_ID":
        return value
    server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    return f"{server}/{repository}/actions/runs/{value}" if server and repository else value

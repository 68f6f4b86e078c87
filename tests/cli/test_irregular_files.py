"""Settings, definitions and commentary that are no regular files: named, and never opened, as a pipe has no end."""

from pathlib import Path

import pytest

from tests.support.casework import write_project
from tests.support.program import run

PLACES = {
    "sgkpi.toml": ("compute", 2),
    "data/extract.toml": ("compute", 11),
    "indicators/late.yaml": ("compute", 10),
    "indicators/care/late.yaml": ("compute", 10),
    "indicators/shared.yaml": ("compute", 10),
    "indicators/themes.yaml": ("compute", 10),
    "indicators/benchmarks.csv": ("compute", 10),
    "indicators/tables/late.yaml": ("compute", 10),
    "indicators/tables/holidays.csv": ("compute", 10),
    "indicators/boards/late.yaml": ("lint", 1),
    "commentary/events.yaml": ("lint", 1),
    "commentary/2019-02/_summary.md": ("lint", 1),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("target", "what"), [("/dev/null", "no regular file"), ("gone", "a link to a file that is not there")]
)
def test_a_file_that_is_not_regular_is_an_error(place: str, target: str, what: str, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    path = project / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)
    command, code = PLACES[place]
    ran = run(command, cwd=project)
    assert ran.code == code
    named = "extract.toml" if place.startswith("data/") else place
    (said,) = [line for line in (ran.stdout + ran.stderr).splitlines() if what in line]
    assert f"{named}: error: the file cannot be read: it is {what}" in said or f"{named} cannot be read: " in said


def test_completion_passes_over_them(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "indicators" / "late.yaml").symlink_to("gone")
    ran = run(cwd=project, env={"_SGKPI_COMPLETE": "complete_bash", "COMP_WORDS": "sgkpi show dec", "COMP_CWORD": "2"})
    assert ran.stdout.split() == ["decided"]

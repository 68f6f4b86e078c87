"""`init`: a project that works at once, and never costs anybody a file."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sgkpi.cli.commands.init import start_project
from sgkpi.model.errors import UsageError
from tests.support.program import run


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    folder = tmp_path / "own" / "indicators"
    (folder / "tables").mkdir(parents=True)
    (folder / "x.yaml").write_bytes(b"title: X\n")
    (folder / "tables" / "t.yaml").write_bytes(b"key: k\n")
    return folder


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    folder = tmp_path / "own" / "sample"
    folder.mkdir(parents=True)
    (folder / "t.csv").write_bytes(b"k\r\n1\r\n")
    return folder


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_with_the_sample(tmp_path: Path, catalogue: Path, sample: Path) -> None:
    start_project(tmp_path / "p", catalogue, sample)
    expected = {"sgkpi.toml", "README.md", "indicators/x.yaml", "indicators/tables/t.yaml", "data/t.csv"}
    assert files(tmp_path / "p") == expected
    assert (tmp_path / "p" / "data" / "t.csv").read_bytes() == b"k\r\n1\r\n"


def test_without_it_there_is_a_place_for_the_extract(tmp_path: Path, catalogue: Path) -> None:
    start_project(tmp_path / "p", catalogue, None)
    assert "data/README.md" in files(tmp_path / "p")
    assert "data/t.csv" not in files(tmp_path / "p")


def test_the_settings_point_into_the_project(tmp_path: Path, catalogue: Path) -> None:
    start_project(tmp_path / "p", catalogue, None)
    settings = tomllib.loads((tmp_path / "p" / "sgkpi.toml").read_text(encoding="utf-8"))
    assert settings == {"data": "data", "catalogue": "indicators"}


def test_what_is_there_is_never_overwritten_and_nothing_is_written_beside_it(
    tmp_path: Path, catalogue: Path, sample: Path
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "README.md").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        start_project(tmp_path / "p", catalogue, sample)
    assert [problem.path for problem in raised.value.problems] == [str(tmp_path / "p" / "README.md")]
    assert files(tmp_path / "p") == {"README.md"}
    assert (tmp_path / "p" / "README.md").read_text(encoding="utf-8") == "mine"


def test_a_folder_with_other_files_is_good_enough(tmp_path: Path, catalogue: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "notes.txt").write_text("mine", encoding="utf-8")
    start_project(tmp_path / "p", catalogue, None)
    assert {"notes.txt", "sgkpi.toml"} <= files(tmp_path / "p")


def test_a_file_is_no_folder(tmp_path: Path, catalogue: Path) -> None:
    (tmp_path / "p").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file; name a folder"):
        start_project(tmp_path / "p", catalogue, None)


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    ran = run("init", "p", cwd=tmp_path)
    assert ran.code == 0
    assert ran.stdout == ""
    assert "cd p" in ran.stderr
    assert "sgkpi compute" in ran.stderr
    assert (tmp_path / "p" / "indicators" / "front_door" / "contacts_decided_24h.yaml").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="its shells quote otherwise")
@pytest.mark.parametrize("name", ["my project", "it's [ours] & é"])
def test_the_next_command_can_be_copied_whatever_the_name(tmp_path: Path, name: str) -> None:
    ran = run("init", name, cwd=tmp_path)
    (command,) = [line for line in ran.stderr.splitlines() if line.startswith("  cd ")]
    went = subprocess.run(["sh", "-c", f"{command} && pwd"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(went.stdout.rstrip("\n")).name == name

"""Folders and files whose names are no UTF-8, as an old share or an unpacked ZIP has them."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from sgkpi.definitions.bundled import catalogue_path
from tests.support.program import run

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there every name is Unicode")
NAME = os.fsdecode(b"M\xf4n")

NAMED = {"json": "\\udcf4", "csv": "\\udcf4", "md": " "}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    catalogue = tmp_path / NAME / "indicators"
    shutil.copytree(catalogue_path() / "tables", catalogue / "tables")
    for path in (catalogue_path() / "shared.yaml", *catalogue_path().rglob("rhi_offered.yaml")):
        shutil.copy(path, catalogue)
    return tmp_path / NAME


@pytest.mark.parametrize("command", [["list"], ["explain", "rhi_offered"], ["lint", "rhi_offered"]])
def test_definitions_are_read_and_cached(project: Path, command: list[str]) -> None:
    for _ in range(2):
        assert run(*command, "--catalogue", "indicators", cwd=project).code == 0


@pytest.mark.parametrize("to_file", [False, True])
def test_json_and_csv_hold_the_name_as_an_escape(project: Path, to_file: bool) -> None:
    (project / "indicators" / "rhi_offered.yaml").write_text("title: x\n")
    for form in ("json", "csv", "md"):
        asked = ["-o", f"found.{form}"] if to_file else ["--format", form]
        ran = run("lint", "--catalogue", f"{NAME}/indicators", *asked, cwd=project.parent)
        text = (project.parent / f"found.{form}").read_text() if to_file else ran.stdout
        assert ran.code == 1
        if form == "json":
            json.loads(text)
        assert f"M{NAMED[form]}n" in text

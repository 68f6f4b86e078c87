"""Every mistake that an extract of text files can have, with the exact words in which it is reported.

A case is one file: the files of an extract under `=== NAME`, and under `=== expected` what is said of
them. To accept what is said now, run with REWRITE_CASES=1 and read the difference.
"""

import os
import re
from pathlib import Path

import pytest

from sgkpi.model.errors import ExtractError
from tests.extracts.support import TABLES, open_extract, write_files

CASES = sorted((Path(__file__).parents[1] / "cases" / "extracts").glob("*.txt"))


def read_case(path: Path) -> dict[str, str]:
    parts = re.split(r"^=== (.+)\n", path.read_bytes().decode(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def report(folder: Path) -> str:
    """What is raised; or which tables are sound, and what is said of the others."""
    try:
        extract = open_extract(folder, TABLES, scratch=Path("scratch"))
    except ExtractError as error:
        return f"{error}\n"
    lines = [f"sound: {', '.join(extract.tables) or 'none'}", *map(str, extract.problems)]
    for name, problems in extract.broken.items():
        lines += [f"broken: {name}", *map(str, problems)]
    return "".join(f"{line}\n" for line in lines)


def test_there_are_cases() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistakes_are_reported(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case(path)
    expected = case.pop("expected")
    monkeypatch.chdir(tmp_path)
    said = report(write_files(Path("extract"), case))
    if os.environ.get("REWRITE_CASES"):
        files = "".join(f"=== {name}\n{content}" for name, content in case.items())
        path.write_bytes(f"{files}=== expected\n{said}".encode())
    assert said == expected

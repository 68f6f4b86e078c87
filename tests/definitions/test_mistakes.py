"""Every mistake that a definition can have, with the exact words in which it is reported.

A case is one file: the files of a catalogue under `=== NAME`, and under `=== expected` what is said of
them. To accept what is said now, run with REWRITE_CASES=1 and read the difference.
"""

import os
import re
from pathlib import Path

import pytest

from sgkpi.definitions.load import load_catalogue
from sgkpi.model.errors import DefinitionsError
from tests.definitions.support import write_catalogue

CASES = sorted((Path(__file__).parents[1] / "cases" / "definitions").glob("*.txt"))


def read_case(path: Path) -> dict[str, str]:
    parts = re.split(r"^=== (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def report(folder: Path) -> str:
    try:
        warnings = load_catalogue(folder).warnings
    except DefinitionsError as error:
        return f"{error}\n"
    return "".join(f"{warning}\n" for warning in warnings)


def test_there_are_cases() -> None:
    assert len(CASES) >= 10


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistakes_are_reported(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case(path)
    expected = case.pop("expected")
    monkeypatch.chdir(tmp_path)
    said = report(write_catalogue(Path("indicators"), case))
    if os.environ.get("REWRITE_CASES"):
        files = "".join(f"=== {name}\n{content}" for name, content in case.items())
        path.write_text(f"{files}=== expected\n{said}", encoding="utf-8")
    assert said == expected

"""Improvement boards: what a file says, every mistake that it can have, and where it is not taken for a definition.

To accept what is said of the cases now, run with REWRITE_CASES=1 and read the difference.
"""

import os
from pathlib import Path

import pytest

from sgkpi.definitions.cache import set_cache_dir
from sgkpi.definitions.cached_catalogue import load_catalogue as load_cached
from sgkpi.definitions.load import load_board, load_catalogue, read_catalogue
from sgkpi.model.board import BoardPoint
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity
from tests.definitions.support import DECIDED, load, write_catalogue
from tests.definitions.test_mistakes import read_case

TOP = Path(__file__).parents[2]
CASES = sorted((TOP / "tests" / "cases" / "boards").glob("*.txt"))
BOARD = """
title: Inspection of March 2019
since: 2019-02
points:
  - words: Decisions in time
    paragraphs: [3, 5]
    indicators: [decided]
    supporting: decided_again
  - words: Good assessments
    paragraphs: 7
    evidence: "Quality: judged by audit"
"""
FILES = {"decided.yaml": DECIDED, "decided_again.yaml": DECIDED, "boards/inspection.yaml": BOARD}


def test_a_board_is_its_points_in_their_order(tmp_path: Path) -> None:
    catalogue = load(tmp_path, FILES)
    board = catalogue.boards["inspection"]
    assert (board.name, board.title, board.since) == ("inspection", "Inspection of March 2019", Month(2019, 2))
    assert board.points == (
        BoardPoint(1, "Decisions in time", (3, 5), ("decided",), ("decided_again",)),
        BoardPoint(2, "Good assessments", (7,), evidence="Quality: judged by audit"),
    )
    assert board.indicators == ("decided", "decided_again")
    assert catalogue.board_problems == ()
    assert len(board.sha256) == 64


def test_a_board_is_not_a_definition(tmp_path: Path) -> None:
    assert list(load(tmp_path, FILES).indicators) == ["decided", "decided_again"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistakes_are_reported(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case(path)
    expected = case.pop("expected")
    monkeypatch.chdir(tmp_path)
    reading = read_catalogue(write_catalogue(Path("indicators"), case))
    assert reading.problems == ()  # a mistake in a board stops nothing else
    said = "".join(f"{problem}\n" for problem in reading.catalogue.board_problems)
    if os.environ.get("REWRITE_CASES"):
        files = "".join(f"=== {name}\n{content}" for name, content in case.items())
        path.write_text(f"{files}=== expected\n{said}", encoding="utf-8")
    assert said == expected


def test_a_definition_with_a_mistake_is_not_said_to_be_in_no_point(tmp_path: Path) -> None:
    """Nobody knows what it answers."""
    wrong = FILES["decided.yaml"].replace("period: received_at", "period: received")
    reading = read_catalogue(write_catalogue(tmp_path / "indicators", {**FILES, "another.yaml": wrong}))
    assert [each.code for each in reading.problems] == ["unknown-column"]
    assert reading.catalogue.board_problems == ()


def test_a_board_with_a_mistake_is_no_board(tmp_path: Path) -> None:
    wrong = BOARD.replace("decided]", "dicided]")
    catalogue = load(tmp_path, {**FILES, "boards/wrong.yaml": wrong})
    assert list(catalogue.boards) == ["inspection"]
    with pytest.raises(DefinitionsError, match=r"has 1 mistake:\n.*no indicator 'dicided'; did you mean 'decided'"):
        load_board(tmp_path / "boards" / "wrong.yaml", catalogue.indicators)


def test_a_board_may_lie_elsewhere(tmp_path: Path) -> None:
    catalogue = load(tmp_path / "indicators", FILES)
    elsewhere = tmp_path / "inspection.yaml"
    elsewhere.write_text(BOARD, encoding="utf-8")
    assert load_board(elsewhere, catalogue.indicators).points == catalogue.boards["inspection"].points
    with pytest.raises(DefinitionsError, match=r"no board at .*absent\.yaml; name a file such as"):
        load_board(tmp_path / "absent.yaml", catalogue.indicators)


def test_a_changed_board_is_read_again(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path / "indicators", FILES)
    set_cache_dir(tmp_path / "cache")
    try:
        assert load_cached(folder).boards["inspection"].points[1].paragraphs == (7,)
        assert load_cached(folder).boards == load_catalogue(folder).boards
        write_catalogue(folder, {**FILES, "boards/inspection.yaml": BOARD.replace("paragraphs: 7", "paragraphs: 8")})
        assert load_cached(folder).boards["inspection"].points[1].paragraphs == (8,)
    finally:
        set_cache_dir(None)


def test_the_inspection_has_13_points_and_each_has_indicators() -> None:
    catalogue = load_catalogue(TOP / "indicators")
    assert [each.code for each in catalogue.board_problems if each.severity is not Severity.NOTE] == []
    board = catalogue.boards["inspection_2019"]
    assert [point.number for point in board.points] == list(range(1, 14))
    assert all(point.indicators for point in board.points)
    assert [point.number for point in board.points if point.evidence] == [1, 6, 8, 9, 10, 11, 13]

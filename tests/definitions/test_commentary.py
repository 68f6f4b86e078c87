"""Folders of commentary: what a file says, which file is about what, and every mistake that there can be.

To accept what is said of the cases now, run with REWRITE_CASES=1 and read the difference.
"""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.definitions.commentary import load_commentary, read_commentary
from sgkpi.definitions.commentary_file import Subject, parse_commentary, parse_events, words_of
from sgkpi.model.commentary import (
    Action,
    ActionState,
    ChartEvent,
    CommentaryFile,
    CommentaryFolder,
    CommentaryKind,
    CommentaryWord,
    PointAssessment,
)
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.periods import Month
from tests.definitions.test_mistakes import read_case

CASES = sorted((Path(__file__).parents[1] / "cases" / "commentary").glob("*.txt"))
IDS = ("contacts_decided_24h", "rhi_offered")
BOARDS = {"inspection": 3}
FEBRUARY = Month(2019, 2)
SUBJECT = Subject(FEBRUARY, CommentaryKind.INDICATOR, "rhi_offered")
DECIDED = """\
---
by: Front door service manager
on: 2019-03-06
figure: 79.0%            # what the writer saw
public: no
actions:
  - {what: Second decision maker on Mondays, who: A. Manager, when: 2019-03-18, state: started}
---
Two of three decision makers were on leave.

**Cover** is arranged.
"""
ACTION = Action(
    "Second decision maker on Mondays", FEBRUARY, "A. Manager", date(2019, 3, 18), ActionState.STARTED, public=False
)


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def load(folder: Path, files: dict[str, str | bytes]) -> CommentaryFolder:
    return load_commentary(write(folder, files), IDS, BOARDS)


def found(folder: CommentaryFolder, kind: CommentaryKind, subject: str = "") -> CommentaryFile:
    file = folder.find(FEBRUARY, kind, subject)
    assert file is not None
    return file


def test_a_file_is_its_keys_and_the_text_below_them(tmp_path: Path) -> None:
    folder = load(tmp_path, {"2019-02/contacts_decided_24h.md": DECIDED})
    file = found(folder, CommentaryKind.INDICATOR, "contacts_decided_24h")
    assert (file.by, file.on, file.figure, file.public) == (
        "Front door service manager", date(2019, 3, 6), "79.0%", False
    )  # fmt: skip
    assert file.actions == (ACTION,)
    assert file.text == "Two of three decision makers were on leave.\n\n**Cover** is arranged.\n"
    assert file.text_line == 9


def test_a_file_may_be_text_alone(tmp_path: Path) -> None:
    folder = load(
        tmp_path, {"2019-02/_summary.md": "All is well.\n---\nIt is.", "2019-02/rhi_offered.md": "---\n---\nx"}
    )
    summary = found(folder, CommentaryKind.SUMMARY)
    assert (summary.text, summary.text_line, summary.by, summary.on) == ("All is well.\n---\nIt is.", 1, "", None)
    assert found(folder, CommentaryKind.INDICATOR, "rhi_offered").text == "x"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_as_windows_editors_write_it(mark: bytes, ends: bytes, tmp_path: Path) -> None:
    content = mark + DECIDED.encode().replace(b"\n", ends)
    folder = load(tmp_path, {"2019-02/contacts_decided_24h.md": content})
    assert folder.files == load(tmp_path, {"2019-02/contacts_decided_24h.md": DECIDED}).files


def test_what_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DefinitionsError, match=r"rhi_offered\.md:2: error: the file is not UTF-8; save it as UTF-8"):
        load(tmp_path, {"2019-02/rhi_offered.md": "All is well.\nIt’s true.".encode("cp1252")})


def test_the_points_of_a_board(tmp_path: Path) -> None:
    text = """\
---
points:
  - {point: 3, assessed: amber, next: Weekly list, who: A. Manager, when: 2019-04-30}
  - {point: 1, assessed: not yet}
public: yes
---
What the board said.
"""
    board = found(load(tmp_path, {"2019-02/inspection.md": text}), CommentaryKind.BOARD, "inspection")
    assert board.points == (
        PointAssessment(3, FEBRUARY, "amber", "Weekly list", "A. Manager", date(2019, 4, 30), public=True),
        PointAssessment(1, FEBRUARY, "not yet", public=True),
    )
    assert board.text == "What the board said.\n"


def test_teams_and_events(tmp_path: Path) -> None:
    events = "- {month: 2019-02, indicators: rhi_offered, text: A new form}\n- {month: 2018-12, text: Snow}\n"
    folder = load(tmp_path, {"2019-02/team/access-team-a.md": "Busy.", "events.yaml": events})
    assert found(folder, CommentaryKind.TEAM, "access-team-a").text == "Busy."
    assert folder.events == (ChartEvent(FEBRUARY, "A new form", ("rhi_offered",)), ChartEvent(Month(2018, 12), "Snow"))


def test_an_empty_folder_has_no_commentary(tmp_path: Path) -> None:
    assert load(tmp_path, {}).files == ()
    with pytest.raises(DefinitionsError, match=r"no folder of commentary at .*absent; create it, or name another"):
        load_commentary(tmp_path / "absent", IDS, BOARDS)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistakes_are_reported(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case(path)
    expected = case.pop("expected")
    monkeypatch.chdir(tmp_path)
    _, problems = read_commentary(write(Path("commentary"), {**case}), IDS, BOARDS)
    said = "".join(f"{problem}\n" for problem in problems)
    if os.environ.get("REWRITE_CASES"):
        files = "".join(f"=== {name}\n{content}" for name, content in case.items())
        path.write_text(f"{files}=== expected\n{said}", encoding="utf-8")
    assert said == expected
    with pytest.raises(DefinitionsError) as raised:
        load_commentary(Path("commentary"), IDS, BOARDS)
    assert raised.value.problems == problems


def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, {"2019-02/rhi_offered.md": "x"})

    def refuse(self: Path) -> list[Path]:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", refuse)
    _, problems = read_commentary(folder, IDS, BOARDS)
    assert [(problem.code, problem.message) for problem in problems] == [
        ("unreadable-file", "the folder cannot be read: Permission denied")
    ]


def test_the_points_of_a_board_with_a_mistake_are_not_counted(tmp_path: Path) -> None:
    text = "---\npoints: {point: 99}\n---\n"
    _, problems = read_commentary(write(tmp_path, {"2019-02/inspection.md": text}), IDS, {"inspection": None})
    assert problems == ()


def test_the_digest_is_that_of_every_file_and_its_name(tmp_path: Path) -> None:
    one = load(tmp_path / "a", {"2019-02/rhi_offered.md": "x\n"}).sha256
    assert load(tmp_path / "b", {"2019-02/rhi_offered.md": "x\r\n"}).sha256 == one
    others = ({"2019-02/rhi_offered.md": "y\n"}, {"2019-03/rhi_offered.md": "x\n"}, {"2019-02/_summary.md": "x\n"}, {})
    assert len({one, *(load(tmp_path / str(place), {**each}).sha256 for place, each in enumerate(others))}) == 5


def test_words_that_may_name_a_case_have_their_lines(tmp_path: Path) -> None:
    text = """\
---
by: Manager of C1001
on: 2019-03-06
figure: 1204
actions:
  - what: Close C2002
    who: P3003
---
C4004 and (C-5005), _C6006_ or C7007_a; in 2018 a12 of 1,204.

See C\\_8008.
"""
    folder = load(tmp_path, {"2019-02/rhi_offered.md": text, "events.yaml": "- month: 2019-02\n  text: E9009 failed\n"})
    by_file = {Path(word.path).name: [] for word in folder.words}  # type: ignore[var-annotated]
    for word in folder.words:
        by_file[Path(word.path).name].append((word.text, word.line))
    assert by_file == {
        "events.yaml": [("E9009", 2)],
        "rhi_offered.md": [
            ("C1001", 2), ("1204", 4), ("C2002", 6), ("P3003", 7), ("C4004", 9), ("C-5005", 9), ("_C6006_", 9),
            ("C6006", 9), ("C7007_a", 9), ("C_8008", 11),
        ],
    }  # fmt: skip
    assert isinstance(folder.words[0], CommentaryWord)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2018 and 2099 are years", []),
        ("1899 and 2100 are not", ["1899", "2100"]),
        ("a1b is short, a1b2 is not", ["a1b2"]),
        ("words without digits", []),
        ("24h 79.0% 18-24", ["18-24"]),
        ("Ä1234", ["Ä1234"]),
        ("**C12**34 and C5*6*78", ["C1234", "C5678"]),
        ("C00`12`34", ["C001234"]),
        ("*C1*_2345_, C1&#50;34", ["_2345_", "2345", "C12345", "C1234"]),
        ("C1\u00ad23\u200b4", ["C1234"]),
        ("C1\\_234 of snake_1_case", ["C1_234", "snake_1_case"]),
        ("__C1234__", ["__C1234__", "C1234"]),
        ("C1**2", []),
        ("20**19**", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@given(st.binary())
def test_any_bytes_are_read_or_reported(content: bytes) -> None:
    reading = parse_commentary(content, "x.md", SUBJECT)
    assert reading.file is not None or reading.problems


@given(st.binary())
def test_any_keys_are_read_or_reported(keys: bytes) -> None:
    reading = parse_commentary(b"---\n" + keys + b"\n---\nx", "x.md", SUBJECT)
    assert reading.file is not None or reading.problems
    parse_events(keys, "events.yaml", IDS)


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])))
def test_any_text_below_the_keys_stays_as_it_is(text: str) -> None:
    reading = parse_commentary(f"---\nby: A. Manager\n---\n{text}".encode(), "x.md", SUBJECT)
    assert reading.problems == ()
    assert reading.file is not None
    assert (reading.file.text, reading.file.by) == (text, "A. Manager")

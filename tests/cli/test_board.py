"""`sgkpi board` as a person runs it: the points, what is measured of them, what people say, and every way to fail."""

import csv
import json
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.program import Ran, run, run_process

TABLE = """\
key: contact_id
happened: received_at
columns:
  contact_id: {type: text}
  received_at: {type: datetime, required: true}
  decided_at: {type: datetime}
"""
DECIDED = """\
title: Contacts decided within 24 hours
table: contacts
period: received_at
measure: proportion
clock: {start: received_at, stop: decided_at, within: 24 hours}
improvement: increase
target: {green: 90%, amber: 50%}
"""
ALL_DECIDED = """\
title: Contacts decided at all
table: contacts
period: received_at
measure: proportion
met: decided_at is not null
improvement: increase
target: {green: 90%}
"""
RECEIVED = "title: Contacts received\ntable: contacts\nperiod: received_at\nmeasure: count\n"
REVIEWS = (
    "key: review_id\nhappened: held_on\ncolumns: {review_id: {type: text}, held_on: {type: date, required: true}}\n"
)
REVIEWED = "title: Reviews held\ntable: reviews\nperiod: held_on\nmeasure: count\n"
BOARD = """\
title: Inspection of March 2019
since: 2019-02
points:
  - words: Sustained improvement
    evidence: No indicator shows this.
  - words: Decisions in time
    paragraphs: [3, 5]
    indicators: [all_decided, decided]
    supporting: [received]
  - words: Reviews
    paragraphs: 8
    indicators: reviewed
"""
SAID = """\
---
by: Head of improvement
points:
  - {point: 2, assessed: amber, next: Second decision maker, who: A. Manager, when: 2019-05-31}
  - {point: 1, next: Audit again, when: 2019-06-30}
actions:
  - {what: Challenge meeting, who: Director, when: 2019-04-01, state: started}
  - {what: Publish the plan, state: done}
---
"""
IN_TIME = {"01": 10, "02": 5, "03": 9, "04": 10, "05": 4}  # of ten contacts in each month of 2019


def contacts() -> Iterator[str]:
    yield "contact_id,received_at,decided_at"
    for month, in_time in IN_TIME.items():
        for day in range(1, 11):
            decided = f"{day:02} 10:00" if day <= in_time else f"{day + 3:02} 10:00"
            yield f"C{month}{day:02},2019-{month}-{day:02} 09:00,2019-{month}-{decided}"


FILES = {
    "indicators/tables/contacts.yaml": TABLE,
    "indicators/tables/reviews.yaml": REVIEWS,
    "indicators/decided.yaml": DECIDED,
    "indicators/all_decided.yaml": ALL_DECIDED,
    "indicators/received.yaml": RECEIVED,
    "indicators/reviewed.yaml": REVIEWED,
    "indicators/boards/inspection.yaml": BOARD,
    "commentary/2019-04/inspection.md": SAID,
    "data/contacts.csv": "".join(f"{line}\n" for line in contacts()),
    "data/extract.toml": 'extracted_at = 2019-06-03T07:00:00\nsource = "Test"\n',
    "sgkpi.toml": 'data = "data"\ncatalogue = "indicators"\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path, name, text)
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def board(project: Path, *arguments: str, **env: str) -> Ran:
    ran = run("board", *arguments, cwd=project, env=env)
    assert ran.code == 0, ran.stderr
    return ran


def points(project: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(board(project, "--json", *arguments).stdout)["points"]
    return found


def test_json_has_the_points_with_what_is_shown_of_them(project: Path) -> None:
    answer = json.loads(board(project, "--month", "2019-05", "--json").stdout)
    assert list(answer) == [
        "schema", "sgkpi", "as_of", "as_of_source", "extract", "board", "month", "commentary", "definitions",
        "unavailable", "unavailable_breakdowns", "cautions", "actions", "points",
    ]  # fmt: skip
    assert (answer["schema"], answer["month"]) == ("sgkpi.board/1", "2019-05")
    named = {key: answer["board"][key] for key in ("name", "title", "since")}
    assert named == {"name": "inspection", "title": "Inspection of March 2019", "since": "2019-02"}
    evidence, decided, reviews = answer["points"]
    assert {key: evidence[key] for key in ("point", "words", "paragraphs", "evidence", "shown", "now", "figures")} == {
        "point": 1, "words": "Sustained improvement", "paragraphs": [], "evidence": "No indicator shows this.",
        "shown": None, "now": None, "figures": [],
    }  # fmt: skip
    assert "indicators" not in evidence
    assert "evidence" not in decided
    assert {key: value for key, value in decided.items() if key != "figures"} == {
        "point": 2, "words": "Decisions in time", "paragraphs": [3, 5],
        "indicators": ["all_decided", "decided"], "supporting": ["received"],
        "shown": "decided", "at_inspection": 0.5, "now": 0.4, "status": "complete", "rating": "RED",
        "rating_firm": True,
        "direction": None, "direction_month": None, "no_direction": "too_few_points",
        "months_in_target": 3, "months_rated": 5,  # January, March and April; December has no case
        "assessed": "amber", "assessed_month": "2019-04", "next": "Second decision maker", "who": "A. Manager",
        "when": "2019-05-31", "was_due": True, "next_month": "2019-04",
    }  # fmt: skip
    assert [each["indicator"] for each in decided["figures"]] == ["decided", "all_decided", "received"]
    assert [each["role"] for each in decided["figures"]] == ["lead", "lead", "supporting"]
    assert [each["now"] for each in decided["figures"]] == [0.4, 1, 10]
    assert (reviews["shown"], reviews["rating"], reviews["figures"][0]["now"]) == (None, None, None)
    assert reviews["figures"][0]["unavailable"] == answer["unavailable"][0]["reason"]
    assert answer["actions"] == [
        {
            "what": "Challenge meeting", "who": "Director", "when": "2019-04-01", "state": "started",
            "month": "2019-04", "was_due": True,
        }
    ]  # fmt: skip


def test_both_engines_give_the_same_board(project: Path) -> None:
    one, other = (board(project, "--json", "--engine", each).stdout for each in ("duckdb", "reference"))
    assert one == other


def test_in_its_own_month_a_done_action_is_listed_too(project: Path) -> None:
    answer = json.loads(board(project, "--month", "2019-04", "--json").stdout)
    assert [(each["what"], each["state"]) for each in answer["actions"]] == [
        ("Challenge meeting", "started"), ("Publish the plan", "done"),
    ]  # fmt: skip


def test_a_month_before_what_was_said_and_before_the_inspection(project: Path) -> None:
    decided = points(project, "--month", "2019-01")[1]
    assert (decided["at_inspection"], decided["now"], decided["assessed"]) == (None, 1, None)
    assert decided["rating"] == "GREEN"
    assert decided["shown"] == "all_decided"  # both are green: the first


def test_as_of_decides_what_was_due(project: Path) -> None:
    decided = points(project, "--month", "2019-05", "--as-of", "2019-05-31")[1]
    assert decided["was_due"] is False
    assert points(project, "--month", "2019-05", "--as-of", "2019-06-01")[1]["was_due"] is True


def test_the_screen_says_all_of_it_at_every_width(project: Path) -> None:
    for width in ("120", "80", "60", "40"):
        text = board(project, "--month", "2019-05", "--width", width).stdout
        assert max(map(len, text.splitlines())) <= int(width)
        said = " ".join(text.split())
        for words in (
            "Inspection of March 2019: May 2019", "2. Decisions in time (paragraphs 3 and 5)", "Contacts received",
            "(supporting)", "50.0%", "40.0%", "RED", "Too few months", "3 of 5", "cannot be computed",
            "Evidence: No indicator shows this.", "amber (written in April 2019)",
            "Second decision maker (A. Manager, was due 31 May 2019)",
            "Audit again (by 30 June 2019, written in April 2019)", "Not assessed yet: points 1 and 3.",
            "Was due: 1 April 2019", "No status of a point is worked out", "Cannot be computed: reviewed:",
        ):  # fmt: skip
            assert " ".join(words.split()) in said, (width, words, text)
        assert "Hidden for lack of width" not in said


def test_side_by_side_where_there_is_room(project: Path) -> None:
    lines = board(project, "--month", "2019-05", "--width", "120").stdout.splitlines()
    (row,) = (line for line in lines if line.startswith("Contacts decided within 24 hours"))
    assert row.split()[5:] == ["50.0%", "40.0%", "RED", "Too", "few", "months", "3", "of", "5"]


def test_at_the_month_of_the_inspection_nothing_is_compared(project: Path) -> None:
    text = board(project, "--month", "2019-02").stdout
    assert "(inspection)" not in text
    assert "February 2019 is the month that the inspection saw." in text
    assert "No point is assessed yet: write it in 2019-02/inspection.md of the folder of commentary." in text
    assert "The inspection saw February 2019, a later month." in board(project, "--month", "2019-01").stdout


def test_in_a_pipe_there_is_no_colour_and_cp1252_will_do(project: Path) -> None:
    ran = run_process("board", "--month", "2019-05", cwd=project, encoding="cp1252")
    assert ran.code == 0
    assert b"\x1b" not in ran.raw
    assert "3 of 5" in ran.stdout
    plain = board(project, "--month", "2019-05", "--plain").stdout
    assert "In target, 6 months: 3 of 5" in plain
    assert plain.isascii()


def test_rows_for_spreadsheets(project: Path) -> None:
    rows = list(csv.DictReader(StringIO(board(project, "--month", "2019-05", "--csv").stdout)))
    assert [(row["point"], row["indicator"], row["role"], row["shown"]) for row in rows] == [
        ("1", "", "", ""),
        ("2", "decided", "lead", "true"),
        ("2", "all_decided", "lead", "false"),
        ("2", "received", "supporting", "false"),
        ("3", "reviewed", "lead", "false"),
    ]
    assert (rows[1]["at_inspection"], rows[1]["now"], rows[1]["assessed"]) == ("0.5", "0.4", "amber")
    board(project, "--month", "2019-05", "-o", "board.xlsx")
    sheet = openpyxl.load_workbook(BytesIO((project / "board.xlsx").read_bytes()))["board"]
    header = [cell.value for cell in sheet[1]]
    now = sheet.cell(3, header.index("now") + 1)
    assert (now.value, now.number_format) == (0.4, "#,##0.0%")
    assert sheet.cell(5, header.index("now") + 1).number_format == "#,##0"


def test_markdown(project: Path) -> None:
    text = board(project, "--month", "2019-05", "--format", "md").stdout
    assert "## 2. Decisions in time (paragraphs 3 and 5)" in text
    assert "| Contacts decided within 24 hours | 50.0% | 40.0% | RED | Too few months | 3 of 5 |" in text
    assert "Assessed: amber (written in April 2019)." in text


def test_another_board_by_option_variable_or_setting(project: Path) -> None:
    write(project, "other.yaml", BOARD.replace("Inspection of March 2019", "Peer review"))
    assert "Peer review" in board(project, "--board", "other.yaml").stdout
    assert "Peer review" in board(project, SGKPI_REPORT_BOARD="other.yaml").stdout
    write(project, "sgkpi.toml", FILES["sgkpi.toml"] + '[report]\nboard = "other.yaml"\n')
    assert "Peer review" in board(project).stdout


def test_without_commentary_nobody_says_anything(project: Path) -> None:
    (project / "commentary").rename(project / "said")
    answer = json.loads(board(project, "--json").stdout)
    assert answer["commentary"] is None
    assert all(each["assessed"] is None for each in answer["points"])
    assert json.loads(board(project, "--json", "--commentary", "said").stdout)["points"][1]["assessed"] == "amber"


@pytest.mark.parametrize(
    ("name", "text", "arguments", "code", "said"),
    [
        ("indicators/boards/inspection.yaml", BOARD.replace("[all_decided,", "[al_decided,"), (), 10,
         "boards/inspection.yaml:8: error: no indicator 'al_decided'; did you mean 'all_decided'? [unknown-indicator]"),
        ("indicators/boards/second.yaml", BOARD, (), 2, "has several boards: inspection.yaml, second.yaml; name one"),
        ("commentary/2019-04/inspection.md", SAID.replace("point: 2", "point: 4"), (), 10,
         "commentary/2019-04/inspection.md:4: error: there is no point 4; the board has 3 points [unknown-point]"),
        ("commentary/2019-04/decidet.md", "x", (), 10, "no indicator 'decidet'; did you mean 'decided'? [no-subject]"),
        ("commentary/2019-05/decided.md", "All is well.\nBut for c0107.\n", (), 10,
         "decided.md:2: error: this names a case or a person of the extract; say it without the key [case-key-in-"),
        ("indicators/decided.yaml", "titel: x\n", (), 10, "unknown key 'titel'; did you mean 'title'?"),
        ("data/contacts.csv", "contact_id,received_at,decided_at\n", (), 11, "no row in contacts"),
        ("x", "x", ("--board", "absent.yaml"), 10, "no board at absent.yaml; name a file such as"),
        ("x", "x", ("--commentary", "absent"), 10, "no folder of commentary at absent; create it, or name another"),
        ("x", "x", ("--data", "absent"), 11, "absent"),
        ("x", "x", ("--month", "2019-13"), 2, "'2019-13' is not a month"),
        ("x", "x", ("--month", "2019-01,2019-02"), 2, "give one month, not 2"),
        ("x", "x", ("--month", "2020-01"), 2, "had not begun at the as-of time"),
        ("x", "x", ("--format", "parquet"), 2, "is not one of table, json, csv, md, xlsx"),
        ("x.yaml", BOARD, ("--board", "x.yaml", "--json", "-o", "x.yaml"), 2, "this is the board"),
        ("x", "x", ("--json", "-o", "commentary/2019-04/inspection.md"), 2, "inspection.md"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_shown(
    project: Path, name: str, text: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    write(project, name, text)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    ran = run("board", *arguments, cwd=project)
    assert (ran.code, ran.stdout) == (code, ""), ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "c0107" not in ran.stderr
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_there_may_be_no_board(project: Path) -> None:
    (project / "indicators" / "boards" / "inspection.yaml").unlink()
    (project / "commentary" / "2019-04" / "inspection.md").unlink()
    ran = run("board", cwd=project)
    assert ran.code == 10
    assert "no board in" in ran.stderr


def test_a_board_of_evidence_alone_needs_no_table(project: Path) -> None:
    write(
        project,
        "indicators/boards/inspection.yaml",
        "title: x\nsince: 2019-02\npoints: {words: All, evidence: audit}\n",
    )
    (project / "commentary" / "2019-04" / "inspection.md").unlink()
    text = board(project).stdout
    assert "1. All" in text
    assert "Evidence: audit" in text

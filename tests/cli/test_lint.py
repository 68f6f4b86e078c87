"""`sgkpi lint` as a person runs it: notes, definitions beside broken ones, and boundary cases."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from tests.support.program import run

TABLE = """\
key: [contact_id]
happened: received_at
columns:
  contact_id: {type: text}
  received_at: {type: datetime, required: true}
  decided_at: {type: datetime}
  source: {type: category, codes: {police: [], school: []}}
"""
DECIDED = """\
title: Contacts decided within 24 hours
table: contacts
period: received_at
exclude:
  from_school: "source = 'school'"
measure: proportion
clock: {start: received_at, stop: decided_at, within: 24 hours}
examples:
  - {is: met, contacts: {received_at: 2019-02-04 09:00, decided_at: 2019-02-05 09:00}}
  - {is: not_met, contacts: {received_at: 2019-02-04 09:00, decided_at: 2019-02-05 09:01}}
"""
RECEIVED = """\
title: Contacts received
table: contacts
period: received_at
measure: count
examples:
  - {is: counted, contacts: {received_at: 2019-02-04 09:00}}
"""
BROKEN = """\
title: Broken
table: contacts
period: received_at
measure: count
population: "sauce = 'police' and decidet_at is null"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {"tables/contacts.yaml": TABLE, "decided.yaml": DECIDED, "received.yaml": RECEIVED}
    for name, text in files.items():
        path = tmp_path / "indicators" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "sgkpi.toml").write_text('catalogue = "indicators"\n', encoding="utf-8")
    return tmp_path


def boundaries(project: Path) -> dict[str, dict[str, str]]:
    ran = run("lint", "decided", "--boundaries", "--csv", cwd=project)
    assert ran.code == 0, ran.stderr
    return {row["situation"]: row for row in csv.DictReader(StringIO(ran.stdout))}


def test_notes_name_the_branches_that_no_example_reaches(project: Path) -> None:
    ran = run("lint", cwd=project)
    assert ran.stdout.splitlines() == [
        (
            "indicators/decided.yaml:5: note: 'exclude.from_school': no example is excluded (from_school) "
            "[unreached-branch]"
        ),
        (
            "indicators/decided.yaml:7: note: 'clock': no example is overdue, not_due or unknown "
            "(no_time_of_day or stop_before_start) [unreached-branch]"
        ),
        "2 indicators, 3 examples: 0 errors, 0 warnings, 2 notes",
    ]
    assert ran.code == 0


def test_every_fault_of_an_expression_is_shown_and_other_examples_are_run(project: Path) -> None:
    (project / "indicators" / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    wrong = RECEIVED.replace("is: counted", "is: unknown")
    (project / "indicators" / "received.yaml").write_text(wrong, encoding="utf-8")
    ran = run("lint", "broken", "received", cwd=project)
    assert ran.stdout.splitlines() == [
        (
            "indicators/broken.yaml:5: error: no column 'decidet_at' in table 'contacts'; did you mean 'decided_at'? "
            "[unknown-column]"
        ),
        "    sauce = 'police' and decidet_at is null",
        "                         ^^^^^^^^^^",
        (
            "indicators/broken.yaml:5: error: no column 'sauce' in table 'contacts'; did you mean 'source'? "
            "[unknown-column]"
        ),
        "    sauce = 'police' and decidet_at is null",
        "    ^^^^^",
        "indicators/received.yaml:6: error: this example should be unknown, but is counted [example-fails]",
        "1 indicator, 1 example: 3 errors, 0 warnings",
    ]
    assert ran.code == 1


def test_an_id_that_there_is_not_is_still_named(project: Path) -> None:
    (project / "indicators" / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    ran = run("lint", "recieved", cwd=project)
    assert ran.code == 10
    assert "no indicator 'recieved'; did you mean 'received'?" in ran.stderr


@pytest.mark.parametrize(
    ("situation", "start", "stop", "outcome"),
    [
        # 24 hours from Tuesday at ten end on Wednesday at ten.
        ("ordinary days, from a Tuesday: stopped a minute before it is due", "11T10:00", "12T09:59", "met"),
        ("ordinary days, from a Tuesday: stopped exactly when due", "11T10:00", "12T10:00", "met"),
        ("ordinary days, from a Tuesday: stopped a minute later", "11T10:00", "12T10:01", "not_met"),
    ],
)
def test_boundaries_of_an_ordinary_day(project: Path, situation: str, start: str, stop: str, outcome: str) -> None:
    row = boundaries(project)[situation]
    assert (row["start"], row["stop"]) == (f"2019-06-{start}:00", f"2019-06-{stop}:00")
    assert (row["due"], row["outcome"]) == ("2019-06-12T10:00:00", outcome)


def test_boundaries_when_clocks_change(project: Path) -> None:
    rows = boundaries(project)
    # 13:00 to 14:00 is 25 hours on the clock and 24 in truth, as 31 March has 23; 27 October has 25.
    spring = rows["as clocks go forward, from 30 March: stopped a minute later"]
    assert (spring["start"], spring["stop"], spring["outcome"]) == (
        "2019-03-30T13:00:00", "2019-03-31T14:01:00", "not_met",
    )  # fmt: skip
    autumn = rows["as clocks go back, from 26 October: stopped exactly when due"]
    assert (autumn["start"], autumn["stop"], autumn["outcome"]) == (
        "2019-10-26T14:00:00", "2019-10-27T13:00:00", "met",
    )  # fmt: skip


def test_boundaries_of_cases_that_are_open_or_faulty(project: Path) -> None:
    rows = boundaries(project)
    found = {name: (row["outcome"], row["reason"]) for name, row in list(rows.items())[-7:]}
    assert found == {
        "not stopped: looked at a minute before it is due": ("not_due", ""),
        "not stopped: looked at exactly when due": ("not_due", ""),
        "not stopped: looked at a minute later": ("overdue", ""),
        "start not recorded": ("none", ""),
        "stopped before the start": ("unknown", "stop_before_start"),
        "start without a time of day": ("unknown", "no_time_of_day"),
        "stop without a time of day": ("unknown", "no_time_of_day"),
    }
    assert rows["start not recorded"]["note"] == "in no period: its date is blank"


def test_boundaries_in_every_format(project: Path) -> None:
    written = json.loads(run("lint", "--boundaries", "--json", cwd=project).stdout)
    assert written["schema"] == "sgkpi.boundaries/1"
    decided, received = written["indicators"]
    assert list(decided) == ["indicator", "title", "clock", "why_none", "cases"]
    assert decided["clock"] == "from received_at to decided_at within 24 hours"
    assert decided["cases"][0]["as_of"] == "2020-06-12T09:59"  # a year after the latest date
    assert (received["clock"], received["cases"]) == (None, [])
    assert received["why_none"] == "has no clock, so no case is near a limit"
    ran = run("lint", "--boundaries", "-o", "cases.md", cwd=project)
    assert (ran.code, ran.stdout) == (0, "")
    page = (project / "cases.md").read_text(encoding="utf-8")
    assert "## Contacts decided within 24 hours (decided)" in page
    assert "| 2019-06-11 10:00:00 | 2019-06-12 09:59:00 |" in page
    assert "received has no clock, so no case is near a limit.\n" in page


def test_boundaries_on_the_screen(project: Path) -> None:
    ran = run("lint", "--boundaries", cwd=project)
    (line,) = (each for each in ran.stdout.splitlines() if "looked at a minute later" in each)
    assert line.split("  ")[-1].strip() == "overdue"
    assert "Wed 2019-06-12 10:01" in line
    assert ran.stdout.endswith("\nreceived has no clock, so no case is near a limit\n")


def test_boundaries_beside_a_broken_definition(project: Path) -> None:
    (project / "indicators" / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    ran = run("lint", "decided", "broken", "--boundaries", "--csv", cwd=project)
    assert ran.code == 1
    assert "indicators/broken.yaml:5: error:" in ran.stderr
    assert len(ran.stdout.splitlines()) > 20


def test_problems_as_csv_and_markdown(project: Path) -> None:
    (first, *_) = csv.DictReader(StringIO(run("lint", "--csv", cwd=project).stdout))
    assert (first["path"], first["line"], first["severity"]) == ("indicators/decided.yaml", "5", "note")
    assert run("lint", "received", "--csv", cwd=project).stdout == "path,line,severity,message,code,detail\n"
    assert run("lint", "--format", "md", cwd=project).stdout.startswith("| Path | Line | Severity |")


BOARD = "title: Inspection\nsince: 2019-02\npoints:\n  - {words: Decisions in time, indicators: [decided]}\n"


def test_a_board_is_checked_and_named_ids_get_no_notes_of_it(project: Path) -> None:
    board = project / "indicators" / "boards" / "inspection.yaml"
    board.parent.mkdir()
    board.write_text(BOARD, encoding="utf-8")
    note = "indicators/boards/inspection.yaml:3: note: in no point: received [in-no-point]"
    assert note in run("lint", cwd=project).stdout.splitlines()
    assert run("lint", "received", cwd=project).stdout == "1 indicator, 1 example: no problems\n"
    board.write_text(BOARD.replace("decided", "dicided"), encoding="utf-8")
    ran = run("lint", "received", cwd=project)
    assert "inspection.yaml:4: error: no indicator 'dicided'; did you mean 'decided'? [unknown-" in ran.stdout
    assert ran.code == 1


def test_where_definitions_and_the_board_name_different_points(project: Path) -> None:
    board = project / "indicators" / "boards" / "inspection.yaml"
    board.parent.mkdir()
    board.write_text(BOARD + "  - {words: Heard, indicators: [\n    received]}\n", "utf-8")
    assert "[answers-differ]" not in run("lint", cwd=project).stdout  # no definition says what it answers
    decided = project / "indicators" / "decided.yaml"
    decided.write_text(decided.read_text("utf-8") + "answers:\n  paragraphs: 3\n  points: [2, 7]\n", "utf-8")
    ran = run("lint", cwd=project)
    last = len(decided.read_text("utf-8").splitlines())
    differences = [line for line in ran.stdout.splitlines() if line.endswith("[answers-differ]")]
    answered = f"indicators/decided.yaml:{last}: warning: decided answers point"
    answers = "whose `answers` in indicators/{}.yaml do not have this point [answers-differ]"
    assert differences == [
        f"indicators/boards/inspection.yaml:4: warning: point 1 lists decided, {answers.format('decided')}",
        f"indicators/boards/inspection.yaml:6: warning: point 2 lists received, {answers.format('received')}",
        f"{answered} 2, but indicators/boards/inspection.yaml does not list it there [answers-differ]",
        f"{answered} 7, but indicators/boards/inspection.yaml has 2 points [answers-differ]",
    ]
    assert ran.code == 0
    second = board.with_name("second.yaml")
    second.write_text(board.read_text("utf-8"), "utf-8")
    assert "[answers-differ]" not in run("lint", cwd=project).stdout  # of two boards, which one is meant?


def test_commentary_beside_the_definitions_is_checked(project: Path) -> None:
    file = project / "commentary" / "2019-02" / "decidet.md"
    file.parent.mkdir(parents=True)
    file.write_text("Two of three were on leave.", encoding="utf-8")
    ran = run("lint", cwd=project)
    problem = "commentary/2019-02/decidet.md: error: no indicator 'decidet'; did you mean 'decided'? [no-subject]"
    assert problem in ran.stdout.splitlines()
    assert ran.code == 1
    file.rename(file.with_name("decided.md"))
    assert run("lint", cwd=project).code == 0
    assert run("lint", "-o", "commentary/2019-02/decided.md", cwd=project).code == 2
    assert file.with_name("decided.md").read_text(encoding="utf-8") == "Two of three were on leave."


@pytest.mark.parametrize("way", ["option", "variable", "setting"])
def test_commentary_may_lie_elsewhere(project: Path, way: str) -> None:
    file = project / "said" / "2019-02" / "nothing.md"
    file.parent.mkdir(parents=True)
    file.write_text("x", encoding="utf-8")
    arguments = ("--commentary", "said") if way == "option" else ()
    env = {"SGKPI_COMMENTARY": "said"} if way == "variable" else {}
    if way == "setting":
        settings = project / "sgkpi.toml"
        settings.write_text(settings.read_text(encoding="utf-8") + 'commentary = "said"\n', encoding="utf-8")
    ran = run("lint", *arguments, cwd=project, env=env)
    assert (ran.code, "said/2019-02/nothing.md: error: no indicator 'nothing'" in ran.stdout) == (1, True)
    file.parent.parent.rename(project / "gone")
    ran = run("lint", *arguments, cwd=project, env=env)
    assert ran.code == 10
    assert "no folder of commentary at" in ran.stderr


def test_commentary_on_a_broken_definition_or_board_has_a_subject(project: Path) -> None:
    for name, text in {
        "indicators/broken.yaml": BROKEN,
        "indicators/boards/inspection.yaml": BOARD.replace("words", "word"),
        "commentary/2019-02/broken.md": "x",
        "commentary/2019-02/inspection.md": "---\npoints: {point: 9, assessed: red}\n---\n",
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    ran = run("lint", cwd=project)
    assert "commentary/" not in ran.stdout
    assert ran.code == 1


def test_a_mistake_in_benchmarks_is_one_of_the_definitions(project: Path) -> None:
    """An error of lint, beside which all else is checked; exit code 10 elsewhere."""
    header = "indicator,area,period_kind,period,value,source,differs,note\n"
    wrong = "decidde,England,financial_year,2017-18,82.7%,DfE,,\n"
    (project / "indicators" / "benchmarks.csv").write_text(header + wrong, encoding="utf-8")
    message = "indicators/benchmarks.csv:2: error: no indicator 'decidde'; did you mean 'decided'? [benchmarks]"
    ran = run("lint", cwd=project)
    assert (ran.code, ran.stdout.splitlines()[0]) == (1, message)
    assert ran.stdout.splitlines()[-1] == "2 indicators, 3 examples: 1 error, 0 warnings, 2 notes"
    ran = run("list", cwd=project)
    assert (ran.code, ran.stdout) == (10, "")
    assert message in ran.stderr

"""`compute` from end to end: a small extract and catalogue, figures worked out by hand."""

import csv
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from io import StringIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len

from tests.support.program import SOURCES, run, run_process

TABLE = """\
description: Requests for a service about a child
key: [contact_id]
happened: received_at
columns:
  contact_id: {type: text}
  received_at: {type: datetime, required: true}
  decided_at: {type: datetime}
  team: {type: text}
"""
DECIDED = """\
title: Contacts decided within 24 hours
question: Of the contacts received in the month, how many had a decision recorded within 24 hours?
theme: help_and_protection
table: contacts
period: received_at
measure: proportion
clock: {start: received_at, stop: decided_at, within: 24 hours}
by: [team]
improvement: increase
target: {green: 90%, amber: 60%}
basis: ["A made-up rule"]
owner: Somebody
review_by: 2099-03-31
examples:
  - {is: met, contacts: {received_at: 2019-02-04 09:00, decided_at: 2019-02-05 09:00}}
"""
RECEIVED = """\
title: Contacts received
theme: help_and_protection
table: contacts
period: received_at
measure: count
improvement: none
basis: ["A made-up rule"]
owner: Somebody
review_by: 2099-03-31
examples:
  - {is: counted, contacts: {received_at: 2019-02-04 09:00}}
"""
# January: one of two in time. February: two of three in time (1 and 2), one late (3), one without a time of day (4).
CONTACTS = """\
contact_id,received_at,decided_at,team
a,2019-01-07 09:00,2019-01-07 10:00,North
b,2019-01-08 09:00,2019-01-10 10:00,North
1,2019-02-04 09:00,2019-02-05 09:00,North
2,2019-02-05 09:00,2019-02-05 12:00,Zoë’s
3,2019-02-06 09:00,2019-02-07 09:01,North
4,2019-02-07,2019-02-07 12:00,North
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose settings name its data and its catalogue."""
    (tmp_path / "indicators" / "tables").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    texts = {
        "indicators/tables/contacts.yaml": TABLE,
        "indicators/decided.yaml": DECIDED,
        "indicators/received.yaml": RECEIVED,
        "data/contacts.csv": CONTACTS,
        "data/extract.toml": 'extracted_at = 2019-03-04T07:00:00\nsource = "By hand"\n',
        "sgkpi.toml": 'data = "data"\ncatalogue = "indicators"\n',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


class TestData:
    def test_csv_on_stdout_and_all_else_on_stderr(self, project: Path) -> None:
        ran = run("compute", "decided", "--month", "2019-02", "--csv", cwd=project)
        assert ran.code == 0, ran.stderr
        (row,) = csv.DictReader(StringIO(ran.stdout))
        assert (row["met"], row["not_met"], row["unknown"], row["denominator"]) == ("2", "1", "1", "3")
        assert row["value"] == repr(2 / 3)
        assert row["rating"] == "AMBER"
        assert "As of 2019-03-04 07:00 (from extract.toml)" in ran.stderr

    def test_the_month_defaults_to_the_last_complete_one(self, project: Path) -> None:
        read = json.loads(run("compute", "--json", cwd=project).stdout)
        assert {figure["period"] for figure in read["figures"]} == {"2019-02"}
        assert read["as_of_source"] == "extract.toml"
        assert read["extract"]["source"] == "By hand"

    def test_only_what_is_asked_for_is_in_data(self, project: Path) -> None:
        ran = run("compute", "received", "--month", "2019-02", "--history", "1", "--json", cwd=project)
        figures = json.loads(ran.stdout)["figures"]
        assert [(figure["period"], figure["value"]) for figure in figures] == [("2019-01", 2), ("2019-02", 4)]

    def test_periods_and_breakdowns(self, project: Path) -> None:
        ran = run("compute", "decided", "--period", "month,quarter", "--by", "team", "--csv", cwd=project)
        rows = [(r["period"], r["category"], r["met"]) for r in csv.DictReader(StringIO(ran.stdout))]
        assert rows == [
            ("2019-02", "", "2"),
            ("2019-02", "North", "1"),
            ("2019-02", "Zoë’s", "1"),
            ("2018-19 Q4", "", "3"),
            ("2018-19 Q4", "North", "2"),
            ("2018-19 Q4", "Zoë’s", "1"),
        ]

    def test_the_as_of_time_can_be_given(self, project: Path) -> None:
        ran = run("compute", "received", "--month", "2019-02", "--as-of", "2019-02-05", "--json", cwd=project)
        read = json.loads(ran.stdout)
        assert read["as_of"] == "2019-02-05T23:59:59.999999"
        assert read["as_of_source"] == "option"
        assert [(f["value"], f["status"]) for f in read["figures"]] == [(2, "provisional")]

    @pytest.mark.parametrize("name", ["f.csv", "f.json", "f.md", "f.parquet", "f.xlsx", "f.txt"])
    def test_a_file_holds_what_stdout_would(self, project: Path, name: str) -> None:
        ran = run("compute", "--by", "all", "-o", name, cwd=project)
        assert (ran.code, ran.stdout) == (0, ""), ran.stderr
        format_ = name.removeprefix("f.").replace("txt", "table")
        assert (project / name).read_bytes() == run("compute", "--by", "all", "--format", format_, cwd=project).raw

    def test_parquet(self, project: Path) -> None:
        run("compute", "-o", "f.parquet", cwd=project)
        values = pq.read_table(project / "f.parquet").column("value").to_pylist()
        assert values == [2 / 3, 4.0]

    def test_the_same_bytes_every_time(self, project: Path) -> None:
        assert run("compute", "--json", cwd=project).raw == run("compute", "--json", cwd=project).raw

    def test_environment_wins_over_the_settings(self, project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        nowhere = tmp_path_factory.mktemp("nowhere")
        assert run("compute", cwd=project, env={"SGKPI_DATA": str(nowhere)}).code == 11
        elsewhere = {"SGKPI_DATA": str(project / "data"), "SGKPI_CATALOGUE": str(project / "indicators")}
        assert run("compute", cwd=nowhere, env=elsewhere).code == 0


def _without_control(line: str) -> str:
    """A line as it stands on the screen: the progress bar moves the cursor."""
    return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", line)


class TestScreen:
    def test_in_a_pipe_a_whole_table_without_colour(self, project: Path) -> None:
        ran = run("compute", "--month", "2019-02", cwd=project)
        (line,) = (each for each in ran.stdout.splitlines() if each.startswith("Contacts decided"))
        # The unknown case, one of four, might make it 2/4, red. January was one of two; the year to date three of five.
        assert line.split()[5:] == [
            "66.7%", "u", "2/3", "50.0%", "-", "60.0%", "90%", "AMBER", "so", "far", "▲", "up", "0", "1",
            "▁█", "decided",
        ]  # fmt: skip
        assert "\x1b" not in ran.stdout
        assert "Could not be judged: 1 has no time of day: decided" in ran.stdout

    def test_where_stdout_is_cp1252(self, project: Path) -> None:
        ran = run_process("compute", "--by", "team", cwd=project, encoding="cp1252")
        assert ran.code == 0, ran.stderr
        assert "Zoë’s" in ran.stdout
        assert "up" in ran.stdout.split()

    def test_where_stdout_is_ascii(self, project: Path) -> None:
        assert "Zo?'s" in run_process("compute", "--by", "team", cwd=project, encoding="ascii").stdout

    @pytest.mark.parametrize("width", [60, 80, 100, 200])
    def test_on_a_terminal_no_line_is_too_long_and_no_value_cut(self, project: Path, width: int) -> None:
        shown = on_terminal("compute", "--by", "team", cwd=project, width=width, NO_COLOR="1")
        assert "\x1b[1;3" not in shown
        assert max(cell_len(_without_control(line)) for line in shown.splitlines()) <= width
        for value in ("66.7%", "2/3", "AMBER", "100.0%", "50.0%"):
            assert value in shown

    def test_on_a_terminal_a_rating_has_a_colour_beside_its_word(self, project: Path) -> None:
        assert "\x1b[1;33mAMBER" in on_terminal("compute", cwd=project, width=120)

    def test_parquet_on_a_terminal_is_refused(self, project: Path) -> None:
        assert "name a file, as -o" in on_terminal("compute", "--format", "parquet", cwd=project, width=80)

    def test_a_reader_that_has_seen_enough_is_no_fault(self, project: Path) -> None:
        command = f"{sys.executable} -m sgkpi list --json | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        assert done.stdout == "0\n"


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (["compute", "decidid"], 10, "did you mean 'decided'"),
            (["compute", "--month", "2019-04"], 2, "2019-04"),
            (["compute", "--by", "taem"], 2, "did you mean 'team'"),
            (["compute", "received", "--by", "team"], 2, "no breakdown 'team'"),
            (["compute", "--data", "missing"], 11, "missing"),
            (["compute", "--catalogue", "missing"], 10, "missing"),
            (["compute", "--as-of", "2001-01-01", "--month", "2000-12"], 2, "choose a later one"),
            (["explain", "dezided"], 10, "did you mean 'decided'"),
            (["lint", "--catalogue", "missing"], 10, "missing"),
        ],
    )
    def test_a_message_and_a_code(self, arguments: list[str], code: int, said: str, project: Path) -> None:
        ran = run(*arguments, cwd=project)
        assert ran.code == code, ran.stderr
        assert said in ran.stderr
        assert ran.stdout == ""
        assert "Traceback" not in ran.stderr

    def test_an_indicator_that_is_named_and_cannot_be_computed(self, project: Path) -> None:
        (project / "data" / "contacts.csv").write_text("contact_id,received_at\n1,2019-02-04 09:00\n", encoding="utf-8")
        named = run("compute", "decided", cwd=project)
        assert named.code == 11
        assert "contacts.decided_at" in named.stderr
        every = run("compute", "--csv", cwd=project)
        assert every.code == 0
        assert "warning: decided cannot be computed: needs contacts.decided_at" in every.stderr
        assert [row["indicator"] for row in csv.DictReader(StringIO(every.stdout))] == ["received"]

    def test_a_failed_run_leaves_the_file_that_was_there(self, project: Path) -> None:
        (project / "f.csv").write_text("before", encoding="utf-8")
        assert run("compute", "nothing", "-o", "f.csv", cwd=project).code == 10
        assert (project / "f.csv").read_text(encoding="utf-8") == "before"


class TestDefinitions:
    def test_list(self, project: Path) -> None:
        assert json.loads(run("list", "--json", cwd=project).stdout) == [
            {
                "id": "decided",
                "title": "Contacts decided within 24 hours",
                "theme": "help_and_protection",
                "measure": "proportion",
                "by": ["team"],
                "paragraphs": [],
                "points": [],
            },
            {
                "id": "received",
                "title": "Contacts received",
                "theme": "help_and_protection",
                "measure": "count",
                "by": [],
                "paragraphs": [],
                "points": [],
            },
        ]
        lines = run("list", "--csv", cwd=project).stdout.splitlines()
        assert lines[0] == "id,title,theme,measure,by,paragraphs,points"
        assert lines[1] == "decided,Contacts decided within 24 hours,help_and_protection,proportion,team,,"
        assert run("list", cwd=project).stdout.splitlines()[2:4] == [
            "Help and protection",
            "Contacts decided within 24 hours  decided   proportion  90% or more  team",
        ]
        assert "| decided | Contacts decided within 24 hours |" in run("list", "--format", "md", cwd=project).stdout

    def test_explain_takes_a_unique_beginning(self, project: Path) -> None:
        shown = run("explain", "dec", cwd=project).stdout
        assert shown.startswith("Contacts decided within 24 hours (decided)\n")
        assert "A made-up rule" in shown
        assert "SELECT" in shown
        assert "SELECT" not in run("explain", "dec", "--no-sql", cwd=project).stdout

    def test_explain_with_a_beginning_of_several(self, project: Path) -> None:
        (project / "indicators" / "decades.yaml").write_text(RECEIVED, encoding="utf-8")
        ran = run("explain", "dec", cwd=project)
        assert ran.code == 10
        assert "several indicators: decades, decided" in ran.stderr

    def test_lint_without_problems(self, project: Path) -> None:
        others = [
            "{is: not_met, contacts: {received_at: 2019-02-04 09:00, decided_at: 2019-02-05 09:01}}",
            "{is: not_due, contacts: {received_at: 2019-02-04 09:00}, as_of: 2019-02-04 10:00}",
            "{is: overdue, contacts: {received_at: 2019-02-04 09:00}, as_of: 2019-02-06 10:00}",
            "{is: unknown, because: no_time_of_day, contacts: {received_at: 2019-02-04}}",
            (
                "{is: unknown, because: stop_before_start, "
                "contacts: {received_at: 2019-02-04 09:00, decided_at: 2019-02-04 08:00}}"
            ),
        ]
        whole = DECIDED + "".join(f"  - {each}\n" for each in others)
        (project / "indicators" / "decided.yaml").write_text(whole, encoding="utf-8")
        ran = run("lint", cwd=project)
        assert (ran.code, ran.stdout) == (0, "2 indicators, 7 examples: no problems\n"), ran.stderr

    def test_lint_with_errors_is_a_no(self, project: Path) -> None:
        wrong = DECIDED.replace("stop: decided_at", "stop: decided_ta")
        (project / "indicators" / "decided.yaml").write_text(wrong, encoding="utf-8")
        ran = run("lint", cwd=project)
        assert ran.code == 1
        assert "decided.yaml:7: error:" in ran.stdout
        assert "did you mean 'decided_at'" in ran.stdout
        read = json.loads(run("lint", "--format", "json", cwd=project).stdout)
        assert read["schema"] == "sgkpi.lint/1"
        assert read["problems"][0]["line"] == 7


def on_terminal(*arguments: str, cwd: Path, width: int, **env: str) -> str:
    """What a person sees on a terminal of this width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    environment = {**kept, "PYTHONPATH": str(SOURCES), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color", **env}
    command = [sys.executable, "-m", "sgkpi", *arguments]
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 65536):
            seen += part
    except OSError:  # the terminal is closed when the program ends
        pass
    finally:
        os.close(ours)
        process.wait(timeout=60)
    return seen.decode().replace("\r\n", "\n")

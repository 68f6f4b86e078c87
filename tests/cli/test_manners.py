"""How a command speaks: its pager, its width, --quiet, beginnings of ids, and files that cannot be written."""

import csv
import os
import pty
import struct
import subprocess
import sys
from fcntl import ioctl
from io import StringIO
from pathlib import Path
from termios import TIOCSWINSZ

import pytest
from rich.cells import cell_len

from sgkpi.cli.output import choose_output
from sgkpi.model.errors import UsageError
from tests.support.casework import write_project
from tests.support.program import environment, run

PAGER = 'printf "PAGED %s\\n" "$LESS"; cat'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pager").write_text(f"#!/bin/sh\n{PAGER}\n", encoding="utf-8")
    (tmp_path / "pager").chmod(0o755)
    return write_project(tmp_path)


def on_terminal(arguments: str, folder: Path, rows: int = 24, columns: int = 80, **more: str) -> str:
    """What a terminal of this size shows of stdout."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    command = [sys.executable, "-m", "sgkpi", *arguments.split()]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment({"TERM": "xterm", "NO_COLOR": "1", **more}),
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    assert process.wait(timeout=60) == 0
    return shown.decode().replace("\r\n", "\n")


class TestPager:
    def test_a_long_screen_is_paged_as_git_does_it(self, project: Path) -> None:
        shown = on_terminal("show decided --month 2019-02", project, PAGER=str(project / "pager"))
        assert shown.startswith("PAGED FRX\nContacts decided within 24 hours (decided)\n")
        assert max(map(cell_len, shown.splitlines())) <= 80

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("options", "rows", "variables"),
        [
            (" --no-pager", 24, {}),
            ("", 200, {}),  # there is room for it
            ("", 24, {"PAGER": ""}),
            ("", 24, {"PAGER": "cat"}),
            ("", 24, {"PAGER": "no-such-program"}),
            ("", 24, {"PAGER": "'"}),
            ("", 24, {"TERM": "dumb"}),
            (" -o show.txt", 24, {}),
        ],
    )
    def test_it_is_printed_otherwise(self, options: str, rows: int, variables: dict[str, str], project: Path) -> None:
        variables = {"PAGER": str(project / "pager"), **variables}
        shown = on_terminal(f"show decided --month 2019-02{options}", project, rows, **variables)
        if "-o" in options:
            shown = (project / "show.txt").read_text("utf-8")
        assert shown.startswith("Contacts decided within 24 hours (decided)\n")

    def test_nothing_is_paged_in_a_pipe(self, project: Path) -> None:
        ran = run("show", "decided", cwd=project, env={"PAGER": str(project / "pager")})
        assert ran.stdout.startswith("Contacts decided")


class TestWidth:
    @pytest.mark.parametrize("columns", [40, 60, 80])
    def test_a_pipe_has_the_width_of_columns(self, columns: int, project: Path) -> None:
        ran = run("show", "decided", cwd=project, env={"COLUMNS": str(columns)})
        assert max(map(cell_len, ran.stdout.splitlines())) <= columns

    @pytest.mark.parametrize("columns", ["", "x", "0", "-1"])
    def test_columns_that_are_no_number_are_none(self, columns: str, project: Path) -> None:
        ran = run("show", "decided", cwd=project, env={"COLUMNS": columns})
        assert max(map(cell_len, ran.stdout.splitlines())) > 100

    def test_the_option_wins_and_holds_for_a_file_too(self, project: Path) -> None:
        assert max(map(len, run("show", "decided", "--width", "60", cwd=project).stdout.splitlines())) <= 60
        run("show", "decided", "--width", "60", "-o", "show.txt", cwd=project)
        assert max(map(len, (project / "show.txt").read_text("utf-8").splitlines())) <= 60
        assert max(map(len, run("show", "decided", cwd=project).stdout.splitlines())) > 100

    def test_messages_on_a_terminal_are_wrapped_at_words(self, project: Path) -> None:
        ours, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        command = [sys.executable, "-m", "sgkpi", "show", "decided"]
        subprocess.run(
            command,
            cwd=project,
            env=environment({"NO_COLOR": "1"}),
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            check=True,
        )
        os.close(theirs)
        lines = os.read(ours, 65536).decode().splitlines()
        assert len(lines) > 1
        assert max(map(len, lines)) <= 60


def test_warnings_are_of_files_that_the_asked_indicators_use(project: Path) -> None:
    """Reviews are in Windows-1252, and a list of leavers lacks what it needs: neither matters to contacts."""
    (project / "data" / "reviews.csv").write_bytes(b"review_id,person_id,reviewed_on,note\nR1,P1,2018-03-01,\xe9\n")
    (project / "data" / "leavers.csv").write_text("since,since\n", encoding="utf-8")
    said = run("compute", "decided", cwd=project).stderr
    assert "contacts.csv" in said
    assert "reviews.csv" not in said
    assert "leavers.csv" not in said
    for arguments in (["compute"], ["due"]):
        said = run(*arguments, cwd=project).stderr
        assert "reviews.csv: warning: the file is not UTF-8" in said
        assert "leavers.csv: warning: " in said


class TestQuiet:
    @pytest.mark.parametrize("command", ["compute", "show decided", "cases decided", "due", "check contacts", "list"])
    @pytest.mark.parametrize("options", ["", " --json"])
    def test_nothing_is_said_but_the_answer(self, command: str, options: str, project: Path) -> None:
        loud, quiet = (
            run(*f"{command}{options}".split(), cwd=project),
            run(*f"{command}{options} -q".split(), cwd=project),
        )
        assert (quiet.code, quiet.stdout, quiet.stderr) == (loud.code, loud.stdout, "")

    def test_errors_are_said(self, project: Path) -> None:
        assert run("compute", "nothing", "--quiet", cwd=project).stderr.startswith("error: no indicator 'nothing'")


@pytest.mark.parametrize("command", ["compute", "show", "cases", "due", "explain", "lint", "verify"])
class TestBeginnings:
    def test_one_that_is_unique_will_do(self, command: str, project: Path) -> None:
        ran = run(command, "dec", cwd=project)
        assert ran.code == 0, ran.stderr

    def test_one_of_several_names_them(self, command: str, project: Path) -> None:
        (project / "indicators" / "decided_soon.yaml").write_text(
            (project / "indicators" / "decided.yaml").read_text("utf-8"), encoding="utf-8"
        )
        ran = run(command, "dec", cwd=project)
        assert (ran.code, "is the beginning of several indicators: decided, decided_soon" in ran.stderr) == (10, True)
        assert run(command, "decided", cwd=project).code == 0


def test_every_unknown_id_is_named(project: Path) -> None:
    ran = run("compute", "dec,decides,nothing", cwd=project)
    assert "no indicator 'decides'; did you mean 'decided'? no indicator 'nothing'" in ran.stderr


def test_a_name_that_no_file_can_have_is_a_fault_of_the_command_line(project: Path) -> None:
    ran = run("compute", "received", "-o", f"{'x' * 300}.csv", cwd=project)
    assert (ran.code, ran.stderr) == (2, f"error: -o {'x' * 300}.csv: cannot write the file: File name too long\n")


@pytest.mark.skipif(os.getuid() != 0, reason="root alone can be somebody else for a while")
@pytest.mark.parametrize("place", ["f.csv", "deeper/f.csv"])
def test_a_folder_that_may_not_be_looked_into_is_one_too(place: str, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    os.seteuid(65534)
    try:
        with pytest.raises(UsageError, match="cannot write the file: Permission denied"):
            choose_output("compute", None, tmp_path / "closed" / place, plain=False)
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("synth {place}", 2),
        ("report team --each -o {place}", 2),
        ("compute --catalogue {place}", 10),
        ("lint --commentary {place}", 10),
        ("board --board {place}", 10),
        ("compute --data {place}", 11),
        ("snapshot --month 2019-02 --snapshots s --cases {place}", 12),
        ("snapshot --month 2019-02 --snapshots {place}", 12),
        ("diff {place} {place} --snapshots s", 12),
    ],
)
def test_a_place_that_cannot_be_looked_at_ends_with_the_code_of_what_it_was_to_be(
    arguments: str, code: int, project: Path
) -> None:
    """Nobody can look at a path with so long a name, not even root, whom no closed folder stops."""
    assert run("snapshot", "--month", "2019-01", "--snapshots", "s", "--no-cases", cwd=project).code == 0
    ran = run(*arguments.format(place="x" * 300).split(), cwd=project)
    assert (ran.code, "File name too long" in ran.stderr) == (code, True), ran.stderr


def test_a_store_that_cannot_be_looked_at_does_not_stop_a_screen(project: Path) -> None:
    ran = run("compute", "received", "--snapshots", "x" * 300, cwd=project)
    assert (ran.code, "warning: what was published is not shown" in ran.stderr) == (0, True)


class TestTwoBreakdowns:
    @pytest.mark.parametrize(
        ("by", "message"),
        [
            ("team*place", "no breakdown 'place'; these indicators have outcome, team (or 'all')"),
            ("team*team", "'team*team' names a breakdown twice"),
            ("team*", "no breakdown ''; these indicators have outcome, team (or 'all')"),
        ],
    )
    def test_what_cannot_be_asked(self, by: str, message: str, project: Path) -> None:
        ran = run("compute", "--by", by, cwd=project)
        assert (ran.code, ran.stderr) == (2, f"error: {message}\n")

    def test_those_that_no_indicator_has_together(self, project: Path) -> None:
        path = project / "indicators" / "plans.yaml"
        path.write_text(
            path.read_text("utf-8").replace("by: [team]", "by: [{east: \"team = 'East'\"}]"), encoding="utf-8"
        )
        assert (
            "no indicator has all breakdowns of 'outcome*east'"
            in run("compute", "--by", "outcome*east", cwd=project).stderr
        )

    def test_the_screen_and_the_data(self, project: Path) -> None:
        screen = run("compute", "decided", "--month", "2019-02", "--by", "team * outcome", cwd=project).stdout
        assert "  team × outcome: North × referral  " in screen
        assert "  team: " not in screen
        data = run("compute", "decided", "--month", "2019-02", "--by", "team*outcome,team", "--csv", cwd=project).stdout
        names = [row["breakdown"] for row in csv.DictReader(StringIO(data))]
        assert list(dict.fromkeys(names)) == ["", "team", "team*outcome"]
        several = run("compute", "decided", "--month", "2019-02,2019-03", "--by", "team*outcome", cwd=project).stdout
        assert "  team × outcome: North × referral  " in several

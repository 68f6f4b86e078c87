"""The program as a whole: help, version, endings, and what stands on which stream."""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import sgkpi
from sgkpi.cli.complete import complete_ids
from sgkpi.cli.main import COMMANDS
from sgkpi.definitions.bundled import sample_path
from tests.support.catalogue import shipped
from tests.support.program import SOURCES, run, run_process

HEAVY = "pandas pyarrow duckdb sqlglot jinja2 xlsxwriter markdown_it"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_help_of_every_command_has_examples_that_run_it(command: str, tmp_path: Path) -> None:
    shown = run(command, "--help", cwd=tmp_path)
    assert shown.code == 0
    assert shown.stdout.startswith(f"Usage: sgkpi {command}")
    assert f"\n  Examples:\n    sgkpi {command}" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "compute --help",
        "comptue",
        "list --csv",
        "explain nothing",
        "lint --catalogue .",
        "compute --data {sample} --month 2019-02 --json",
        "compute --data {sample} --month 2019-02",
    ],
)
def test_a_run_in_this_process_is_as_one_in_a_process_of_its_own(command: str, tmp_path: Path) -> None:
    """Nearly all tests run the program in their own process; this is what lets them."""
    (tmp_path / "wrong.yaml").write_text("title: Nothing else\n", encoding="utf-8")
    arguments = command.format(sample=sample_path()).split()
    assert run(*arguments, cwd=tmp_path) == run_process(*arguments, cwd=tmp_path)


@pytest.mark.parametrize(
    "command", ["cases", "compute", "diff", "due", "explain", "funnel", "lint", "show", "signals", "verify", "why"]
)
def test_the_examples_of_help_name_indicators_that_there_are(command: str, tmp_path: Path) -> None:
    """The beginning of an id does for one indicator alone, which a catalogue that grows cannot promise."""
    examples = re.findall(rf"^    sgkpi {command}( .*)", run(command, "--help", cwd=tmp_path).stdout, re.MULTILINE)
    words = {word for example in examples for word in example.split(" -")[0].split()}
    named = {word for word in words if re.fullmatch(r"[a-z]\w+", word)}
    assert named
    assert named <= set(shipped().indicators)


def test_every_command_is_documented() -> None:
    page = (SOURCES.parent / "docs" / "cli.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"## `sgkpi {command}" in page


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_has_the_first_line_of_each_help(name: str) -> None:
    command = import_module(f"sgkpi.cli.commands.{name}").run
    assert command.__doc__.splitlines()[0] == COMMANDS[name]


def test_help_works_where_stdout_is_cp1252(tmp_path: Path) -> None:
    assert "Commands:" in run_process("--help", cwd=tmp_path, encoding="cp1252").stdout


def test_version(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"sgkpi {sgkpi.__version__}\n"


@pytest.mark.parametrize("arguments", ["['--help']", "['compute', '--help']", "['--show-completion', 'bash']"])
def test_help_imports_nothing_heavy(arguments: str, tmp_path: Path) -> None:
    code = f"""
import sys
from sgkpi.cli.main import make_app
try:
    make_app()(args={arguments}, prog_name="sgkpi")
except SystemExit:
    print(sorted(set("{HEAVY}".split()) & set(sys.modules)), file=sys.stderr)
"""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip().endswith("[]")


@pytest.mark.parametrize("command", ["compute", "show contacts_decided_24h"])
def test_commands_of_every_day_import_no_library_of_reports(command: str, tmp_path: Path) -> None:
    code = f"""
import atexit, sys
from sgkpi.__main__ import main
libraries = {{"jinja2", "markdown_it", "xlsxwriter"}}
atexit.register(lambda: print(sorted(libraries & set(sys.modules)), file=sys.stderr))
sys.argv = "sgkpi {command} --month 2019-02 --data {sample_path()}".split()
main()
"""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "79.0%" in done.stdout
    assert done.stderr.splitlines()[-1] == "[]"


def test_list_imports_no_engine(tmp_path: Path) -> None:
    code = """
import atexit, sys
from sgkpi.__main__ import main
atexit.register(lambda: print("duckdb" in sys.modules, file=sys.stderr))
sys.argv = ["sgkpi", "list"]
main()
"""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "False"


def test_completion_of_ids_imports_nothing_heavy(tmp_path: Path) -> None:
    write_indicator(tmp_path, "contacts_decided_24h", "Contacts decided within 24 hours")
    code = f"import sys, sgkpi.cli.complete as c; c.complete_ids(''); print(set('{HEAVY}'.split()) & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "SGKPI_CATALOGUE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def write_indicator(folder: Path, name: str, title: str) -> None:
    (folder / f"{name}.yaml").write_text(f"# what it is\ntitle: {title}\nmeasure: count\n", encoding="utf-8")


class TestCompletion:
    def test_ids_come_with_their_titles(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_indicator(tmp_path, "rhi_offered", '"Return interviews offered"')
        write_indicator(tmp_path, "rhi_contacted_72h", "Young people contacted")
        write_indicator(tmp_path, "contacts_decided_24h", "Contacts decided")
        monkeypatch.setenv("SGKPI_CATALOGUE", str(tmp_path))
        assert complete_ids("rhi") == [
            ("rhi_contacted_72h", "Young people contacted"),
            ("rhi_offered", "Return interviews offered"),
        ]

    def test_a_broken_setting_gives_nothing_and_no_message(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "sgkpi.toml").write_text("not toml", encoding="utf-8")
        monkeypatch.delenv("SGKPI_CATALOGUE", raising=False)
        monkeypatch.chdir(tmp_path)
        assert complete_ids("") == []


class TestCommandLine:
    """Exit code 2, and a message that says what to do."""

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["compute"], "--data DIR"),
            (["compute", "--data", ".", "--month", "2019-13"], "'2019-13' is not a month; write it as YYYY-MM"),
            (["compute", "--data", ".", "--as-of", "4 March"], "write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM"),
            (
                ["compute", "--data", ".", "--engine", "spark"],
                "'SGKPI_ENGINE'): 'spark' is not one of duckdb, reference\n",
            ),
            (["check", "--data", ".", "--fail-on", "info"], "'--fail-on': 'info' is not one of error, warning\n"),
            (["show", "x", "--data", ".", "-m", "2019-01", "-m", "2019-02"], "--month: give one month, not 2\n"),
            (["snapshot", "--month", "2019-01", "--month", "2019-02"], "--month: give one month, not 2\n"),
            (["compute", "--data", ".", "--csv", "-o", "-"], "-o -: to write to stdout, omit -o and give --format\n"),
            (["compute", "--data", ".", "--format", "xml"], "is not one of"),
            (["compute", "--data", ".", "--history", "-1"], "--history"),
            (["compute", "--data", ".", "--history", "99999"], "--history"),
            (["compute", "--data", ".", "--month", "0001-01"], "is too early for any extract"),
            (["compute", "--data", ".", "--period", "week"], "use month, quarter"),
            (["compute", "--data", ".", "-o", "figures.doc"], "cannot write .doc files; use one of"),
            (["compute", "--data", ".", "-o", "missing/figures.csv"], "there is no folder 'missing'"),
            (["compute", "--data", ".", "--json", "--csv"], "choose one format: json or csv"),
            (["compute", "--data", ".", "--csv", "-o", "a.json"], "the file is named as json, but the format is csv"),
            (["list", "--json", "-o", "a.parquet"], "the file is named as parquet, but the format is json"),
            (["compute", "--data", ".", "-o", "."], "this is a folder"),
            (["compute", "--data", ".", "--month", ""], "--month: this is empty"),
            (["compute", "--data", ".", ""], "ID: this is empty"),
            (["lint", ","], "ID: this is empty"),
            (["init", "/dev/null/x"], "Not a directory"),
            (["synth", "/dev/null/x"], "Not a directory"),
            (["compute", "--dta", "."], "--data"),
            (["comptue"], "compute"),
            (["synth", "here", "--scale", "0"], "--scale must be a number greater than 0"),
            (["synth", "here", "--scale", "nan"], "--scale must be a number greater than 0"),
        ],
    )
    def test_what_cannot_be(self, arguments: list[str], said: str, tmp_path: Path) -> None:
        ended = run(*arguments, cwd=tmp_path)
        assert ended.code == 2
        assert said in ended.stderr
        assert ended.stdout == ""
        assert "Traceback" not in ended.stderr

    @pytest.mark.skipif(sys.platform == "win32", reason="a folder that is in use cannot be taken away there")
    def test_a_working_directory_that_is_gone_is_said(self, tmp_path: Path) -> None:
        gone = tmp_path / "gone"
        gone.mkdir()
        code = "import os, sys, sgkpi.cli.main as program; os.rmdir(os.getcwd()); program.run()"
        environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
        command = [sys.executable, "-c", code, "list"]
        ended = subprocess.run(command, env=environment, cwd=gone, capture_output=True, text=True, check=False)
        assert ended.returncode == 2
        assert ended.stderr == "error: the working directory no longer exists; change to another one\n"

    @pytest.mark.parametrize("name", ["SGKPI_DATA", "SGKPI_CATALOGUE", "SGKPI_AS_OF", "SGKPI_ENGINE"])
    def test_an_empty_variable_is_as_none(self, name: str, tmp_path: Path) -> None:
        ended = run("compute", cwd=tmp_path, env={name: ""})
        assert (ended.code, ended.stderr.splitlines()[0][:23]) == (2, "error: no extract given")

    def test_synth_never_writes_over_somebodys_extract(self, tmp_path: Path) -> None:
        (tmp_path / "contacts.csv").write_text("real\n", encoding="utf-8")
        ended = run("synth", ".", cwd=tmp_path)
        assert ended.code == 2
        assert "already exists and contains other files" in ended.stderr
        assert (tmp_path / "contacts.csv").read_text(encoding="utf-8") == "real\n"


class TestFaults:
    """A bug: exit 70, and no traceback unless it is asked for."""

    CODE = """
import sys
import sgkpi.cli.main as program
def broken() -> None:
    raise {error}
app = program.make_app([])
app.command("broken")(program._as_command(broken, "broken"))
program.make_app = lambda names=(), for_help=False: app
sys.argv = ["sgkpi", "broken"]
program.run()
"""

    def ended(self, error: str, tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(SOURCES), **env}
        command = [sys.executable, "-c", self.CODE.format(error=error)]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    def test_it_is_said_shortly_and_without_data(self, tmp_path: Path) -> None:
        ended = self.ended("KeyError('a child’s name')", tmp_path)
        assert ended.returncode == 70
        assert "failed: KeyError at" in ended.stderr
        assert "SGKPI_DEBUG=1" in ended.stderr
        assert "child’s name" not in ended.stderr
        assert "Traceback" not in ended.stderr

    def test_the_trace_is_shown_when_asked_for(self, tmp_path: Path) -> None:
        ended = self.ended("KeyError('x')", tmp_path, SGKPI_DEBUG="1")
        assert ended.returncode == 70
        assert "Traceback" in ended.stderr

    def test_an_interruption_is_quiet(self, tmp_path: Path) -> None:
        ended = self.ended("KeyboardInterrupt", tmp_path)
        assert ended.returncode == 130
        assert "Traceback" not in ended.stderr

    def test_a_file_that_the_system_refuses_is_no_fault_of_ours(self, tmp_path: Path) -> None:
        ended = self.ended("PermissionError(13, 'Permission denied', 'contacts.csv')", tmp_path)
        assert ended.returncode == 11
        assert ended.stderr == "error: contacts.csv: Permission denied\n"

    def test_errors_of_the_library_have_their_codes(self, tmp_path: Path) -> None:
        for name, code in {"UsageError": 2, "DefinitionsError": 10, "ExtractError": 11, "SnapshotError": 12}.items():
            ended = self.ended(f"__import__('sgkpi.model.errors').model.errors.{name}('so it is')", tmp_path)
            assert (ended.returncode, ended.stderr) == (code, "error: so it is\n")

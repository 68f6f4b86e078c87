"""A person at a terminal 100 columns wide, who follows a page: in this process, as that is much quicker."""

import io
import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from sgkpi.cli.main import make_app
from tests.docs.pages import TOP

COLUMNS = 100


class Screen(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    stdout: str
    stderr: str
    code: int

    @property
    def output(self) -> str:
        """What the documentation shows: stdout; where there is none, what stderr says."""
        return self.stdout or self.stderr


@dataclass
class Session:
    """A shell in a folder; it knows `cd`, `echo $?`, `make demo` and `sgkpi`."""

    folder: Path
    code: int = 0

    def run(self, command: str) -> Ran:
        if command == "echo $?":
            return Ran(f"{self.code}\n", "", 0)
        if command.startswith("cd "):
            self.folder = self.folder / command[3:]
            assert self.folder.is_dir()
            return Ran("", "", 0)
        if command == "make demo":
            ran = _in_process(_recipe("demo"), TOP)
        else:
            name, *arguments = shlex.split(command)
            assert name == "sgkpi", f"only sgkpi is run here, and not {name}"
            ran = _in_process(arguments, self.folder)
        self.code = ran.code
        return ran


def _recipe(target: str) -> list[str]:
    """The arguments of sgkpi in a recipe of the Makefile, with its variables filled in."""
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(rf"^{target}:.*\n\t\$\(BIN\)/sgkpi (.+)$", makefile, re.MULTILINE)
    assert recipe, f"the Makefile has no target '{target}' that runs sgkpi"
    variables = dict(re.findall(r"^(\w+) \?= (.+)$", makefile, re.MULTILINE))
    return shlex.split(re.sub(r"\$\((\w+)\)", lambda match: variables[match[1]], recipe[1]))


def _in_process(arguments: list[str], folder: Path) -> Ran:
    screen, errors = io.BytesIO(), io.BytesIO()
    kept = (sys.stdout, sys.stderr, Path.cwd(), dict(os.environ))
    sys.stdout = Screen(screen, encoding="utf-8", newline="\n", write_through=True)
    sys.stderr = io.TextIOWrapper(errors, encoding="utf-8", newline="\n", write_through=True)
    code = 0
    try:
        os.chdir(folder)
        for name in [name for name in os.environ if name.startswith("SGKPI_")]:
            del os.environ[name]
        os.environ.update(COLUMNS=str(COLUMNS), NO_COLOR="1")
        make_app()(arguments, prog_name="sgkpi")
    except SystemExit as ending:
        code = int(ending.code or 0)
    finally:
        texts = screen.getvalue().decode(), errors.getvalue().decode()
        sys.stdout, sys.stderr = kept[0], kept[1]
        os.chdir(kept[2])
        os.environ.clear()
        os.environ.update(kept[3])
    return Ran(*texts, code)

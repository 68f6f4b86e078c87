"""docs/cli.md and the program name the same commands, options and choices."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from sgkpi.cli.commands import COMMANDS as NAMES
from sgkpi.cli.main import make_app
from sgkpi.definitions.boards import BoardFile, PointFile
from sgkpi.definitions.files import ClockFile, ColumnFile, FileModel, IndicatorFile, RelatedFile, TableFile
from sgkpi.figures.columns import FIGURE_COLUMNS
from tests.docs.pages import PAGES
from tests.docs.session import Session

CLI = PAGES["docs/cli.md"].read_text(encoding="utf-8")
DEFINITIONS = PAGES["docs/definitions.md"].read_text(encoding="utf-8")
FIGURES = PAGES["docs/figures.md"].read_text(encoding="utf-8")
COMMANDS: dict[str, Any] = get_command(make_app()).commands  # type: ignore[attr-defined]

OF_EVERY_COMMAND = CLI.split("## Options of every command\n")[1].split("\n## ")[0]
TYPES = {"int", "float", "str", "path", "Path", "list"}  # what help shows for what is no choice


def section(command: str) -> str:
    """What stands under a command's heading."""
    match = re.search(rf"^## `sgkpi {command}`\n(.*?)(?=^## |\Z)", CLI, re.MULTILINE | re.DOTALL)
    assert match, f"docs/cli.md has no section on `sgkpi {command}`"
    return match[1]


def options(command: str) -> list[Any]:
    return [each for each in COMMANDS[command].params if each.param_type_name == "option" and each.name != "help"]


def test_every_command_has_its_section_and_no_other() -> None:
    assert re.findall(r"^## `sgkpi (\w+)`$", CLI, re.MULTILINE) == list(NAMES)
    assert set(NAMES) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented(command: str) -> None:
    names = {name for option in options(command) for name in (*option.opts, *option.secondary_opts)}
    written = set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", section(command) + OF_EVERY_COMMAND))
    assert names
    assert names - written == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_no_option_is_documented_that_there_is_not(command: str) -> None:
    below = getattr(COMMANDS[command], "commands", {}).values()
    every = [*options(command), *(each for one in below for each in one.params if each.param_type_name == "option")]
    names = {name for option in every for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    synopsis = "\n".join(re.findall(r"^    .+$", section(command), re.MULTILINE))
    assert set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", synopsis)) - names == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_choice_and_variable_is_documented(command: str, tmp_path: Path) -> None:
    shown = Session(tmp_path).run(f"sgkpi {command} --help").stdout
    choices = {word for words in re.findall(r"<(\w+(?:\|\w+)*)>", shown) for word in words.split("|")} - TYPES
    assert choices - set(re.findall(r"\w+", section(command))) == set()
    variables = set(re.findall(r"\bSGKPI_\w+", shown))
    assert variables - set(re.findall(r"`(SGKPI_\w+)`", CLI)) == set()


def test_every_option_of_a_command_below_another_is_documented() -> None:
    for name, group in COMMANDS.items():
        for below, command in getattr(group, "commands", {}).items():
            written = "\n".join(re.findall(rf"^    sgkpi {name} {below} .+(?:\n     .+)*", section(name), re.MULTILINE))
            given = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
            names = {each for option in given for each in (*option.opts, *option.secondary_opts)}
            assert names - set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", written + OF_EVERY_COMMAND)) == set(), below


@pytest.mark.parametrize("model", [TableFile, ColumnFile, IndicatorFile, ClockFile, RelatedFile, BoardFile, PointFile])
def test_every_key_of_a_definition_is_documented(model: type[FileModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys - set(re.findall(r"`(\w+)`", DEFINITIONS)) == set()


def test_every_column_of_the_long_table_is_documented_in_order() -> None:
    written = re.findall(r"^\| `(\w+)` \|", FIGURES.split("## The long table")[1], re.MULTILINE)
    columns = [each.name for each in FIGURE_COLUMNS]
    assert [name for name in written if name in columns] == columns

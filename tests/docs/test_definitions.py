"""Every definition that the documentation shows is one: it loads, and its examples hold."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from sgkpi.answers.lint import lint_catalogue
from sgkpi.definitions.bundled import catalogue_path
from sgkpi.model.problems import Severity
from tests.docs.pages import Block, every_block

TODAY = date(2026, 1, 1)
# Each says which file it is or of what it is a part; jobs of other programs are YAML too, and say neither.
DEFINITIONS = [block for block in every_block("yaml") if block.file or block.words]
SOUND = [block for block in DEFINITIONS if "wrong" not in block.words]
WRONG = [block for block in DEFINITIONS if "wrong" in block.words]

# What a part of a definition needs around it, by the table that stands after `yaml` in the page.
AROUND = {
    "contacts": {"title": "Part", "table": "contacts", "period": "received_at", "measure": "count"},
    "missing_episodes": {"title": "Part", "table": "missing_episodes", "period": "returned_at", "measure": "count"},
    "care_leavers": {
        "title": "Part",
        "table": "care_leavers",
        "point_in_time": "{from: eligible_from, to: eligible_to}",
        "measure": "count",
    },
    "table": {"columns": "{team: {type: text}}"},
}
INSTEAD = {"point_in_time": "period", "period": "point_in_time"}


def whole(block: Block) -> str:
    """A definition, or a part of one with what it needs around it."""
    if block.file:
        return block.text
    own = set(re.findall(r"^(\w+):", block.text, re.MULTILINE))
    around = AROUND[block.words[0]]
    if "measure" not in own and own & {"clock", "met"}:
        around = {**around, "measure": "proportion"}
    missing = {key: text for key, text in around.items() if key not in own and INSTEAD.get(key) not in own}
    return block.text + "".join(f"{key}: {text}\n" for key, text in missing.items())


def name_of(block: Block) -> str:
    if block.file:
        return block.file.removeprefix("indicators/")
    return "tables/part.yaml" if block.words[0] == "table" else "part.yaml"


def lint(block: Block, folder: Path) -> list[str]:
    catalogue = folder / "indicators"
    shutil.copytree(catalogue_path() / "tables", catalogue / "tables")
    (catalogue / "anything.yaml").write_text(
        "title: Anything\ntable: contacts\nperiod: received_at\nmeasure: count\n", encoding="utf-8"
    )
    for table in (each for each in SOUND if each.page == block.page and name_of(each).startswith("tables/")):
        (catalogue / name_of(table)).write_text(whole(table), encoding="utf-8")
    path = catalogue / name_of(block)
    if path.parent.name == "boards":  # it names indicators of the shipped catalogue
        shutil.copytree(catalogue_path(), catalogue, dirs_exist_ok=True)
    path.write_text(whole(block), encoding="utf-8")
    report = lint_catalogue(catalogue, (), today=TODAY)
    ours = [problem for problem in report.problems if Path(problem.path).name == path.name]
    least = (Severity.ERROR, Severity.WARNING) if block.file else (Severity.ERROR,)
    wanted = [problem for problem in ours if problem.severity in least]
    return [str(problem) for problem in wanted]


@pytest.mark.parametrize("block", SOUND, ids=str)
def test_definition_is_sound(block: Block, tmp_path: Path) -> None:
    assert lint(block, tmp_path) == []


@pytest.mark.parametrize("block", WRONG, ids=str)
def test_definition_shown_as_wrong_is_wrong(block: Block, tmp_path: Path) -> None:
    assert lint(block, tmp_path) != []

"""`-o` never replaces a file that a command reads: not by another path, and not by a link."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.program import run
from tests.support.workbooks import write_workbook

TABLE = """\
key: contact_id
happened: received_at
files: [ssd_contacts]
columns: {contact_id: {type: text}, received_at: {type: datetime, required: true}}
"""
IN_TIME = "title: In time\ntable: contacts\nperiod: received_at\nmeasure: proportion\nmet: true\nby: [contact_id]\n"
INDICATOR = "title: Contacts\ntable: contacts\nperiod: received_at\nmeasure: count\n"
ROWS = "contact_id,received_at\nC1,2019-02-04 09:00\n"
BENCHMARKS = "indicator,area,period_kind,period,value,source,differs,note\n"
INPUTS = {
    "indicators/benchmarks.csv": BENCHMARKS,
    "indicators/tables/contacts.yaml": TABLE,
    "indicators/contacts_received.yaml": INDICATOR,
    "indicators/front_door/contacts_in_time.yaml": IN_TIME,
    "indicators/boards/inspection.yaml": "title: x\nsince: 2019-02\npoints: {words: x, evidence: x}\n",
    "data/contacts/one.csv": ROWS,
    "data/ssd_contacts.csv": ROWS,
    "data/extract.toml": "extracted_at = 2019-03-04T12:00:00\n",
    "sgkpi.toml": 'data = "data"\ncatalogue = "indicators"\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, content in INPUTS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (tmp_path / "data" / "ssd_contacts.csv").unlink()
    return tmp_path


def by_itself(path: Path, _project: Path) -> Path:
    return path


def by_dots(path: Path, project: Path) -> Path:
    return project / "data" / ".." / path.relative_to(project)


def by_a_link(path: Path, project: Path) -> Path:
    (project / "link").symlink_to(path)
    return project / "link"


def by_another_name(path: Path, project: Path) -> Path:
    os.link(path, project / "hard")
    return project / "hard"


@pytest.mark.skipif(sys.platform == "win32", reason="links are made otherwise there")
@pytest.mark.parametrize("way", [by_itself, by_dots, by_a_link, by_another_name])
@pytest.mark.parametrize("name", [name for name in INPUTS if "ssd" not in name])
def test_inputs_are_spared(project: Path, name: str, way: Callable[[Path, Path], Path]) -> None:
    path = project / name
    ran = run("compute", "--month", "2019-02", "--csv", "-o", str(way(path, project)), cwd=project)
    assert (ran.code, path.read_text(encoding="utf-8")) == (2, INPUTS[name])
    if way is not by_itself or path.suffix == ".csv":
        assert "write to another file" in ran.stderr or "is named as" in ran.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["compute"], ["cases", "contacts_received"], ["check"], ["list", "--data", "data"],
        ["show", "contacts_received"], ["funnel", "contacts_in_time", "--by", "contact_id"],
        ["verify"], ["why", "contacts_received", "C1"], ["due"],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_by_every_command(project: Path, command: list[str]) -> None:
    before = (project / "data" / "contacts" / "one.csv").read_bytes()
    (project / "figures.json").hardlink_to(project / "data" / "contacts" / "one.csv")
    ran = run(*command, "-o", "figures.json", cwd=project)
    assert (ran.code, (project / "figures.json").read_bytes()) == (2, before)
    assert ran.stderr.startswith("error: -o figures.json: this is a file of the extract, ")


@pytest.mark.parametrize("command", [["lint"], ["list"]], ids=lambda command: command[0])
def test_a_definition_by_commands_without_an_extract(project: Path, command: list[str]) -> None:
    (project / "found.json").hardlink_to(project / "indicators" / "tables" / "contacts.yaml")
    ran = run(*command, "-o", "found.json", cwd=project)
    assert (ran.code, (project / "found.json").read_text()) == (2, TABLE)


def test_a_workbook_in_the_folder_of_the_extract(project: Path) -> None:
    (project / "data" / "contacts" / "one.csv").unlink()
    (project / "data" / "contacts").rmdir()
    book = project / "data" / "export.xlsx"
    write_workbook(book, {"ssd_contacts": [row.split(",") for row in ROWS.splitlines()], "Notes": [["none"]]})
    before = book.read_bytes()
    ran = run("compute", "--month", "2019-02", "-o", "data/export.xlsx", cwd=project)
    assert (ran.code, book.read_bytes()) == (2, before)
    ran = run("compute", "--month", "2019-02", "--data", str(book), "-o", "data/export.xlsx", cwd=project)
    assert (ran.code, book.read_bytes()) == (2, before)


def test_a_file_that_cannot_be_read_is_spared_too(project: Path) -> None:
    broken = project / "data" / "SSD_Contacts.csv"
    broken.write_text("nothing of a contact\n", encoding="utf-8")
    ran = run("compute", "--csv", "-o", str(broken), cwd=project)
    assert ran.code in (2, 11)
    assert broken.read_text(encoding="utf-8") == "nothing of a contact\n"


def test_other_files_in_the_folder_of_the_extract_are_written(project: Path) -> None:
    for _ in range(2):
        assert run("compute", "--month", "2019-02", "-o", "data/figures.csv", cwd=project).code == 0

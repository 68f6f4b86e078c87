"""Each page followed from top to bottom: its files written, its commands run, its Python executed."""

import os
import re
from pathlib import Path

import pytest

from sgkpi.definitions.bundled import catalogue_path, sample_path
from tests.docs.pages import PAGES, Block, blocks, matches, steps
from tests.docs.session import Session

FOLLOWED = ("console", "python", "yaml", "toml", "csv", "markdown", "text")
WALKED = [page for page in PAGES if blocks(page, "console", "python")]
# Snapshots, `verify` of the sample and reports of every team take seconds each.
LONG = ("analyst", "cli", "director", "manager", "monthly-job", "notebooks", "team-manager")
SLOW = {f"docs/{name}.md" for name in LONG}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as `sgkpi init --sample` makes it, linked rather than copied where nothing writes to it."""
    folder = tmp_path / "project"
    for source, name in ((catalogue_path(), "indicators"), (sample_path(), "data")):
        for path in (path for path in source.rglob("*") if path.is_file()):
            target = folder / name / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (folder / "sgkpi.toml").write_text('data = "data"\ncatalogue = "indicators"\n', encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.slow if page in SLOW else ()) for page in WALKED]
)
def test_page_does_what_it_shows(page: str, project: Path) -> None:
    session = Session(project)
    names: dict[str, object] = {}
    for block in blocks(page, *FOLLOWED):
        match block.language:
            case "console":
                _follow(block, session)
            case "python":
                _execute(block, session.folder, names)
            case _:
                _write(block, session.folder)


def _follow(block: Block, session: Session) -> None:
    every = steps(block)
    for step, following in zip(every, [*every[1:], None], strict=True):
        ran = session.run(step.command)
        place = f"{block.page}:{step.line}: $ {step.command}"
        assert matches(step.shown, ran.output), f"{place}\nprinted\n{ran.output}\n{ran.stderr}"
        says_code = following is not None and following.command == "echo $?"
        assert ran.code == 0 or says_code, f"{place}\nended with {ran.code}\n{ran.stderr}"
        assert len(max(step.shown, key=len, default="")) <= 160, f"{place}: too wide to read"


def _write(block: Block, folder: Path) -> None:
    if block.file:
        path = folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_content(block, path.suffix), encoding="utf-8")


def _content(block: Block, suffix: str) -> str:
    if suffix == ".csv":  # CSV has no comments: the line with the path is the page's
        return "".join(f"{line}\n" for line in block.lines[1:])
    # A page does not go stale on the day on which the review of its definition falls due.
    return re.sub(r"^review_by: .*$", "review_by: 2999-12-31", block.text, flags=re.MULTILINE)


def _execute(block: Block, folder: Path, names: dict[str, object]) -> None:
    here = Path.cwd()
    os.chdir(folder)
    try:
        exec(compile("\n" * (block.line - 1) + block.text, block.page, "exec"), names)
    finally:
        os.chdir(here)

"""Themes, and what definitions share: digests, notes and the order on screens."""

from datetime import date
from pathlib import Path

import pytest

from sgkpi.answers.lint import lint_catalogue
from sgkpi.definitions.cached_catalogue import _read, _write
from sgkpi.definitions.digests import definition_digest
from sgkpi.model.problems import Severity
from sgkpi.snapshots.digests import meaning_digest
from tests.definitions.support import load, write_catalogue
from tests.support.program import run

SHARED = """
bands:
  ages: [0, 5, 10]
conditions:
  waiting: decided_at is null
  other: urgent
"""
WAITING = """
title: Waiting
theme: later
table: contacts
period: received_at
measure: count
population: {condition}
by:
  - visits_band: {{value: visits, bands: ages}}
"""
URGENT = "title: Urgent\ntheme: first\ntable: contacts\nperiod: received_at\nmeasure: count\npopulation: $other\n"
THEMES = "later: {title: What comes later}\nfirst: {title: What comes first}\n"
FILES = {"shared.yaml": SHARED, "waiting.yaml": WAITING.format(condition="$waiting"), "urgent.yaml": URGENT}


def digests(folder: Path, **changed: str) -> dict[str, str]:
    files = FILES | {f"{name}.yaml": text for name, text in changed.items()}
    return {name: each.sha256 for name, each in load(folder, files).indicators.items()}


class TestDigests:
    def test_only_what_a_definition_uses_changes_it(self, tmp_path: Path) -> None:
        before = digests(tmp_path)
        for written, is_other in (
            (SHARED.replace("decided_at is null", "decided_at is null or urgent"), {"waiting"}),
            (SHARED.replace("[0, 5, 10]", "[0, 6, 10]"), {"waiting"}),
            (SHARED.replace("other: urgent", "other: not urgent"), {"urgent"}),
            (SHARED + "  third: urgent\n", set()),
            (SHARED.replace("conditions", "# why\nconditions"), set()),
        ):
            after = digests(tmp_path, shared=written)
            assert {name for name in before if before[name] != after[name]} == is_other

    def test_it_is_that_of_the_file_where_nothing_is_shared(self, tmp_path: Path) -> None:
        written = URGENT.replace("$other", "urgent")
        assert digests(tmp_path, urgent=written)["urgent"] == definition_digest(written.encode())

    def test_the_meaning_is_that_of_the_condition_written_out(self, tmp_path: Path) -> None:
        used = load(tmp_path, FILES).indicators["waiting"]
        spelled = WAITING.format(condition="decided_at is null").replace("bands: ages", "bands: [0, 5, 10]")
        written = load(tmp_path, FILES | {"waiting.yaml": spelled}).indicators["waiting"]
        assert (used.population, used.by) == (written.population, written.by)
        assert meaning_digest(used) == meaning_digest(written)
        assert used.sha256 != written.sha256

    def test_a_title_of_a_theme_changes_none(self, tmp_path: Path) -> None:
        assert digests(tmp_path, themes=THEMES) == digests(tmp_path, themes=THEMES.replace("comes", "came"))


def test_the_cached_form_keeps_them(tmp_path: Path) -> None:
    catalogue = load(tmp_path, FILES | {"themes.yaml": THEMES})
    read = _read(catalogue.path, _write(catalogue))
    assert list(read.themes.items()) == [("later", "What comes later"), ("first", "What comes first")]
    assert read.indicators["waiting"] == catalogue.indicators["waiting"]


def test_lint_notes_what_no_definition_uses(tmp_path: Path) -> None:
    shared = (
        SHARED + "  unused: urgent\n  unfit: \"colour = 'red' and review.kind = 'full'\"\n  day: as_of > received_at\n"
        "  late: due < as_of\n"
    )
    files = FILES | {"shared.yaml": shared.replace("ages:", "sizes: [1]\n  ages:")}
    report = lint_catalogue(write_catalogue(tmp_path, files), today=date(2019, 3, 4))
    assert [(each.line, each.message) for each in report.problems if each.code == "unused"] == [
        (2, "no definition uses bands 'sizes'"),
        (7, "no definition uses $unused"),
        (8, "no definition uses $unfit, and no table has all the columns that it names"),
        (9, "no definition uses $day"),
        (10, "no definition uses $late"),
    ]
    assert not any(
        each.code == "unused" for each in lint_catalogue(tmp_path, ["urgent"], today=date(2019, 3, 4)).problems
    )


@pytest.mark.parametrize("written", ["bands: [", "- a list", b"\xff"])
def test_of_a_file_that_cannot_be_read_nothing_more_is_said_where_it_is_used(
    written: str | bytes, tmp_path: Path
) -> None:
    seen = (
        "title: Seen\ntable: contacts\nperiod: received_at\nmeasure: proportion\nmet: urgent\n"
        'because: {waiting: "$waiting"}\n'
        'examples: [{is: not_met, because: waiting, contacts: {received_at: 2019-02-01, urgent: "no"}}]\n'
    )
    folder = write_catalogue(tmp_path, FILES | {"seen.yaml": seen})
    (folder / "shared.yaml").write_bytes(written if isinstance(written, bytes) else written.encode())
    problems = lint_catalogue(folder, today=date(2019, 3, 4)).problems
    assert {Path(each.path).name for each in problems if each.severity is Severity.ERROR} == {"shared.yaml"}


@pytest.mark.parametrize(("themes", "order"), [(THEMES, ["waiting", "urgent"]), ("", ["urgent", "waiting"])])
def test_screens_follow_the_list_of_themes(themes: str, order: list[str], tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path / "indicators", FILES | ({"themes.yaml": themes} if themes else {}))
    data = tmp_path / "data"
    data.mkdir()
    (data / "contacts.csv").write_text(
        "contact_id,person_id,received_at,decided_at,urgent,visits\n1,A,2019-02-01 09:00,,yes,1\n", encoding="utf-8"
    )
    (data / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n", encoding="utf-8")
    titles = ["What comes later", "What comes first"] if themes else ["First", "Later"]
    for arguments in (
        ["list"],
        ["compute", "--data", str(data)],
        ["report", "board", "--data", str(data), "--month", "2019-02", "-o", "report.md"],
    ):
        ran = run(*arguments, "--catalogue", str(folder), cwd=tmp_path)
        assert ran.code == 0, ran.stderr
        written = (tmp_path / "report.md").read_text("utf-8") if "report" in arguments else ran.stdout
        places = [written.index(each) for each in titles]
        assert places == sorted(places)
    listed = run("list", "--catalogue", str(folder), cwd=tmp_path).stdout
    assert sorted(order, key=listed.index) == order

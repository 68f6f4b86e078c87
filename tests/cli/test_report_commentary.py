"""What people write for a report: read, carried forward, checked for cases, begun, and missed."""

from pathlib import Path

import pytest

from tests.report.support import CANARY, write_project
from tests.support.program import run

NOTE = """\
---
by: Front door service manager
on: 2019-03-06
figure: {figure}
actions:
  - {{what: Second decision maker on Mondays, who: A. Manager, when: 2019-03-01, state: started}}
---
Two of **three** decision makers were on leave.

- @everybody, see #12 and [this](http://example.org)
- <img src=x>

# Not a heading
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def write(project: Path, name: str, text: str) -> Path:
    path = project / "commentary" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def report(project: Path, *arguments: str) -> str:
    done = run("report", *arguments, cwd=project)
    assert done.code == 0, done.stderr
    return done.stdout


class TestWritten:
    def test_it_stands_under_its_indicator_with_its_actions(self, project: Path) -> None:
        write(project, "2019-02/decided.md", NOTE.format(figure="64.3%"))
        text = report(project, "board")
        assert "Draft" not in text
        assert "No commentary has been written" not in text
        sheet = text.split("### Contacts decided within 24 hours\n")[1]
        assert "**Commentary: Front door service manager, 6 March 2019**\n\nTwo of **three** decision makers" in sheet
        assert "Written when" not in sheet
        row = "| Second decision maker on Mondays | A. Manager | was due 1 March 2019 | started |"  # as of 4 March
        assert row in sheet

    def test_nothing_in_it_links_loads_notifies_or_is_a_heading(self, project: Path) -> None:
        write(project, "2019-02/decided.md", NOTE.format(figure="64.3%"))
        text = report(project, "board")
        assert "@everybody" not in text
        assert "#12" not in text
        assert "and \\[this](http\\://example.org)" in text
        assert "\\<img src=x>" in text
        assert "\\# Not a heading" in text

    def test_it_says_when_the_figure_has_moved(self, project: Path) -> None:
        write(project, "2019-02/decided.md", NOTE.format(figure="66.7%"))
        done = run("report", "board", "--fail-on", "stale-commentary", "-o", "a.md", cwd=project)
        assert done.code == 1
        assert "1 indicator with commentary on another figure: decided [stale-commentary]" in done.stderr
        assert "Written when this figure was 66.7%; it is now 64.3%." in (project / "a.md").read_text(encoding="utf-8")

    def test_actions_are_carried_until_they_are_done(self, project: Path) -> None:
        write(project, "2019-01/decided.md", NOTE.format(figure="86.7%"))
        text = report(project, "board")
        assert "| Second decision maker on Mondays (from January 2019) | A. Manager | was due 1 March 2019 |" in text
        assert "Two of **three**" not in text
        done = NOTE.format(figure="64.3%").replace("state: started", "state: done").replace("2019-03-01", "2019-03-02")
        write(project, "2019-02/decided.md", done)
        assert "| Second decision maker on Mondays | A. Manager | 2 March 2019 | done |" in report(project, "board")

    def test_the_month_a_team_and_the_points_have_words_too(self, project: Path) -> None:
        write(project, "2019-02/_summary.md", "---\nby: Director\n---\nThe month was hard.\n")
        write(project, "2019-02/team/north.md", "---\nby: Team manager\n---\nWe were three.\n")
        points = "points:\n  - {point: 1, assessed: amber, next: Recruit, who: A. Manager, when: 2019-02-28}\n"
        actions = "actions:\n  - {what: Meet each month, who: Director, when: 2019-03-29}\n"
        write(project, "2019-02/inspection.md", f"---\nby: Board\n{points}{actions}---\nWe met.\n")
        board = report(project, "board")
        assert "**Commentary: Director**\n\nThe month was hard." in board
        assert "- Assessed: amber\n- Next step: Recruit (A. Manager, was due 28 February 2019)" in board
        assert "We were three." in report(project, "team", "North")
        assert "We were three." not in report(project, "team", "South")
        improvement = report(project, "improvement")
        for text in (board, improvement):
            inspection = text.split("## The inspection's 2 points\n")[1].split("\n## ")[0]
            assert "**Commentary: Board**\n\nWe met.\n" in inspection
            actions = inspection.split("**Inspection of March 2019: actions, February 2019**\n")[1]
            assert "| Meet each month | Director | 29 March 2019 | not started |" in actions
        assert (
            "| Contacts decided within 24 hours | 86.7% | 64.3% (9 of 14) | Red | Too few months | 0 of 2 |"
            in improvement
        )
        unmeasured = improvement.split("**2. The quality of assessments**\n\n")[1]
        assert unmeasured.startswith(
            "- Assessed: not yet\n- Evidence: Audits say it\n\nNo indicator measures this point.\n"
        )

    def test_a_point_may_have_indicators_and_evidence(self, project: Path) -> None:
        (board,) = (project / "indicators" / "boards").glob("*.yaml")
        points = "points:\n  - {words: In time, indicators: decided, evidence: Audits look at the reasons.}\n"
        board.write_text(f"title: Inspection\nsince: 2019-01\n{points}", encoding="utf-8")
        text = report(project, "improvement")
        assert "**1. In time**\n\n- Assessed: not yet\n- Evidence: Audits look at the reasons.\n\n| Indicator |" in text

    def test_events_are_told_below_charts(self, project: Path) -> None:
        write(project, "events.yaml", "- {month: 2019-01, text: A new team, indicators: [decided]}\n")
        text = report(project, "board")
        assert text.count("- A, January 2019: A new team") == 1

    def test_it_survives_a_report_byte_for_byte(self, project: Path) -> None:
        path = write(project, "2019-02/decided.md", NOTE.format(figure="64.3%").replace("\n", "\r\n"))
        before = path.read_bytes()
        report(project, "board", "--write-commentary")
        assert path.read_bytes() == before


class TestMistakes:
    def test_a_key_of_a_case_stops_everything_and_is_not_repeated(self, project: Path) -> None:
        write(project, "2019-02/decided.md", f"---\nby: A\n---\nOn leave.\nSee {CANARY.lower()}K7, please.\n")
        write(project, "2019-01/decided.md", f"---\nby: {CANARY}P90\n---\nOf person 12.\n")
        done = run("report", "board", "-o", "a.html", cwd=project)
        assert done.code == 10
        assert "error: the commentary names cases or persons in 2 places:" in done.stderr
        assert "commentary/2019-02/decided.md:5: error: this names a case or a person" in done.stderr
        assert "commentary/2019-01/decided.md:2: error: this names a case or a person" in done.stderr
        assert "[case-key-in-commentary]" in done.stderr
        assert CANARY.lower() not in done.stderr.lower()
        assert not (project / "a.html").exists()

    def test_a_key_that_only_a_reader_sees_stops_it_too(self, project: Path) -> None:
        key = f"{CANARY[:2]}**{CANARY[2:]}**K7"
        write(project, "2019-02/decided.md", f"On leave.\nSee {key}, please.\n")
        done = run("report", "board", "-o", "a.html", cwd=project)
        assert done.code == 10
        assert "commentary/2019-02/decided.md:2: error: this names a case or a person" in done.stderr
        assert not (project / "a.html").exists()

    def test_the_figure_that_somebody_saw_may_not_be_a_key_either(self, project: Path) -> None:
        write(project, "2019-02/decided.md", NOTE.format(figure=f"{CANARY}K7"))
        done = run("report", "board", "-o", "a.md", cwd=project)
        assert done.code == 10
        assert "commentary/2019-02/decided.md:4: error: this names a case or a person" in done.stderr
        assert not (project / "a.md").exists()

    def test_words_that_are_no_key_are_let_pass(self, project: Path) -> None:
        write(project, "2019-02/decided.md", f"---\nby: A\n---\n{CANARY}K99 and {CANARY}K and K7 in 2019.\n")
        assert f"{CANARY}K99" in report(project, "board")

    @pytest.mark.parametrize(
        ("name", "text", "message"),
        [
            ("2019-02/decidd.md", "Words.", "no indicator 'decidd'; did you mean 'decided'?"),
            ("2019-02/decided.md", "---\nbye: A\n---\n", "did you mean 'by'?"),
            ("2019-13/decided.md", "Words.", "this belongs to no month"),
        ],
    )
    def test_other_mistakes_stop_it_too(self, project: Path, name: str, text: str, message: str) -> None:
        write(project, name, text)
        done = run("report", "board", "-o", "a.html", cwd=project)
        assert done.code == 10
        assert message in done.stderr
        assert not (project / "a.html").exists()

    def test_words_for_a_team_that_there_is_not_are_named(self, project: Path) -> None:
        for name in ("2019-02/team/nroth.md", "2019-02/team/south.md", "2016-02/team/gone.md"):
            write(project, name, "We were three.\n")
        message = (
            "team/nroth.md: warning: no team 'nroth' has a case in the months of the report; did you mean 'north'?"
        )
        for arguments in (["North"], ["--each", "-o", "packs"]):
            done = run("report", "team", *arguments, cwd=project)
            assert done.code == 0
            assert done.stderr.count("[no-team]") == 1
            assert message in done.stderr

    def test_words_about_an_indicator_that_the_extract_cannot_carry_are_named(self, project: Path) -> None:
        for name in ("2019-02/decided.md", "2019-02/received.md"):
            write(project, name, "We were three.\n")
        contacts = project / "data" / "contacts.csv"
        contacts.write_text(contacts.read_text(encoding="utf-8").replace("decided_at", "decided", 1), encoding="utf-8")
        done = run("report", "board", cwd=project)
        assert done.code == 0
        assert done.stderr.count("[no-figure]") == 1
        message = "decided.md: warning: not shown, as there is no figure of 'decided': needs contacts.decided_at"
        assert message in done.stderr
        assert "[no-figure]" not in run("report", "quality", cwd=project).stderr

    def test_a_board_with_a_mistake_stops_it(self, project: Path) -> None:
        path = project / "indicators" / "boards" / "inspection.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("[decided]", "[decidet]"), encoding="utf-8")
        for kind in ("board", "improvement"):
            done = run("report", kind, "-o", "a.html", cwd=project)
            assert done.code == 10
            assert "decidet" in done.stderr
            assert not (project / "a.html").exists()
        path.unlink()
        assert "inspection" not in report(project, "board")
        assert run("report", "improvement", cwd=project).code == 10

    @pytest.mark.parametrize("name", ["commentary/2019-02/decided.md", "indicators/boards/inspection.yaml"])
    def test_what_people_wrote_is_never_overwritten(self, project: Path, name: str) -> None:
        write(project, "2019-02/decided.md", NOTE.format(figure="64.3%"))
        before = (project / name).read_bytes()
        output = project / "a.md"
        output.hardlink_to(project / name)
        done = run("report", "board", "-o", "a.md", cwd=project)
        assert done.code == 2
        assert (project / name).read_bytes() == before

    def test_a_folder_that_is_named_must_be_there(self, project: Path) -> None:
        done = run("report", "board", "--commentary", "nowhere", cwd=project)
        assert done.code == 10
        assert "no folder of commentary at nowhere" in done.stderr


class TestBegun:
    def test_a_file_for_each_red_indicator_that_has_none(self, project: Path) -> None:
        done = run("report", "board", "--write-commentary", cwd=project)
        assert (done.code, done.stdout) == (0, "")
        path = project / "commentary" / "2019-02" / "decided.md"
        assert [each for each in (project / "commentary").rglob("*") if each.is_file()] == [path]
        assert "figure: 64.3%\n" in path.read_text(encoding="utf-8")
        assert 'by: "Front door service manager"\n' in path.read_text(encoding="utf-8")

    def test_it_is_missing_until_somebody_writes(self, project: Path) -> None:
        run("report", "board", "--write-commentary", cwd=project)
        path = project / "commentary" / "2019-02" / "decided.md"
        done = run("report", "board", "--fail-on", "missing-commentary", "-o", "a.md", cwd=project)
        assert done.code == 1
        assert "1 indicator without commentary: decided [missing-commentary]" in done.stderr
        assert "**Draft.** 1 of 1 red indicator" in (project / "a.md").read_text(encoding="utf-8")
        path.write_text(path.read_text(encoding="utf-8") + "Two were on leave.\n", encoding="utf-8")
        again = run("report", "board", "--fail-on", "missing-commentary,stale-commentary", "-o", "a.md", cwd=project)
        assert again.code == 0, again.stderr

    def test_nothing_is_begun_twice(self, project: Path) -> None:
        write(project, "2019-02/decided.md", "Short.\n")
        done = run("report", "board", "--write-commentary", cwd=project)
        assert "No indicator wants commentary that has none." in done.stderr
        assert (project / "commentary" / "2019-02" / "decided.md").read_text(encoding="utf-8") == "Short.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["board", "--fail-on", "missing"], "no condition 'missing'; use missing-commentary, stale-commentary"),
        (["board", "--since", "latest"], "no store of snapshots given"),
        (["team", "North", "--write-commentary"], "--write-commentary: a report of teams has no commentary on"),
        (["team", "North", "--fail-on", "missing-commentary"], "--fail-on: a report of teams has no commentary on"),
        (["quality", "--write-commentary"], "--write-commentary: a report of quality has no commentary on"),
        (["quality", "--fail-on", "stale-commentary"], "--fail-on: a report of quality has no commentary on"),
    ],
)
def test_what_cannot_be_asked(project: Path, arguments: list[str], message: str) -> None:
    done = run("report", *arguments, cwd=project)
    assert done.code == 2
    assert message in done.stderr
    assert not (project / "commentary").exists()


def test_what_has_changed_since_a_snapshot_is_told_with_its_causes(project: Path) -> None:
    assert run("snapshot", "--month", "2019-01", "--snapshots", "store", "--history", "2", cwd=project).code == 0
    contacts = project / "data" / "contacts.csv"
    # One of North's that were late in January is found to have been decided in time: 14 of 15.
    late = next(line for line in contacts.read_text(encoding="utf-8").splitlines() if f"{CANARY}K8," in line)
    in_time = late.replace(late.split(",")[3], late.split(",")[2].replace("09:00", "12:00"))
    contacts.write_text(contacts.read_text(encoding="utf-8").replace(late, in_time), encoding="utf-8")
    text = report(project, "board", "--since", "2019-01", "--snapshots", "store")
    assert "Figures of earlier months that have changed since the snapshot 2019-01-r1:" in text
    told = next(line for line in text.splitlines() if line.startswith("- Contacts decided within 24 hours, January"))
    assert told == (
        "- Contacts decided within 24 hours, January 2019: 86.7% (13/15), now 93.3% (14/15). "
        "Corrected (1 case) +6.6 points."
    )
    assert "\n\nCorrected: recorded otherwise than then.\n" in text  # below the list, what its word means
    assert "--since 2019-01-r1`" in text
    for kind in (["indicator", "decided"], ["improvement"], ["quality"]):
        other = report(project, *kind, "--since", "2019-01", "--snapshots", "store")
        assert told in other.split("## Figures published before\n")[1].split("\n## ")[0]
    done = run("report", "team", "North", "--since", "2019-01", "--snapshots", "store", cwd=project)
    assert done.code == 0
    assert "--since has no effect on `sgkpi report team`: what was published is compared for all teams" in done.stderr
    assert "restated" not in report(project, "board")
    assert "snapshot" not in report(project, "board")


def test_a_figure_that_had_no_value_has_a_cause_and_no_change(project: Path) -> None:
    assert run("snapshot", "--month", "2019-01", "--snapshots", "store", "--history", "2", cwd=project).code == 0
    with (project / "data" / "contacts.csv").open("a", encoding="utf-8") as contacts:
        contacts.write("1,1,2018-12-20 09:00,2018-12-20 10:00,North,police,2007-01,\n")
    text = report(project, "board", "--since", "2019-01", "--snapshots", "store")
    assert "December 2018: no cases (0/0), now 100.0% (1/1). Recorded late (1 case).\n" in text
    assert "Contacts received, December 2018: 0, now 1. Recorded late (1 case) +1.\n" in text

"""`report` from end to end: figures worked out by hand, every kind, and what nobody may find in a report."""

import json
import re
from pathlib import Path

import pytest

from tests.report.support import CANARY, contacts, write_project
from tests.support.program import run, run_process

KINDS = (["board"], ["indicator", "decided"], ["team", "North"], ["quality"], ["improvement"])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def report(project: Path, *arguments: str) -> str:
    """The Markdown that a command prints."""
    done = run("report", *arguments, cwd=project)
    assert done.code == 0, done.stderr
    return done.stdout


def tables(text: str) -> list[list[dict[str, str]]]:
    """The rows of every table of Markdown, by the headings of their columns."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        heading, _, *rows = ([cell.strip() for cell in line.strip("| \n").split(" | ")] for line in block.splitlines())
        found.append([dict(zip(heading, row, strict=True)) for row in rows])
    return found


class TestBoard:
    def test_it_begins_with_its_marking_and_where_it_comes_from(self, project: Path) -> None:
        with (project / "sgkpi.toml").open("a") as settings:
            settings.write('[report]\nauthority = "Southshire"\nmarking = "OFFICIAL-SENSITIVE"\n')
        lines = report(project, "board").splitlines()
        assert lines[0] == "OFFICIAL-SENSITIVE · Internal: small numbers are not hidden"
        assert "# Southshire children's services performance: February 2019" in lines
        assert "What was known on 4 March 2019, 07:00." in lines
        assert "Source: By hand." in lines

    def test_it_says_what_is_red_what_changed_and_what_needs_attention(self, project: Path) -> None:
        text = report(project, "board")
        assert "0 Green; 0 Amber; 1 Red; 1 Not rated; 2 with cases that could not be judged." not in text
        assert "0 Green; 0 Amber; 1 Red; 1 Not rated; 1 with cases that could not be judged." in text
        assert "**Draft.** 1 of 1 red indicator has no commentary yet." in text
        assert "- Contacts decided within 24 hours: 86.7%, now 64.3%; from Amber to Red." in text
        attention = text.split("### What needs attention first\n\n")[1].split("\n\n")[0]
        assert attention == (
            "1. Contacts decided within 24 hours: 64.3% (9 of 14 contacts), Red. "
            "3 more within 24 hours would make this Amber, 4 more Green. "
            "Overdue: 1 case from the months since October 2018. "
            "The oldest fell due on 11 February 2019, 21 days earlier."
        )

    def test_a_month_that_has_not_ended_is_not_compared(self, project: Path) -> None:
        text = report(project, "board", "--month", "2019-02", "--as-of", "2019-02-20T12:00")
        changed = text.split("### What changed since January\n\n")[1].split("\n\n")[0]
        assert changed == "- The month has not ended, so its ratings are not compared yet."

    def test_where_no_month_before_has_a_value_nothing_is_said_to_be_unchanged(self, project: Path) -> None:
        """No contact of December is in the extract, so the indicator of help has no case in it."""
        text = report(project, "board", "--month", "2019-01", "--theme", "help")
        changed = text.split("### What changed since December\n\n")[1].split("\n\n")[0]
        assert changed == "- Nothing can be compared, as no indicator has a value in both months."

    @pytest.mark.parametrize(
        ("month", "said"),
        [("2019-02", "No indicator has a rating."), ("2019-01", "No indicator is rated Red or Amber.")],
    )
    def test_where_nothing_is_rated_nobody_is_told_that_all_is_well(self, project: Path, month: str, said: str) -> None:
        """February has not ended on the 20th. January's 86.7% are Green where 80% are enough."""
        definition = project / "indicators" / "decided.yaml"
        text = definition.read_text(encoding="utf-8").replace("{green: 90%, amber: 80%}", "{green: 80%}")
        definition.write_text(text, encoding="utf-8")
        text = report(project, "board", "--month", month, "--as-of", "2019-02-20T12:00")
        assert text.split("### What needs attention first\n\n")[1].split("\n")[0] == said

    def test_all_indicators_at_a_glance(self, project: Path) -> None:
        glance = [row for rows in tables(report(project, "board")) for row in rows if "12 months" in row]
        # Themes by name: demand before help. 15 contacts in January, and 15 in February with the two that wait.
        assert glance[0]["Indicator"] == "Contacts received"
        assert (glance[0]["Value"], glance[0]["Target"], glance[0]["Rating"]) == ("15", "–", "Not rated")
        assert glance[0]["Since January"] == "the same"
        assert glance[1] == {
            "Indicator": "Contacts decided within 24 hours",
            "Value": "64.3%",
            "Cases": "9 of 14",
            "Target": "90% or more",
            "Rating": "Red",
            "Since January": "−22.4 points",  # 86.667 less 64.286; of 14 and 15 cases chance may well make that
            "Direction": "Too few months",
            "12 months": "·······   █▁".replace(" ", "·"),
        }

    def test_a_direction_of_an_earlier_month_says_so(self, project: Path) -> None:
        """From May to January 8 of 10 contacts a month are in time; February has not ended on the 20th."""
        months = [f"2018-{number:02d}" for number in range(5, 13)] + ["2019-01", "2019-02"]
        rows = ["contact_id,person_id,received_at,decided_at,team,source,born"]
        for month in months:
            days = [f"{month}-{day:02d}" for day in range(1, 11)]
            rows += [f"{day},1,{day} 09:00,{day} 10:00,North,police,2007-01" for day in days[:8]]
            rows += [f"{day},1,{day} 09:00,{month}-15 10:00,North,police,2007-01" for day in days[8:]]
        (project / "data" / "contacts.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
        (project / "data" / "extract.toml").write_text("[covers]\ncontacts = 2018-05-01\n", encoding="utf-8")
        ended = report(project, "board", "--month", "2019-02", "--as-of", "2019-03-04")
        running = report(project, "board", "--month", "2019-02", "--as-of", "2019-02-20")
        directions = [
            row["Direction"]
            for text in (ended, running)
            for rows in tables(text)
            for row in rows
            if "12 months" in row and row["Indicator"].startswith("Contacts decided")
        ]
        assert directions == ["Usual variation", "Usual variation (at January 2019)"]

    @pytest.mark.parametrize(
        ("lead", "supporting", "shown", "lacking"),
        [
            ("decided", "received", "Contacts received (supporting)", "Contacts decided within 24 hours"),
            ("received", "decided", "Contacts received", "1 supporting indicator"),
        ],
    )
    def test_a_point_says_what_cannot_be_computed_below_its_table(
        self, project: Path, lead: str, supporting: str, shown: str, lacking: str
    ) -> None:
        board = project / "indicators/boards/inspection.yaml"
        measured = f"indicators: [{lead}]\n    supporting: [{supporting}]"
        text = board.read_text("utf-8").replace("indicators: [decided]\n    supporting: [received]", measured)
        board.write_text(text, encoding="utf-8")
        rows = (line.split(",") for line in contacts().splitlines())
        without_decided_at = "".join(",".join([*row[:3], *row[4:]]) + "\n" for row in rows)
        (project / "data/contacts.csv").write_text(without_decided_at, encoding="utf-8")
        point = report(project, "board").split("**1. ")[1].split("**2. ")[0]
        assert f"Cannot be computed from this extract: {lacking}." in point
        assert [row["Indicator"] for table in tables(point) for row in table] == [shown]

    def test_the_sheet_of_an_indicator(self, project: Path) -> None:
        sheet = report(project, "board").split("### Contacts decided within 24 hours\n")[1]
        facts = dict(re.findall(r"^- \*\*(.+?)\*\*: (.+)$", sheet, re.MULTILINE))
        assert facts["Target"] == "90% or more, Amber from 80%"
        assert facts["January 2019"] == "86.7%; down 22.4 percentage points: no more than chance alone often makes"
        assert facts["Year to date"] == "not covered"  # it begins in April 2018, the extract in October
        assert facts["Open now"].startswith("Overdue: 1 case")
        # 9 of the 15 judged and unknown, and 10 of 15
        assert facts["Could be"] == "60.0% if every case not yet judged failed, 66.7% if every one succeeded."
        assert "1 case could not be judged: it has no time of day." in facts["Behind the figure"]
        by_team = next(rows for rows in tables(sheet) if "Team" in rows[0])
        assert [(row["Team"], row["Value"], row["Cases"], row["Overdue"]) for row in by_team] == [
            ("North", "60.0%", "6 of 10", "none"),
            ("South (fewer than 10 cases)", "75.0%", "3 of 4", "1"),
        ]
        assert "No commentary has been written for February 2019. Owner: Front door service manager." in sheet

    def test_the_months_are_those_of_compute(self, project: Path) -> None:
        computed = run("compute", "--history", "23", "--json", cwd=project).stdout
        text = report(project, "board")
        for title in ("Contacts decided within 24 hours", "Contacts received"):
            figures = [each for each in json.loads(computed)["figures"] if each["title"] == title]
            chart = next(rows for rows in tables(text.split(f"### {title}\n")[1]) if "Month" in rows[0])
            assert len(chart) == len(figures) == 24
            for row, figure in zip(chart, figures, strict=True):
                shown = {None: "–"}.get(figure["value"], "")
                if figure["value"] is not None:
                    share = figure["measure"] == "proportion"
                    shown = f"{100 * figure['value']:.1f}%" if share else f"{figure['value']}"
                assert row["Value"] == shown
                assert row["Rating"].lower().replace(" ", "_") == figure["rating"].lower()

    def test_it_makes_itself_again(self, project: Path) -> None:
        text = report(project, "board", "--history", "5")
        command = re.search(r"Made again by\*\*: `sgkpi (.+)`", text)
        assert command
        assert command[1] == "report board --month 2019-02 --as-of 2019-03-04T07:00 --history 5"
        again = report(project, *command[1].split()[1:])
        assert again == text.replace("(from extract.toml)", "(as requested)")


class TestOtherKinds:
    def test_indicator_has_every_breakdown_and_the_whole_meaning(self, project: Path) -> None:
        text = report(project, "indicator", "decided")
        assert "# Children's services, Contacts decided within 24 hours: February 2019" in text
        assert " by team, February 2019" in text
        assert " by source, February 2019" in text
        assert "**What it means**: Each row of contacts is a case" in text
        assert "Contacts received" not in text  # nor among what findings do to figures

    def test_a_team_has_its_own_figures_beside_all_and_no_other_team(self, project: Path) -> None:
        text = report(project, "team", "north")
        assert "# Children's services, North: February 2019" in text
        sheet = text.split("### Contacts decided within 24 hours\n")[1]
        facts = dict(re.findall(r"^- \*\*(.+?)\*\*: (.+)$", sheet, re.MULTILINE))
        assert sheet.lstrip().split("\n\n")[1] == "**60.0%**; Red; 6 of 10 contacts"
        assert facts["All teams together"] == "64.3%, Red"
        assert facts["January 2019"] == "80.0%; down 20.0 percentage points: no more than chance alone often makes"
        assert facts["Open now"].startswith("Overdue: none")
        assert "South" not in text

    def test_a_team_whose_name_is_like_an_option_makes_its_report_again(self, project: Path) -> None:
        (project / "data" / "contacts.csv").write_text(contacts("-1"), encoding="utf-8")
        text = report(project, "team", "--history", "2", "--", "-1")
        command = re.search(r"\*\*Made again by\*\*: `sgkpi report (.+)`", text)
        assert command
        assert command[1].endswith("--history 2 -- -1")
        assert report(project, *command[1].split()).replace("as requested", "from extract.toml") == text

    def test_quality_has_findings_rows_and_months_that_are_not_covered(self, project: Path) -> None:
        text = report(project, "quality")
        assert "1 value of 'source' is not in its list of codes" in text
        assert "contacts.csv: row 22" in text
        assert "1 column that nobody declared: not read" in text
        rows = next(rows for rows in tables(text) if "Not covered" in rows[0])
        assert {row["Not covered"] for row in rows} == {"March 2017 to September 2018"}

    def test_points_whose_indicators_no_month_rates_have_their_target_all_the_same(self, project: Path) -> None:
        """Before January the extract has no contact: nothing is rated, though there is a target."""
        text = report(project, "improvement", "--month", "2018-12")
        rows = [row for found in tables(text) for row in found if "In target, 6 months" in row]
        assert [row["In target, 6 months"] for row in rows] == ["–", "–"]
        assert "“–” under In target, 6 months: none of these months has a rating." in text

    def test_points_that_people_judge_have_no_indicator_to_explain(self, project: Path) -> None:
        (project / "judged.yaml").write_text(
            "title: Judged\nsince: 2019-01\npoints:\n  - {words: The quality of assessments, evidence: Audits}\n",
            encoding="utf-8",
        )
        text = report(project, "improvement", "--board", "judged.yaml")
        assert "- Evidence: Audits\n\nNo indicator measures this point.\n\n## About these figures\n" in text

    def test_a_page_for_each_team(self, project: Path) -> None:
        data = contacts("Équipe  1/2", "equipe 1 2").replace("South", "équipe")
        (project / "data" / "contacts.csv").write_text(data, encoding="utf-8")
        done = run("report", "team", "--each", "-o", "packs/", cwd=project)
        assert done.code == 0, done.stderr
        assert sorted(each.name for each in (project / "packs").iterdir()) == ["equipe-1-2-2.html", "equipe-1-2.html"]
        pages = [each.read_text(encoding="utf-8") for each in sorted((project / "packs").iterdir())]
        assert ["Équipe 1/2" in page or "Équipe  1/2" in page for page in pages] == [True, False]
        assert done.stderr.count("Wrote ") == 2


RATIO = """\
title: Police contacts for each of the schools
theme: help
table: contacts
period: received_at
measure: ratio
value: "case when source = 'police' then 1 else 0 end"
per: "case when source = 'school' then 1 else 0 end"
improvement: none
"""


def test_a_month_of_a_ratio_with_nothing_to_divide_by_is_not_said_to_have_no_cases(project: Path) -> None:
    """Only the police sent contacts in October and schools in November; December has none."""
    (project / "indicators" / "balance.yaml").write_text(RATIO, encoding="utf-8")
    with (project / "data" / "contacts.csv").open("a", encoding="utf-8") as file:
        for place, (day, source) in enumerate((("2018-10-09", "police"), ("2018-11-09", "school"))):
            file.write(f"{place},{place},{day} 09:00,{day} 10:00,North,{source},2007-01,\n")
    rows = [row for rows in tables(report(project, "indicator", "balance")) for row in rows if "Status" in row]
    assert [(row["Month"], row["Value"], row["Status"]) for row in rows[-5:-2]] == [
        ("Oct 2018", "–", "no value"),
        ("Nov 2018", "0", "complete"),
        ("Dec 2018", "–", "no cases"),
    ]
    assert run("report", "indicator", "balance", "-o", "a.html", cwd=project).code == 0
    assert "no value or no cases" in (project / "a.html").read_text(encoding="utf-8")


class TestFiles:
    def test_each_ending_has_its_format_and_stdout_has_markdown(self, project: Path) -> None:
        done = run("report", "board", "-o", "a.html", "-o", "b.md", cwd=project)
        assert (done.code, done.stdout) == (0, "")
        assert (project / "b.md").read_text(encoding="utf-8") == report(project, "board")
        page = (project / "a.html").read_bytes()
        assert page.startswith(b"<!doctype html>")
        assert b"64.3%" in page

    @pytest.mark.parametrize(
        ("second", "message"),
        [
            ("missing/b.md", "there is no folder 'missing'"),
            ("b.csv", "cannot write .csv files; use one of .md, .xlsx, .html\n"),
            ("a.html", "this file is named twice"),
            ("data", "this is a folder"),
            (f"{'x' * 245}.md", "cannot write the file"),  # its temporary name is too long for a file system
            ("data/contacts.csv", "cannot write .csv files"),
            ("indicators/decided.yaml", "cannot write .yaml files"),
        ],
    )
    def test_if_one_cannot_be_written_none_is(self, project: Path, second: str, message: str) -> None:
        before = {each: each.read_bytes() for each in project.rglob("*") if each.is_file()}
        done = run("report", "board", "-o", "a.html", "-o", second, cwd=project)
        assert done.code == 2
        assert message in done.stderr
        assert {each: each.read_bytes() for each in project.rglob("*") if each.is_file()} == before

    def test_an_extract_without_a_row_gives_no_report(self, project: Path) -> None:
        path = project / "data" / "contacts.csv"
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
        for kind in KINDS:
            done = run("report", *kind, "-o", "a.html", cwd=project)
            assert done.code == 11, kind
            assert "no row in contacts" in done.stderr
            assert not (project / "a.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bord"], "report: no kind 'bord'; did you mean 'board'?"),
        (["board", "North"], "`sgkpi report board` takes no names; it got 'North'"),
        (["indicator"], "name an indicator, as in"),
        (["indicator", "decide_"], "no indicator 'decide_'; did you mean 'decided'?"),
        (["team"], "name the team, as in"),
        (["team", "North", "South"], "a report is of one team, not of 2"),
        (["team", "Nroth"], "no team 'Nroth' has a case in the months of the report; did you mean 'North'?"),
        (["team", "--each"], "--each: name one folder"),
        (["board", "--each"], "--each: use it with `sgkpi report team`, without the name of a team"),
        (["team", "North", "--each", "-o", "packs"], "--each: use it with `sgkpi report team`, without the name"),
        (["team", "--each", "-o", "north.html"], "-o north.html: this is a file; with --each, name a folder"),
        (["board", "-o", "a.pdf"], "-o a.pdf: cannot write .pdf files; use one of .md, .xlsx, .html\n"),
        (["board", "-o", "-"], "-o -: to write to stdout, omit -o\n"),
        (["indicator", "decided", "--board", "b.yaml"], "--board: a report of kind indicator has no points"),
        (["quality", "--board", "b.yaml"], "--board: a report of kind quality has no points"),
        (["board", "--snapshots", "s"], "--snapshots: this goes with --since"),
        (["board", "--for", "public"], "sgkpi cannot publish figures yet"),
        (["board", "--for", "everybody"], "--for: no kind of reader 'everybody'"),
        (["board", "--by", "teem"], "no breakdown 'teem'; did you mean 'team'?"),
        (["board", "--by", "person_id"], "no report is broken down by 'person_id'"),
        (["board", "--by", "team,born"], "no report is broken down by 'born'"),
        (["indicator", "decided", "--by", "team*born"], "no report is broken down by 'team*born'"),
        (["board", "--month", "2019-04"], "2019-04 had not begun"),
        (["board", "--month", "2019-01,2019-02"], "--month: give one month, not 2"),
    ],
)
def test_what_cannot_be_asked(project: Path, arguments: list[str], message: str) -> None:
    done = run("report", *arguments, cwd=project)
    assert done.code == (10 if arguments[:2] == ["indicator", "decide_"] else 2)
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("kind", [["board"], ["indicator", "decided"]])
def test_two_breakdowns_at_once_however_they_are_written(project: Path, kind: list[str]) -> None:
    """Of North's 10 contacts of February the police and schools sent one by turns; of them 6 are in time, then 4 not.

    The sixth is of the source that is not listed.
    """
    rows = [row for found in tables(report(project, *kind, "--by", "team * source")) for row in found]
    north = [row["Cases"] for row in rows if row.get("Team × source", "").startswith("North")]
    assert north == ["3 of 5", "2 of 4", "1 of 1"]


@pytest.mark.parametrize("kind", [["team", "North"], ["quality"]])
def test_breakdowns_of_a_report_without_any_are_noted(project: Path, kind: list[str]) -> None:
    done = run("report", *kind, "--by", "team", cwd=project)
    assert done.code == 0
    assert f"--by has no effect on `sgkpi report {kind[0]}`" in done.stderr


def test_a_setting_for_all_reports_stops_none_that_does_without_it(project: Path) -> None:
    settings = {"SGKPI_REPORT_BOARD": "absent.yaml", "SGKPI_SNAPSHOTS": "absent"}
    assert run("report", "quality", cwd=project, env=settings).code == 0


class TestPrivacy:
    @pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
    def test_no_cell_of_a_case_is_in_any_report(self, project: Path, kind: list[str]) -> None:
        assert CANARY in (project / "data" / "contacts.csv").read_text(encoding="utf-8")
        for options in ([], ["--by", "all"]) if kind[0] == "board" else ([],):
            done = run("report", *kind, *options, "-o", "a.html", "-o", "b.md", cwd=project)
            assert done.code == 0, done.stderr
            for name in ("a.html", "b.md"):
                content = (project / name).read_bytes()
                assert CANARY.encode() not in content
                assert b"2007-0" not in content  # a birth month

    def test_values_that_are_no_codes_are_one_category(self, project: Path) -> None:
        text = report(project, "indicator", "decided")
        by_source = next(rows for rows in tables(text) if "Source" in rows[0])
        assert [row["Source"] for row in by_source if "not listed" in row["Source"]] == [
            "(not listed) (fewer than 10 cases)"
        ]
        assert sum(int(row["Cases"].split(" of ")[1]) for row in by_source) == 14


def test_the_same_input_gives_the_same_bytes(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = write_project(tmp_path_factory.mktemp("elsewhere"))
    written = []
    for place, env in (
        (project, {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C"}),
        (other, {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}),
    ):
        done = run_process("report", "board", "-o", "a.html", "-o", "b.md", "-o", "c.xlsx", cwd=place, env=env)
        assert done.code == 0, done.stderr
        written.append([(place / name).read_bytes() for name in ("a.html", "b.md", "c.xlsx")])
    assert written[0] == written[1]

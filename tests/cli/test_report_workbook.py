"""The workbook of a report: its sheets, their rules, and the same numbers as everywhere."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.report.support import CANARY, DECIDED, contacts, write_project
from tests.support.program import run
from tests.support.sheets import SHEETS, faults, read_book, table_of
from tests.support.workbooks import parts_of

KINDS = (["board"], ["indicator", "decided"], ["team", "North"], ["quality"], ["improvement"])
HOSTILE = ("=cmd|' /C calc'!A0", "+44 20", "-5", "@all", "<script>alert(1)</script>", "<r><t>x</t></r>", "x" * 300)
COMMENTARY = """\
---
by: Front door service manager
on: 2019-03-01
figure: 60.0%
actions:
  - {what: "=Second decision maker", who: A. Manager, when: 2019-03-02, state: started}
---
- Two of three were *on leave*
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the board's report, for tests that ask for nothing else."""
    return workbook(write_project(tmp_path_factory.mktemp("board")), "board")


def workbook(project: Path, *arguments: str) -> Path:
    """The workbook of a report, which keeps the rules."""
    done = run("report", *arguments, "-o", "a.xlsx", cwd=project)
    assert done.code == 0, done.stderr
    assert faults(project / "a.xlsx") == []
    return project / "a.xlsx"


def only(rows: list[dict[str, Any]], **wanted: object) -> dict[str, Any]:
    """The one row with these cells."""
    (found,) = (row for row in rows if all(row[name] == cell for name, cell in wanted.items()))
    return found


def month_parts(path: Path, kind: str) -> list[str]:
    return [content.decode() for name, content in sorted(parts_of(path).items()) if name.startswith(kind)]


class TestSheets:
    def test_a_board_has_every_sheet_in_order(self, board: Path) -> None:
        book = read_book(board)
        assert tuple(book.sheetnames) == SHEETS
        assert book.active.title == "Cover"
        for name, says in (("Commentary", "There is no commentary on February 2019."), ("Actions", "No action is")):
            assert book[name]["A2"].value.startswith(says)
            assert not book[name].tables
        assert [len(book[name].tables) for name in SHEETS] == [0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0]

    @pytest.mark.parametrize(
        ("kind", "missing"),
        [
            (["indicator", "decided"], {"Commentary", "Actions", "Inspection"}),
            (["team", "North"], {"Commentary", "Actions", "Inspection", "Data quality"}),
            (["quality"], {*SHEETS} - {"Cover", "Figures", "Reasons", "Data quality", "Definitions"}),
            (["improvement"], {"Commentary", "Actions", "Data quality"}),
        ],
        ids=lambda each: each[0] if isinstance(each, list) else "",
    )
    def test_another_kind_has_those_that_it_fills(self, project: Path, kind: list[str], missing: set[str]) -> None:
        names = read_book(workbook(project, *kind)).sheetnames
        assert tuple(names) == tuple(each for each in SHEETS if each not in missing)

    def test_the_cover(self, project: Path) -> None:
        with (project / "sgkpi.toml").open("a") as settings:
            settings.write('[report]\nauthority = "Southshire & Co"\nmarking = "OFFICIAL-SENSITIVE"\n')
        book = read_book(workbook(project, "board"))
        lines = [row[0].value for row in book["Cover"].iter_rows()]
        assert lines[:4] == [
            "Southshire & Co children's services performance: February 2019",
            "OFFICIAL-SENSITIVE · Internal: small numbers are not hidden",
            "What was known on 4 March 2019, 07:00.",
            "Source: By hand.",
        ]
        assert "Draft. 1 of 1 red indicator has no commentary yet." in lines
        assert "[c] means suppressed, so that nobody can be identified." in lines
        assert "Made again by: sgkpi report board --month 2019-02 --as-of 2019-03-04T07:00" in lines
        links = [row[0].hyperlink.location for row in book["Cover"].iter_rows() if row[0].hyperlink]
        assert links == [f"'{name}'!A1" for name in SHEETS[1:]]
        properties = book.properties
        assert (properties.title, properties.creator) == (lines[0], "Southshire & Co")
        assert properties.created == properties.modified == datetime(2019, 3, 4, 7)


class TestNumbers:
    def test_at_a_glance(self, board: Path) -> None:
        rows = table_of(board, "At a glance")
        row = only(rows, Indicator="Contacts decided within 24 hours")
        assert row["Value"] == 9 / 14
        assert (row["Cases that count"], row["Of cases"], row["Target"], row["Rating"]) == (9, 14, 0.9, "Red")
        assert row["Change since January"] == pytest.approx(9 / 14 - 13 / 15)
        assert row["What the change means"] == "no more than chance alone often makes"
        assert (row["Overdue now"], row["Oldest fell due"]) == (1, datetime(2019, 2, 11))
        assert row["Could not be judged"] == 1
        assert row["12 months"] == "from 86.7% in January 2019 to 64.3% in February 2019"
        received = only(rows, Indicator="Contacts received")
        assert (received["Value"], received["Target"], received["Of cases"]) == (15, "[z]", "[z]")

    def test_by_month_and_by_team(self, board: Path) -> None:
        months = table_of(board, "By month")
        value = only(months, Id="decided", Line="Value")
        assert (value["Jan 2019"], value["Feb 2019"]) == (13 / 15, 9 / 14)
        assert (value["Mar 2017"], value["Dec 2018"]) == ("[x]", "[z]")  # before the extract; without a case
        assert only(months, Id="decided", Line="Target")["Feb 2019"] == 0.9
        teams = [(row["Team"], row["Value"], row["All teams together"]) for row in table_of(board, "By team")]
        assert teams[:2] == [("North", 10, 15), ("South", 5, 15)]  # received, which has no better and worse
        assert teams[2:] == [("North", 0.6, 9 / 14), ("South", 0.75, 9 / 14)]

    @pytest.mark.parametrize("kind", [["board", "--by", "team"], ["indicator", "decided", "received", "--by", "team"]])
    def test_figures_are_those_of_compute(self, project: Path, kind: list[str]) -> None:
        computed = json.loads(run("compute", "--history", "23", "--by", "team", "--json", cwd=project).stdout)[
            "figures"
        ]
        rows = [row for row in table_of(workbook(project, *kind), "Figures") if row["period_kind"] == "month"]
        assert list(rows[0]) == list(computed[0])
        assert len(rows) == len(computed) > 48
        for row, figure in zip(rows, computed, strict=True):
            assert row == {name: in_sheet(name, cell, figure) for name, cell in figure.items()}

    def test_numbers_are_exact_and_shown_with_a_decimal(self, board: Path) -> None:
        book = read_book(board)
        sheet = book["Figures"]
        top = next(row for row in sheet.iter_rows() if row[0].value == "indicator")
        place = next(cell.column for cell in top if cell.value == "value")
        cells = [row[place - 1] for row in sheet.iter_rows(min_row=top[0].row + 1)]
        assert {cell.number_format for cell in cells if isinstance(cell.value, float)} == {"0.0%"}
        assert {cell.number_format for cell in cells if isinstance(cell.value, int)} <= {"#,##0", "0.0%"}
        assert 9 / 14 in [cell.value for cell in cells]

    def test_nobody_counts_persons_over_values_that_are_no_codes(self, project: Path) -> None:
        rows = table_of(workbook(project, "indicator", "decided"), "Figures")
        found = {
            row["category"]: row["persons"]
            for row in rows
            if (row["breakdown"], row["period"]) == ("source", "2019-02")
        }
        assert found.pop("(not listed)") == "[x]"
        assert sum(found.values()) == 13  # each of the 14 judged cases has a person of its own

    def test_reasons_and_definitions(self, board: Path) -> None:
        reasons = [
            row for row in table_of(board, "Reasons") if row["period"] == "2019-02" and row["breakdown"] == "[z]"
        ]
        found = {(row["indicator"], row["outcome"], row["reason"]): row["cases"] for row in reasons}
        assert found["decided", "not_met", "decided_late"] == 4
        assert found["decided", "overdue", "not_decided"] == 1
        assert found["decided", "unknown", "no_time_of_day"] == 1
        row = only(table_of(board, "Definitions"), Id="decided")
        assert row["Target"] == "90% or more, Amber from 80%"
        assert row["Basis"] == "Inspection 2019, paragraph 3"
        assert only(table_of(board, "Definitions"), Id="received")["Owner"] == "[x]"


def in_sheet(name: str, cell: object, figure: Mapping[str, object]) -> object:
    """What the sheet has for a cell of the JSON."""
    if cell is None and name in ("breakdown", "category", "unit"):
        return None
    if cell is None and name == "persons":
        return "[x]"
    if cell is None:
        not_covered = figure["status"] == "not_covered" and name not in ("target_green", "target_amber", "rating_firm")
        return "[x]" if not_covered else "[z]"
    if name in ("period_start", "period_end", "as_of"):
        return datetime.fromisoformat(str(cell))
    return cell


class TestPeople:
    def test_commentary_and_actions(self, project: Path) -> None:
        (project / "commentary" / "2019-02").mkdir(parents=True)
        (project / "commentary" / "2019-02" / "decided.md").write_text(COMMENTARY, encoding="utf-8")
        path = workbook(project, "board", "--commentary", "commentary")
        (note,) = table_of(path, "Commentary")
        assert (note["By"], note["On"]) == ("Front door service manager", datetime(2019, 3, 1))
        assert note["Text"] == "- Two of three were *on leave*"
        assert (note["Figure that the writer saw"], note["Figure now"]) == ("60.0%", "64.3%")
        assert note["Out of date"] == "yes"
        (action,) = table_of(path, "Actions")
        assert (action["Action"], action["Who"]) == ("=Second decision maker", "A. Manager")
        assert (action["By"], action["State"], action["Was due"]) == (datetime(2019, 3, 2), "started", "yes")

    @pytest.mark.parametrize("kind", ["board", "improvement"])
    def test_what_people_say_of_the_inspection(self, project: Path, kind: str) -> None:
        (project / "commentary" / "2019-02").mkdir(parents=True)
        said = "---\nby: Board\nactions:\n  - {what: Meet each month, who: Director}\n---\nWe met.\n"
        (project / "commentary" / "2019-02" / "inspection.md").write_text(said, encoding="utf-8")
        path = workbook(project, kind, "--commentary", "commentary")
        (note,), (action,) = table_of(path, "Commentary"), table_of(path, "Actions")
        assert (note["Subject"], note["By"], note["Text"]) == ("Inspection of March 2019", "Board", "We met.")
        assert (action["Subject"], action["Action"]) == ("Inspection of March 2019", "Meet each month")

    def test_the_inspection(self, project: Path) -> None:
        lead, supporting, audits = table_of(workbook(project, "improvement"), "Inspection")
        assert (lead["Point"], lead["Id"], lead["Lead or supporting"]) == (1, "decided", "lead")
        assert (lead["At the inspection"], lead["Now"], lead["Rating"]) == (13 / 15, 9 / 14, "Red")
        assert (lead["Months in target"], lead["Months rated"]) == (0, 2)
        assert (supporting["Now"], supporting["Rating"]) == (15, "Not rated")
        assert (audits["Point"], audits["Now"], audits["Evidence"]) == (2, "[z]", "Audits say it")

    def test_data_quality(self, project: Path) -> None:
        rows = table_of(workbook(project, "quality"), "Data quality")
        unlisted = next(row for row in rows if row["Code"] == "unlisted-cell")
        assert (unlisted["Table"], unlisted["Severity"], unlisted["How many"]) == ("contacts", "warning", 1)
        # The time that lacks an hour is that of the one contact of February that is unknown: 9 or 10 of 15 with it.
        timeless = next(row for row in rows if row["Code"] == "no-time-of-day")
        assert (
            "decided 2019-02: 64.3%, between 60.0% and 66.7% if its 1 case were known" in timeless["Effect on figures"]
        )

    def test_a_board_does_not_say_that_findings_have_no_effect(self, board: Path) -> None:
        """It does not work effects out."""
        assert "Effect on figures" not in table_of(board, "Data quality")[0]
        assert "the indicators that it concerns" in read_book(board)["Data quality"]["A2"].value

    def test_an_extract_without_a_finding_has_been_checked(self, project: Path) -> None:
        (project / "data" / "contacts.csv").write_text(
            "contact_id,person_id,received_at,decided_at,team,source,born\n"
            "1,1,2019-02-05 09:00,2019-02-05 10:00,North,police,2007-01\n",
            encoding="utf-8",
        )
        assert (
            read_book(workbook(project, "board"))["Data quality"]["A2"].value
            == "The check of the extract found nothing."
        )


class TestCharts:
    def test_each_indicator_has_a_native_chart_that_names_its_lines(self, board: Path) -> None:
        months = read_book(board)["By month"]
        rows = {(row[1].value, row[2].value): row[0].row for row in months.iter_rows(min_row=2) if row[1].value}
        (drawing,) = month_parts(board, "xl/drawings/drawing")
        texts = re.findall(r'descr="([^"]+)"', drawing)
        assert [text.split(",")[0] for text in texts] == ["Contacts received", "Contacts decided within 24 hours"]
        first, last = rows["decided", "Value"], rows["decided", "Target"]
        assert texts[1].endswith(f"The same numbers stand in rows {first} to {last} of the sheet By month.")
        assert "First 86.7% in January 2019, last 64.3% in February 2019" in texts[1]
        charts = month_parts(board, "xl/charts/chart")
        assert len(charts) == 2
        # From January, the first month with a value: Y and Z are the columns of January and February 2019.
        assert re.findall(r"<c:val>.*?<c:f>(.+?)</c:f>", charts[1]) == [
            f"'By month'!$Z${row}:$AA${row}" for row in (first, last)
        ]

    def test_months_are_named_below_the_chart_and_not_across_values_below_zero(self, project: Path) -> None:
        early = "title: Early\ntable: contacts\nperiod: received_at\nmeasure: mean\nimprovement: none\n"
        early += 'value: "days_between(decided_at, received_at)"\n'
        (project / "indicators" / "early.yaml").write_text(early, encoding="utf-8")
        (chart,) = month_parts(workbook(project, "indicator", "early"), "xl/charts/chart")
        # In January 2 of 15 contacts were decided five days later, in February 4 of 14, one with no time of day.
        assert float(re.findall(r'<c:min val="(.+?)"', chart)[0]) <= min(-10 / 15, -20 / 14)
        assert re.findall(r'<c:tickLblPos val="(.+?)"', re.findall(r"<c:catAx>.*?</c:catAx>", chart)[0]) == ["low"]

    def test_a_month_without_a_value_is_a_gap_and_one_that_may_change_is_hollow(self, project: Path) -> None:
        path = project / "data" / "contacts.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("2019-01-", "2018-12-"), encoding="utf-8")
        charts = month_parts(
            workbook(project, "board", "--month", "2019-02", "--as-of", "2019-02-20"), "xl/charts/chart"
        )
        value, target = re.findall(r"<c:val>.*?<c:f>(.+?)</c:f>", charts[1])
        # December and February have values, and January has none: Z1 is blank, Z8 would be drawn as nought.
        assert value == "('By month'!$Y$8,'By month'!$Z$1,'By month'!$AA$8)"
        assert target == "'By month'!$Y$9:$AA$9"
        hollow = re.findall(
            r'<c:dPt><c:idx val="(\d+)"/><c:marker><c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/>', charts[1]
        )
        assert hollow == ["2"]
        stored = re.findall(r"<c:numCache>.*?</c:numCache>", charts[1])[0]
        assert re.findall(r'<c:pt idx="(\d+)">', stored) == ["0", "2"]
        assert read_book(path.parents[1] / "a.xlsx")["By month"]["Z1"].value is None

    def test_a_team_is_drawn_beside_all(self, project: Path) -> None:
        chart = month_parts(workbook(project, "team", "North"), "xl/charts/chart")[1]
        assert re.findall(r"<c:tx><c:v>(.+?)</c:v>", chart) == ["Value", "All teams together", "Target"]

    def test_sparklines_draw_neighbouring_months_that_have_a_value(self, board: Path) -> None:
        glance = parts_of(board)["xl/worksheets/sheet2.xml"].decode()
        # Contacts received are counted from October 2018 on, that is from column W; some are decided from January on.
        assert sorted(re.findall(r"<xm:f>(.+?)</xm:f>", glance)) == ["'By month'!W7:AA7", "'By month'!Z8:AA8"]


class TestPrivacy:
    @pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
    def test_no_cell_of_a_case_is_in_any_part(self, project: Path, kind: list[str]) -> None:
        for options in ([], ["--by", "all"]) if kind[0] == "board" else ([],):
            for name, content in parts_of(workbook(project, *kind, *options)).items():
                assert CANARY.encode() not in content, name
                assert b"2007-0" not in content, name

    def test_a_team_sees_no_other_team(self, project: Path) -> None:
        for name, content in parts_of(workbook(project, "team", "North")).items():
            assert b"South" not in content, name


class TestHostile:
    @pytest.mark.parametrize("name", HOSTILE, ids=lambda name: name[:8])
    def test_a_name_stays_text(self, project: Path, name: str) -> None:
        (project / "data" / "contacts.csv").write_text(contacts(name), encoding="utf-8")
        titled = DECIDED.replace("Contacts decided within 24 hours", json.dumps(name))
        (project / "indicators" / "decided.yaml").write_text(titled, encoding="utf-8")
        path = workbook(project, "board")
        written = f"{name} " if name.startswith("<r>") else name
        assert written in {row["Team"] for row in table_of(path, "By team")}
        assert written in {row["category"] for row in table_of(path, "Figures")}
        assert written in {row["Indicator"] for row in table_of(path, "At a glance")}
        assert not any("<c:tx><c:strRef>" in chart for chart in month_parts(path, "xl/charts/chart"))


class TestOddPacks:
    @pytest.mark.parametrize(
        ("options", "charts", "teams"),
        [
            (["--month", "2018-12"], 1, 0),  # no case: the count of contacts is 0, and its months have values
            (["--history", "0"], 2, 4),
            (["--month", "2018-08"], 0, 0),  # before the extract
        ],
        ids=["no case", "one month", "not covered"],
    )
    def test_few_values(self, project: Path, options: list[str], charts: int, teams: int) -> None:
        path = workbook(project, "board", *options)
        assert tuple(read_book(path).sheetnames) == SHEETS
        assert len(month_parts(path, "xl/charts/chart")) == charts
        assert len(table_of(path, "By team")) == teams

    @pytest.mark.slow
    def test_forty_teams_and_sixty_indicators(self, project: Path) -> None:
        header, *rows = contacts().splitlines()
        named = [row.replace("North", f"Team {place:02d}") for place, row in enumerate(rows * 2)]
        named = [re.sub(r"K(\d+)", rf"K\g<1>-{place}", row) for place, row in enumerate(named)]
        (project / "data" / "contacts.csv").write_text("\n".join([header, *named, ""]), encoding="utf-8")
        by_team = DECIDED.replace("by: [team, source, person_id, born]", "by: [team]")
        for place in range(58):
            text = by_team.replace("within 24 hours\n", f"within 24 hours, {place}\n", 1)
            (project / "indicators" / f"decided_{place}.yaml").write_text(text, encoding="utf-8")
        path = workbook(project, "board", "--history", "2")
        assert len(table_of(path, "At a glance")) == 60
        assert len(month_parts(path, "xl/charts/chart")) == 60
        teams = {row["category"] for row in table_of(path, "Figures") if row["breakdown"] == "team"}
        assert len(teams) == 41  # 20 of the 28 rows of North, twice, and South

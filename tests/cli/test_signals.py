"""`signals` from end to end: series worked out by hand, every format, and the screen at every width."""

import csv
import json
from io import StringIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from rich.cells import cell_len

from tests.cli.test_compute import DECIDED, RECEIVED, TABLE
from tests.support.program import run, run_process

# Ranges 3 7 5 3 6 5 3 5 3 9 11 3, 5.25 on average: mean 395/13, limits 2.66 × 5.25 = 13.965 from it.
NUMBERS = (31, 28, 35, 30, 33, 27, 32, 29, 34, 31, 22, 33, 30)
COLUMNS = [
    "indicator", "breakdown", "category", "period", "status", "settled", "value", "numerator", "denominator", "chart",
    "phase", "limits", "reason", "mean", "lower", "upper", "near_lower", "near_upper", "outside", "shift", "trend",
    "two_of_three", "signal", "variation", "assurance", "target",
]  # fmt: skip
MONTHS = [f"{year}-{month:02d}" for year in (2017, 2018, 2019) for month in range(1, 13)][13:26]
SELDOM, BELOW = "a change that chance alone seldom makes", "below the limits of usual variation"
STOCK = """\
title: Contacts open
theme: help_and_protection
table: contacts
point_in_time: {from: received_at, to: decided_at}
measure: count
improvement: decrease
target: {green: 3}
basis: ["A made-up rule"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Thirteen months to February 2019: of each four contacts the first is late, and in February all but 8 of 30.

    In time are 277 of 395, 70.1%: s = sqrt(0.7013 × 0.2987 / 30) = 0.08356 in February. March has an open contact.
    """
    wanted = RECEIVED.replace("improvement: none", "improvement: decrease\ntarget: {green: 20}")
    definitions = {"tables/contacts.yaml": TABLE, "decided.yaml": DECIDED, "received.yaml": wanted, "open.yaml": STOCK}
    for name, text in definitions.items():
        path = tmp_path / "indicators" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    lines = ["contact_id,received_at,decided_at,team"]
    for month, number in zip(MONTHS, NUMBERS, strict=True):
        for case in range(number):
            in_time = case < 8 if month == "2019-02" else case % 4 > 0
            team = "North" if case % 2 else "South"
            days = "01" if in_time else "05"
            lines.append(f"{month}-{case},{month}-01 09:00,{month}-{days} 10:00,{team}")
    lines += ["m1,2019-03-01 09:00,2019-03-01 10:00,North", "m2,2019-03-04 06:00,,North"]
    (tmp_path / "data" / "contacts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = "extracted_at = 2019-03-04T07:00:00\n[covers]\ncontacts = 2018-02-01\n"
    (tmp_path / "data" / "extract.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "sgkpi.toml").write_text('data = "data"\ncatalogue = "indicators"\n', encoding="utf-8")
    return tmp_path


def rows(project: Path, *arguments: str) -> list[dict[str, object]]:
    ran = run("signals", *arguments, "--json", cwd=project)
    assert ran.code == 0, ran.stderr
    read = json.loads(ran.stdout)
    assert read["schema"] == "sgkpi.signals/1"
    assert list(read)[-1] == "signals"
    found: list[dict[str, object]] = read["signals"]
    assert {tuple(row) for row in found} == {tuple(COLUMNS)}
    return found


class TestRows:
    def test_a_count_worked_by_hand(self, project: Path) -> None:
        found = rows(project, "received", "--month", "2019-02")
        assert [row["period"] for row in found] == [*(f"2017-{n:02d}" for n in range(3, 13)), "2018-01", *MONTHS]
        assert found[-1] == {
            "indicator": "received", "breakdown": None, "category": None, "period": "2019-02", "status": "complete",
            "settled": True, "value": 30, "numerator": 30, "denominator": None, "chart": "xmr", "phase": 1,
            "limits": "firm", "reason": None, "mean": pytest.approx(30.3846, abs=5e-5),
            "lower": pytest.approx(16.4196, abs=5e-5), "upper": pytest.approx(44.3496, abs=5e-5),
            "near_lower": pytest.approx(21.0746, abs=5e-5), "near_upper": pytest.approx(39.6946, abs=5e-5),
            "outside": 0, "shift": 0, "trend": 0, "two_of_three": 0, "signal": None, "variation": "common_cause",
            "assurance": "inconsistent", "target": 20,
        }  # fmt: skip
        assert [row["assurance"] for row in found[:-1]] == [None] * 23

    def test_months_that_are_no_points_have_nulls(self, project: Path) -> None:
        first = rows(project, "received", "--month", "2019-02")[0]
        known = {"indicator": "received", "period": "2017-03", "status": "not_covered", "settled": False}
        assert first == dict.fromkeys(COLUMNS) | known | {"chart": "xmr", "phase": 1, "limits": "none", "target": 20}

    def test_a_share_that_falls(self, project: Path) -> None:
        last = rows(project, "decided", "--month", "2019-02")[-1]
        assert (last["outside"], last["signal"], last["variation"]) == (-1, "below_limit", "concern")
        assert (last["chart"], last["numerator"], last["denominator"]) == ("p", 8, 30)

    def test_the_window_ends_with_the_latest_settled_month(self, project: Path) -> None:
        found = rows(project, "decided", "--month", "2019-03")
        assert (found[0]["period"], found[-1]["period"], len(found)) == ("2017-03", "2019-03", 25)
        assert (found[-1]["settled"], found[-1]["limits"], found[-1]["reason"], found[-1]["value"]) == (
            False, "none", None, 1,
        )  # fmt: skip

    def test_a_stock_has_rows_and_no_limits(self, project: Path) -> None:
        found = rows(project, "open", "--month", "2019-02")
        assert {(row["chart"], row["limits"], row["target"]) for row in found} == {(None, "none", 3)}
        assert [row["reason"] for row in found] == [None] * 11 + ["stock"] * 13

    def test_categories_where_they_are_asked_for(self, project: Path) -> None:
        found = rows(project, "received", "decided", "--month", "2019-02", "--by", "team")
        order = list(dict.fromkeys((row["indicator"], row["breakdown"], row["category"]) for row in found))
        assert order == [
            ("decided", None, None), ("decided", "team", "North"), ("decided", "team", "South"),
            ("received", None, None),
        ]  # fmt: skip

    def test_compute_has_the_icon_of_each_total(self, project: Path) -> None:
        expected = [
            {"indicator": "decided", "month": "2019-02", "variation": "concern", "assurance": "inconsistent",
             "limits": "firm", "reason": None},
            {"indicator": "open", "month": None, "variation": None, "assurance": None, "limits": "none",
             "reason": "stock"},
            {"indicator": "received", "month": "2019-02", "variation": "common_cause", "assurance": "inconsistent",
             "limits": "firm", "reason": None},
        ]  # fmt: skip
        for others in ([], ["--history", "3"], ["--by", "team"], ["--period", "quarter"], ["--month", "2018-07"]):
            read = json.loads(run("compute", "--month", "2019-02", *others, "--json", cwd=project).stdout)
            assert list(read)[-2:] == ["figures", "signals"]
            assert read["signals"] == expected
        read = json.loads(run("compute", "received", "--month", "2018-07", "--json", cwd=project).stdout)
        assert [(each["month"], each["limits"], each["reason"]) for each in read["signals"]] == [
            (None, "none", "too_few_points"),
        ]  # fmt: skip - six months

    def test_every_format_holds_the_same_rows(self, project: Path) -> None:
        read = list(csv.reader(StringIO(run("signals", "--csv", cwd=project).stdout)))
        assert read[0] == COLUMNS
        assert len(read) == 1 + 3 * 24
        for name in ("s.parquet", "s.xlsx", "s.md", "s.txt"):
            assert run("signals", "-o", name, cwd=project).code == 0
        table = pq.read_table(project / "s.parquet")
        assert table.column_names == COLUMNS
        assert table.to_pylist()[23]["numerator"] == 8
        sheet = load_workbook(project / "s.xlsx")["signals"]
        assert [cell.value for cell in sheet[1]] == COLUMNS
        assert sheet.max_row == len(read)
        assert "a cause for concern: below the limits" in (project / "s.md").read_text("utf-8")


class TestScreen:
    def test_a_chart_in_words_and_characters(self, project: Path) -> None:
        lines = run("signals", "decided", "--month", "2019-03", cwd=project).stdout.splitlines()
        assert lines[:5] == [
            "Contacts decided within 24 hours (decided)",
            "",
            f"February 2019: a cause for concern, {SELDOM}: {BELOW}, which reaches from 45.1% to 95.2%.",
            "As it is, chance decides which months reach the target of 90%.",
            "The mean is 70.1%.",
        ]
        months = {line[:7]: line for line in lines if line.startswith("201")}
        assert list(months) == [*MONTHS, "2019-03"]  # no month before the first that is covered
        assert all("●" in months[month] for month in MONTHS)
        assert months["2019-02"].endswith("below the limits of usual variation")
        assert "○" in months["2019-03"]
        assert months["2019-03"].endswith("too early to compare: 50.0% to 100.0%")

    @pytest.mark.parametrize("width", [40, 60, 80, 120])
    def test_fits_its_terminal(self, project: Path, width: int) -> None:
        shown = run("signals", "--by", "team", "--month", "2019-03", "--width", str(width), cwd=project).stdout
        assert max(map(cell_len, shown.splitlines())) <= width
        shown = run("signals", "decided", "--month", "2019-03", "--width", str(width), cwd=project).stdout
        assert max(map(cell_len, shown.splitlines())) <= width
        words = " ".join(shown.split())
        assert "below the limits of usual variation" in words
        assert "●" in words

    def test_without_an_id_the_charts_of_signals_alone(self, project: Path) -> None:
        shown = run("signals", "--month", "2019-02", cwd=project).stdout
        assert shown.count("├ lower limit") == 1
        assert "no limits (a stock)" in shown
        (received,) = (line for line in shown.splitlines() if line.startswith("Contacts received"))
        assert " usual " in f"{received} "
        assert "variation" not in received
        assert "Not listed" not in shown

    def test_without_an_id_of_many_those_with_limits_are_listed(self, project: Path) -> None:
        for number in range(18):
            (project / "indicators" / f"open_{number}.yaml").write_text(STOCK, encoding="utf-8")
        shown = run("signals", "--month", "2019-02", cwd=project).stdout
        assert "Not listed, as they have no limits: 19 (a stock)\n" in shown
        assert "Contacts open" not in shown
        assert "Contacts received" in shown
        (project / "data" / "contacts.csv").write_text(
            "contact_id,received_at,decided_at,team\nm1,2019-02-01 09:00,,\n", encoding="utf-8"
        )
        shown = run("signals", "--month", "2019-02", cwd=project).stdout
        assert "Not listed, as they have no limits: 19 (a stock)" in shown
        assert "Variation" not in shown

    def test_plain_characters_where_the_code_page_has_no_others(self, project: Path) -> None:
        ran = run_process("signals", "decided", "--month", "2019-03", cwd=project, encoding="cp1252")
        assert ran.code == 0, ran.stderr
        assert "[ lower limit  + mean  ] upper limit  | target 90%" in ran.stdout
        assert "# settled  o not settled" in ran.stdout
        assert not set("├┼┤●○") & set(ran.stdout)

    def test_plain_words(self, project: Path) -> None:
        shown = run("signals", "decided", "--month", "2019-02", "--plain", cwd=project).stdout
        assert "2019-02: 26.7%, mean 70.1%, limits 45.1% to 95.2%, below the limits of usual variation\n" in shown

    def test_words_that_are_not_said(self, project: Path) -> None:
        shown = run("signals", "decided", "received", "open", "--by", "team", "--month", "2019-02", cwd=project).stdout
        assert "no more than usual variation" in shown
        assert "about one shows a signal at its latest month every three months" in shown
        assert "significant" not in shown
        assert "no change" not in shown

    def test_many_unknown_cases_are_marked(self, project: Path) -> None:
        path = project / "data" / "contacts.csv"
        path.write_text(path.read_text("utf-8") + "".join(f"u{n},2019-02-03 09:00,2019-02-03,\n" for n in range(4)))
        months = run("signals", "decided", "--month", "2019-02", cwd=project).stdout
        (last,) = (line for line in months.splitlines() if line.startswith("2019-02"))
        assert "26.7% u" in last  # 4 of 34
        assert last.endswith("below the limits of usual variation, or a change in recording")
        note = "u more than 10% of the cases could not be judged"
        assert note in months
        paper = run("signals", "decided", "--month", "2019-02", "--format", "md", cwd=project).stdout
        (last,) = (line for line in paper.splitlines() if "| 2019-02 |" in line)
        assert "| 26.7% u |" in last
        assert note in paper

    def test_compute_says_usual_or_better_or_worse(self, project: Path) -> None:
        lines = run("compute", "--month", "2019-02", cwd=project).stdout.splitlines()
        (decided,) = (line for line in lines if line.startswith("Contacts decided"))
        (received,) = (line for line in lines if line.startswith("Contacts received"))
        assert "▼ worse" in decided
        assert "usual" in received
        assert any(line.startswith("usual: no more than usual variation; better or worse: a change") for line in lines)


def test_one_month_is_asked_for(project: Path) -> None:
    ran = run("signals", "--month", "2019-01,2019-02", cwd=project)
    assert (ran.code, ran.stderr) == (2, "error: --month: give one month, not 2\n")


def test_engines_agree(project: Path) -> None:
    asked = ("--by", "team", "--month", "2019-03")
    assert rows(project, *asked) == rows(project, *asked, "--engine", "reference")


def test_a_single_indicator_is_listed(project: Path) -> None:
    """Its list would be empty otherwise: it has no chart either, as its latest month has no signal."""
    for name in ("decided", "open"):
        (project / "indicators" / f"{name}.yaml").unlink()
    lines = run("signals", cwd=project).stdout.splitlines()
    assert lines[0].startswith("Indicator")
    assert "received" in lines[2]

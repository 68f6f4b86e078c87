"""`cases` from end to end: which cases are listed, in which order and form, and what is refused."""

import csv
import json
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from sgkpi.answers.cases import _there_are
from tests.support.casework import write_project
from tests.support.program import Ran, run

COLUMNS = "key,person,period,outcome,reason,start,stop,due,value,team,by_outcome"
# The longest overdue first, then what was late, then what could not be judged, what was met, what was left out.
FEBRUARY = """\
C4:P4,P4,2019-02,overdue,not_decided,2019-02-11T09:00:00,,2019-02-12T09:00:00,,(not recorded),(not recorded)
C3:P3,P3,2019-02,overdue,not_decided,2019-02-20T09:00:00,,2019-02-21T09:00:00,,North,referral
C2:P2,P2,2019-02,not_met,decided_late,2019-02-05T09:00:00,2019-02-06T09:01:00,2019-02-06T09:00:00,,"A, B",referral
C6:P6,P6,2019-02,unknown,no_time_of_day,2019-02-13,2019-02-13T10:00:00,2019-02-14,,North,referral
C7:P7,P7,2019-02,unknown,duplicate_key,2019-02-14T09:00:00,2019-02-14T10:00:00,2019-02-15T09:00:00,,North,referral
C1:P1,P1,2019-02,met,,2019-02-04T09:00:00,2019-02-05T09:00:00,2019-02-05T09:00:00,,North,referral
C5:P5,P5,2019-02,excluded,advice_only,2019-02-12T09:00:00,2019-02-12T10:00:00,2019-02-13T09:00:00,,North,advice
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def keys(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.stderr
    return [row["key"] for row in csv.DictReader(StringIO(ran.stdout))]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_every_case_of_the_month_the_most_urgent_first(engine: str, project: Path) -> None:
    ran = run("cases", "decided", "--month", "2019-02", "--csv", "--engine", engine, cwd=project)
    assert ran.stdout == f"{COLUMNS}\n{FEBRUARY}"
    assert ran.stderr == "As of 2019-03-04 12:00 (from extract.toml)\n"


@pytest.mark.parametrize(
    ("value", "unit", "number", "shown"),
    [
        # C2 was decided a day and a minute after it was received.
        ("days_between(received_at, decided_at)", "days", 1, "1 day"),
        ("hours_between(received_at, decided_at)", "hours", 24 + 1 / 60, "24.0 hours"),
        ("days_between(received_at, decided_at) / 3", "percent", 1 / 3, "33.3%"),
    ],
)
def test_the_number_of_a_case_has_its_unit(value: str, unit: str, number: float, shown: str, project: Path) -> None:
    definition = f'title: Wait\ntable: contacts\nperiod: received_at\nmeasure: mean\nvalue: "{value}"\nunit: {unit}\n'
    (project / "indicators/wait.yaml").write_text(definition, encoding="utf-8")
    (line,) = (line for line in run("cases", "wait", cwd=project).stdout.splitlines() if line.startswith("C2:P2"))
    assert f"  {shown}" in line
    assert f": {shown}.\n" in run("why", "wait", "C2:P2", cwd=project).stdout
    (row,) = (
        row for row in csv.reader(StringIO(run("cases", "wait", "--csv", cwd=project).stdout)) if row[0] == "C2:P2"
    )
    assert float(row[8]) == pytest.approx(number)  # data have the number as it is


def test_a_unique_beginning_and_the_last_complete_month_will_do(project: Path) -> None:
    assert run("cases", "dec", "--csv", cwd=project).stdout == f"{COLUMNS}\n{FEBRUARY}"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--outcome", "overdue,not_met"], ["C4:P4", "C3:P3", "C2:P2"]),
        (["--outcome", "not-met", "--outcome", "MET"], ["C2:P2", "C1:P1"]),
        (["--where", "team=North", "--outcome", "overdue"], ["C3:P3"]),
        (["--where", "team=A, B"], ["C2:P2"]),  # one category that holds a comma
        (["--where", "team=A, B,(not recorded)"], ["C4:P4", "C2:P2"]),  # and another one beside it
        (["--where", "team=(not recorded),A, B"], ["C4:P4", "C2:P2"]),
        (["--where", "team=(not recorded)"], ["C4:P4"]),
        (["--where", "team=(not recorded),North", "--outcome", "overdue"], ["C4:P4", "C3:P3"]),
        (["--where", "team=North,outcome=advice"], ["C5:P5"]),
        (["--where", "team=North", "--where", "outcome=advice"], ["C5:P5"]),
        (["--where", "team=South"], []),  # a category of another month
        (["--where", "reason=not_decided"], ["C4:P4", "C3:P3"]),
        (["--where", "person= p3 "], ["C3:P3"]),
        (["--where", "person=P99"], []),
        (["--month", "2019-03"], ["C8:P8", "C9:P9"]),
        (
            ["--month", "2019-03", "--history", "1", "--outcome", "not_due,overdue"],
            ["C4:P4", "C3:P3", "C8:P8", "C9:P9"],
        ),
        (["--month", "2019-01"], []),
        (["--period", "year_to_date", "--month", "2019-03", "--outcome", "not_due"], ["C8:P8", "C9:P9"]),
        (["--as-of", "2019-02-12T08:00", "--month", "2019-02", "--outcome", "not_due"], ["C4:P4"]),
    ],
)
def test_filters_and_periods(options: list[str], expected: list[str], project: Path) -> None:
    assert keys(run("cases", "decided", "--csv", *options, cwd=project)) == expected


def test_a_case_stands_once_for_each_period_that_holds_it(project: Path) -> None:
    ran = run("cases", "decided", "--csv", "--period", "month,quarter", "--where", "person=P1", cwd=project)
    assert [row["period"] for row in csv.DictReader(StringIO(ran.stdout))] == ["2019-02", "2018-19 Q4"]


def test_a_stock_without_anything_to_start_its_time_comes_after_the_longest_overdue(project: Path) -> None:
    ran = run("cases", "plans", "--month", "2019-02", "--csv", cwd=project)
    assert ran.stdout.splitlines() == [
        "key,person,period,outcome,reason,start,stop,due,value,team",
        "P2,P2,2019-02,overdue,out_of_date,2018-08-01,,2019-02-01,,East",
        "P3,P3,2019-02,overdue,no_plan,,,,,East",
        "P1,P1,2019-02,met,,2018-09-06,,2019-03-06,,West",
    ]


def test_json_carries_the_same_rows(project: Path) -> None:
    ran = run("cases", "decided", "--json", "--where", "team=North", "--outcome", "met,overdue", cwd=project)
    document = json.loads(ran.stdout)
    assert {key: value for key, value in document.items() if key not in ("sgkpi", "cases")} == {
        "schema": "sgkpi.cases/1",
        "as_of": "2019-03-04T12:00:00",
        "as_of_source": "extract.toml",
        "extract": {"source": None},
        "indicator": "decided",
        "title": "Contacts decided within 24 hours",
        "measure": "proportion",
        "periods": ["2019-02"],
        "not_covered": [],
        "unavailable_breakdowns": [],
        "cautions": [],
    }
    assert [list(row) for row in document["cases"]] == [COLUMNS.split(",")] * 2
    assert document["cases"][0]["key"] == "C3:P3"
    assert document["cases"][0]["stop"] is None


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_breakdown_that_the_extract_lacks_is_said(engine: str, project: Path) -> None:
    (project / "data/contacts.csv").write_text(
        "contact_id,person_id,received_at,decided_at,outcome\nC1,P1,2019-02-04 09:00,2019-02-05 09:00,referral\n"
    )
    asked = ["cases", "decided", "--engine", engine]
    listed = run(*asked, "--csv", cwd=project)
    assert listed.stdout.splitlines() == [
        COLUMNS.replace(",team", ""),
        "C1:P1,P1,2019-02,met,,2019-02-04T09:00:00,2019-02-05T09:00:00,2019-02-05T09:00:00,,referral",
    ]
    (without,) = json.loads(run(*asked, "--json", cwd=project).stdout)["unavailable_breakdowns"]
    assert (without["indicator"], without["breakdown"]) == ("decided", "team")
    line = f"annot be broken down by team: decided: {without['reason']}"
    assert line in listed.stderr
    assert line in run(*asked, cwd=project).stdout


def test_parquet_has_types_of_its_own(project: Path) -> None:
    ran = run("cases", "decided", "-o", "cases.parquet", cwd=project)
    assert ran.stderr.splitlines()[-1] == "Wrote cases.parquet"
    table = pq.read_table(project / "cases.parquet")
    assert table.column_names == COLUMNS.split(",")
    assert {table.schema.field(name).type for name in ("start", "stop", "due")} == {pa.timestamp("us")}
    assert table.schema.field("value").type == pa.float64()
    assert table.column("key").to_pylist() == [line.split(",")[0] for line in FEBRUARY.splitlines()]


def test_a_workbook_is_the_list_with_what_it_rests_on(project: Path) -> None:
    run("cases", "decided", "--outcome", "overdue", "-o", "late.xlsx", cwd=project)
    written = run("cases", "decided", "--outcome", "overdue", "--csv", cwd=project).stdout.splitlines()
    book = load_workbook(project / "late.xlsx")
    assert [row[0].value for row in book["cases"].iter_rows()] == [line.split(",")[0] for line in written]
    about = {row[0].value: row[1].value for row in book["About"].iter_rows(min_row=2)}
    assert (about["Filter"], about["Periods"]) == ("overdue", "2019-02")


def test_parquet_of_day_clocks_has_dates(project: Path) -> None:
    run("cases", "plans", "-o", "cases.parquet", cwd=project)
    assert pq.read_table(project / "cases.parquet").schema.field("due").type == pa.date32()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("csv", f"{COLUMNS}\n"),
        ("md", f"| {' | '.join(name.replace('_', ' ').capitalize() for name in COLUMNS.split(','))} |"),
    ],
)
def test_a_result_without_rows_still_has_its_header(form: str, expected: str, project: Path) -> None:
    ran = run("cases", "decided", "--month", "2019-01", "--format", form, cwd=project)
    assert ran.code == 0
    assert ran.stdout.startswith(expected)


def test_json_and_screen_without_rows(project: Path) -> None:
    assert json.loads(run("cases", "decided", "--month", "2019-01", "--json", cwd=project).stdout)["cases"] == []
    screen = run("cases", "decided", "--month", "2019-01", cwd=project).stdout
    assert "January 2019: 0 cases" in screen
    assert "No cases." in screen


def test_the_screen_says_what_it_rests_on(project: Path) -> None:
    lines = run("cases", "decided", "--outcome", "overdue", cwd=project).stdout.splitlines()
    assert lines[0] == "Contacts decided within 24 hours, February 2019; overdue: 2 cases"
    # From 12 February to 4 March are 20 days.
    assert next(line for line in lines if line.startswith("C4:P4")).split() == [
        "C4:P4", "P4", "overdue", "not", "decided", "2019-02-11", "09:00", "2019-02-12", "09:00", "20",
        "(not", "recorded)", "(not", "recorded)",
    ]  # fmt: skip
    assert "As of 2019-03-04 12:00 (from extract.toml)" in lines
    assert "Keys and persons are pseudonyms; treat them with care." in lines


def test_a_period_that_is_not_covered_is_said(project: Path) -> None:
    with (project / "data" / "extract.toml").open("a", encoding="utf-8") as file:
        file.write("[covers]\ncontacts = 2019-02-01\n")
    ran = run("cases", "decided", "--month", "2019-01,2019-02", "--csv", cwd=project)
    assert len(ran.stdout.splitlines()) == 8
    assert "warning: 2019-01 is not covered by this extract" in ran.stderr
    assert "Not covered by this extract: January 2019" in run("cases", "decided", "-m", "2019-01", cwd=project).stdout


def test_without_a_key_file_and_row_stand_in(project: Path) -> None:
    (project / "data" / "contacts.csv").write_text(
        "person_id,received_at,decided_at,outcome,team\nP1,2019-02-04 09:00,,referral,North\n", encoding="utf-8"
    )
    assert keys(run("cases", "received", "--csv", cwd=project)) == ["contacts.csv:2"]


def test_a_person_with_a_comma_is_one(project: Path) -> None:
    (project / "data" / "contacts.csv").write_text(
        "contact_id,person_id,received_at,decided_at,outcome,team\n"
        'C1,"Q, 1",2019-02-04 09:00,,referral,North\nC2,Q,2019-02-05 09:00,,referral,North\n'
        "C3,P3,2019-02-06 09:00,,referral,North\n",
        encoding="utf-8",
    )
    assert keys(run("cases", "decided", "--where", "person=q, 1,p3", "--csv", cwd=project)) == ["C1:Q, 1", "C3:P3"]


def test_a_key_that_is_blank_is_said_to_be(project: Path) -> None:
    (project / "data" / "leavers.csv").write_text(
        "person_id,since,until,status,team\n,2017-05-01,,relevant,West\n", encoding="utf-8"
    )
    listed = run("cases", "plans", "--month", "2019-02", cwd=project)
    assert "\n(blank)  overdue  no plan" in listed.stdout
    assert keys(run("cases", "plans", "--month", "2019-02", "--csv", cwd=project)) == [""]
    told = run("why", "plans", "leavers.csv:2", "--month", "2019-02", cwd=project)
    assert "\nCase (blank), February 2019: overdue (no plan)\n" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["decided", "--outcome", "overdo"], 2, "--outcome: no outcome 'overdo'; did you mean 'overdue'?"),
        (["decided", "--outcome", ""], 2, "--outcome: this is empty"),
        (["decided", "--where", "teem=North"], 2, "no breakdown 'teem'; did you mean 'team'?"),
        (["decided", "--where", "team=Nord"], 2, "no team 'Nord'; did you mean 'North'?"),
        (
            ["decided", "--where", "outcome=zzz"],
            2,
            "no outcome 'zzz'; there are referral, advice, (not recorded)",
        ),
        (["decided", "--where", "reason=decided_lately"], 2, "no reason 'decided_lately'; did you mean"),
        (["decided", "--where", "team"], 2, "'team' is not a condition; write it as team=North"),
        (["decided", "--where", "team="], 2, "'team=' is not a condition"),
        (["decidet"], 10, "no indicator 'decidet'; did you mean 'decided'?"),
        (["decided", "--month", "2019-04"], 2, "2019-04 had not begun"),
        (["decided", "--as-of", "2000-01-01"], 2, "lies before everything"),
    ],
)
def test_what_is_refused(arguments: list[str], code: int, message: str, project: Path) -> None:
    ran = run("cases", *arguments, cwd=project)
    assert ran.code == code
    assert message in ran.stderr
    assert not ran.stdout


def test_help_says_that_it_prints_identifiers(project: Path) -> None:
    for command in ("cases", "due", "why"):
        words = " ".join(run(command, "--help", cwd=project).stdout.split())
        assert "treat them with care" in words


def test_long_categories_are_cut_where_they_are_listed() -> None:
    assert _there_are(["North", "x" * 60]) == f"; there are North, {'x' * 40}…"
    assert _there_are([str(number) for number in range(20)]).endswith("10, 11, …")

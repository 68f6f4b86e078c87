"""Clocks between expressions, `due` and ratios in lists of cases, in files and in `why`."""

import csv
import json
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.casework import write_project
from tests.support.program import run

# A date, though the column is a datetime: the working day after, and two days more.
SEEN = """\
title: Contacts decided within two days of the working day after they came
table: contacts
period: received_at
measure: proportion
exclude: {decided_first: "date(decided_at) < due - interval 2 days"}
clock: {start: "date(received_at) + interval 1 working day", stop: "date(decided_at)", within: 2 days}
because: {due_in_february: "due < date '2019-03-01'"}
by: [team, {due_in_march: "due >= date '2019-03-01'"}]
"""
SHARE = """\
title: Days taken for each day allowed
table: contacts
period: received_at
measure: ratio
value: "days_between(received_at, decided_at)"
per: "case when team = 'North' then 2 else 3 end"
by: [team]
"""
engines = pytest.mark.parametrize("engine", ["duckdb", "reference"])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = write_project(tmp_path)
    (folder / "indicators" / "seen.yaml").write_text(SEEN, encoding="utf-8")
    (folder / "indicators" / "share.yaml").write_text(SHARE, encoding="utf-8")
    return folder


def rows(project: Path, *arguments: str) -> list[dict[str, str]]:
    ran = run(*arguments, "--csv", cwd=project)
    assert ran.code == 0, ran.stderr
    return list(csv.DictReader(StringIO(ran.stdout)))


@engines
def test_cases_have_the_days_that_the_clock_was_read_with(engine: str, project: Path) -> None:
    """The 5th of February 2019 is a Tuesday, the 11th a Monday."""
    listed = rows(project, "cases", "seen", "--engine", engine)
    shown = ("key", "outcome", "reason", "start", "stop", "due", "due_in_march")
    assert [tuple(row[name] for name in shown) for row in listed if row["key"] in ("C4:P4", "C2:P2", "C5:P5")] == [
        ("C4:P4", "overdue", "due_in_february", "2019-02-12", "", "2019-02-14", "no"),
        ("C2:P2", "met", "", "2019-02-06", "2019-02-06", "2019-02-08", "no"),
        ("C5:P5", "excluded", "decided_first", "2019-02-13", "2019-02-12", "2019-02-15", "no"),
    ]


@engines
def test_what_falls_due_after_a_start_by_an_expression(engine: str, project: Path) -> None:
    """Received on Sunday the 3rd and on Monday the 4th of March."""
    listed = rows(project, "due", "seen", "--within", "3", "--engine", engine)
    assert [(row["day"], row["key"], row["start"], row["due_in_march"]) for row in listed] == [
        ("2019-03-06", "C8:P8", "2019-03-04", "yes"),
        ("2019-03-07", "C9:P9", "2019-03-05", "yes"),
    ]


def test_parquet_has_the_types_of_the_expressions(project: Path) -> None:
    for name in ("seen", "share"):
        assert run("cases", name, "-o", f"{name}.parquet", cwd=project).code == 0
    seen, share = (pq.read_table(project / f"{name}.parquet") for name in ("seen", "share"))
    assert {seen.schema.field(name).type for name in ("start", "stop", "due")} == {pa.date32()}
    assert "per" not in seen.column_names
    assert {share.schema.field(name).type for name in ("value", "per")} == {pa.float64()}


@engines
def test_a_ratio_is_that_of_the_cases_listed(engine: str, project: Path) -> None:
    """Two days of C1 and C2; two, three, two and two allowed. What is open has no number of days."""
    listed = rows(project, "cases", "share", "--outcome", "counted", "--engine", engine)
    assert [(row["key"], row["value"], row["per"]) for row in listed] == [
        ("C1:P1", "1", "2"), ("C2:P2", "1", "3"), ("C5:P5", "0", "2"), ("C6:P6", "0", "2"),
    ]  # fmt: skip
    (total,) = rows(project, "compute", "share", "--engine", engine)
    assert (total["numerator"], total["denominator"], total["value"]) == ("2", "9", str(2 / 9))
    assert (total["lowest"], total["highest"], total["interval_lower"]) == ("", "", "")


def test_a_ratio_with_nothing_to_divide_by_has_cases_and_no_value(project: Path) -> None:
    nothing = SHARE.replace("case when team = 'North' then 2 else 3 end", "0")
    (project / "indicators" / "share.yaml").write_text(nothing, encoding="utf-8")
    assert "\nFebruary 2019: no value, not rated\n" in run("show", "share", cwd=project).stdout
    assert "  no value    2/0  " in run("compute", "share", cwd=project).stdout


def test_a_choice_in_a_ratio_is_in_brackets(project: Path) -> None:
    said = run("explain", "share", "--no-sql", cwd=project).stdout
    assert "divided by another, of (2 if “team” is 'North', and otherwise 3)." in " ".join(said.split())


def test_why_asks_what_the_definition_says(project: Path) -> None:
    seen = json.loads(run("why", "seen", "C3:P3", "--json", cwd=project).stdout)
    assert (seen["start"], seen["stop"], seen["due"]) == ("2019-02-21", None, "2019-02-23")
    said = {step["question"]: step["answer"] for step in seen["steps"]}
    assert said["When does the time start?"] == "1 working day after the date of “received at” is 2019-02-21."
    assert said["Is the reason “due in february”?"] == "Yes. Asked: the due day is before 1 March 2019."
    share = json.loads(run("why", "share", "C2:P2", "--json", cwd=project).stdout)
    assert (share["value"], share["per"]) == (1, 3)
    assert {"question": "What is it divided by?", "answer": "2 if “team” is 'North', and otherwise 3: 3."} in share[
        "steps"
    ]


@engines
def test_a_snapshot_of_them_is_computed_again(engine: str, project: Path) -> None:
    """By DuckDB, whichever engine took it; and each engine by itself gives the same figures and cases."""
    stored = ("--snapshots", "snapshots")
    for command in (
        ("snapshot", "--month", "2019-02", "--engine", engine, *stored),
        ("snapshot", "verify", "2019-02", "--data", "data", *stored),
        ("verify",),
    ):
        ran = run(*command, cwd=project)
        assert ran.code == 0, ran.stdout + ran.stderr

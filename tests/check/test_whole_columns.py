"""Findings on columns as a whole: their spellings, their dates, and an extract of which nothing can come."""

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest

from sgkpi import api
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.check.findings import QualityReport
from sgkpi.engines.checks import Check
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity
from tests.check.support import CONTACTS, check, of, rows
from tests.support.program import run
from tests.support.world import write_catalogue

COLUMNS = {"contact_id": {"type": "text"}, "received_at": {"type": "datetime", "required": True}}
TEAM = {"type": "text", "label": "Duty team"}
TEAMS = ["Front Door North", "FRONT DOOR NORTH", "Front  Door North", "South", "Straße", "STRASSE", "", "West"]


def write(folder: Path, cells: list[str], table: Mapping[str, object] | None = None, *, parquet: bool = False) -> None:
    contacts = {"key": ["contact_id"], "happened": "received_at", "columns": {**COLUMNS, "team": TEAM}, **(table or {})}
    by_team = {"title": "Received", "table": "contacts", "period": "received_at", "measure": "count", "by": ["team"]}
    write_catalogue(folder / "indicators", {"contacts": contacts}, {"received": by_team})
    (folder / "data").mkdir()
    (folder / "data" / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n", encoding="utf-8")
    (folder / "sgkpi.toml").write_text('data = "data"\ncatalogue = "indicators"\n', encoding="utf-8")
    lines = (f"C{number},2019-02-04 09:00,{cell}\n" for number, cell in enumerate(cells))
    file = folder / "data" / "contacts.csv"
    file.write_text("contact_id,received_at,team\n" + "".join(lines), encoding="utf-8")
    if parquet:
        texts = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(("contact_id", "received_at", "team"), "string"))
        pyarrow.parquet.write_table(pyarrow.csv.read_csv(file, convert_options=texts), file.with_suffix(".parquet"))
        file.unlink()


def report(folder: Path, *, show_values: bool = False) -> QualityReport:
    catalogue = api.load_catalogue(folder / "indicators")
    extract = api.open_extract(folder / "data", catalogue)
    return check_quality(extract, catalogue, QualityRequest(month=Month(2019, 2), show_values=show_values))


@pytest.mark.parametrize("parquet", [False, True])
def test_spellings_of_one_value(tmp_path: Path, parquet: bool) -> None:
    write(tmp_path, TEAMS, parquet=parquet)
    (found,) = of(report(tmp_path), Check.SPELLINGS)
    # The three norths and the two streets; the first row below the header of a CSV is row 2.
    first = 1 if parquet else 2
    numbers = tuple(row + first for row in (0, 1, 2, 4, 5))
    assert rows(found) == {"contacts.parquet" if parquet else "contacts.csv": numbers}
    assert (found.severity, found.columns, found.count) == (Severity.WARNING, ("team",), 5)
    assert found.message == (
        "2 values of 'Duty team' are spelt in several ways that differ in case or space alone, in 5 rows: "
        "each way is a category of its own"
    )
    (effect,) = found.effects
    assert (effect.touched, effect.lowest, effect.highest) == (5, None, None)
    assert "North" not in str(found)
    (found,) = of(report(tmp_path, show_values=True), Check.SPELLINGS)
    assert dict(found.values) == dict.fromkeys((TEAMS[0], TEAMS[1], TEAMS[2], TEAMS[4], TEAMS[5]), 1)


def test_one_spelling_of_each_value_is_no_finding(tmp_path: Path) -> None:
    write(tmp_path, ["North", " North ", "South", "south-west"])
    assert of(report(tmp_path), Check.SPELLINGS) == []


def test_spellings_can_be_waived(tmp_path: Path) -> None:
    write(tmp_path, TEAMS, {"waive": {"several-spellings": "agreed with the data team"}})
    (found,) = of(report(tmp_path), Check.SPELLINGS)
    assert found.waived == "agreed with the data team"


def test_most_dates_unreadable(tmp_path: Path) -> None:
    lines = "".join(f"C{n},P{n},2/{n}/2019 09:00,,,police,1\n" for n in (1, 2))  # read as 2 January and 2 February
    whole = "".join(f"C{n},P{n},2/{n}/2019 09:00,,,police,1\n" for n in range(20, 25))
    (found,) = of(check(tmp_path, {"contacts.csv": CONTACTS + lines + whole}), Check.MISSING_DATES)
    assert (found.severity, found.columns, found.count) == (Severity.ERROR, ("received_at",), 5)
    assert found.message == "'received_at' of contacts is unreadable in 5 of 7 rows: figures leave these out"
    assert found.concerned == ("decided_24h", "received")


def test_half_of_the_dates_are_enough(tmp_path: Path) -> None:
    lines = "".join(f"C{day},P{day},2/{day}/2019 09:00,,,police,1\n" for day in (1, 2, 13, 14))
    assert of(check(tmp_path, {"contacts.csv": CONTACTS + lines}), Check.MISSING_DATES) == []


@pytest.mark.parametrize(
    ("files", "code"),
    [({"contacts.csv": CONTACTS}, "no-rows"), ({"children.csv": "person_id\nP1\n"}, "nothing-to-compute")],
)
def test_an_extract_of_which_nothing_can_come(tmp_path: Path, files: dict[str, str], code: str) -> None:
    found = check(tmp_path, files).findings
    assert [each.code for each in found if each.severity is Severity.ERROR] == [code]


@pytest.mark.parametrize("command", ["compute", "verify", "show received"])
def test_no_rows_is_no_extract_for_figures_either(tmp_path: Path, command: str) -> None:
    write(tmp_path, [])
    ran = run(*command.split(), cwd=tmp_path)
    assert (ran.code, "no row in contacts, so there is nothing to compute" in ran.stderr) == (11, True)


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("compute", ["received"]),
        ("show received", ["received"]),
        ("verify", ["received"]),
        ("due", ["decided_24h"]),
        ("cases received", ["received"]),
    ],
)
def test_cautions_are_in_the_data_of_every_answer(tmp_path: Path, command: str, names: list[str]) -> None:
    lines = "".join(f"C{n},P{n},2/{n}/2019 09:00,,,police,1\n" for n in (3, 13, 14, 15))
    check(tmp_path, {"contacts.csv": CONTACTS + lines})
    ran = run(*command.split(), "--json", cwd=tmp_path)
    assert ran.code == 0, ran.stderr
    read = json.loads(ran.stdout)
    assert {each["code"] for each in read["cautions"]} == {"missing-dates"}
    assert {*names} <= {each["indicator"] for each in read["cautions"]}
    assert read.get("unavailable_breakdowns", []) == []
    (said,) = (line for line in ran.stderr.splitlines() if "is unreadable in 3 of 4 rows" in line)
    assert said.startswith("warning: ")


SOURCE = {"type": "category", "codes": {"police": ["Police", "7"], "school": []}}


@pytest.mark.parametrize("far_down", ["in another part", "below the first rows"])
@pytest.mark.parametrize(
    ("declared", "cell"),
    [
        (SOURCE, "police"), (SOURCE, "Police"), (SOURCE, "7"), (SOURCE, "pOLICE"), (SOURCE, "unlisted"),
        ({"type": "category"}, "x"), ({"type": "text"}, "x"), ({"type": "boolean"}, "no"), ({"type": "number"}, "0"),
        ({"type": "date"}, "2019-02-05"), ({"type": "datetime"}, "soon"), ({"type": "month"}, "2005-03"),
    ],
)  # fmt: skip
def test_a_column_with_one_cell_far_down_is_not_blank(
    tmp_path: Path, declared: Mapping[str, object], cell: str, far_down: str
) -> None:
    table = {"columns": {**COLUMNS, "team": declared}}
    write(tmp_path, [""] * (30 if far_down == "in another part" else 1_200), table)
    first = tmp_path / "data" / "contacts.csv"
    row = f"last,2019-02-04 09:00,{cell}\n"
    if far_down == "in another part":
        (tmp_path / "data" / "contacts").mkdir()
        first = first.rename(tmp_path / "data" / "contacts" / "1.csv")
        (tmp_path / "data" / "contacts" / "2.csv").write_text("contact_id,received_at,team\n" + row, encoding="utf-8")
    assert [each.columns for each in of(report(tmp_path), Check.EMPTY_COLUMN)] == (
        [] if far_down == "in another part" else [("team",)]
    )
    first.write_text(first.read_text(encoding="utf-8") + row, encoding="utf-8")
    assert of(report(tmp_path), Check.EMPTY_COLUMN) == []

"""Every fault that exports are known to have, from the file to the figure, on both engines.

The indicator is the share of contacts decided within 24 hours; what each file comes to is written beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.api import Results
from sgkpi.model.errors import ExtractError
from sgkpi.model.periods import Month
from tests.extracts.support import write_files
from tests.support.catalogue import shipped
from tests.support.workbooks import write_workbook

HEADER = "contact_id,person_id,received_at,decided_at,source,team\n"
MET = "C1,P1,2019-02-05 09:00,2019-02-05 10:00,police,North\n"
LATE = "C2,P2,2019-02-05 09:00,2019-02-07 10:00,police,South\n"
CATALOGUE = shipped()


@dataclass(frozen=True)
class Outcome:
    """What is asked of a figure: cases met, not met, overdue and unknown, and why unknown; then what was reported."""

    met: int = 0
    not_met: int = 0
    overdue: int = 0
    unknown: int = 0
    reason: str = ""
    said: tuple[str, ...] = ()


def compute(folder: Path, engine: str, indicator: str) -> Results:
    return api.compute(
        api.open_extract(folder, CATALOGUE),
        CATALOGUE,
        months=[Month(2019, 2)],
        indicators=[indicator],
        as_of=datetime(2019, 3, 4, 23, 59),
        engine=engine,
    )


def outcome(folder: Path, engine: str) -> Outcome:
    results = compute(folder, engine, "contacts_decided_24h")
    (total,) = results.figures
    reasons = [each.reason for each in results.reasons if each.breakdown is None and each.outcome == "unknown"]
    said = tuple(
        f"{each.path}: {each.message.partition(':')[0] if each.code == 'duplicate-key' else each.message} [{each.code}]"
        for each in results.problems
    )
    return Outcome(total.met, total.not_met, total.overdue, total.unknown, ", ".join(reasons), said)


def check(folder: Path, expected: Outcome) -> None:
    """On DuckDB all of it; the reference engine counts the same, and reports no single cells."""
    assert outcome(folder, "duckdb") == expected
    again = outcome(folder, "reference")
    assert (again.met, again.not_met, again.overdue, again.unknown, again.reason) == (
        expected.met, expected.not_met, expected.overdue, expected.unknown, expected.reason,
    )  # fmt: skip


EXCEL = "; it looks like a date that Excel stores as a number; format the cell as a date and export again"


def unreadable(row: int, column: str = "decided_at", more: str = "") -> str:
    return f"contacts.csv: 1 cell of '{column}' cannot be read as a date and time (row {row}){more} [unreadable-cell]"


FILES: Mapping[str, tuple[bytes | str, Outcome]] = {
    "plain": (HEADER + MET + LATE, Outcome(met=1, not_met=1)),
    "byte order mark": (("\ufeff" + HEADER + MET).encode(), Outcome(met=1)),
    "UTF-16": ((HEADER + MET + LATE).encode("utf-16"), Outcome(met=1, not_met=1)),
    "UTF-16 without a mark": ((HEADER + MET).encode("utf-16-le"), Outcome(met=1)),
    "Windows-1252": (
        (HEADER + MET.replace("North", "Café")).encode("windows-1252"),
        Outcome(met=1, said=("contacts.csv: the file is not UTF-8; it is read as Windows-1252 [windows-1252]",)),
    ),
    "semicolons": ((HEADER + MET).replace(",", ";"), Outcome(met=1)),
    "tabs": ((HEADER + MET).replace(",", "\t"), Outcome(met=1)),
    "quoted newlines": (
        HEADER + MET.replace("North", '"North\n\nside"') + LATE.replace("2019-02-07 10:00", "tbc"),
        Outcome(met=1, unknown=1, reason="unreadable", said=(unreadable(3),)),
    ),
    "blank rows at the end": (HEADER + MET + ",,,,,\n  , ,,,,\n\n,,,,,\n", Outcome(met=1)),
    "a title above the header": (
        "List 1: contacts,,,,,\n\n" + HEADER + MET + LATE.replace("2019-02-07 10:00", "tbc"),
        Outcome(
            met=1,
            unknown=1,
            reason="unreadable",
            said=(
                "contacts.csv: the header is in row 3; the text above it is ignored (row 1) [above-header]",
                unreadable(5),
            ),
        ),
    ),
    "12.0 for 12, in a key": (
        HEADER + "12.0,P1,2019-02-05 09:00,2019-02-05 10:00,,\n12,P1,2019-02-05 09:00,2019-02-05 11:00,,\n",
        Outcome(
            unknown=1,
            reason="duplicate_key",
            said=("contacts.csv: 1 key has conflicting rows [duplicate-key]",),
        ),
    ),
    "keys that differ in case and space": (
        HEADER + "c1 , p1,2019-02-05 09:00,2019-02-05 10:00,,\nC1,P1,2019-02-05 09:00,2019-02-05 10:00,,\n",
        Outcome(met=1),  # the same row twice
    ),
    "a date that Excel stores as a number": (
        HEADER + MET.replace("2019-02-05 10:00", "43501.4167"),
        Outcome(unknown=1, reason="unreadable", said=(unreadable(2, more=EXCEL),)),
    ),
    "dates that Excel stores as numbers, among others": (
        HEADER
        + MET.replace("2019-02-05 10:00", " 43501 ")
        + LATE.replace("2019-02-07 10:00", "43502.5")
        + LATE.replace("C2", "C3").replace("2019-02-07 10:00", "4350"),
        Outcome(
            unknown=3,
            reason="unreadable",
            said=(
                ("contacts.csv: 3 cells of 'decided_at' cannot be read as a date and time (rows 2, 3, 4); 2 of them: "
                "they look like dates that Excel stores as numbers; format the cells as dates and export again "
                "[unreadable-cell]"),
            ),
        ),
    ),
    "text after a closing quotation mark": (
        HEADER + MET + '"C3"4' + MET[2:] + LATE,
        Outcome(
            met=1,
            not_met=1,
            said=(
                ("contacts.csv: 1 row has text after a closing quotation mark, and was left out (row 3) "
                "[ragged-row]"),
            ),
        ),
    ),
    "space behind a closing quotation mark": (HEADER + MET.replace("C1", '"C1" ') + LATE, Outcome(met=1, not_met=1)),
    "space before a quotation mark": (
        HEADER.replace("team", ' "team"') + MET.replace("P1", ' "P1"') + LATE.replace("South", ' "South, east"'),
        Outcome(met=1, not_met=1),
    ),
    "space around a time that lacks a digit": (
        HEADER
        + MET.replace("2019-02-05 10:00", " 2019-02-05 10:0")
        + LATE.replace("2019-02-07 10:00", "07/02/2019 10:00:0 ")
        + MET.replace("C1", "C3").replace("2019-02-05 10:00", "\t2019-02-05 10:0"),
        Outcome(
            unknown=3,
            reason="unreadable",
            said=(
                ("contacts.csv: 3 cells of 'decided_at' cannot be read as a date and time (rows 2, 3, 4) "
                "[unreadable-cell]"),
            ),
        ),
    ),
    "a placeholder with a time that there is not": (
        HEADER
        + MET.replace("2019-02-05 10:00", "1900-01-01 25:00Z")
        + LATE.replace("2019-02-07 10:00", "9999-12-31 0x:00")
        + LATE.replace("C2", "C3").replace("2019-02-07 10:00", "9999-12-31T23:59:59.999+01:00"),
        Outcome(
            overdue=1,
            unknown=2,
            reason="unreadable",
            said=(
                "contacts.csv: 2 cells of 'decided_at' cannot be read as a date and time (rows 2, 3) [unreadable-cell]",
            ),
        ),
    ),
    "quotation marks within a cell": (HEADER + MET.replace("C1", 'C"1"'), Outcome(met=1)),
    "1900-01-01 for none": (
        HEADER + MET.replace("2019-02-05 10:00", "1900-01-01") + LATE.replace("2019-02-07 10:00", "01/01/1900 00:00"),
        Outcome(overdue=2),
    ),
    "several values in one cell": (
        HEADER + "C1,P1,2019-02-05 09:00,#MULTIVALUE,#MULTIVALUE,#MULTIVALUE\n",
        Outcome(
            unknown=1,
            reason="unreadable",
            said=(
                ("contacts.csv: 1 value of 'source' is not in its list of codes; kept as recorded (row 2) "
                "[unlisted-cell]"),
                unreadable(2),
            ),
        ),
    ),
    "an apostrophe behind a date": (
        HEADER + MET.replace("2019-02-05 10:00", "2019-02-05 10:00'"),
        Outcome(unknown=1, reason="unreadable", said=(unreadable(2),)),
    ),
    "day and month the American way": (
        HEADER + MET.replace("2019-02-05 10:00", "02/13/2019 10:00"),
        Outcome(unknown=1, reason="unreadable", said=(unreadable(2),)),
    ),
    "the header once more among the rows": (
        HEADER + MET + HEADER,
        Outcome(
            met=1,
            said=(
                ("contacts.csv: 1 value of 'source' is not in its list of codes; kept as recorded (row 3) "
                "[unlisted-cell]"),
                unreadable(3),
                unreadable(3, "received_at"),
            ),
        ),
    ),
    "a row too long and a row too short": (
        HEADER + MET + LATE.replace("South", "South, east") + "C3,P3,2019-02-05 09:00,2019-02-05 10:00\n",
        Outcome(
            met=2,
            said=(
                "contacts.csv: 1 row has more cells than the header, and was left out (row 3) [ragged-row]",
                ("contacts.csv: 1 row has fewer cells than the header; the missing cells are read as blank (row 4) "
                "[short-row]"),
            ),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FILES)
def test_each_fault_comes_to_what_is_written_here(tmp_path: Path, fault: str) -> None:
    content, expected = FILES[fault]
    check(write_files(tmp_path / "extract", {"contacts.csv": content}), expected)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_two_headers_for_one_column_are_refused(tmp_path: Path, engine: str) -> None:
    content = HEADER.replace("team", "Child Unique ID") + MET
    with pytest.raises(ExtractError, match=r"2 headers for column 'person_id'.*\[duplicate-column\]"):
        outcome(write_files(tmp_path / "extract", {"contacts.csv": content}), engine)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_what_is_wrong_with_the_only_file_is_said_though_nothing_says_the_as_of_time(
    tmp_path: Path, engine: str
) -> None:
    content = HEADER.replace("team", "Child Unique ID") + MET
    extract = api.open_extract(write_files(tmp_path, {"contacts.csv": content}), CATALOGUE)
    for asked in (["contacts_decided_24h"], ["rhi_offered"]):
        with pytest.raises(ExtractError, match=r"cannot be used as it is\n.*\[duplicate-column\]"):
            api.compute(extract, CATALOGUE, months=[Month(2019, 2)], indicators=asked, engine=engine)


def test_the_file_that_would_say_the_as_of_time_of_a_workbook_is_named(tmp_path: Path) -> None:
    rows = [HEADER.strip().split(","), ["C1", "P1", datetime(2019, 2, 5, 9), datetime(2019, 2, 5, 10), "police", ""]]
    path = write_workbook(tmp_path / "February.xlsx", {"List 1": rows})
    extract = api.open_extract(path, CATALOGUE)
    results = api.compute(extract, CATALOGUE, months=[Month(2019, 2)])
    (warning,) = [problem for problem in results.problems if problem.code == "as-of"]
    assert warning.message.endswith("(give an as-of time, or extracted_at in February.toml)")
    (finding,) = [each for each in api.check(extract, CATALOGUE).findings if each.code == "as-of"]
    assert finding.message == warning.message


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace("person_id", '"person_id"s'),
        HEADER.replace("person_id", '"person"_id'),
        "List 1\n" + HEADER.replace("team", '"team" x'),
        HEADER.replace("team", '"team\nor desk"s').replace("source,", ""),
    ],
)
def test_text_behind_a_closing_quotation_mark_in_the_header_is_refused(
    tmp_path: Path, engine: str, header: str
) -> None:
    with pytest.raises(ExtractError, match=r"\[misquoted-header\]"):
        outcome(write_files(tmp_path / "extract", {"contacts.csv": header + MET}), engine)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_quotation_mark_that_is_not_doubled_and_leaves_a_cell_open_is_refused(tmp_path: Path, engine: str) -> None:
    content = HEADER + MET + MET.replace("C1", "C2").replace("North", '"No\\"rth"') + LATE.replace("C2", "C3")
    with pytest.raises(ExtractError, match=r"contacts.csv:3: error: .*\[unclosed-quote\]"):
        outcome(write_files(tmp_path / "extract", {"contacts.csv": content}), engine)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_people_are_the_same_however_two_tables_write_them(tmp_path: Path, engine: str) -> None:
    files = {
        "care_leavers.csv": (
            "person_id,eligible_from,eligible_to,eligibility,team\n"
            "12.0,2018-01-01,,relevant,A\nab1 ,2018-01-01,,relevant,A\nP3,2018-01-01,,relevant,A\n"
        ),
        "health_passports.csv": "passport_id,person_id,issued_on\n1,12,2018-06-01\n2, AB1,2018-06-01\n",
    }
    folder = write_files(tmp_path / "extract", dict(files))
    total = next(each for each in compute(folder, engine, "health_passports_held").figures if each.breakdown is None)
    assert (total.met, total.not_met, total.unknown) == (2, 1, 0)

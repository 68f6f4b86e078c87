"""Which file holds which table, under which headers."""

import gzip
from datetime import date, datetime
from pathlib import Path

import pytest

from sgkpi.extracts.extract import FileFormat
from sgkpi.model.errors import ExtractError
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column
from tests.extracts.support import (
    CONTACTS,
    HEADER,
    ROW,
    TABLES,
    only_file,
    open_extract,
    open_files,
    read_with_duckdb,
    said,
    table,
)

CELLS = [("C1", "P1", "2019-02-05 14:30", "North")]


@pytest.mark.parametrize(
    "name",
    ["contacts.csv", "CONTACTS.CSV", "Contacts .csv", "ssd_contacts.csv", "list  1.csv", "List 1.csv"],
)
def test_a_file_is_found_under_any_of_its_names(tmp_path: Path, name: str) -> None:
    file = only_file(open_files(tmp_path, {name: HEADER + ROW, "notes.csv": "a,b\n"}))
    assert file.name == name
    assert file.format is FileFormat.CSV
    assert read_with_duckdb(file) == CELLS


def test_a_compressed_file(tmp_path: Path) -> None:
    file = only_file(open_files(tmp_path, {"contacts.CSV.gz": gzip.compress((HEADER + ROW).encode())}))
    assert file.compressed
    assert read_with_duckdb(file) == CELLS


def test_a_compressed_file_of_several_parts_or_with_zeros_behind_it(tmp_path: Path) -> None:
    first, last = gzip.compress(HEADER.encode()), gzip.compress(ROW.encode())
    for name, content in (("parts", first + last), ("zeros", gzip.compress((HEADER + ROW).encode()) + bytes(512))):
        file = only_file(open_files(tmp_path / name, {"contacts.csv.gz": content}))
        assert read_with_duckdb(file) == [("C1", "P1", "2019-02-05 14:30", "North")]


def test_a_folder_of_files_is_one_table_in_the_order_of_their_names(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "ssd_contacts/2019.csv": "team;person_id;contact_id;received_at\n",
        "ssd_contacts/2018.csv.gz": gzip.compress((HEADER + ROW).encode()),
        "ssd_contacts/~$2019.csv": "lock",
        "ssd_contacts/._2019.csv": "lock",
        "ssd_contacts/readme.txt": "words",
    }
    extract = open_files(tmp_path, files)
    source = extract.tables["contacts"]
    assert [file.name for file in source.files] == ["ssd_contacts/2018.csv.gz", "ssd_contacts/2019.csv"]
    assert source.columns == ("contact_id", "person_id", "received_at", "team")
    assert source.files[1].columns == {"contact_id": 2, "person_id": 1, "received_at": 3, "team": 0}


def test_two_tables_may_read_the_same_file(tmp_path: Path) -> None:
    people = table("people", Column("person_id", Kind.TEXT, required=True), files=("contacts",))
    extract = open_files(
        tmp_path, {"contacts.csv": HEADER.encode() + b"C1,P1,2019-02-05,\xe9\n"}, {**TABLES, "people": people}
    )
    assert [source.files[0].name for source in extract.tables.values()] == ["contacts.csv", "contacts.csv"]
    assert extract.tables["people"].files[0].columns == {"person_id": 1}
    assert extract.tables["people"].files[0].path == extract.tables["contacts"].files[0].path
    assert len(extract.problems) == 1


@pytest.mark.parametrize(
    "header",
    [
        "contact_id,person_id,received_at,team",
        " CONTACT_ID ,Child  unique ID,date of contact,E\u0301QUIPE",
        "contact_id,\u00a0Child\u00a0Unique\u00a0ID\u00a0,Date\tof Contact,équipe",
        '"contact_id","Child\nUnique ID",  received_at,team',
    ],
)
def test_headers_match_without_regard_to_case_space_and_accents_written_otherwise(tmp_path: Path, header: str) -> None:
    file = only_file(open_files(tmp_path, {"contacts.csv": f"{header}\n{ROW}"}))
    assert file.columns == {"contact_id": 0, "person_id": 1, "received_at": 2, "team": 3}
    assert read_with_duckdb(file) == CELLS


def test_other_columns_and_headers_without_a_name_are_ignored(tmp_path: Path) -> None:
    file = only_file(open_files(tmp_path, {"contacts.csv": "person_id,,received_at,notes,notes\nP1,,2019-02-05,a,b\n"}))
    assert file.headers == ("person_id", "", "received_at", "notes", "notes")
    assert file.columns == {"person_id": 0, "received_at": 2}


def test_without_a_key_column_file_and_row_stand_in(tmp_path: Path) -> None:
    extract = open_files(tmp_path, {"contacts.csv": "person_id,received_at\nP1,2019-02-05\n"})
    assert not extract.tables["contacts"].has_key


def test_an_empty_folder_beside_a_file_is_no_second_file(tmp_path: Path) -> None:
    assert (
        only_file(open_files(tmp_path, {"contacts.csv": HEADER + ROW, "contacts/notes.txt": ""})).name == "contacts.csv"
    )


def test_a_table_without_a_file_is_neither_there_nor_broken(tmp_path: Path) -> None:
    extract = open_files(tmp_path, {"contacts.csv": HEADER + ROW})
    assert list(extract.tables) == ["contacts"]
    assert extract.broken == {}
    assert said(extract) == []


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"no folder '.*nowhere'; give the folder") as caught:
        open_extract(tmp_path / "nowhere", TABLES, scratch=tmp_path)
    assert caught.value.exit_code == 11


def test_a_missing_workbook(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"no workbook '.*Annex_A.xlsx'; give the folder or workbook of the extract"):
        open_extract(tmp_path / "Annex_A.xlsx", TABLES, scratch=tmp_path)


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text(HEADER + ROW)
    with pytest.raises(ExtractError, match=r"contacts.csv' is a file; give its folder"):
        open_extract(tmp_path / "contacts.csv", TABLES, scratch=tmp_path)


def test_nothing_is_written_for_clean_files(tmp_path: Path) -> None:
    open_files(tmp_path, {"contacts.csv": HEADER + ROW})
    assert not (tmp_path / "scratch").exists()


@pytest.mark.parametrize(
    ("toml", "moment"),
    [
        ("2019-03-04T07:00:00", datetime(2019, 3, 4, 7)),
        ("2019-03-04 07:00:00.25", datetime(2019, 3, 4, 7, 0, 0, 250_000)),
        ("2019-07-04T07:00:00Z", datetime(2019, 7, 4, 8)),
        ("2019-07-04T00:30:00+02:00", datetime(2019, 7, 3, 23, 30)),
        ("2019-03-04", datetime(2019, 3, 4, 23, 59, 59, 999_999)),
        ('"2019-03-04"', datetime(2019, 3, 4, 23, 59, 59, 999_999)),
        ('"2019-03-04 07:00"', datetime(2019, 3, 4, 7)),
        ('"2019-07-04T07:00:00Z"', datetime(2019, 7, 4, 8)),
        ('"04/03/2019 07:00"', datetime(2019, 3, 4, 7)),
        ('"2019-03-04 00:00"', datetime(2019, 3, 4)),
    ],
)
def test_when_the_extract_was_made(tmp_path: Path, toml: str, moment: datetime) -> None:
    extract = open_files(tmp_path, {"contacts.csv": HEADER + ROW, "extract.toml": f"extracted_at = {toml}\n"})
    assert extract.extracted_at == moment


@pytest.mark.parametrize("name", ["Extract.toml", "EXTRACT.TOML"])
def test_the_name_of_settings_may_have_capitals(tmp_path: Path, name: str) -> None:
    extract = open_files(tmp_path, {"contacts.csv": HEADER + ROW, name: "[covers]\ncontacts = 2018-04-01\n"})
    assert (extract.covers, extract.problems) == ({"contacts": date(2018, 4, 1)}, ())


def test_source_and_covers(tmp_path: Path) -> None:
    toml = '\ufeffsource = "Nightly"\r\n[covers]\r\ncontacts = 2018-04-01\r\nhealth_passports = "01/05/2018"\r\n'
    extract = open_files(tmp_path, {"contacts.csv": HEADER + ROW, "extract.toml": toml})
    assert extract.source == "Nightly"
    assert extract.extracted_at is None
    assert extract.complete_from("contacts") == date(2018, 4, 1)
    assert extract.complete_from("health_passports") == date(2018, 5, 1)
    assert extract.complete_from("children") is None


def test_a_settings_file_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"extract.toml: error: the file is not UTF-8"):
        open_files(tmp_path, {"contacts.csv": HEADER + ROW, "extract.toml": b"source = '\xe9'"})


def test_a_moment_at_the_edge_of_the_calendar(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"extract.toml:1: error: 'extracted_at' must be a date"):
        open_files(tmp_path, {"contacts.csv": HEADER, "extract.toml": "extracted_at = 9999-12-31T23:59:59-01:00\n"})


def test_tables_are_not_asked_for_columns_that_are_optional(tmp_path: Path) -> None:
    optional = [column.name for column in CONTACTS.columns.values() if not column.required]
    extract = open_files(tmp_path, {"contacts.csv": "person_id,received_at\nP1,2019-02-05\n"})
    assert set(optional).isdisjoint(extract.tables["contacts"].columns)

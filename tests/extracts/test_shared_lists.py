"""One list that feeds several tables, as the national list of care leavers does."""

from pathlib import Path

from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column
from tests.extracts.support import open_files, said, table

PERSON = Column("person_id", Kind.TEXT, names=("Child Unique ID",), required=True)
LEAVERS = table("care_leavers", PERSON, files=("List 9",))
REVIEWS = table(
    "reviews", PERSON, Column("reviewed_on", Kind.DATE, names=("Review Date",), required=True), files=("List 9",)
)
TABLES = {each.name: each for each in (LEAVERS, REVIEWS)}


def test_every_table_reads_its_columns_from_it(tmp_path: Path) -> None:
    extract = open_files(tmp_path, {"List 9.csv": "Child Unique ID,Review Date\nP1,2019-02-05\n"}, TABLES)
    assert extract.tables["care_leavers"].files[0].columns == {"person_id": 0}
    assert extract.tables["reviews"].files[0].columns == {"person_id": 0, "reviewed_on": 1}


def test_a_table_that_it_does_not_carry_is_absent_and_that_is_said(tmp_path: Path) -> None:
    extract = open_files(tmp_path, {"List 9.csv": "Child Unique ID\nP1\n"}, TABLES)
    assert list(extract.tables) == ["care_leavers"]
    assert extract.broken == {}
    assert extract.lacking == {"reviews": ("reviewed_on",)}
    (message,) = said(extract)
    assert message == (
        "List 9.csv: warning: required column 'reviewed_on' is missing; "
        "its header may be 'reviewed_on' or 'Review Date' [missing-column]"
    )


def test_a_list_of_its_own_without_a_required_column_is_an_error(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {"List 9.csv": "Child Unique ID\nP1\n"}
    extract = open_files(tmp_path, files, {"reviews": REVIEWS})
    assert (extract.lacking, list(extract.broken)) == ({}, ["reviews"])


def test_so_is_one_that_no_table_can_read(tmp_path: Path) -> None:
    extract = open_files(tmp_path, {"List 9.csv": "Review Date\n2019-02-05\n"}, TABLES)
    assert (extract.lacking, list(extract.broken)) == ({}, ["care_leavers", "reviews"])


def test_a_header_of_another_column_is_not_offered_as_the_nearest(tmp_path: Path) -> None:
    born = Column("birth_month", Kind.MONTH, names=("Date of Birth",))
    review = Column("reviewed_on", Kind.DATE, names=("Date of Review",), required=True)
    tables = {
        "leavers": table("leavers", PERSON, born, files=("List 9",)),
        "reviews": table("reviews", PERSON, review, files=("List 9",)),
    }
    found = {
        header: said(open_files(tmp_path / header, {"List 9.csv": f"Child Unique ID,{header}\nP1,x\n"}, tables))
        for header in ("Date of Birth", "Review date")
    }
    wanted = (
        "List 9.csv: warning: required column 'reviewed_on' is missing; "
        "its header may be 'reviewed_on' or 'Date of Review'"
    )
    assert found == {
        "Date of Birth": [f"{wanted} [missing-column]"],
        "Review date": [f"{wanted}; the nearest header found is 'Review date' [missing-column]"],
    }

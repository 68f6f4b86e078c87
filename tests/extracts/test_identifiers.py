"""Columns that identify people: by header, by form and check digit, and never a pseudonym."""

import pytest

from sgkpi.extracts.identifiers import (
    IdentifierKind,
    find_identifier,
    header_kind,
    is_nhs_number,
    is_ni_number,
    is_postcode,
    is_telephone_number,
    is_upn,
)
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column, Table

TABLE = Table("contacts", {}, ())


def found(header: str, *values: str, column: Column | None = None) -> IdentifierKind | None:
    identifier = find_identifier(header, values, column, TABLE)
    return identifier.kind if identifier else None


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Surname", IdentifierKind.NAME),
        ("Forename(s)", IdentifierKind.NAME),
        ("childName", IdentifierKind.NAME),
        ("Name", IdentifierKind.NAME),
        ("pers_forename", IdentifierKind.NAME),
        ("DOB", IdentifierKind.DATE_OF_BIRTH),
        ("Date of Birth", IdentifierKind.DATE_OF_BIRTH),
        ("nhs_number", IdentifierKind.NHS_NUMBER),
        ("NHSNumber", IdentifierKind.NHS_NUMBER),
        ("Placement postcode", IdentifierKind.POSTCODE),
        ("Home Address", IdentifierKind.ADDRESS),
        ("E-mail", IdentifierKind.EMAIL),
        ("Mobile", IdentifierKind.TELEPHONE),
        ("UPN", IdentifierKind.UPN),
        ("NI number", IdentifierKind.NI_NUMBER),
    ],
)
def test_headers_that_say_what_they_hold(header: str, kind: IdentifierKind) -> None:
    assert header_kind(header) is kind


@pytest.mark.parametrize(
    "header",
    ["Child Unique ID", "person_id", "contact_id", "Team Name", "birth_month", "Postcode district", "hotel", "telling",
     "address_type", "Name of school", "Organisation name", "source", "received_at", "Contact Source"],
)  # fmt: skip
def test_headers_that_name_nobody(header: str) -> None:
    assert header_kind(header) is None


def test_an_nhs_number_has_a_check_digit() -> None:
    # 9×10 + 4×9 + 3×8 + 4×7 + 7×6 + 6×5 + 5×4 + 9×3 + 1×2 = 299; 299 + 9 is 28 elevens.
    assert is_nhs_number("943 476 5919")
    assert not is_nhs_number("943 476 5918")
    assert not is_nhs_number("0000000000")


def test_a_pupil_number_has_a_check_letter() -> None:
    # 1×2 + 2×3 + 3×4 + 4×5 + 5×6 + 6×7 + 7×8 + 8×9 + 9×10 + 0×11 + 1×12 + 2×13 = 368 = 16×23 + 0: A.
    assert is_upn("A123456789012")
    assert not is_upn("B123456789012")
    assert not is_upn("A12345678901")


def test_other_forms() -> None:
    assert is_ni_number("AB 12 34 56 C")
    assert not is_ni_number("QQ123456C")  # no number begins with Q
    assert not is_ni_number("AB123456")  # a pseudonym may look so
    assert is_postcode("bs16 5ab")
    assert not is_postcode("QX1 5AB")  # there is no such area
    assert is_telephone_number("+44 (0)7700 900123")
    assert is_telephone_number("01454 868 008")
    assert not is_telephone_number("9212044")


def test_values_alone_are_enough() -> None:
    numbers = ["9434765919", "4010232137", "9990000018", "9990000026", "9990000034"]
    assert all(map(is_nhs_number, numbers))
    assert found("ref", *numbers) is IdentifierKind.NHS_NUMBER
    assert found("ref", "a@b.org", "c.d@e.gov.uk") is IdentifierKind.EMAIL
    assert found("place", "BS1 4DJ", "BS16 5AB", "BS35 1HF", "GL12 8AA") is IdentifierKind.POSTCODE


def test_few_or_mixed_values_are_not() -> None:
    assert found("ref", "9434765919", "4010232137") is None
    numbers = ["9434765919", "4010232137", "9990000018", "9990000026", "1234567890", "1234567891", "1234567892"]
    assert found("ref", *numbers) is None  # four of seven


def test_names_by_their_values() -> None:
    names = ["Smith", "Jones", "Taylor", "Brown", "Ainscough", "Evans", "Walker", "Wright"]
    assert found("column_7", *names) is IdentifierKind.NAME
    teams = [f"{place} Team {number}" for place in ("North", "East", "South") for number in range(1, 5)]
    assert found("team", *teams) is None


def test_a_column_without_values_holds_nothing() -> None:
    assert found("Surname") is None
    assert found("Surname", "", "NULL", "-") is None
    assert found("Surname", "XXXX", "redacted") is None
    assert found("Surname", "Ainscough") is IdentifierKind.NAME


def test_a_date_of_birth_is_full_only_where_its_day_says_something() -> None:
    month = Column("birth_month", Kind.MONTH, names=("Date of Birth",))
    assert found("Date of Birth", "25/01/2005", "02/08/2009", column=month) is IdentifierKind.DATE_OF_BIRTH
    assert found("Date of Birth", "2005-01", "08/2009", column=month) is None
    assert found("Date of Birth", "15/01/2005", "15/08/2009", "15/02/2001", column=month) is None
    assert found("birth_month", "2005-01", "2009-08-02", column=month) is None  # a slip
    days = [f"2005-01-{day:02d}" for day in range(1, 9)]
    assert found("birth_month", *days, column=month) is IdentifierKind.DATE_OF_BIRTH


def test_codes_and_dates_are_no_identifiers() -> None:
    coded = Column("name", Kind.CATEGORY, codes={"a": ("a",)})
    assert found("name", "a", column=coded) is None
    dated = Column("seen_on", Kind.DATE)
    assert found("seen_on", *[f"2019-01-{day:02d}" for day in range(1, 20)], column=dated) is None


@pytest.mark.parametrize(
    "form", ["P{:06d}", "{:010d}", "C{:09d}", "{:07d}", "AB{:06d}", "{:08x}", "p-{:05d}", "P{:06d}.0", "LA{:04d}X"]
)
def test_pseudonyms_are_no_identifiers(form: str) -> None:
    ids = [form.format(9_000_000 + number * 37) for number in range(1, 2000)]
    assert found("person_id", *ids) is None


def test_known_by_what() -> None:
    both = find_identifier(
        "Surname", ["Smith", "Jones", "Taylor", "Brown", "Evans", "Hall", "Hill", "Wood"], None, TABLE
    )
    assert both is not None
    assert both.known_by == "its header and its values"
    header = find_identifier("Surname", ["Ainscough"], None, TABLE)
    assert header is not None
    assert header.known_by == "its header"

"""What one cell means: blanks, dates in every form, numbers, codes, and all that is unreadable."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.extracts.cells import Cell, is_blank, match_code, normalise_key, parse_cell
from sgkpi.model.expressions import Kind
from sgkpi.model.folding import WHITESPACE
from sgkpi.model.table import Column
from tests.extracts.support import table

KINDS = [kind for kind in Kind if kind is not Kind.NULL]
DATED = [Kind.DATE, Kind.DATETIME, Kind.MONTH]
SOURCE = Column("source", Kind.CATEGORY, codes={"police": ("police", "Police force", "7"), "none": ("none", "N/A")})


def read(text: str | None, kind: Kind, *, midnight: bool = False, blanks: tuple[str, ...] = ()) -> Cell:
    column = Column("x", kind, midnight=midnight)
    return parse_cell(text, column, table("things", column, blanks=blanks))


def read_source(text: str) -> Cell:
    return parse_cell(text, SOURCE, table("things", SOURCE))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", [None, "", "  ", "\u00a0\ufeff", "NULL", "n/a", " na ", "nan", "NONE", "-"])
def test_blank_in_every_type(kind: Kind, text: str | None) -> None:
    assert read(text, kind) == Cell(None)


@pytest.mark.parametrize("kind", DATED)
@pytest.mark.parametrize(
    "text",
    ["1900-01-01", "01/01/1900", "1/1/1900 00:00", "01-Jan-1900", "1900-01-01T12:30:00.000", "9999-12-31", "31/12/9999",
     "9999-12-31 23:59:59.9999999", "31-dec-9999", "1900-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"],
)  # fmt: skip
def test_placeholder_dates_are_blank_in_any_form(kind: Kind, text: str) -> None:
    assert read(text, kind) == Cell(None)


def test_a_placeholder_date_is_text_in_a_text_and_a_month_of_its_own() -> None:
    assert read("1900-01-01", Kind.TEXT).value == "1900-01-01"
    assert read("1900-01", Kind.MONTH).value == date(1900, 1, 1)
    assert read("12/9999", Kind.MONTH).value == date(9999, 12, 1)


def test_words_of_the_table_are_blank_too() -> None:
    assert read(" Not  known ", Kind.DATE, blanks=("not known",)) == Cell(None)
    assert not read("Not known", Kind.DATE).readable


def test_a_blank_word_that_a_code_lists_is_that_code() -> None:
    assert read_source("n/a").value == "none"
    assert read_source("None").value == "none"
    assert read_source("null").value is None


def test_a_column_that_is_not_declared_is_blank_by_words_alone() -> None:
    things = table("things", SOURCE, blanks=("nil",))
    assert [is_blank(text, None, things) for text in ("NIL", "N/A", " ", "1900-01-01", "0")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2019-02-05", datetime(2019, 2, 5)),
        ("2019-2-5", datetime(2019, 2, 5)),
        ("05/02/2019", datetime(2019, 2, 5)),
        ("5/2/2019", datetime(2019, 2, 5)),
        ("05-Feb-2019", datetime(2019, 2, 5)),
        ("5-FEB-2019", datetime(2019, 2, 5)),
        ("29-feb-2020", datetime(2020, 2, 29)),
    ],
)
def test_a_date_alone_has_no_time_of_day(text: str, value: datetime) -> None:
    assert read(text, Kind.DATETIME) == Cell(value)
    assert read(text, Kind.DATETIME, midnight=True) == Cell(value)
    assert read(text, Kind.DATE) == Cell(value.date())
    assert read(text, Kind.MONTH) == Cell(value.date().replace(day=1))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2019-02-05 14:30", datetime(2019, 2, 5, 14, 30)),
        ("2019-02-05T14:30", datetime(2019, 2, 5, 14, 30)),
        ("2019-02-05   9:30:07", datetime(2019, 2, 5, 9, 30, 7)),
        ("2019-02-05T14:30:07.5", datetime(2019, 2, 5, 14, 30, 7, 500_000)),
        ("2019-02-05 14:30:07.123456789", datetime(2019, 2, 5, 14, 30, 7, 123_456)),
        ("5/2/2019 9:30", datetime(2019, 2, 5, 9, 30)),
        ("05/02/2019 14:30:07", datetime(2019, 2, 5, 14, 30, 7)),
        ("2019-02-05T14:30Z", datetime(2019, 2, 5, 14, 30)),
        ("2019-07-05 14:30:00z", datetime(2019, 7, 5, 15, 30)),
        ("2019-07-05T14:30:00.25+01:00", datetime(2019, 7, 5, 14, 30, 0, 250_000)),
        ("2019-02-05T14:30:00-05:30", datetime(2019, 2, 5, 20, 0)),
        ("2019-10-27T01:30:00+00:00", datetime(2019, 10, 27, 1, 30)),
        ("2019-07-05 14:30:00+00", datetime(2019, 7, 5, 15, 30)),
        ("2019-07-05 14:30+0130", datetime(2019, 7, 5, 14, 0)),
        ("2019-07-05 14:30:00.1234567 +00:00", datetime(2019, 7, 5, 15, 30, 0, 123_456)),
        ("2019-07-05 14:30 utc", datetime(2019, 7, 5, 15, 30)),
        ("2019-02-05 14:30UTC", datetime(2019, 2, 5, 14, 30)),
        ("05-Feb-2019 14:30", datetime(2019, 2, 5, 14, 30)),
        ("5-FEB-2019  9:30:07", datetime(2019, 2, 5, 9, 30, 7)),
        ("2019-02-05\u00a014:30", datetime(2019, 2, 5, 14, 30)),
        ("05/02/2019\n\u202f14:30", datetime(2019, 2, 5, 14, 30)),
        ("2019-06-05T00:00:00+02:00", datetime(2019, 6, 4, 23, 0)),
        ("2019-10-27T01:30:00Z", datetime(2019, 10, 27, 1, 30)),
    ],
)
def test_datetimes_are_wall_clock_time_in_london(text: str, value: datetime) -> None:
    cell = read(text, Kind.DATETIME)
    assert cell == Cell(value, has_time=True)
    assert cell.value.fold == 0  # type: ignore[union-attr]


def test_a_zone_says_which_of_two_times_is_meant() -> None:
    """01:30 occurs twice on 27 October 2019; 02:00 to 03:00 occurred twice on 31 October 1971."""
    half_past_one = datetime(2019, 10, 27, 1, 30)
    assert read("2019-10-27T01:30:00+01:00", Kind.DATETIME) == Cell(half_past_one, has_time=True, summer=True)
    assert read("2019-10-27 01:30", Kind.DATETIME) == Cell(half_past_one, has_time=True)
    first = Cell(datetime(1971, 10, 31, 2, 30), has_time=True, summer=True)
    assert read("1971-10-31T01:30Z", Kind.DATETIME) == first


def test_a_time_is_dropped_from_a_date_after_its_zone_is_converted() -> None:
    assert read("2019-06-30T23:30:00Z", Kind.DATE).value == date(2019, 7, 1)
    assert read("2019-06-30T23:30:00Z", Kind.MONTH).value == date(2019, 7, 1)
    assert read("05/02/2019 23:59", Kind.DATE).value == date(2019, 2, 5)


@pytest.mark.parametrize(
    "text", ["2019-02-05 00:00", "2019-02-05T00:00:00.000", "5/2/2019 0:00:00", "2019-02-05 00:00Z"]
)
def test_midnight_is_how_a_date_alone_is_written(text: str) -> None:
    assert read(text, Kind.DATETIME) == Cell(datetime(2019, 2, 5))
    assert read(text, Kind.DATETIME, midnight=True) == Cell(datetime(2019, 2, 5), has_time=True)


@pytest.mark.parametrize("zone", ["Z", " UTC", "+00:00", "-00:00", "+00", "+0000"])
def test_midnight_in_utc_is_how_a_date_alone_is_written_in_summer_too(zone: str) -> None:
    assert read(f"2019-06-05T00:00:00{zone}", Kind.DATETIME) == Cell(datetime(2019, 6, 5))
    assert read(f"2019-06-05T00:00:00{zone}", Kind.DATE).value == date(2019, 6, 5)
    meant = read(f"2019-06-05T00:00:00{zone}", Kind.DATETIME, midnight=True)
    assert meant == Cell(datetime(2019, 6, 5, 1), has_time=True)
    assert read(f"2019-06-04T23:00:00{zone}", Kind.DATETIME) == Cell(datetime(2019, 6, 5))


def test_the_first_moment_after_midnight_is_a_time() -> None:
    assert read("2019-02-05 00:00:00.000001", Kind.DATETIME).has_time


@pytest.mark.parametrize("kind", DATED)
@pytest.mark.parametrize(
    "text",
    ["tbc", "31/02/2019", "2019-02-29", "2019-13-01", "13/13/2019", "02/28/2019", "05/02/19", "19-02-05", "0999-01-01",
     "05-02-2019", "2019/02/05", "20190205", "05.02.2019", "05-Febr-2019", "05-Fév-2019", "05 Feb 2019", "5th Feb 2019",
     "2019-02-05 24:00", "2019-02-05 14:60", "2019-02-05 14:30:60", "2019-02-05 1430", "2019-02-05 14",
     "2019-02-05 2:5",
     "2019-02-05 14:30.5", "2019-02-05 14:30:00.", "2019-02-05 14:30:00.1234567890", "2019-02-05 14:30 +1:00",
     "2019-02-05t14:30", "2019-02-05T 14:30", "2019-02-05 2:30 PM", "2019-02-05 14:30 GMT", "2019-02-05Z",
     "2019-02-05+01:00",
     "2019-02-05 UTC", "2019-02-05 14:30+010", "2019-02-05 14:30+2400", "2019-02-05 14:30 Europe/London",
     "2019-02-05 14:30+24:00", "2019-02-05 14:30+01:60",
     "05/02/2019T14:30",
     "05/02/2019 14:30:00.5", "05/02/2019 14:30Z", "05-Feb-2019 14:30Z", "05-Feb-2019T14:30",
     "05-Feb-2019 2:5", "05-Feb-19", "epoch", "infinity", "now",
     "43501",
     "٢٠١٩-٠٢-٠٥", "2019-02-05\u200b14:30", "0001-01-01"],
)  # fmt: skip
def test_no_other_form_is_a_date(kind: Kind, text: str) -> None:
    cell = read(text, kind)
    assert not cell.readable
    assert cell.value is None


@pytest.mark.parametrize(("text", "value"), [("2005-03", (2005, 3)), ("03/2005", (2005, 3)), (" 3/2005 ", (2005, 3))])
def test_months(text: str, value: tuple[int, int]) -> None:
    assert read(text, Kind.MONTH).value == date(*value, 1)
    assert not read(text, Kind.DATE).readable


@pytest.mark.parametrize(
    "text", ["2005-13", "2005-00", "13/2005", "0/2005", "03/05", "Mar 2005", "2005-3", "200503", "0500-01"]
)
def test_no_other_form_is_a_month(text: str) -> None:
    assert read(text, Kind.MONTH) == Cell(None, "is not a month")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", "0"), ("-12", "-12"), ("+12.50", "12.5"), (".5", "0.5"), ("-.5", "-0.5"), ("1,234", "1234"),
     ("1,234,567.8", "1234567.8"), (" 12 ", "12"), ("007", "7"),
     ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
     ("0.0033333333333333335", "0.003333333333333333"), ("-0.1234567890123456789012", "-0.123456789012345678")],
)  # fmt: skip
def test_numbers(text: str, value: str) -> None:
    assert read(text, Kind.NUMBER) == Cell(Decimal(value))


@pytest.mark.parametrize(
    "text",
    [".", "+", "1.", "1e3", "12,34", "1,2345", ",123", "1,234,56", "1 234", "£12", "12%", "--1", "1.2.3", "0x1",
     "infinity",
     "1,234.5,6", "123456789012345678901", "١٢", "²", "1_000"],
)  # fmt: skip
def test_no_other_form_is_a_number(text: str) -> None:
    assert not read(text, Kind.NUMBER).readable
    assert not read(text, Kind.INTEGER).readable


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("12.0", 12), ("12.000", 12), ("-1,234", -1234), ("+7", 7), ("-0", 0),
     ("9223372036854775807", 2**63 - 1),
     ("-9223372036854775808", -(2**63))],
)  # fmt: skip
def test_integers(text: str, value: int) -> None:
    assert read(text, Kind.INTEGER) == Cell(value)


@pytest.mark.parametrize("text", ["12.5", "0.000000000000000001", "9223372036854775808", "-9223372036854775809"])
def test_no_other_number_is_an_integer(text: str) -> None:
    assert not read(text, Kind.INTEGER).readable


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", " true ", "1"])
def test_what_means_yes(text: str) -> None:
    assert read(text, Kind.BOOLEAN) == Cell(True)


@pytest.mark.parametrize("text", ["no", "N", "False", "0"])
def test_what_means_no(text: str) -> None:
    assert read(text, Kind.BOOLEAN) == Cell(False)


@pytest.mark.parametrize("text", ["t", "f", "on", "off", "2", "1.0", "yess"])
def test_no_other_word_is_a_boolean(text: str) -> None:
    assert read(text, Kind.BOOLEAN) == Cell(None, "is not yes or no")


def test_text_keeps_its_zeros_its_case_and_the_space_within() -> None:
    assert read("\t 007  Bond ", Kind.TEXT).value == "007  Bond"


@pytest.mark.parametrize("text", ["police", "POLICE", " Police\u00a0 force ", "7"])
def test_a_code_is_matched_by_any_of_its_spellings(text: str) -> None:
    assert read_source(text) == Cell("police")
    assert match_code(text, SOURCE) == "police"


def test_a_category_that_no_code_lists_is_kept_and_told() -> None:
    assert read_source(" Aunt ") == Cell("Aunt", listed=False)
    assert match_code("Aunt", SOURCE) is None


def test_without_codes_any_category_is_valid() -> None:
    assert read(" Aunt ", Kind.CATEGORY) == Cell("Aunt")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (" P1 ", "p1"),
        ("0012", "0012"),
        ("12.0", "12"),
        ("12.00", "12.00"),
        ("12.5", "12.5"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
    ],
)
def test_keys_as_they_are_compared(text: str, key: str) -> None:
    assert normalise_key(text) == key


@given(text=st.text() | st.from_regex(r"[0-9,./:TZ+ -]{1,30}"), kind=st.sampled_from(KINDS))
def test_no_text_makes_it_fall_over(text: str, kind: Kind) -> None:
    cell = read(text, kind)
    assert cell.readable or cell.value is None
    assert not (cell.has_time and kind is not Kind.DATETIME)


FORMS = ["{:%Y-%m-%d}", "{0:%Y}-{0.month}-{0.day}", "{:%d/%m/%Y}", "{0.day}/{0.month}/{0:%Y}", "{:%d-%b-%Y}"]
TIMES = ["{:%Y-%m-%d %H:%M:%S.%f}", "{:%Y-%m-%dT%H:%M:%S.%f}", "{0:%Y-%m-%d} {0.hour}:{0:%M:%S.%f}"]
COARSE_TIMES = ["{:%d/%m/%Y %H:%M:%S}", "{0.day}/{0.month}/{0:%Y} {0.hour}:{0:%M:%S}", "{:%Y-%m-%d  %H:%M:%S}"]
MOMENTS = st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(9999, 12, 30))
SPACE = st.text(st.sampled_from(WHITESPACE), max_size=3)


@given(moment=MOMENTS, form=st.sampled_from(FORMS), before=SPACE, after=SPACE)
def test_any_date_in_any_form_is_read_back(moment: datetime, form: str, before: str, after: str) -> None:
    text = before + form.format(moment) + after
    assert read(text, Kind.DATE).value == moment.date()
    assert read(text, Kind.DATETIME) == Cell(datetime(moment.year, moment.month, moment.day))


@given(moment=MOMENTS, form=st.sampled_from(TIMES))
def test_any_moment_in_any_form_is_read_back(moment: datetime, form: str) -> None:
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    assert read(form.format(moment), Kind.DATETIME) == Cell(moment, has_time=not midnight)


@given(moment=MOMENTS, form=st.sampled_from(COARSE_TIMES))
def test_any_second_in_any_form_is_read_back(moment: datetime, form: str) -> None:
    second = moment.replace(microsecond=0)
    assert read(form.format(moment), Kind.DATETIME, midnight=True) == Cell(second, has_time=True)


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=18, min_value=-(10**19), max_value=10**19))
def test_any_number_is_read_back_exactly(number: Decimal) -> None:
    assert read(f"{number:f}", Kind.NUMBER).value == number


@pytest.mark.parametrize("kind", DATED)
@pytest.mark.parametrize(
    ("text", "is_like_one"), [("43501", True), ("43501.604166", True), ("12", False), ("143501", False)]
)
def test_a_number_in_the_place_of_a_date_is_no_date_however_much_it_looks_like_one(
    kind: Kind, text: str, is_like_one: bool
) -> None:
    cell = read(text, kind)
    assert (cell.value, cell.readable) == (None, False)
    assert str(cell.reason).endswith("export again") == is_like_one


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<1", Kind.INTEGER),
        ("<1", Kind.NUMBER),
        ("#MULTIVALUE", Kind.DATE),
        ("#N/A", Kind.DATE),
        ("#REF!", Kind.NUMBER),
        ("2019-02-05'", Kind.DATE),
        ("12'", Kind.INTEGER),
    ],
)
def test_what_exports_put_in_the_place_of_a_value_is_unreadable_and_not_blank(text: str, kind: Kind) -> None:
    cell = read(text, kind)
    assert (cell.value, cell.readable) == (None, False)


def test_in_text_it_is_kept_as_recorded() -> None:
    assert [read(text, Kind.TEXT).value for text in ("#N/A", "#MULTIVALUE", "<1", "P1'")] == [
        "#N/A", "#MULTIVALUE", "<1", "P1'",
    ]  # fmt: skip

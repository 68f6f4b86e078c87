"""How the texts of options are read."""

from datetime import datetime
from pathlib import Path

import pytest

from sgkpi.cli.options import parse_as_of, parse_kinds, parse_months, split_list
from sgkpi.model.errors import UsageError
from sgkpi.model.periods import Month, PeriodKind
from tests.support.program import run


def test_lists_take_commas_and_repetition_each_part_once() -> None:
    assert split_list("--by", ["team,source", " team ", "age, "]) == ("team", "source", "age")
    assert split_list("--by", None) == ()


@pytest.mark.parametrize("texts", [[""], [" , "], ["", ","]])
def test_a_list_that_names_nothing_is_refused(texts: list[str]) -> None:
    with pytest.raises(UsageError, match="--by: this is empty; give a value, or omit it"):
        split_list("--by", texts)
    with pytest.raises(UsageError, match="--month: this is empty"):
        parse_months(texts)
    with pytest.raises(UsageError, match="--period: this is empty"):
        parse_kinds(texts)


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["compute", "--data", ""], "--data"),
        (["list", "--data", " "], "--data"),
        (["list", "--catalogue", ""], "--catalogue"),
        (["list", "-o", ""], "--output"),
        (["init", ""], "DIR"),
        (["synth", ""], "DIR"),
    ],
)
def test_a_path_that_names_nothing_is_not_the_working_directory(
    arguments: list[str], option: str, tmp_path: Path
) -> None:
    ran = run(*arguments, cwd=tmp_path)
    assert (ran.code, ran.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert f"Invalid value for '{option}'" in ran.stderr
    assert "the path is empty; give one, or omit the option (is a variable of your script unset?)" in ran.stderr


@pytest.mark.parametrize("path", ['C:\\extracts"', 'C:\\extracts" --month 2019-02'])
def test_a_path_that_a_backslash_kept_open_says_so(path: str, tmp_path: Path) -> None:
    """On Windows, `--data "C:\\extracts\\" --month 2019-02` gives the program one text from the C to the end."""
    ran = run("compute", "--data", path, cwd=tmp_path)
    assert ran.code == 2
    said = " ".join(ran.stderr.split())
    assert f"'{path}' has a quotation mark in it: on Windows a \\ before the closing one keeps the text open" in said


def test_a_path_with_a_quotation_mark_that_is_there_is_a_path(tmp_path: Path) -> None:
    (tmp_path / 'odd"').mkdir()
    assert run("compute", "--data", 'odd"', cwd=tmp_path).code == 11  # it has no table


def test_months() -> None:
    assert parse_months(["2019-02,2019-01", "2018-12"]) == (Month(2019, 2), Month(2019, 1), Month(2018, 12))
    assert parse_months(None) is None


@pytest.mark.parametrize("text", ["2019-13", "2019-00", "Feb 2019", "0000-1", "2019", "13/2019"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=f"--month: '{text}' is not a month; write it as YYYY-MM"):
        parse_months([text])


@pytest.mark.parametrize("text", ["2019-2", "2019/02", "02/2019", "2-2019", "2019-02-01", "28/02/2019", "2019.2"])
def test_the_month_that_a_text_seems_to_mean_is_offered(text: str) -> None:
    with pytest.raises(UsageError, match=rf"--month: '{text}' is not a month; did you mean 2019-02\?"):
        parse_months([text])


def test_kinds_of_period() -> None:
    assert parse_kinds(None) == (PeriodKind.MONTH,)
    assert parse_kinds(["quarter,year_to_date"]) == (PeriodKind.QUARTER, PeriodKind.YEAR_TO_DATE)
    assert parse_kinds(["rolling-12-months", "Month"]) == (PeriodKind.ROLLING_12_MONTHS, PeriodKind.MONTH)


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="no kind of period 'quater'; did you mean 'quarter'"):
        parse_kinds(["quater"])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-03-04", datetime(2019, 3, 4, 23, 59, 59, 999999)),
        ("2019-03-04T07:00", datetime(2019, 3, 4, 7)),
        ("2019-03-04 07:00:30", datetime(2019, 3, 4, 7, 0, 30)),
        ("2019-03-04T07:00:30.5", datetime(2019, 3, 4, 7, 0, 30, 500000)),
        ("2019-03-04T00:00", datetime(2019, 3, 4)),
        ("2019-03-04T07:00:00Z", datetime(2019, 3, 4, 7)),
        ("2019-07-04T07:00:00Z", datetime(2019, 7, 4, 8)),  # British Summer Time
        ("2019-07-04T07:00+02:00", datetime(2019, 7, 4, 6)),
    ],
)
def test_as_of(text: str, moment: datetime) -> None:
    assert parse_as_of(text) == moment


@pytest.mark.parametrize("text", ["04/03/2019", "2019-02-30", "2019-03", "yesterday", "20190304", "2019-W10"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--as-of"):
        parse_as_of(text)


def test_as_of_may_be_left_out() -> None:
    assert parse_as_of(None) is None


def test_years_before_any_extract_are_refused() -> None:
    with pytest.raises(UsageError, match="--month: the year 0001 is too early for any extract"):
        parse_months(["0001-01"])
    with pytest.raises(UsageError, match="--as-of: the year 0999 is too early for any extract"):
        parse_as_of("0999-12-31")

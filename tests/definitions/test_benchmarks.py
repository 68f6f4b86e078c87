"""Published figures: the file of a catalogue, the periods it names, and which of them stand beside a month."""

from decimal import Decimal
from pathlib import Path

import pytest

from sgkpi.definitions.load import load_catalogue, read_catalogue
from sgkpi.model.benchmarks import Benchmark, latest_benchmarks
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.periods import Month, Period, PeriodKind, period_for
from tests.definitions.support import DECIDED, load, write_catalogue

HEADER = "indicator,area,period_kind,period,value,source,differs,note\n"
ENGLAND = f"{HEADER}decided,England,financial_year,2017-18,82.7%,DfE,,\n"
FEBRUARY = Month(2019, 2)


def year(first: int) -> Period:
    return period_for(PeriodKind.FINANCIAL_YEAR, Month(first, 4))


def of(area: str, period: Period, indicator: str = "decided") -> Benchmark:
    return Benchmark(indicator, area, period, Decimal("0.5"), "DfE")


def test_the_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    text = (
        "\ufeffNote,Differs,Source,Value,Period,Period kind,Area,Indicator\r\n\r\n"
        '"one, two",in the year,DfE,0.219, 2018-19 Q4 ,quarter,Bristol,decided\r\n'
    )
    (found,) = load(tmp_path, {"decided.yaml": DECIDED, "benchmarks.csv": text.encode()}).benchmarks
    quarter = period_for(PeriodKind.QUARTER, FEBRUARY)
    assert found == Benchmark("decided", "Bristol", quarter, Decimal("0.219"), "DfE", "in the year", "one, two")


def test_a_percentage_is_a_fraction(tmp_path: Path) -> None:
    (found,) = load(tmp_path, {"decided.yaml": DECIDED, "benchmarks.csv": ENGLAND}).benchmarks
    assert found == Benchmark("decided", "England", year(2017), Decimal("0.827"), "DfE")


def test_there_need_be_none(tmp_path: Path) -> None:
    assert load(tmp_path, {"decided.yaml": DECIDED}).benchmarks == ()
    assert load(tmp_path, {"decided.yaml": DECIDED, "benchmarks.csv": HEADER}).benchmarks == ()


def test_what_is_no_csv_is_said_once(tmp_path: Path) -> None:
    for content, said in (
        (b"\xff\xfe", r"benchmarks\.csv: error: the file is not UTF-8"),
        (b"", r"benchmarks\.csv:1: error: the first line lacks indicator, area"),
        (HEADER.replace(",", ";").encode(), r"benchmarks\.csv:1: error: the cells are not separated by commas"),
        (HEADER.replace(",", "\t").encode(), r"benchmarks\.csv:1: error: the cells are not separated by commas"),
        (f"{HEADER}decided\rEngland\n".encode(), r"benchmarks\.csv:2: error: this is not valid CSV: new-line"),
    ):
        with pytest.raises(DefinitionsError, match=said) as caught:
            load(tmp_path, {"decided.yaml": DECIDED, "benchmarks.csv": content})
        assert len(caught.value.problems) == 1


def test_a_mistake_takes_no_indicator_with_it_where_definitions_are_checked(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path, {"decided.yaml": DECIDED, "benchmarks.csv": ENGLAND.replace("82.7%", "many")})
    reading = read_catalogue(folder)
    assert list(reading.catalogue.indicators) == ["decided"]
    assert [problem.code for problem in reading.problems] == ["benchmarks"]


def test_those_of_other_indicators_are_known_where_one_is_read(tmp_path: Path) -> None:
    files = {"decided.yaml": DECIDED, "other.yaml": DECIDED, "benchmarks.csv": ENGLAND.replace("decided", "other")}
    assert load_catalogue(write_catalogue(tmp_path, files), only=["decided"]).benchmarks[0].indicator == "other"


def test_those_that_ship() -> None:
    """The inspections' own words: 21% longer, a third not reviewed, 86% and 54% within 72 hours, none in B&B."""
    every = load_catalogue(Path(__file__).parents[2] / "indicators").benchmarks
    shipped = [each for each in every if each.source.startswith("Ofsted")]
    assert {each.indicator: str(each.value) for each in shipped} == {
        "care_leavers_in_bnb": "0",
        "contacts_decided_24h": "0.79",
        "pathway_plans_reviewed": "0.667",
        "rhi_completed_72h": "0.54",
        "rhi_contacted_72h": "0.86",
    }
    assert {each.area for each in shipped} == {"South Gloucestershire"}
    assert [each.indicator for each in shipped if not each.differs] == ["pathway_plans_reviewed"]


def test_those_of_the_department_say_what_differs() -> None:
    """21.9% of England's referrals of 2017-18 were repeated; the year's mean strengths score was 14.2 here."""
    every = load_catalogue(Path(__file__).parents[2] / "indicators").benchmarks
    published = [each for each in every if each.source.startswith("DfE")]
    found = {(each.indicator, each.area, each.period.label): each for each in published}
    assert str(found["re_referrals_12_months", "England", "2017-18"].value) == "0.219"
    assert str(found["sdq_score", "South Gloucestershire", "2017-18"].value) == "14.2"
    assert {each.indicator for each in published if not each.differs} == {
        "children_with_3_placements", "cp_plans_2_years", "cp_plans_second_or_later", "dental_checks_in_date",
        "placed_over_20_miles", "referrals_no_further_action", "sdq_score",
    }  # fmt: skip


class TestLatest:
    def test_the_last_that_ends_by_the_month_for_each_area_and_kind(self) -> None:
        january, quarter = period_for(PeriodKind.MONTH, Month(2019, 1)), period_for(PeriodKind.QUARTER, Month(2018, 12))
        benchmarks = [
            of("South West", year(2016)),
            of("England", year(2017)),
            of("England", year(2016)),
            of("England", year(2018)),  # ends with March 2019
            of("England", january),
            of("England", quarter),
            of("England", year(2017), "other"),
            of("Bristol", year(2018)),
        ]
        assert latest_benchmarks(benchmarks, "decided", FEBRUARY) == (
            *(benchmarks[0], benchmarks[1], benchmarks[4], benchmarks[5]),
        )
        assert latest_benchmarks(benchmarks, "decided", Month(2019, 3))[1:3] == (benchmarks[3], benchmarks[4])

    def test_one_that_ends_with_the_month(self) -> None:
        february = of("England", period_for(PeriodKind.MONTH, FEBRUARY))
        assert latest_benchmarks([february], "decided", FEBRUARY) == (february,)
        assert latest_benchmarks([february], "decided", Month(2019, 1)) == ()


@pytest.mark.parametrize("kind", PeriodKind)
@pytest.mark.parametrize("month", [Month(2018, 4), Month(2019, 2), Month(2019, 3), Month(1999, 12)])
def test_a_label_is_read_as_its_period(kind: PeriodKind, month: Month) -> None:
    period = period_for(kind, month)
    assert Period.parse(kind, period.label) == period


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PeriodKind.MONTH, "2019-13"),
        (PeriodKind.MONTH, "0000-01"),
        (PeriodKind.MONTH, ""),
        (PeriodKind.FINANCIAL_YEAR, "2018-20"),
        (PeriodKind.FINANCIAL_YEAR, "2018"),
        (PeriodKind.FINANCIAL_YEAR, "9999-00"),
        (PeriodKind.FINANCIAL_YEAR, "٢٠١٨-19"),
        (PeriodKind.QUARTER, "2018-19 Q0"),
        (PeriodKind.QUARTER, "2018-19 q4"),
        (PeriodKind.QUARTER, ""),
        (PeriodKind.YEAR_TO_DATE, "2017-18 to 2019-02"),
        (PeriodKind.YEAR_TO_DATE, "2019-02"),
        (PeriodKind.ROLLING_12_MONTHS, "2018-04 to 2019-02"),
    ],
)
def test_anything_else_is_no_period(kind: PeriodKind, text: str) -> None:
    with pytest.raises(ValueError, match="is not a period of the kind"):
        Period.parse(kind, text)

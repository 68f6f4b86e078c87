"""The national layouts: files with their exact headers and a few rows, and what can be computed from them.

Three children in care: 301 (P1, 105) since January 2018, in a third placement since September; 302 (P2) left on
20 February 2019 and came back on the 25th; 303 (P3, 106) came in December 2018 and moved on 4 February 2019.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.definitions.bundled import catalogue_path
from sgkpi.model.errors import ExtractError
from sgkpi.planning.availability import availability
from tests.support.catalogue import shipped

LAYOUTS = Path(__file__).parent / "layouts"
PAGE = (Path(__file__).parents[2] / "docs" / "extracts.md").read_text(encoding="utf-8")
HEADINGS = {
    "annex_a": "Annex A",
    "standard_dataset": "The standard safeguarding dataset",
    "ssda903": "The SSDA903 return",
}
CATALOGUE = shipped()

# By layout and indicator, of February 2019: how many cases were met or counted, and how many could be judged.
FIGURES = {
    "annex_a": {
        "re_referrals_12_months": (1, 2),  # 101 in October and February, 102 once
        "cp_reviews_in_date": (1, 2),  # 103 on 10 December; 104 had none since 3 September
        "placed_with_own_foster_carers": (1, 2),  # 105, not 106; 107 left on 20 February
        "permanence_plans_in_place": (1, 1),  # 105; 106 has not been in care for four months
        "care_leavers_in_touch": (1, 2),
        "care_leavers_in_bnb": (1, None),
        "adopters_waiting": (1, None),  # the second family; two adopters of the first are one family, not yet approved
    },
    "standard_dataset": {
        "re_referrals_12_months": (1, 2),
        "children_with_3_placements": (1, 3),  # P1; two each for P2, whose first care ended, and P3
        "placed_with_own_foster_carers": (1, 2),  # P1, not P3; P2 lives in a children's home
        "placements_ended_unplanned": (1, 1),  # P3 on 4 February; P2's ended with the care
        "care_returns_12_months": (1, 1),  # P2 on the 25th
        "cla_reviews_in_date": (3, 3),  # P1 and P3; the first of P2 falls due later
        "cla_reviews_child_took_part": (1, 2),  # P1 spoke, P3 attended and said nothing
        "health_assessments_in_date": (3, 3),
        "rhi_offered": (1, 2),
        "missing_again_30_days": (0, 0),  # of all who returned in February it is too early to say
        "cp_visits_in_date": (1, 1),  # on 20 February
        "care_leavers_suitable_accommodation": (1, 2),
        "agency_social_workers": (1, 2),
    },
    "ssda903": {
        "cla_reviews_child_took_part": (1, 2),
        "missing_again_30_days": (0, 0),  # the same
        "missing_third_in_90_days": (0, 2),
    },
}


def opened(folder: Path) -> api.Extract:
    return api.open_extract(folder, CATALOGUE)


def copy_of(layout: str, folder: Path, changed: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """A layout's files, in some of which one text stands for another."""
    shutil.copytree(LAYOUTS / layout, folder)
    for name, (old, new) in (changed or {}).items():
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder


def judged(folder: Path, indicator: str, months: str, as_of: str | None = None) -> list[tuple[int, int]]:
    """Of an indicator's total, month by month: the cases that are met, and those that are judged."""
    results = api.compute(opened(folder), CATALOGUE, months=months, indicators=indicator, as_of=as_of)
    return [(each.met or 0, each.judged) for each in results.figures]


@pytest.mark.parametrize("layout", sorted(LAYOUTS.iterdir()), ids=lambda path: path.name)
def test_every_file_of_a_layout_fits_the_tables_that_read_it(layout: Path) -> None:
    extract = opened(layout)
    assert (extract.broken, extract.lacking) == ({}, {})
    assert {problem.code for problem in extract.problems} <= {"no-rows"}


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("layout", FIGURES)
def test_what_a_layout_says_of_february(layout: str, engine: str) -> None:
    wanted = FIGURES[layout]
    results = api.compute(opened(LAYOUTS / layout), CATALOGUE, months="2019-02", indicators=[*wanted], engine=engine)
    found = {each.indicator: each for each in results.figures}
    assert {name: (int(found[name].numerator or 0), found[name].denominator) for name in wanted} == wanted
    assert "unlisted-cell" not in {problem.code for problem in results.problems}


@pytest.mark.parametrize("layout", HEADINGS)
def test_the_page_lists_the_indicators_that_a_layout_carries(layout: str) -> None:
    """Where this fails, the lists of the page on extracts are to be changed."""
    extract = opened(LAYOUTS / layout)
    every = {each: availability(indicator, extract) for each, indicator in CATALOGUE.indicators.items()}
    carried = {name: each.reason or "" for name, each in every.items() if each.available}
    section = PAGE.split(f"### {HEADINGS[layout]}\n")[1].split("\n### ")[0]
    lists = re.findall(r"^(Indicators.*|For the present alone.*):\n((?:`.*\n)+)", section, re.MULTILINE)
    listed = [re.findall(r"`(\w+)`", names) for _, names in lists]
    present = sorted(name for name, reason in carried.items() if "present state" in reason)
    assert listed == [each for each in (sorted({*carried} - {*present}), present) if each]


class TestPeriodsOfCareFromEpisodes:
    """The standard dataset has a row an episode; the last of a period stands for it, with the period's first day."""

    def test_a_child_is_in_care_once_on_any_day(self) -> None:
        """P1 and P2; P3 as well from December; P2 out of care on 20 February, and in again on the 25th."""
        months = "2018-02,2018-06,2018-11,2018-12,2019-01,2019-02"
        figures = judged(LAYOUTS / "standard_dataset", "children_with_3_placements", months)
        assert [cases for _, cases in figures] == [2, 2, 2, 3, 3, 3]

    def test_it_is_as_it_was_known_at_an_earlier_time(self) -> None:
        """At the end of January nobody knew of the end of P2's care, and P3's second placement was to come."""
        found = judged(LAYOUTS / "standard_dataset", "children_with_3_placements", "2019-01", as_of="2019-01-31")
        assert found == [(1, 3)]

    def test_a_period_begins_once(self) -> None:
        entries = judged(LAYOUTS / "standard_dataset", "care_returns_12_months", "2018-06,2018-11,2018-12,2019-02")
        assert entries == [(0, 0), (0, 0), (0, 1), (1, 1)]


class TestAnnexA:
    def test_a_list_of_the_latest_dates_says_nothing_of_earlier_months(self) -> None:
        months = "2018-12,2019-01,2019-02"
        results = api.compute(
            opened(LAYOUTS / "annex_a"), CATALOGUE, months=months, indicators=["cp_reviews_in_date", "cp_plans_2_years"]
        )
        statuses = [(each.indicator, each.status.value) for each in results.figures]
        assert statuses == [("cp_plans_2_years", "complete")] * 3 + [
            ("cp_reviews_in_date", "not_covered"),
            ("cp_reviews_in_date", "not_covered"),
            ("cp_reviews_in_date", "complete"),
        ]

    def test_a_flow_of_latest_dates_is_refused(self) -> None:
        with pytest.raises(ExtractError, match=r"needs the history of cla_visits: List 8\.csv holds the latest row"):
            api.compute(opened(LAYOUTS / "annex_a"), CATALOGUE, indicators="first_cla_visits_1_week", months="2019-02")

    def test_a_list_and_a_history_are_two_files_for_one_table(self, tmp_path: Path) -> None:
        """The list, named after the table that it is whole for, stands beside the history of the other."""
        folder = copy_of("annex_a", tmp_path / "annex_a")
        (folder / "cp_reviews.csv").write_text(
            "review_id,person_id,held_on\n1,103,2018-12-10\n2,104,2018-12-01\n", encoding="utf-8"
        )
        assert set(opened(folder).broken) == {"cp_reviews"}
        (folder / "List 7.csv").rename(folder / "cp_plans.csv")
        assert {problem.code for problem in opened(folder).problems} == set()
        assert judged(folder, "cp_reviews_in_date", "2019-01,2019-02") == [(2, 2), (2, 2)]

    def test_what_the_page_says_of_six_months(self, tmp_path: Path) -> None:
        """Re-referrals of twelve months cannot be known from six."""
        folder = copy_of("annex_a", tmp_path / "annex_a")
        (block,) = re.findall(r"```toml\n# annex_a/extract.toml\n(.*?)```", PAGE, re.DOTALL)
        (folder / "extract.toml").write_text(block, encoding="utf-8")
        results = api.compute(
            opened(folder),
            CATALOGUE,
            months="2019-02",
            indicators=["re_referrals_12_months", "assessments_45_working_days"],
        )
        assert [(each.indicator, each.status.value) for each in results.figures] == [
            ("assessments_45_working_days", "complete"),
            ("re_referrals_12_months", "not_covered"),
        ]

    def test_copies_of_its_lists_are_a_register_of_children(self, tmp_path: Path) -> None:
        folder = copy_of("annex_a", tmp_path / "annex_a")
        (folder / "children").mkdir()
        for number in range(4, 10):
            shutil.copy(folder / f"List {number}.csv", folder / "children")
        extract = opened(folder)
        assert (extract.broken, extract.tables["children"].columns) == (
            {},
            ("person_id", "birth_month", "gender", "ethnicity", "disabled"),
        )
        by_disability = api.compute(
            extract, CATALOGUE, months="2019-02", indicators="assessments_45_working_days", by="disabled"
        )
        assert [(each.category, each.judged) for each in by_disability.figures if each.category] == [
            ("yes", 0),
            ("no", 1),
        ]


class TestFoldersOfFiles:
    def test_the_files_of_a_folder_may_have_headers_of_their_own(self, tmp_path: Path) -> None:
        folder = tmp_path / "extract"
        shutil.copytree(catalogue_path(), tmp_path / "indicators")
        declaration = tmp_path / "indicators" / "tables" / "cin_visits.yaml"
        text = declaration.read_text(encoding="utf-8")
        for column in ("visit_id", "person_id", "visit_date", "visit_seen", "visit_seen_alone"):
            ours, theirs = (f"{kind}_{column}" for kind in ("cinv_cin", "cppv_cp"))
            if column == "person_id":
                ours, theirs = "cinv_person_id", "cppv_person_id"
            text = re.sub(rf"\b{ours}\b", f"{ours}, {theirs}", text)
        declaration.write_text(text, encoding="utf-8")
        (folder / "cin_visits").mkdir(parents=True)
        for name in ("ssd_cin_visits.csv", "ssd_cp_visits.csv"):
            shutil.copy(LAYOUTS / "standard_dataset" / name, folder / "cin_visits")
        catalogue = api.load_catalogue(tmp_path / "indicators")
        results = api.compute(
            api.open_extract(folder, catalogue),
            catalogue,
            months="2019-02",
            indicators="cin_visits_seen_alone",
            as_of="2019-03-04",
        )
        assert [(each.met, each.judged) for each in results.figures] == [(1, 2)]


class TestMistakes:
    def test_a_misspelt_header_is_named_with_the_nearest(self, tmp_path: Path) -> None:
        folder = copy_of("ssda903", tmp_path / "903", {"SSDA903_missing.csv": ("MIS_START", "MISS_START")})
        (problem,) = opened(folder).broken["missing_episodes"]
        assert problem.message.endswith("'MIS_START'; the nearest header found is 'MISS_START'")

    def test_a_misspelt_optional_header_takes_what_uses_it(self, tmp_path: Path) -> None:
        folder = copy_of("ssda903", tmp_path / "903", {"SSDA903_reviews.csv": ("REVIEW_CODE", "REVIEWCODE")})
        found = availability(CATALOGUE.indicators["cla_reviews_child_took_part"], opened(folder))
        assert (found.reason or "").startswith("needs cla_reviews.participation: this extract has no such column")

    @pytest.mark.parametrize(
        ("layout", "file", "old", "new", "table"),
        [
            ("ssda903", "SSDA903_reviews.csv", "CHILD,DOB", "CHILD,Child Unique ID", "cla_reviews"),
            ("annex_a", "List 8.csv", "Ethnicity", "person_id", "looked_after"),
            ("standard_dataset", "ssd_missing.csv", "miss_missing_rhi_offered", "MIS_START", "missing_episodes"),
        ],
    )
    def test_two_spellings_of_one_column_are_refused(
        self, tmp_path: Path, layout: str, file: str, old: str, new: str, table: str
    ) -> None:
        (problem,) = opened(copy_of(layout, tmp_path / layout, {file: (old, new)})).broken[table]
        assert problem.code == "duplicate-column"

    def test_a_return_with_its_year_is_not_read(self, tmp_path: Path) -> None:
        folder = copy_of("ssda903", tmp_path / "903")
        (folder / "SSDA903_reviews.csv").rename(folder / "SSDA903_2019_reviews.csv")
        assert "cla_reviews" not in opened(folder).tables


def test_no_header_of_one_layout_is_another_column_of_it() -> None:
    """Every file of a layout is read by tables without two headers for one column, by all tables that may read it."""
    for table in CATALOGUE.tables.values():
        headers = [name for column in table.columns.values() for name in (column.name, *column.names)]
        folded = [re.sub(r"[\s_-]+", " ", header).casefold() for header in headers]
        assert len({*folded}) == len(folded), table.name

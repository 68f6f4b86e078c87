"""The whole story: what each indicator shows in April 2018 and in February 2019, or in the last month that is complete.

`whole_story.csv` has the story's rows. Its tolerances: `exact`; a number; or `case`, which for a hundred cases and more
is two percentage points, and for fewer the whole cases on either side of the value.
"""

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.check.events import look_at_events
from sgkpi.figures.figure import Figure
from sgkpi.model.errors import UsageError
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity
from sgkpi.synth import write_extract
from sgkpi.synth.common import EXTRACTED_AT, FIRST_DAY
from sgkpi.synth.leavers import leavers_at
from sgkpi.synth.story import TABLES
from sgkpi.synth.story.community import private_fostering
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Stage, as_date
from sgkpi.synth.story.workforce import Workforce
from tests.support.catalogue import shipped
from tests.support.program import run_process

HERE = Path(__file__).parent
CATALOGUE = HERE.parents[1] / "indicators"
MANY = 100
TWO_POINTS = Fraction(2, 100)
Key = tuple[str, str, str]


def story() -> Iterator[dict[str, str]]:
    with (HERE / "whole_story.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole_story")
    write_extract(folder, seed=2019, catalogue=shipped(), whole_story=True)
    return folder


def compute(extract: Path) -> dict[Key, Figure]:
    kinds = ("month", "year_to_date", "rolling_12_months")
    results = api.compute(extract, CATALOGUE, months="2019-02", history=10, kinds=kinds)
    assert results.unavailable == ()
    return {(each.indicator, each.period.kind.value, str(each.period.last)): each for each in results.figures}


@pytest.fixture(scope="module")
def figures(extract: Path) -> dict[Key, Figure]:
    return compute(extract)


def is_near(figure: Figure, value: Fraction, tolerance: str) -> bool:
    if figure.value is None:
        return False
    if tolerance == "exact":
        return figure.value == value
    if tolerance != "case":
        return abs(figure.value - value) <= Fraction(tolerance)
    wanted = value / 100 if figure.measure is Measure.PROPORTION else value
    cases = figure.denominator or figure.counted or 0
    off = abs(figure.value - wanted)
    return off <= TWO_POINTS if cases >= MANY and figure.measure is Measure.PROPORTION else off * cases < 1


@pytest.mark.parametrize("row", list(story()), ids=lambda row: f"{row['indicator']}-{row['month']}")
def test_the_story_is_told(figures: dict[Key, Figure], row: dict[str, str]) -> None:
    figure = figures[row["indicator"], row["period"], row["month"]]

    assert is_near(figure, Fraction(row["value"]), row["tolerance"]), (
        figure.value,
        figure.numerator,
        figure.denominator,
    )
    if row["rating"]:
        assert figure.rating.value == row["rating"]


@pytest.mark.slow
def test_another_seed_tells_the_same_story(tmp_path: Path) -> None:
    write_extract(tmp_path, seed=7, catalogue=shipped(), whole_story=True)
    figures = compute(tmp_path)

    missed = []
    for row in story():
        figure = figures[row["indicator"], row["period"], row["month"]]
        near = is_near(figure, Fraction(row["value"]), row["tolerance"])
        if not near or row["rating"] not in ("", figure.rating.value):
            missed.append((row, figure.value, figure.numerator, figure.denominator, figure.rating.value))
    assert missed == []


def test_a_share_is_rounded_to_cases_that_are_rated_as_it_is() -> None:
    indicators = shipped().indicators
    timely, february = "exploitation_assessed_10_working_days", Month(2019, 2)  # 88%, and green from 90%

    assert Stage(7, 1, indicators).count(timely, february, 20) == 17
    assert Stage(7, 1, {}).count(timely, february, 20) == 18  # a catalogue without it has no targets


def lacking_months(days: Iterable[date]) -> list[str]:
    """Say which months lack rows, by the rule of check."""
    months = Counter(map(Month.of, days))
    return [f"{each.first} to {each.last}" for each in look_at_events(months, EXTRACTED_AT, FIRST_DAY)]


@pytest.mark.parametrize("scale", [0.05, 0.1, 0.33, 1, 5])
def test_workers_come_in_an_extract_of_any_size(scale: float) -> None:
    assert lacking_months(worker.start for worker in Workforce(Stage(2019, scale, {})).workers) == []


@pytest.mark.parametrize("scale", [0.1, 1, 2.4, 2.6, 5])
def test_private_fostering_begins_in_an_extract_of_any_size(scale: float) -> None:
    stage = Stage(2019, scale, {})
    private_fostering(stage, Town(stage, leavers_at(scale)))
    assert lacking_months(as_date(row["notified_on"]) for row in stage.rows["private_fostering"]) == []


def test_the_extract_says_that_it_is_fictitious_and_from_when_it_is_complete(extract: Path) -> None:
    about = tomllib.loads((extract / "extract.toml").read_text(encoding="utf-8"))

    assert "fictitious" in about["source"]
    assert about["covers"]["referrals"].isoformat() == "2017-04-01"  # re-referrals look back for twelve months
    assert about["covers"]["cp_visits"].isoformat() == "2018-04-01"


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_placements_follow_one_another(extract: Path) -> None:
    periods: dict[str, list[dict[str, str]]] = {}
    for row in rows(extract, "placements"):
        if row["period_id"]:
            periods.setdefault(row["period_id"], []).append(row)

    for own in periods.values():
        own.sort(key=lambda row: row["started_on"])
        assert [row["ended_on"] for row in own[:-1]] == [row["started_on"] for row in own[1:]]


def test_reviews_belong_to_a_period_of_care_of_the_same_child(extract: Path) -> None:
    periods = {row["period_id"]: row for row in rows(extract, "looked_after")}
    outside = 0
    for review in rows(extract, "cla_reviews"):
        period = periods[review["period_id"]]
        assert review["person_id"] == period["person_id"]
        outside += review["held_on"] < period["started_on"]

    assert outside == 1  # a mistake


@pytest.mark.parametrize(
    ("table", "column"), [("health_checks", "done_on"), ("sdq", "completed_on"), ("peps", "held_on")]
)
def test_events_of_children_in_care_lie_in_a_period_of_care(extract: Path, table: str, column: str) -> None:
    periods: dict[str, list[tuple[str, str]]] = {}
    for row in rows(extract, "looked_after"):
        periods.setdefault(row["person_id"], []).append((row["started_on"], row["ended_on"] or "9999"))

    events = [(row["person_id"], row[column]) for row in rows(extract, table)]
    assert [(child, day) for child, day in events if not any(a <= day <= b for a, b in periods[child])] == []


def test_an_adopted_child_left_care_on_that_day(extract: Path) -> None:
    periods = {(row["person_id"], row["started_on"]): row for row in rows(extract, "looked_after")}
    adoptions = rows(extract, "adoption")

    for adoption in adoptions:
        period = periods[adoption["person_id"], adoption["entered_care_on"]]
        assert period["ended_on"] == adoption["adopted_on"]
        assert (period["end_reason"] == "adopted") == bool(adoption["adopted_on"])
    assert len({row["person_id"] for row in adoptions}) == len(adoptions)


@pytest.mark.parametrize(
    ("table", "column"),
    [("cases", "opened_on"), ("looked_after", "started_on"), ("cp_plans", "started_on"), ("health_checks", "done_on")],
)
def test_nothing_happens_before_a_child_is_born(extract: Path, table: str, column: str) -> None:
    births = {row["person_id"]: row["birth_month"] for row in rows(extract, "children")}

    assert [row for row in rows(extract, table) if row[column][:7] < births[row["person_id"]]] == []


@pytest.mark.parametrize(("table", "start"), [("cp_plans", "started_on"), ("ehe_children", "notified_on")])
def test_children_in_care_have_no_protection_plan_and_are_not_educated_at_home(
    extract: Path, table: str, start: str
) -> None:
    periods = rows(extract, "looked_after")
    in_care = [(row["person_id"], row["started_on"], row["ended_on"] or "9999") for row in periods]

    for row in rows(extract, table):
        times = [(begun, ended) for child, begun, ended in in_care if child == row["person_id"]]
        assert all(ended <= row[start] or (row["ended_on"] or "9999") <= begun for begun, ended in times)


def test_strategy_discussions_are_about_open_cases(extract: Path) -> None:
    cases: dict[str, list[tuple[str, str]]] = {}
    for row in rows(extract, "cases"):
        cases.setdefault(row["person_id"], []).append((row["opened_on"], row["closed_on"] or "9999"))

    requests = [(row["person_id"], row["requested_at"][:10]) for row in rows(extract, "section_47")]
    since_april = [(child, day) for child, day in requests if day >= "2018-04"]
    assert [(child, day) for child, day in since_april if not any(a <= day <= b for a, b in cases[child])] == []


def test_workers_have_cases_only_while_they_are_in_post(extract: Path) -> None:
    workers = {row["worker_id"]: (row["started_on"], row["left_on"] or "9999") for row in rows(extract, "workers")}
    times = [(row["worker_id"], row["started_on"], row["ended_on"]) for row in rows(extract, "allocations")]
    times += [(row["worker_id"], row["held_on"], row["held_on"]) for row in rows(extract, "supervisions")]

    for worker, start, end in times:
        began, left = workers.get(worker, ("", "9999"))  # a case without a worker is supervised too
        assert began <= start
        assert (end or "9999") <= left


def errors(extract: Path, *, effects: bool) -> list[str]:
    catalogue = shipped()
    report = check_quality(api.open_extract(extract, catalogue), catalogue, QualityRequest(effects=effects))
    return [each.message for each in report.findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize("effects", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_check_finds_no_error(extract: Path, *, effects: bool) -> None:
    assert errors(extract, effects=effects) == []


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "seed"), [(0.2, 7), (2, 99)])
def test_check_finds_no_error_at_another_size(scale: float, seed: int, tmp_path: Path) -> None:
    """A small extract may lack the rows that were chosen for a cell; in a large one, months without rows show."""
    write_extract(tmp_path, seed=seed, scale=scale, catalogue=shipped(), whole_story=True)
    assert errors(tmp_path, effects=False) == []


def test_every_table_of_another_size_and_seed_has_its_columns(tmp_path: Path) -> None:
    catalogue = shipped()
    paths = write_extract(tmp_path, seed=5, scale=0.1, catalogue=catalogue, whole_story=True)

    assert {path.stem for path in paths} == {*catalogue.tables, "extract"} == {*TABLES, "extract"}
    for path in paths:
        if path.suffix == ".csv":
            table = rows(tmp_path, path.stem)
            assert list(table[0]) == list(catalogue.tables[path.stem].columns)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files_in_every_process(tmp_path: Path) -> None:
    # what depends on the order of a set differs between processes, and shows from this size on
    for name in ("1", "2"):
        run_process("synth", name, "--story", "--scale", "0.4", cwd=tmp_path, env={"PYTHONHASHSEED": name})

    files = sorted((tmp_path / "1").iterdir())
    assert len(files) == len(TABLES) + 1
    assert all(path.read_bytes() == (tmp_path / "2" / path.name).read_bytes() for path in files)


def test_the_story_needs_the_tables_of_the_catalogue(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a catalogue is needed"):
        write_extract(tmp_path, seed=5, whole_story=True)


def test_the_story_needs_some_people(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="scale of at least"):
        write_extract(tmp_path, seed=5, scale=0.001, catalogue=shipped(), whole_story=True)

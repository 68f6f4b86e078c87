"""A folder of definitions becomes a catalogue."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.definitions.load import load_catalogue
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.expressions import AddInterval, AsOf, ColumnRef, Kind, Literal, ReferenceDay, Unit
from sgkpi.model.indicator import (
    Breakdown,
    Clock,
    DuePeriod,
    Improvement,
    Keep,
    PeriodColumn,
    PointInTime,
    Target,
)
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem
from sgkpi.model.units import Limit, LimitUnit
from tests.definitions.support import DECIDED, REVIEWED, load, write_catalogue

RECEIVED = ColumnRef("received_at", Kind.DATETIME)
COUNT = "title: Contacts\ntable: contacts\nperiod: received_at\nmeasure: count\n"


def test_a_flow(tmp_path: Path) -> None:
    indicator = load(tmp_path, {"decided.yaml": DECIDED}).indicators["decided"]
    start, stop = (ColumnRef(name, Kind.DATETIME) for name in ("received_at", "decided_at"))
    assert indicator.period == PeriodColumn("received_at")
    assert indicator.clock == Clock(start, stop, Limit(24, LimitUnit.HOURS))
    assert indicator.improvement is Improvement.NONE
    assert not indicator.is_stock
    assert indicator.lines["clock.within"] == 5


def test_a_stock_and_its_related_rows(tmp_path: Path) -> None:
    indicator = load(tmp_path, {"reviewed.yaml": REVIEWED}).indicators["reviewed"]
    review = indicator.related_named("review")
    assert indicator.period == PointInTime("eligible_from", "eligible_to")
    assert indicator.clock == Clock(ColumnRef("reviewed_on", Kind.DATE, "review"), None, Limit(6, LimitUnit.MONTHS))
    assert (review.keep, review.date, review.until) == (Keep.LATEST, "reviewed_on", ReferenceDay())
    assert (review.case_column, review.row_column) == ("person_id", "person_id")


def test_a_table(tmp_path: Path) -> None:
    table = load(tmp_path, {"decided.yaml": DECIDED}).tables["contacts"]
    assert table.key == ("contact_id", "person_id")
    assert table.files == ("contacts", "List 1")
    assert table.columns["source"].codes == {"police": ("police", "7"), "school": ("school", "2A")}
    assert table.columns["planned_on"].planned
    assert table.columns["person_id"].required
    assert [rule.name for rule in table.rules] == ["decided_before_received"]


def test_related_rows_in_every_form(tmp_path: Path) -> None:
    related = """
    related:
      spell: {table: reviews, keep: active, from: reviewed_on, to: closed_on, until: received_at, merge: adjacent}
      seen: {table: reviews, keep: count, date: reviewed_on, until: as_of, within: 12 months, where: "kind = 'review'"}
      first: {table: reviews, keep: earliest, date: reviewed_on, until: as_of, after: received_at}
      same: {table: contacts, keep: only, on: team}
      spells: {table: reviews, keep: count, from: reviewed_on, to: closed_on, until: first.reviewed_on, within: 1 week}
      later: {table: reviews, keep: latest, date: reviewed_on, until: as_of, since: "received_at + interval 1 day"}
    exclude: {often: "seen.count > 2 or same.urgent"}
    """
    indicator = load(tmp_path, {"count.yaml": COUNT + related.replace("\n    ", "\n")}).indicators["count"]
    spell, seen, first, same, spells, later = indicator.related
    assert (spell.start, spell.end, spell.until) == ("reviewed_on", "closed_on", RECEIVED)
    assert spell.merge_adjacent
    assert (seen.until, seen.within) == (AsOf(), Limit(12, LimitUnit.MONTHS))
    assert seen.where is not None
    assert (first.until, first.after) == (AsOf(), RECEIVED)
    assert (same.case_column, same.row_column, same.until) == ("team", "team", None)
    assert (spells.start, spells.end, spells.date) == ("reviewed_on", "closed_on", None)
    assert spells.bounds == (ColumnRef("reviewed_on", Kind.DATE, "first"),)
    assert later.bounds == (AsOf(), AddInterval(RECEIVED, 1, Unit.DAYS, Kind.DATETIME))


def test_breakdowns_and_their_categories(tmp_path: Path) -> None:
    by = """
    by:
      - team
      - source
      - urgent
      - age: {value: "age_years(birth_month, received_at)", bands: [0, 1, 5, 10, 16, 18]}
      - older: {value: visits, bands: [5, 10]}
      - cost: {value: cost, bands: [0.5, 1.5, 2]}
      - from: source
      - weekly: "visits > 3"
    """
    breakdowns = load(tmp_path, {"count.yaml": COUNT + by.replace("\n    ", "\n")}).indicators["count"].by
    assert breakdowns[0] == Breakdown("team", ColumnRef("team", Kind.TEXT))
    assert {breakdown.name: breakdown.codes for breakdown in breakdowns} == {
        "team": (),
        "source": ("police", "school"),
        "urgent": ("yes", "no"),
        "age": ("0", "1-4", "5-9", "10-15", "16-17", "18+"),
        "older": ("under 5", "5-9", "10+"),
        "cost": ("under 0.5", "0.5 to under 1.5", "1.5 to under 2", "2+"),
        "from": ("police", "school"),
        "weekly": ("yes", "no"),
    }
    assert breakdowns[4].bands == (Decimal(5), Decimal(10))


def test_targets_are_exact_and_in_order(tmp_path: Path) -> None:
    targets = "improvement: increase\ntarget: {2019-04: {green: 95%, amber: 0.85}, 2018-04: {green: 90%}}\n"
    indicator = load(tmp_path, {"decided.yaml": f"{DECIDED}{targets}"}).indicators["decided"]
    assert indicator.targets == (
        Target(Month(2018, 4), Decimal("0.9"), None),
        Target(Month(2019, 4), Decimal("0.95"), Decimal("0.85")),
    )


def test_examples_are_kept_as_written(tmp_path: Path) -> None:
    examples = """
    examples:
      - {is: met, contacts: {received_at: 2019-02-04 09:00, urgent: no, team: null}, as_of: 2019-03-01}
      - {is: unknown, because: no_start, contacts: [{contact_id: 01}, {contact_id: 02}], as_of: 2019-03-01 8:30}
    """
    indicator = load(tmp_path, {"decided.yaml": DECIDED + examples.replace("\n    ", "\n")}).indicators["decided"]
    first, second = indicator.examples
    assert first.rows == {"contacts": ({"received_at": "2019-02-04 09:00", "urgent": "no", "team": "null"},)}
    assert first.as_of == datetime.combine(date(2019, 3, 1), time.max)
    assert second.rows == {"contacts": ({"contact_id": "01"}, {"contact_id": "02"})}
    assert second.as_of == datetime(2019, 3, 1, 8, 30)
    assert [example.line for example in indicator.examples] == [8, 9]


def test_one_thing_may_stand_without_a_list(tmp_path: Path) -> None:
    single = "by: team\nbasis: A report\nexamples: {is: counted, contacts: {received_at: 2019-02-04}}\n"
    indicator = load(tmp_path, {"count.yaml": COUNT + single}).indicators["count"]
    assert (len(indicator.by), indicator.basis, len(indicator.examples)) == (1, ("A report",), 1)


def test_a_single_example_of_a_stock_has_its_reference_day(tmp_path: Path) -> None:
    example = "examples: {is: overdue, care_leavers: {eligible_from: 2019-02-04}, reference_day: 2019-02-28}\n"
    indicator = load(tmp_path, {"reviewed.yaml": REVIEWED + example}).indicators["reviewed"]
    assert indicator.examples[0].reference_day == date(2019, 2, 28)


def test_a_count_may_be_placed_by_its_due_moment(tmp_path: Path) -> None:
    due = "clock: {stop: decided_at, due: 'received_at + interval 1 day'}\n"
    indicator = load(tmp_path, {"count.yaml": COUNT.replace("received_at", "due") + due}).indicators["count"]
    assert indicator.period == DuePeriod()
    assert indicator.clock is not None
    assert isinstance(indicator.clock.due, AddInterval)


def test_a_condition_may_be_a_word_that_yaml_knows(tmp_path: Path) -> None:
    indicator = load(tmp_path, {"count.yaml": f"{COUNT}population: true\n"}).indicators["count"]
    assert indicator.population == Literal(True, Kind.BOOLEAN)


def test_the_digest_is_the_same_whatever_the_line_endings(tmp_path: Path) -> None:
    windows = DECIDED.strip().replace("\n", "\r\n").encode()
    catalogue = load(tmp_path, {"unix.yaml": DECIDED.strip().encode(), "windows.yaml": windows})
    digest = hashlib.sha256(DECIDED.strip().encode()).hexdigest()
    assert {indicator.sha256 for indicator in catalogue.indicators.values()} == {digest}


def test_closure_days(tmp_path: Path) -> None:
    holidays = b"\xef\xbb\xbfDate,Name\r\n30/12/2019,Closed too\r\n2019-12-27,Council closed\r\n\r\n"
    closures = load(tmp_path, {"decided.yaml": DECIDED, "tables/holidays.csv": holidays}).closures
    assert list(closures.items()) == [(date(2019, 12, 27), "Council closed"), (date(2019, 12, 30), "Closed too")]


def test_only_the_indicators_asked_for_are_read(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path, {"decided.yaml": DECIDED, "broken.yaml": "title: [", "reviewed.yaml": REVIEWED})
    assert list(load_catalogue(folder, only=["reviewed", "decided"]).indicators) == ["decided", "reviewed"]
    with pytest.raises(DefinitionsError, match=r"broken\.yaml:1"):
        load_catalogue(folder)


def test_an_unknown_name_is_met_with_the_nearest(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path, {"decided.yaml": DECIDED, "reviewed.yaml": REVIEWED})
    with pytest.raises(DefinitionsError, match="no indicator 'decidde'; did you mean 'decided'"):
        load_catalogue(folder, only=["decidde", "reviewed"])


def test_no_folder_and_an_empty_folder_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DefinitionsError, match=r"no folder of definitions at .*nowhere.*sgkpi init"):
        load_catalogue(tmp_path / "nowhere")
    with pytest.raises(DefinitionsError, match=r"no definitions in .*sgkpi init"):
        load_catalogue(tmp_path)


def test_hidden_files_are_left_alone(tmp_path: Path) -> None:
    files = {"decided.yaml": DECIDED, "._decided.yaml": b"\x00\x05", "tables/.contacts.yaml": "["}
    assert list(load(tmp_path, files).indicators) == ["decided"]


def test_the_catalogue_that_ships_is_sound() -> None:
    catalogue = load_catalogue(Path(__file__).parents[2] / "indicators")
    assert catalogue.warnings == ()
    assert len(catalogue.indicators) == 159
    assert len(catalogue.tables) == 49
    for indicator in catalogue.indicators.values():
        assert Path(indicator.path).parent.name == indicator.theme
    assert {each.theme for each in catalogue.indicators.values()} == {*catalogue.themes}


PIECES = [
    *DECIDED.split("\n"), *REVIEWED.split("\n"), "related:", "  review: {table: reviews, keep: count}", "by: [team]",
    "target: {green: 3}", "examples:", "  - {is: met}", "  - [a]", "clock: {}", "by: [[a]]", "exclude: {a: b}",
    "period: due", "measure: mean", "value: visits", "target: {2019-01: {}}", "\t", "{", "title:", "columns: {}",
    "key: [a, [b]]", "columns: {a: {type: text, codes: [a, {b: c}]}}", "rules: {a: a}",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=20), st.lists(st.sampled_from(PIECES), max_size=8))
def test_any_pieces_are_a_catalogue_or_problems(
    tmp_path_factory: pytest.TempPathFactory, indicator: list[str], table: list[str]
) -> None:
    check_is_catalogue_or_problems(tmp_path_factory, "\n".join(indicator).encode(), "\n".join(table).encode())


@given(st.binary(max_size=200), st.text(max_size=200))
def test_any_bytes_are_a_catalogue_or_problems(
    tmp_path_factory: pytest.TempPathFactory, indicator: bytes, table: str
) -> None:
    check_is_catalogue_or_problems(tmp_path_factory, indicator, table.encode())


def check_is_catalogue_or_problems(factory: pytest.TempPathFactory, indicator: bytes, table: bytes) -> None:
    folder = factory.mktemp("catalogue")
    files = {"any.yaml": indicator, "tables/more.yaml": table, "tables/holidays.csv": table, "benchmarks.csv": table}
    problems = problems_of(folder, files)
    assert all(problem.path and problem.message and problem.code for problem in problems)


def problems_of(folder: Path, files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    try:
        return load(folder, files).warnings
    except DefinitionsError as error:
        return error.problems

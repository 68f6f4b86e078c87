"""Many indicators over the same cases: whatever they share, each is as it would be alone, in every way of computing."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import pytest

from sgkpi.engines.duckdb.session import session as sessions
from sgkpi.model.periods import Month, PeriodKind
from tests.support.engines import WAYS
from tests.support.world import Answer, World
from tests.support.world_files import File

CONTACTS = {
    "key": ["id"],
    "person": "person",
    "happened": "received",
    "columns": {
        "id": {"type": "text"},
        "person": {"type": "text", "required": True},
        "received": {"type": "datetime", "required": True},
        "decided": {"type": "datetime"},
        "source": {"type": "category", "codes": {"police": ["6"], "school": ["2A"]}},
        "team": {"type": "text"},
    },
}
SPELLS = {
    "key": "spell",
    "person": "person",
    "happened": "start",
    "columns": {
        "spell": {"type": "text"},
        "person": {"type": "text", "required": True},
        "start": {"type": "date", "required": True},
        "end": {"type": "date"},
        "kind": {"type": "category", "codes": {"home": [], "away": []}},
        "moved": {"type": "date"},
    },
}
ROWS = (
    # id, person, received, decided, source, team
    ("1", "A", "2019-02-04 09:00", "2019-02-04 10:00", "police", "North"),
    ("2", "A", "2019-02-04 09:00", "2019-02-06 10:00", "6", " north"),
    ("3", "B", "2019-02-08 09:00", "2019-02-12 10:00", "2a", ""),
    ("4", "B", "2019-02-11 09:00", "2019-02-10 10:00", "parish", "NULL"),
    ("5", "C", "2019-02-11", "2019-02-12 10:00", "school", "North"),
    ("6", "C", "2019-02-28 09:00", "", "", "South"),
    ("7", "C", "2019-02-27 09:00", "soon", "police", "South"),
    ("8", "D", "2019-01-31 23:00", "2019-02-01 01:00", "police", "South"),
    ("9", "D", "someday", "2019-02-12 10:00", "police", "South"),
    ("10", "D", "", "2019-02-12 10:00", "police", "South"),
    # one key in two rows that differ, one in two that are the same but for its spelling, and two without one
    ("11", "A", "2019-02-05 09:00", "2019-02-05 10:00", "police", "North"),
    ("11", "A", "2019-02-06 09:00", "", "school", "South"),
    ("x12", "A", "2019-02-05 09:00", "2019-02-05 10:00", "police", "North"),
    (" X12.0", "A", "2019-02-05 09:00", "2019-02-05 10:00", "police", "North"),
    ("", "A", "2019-02-05 09:00", "2019-02-05 10:00", "police", "North"),
    ("", "A", "2019-02-05 09:00", "2019-02-05 10:00", "police", "North"),
    ("", "", "", "", "", ""),
)
STAYS = (
    ("s1", "A", "2019-01-01", "2019-02-05", "home", ""),
    ("s2", "A", "2019-02-05", "", "away", "2019-02-20"),
    ("s3", "B", "2019-02-01", "", "home", ""),
    ("s4", "C", "2018-02-01", "2018-03-01", "away", ""),
    ("s5", "D", "2019-01-15", "", "home", "some day"),
)
LIMITS = ("1 hours", "24 hours", "48 hours", "1 days", "2 weeks", "1 months", "1 working days", "5 working days")


def indicator(**keys: object) -> dict[str, object]:
    return {"title": "Some", "table": "contacts", "period": "received", "basis": ["A test"], **keys}


def decided(within: str, **keys: object) -> dict[str, object]:
    clock = {"start": "received", "stop": "decided", "within": within}
    return indicator(measure="proportion", clock=clock, improvement="increase", **keys)


PLAIN = {
    "in_3_days": decided("3 days"),
    **{f"within_{number}": decided(within, by=["team", "source"]) for number, within in enumerate(LIMITS)},
    "by_source": decided("24 hours", by=["source"]),
    "by_due": {**decided("5 working days", by=["team"]), "period": "due"},
    "from_police": decided("24 hours", population="source = 'police'", by=["source"]),
    "not_from_school": decided("24 hours", exclude={"school": "source = 'school'"}),
    "by_school": indicator(measure="proportion", met="source = 'school'", by=["team"], improvement="increase"),
    "how_many": indicator(measure="count", by=["team", {"first": "lower(team)"}], improvement="decrease"),
    "how_many_people": indicator(measure="count", by=["person"], improvement="decrease"),
}
LIVES = {"table": "spells", "keep": "active", "from": "start", "to": "end", "until": "received"}
RELATED = {
    "at_home": decided("24 hours", related={"stay": LIVES}, population="stay.kind = 'home'", by=[{"k": "stay.kind"}]),
    # the same name for something else
    "away": decided(
        "24 hours",
        related={"stay": {**LIVES, "where": "kind = 'away'"}},
        by=[{"k": "stay.kind"}, "team"],
    ),
    # the same rows, of which it uses another column
    "not_moved": decided("24 hours", related={"stay": LIVES}, exclude={"moved": "stay.moved is not null"}),
    "since": indicator(
        measure="proportion",
        related={"stay": LIVES},
        clock={"start": "stay.start", "stop": "decided", "within": "30 days"},
        improvement="increase",
    ),
    "since_another": indicator(
        measure="proportion",
        related={"stay": {**LIVES, "where": "kind = 'away'"}},
        clock={"start": "stay.start", "stop": "decided", "within": "30 days"},
        improvement="increase",
    ),
}
VALUES = {
    "days": indicator(measure="median", value="days_between(received, decided)", by=["source"], improvement="decrease"),
    "most": indicator(measure="maximum", value="days_between(received, decided)", by=["team"], improvement="decrease"),
}


STOCKS = {
    "open": {
        **indicator(measure="count", by=["kind"], improvement="none"),
        "table": "spells",
        "point_in_time": {"from": "start", "to": "end"},
    },
    "begun": {**indicator(measure="count", by=["kind"], improvement="none"), "table": "spells", "period": "start"},
}
STOCKS["open"].pop("period")


def in_files(name: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], many: bool) -> list[File]:
    """The rows in one file, or each in a file of its own."""
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    if many:
        return [File(f"{name}/{number:02}.csv", (row,), columns) for number, row in enumerate(told)]
    return [File(f"{name}.csv", tuple(told), columns)]


def world(*, many_files: bool = False, **indicators: dict[str, object]) -> World:
    files = (
        *in_files("contacts", ("id", "person", "received", "decided", "source", "team"), ROWS, many_files),
        *in_files("spells", ("spell", "person", "start", "end", "kind", "moved"), STAYS, many_files),
    )
    return World(
        {"contacts": CONTACTS, "spells": SPELLS},
        indicators,
        files,
        datetime(2019, 3, 4, 7),
        months=(Month(2019, 1), Month(2019, 2)),
        kinds=(PeriodKind.MONTH, PeriodKind.YEAR_TO_DATE),
    )


def answer(way: str, *, many_files: bool = False, **indicators: dict[str, object]) -> Answer:
    found = world(many_files=many_files, **indicators).answer(way)
    assert isinstance(found, Answer)
    return found


ALL = PLAIN | RELATED


@cache
def answer_to_all() -> Answer:
    return answer("duckdb", **ALL)


@pytest.mark.parametrize(
    "indicators", [PLAIN, RELATED, PLAIN | RELATED, PLAIN | VALUES], ids=["plain", "related", "both", "values"]
)
def test_together_they_are_what_the_reference_engine_says(indicators: dict[str, dict[str, object]]) -> None:
    assert answer("duckdb", **indicators) == answer("reference", **indicators)


@pytest.mark.parametrize("indicators", [RELATED, PLAIN | RELATED], ids=["related", "both"])
def test_in_a_large_extract_too(indicators: dict[str, dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    """There only those with the same related rows are judged together."""
    monkeypatch.setattr(sessions, "_LARGE_BYTES", 0)
    assert answer("duckdb", **indicators) == answer("reference", **indicators)


@pytest.mark.parametrize("indicators", [STOCKS, RELATED | STOCKS], ids=["stock and flow", "related too"])
def test_a_table_in_many_files_is_one_table(indicators: dict[str, dict[str, object]]) -> None:
    expected = answer("reference", many_files=True, **indicators)
    assert answer("duckdb", many_files=True, **indicators) == expected


def test_an_unreadable_cell_matters_to_those_that_use_it() -> None:
    """The stay of D, who comes in January, has one in `moved`; two indicators look that stay up."""
    january = {
        each.indicator: (each.met, each.unknown)
        for each in answer_to_all().figures
        if each.indicator in ("at_home", "not_moved") and each.breakdown is None and each.period.label == "2019-01"
    }
    assert january == {"at_home": (1, 0), "not_moved": (0, 1)}


def test_names_of_related_rows_may_look_like_numbered_ones() -> None:
    awkward = {
        "one": decided("24 hours", related={"stay_1": LIVES, "stay": {**LIVES, "where": "kind = 'away'"}}),
        "two": decided("24 hours", related={"stay_1": {**LIVES, "where": "kind = 'home'"}}, population="true"),
    }
    assert answer("duckdb", **awkward) == answer("reference", **awkward)


@pytest.mark.parametrize("alone", ["within_1", "by_due", "by_school", "how_many", "away", "since_another"])
def test_each_is_what_it_is_alone(alone: str) -> None:
    together, by_itself = answer_to_all(), answer("duckdb", **{alone: ALL[alone]})
    assert [each for each in together.figures if each.indicator == alone] == list(by_itself.figures)
    assert [each for each in together.unplaced if each.indicator == alone] == list(by_itself.unplaced)


@pytest.mark.parametrize("asked", [PLAIN, {"within_1": decided("24 hours", by=["source"])}], ids=["many", "alone"])
@pytest.mark.parametrize("way", WAYS)
def test_rows_with_one_key_are_one_case(way: str, asked: dict[str, dict[str, object]]) -> None:
    """Decided within 24 hours, of those received in February, worked out by hand."""
    figures = answer(way, **asked).figures
    february = next(
        each
        for each in figures
        if (each.indicator, each.breakdown, each.period.kind) == ("within_1", None, PeriodKind.MONTH)
        and each.period.last == Month(2019, 2)
    )
    # in time: 1, x12 (one row but for its spelling), and the row without a key, which stands there twice
    assert february.met == 3
    # too late: 2 and 3; still open after the day: 6
    assert (february.not_met, february.overdue) == (2, 1)
    # backwards: 4; no time of day: 5; unreadable: 7; two rows that differ: 11
    assert february.unknown == 4
    # 9 and 10 are in no month
    (unplaced,) = [each for each in answer(way, **asked).unplaced if each.indicator == "within_1"]
    assert (unplaced.blank, unplaced.unreadable) == (1, 1)

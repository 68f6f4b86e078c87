"""The sample tells the inspection's story: every figure worked out from the files with a few lines of plain Python.

Nothing of sgkpi is used but the generator. Faulty rows are left out by the same rule each time: a cell that
cannot be read, or a time of day that is missing, and the case cannot be judged.
"""

import csv
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sgkpi.synth import write_extract

FEBRUARY = "2019-02"
REFERENCE_DAY = date(2019, 2, 28)
AS_OF = datetime(2019, 3, 4, 7)
MONTH_ENDS = {
    "2018-04": date(2018, 4, 30),
    "2018-05": date(2018, 5, 31),
    "2018-06": date(2018, 6, 30),
    "2018-07": date(2018, 7, 31),
    "2018-08": date(2018, 8, 31),
    "2018-09": date(2018, 9, 30),
    "2018-10": date(2018, 10, 31),
    "2018-11": date(2018, 11, 30),
    "2018-12": date(2018, 12, 31),
    "2019-01": date(2019, 1, 31),
    "2019-02": REFERENCE_DAY,
}


@pytest.fixture(scope="module", params=[2019, 7])
def extract(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extract")
    write_extract(folder, seed=request.param)
    return folder


def rows(extract: Path, table: str) -> list[dict[str, str]]:
    with (extract / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if any(row.values())]


def moment(cell: str, form: str) -> datetime | None:
    """The moment in a cell; None when there is none or it lacks a time of day."""
    try:
        return datetime.strptime(cell, form)
    except ValueError:
        return None


def day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell[:2] == "20" else None


def contacts_judged(extract: Path) -> dict[str, list[bool]]:
    """By month of receipt, whether each contact that can be judged was decided within 24 hours."""
    form = "%d/%m/%Y %H:%M"
    all_rows = {tuple(row.values()): row for row in rows(extract, "contacts")}.values()
    keys = Counter((row["contact_id"], row["person_id"]) for row in all_rows)
    judged: dict[str, list[bool]] = defaultdict(list)
    for row in all_rows:
        received, decided = moment(row["received_at"], form), moment(row["decided_at"], form)
        readable = received and (decided or not row["decided_at"]) and keys[row["contact_id"], row["person_id"]] == 1
        if not received or not readable or (decided and decided < received):
            continue
        if decided or received + timedelta(hours=24) < AS_OF:
            judged[f"{received:%Y-%m}"].append(bool(decided and decided - received <= timedelta(hours=24)))
    return judged


def leavers_on(extract: Path, on: date, *kinds: str) -> list[dict[str, str]]:
    return [
        row
        for row in rows(extract, "care_leavers")
        if row["eligibility"] in kinds
        and (start := day(row["eligible_from"]))
        and start <= on
        and not ((end := day(row["eligible_to"])) and end <= on)
    ]


def test_21_in_100_contacts_of_february_took_longer_than_24_hours(extract: Path) -> None:
    february = contacts_judged(extract)[FEBRUARY]

    assert len(february) == 500
    assert february.count(False) == 105


def test_contacts_got_slower_over_the_year(extract: Path) -> None:
    judged = contacts_judged(extract)
    shares = [sum(judged[month]) / len(judged[month]) for month in MONTH_ENDS]

    assert shares[0] > 0.85
    assert max(shares[-3:]) < min(shares[:5])
    assert all(450 <= len(judged[month]) <= 550 for month in MONTH_ENDS)


def test_four_or_five_teams_hold_contacts(extract: Path) -> None:
    assert 4 <= len({row["team"] for row in rows(extract, "contacts")}) <= 5


def test_fewer_contacts_come_on_weekends_and_bank_holidays(extract: Path) -> None:
    days = Counter(row["received_at"][:10] for row in rows(extract, "contacts"))
    form = "%d/%m/%Y"
    weekdays = [number for text, number in days.items() if (read := moment(text, form)) and read.weekday() < 5]
    weekends = [number for text, number in days.items() if (read := moment(text, form)) and read.weekday() >= 5]

    assert sum(weekends) / len(weekends) < 0.4 * sum(weekdays) / len(weekdays)
    assert days["25/12/2018"] < 12
    assert days["27/08/2018"] < 14


def test_brothers_and_sisters_share_a_contact(extract: Path) -> None:
    children = Counter(row["contact_id"] for row in rows(extract, "contacts"))

    assert sum(number > 1 for number in children.values()) > 200


def test_a_third_of_care_leavers_have_no_plan_or_one_not_reviewed_in_six_months(extract: Path) -> None:
    reviews: dict[str, list[str]] = defaultdict(list)
    for row in rows(extract, "pathway_plan_reviews"):
        reviews[row["person_id"]].append(row["reviewed_on"])
    outcomes: Counter[str] = Counter()
    for leaver in leavers_on(extract, REFERENCE_DAY, "relevant", "former_relevant"):
        texts = reviews[leaver["person_id"]]
        latest = max((read for text in texts if (read := day(text)) and read <= REFERENCE_DAY), default=None)
        if "tbc" in texts:
            outcomes["unknown"] += 1
        elif latest:
            outcomes["met" if latest >= date(2018, 8, 28) else "out of date"] += 1
        else:
            new = date.fromisoformat(leaver["eligible_from"]) >= date(2018, 11, 28)
            outcomes["not due" if new else "no plan"] += 1

    assert outcomes == {"met": 80, "out of date": 26, "no plan": 14, "not due": 3, "unknown": 1}


def test_two_to_four_care_leavers_were_in_bed_and_breakfast_at_the_last_six_month_ends(extract: Path) -> None:
    kinds = ("relevant", "former_relevant", "qualifying")
    found = []
    for end in MONTH_ENDS.values():
        persons = {row["person_id"] for row in leavers_on(extract, end, *kinds)}
        active: dict[str, dict[str, str]] = {}
        for row in sorted(rows(extract, "accommodation"), key=lambda row: row["start_date"]):
            if row["start_date"] <= end.isoformat() and (not row["end_date"] or row["end_date"] > end.isoformat()):
                active[row["person_id"].strip()] = row
        found.append(sum(active[p]["accommodation_type"] == "bed_and_breakfast" for p in persons if p in active))

    assert found == [0, 0, 0, 0, 0, 2, 3, 4, 3, 4, 3]


def test_spells_of_one_person_follow_on_one_another(extract: Path) -> None:
    spells: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(extract, "accommodation"):
        spells[row["person_id"].strip()].append(row)

    for own in spells.values():
        assert all(first["end_date"] == second["start_date"] for first, second in pairwise(own))


def passports(extract: Path) -> list[dict[str, Any]]:
    return pq.read_table(extract / "health_passports.parquet").to_pylist()  # type: ignore[no-any-return]


def test_thirty_young_people_hold_a_health_passport(extract: Path) -> None:
    persons = {
        row["person_id"] for row in leavers_on(extract, REFERENCE_DAY, "relevant", "former_relevant", "qualifying")
    }
    held = {p["person_id"].upper() for p in passports(extract) if p["issued_on"] and p["issued_on"] <= REFERENCE_DAY}

    assert len(held & persons) == 30


def test_health_passports_began_in_autumn_2018(extract: Path) -> None:
    assert min(p["issued_on"] for p in passports(extract) if p["issued_on"]) >= date(2018, 9, 24)


def returns_judged(extract: Path, stop: str) -> dict[str, list[bool]]:
    """By month of return, whether each return was followed by `stop` within 72 hours."""
    form = "%Y-%m-%d %H:%M"
    judged: dict[str, list[bool]] = defaultdict(list)
    for row in rows(extract, "missing_episodes"):
        returned, stopped = moment(row["returned_at"], form), moment(row[stop], form)
        readable = returned and (stopped or not row[stop])
        if returned and readable and row["rhi_offered"] != "not_applicable":
            judged[f"{returned:%Y-%m}"].append(bool(stopped and stopped - returned <= timedelta(hours=72)))
    return judged


def test_about_54_in_100_return_interviews_of_february_were_completed_within_72_hours(extract: Path) -> None:
    february = returns_judged(extract, "rhi_completed_at")[FEBRUARY]

    assert len(february) == 37
    assert february.count(True) == 20


def test_more_children_were_contacted_than_interviewed_in_time(extract: Path) -> None:
    contacted = returns_judged(extract, "rhi_contacted_at")
    completed = returns_judged(extract, "rhi_completed_at")

    assert all(sum(contacted[month]) > sum(completed[month]) for month in MONTH_ENDS)
    assert all(25 <= len(completed[month]) <= 40 for month in MONTH_ENDS)


def test_there_are_about_150_care_leavers(extract: Path) -> None:
    everyone = ("eligible", "relevant", "former_relevant", "qualifying", "no_current_eligibility")

    assert 140 <= len(leavers_on(extract, REFERENCE_DAY, *everyone)) <= 175


def test_nothing_is_recorded_after_the_extract_was_made(extract: Path) -> None:
    for table, form in {"contacts": "%d/%m/%Y %H:%M", "missing_episodes": "%Y-%m-%d %H:%M"}.items():
        for row in rows(extract, table):
            assert all(read <= AS_OF for cell in row.values() if (read := moment(cell, form)))


def test_every_person_is_a_child_of_the_children_table(extract: Path) -> None:
    known = {row["person_id"] for row in rows(extract, "children")}
    named = {
        row["person_id"].strip()
        for table in ("contacts", "missing_episodes", "care_leavers", "pathway_plan_reviews", "accommodation")
        for row in rows(extract, table)
    }
    named |= {passport["person_id"].upper() for passport in passports(extract)}

    assert len(known) == len(rows(extract, "children"))
    assert named <= known

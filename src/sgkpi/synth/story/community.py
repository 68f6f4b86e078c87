"""Children outside the caseload: home education, private fostering, allegations, exploitation."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from operator import itemgetter
from random import Random
from typing import Any

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY, pick
from sgkpi.synth.story.choices import SURE, by_month, chosen, marks, rounded_share
from sgkpi.synth.story.days import (
    DAY,
    MONTHS,
    at_office,
    days_earlier,
    days_later,
    known_day,
    months_from,
    months_in,
    plus_months,
)
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Cells, Spell, Stage, as_date
from sgkpi.synth.story.steer import Rule, first_steps, keep_up
from sgkpi.synth.story.targets import APRIL

# Children who begin to be educated at home each month: most in September and January, nobody in August.
NOTIFIED = {4: 10, 5: 9, 6: 8, 7: 4, 8: 0, 9: 30, 10: 16, 11: 12, 12: 6, 1: 26, 2: 14, 3: 10}
EHE_IN_AUGUST_2017 = 172
REASONS = (
    *("lifestyle",) * 4,
    *("dissatisfied",) * 4,
    *("health",) * 3,
    *("send", "send", "exclusion_risk", "other", "not_known"),
)


def home_education(stage: Stage, town: Town, in_care: Iterable[str]) -> None:
    """Write children who are educated at home, more each month, and the visits to them; none has been in care."""
    rng = stage.rng("ehe_children")
    used = set(in_care)
    months = months_from(Month(2017, 8))
    begin = months[0].first_day
    spells: list[Spell] = []

    def notify(day: date) -> None:
        child = town.new_child(rng, day, range(5, 16), used)
        spells.append(Spell(child, day, id=stage.new_id("HE")))

    for _ in range(stage.size(EHE_IN_AUGUST_2017)):
        notify(days_earlier(rng, begin, 20, 1200))
    for place, month in enumerate(months):
        for day in stage.days_in(rng, month, stage.size(NOTIFIED[month.month])):
            notify(day)
        way = min(1.0, place / 8)  # from August 2017 to April 2018
        first = EHE_IN_AUGUST_2017 + way * (stage.value("ehe_children_number", APRIL) - EHE_IN_AUGUST_2017)
        wanted = stage.level("ehe_children_number", month) if month >= APRIL else stage.size(first)
        now = [spell for spell in spells if spell.end is None]
        may = [spell for spell in now if spell.start < month.first_day - 40 * DAY]
        for spell in chosen(rng, may, len(now) - wanted):
            spell.end = stage.days_in(rng, month, 1)[0]
    for spell in sorted(spells, key=lambda spell: spell.start):
        stage.add(
            "ehe_children",
            episode_id=spell.id,
            person_id=spell.person,
            notified_on=spell.start,
            ended_on=spell.end,
            reason=rng.choice(REASONS),
            locality=str(town.rows[spell.person]["locality"]),
        )
    _visit_at_home(stage, spells, begin)


def _visit_at_home(stage: Stage, spells: Sequence[Spell], begin: date) -> None:
    rng = stage.rng("ehe_visits")
    new = [spell for spell in spells if spell.start >= begin]
    held = first_steps(stage, rng, new, "ehe_initial_visits_15_working_days", 15, 45)
    for spell in spells:
        if spell.open_on(begin):
            held[spell].append(max(spell.start, days_earlier(rng, begin, 1, 380)))
    rule = Rule(lambda _, last: plus_months(last, 12), grace=lambda spell: stage.calendar.add(spell.start, 15))
    keep_up(stage, rng, spells, "ehe_visited_in_year", rule, months=months_from(Month(2017, 8)), held=held)
    known = [(spell, day) for spell, days in held.items() for day in days if day <= LAST_DAY]
    for spell, day in known:
        stage.add(
            "ehe_visits",
            visit_id=stage.new_id("HV"),
            episode_id=spell.id,
            person_id=spell.person,
            visited_on=day,
            result=rng.choice(("seen", "seen", "seen", "not_seen", "report_given")),
        )


# Notifications of private fostering: eight from April 2018 to February 2019, one of April, none of February.
# A large council, of this scale or more, has some every month.
LARGE = 2.5
PRIVATE = Counter(months_in("2018-04 2018-05 2018-06 2018-08 2018-08 2018-09 2018-11 2018-12"))


def private_fostering(stage: Stage, town: Town) -> None:
    """Write private fostering: arrangements, visited every six weeks and after a year every twelve."""
    rng = stage.rng("private_fostering")
    used: set[str] = set()
    wanted = {month: stage.level("private_fostering_number", month) for month in MONTHS}
    spells: list[Spell] = []

    def arrange(day: date) -> None:
        child = town.new_child(rng, day, range(8, 15), used)
        spells.append(Spell(child, day, id=stage.new_id("PF")))

    for _ in range(max(1, wanted[APRIL] - stage.size(1))):
        arrange(days_earlier(rng, MONTHS[0].first_day, 60, 300))
    for month in MONTHS:
        for day in stage.days_in(rng, month, stage.size(PRIVATE[month]) or int(stage.scale / LARGE)):
            arrange(day)
        now = [spell for spell in spells if spell.end is None]
        may = [spell for spell in now if spell.start < month.first_day - 60 * DAY] or now
        days_open = {spell: (month.last_day - spell.start).days + 1 for spell in may}
        for spell in chosen(rng, may, len(now) - wanted[month], days_open.__getitem__):
            spell.end = max(stage.days_in(rng, month, 1)[0], spell.start + DAY)
    for spell in spells:
        stage.add(
            "private_fostering",
            arrangement_id=spell.id,
            person_id=spell.person,
            notified_on=spell.start,
            assessed_on=known_day(days_later(rng, spell.start, 15, 45)),
            ended_on=spell.end,
            team="Assessment Team North",
            source=rng.choice(("carer", "parent", "school", "school", "health", "language_school", "social_worker")),
        )
        _visit_privately(stage, spell)


def _visit_privately(stage: Stage, spell: Spell) -> None:
    """Visit within seven working days, and then at intervals; one visit of April is late for some."""
    rng = stage.rng(f"private_fostering_visits {spell.id}")
    day = stage.after(rng, spell.start, 1, 6)
    late = spell.id.endswith("2") and spell.start < MONTHS[0].first_day
    while day <= LAST_DAY and (spell.end is None or day < spell.end):
        stage.add(
            "private_fostering_visits",
            visit_id=stage.new_id("PW"),
            arrangement_id=spell.id,
            person_id=spell.person,
            visited_on=day,
            seen_alone=rng.choice(("yes", "yes", "yes", "not_appropriate")),
        )
        year = plus_months(spell.start, 12)
        due = day + timedelta(weeks=6 if day < year else 12)
        missed = late and Month.of(due) == APRIL
        day = due + DAY if missed else days_earlier(rng, due, 1, 12)


SECTORS = {
    "school": 36,
    "early_years": 12,
    "foster_care": 12,
    "residential": 6,
    "health": 10,
    "transport": 6,
    "faith": 4,
    "sport": 6,
    "social_care": 8,
}
OUTCOMES = ("substantiated", "unsubstantiated", "unsubstantiated", "unfounded", "false", "not_met")
ALLEGATIONS, MEETINGS = 14, 6


def allegations(stage: Stage) -> None:
    """Write allegations against people who work with children."""
    rng = stage.rng("allegations")
    rows: list[Cells] = []
    for month in months_from(Month(2017, 12)):
        days = stage.days_in(rng, month, stage.size(ALLEGATIONS))
        sectors = [pick(rng, SECTORS) for _ in days]
        decided = stage.mark_in_time(rng, "allegations_decided_1_working_day", month, days, 1)
        weights = [0.4 if sector == "school" else 1.5 for sector in sectors]
        passed = stage.mark(rng, "allegations_referred_1_working_day", month, len(days), weights)
        meeting = marks(rng, len(days), min(len(days), stage.size(MEETINGS)))
        needed = [day for day, needs in zip(days, meeting, strict=True) if needs]
        met = iter(stage.mark_in_time(rng, "allegations_meeting_5_working_days", month, needed, 5))
        for day, sector, soon, quick, needs in zip(days, sectors, decided, passed, meeting, strict=True):
            row: Cells = {"sector": sector, "meeting_needed": needs}
            row["decided_on"] = stage.step(rng, day, 1, in_time=soon, most=5)
            row["allegation_id"] = stage.new_id("LA")
            row["referred_at"] = at_office(rng, day)
            row["concern_on"] = stage.calendar.add(day, -rng.randint(*((0, 1) if quick else (3, 15))))
            if needs:
                row["meeting_on"] = stage.step(rng, day, 5, in_time=next(met), most=12)
            rows.append(row)
    _conclude(stage, rng, rows)


def _conclude(stage: Stage, rng: Random, rows: Sequence[Cells]) -> None:
    """Write allegations, concluded within three months for the planned share of each month's due."""
    for month, own in by_month(rows, lambda row: plus_months(as_date(row["referred_at"]), 3)):
        for row, soon in stage.marked(rng, "allegations_concluded_3_months", month, own):
            day = as_date(row["referred_at"])
            ended = known_day(days_later(rng, day, 12, 85) if soon else days_later(rng, plus_months(day, 3), 5, 60))
            stage.add("allegations", **row, concluded_on=ended, outcome=rng.choice(OUTCOMES) if ended else None)


CONCERNS = 18  # a month
AT_RISK = 0.65  # of concerns
RISKS, SMALL_RISKS = ("moderate", "significant", "significant"), ("none", "mild")


def exploitation(stage: Stage, town: Town) -> None:
    """Make assessments of exploitation; the planned share of those at risk is assessed again within three months."""
    rng = stage.rng("exploitation_assessments")
    months = months_from(Month(2017, 12))
    follow: dict[Month, list[tuple[str, date]]] = defaultdict(list)  # by the month in which a reassessment is due
    rows: list[dict[str, Any]] = []
    used: set[str] = set()
    for month in months:
        first = month.first_day
        due = follow.pop(month, [])
        again = chosen(rng, due, stage.count("exploitation_reassessed_3_months", month, len(due)))
        number = stage.size(CONCERNS)
        days = []
        for _, before in again:
            latest = plus_months(before, 3) - 16 * DAY
            days.append(stage.working_day(rng, min(latest - 3 * DAY, max(first - 12 * DAY, before + 40 * DAY)), latest))
        children = [child for child, _ in again]
        fresh = max(0, number - len(again))
        days += stage.days_in(rng, month, fresh)
        children += [town.new_child(rng, day, range(12, 17), used) for day in days[len(again) :]]
        likely = [SURE if place < len(again) else 1.0 for place in range(len(days))]
        at_risk = marks(rng, len(days), rounded_share(AT_RISK, len(days)), likely)
        for place, (child, day, risky) in enumerate(zip(children, days, at_risk, strict=True)):
            risk = rng.choice(RISKS if risky else SMALL_RISKS)
            done = stage.after(rng, day, 3, 8)
            is_again = place < len(again)
            rows.append({"person_id": child, "concern_on": day, "again": is_again, "risk": risk, "done": done})
            if risky and done <= LAST_DAY:
                follow[Month.of(plus_months(done, 3))].append((child, done))
    _assess_exploitation(stage, rows)


def _assess_exploitation(stage: Stage, rows: list[dict[str, Any]]) -> None:
    """Write assessments: completed within ten working days, and discussed at a meeting if the risk is significant."""
    rng = stage.rng("exploitation rows")
    for month, own in by_month(rows, lambda row: row["concern_on"]):
        # those who are to be assessed again are in time, so that the months in which that is due stay as planned
        sure = [SURE if row["again"] or row["risk"] in RISKS else 1.0 for row in own]
        days = [row["concern_on"] for row in own]
        in_time = stage.mark_in_time(rng, "exploitation_assessed_10_working_days", month, days, 10, sure)
        for row, soon in zip(own, in_time, strict=True):
            row["done"] = min(row["done"], LAST_DAY) if soon else known_day(stage.after(rng, row["concern_on"], 11, 18))
    serious = [row for row in rows if row["risk"] == "significant" and row["done"]]
    for row, day in stage.steps(rng, "exploitation_meeting_10_working_days", serious, itemgetter("done"), 10, 25):
        row["meeting"] = day
    for row in rows:
        stage.add(
            "exploitation_assessments",
            assessment_id=stage.new_id("XA"),
            person_id=row["person_id"],
            concern_on=row["concern_on"],
            completed_on=row["done"],
            risk=row["risk"] if row["done"] else None,
            meeting_on=row.get("meeting"),
            team=rng.choice(("Assessment Team North", "Safeguarding South", "Children in Care East")),
        )

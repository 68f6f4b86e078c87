"""Plans for permanence, and the support that children in care and care leavers ask for."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY, day_between, pick
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.choices import chosen
from sgkpi.synth.story.days import ALL_MONTHS, MONTHS, NEVER, days_earlier, days_later, known_day, plus_months
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.placements import Placements
from sgkpi.synth.story.stage import Spell, Stage
from sgkpi.synth.story.steer import Held, Rule, keep_up, leaving_first
from sgkpi.synth.story.targets import APRIL, FEBRUARY

REF = MONTHS[-1].last_day
# Weights of aims: of children settled in foster care, from 16, under 4, and of all others.
AIMS_IF_SETTLED = {"long_term_fostering": 80, "relatives_or_friends": 14, "return_home": 10, "special_guardianship": 10}
AIMS_AT_16 = {"independence": 60, "residential": 20, "return_home": 10, "other": 10}
AIMS_OF_YOUNG = {"adoption": 35, "special_guardianship": 25, "return_home": 25, "relatives_or_friends": 15}
AIMS = {"return_home": 40, "special_guardianship": 20, "relatives_or_friends": 15, "residential": 15, "other": 10}
LIFE_STORY_AIMS = ("long_term_fostering", "relatives_or_friends", "residential", "adoption")


def agree_plans(
    stage: Stage, town: Town, care: InCare, reviews: dict[Spell, list[date]], placements: Placements
) -> dict[Spell, Spell]:
    """Agree on a plan for permanence for each period of care, by the second review for the planned share."""
    rng = stage.rng("permanence_plans")
    plans: dict[Spell, Spell] = {}
    late: list[Spell] = []
    by_second: dict[Month, list[Spell]] = defaultdict(list)
    for spell in care.spells:
        held = sorted(reviews[spell])
        if spell.start >= ALL_MONTHS[0].first_day and len(held) > 1:
            by_second[Month.of(held[1])].append(spell)
        elif plus_months(spell.start, 4) <= REF and (spell.end is None or plus_months(spell.start, 4) <= spell.end):
            plans[spell] = Spell(
                spell.person, day_between(rng, spell.start + timedelta(days=30), plus_months(spell.start, 4))
            )
    for month, own in by_second.items():
        for spell, in_time in stage.marked(rng, "permanence_plan_by_second_review", month, own):
            if in_time:
                latest = min(sorted(reviews[spell])[1], plus_months(spell.start, 4))
                plans[spell] = Spell(spell.person, day_between(rng, spell.start + timedelta(days=28), latest))
            else:
                late.append(spell)
    _agree_late(stage, rng, care, reviews, plans, late)
    for spell, plan in plans.items():
        plan.end, plan.team, plan.id = spell.end, spell.team, stage.new_id("PP")
        back = sum(each.person == spell.person for each in care.spells) > 1  # who has been in care before
        plan.notes["aim"] = "return_home" if back else _aim(rng, town, spell, plan, placements)
    return plans


def _agree_late(
    stage: Stage,
    rng: Random,
    care: InCare,
    reviews: dict[Spell, list[date]],
    plans: dict[Spell, Spell],
    late: list[Spell],
) -> None:
    """Agree on plans that were not made in time, once fewer are in place than the planned share."""
    first = True
    for month in ALL_MONTHS:
        last = month.last_day
        long = [spell for spell in care.spells if spell.open_on(last) and plus_months(spell.start, 4) <= last]
        wanted = len(long) - stage.count("permanence_plans_in_place", month, len(long))
        missing = [spell for spell in long if spell not in plans or plans[spell].start > last]
        if first:  # those who had none yet when the months begin
            have = [spell for spell in long if spell in plans]
            for spell in chosen(rng, have, wanted - len(missing), lambda spell: 1 / leaving_first(spell)):
                del plans[spell]
                late.append(spell)
                missing.append(spell)
            first = False
        may = [
            spell
            for spell in missing
            if spell in late and (len(reviews[spell]) < 2 or sorted(reviews[spell])[1] < month.first_day)
        ]
        for spell in chosen(rng, may, len(missing) - wanted, leaving_first):
            plans[spell] = Spell(spell.person, stage.working_day(rng, month.first_day, last))


def _aim(rng: Random, town: Town, spell: Spell, plan: Spell, placements: Placements) -> str:
    present = placements.of[spell][-1] if placements.of[spell] else None
    age, now = town.age(spell.person, spell.start), town.age(spell.person, REF)
    if present and present.kind == "placed_for_adoption":
        return "adoption"
    settled = present and present.end is None and present.start <= max(plan.start, ALL_MONTHS[0].first_day)
    if present and settled and present.fostered and age >= 3 and now < 17:
        return pick(rng, AIMS_IF_SETTLED)
    return pick(rng, AIMS_AT_16 if now >= 16 else AIMS_OF_YOUNG if age < 4 else AIMS)


def follow_plans(stage: Stage, plans: dict[Spell, Spell], placements: Placements) -> None:
    """Write plans for permanence, with matches to long-term carers, life story work and next steps."""
    rng = stage.rng("permanence")
    owners = {plan: spell for spell, plan in plans.items()}
    fostered = [plan for plan in owners if plan.notes["aim"] == "long_term_fostering"]
    for plan, day in _once(stage, rng, fostered, "long_term_fostered_matched"):
        present = placements.of[owners[plan]][-1]
        present.matched = max(day, present.start)
        if present.kind == "foster_other":
            present.kind = "foster_long_term"
    story = [plan for plan in owners if plan.notes["aim"] in LIFE_STORY_AIMS]
    for plan, day in _once(stage, rng, story, "life_story_work"):
        requested = max(plan.start, days_earlier(rng, day, 10, 90))
        _request(stage, plan.person, "life_story_work", requested, day, plan.team)
    now = [plan for plan in owners if plan.open_on(REF)]
    tracked = set(chosen(rng, now, stage.count("permanence_tracked", FEBRUARY, len(now))))
    for plan in sorted(owners, key=lambda plan: plan.id):
        step = days_later(rng, REF, 0, 120) if plan in tracked else None
        if plan not in tracked and rng.random() < 0.5:  # noqa: PLR2004
            step = days_earlier(rng, REF, 5, 200)
        stage.add(
            "permanence_plans",
            plan_id=plan.id,
            person_id=plan.person,
            agreed_on=plan.start,
            ended_on=known_day(plan.end),
            aim=str(plan.notes["aim"]),
            next_step_on=step,
            team=plan.team,
        )


def _once(stage: Stage, rng: Random, plans: Sequence[Spell], indicator: str) -> list[tuple[Spell, date]]:
    """Return when something is done once under a plan, for the planned share of those of six months and more."""
    held: Held = defaultdict(list)
    begin = ALL_MONTHS[0].first_day
    old = [plan for plan in plans if plus_months(plan.start, 6) < begin]
    for plan in chosen(rng, old, stage.count(indicator, APRIL, len(old)), leaving_first):
        held[plan] = [days_later(rng, plan.start, 20, 170)]
    rule = Rule(lambda *_: NEVER, grace=lambda plan: plus_months(plan.start, 6), likely=leaving_first)
    keep_up(stage, rng, plans, indicator, rule, months=ALL_MONTHS, held=held)
    return [(plan, days[0]) for plan, days in held.items() if days]


def support(stage: Stage, town: Town, care: InCare, leavers: Sequence[tuple[str, date]]) -> None:
    """Write requests for advocates, visitors, and help for mental health."""
    rng = stage.rng("support_requests")
    _ask_for_advocates(stage, rng, town, care)
    _ask_for_mental_health(stage, rng, town, care, leavers)


def _ask_for_advocates(stage: Stage, rng: Random, town: Town, care: InCare) -> None:
    here = [spell for spell in care.spells if spell.end is None or spell.end > MONTHS[0].first_day]
    for month in MONTHS:
        days = stage.days_in(rng, month, stage.size(10))
        kinds = [rng.choice(("advocacy", "advocacy", "independent_visitor")) for _ in days]
        limits = [
            stage.calendar.between(day, plus_months(day, 3)) if kind == "independent_visitor" else 9
            for day, kind in zip(days, kinds, strict=True)
        ]
        dues = [stage.calendar.add(day, limit + 1) for day, limit in zip(days, limits, strict=True)]
        soon = stage.mark_due(rng, "advocacy_started_in_time", month, dues)
        for day, kind, limit, in_time in zip(days, kinds, limits, soon, strict=True):
            children = [spell for spell in here if spell.open_on(day) and town.age(spell.person, day) > 4]
            child = rng.choice(children or here)
            if in_time:
                started = stage.step(rng, day, min(limit, 35), in_time=True)
            else:
                started = known_day(stage.after(rng, day, limit + 4, limit + 20))
            _request(stage, child.person, kind, day, started, child.team)


def _ask_for_mental_health(
    stage: Stage, rng: Random, town: Town, care: InCare, leavers: Sequence[tuple[str, date]]
) -> None:
    """Write requests for mental health support whose eighteen weeks run out from April 2018 to June 2019."""
    for month in (*MONTHS, *(FEBRUARY.plus(ahead) for ahead in range(1, 5))):
        dues = [min(month.last_day, days_later(rng, month.first_day, 0, 27)) for _ in range(stage.size(16))]
        asked = [due - timedelta(days=126) for due in dues]
        old = [rng.random() < 0.25 for _ in dues]  # noqa: PLR2004
        soon = stage.mark(rng, "mental_health_18_weeks", month, len(dues), [0.45 if leaver else 1.0 for leaver in old])
        for day, leaver, in_time in zip(asked, old, soon, strict=True):
            started = known_day(day + timedelta(days=rng.randint(20, 124) if in_time else rng.randint(130, 210)))
            persons = [person for person, since in leavers if since <= day] if leaver else []
            now = [spell.person for spell in care.spells if spell.open_on(day) and town.age(spell.person, day) > 6]
            if day <= LAST_DAY and (persons or now):  # a small extract may have nobody
                person = rng.choice(persons or now)
                kind = rng.choice(("mental_health", "mental_health", "therapy", "mentor"))
                _request(stage, person, kind, day, started, None)


def _request(stage: Stage, person: str, kind: str, day: date, started: date | None, team: str | None) -> None:
    stage.add(
        "support_requests",
        request_id=stage.new_id("SR"),
        person_id=person,
        kind=kind,
        requested_on=day,
        started_on=started,
        team=team,
    )

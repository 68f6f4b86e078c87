"""Assessments; child protection enquiries, conferences, plans, reviews, core groups and visits; children in need."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from operator import itemgetter
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY
from sgkpi.synth.story.caseload import SIMULATED, Caseload, Enquiry, team_of
from sgkpi.synth.story.choices import SURE, by_month
from sgkpi.synth.story.days import DAY, at_office, days_earlier, days_later, known_day, plus_months
from sgkpi.synth.story.front_door import Referral
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.plans import Version
from sgkpi.synth.story.stage import Spell, Stage
from sgkpi.synth.story.steer import Held, Rule, earlier_steps, first_steps, happened, keep_up

CATEGORIES = ("neglect",) * 9 + ("emotional_abuse",) * 7 + ("physical_abuse",) * 2 + ("sexual_abuse", "multiple")
TOOK_PART = ("spoke", "advocate_spoke", "views_shown", "advocate_briefed", "views_sent")
DID_NOT = ("attended_silent", "no_views")
VISIT_EVERY, CIN_VISIT_EVERY = 12, 24


def protection(stage: Stage, town: Town, caseload: Caseload, referrals: Sequence[Referral]) -> list[Version]:
    """Make the tables of child protection and of children in need; return the versions of their plans."""
    for kind in ("cp", "cin"):
        for plan in caseload.plans[kind]:
            plan.team = team_of(town, plan.person, kind)
    assess(stage, town, referrals)
    write_enquiries(stage, town, caseload.enquiries)
    write_conferences(stage, town, caseload)
    write_cp_plans(stage, town, caseload.plans["cp"], {spell.person for spell in caseload.plans["care"]})
    core_groups(stage, caseload.plans["cp"])
    reviews = cp_reviews(stage, town, caseload.plans["cp"])
    cp_visits(stage, town, caseload.plans["cp"])
    cin = write_cin_plans(stage, caseload.plans["cin"])
    cin_visits(stage, town, caseload.plans["cin"])
    starts = [(plan, plan.start) for plan in caseload.plans["cp"]]
    later = [(plan, day) for plan, days in reviews.items() for day in days]
    cp = [Version(plan.person, "child_protection", day, plan.team) for plan, day in [*starts, *later]]
    return [*cp, *cin]


@dataclass(eq=False)
class _Assessment:
    """An assessment of a child; `seen` and `views` are not known before it is completed."""

    child: str
    started: date
    team: str
    completed: date | None = None
    seen: bool | None = None
    views: bool | None = None


def assess(stage: Stage, town: Town, referrals: Sequence[Referral]) -> None:
    """Assess every child whose referral was taken on."""
    rng = stage.rng("assessments")
    begun = [
        _Assessment(each.child, each.received.date(), team_of(town, each.child, ""))
        for each in referrals
        if each.accepted and each.received.date() >= date(2018, 1, 1)
    ]
    for month, own in by_month(begun, lambda each: each.started):
        days = [each.started for each in own]
        weights = [_improving(month, each.team == "0-25 Service", 1.0, 3.5) for each in own]
        in_time = stage.mark_in_time(rng, "assessments_45_working_days", month, days, 45, weights)
        for each, soon in zip(own, in_time, strict=True):
            each.completed = known_day(stage.after(rng, each.started, *((9, 45) if soon else (46, 75))))
            if soon and month == Month(2018, 12):  # whose days run out when the extract is made
                each.completed = stage.step(rng, each.started, 45, in_time=True)
    completed = [each for each in begun if each.completed]
    for month, own in by_month(completed, lambda each: each.completed or LAST_DAY):
        weights = [_improving(month, town.rows[each.child]["disabled"] == "yes", 0.7, 1.3) for each in own]
        for each, seen in stage.marked(rng, "assessments_child_seen", month, own):
            each.seen = seen
        for each, views in stage.marked(rng, "assessments_views_recorded", month, own, weights):
            each.views = views
    for each in begun:
        blank = each.views is False and rng.random() < 0.5  # noqa: PLR2004
        stage.add(
            "assessments",
            assessment_id=stage.new_id("AS"),
            person_id=each.child,
            started_on=each.started,
            completed_on=each.completed,
            child_seen=each.seen,
            views_recorded=None if blank else each.views,
            team=each.team,
        )


def _improving(month: Month, own: bool, first: float, last: float) -> float:
    """Return a weight that goes from `first` to `last` over the year, or 1 if not `own`."""
    way = min(1.0, max(0.0, (month.index - SIMULATED[2].index) / 10))
    return first + (last - first) * way if own else 1.0


def write_enquiries(stage: Stage, town: Town, enquiries: Sequence[Enquiry]) -> None:
    """Write strategy discussions, and the enquiries that follow them."""
    rng = stage.rng("section_47")
    for month, own in by_month(enquiries, lambda each: each.requested):
        attended = stage.mark(rng, "strategy_discussions_attended", month, len(own))
        dated = stage.mark(rng, "strategy_actions_dated", month, len(own))
        days = [each.day for each in own if each.enquiry]
        done = iter(stage.mark_in_time(rng, "section_47_completed_15_working_days", month, days, 15))
        for each, present, all_dated in zip(own, attended, dated, strict=True):
            day = each.day
            actions = rng.randint(3, 8)
            outcome = "enquiry" if each.enquiry else rng.choice(("assessment", "no_further_action"))
            stage.add(
                "section_47",
                enquiry_id=stage.new_id("S"),
                person_id=each.case.person,
                requested_at=at_office(rng, each.requested),
                strategy_on=day,
                police_present=present or rng.random() < 0.7,  # noqa: PLR2004
                health_present=present,
                actions=actions,
                actions_with_date=actions if all_dated else rng.randint(0, actions - 1),
                outcome=outcome,
                completed_on=stage.step(rng, day, 15, in_time=next(done), most=30) if each.enquiry else None,
                conference_unnecessary=None if not each.enquiry else not each.needs_conference,
                conference_on=known_day(each.conference),
                team=team_of(town, each.case.person, ""),
            )


def write_conferences(stage: Stage, town: Town, caseload: Caseload) -> None:
    """Write the initial conferences that have been held."""
    rng = stage.rng("initial_conferences")
    made = {(plan.person, plan.start) for plan in caseload.plans["cp"]}
    conferences = [each for each in caseload.enquiries if each.conference and each.conference <= LAST_DAY]
    for month, own in by_month(conferences, lambda each: each.conference or LAST_DAY):
        for each, enough in stage.marked(rng, "conferences_quorate", month, own):
            invited = rng.randint(4, 8)
            stage.add(
                "initial_conferences",
                conference_id=stage.new_id("IC"),
                person_id=each.case.person,
                due_on=stage.calendar.add(each.day, 15),
                held_on=each.conference,
                transfer_in=False,
                quorate=enough,
                agencies_invited=invited,
                agencies_attended=invited - rng.randint(0, 1) if enough else rng.randint(1, 2),
                plan_made=(each.case.person, each.conference) in made,
                team=team_of(town, each.case.person, "cp"),
            )


def write_cp_plans(stage: Stage, town: Town, plans: Sequence[Spell], in_care: Container[str]) -> None:
    """Write child protection plans, and an earlier one of most who had one; of none who was `in_care`."""
    rng = stage.rng("cp_plans")
    had: set[str] = set()
    for month, own in by_month(sorted(plans, key=lambda plan: plan.start), lambda plan: plan.start):
        likely = [
            SURE if plan.person in had else 1.0 if town.age(plan.person, plan.start) > 4 else 1e-9 for plan in own
        ]
        known = {plan for plan in own if plan.person in had or plan.person in in_care}
        had.update(plan.person for plan in own)
        for plan, second in stage.marked(rng, "cp_plans_second_or_later", month, own, likely):
            plan.id = stage.new_id("CP")
            rows = [(plan.id, plan.start, known_day(plan.end), int(second))]
            earlier = days_earlier(rng, plan.start, 500, 1200)
            if second and plan not in known and town.age(plan.person, earlier) >= 0 and rng.random() < 0.8:  # noqa: PLR2004
                ended = min(days_later(rng, earlier, 120, 420), plan.start - 30 * DAY)
                rows.insert(0, (stage.new_id("CQ"), earlier, ended, 0))
            for plan_id, started, ended_on, previous in rows:
                stage.add(
                    "cp_plans",
                    plan_id=plan_id,
                    person_id=plan.person,
                    started_on=started,
                    ended_on=ended_on,
                    category=rng.choice(CATEGORIES),
                    previous_plans=previous,
                    team=plan.team,
                )


def core_groups(stage: Stage, plans: Sequence[Spell]) -> None:
    """Hold core groups: the first within ten working days, the others every six weeks."""
    rng = stage.rng("core_groups")
    new = [plan for plan in plans if plan.start >= SIMULATED[0].first_day]
    held = first_steps(stage, rng, new, "first_core_groups_10_working_days", 10, 18)
    earlier_steps(rng, plans, SIMULATED[0].first_day, 40, held)
    rule = Rule(lambda _, last: last + timedelta(weeks=6), grace=lambda plan: stage.calendar.add(plan.start, 10))
    keep_up(stage, rng, plans, "core_groups_in_date", rule, months=SIMULATED, held=held)
    for month, own in by_month(happened(held), itemgetter(0)):
        wanted, behind = stage.value("core_groups_attendance", month), 0.0
        for place, (day, plan) in enumerate(own):
            invited = rng.randint(4, 8)
            aim = wanted + behind + (rng.uniform(-0.15, 0.15) if place < len(own) - 2 else 0)
            attended = min(invited, max(1, round(invited * aim)))
            behind += wanted - attended / invited
            stage.add(
                "core_groups",
                core_group_id=stage.new_id("CG"),
                person_id=plan.person,
                held_on=day,
                agencies_invited=invited,
                agencies_attended=attended,
                team=plan.team,
            )


def cp_reviews(stage: Stage, town: Town, plans: Sequence[Spell]) -> Held:
    """Hold the reviews of plans; return their days."""
    rng = stage.rng("cp_reviews")
    held: Held = defaultdict(list)
    begin = SIMULATED[0].first_day
    for plan in plans:
        day = days_later(rng, plan.start, 60, 88)
        while day < begin and plan.start < begin:
            held[plan].append(day)
            day += timedelta(days=rng.randint(120, 178))
    rule = Rule(lambda _, last: plus_months(last, 6), first=lambda plan: plus_months(plan.start, 3))
    keep_up(stage, rng, plans, "cp_reviews_in_date", rule, months=SIMULATED, held=held)
    reviews = sorted(happened(held), key=lambda each: (each[0], each[1].id))
    for month, own in by_month(reviews, itemgetter(0)):
        first, last = month.first_day, month.last_day
        sure = [SURE if day == first else 1.0 for day, _ in own]
        in_time = stage.mark(rng, "cp_reviews_held_by_due_day", month, len(own), sure)
        parts = participation(stage, rng, town, "cp_reviews_child_took_part", month, own)
        for (day, plan), soon, part in zip(own, in_time, parts, strict=True):
            invited = rng.randint(4, 8)
            due = min(last, days_later(rng, day, 0, 15)) if soon else max(first, days_earlier(rng, day, 1, 20))
            stage.add(
                "cp_reviews",
                review_id=stage.new_id("CR"),
                person_id=plan.person,
                due_on=due,
                held_on=day,
                quorate=rng.random() < 0.95,  # noqa: PLR2004
                agencies_invited=invited,
                agencies_attended=invited - rng.randint(0, 2),
                participation=part,
            )
    return held


def participation(
    stage: Stage, rng: Random, town: Town, indicator: str, month: Month, reviews: Sequence[tuple[date, Spell]]
) -> list[str]:
    """Return how each child took part in a review, as the planned share of those from four years did."""
    older = [town.age(spell.person, day) >= 4 for day, spell in reviews]
    took = iter(stage.mark(rng, indicator, month, sum(older)))
    return [rng.choice(TOOK_PART if next(took) else DID_NOT) if old else "under_4" for old in older]


def cp_visits(stage: Stage, town: Town, plans: Sequence[Spell]) -> None:
    """Visit children under a child protection plan, mostly every ten working days."""
    rng = stage.rng("cp_visits")
    held = _first_visits(stage, rng, plans, 8)
    rule = Rule(
        next=lambda _, last: stage.calendar.add(last, 10),
        grace=lambda plan: stage.calendar.add(plan.start, 10),
        every=VISIT_EVERY,
    )
    keep_up(stage, rng, plans, "cp_visits_in_date", rule, months=SIMULATED, held=held)
    write_visits(stage, rng, town, "cp_visits", "cp_visits_seen_alone", held)


def _first_visits(stage: Stage, rng: Random, plans: Sequence[Spell], days: int) -> Held:
    held: Held = defaultdict(list)
    for plan in plans:
        if plan.start >= SIMULATED[0].first_day:
            day = stage.after(rng, plan.start, 2, days)
            held[plan] += [day] if plan.end is None or day < plan.end else []
    return earlier_steps(rng, plans, SIMULATED[0].first_day, days + 2, held)


def write_visits(
    stage: Stage, rng: Random, town: Town, table: str, alone: str, held: Mapping[Spell, Sequence[date]]
) -> None:
    """Write the visits of one table."""
    visits = []
    for spell, days in held.items():
        known = sorted({day for day in days if day <= LAST_DAY})
        for day, following in zip_longest(known, known[1:]):
            # the month's last visit of a child decides whether it is in date
            decides = following is None or Month.of(following) != Month.of(day)
            visits.append((day, spell, decides))
    visits.sort(key=lambda visit: (visit[0], visit[1].person))
    for month, own in by_month(visits, itemgetter(0)):
        old = [town.age(spell.person, day) >= 2 for day, spell, _ in own]
        seen_alone = iter(stage.mark(rng, alone, month, sum(old)))
        days = [day for day, _, _ in own]
        soon = stage.mark_in_time(rng, "visits_recorded_5_working_days", month, days, 5)
        for (day, spell, decides), is_old, quick in zip(own, old, soon, strict=True):
            by_itself = ("yes" if next(seen_alone) else "no") if is_old else "not_appropriate"
            stage.add(
                table,
                visit_id=stage.new_id({"cp_visits": "VP", "cin_visits": "VN", "cla_visits": "VC"}[table]),
                person_id=spell.person,
                visited_on=day,
                seen=by_itself != "no" or decides or rng.random() < 0.7,  # noqa: PLR2004
                seen_alone=by_itself,
                recorded_on=stage.step(rng, day, 5, in_time=quick, most=25),
                team=spell.team,
            )


def write_cin_plans(stage: Stage, plans: Sequence[Spell]) -> list[Version]:
    """Write child in need plans; return their versions."""
    rng = stage.rng("cin_plans")
    for plan in sorted(plans, key=lambda plan: plan.start):
        stage.add(
            "cin_plans",
            plan_id=stage.new_id("CN"),
            person_id=plan.person,
            started_on=plan.start,
            ended_on=known_day(plan.end),
            team=plan.team,
        )
    held = _first_visits(stage, rng, plans, 9)
    for plan in plans:
        if plan.open_on(SIMULATED[0].first_day):
            held[plan] = [max(plan.start, days_earlier(rng, SIMULATED[0].first_day, 1, 85))]
    rule = Rule(lambda _, last: plus_months(last, 3), grace=lambda plan: stage.calendar.add(plan.start, 10))
    keep_up(stage, rng, plans, "cin_plans_reviewed", rule, months=SIMULATED, held=held)
    return [Version(plan.person, "child_in_need", day, plan.team) for plan, days in held.items() for day in days]


def cin_visits(stage: Stage, town: Town, plans: Sequence[Spell]) -> None:
    """Visit children under a child in need plan, mostly every four weeks."""
    rng = stage.rng("cin_visits")
    held = _first_visits(stage, rng, plans, 15)
    rule = Rule(
        next=lambda _, last: last + timedelta(weeks=4),
        grace=lambda plan: plan.start + timedelta(weeks=4),
        every=CIN_VISIT_EVERY,
    )
    keep_up(stage, rng, plans, "cin_visits_in_date", rule, months=SIMULATED, held=held)
    write_visits(stage, rng, town, "cin_visits", "cin_visits_seen_alone", held)

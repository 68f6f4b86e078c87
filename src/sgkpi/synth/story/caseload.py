"""The caseload: open cases and their plans, month by month.

Cases open with referrals. Some lead to a strategy discussion, a conference and a child protection plan, others to a
child in need plan or into care, and close when all plans have ended. The numbers of open cases and plans stay the same.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sgkpi.model.periods import Month
from sgkpi.synth.story.choices import by_month, choose_groups, chosen, grouped
from sgkpi.synth.story.days import days_earlier, days_later, known_day, months_from
from sgkpi.synth.story.front_door import Referral
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Spell, Stage, as_date

# Two months before the story begins, so that enquiries lead to plans from its first day.
BEGIN = Month(2018, 2)
SIMULATED = months_from(BEGIN)
OPEN_CASES, CIN_PLANS, CP_PLANS = 1312, 390, 201
STRATEGIES, ENQUIRIES, CONFERENCES, PLANS_IN_8 = 67, 62, 24, 7
NEW_CIN_PLANS = 44
STAYS_IN_NEED = 0.7  # of those whose child protection plan ends
LONG_PLANS = (date(2015, 11, 12), date(2016, 2, 9), date(2017, 1, 30))  # the few that last longer than two years
LONGEST_PLAN = timedelta(days=690)
NEEDS = (
    *("abuse_or_neglect",) * 11,
    *("dysfunction",) * 3,
    *("disability", "parental_illness", "acute_stress", "behaviour", "absent_parenting"),
)


@dataclass(eq=False)
class Case(Spell):
    """A child's case, with the plans that it has had."""

    plans: list[Spell] = field(default_factory=list)
    complete: bool = True  # whether the key data are recorded

    @property
    def current(self) -> Spell | None:
        return next((plan for plan in reversed(self.plans) if plan.end is None), None)


@dataclass(eq=False)
class Enquiry:
    """A strategy discussion about a child, and what came of it."""

    case: Case
    requested: date
    discussed: date | None = None
    enquiry: bool = True
    needs_conference: bool = False
    conference: date | None = None

    @property
    def day(self) -> date:
        return self.discussed or self.requested


class Caseload:
    """All cases and plans, made month by month, from periods of care that began earlier.

    `used` are children who have been in care.
    """

    def __init__(
        self,
        stage: Stage,
        town: Town,
        referrals: Sequence[Referral],
        in_care: Sequence[Spell],
        used: Collection[str],
    ) -> None:
        self.stage = stage
        self.town = town
        self.rng = stage.rng("caseload")
        self.cases: list[Case] = []
        self.open: dict[str, Case] = {}
        self.enquiries: list[Enquiry] = []
        self.plans: dict[str, list[Spell]] = {"cp": [], "cin": [], "care": list(in_care)}
        self.pending: list[Enquiry] = []
        self.used = {*used, *(spell.person for spell in in_care)}
        accepted = [referral for referral in referrals if referral.accepted]
        self.referrals = dict(by_month(accepted, lambda referral: referral.received.date()))
        self._begin(spell for spell in in_care if spell.end is None)
        self._spoil()

    # Before the first month

    def _begin(self, care_open: Iterable[Spell]) -> None:
        first = BEGIN.first_day
        for spell in care_open:
            opened = max(days_earlier(self.rng, spell.start, 20, 120), self.town.born(spell.person))
            case = self.new_case(spell.person, opened)
            case.plans.append(spell)
        stage, rng = self.stage, self.rng
        earlier = [referral for month, own in sorted(self.referrals.items()) if month < BEGIN for referral in own]
        latest = {referral.child: referral for referral in earlier if referral.child not in self.used}
        pool = sorted(latest.values(), key=lambda referral: referral.received)
        others = stage.size(OPEN_CASES) - len(self.open) - stage.size(CP_PLANS) - stage.size(CIN_PLANS)
        under = [referral for referral in pool if (first - referral.received.date()).days > 45]
        recent = {referral.child for referral in pool[-others:]} if others else set()
        under = [referral for referral in under if referral.child not in recent]
        for referral in pool[-others:]:
            self.new_case(referral.child, referral.received.date())
        cp = stage.size(CP_PLANS) - len(LONG_PLANS)
        for place, referral in enumerate(chosen(rng, under, min(len(under), cp + stage.size(CIN_PLANS)))):
            day = referral.received.date()
            case = self.new_case(referral.child, day)
            self.new_plan(case, "cp" if place < cp else "cin", days_later(rng, day, 18, 44))
        for start in LONG_PLANS:
            self.new_plan(self.long_case(start, 4), "cp", start)
        for kind, wanted in (("cp", CP_PLANS), ("cin", CIN_PLANS)):
            while len(self.open_plans(kind)) < stage.size(wanted):
                start = days_earlier(rng, first, 300, 640)
                self.new_plan(self.long_case(start, 0), kind, start)
        while len(self.open) < stage.size(OPEN_CASES):
            self.long_case(days_earlier(rng, first, 60, 200), 0)

    def long_case(self, start: date, years: int) -> Case:
        """Open a case that began before the referrals of the extract, of a child who is old enough."""
        child = self.town.some_child(self.rng, start - timedelta(days=60), range(years, 13), self.used)
        return self.new_case(child, days_earlier(self.rng, start, 20, 60))

    def new_case(self, child: str, day: date) -> Case:
        case = Case(child, day)
        self.used.add(child)
        self.cases.append(case)
        self.open[child] = case
        return case

    def new_plan(self, case: Case, kind: str, start: date) -> Spell:
        plan = Spell(case.person, start, notes={"kind": kind})
        case.plans.append(plan)
        self.plans[kind].append(plan)
        return plan

    def open_plans(self, kind: str) -> list[Spell]:
        return [plan for plan in self.plans[kind] if plan.end is None]

    # Each month

    def run(self, month: Month, change_care: Callable[["Caseload", Month], None]) -> None:
        """Run a month: new cases, enquiries and plans, children who come into care or leave, then endings."""
        referred = (each for each in self.referrals.get(month, ()) if each.child not in self.open)
        fresh = [self.new_case(each.child, each.received.date()) for each in referred]
        self.enquire(month)
        self.confer(month)
        change_care(self, month)
        self.end_cp(month)
        self.need(month)
        self.close(month, fresh)

    def free(self, before: date) -> list[Case]:
        """Return the open cases without a plan."""
        return [case for case in self.open.values() if case.current is None and case.start < before]

    def enquire(self, month: Month) -> None:
        """Hold the month's strategy discussions, about siblings together."""
        stage, rng = self.stage, self.rng
        asked = {each.case for each in self.enquiries if each.requested > month.first_day - timedelta(days=90)}
        may = [case for case in self.free(month.last_day - timedelta(days=8)) if case not in asked]
        may = [case for case in may if self.town.months_old(case.person, month.first_day) > 0]
        families = grouped(may, lambda case: self.town.family_of.get(case.person)).values()
        recent = month.first_day - timedelta(days=40)
        groups = choose_groups(rng, families, stage.size(STRATEGIES), lambda group: 1 + 4 * (group[0].start > recent))
        rows = sum(map(len, groups))
        enquiries = choose_groups(rng, groups, min(rows, stage.size(ENQUIRIES)))
        conferences = choose_groups(
            rng, enquiries, stage.size(CONFERENCES), lambda group: 1.0 if group[0].start <= month.first_day else 1e-6
        )
        whole_month: list[list[Enquiry]] = []
        for group in groups:
            first = max(month.first_day, *(case.start for case in group))
            conferring = group in conferences
            # early, so that as many conferences are held in each month
            last = max(first, month.first_day + timedelta(days=9)) if conferring else month.last_day
            day = stage.working_day(rng, first, last)
            own = [Enquiry(case, day, enquiry=group in enquiries, needs_conference=conferring) for case in group]
            whole_month.append(own)
            self.enquiries += own
        self.discuss(month, whole_month)

    def discuss(self, month: Month, groups: Sequence[list[Enquiry]]) -> None:
        """Set the days of discussions and conferences, in time for the planned shares."""
        stage, rng = self.stage, self.rng
        rows = sum(map(len, groups))
        late = rows - stage.count("strategy_discussions_1_working_day", month, rows)
        due = [group for group in groups if stage.calendar.add(group[0].requested, 4) <= month.last_day]
        slow = choose_groups(rng, due, late)
        for group in groups:
            day = group[0].requested
            held = stage.after(rng, day, 2, 4) if group in slow else stage.calendar.add(day, rng.randint(0, 1))
            for each in group:
                each.discussed = held if held <= month.last_day else day  # so that it belongs to this month
        conferring = [group for group in groups if group[0].needs_conference]
        rows = sum(map(len, conferring))
        in_time = choose_groups(rng, conferring, stage.count("icpc_15_working_days", month, rows))
        for group in conferring:
            day = group[0].day
            held = stage.after(rng, day, 8, 15) if group in in_time else stage.after(rng, day, 16, 26)
            for each in group:
                each.conference = held
        self.pending += [each for group in conferring for each in group]

    def confer(self, month: Month) -> None:
        """Begin the plans of the conferences that are held in the month."""
        held = [each for each in self.pending if each.conference and each.conference <= month.last_day]
        self.pending = [each for each in self.pending if each not in held]
        for place, each in enumerate(sorted(held, key=lambda each: (each.conference, each.case.person))):
            if each.case.end is None and each.case.current is None and place % 8 < PLANS_IN_8:
                self.new_plan(each.case, "cp", as_date(each.conference))

    def end_cp(self, month: Month) -> None:
        stage, rng = self.stage, self.rng
        first, last = month.first_day, month.last_day
        own = self.open_plans("cp")
        number = len(own) - stage.size(CP_PLANS)
        long = {plan for plan in own if plan.start in LONG_PLANS}
        may = [plan for plan in own if plan not in long and plan.start < first - timedelta(days=80)]
        must = [plan for plan in may if last - plan.start > LONGEST_PLAN]
        rest = [plan for plan in may if plan not in must]
        for plan in [*must, *chosen(rng, rest, number - len(must), lambda plan: (last - plan.start).days)]:
            plan.end = stage.working_day(rng, first, last)
            if rng.random() < STAYS_IN_NEED:
                self.new_plan(self.open[plan.person], "cin", plan.end)

    def need(self, month: Month) -> None:
        """Begin and end child in need plans."""
        stage, rng = self.stage, self.rng
        first, last = month.first_day, month.last_day
        busy = {each.case for each in self.pending}
        ready = [case for case in self.free(first - timedelta(days=15)) if case not in busy]
        recent = first - timedelta(days=75)
        for case in chosen(rng, ready, stage.size(NEW_CIN_PLANS) - 10, lambda case: 1 + 3 * (case.start > recent)):
            self.new_plan(case, "cin", stage.working_day(rng, max(first, case.start + timedelta(days=12)), last))
        own = self.open_plans("cin")
        number = len(own) - stage.size(CIN_PLANS)
        may = [plan for plan in own if plan.start < first - timedelta(days=45)]
        for plan in chosen(rng, may, number, lambda plan: (last - plan.start).days):
            plan.end = stage.working_day(rng, first, last)

    def close(self, month: Month, fresh: Sequence[Case]) -> None:
        """Close cases down to OPEN_CASES, and leave out the key data of the planned share of those that stay open."""
        stage, rng = self.stage, self.rng
        first, last = month.first_day, month.last_day
        busy = {each.case for each in self.pending}
        may = [case for case in self.free(first - timedelta(days=10)) if case not in busy]
        may = [case for case in may if all(plan.end and plan.end <= first for plan in case.plans)]
        number = min(len(may), len(self.open) - stage.size(OPEN_CASES))
        before = sum(not case.complete for case in self.open.values())
        left = len(self.open) - number
        wanted = left - stage.count("key_data_recorded", month, left)
        bad = [case for case in may if not case.complete]
        usual = round(number * len(bad) / len(may)) if may else 0
        closing = min(len(bad), number, max(usual, before - wanted), max(0, before - wanted + len(fresh)))
        good = [case for case in may if case.complete]
        ending = chosen(rng, bad, closing)
        ending += chosen(rng, good, number - closing, lambda case: (last - case.start).days)
        discussed = {each.case: each.day for each in self.enquiries}  # the last discussion of each
        for case in ending:
            latest = [discussed.get(case, first), *(plan.end for plan in case.plans if plan.end)]
            case.end = stage.working_day(rng, max(first, *latest), last)
            del self.open[case.person]
        missing = wanted - (before - closing)
        still = [case for case in fresh if case.end is None]
        for case in chosen(rng, still, missing):
            case.complete = False

    def _spoil(self) -> None:
        """Leave out the key data of the planned share of the first open cases."""
        number = len(self.open)
        for case in chosen(self.rng, self.open.values(), number - self.stage.count("key_data_recorded", BEGIN, number)):
            case.complete = False


def team_of(town: Town, child: str, kind: str) -> str:
    """Return the team that holds a child's case."""
    side = "North" if town.rows[child]["locality"] in ("North", "East") else "South"
    if town.rows[child]["disabled"] == "yes":
        return "0-25 Service"
    return {
        "cp": f"Safeguarding {side}",
        "cin": f"Safeguarding {side}",
        "care": f"Children in Care {'East' if side == 'North' else 'West'}",
    }.get(kind, f"Assessment Team {side}")


def write_cases(caseload: Caseload, town: Town) -> None:
    """Write the rows of `cases`, and leave out key data where they are not recorded."""
    stage, rng = caseload.stage, caseload.stage.rng("cases")
    for case in sorted(caseload.cases, key=lambda case: case.start):
        plan = case.current or (case.plans[-1] if case.plans else None)
        kind = str(plan.notes["kind"]) if plan else ""
        case.id, case.team = stage.new_id("K"), team_of(town, case.person, kind)
        child = town.rows[case.person]
        if child["ethnicity"] == "not_yet_obtained":
            child["ethnicity"] = "white_british"
        if child["gender"] == "not_stated":
            child["gender"] = "female"
        need: str | None = "disability" if child["disabled"] == "yes" else rng.choice(NEEDS)
        team: str | None = case.team
        if not case.complete:
            what = rng.choice(("need", "need", "need", "ethnicity", "ethnicity", "team"))
            need = None if what == "need" else need
            team = None if what == "team" else team
            if what == "ethnicity":
                child["ethnicity"] = "not_yet_obtained"
        statuses = {"care": "looked_after", "cp": "child_protection", "cin": "child_in_need"}
        open_kind = str(case.current.notes["kind"]) if case.current else ""
        stage.add(
            "cases",
            case_id=case.id,
            person_id=case.person,
            opened_on=case.start,
            closed_on=known_day(case.end),
            primary_need=need,
            status="closed" if case.end else statuses.get(open_kind, "assessment"),
            team=team,
        )

"""Care leavers of the sample, with contacts, moves, plans, activities and advisers added."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY, iso_day, pick, scaled
from sgkpi.synth.leavers import (
    BED_AND_BREAKFAST,
    HEADERS,
    NO_PLAN,
    OUT_OF_DATE,
    STAY_TYPES,
    Leaver,
    Stay,
    leavers,
    rows_of,
)
from sgkpi.synth.story.allocations import write_allocations
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.choices import by_month, chosen, marks, rounded_share
from sgkpi.synth.story.days import MONTHS, NEVER, days_earlier, days_later, known_day, months_from, plus_months
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.plans import Version
from sgkpi.synth.story.stage import Spell, Stage
from sgkpi.synth.story.steer import Rule, keep_up, leaving_first
from sgkpi.synth.story.targets import APRIL, FEBRUARY
from sgkpi.synth.story.workforce import Worker

REF = FEBRUARY.last_day
STORY_OUT_OF_DATE = 29
SUPPORTED = ("semi_independent", "supported_lodgings", "foyer", BED_AND_BREAKFAST)
OTHER_HOMES = {kind: weight for kind, weight in STAY_TYPES.items() if kind not in SUPPORTED}
SUPPORTED_HOMES = {kind: weight for kind, weight in STAY_TYPES.items() if kind in SUPPORTED}
INTO_SUPPORTED = sum(SUPPORTED_HOMES.values()) / sum(STAY_TYPES.values())  # of each month's moves
NOT_VISITED = ("in_custody", "gone_abroad", "deported")
IN_WORK = {"higher_education": 18, "other_education": 38, "apprenticeship": 12, "training_or_work": 32}
NOT_IN_WORK = {"neet_other": 60, "neet_illness": 22, "neet_parenting": 18}
WARM_UP = months_from(Month(2018, 1))
EIGHT_WEEKS = timedelta(days=56)
IN_DATE_FROM = date(2018, 8, 28)


class CareLeavers:
    """The care leavers of the sample, changed so that their indicators have the planned values."""

    def __init__(self, stage: Stage, town: Town) -> None:
        self.stage = stage
        self.rng = stage.rng("care_leavers")
        out_of_date = scaled(STORY_OUT_OF_DATE, stage.scale)
        none = scaled(26, stage.scale) + scaled(14, stage.scale) - out_of_date
        self.numbers = {OUT_OF_DATE: out_of_date, NO_PLAN: none}
        self.leavers = list(leavers(stage.rng("leavers"), town.people, stage.scale, self.numbers))
        self.sound, self.bad = self.leavers[:-3], self.leavers[-3:]
        self._without_plan()
        self.spells = {
            each.person: Spell(each.person, each.began, each.ended, team=each.team)
            for each in (*self.sound, *self.bad)
            if each.began
        }
        self.kinds = {each.person: each.eligibility for each in self.leavers}

    @property
    def relevant(self) -> list[Spell]:
        """Care leavers with an adviser: relevant and former relevant."""
        return [spell for person, spell in self.spells.items() if self.kinds[person] in ("relevant", "former_relevant")]

    @property
    def counted(self) -> list[Spell]:
        kinds = ("relevant", "former_relevant", "qualifying")
        return [spell for person, spell in self.spells.items() if self.kinds[person] in kinds]

    def _without_plan(self) -> None:
        """Leave the planned number without a pathway plan; give everybody else one within three months."""
        rng = self.rng
        none = [
            each
            for each in self.sound
            if not each.reviews
            and each.eligibility in ("relevant", "former_relevant")
            and (each.began or NEVER) < date(2018, 12, 1)
        ]
        now = self.stage.level("care_leavers_without_plan", APRIL)
        early = chosen(rng, none, min(now, len(none)))
        later = [each for each in none if each not in early]
        begins = {each: days_later(rng, date(2017, 9, 1), 0, 140) for each in early}
        for place, each in enumerate(later):
            begins[each] = date(2018, 2, 20) + timedelta(days=(place * 260) // max(1, len(later)))
        self.sound = [_begun(each, begins[each]) if each in begins else self._planned(each) for each in self.sound]

    def _planned(self, leaver: Leaver) -> Leaver:
        days = _reviews(leaver)
        if not days or leaver.began is None or days[0] <= leaver.began + timedelta(days=85):
            return leaver
        return replace(leaver, reviews=(days_later(self.rng, leaver.began, 15, 80), *days))

    def run(self, advisers: Sequence[Worker]) -> None:
        self._in_touch()
        self._choose_homes()
        self._review_after_moves()
        self._suit()
        self._contact()
        self._occupy()
        self._advise(advisers)
        for table, row in rows_of([*self.sound, *self.bad]):
            self.stage.rows[table].append(dict(zip(HEADERS[table], row, strict=True)))

    def versions(self) -> list[Version]:
        return [Version(each.person, "pathway", day, each.team) for each in self.sound for day in _reviews(each)]

    def _in_touch(self) -> None:
        now = [spell.person for spell in self.counted if spell.open_on(REF)]
        touch = set(chosen(self.rng, now, self.stage.count("care_leavers_in_touch", FEBRUARY, len(now))))
        words = {person: "yes" if person in touch else self.rng.choice(("no", "no", "refused")) for person in now}
        for group in (self.sound, self.bad):
            group[:] = [replace(each, in_touch=words.get(each.person, each.in_touch)) for each in group]

    def moves(self) -> list[tuple[Leaver, Stay]]:
        """Return the moves since January 2018 of those who have an adviser on the day."""
        relevant = {spell.person: spell for spell in self.relevant}
        return [
            (each, stay)
            for each in self.sound
            if each.person in relevant
            for stay in each.stays
            if stay.start >= date(2018, 1, 1) and relevant[each.person].open_on(stay.start)
        ]

    def _choose_homes(self) -> None:
        """Let the usual share of each month's moves, and at least one, be into supported accommodation."""
        rng = self.stage.rng("homes of care leavers")
        homes: dict[tuple[str, Stay], Stay] = {}
        moves = [move for move in self.moves() if move[1].accommodation_type != BED_AND_BREAKFAST]
        for _, own in by_month(moves, lambda move: move[1].start):
            # rather of those who have a plan, which can be reviewed, and who stay
            likely = [1.0 if each.reviews and not _moves_on(stay) else 1e-6 for each, stay in own]
            supported = marks(rng, len(own), max(1, rounded_share(INTO_SUPPORTED, len(own))), likely)
            for (each, stay), is_supported in zip(own, supported, strict=True):
                kinds = SUPPORTED_HOMES if is_supported else OTHER_HOMES
                kind = stay.accommodation_type if stay.accommodation_type in kinds else pick(rng, kinds)
                homes[each.person, stay] = replace(stay, accommodation_type=kind)
        self.sound = [
            replace(each, stays=tuple(homes.get((each.person, stay), stay) for stay in each.stays))
            for each in self.sound
        ]

    def _review_after_moves(self) -> None:
        """Review plans within eight weeks of a move, for the planned share."""
        rng = self.rng
        reviews = {each.person: _reviews(each) for each in self.sound}
        supported = [
            (each, stay) for each, stay in self.moves() if stay.accommodation_type in SUPPORTED and not _moves_on(stay)
        ]

        def own(each: Leaver, stay: Stay) -> list[date]:
            return [day for day in reviews[each.person] if stay.start < day <= stay.start + EIGHT_WEEKS]

        for month, moves in by_month(supported, lambda move: move[1].start):
            wanted = self.stage.count("pathway_plans_reviewed_after_move", month, len(moves))
            met = [move for move in moves if own(*move)]
            for each, stay in chosen(rng, met, len(met) - wanted):
                # later, but a plan that is to be in date in February, or out of date, stays so
                in_date = max(reviews[each.person]) >= IN_DATE_FROM
                last_may = REF - timedelta(days=1) if in_date else IN_DATE_FROM - timedelta(days=4)
                late = min(days_later(rng, stay.start + EIGHT_WEEKS, 1, 20), last_may)
                others = [day for day in reviews[each.person] if day not in own(each, stay)]
                reviews[each.person] = [*others, late]
            for each, stay in [move for move in moves if not own(*move)]:
                if sum(bool(own(*move)) for move in moves) >= wanted:
                    break
                held = reviews[each.person]
                # a plan that is to be out of date in February stays so
                last_may = IN_DATE_FROM - timedelta(days=3) if held and max(held) < IN_DATE_FROM else LAST_DAY
                day = min(days_later(rng, stay.start, 8, 50), LAST_DAY)
                if held and stay.start < day <= last_may:
                    held.append(day)
        self.sound = [replace(each, reviews=tuple(sorted(reviews[each.person]))) for each in self.sound]

    def _suit(self) -> None:
        """Set which homes are suitable: all but bed and breakfast, less what the planned share needs."""
        rng = self.rng
        stays = {
            each.person: [replace(stay, suitable=stay.accommodation_type != BED_AND_BREAKFAST) for stay in each.stays]
            for each in self.sound
        }
        stays |= {each.person: list(each.stays) for each in self.bad}
        for month in (Month(2018, 3), *MONTHS):
            day = month.last_day
            homes = [
                (spell.person, place)
                for spell in self.counted
                if spell.open_on(day)
                for place, stay in enumerate(stays.get(spell.person, ()))
                if stay.start <= day and (stay.end is None or stay.end > day)
            ]
            people = sum(spell.open_on(day) for spell in self.counted)
            bad = sum(not stays[person][place].suitable for person, place in homes)
            wanted = len(homes) - self.stage.count("care_leavers_suitable_accommodation", month, people)
            # only those that began in the month, so that earlier months stay as they are
            begun = date(1900, 1, 1) if month < APRIL else month.first_day
            may = [home for home in homes if (stay := stays[home[0]][home[1]]).suitable and stay.start >= begun]
            may.sort(key=lambda home: (stays[home[0]][home[1]].end or NEVER, rng.random()))
            for person, place in may[: max(0, wanted - bad)]:
                stays[person][place] = replace(stays[person][place], suitable=False)
        self.sound = [replace(each, stays=tuple(stays[each.person])) for each in self.sound]

    def _contact(self) -> None:
        """Write contacts: every eight weeks, visits after moves, and visits to the drop-in."""
        stage, rng = self.stage, self.stage.rng("care_leaver_contacts")
        visits: dict[Spell, set[date]] = defaultdict(set)
        unvisited: dict[Spell, list[date]] = defaultdict(list)
        held: dict[Spell, list[date]] = defaultdict(list)
        moves = [(each, stay) for each, stay in self.moves() if stay.accommodation_type not in NOT_VISITED]
        for month, own in by_month(moves, lambda move: move[1].start):
            dues = [stay.start + timedelta(days=7) for _, stay in own]
            visited = stage.mark_due(rng, "care_leavers_visited_7_days_after_move", month, dues)
            for (each, stay), soon in zip(own, visited, strict=True):
                young = self.spells[each.person]
                if soon:
                    visits[young].add(min(days_later(rng, stay.start, 1, 7), LAST_DAY))
                else:
                    unvisited[young].append(stay.start)
        for spell in self.relevant:
            held[spell] = sorted(visits[spell])
            if spell.start < WARM_UP[0].first_day:
                held[spell].insert(0, days_earlier(rng, WARM_UP[0].first_day, 1, 60))
        rule = Rule(lambda _, last: plus_months(last, 2))
        keep_up(stage, rng, self.relevant, "care_leavers_contacted_8_weeks", rule, months=WARM_UP, held=held)
        events = [(day, spell) for spell, days in held.items() for day in days]
        rows = [(day, spell, self._how(rng, day, visits[spell], unvisited[spell])) for day, spell in events]
        for month in MONTHS:
            met = [(day, spell) for day, spell, _ in rows if Month.of(day) == month]
            for _ in range(stage.level("drop_in_visits", month) if met else 0):
                day, spell = rng.choice(met)
                rows.append((stage.working_day(rng, month.first_day, day), spell, "drop_in"))
        for day, spell, kind in sorted(rows, key=lambda row: (row[0], row[1].person)):
            if day <= LAST_DAY:
                stage.add(
                    "care_leaver_contacts",
                    contact_id=stage.new_id("CC"),
                    person_id=spell.person,
                    contacted_on=day,
                    kind=kind,
                )

    def _how(self, rng: Random, day: date, visits: set[date], unvisited: Sequence[date]) -> str:
        if day in visits:
            return "visit"
        others = ("meeting", "phone", "message")
        soon_after = any(start < day <= start + timedelta(days=7) for start in unvisited)
        return rng.choice(others if soon_after else ("visit", "visit", *others))

    def _occupy(self) -> None:
        """Write activities, so that the planned shares are known, and in education or work."""
        stage, rng = self.stage, self.stage.rng("activities")
        state: dict[Spell, str] = {}
        since: dict[Spell, date] = {}
        for month in MONTHS:
            first, last = month.first_day, month.last_day
            now = [spell for spell in self.counted if spell.open_on(last)]
            before = dict(state)
            for spell in now:
                state.setdefault(spell, "")
            groups = {
                "work": stage.count("care_leavers_in_education_or_work", month, len(now)),
                "unknown": len(now) - stage.count("care_leavers_activity_known", month, len(now)),
            }
            self._regroup(rng, now, state, groups)
            for spell in now:
                if state[spell] != before.get(spell):
                    day = max(spell.start, date(2017, 9, 1) if month == APRIL else stage.working_day(rng, first, last))
                    if spell in before:
                        self._activity(spell, before[spell], since[spell], day)
                    since[spell] = day
        for spell, activity in state.items():
            self._activity(spell, activity, since[spell], spell.end)

    def _regroup(self, rng: Random, now: Sequence[Spell], state: dict[Spell, str], groups: dict[str, int]) -> None:
        """Change as few activities as possible to give each group its number."""

        def group(spell: Spell) -> str:
            return "work" if state[spell] in IN_WORK else "unknown" if state[spell] == "not_known" else "none"

        for name, number in groups.items():
            own = [spell for spell in now if group(spell) == name]
            for spell in chosen(rng, own, len(own) - number):
                state[spell] = pick(rng, NOT_IN_WORK)
            others = [spell for spell in now if group(spell) == "none"]
            for spell in chosen(rng, others, number - len(own), lambda spell: 100.0 if not state[spell] else 1.0):
                state[spell] = pick(rng, IN_WORK) if name == "work" else "not_known"
        for spell in now:
            state[spell] = state[spell] or pick(rng, NOT_IN_WORK)

    def _activity(self, spell: Spell, activity: str, start: date, end: date | None) -> None:
        self.stage.add(
            "activities",
            spell_id=self.stage.new_id("AC"),
            person_id=spell.person,
            start_date=start,
            end_date=known_day(end),
            activity=activity,
        )

    def _advise(self, advisers: Sequence[Worker]) -> None:
        """Allocate an adviser to each young person; end it early for the planned share."""
        stage, rng = self.stage, self.stage.rng("advisers")
        ends: dict[Spell, date] = {}
        for month in MONTHS:
            now = [spell for spell in self.relevant if spell.open_on(month.last_day)]
            wanted = len(now) - stage.count("care_leavers_with_personal_adviser", month, len(now))
            have = [spell for spell in now if spell not in ends and spell.start < month.first_day]
            for spell in chosen(rng, have, wanted - sum(spell in ends for spell in now)):
                ends[spell] = stage.days_in(rng, month, 1)[0]
        advised = [(spell, rng.choice(advisers)) for spell in self.relevant]
        allocations = [
            Spell(
                spell.person, max(spell.start, worker.start), ends.get(spell, spell.end), id=worker.id, team=worker.team
            )
            for spell, worker in advised
        ]
        write_allocations(stage, allocations, "personal_adviser")


def plans_at_16(stage: Stage, town: Town, care: InCare) -> list[Version]:
    """Make pathway plans for those in care who are sixteen and three months old, for the planned share."""
    rng = stage.rng("pathway plans at 16")

    def among(spell: Spell, day: date) -> bool:
        due = plus_months(spell.start + timedelta(weeks=13), 3)
        return town.months_old(spell.person, plus_months(day, -3)) >= 16 * 12 and due < day

    held: dict[Spell, list[date]] = defaultdict(list)
    begin = MONTHS[0].first_day
    now = [spell for spell in care.spells if spell.open_on(begin) and among(spell, begin)]
    number = stage.count("pathway_plans_at_16", APRIL, len(now)) - 1
    for spell in chosen(rng, now, number, leaving_first):
        held[spell] = [max(spell.start, days_earlier(rng, begin, 5, 120))]
    rule = Rule(lambda *_: NEVER, among=among, likely=leaving_first)
    keep_up(stage, rng, care.spells, "pathway_plans_at_16", rule, months=MONTHS, held=held)
    first = [(spell, days[0]) for spell, days in held.items() if days]
    for spell, day in first:
        stage.rows["pathway_plan_reviews"].append(
            {"review_id": stage.new_id("RP"), "person_id": spell.person, "reviewed_on": iso_day(day), "kind": "initial"}
        )
    return [Version(spell.person, "pathway", day, spell.team) for spell, day in first]


def _begun(leaver: Leaver, day: date) -> Leaver:
    """Return a care leaver whose status and first home began on another day."""
    stays = [stay for stay in leaver.stays if stay.end is None or stay.end > day]
    stays = [replace(stays[0], start=day), *stays[1:]] if stays else []
    return replace(leaver, began=day, left_care=day if leaver.left_care else None, stays=tuple(stays))


def _reviews(leaver: Leaver) -> list[date]:
    return [day for day in leaver.reviews if isinstance(day, date)]


def _moves_on(stay: Stay) -> bool:
    """Whether a stay ends before its eight weeks do."""
    return stay.end is not None and stay.end <= stay.start + EIGHT_WEEKS

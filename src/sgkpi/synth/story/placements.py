"""Placements of children in care, searches for placements, and visits."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY, pick
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.choices import SURE, by_month, chosen, marks, rounded_share
from sgkpi.synth.story.days import (
    ALL_MONTHS,
    DAY,
    MONTHS,
    days_earlier,
    days_later,
    known_day,
    months_from,
    plus_months,
)
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.protection import write_visits
from sgkpi.synth.story.stage import Spell, Stage, start_of
from sgkpi.synth.story.steer import Held, Rule, earlier_steps, keep_up

FOSTERED = ("foster_relative", "foster_long_term", "foster_other")
PLANNED = ("planned", "planned", "planned", "council_asked", "home_closed")
UNPLANNED = ("carer_other", "carer_other", "child_asked", "provider_asked", "allegation", "carer_behaviour")
# Weights of kinds of placement, by the child's age.
KINDS_OF_TEENAGERS = {
    "foster_other": 42,
    "semi_independent": 30,
    "childrens_home": 18,
    "foster_relative": 6,
    "independent_living": 4,
}
KINDS_FROM_10 = {
    "foster_other": 60,
    "foster_long_term": 12,
    "childrens_home": 16,
    "foster_relative": 10,
    "with_parents": 4,
}
KINDS = {"foster_other": 66, "foster_long_term": 8, "foster_relative": 18, "with_parents": 10}
MOVES = 15  # a month
SEARCHES = 14  # for placements, a month at most
TEENAGER = 16
IN_AREA = 0.8  # of placements that are not far away


@dataclass(eq=False)
class Placement(Spell):
    """A placement of a period of care."""

    care: Spell | None = None
    kind: str = ""
    own: bool = False
    far: bool = False
    carer: str | None = None
    matched: date | None = None
    why: str = ""
    intended: bool = False

    @property
    def fostered(self) -> bool:
        return self.kind in FOSTERED


class Placements:
    """All placements, made month by month from April 2017."""

    def __init__(self, stage: Stage, town: Town, care: InCare) -> None:
        self.stage = stage
        self.town = town
        self.rng = stage.rng("placements")
        self.adopted: dict[Spell, date] = {
            spell: spell.notes["adoption"]["placed_on"] for spell in care.spells if "adoption" in spell.notes
        }
        self.of: dict[Spell, list[Placement]] = defaultdict(list)
        self.homes: dict[str, list[Placement]] = defaultdict(list)  # by child, who may have been in care before
        self.every: list[Placement] = []
        begin = ALL_MONTHS[0].first_day
        self.spells = [spell for spell in care.spells if spell.end is None or spell.end > begin]
        for spell in self.spells:
            if spell.start < begin:
                self._history(spell, begin)
        for month in ALL_MONTHS:
            self._month(month)
        self._sundries()

    def present(self, spell: Spell, day: date) -> Placement | None:
        return next((each for each in reversed(self.of[spell]) if each.open_on(day)), None)

    def _new(self, spell: Spell, day: date, kind: str = "") -> Placement:
        placement = Placement(spell.person, day, spell.end, team=spell.team, care=spell)
        placement.kind = kind or self._kind(spell.person, day)
        if self.of[spell]:
            self.of[spell][-1].end = day
        self.of[spell].append(placement)
        self.homes[spell.person].append(placement)
        self.every.append(placement)
        return placement

    def _kind(self, child: str, day: date) -> str:
        age = self.town.age(child, day)
        return pick(self.rng, KINDS_OF_TEENAGERS if age >= TEENAGER else KINDS_FROM_10 if age >= 10 else KINDS)

    def _history(self, spell: Spell, begin: date) -> None:
        """Make the placements from before the first month, of which some have changed lately."""
        # fewer unsettled than planned, as others move later
        unsettled = self.rng.random() > 0.22 + self.stage.share("placements_long_term_stable", MONTHS[0])
        days = (begin - spell.start).days
        placed = self.adopted.get(spell)
        if placed and placed < begin:
            self._new(spell, spell.start)
            self._new(spell, placed, "placed_for_adoption")
        elif unsettled and days > 60:
            self._new(spell, spell.start)
            self._new(spell, begin - timedelta(days=self.rng.randint(1, min(days - 1, 600))))
            self.of[spell][0].why = self.rng.choice(UNPLANNED)
        else:
            self._new(spell, spell.start)
            if days > 900:
                self._new(spell, days_later(self.rng, spell.start, 20, 80))
        for placement in self.of[spell]:
            placement.own = self.rng.random() < self.stage.share("placed_with_own_foster_carers", ALL_MONTHS[0])
            placement.far = self.rng.random() < self.stage.share("placed_over_20_miles", ALL_MONTHS[0])

    def _month(self, month: Month) -> None:
        first, last = month.first_day, month.last_day
        new = [self._new(spell, spell.start) for spell in self.spells if first <= spell.start <= last]
        moves: list[tuple[Spell, date]] = [(spell, day) for spell, day in self.adopted.items() if first <= day <= last]
        here = [spell for spell in self.spells if spell.open_on(last)]
        stay = [spell for spell in here if spell.start < first and spell not in self.adopted]
        number = self.stage.size(MOVES) - len(moves)
        moving = self._often_moved(stay, last, number)
        moving += [spell for spell in self._to_unsettle(stay, last) if spell not in moving]
        rest = [spell for spell in stay if spell not in moving and self._may_move(spell, last)]
        moving += chosen(self.rng, rest, number - len(moving))
        for spell in moving:
            latest = self.of[spell][-1].start
            # not in the last week, so that the first visit is due by the month's end
            day = self.stage.working_day(self.rng, max(first, latest + 3 * DAY), last - 7 * DAY)
            moves.append((spell, max(day, latest + DAY)))
        ended = [self.of[spell][-1] for spell, _ in moves]
        weights = [1e-9 if spell in self.adopted else 1.0 for spell, _ in moves]  # a move to adopters is planned
        for placement, bad in self.stage.marked(self.rng, "placements_ended_unplanned", month, ended, weights):
            placement.why = self.rng.choice(UNPLANNED if bad else PLANNED)
        for spell, day in moves:
            new.append(self._new(spell, day, "placed_for_adoption" if self.adopted.get(spell) == day else ""))
        self._place(month, new)

    def _ends(self, spell: Spell, last: date) -> int:
        """Count the placements of a child in care that ended in the twelve months to a day."""
        since = plus_months(last, -12)
        return sum(since < (each.end or date.max) <= last for each in self.homes[spell.person][:-1])

    def _often_moved(self, stay: Sequence[Spell], last: date, most: int) -> list[Spell]:
        """Choose who moves again, so that the planned share had three placements in twelve months."""
        now = [spell for spell in self.spells if spell.open_on(last)]
        ends = {spell: self._ends(spell, last) for spell in now}
        wanted = self.stage.count("children_with_3_placements", Month.of(last), len(now))
        missing = wanted - sum(number >= 2 for number in ends.values())
        once = [spell for spell in stay if ends[spell] == 1 and not self._long(spell, last)]
        # those whose first move is longest ago are likelier, as they soon count no more
        return chosen(self.rng, once, min(missing, most), lambda spell: (last - self.of[spell][-1].start).days)

    def _long(self, spell: Spell, last: date) -> bool:
        """Whether a child counts, or soon may, in the share that is long-term stable."""
        return (last - spell.start).days > 180 and self.town.age(spell.person, last) < TEENAGER

    def _to_unsettle(self, stay: Sequence[Spell], last: date) -> list[Spell]:
        """Choose who moves after two years, so that the planned share is long-term stable."""
        long = [spell for spell in self.spells if spell.open_on(last) and plus_months(spell.start, 30) <= last]
        long = [spell for spell in long if self.town.age(spell.person, last) < TEENAGER]
        settled = [spell for spell in long if plus_months(self.of[spell][-1].start, 24) <= last]
        wanted = self.stage.count("placements_long_term_stable", Month.of(last), len(long))
        may = [spell for spell in settled if spell in stay and self._ends(spell, last) == 0]
        # rather those who soon do not count, so that the share does not fall when they leave
        stop = {spell for spell in may if spell.end is not None or self.town.age(spell.person, LAST_DAY) >= TEENAGER}
        return chosen(self.rng, may, len(settled) - wanted, lambda spell: SURE if spell in stop else 1.0)

    def _may_move(self, spell: Spell, last: date) -> bool:
        counts = plus_months(spell.start, 30) > last or plus_months(self.of[spell][-1].start, 18) <= last
        return not (counts and self._long(spell, last)) and self._ends(spell, last) == 0

    def _place(self, month: Month, new: Sequence[Placement]) -> None:
        """Choose which new placements are with own carers, and which are far away, for the planned shares."""
        last = month.last_day
        now = [each for spell in self.spells if (each := self.present(spell, last))]
        fresh = set(new)
        fostered = [each for each in now if each.fostered]
        own = sum(each.own for each in fostered if each not in fresh)
        wanted = self.stage.count("placed_with_own_foster_carers", month, len(fostered)) - own
        for each in chosen(self.rng, [each for each in fostered if each in fresh], wanted):
            each.own = True
        counted = [each for each in now if each.kind != "placed_for_adoption"]
        far = sum(each.far for each in counted if each not in fresh)
        wanted = self.stage.count("placed_over_20_miles", month, len(counted)) - far
        may = [each for each in counted if each in fresh and each.kind != "with_parents"]
        ages = {each: self.town.age(each.person, last) for each in may}
        for each in chosen(self.rng, may, wanted, lambda each: 3.0 if ages[each] >= TEENAGER else 1.0):
            each.far = True

    def _sundries(self) -> None:
        """Set identifiers, and which placements are intended to last to 18."""
        for placement in sorted(self.every, key=lambda each: (each.start, each.person)):
            placement.id = self.stage.new_id("PL")
            placement.intended = placement.end is None and placement.fostered and self.rng.random() < 0.5  # noqa: PLR2004


def short_breaks(stage: Stage, town: Town, used: set[str], placements: Sequence[Placement]) -> list[Placement]:
    """Return short breaks: placements of children who are not in care.

    There are as many as bring the places filled with the council's own carers to the planned number.
    """
    rng = stage.rng("short breaks")
    breaks: list[Placement] = []
    for month in MONTHS:
        last = month.last_day
        in_care = sum(each.own and each.fostered and each.open_on(last) for each in placements)
        filled = round(stage.value("foster_places_filled", month) * stage.level("foster_carers_approved", month))
        number = filled - in_care - len(breaks)
        early = month == MONTHS[0]
        days = [days_earlier(rng, last, 40, 600) for _ in range(number)] if early else stage.days_in(rng, month, number)
        for day in days:
            child = town.new_child(rng, day, range(4, 15), used)
            breaks.append(
                Placement(child, day, id=stage.new_id("PL"), team="0-25 Service", kind="foster_other", own=True)
            )
    return breaks


def write_placements(stage: Stage, placements: Sequence[Placement]) -> None:
    """Write the rows of `placements`."""
    rng = stage.rng("placement rows")
    for each in sorted(placements, key=lambda each: each.id):
        if each.kind == "with_parents":
            provider = "parents"
        else:
            provider = "own" if each.own else rng.choice(("private", "private", "voluntary"))
        miles = round(rng.uniform(20.5, 90), 1) if each.far else round(rng.uniform(0.5, 19.5), 1)
        ended = known_day(each.end)
        leaves = each.care is not None and each.end == each.care.end
        stage.add(
            "placements",
            placement_id=each.id,
            period_id=each.care.id if each.care else None,
            person_id=each.person,
            started_on=each.start,
            ended_on=ended,
            kind=each.kind,
            provider=provider,
            miles=miles,
            in_area=not each.far and rng.random() < IN_AREA,
            intended_to_18=each.intended,
            matched_on=each.matched,
            carer_id=each.carer,
            end=("planned" if leaves else each.why or "planned") if ended else None,
            team=each.team,
        )


@dataclass(frozen=True)
class _Search:
    """A search for a placement: when it began, was needed and was found, and whether the needs were complex."""

    placement: Placement
    asked: date
    needed: date
    found: date | None
    complex: bool


def write_requests(stage: Stage, placements: Sequence[Placement]) -> None:
    """Write searches for placements, found by the day on which they are needed for the planned share."""
    rng = stage.rng("placement_requests")
    begun = [each for each in placements if each.care and each.start >= MONTHS[0].first_day]
    searches = [search for month, own in by_month(begun, start_of) for search in _search(stage, rng, month, own)]
    found = [search for search in searches if search.found]
    for month, own in by_month(found, lambda search: search.found or LAST_DAY):
        weights = [0.35 if search.complex else 1.0 for search in own]
        for search, fits in stage.marked(rng, "placements_matched_to_needs", month, own, weights):
            _write_request(stage, search, fits)
    for search in searches:
        if search.found is None:
            _write_request(stage, search, None)


def _search(stage: Stage, rng: Random, month: Month, begun: Sequence[Placement]) -> Iterator[_Search]:
    own = begun if len(begun) <= stage.size(SEARCHES) else chosen(rng, begun, stage.size(SEARCHES))
    complex_needs = marks(rng, len(own), rounded_share(0.3, len(own)))
    weights = [0.35 if hard else 1.0 for hard in complex_needs]
    in_time = stage.mark(rng, "placements_found_by_needed_day", month, len(own), weights)
    for each, hard, soon in zip(own, complex_needs, in_time, strict=True):
        asked = days_earlier(rng, each.start, 2, 30)
        late = min(days_later(rng, each.start, 1, 12), month.last_day)
        if soon:
            found: date | None = max(asked, days_earlier(rng, each.start, 0, 3))
        else:
            found = late if late > each.start else None
        yield _Search(each, asked, each.start, found, hard)


def _write_request(stage: Stage, search: _Search, fits: bool | None) -> None:
    stage.add(
        "placement_requests",
        request_id=stage.new_id("PQ"),
        person_id=search.placement.person,
        requested_on=search.asked,
        needed_by=search.needed,
        found_on=search.found,
        matched_needs=fits,
        complex_needs=search.complex,
        team=search.placement.team,
    )


VISITED = months_from(Month(2018, 1))


def care_visits(stage: Stage, town: Town, placements: Placements, breaks: Sequence[Placement]) -> None:
    """Write visits: within a week of each placement, and every six weeks after that."""
    rng = stage.rng("cla_visits")
    begin = VISITED[0].first_day
    held, late = _first_visits(stage, rng, [each for each in [*placements.every, *breaks] if each.start >= begin])
    earlier_steps(rng, placements.spells, begin, 42, held)
    for spell in placements.spells:
        held[spell].sort()

    def first_week(spell: Spell) -> date:
        return spell.start + timedelta(days=7)

    def next_visit(spell: Spell, last: date) -> date:
        lasting = [each for each in placements.of[spell] if each.intended and plus_months(each.start, 12) <= last]
        return plus_months(last, 3) if lasting else last + timedelta(weeks=6)

    rule = Rule(next_visit, first=first_week, grace=first_week, every=27)
    keep_up(stage, rng, placements.spells, "cla_visits_in_date", rule, months=VISITED, held=held)
    for spell, start in late:  # nobody came in the first week of these
        after = start + timedelta(days=8)
        moved = after if spell.start == start else start
        held[spell] = [moved if start < day < after else day for day in held[spell]]
    write_visits(stage, rng, town, "cla_visits", "cla_visits_seen_alone", held)


def _first_visits(stage: Stage, rng: Random, placements: Sequence[Placement]) -> tuple[Held, list[tuple[Spell, date]]]:
    """Return the first visit after each placement, by period of care; and the placements where it was late."""
    held: Held = defaultdict(list)
    late: list[tuple[Spell, date]] = []
    for month, own in by_month(placements, start_of):
        dues = [each.start + timedelta(days=7) for each in own]
        for each, soon in zip(own, stage.mark_due(rng, "first_cla_visits_1_week", month, dues), strict=True):
            spell = each.care or each
            day = days_later(rng, each.start, *((1, 7) if soon else (8, 16)))
            day = min(day, LAST_DAY) if soon else day
            if each.end is None or day < each.end or soon:
                held[spell].append(max(day, each.start + DAY))
            if not soon:
                late.append((spell, each.start))
    return held, late

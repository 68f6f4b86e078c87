"""Children who go missing: the sample's episodes, from a year earlier, with children who go missing again."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sgkpi.model.periods import Month
from sgkpi.synth.missing import MISSING_EPISODES, STORIES, missing_rows
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.choices import by_month, chosen
from sgkpi.synth.story.days import ALL_MONTHS, DAY, MARCH, YEAR_BEFORE, plus_months
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Cells, Stage

_ISO = "%Y-%m-%d %H:%M"
EAGER = 1.5
AGAIN, THIRD = timedelta(days=30), timedelta(days=90)
WAITS = timedelta(days=20)  # after which a child who is to go missing again comes first


@dataclass(eq=False)
class Episode:
    """An episode of the sample, with the child who is chosen for it."""

    cells: Cells
    began: datetime
    returned: datetime | None
    child: str = ""
    again: bool = False  # the child goes missing again within thirty days
    bad: bool = False  # recorded badly, so that it stays as it is

    @property
    def from_care(self) -> bool:
        return self.cells["missing_from"] == "care"


class Runaways:
    """Chooses the child of each episode, in order."""

    def __init__(self, stage: Stage, town: Town, care: InCare) -> None:
        self.stage = stage
        self.town = town
        self.rng = stage.rng("missing")
        self.care = [spell for spell in care.spells if spell.end is None or spell.end > ALL_MONTHS[0].first_day]
        self.begun: dict[str, list[datetime]] = defaultdict(list)
        self.back: dict[str, datetime] = {}
        self.pending: list[Episode] = []  # whose child is to go missing again, the oldest first
        self.from_care: dict[str, list[datetime]] = defaultdict(list)

    def run(self) -> None:
        later = {month: (returns, in_time) for month, returns, in_time in STORIES}
        before = [
            (month, later.get(month.plus(12), (30, 64))[0] if month.plus(12) < MARCH else 30, 64)
            for month in YEAR_BEFORE
        ]
        for row in missing_rows(self.rng, self.town.people, self.stage.scale, (*before, *STORIES)):
            self.stage.add("missing_episodes", **dict(zip(MISSING_EPISODES, row, strict=True)))
        episodes = [_episode(row) for row in self.stage.rows["missing_episodes"]]
        episodes.sort(key=lambda each: each.began)
        self._choose_again(episodes)
        for month, own in by_month(episodes, lambda each: each.began.date()):  # which are in order
            self._month(month, own)
        for each in episodes:
            each.cells["person_id"] = each.child

    def _choose_again(self, episodes: list[Episode]) -> None:
        """Choose the returns after which a child goes missing again within thirty days."""
        returned = [each for each in episodes if each.returned and not each.bad]
        for month, own in by_month(returned, lambda each: (each.returned or each.began).date()):
            for each in chosen(self.rng, own, self.stage.count("missing_again_30_days", month, len(own))):
                each.again = True

    def _month(self, month: Month, own: list[Episode]) -> None:
        need = self.stage.count("missing_third_in_90_days", month, len(own))
        newcomers = self._newcomers(month, [each for each in own if each.from_care and not each.bad])
        for left, each in zip(range(len(own), 0, -1), own, strict=True):
            # rather early in the month, as not every episode can be a third
            if not each.bad:
                free = need - self._sure_thirds(each, month)
                each.child = self._child(each, newcomers, third=self.rng.random() * left < free * EAGER)
            child = each.child
            need = max(0, need - self._is_third(child, each))
            self.begun[child].append(each.began)
            if each.from_care:
                self.from_care[child].append(each.began)
            if each.returned:
                self.back[child] = each.returned
            if each.again:
                self.pending.append(each)
                self.pending.sort(key=lambda other: other.returned or other.began)

    def _newcomers(self, month: Month, own: list[Episode]) -> dict[Episode, str]:
        """Choose children in care who go missing for the first time, as many as the planned share needs."""
        last = month.last_day
        since = datetime.combine(plus_months(last, -12), datetime.max.time())
        here = [spell for spell in self.care if spell.open_on(last) and spell.start < month.first_day]
        now = [spell for spell in self.care if spell.open_on(last)]
        counted = [spell for spell in now if any(day > since for day in self.from_care[spell.person])]
        wanted = self.stage.count("children_in_care_missing", month, len(now)) - len(counted)
        may = [spell for spell in here if spell not in counted and not self.begun[spell.person]]
        ages = {spell: self.town.age(spell.person, last) for spell in may}
        fresh = chosen(self.rng, may, min(wanted, len(own)), lambda spell: 1e-3 + max(0, ages[spell] - 10))
        places = chosen(self.rng, own, len(fresh))
        return {place: spell.person for place, spell in zip(places, fresh, strict=True)}

    def _child(self, each: Episode, newcomers: dict[Episode, str], *, third: bool) -> str:
        if each in newcomers:
            return newcomers[each]
        ready = [other for other in self.pending if other.returned and other.returned < each.began]
        open_still = [other for other in ready if other.returned and each.began - other.returned < AGAIN]
        self.pending = [other for other in self.pending if other not in ready or other in open_still]
        fits = [other for other in open_still if self._fits(other.child, each)]
        again = [other for other in fits if other.returned and other.returned < each.began - WAITS]
        again += [other for other in fits if self._is_third(other.child, each) == third]
        if again:
            self.pending.remove(again[0])
            return again[0].child
        return self._someone(each, third=third)

    def _is_third(self, child: str, each: Episode) -> bool:
        return sum(each.began - THIRD < day for day in self.begun[child]) >= 2

    def _sure_thirds(self, each: Episode, month: Month) -> int:
        """Count the children who are to go missing again by the month's end, for at least a third time."""
        until = datetime.combine(month.last_day, datetime.max.time()) - WAITS
        sure = [other for other in self.pending if other.returned and other.returned <= until]
        return sum(self._is_third(other.child, each) for other in sure)

    def _fits(self, child: str, each: Episode) -> bool:
        """Whether a child is in care if the episode began there, and is not if it did not."""
        here = any(spell.person == child and spell.open_on(each.began.date()) for spell in self.care)
        return here == each.from_care

    def _someone(self, each: Episode, *, third: bool) -> str:
        """Return a child who was not missing in the last thirty days, for whom this is a third episode or not."""
        day = each.began.date()
        month_ago = each.began - AGAIN - DAY  # more than thirty days of the calendar
        if each.from_care:
            since = each.began - timedelta(days=330)
            people = [
                spell.person
                for spell in self.care
                if spell.open_on(day) and any(when > since for when in self.from_care[spell.person])
            ]
        else:
            runaways = self.town.people  # but the first and the last, who are recorded badly
            people = [runaways.runaway(number) for number in range(1, runaways.runaways - 1)]
        rested = [child for child in people if self.back.get(child, datetime.min) < month_ago]
        rested = [child for child in rested if not self.begun[child] or self.begun[child][-1] < month_ago]
        fits = [child for child in rested if self._is_third(child, each) == third]
        return self.rng.choice(fits or rested or people or [self.town.people.runaway(0)])


def _episode(row: Cells) -> Episode:
    """Return an episode of the sample, whose cells are text."""
    cells = {name: str(cell) for name, cell in row.items()}
    try:
        returned = datetime.strptime(cells["returned_at"], _ISO) if cells["returned_at"] else None
    except ValueError:
        returned = None
    bad = cells["rhi_completed_at"] == "tbc" or (returned is None and cells["returned_at"] != "")
    began = datetime.strptime(cells["went_missing_at"], _ISO)
    return Episode(row, began, returned, child=cells["person_id"], bad=bad)

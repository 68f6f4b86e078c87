"""Periods of care: who comes into care and who leaves, from April 2016."""

from collections.abc import Sequence
from datetime import date, timedelta

from sgkpi.model.periods import Month
from sgkpi.synth.common import pick
from sgkpi.synth.story.caseload import BEGIN, Caseload, team_of
from sgkpi.synth.story.choices import chosen
from sgkpi.synth.story.days import DAY, months_in
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Cells, Spell, Stage, as_date

FIRST = Month(2016, 4)
IN_CARE = 196
# How many come into care each month, from February of one year to January of the next: 99 in the year to February 2019.
ENTRIES = {2: 8, 3: 8, 4: 8, 5: 7, 6: 7, 7: 8, 8: 8, 9: 8, 10: 11, 11: 10, 12: 6, 1: 10}
# Months in which a child comes back who left in the twelve months before: eight in the year to April 2018, then six.
RETURNS = months_in(
    "2017-05 2017-06 2017-08 2017-09 2017-11 2017-12 2018-01 2018-02 2018-05 2018-07 2018-08 2018-10 2018-12 2019-02"
)
AGES = {0: 16, 2: 12, 5: 14, 8: 13, 11: 15, 13: 16, 15: 22, 16: 14}  # at entry: years from, and weight
ENDS = {"returned_home": 40, "special_guardianship": 16, "child_arrangements": 8, "other": 4}
SCHOOL_AGE, SCHOOL_AGE_IN_100 = 4, 78
OTHER_STARTS = {"remand": 3, "asylum": 4}


class InCare:
    """All periods of care, made month by month; from BEGIN on, children come from the caseload."""

    def __init__(self, stage: Stage, town: Town, adoptions: Sequence[Cells]) -> None:
        self.stage = stage
        self.town = town
        self.rng = stage.rng("care")
        self.spells: list[Spell] = []
        self.used: set[str] = set()
        self.returns = list(RETURNS[:: max(1, round(1 / stage.scale))])  # a small extract has fewer
        early = [row for row in adoptions if _entered(row) < FIRST.first_day]
        self.spells += [
            Spell(self._adopted(row), _entered(row), notes={"kind": "care", "adoption": row}) for row in early
        ]
        for _ in range(stage.size(IN_CARE) - len(early)):
            self.spells.append(self._first(FIRST.first_day))
        month = FIRST
        while month < BEGIN:
            rows = [row for row in adoptions if Month.of(_entered(row)) == month]
            entries = [self._adopted(row) for row in rows]
            entries += [spell.person for spell in self._back(month)]
            entries += [self._newcomer(month) for _ in range(self._entries(month) - len(entries))]
            for row, spell in zip(rows, self._begin(month, entries), strict=False):
                spell.start, spell.notes["adoption"] = _entered(row), row
            self._end(month)
            month = month.plus(1)

    @property
    def open(self) -> list[Spell]:
        return [spell for spell in self.spells if spell.end is None]

    def run(self, caseload: Caseload, month: Month) -> None:
        """Take children of the caseload into care, and let others leave."""
        first = month.first_day
        may = [case for case in caseload.open.values() if case.start < first - 12 * DAY]
        may = [case for case in may if case.current is None or case.current.notes["kind"] == "cin"]
        may = [case for case in may if self.town.months_old(case.person, first) in range(16 * 12 + 4)]
        back = self._back(month)
        cases = {case.person: case for case in may}
        for spell in back:
            if spell.person not in caseload.open:
                caseload.new_case(spell.person, max(first - timedelta(days=14), spell.end or first))
            cases[spell.person] = caseload.open[spell.person]
        weights = {child: self._weight(child, first) for child in cases}
        fresh = [case for case in may if case.person not in self.used]
        number = self._entries(month) - len(back)
        at_school = round(number * SCHOOL_AGE_IN_100 / 100)
        children: list[str] = []
        for old, many in ((True, at_school), (False, number - at_school)):
            may_come = [case.person for case in fresh if (self.town.age(case.person, first) >= SCHOOL_AGE) == old]
            children += chosen(self.rng, may_come, many, weights.__getitem__)
        began = self._begin(month, [*children, *(spell.person for spell in back)])
        for spell in began:
            case = cases[spell.person]
            if case.current:
                spell.start = max(spell.start, case.current.start + DAY)
                case.current.end = spell.start
            case.plans.append(spell)
        caseload.plans["care"] += began
        for spell in self._end(month):
            case = caseload.open[spell.person]
            if spell.notes["end_reason"] == "returned_home" and spell.end:
                caseload.new_plan(case, "cin", spell.end)

    def _entries(self, month: Month) -> int:
        return self.stage.size(ENTRIES[month.month])

    def _weight(self, child: str, day: date) -> float:
        age = self.town.age(child, day)
        below = [weight for years, weight in AGES.items() if years <= age]
        return below[-1] if below else 1e-9

    def _first(self, day: date) -> Spell:
        """Return the period of a child who is in care on the first day."""
        ages = range(1, 5) if self.rng.random() < 0.2 else range(5, 16)  # noqa: PLR2004
        child = self.town.new_child(self.rng, day, ages, self.used)
        ago = min(self.town.months_old(child, day) * 30 - 60, int(self.rng.expovariate(1 / 800)) + 10)
        return Spell(child, day - timedelta(days=max(ago, 1)), notes={"kind": "care"})

    def _adopted(self, row: Cells) -> str:
        """Choose and return the child of an adoption."""
        row["person_id"] = child = self.town.new_child(self.rng, _entered(row), range(4), self.used)
        return child

    def _newcomer(self, month: Month) -> str:
        age = int(pick(self.rng, {str(years): weight for years, weight in AGES.items()}))
        return self.town.new_child(self.rng, month.first_day, range(age, min(age + 3, 17)), self.used)

    def _back(self, month: Month) -> list[Spell]:
        """Return the ended periods of those who come back in the month."""
        if month not in self.returns:
            return []
        self.returns.remove(month)
        open_now = {spell.person for spell in self.open}
        first = month.first_day
        left = [
            spell
            for spell in self.spells
            if spell.end
            and first - timedelta(days=300) < spell.end < first - timedelta(days=20)
            and spell.person not in open_now
            and spell.notes["end_reason"] == "returned_home"
            and self.town.age(spell.person, first) < 16
        ]
        return chosen(self.rng, left, self.stage.size(1))

    def _begin(self, month: Month, children: list[str]) -> list[Spell]:
        """Begin periods of care on days of the month, as planned entries for the planned share of those that count."""
        rng, stage = self.rng, self.stage
        older = [self.town.age(child, month.first_day) > 12 for child in children]
        other = [pick(rng, {**OTHER_STARTS, "": 93}) if is_older else "" for is_older in older]
        planned = iter(stage.mark(rng, "care_entries_planned", month, other.count("")))
        began = []
        days = stage.days_in(rng, month, len(children))
        for child, day, start in zip(children, days, other, strict=True):
            how = start or ("planned" if next(planned) else rng.choice(("emergency", "emergency", "police_protection")))
            self.used.add(child)
            began.append(Spell(child, day, notes={"kind": "care", "start": how}))
        self.spells += began
        return began

    def _end(self, month: Month) -> list[Spell]:
        """End periods: of those who turn 18 or are adopted, and as many others as bring the number back to IN_CARE."""
        first, last = month.first_day, month.last_day
        now = self.open
        grown = [spell for spell in now if self.town.months_old(spell.person, last) >= 18 * 12]
        number = len(now) - self.stage.size(IN_CARE)
        babies = [spell for spell in now if "adoption" in spell.notes]
        adopted = [spell for spell in babies if (day := spell.notes["adoption"].get("adopted_on")) and day <= last]
        for spell in adopted:
            spell.end, spell.notes["end_reason"] = spell.notes["adoption"]["adopted_on"], "adopted"
        number -= len(grown) + len(adopted)
        may = [spell for spell in now if spell not in grown and spell not in babies]
        may = [spell for spell in may if spell.start < first - timedelta(days=40)]
        ended = [*grown, *chosen(self.rng, may, number, lambda spell: self._leaving(spell, last))]
        for spell in ended:
            spell.end = first if spell in grown else self.stage.working_day(self.rng, first, last)
            spell.notes["end_reason"] = "turned_18" if spell in grown else self._reason(spell, last)
        return [*ended, *adopted]

    def _leaving(self, spell: Spell, day: date) -> float:
        """Return how likely a child is to leave: most likely in the first year."""
        days = (day - spell.start).days
        return 3.0 if days < 400 else 1.0 if days < 1000 else 0.6

    def _reason(self, spell: Spell, day: date) -> str:
        age = self.town.age(spell.person, day)
        if age >= 16:
            return "independent_living" if self.rng.random() < 0.5 else "returned_home"  # noqa: PLR2004
        return pick(self.rng, ENDS)

    def name(self) -> None:
        """Give every period its identifier and the team that holds the case."""
        for spell in sorted(self.spells, key=lambda spell: (spell.start, spell.person)):
            spell.id, spell.team = self.stage.new_id("L"), team_of(self.town, spell.person, "care")


def _entered(row: Cells) -> date:
    """Return the day on which a child who is to be adopted came into care."""
    return as_date(row["entered_care_on"])

"""Allocations of cases to workers; siblings have the same worker."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY
from sgkpi.synth.story.caseload import Case, Caseload
from sgkpi.synth.story.choices import chosen, grouped
from sgkpi.synth.story.days import DAY, MONTHS, days_earlier, known_day
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Spell, Stage
from sgkpi.synth.story.workforce import Worker, Workforce

Unit = list[Case]  # the open cases of a family
BEGIN = MONTHS[0].first_day
HIGH, MANY, MANY_WHEN_NEW = 21, 20, 15


class Allocations:
    """The allocations of all cases, made month by month."""

    def __init__(self, stage: Stage, town: Town, caseload: Caseload, workforce: Workforce) -> None:
        self.stage = stage
        self.town = town
        self.rng = stage.rng("allocations")
        self.cases = caseload.cases
        self.workforce = workforce
        self.holders: list[Worker] = []
        self.of: dict[Case, Spell] = {}  # the current allocation
        self.worker: dict[Case, Worker] = {}
        self.every: list[Spell] = []
        self.waiting: list[Case] = []
        self.changes: dict[Case, list[date]] = defaultdict(list)

    def run(self) -> None:
        self._begin()
        for month in MONTHS:
            self._month(month)

    def allocate(self, case: Case, worker: Worker, day: date) -> None:
        """Give a case to a worker, at the earliest when they come, and end the allocation that it has."""
        day = max(day, worker.start)
        if case in self.of:
            day = max(day, self.of[case].start)
            self._end(case, day)
            self.changes[case].append(day)
        spell = Spell(case.person, day, id=worker.id, team=worker.team)
        self.of[case], self.worker[case] = spell, worker
        self.every.append(spell)

    def _end(self, case: Case, day: date) -> None:
        """End the allocation of a case on a day, or when its worker left if that is earlier."""
        self.of[case].end = min(day, self.worker[case].end or day)

    # Before the first month

    def _begin(self) -> None:
        now = [case for case in self.cases if case.start < BEGIN]
        gone = [case for case in now if case.end and case.end < BEGIN]
        still = [case for case in now if case.end is None or case.end >= BEGIN]
        care = [worker for worker in self.workforce.social_workers if worker.cares]
        may = [worker for worker in self.workforce.social_workers if worker.start < BEGIN and not worker.cares]
        others = chosen(self.rng, may, self._holders(len(still), MONTHS[0]) - len(care))
        self.holders = [*care, *others]
        in_care = [case for case in still if self._care_plan(case, BEGIN - DAY)]
        long = self._in_care_for_a_year(in_care, BEGIN)
        unsettled = set(
            chosen(self.rng, long, self.stage.count("children_with_3_social_workers", MONTHS[0], len(long)) - 3)
        )
        for place, case in enumerate(in_care):
            self._history(case, care, care[place % len(care)], moved=case in unsettled)
        rest = [case for case in still if case not in set(in_care)]
        over = self._over(MONTHS[0])
        room = {worker: (23 if worker in over else self._cap(worker, BEGIN)) for worker in others}
        for unit in sorted(self._units(rest), key=len, reverse=True):
            worker = max(room, key=lambda each: (room[each], self.rng.random()))
            room[worker] -= len(unit)
            for case in unit:
                self.allocate(case, worker, case.start + DAY)
        for case in gone:
            if case.end:
                worker = self.rng.choice([each for each in others if each.start < case.end] or others)
                self.allocate(case, worker, case.start)
                self._close(case, case.end)

    def _close(self, case: Case, day: date) -> None:
        self._end(case, day)
        del self.of[case], self.worker[case]

    def _history(self, case: Case, care: Sequence[Worker], worker: Worker, *, moved: bool) -> None:
        """Allocate a child in care from the beginning; whoever `moved` had three workers in the last year."""
        days = sorted(days_earlier(self.rng, BEGIN, 1, 330) for _ in range(2)) if moved else []
        others = chosen(self.rng, [each for each in care if each is not worker], len(days))
        for day, each in zip([case.start, *days], [*others, worker], strict=True):
            self.allocate(case, each, day)

    # Each month

    def _month(self, month: Month) -> None:
        first, last = month.first_day, month.last_day
        for case in list(self.of):
            if case.end and case.end <= last:
                self._close(case, case.end)
        self._change_holders(month)
        self._into_and_out_of_care(month)
        self._new(month)
        self._unsettle(month)
        self._balance(month, self.stage.working_day(self.rng, first + timedelta(days=9), last))

    def _holders(self, cases: int, month: Month) -> int:
        number = cases * self.stage.share("cases_allocated", month)
        care = sum(worker.cares for worker in self.workforce.social_workers)
        return max(care + 2, round(number / self.stage.value("caseload_average", month)))

    def _change_holders(self, month: Month) -> None:
        """Choose the month's case holders, and give them the cases of those who leave."""
        last = month.last_day
        open_now = [case for case in self.cases if case.open_on(last)]
        wanted = self._holders(len(open_now), month)
        leaving = [worker for worker in self.holders if worker.end and worker.end <= last]
        staying = [worker for worker in self.holders if worker not in leaving]
        may = [worker for worker in self.workforce.social_workers if worker.open_on(last) and worker not in staying]
        may = [worker for worker in may if worker.start <= month.first_day + timedelta(days=20)]
        new = chosen(self.rng, may, wanted - len(staying))
        self.holders = [*staying, *new]
        for place, worker in enumerate(leaving):
            units = self._units_of(worker)
            heirs = new[place : place + 1] or staying
            for unit in units:
                heir = self._lightest(heirs, last)
                for case in unit:
                    self.allocate(case, heir, worker.end or last)

    def _into_and_out_of_care(self, month: Month) -> None:
        last = month.last_day
        for case, worker in list(self.worker.items()):
            plan = self._care_plan(case, last)
            if worker.cares == (plan is not None):
                continue
            ends = [each.end for each in case.plans if each.notes["kind"] == "care" and each.end]
            day = plan.start if plan else max(ends, default=last)
            others = [each for each in self.holders if each.cares != worker.cares]
            self.allocate(case, self._lightest(others, last), day)

    def _new(self, month: Month) -> None:
        """Allocate new cases within two working days, but for the planned share that waits until the next month."""
        first, last = month.first_day, month.last_day
        for case in self.waiting:
            if case.open_on(first + timedelta(days=6)):
                self._to_lightest([case], self.stage.working_day(self.rng, first, first + timedelta(days=4)), last)
                if case.end and case.end <= last:
                    self._close(case, case.end)
        open_now = [case for case in self.cases if case.open_on(last)]
        new = [case for case in open_now if case not in self.of]
        number = len(open_now) - self.stage.count("cases_allocated", month, len(open_now))
        units = self._units(new)
        long_enough = [
            unit[0]
            for unit in units
            if len(unit) == 1 and self.stage.calendar.between(unit[0].start, last) > 3 and unit[0].start >= first
        ]
        self.waiting = chosen(self.rng, long_enough, number)
        for unit in units:
            if unit[0] not in self.waiting:
                self._to_lightest(unit, max(min(self.stage.after(self.rng, unit[0].start, 0, 2), last), first), last)

    def _unsettle(self, month: Month) -> None:
        """Change the workers of children in care, so that the planned share had three in twelve months."""
        last = month.last_day
        year_ago = last.replace(year=last.year - 1)
        long = self._in_care_for_a_year(self.of, last)
        recent = {case: sum(year_ago < day <= last for day in self.changes[case]) for case in long}
        wanted = self.stage.count("children_with_3_social_workers", month, len(long))
        may = [case for case in long if recent[case] < 2]
        number = wanted - (len(long) - len(may))
        for case in chosen(self.rng, may, number, lambda case: 1 + 4 * recent[case]):
            for day in self.stage.days_in(self.rng, month, 2 - recent[case]):
                others = [worker for worker in self.holders if worker.cares and worker is not self.worker[case]]
                self.allocate(case, self._lightest(others, last), max(day, self.of[case].start + DAY))

    def _balance(self, month: Month, day: date) -> None:  # noqa: C901 (three rules about the same numbers)
        """Move families between workers, so that the planned share of workers has more than twenty cases."""
        over = self._over(month)
        loads = Counter(self.worker.values())
        units: dict[Worker, list[Unit]] = defaultdict(list)
        for worker in self.holders:
            if not worker.cares:
                units[worker] = sorted(self._units_of(worker), key=len)
        caps = {worker: (26 if worker in over else self._cap(worker, month.last_day)) for worker in units}

        def move(unit: Unit, source: Worker, target: Worker) -> None:
            units[source].remove(unit)
            units[target].append(unit)
            loads[source] -= len(unit)
            loads[target] += len(unit)
            for case in unit:
                self.allocate(case, target, day)

        for worker in list(units):
            while loads[worker] > caps[worker] and units[worker]:
                target = max(units, key=lambda each: caps[each] - loads[each])
                fits = [unit for unit in units[worker] if len(unit) <= caps[target] - loads[target]]
                if not fits or target is worker:
                    break
                move(fits[0], worker, target)
        for worker in over:
            while loads[worker] < HIGH:
                source = max((each for each in units if each not in over), key=lambda each: loads[each], default=None)
                if source is None or not units[source]:
                    break
                move(units[source][0], source, worker)
        for worker in units:  # everybody holds at least one
            while not loads[worker]:
                source = max(units, key=lambda each: loads[each] if each not in over else 0)
                if not units[source]:
                    break
                move(units[source][0], source, worker)

    # Helpers

    def _over(self, month: Month) -> list[Worker]:
        """Return the workers who are to have more than twenty cases at the month's end: those who have most now."""
        number = self.stage.count("caseload_over_20", month, len(self.holders))
        loads = Counter(self.worker.values())
        may = [worker for worker in self.holders if not worker.cares and not worker.newly_qualified(month.last_day)]
        return sorted(may, key=lambda worker: (-loads[worker], worker.id))[:number]

    def _cap(self, worker: Worker, day: date) -> int:
        return MANY_WHEN_NEW if worker.newly_qualified(day) else MANY

    def _care_plan(self, case: Case, day: date) -> Spell | None:
        return next((plan for plan in case.plans if plan.notes["kind"] == "care" and plan.open_on(day)), None)

    def _in_care_for_a_year(self, cases: Iterable[Case], day: date) -> list[Case]:
        year_ago = day.replace(year=day.year - 1)
        return [case for case in cases if (plan := self._care_plan(case, day)) and plan.start <= year_ago]

    def _units_of(self, worker: Worker) -> list[Unit]:
        return self._units(case for case, own in self.worker.items() if own is worker)

    def _units(self, cases: Iterable[Case]) -> list[Unit]:
        """Group cases by family."""
        return list(grouped(cases, lambda case: self.town.family_of.get(case.person, case)).values())

    def _lightest(self, workers: Sequence[Worker], day: date) -> Worker:
        loads = Counter(self.worker.values())
        share = {worker: 0.75 if worker.newly_qualified(day) else 1.0 for worker in workers}
        return min(workers, key=lambda worker: (loads[worker] / share[worker], worker.id))

    def _to_lightest(self, unit: Unit, day: date, last: date) -> None:
        """Allocate cases to the worker of a sibling, or else to whoever has fewest."""
        family = self.town.family_of[unit[0].person]
        theirs = [
            worker
            for case, worker in self.worker.items()
            if self.town.family_of.get(case.person) is family and not worker.cares
        ]
        worker = theirs[0] if theirs else self._lightest([each for each in self.holders if not each.cares], last)
        for case in unit:
            self.allocate(case, worker, max(day, case.start))


def write_allocations(stage: Stage, allocations: Iterable[Spell], role: str) -> None:
    """Write rows of `allocations` for workers in one role; the spell's `id` is the worker."""
    for spell in allocations:
        if spell.start <= LAST_DAY and (spell.end is None or spell.end > spell.start):
            stage.add(
                "allocations",
                allocation_id=stage.new_id("AL"),
                person_id=spell.person,
                worker_id=spell.id,
                role=role,
                started_on=spell.start,
                ended_on=known_day(spell.end),
                team=spell.team,
            )

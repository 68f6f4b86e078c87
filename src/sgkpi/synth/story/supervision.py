"""Supervision: of the people who work with children, and of each child's case."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from random import Random

from sgkpi.synth.story.allocations import Allocations
from sgkpi.synth.story.caseload import SIMULATED, Case
from sgkpi.synth.story.choices import by_month, grouped
from sgkpi.synth.story.days import days_earlier, plus_months
from sgkpi.synth.story.stage import Spell, Stage
from sgkpi.synth.story.steer import Held, Rule, happened, keep_up
from sgkpi.synth.story.workforce import Workforce

BEGIN = SIMULATED[0].first_day
WITH_ACTIONS_IN_100 = 97


def supervise(stage: Stage, workforce: Workforce, allocations: Allocations) -> None:
    """Write supervisions of workers and of cases, monthly for the planned shares."""
    rule = Rule(
        next=lambda _, last: plus_months(last, 1),
        grace=lambda spell: plus_months(spell.start, 1),
        likely=lambda spell: 0.3 if spell.team.startswith("Leaving Care") else 1.0,
    )
    _of_workers(stage, workforce, rule)
    _of_cases(stage, allocations)


def _of_workers(stage: Stage, workforce: Workforce, rule: Rule) -> None:
    rng = stage.rng("supervision of workers")
    workers = [worker for worker in workforce.workers if worker.role in ("social_worker", "personal_adviser")]
    held: dict[Spell, list[date]] = defaultdict(
        list, {worker: [days_earlier(rng, BEGIN, 1, 50)] for worker in workers if worker.start < BEGIN}
    )
    keep_up(stage, rng, workers, "supervision_of_workers_in_month", rule, months=SIMULATED, held=held)
    sessions = sorted(((day, worker.id, worker.team) for worker, days in held.items() for day in days if day >= BEGIN))
    for day, worker, team in sessions:
        stage.add(
            "supervisions",
            supervision_id=stage.new_id("SV"),
            kind="personal",
            worker_id=worker,
            held_on=day,
            actions=rng.randint(1, 6),
            actions_with_date=0,
            team=team,
        )


def _of_cases(stage: Stage, allocations: Allocations) -> None:
    """Write supervisions of cases; the first is due a month after the case is opened."""
    rng = stage.rng("supervision of cases")
    held = _before(rng, allocations.cases)
    rule = Rule(
        next=lambda case, last: plus_months(max(case.start, last), 1), first=lambda case: plus_months(case.start, 1)
    )
    keep_up(stage, rng, allocations.cases, "supervision_of_cases_in_date", rule, months=SIMULATED, held=held)
    workers = grouped(allocations.every, lambda allocation: allocation.person)
    seen: set[str] = set()
    for month, own in by_month(happened(held), itemgetter(0)):
        with_actions = [rng.randrange(100) < WITH_ACTIONS_IN_100 for _ in own]
        dated = iter(stage.mark(rng, "supervision_actions_dated", month, sum(with_actions)))
        later = []
        for _, spell in own:
            later.append(spell.person in seen)
            seen.add(spell.person)
        done = iter(stage.mark(rng, "supervision_actions_done", month, sum(later)))
        for (day, spell), has_actions, not_first in zip(own, with_actions, later, strict=True):
            held_by = next((each for each in workers.get(spell.person, ()) if each.open_on(day)), None)
            actions = rng.randint(1, 5) if has_actions else 0
            all_dated = has_actions and next(dated)
            left = (0 if next(done) else rng.randint(1, 4)) if not_first else None
            stage.add(
                "supervisions",
                supervision_id=stage.new_id("SV"),
                kind="case",
                worker_id=held_by.id if held_by else None,
                person_id=spell.person,
                held_on=day,
                actions=actions,
                actions_with_date=actions if all_dated or not actions else rng.randint(0, actions - 1),
                earlier_actions_open=left,
                team=held_by.team if held_by else spell.team,
            )


def _before(rng: Random, cases: Sequence[Case]) -> Held:
    """Return the supervisions of cases before the first month, and those with which a child's next case begins."""
    held: Held = defaultdict(list)
    known: set[str] = set()
    for case in cases:
        if case.person in known:  # a second case is supervised when it begins
            held[case] = [case.start]
        known.add(case.person)
        if case.start < BEGIN and (case.end is None or case.end > BEGIN):
            held[case] = [max(case.start, days_earlier(rng, BEGIN, 1, 50))]
    return held

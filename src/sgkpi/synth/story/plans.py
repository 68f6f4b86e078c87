"""Versions of plans: actions, dates, contingency and safety plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sgkpi.synth.common import LAST_DAY
from sgkpi.synth.story.choices import by_month
from sgkpi.synth.story.stage import Stage

FIRST_DAY = date(2018, 1, 1)
# Weights of plans that have a date for every action, by kind.
DATED = {"care": 3.1, "child_protection": 1.15, "child_in_need": 0.85, "pathway": 0.9}
OF_FAMILIES = ("child_in_need", "child_protection")  # which say what is done if things get worse


@dataclass(frozen=True)
class Version:
    """A version of a child's plan, on the day on which it was agreed."""

    person: str
    kind: str
    agreed: date
    team: str


def write_versions(stage: Stage, versions: Sequence[Version]) -> None:
    """Write the versions of plans, with dates, contingency and safety plans for the planned shares."""
    rng = stage.rng("plan_versions")
    known = [each for each in versions if FIRST_DAY <= each.agreed <= LAST_DAY]
    known.sort(key=lambda each: (each.agreed, each.person))
    for month, own in by_month(known, lambda each: each.agreed):
        dated = stage.mark(rng, "plan_actions_dated", month, len(own), [DATED[each.kind] for each in own])
        families = sum(each.kind in OF_FAMILIES for each in own)
        contingency = iter(stage.mark(rng, "plans_with_contingency", month, families))
        safety = iter(stage.mark(rng, "plans_with_safety_plan", month, families))
        for each, all_dated in zip(own, dated, strict=True):
            actions = rng.randint(3, 9)
            family = each.kind in OF_FAMILIES
            stage.add(
                "plan_versions",
                version_id=stage.new_id("PV"),
                person_id=each.person,
                kind=each.kind,
                agreed_on=each.agreed,
                actions=actions,
                actions_with_date=actions if all_dated else rng.randint(0, actions - 1),
                contingency=(next(contingency) or rng.choice((False, None))) if family else None,
                safety_plan=(next(safety) or rng.choice((False, None))) if family else None,
                team=each.team,
            )

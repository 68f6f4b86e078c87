"""A whole extract whose indicators have planned values: every table, with rows that go together.

`targets` has the planned value of each indicator, month by month. `stage`, `choices` and `steer` make them come true:
exact shares of each month's cases, and of the spells that are in date. Each other module makes the tables of a part of
the service; they are called in the order in which one part leads to another. Nothing here is about a real child,
family, worker or council.
"""

from collections.abc import Mapping
from datetime import date

from sgkpi.model.indicator import Indicator
from sgkpi.synth.common import FIRST_DAY
from sgkpi.synth.leavers import leavers_at
from sgkpi.synth.story.adoption import Adoptions, decide_lately, write_adopters
from sgkpi.synth.story.allocations import Allocations, write_allocations
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.care_leavers import CareLeavers, plans_at_16
from sgkpi.synth.story.carers import foster
from sgkpi.synth.story.caseload import SIMULATED, Caseload, write_cases
from sgkpi.synth.story.community import allegations, exploitation, home_education, private_fostering
from sgkpi.synth.story.front_door import front_door
from sgkpi.synth.story.given_up import give_up
from sgkpi.synth.story.missing import Runaways
from sgkpi.synth.story.mistakes import make_mistakes
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.permanence import agree_plans, follow_plans, support
from sgkpi.synth.story.placements import Placements, care_visits, short_breaks, write_placements, write_requests
from sgkpi.synth.story.plans import Version, write_versions
from sgkpi.synth.story.proceedings import pre_proceedings
from sgkpi.synth.story.protection import protection
from sgkpi.synth.story.quality import audit, improve
from sgkpi.synth.story.reviews import hold_reviews, write_periods, write_reviews
from sgkpi.synth.story.stage import Spell, Stage
from sgkpi.synth.story.supervision import supervise
from sgkpi.synth.story.wellbeing import wellbeing
from sgkpi.synth.story.workforce import Workforce, write_workers

# The tables of the story, by the day from which they are complete: earlier than the story's first month where
# indicators look back; None where a table has whatever there is about the people in it.
_COMPLETE_FROM = {
    None: "children health_passports pathway_plan_reviews",
    date(2016, 4, 1): "looked_after",
    date(2017, 4, 1): """adoption allocations cla_reviews contacts ehe_visits exclusions health_checks missing_episodes
        peps placements referrals sdq""",
    date(2017, 10, 1): "cp_reviews supervisions",
    date(2018, 1, 1): "cla_visits plan_versions private_fostering_visits",
    date(2018, 2, 1): "care_leaver_contacts",
    date(2018, 3, 1): "core_groups",
    FIRST_DAY: """accommodation activities adopters allegations assessments audits care_leavers cases cin_plans
        cin_visits cp_plans cp_visits early_help ehe_children exploitation_assessments foster_carers
        improvement_actions initial_conferences permanence_plans placement_requests posts pre_proceedings
        private_fostering section_47 support_requests workers""",
}
TABLES = {table: first_day for first_day, tables in _COMPLETE_FROM.items() for table in tables.split()}


def make_story(seed: int, scale: float, indicators: Mapping[str, Indicator]) -> Stage:
    """Return the rows of all tables, with the calendar and scale that they were made with.

    The targets of the `indicators` decide which way shares are rounded.
    """
    stage = Stage(seed, scale, indicators)
    town = Town(stage, leavers_at(scale))
    referrals = front_door(stage, town)
    care = InCare(stage, town, Adoptions(stage).rows)
    caseload = Caseload(stage, town, referrals, care.spells, care.used)
    for month in SIMULATED:
        caseload.run(month, care.run)
    versions = protection(stage, town, caseload, referrals)
    write_cases(caseload, town)
    workforce = Workforce(stage)
    write_workers(workforce)
    allocations = Allocations(stage, town, caseload, workforce)
    allocations.run()
    write_allocations(stage, sorted(allocations.every, key=lambda spell: (spell.start, spell.person)), "social_worker")
    supervise(stage, workforce, allocations)
    versions += _children_in_care(stage, town, caseload, care)
    leavers = CareLeavers(stage, town)
    leavers.run(workforce.advisers)
    support(stage, town, care, [(spell.person, spell.start) for spell in leavers.counted])
    versions += [*leavers.versions(), *plans_at_16(stage, town, care)]
    Runaways(stage, town, care).run()
    home_education(stage, town, (spell.person for spell in care.spells))
    private_fostering(stage, town)
    allegations(stage)
    exploitation(stage, town)
    pre_proceedings(stage, town, [plan.person for plan in caseload.plans["cp"]])
    audit(stage, [case.person for case in caseload.cases])
    improve(stage)
    write_versions(stage, versions)
    stage.rows["children"] += list(town.rows.values())
    give_up(stage)
    make_mistakes(stage)
    return stage


def _children_in_care(stage: Stage, town: Town, caseload: Caseload, care: InCare) -> list[Version]:
    """Make the tables about children in care and those who look after them; return the versions of care plans."""
    care.name()
    reviews: dict[Spell, list[date]] = hold_reviews(stage, care)
    write_reviews(stage, town, reviews)
    write_periods(stage, care, reviews)
    placements = Placements(stage, town, care)
    breaks = short_breaks(stage, town, set(caseload.used), placements.every)
    write_requests(stage, placements.every)
    care_visits(stage, town, placements, breaks)
    follow_plans(stage, agree_plans(stage, town, care, reviews, placements), placements)
    write_adopters(stage)
    decide_lately(stage, town, care)
    foster(stage, [*placements.every, *breaks])
    write_placements(stage, [*placements.every, *breaks])
    wellbeing(stage, town, care)
    return [Version(spell.person, "care", day, spell.team) for spell, days in reviews.items() for day in days]

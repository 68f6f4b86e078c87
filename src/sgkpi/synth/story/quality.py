"""Audits of practice, and the council's improvement plan."""

from collections.abc import Sequence
from datetime import date

from sgkpi.model.periods import Month
from sgkpi.synth.story.days import MONTHS, days_earlier, days_later, known_day, months_from
from sgkpi.synth.story.stage import Stage, as_date
from sgkpi.synth.story.workforce import CARE_TEAMS, TEAMS

# Subjects of audits by the indicator that counts them, with their number a month and the weight of a good grade.
SUBJECTS: dict[str, dict[str, tuple[int, float]]] = {
    "assessment_analysis_good": {"assessment_analysis": (14, 1.0)},
    "plans_good": {
        "child_in_need_plan": (9, 0.6),
        "child_protection_plan": (8, 0.75),
        "care_plan": (6, 2.2),
        "pathway_plan": (5, 0.7),
        "safety_plan": (4, 1.6),
    },
    "management_oversight_good": {"management_oversight": (14, 1.0), "decision_making": (6, 1.0)},
    "practice_graded_good": {
        "direct_work": (8, 1.8),
        "permanence_report": (5, 2.6),
        "later_life_letter": (2, 2.0),
        "letter_before_proceedings": (5, 0.4),
        "recording": (8, 0.6),
    },
}
GOOD = ("good", "good", "good", "outstanding")
NOT_GOOD = ("requires_improvement", "requires_improvement", "requires_improvement", "inadequate")
MULTI_AGENCY = (2, 5)
WITH_ACTIONS = 18  # audits of a month that ask for something
IMPROVEMENTS = 12  # actions that fall due each month
OWNERS = ("Head of service", "Principal social worker", "Service manager", "Virtual head teacher")
AUDITED = (*dict.fromkeys(TEAMS), *CARE_TEAMS, "Leaving Care Team East")


def audit(stage: Stage, children: Sequence[str]) -> None:
    """Write audits of each month, good for the planned shares."""
    rng = stage.rng("audits")
    for month in months_from(Month(2018, 1)):
        number = stage.level("audits_completed", month)
        several = MULTI_AGENCY[0] + (MULTI_AGENCY[1] - MULTI_AGENCY[0]) * max(0, month.index - MONTHS[0].index) // 10
        good = stage.mark(rng, "audits_good", month, number)
        for place, (day, is_good) in enumerate(zip(stage.days_in(rng, month, number), good, strict=True)):
            kind = "multi_agency" if place < several else rng.choice(("single_agency",) * 8 + ("peer", "external"))
            due = stage.days_in(rng, month.plus(1), 1)[0] if place < stage.size(WITH_ACTIONS) else None
            _grade(stage, "overall", day, rng.choice(children), is_good, kind, due)
        for indicator, subjects in SUBJECTS.items():
            each = [
                (subject, weight) for subject, (count, weight) in subjects.items() for _ in range(stage.size(count))
            ]
            good = stage.mark(rng, indicator, month, len(each), [weight for _, weight in each])
            for (subject, _), day, is_good in zip(each, stage.days_in(rng, month, len(each)), good, strict=True):
                _grade(stage, subject, day, rng.choice(children), is_good, "single_agency", None)
    _finish_actions(stage)


def _grade(stage: Stage, subject: str, day: date, child: str, good: bool, kind: str, due: date | None) -> None:
    rng = stage.rng(f"grade {subject} {day} {child}")
    grade = rng.choice(GOOD if good else NOT_GOOD)
    stage.add(
        "audits",
        audit_id=stage.new_id("AU"),
        person_id=child,
        audited_on=day,
        kind=kind,
        subject=subject,
        grade=grade,
        actions_due_on=due,
        team=rng.choice(AUDITED),
    )


def _finish_actions(stage: Stage) -> None:
    """Set when the actions of audits were done, in time for the planned share of each month's due."""
    rng = stage.rng("audit actions")
    rows = [row for row in stage.rows["audits"] if row["actions_due_on"]]
    for month in (*MONTHS, MONTHS[-1].plus(1), MONTHS[-1].plus(2)):
        own = [row for row in rows if month.first_day <= as_date(row["actions_due_on"]) <= month.last_day]
        for row, soon in stage.marked(rng, "audit_actions_done", month, own):
            due = as_date(row["actions_due_on"])
            done = days_earlier(rng, due, 0, 20) if soon else days_later(rng, due, 2, 40)
            row["actions_done_on"] = known_day(max(done, as_date(row["audited_on"])))


def improve(stage: Stage) -> None:
    """Write the actions of the improvement plan, done in time for the planned share, and those not due yet."""
    rng = stage.rng("improvement_actions")
    for place, month in enumerate(MONTHS):
        days = stage.days_in(rng, month, stage.size(IMPROVEMENTS))
        slow = 0 < place < len(MONTHS) - 6
        good = stage.count("improvement_actions_in_time", MONTHS[0] if slow else month, len(days))
        for number, due in enumerate(rng.sample(days, len(days))):
            done = days_earlier(rng, due, 0, 12) if number < good else days_later(rng, due, 4, 80)
            stage.add(
                "improvement_actions",
                action_id=stage.new_id("IA"),
                recommendation=rng.randint(1, 13),
                agreed_on=days_earlier(rng, due, 60, 200),
                due_on=due,
                done_on=known_day(done),
                owner=rng.choice(OWNERS),
            )
    rng = stage.rng("improvement actions to come")
    for month in MONTHS[-3:]:
        for agreed in stage.days_in(rng, month, stage.size(IMPROVEMENTS)):
            stage.add(
                "improvement_actions",
                action_id=stage.new_id("IA"),
                recommendation=rng.randint(1, 13),
                agreed_on=agreed,
                due_on=days_later(rng, agreed, 100, 200),
                owner=rng.choice(OWNERS),
            )

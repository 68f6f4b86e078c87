"""Reviews of children in care: the first within twenty working days, the next in three months, then every six."""

from collections.abc import Sequence
from datetime import date
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.choices import by_month, chosen
from sgkpi.synth.story.days import DAY, MONTHS, days_earlier, months_from, plus_months
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.protection import participation
from sgkpi.synth.story.stage import Spell, Stage, start_of
from sgkpi.synth.story.steer import Held, first_steps, happened

STEERED = months_from(Month(2017, 10))
SECOND_REVIEWS = 7  # in the last month at least: of fewer, no number is between the two targets for what they agree on


def due_after(spell: Spell, days: Sequence[date]) -> date:
    """Return when the next review is due; for the first, the day on which the child came into care."""
    if not days:
        return spell.start
    return plus_months(days[-1], 3 if len(days) == 1 else 6)


def hold_reviews(stage: Stage, care: InCare) -> Held:
    """Return the days of reviews of each period of care."""
    rng = stage.rng("cla_reviews")
    held = first_steps(stage, rng, care.spells, "first_cla_reviews_20_working_days", 20, 32)
    first_day = STEERED[0].first_day
    for spell in care.spells:
        while held[spell] and (due := due_after(spell, held[spell])) < min(first_day, spell.end or first_day):
            held[spell].append(days_earlier(rng, due, 2, 25))
    for month in STEERED:
        _steer(stage, rng, month, care.spells, held)
    _bring_forward(stage, rng, STEERED[-1], care.spells, held)
    return held


def _steer(stage: Stage, rng: Random, month: Month, spells: Sequence[Spell], held: Held) -> None:
    """Add a month's reviews, for the planned share of those due in it and of those in date at its end."""
    first, last = month.first_day, month.last_day
    due_now: list[Spell] = []
    long_due: list[Spell] = []
    judged = 0
    for spell in spells:
        if spell.start > last or (spell.end and spell.end < first):
            continue
        days = [day for day in held[spell] if day <= last]
        due = due_after(spell, days)
        if spell.end and spell.end <= last:
            if days and first <= due < spell.end:
                held[spell].append(_before(stage, rng, days[-1], first, due))
            continue
        if not days and stage.calendar.between(spell.start, last) <= 20:
            continue
        judged += 1
        if due <= last:
            (due_now if due >= first and days else long_due).append(spell)
    out = judged - stage.count("cla_reviews_in_date", month, judged)
    late = len(due_now) - stage.count("cla_review_intervals", month, len(due_now))
    lapsing = chosen(rng, due_now, late, lambda spell: 1e-6 if spell.end else 1.0)  # so that they stay late
    for spell in due_now:
        if spell not in lapsing:
            held[spell].append(_before(stage, rng, held[spell][-1], first, due_after(spell, held[spell])))
    may = [spell for spell in long_due if held[spell][-1:] <= [last]]
    for spell in chosen(
        rng, may, len(long_due) - max(0, out - late), lambda spell: (last - due_after(spell, held[spell])).days + 1
    ):
        held[spell].append(stage.working_day(rng, max(first, spell.start + DAY), last))


def _bring_forward(stage: Stage, rng: Random, month: Month, spells: Sequence[Spell], held: Held) -> None:
    """Hold some second reviews that are due in the next month, if there are too few."""
    first, last = month.first_day, month.last_day
    seconds = sum(len(held[spell]) > 1 and first <= held[spell][1] <= last for spell in spells)
    may = [
        spell
        for spell in spells
        if len(held[spell]) == 1 and last < due_after(spell, held[spell]) and spell.open_on(last)
    ]
    may.sort(key=lambda spell: held[spell][0])
    for spell in may[: max(0, SECOND_REVIEWS - seconds)]:
        held[spell].append(_before(stage, rng, held[spell][0], first, last))


def _before(stage: Stage, rng: Random, previous: date, first: date, due: date) -> date:
    """Return a day in the month, no later than the review is due."""
    return stage.working_day(rng, min(due, max(first, previous + DAY)), due)


def write_reviews(stage: Stage, town: Town, held: Held) -> None:
    """Write the rows of `cla_reviews`."""
    rng = stage.rng("cla_review rows")
    reviews = [(day, spell, [before for before in held[spell] if before < day]) for day, spell in happened(held)]
    for month, own in by_month(reviews, lambda review: review[0]):
        children = [(day, spell) for day, spell, _ in own]
        parts = participation(stage, rng, town, "cla_reviews_child_took_part", month, children)
        health = stage.mark(rng, "reviews_health_considered", month, len(own))
        for (day, spell, before), part, considered in zip(own, parts, health, strict=True):
            due = due_after(spell, sorted(before)) if before else stage.calendar.add(spell.start, 20)
            stage.add(
                "cla_reviews",
                review_id=stage.new_id("LR"),
                period_id=spell.id,
                person_id=spell.person,
                due_on=due,
                held_on=day,
                participation=part,
                officer_met_child=rng.random() < 0.4,  # noqa: PLR2004
                health_considered=considered,
                team=spell.team,
            )


def write_periods(stage: Stage, care: InCare, held: Held) -> None:
    """Write the rows of `looked_after`, with the days that concern the reviewing officer."""
    rng = stage.rng("looked_after")
    ref = MONTHS[-1].last_day
    officers = dict(stage.steps(rng, "reviewing_officer_5_working_days", care.spells, start_of, 5, 12))
    now = [spell for spell in care.spells if spell.open_on(ref)]
    latest = {spell: max((day for day in held[spell] if day <= ref), default=None) for spell in now}
    judged = [spell for spell, day in latest.items() if day and plus_months(day, 1) <= ref]
    spoken = set(chosen(rng, judged, stage.count("reviewing_officer_contact", MONTHS[-1], len(judged))))
    for spell in sorted(care.spells, key=lambda spell: spell.id):
        review = latest.get(spell)
        contact = None
        if review and spell in spoken:
            contact = stage.working_day(rng, review + 7 * DAY, ref)
        elif review and rng.random() < 0.5:  # noqa: PLR2004
            contact = days_earlier(rng, review, 1, 20)
        stage.add(
            "looked_after",
            period_id=spell.id,
            person_id=spell.person,
            started_on=spell.start,
            ended_on=spell.end,
            start=spell.notes.get("start", "planned"),
            end_reason=spell.notes.get("end_reason"),
            reviewing_officer_on=officers[spell],
            reviewing_officer_contact_on=contact if contact is None or contact > spell.start else None,
            team=spell.team,
        )

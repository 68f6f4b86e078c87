"""Pre-proceedings and care proceedings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import cycle, islice
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY
from sgkpi.synth.story.choices import SURE, by_month, chosen, marks
from sgkpi.synth.story.days import DAY, MONTHS, days_earlier, days_later, known_day, months_from
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Spell, Stage, as_date, start_of
from sgkpi.synth.story.targets import APRIL, FEBRUARY

DECISIONS = 8  # a month to begin pre-proceedings
OPEN_CASES = 34
PROCEEDINGS_IN_THE_YEAR = 38
HALF_YEAR = timedelta(days=181)  # within which proceedings are to end


def pre_proceedings(stage: Stage, town: Town, children: Sequence[str]) -> None:
    """Write cases of pre-proceedings and of care proceedings."""
    rng = stage.rng("pre_proceedings")
    pool = list(dict.fromkeys(children))
    rng.shuffle(pool)
    names = cycle(pool)  # a small extract has fewer children than cases

    def child(day: date) -> str:
        """Return the next child, passing over those who are not born or grown up."""
        return next((each for each in islice(names, len(pool)) if town.age(each, day) in range(18)), pool[0])

    months = months_from(Month(2017, 10))
    before = [months[0].first_day - timedelta(days=3 + place * 7 % 200) for place in range(stage.size(OPEN_CASES))]
    spells = [Spell(child(day), day, id=stage.new_id("PR")) for day in before]
    for month in months:
        days = stage.days_in(rng, month, stage.size(DECISIONS))
        spells += [Spell(child(day), day, id=stage.new_id("PR")) for day in days]
        _end_pre_proceedings(stage, month, spells)
    court = _to_court(stage, spells)
    _decided_by_court(stage, court, child)
    _write(stage, rng, town, spells, court)


def _write(stage: Stage, rng: Random, town: Town, spells: Sequence[Spell], court: Mapping[Spell, date | None]) -> None:
    letters = dict(stage.steps(rng, "pre_proceedings_letter_5_working_days", spells, start_of, 5, 12))
    ref = FEBRUARY.last_day
    now = [spell for spell in spells if spell.open_on(ref)]
    tracked = set(chosen(rng, now, stage.count("pre_proceedings_next_review_set", FEBRUARY, len(now))))
    for spell in sorted(spells, key=lambda spell: spell.start):
        letter = letters[spell]
        meeting = known_day(stage.after(rng, letter, 3, 15)) if letter else None
        step = days_later(rng, ref, 0, 40) if spell in tracked else rng.choice((None, days_earlier(rng, ref, 3, 60)))
        stage.add(
            "pre_proceedings",
            case_id=spell.id,
            person_id=spell.person,
            family_id=f"F{town.family_of[spell.person].number:05d}",
            decided_on=spell.start,
            letter_on=letter,
            first_meeting_on=meeting,
            next_review_on=step if spell in now else None,
            ended_on=spell.end,
            outcome=("court" if spell in court else "stepped_down") if spell.end else None,
            applied_on=court.get(spell),
            court_ended_on=known_day(spell.notes.get("ordered")),
            team="Safeguarding North",
        )


def _end_pre_proceedings(stage: Stage, month: Month, spells: list[Spell]) -> None:
    """End cases down to OPEN_CASES, of which the planned share began less than sixteen weeks ago."""
    rng = stage.rng(f"pre-proceedings {month}")
    last = month.last_day
    now = [spell for spell in spells if spell.end is None]
    long = [spell for spell in now if spell.start + timedelta(weeks=16) < last]
    number = len(now) - stage.size(OPEN_CASES)
    wanted = stage.size(OPEN_CASES) - stage.count("pre_proceedings_16_weeks", month, stage.size(OPEN_CASES))
    from_long = min(max(0, len(long) - wanted), number, len(long))
    short = [spell for spell in now if spell not in long and spell.start < month.first_day - 20 * DAY]
    for spell in [*chosen(rng, long, from_long), *chosen(rng, short, number - from_long)]:
        spell.end = stage.working_day(rng, max(month.first_day, spell.start + 10 * DAY), last)


def _to_court(stage: Stage, spells: Sequence[Spell]) -> dict[Spell, date | None]:
    """Choose the cases that go to court, one a month, and the days of application."""
    rng = stage.rng("court")
    court: dict[Spell, date | None] = {}
    chosen_by_month: list[Spell] = []
    ended = [spell for spell in spells if spell.end]
    for month, own in by_month(ended, lambda spell: spell.end or LAST_DAY):
        if month >= APRIL:
            chosen_by_month += chosen(rng, own, stage.size(1))
    chosen_by_month.sort(key=lambda spell: spell.end or LAST_DAY)
    ends = [spell.end for spell in chosen_by_month if spell.end]
    number = stage.count("court_applications_10_working_days", FEBRUARY, len(ends))
    sure = [SURE if stage.calendar.add(day, 10) > LAST_DAY or Month.of(day) == APRIL else 1.0 for day in ends]
    for spell, day, soon in zip(chosen_by_month, ends, marks(rng, len(ends), number, sure), strict=True):
        court[spell] = stage.step(rng, day, 10, in_time=soon, most=20)
    return court


def _decided_by_court(stage: Stage, court: dict[Spell, date | None], child: Callable[[date], str]) -> None:
    """Add proceedings whose twenty-six weeks run out since April 2018, ended in time for the planned share."""
    rng = stage.rng("proceedings")
    by_due = dict(by_month([spell for spell in court if court[spell]], lambda spell: as_date(court[spell]) + HALF_YEAR))
    every: list[tuple[Month, Spell | None, date]] = []
    for place, month in enumerate(MONTHS):
        mine = by_due.get(month, [])
        before, after = (
            round(PROCEEDINGS_IN_THE_YEAR * stage.scale * number / len(MONTHS)) for number in (place, place + 1)
        )
        wanted = after - before
        dues = stage.days_in(rng, month, max(0, wanted - len(mine)))
        every += [(month, spell, as_date(court[spell])) for spell in mine]
        every += [(month, None, due - HALF_YEAR) for due in dues]
    in_time = stage.mark_year(rng, "care_proceedings_26_weeks", [month for month, _, _ in every])
    for (_, spell, day), soon in zip(every, in_time, strict=True):
        ordered = known_day(days_later(rng, day, *((110, 178) if soon else (190, 300))))
        if spell is not None:
            spell.notes["ordered"] = ordered
        else:
            # so urgent that nothing went before it
            stage.add(
                "pre_proceedings",
                case_id=stage.new_id("PR"),
                person_id=child(day),
                applied_on=day,
                court_ended_on=ordered,
                team="Safeguarding South",
            )

"""Foster carers: who is approved, who stops, and with whom children live."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from sgkpi.synth.story.choices import chosen
from sgkpi.synth.story.days import MONTHS, days_earlier, known_day, plus_months
from sgkpi.synth.story.placements import Placement
from sgkpi.synth.story.stage import Spell, Stage, as_date
from sgkpi.synth.story.targets import APRIL, FEBRUARY

RECRUITED = (1, 2, 1, 2, 1, 1, 2, 1, 2, 1, 2)
LOST = (1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1)
ENQUIRIES = 2  # a month, of households that go no further
ASSESSED = 14  # whose eight months ran out since April 2018


def foster(stage: Stage, placements: Sequence[Placement]) -> None:
    """Write foster carers, and set the carer of each placement with the council's own carers."""
    rng = stage.rng("foster_carers")
    begin = MONTHS[0].first_day
    number = stage.level("foster_carers_approved", APRIL) - stage.size(RECRUITED[0]) + stage.size(LOST[0])
    # evenly, so that in each half year some were approved
    ago = [30 + 5000 * place // number for place in range(number)]
    carers = [Spell(stage.new_id("FC"), begin - timedelta(days=days)) for days in rng.sample(ago, number)]
    for month, come, go in zip(MONTHS, RECRUITED, LOST, strict=True):
        now = [carer for carer in carers if carer.end is None]
        for carer in chosen(rng, [each for each in now if each.start < begin], stage.size(go)):
            carer.end = stage.days_in(rng, month, 1)[0]
        carers += [Spell(stage.new_id("FC"), day) for day in stage.days_in(rng, month, stage.size(come))]
    _house(stage, carers, placements)
    _write(stage, carers)


def _house(stage: Stage, carers: Sequence[Spell], placements: Sequence[Placement]) -> None:
    """Assign placements to carers: at most three children at once where possible, and none to a fifth of carers."""
    rng = stage.rng("foster places")
    load: Counter[Spell] = Counter()
    leaving: list[tuple[date, Spell]] = []
    used = [carer for carer in carers if carer.end is None][: round(len(carers) * 0.8)]
    own = [each for each in placements if each.own and each.fostered]
    for placement in sorted(own, key=lambda each: (each.start, each.id)):
        for end, carer in [each for each in leaving if each[0] <= placement.start]:
            load[carer] -= 1
            leaving.remove((end, carer))
        may = [carer for carer in used if carer.start <= placement.start and load[carer] < 3] or used[:1]
        carer = min(may, key=lambda each: (load[each], rng.random()))
        carer.start = min(carer.start, placement.start)
        placement.carer = carer.person
        load[carer] += 1
        if placement.end:
            leaving.append((placement.end, carer))


def _write(stage: Stage, carers: Sequence[Spell]) -> None:
    rng = stage.rng("foster carer rows")
    ref = FEBRUARY.last_day
    now = [carer for carer in carers if carer.open_on(ref)]
    fresh = [carer for carer in now if plus_months(carer.start, 12) >= ref]
    old = [carer for carer in now if carer not in fresh]
    in_date = chosen(rng, old, stage.count("foster_carers_reviewed", FEBRUARY, len(now)) - len(fresh))
    for carer in carers:
        reviewed = None
        if carer in old:
            reviewed = days_earlier(rng, ref, *((20, 350) if carer in in_date else (370, 500)))
        connected = carer.start < date(2017, 9, 1) and rng.random() < 0.3  # noqa: PLR2004
        stage.add(
            "foster_carers",
            carer_id=carer.person,
            kind="connected" if connected else "mainstream",
            approved_on=carer.start,
            ended_on=known_day(carer.end),
            reviewed_on=reviewed,
            places=2,
        )
    _apply(stage, rng)


def _apply(stage: Stage, rng: Random) -> None:
    """Add applications whose eight months run out since April 2018, to approved carers if in time."""
    months = [MONTHS[place * len(MONTHS) // ASSESSED] for place in range(ASSESSED) for _ in range(stage.size(1))]
    in_time = stage.mark_year(rng, "foster_assessments_8_months", months)
    free = [row for row in stage.rows["foster_carers"] if row["kind"] == "mainstream" and row["ended_on"] is None]
    for month, soon in zip(months, in_time, strict=True):
        due = stage.days_in(rng, month, 1)[0]
        applied = plus_months(due, -8)
        first = applied + timedelta(days=30)
        fits = [row for row in free if first <= as_date(row["approved_on"]) <= due]
        if fits and soon:
            row = min(fits, key=lambda row: as_date(row["approved_on"]))  # later applications can have the others
            free.remove(row)
            row["applied_on"], row["enquired_on"] = applied, days_earlier(rng, applied, 20, 90)
        else:
            enquired = applied - timedelta(days=40)
            new = stage.new_id("FC")
            stage.add("foster_carers", carer_id=new, kind="mainstream", enquired_on=enquired, applied_on=applied)
    rng = stage.rng("foster enquiries")
    for month in MONTHS:
        for day in stage.days_in(rng, month, stage.size(ENQUIRIES)):
            stage.add("foster_carers", carer_id=stage.new_id("FC"), kind="mainstream", enquired_on=day)

"""Health and education of children in care: checks, questionnaires, personal education plans, exclusions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from operator import itemgetter
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.choices import by_month, chosen
from sgkpi.synth.story.days import ALL_MONTHS, DAY, MONTHS, NEVER, days_earlier, plus_months
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Spell, Stage
from sgkpi.synth.story.steer import Held, Rule, first_steps, happened, keep_up
from sgkpi.synth.story.targets import FEBRUARY

BEGIN = ALL_MONTHS[0].first_day
# Exclusions of each month of the story, and of a month of the year before; none in August.
EXCLUSIONS = dict(zip(MONTHS, (5, 6, 7, 7, 0, 6, 8, 7, 6, 7, 7), strict=True))
EXCLUSIONS_BEFORE = 4
SCHOOLS = (
    "Avon Vale School",
    "Cotswold Edge Academy",
    "Severn View School",
    "Yate Road Academy",
    "Hollow Tree College",
)
AUGUST = 8
YEAR_11, OCTOBER = "year_11_pathway_discussed", Month(2018, 10)
MOVED_TO_JULY = 0.9  # of the meetings that would fall into August


def wellbeing(stage: Stage, town: Town, care: InCare) -> None:
    """Write the tables of health and education of children in care."""
    _health(stage, town, care)
    dental = _yearly(town, range(1, 18))
    checks = _steered(stage, "dental", "dental_checks_in_date", care, dental, defaultdict(list), lambda _: 365)
    _add_checks(stage, "dental", checks)
    _questionnaires(stage, town, care)
    _education_plans(stage, town, care)
    _exclusions(stage, town, care)


def _for_a_year(spell: Spell, day: date) -> bool:
    return plus_months(spell.start, 12) <= day


def _steered(
    stage: Stage, name: str, indicator: str, care: InCare, rule: Rule, held: Held, interval: Callable[[Spell], int]
) -> Held:
    """Add recurring events of children in care to `held`; all had one before BEGIN.

    It is so long before that the planned share had it in the last `interval` days.
    """
    rng = stage.rng(name)
    for spell in care.spells:
        if spell.open_on(BEGIN):
            longest = round(interval(spell) / stage.share(indicator, ALL_MONTHS[0]))
            held[spell].insert(0, max(spell.start + DAY, days_earlier(rng, BEGIN, 1, longest)))
    keep_up(stage, rng, care.spells, indicator, rule, months=ALL_MONTHS, held=held)
    return held


def _first(stage: Stage, name: str, indicator: str, spells: Sequence[Spell], limit: int, most: int) -> Held:
    """Return the first event of each period of care since the months begin."""
    new = [spell for spell in spells if spell.start >= BEGIN]
    return first_steps(stage, stage.rng(name), new, indicator, limit, most)


def _add_checks(stage: Stage, kind: str, held: Held) -> None:
    known = [(spell, day) for spell, days in held.items() for day in days if day <= LAST_DAY]
    for spell, day in known:
        check = stage.new_id("HC")
        stage.add("health_checks", check_id=check, person_id=spell.person, kind=kind, done_on=day, status="completed")


def _health(stage: Stage, town: Town, care: InCare) -> None:
    held = _first(stage, "initial health", "initial_health_20_working_days", care.spells, 20, 38)

    def months(spell: Spell, day: date) -> int:
        return 6 if town.age(spell.person, day) < 5 else 12

    rule = Rule(
        next=lambda spell, last: plus_months(last, months(spell, last)),
        grace=lambda spell: stage.calendar.add(spell.start, 20),
    )
    name, indicator = "health", "health_assessments_in_date"
    _steered(stage, name, indicator, care, rule, held, lambda spell: 30 * months(spell, BEGIN))
    _add_checks(stage, "health", held)


def _yearly(town: Town, ages: range) -> Rule:
    """Return the rule for what is due every year for children of certain ages who have been in care for a year."""
    return Rule(
        next=lambda _, last: plus_months(last, 12),
        among=lambda spell, day: _for_a_year(spell, day) and town.age(spell.person, day) in ages,
    )


def _questionnaires(stage: Stage, town: Town, care: InCare) -> None:
    rule = _yearly(town, range(4, 17))
    held = _steered(stage, "sdq", "sdq_in_date", care, rule, defaultdict(list), lambda _: 365)
    rng = stage.rng("sdq scores")
    every = [(day, spell.person) for day, spell in happened(held) if town.age(spell.person, day) >= 3]
    for month, own in by_month(every, itemgetter(0)):
        total = round(stage.value("sdq_score", month) * len(own))
        for left, (day, person) in zip(range(len(own), 0, -1), own, strict=True):
            score = min(40, max(0, total)) if left == 1 else min(34, max(1, round(rng.gauss(total / left, 5))))
            score = min(score, max(0, total - (left - 1)))
            total -= score
            stage.add("sdq", sdq_id=stage.new_id("SQ"), person_id=person, completed_on=day, score=score)


def _year_group(town: Town, child: str, day: date) -> int:
    """Return a child's year group, from -1 to 13, by the age on 31 August before; reception is 0."""
    school_year = day.year if day.month >= 9 else day.year - 1
    return min(13, max(-1, town.age(child, date(school_year, 8, 31)) - 4))


def _education_plans(stage: Stage, town: Town, care: InCare) -> None:
    at_school = [spell for spell in care.spells if town.age(spell.person, spell.start) in range(4, 18)]
    held = _first(stage, "first peps", "first_peps_20_working_days", at_school, 20, 36)
    rule = Rule(
        next=lambda _, last: plus_months(last, 4),
        grace=lambda spell: stage.calendar.add(spell.start, 20),
        among=lambda spell, day: town.age(spell.person, day) in range(4, 18),
        likely=lambda spell: 0.5 if town.age(spell.person, LAST_DAY) >= 16 else 1.0,
    )
    held = _steered(stage, "peps", "peps_in_date", care, rule, held, lambda _: 122)
    rng = stage.rng("pep rows")
    every = []
    for spell, days in held.items():
        for day in days:
            july = day.replace(month=7)
            early = july if day.month == AUGUST and rng.random() < MOVED_TO_JULY and spell.start < july else day
            if early <= LAST_DAY and town.age(spell.person, early) >= 3:
                every.append((early, spell))
    every.sort(key=lambda each: (each[0], each[1].person))
    _write_education_plans(stage, rng, town, every)


def _look_beyond_year_11(stage: Stage, rng: Random, town: Town, every: Sequence[tuple[date, Spell]]) -> dict[str, date]:
    """Return the children whose plans of year 11 look beyond it, and from when: the planned shares of two months."""
    of_year_11: dict[str, list[date]] = defaultdict(list)
    counted: dict[Month, list[str]] = {}
    for day, spell in every:
        if _year_group(town, spell.person, day) == 11:
            of_year_11[spell.person].append(day)
    for month in (OCTOBER, FEBRUARY):
        last = month.last_day
        latest = {spell.person: _year_group(town, spell.person, day) for day, spell in every if day <= last}
        here = {spell.person for _, spell in every if spell.open_on(last)}
        counted[month] = [
            child for child in of_year_11 if child in here and latest.get(child) == 11 and town.age(child, last) <= 16
        ]
    autumn = chosen(rng, counted[OCTOBER], stage.count(YEAR_11, OCTOBER, len(counted[OCTOBER])))
    rest = [child for child in of_year_11 if child not in counted[OCTOBER] and child not in counted[FEBRUARY]]
    planned = [*autumn, *chosen(rng, rest, stage.count(YEAR_11, OCTOBER, len(rest)))]
    begun = {child: of_year_11[child][0] for child in planned}
    now = counted[FEBRUARY]
    number = stage.count(YEAR_11, FEBRUARY, len(now)) - sum(child in begun for child in now)
    since = OCTOBER.last_day
    later = {child: [day for day in of_year_11[child] if since < day <= FEBRUARY.last_day] for child in now}
    may = [child for child in now if later[child] and child not in begun]
    return begun | {child: later[child][0] for child in chosen(rng, may, number)}


def _write_education_plans(stage: Stage, rng: Random, town: Town, every: Sequence[tuple[date, Spell]]) -> None:
    planned = _look_beyond_year_11(stage, rng, town, every)
    for month, own in by_month(every, itemgetter(0)):
        years = [_year_group(town, spell.person, day) for day, spell in own]
        late = [0.4 if year > 11 else 1.0 for year in years]
        attained = stage.mark(rng, "peps_attainment_recorded", month, len(own), late)
        good = stage.mark(rng, "peps_good", month, len(own), late)
        for (day, spell), year, recorded, is_good in zip(own, years, attained, good, strict=True):
            phase = "early_years" if year < 1 else "primary" if year < 7 else "secondary" if year < 12 else "post_16"
            stage.add(
                "peps",
                pep_id=stage.new_id("PE"),
                person_id=spell.person,
                held_on=day,
                year_group=max(0, year),
                attainment_recorded=recorded or rng.choice((False, None)),
                pathway_discussed=(day >= planned.get(spell.person, NEVER)) if year == 11 else None,
                quality="good" if is_good else rng.choice(("needs_work", "needs_work", "poor")),
                phase=phase,
            )


def _exclusions(stage: Stage, town: Town, care: InCare) -> None:
    """Write exclusions: EXCLUSIONS of each month, of the planned share of children in a year."""
    rng = stage.rng("exclusions")
    excluded: dict[Spell, list[date]] = defaultdict(list)
    for month in ALL_MONTHS:
        last = month.last_day
        number = stage.size(EXCLUSIONS.get(month, 0 if month.month == AUGUST else EXCLUSIONS_BEFORE))
        here = [spell for spell in care.spells if spell.open_on(last) and spell.start < month.first_day]
        here = [spell for spell in here if town.age(spell.person, last) in range(5, 17)]
        long = [spell for spell in here if _for_a_year(spell, last)]
        counted = [spell for spell in long if any(day > plus_months(last, -12) for day in excluded[spell])]
        wanted = stage.count("children_in_care_excluded", month, len(long)) - len(counted)
        older = [spell for spell in long if spell not in counted]
        likely = {spell: 1e-3 + max(0, town.age(spell.person, last) - 8) for spell in older}
        fresh = chosen(rng, older, min(number, wanted), likely.__getitem__)
        others = counted + fresh or [spell for spell in here if spell not in long]
        pupils = [*fresh, *(rng.choice(others) for _ in range(number - len(fresh)) if others)]
        days = stage.days_in(rng, month, len(pupils))
        total = round(stage.value("exclusion_days_lost", month) * len(pupils) * 2)
        for left, (spell, day) in zip(range(len(pupils), 0, -1), zip(pupils, days, strict=True), strict=True):
            halves = total if left == 1 else min(10, max(1, round(rng.gauss(total / left, 1.5))), total - left + 1)
            total -= halves
            excluded[spell].append(day)
            stage.add(
                "exclusions",
                exclusion_id=stage.new_id("EX"),
                person_id=spell.person,
                started_on=day,
                kind="fixed_term",
                days=halves / 2,
                school=SCHOOLS[Counter(spell.person)["0"] % len(SCHOOLS)],
            )

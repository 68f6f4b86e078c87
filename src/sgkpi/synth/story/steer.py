"""Events that recur in spells, so that exactly the planned share of spells is in date at each month's end.

Month by month, the spells that would lapse are counted. As many as planned stay out of date, and all others
get an event in the month. Events of earlier months never change.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY
from sgkpi.synth.story.choices import SURE, chosen
from sgkpi.synth.story.days import DAY, days_earlier
from sgkpi.synth.story.stage import Spell, Stage, start_of

Held = dict[Spell, list[date]]  # the days of the events of each spell


def leaving_first(spell: Spell) -> float:
    """Return the weight of a spell where an event counts for good: greater for those that end.

    So the share does not rise above the planned one when they do.
    """
    return SURE if spell.end else 1.0


@dataclass(frozen=True)
class Rule:
    """A rule for being in date: until `next` after an event on a day, and until `first` before there is one.

    Without `first`, a spell is out of date from its beginning.
    A spell without an event is judged after its `grace` day, and any spell only if `among` is true of it.
    `likely` is a spell's weight when those kept in date are chosen. `every` is the usual number of days between
    two events, if a month has more than one.
    """

    next: Callable[[Spell, date], date]
    first: Callable[[Spell], date] = lambda spell: spell.start - DAY
    grace: Callable[[Spell], date] | None = None
    among: Callable[[Spell, date], bool] | None = None
    likely: Callable[[Spell], float] | None = None
    every: int | None = None

    def due(self, spell: Spell, days: Sequence[date]) -> date:
        """Return the last day in date after the events so far."""
        return self.next(spell, days[-1]) if days else self.first(spell)


def keep_up(
    stage: Stage,
    rng: Random,
    spells: Iterable[Spell],
    indicator: str,
    rule: Rule,
    *,
    months: Sequence[Month],
    held: Held,
) -> None:
    """Add events to `held`, month by month; those of later months that it has already are kept."""
    everyone = list(spells)
    for month in months:
        first, last = month.first_day, month.last_day
        lapsed: list[Spell] = []
        fine: list[Spell] = []
        for spell in everyone:
            if not spell.open_on(last) or (rule.among and not rule.among(spell, last)):
                continue
            days = [day for day in held[spell] if day <= last]
            if days or not rule.grace or last > rule.grace(spell):
                (lapsed if rule.due(spell, days) < last else fine).append(spell)
        judged = len(lapsed) + len(fine)
        out = judged - stage.count(indicator, month, judged)

        def likely(spell: Spell, last: date = last) -> float:
            planned = held[spell][-1:] > [last]  # its first event is planned for a later month
            return 1e-6 if planned else rule.likely(spell) if rule.likely else 1.0

        again = chosen(rng, lapsed, len(lapsed) - out, likely)
        for spell in again:
            held[spell].append(_day(stage, rng, spell, held[spell], rule, first, last))
            held[spell].sort()
        if rule.every:
            for spell in [*fine, *again]:
                _fill(stage, rng, spell, held[spell], rule.every, first)


def first_steps(stage: Stage, rng: Random, spells: Iterable[Spell], indicator: str, limit: int, most: int) -> Held:
    """Return the first event of each spell, within `limit` working days of its start for the planned share."""
    held: Held = defaultdict(list)
    for spell, day in stage.steps(rng, indicator, spells, start_of, limit, most):
        if day and (spell.end is None or day < spell.end):
            held[spell].append(max(day, spell.start + DAY))
    return held


def earlier_steps(rng: Random, spells: Iterable[Spell], begin: date, days: int, held: Held) -> Held:
    """Add an event to each spell that was open on `begin`, at most `days` days before."""
    for spell in spells:
        if spell.open_on(begin):
            held[spell].append(max(spell.start + DAY, days_earlier(rng, begin, 1, days)))
    return held


def happened(held: Mapping[Spell, Sequence[date]]) -> list[tuple[date, Spell]]:
    """Return the events up to the extract's last day, in order."""
    events = [(day, spell) for spell, days in held.items() for day in days if day <= LAST_DAY]
    return sorted(events, key=lambda event: (event[0], event[1].person))


def _day(stage: Stage, rng: Random, spell: Spell, held: Sequence[date], rule: Rule, first: date, last: date) -> date:
    """Return a day in the month that keeps a spell in date to the month's end, if possible before the event is due."""
    before = [day for day in held if day <= last]
    earliest = min(last, max(first, spell.start + DAY, before[-1] + DAY if before else first))
    if not before and rule.grace:  # it was late already
        earliest = min(last, max(earliest, rule.grace(spell) + DAY))
    due = rule.due(spell, before)
    latest = min(last, due) if due >= earliest else last
    for _ in range(8):
        day = stage.working_day(rng, earliest, latest)
        if rule.due(spell, [*before, day]) >= last:
            return day
    return stage.working_day(rng, max(earliest, last - timedelta(days=4)), last)


def _fill(stage: Stage, rng: Random, spell: Spell, held: list[date], every: int, first: date) -> None:
    """Add events back to the beginning of the month, at the usual intervals."""
    own = [day for day in held if day >= first]
    if not own:
        return
    earlier = [day for day in held if day < first]
    begin = max(first, spell.start, (earlier[-1] if earlier else first) + timedelta(days=every // 2))
    day = days_earlier(rng, own[0], every - 3, every + 3)
    while day >= begin:
        if stage.calendar.is_working_day(day):
            held.append(day)
        day -= timedelta(days=rng.randint(every - 3, every + 3))
    held.sort()

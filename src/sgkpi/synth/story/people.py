"""The children and families of the extract: those of the sample, with more families."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import scaled
from sgkpi.synth.people import CHILDREN, People, family_rows, runaway_rows
from sgkpi.synth.story.stage import Cells, Stage

FAMILIES = 3000
BIRTHS = 195  # until September 2017


@dataclass(eq=False)
class Family:
    """A family: the identifiers of its children, the eldest first."""

    number: int
    children: tuple[str, ...]


class Town:
    """All children, by identifier, and their families."""

    def __init__(self, stage: Stage, leavers: int) -> None:
        people = People.at(stage.scale, leavers)
        self.people = People(people.runaways, leavers, scaled(FAMILIES, stage.scale))
        rng = stage.rng("children")
        rows = [*runaway_rows(rng, self.people), *family_rows(rng, self.people, births=BIRTHS)]
        self.rows: dict[str, Cells] = {row[0]: dict(zip(CHILDREN, row, strict=True)) for row in rows}
        texts = {child: str(row["birth_month"]) for child, row in self.rows.items()}
        self._born = {child: Month.parse(text).index for child, text in texts.items() if text[:1].isdigit()}
        self.families = [Family(number, self.people.family(number)) for number in range(self.people.families)]
        self.family_of = {child: family for family in self.families for child in family.children}

    def age(self, child: str, day: date) -> int:
        """Return a child's age in whole years on a day, by months as indicators count it; negative before birth."""
        return self.months_old(child, day) // 12

    def months_old(self, child: str, day: date) -> int:
        """Return a child's age in months on a day; negative before birth, or if it is not known."""
        born = self._born.get(child)
        return -1 if born is None else day.year * 12 + day.month - 1 - born

    def born(self, child: str) -> date:
        """Return the first day of the month in which a child was born, or of the calendar if that is not known."""
        born = self._born.get(child)
        return date.min if born is None else Month(born // 12, born % 12 + 1).first_day

    def some_family(self, rng: Random) -> Family:
        return self.families[rng.randrange(1, len(self.families))]

    def some_child(self, rng: Random, day: date, ages: range = range(18), but: Container[str] = ()) -> str:
        """Return a random child of one of `ages` on a day, not in `but`; of any age if none is found."""
        for _ in range(2000):
            child = rng.choice(self.some_family(rng).children)
            if child not in but and self.age(child, day) in ages:
                return child
        others = [child for child in self.rows if child not in but]
        return rng.choice([child for child in others if self.age(child, day) in range(18)] or others or list(self.rows))

    def new_child(self, rng: Random, day: date, ages: range, used: set[str]) -> str:
        """Return a random child who is not in `used`, and add it to them."""
        child = self.some_child(rng, day, ages, used)
        used.add(child)
        return child

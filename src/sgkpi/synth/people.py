"""The people in the extract: young people who go missing, care leavers, and families with children.

People are numbered, and all that ties them together follows from the numbers: nobody is held in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import pick, scaled

Row = tuple[str, ...]
CHILDREN = ("person_id", "birth_month", "gender", "ethnicity", "disabled", "locality")

RUNAWAYS = 110
FAMILIES = 2000
# How many children the first, second, … of every ten families have.
FAMILY_SIZES = (1, 2, 1, 3, 1, 2, 1, 1, 4, 2)
CHILDREN_IN_TEN = sum(FAMILY_SIZES)

GENDERS = {"male": 51, "female": 47, "neither": 1, "not_stated": 1}
ETHNICITIES = {
    "white_british": 820,
    "white_other": 35,
    "white_and_black_caribbean": 30,
    "mixed_other": 15,
    "african": 15,
    "indian": 10,
    "asian_other": 10,
    "caribbean": 10,
    "gypsy_roma": 5,
    "any_other_group": 10,
    "refused": 10,
    "not_yet_obtained": 30,
}
LOCALITIES = {"North": 30, "East": 25, "South": 30, "Central": 15}
DISABLED_IN_100 = 11


@dataclass(frozen=True)
class People:
    """The number of people of each group; their identifiers are consecutive."""

    runaways: int
    leavers: int
    families: int

    @classmethod
    def at(cls, scale: float, leavers: int) -> "People":
        """Return the people of an extract with this number of care leavers."""
        return cls(scaled(RUNAWAYS, scale), leavers, scaled(FAMILIES, scale))

    def runaway(self, number: int) -> str:
        return _person(number)

    def leaver(self, number: int) -> str:
        return _person(self.runaways + number)

    def family(self, number: int) -> tuple[str, ...]:
        """Return the identifiers of a family's children."""
        tens, place = divmod(number, len(FAMILY_SIZES))
        first = self.runaways + self.leavers + tens * CHILDREN_IN_TEN + sum(FAMILY_SIZES[:place])
        return tuple(_person(first + child) for child in range(FAMILY_SIZES[place]))


def runaway_rows(rng: Random, people: People) -> Iterator[Row]:
    """Yield the rows of `children` for those who go missing, who are between 12 and 17."""
    for number in range(people.runaways):
        birth = Month(2001, 4).plus(rng.randint(0, 68))
        yield child_row(rng, people.runaway(number), birth, pick(rng, ETHNICITIES), pick(rng, LOCALITIES))


def family_rows(rng: Random, people: People, *, births: int = 150) -> Iterator[Row]:
    """Yield the rows of `children` for families; siblings live together.

    The eldest children were born within `births` months from June 2001.
    """
    for number in range(people.families):
        ethnicity, locality = pick(rng, ETHNICITIES), pick(rng, LOCALITIES)
        birth = Month(2001, 6).plus(rng.randint(0, births))
        for child in people.family(number):
            yield child_row(rng, child, birth, ethnicity, locality, unreadable=number == 0)
            birth = birth.plus(rng.randint(11, 48))


def child_row(
    rng: Random, person: str, birth: Month, ethnicity: str, locality: str, *, unreadable: bool = False
) -> Row:
    """Return a row of `children`; nobody is born after the last day."""
    born = min(birth, Month.of(date(2019, 2, 1)))
    disabled = "yes" if rng.randrange(100) < DISABLED_IN_100 else "no"
    month = "tbc" if unreadable else str(born)  # of a child whose month of birth is not known yet
    return person, month, pick(rng, GENDERS), ethnicity, disabled, locality


def _person(number: int) -> str:
    return f"P{number + 1:06d}"

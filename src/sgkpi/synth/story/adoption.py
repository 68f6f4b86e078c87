"""Adoption: children who are adopted, and families who want to adopt."""

from datetime import date, timedelta

from sgkpi.model.periods import Month
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.choices import chosen, marks
from sgkpi.synth.story.days import MONTHS, known_day, plus_months
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Cells, Spell, Stage, as_date
from sgkpi.synth.story.targets import APRIL, FEBRUARY

# Months in which a child moved in with adopters: eight in the twelve months to April 2018, and to February 2019.
PLACED = [
    "2017-05",
    "2017-07",
    "2017-08",
    "2017-10",
    "2017-11",
    "2018-01",
    "2018-03",
    "2018-04",
    "2018-06",
    "2018-07",
    "2018-09",
    "2018-10",
    "2018-12",
    "2019-02",
]
IN_A_YEAR = 8
CEREMONIES = [
    "2017-05",
    "2017-07",
    "2017-09",
    "2017-11",
    "2018-01",
    "2018-02",
    "2018-03",
    "2018-05",
    "2018-07",
    "2018-09",
    "2018-11",
    "2018-12",
    "2019-01",
]


class Adoptions:
    """Children who are adopted: each has its place in the story's averages of twelve months."""

    def __init__(self, stage: Stage, town: Town, care: InCare) -> None:
        self.stage = stage
        self.rng = stage.rng("adoption")
        self.moves: dict[Spell, date] = {}
        self.rows: list[Cells] = []
        days = self._days("adoption_entry_to_placement_days", 25)
        matching = self._days("adoption_order_to_match_days", 20)
        free = [spell for spell in care.spells if town.age(spell.person, spell.start) < 6]
        for text, entry, order in zip(PLACED, days, matching, strict=True):
            month = Month.parse(text)
            for _ in range(stage.size(1)):
                self._add(town, month, entry, order, free)
        self._celebrate()

    def _days(self, indicator: str, spread: int) -> list[int]:
        """Return numbers for each of the months, whose averages are the story's then and now."""
        early, late = (self.stage.value(indicator, month) for month in (APRIL, FEBRUARY))
        both = sum(Month(2018, 3) <= Month.parse(text) <= APRIL for text in PLACED)
        middle = round((early + late) / 2)
        each = []
        for value, place in ((early, 0), (late, 1)):
            total = round(value * IN_A_YEAR) - both * middle
            number = IN_A_YEAR - both
            noise = [spread if index % 2 else -spread for index in range(number)]
            base = [total // number + (index < total % number) + noise[index] for index in range(number)]
            each += base + ([middle] * both if place == 0 else [])
        return each

    def _add(self, town: Town, month: Month, entry: int, order: int, free: list[Spell]) -> None:
        """Place a child with adopters: if there is one, somebody who came into care so many days before."""
        first, last = month.first_day + timedelta(days=19), month.last_day
        fits = [spell for spell in free if first <= spell.start + timedelta(days=entry) <= last]
        fits = [spell for spell in fits if spell.end is None or spell.end > spell.start + timedelta(days=entry + 10)]
        if fits:
            spell = self.rng.choice(fits)
            free.remove(spell)
            child, placed = spell.person, spell.start + timedelta(days=entry)
            self.moves[spell] = placed
        else:
            child, placed = (
                town.some_child(self.rng, first - timedelta(days=entry), range(4)),
                self.stage.working_day(self.rng, first, last),
            )
        matched = month.first_day + timedelta(days=self.rng.randint(2, 14))
        ordered = matched - timedelta(days=order)
        self.rows.append(
            {
                "case_id": self.stage.new_id("AD"),
                "person_id": child,
                "entered_care_on": placed - timedelta(days=entry),
                "decided_on": ordered - timedelta(days=self.rng.randint(20, 50)),
                "order_on": ordered,
                "matched_on": matched,
                "placed_on": placed,
                "adopted_on": known_day(placed + timedelta(days=self.rng.randint(130, 220))),
                "reversed_on": None,
                "early_placed_on": None,
            }
        )

    def _celebrate(self) -> None:
        """Celebrate the adoptions of children who moved in before, and give them book and letter in time, or not."""
        stage, rng = self.stage, self.rng
        months = [Month.parse(text) for text in CEREMONIES for _ in range(stage.size(1))]
        days = [stage.days_in(rng, month, 1)[0] for month in months]
        rows: list[Cells] = list(self.rows)
        while len(rows) < len(days) + stage.size(3):
            rows.insert(0, self._earlier(rows[0]))
        self.rows = rows
        last_year = [place for place, month in enumerate(months) if Month(2018, 3) <= month]
        for column, indicator in (
            ("life_story_book_on", "life_story_books_10_working_days"),
            ("later_life_letter_on", "later_life_letters_10_working_days"),
        ):
            first = marks(rng, len(days) - len(last_year), stage.count(indicator, APRIL, len(days) - len(last_year)))
            second = [
                True,
                *marks(rng, len(last_year) - 1, stage.count(indicator, FEBRUARY, len(last_year)) - 1),
            ]
            for row, day, soon in zip(rows, days, [*first, *second], strict=False):
                row["ceremony_on"] = day
                row["adopted_on"] = day - timedelta(days=rng.randint(1, 6))
                row[column] = known_day(stage.after(rng, day, 0, 10) if soon else stage.after(rng, day, 13, 40))

    def _earlier(self, row: Cells) -> Cells:
        back = timedelta(days=self.rng.randint(40, 90))
        moved = {name: cell - back if isinstance(cell, date) else cell for name, cell in row.items()}
        placed = moved["placed_on"]
        if isinstance(placed, date) and placed >= date(2017, 4, 1):
            moved = {
                name: cell - timedelta(days=150) if isinstance(cell, date) else cell for name, cell in moved.items()
            }
        return {**moved, "case_id": self.stage.new_id("AD")}

    def write(self) -> None:
        for row in self.rows:
            self.stage.add("adoption", **row)


STAGE_1, STAGE_2 = 12, 11  # families whose time for a stage ran out since April 2018


def write_adopters(stage: Stage) -> None:
    """Write families who want to adopt: a queue that is approved and matched, and two stages in time or not."""
    rng = stage.rng("adopters")
    months = [MONTHS[place * len(MONTHS) // STAGE_1] for place in range(STAGE_1) for _ in range(stage.size(1))]
    one = marks(
        rng,
        len(months) - stage.size(1),
        stage.count("adopters_stage_1_2_months", FEBRUARY, len(months)) - stage.size(1),
    )
    second = [month for month in months if month < FEBRUARY][: stage.size(STAGE_2)]
    two = marks(
        rng,
        len(second) - stage.size(1),
        stage.count("adopters_stage_2_4_months", FEBRUARY, len(second)) - stage.size(1),
    )
    one, two = [True] * stage.size(1) + one, [True] * stage.size(1) + two
    waiting: list[Cells] = []
    families: list[Cells] = []
    for place, month in enumerate(months):
        due = stage.days_in(rng, month, 1)[0]
        begin = plus_months(due, -2)
        ended = (
            begin + timedelta(days=rng.randint(40, 55))
            if one[place]
            else known_day(due + timedelta(days=rng.randint(8, 40)))
        )
        families.append(
            {
                "family_id": stage.new_id("AF"),
                "enquired_on": begin - timedelta(days=rng.randint(20, 90)),
                "stage_1_from": begin,
                "stage_1_to": ended,
            }
        )
    for place, month in enumerate(second):
        due = stage.days_in(rng, month, 1)[0]
        begin = plus_months(due, -4)
        ended = (
            begin + timedelta(days=rng.randint(80, 110))
            if two[place]
            else known_day(due + timedelta(days=rng.randint(8, 40)))
        )
        # the first stage ended before the story begins, for some a while before the second
        early = min(begin - timedelta(days=75), MONTHS[0].first_day - timedelta(days=rng.randint(65, 160)))
        row: Cells = {
            "family_id": stage.new_id("AF"),
            "enquired_on": early - timedelta(days=75),
            "stage_1_from": early,
            "stage_1_to": early + timedelta(days=50),
            "stage_2_from": begin,
            "stage_2_to": ended,
            "approved_on": ended,
        }
        families.append(row)
        if ended:
            waiting.append(row)
    begin = MONTHS[0].first_day
    for _ in range(stage.level("adopters_waiting", APRIL) + stage.size(2)):
        approved = begin - timedelta(days=rng.randint(15, 400))
        row = {
            "family_id": stage.new_id("AF"),
            "enquired_on": approved - timedelta(days=300),
            "stage_1_from": approved - timedelta(days=240),
            "stage_1_to": approved - timedelta(days=190),
            "stage_2_from": approved - timedelta(days=130),
            "stage_2_to": approved,
            "approved_on": approved,
        }
        families.append(row)
        waiting.append(row)
    for month in MONTHS:
        now = [
            row
            for row in waiting
            if not row.get("matched_on") and str(row["approved_on"]) <= month.last_day.isoformat()
        ]
        for row in chosen(rng, now, len(now) - stage.level("adopters_waiting", month)):
            day = stage.working_day(rng, max(month.first_day, as_date(row["approved_on"])), month.last_day)
            row["matched_on"], row["placed_on"] = day, known_day(day + timedelta(days=rng.randint(12, 40)))
    for row in families:
        stage.add("adopters", **row)

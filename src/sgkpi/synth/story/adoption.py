"""Adoption: children who are adopted, and families who want to adopt."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.story.care import InCare
from sgkpi.synth.story.choices import chosen, marks
from sgkpi.synth.story.days import MONTHS, days_earlier, days_later, known_day, months_in, plus_months
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Cells, Stage, as_date
from sgkpi.synth.story.targets import APRIL, FEBRUARY

BEFORE = months_in("2017-01 2017-02")  # in which others moved in, who were adopted later
# Months in which a child moved in with adopters: eight in the twelve months to April 2018, and to February 2019.
PLACED = months_in(
    "2017-05 2017-07 2017-08 2017-10 2017-11 2018-01 2018-03 2018-04 2018-06 2018-07 2018-09 2018-10 2018-12 2019-02"
)
IN_A_YEAR = 8
# Months in which adoption was decided for children who wait for a family; whoever moved in was decided on before them.
DECIDED = months_in("2018-08 2018-09 2018-10 2018-11 2018-12 2019-01 2019-02")
YOUNG = 5
CEREMONIES = months_in(
    "2017-05 2017-07 2017-09 2017-11 2018-01 2018-02 2018-03 2018-05 2018-07 2018-09 2018-11 2018-12 2019-01"
)


class Adoptions:
    """Adoptions, of children whom `InCare` chooses; the averages of twelve months are planned in April and February."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.rng = stage.rng("adoption")
        self.rows: list[Cells] = []
        days = self._days("adoption_entry_to_placement_days", 25)
        matching = self._days("adoption_order_to_match_days", 20)
        early = [(month, days[0], matching[0]) for month in BEFORE]
        for month, entry, order in [*early, *zip(PLACED, days, matching, strict=True)]:
            for _ in range(stage.size(1)):
                self._add(month, entry, order)
        self._celebrate()
        self.rows = self.rows[:: max(1, round(1 / stage.scale))]  # a small extract has fewer
        stage.rows["adoption"] = self.rows

    def _days(self, indicator: str, spread: int) -> list[int]:
        """Return a number of days for each of PLACED, whose averages are the planned ones in April and in February."""
        if self.stage.scale < 1:  # some are left out
            spread = 0
        early, late = (self.stage.value(indicator, month) for month in (APRIL, FEBRUARY))
        both = sum(Month(2018, 3) <= month <= APRIL for month in PLACED)  # are in both years
        middle = round((early + late) / 2)
        others = IN_A_YEAR - both

        def around(average: float) -> list[int]:
            base, rest = divmod(round(average * IN_A_YEAR) - both * middle, others)
            return [base + (place < rest) + (spread if place % 2 else -spread) for place in range(others)]

        return [*around(early), *[middle] * both, *around(late)]

    def _add(self, month: Month, entry: int, order: int) -> None:
        """Place a child with adopters `entry` days after it came into care."""
        placed = self.stage.working_day(self.rng, month.first_day + timedelta(days=19), month.last_day)
        matched = days_later(self.rng, month.first_day, 2, 14)
        ordered = matched - timedelta(days=order)
        self.rows.append(
            {
                "case_id": self.stage.new_id("AD"),
                "entered_care_on": placed - timedelta(days=entry),
                "decided_on": days_earlier(self.rng, ordered, 20, 50),
                "order_on": ordered,
                "matched_on": matched,
                "placed_on": placed,
            }
        )

    def _celebrate(self) -> None:
        """Add ceremonies of those adopted, and the books and letters that follow in time for the planned share."""
        stage, rng = self.stage, self.rng
        months = [month for month in CEREMONIES for _ in range(stage.size(1))]
        days = [stage.days_in(rng, month, 1)[0] for month in months]
        recent = sum(month >= Month(2018, 3) for month in months)
        before = len(months) - recent
        for column, indicator in (
            ("life_story_book_on", "life_story_books_10_working_days"),
            ("later_life_letter_on", "later_life_letters_10_working_days"),
        ):
            in_time = marks(rng, before, stage.count(indicator, APRIL, before))
            in_time += [True, *marks(rng, recent - 1, stage.count(indicator, FEBRUARY, recent) - 1)]
            for row, day, soon in zip(self.rows, days, in_time, strict=False):
                row["ceremony_on"] = day
                row["adopted_on"] = days_earlier(rng, day, 1, 6)
                row[column] = known_day(stage.after(rng, day, 0, 10) if soon else stage.after(rng, day, 13, 40))


def decide_lately(stage: Stage, town: Town, care: InCare) -> None:
    """Add children for whom adoption was decided lately; every other one lives with foster carers who may adopt it."""
    rng = stage.rng("adoption decisions")
    months = DECIDED[:: max(1, round(1 / stage.scale))]
    chances = cycle((True, False))
    for month in months:
        chosen_before = {row["person_id"] for row in stage.rows["adoption"]}
        begin = month.first_day
        small = [spell for spell in care.spells if spell.end is None and town.age(spell.person, begin) < YOUNG]
        may = [each for each in small if each.start < begin - timedelta(days=60) and each.person not in chosen_before]
        for spell in chosen(rng, may, stage.size(1)):
            decided = stage.days_in(rng, month, 1)[0]
            stage.add(
                "adoption",
                case_id=stage.new_id("AD"),
                person_id=spell.person,
                entered_care_on=spell.start,
                decided_on=decided,
                early_placed_on=days_earlier(rng, decided, 10, 30) if next(chances) else None,
            )


ENQUIRED = months_in("2018-10 2018-11 2018-12 2019-01 2019-02")  # in which others enquired who have not begun yet
STAGE_1, STAGE_2 = 12, 11  # families whose time for a stage ran out since April 2018


def write_adopters(stage: Stage) -> None:
    """Write families who want to adopt, by the stage that they have reached."""
    rng = stage.rng("adopters")
    months = [MONTHS[place * len(MONTHS) // STAGE_1] for place in range(STAGE_1) for _ in range(stage.size(1))]
    second = [month for month in months if month < FEBRUARY][: stage.size(STAGE_2)]
    in_time_1 = stage.mark_year(rng, "adopters_stage_1_2_months", months)
    in_time_2 = stage.mark_year(rng, "adopters_stage_2_4_months", second)
    families = [_in_stage_1(stage, rng, month, soon) for month, soon in zip(months, in_time_1, strict=True)]
    families += [_in_stage_2(stage, rng, month, soon) for month, soon in zip(second, in_time_2, strict=True)]
    for _ in range(stage.level("adopters_waiting", APRIL) + stage.size(2)):
        approved = days_earlier(rng, MONTHS[0].first_day, 15, 400)
        families.append(
            {
                "family_id": stage.new_id("AF"),
                "enquired_on": approved - timedelta(days=300),
                "stage_1_from": approved - timedelta(days=240),
                "stage_1_to": approved - timedelta(days=190),
                "stage_2_from": approved - timedelta(days=130),
                "stage_2_to": approved,
                "approved_on": approved,
            }
        )
    _match(stage, rng, [row for row in families if row.get("approved_on")])
    for month in ENQUIRED:
        for day in stage.days_in(rng, month, stage.size(1)):
            families.append({"family_id": stage.new_id("AF"), "enquired_on": day})
    stage.rows["adopters"] = families


def _in_stage_1(stage: Stage, rng: Random, month: Month, soon: bool) -> Cells:
    due = stage.days_in(rng, month, 1)[0]
    begin = plus_months(due, -2)
    ended = days_later(rng, begin, 40, 55) if soon else known_day(days_later(rng, due, 8, 40))
    return {
        "family_id": stage.new_id("AF"),
        "enquired_on": days_earlier(rng, begin, 20, 90),
        "stage_1_from": begin,
        "stage_1_to": ended,
    }


def _in_stage_2(stage: Stage, rng: Random, month: Month, soon: bool) -> Cells:
    due = stage.days_in(rng, month, 1)[0]
    begin = plus_months(due, -4)
    ended = days_later(rng, begin, 80, 110) if soon else known_day(days_later(rng, due, 8, 40))
    # the first stage ended before the first month, for some long before the second
    early = min(begin - timedelta(days=75), days_earlier(rng, MONTHS[0].first_day, 65, 160))
    return {
        "family_id": stage.new_id("AF"),
        "enquired_on": early - timedelta(days=75),
        "stage_1_from": early,
        "stage_1_to": early + timedelta(days=50),
        "stage_2_from": begin,
        "stage_2_to": ended,
        "approved_on": ended,
    }


def _match(stage: Stage, rng: Random, approved: Sequence[Cells]) -> None:
    """Match approved families with children, so that the planned number waits at each month's end."""
    for month in MONTHS:
        waiting = [
            row for row in approved if not row.get("matched_on") and as_date(row["approved_on"]) <= month.last_day
        ]
        for row in chosen(rng, waiting, len(waiting) - stage.level("adopters_waiting", month)):
            day = stage.working_day(rng, max(month.first_day, as_date(row["approved_on"])), month.last_day)
            row["matched_on"], row["placed_on"] = day, known_day(days_later(rng, day, 12, 40))

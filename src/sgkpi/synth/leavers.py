"""Care leavers: a third without a plan in date, a few in bed and breakfast, thirty with a health passport."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.chance import Deck, Quota, pick, scaled
from sgkpi.synth.days import FIRST_DAY, LAST_DAY, REFERENCE_DAY, day_between
from sgkpi.synth.people import ETHNICITIES, LOCALITIES, People, Row, child_row
from sgkpi.synth.stays import Stay, StayPlan, plan_stays, stays_of

CARE_LEAVERS = ("person_id", "eligible_from", "eligible_to", "eligibility", "left_care_on", "team", "in_touch")
PATHWAY_PLAN_REVIEWS = ("review_id", "person_id", "reviewed_on", "kind")
ACCOMMODATION = ("spell_id", "person_id", "start_date", "end_date", "accommodation_type", "suitable")

# Care leavers by what is to be said of them on 28 February 2019. The first three are judged: 80 of 120 are met.
REVIEWED, OUT_OF_DATE, NO_PLAN = "reviewed", "out_of_date", "no_plan"
TOO_NEW, QUALIFYING, ELIGIBLE, NO_LONGER, ENDED = "too_new", "qualifying", "eligible", "no_longer", "ended"
COUNTS = {
    REVIEWED: 80,
    OUT_OF_DATE: 26,
    NO_PLAN: 14,
    TOO_NEW: 3,
    QUALIFYING: 18,
    ELIGIBLE: 12,
    NO_LONGER: 5,
    ENDED: 12,
}
# When the status of each kind began: the earliest and the latest day.
BEGAN = {
    REVIEWED: (date(2015, 6, 1), date(2019, 2, 8)),
    OUT_OF_DATE: (date(2015, 6, 1), date(2018, 3, 20)),
    NO_PLAN: (date(2017, 9, 1), date(2018, 11, 20)),
    TOO_NEW: (date(2019, 2, 1), date(2019, 2, 22)),
    QUALIFYING: (date(2016, 6, 1), date(2019, 2, 20)),
    ELIGIBLE: (date(2017, 6, 1), date(2019, 1, 31)),
    NO_LONGER: (date(2016, 6, 1), date(2018, 8, 31)),
    ENDED: (date(2014, 3, 1), date(2016, 8, 31)),
}
# Six months before the reference day: a review on or after it is in date.
IN_DATE_FROM = date(2018, 8, 28)
PLANS_FROM = date(2017, 4, 1)
PASSPORTS_FROM = date(2018, 10, 8)
PASSPORTS = 30
MAY_HOLD_PASSPORT = (REVIEWED, TOO_NEW, QUALIFYING)
# Given to young people still in care, whom the figure leaves out, and given too late for February's.
EXTRA_PASSPORTS = {ELIGIBLE: 3, OUT_OF_DATE: 2}
EXTRA_ISSUED = {ELIGIBLE: (date(2019, 1, 7), REFERENCE_DAY), OUT_OF_DATE: (date(2019, 3, 1), LAST_DAY)}
TEAMS = ("Leaving Care Team East", "Leaving Care Team West")
IN_TOUCH = {"yes": 95, "no": 3, "refused": 2}
RELEVANT_IN_100 = 30
# A relevant child is 16 or 17: the status is young.
RELEVANT_FROM = date(2017, 9, 1)


@dataclass(frozen=True)
class Leaver:
    """A young person, with all their values in the extract; text in place of a date is a fault."""

    person: str
    eligible_from: date | None
    eligible_to: date | None
    eligibility: str
    left_care_on: date | None
    team: str
    in_touch: str
    child: Row
    reviews: tuple[date | str, ...] = ()
    stays: tuple[Stay, ...] = ()
    passports: tuple[date | None, ...] = ()


@dataclass
class _Plans:
    """The choices still to be made, with exact totals."""

    passports: Quota
    extra: dict[str, int]
    stays: StayPlan


def counts_at(scale: float) -> dict[str, int]:
    """Return the number of care leavers of each kind, without the faults."""
    return {kind: scaled(number, scale) for kind, number in COUNTS.items()}


def leavers_at(scale: float) -> int:
    """Return the number of care leavers."""
    return sum(counts_at(scale).values()) + len(_FAULTS)


def leavers(rng: Random, people: People, scale: float) -> Iterator[Leaver]:
    """Return every care leaver; those that are recorded badly come last."""
    counts = counts_at(scale)
    holders = sum(counts[kind] for kind in MAY_HOLD_PASSPORT)
    plans = _Plans(
        passports=Quota(holders, min(holders, scaled(PASSPORTS, scale))),
        extra={kind: scaled(number, scale) for kind, number in EXTRA_PASSPORTS.items()},
        stays=plan_stays(counts[OUT_OF_DATE], scale),
    )
    number = 0
    for number, kind in enumerate(Deck(counts).draw_all(rng), start=1):
        yield _leaver(rng, people.leaver(number - 1), kind, plans)
    for place, fault in enumerate(_FAULTS):
        yield fault(rng, people.leaver(number + place))


def _leaver(rng: Random, person: str, kind: str, plans: _Plans) -> Leaver:
    began = day_between(rng, *BEGAN[kind])
    if kind in (REVIEWED, QUALIFYING) and rng.randrange(100) < 35:
        began = day_between(rng, max(FIRST_DAY, BEGAN[kind][0]), BEGAN[kind][1])
    ended = day_between(rng, date(2018, 5, 2), date(2019, 2, 20)) if kind == ENDED else None
    eligibility = _eligibility(rng, kind, began)
    left_care_on = None if kind == ELIGIBLE else began
    return Leaver(
        person=person,
        eligible_from=began,
        eligible_to=ended,
        eligibility=eligibility,
        left_care_on=left_care_on,
        team=rng.choice(TEAMS),
        in_touch=pick(rng, IN_TOUCH),
        child=_child(rng, person, eligibility, began),
        reviews=_reviews(rng, kind, began, ended),
        stays=() if kind == ELIGIBLE else stays_of(rng, began, ended, _bed_and_breakfast(rng, kind, plans)),
        passports=tuple(_passports(rng, kind, began, plans)),
    )


def _eligibility(rng: Random, kind: str, began: date) -> str:
    if kind in (QUALIFYING, ELIGIBLE):
        return kind
    if kind == NO_LONGER:
        return "no_current_eligibility"
    is_young = began >= RELEVANT_FROM and kind != ENDED
    return "relevant" if is_young and rng.randrange(100) < RELEVANT_IN_100 else "former_relevant"


def _child(rng: Random, person: str, eligibility: str, began: date) -> Row:
    """The month of birth: 18 years before the status began, or 16 if it begins earlier."""
    months = 18 * 12 if eligibility in ("former_relevant", "no_current_eligibility") else 16 * 12 + rng.randint(0, 8)
    birth = Month.of(began).plus(-months)
    return child_row(rng, person, birth, pick(rng, ETHNICITIES), pick(rng, LOCALITIES))


def _reviews(rng: Random, kind: str, began: date, ended: date | None) -> tuple[date, ...]:
    """The days on which the plan was made and reviewed, earliest first, about every five months back from the last."""
    first = max(began, PLANS_FROM)
    match kind:
        case "reviewed" | "eligible":
            last = day_between(rng, max(began, IN_DATE_FROM), REFERENCE_DAY - timedelta(days=1))
        case "out_of_date":
            last = day_between(rng, date(2018, 4, 9), IN_DATE_FROM - timedelta(days=4))
        case "ended" if ended:
            last = day_between(rng, ended - timedelta(days=150), ended - timedelta(days=10))
        case _:
            return ()
    reviews = [last]
    while (earlier := reviews[-1] - timedelta(days=rng.randint(125, 178))) >= first:
        reviews.append(earlier)
    return tuple(reversed(reviews))


def _bed_and_breakfast(rng: Random, kind: str, plans: _Plans) -> tuple[Stay, ...]:
    """The stays in bed and breakfast, for those who have any."""
    return plans.stays.next_for(rng) if kind == OUT_OF_DATE else ()


def _passports(rng: Random, kind: str, began: date, plans: _Plans) -> Iterator[date]:
    if kind in MAY_HOLD_PASSPORT and plans.passports.take(rng):
        yield _issued(rng, began)
        if plans.passports.chosen == 0:
            yield REFERENCE_DAY - timedelta(days=6)  # the last of them lost the first one and was given another
    elif plans.extra.get(kind, 0) > 0:
        plans.extra[kind] -= 1
        yield day_between(rng, *EXTRA_ISSUED[kind])


def _issued(rng: Random, began: date) -> date:
    """Near the day of leaving care for those who left recently; else a day of the roll-out, which gathered pace."""
    if began >= PASSPORTS_FROM:
        return min(began + timedelta(days=rng.randint(-14, 14)), date(2019, 2, 21))
    days = (date(2019, 2, 21) - PASSPORTS_FROM).days
    return PASSPORTS_FROM + timedelta(days=int(days * rng.random() ** 0.35))


def _without_eligibility(rng: Random, person: str) -> Leaver:
    """A care leaver without a recorded kind."""
    began = date(2017, 10, 2)
    child = _child(rng, person, "qualifying", began)
    reviews = (date(2018, 5, 14), date(2018, 11, 5))
    stays = (Stay(began, None, "independent_living", suitable=True),)
    return Leaver(person, began, None, "", began, TEAMS[0], "yes", child, reviews, stays, (date(2019, 1, 21),))


def _with_unreadable_review(rng: Random, person: str) -> Leaver:
    """A care leaver with a review without a date, and accommodation without a type."""
    began = date(2017, 3, 6)
    child = _child(rng, person, "former_relevant", began)
    stays = (
        Stay(began, date(2018, 12, 3), "supported_lodgings", suitable=True),
        Stay(date(2018, 12, 3), None, "", suitable=None),
    )
    return Leaver(
        person, began, None, "former_relevant", began, TEAMS[1], "yes", child, (date(2018, 7, 9), "tbc"), stays
    )


def _with_placeholder(rng: Random, person: str) -> Leaver:
    """A care leaver without a start date, with a review on 1 January 1900 and a passport without a date."""
    child = _child(rng, person, "no_current_eligibility", date(2016, 9, 1))
    return Leaver(
        person, None, None, "no_current_eligibility", None, TEAMS[0], "no", child, ("1900-01-01",), (), (None,)
    )


_FAULTS = (_without_eligibility, _with_unreadable_review, _with_placeholder)

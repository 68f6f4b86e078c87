"""Care leavers: a third without a plan in date, a few in bed and breakfast, thirty with a health passport."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, cycle, pairwise
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth import common
from sgkpi.synth.common import Quota, day_between, in_random_order, iso_day, pick, scaled
from sgkpi.synth.people import CHILDREN, ETHNICITIES, LOCALITIES, People, Row, child_row

CARE_LEAVERS = ("person_id", "eligible_from", "eligible_to", "eligibility", "left_care_on", "team", "in_touch")
PATHWAY_PLAN_REVIEWS = ("review_id", "person_id", "reviewed_on", "kind")
HEALTH_PASSPORTS = ("passport_id", "person_id", "issued_on")
ACCOMMODATION = ("spell_id", "person_id", "start_date", "end_date", "accommodation_type", "suitable")
# The columns of each table whose rows `rows_of` gives.
HEADERS = {
    "children": CHILDREN,
    "care_leavers": CARE_LEAVERS,
    "pathway_plan_reviews": PATHWAY_PLAN_REVIEWS,
    "accommodation": ACCOMMODATION,
    "health_passports": HEALTH_PASSPORTS,
}

# The states of care leavers on 28 February 2019. The first three are judged: 80 of 120 are met.
REVIEWED, OUT_OF_DATE, NO_PLAN = "reviewed", "out_of_date", "no_plan"
TOO_NEW, QUALIFYING, ELIGIBLE, NO_LONGER, ENDED = "too_new", "qualifying", "eligible", "no_longer", "ended"
# Of each: the number, and the first and last day on which the status began.
KINDS = {
    REVIEWED: (80, date(2015, 6, 1), date(2019, 2, 8)),
    OUT_OF_DATE: (26, date(2015, 6, 1), date(2018, 3, 20)),
    NO_PLAN: (14, date(2017, 9, 1), date(2018, 11, 20)),
    TOO_NEW: (3, date(2019, 2, 1), date(2019, 2, 22)),
    QUALIFYING: (18, date(2016, 6, 1), date(2019, 2, 20)),
    ELIGIBLE: (12, date(2017, 6, 1), date(2019, 1, 31)),
    NO_LONGER: (5, date(2016, 6, 1), date(2018, 8, 31)),
    ENDED: (12, date(2014, 3, 1), date(2016, 8, 31)),
}
# Six months before the reference day: a review on or after it is in date.
IN_DATE_FROM = date(2018, 8, 28)
PLANS_FROM = date(2017, 4, 1)
PASSPORTS_FROM = date(2018, 10, 8)
PASSPORTS = 30
MAY_HOLD_PASSPORT = (REVIEWED, TOO_NEW, QUALIFYING)
# Given to young people still in care, whom the figure leaves out, and given too late for February's.
EXTRA_PASSPORTS = {ELIGIBLE: 3, OUT_OF_DATE: 2}
EXTRA_ISSUED = {ELIGIBLE: (date(2019, 1, 7), common.REFERENCE_DAY), OUT_OF_DATE: (date(2019, 3, 1), common.LAST_DAY)}
TEAMS = ("Leaving Care Team East", "Leaving Care Team West")
IN_TOUCH = {"yes": 95, "no": 3, "refused": 2}
RELEVANT_IN_100 = 30
# A relevant child is 16 or 17: the status is young.
RELEVANT_FROM = date(2017, 9, 1)
BED_AND_BREAKFAST = "bed_and_breakfast"
# One row in this many has an identifier in another system's style.
LOWER_CASE_EVERY = 7
SPACED_EVERY = 11
STAY_TYPES = {
    "independent_living": 38,
    "semi_independent": 18,
    "parents_or_relatives": 12,
    "former_foster_carers": 10,
    "supported_lodgings": 8,
    "foyer": 6,
    "other": 3,
    "in_custody": 3,
    "no_fixed_abode": 2,
}
UNSUITABLE = ("in_custody", "no_fixed_abode", BED_AND_BREAKFAST)
MOVES_IN_100 = 45

# From when to when each young person was in bed and breakfast: the days on which they arrived, moved from
# one house to the next, and left (None: still there). At the month ends from September to February that makes
# 2, 3, 4, 3, 4 and 3 people, and none before. Those that last come first, for extracts too small for all.
BED_AND_BREAKFAST_STAYS: tuple[tuple[date | None, ...], ...] = (
    (date(2018, 10, 22), date(2018, 12, 10), date(2019, 1, 28), None),
    (date(2018, 9, 24), date(2019, 1, 14)),
    (date(2019, 1, 7), None),
    (date(2018, 9, 10), date(2018, 10, 15), date(2018, 11, 19)),
    (date(2018, 11, 26), date(2019, 2, 11)),
    (date(2019, 1, 25), date(2019, 2, 20)),
    (date(2018, 11, 12), date(2018, 12, 17)),
    (date(2019, 2, 27), None),
)


@dataclass(frozen=True)
class Stay:
    """A stay; `end` is the first day elsewhere; `suitable` is None if not recorded."""

    start: date
    end: date | None
    accommodation_type: str
    suitable: bool | None


@dataclass(frozen=True)
class Leaver:
    """A young person: the cells of `care_leavers`, the row of `children`, and what other tables have.

    Text in place of a date is a fault.
    """

    person: str
    began: date | None
    ended: date | None
    eligibility: str
    left_care: date | None
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
    bed_and_breakfast: Quota
    stays: Iterator[tuple[date | None, ...]]


def leavers_at(scale: float) -> int:
    """Return the number of care leavers."""
    return sum(scaled(number, scale) for number, *_ in KINDS.values()) + len(_FAULTS)


def leavers(rng: Random, people: People, scale: float, numbers: Mapping[str, int] | None = None) -> Iterator[Leaver]:
    """Yield every care leaver; those that are recorded badly come last.

    `numbers` says how many there are of some kinds; together they must be as many as in the sample.
    """
    counts = {kind: scaled(number, scale) for kind, (number, *_) in KINDS.items()} | dict(numbers or {})
    holders = sum(counts[kind] for kind in MAY_HOLD_PASSPORT)
    plans = _Plans(
        passports=Quota(holders, min(holders, scaled(PASSPORTS, scale))),
        extra={kind: scaled(number, scale) for kind, number in EXTRA_PASSPORTS.items()},
        # At scale 1 and below, each of the stays is used once.
        bed_and_breakfast=Quota(
            counts[OUT_OF_DATE], min(counts[OUT_OF_DATE], scaled(1, scale) * len(BED_AND_BREAKFAST_STAYS))
        ),
        stays=cycle(BED_AND_BREAKFAST_STAYS),
    )
    number = 0
    for number, kind in enumerate(in_random_order(rng, counts), start=1):
        yield _leaver(rng, people.leaver(number - 1), kind, plans)
    for place, fault in enumerate(_FAULTS):
        yield fault(rng, people.leaver(number + place))


def rows_of(everyone: Iterable[Leaver]) -> Iterator[tuple[str, Row]]:
    """Yield the rows about care leavers with their table, one young person after another."""
    reviews, spells, passports = count(1), count(1), count(1)
    for leaver in everyone:
        yield "children", leaver.child
        status = iso_day(leaver.began), iso_day(leaver.ended), leaver.eligibility, iso_day(leaver.left_care)
        yield "care_leavers", (leaver.person, *status, leaver.team, leaver.in_touch)
        for place, reviewed in enumerate(leaver.reviews):
            day = iso_day(reviewed) if isinstance(reviewed, date) else reviewed
            kind = "review" if place else "initial"
            yield "pathway_plan_reviews", (f"R{next(reviews):05d}", leaver.person, day, kind)
        for stay in leaver.stays:
            number = next(spells)
            person = leaver.person if number % SPACED_EVERY else f"{leaver.person} "
            suitable = "" if stay.suitable is None else ("yes" if stay.suitable else "no")
            days = iso_day(stay.start), iso_day(stay.end)
            yield "accommodation", (f"A{number:05d}", person, *days, stay.accommodation_type, suitable)
        for issued in leaver.passports:
            number = next(passports)
            person = leaver.person if number % LOWER_CASE_EVERY else leaver.person.lower()
            yield "health_passports", (f"HP{number:04d}", person, iso_day(issued))


def _leaver(rng: Random, person: str, kind: str, plans: _Plans) -> Leaver:
    _, first, last = KINDS[kind]
    began = day_between(rng, first, last)
    if kind in (REVIEWED, QUALIFYING) and rng.randrange(100) < 35:
        began = day_between(rng, max(common.FIRST_DAY, first), last)
    ended = day_between(rng, date(2018, 5, 2), date(2019, 2, 20)) if kind == ENDED else None
    eligibility = _eligibility(rng, kind, began)
    return Leaver(
        person=person,
        began=began,
        ended=ended,
        eligibility=eligibility,
        left_care=None if kind == ELIGIBLE else began,
        team=rng.choice(TEAMS),
        in_touch=pick(rng, IN_TOUCH),
        child=_child(rng, person, eligibility, began),
        reviews=_reviews(rng, kind, began, ended),
        stays=() if kind == ELIGIBLE else _stays(rng, kind, began, ended, plans),
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
    """Return a row of `children`; the month of birth is 18 years before the status began, or 16 if that is earlier."""
    months = 18 * 12 if eligibility in ("former_relevant", "no_current_eligibility") else 16 * 12 + rng.randint(0, 8)
    birth = Month.of(began).plus(-months)
    return child_row(rng, person, birth, pick(rng, ETHNICITIES), pick(rng, LOCALITIES))


def _reviews(rng: Random, kind: str, began: date, ended: date | None) -> tuple[date, ...]:
    """Return the days on which the plan was made and reviewed, in order, about five months apart."""
    first = max(began, PLANS_FROM)
    match kind:
        case "reviewed" | "eligible":
            last = day_between(rng, max(began, IN_DATE_FROM), common.REFERENCE_DAY - timedelta(days=1))
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


def _stays(rng: Random, kind: str, began: date, ended: date | None, plans: _Plans) -> tuple[Stay, ...]:
    """Return all stays of a young person in order; some of those with a plan out of date were in bed and breakfast."""
    if kind != OUT_OF_DATE or not plans.bed_and_breakfast.take(rng):
        return tuple(_ordinary(rng, began, ended))
    pairs = pairwise(next(plans.stays))
    special = [Stay(start, end, BED_AND_BREAKFAST, suitable=False) for start, end in pairs if start]
    left = special[-1].end
    after = [_stay(rng, left, ended)] if left else []
    return (*_ordinary(rng, began, special[0].start), *special, *after)


def _ordinary(rng: Random, start: date, end: date | None) -> Iterator[Stay]:
    """Yield ordinary stays from one day to another, with one or two moves."""
    last = end or common.REFERENCE_DAY
    while (last - start).days > 180 and rng.randrange(100) < MOVES_IN_100:
        moved = day_between(rng, start + timedelta(days=60), last - timedelta(days=30))
        yield _stay(rng, start, moved)
        start = moved
    yield _stay(rng, start, end)


def _stay(rng: Random, start: date, end: date | None) -> Stay:
    kind = pick(rng, STAY_TYPES)
    return Stay(start, end, kind, suitable=kind not in UNSUITABLE and rng.randrange(100) < 96)


def _passports(rng: Random, kind: str, began: date, plans: _Plans) -> Iterator[date]:
    if kind in MAY_HOLD_PASSPORT and plans.passports.take(rng):
        if began >= PASSPORTS_FROM:  # near the day of leaving care
            yield min(began + timedelta(days=rng.randint(-14, 14)), date(2019, 2, 21))
        else:  # a day of the roll-out, which gathered pace
            days = (date(2019, 2, 21) - PASSPORTS_FROM).days
            yield PASSPORTS_FROM + timedelta(days=int(days * rng.random() ** 0.35))
        if plans.passports.chosen == 0:
            yield common.REFERENCE_DAY - timedelta(days=6)  # the last of them lost the first one and was given another
    elif plans.extra.get(kind, 0) > 0:
        plans.extra[kind] -= 1
        yield day_between(rng, *EXTRA_ISSUED[kind])


def _without_eligibility(rng: Random, person: str) -> Leaver:
    """Return a care leaver without a recorded kind."""
    began = date(2017, 10, 2)
    child = _child(rng, person, "qualifying", began)
    reviews = (date(2018, 5, 14), date(2018, 11, 5))
    stays = (Stay(began, None, "independent_living", suitable=True),)
    return Leaver(person, began, None, "", began, TEAMS[0], "yes", child, reviews, stays, (date(2019, 1, 21),))


def _with_unreadable_review(rng: Random, person: str) -> Leaver:
    """Return a care leaver with a review without a date, and accommodation without a type."""
    began = date(2017, 3, 6)
    child = _child(rng, person, "former_relevant", began)
    stays = (
        Stay(began, date(2018, 12, 3), "supported_lodgings", suitable=True),
        Stay(date(2018, 12, 3), None, "", suitable=None),
    )
    reviews = (date(2018, 7, 9), "tbc")
    return Leaver(person, began, None, "former_relevant", began, TEAMS[1], "yes", child, reviews, stays)


def _with_placeholder(rng: Random, person: str) -> Leaver:
    """Return a care leaver without a start date, with a review on 1 January 1900 and a passport without a date."""
    kind = "no_current_eligibility"
    child = _child(rng, person, kind, date(2016, 9, 1))
    return Leaver(person, None, None, kind, None, TEAMS[0], "no", child, ("1900-01-01",), (), (None,))


_FAULTS = (_without_eligibility, _with_unreadable_review, _with_placeholder)

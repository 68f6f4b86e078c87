"""The front door: contacts, referrals and early help."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY, with_time
from sgkpi.synth.contacts import CONTACTS, STORIES, Story, contact_rows
from sgkpi.synth.story.choices import by_month, choose_groups, chosen, grouped, marks, rounded_share
from sgkpi.synth.story.days import DAY, MARCH, NEVER, YEAR_BEFORE, at_office, days_later, known_day, months_from
from sgkpi.synth.story.people import Town
from sgkpi.synth.story.stage import Cells, Spell, Stage, start_of
from sgkpi.synth.story.targets import FEBRUARY

_BRITISH = "%d/%m/%Y %H:%M"
# Weights of contacts by source, for no further action and for early help.
NFA_WEIGHTS = {"police": 3.2, "school": 0.55, "education_services": 0.6}
EARLY_HELP_WEIGHTS = {"police": 0.25, "school": 2.0}
OLDEST = 17 * 12 + 6  # months
REPEAT_WITHIN, FRESH_AFTER = timedelta(days=88), timedelta(days=93)
# A re-referral comes from a month to eleven after the referral before it, another referral after more than a year.
BACK_AFTER, BACK_WITHIN, NEW_AFTER = timedelta(days=28), timedelta(days=330), timedelta(days=400)
REFERRALS, REFERRALS_OF_MARCH = 165, 12  # a month, and of the first days of March: 1,979 in the year
CONSENT_ASKED = ("given",) * 9 + ("refused",)
DISPENSED = 20  # referrals of a month for which nobody asks the family's consent, as that would put the child at risk


@dataclass(eq=False)
class Contact:
    """A contact about one or more children of a family; `cells` are its rows in the file."""

    received: datetime
    decided: datetime | None
    source: str
    cells: list[Cells]
    outcome: str = ""
    children: tuple[str, ...] = ()
    again: bool = False  # a re-referral

    def __len__(self) -> int:
        """The number of its rows."""
        return len(self.cells)


@dataclass(eq=False)
class Referral:
    """A referral of one child; its siblings of the same contact have referrals of the same moment."""

    child: str
    received: datetime
    source: str
    cells: Cells = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return self.cells["no_further_action"] is False


def front_door(stage: Stage, town: Town) -> list[Referral]:
    """Make contacts, referrals and early help; return the referrals in order."""
    contacts = _contacts(stage, town)
    referrals = _referrals(stage, contacts)
    _early_help(stage, town)
    return referrals


def _contacts(stage: Stage, town: Town) -> list[Contact]:
    """Make contacts as the sample does, from a year earlier, with other children and outcomes."""
    rng = stage.rng("contacts")
    later = {story.month: story for story in STORIES}
    before = [Story(month, later[month.plus(12)].rows if month.plus(12) < MARCH else 495, 14) for month in YEAR_BEFORE]
    for row in contact_rows(rng, town.people, stage.scale, (*before, *STORIES)):
        stage.add("contacts", **dict(zip(CONTACTS, row, strict=True)))
    groups = grouped(stage.rows["contacts"], lambda row: row["contact_id"])
    contacts = [contact for cells in groups.values() if (contact := _contact(cells))]
    contacts.sort(key=lambda contact: contact.received)
    months = by_month(contacts, lambda contact: contact.received.date())
    for month, own in months:
        _choose_outcomes(stage, rng, month, own)
    _choose_referrals(stage, rng, contacts)
    _choose_children(stage, rng, town, contacts, months)
    for month, own in months:
        rest = [contact for contact in own if contact.decided and contact.outcome != "referral"]
        asked = stage.count("contacts_to_early_help", month, sum(len(contact.cells) for contact in rest))
        open_ones = [contact for contact in rest if not contact.outcome]
        helped = choose_groups(rng, open_ones, asked, lambda contact: EARLY_HELP_WEIGHTS.get(contact.source, 1.0))
        for contact in open_ones:
            contact.outcome = "early_help" if contact in helped else "information_advice"
    for contact in contacts:
        for cells, child in zip(contact.cells, contact.children, strict=True):
            cells.update(person_id=child, outcome=contact.outcome if contact.decided else "")
    return contacts


def _contact(cells: list[Cells]) -> Contact | None:
    """Return the contact of some rows, or None if it is recorded badly and so stays as it is."""
    first = {name: str(cell) for name, cell in cells[0].items()}
    try:
        received = datetime.strptime(first["received_at"], _BRITISH)
        decided = datetime.strptime(first["decided_at"], _BRITISH) if first["decided_at"] else None
    except ValueError:
        return None
    children = {row["person_id"] for row in cells}
    badly = len(children) < len(cells) or (decided and decided < received) or first["source"] == "Neighbour"
    return None if badly else Contact(received, decided, first["source"], cells)


def _choose_outcomes(stage: Stage, rng: Random, month: Month, own: Sequence[Contact]) -> None:
    decided = [contact for contact in own if contact.decided]
    rows = sum(len(contact.cells) for contact in decided)
    number = stage.count("contacts_no_further_action", month, rows)
    for contact in choose_groups(rng, decided, number, lambda contact: NFA_WEIGHTS.get(contact.source, 1.0)):
        contact.outcome = "no_further_action"


def _choose_referrals(stage: Stage, rng: Random, contacts: Sequence[Contact]) -> None:
    """Choose the contacts that become referrals, by month of decision; the planned share are re-referrals."""
    may = [contact for contact in contacts if contact.decided and not contact.outcome]
    for month, own in sorted(by_month(may, lambda contact: _decided(contact).date())):
        wanted = stage.size(REFERRALS + rng.randint(-7, 7) if month != FEBRUARY else REFERRALS)
        if month == MARCH:
            wanted = stage.size(REFERRALS_OF_MARCH)
        referred = choose_groups(rng, own, wanted)
        for contact in referred:
            contact.outcome = "referral"
        number = stage.count("re_referrals_12_months", month, sum(map(len, referred)))
        small = [contact for contact in referred if len(contact) <= 2]  # too few large families come back
        for contact in choose_groups(rng, small, number):
            contact.again = True


def _choose_children(
    stage: Stage, rng: Random, town: Town, contacts: Sequence[Contact], months: Sequence[tuple[Month, list[Contact]]]
) -> None:
    """Choose the children of each contact: for the planned share, some with no further action in three months."""
    repeats: set[Contact] = set()
    for month, own in months:
        rows = sum(len(contact.cells) for contact in own)
        number = stage.count("contacts_after_no_further_action", month, rows)
        repeats.update(choose_groups(rng, [contact for contact in own if not contact.again], number))
    past = _Past(town)
    for contact in contacts:
        earlier = past.ended[-600:] if contact in repeats else past.referred[-1500:] if contact.again else []
        found = (each.children[: len(contact)] for each in chosen(rng, earlier, 100))
        fits = (each for each in found if past.fits(contact, each, repeat=contact in repeats))
        contact.children = next(fits, ()) or past.fresh(rng, contact)
        past.add(contact)


class _Past:
    """The contacts whose children have been chosen."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.ended: list[Contact] = []
        self.referred: list[Contact] = []
        self._ended_on: dict[str, datetime] = {}  # the latest, by child
        self._referred_on: dict[str, datetime] = {}

    def add(self, contact: Contact) -> None:
        if contact.outcome == "no_further_action":
            self.ended.append(contact)
            self._ended_on.update(dict.fromkeys(contact.children, contact.received))
        if contact.outcome == "referral":
            self.referred.append(contact)
            self._referred_on.update(dict.fromkeys(contact.children, _decided(contact)))

    def fits(self, contact: Contact, children: Sequence[str], *, repeat: bool) -> bool:
        """Whether a contact can be about these children: a `repeat` is about some with no further action lately."""
        now = contact.received
        if len(children) < len(contact) or not all(
            0 <= self.town.months_old(each, now.date()) < OLDEST for each in children
        ):
            return False
        ended = [self._ended_on.get(child, datetime.min) for child in children]
        if not all(day > now - REPEAT_WITHIN if repeat else day < now - FRESH_AFTER for day in ended):
            return False
        if contact.outcome != "referral":
            return True
        if contact.again:
            referred = [self._referred_on.get(child, datetime.min) for child in children]
            return all(now - BACK_WITHIN < day < now - BACK_AFTER for day in referred)
        family = self.town.family_of[children[0]].children
        return all(self._referred_on.get(child, datetime.min) < now - NEW_AFTER for child in family)

    def fresh(self, rng: Random, contact: Contact) -> tuple[str, ...]:
        """Return children who had no further action in three months, and if referred, no referral in a year."""
        contact.again = False
        while True:
            family = self.town.some_family(rng)
            children = family.children[: len(contact)] if len(contact) > 1 else (rng.choice(family.children),)
            if self.fits(contact, children, repeat=False):
                return children


def _decided(contact: Contact) -> datetime:
    if contact.decided is None:
        raise ValueError("the contact has not been decided")
    return contact.decided


def _referrals(stage: Stage, contacts: Sequence[Contact]) -> list[Referral]:
    rng = stage.rng("referrals")
    referrals = []
    for contact in contacts:
        for child in contact.children if contact.outcome == "referral" else ():
            received = with_time(_decided(contact) + timedelta(minutes=rng.randint(1, 30)))
            referrals.append(Referral(child, received, contact.source))
    referrals.sort(key=lambda referral: referral.received)
    for month, own in by_month(referrals, lambda referral: referral.received.date()):
        _decide(stage, rng, month, own)
    for referral in referrals:
        stage.add("referrals", **referral.cells)
    return referrals


def _decide(stage: Stage, rng: Random, month: Month, own: Sequence[Referral]) -> None:
    number = len(own)
    abuse = marks(rng, number, rounded_share(0.22, number))
    closed = stage.mark(rng, "referrals_no_further_action", month, number)
    days = [referral.received.date() for referral in own]
    abused = [3.0 if each else 1.0 for each in abuse]
    swift = stage.mark_in_time(rng, "referrals_decided_1_working_day", month, days, 1, abused)
    dispensed = marks(rng, number, min(number // 2, stage.size(DISPENSED)))
    asking = [place for place in range(number) if not dispensed[place]]
    asked = dict(zip(asking, stage.mark(rng, "referrals_consent_asked", month, len(asking)), strict=True))
    for place, referral in enumerate(own):
        day = referral.received.date()
        if swift[place]:
            last = min(stage.calendar.add(day, 1), LAST_DAY)
            soon = at_office(rng, rng.choice((day, last)))
            decided: datetime | None = max(referral.received + timedelta(minutes=20), soon)
        else:
            late = known_day(stage.after(rng, day, 2, 9))
            decided = at_office(rng, late) if late else None
        consent = "dispensed_with" if dispensed[place] else "not_sought"
        if asked.get(place):
            consent = rng.choice(CONSENT_ASKED)
        referral.cells = {
            "referral_id": stage.new_id("RF"),
            "person_id": referral.child,
            "received_at": referral.received,
            "decided_at": decided,
            "no_further_action": closed[place],
            "consent": consent,
            "domestic_abuse": abuse[place],
            "source": referral.source,
            "team": rng.choice(("Access Team A", "Access Team B", "Access Team C")),
        }


SERVICES = ("ehpst", "ehpst", "partner", "other")  # besides FYPS
SOURCES = ("social_care", "school", "school", "health", "family", "police", "other")
END_REASONS = ("outcomes_met", "outcomes_met", "stepped_up", "disengaged")
TEAMS = {"North": "FYPS North", "East": "FYPS North", "South": "FYPS South", "Central": "FYPS South"}
EARLY_HELP_MONTHS = (*months_from(Month(2018, 1)), MARCH)
FYPS_A_MONTH, OTHERS_A_MONTH = 45, 16


def _early_help(stage: Stage, town: Town) -> None:
    """Write requests for early help, of FYPS and of other services."""
    rng = stage.rng("early_help")
    requests = _queue(stage, rng, town)
    for month in EARLY_HELP_MONTHS:
        for day in stage.days_in(rng, month, stage.size(OTHERS_A_MONTH if month < MARCH else 1)):
            child = town.some_child(rng, day)
            requests.append(Spell(child, day, team="Early Help Hub", notes={"service": rng.choice(SERVICES)}))
    for month, own in by_month(requests, start_of):
        weights = [2.5 if spell.notes.get("service") == "ehpst" else 1.0 for spell in own]
        days = [spell.start for spell in own]
        answered = stage.mark_in_time(rng, "early_help_answered_5_working_days", month, days, 5, weights)
        for spell, in_time in zip(own, answered, strict=True):
            day, service = spell.start, spell.notes.get("service", "fyps")
            responded = stage.step(rng, day, 5, in_time=in_time, most=10)
            seen = spell.end
            if service != "fyps" and responded:
                seen = known_day(stage.after(rng, responded, 0, 20))
            started = known_day(days_later(rng, seen, 0, 14)) if seen else None
            assessed = known_day(days_later(rng, started, 14, 40)) if started else None
            ended = known_day(days_later(rng, assessed, 60, 200)) if assessed else None
            stage.add(
                "early_help",
                episode_id=stage.new_id("EH"),
                person_id=spell.person,
                requested_on=day,
                service=service,
                source=rng.choice(SOURCES),
                responded_on=responded,
                first_seen_on=seen,
                started_on=started,
                assessed_on=assessed,
                ended_on=ended,
                end_reason=rng.choice(END_REASONS) if ended else None,
                team=spell.team,
            )


def _queue(stage: Stage, rng: Random, town: Town) -> list[Spell]:
    """Return the requests to FYPS; each ends on the day on which the family is first seen.

    Every month as many are seen as leave the planned number waiting; of new requests, the planned share is seen within
    twenty working days.
    """
    gone: list[Spell] = []
    begin = Month(2018, 1)
    waiting = [
        _request(rng, town, begin.first_day - timedelta(days=int(130 * rng.random() ** 1.6) + 1))
        for _ in range(stage.level("fyps_waiting", begin))
    ]
    for month in EARLY_HELP_MONTHS:
        first, last = month.first_day, min(month.last_day, LAST_DAY)
        days = stage.days_in(rng, month, stage.size(FYPS_A_MONTH if month < MARCH else 2))
        new = [_request(rng, town, day) for day in days]
        swift = stage.count("fyps_seen_20_working_days", month, len(new))
        if month >= FEBRUARY:  # most of whom will be seen after the extract was made
            swift //= 4
        soon = chosen(rng, new, swift, lambda spell: 2.4 if spell.team == "FYPS South" else 1.0)
        for place, spell in enumerate(sorted(soon, key=start_of)):
            earliest, latest = stage.calendar.add(spell.start, 11), stage.calendar.add(spell.start, 20)
            if (
                place < swift // 3
            ):  # in this month, the others in the next, where they are fewer than half of those seen
                latest = min(latest, last)
            else:
                earliest = max(earliest, min(latest, month.plus(1).first_day))
            spell.notes["soon"] = stage.working_day(rng, earliest, latest)
        waiting += new
        for spell in waiting:
            if spell.notes.get("soon", NEVER) <= last:
                spell.end = spell.notes["soon"]
        _leave(waiting, gone)
        if month < MARCH:
            seen = sum(spell.end is not None and spell.end >= first for spell in gone)
            _see(stage, rng, month, waiting, gone, seen)
    return [*gone, *waiting]


def _request(rng: Random, town: Town, day: date) -> Spell:
    child = town.some_child(rng, day)
    return Spell(child, day, team=TEAMS[str(town.rows[child]["locality"])])


def _leave(waiting: list[Spell], gone: list[Spell]) -> None:
    """Move those who have been seen from `waiting` to `gone`."""
    gone += [spell for spell in waiting if spell.end]
    waiting[:] = [spell for spell in waiting if spell.end is None]


def _see(stage: Stage, rng: Random, month: Month, waiting: list[Spell], gone: list[Spell], soon: int) -> None:
    """See those who waited for more than twenty working days, so that the month's median wait is the planned one."""
    first, last = month.first_day, month.last_day
    number = len(waiting) - stage.level("fyps_waiting", month)
    median = int(stage.value("fyps_wait_days", month))
    slow = [spell for spell in waiting if "soon" not in spell.notes and stage.calendar.add(spell.start, 20) < last]
    middle = 2 - (soon + number) % 2
    short = max(0, (soon + number) // 2 + 1 - soon)  # so many of them wait no longer than the median
    days = timedelta(days=median)
    exact = [spell for spell in slow if first <= spell.start + days <= last][:middle] if short else []
    for spell in exact:
        spell.end = spell.start + days
    rest = [spell for spell in slow if spell not in exact]
    may = [spell for spell in rest if spell.start + days > first]
    quick = chosen(rng, may, short - len(exact))
    for spell in quick:
        least = max(first, stage.calendar.add(spell.start, 20) + DAY)
        spell.end = stage.working_day(rng, least, max(least, min(last, spell.start + days - DAY)))
    rest = sorted((spell for spell in rest if spell not in quick), key=lambda spell: spell.start)
    for spell in rest[: number - len(exact) - len(quick)]:
        spell.end = stage.working_day(rng, max(first, min(last, spell.start + days + DAY)), last)
    _leave(waiting, gone)

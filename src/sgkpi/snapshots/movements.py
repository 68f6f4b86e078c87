"""Movements: the cases of a figure whose standing changes in a step, by cause.

A case has one cause in a step. The rules and their order are those of the restatement ledger: late records, deletions
and corrections first, as known at the former as-of time; then what time brought; then calendar and definition.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import assert_never

from sgkpi.ledger.movements import CaseChange, EvidenceChange, Standing
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import JUDGED, Outcome
from sgkpi.model.periods import Period
from sgkpi.planning.evidence import Evidence, EvidenceKind
from sgkpi.snapshots.causes import Cause, Step

_JUDGED = {outcome.value for outcome in JUDGED}
Category = tuple[str | None, str | None]  # breakdown and category; of the total, None


@dataclass(frozen=True)
class Followed:
    """An indicator as its cases are followed from one snapshot to the next.

    `breakdowns` and `evidence` are those that both have, in the order in which changes list them; `related` the names
    of its related rows.
    """

    indicator: str
    measure: Measure
    is_stock: bool
    breakdowns: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    related: tuple[str, ...]

    def months(self, period: Period) -> frozenset[str]:
        """Return the months whose cases a figure of a period counts: of a stock, the last alone."""
        return frozenset(map(str, (period.last,) if self.is_stock else period.months))

    def categories(self, standing: Standing) -> list[Category]:
        """Return the places in which a case counts: the total, and a category of each breakdown."""
        return [(None, None), *zip(self.breakdowns, standing.categories, strict=True)]


@dataclass
class Tally:
    """Counts of a figure's cases by outcome and by value; of a movement, the changes of these counts.

    `total` is the sum of the values, and `per` the sum of their divisors (of a ratio alone).
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    values: Counter[Fraction] = field(default_factory=Counter)
    total: Fraction = Fraction()
    per: Fraction = Fraction()

    def add(self, standing: Standing, cases: int) -> None:
        """Add a number of cases with this standing; a negative number removes them."""
        self.outcomes[standing.outcome] += cases
        if standing.value is not None:
            value = Fraction(standing.value)
            self.values[value] += cases
            self.total += value * cases
        if standing.per is not None:
            self.per += Fraction(standing.per) * cases

    def plus(self, others: Iterable["Tally"]) -> "Tally":
        """Return the sum of this tally and others."""
        whole = Tally(Counter(self.outcomes), Counter(self.values), self.total, self.per)
        for other in others:
            whole.outcomes.update(other.outcomes)
            whole.values.update(other.values)
            whole.total += other.total
            whole.per += other.per
        return whole

    @property
    def judged(self) -> int:
        return sum(self.outcomes[outcome] for outcome in _JUDGED)


@dataclass
class Movement:
    """The cases of a figure that moved in a step for one cause.

    `columns` counts the cases in which each column differs, of those that were corrected or entered late.
    """

    cases: int = 0
    change: Tally = field(default_factory=Tally)
    columns: Counter[str] = field(default_factory=Counter)


Movements = dict[Cause, Movement]


def move(
    followed: Followed,
    step: Step,
    changes: Iterable[CaseChange],
    periods: Sequence[Period],
    *,
    is_rewound: bool = False,
) -> dict[tuple[Period, Category], Movements]:
    """Return the movements of a step by figure."""
    found: dict[tuple[Period, Category], Movements] = {}
    months = {period: followed.months(period) for period in periods}
    for change in changes:
        for period, counted in months.items():
            before, after = (
                each if each is not None and each.period in counted else None for each in (change.before, change.after)
            )
            if _is_same(before, after):
                continue
            cause = cause_of(followed, step, change, before, after, is_rewound=is_rewound)
            columns = _columns(followed, change) if cause in (Cause.CORRECTED, Cause.ENTERED_LATE) else ()
            for place in _places(followed, before, after):
                movement = found.setdefault((period, place), {}).setdefault(cause, Movement())
                movement.cases += change.cases
                movement.columns.update(dict.fromkeys(columns, change.cases))
                if before is not None and place in followed.categories(before):
                    movement.change.add(before, -change.cases)
                if after is not None and place in followed.categories(after):
                    movement.change.add(after, change.cases)
    return found


@dataclass(frozen=True)
class MovedCase:
    """A case whose standing in a month changes in a step; its key is a digest, None without one."""

    indicator: str
    month: str
    step: Step
    cause: Cause
    key: bytes | None
    before: Standing | None
    after: Standing | None


def moved_cases(
    followed: Followed, step: Step, changes: Iterable[CaseChange], *, is_rewound: bool = False
) -> Iterable[MovedCase]:
    """Yield the cases that moved in a step, given changes of single cases; one that changed its month, in both."""
    for change in changes:
        for month in dict.fromkeys(each.period for each in (change.before, change.after) if each is not None):
            before, after = (
                each if each is not None and each.period == month else None for each in (change.before, change.after)
            )
            if not _is_same(before, after):
                cause = cause_of(followed, step, change, before, after, is_rewound=is_rewound)
                yield MovedCase(followed.indicator, str(month), step, cause, change.key, before, after)


def _places(followed: Followed, before: Standing | None, after: Standing | None) -> list[Category]:
    """Return the total and the categories in which a case moved.

    Where its outcome, reason and value are the same, and so is its category in a breakdown, it has not moved there.
    """
    places = dict.fromkeys(place for each in (before, after) if each is not None for place in followed.categories(each))
    if before is None or after is None or _core(before) != _core(after):
        return list(places)
    stayed = {*followed.categories(before)} & {*followed.categories(after)} - {(None, None)}
    return [place for place in places if place not in stayed]


def _is_same(before: Standing | None, after: Standing | None) -> bool:
    """Whether a case has the same outcome, value and categories as before in a period, whichever its month."""
    if before is None or after is None:
        return before is after
    return (_core(before), before.categories) == (_core(after), after.categories)


def _core(standing: Standing) -> tuple[str | None, ...]:
    return standing.outcome, standing.reason, standing.value, standing.per


def cause_of(
    followed: Followed,
    step: Step,
    change: CaseChange,
    before: Standing | None,
    after: Standing | None,
    *,
    is_rewound: bool = False,
) -> Cause:
    """Return the cause of a movement in a step; `before` and `after` are None where the period lacks the cases."""
    match step:
        case Step.RECORDS:
            return _cause_in_records(followed, change, before, after)
        case Step.TIME if is_rewound:
            return Cause.REWOUND
        case Step.TIME if not change.is_followed:
            return Cause.CONTINUED
        case Step.TIME:
            if before is None:
                return Cause.NEW
            return Cause.MATURED if before.outcome == Outcome.NOT_DUE else Cause.CONTINUED
        case Step.CALENDAR:
            return Cause.CALENDAR
        case Step.DEFINITION:
            return Cause.DEFINITION
        case _:
            assert_never(step)


def _cause_in_records(followed: Followed, change: CaseChange, before: Standing | None, after: Standing | None) -> Cause:
    if not change.is_followed:
        return Cause.UNMATCHED
    if not change.was_known:
        return Cause.ARRIVED_LATE
    if not change.is_there:
        return Cause.DELETED
    if before is None:
        return Cause.ENTERED_LATE if change.was_unplaced else Cause.MOVED_IN
    if after is None:
        return Cause.MOVED_OUT
    changed = _changed(followed, change)
    if not changed:
        return Cause.PROGRAM
    decisive = {evidence: what for evidence, what in changed.items() if not evidence.by_only}
    if not decisive:
        return Cause.RECATEGORISED
    arrived = {name for name, is_new in zip(followed.related, change.new_rows, strict=False) if is_new}
    entered = all(
        what is EvidenceChange.APPEARED
        or evidence.related in arrived
        or (evidence.kind is EvidenceKind.COUNT and what is EvidenceChange.GREATER)
        for evidence, what in decisive.items()
    )
    return Cause.ENTERED_LATE if entered else Cause.CORRECTED


def _changed(followed: Followed, change: CaseChange) -> Mapping[Evidence, EvidenceChange]:
    pairs = zip(followed.evidence, change.evidence, strict=False)
    return {evidence: what for evidence, what in pairs if what is not EvidenceChange.SAME}


def _columns(followed: Followed, change: CaseChange) -> list[str]:
    """Return the columns of the case and of its related rows whose evidence differs."""
    changed = _changed(followed, change)
    return [evidence.name for evidence in changed if evidence.kind is EvidenceKind.COLUMN]

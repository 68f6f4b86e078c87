"""Gates: checks that can stop a monthly job before a snapshot is committed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from sgkpi.figures.numbers import round_half_up, show_value
from sgkpi.ledger.movements import KeyCounts, MonthCounts
from sgkpi.model.measures import Quantity
from sgkpi.model.periods import Month, Period
from sgkpi.model.request import AsOfSource
from sgkpi.snapshots.manifest import CheckRecord
from sgkpi.snapshots.reconciliation import Reconciliation

if TYPE_CHECKING:  # settings need the names of gates alone
    from sgkpi.snapshots.published import PublishedFigure

SHARE_DELETED, KEYS_DELETED = Fraction(1, 5), 10
SHARE_CHANGED, KEYS_FOR_CHANGE = Fraction(1, 2), 20
_LISTED = 3


class Gate(StrEnum):
    """The gates, in the order in which they are shown."""

    NO_PREVIOUS = "no_previous"
    RESTATED = "restated"
    RERATED = "rerated"
    MASS_DELETION = "mass_deletion"
    KEYS_CHANGED = "keys_changed"
    UNMATCHED = "unmatched"
    PROGRAM = "program"
    REDEFINED = "redefined"
    LOST = "lost"
    RECONCILIATION = "reconciliation"
    GUESSED_AS_OF = "guessed_as_of"


class GateStatus(StrEnum):
    """The results of a gate."""

    PASSED = "passed"
    FAILED = "failed"
    ACCEPTED = "accepted"
    NOT_EVALUATED = "not_evaluated"


def have_changed(keys: KeyCounts) -> bool:
    """Whether a table's rows were given other keys: of 20 or more, over half are gone and half as many came."""
    return keys.known >= KEYS_FOR_CHANGE and keys.gone > SHARE_CHANGED * keys.known and 2 * keys.came >= keys.gone


@dataclass(frozen=True)
class SealedComparison:
    """The comparison of the sealed cases of both snapshots; `program` is the number of cases with that cause.

    `shortened` are the tables of which the extract says that it covers less than the one before did.
    """

    tables: Sequence[KeyCounts] = ()
    shortened: Collection[str] = ()
    cases: Sequence[MonthCounts] = ()
    program: int = 0
    reconciliation: Sequence[Reconciliation] = ()


@dataclass(frozen=True)
class SnapshotComparison:
    """A snapshot beside the previous one.

    `figures` are those that both cover, as published before and now. `meanings` are the meaning digests of indicators,
    `lost` what `find_lost` gives, `unmatched` the number of cases that could not be followed, and `not_followed` says
    of whole indicators why. `sealed` is None where cases of either snapshot are missing, or their secrets differ.
    """

    sgkpi_before: str
    sgkpi: str
    figures: Sequence[tuple["PublishedFigure", "PublishedFigure"]] = ()
    meanings_before: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    lost: Sequence[str] = ()
    unmatched: int = 0
    not_followed: Mapping[str, str] = field(default_factory=dict)
    sealed: SealedComparison | None = None


def evaluate_gates(
    as_of_source: AsOfSource,
    comparison: SnapshotComparison | None,
    fail_on: Collection[Gate] = (),
    accept: Collection[Gate] = (),
) -> tuple[CheckRecord, ...]:
    """Return the result of every gate; `comparison` is None where there is no previous snapshot.

    A gate that needs sealed cases which are missing fails if it was asked for. One that failed and is accepted is
    `accepted`.
    """
    return tuple(
        _check(gate, as_of_source, comparison, is_asked=gate in fail_on, is_accepted=gate in accept) for gate in Gate
    )


def stopping_gates(checks: Iterable[CheckRecord], fail_on: Collection[Gate]) -> tuple[Gate, ...]:
    """Return the gates that were asked for and failed: nothing is committed while there is one."""
    return tuple(Gate(each.gate) for each in checks if each.gate in fail_on and each.status == GateStatus.FAILED)


def _check(
    gate: Gate, as_of_source: AsOfSource, comparison: SnapshotComparison | None, *, is_asked: bool, is_accepted: bool
) -> CheckRecord:
    if gate is Gate.NO_PREVIOUS:
        failed, detail = comparison is None, "" if comparison else "there is no earlier snapshot"
    elif gate is Gate.GUESSED_AS_OF:
        failed = as_of_source is AsOfSource.LATEST_EVENT
        detail = "the as-of time is that of the latest event in the extract" if failed else ""
    elif comparison is None:
        return CheckRecord(gate, GateStatus.NOT_EVALUATED, "there is no earlier snapshot")
    elif gate in _COMPARED:
        failed, detail = _COMPARED[gate](comparison)
    elif comparison.sealed is not None:
        failed, detail = _SEALED[gate](comparison, comparison.sealed)
    elif is_asked:
        failed, detail = True, "it needs sealed cases, which are missing"
    else:
        return CheckRecord(gate, GateStatus.NOT_EVALUATED, "sealed cases are missing")
    if not failed:
        return CheckRecord(gate, GateStatus.PASSED, detail)
    return CheckRecord(gate, GateStatus.ACCEPTED if is_accepted else GateStatus.FAILED, detail)


Verdict = tuple[bool, str]  # whether the gate fails, and why


def _fails_for(texts: Iterable[str]) -> Verdict:
    """Return the verdict of a gate that fails if there are any texts, with the first three of them."""
    found = list(texts)
    more = [f"and {len(found) - _LISTED} more"] if len(found) > _LISTED else []
    return bool(found), "; ".join([*found[:_LISTED], *more])


def restated(comparison: SnapshotComparison) -> Verdict:
    """Fail if a figure that was settled shows another value, to one decimal."""
    return _fails_for(
        f"{_name(before)}: {show_value(before.amounts.value, before.quantity, before.bounds)}"
        f" to {show_value(now.amounts.value, quantity, now.bounds)}"
        for before, now in comparison.figures
        # A new unit alone changes no value.
        for quantity in (before.quantity if before.measure is now.measure else now.quantity,)
        if before.is_settled
        and _rounded(before.amounts.value, before.quantity) != _rounded(now.amounts.value, quantity)
    )


def _name(figure: "PublishedFigure") -> str:
    """Return the name of a figure in messages, without its category, which may be the value of a cell."""
    return f"{figure.indicator} {figure.period.label}" + (f" by {figure.breakdown}" if figure.breakdown else "")


def _rounded(value: Fraction | None, quantity: Quantity) -> Fraction | None:
    return None if value is None else round_half_up(value * quantity.scale, 1)


def rerated(comparison: SnapshotComparison) -> Verdict:
    """Fail if a figure that was settled has another rating, even if only its target changed."""
    return _fails_for(
        f"{_name(before)}: {before.rating} to {now.rating}"
        for before, now in comparison.figures
        if before.is_settled and before.rating is not now.rating
    )


def unmatched(comparison: SnapshotComparison) -> Verdict:
    """Fail if any case could not be followed; without sealed cases, none can."""
    if comparison.sealed is None:
        return True, "no case could be followed, as sealed cases are missing"
    cases = [f"{_cases(comparison.unmatched)} could not be followed"] if comparison.unmatched else []
    return _fails_for([*cases, *(f"{name}: {why}" for name, why in comparison.not_followed.items())])


def redefined(comparison: SnapshotComparison) -> Verdict:
    """Fail if an indicator means something else."""
    before, now = comparison.meanings_before, comparison.meanings
    return _fails_for(each for each in sorted(before.keys() & now.keys()) if before[each] != now[each])


def lost(comparison: SnapshotComparison) -> Verdict:
    """Fail if something of the previous snapshot is missing or no longer covered."""
    return _fails_for(comparison.lost)


def mass_deletion(_: SnapshotComparison, sealed: SealedComparison) -> Verdict:
    """Fail if of a table's keys, or of an indicator's cases of one month, over 20% and ten or more are gone."""
    tables = [
        (each.table, "keys", each.known, each.gone) for each in sealed.tables if each.table not in sealed.shortened
    ]
    months = [(f"{each.indicator} {each.month}", "cases", each.known, each.gone) for each in sealed.cases]
    failed, detail = _fails_for(
        f"{name}: {gone} of {known} {what} are in no row"
        for name, what, known, gone in (*tables, *months)
        if gone >= KEYS_DELETED and gone > SHARE_DELETED * known
    )
    return failed, detail and f"{detail}; if the extract is meant to cover less, say so under [covers]"


def keys_changed(_: SnapshotComparison, sealed: SealedComparison) -> Verdict:
    """Fail if the system has given the rows of a table other keys, so that no case of it can be followed."""
    return _fails_for(
        f"{each.table}: {each.gone} of {each.known} keys are in no row, and {each.came} others came"
        for each in sealed.tables
        if have_changed(each)
    )


def program(comparison: SnapshotComparison, sealed: SealedComparison) -> Verdict:
    """Fail if the same version of sgkpi judges unchanged cases differently; another version is only mentioned."""
    if not sealed.program:
        return False, ""
    before, now, cases = comparison.sgkpi_before, comparison.sgkpi, _cases(sealed.program)
    if before != now:
        return False, f"sgkpi {now} judges {cases} otherwise than {before}"
    return True, f"{cases} judged otherwise, though nothing recorded changed: a fault of sgkpi, please report it"


def reconciliation(_: SnapshotComparison, sealed: SealedComparison) -> Verdict:
    """Fail if a stock's opening and closing are not explained by spells that began or ended."""
    return _fails_for(
        f"{each.indicator} {each.period}: {failure}" for each in sealed.reconciliation for failure in each.failures
    )


def _cases(number: int) -> str:
    return f"{number} {'case' if number == 1 else 'cases'}"


_COMPARED: dict[Gate, Callable[[SnapshotComparison], Verdict]] = {
    Gate.RESTATED: restated,
    Gate.RERATED: rerated,
    Gate.UNMATCHED: unmatched,
    Gate.REDEFINED: redefined,
    Gate.LOST: lost,
}
_SEALED: dict[Gate, Callable[[SnapshotComparison, SealedComparison], Verdict]] = {
    Gate.MASS_DELETION: mass_deletion,
    Gate.KEYS_CHANGED: keys_changed,
    Gate.PROGRAM: program,
    Gate.RECONCILIATION: reconciliation,
}


def find_renamed(before: Mapping[str, str], now: Mapping[str, str]) -> Mapping[str, str]:
    """Return the indicators that are gone, each with a new one whose meaning digest is the same."""
    new = {meaning: name for name, meaning in sorted(now.items()) if name not in before}
    return {name: new[meaning] for name, meaning in before.items() if name not in now and meaning in new}


def find_shortened(before: Mapping[str, date] | None, now: Mapping[str, date] | None) -> frozenset[str]:
    """Return the tables that an extract says it covers from a later day than the one before did."""
    known = before or {}
    return frozenset(table for table, day in (now or {}).items() if table not in known or day > known[table])


@dataclass(frozen=True)
class Scope:
    """The scope of a snapshot: its indicators, the breakdowns of each, and the periods that each covers."""

    indicators: frozenset[str]
    breakdowns: frozenset[tuple[str, str]]
    covered: frozenset[tuple[str, Period]]


def find_lost(
    before: Scope,
    now: Scope,
    months: Collection[Month],
    reasons: Mapping[str, str],
    passing: Collection[tuple[str, Period]] = (),
) -> tuple[str, ...]:
    """Return the indicators, breakdowns and periods of the previous snapshot that are missing, or no longer covered.

    A period counts only if its last month is one of `months`, those that the new snapshot was asked for. `reasons` say
    why an indicator cannot be computed. `passing` are the figures that are known for the present alone, and were then.
    """
    gone = sorted(before.indicators - now.indicators)
    breakdowns = sorted(each for each in before.breakdowns - now.breakdowns if each[0] in now.indicators)
    periods = sorted(
        (
            each
            for each in (before.covered - now.covered).difference(passing)
            if each[0] in now.indicators and each[1].last in months
        ),
        key=lambda each: (each[0], each[1].sort_key),
    )
    return (
        *(f"{each} ({reasons[each]})" if each in reasons else each for each in gone),
        *(f"{indicator} by {breakdown}" for indicator, breakdown in breakdowns),
        *(f"{indicator} {period.label}" for indicator, period in periods),
    )

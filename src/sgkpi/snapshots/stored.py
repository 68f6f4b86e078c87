"""Stored ledgers: read from the restatement.csv of snapshots, and summed over those that follow one another."""

import csv
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from graphlib import CycleError, TopologicalSorter
from io import StringIO
from itertools import groupby, pairwise
from operator import itemgetter

from sgkpi.model.errors import SnapshotError
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.model.units import ValueUnit
from sgkpi.snapshots.causes import CAUSE_ORDER, Cause, Step
from sgkpi.snapshots.parts import Attribution
from sgkpi.snapshots.published import Amounts, Place, Publication, PublishedFigure, own_bounds
from sgkpi.snapshots.restatement import (
    Compared,
    FigureLedger,
    LedgerLine,
    LineKind,
    compare_amounts,
    ledger_of,
)
from sgkpi.snapshots.store import Snapshot

RESTATEMENT = "restatement.csv"
Ledgers = Mapping[Place, FigureLedger]
Cells = Mapping[str, str]
_PLACE = ("indicator", "period_kind", "period", "breakdown", "category")


def read_ledgers(
    snapshot: Snapshot, before: Publication, now: Publication, indicators: Collection[str] | None = None
) -> Ledgers:
    """Return the ledgers of a snapshot (of some indicators), of the figures that it and the one before it have.

    Columns that are not known are passed over. Raises SnapshotError where the file is missing, changed, or does not
    hold ledgers.
    """
    text = snapshot.read(RESTATEMENT).decode()
    figures = (*before.figures, *now.figures)
    periods = {(each.period.kind.value, each.period.label): each.period for each in figures}
    units = {each.indicator: each.unit for each in figures}
    try:
        every = csv.DictReader(StringIO(text))
        wanted = (row for row in every if not indicators or row["indicator"] in indicators)
        rows = groupby(wanted, key=lambda row: [row[name] for name in _PLACE])
        ledgers = [_ledger(list(each), periods, units, before, now) for _, each in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{snapshot.folder / RESTATEMENT} is damaged: it does not hold ledgers") from error
    return {(each.indicator, each.period, each.breakdown, each.category): each for each in ledgers}


def _ledger(
    rows: Sequence[Cells],
    periods: Mapping[tuple[str, str], Period],
    units: Mapping[str, ValueUnit | None],
    before: Publication,
    now: Publication,
) -> FigureLedger:
    first = rows[0]
    period = periods[first["period_kind"], first["period"]]
    place = first["indicator"], period, first["breakdown"] or None, first["category"] or None
    return FigureLedger(
        first["indicator"],
        first["title"],
        Measure(first["measure"]),
        *place[1:],
        tuple(map(_line, rows)),
        Attribution(first["attribution"]),
        Compared(first["comparison"]),
        own_bounds(before.by_place.get(place)),
        own_bounds(now.by_place.get(place)),
        unit=units[first["indicator"]],
    )


def _line(row: Cells) -> LedgerLine:
    outcomes = {outcome.value: int(row[outcome]) for outcome in Outcome} if row["in_scope"] else None
    numbers = (Fraction(row[name]) if row[name] else None for name in ("numerator", "denominator", "exact"))
    counted = (each.rsplit(" ", 1) for each in row["columns"].split("; ") if each)
    return LedgerLine(
        LineKind(row["line"]),
        Amounts(outcomes, *numbers),
        Step(row["step"]) if row["step"] else None,
        Cause(row["cause"]) if row["cause"] else None,
        int(row["cases"]) if row["cases"] else None,
        {name: int(cases) for name, cases in counted},
    )


def ledgers_between(before: Publication, now: Publication, links: Sequence[Ledgers] | None) -> Iterator[FigureLedger]:
    """Yield the ledger of every figure of two snapshots, in the order of the long table.

    `links` are the stored ledgers from one snapshot to the next on the way; None where there is no way, so that no
    case can be followed.
    """
    links = links or ()
    ends = before.by_place, now.by_place
    knows_before, knows_now = map(_known_places, (before, now))
    linked = {place for each in links for place in each if knows_before(place) and knows_now(place)}
    for place in sorted({*ends[0], *ends[1], *linked}, key=order_of(now.by_place, before.by_place, *links)):
        found = [each[place] for each in links if place in each] if place in linked else []
        whole = found[0] if len(links) == len(found) == 1 else _summed(found) if found else None
        if ledger := _between(ends[0].get(place), ends[1].get(place), whole):
            yield ledger


def _known_places(publication: Publication) -> Callable[[Place], bool]:
    """Return whether a publication covers the period of a place and has its breakdown, if not its category."""

    @cache
    def has_breakdown(indicator: str, breakdown: str) -> bool:
        return breakdown in publication.breakdowns(indicator) or not publication.has_cases(indicator)

    def knows(place: Place) -> bool:
        indicator, period, breakdown, _ = place
        total = publication.by_place.get((indicator, period, None, None))
        return total is not None and total.is_covered and (breakdown is None or has_breakdown(indicator, breakdown))

    return knows


def _between(
    before: PublishedFigure | None, now: PublishedFigure | None, whole: FigureLedger | None
) -> FigureLedger | None:
    """Return the ledger of a figure; what the whole of its links does not explain exactly is not followed.

    A category that neither snapshot has is one that cases passed on the way; None where they did not leave it again.
    """
    unfollowed = ledger_of(before, now) if before or now else None
    if whole is None or (unfollowed and unfollowed.comparison is Compared.MEASURE_CHANGED):
        return unfollowed
    if not _leads(whole, before, now):
        return unfollowed
    if unfollowed is None:
        return replace(whole, comparison=Compared.SAME)
    compared = unfollowed.comparison
    if before and now and whole.opening and whole.closing:
        compared = compare_amounts(whole.opening, whole.closing)
    return replace(
        whole,
        title=unfollowed.title,
        comparison=compared,
        bounds_before=unfollowed.bounds_before,
        bounds=unfollowed.bounds,
        unit=unfollowed.unit,
    )


def _leads(ledger: FigureLedger, before: PublishedFigure | None, now: PublishedFigure | None) -> bool:
    """Whether the movements of a ledger lead from the outcomes of one figure to those of the other."""
    opening = Counter(before.amounts.outcomes if before else None)
    closing = Counter(now.amounts.outcomes if now else None)
    for line in ledger.movements:
        opening.update(line.amounts.outcomes)
    return all(opening[outcome.value] == closing[outcome.value] for outcome in Outcome)


def _summed(links: Sequence[FigureLedger]) -> FigureLedger:
    """Return ledgers that follow one another as one, summed by step and cause, without subtotals."""
    first, last = links[0].lines[0], links[-1].lines[-1]
    moved: dict[tuple[Step | None, Cause | None], LedgerLine] = {}
    for line in (line for ledger in links for line in ledger.movements):
        place = line.step, line.cause
        moved[place] = _plus(moved[place], line) if place in moved else line
    steps = list(Step)
    in_order = sorted(moved.values(), key=lambda line: (steps.index(line.step), CAUSE_ORDER[line.cause]))  # type: ignore[arg-type,index]
    is_unknown = any(each.attribution is Attribution.NONE for each in links)
    return replace(
        links[-1],
        bounds_before=links[0].bounds_before,
        lines=(first, *in_order, last),
        attribution=Attribution.NONE if is_unknown else links[-1].attribution,
    )


def _plus(one: LedgerLine, other: LedgerLine) -> LedgerLine:
    a, b = one.amounts, other.amounts
    outcomes = Counter(a.outcomes)
    outcomes.update(b.outcomes)
    amounts = Amounts(
        None if a.outcomes is None or b.outcomes is None else outcomes,
        None if a.numerator is None or b.numerator is None else a.numerator + b.numerator,
        None if a.denominator is None or b.denominator is None else a.denominator + b.denominator,
        None if a.value is None or b.value is None else a.value + b.value,
    )
    columns = Counter(one.columns)
    columns.update(other.columns)
    cases = None if one.cases is None or other.cases is None else one.cases + other.cases
    return replace(one, cases=cases, amounts=amounts, columns=columns)


def order_of(*tables: Iterable[Place]) -> Callable[[Place], tuple[object, ...]]:
    """Return the sort key of places: the order of the long table, as these tables have it together."""
    lists: dict[tuple[str, str | None], list[list[str]]] = {}
    for table in tables:
        for (indicator, _), places_within in groupby(table, key=itemgetter(0, 1)):
            inside = [place[2:] for place in places_within if place[2] and place[3]]
            lists.setdefault((indicator, None), []).append(list(dict.fromkeys(str(name) for name, _ in inside)))
            for name, categories in groupby(inside, key=lambda each: each[0]):
                lists.setdefault((indicator, name), []).append([str(category) for _, category in categories])

    @cache
    def places(indicator: str, breakdown: str | None) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(merge_orders(lists.get((indicator, breakdown), [])))}

    def key(place: Place) -> tuple[object, ...]:
        indicator, period, breakdown, category = place
        if breakdown is None or category is None:
            return indicator, period.sort_key, -1, 0
        return indicator, period.sort_key, places(indicator, None)[breakdown], places(indicator, breakdown)[category]

    return key


def merge_orders(lists: Iterable[Sequence[str]]) -> list[str]:
    """Return the names of lists in an order that all of them keep, by code point where none says which comes first.

    Where they contradict one another, those of the first list come first.
    """
    lists = list(lists)
    sorter = TopologicalSorter[str]()
    for names in lists:
        for name in names[:1]:
            sorter.add(name)
        for earlier, later in pairwise(names):
            sorter.add(later, earlier)
    try:
        sorter.prepare()
    except CycleError:
        return list(dict.fromkeys(name for names in lists for name in names))
    merged, ready = list[str](), set[str]()
    while sorter.is_active():
        ready.update(sorter.get_ready())
        merged.append(least := min(ready))
        ready.remove(least)
        sorter.done(least)
    return merged

"""The restatement ledger over generated pairs of extracts, by seed: a long run that CI has no time for.

python -m tests.support.restatements 100000 105000
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from sgkpi.answers.inputs import engine_named
from sgkpi.answers.snapshot.take import Circumstances, SnapshotRequest, SnapshotTaken, take_snapshot
from sgkpi.documents.write.snapshot import renderers
from sgkpi.engines.protocol import ENGINES
from sgkpi.engines.sealed_files import CASES, KEYS, RELATED, ROWS
from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import DefinitionsError, SgkpiError
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import PeriodKind, periods_for
from sgkpi.model.request import Request
from sgkpi.planning.plan import Plan
from sgkpi.planning.request import resolve
from sgkpi.snapshots.causes import Cause
from sgkpi.snapshots.lock import Writer
from sgkpi.snapshots.parts import Attribution
from sgkpi.snapshots.published import Amounts, Place, publication_of
from sgkpi.snapshots.restatement import FigureLedger, LedgerLine, LineKind
from sgkpi.snapshots.store import default_private_folder, open_store
from tests.support.world import World
from tests.support.world_pairs import Pair, pair_of

SECRET = bytes(range(32))
TELL_EVERY = 250
_ON_BOTH_EVERY = 10  # DuckDB takes longer to plan its statements than all the rest
# In swapped snapshots a case that came has gone, and the other way round.
_COME = {Cause.ARRIVED_LATE, Cause.MOVED_IN, Cause.ENTERED_LATE}
_GONE = {Cause.DELETED, Cause.MOVED_OUT}


def take(world: World, folder: Path, store: Path) -> SnapshotTaken:
    """Take a snapshot of a world, which is written to a folder; where rows are few, the reference engine is faster."""
    world.write(folder)
    catalogue, extract = world.open(folder)
    month, history = max(world.months), len(world.months) - 1
    asked = SnapshotRequest(month, history, tuple(world.kinds), world.as_of, "reference", reason="a test")
    opened = open_store(store, default_private_folder(store), for_writing=True)
    return take_snapshot(
        extract, catalogue, opened, asked, renderers(), Circumstances(Writer(1, "here", "test"), {}, SECRET)
    )


def take_both(pair: Pair, folder: Path) -> tuple[SnapshotTaken, SnapshotTaken] | None:
    """Take the snapshots of a pair, one after the other; None where one of them cannot be computed."""
    try:
        first, second = (
            take(world, folder / name, folder / "snapshots")
            for world, name in ((pair.before, "before"), (pair.after, "after"))
        )
    except DefinitionsError:  # a fault of the generator, which would otherwise have fewer pairs than it seems
        raise
    except SgkpiError:
        return None
    return first, second


def faults(pair: Pair, *, on_both: bool = True) -> Iterator[str]:
    """What is wrong with the ledger of a pair, and (`on_both` engines) with the sealed cases that it comes from."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        taken = take_both(pair, folder / "there")
        if taken is None:
            return
        before, after = taken
        if after.previous is None:  # the later one is of an earlier month
            return
        yield from ledger_faults(before, after)
        if on_both:
            yield from _engine_faults(pair.after, folder / "there" / "after", before, after)
        if pair.is_of_records and (back := take_both(pair.swapped, folder / "back")):
            yield from _swap_faults(after, back[1])


def ledger_faults(before: SnapshotTaken, after: SnapshotTaken) -> Iterator[str]:
    """Whether every figure has its ledger, from the figure published to today's, and what does not add up in it."""
    then, now = (publication_of(each.figures.figures).by_place for each in (before, after))
    # Cases that were followed add up exactly, to numbers that a publication rounds to the nearest double.
    opened, closed = ({each.place: each for each in taken.figures.figures} for taken in (before, after))
    ledgers = {_place(each): each for each in after.restatement.ledgers}
    for place in sorted({*then} | {*now}, key=str):
        name = _name(place)
        ledger, first, last = ledgers.get(place), then.get(place), now.get(place)
        if ledger is None:
            yield f"{name}: no ledger"
            continue
        if ledger.attribution is not Attribution.NONE:
            yield from (f"{name}: {fault}" for fault in _line_faults(ledger))
        if not (first and last and first.is_covered and last.is_covered):
            continue
        if ledger.attribution is not Attribution.NONE:
            for what, found, published, exact in (
                ("opens", ledger.opening, first, opened[place]),
                ("closes", ledger.closing, last, closed[place]),
            ):
                expected = Amounts(published.amounts.outcomes, exact.numerator, exact.denominator, exact.value)
                if found != expected:
                    yield f"{name}: {what} with {_shown(found)}, not {_shown(expected)}"
        elif first.measure is last.measure and place[0] not in after.restatement.not_followed:
            yield f"{name}: not followed"
    yield from _category_faults(after.restatement.ledgers)


def _name(place: Place) -> str:
    return " ".join(str(part) for part in (place[0], place[1].label, *place[2:]) if part)


def _shown(amounts: Amounts | None) -> str:
    if amounts is None:
        return "nothing"
    outcomes = {name: cases for name, cases in (amounts.outcomes or {}).items() if cases}
    return f"{amounts.numerator}/{amounts.denominator}={amounts.value} {outcomes}"


def _place(ledger: FigureLedger) -> Place:
    return ledger.indicator, ledger.period, ledger.breakdown, ledger.category


def _line_faults(ledger: FigureLedger) -> Iterator[str]:
    """Whether movements add up, from one subtotal to the next, and whether none is the program's."""
    state, moved = ledger.lines[0].amounts, list[LedgerLine]()
    for line in ledger.lines[1:]:
        if line.kind is LineKind.MOVEMENT:
            moved.append(line)
            continue
        for name in (*Outcome, "numerator", "denominator"):
            if _sum(moved, name) != _amount(line.amounts, name) - _amount(state, name):
                yield f"the {name} of {line.kind} do not add up"
        state, moved = line.amounts, []
    parts, values = [line.amounts.value for line in ledger.movements], (ledger.lines[0], ledger.lines[-1])
    first, last = (line.amounts.value for line in values)
    if first is None or last is None:
        if any(part is not None for part in parts):
            yield "a part where there is no value"
    elif None in parts or _sum(ledger.movements, "value") != last - first:
        yield f"parts {parts} of {first} to {last}"
    if any(line.cause is Cause.PROGRAM for line in ledger.movements):
        yield "a case is judged otherwise by the program"


def _amount(amounts: Amounts, name: str) -> Fraction:
    found = amounts.outcomes[name] if name in tuple(Outcome) else getattr(amounts, name)
    return Fraction(found or 0)


def _sum(lines: Iterable[LedgerLine], name: str) -> Fraction:
    return sum((_amount(line.amounts, name) for line in lines), Fraction())


def _category_faults(ledgers: Iterable[FigureLedger]) -> Iterator[str]:
    """Whether the changes of the categories of a breakdown add up to those of the total, cause by cause."""
    sums: defaultdict[tuple[object, ...], Counter[object]] = defaultdict(Counter)
    for each in ledgers:
        if each.attribution is not Attribution.NONE:
            of = sums[each.indicator, each.period, each.breakdown]
            for line in each.movements:
                for name in (*Outcome, "numerator", "denominator"):
                    of[line.step, line.cause, name] += _amount(line.amounts, name)
    for (indicator, period, breakdown), found in sums.items():
        total = sums[indicator, period, None]
        if any(found[key] != total[key] for key in {*found, *total}):
            yield f"{indicator} {period.label} {breakdown}: categories do not add up to the total"


def _engine_faults(world: World, folder: Path, before: SnapshotTaken, after: SnapshotTaken) -> Iterator[str]:
    """Whether both engines seal the same rows: of the world as it is now, and as it was known at the former time."""
    catalogue, extract = world.open(folder)
    request = Request(months=list(world.months), kinds=world.kinds, by=["all"], as_of=after.manifest.as_of)
    resolved = resolve(extract, catalogue, request, engine_named("duckdb").events)
    months = {month for period in resolved.periods for month in period.months}
    plan = resolved.over(periods_for([PeriodKind.MONTH], months)).plan
    former = replace(plan, as_of=before.manifest.as_of, recorded_by=plan.as_of)
    for name, each in (("now", plan), ("then", former)):
        sealed = [_sealed(engine, each, folder / name, world) for engine in ENGINES]
        for file in (CASES, KEYS, ROWS, RELATED):
            if sealed[0][file] != sealed[1][file]:
                one, other = (Counter(map(repr, rows[file])) for rows in sealed)
                yield f"{file}, as known {name}: {list(one - other)[:2]} or {list(other - one)[:2]}"


def _sealed(engine: str, plan: Plan, folder: Path, world: World) -> dict[str, list[dict[str, object]]]:
    from pyarrow.parquet import read_table

    _, extract = world.open(folder.parent)
    there = folder / engine
    there.mkdir(parents=True)
    engine_named(engine).seal(plan, extract, Seal(SECRET), there, to_compare=True)
    return {file: sorted(read_table(there / file).to_pylist(), key=repr) for file in (CASES, KEYS, ROWS, RELATED)}


def _swap_faults(there: SnapshotTaken, back: SnapshotTaken) -> Iterator[str]:
    """Whether swapped snapshots, of which only rows differ, have opposite numbers."""
    others = {_place(each): each for each in back.restatement.ledgers}
    for ledger in there.restatement.ledgers:
        other = others[_place(ledger)]
        if Attribution.NONE in (ledger.attribution, other.attribution):
            continue
        for causes in (_COME | _GONE | {Cause.CORRECTED}, {Cause.RECATEGORISED}, {Cause.UNMATCHED}):
            one, two = ([line for line in each.movements if line.cause in causes] for each in (ledger, other))
            amounts = ["numerator", "denominator", *(["value"] if ledger.attribution is Attribution.SHARES else [])]
            for name in amounts:
                if _sum((*one, *two), name):
                    yield f"{_name(_place(ledger))}: the {name}s of swapped snapshots are not opposite"
            if sum(line.cases or 0 for line in one) != sum(line.cases or 0 for line in two):
                yield f"{_name(_place(ledger))}: other numbers of cases in swapped snapshots"
        yield from _late_faults(ledger, other)
        yield from _late_faults(other, ledger)


def _late_faults(ledger: FigureLedger, other: FigureLedger) -> Iterator[str]:
    """What arrived late is deleted in the swapped ledger, or has moved out where its row has a later date."""
    late, gone, out = (
        sum(line.cases or 0 for line in each.movements if line.cause is cause)
        for each, cause in ((ledger, Cause.ARRIVED_LATE), (other, Cause.DELETED), (other, Cause.MOVED_OUT))
    )
    if not gone <= late <= gone + out:
        yield f"{_name(_place(ledger))}: {late} arrived late, {gone} are deleted and {out} moved out when swapped"


def main() -> int:
    """Write the seeds whose ledgers have faults; 1 when there are any."""
    first, last = map(int, sys.argv[1:])
    failed = 0
    for number, seed in enumerate(range(first, last), start=1):
        try:
            found = list(faults(pair_of(seed), on_both=seed % _ON_BOTH_EVERY == 0))
        except Exception as error:  # noqa: BLE001 - whatever it is, the run goes on
            found = [f"{type(error).__name__}: {error}"]
        failed += bool(found)
        sys.stdout.writelines(f"seed {seed}: {fault}\n" for fault in found[:3])
        sys.stdout.flush()
        if number % TELL_EVERY == 0:
            sys.stderr.write(f"{number:,} pairs\n")
    sys.stdout.write(f"{last - first:,} pairs; {failed} have faults\n")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())

"""Restatement ledgers of generated pairs of extracts: from what was published to what is, each step recomputed.

`python -m tests.support.restatements FIRST LAST` tries more pairs than there is time for here.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, note

from sgkpi.planning.evidence import EvidenceKind
from sgkpi.snapshots.causes import Cause, Step
from sgkpi.snapshots.manifest import Manifest
from sgkpi.snapshots.parts import Attribution
from sgkpi.snapshots.restatement import Compared, FigureLedger
from tests.properties.examples import per_cent
from tests.support.restatements import faults, ledger_faults, take_both
from tests.support.world_pairs import Pair, pair_of, pairs

PAIRS = 200  # some causes are rare: a calendar has to differ on the very days of a clock


@per_cent(20)
@given(pairs())
def test_ledgers_are_exact(pair: Pair) -> None:
    """They open with the figure published and close with today's; parts and categories add up; no case is lost.

    Equal evidence has equal outcomes: no case moves for the cause `program`. Both engines seal the same cases, and
    swapped snapshots of which only rows differ have opposite numbers.
    """
    note(str(pair))
    assert list(faults(pair)) == []


@dataclass(frozen=True)
class Comparison:
    """The later snapshot of a pair, compared with the earlier one."""

    seed: int
    manifest: Manifest
    ledgers: tuple[FigureLedger, ...]
    faults: tuple[str, ...]


@cache
def comparisons() -> tuple[Comparison, ...]:
    """Some hundreds of pairs, always the same ones."""
    found = []
    for seed in range(PAIRS):
        with TemporaryDirectory() as folder:
            taken = take_both(pair_of(seed), Path(folder))
        if taken is not None and taken[1].previous is not None:
            wrong = tuple(ledger_faults(*taken))
            found.append(Comparison(seed, taken[1].manifest, taken[1].restatement.ledgers, wrong))
    return tuple(found)


@pytest.mark.slow
def test_the_ledgers_of_some_hundreds_of_pairs_are_exact() -> None:
    assert [(each.seed, each.faults) for each in comparisons() if each.faults] == []
    assert len(comparisons()) > PAIRS / 2


@pytest.mark.slow
def test_every_step_and_cause_is_generated() -> None:
    """But for a program that judges otherwise, which is a worked example."""
    lines = [line for each in comparisons() for ledger in each.ledgers for line in ledger.movements]
    assert {line.step for line in lines} == {*Step}
    assert {*Cause} - {line.cause for line in lines} == {Cause.PROGRAM}


@pytest.mark.slow
def test_every_comparison_is_generated() -> None:
    ledgers = [ledger for each in comparisons() for ledger in each.ledgers]
    assert {ledger.comparison for ledger in ledgers} == {*Compared}
    assert {ledger.attribution for ledger in ledgers} == {*Attribution}


@pytest.mark.slow
def test_every_kind_of_evidence_is_generated() -> None:
    """And columns of the case and of related rows differ now and then, and move a case."""
    names = {name for each in comparisons() for record in each.manifest.definitions for name in record.evidence}
    kinds = {name.partition("#")[2].upper() or "COLUMN" for name in names}
    assert kinds == {kind.name for kind in EvidenceKind}
    lines = [line for each in comparisons() for ledger in each.ledgers for line in ledger.movements]
    assert {"." in column for line in lines for column in line.columns} == {False, True}

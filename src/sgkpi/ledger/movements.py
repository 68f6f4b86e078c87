"""Movements of cases: changes between two states of the same cases, by what they were and are; flows of stocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True)
class Standing:
    """The standing of cases in a state: month, outcome and reason, value (exact fractions, as text) and categories."""

    period: str
    outcome: str
    reason: str | None
    value: str | None
    per: str | None
    categories: tuple[str, ...]


class EvidenceChange(IntEnum):
    """The ways in which a piece of evidence differs between two states."""

    SAME = 0
    APPEARED = 1  # blank or unreadable before, and there now
    GREATER = 2  # of a count, a greater number
    OTHER = 3


@dataclass(frozen=True)
class CaseChange:
    """A number of cases of an indicator that stand otherwise than before, all alike.

    `before` or `after` is None where they are in no month. `is_followed` is False for cases without a whole key. What
    follows is known where records are compared: whether their keys were known then, are in any row now, and were of
    cases that no date placed; the changes of their evidence, in the order of the names that both states have; and for
    each related, whether its kept row is one that was not known then. `key` is that of a single case, where keys
    are asked for.
    """

    indicator: str
    before: Standing | None
    after: Standing | None
    cases: int
    is_followed: bool = True
    was_known: bool = True
    is_there: bool = True
    was_unplaced: bool = False
    evidence: Sequence[EvidenceChange] = ()
    new_rows: Sequence[bool] = ()
    key: bytes | None = None


@dataclass(frozen=True)
class StandingCount:
    """The number of cases of an indicator that stand alike in a state."""

    indicator: str
    standing: Standing
    cases: int


@dataclass(frozen=True)
class Layout:
    """The layout of an indicator's sealed cases in two states: places (from 1), in their lists, of what both have."""

    indicator: str
    is_stock: bool
    table: str
    related_tables: tuple[str, ...]
    categories_before: tuple[int, ...]
    categories_after: tuple[int, ...]
    evidence_before: tuple[int, ...]
    evidence_after: tuple[int, ...]


@dataclass(frozen=True)
class KeyCounts:
    """The keys of a table that were known before, those of them in no row now, and those that came."""

    table: str
    known: int
    gone: int
    came: int


@dataclass(frozen=True)
class MonthCounts:
    """The cases with a key that an indicator had in a month, and those of them whose keys are in no row now."""

    indicator: str
    month: str
    known: int
    gone: int


@dataclass(frozen=True)
class Flow:
    """The cases that came into a stock and went out of it in a month: by the date of a spell, and without."""

    indicator: str
    month: str
    entered: int
    left: int
    moved_in: int
    moved_out: int

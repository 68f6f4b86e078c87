"""Requests for figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sgkpi.model.periods import Month, PeriodKind

MOST_HISTORY = 1200


class AsOfSource(StrEnum):
    """The source of the as-of time."""

    OPTION = "option"
    EXTRACT_TOML = "extract.toml"
    LATEST_EVENT = "latest event"


@dataclass(frozen=True)
class Request:
    """A request for figures, before it is resolved.

    Without indicators, all of them; without months, the last complete one at the as-of time; without an as-of
    time, that of the extract. `history` adds that many months before each; `by` names breakdowns (`all`: every one).
    `persons` asks for how many persons the cases of every figure are of, which takes time and no screen shows.
    `compared` adds to months what a table shows beside them: the twelve months before each, and the year to date.
    """

    indicators: Sequence[str] = ()
    months: Sequence[Month] | None = None
    history: int = 0
    kinds: Sequence[PeriodKind] = (PeriodKind.MONTH,)
    by: Sequence[str] = ()
    as_of: datetime | None = None
    persons: bool = False
    compared: bool = False

"""Requests for figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sgkpi.model.periods import Month, Period, PeriodKind, periods_for

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
    persons: bool = field(default=False, kw_only=True)
    compared: bool = field(default=False, kw_only=True)

    def periods(self, months: Iterable[Month]) -> tuple[Period, ...]:
        """Return the periods that are asked for, given the months that are."""
        return periods_for(self.kinds, self.with_history(months))

    def with_history(self, months: Iterable[Month]) -> list[Month]:
        """Return months with those before each that are asked for, too."""
        return [month.plus(-back) for month in months for back in range(self.history + 1)]

"""The protocol of engines, and their names."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Protocol

from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger
from sgkpi.model.outcomes import Outcome
from sgkpi.planning.plan import Plan

Progress = Callable[[float], None]
# Once counts are known, the plan whose cases are wanted, and those of which outcomes; None: no cases.
Wanted = Callable[[Ledger], tuple[Plan, Collection[Outcome]] | None]
ENGINES = ("duckdb", "reference")


class Engine(Protocol):
    """Turns a plan and an extract into a ledger or single cases."""

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Ledger:
        """Return the ledger of a plan; `show_values` lets problems quote cells."""
        ...

    def cases(
        self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)
    ) -> Iterator[CaseOutcome]:
        """Yield every case that has one of the outcomes, once for each indicator and period to which it belongs."""
        ...

    def compute_and_list(
        self,
        plan: Plan,
        extract: Extract,
        wanted: Wanted,
        *,
        progress: Progress | None = None,
        show_values: bool = False,
    ) -> tuple[Ledger, tuple[CaseOutcome, ...]]:
        """Return what `compute` gives, and the single cases that are then `wanted`; files are read once for both."""
        ...

    def events(self, extract: Extract) -> tuple[datetime, datetime] | None:
        """Return the first and the last moment at which a row of the extract happened; None when there is none."""
        ...

"""The protocol of engines, and their names."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import FoundCases, OverdueCases
from sgkpi.ledger.ledger import Ledger
from sgkpi.ledger.movements import Flow
from sgkpi.ledger.sealed import Seal
from sgkpi.model.outcomes import Outcome
from sgkpi.planning.plan import Plan

Progress = Callable[[float], None]
ENGINES = ("duckdb", "reference")


class Engine(Protocol):
    """Turns a plan and an extract into a ledger or single cases."""

    def opened(self, plan: Plan, extract: Extract, seal: Seal | None = None) -> AbstractContextManager["Engine"]:
        """Yield an engine for several calls on one extract, for the indicators of a plan, and perhaps to seal them."""
        ...

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Ledger:
        """Return the ledger of a plan; `show_values` lets problems quote cells."""
        ...

    def cases(self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)) -> FoundCases:
        """Return every case that has one of the outcomes, once for each indicator and period to which it belongs."""
        ...

    def overdue(self, plan: Plan, extract: Extract) -> tuple[OverdueCases, ...]:
        """Return how many cases are overdue in each period and category of a plan, and when the first fell due."""
        ...

    def seal(self, plan: Plan, extract: Extract, seal: Seal, folder: Path, *, to_compare: bool = False) -> None:
        """Write the sealed cases of a plan of months into a folder (`sealed_files.py`).

        `to_compare` adds the files that only the comparison with an earlier snapshot needs.
        """
        ...

    def movements(self, plan: Plan, extract: Extract) -> tuple[Flow, ...]:
        """Return who came into each stock and who left it between the two months of a plan; its table has a key.

        A stock without movements may be missing.
        """
        ...

    def events(self, extract: Extract) -> tuple[datetime, datetime] | None:
        """Return the first and the last moment at which a row of the extract happened; None when there is none."""
        ...

"""What an engine is, and which there are."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Protocol

from sgkpi.engines.outcomes import CaseOutcome, Counts, Outcome
from sgkpi.engines.plan import Plan
from sgkpi.errors import UsageError
from sgkpi.extracts.extract import Extract
from sgkpi.problems import did_you_mean

Progress = Callable[[float], None]
# Once counts are known, the plan whose cases are wanted, and those of which outcomes; None: no cases.
Wanted = Callable[[Counts], tuple[Plan, Collection[Outcome]] | None]
ENGINES = ("duckdb", "reference")


class Engine(Protocol):
    """Turns a plan and an extract into outcome counts."""

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Counts:
        """The outcome counts of a plan; `show_values` lets problems quote the cells that they speak of."""
        ...

    def cases(
        self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)
    ) -> Iterator[CaseOutcome]:
        """Every case that has one of the outcomes, once for each indicator and period to which it belongs."""
        ...

    def compute_and_list(
        self,
        plan: Plan,
        extract: Extract,
        wanted: Wanted,
        *,
        progress: Progress | None = None,
        show_values: bool = False,
    ) -> tuple[Counts, tuple[CaseOutcome, ...]]:
        """What `compute` gives, and the single cases that are then `wanted`; what both need is read once."""
        ...

    def events(self, extract: Extract) -> tuple[datetime, datetime] | None:
        """The first and the last moment at which a row of the extract happened; None when there is none."""
        ...


def engine_named(name: str) -> Engine:
    """The engine of a name; its libraries are imported only now. Raises UsageError for an unknown one."""
    match name:
        case "duckdb":
            from sgkpi.engines.duckdb.database import open_ahead

            open_ahead()
            from sgkpi.engines.duckdb.engine import DuckDBEngine

            return DuckDBEngine()
        case "reference":
            from sgkpi.engines.reference.engine import ReferenceEngine

            return ReferenceEngine()
        case _:
            raise UsageError(f"no engine '{name}'{did_you_mean(name, ENGINES)}; there are {' and '.join(ENGINES)}")

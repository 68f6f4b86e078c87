"""What a computation gives: figures with their provenance."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sgkpi.definitions.indicators import Indicator
from sgkpi.engines.outcomes import TableRead, Unplaced
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure import Figure, ReasonCount
from sgkpi.problems import Problem

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class AsOfSource(StrEnum):
    """Where the as-of time comes from."""

    OPTION = "option"
    EXTRACT_TOML = "extract.toml"
    LATEST_EVENT = "latest event"


@dataclass(frozen=True)
class Unavailable:
    """An indicator that this extract cannot carry, and why."""

    indicator: str
    reason: str


@dataclass(frozen=True)
class Results:
    """Figures in the order of the long table, and all that they rest on.

    `indicators` are those that were computed; `problems` are warnings about the extract.
    """

    figures: tuple[Figure, ...]
    reasons: tuple[ReasonCount, ...]
    indicators: tuple[Indicator, ...]
    unavailable: tuple[Unavailable, ...]
    unplaced: tuple[Unplaced, ...]
    tables: tuple[TableRead, ...]
    extract: Extract
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()

    def to_json(self) -> str:
        """The figures and their provenance as JSON (schema `sgkpi.figures/1`)."""
        from sgkpi.reports.json_report import render_json

        return render_json(self)

    def to_arrow(self) -> "pa.Table":
        """The figures as an Arrow table, one row a figure."""
        from sgkpi.reports.columns import figures_table

        return figures_table(self.figures)

    def to_pandas(self) -> "pd.DataFrame":
        """The figures as a pandas data frame, one row a figure."""
        return self.to_arrow().to_pandas()

"""What a computation gives: figures with their provenance."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure import Figure, ReasonCount
from sgkpi.ledger.ledger import TableRead, Unplaced
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource
from sgkpi.planning.availability import Unavailable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


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
        from sgkpi.documents.json_report import render_json

        return render_json(self)

    def to_arrow(self) -> "pa.Table":
        """The figures as an Arrow table, one row a figure."""
        from sgkpi.documents.columns import figures_table

        return figures_table(self.figures)

    def to_pandas(self) -> "pd.DataFrame":
        """The figures as a pandas data frame, one row a figure."""
        return self.to_arrow().to_pandas()

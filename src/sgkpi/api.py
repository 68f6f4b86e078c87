"""The library for notebooks and scripts.

catalogue = sgkpi.load_catalogue()
extract = sgkpi.open_extract("extract", catalogue)
results = sgkpi.compute(extract, catalogue, months=[Month(2019, 2)])
results.to_pandas()
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.answers import compute as answer_compute
from sgkpi.answers import inputs
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure import FigureSet
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import Request

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class Results(FigureSet):
    """Figures in the order of the long table, and what they rest on, with the forms in which a notebook wants them."""

    def to_json(self) -> str:
        """Return the figures and their provenance as JSON (schema `sgkpi.figures/1`)."""
        from sgkpi.documents.figures import figure_records
        from sgkpi.documents.write.json import write_json

        return write_json(figure_records(self))

    def to_arrow(self) -> "pa.Table":
        """Return the figures as an Arrow table, one row a figure."""
        from sgkpi.documents.figures import figure_table
        from sgkpi.documents.write.parquet import arrow_table

        return arrow_table(figure_table(self.figures))

    def to_pandas(self) -> "pd.DataFrame":
        """Return the figures as a pandas data frame, one row a figure."""
        return self.to_arrow().to_pandas()


def load_catalogue(path: Path | str | None = None) -> Catalogue:
    """Load the catalogue in a folder; without one, that which comes with sgkpi.

    Raises DefinitionsError with every problem found.
    """
    return inputs.load_catalogue(None if path is None else Path(path))


def open_extract(path: Path | str, catalogue: Catalogue) -> Extract:
    """Open the extract in a folder or a workbook: find which files or sheets hold which table.

    Raises ExtractError when there is no such folder or workbook, or none of the catalogue's tables in it.
    """
    return inputs.open_extract(Path(path), catalogue)


def compute(
    extract: Extract,
    catalogue: Catalogue,
    *,
    months: Sequence[Month] | None = None,
    kinds: Sequence[PeriodKind] = (PeriodKind.MONTH,),
    indicators: Sequence[str] = (),
    by: Sequence[str] = (),
    as_of: datetime | None = None,
    history: int = 0,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> Results:
    """Compute the figures of the indicators named (all, when none is) for months, or for the last complete one.

    `by` names breakdowns (`all` for every one); `history` adds so many months before each. A given
    `as_of` is local time in Europe/London. Raises UsageError for what cannot be asked, and
    ExtractError for what the extract cannot carry.
    """
    request = Request(indicators, months, history, kinds, by, as_of)
    figures = answer_compute.compute(
        extract, catalogue, request, engine=engine, progress=progress, show_values=show_values
    )
    return Results(**vars(figures))

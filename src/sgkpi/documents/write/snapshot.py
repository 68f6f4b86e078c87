"""The files of a snapshot, as other outputs write them."""

from sgkpi.answers.snapshot.take import Renderers
from sgkpi.documents.figures import figure_table, reason_table
from sgkpi.documents.restatement import ledger_table, reconciliation_table
from sgkpi.documents.write.csv import write_csv


def renderers() -> Renderers:
    """Return how a snapshot's files are written: as CSV, as `compute` writes it."""
    return Renderers(
        figures=lambda figures: write_csv(figure_table(figures.figures)).encode(),
        reasons=lambda figures: write_csv(reason_table(figures)).encode(),
        restatement=lambda restatement: write_csv(
            ledger_table(each for each in restatement.ledgers if each.movements)
        ).encode(),
        reconciliation=lambda rows: write_csv(reconciliation_table(rows)).encode(),
    )

"""The files of a snapshot, as other outputs write them."""

from sgkpi.answers.snapshot.take import Renderers
from sgkpi.documents import records as rec
from sgkpi.documents.figures import figure_records, reason_table
from sgkpi.documents.restatement import ledger_table, reconciliation_table
from sgkpi.documents.write.csv import write_csv


def renderers() -> Renderers:
    """Return how a snapshot's files are written: as CSV, as `compute` writes it."""
    return Renderers(
        figures=lambda figures: write_csv(figure_records(figures)).encode(),
        reasons=lambda figures: _csv(reason_table(figures)),
        restatement=lambda restatement: _csv(ledger_table(each for each in restatement.ledgers if each.movements)),
        reconciliation=lambda rows: _csv(reconciliation_table(rows)),
    )


def _csv(table: rec.RecordTable) -> bytes:
    return write_csv(rec.Records(table, json=dict, text=list)).encode()

"""`sgkpi snapshot forget`: removing the sealed cases of months that are no longer needed."""

from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.circumstances import writer_of
from sgkpi.cli.output import Output
from sgkpi.cli.settings import cases_path, store_path
from sgkpi.documents.write.formats import Format
from sgkpi.model.errors import UsageError


def run(
    before: Annotated[str, typer.Option("--before", metavar="YYYY-MM", help="Months before this one are forgotten.")],
    snapshots: opt.SnapshotsOption = None,
    cases: opt.CasesFolderOption = None,
    plain: opt.PlainFlag = False,
) -> None:
    """Remove the sealed cases of months before another; their snapshots stay.

    What was published, and what changed then, stays as it is. Only a snapshot that would be compared
    with one of these months again could not follow its cases.

    Examples:
      sgkpi snapshot forget --before 2018-04
    """
    from sgkpi.documents.store import forgotten_document
    from sgkpi.snapshots.store import open_store
    from sgkpi.snapshots.verify import forget

    month = opt.parse_month([before], "--before")
    if month is None:
        raise UsageError("--before: give a month, as 2018-04")
    home = store_path(snapshots)
    store = open_store(home, cases_path(cases, home))
    removed = forget(store, month, writer_of(f"sgkpi snapshot forget --before {month}"))
    Output(Format.TABLE, plain=plain).write_document(forgotten_document(map(str, removed), str(month)))

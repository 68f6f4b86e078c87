"""`sgkpi snapshot revisions`: how much figures change after they are first published."""

from sgkpi.cli import options as opt
from sgkpi.cli.output import Output
from sgkpi.cli.settings import store_path


def run(
    ids: opt.IdsArgument = None,
    snapshots: opt.SnapshotsOption = None,
    *,
    destination: Output,
) -> None:
    """Say how much figures change after they are first published.

    By the number of months since: the mean revision, its size and the largest, how much of the cases
    was known at first, what the next first figure is likely to do, and from when figures are steady.

    Examples:
      sgkpi snapshot revisions
      sgkpi snapshot revisions contacts_decided_24h
      sgkpi snapshot revisions --csv
    """
    from sgkpi.answers.snapshot.revisions import revisions_of
    from sgkpi.documents.revisions import revisions_document, revisions_records
    from sgkpi.snapshots.store import open_store

    found = revisions_of(open_store(store_path(snapshots)), opt.split_list("ID", ids))
    destination.write_answer(found, revisions_document, revisions_records)

"""`sgkpi snapshot list`: the snapshots of a store."""

from sgkpi.cli import options as opt
from sgkpi.cli.output import Output
from sgkpi.cli.settings import store_path


def run(
    snapshots: opt.SnapshotsOption = None,
    *,
    destination: Output,
) -> None:
    """List the snapshots of a store, the oldest first.

    Examples:
      sgkpi snapshot list
      sgkpi snapshot list --json
    """
    from sgkpi.documents.store import list_document, list_records
    from sgkpi.snapshots.store import open_store

    contents = open_store(store_path(snapshots)).contents()
    beside = [f"warning: left out: {each.message}" for each in contents.damaged]
    destination.write_answer(contents, list_document, list_records, beside)

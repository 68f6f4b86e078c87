"""`sgkpi snapshot show`: what a snapshot rests on."""

from sgkpi.cli import options as opt
from sgkpi.cli.output import Output
from sgkpi.cli.settings import store_path


def run(
    name: opt.SnapshotArgument,
    snapshots: opt.SnapshotsOption = None,
    *,
    destination: Output,
) -> None:
    """Show what a snapshot rests on, and how its gates ended.

    A snapshot is named by its month (its newest revision), as 2019-02-r1, as latest or previous, or by
    its folder.

    Examples:
      sgkpi snapshot show latest
      sgkpi snapshot show 2019-02 --json
    """
    from sgkpi.documents.store import snapshot_manifest_document, snapshot_manifest_records
    from sgkpi.snapshots.store import open_store

    found = open_store(store_path(snapshots)).contents().find(name)
    destination.write_answer(found, snapshot_manifest_document, snapshot_manifest_records)

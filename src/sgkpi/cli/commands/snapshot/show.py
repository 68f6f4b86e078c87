"""`sgkpi snapshot show`: what a snapshot rests on."""

from typing import Annotated

from sgkpi.cli import options as opt
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.settings import store_path
from sgkpi.documents.write.formats import Format


def run(
    name: opt.SnapshotArgument,
    snapshots: opt.SnapshotsOption = None,
    format_: Annotated[Format | None, format_option("snapshot show")] = None,
    output: opt.OutputOption = None,
    json: opt.JsonFlag = False,
    csv: opt.CsvFlag = False,
    plain: opt.PlainFlag = False,
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

    destination = choose_output("snapshot show", format_, output, json=json, csv=csv, plain=plain)
    found = open_store(store_path(snapshots)).contents().find(name)
    destination.write_answer(found, snapshot_manifest_document, snapshot_manifest_records)

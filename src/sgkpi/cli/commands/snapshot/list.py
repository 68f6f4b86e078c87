"""`sgkpi snapshot list`: the snapshots of a store."""

from typing import Annotated

from sgkpi.cli import options as opt
from sgkpi.cli.output import choose_output, format_option
from sgkpi.cli.settings import store_path
from sgkpi.documents.write.formats import Format


def run(
    snapshots: opt.SnapshotsOption = None,
    format_: Annotated[Format | None, format_option("snapshot list")] = None,
    output: opt.OutputOption = None,
    json: opt.JsonFlag = False,
    csv: opt.CsvFlag = False,
    plain: opt.PlainFlag = False,
) -> None:
    """List the snapshots of a store, the oldest first.

    Examples:
      sgkpi snapshot list
      sgkpi snapshot list --json
    """
    from sgkpi.documents.store import list_document, list_records
    from sgkpi.snapshots.store import open_store

    destination = choose_output("snapshot list", format_, output, json=json, csv=csv, plain=plain)
    contents = open_store(store_path(snapshots)).contents()
    beside = [f"warning: left out: {each.message}" for each in contents.damaged]
    destination.write_answer(contents, list_document, list_records, beside)

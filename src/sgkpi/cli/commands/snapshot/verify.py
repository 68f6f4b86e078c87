"""`sgkpi snapshot verify`: whether snapshots are as they were written."""

from pathlib import Path
from typing import Annotated

import typer

from sgkpi.cli import options as opt
from sgkpi.cli.output import Output
from sgkpi.cli.settings import cases_path, store_path
from sgkpi.model.errors import SnapshotError


def run(
    name: opt.OneSnapshotArgument = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", "-d", metavar="DIR", parser=opt.named_path,
            help="The extract it was taken from: compute its figures again, and compare bytes.",
        ),
    ] = None,
    snapshots: opt.SnapshotsOption = None,
    cases: opt.CasesFolderOption = None,
    *,
    destination: Output,
) -> None:  # fmt: skip
    """Read every byte of a store, and say what is not as it was written.

    Each snapshot (or the one that is named) has the files that its manifest lists, and follows the one
    that it was compared with; sealed cases are looked at where they are. The exit code is 12 when
    anything is not as it was written.

    Examples:
      sgkpi snapshot verify
      sgkpi snapshot verify 2019-02 --data extracts/2019-03-04
    """
    from sgkpi.answers.snapshot.verify import verify_snapshots
    from sgkpi.documents.store import verdict, verification_document, verification_records
    from sgkpi.documents.write.snapshot import renderers
    from sgkpi.snapshots.store import open_store

    home = store_path(snapshots)
    store = open_store(home, cases_path(cases, home))
    verification = verify_snapshots(store, name, data, renderers().figures)
    destination.write_answer(verification, verification_document, verification_records)
    if not verification.is_whole:
        raise SnapshotError(f"'{home}': {verdict(verification)}")

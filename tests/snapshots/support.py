"""Made-up snapshots, and a disk that fails or kills its process on the way."""

import errno
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from sgkpi.ledger.ledger import Unplaced
from sgkpi.ledger.sealed import Seal
from sgkpi.model.periods import Month
from sgkpi.snapshots import manifest as m
from sgkpi.snapshots.commit import Committed, Draft, commit, decide
from sgkpi.snapshots.disk import Disk
from sgkpi.snapshots.lock import Writer
from sgkpi.snapshots.sealed import SealedFiles
from sgkpi.snapshots.secret import read_secret
from sgkpi.snapshots.store import Snapshot, Store, open_store

SHA = "5d0c91ae" + 56 * "0"
SECRET = bytes(range(32))
FEBRUARY, MARCH = Month(2019, 2), Month(2019, 3)
WRITER = Writer(4711, "ci-2", "sgkpi snapshot --month 2019-02")


def a_manifest(**changes: object) -> m.Manifest:
    values: dict[str, object] = {
        "month": FEBRUARY,
        "revision": 1,
        "sgkpi": "0.9",
        "engine": m.EngineRecord("duckdb", "2.0.0"),
        "as_of": datetime(2019, 3, 4, 7),
        "as_of_source": "extract.toml",
        "asked": m.RequestRecord(12, ("month", "year_to_date"), ("all",)),
        "extract": m.ExtractRecord(
            "case system",
            datetime(2019, 3, 4, 7),
            {"contacts": date(2018, 4, 1)},
            (m.TableRecord("contacts", 3, 1, ("id", "team"), True, (m.FileRecord("contacts.csv", 62, SHA),)),),
        ),
        "definitions": (m.DefinitionRecord("waits", "waits.yaml", SHA, SHA, SHA, ("received_at", "#duplicate")),),
        "calendar": m.CalendarRecord(date(2015, 1, 1), date(2021, 12, 31), SHA),
        "unavailable": (m.UnavailableRecord("plans", "needs the table 'plans'"),),
        "unplaced": (Unplaced("waits", 1, 0),),
        "cases": m.CasesRecord("0a1b2c3d", 3, SHA),
        "checks": (m.CheckRecord("no_previous", "failed", "the store has no earlier snapshot"),),
        "files": (m.FileRecord("figures.csv", 120, SHA),),
        "content": SHA,
    }
    return m.Manifest(**{**values, **changes})  # type: ignore[arg-type]


CASE_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("indicator", "period"), pa.string()),
        "key": pa.binary(),
        **dict.fromkeys(("outcome", "reason", "value", "per"), pa.string()),
        "categories": pa.list_(pa.string()),
        "evidence": pa.list_(pa.uint64()),
    }
)
KEY_SCHEMA = pa.schema({"table": pa.string(), "key": pa.binary()})
_TEMPORARY = TemporaryDirectory()
Row = dict[str, object]


def seal_rows(folder: Path, cases: Sequence[Row], keys: Sequence[Row]) -> SealedFiles:
    """Files of these cases and keys, in their order, as an engine writes them."""
    folder.mkdir(exist_ok=True)
    whole = [{**dict.fromkeys(CASE_SCHEMA.names), "indicator": "waits", **row} for row in cases]
    pq.write_table(pa.Table.from_pylist(whole, CASE_SCHEMA), folder / "cases.parquet")
    pq.write_table(pa.Table.from_pylist(list(keys), KEY_SCHEMA), folder / "keys.parquet")
    return SealedFiles(folder)


@cache
def sealed_cases(outcome: str = "met") -> SealedFiles:
    """Two cases with keys, one without, and the keys of two rows."""
    first, second = b"1" * 16, b"2" * 16
    rows: list[Row] = [
        {"period": "2019-02", "key": first, "outcome": outcome, "categories": ["North"], "evidence": [0, 2**64 - 1]},
        {"period": None, "key": second, "outcome": "unknown", "categories": [], "evidence": [1, 3]},
        {"period": "2019-02", "key": None, "outcome": "met", "categories": ["South"], "evidence": []},
    ]
    keys = [{"table": "contacts", "key": key} for key in (second, first)]
    return seal_rows(Path(_TEMPORARY.name) / outcome, rows, keys)


def a_draft(
    figures: str = "3/4",
    *,
    sealed: SealedFiles | None = None,
    secret: bytes = SECRET,
    previous: Snapshot | None = None,
    **changes: object,
) -> Draft:
    calendar = b"date,name\n2019-12-27,Closed\n"
    recorded = m.CalendarRecord(date(2015, 1, 1), date(2021, 12, 31), sha256(calendar).hexdigest())
    files = {
        "figures.csv": f"value\n{figures}\n".encode(),
        "reasons.csv": b"reason\n",
        "restatement.csv": b"cause\n",
        "reconciliation.csv": b"opening\n",
        "definitions/waits.yaml": b"title: Waits\n",
        "definitions/tables/contacts.yaml": b"key: id\n",
        "calendar.csv": calendar,
    }
    blank = {"revision": 0, "cases": None, "files": (), "content": ""}
    manifest = a_manifest(**{**blank, "calendar": recorded, **changes})
    return Draft(
        manifest, files, {"taken_at": "2019-03-04T09:00:00"}, previous, sealed, Seal(secret) if sealed else None
    )


def a_store(folder: Path) -> Store:
    return open_store(folder / "snapshots", folder / "snapshots.private", for_writing=True)


def add(store: Store, draft: Draft | None = None, disk: Disk | None = None) -> Committed:
    """Commit a draft that was compared with what the store holds now."""
    draft = draft or a_draft(sealed=sealed_cases())
    secret = read_secret(store.private) if store.private else None
    if draft.seal and secret:
        draft = replace(draft, seal=Seal(secret))
    return commit(store, replace(draft, previous=decide(store, draft).previous), WRITER, disk)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for the empty lock."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


class Failing(Disk):
    """A disk on which an operation fails, or kills its process just after; operations are counted and named."""

    def __init__(self, at: str | None = None, *, kill: bool = False, code: int = errno.ENOSPC) -> None:
        super().__init__()
        self.done: list[str] = []
        self._at, self._kill, self._code = at, kill, code

    def _note(self, operation: str, path: Path) -> None:
        name = "STAGING" if path.name.startswith(".staging-") else path.name
        self.done.append(f"{operation} {name}")
        if self.done[-1] == self._at and not self._kill:
            raise OSError(self._code, os.strerror(self._code), str(path))

    def _die(self) -> None:
        if self._kill and self.done[-1] == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def make_folder(self, path: Path, mode: int = 0o777) -> None:
        self._note("make", path)
        super().make_folder(path, mode)
        self._die()

    def write(self, path: Path, content: bytes, mode: int = 0o666) -> None:
        self._note("write", path)
        super().write(path, content, mode)
        self._die()

    def copy(self, source: Path, target: Path, mode: int = 0o666) -> None:
        self._note("copy", target)
        super().copy(source, target, mode)
        self._die()

    def write_once(self, path: Path, content: bytes, mode: int = 0o666) -> None:
        super().write_once(path, content, mode)
        self.done.append(f"once {path.name}")
        self._die()

    def sync(self, path: Path) -> None:
        self._note("sync", path)
        super().sync(path)
        self._die()

    def rename(self, source: Path, target: Path) -> None:
        self._note("rename", target)
        super().rename(source, target)
        self._die()

    def remove_leftovers(self, folder: Path) -> None:
        super().remove_leftovers(folder)
        self.done.append(f"sweep {folder.name}")
        self._die()

"""Sealed cases: the files in which an engine keeps every outcome and known key as digests that need the secret.

They let a later run tell which cases moved and why, without the former extract. They hold no key, person, date or
text of a cell, but for the categories of cases.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import file_digest, sha256
from itertools import chain
from operator import le
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgkpi.ledger.sealed import CASES, KEYS
from sgkpi.model.errors import SnapshotError

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

SEALED_FILES: Mapping[str, tuple[str, ...]] = {
    CASES: ("indicator", "period", "key", "outcome", "reason", "value", "per", "categories", "evidence"),
    KEYS: ("table", "key"),
}
_BATCH = 1 << 16
_NULL, _CELL, _ITEM = "\x7f", "\x1f", "\x1e"  # a null comes last, as in SQL
ArrowArray = Any  # the stubs of pyarrow know fewer calls than the library


@dataclass(frozen=True)
class SealedFiles:
    """A folder with the files of sealed cases; columns that are not known are ignored.

    Every property raises SnapshotError where a file is missing or damaged.
    """

    folder: Path

    @cached_property
    def rows(self) -> int:
        """How many sealed cases there are."""
        return self._open(CASES).metadata.num_rows

    @cached_property
    def content(self) -> str:
        """The digest of the rows of both files, sorted, as text: the same for any version of Parquet."""
        return sha256("".join(map(self._content_of, SEALED_FILES)).encode()).hexdigest()

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """The digest of each file's bytes."""
        found = {}
        for name in SEALED_FILES:
            try:
                with (self.folder / name).open("rb") as file:
                    found[name] = file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise SnapshotError(f"{self.folder / name} cannot be read: {error.strerror or error}") from error
        return found

    def check_readable(self) -> None:
        """Raise SnapshotError where a file is missing or damaged."""
        for name in SEALED_FILES:
            for _ in self._lines(name):
                pass

    def _content_of(self, name: str) -> str:
        """Return the digest of a file's rows; those that are in order, as engines write them, are read in batches."""
        digest, last = sha256(), ""
        for lines in self._lines(name):
            if not all(map(le, (last, *lines), lines)):
                every = sorted(chain.from_iterable(self._lines(name)))
                return sha256("".join(every).encode()).hexdigest()
            digest.update("".join(lines).encode())
            last = lines[-1]
        return digest.hexdigest()

    def _lines(self, name: str) -> Iterator[list[str]]:
        """Yield the rows of a file as text, in batches."""
        columns = SEALED_FILES[name]
        try:
            for batch in self._open(name).iter_batches(_BATCH, columns=list(columns)):
                yield _as_text([batch.column(column) for column in columns])
        except (OSError, KeyError, ValueError) as error:
            raise SnapshotError(f"{self.folder / name} is damaged") from error

    def _open(self, name: str) -> "ParquetFile":
        from pyarrow.parquet import ParquetFile

        path = self.folder / name
        try:
            return ParquetFile(path)
        except (OSError, ValueError) as error:
            missing = "missing" if isinstance(error, FileNotFoundError) else "damaged"
            raise SnapshotError(f"{path} is {missing}") from error


def _as_text(columns: list[ArrowArray]) -> list[str]:
    import pyarrow.compute as pc

    lines: ArrowArray = pc.binary_join_element_wise(*map(_text, columns), "\n", _CELL)
    return list(lines.to_pylist())


def _text(column: ArrowArray) -> ArrowArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), _ITEM)
    elif not pa.types.is_string(column.type):
        column = pa.array([key and key.hex() for key in column.to_pylist()], pa.string())
    return pc.fill_null(column, _NULL)

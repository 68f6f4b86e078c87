"""Sealed cases: the files in which an engine keeps every outcome and known key as digests that need the secret.

They let a later run tell which cases moved and why, without the former extract. They hold no key, person, date or
text of a cell, but for the categories of cases.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgkpi.ledger.sealed import CASES, KEY_BYTES, KEYS
from sgkpi.model.errors import SnapshotError

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

SEALED_FILES: Mapping[str, tuple[str, ...]] = {
    CASES: ("indicator", "period", "key", "outcome", "reason", "value", "per", "categories", "evidence"),
    KEYS: ("table", "key"),
}
_WORKERS = 2  # row groups that are made into text at once; each takes memory of its own
_NO_KEY = 1 << 8  # the bucket after those of the first bytes of keys
_NULL, _CELL, _ITEM = "\x7f", "\x1f", "\x1e"
ArrowArray = Any  # the stubs of pyarrow know fewer calls than the library


@dataclass(frozen=True)
class SealedFiles:
    """A folder with the files of sealed cases; columns that are not known are ignored.

    Every property raises SnapshotError where a file is missing or damaged.
    """

    folder: Path

    @cached_property
    def rows(self) -> int:
        """The number of sealed cases."""
        return self._open(CASES).metadata.num_rows

    @cached_property
    def content(self) -> str:
        """The digest of the rows of both files as text: the same for any order of rows and any version of Parquet."""
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

    def _content_of(self, name: str) -> str:
        """Return the digest of the digests of a file's buckets: the sorted rows of those whose keys start alike.

        Rows without a key are the last bucket. Buckets can be sorted faster than the whole.
        """
        buckets: defaultdict[int, list[ArrowArray]] = defaultdict(list)
        with ThreadPoolExecutor(_WORKERS) as pool:
            for found in pool.map(partial(self._lines, name), range(self._open(name).num_row_groups)):
                for bucket, lines in found:
                    buckets[bucket].append(lines)
            digests = pool.map(_digest_of_sorted, (parts for _, parts in sorted(buckets.items())))
            return sha256("".join(digests).encode()).hexdigest()

    def _lines(self, name: str, group: int) -> list[tuple[int, ArrowArray]]:
        """Return the rows of a row group as text, in parts, each with the first byte of its keys."""
        try:
            batches = self._open(name).read_row_group(group, columns=list(SEALED_FILES[name])).to_batches()
            return [each for batch in batches for each in _by_bucket(batch.column("key"), _as_text(name, batch))]
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


def _by_bucket(keys: ArrowArray, lines: ArrowArray) -> Iterator[tuple[int, ArrowArray]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    first = pc.binary_slice(keys, 0, 1).cast(pa.binary(1)).view(pa.uint8())
    buckets = first.cast(pa.uint16()).fill_null(_constant(str(_NO_KEY)).cast(pa.uint16()))
    lines, start = lines.take(pc.sort_indices(buckets)), 0
    for bucket, rows in sorted((each["values"], each["counts"]) for each in pc.value_counts(buckets).to_pylist()):
        yield bucket, lines[start : start + rows]
        start += rows


def _digest_of_sorted(parts: Sequence[ArrowArray]) -> str:
    """Return the digest of lines in their order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lines = pa.concat_arrays(parts)
    lines = lines.take(pc.sort_indices(lines))
    size = pc.sum(pc.binary_length(lines)).as_py()
    return sha256(lines.buffers()[2][:size]).hexdigest()


def _as_text(name: str, batch: ArrowArray) -> ArrowArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = [_text(batch.column(column)) for column in SEALED_FILES[name]]
    return pc.binary_join_element_wise(*cells, _constant("\n"), _constant(_CELL)).cast(pa.large_string())


def _text(column: ArrowArray) -> ArrowArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), _constant(_ITEM))
    elif not pa.types.is_string(column.type):
        digits = _as_digits(column.fill_null(_constant("\0" * KEY_BYTES).cast(column.type)))
        return pc.if_else(column.is_valid(), digits, _constant(_NULL))
    return pc.fill_null(column, _constant(_NULL))


def _constant(text: str) -> ArrowArray:
    """Return a string as a scalar; `pa.scalar` imports pandas where it is installed, which takes 0.2 s."""
    import pyarrow as pa

    content = text.encode()
    ends = array("i", (0, len(content)))
    return pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(ends), pa.py_buffer(content)])[0]


def _as_digits(keys: ArrowArray) -> ArrowArray:
    """Return keys in hexadecimal, all of them at once."""
    import pyarrow as pa

    whole = keys.cast(pa.binary(KEY_BYTES))
    found = whole.buffers()[1][whole.offset * KEY_BYTES : (whole.offset + len(whole)) * KEY_BYTES]
    digits = pa.py_buffer(found.to_pybytes().hex().encode())
    return pa.Array.from_buffers(pa.binary(2 * KEY_BYTES), len(whole), [None, digits]).cast(pa.string())

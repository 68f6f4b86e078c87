"""Sealed cases: the outcome of every case, and every known key, as digests that need the secret.

They let a later run tell which cases moved and why, without the former extract. They hold no key, person, date or
text of a cell, but for the categories of cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sgkpi.model.errors import SnapshotError

CASES, KEYS = "cases.parquet", "keys.parquet"
_KEY: pa.DataType = pa.binary(16)
_TEXT = pa.string()
CASES_SCHEMA = pa.schema(
    [
        ("indicator", _TEXT),
        ("period", _TEXT),
        ("key", _KEY),
        ("outcome", _TEXT),
        ("reason", _TEXT),
        ("value", _TEXT),
        ("per", _TEXT),
        ("categories", pa.list_(_TEXT)),
        ("evidence", pa.list_(pa.uint64())),
    ]
)
KEYS_SCHEMA = pa.schema([("table", _TEXT), ("key", _KEY)])
ArrowArray = Any  # the stubs of pyarrow know fewer calls than the library
_BATCH = 1 << 16
_NULL, _CELL, _ITEM = "\x00", "\x1f", "\x1e"


@dataclass(frozen=True)
class Sealed:
    """The tables of sealed cases and of known keys, of these schemas; a case without a whole key has a null.

    A key occurs once for an indicator and period, and once for a table.
    """

    cases: pa.Table
    keys: pa.Table

    @cached_property
    def content(self) -> str:
        """The digest of the rows of both, sorted, as text: the same for any order and any version of Parquet."""
        digest = sha256()
        for table, by in ((self.cases, ("indicator", "period", "key")), (self.keys, ("table", "key"))):
            for lines in _sorted_lines(table, by):
                digest.update("".join(lines).encode())
            digest.update(b"\n")
        return digest.hexdigest()

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write both tables as files of a folder, and return their paths."""
        paths = folder / CASES, folder / KEYS
        for path, table, schema in zip(paths, (self.cases, self.keys), (CASES_SCHEMA, KEYS_SCHEMA), strict=True):
            path.touch(0o600)
            pq.write_table(table.select(schema.names).cast(schema), path, compression="zstd")
        return paths

    def is_in(self, folder: Path) -> bool:
        """Whether a folder holds these rows, in this order or another; raise SnapshotError if it is damaged."""
        written = read_sealed(folder)
        if written.cases.equals(self.cases) and written.keys.equals(self.keys):
            return True
        return written.content == self.content


def read_sealed(folder: Path) -> Sealed:
    """Return the sealed cases of a folder; raise SnapshotError where a file is missing or damaged."""
    tables = []
    for name, schema in ((CASES, CASES_SCHEMA), (KEYS, KEYS_SCHEMA)):
        path = folder / name
        try:
            tables.append(pq.ParquetFile(path).read(columns=schema.names).select(schema.names).cast(schema))
        except (OSError, pa.ArrowException, KeyError, ValueError) as error:
            missing = "missing" if isinstance(error, FileNotFoundError) else "damaged"
            raise SnapshotError(f"{path} is {missing}") from error
    return Sealed(*tables)


def sealed_digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file of a folder of sealed cases; raise SnapshotError where one is missing."""
    try:
        return {name: sha256((folder / name).read_bytes()).hexdigest() for name in (CASES, KEYS)}
    except OSError as error:
        raise SnapshotError(f"{error.filename} cannot be read: {error.strerror or error}") from error


def _sorted_lines(table: pa.Table, by: tuple[str, ...]) -> Iterator[list[str]]:
    """Yield the rows as text in the order of these columns; those without a key last, in the order of their text."""
    keyed = pc.is_valid(table["key"])
    whole = table.filter(keyed).sort_by([(name, "ascending") for name in by])
    for batch in whole.to_batches(_BATCH):
        yield _lines(batch)
    yield sorted(line for batch in table.filter(pc.invert(keyed)).to_batches(_BATCH) for line in _lines(batch))


def _lines(batch: pa.RecordBatch) -> list[str]:
    columns: list[ArrowArray] = [_text(batch.column(name)) for name in batch.schema.names]
    lines: ArrowArray = pc.binary_join_element_wise(*columns, "\n", _CELL)
    return list(lines.to_pylist())


def _text(column: ArrowArray) -> ArrowArray:
    if pa.types.is_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(_TEXT)), _ITEM)
    elif pa.types.is_fixed_size_binary(column.type):
        column = pc.if_else(column.is_valid(), _hex(column), None)
    return pc.fill_null(column.cast(_TEXT), _NULL)


def _hex(keys: ArrowArray) -> ArrowArray:
    """Return keys in hexadecimal, all at once: one by one they take longer than all the rest of a row."""
    width = keys.type.byte_width
    digits = keys.buffers()[1].slice(keys.offset * width, len(keys) * width).to_pybytes().hex().encode()
    return pa.Array.from_buffers(pa.binary(2 * width), len(keys), [None, pa.py_buffer(digits)]).cast(pa.binary())

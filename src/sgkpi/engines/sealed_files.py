"""The files of sealed cases that both engines write: their names and columns.

cases.parquet    the cases with an outcome by indicator and month, and those without a date for it (no month)
keys.parquet     the keys of the rows of each table that existed at the as-of time
rows.parquet     the keys of all rows of each table, whatever their dates
related.parquet  the keys of the related rows that are kept for each case of an indicator with related rows
spells.parquet   the spells that carry the cases of stocks: the first day of each, and the day after its last

Only the first two stay with a snapshot; the others are for the comparison with the snapshot before.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sgkpi.ledger import sealed

CASES, KEYS = sealed.CASES, sealed.KEYS
ROWS, RELATED, SPELLS = "rows.parquet", "related.parquet", "spells.parquet"
CASE_COLUMNS = {
    "indicator": "VARCHAR",
    "period": "VARCHAR",
    "key": "BLOB",
    "outcome": "VARCHAR",
    "reason": "VARCHAR",
    "value": "VARCHAR",
    "per": "VARCHAR",
    "categories": "VARCHAR[]",
    "evidence": "UBIGINT[]",
}
KEY_COLUMNS = {"table": "VARCHAR", "key": "BLOB"}
# `rows` has one key for each related of the definition, in its order.
RELATED_COLUMNS = {"indicator": "VARCHAR", "period": "VARCHAR", "key": "BLOB", "rows": "BLOB[]"}


SPELL_COLUMNS = {"indicator": "VARCHAR", "key": "BLOB", "start": "DATE", "end": "DATE"}


def write_rows(path: Path, columns: dict[str, str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows of these columns as a Parquet file."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    kinds: dict[str, pa.DataType] = {
        "VARCHAR": pa.string(),
        "BLOB": pa.binary(),
        "DATE": pa.date32(),
        "VARCHAR[]": pa.list_(pa.string()),
        "BLOB[]": pa.list_(pa.binary()),
        "UBIGINT[]": pa.list_(pa.uint64()),
    }
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(each, field.type) for each, field in zip(cells, schema, strict=True)]
    write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")


def read_evidence(path: Path) -> Iterator[tuple[object, ...]]:
    """Yield the sealed cases of a file: their indicator, month, key, and evidence."""
    from pyarrow.parquet import read_table

    names = ["indicator", "period", "key", "evidence"]
    indicators, periods, keys, evidence = read_table(path, columns=names).to_pydict().values()
    yield from zip(indicators, periods, keys, map(tuple, evidence), strict=True)

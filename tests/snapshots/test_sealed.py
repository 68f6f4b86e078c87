"""Sealed cases: the digest of their rows, and what is said of files that are damaged."""

import random
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.sealed import SealedFiles
from tests.snapshots.support import CASE_SCHEMA, Row, a_store, add, seal_rows, sealed_cases


def hexdigest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def digest_of(*files: list[list[list[str]]]) -> str:
    """The digest of buckets of rows of cells that are written out, in their order."""
    texts = [["".join("\x1f".join([*row, "\n"]) for row in bucket) for bucket in buckets] for buckets in files]
    return hexdigest("".join(hexdigest("".join(map(hexdigest, buckets))) for buckets in texts))


def test_the_digest_is_over_the_sorted_rows_of_each_bucket_as_text() -> None:
    """A bucket for each first byte of keys (31, 32), then one for rows without a key."""
    null = "\x7f"
    rows = [
        ["waits", "2019-02", "31" * 16, "met", null, null, null, "North", f"0\x1e{2**64 - 1}"],
        ["waits", null, "32" * 16, "unknown", null, null, null, "", "1\x1e3"],
        ["waits", "2019-02", null, "met", null, null, null, "South", ""],
    ]
    keys = [["contacts", "31" * 16], ["contacts", "32" * 16]]
    assert sealed_cases().content == digest_of([[row] for row in rows], [[row] for row in keys])
    assert sealed_cases().rows == 3


def test_the_digest_is_the_same_in_any_order_of_rows_and_row_groups(tmp_path: Path) -> None:
    random.seed(15)
    numbers = [None if number % 7 == 0 else number for number in range(200)]
    cases: list[Row] = [
        {
            "key": number and number.to_bytes(16),
            "categories": [random.choice("xy")],
            "evidence": [random.choice([0, 1])],
        }
        for number in numbers
    ]
    keys: list[Row] = [{"table": "t", "key": bytes(16)}]
    last = sorted(cases, key=lambda row: (row["key"] is None, row["key"] or b"", row["categories"], row["evidence"]))
    whole = seal_rows(tmp_path / "a", last, keys).content
    shuffled = seal_rows(tmp_path / "b", random.sample(cases, len(cases)), keys)
    assert shuffled.content == whole
    path = shuffled.folder / "cases.parquet"
    pq.write_table(pq.read_table(path), path, row_group_size=30)
    assert SealedFiles(shuffled.folder).content == whole
    cases[100] = {**cases[100], "evidence": [2]}
    assert seal_rows(tmp_path / "c", cases, keys).content != whole


def test_nothing_sealed_has_a_digest_too(tmp_path: Path) -> None:
    assert seal_rows(tmp_path, [], []).content == digest_of([], [])


def test_columns_that_are_not_known_are_ignored_and_a_missing_one_is_damage(tmp_path: Path) -> None:
    sealed_cases()
    folder = tmp_path / "cases"
    rows: list[Row] = [{"outcome": "met", "categories": [], "evidence": []}]
    expected = seal_rows(folder, rows, []).content
    table = pq.read_table(folder / "cases.parquet")
    pq.write_table(table.append_column("mood", pa.array(["good"])), folder / "cases.parquet")
    assert SealedFiles(folder).content == expected
    pq.write_table(table.drop_columns(["reason"]), folder / "cases.parquet")
    with pytest.raises(SnapshotError, match=r"cases\.parquet is damaged"):
        assert SealedFiles(folder).content
    (folder / "cases.parquet").write_bytes(b"PAR1")
    with pytest.raises(SnapshotError, match=r"cases\.parquet is damaged"):
        assert SealedFiles(folder).rows
    (folder / "cases.parquet").unlink()
    with pytest.raises(SnapshotError, match=r"cases\.parquet is missing"):
        assert SealedFiles(folder).rows
    with pytest.raises(SnapshotError, match=r"cases\.parquet cannot be read: No such file"):
        assert SealedFiles(folder).digests


def test_the_columns_are_those_of_the_design() -> None:
    assert CASE_SCHEMA.names == "indicator period key outcome reason value per categories evidence".split()  # noqa: SIM905


def test_the_store_holds_no_byte_of_the_secret_or_of_categories_of_cases(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    add(store)
    assert store.private is not None
    secret = (store.private / "secret.key").read_bytes()
    for path in store.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(part in content for part in (secret, secret.hex().encode(), b"North", b"1" * 16))

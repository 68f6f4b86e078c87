"""Sealed cases: their files, and the digest of their rows."""

import random
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.sealed import CASES_SCHEMA, KEYS_SCHEMA, Sealed, read_sealed
from tests.snapshots.support import a_store, add, sealed_cases


def test_the_columns_of_the_files(tmp_path: Path) -> None:
    sealed_cases().write(tmp_path)
    cases, keys = (pq.read_schema(tmp_path / name) for name in ("cases.parquet", "keys.parquet"))
    expected = "indicator period key outcome reason value per categories evidence".split()  # noqa: SIM905
    assert cases.names == expected
    assert keys.names == ["table", "key"]
    assert cases.field("key").type == pa.binary(16)
    assert cases.field("evidence").type.value_type == pa.uint64()
    assert read_sealed(tmp_path) == sealed_cases()


def test_the_digest_is_over_the_rows_as_text() -> None:
    """Cases with a key in the order of indicator, period and key, then those without; then the keys."""
    null, cell = "\x00", "\x1f"
    rows = [
        ["waits", "2019-02", "31" * 16, "met", null, null, null, "North", f"0\x1e{2**64 - 1}"],
        ["waits", null, "32" * 16, "unknown", null, null, null, "", "1\x1e3"],
        ["waits", "2019-02", null, "met", null, null, null, "South", "5\x1e6"],
    ]
    keys = [["contacts", "31" * 16], ["contacts", "32" * 16]]
    text = ["".join(cell.join([*row, "\n"]) for row in table) + "\n" for table in (rows, keys)]
    assert sealed_cases().content == sha256("".join(text).encode()).hexdigest()


def test_the_digest_is_the_same_in_any_order_and_batches() -> None:
    random.seed(15)
    cases = [
        {
            **dict.fromkeys(CASES_SCHEMA.names),
            "indicator": random.choice("ab"),
            "key": None if number % 7 == 0 else number.to_bytes(16, "big"),
            "outcome": "met",
            "categories": [random.choice("xy")],
            "evidence": [random.choice([0, 1])],
        }
        for number in range(200)
    ]
    keys = pa.Table.from_pylist([{"table": "t", "key": bytes(16)}], KEYS_SCHEMA)
    whole = Sealed(pa.Table.from_pylist(cases, CASES_SCHEMA), keys)
    shuffled = random.sample(cases, len(cases))
    parts = [pa.Table.from_pylist(shuffled[place : place + 30], CASES_SCHEMA) for place in range(0, 200, 30)]
    assert Sealed(pa.concat_tables(parts), keys).content == whole.content
    cases[100] = {**cases[100], "evidence": [2]}
    assert Sealed(pa.Table.from_pylist(cases, CASES_SCHEMA), keys).content != whole.content


def test_nothing_sealed_has_a_digest_too() -> None:
    nothing = Sealed(CASES_SCHEMA.empty_table(), KEYS_SCHEMA.empty_table())
    assert nothing.content == sha256(b"\n\n").hexdigest()


def test_the_same_rows_in_another_order_are_in_a_folder_and_others_are_not(tmp_path: Path) -> None:
    sealed = sealed_cases()
    Sealed(sealed.cases.take([2, 0, 1]), sealed.keys.take([1, 0])).write(tmp_path)
    assert sealed.is_in(tmp_path)
    assert not sealed_cases("not_met").is_in(tmp_path)


def test_columns_that_are_not_known_are_ignored_and_a_missing_one_is_damage(tmp_path: Path) -> None:
    sealed = sealed_cases()
    sealed.write(tmp_path)
    pq.write_table(sealed.cases.append_column("mood", pa.array(["good"] * 3)), tmp_path / "cases.parquet")
    assert read_sealed(tmp_path).content == sealed.content
    pq.write_table(sealed.cases.drop_columns(["reason"]), tmp_path / "cases.parquet")
    with pytest.raises(SnapshotError, match=r"cases\.parquet is damaged"):
        read_sealed(tmp_path)


def test_the_store_holds_no_byte_of_the_secret_or_of_categories_of_cases(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    add(store)
    assert store.private is not None
    secret = (store.private / "secret.key").read_bytes()
    for path in store.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(part in content for part in (secret, secret.hex().encode(), b"North", b"1" * 16))

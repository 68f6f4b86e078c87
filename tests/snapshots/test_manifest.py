"""The manifest: its keys, its bytes, and what is said of one that is damaged or of a later schema."""

import json
from pathlib import Path

import pytest

from sgkpi import __version__
from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.manifest import read_manifest
from tests.snapshots.support import SHA, a_manifest

PATH = Path("snapshots/2019-02-r1/manifest.json")
KEYS = (
    "schema month revision supersedes reason accepted sgkpi engine as_of as_of_source asked extract definitions "
    "calendar unavailable unplaced cases previous checks disclosure_control files content"
)


def written(**changes: object) -> dict[str, object]:
    return {**json.loads(a_manifest().to_bytes()), **changes}


def message(content: object) -> str:
    with pytest.raises(SnapshotError) as raised:
        read_manifest(content if isinstance(content, bytes) else json.dumps(content).encode(), PATH)
    return str(raised.value)


def test_the_keys_of_a_manifest() -> None:
    found = written()
    assert list(found) == KEYS.split()
    assert found["schema"] == "sgkpi.snapshot/1"
    assert found["month"] == "2019-02"
    assert found["as_of"] == "2019-03-04T07:00:00"
    assert found["calendar"] == {"from": "2015-01-01", "to": "2021-12-31", "sha256": SHA}
    assert found["extract"]["covers"] == {"contacts": "2018-04-01"}  # type: ignore[index]
    assert found["unplaced"] == [{"indicator": "waits", "blank": 1, "unreadable": 0}]


def test_a_manifest_is_read_as_it_was_written() -> None:
    content = a_manifest(reason="Zoë entered the Älteren again", previous=None).to_bytes()
    assert content.endswith(b"}\n")
    assert "Zoë".encode() in content
    assert read_manifest(content, PATH).to_bytes() == content


def test_a_file_name_that_is_not_utf_8_is_kept() -> None:
    content = a_manifest(reason=b"Zo\xeb".decode(errors="surrogateescape")).to_bytes()
    assert b"Zo\\udceb" in content
    assert read_manifest(content, PATH).reason == "Zo\udceb"


def test_unknown_keys_are_ignored() -> None:
    later = written(mood="good", engine={"name": "duckdb", "version": "2.0.0", "threads": 4})
    assert read_manifest(json.dumps(later).encode(), PATH) == a_manifest()


@pytest.mark.parametrize(
    ("writer", "named"), [({"sgkpi": "2.1"}, "sgkpi 2.1"), ({"sgkpi": None}, "a later sgkpi")], ids=["named", "not"]
)
def test_a_later_schema_is_refused(writer: dict[str, object], named: str) -> None:
    assert message({"schema": "sgkpi.snapshot/2", **writer}) == (
        f"{PATH} was written by {named} (schema sgkpi.snapshot/2); this is {__version__}, which reads up to 1"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        ([], "'schema' is missing or not a text"),
        ({"schema": 1}, "'schema' is missing or not a text"),
        ({"schema": "sgkpi.store/1"}, "'schema' is 'sgkpi.store/1', not 'sgkpi.snapshot/1'"),
        (written(revision="1"), "'revision' is not a whole number"),
        (written(revision=True), "'revision' is not a whole number"),
        (written(month="February"), "'month' is not a month"),
        (written(as_of="yesterday"), "'as_of' is not a date or time"),
        (written(as_of="2019-03-04T07:00:00Z"), "'as_of' has a time zone"),
        (written(files=None), "'files' is not a list"),
        (written(files=[{"name": "a", "bytes": 1}]), "'files[0].sha256' is missing"),
        (written(files=[{"name": "../a", "bytes": 1, "sha256": SHA}]), "'files' names '../a', which lies outside"),
        (written(previous={"snapshot": "2019-01-r1"}), "'previous.manifest' is missing"),
        (written(engine=[]), "'engine' is not an object"),
        ({key: value for key, value in written().items() if key != "content"}, "'content' is missing"),
    ],
)
def test_a_damaged_manifest_is_named_with_its_key(content: object, said: str) -> None:
    assert message(content).startswith(f"{PATH} is damaged: {said}")


def test_every_schema_ever_released_stays_readable() -> None:
    """One manifest of each, which nobody changes: a new schema comes with a file of its own."""
    released = Path(__file__).parent / "released"
    found = {path.name: read_manifest(path.read_bytes(), path) for path in released.iterdir()}
    assert found == {"manifest-1.json": a_manifest()}

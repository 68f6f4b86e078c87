"""What a manifest says of an extract and of definitions."""

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from sgkpi.answers.inputs import engine_named, open_extract
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import DefinitionsError, ExtractError
from sgkpi.model.periods import Month
from sgkpi.model.request import Request
from sgkpi.planning.plan import Plan
from sgkpi.planning.request import ResolvedRequest, resolve
from sgkpi.snapshots.digests import meaning_digest, target_digest
from sgkpi.snapshots.manifest import DefinitionRecord, ExtractRecord, FileRecord, TableRecord
from sgkpi.snapshots.sources import definition_files, definition_records, extract_record
from tests.definitions.support import CONTACTS, DECIDED, REVIEWED, load

ROWS = """contact_id,person_id,received_at,decided_at
1,A,2019-02-01 09:00,2019-02-01 10:00
2,B,2019-02-02 09:00,soon
"""
SETTINGS = """extracted_at = "2019-03-04T07:00:00"
source = "case system"

[covers]
contacts = "2019-01-01"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    files = {"decided.yaml": DECIDED, "reviewed.yaml": REVIEWED, "tables/holidays.csv": "date,name\n2019-02-08,Snow\n"}
    return load(tmp_path / "indicators", files)


@pytest.fixture
def resolved(tmp_path: Path, catalogue: Catalogue) -> ResolvedRequest:
    data = tmp_path / "data"
    data.mkdir()
    (data / "contacts.csv").write_text(ROWS, encoding="utf-8", newline="")
    (data / "extract.toml").write_text(SETTINGS, encoding="utf-8")
    request = Request(["decided"], [Month(2019, 2)])
    return resolve(open_extract(data, catalogue), catalogue, request, engine_named("duckdb").events)


def test_the_extract(resolved: ResolvedRequest) -> None:
    ledger = engine_named("duckdb").compute(resolved.plan, resolved.extract)
    digest = sha256(ROWS.encode()).hexdigest()
    columns = ("contact_id", "person_id", "received_at", "decided_at")
    table = TableRecord("contacts", 2, 1, columns, True, (FileRecord("contacts.csv", len(ROWS), digest),))
    assert extract_record(resolved.extract, ledger.tables) == ExtractRecord(
        "case system", datetime(2019, 3, 4, 7), {"contacts": date(2019, 1, 1)}, (table,)
    )
    (resolved.extract.path / "contacts.csv").write_text(ROWS + "\n", encoding="utf-8")
    with pytest.raises(ExtractError, match="changed while it was read"):
        extract_record(resolved.extract, ledger.tables)


def test_the_definitions(catalogue: Catalogue, resolved: ResolvedRequest) -> None:
    decided = catalogue.indicators["decided"]
    (record,) = definition_records(catalogue, resolved.plan)
    assert record == DefinitionRecord(
        "decided",
        "definitions/decided.yaml",
        sha256(DECIDED.lstrip("\n").encode()).hexdigest(),
        meaning_digest(decided),
        target_digest(decided),
        ("received_at", "decided_at", "#duplicate"),
    )


def test_their_exact_bytes_and_those_of_what_they_use(catalogue: Catalogue, resolved: ResolvedRequest) -> None:
    path = catalogue.path / "decided.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))  # the digest ignores line ends, the bytes are kept
    (catalogue.path / "themes.yaml").write_text("{}\n", encoding="utf-8")
    files = definition_files(catalogue, resolved.plan)
    assert list(files) == [
        "definitions/decided.yaml",
        "definitions/tables/contacts.yaml",
        "definitions/tables/holidays.csv",
        "definitions/themes.yaml",
    ]
    assert files["definitions/decided.yaml"] == DECIDED.lstrip("\n").replace("\n", "\r\n").encode()
    assert files["definitions/tables/contacts.yaml"] == CONTACTS.lstrip("\n").encode()


def test_definitions_keep_their_folders(catalogue: Catalogue, resolved: ResolvedRequest) -> None:
    (catalogue.path / "front_door").mkdir()
    (catalogue.path / "decided.yaml").rename(catalogue.path / "front_door" / "decided.yaml")
    assert next(iter(definition_files(catalogue, resolved.plan))) == "definitions/front_door/decided.yaml"
    assert definition_records(catalogue, resolved.plan)[0].file == "definitions/front_door/decided.yaml"


def test_a_definition_that_is_not_what_was_loaded(catalogue: Catalogue, resolved: ResolvedRequest) -> None:
    path = catalogue.path / "decided.yaml"
    path.write_text("title: Another\n", encoding="utf-8")
    with pytest.raises(DefinitionsError, match=r"decided\.yaml changed while it was read; try again"):
        definition_files(catalogue, resolved.plan)
    path.unlink()
    with pytest.raises(DefinitionsError, match=r"decided\.yaml cannot be read: No such file"):
        definition_files(catalogue, resolved.plan)
    assert definition_files(catalogue, Plan(resolved.plan.as_of, (), resolved.plan.working_days)) != {}

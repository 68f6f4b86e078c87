"""The sources of a snapshot: files of the extract with their digests, and definitions with their exact bytes."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import file_digest
from pathlib import Path

from sgkpi.definitions.digests import definition_digest
from sgkpi.definitions.tree import HOLIDAYS, SHARED, TABLES, THEMES, indicator_files
from sgkpi.extracts.extract import Extract, TableSource
from sgkpi.ledger.ledger import TableRead
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import DefinitionsError
from sgkpi.planning.availability import tables_of
from sgkpi.planning.evidence import evidence_of
from sgkpi.planning.plan import Plan
from sgkpi.snapshots.digests import meaning_digest, target_digest
from sgkpi.snapshots.manifest import DefinitionRecord, ExtractRecord, FileRecord, TableRecord

DEFINITIONS = "definitions"
_HOLIDAYS = f"{TABLES}/{HOLIDAYS}"
_SHARED = (SHARED, THEMES)


def extract_record(extract: Extract, read: Iterable[TableRead]) -> ExtractRecord:
    """Return the record of an extract for a manifest; raise ExtractError where a file changed since it was opened."""
    with extract.reading():
        tables = []
        for each in read:
            source = extract.tables[each.table]
            about = each.table, each.rows, each.unreadable_cells, source.columns, source.has_key
            tables.append(TableRecord(*about, tuple(file_records(source))))
    return ExtractRecord(extract.source, extract.extracted_at, extract.covers, tuple(tables))


def file_records(source: TableSource) -> Iterator[FileRecord]:
    """Yield the digests of a table's files as they are in the extract; of a sheet, that of its workbook."""
    for file in source.files:
        path = file.state.path if file.state is not None else file.path
        with path.open("rb") as content:
            yield FileRecord(file.name, path.stat().st_size, file_digest(content, "sha256").hexdigest())


def definition_records(catalogue: Catalogue, plan: Plan) -> tuple[DefinitionRecord, ...]:
    """Return the records of a plan's definitions for a manifest; the evidence is that of what could be computed."""
    records, paths = [], _paths(catalogue)
    for planned in sorted(plan.indicators, key=lambda each: each.indicator.id):
        whole = catalogue.indicators[planned.indicator.id]
        evidence = tuple(each.name for each in evidence_of(planned.indicator))
        digests = whole.sha256, meaning_digest(whole), target_digest(whole)
        records.append(DefinitionRecord(whole.id, f"{DEFINITIONS}/{paths[whole.id]}", *digests, evidence))
    return tuple(records)


def definition_files(catalogue: Catalogue, plan: Plan) -> Mapping[str, bytes]:
    """Return the exact bytes of the definitions of a plan, and of what they use, under their names in a snapshot.

    Raises DefinitionsError where one is not what was loaded.
    """
    used = [catalogue.indicators[each.indicator.id] for each in plan.indicators]
    paths = _paths(catalogue)
    parts = {paths[each.id]: each.shared for each in used}
    digests = {paths[each.id]: each.sha256 for each in used}
    digests |= {f"tables/{name}.yaml": table.sha256 for each in used for name, table in tables_of(each).items()}
    if catalogue.holidays_sha256 is not None:
        digests[_HOLIDAYS] = catalogue.holidays_sha256
    files = {
        name: _as_loaded(catalogue.path / name, digest, parts.get(name, {})) for name, digest in sorted(digests.items())
    }
    files |= {name: (catalogue.path / name).read_bytes() for name in _SHARED if (catalogue.path / name).is_file()}
    return {f"{DEFINITIONS}/{name}": content for name, content in files.items()}


def _paths(catalogue: Catalogue) -> Mapping[str, str]:
    """Return the file of each indicator, relative to the catalogue; one that is gone would be at the top."""
    found = {file.stem: file.relative_to(catalogue.path).as_posix() for file in indicator_files(catalogue.path)}
    return {name: found.get(name, f"{name}.yaml") for name in catalogue.indicators}


def _as_loaded(path: Path, digest: str, shared: Mapping[str, str]) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DefinitionsError(f"{path} cannot be read: {error.strerror or error}") from error
    if definition_digest(content, shared) != digest:
        raise DefinitionsError(f"{path} changed while it was read; try again")
    return content

"""The manifest of a snapshot: what it holds, what it was made from, and which snapshot came before it.

Its keys in JSON are the fields of these classes, in their order. It has no wall clock, host, user or path.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from sgkpi import __version__
from sgkpi.ledger.ledger import Unplaced
from sgkpi.model.errors import SnapshotError
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import Request

SCHEMA = "sgkpi.snapshot/1"
NO_DISCLOSURE_CONTROL = "none: numbers and differences of single cases are as they are; keep it within the council"
_SCHEMA = re.compile(r"([a-z]+\.[a-z]+)/(\d+)")
Json = Any  # whatever JSON can hold


@dataclass(frozen=True)
class EngineRecord:
    """The engine that computed the figures."""

    name: str
    version: str


@dataclass(frozen=True)
class RequestRecord:
    """The request with which `compute` gives the figures again."""

    history: int
    periods: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True)
class FileRecord:
    """A file with its size and SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class TableRecord:
    """A table of the extract; `columns` are the declared ones that it had."""

    table: str
    rows: int
    unreadable_cells: int
    columns: tuple[str, ...]
    has_key: bool
    files: tuple[FileRecord, ...]


@dataclass(frozen=True)
class ExtractRecord:
    """The extract; `covers` has the day from which a table is complete."""

    source: str | None
    extracted_at: datetime | None
    covers: Mapping[str, date] | None
    tables: tuple[TableRecord, ...]


@dataclass(frozen=True)
class DefinitionRecord:
    """An indicator's definition: the digests of its file, meaning and targets, and the names of its evidence."""

    indicator: str
    file: str
    sha256: str
    meaning: str
    target: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class CalendarRecord:
    """The first and last day of calendar.csv, and its SHA-256."""

    first: date = field(metadata={"key": "from"})
    last: date = field(metadata={"key": "to"})
    sha256: str


@dataclass(frozen=True)
class CasesRecord:
    """The sealed cases: which secret sealed them, how many there are, and the digest of their rows."""

    key_id: str
    rows: int
    content: str


@dataclass(frozen=True)
class PreviousRecord:
    """The snapshot before, and the SHA-256 of its manifest."""

    snapshot: str
    manifest: str


@dataclass(frozen=True)
class UnavailableRecord:
    """The id of an indicator that could not be computed from the extract, and why."""

    indicator: str
    reason: str


@dataclass(frozen=True)
class CheckRecord:
    """A gate and how it ended: `passed`, `failed`, `accepted` or `not_evaluated`."""

    gate: str
    status: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The contents of a snapshot and their sources. The commit sets the fields with defaults, but for the text ones."""

    schema: str = SCHEMA
    month: Month
    revision: int = 0
    supersedes: str | None = None
    reason: str | None = None
    accepted: tuple[str, ...] = ()
    sgkpi: str = __version__
    engine: EngineRecord
    as_of: datetime
    as_of_source: str
    asked: RequestRecord
    extract: ExtractRecord
    definitions: tuple[DefinitionRecord, ...]
    calendar: CalendarRecord
    unavailable: tuple[UnavailableRecord, ...]
    unplaced: tuple[Unplaced, ...]
    cases: CasesRecord | None = None
    previous: PreviousRecord | None = None
    checks: tuple[CheckRecord, ...] = ()
    disclosure_control: str = NO_DISCLOSURE_CONTROL
    files: tuple[FileRecord, ...] = ()
    content: str = ""

    @property
    def name(self) -> str:
        """The snapshot's name, such as `2019-02-r1`."""
        return f"{self.month}-r{self.revision}"

    @property
    def meanings(self) -> dict[str, str]:
        """The digest of each indicator's meaning."""
        return {each.indicator: each.meaning for each in self.definitions}

    def request(self, *, persons: bool = False) -> Request:
        """Return the request that gives the figures again."""
        ids, asked = tuple(each.indicator for each in self.definitions), self.asked
        kinds = tuple(map(PeriodKind, asked.periods))
        return Request(ids, [self.month], asked.history, kinds, asked.by, self.as_of, persons=persons)

    def to_bytes(self) -> bytes:
        """Return the manifest as JSON in UTF-8, always the same for the same manifest."""
        text = json.dumps(_to_json(self), ensure_ascii=False, allow_nan=False, indent=2)
        # A file name that is not UTF-8 has lone surrogates, whose escapes are JSON's own.
        return f"{text}\n".encode(errors="backslashreplace")


@lru_cache(1024)  # a commit looks at its store three times
def read_manifest(content: bytes, path: Path) -> Manifest:
    """Return the manifest in these bytes of a file; keys that are not known are ignored.

    Raises SnapshotError, which names the file and the key, where the manifest is damaged or of a later schema.
    """
    written = read_json(content, path, SCHEMA)
    try:
        manifest: Manifest = _from_json(Manifest, written, "")
    except _Mistyped as error:
        raise SnapshotError(f"{path} is damaged: {error}") from error
    unsafe = [each.name for each in manifest.files if each.name.startswith("/") or ".." in each.name.split("/")]
    if unsafe:
        raise SnapshotError(f"{path} is damaged: 'files' names '{unsafe[0]}', which lies outside the snapshot")
    return manifest


def read_json(content: bytes, path: Path, schema: str) -> Mapping[str, Json]:
    """Return the JSON object in these bytes, which must have this schema; raise SnapshotError if it is another."""
    try:
        written = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"{path} is damaged: it is not JSON") from error
    if not isinstance(written, Mapping) or not isinstance(found := written.get("schema"), str):
        raise SnapshotError(f"{path} is damaged: 'schema' is missing or not a text")
    mine, theirs = _SCHEMA.fullmatch(schema), _SCHEMA.fullmatch(found)
    if mine is None or theirs is None or theirs[1] != mine[1] or not int(theirs[2]):
        raise SnapshotError(f"{path} is damaged: 'schema' is '{found}', not '{schema}'")
    if int(theirs[2]) > int(mine[2]):
        writer = f"sgkpi {written['sgkpi']}" if isinstance(written.get("sgkpi"), str) else "a later sgkpi"
        raise LaterSchemaError(
            f"{path} was written by {writer} (schema {found}); this is {__version__}, which reads up to {mine[2]}"
        )
    return written


class LaterSchemaError(SnapshotError):
    """A file of a store was written by a later sgkpi, in a form that this one cannot read."""


class _Mistyped(ValueError):
    """A key that is missing or has a value of another type."""


_EXPECTED = {int: "a whole number", str: "a text", bool: "true or false", Month: "a month"}
_PARSERS = {date: date.fromisoformat, datetime: datetime.fromisoformat, Month: Month.parse}


def _from_json(kind: Any, written: Json, key: str) -> Any:  # noqa: ANN401 - a value of the type that is asked for
    """Return a value of a type from its JSON; raise _Mistyped, which names the key."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        (some,) = (each for each in arguments if each is not NoneType)
        return None if written is None else _from_json(some, written, key)
    if is_dataclass(kind) and kind is not Month:
        return _object_from_json(kind, written, key)
    if origin is tuple:
        _check(written, list, "a list", key)
        return tuple(_from_json(arguments[0], item, f"{key}[{place}]") for place, item in enumerate(written))
    if origin is Mapping:
        _check(written, dict, "an object", key)
        return {name: _from_json(arguments[1], item, f"{key}.{name}") for name, item in written.items()}
    expected = _EXPECTED.get(kind, "a date or time")
    if (parse := _PARSERS.get(kind)) is None:
        _check(written, kind, expected, key)
        return written
    _check(written, str, expected, key)
    try:
        value = parse(written)
    except ValueError as error:
        raise _Mistyped(f"'{key}' is not {expected}") from error
    if getattr(value, "tzinfo", None) is not None:
        raise _Mistyped(f"'{key}' has a time zone")
    return value


def _object_from_json(kind: Any, written: Json, key: str) -> object:  # noqa: ANN401 - a class
    _check(written, dict, "an object", key)
    kinds, values = _types_of(kind), {}
    for each in fields(kind):
        name = each.metadata.get("key", each.name)
        whole = f"{key}.{name}" if key else name
        if name not in written:
            raise _Mistyped(f"'{whole}' is missing")
        values[each.name] = _from_json(kinds[each.name], written[name], whole)
    return kind(**values)


_types_of = cache(get_type_hints)  # which evaluates each annotation


def _check(written: Json, kind: type, expected: str, key: str) -> None:
    if type(written) is not kind:  # true is an int
        raise _Mistyped(f"'{key}' is not {expected}" if key else "it is not an object")


def _to_json(value: object) -> Json:
    match value:
        case Month():
            return str(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {name: _to_json(item) for name, item in value.items()}
        case Sequence() if not isinstance(value, str):
            return [_to_json(item) for item in value]
        case _ if is_dataclass(value):
            return {each.metadata.get("key", each.name): _to_json(getattr(value, each.name)) for each in fields(value)}
    return value

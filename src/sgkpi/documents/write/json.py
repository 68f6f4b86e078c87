"""Records as JSON."""

import json
import re
from collections.abc import Mapping
from datetime import date

from sgkpi.documents.records import Lines, Records

# Characters that JSON allows but a terminal interprets: DEL, C1 controls and changes of text direction.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def write_json(records: Records) -> str:
    """Return the JSON document with a newline at its end: by lines if it has `Lines`, else indented throughout."""
    document = records.json()
    if isinstance(document, Mapping) and any(map(_has_lines, document.values())):
        members = (f'"{name}": {_by_lines(value, "")}' for name, value in document.items())
        return "{\n" + ",\n".join(members) + "\n}\n"
    return _dump(document, indent=2) + "\n"


def _has_lines(value: object) -> bool:
    return isinstance(value, Lines) or (isinstance(value, Mapping) and any(map(_has_lines, value.values())))


def _by_lines(value: object, margin: str) -> str:
    if isinstance(value, Lines):
        lines = [f"{margin}  {_dump(item)}" for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{margin}]" if lines else "[]"
    if isinstance(value, Mapping) and _has_lines(value):
        members = (f'"{name}": {_by_lines(member, f"{margin}  ")}' for name, member in value.items())
        return "{" + ", ".join(members) + "}"
    return _dump(value)


def _dump(value: object, indent: int | None = None) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, default=_iso)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")

"""JSON Schemas of definition files, with which editors complete keys and mark mistakes.

Editors read the copies in `schemas/`; run `python -m sgkpi.definitions.schema` when the models have changed.
"""

import json
from pathlib import Path
from typing import Any

from sgkpi.definitions.files import FileModel, IndicatorFile, TableFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = Any  # whatever JSON can hold; a recursive type would need a cast at every step
FOLDER = Path(__file__).parent / "schemas"


def indicator_schema() -> dict[str, Any]:
    """Return the schema of an indicator's file."""
    return _schema(IndicatorFile, "An indicator of the catalogue")


def table_schema() -> dict[str, Any]:
    """Return the schema of a table declaration."""
    return _schema(TableFile, "A table of the catalogue")


def render_schema(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def schema_files() -> dict[Path, str]:
    """Return the text of each schema by its file."""
    schemas = {"indicator": indicator_schema(), "table": table_schema()}
    return {FOLDER / f"{name}.schema.json": render_schema(schema) for name, schema in schemas.items()}


def write_schemas() -> None:
    """Write both files."""
    FOLDER.mkdir(exist_ok=True)
    for path, text in schema_files().items():
        path.write_text(text, encoding="utf-8", newline="\n")


def _schema(model: type[FileModel], title: str) -> dict[str, Any]:
    schema = _one_or_many(_undefaulted(model.model_json_schema(by_alias=True)))
    return {"$schema": DIALECT, **schema, "title": title}


def _undefaulted(part: Json) -> Json:
    """The schema without Python's defaults and class names, and without the null of an omitted key."""
    if isinstance(part, list):
        return [_undefaulted(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _undefaulted(value) for key, value in part.items() if key != "default" and not _is_title(key, value)}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    options = [option for option in kept.get("anyOf", []) if option != {"type": "null"}]
    if "anyOf" not in kept or len(options) == len(kept["anyOf"]):
        return kept
    del kept["anyOf"]
    return {**kept, **(options[0] if len(options) == 1 else {"anyOf": options})}


def _is_title(key: str, value: Json) -> bool:
    """Whether this is a title that pydantic made from a name, and not a key called title."""
    return key == "title" and isinstance(value, str)


def _one_or_many(part: Json) -> Json:
    """The schema with every list allowed to be a single value, as in `key: contact_id`."""
    if isinstance(part, list):
        return [_one_or_many(item) for item in part]
    if not isinstance(part, dict):
        return part
    inner = {key: _one_or_many(value) for key, value in part.items()}
    if inner.get("type") != "array" or "items" not in inner:
        return inner
    about = {key: inner.pop(key) for key in ("description",) if key in inner}
    return {**about, "anyOf": [inner, inner["items"]]}


if __name__ == "__main__":
    write_schemas()

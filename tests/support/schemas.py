"""JSON Schemas of definition files, with which editors complete keys and mark mistakes.

Editors read the copies in `src/sgkpi/definitions/schemas`; run `python -m tests.support.schemas` when the models have
changed.
"""

import json
from pathlib import Path
from typing import Any

from sgkpi.definitions.boards import BoardFile
from sgkpi.definitions.files import IndicatorFile, TableFile
from sgkpi.definitions.shared import SharedFile
from sgkpi.definitions.themes import ThemesFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = Any  # whatever JSON can hold; a recursive type would need a cast at every step
FOLDER = Path(__file__).parents[2] / "src/sgkpi/definitions/schemas"


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each kind of definition file, by the kind's name."""
    found = {}
    models = (
        *(("indicator", IndicatorFile, "An indicator"), ("table", TableFile, "A table")),
        *(("board", BoardFile, "An improvement board"), ("shared", SharedFile, "What definitions share")),
        ("themes", ThemesFile, "The themes"),
    )
    for name, model, title in models:
        schema = _one_or_many(_undefaulted(model.model_json_schema(by_alias=True)))
        found[name] = {"$schema": DIALECT, **schema, "title": f"{title} of the catalogue"}
    return found


def schema_files() -> dict[Path, str]:
    """Return the text of each schema by its file."""
    return {
        FOLDER / f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas().items()
    }


def _undefaulted(part: Json) -> Json:
    """Return the schema without Python's defaults and class names, and without the null of an omitted key."""
    if isinstance(part, list):
        return [_undefaulted(item) for item in part]
    if not isinstance(part, dict):
        return part
    # A title that is text is one that pydantic made from a name, and not the schema of a key called title.
    kept = {
        key: _undefaulted(value)
        for key, value in part.items()
        if key != "default" and not (key == "title" and isinstance(value, str))
    }
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    options = [option for option in kept.get("anyOf", []) if option != {"type": "null"}]
    if "anyOf" not in kept or len(options) == len(kept["anyOf"]):
        return kept
    del kept["anyOf"]
    return {**kept, **(options[0] if len(options) == 1 else {"anyOf": options})}


def _one_or_many(part: Json) -> Json:
    """Return the schema with every list allowed to be a single value, as in `key: contact_id`."""
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
    FOLDER.mkdir(exist_ok=True)
    for path, text in schema_files().items():
        path.write_text(text, encoding="utf-8", newline="\n")

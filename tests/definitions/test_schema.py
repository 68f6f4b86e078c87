"""The schemas that editors read agree with the models, and with the catalogue."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from sgkpi.definitions.boards import BoardFile
from sgkpi.definitions.files import IndicatorFile, TableFile
from sgkpi.definitions.shared import SharedFile
from sgkpi.definitions.themes import ThemesFile
from tests.support.schemas import schema_files, schemas
from tests.support.world import render
from tests.support.worlds import world_of

CATALOGUE = Path(__file__).parents[2] / "indicators"


class CoreLoader(yaml.SafeLoader):
    """Reads YAML as an editor does: 1.2, in which `no` and dates are text."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(("timestamp", "bool", "merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_the_files_are_what_the_models_give() -> None:
    for path, text in schema_files().items():
        assert path.read_text(encoding="utf-8") == text, "run python -m tests.support.schemas"


@pytest.mark.parametrize("schema", schemas().values(), ids=schemas())
def test_the_schemas_are_schemas_in_which_every_key_is_described(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    for part in (schema, *schema.get("$defs", {}).values()):
        assert all(key["description"] for key in part["properties"].values())


def test_the_schemas_have_every_key() -> None:
    models = (IndicatorFile, TableFile, BoardFile, SharedFile, ThemesFile)
    for model, schema in zip(models, schemas().values(), strict=True):
        assert list(schema["properties"]) == list(model.model_fields)


@pytest.mark.parametrize("path", sorted(CATALOGUE.rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_catalogue_follows_the_schemas(path: Path) -> None:
    own = {"tables": "table", "boards": "board"}.get(path.parent.name, "indicator")
    schema = schemas()[path.stem if path.name in {"shared.yaml", "themes.yaml"} else own]
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=CoreLoader)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []


def test_whatever_the_generator_makes_follows_the_schemas() -> None:
    validators = {name: Draft202012Validator(schema) for name, schema in schemas().items()}
    for world in map(world_of, range(150)):
        for name, definitions in (("table", world.tables), ("indicator", world.indicators)):
            for definition in definitions.values():
                found = yaml.load(render(definition), Loader=CoreLoader)
                assert [error.message for error in validators[name].iter_errors(found)] == []


@pytest.mark.parametrize("codes", [["police", "school"], [1, 2], {"police": "Police", "school": ["School", 7]}])
def test_codes_may_be_a_list(codes: object) -> None:
    validator = Draft202012Validator(schemas()["table"])
    column = {"type": "category", "codes": codes}
    assert list(validator.iter_errors({"columns": {"source": column}})) == []
    assert list(validator.iter_errors({"columns": {"source": {**column, "codes": [{"police": ["Police"]}]}}})) != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"titel": "x"},
        {"clock": {"within": "soon"}},
        {"measure": "share"},
        {"target": {"gren": "95%"}},
        {"target": {"2019-13": {"green": 1}}},
        {"by": [{"1st": "x"}]},
    ],
)
def test_the_schema_finds_mistakes(wrong: dict[str, object]) -> None:
    sound = {"title": "x", "table": "contacts", "period": "received_at", "measure": "count"}
    validator = Draft202012Validator(schemas()["indicator"])
    assert list(validator.iter_errors(sound)) == []
    assert list(validator.iter_errors({**sound, **wrong})) != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"titel": "x"},
        {"since": "2019-13"},
        {"points": [{"word": "x"}]},
        {"points": [{"words": "x", "paragraphs": [0]}]},
    ],
)
def test_the_schema_of_boards_finds_mistakes(wrong: dict[str, object]) -> None:
    sound = {"title": "x", "since": "2019-02", "points": [{"words": "x", "paragraphs": 3, "indicators": "one"}]}
    validator = Draft202012Validator(schemas()["board"])
    assert list(validator.iter_errors(sound)) == []
    assert list(validator.iter_errors({**sound, **wrong})) != []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("shared", {"band": {}}),
        ("shared", {"bands": {"1st": [1]}}),
        ("shared", {"bands": {"ages": ["one"]}}),
        ("shared", {"bands": {"ages": []}}),
        ("shared", {"conditions": {"open": ["x"]}}),
        ("themes", {"care": {}}),
        ("themes", {"care": {"title": "Care", "order": 1}}),
    ],
)
def test_the_schemas_of_what_stands_beside_tables_find_mistakes(name: str, wrong: dict[str, object]) -> None:
    sound = {
        "shared": {"bands": {"ages": [0, 5, "10.5"]}, "conditions": {"open": "ended_on is null"}},
        "themes": {"care": {"title": "Care"}},
    }
    validator = Draft202012Validator(schemas()[name])
    assert list(validator.iter_errors(sound[name])) == []
    assert list(validator.iter_errors(wrong)) != []

"""Adding one thing: the places that must know a measure, a unit, an outcome, a column, a format or a command.

Whoever adds one finds here what else it needs: a test fails for every place that does not know it yet. Besides these,
`tests/docs/test_reference.py` asks for a page of the specification, `tests/properties/test_generator.py` for
generated examples, and `tests/figures/test_columns.py` for each column of figures in every format of data.
"""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from sgkpi.answers.report.pack import ReportKind
from sgkpi.cli.main import COMMANDS
from sgkpi.documents.sentences import VALUES
from sgkpi.documents.write.formats import FORMATS, OFFERED, Format
from sgkpi.extracts.candidates import ENDINGS
from sgkpi.extracts.extract import FileFormat
from sgkpi.figures.columns import FIGURE_COLUMNS
from sgkpi.model.expressions import Unit
from sgkpi.model.indicator import Keep
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.units import A_HUNDRED_YEARS, LimitUnit
from sgkpi.snapshots.causes import Cause

TOP = Path(__file__).resolve().parents[1]
SOURCES = TOP / "src" / "sgkpi"
JUDGE, DUCKDB, EXPLAIN = "judge", "engines/duckdb", "engines/explain"
ENGLISH = "definitions/english.py"
# The rooms, or the modules, that must name every member of an enumeration.
PLACES: dict[type[Enum], tuple[str, ...]] = {
    Measure: (JUDGE, DUCKDB, EXPLAIN, "figures/steps.py", "snapshots/parts.py", ENGLISH),
    LimitUnit: (f"{JUDGE}/clocks.py", DUCKDB, EXPLAIN, ENGLISH, "answers/due.py"),
    Keep: (f"{JUDGE}/related.py", DUCKDB, EXPLAIN, "definitions/checks/related.py", ENGLISH, "answers/why"),
    Outcome: (JUDGE, DUCKDB, EXPLAIN, "answers/cases.py", "answers/why"),
    FileFormat: ("extracts", JUDGE, DUCKDB),
    Format: ("documents/write/formats.py",),
    Cause: ("documents/ledgers.py",),
    ReportKind: ("answers/report/make.py", "documents/report/build.py"),
}
# Commands that answer nothing: they write a project, or an extract.
WITHOUT_AN_ANSWER = {"init", "synth"}
ANSWERED_BY = {"show": "overview"}  # where the module of the answer has another name than the command


def trees(place: str) -> Iterator[ast.Module]:
    path = SOURCES / place
    paths = [path] if path.is_file() else sorted(path.rglob("*.py"))
    assert paths, f"there is no {place}"
    yield from map(parsed, paths)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def names_of(enumeration: type[Enum], place: str) -> set[str]:
    """The members of an enumeration that a place names, as `Measure.MEAN`."""
    attributes = (node for tree in trees(place) for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {each.attr for each in attributes if ast.unparse(each.value).endswith(enumeration.__name__)}


def page(name: str) -> str:
    return (TOP / "docs" / name).read_text(encoding="utf-8")


def in_backticks(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize(
    ("enumeration", "place"),
    [(enumeration, place) for enumeration, places in PLACES.items() for place in places],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_every_member_is_known_where_it_must_be(enumeration: type[Enum], place: str) -> None:
    assert set(enumeration.__members__) - names_of(enumeration, place) == set()


def test_every_unit_has_its_longest_length() -> None:
    assert A_HUNDRED_YEARS.keys() == {unit.value for unit in (*LimitUnit, *Unit)}


def enum_names() -> set[str]:
    """The names of our enumerations."""
    classes = (node for tree in trees(".") for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {each.name for each in classes if any("Enum" in ast.unparse(base) for base in each.bases)}


def open_matches() -> Iterator[str]:
    """Where a `match` over two members or more of an enumeration takes any other in silence."""
    ours = enum_names()
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Match):
                members = [each for case in node.cases for each in ast.walk(case.pattern) if is_member(each, ours)]
                if len(members) > 1 and takes_any_other(node.cases[-1]):
                    yield f"{path.relative_to(TOP)}:{node.lineno}"


def is_member(pattern: ast.AST, enumerations: set[str]) -> bool:
    value = pattern.value if isinstance(pattern, ast.MatchValue) else None
    return isinstance(value, ast.Attribute) and ast.unparse(value.value) in enumerations


def takes_any_other(case: ast.match_case) -> bool:
    anything = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
    return anything and not any(
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith("assert_never") for node in ast.walk(case)
    )


def test_every_match_over_an_enumeration_ends_in_assert_never() -> None:
    """Or names every member, which mypy sees too: what is added is nowhere taken for something else."""
    assert list(open_matches()) == []


@pytest.mark.parametrize(
    ("code", "is_open"),
    [
        ("match x:\n case Keep.ONLY: a\n case Keep.COUNT: b\n case _: c", True),
        ("match x:\n case Keep.ONLY | Keep.COUNT: a\n case other: b", True),
        ("match x:\n case Keep.ONLY: a\n case Keep.COUNT: b\n case _: assert_never(x)", False),
        ("match x:\n case Keep.ONLY: a\n case Keep.COUNT: b", False),
        ("match x:\n case Keep.ONLY: a\n case _: b", False),
        ("match x:\n case 'only': a\n case 'count': b\n case _: c", False),
    ],
)
def test_an_open_match_is_seen(code: str, is_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail."""
    (tmp_path / "one.py").write_text(f"class Keep(StrEnum): pass\n{code}\n", encoding="utf-8")
    monkeypatch.setattr(f"{__name__}.SOURCES", tmp_path)
    monkeypatch.setattr(f"{__name__}.TOP", tmp_path)
    assert bool(list(open_matches())) is is_open


def test_every_outcome_is_a_column_of_figures_and_has_its_place_in_the_documentation() -> None:
    columns = [column.name for column in FIGURE_COLUMNS]
    assert {outcome.value for outcome in Outcome} <= set(columns)
    assert {outcome.value for outcome in Outcome} <= in_backticks(page("figures.md"))


def test_every_column_of_figures_is_documented() -> None:
    assert {column.name for column in FIGURE_COLUMNS} <= in_backticks(page("figures.md"))


def test_every_unit_and_measure_is_documented() -> None:
    words = set(re.findall(r"\w+(?: days)?", page("definitions.md")))
    assert {unit.value for unit in LimitUnit} <= words | set(re.findall(r"working days", page("definitions.md")))
    assert {measure.value for measure in Measure} <= in_backticks(page("definitions.md"))


def test_every_measure_of_one_number_a_case_has_its_words() -> None:
    """Without them the sentence below a value would count cases that meet something: `- of 16 cases`."""
    assert set(VALUES) == {each for each in Measure if each.has_values} - {Measure.RATIO}


def test_every_format_has_a_row_an_ending_and_a_command_that_offers_it() -> None:
    assert list(FORMATS) == list(Format)
    endings = [facts.ending for facts in FORMATS.values()]
    assert len(set(endings)) == len(endings)
    assert {format_ for offered in OFFERED.values() for format_ in offered} == set(Format)


@pytest.mark.parametrize("format_", [each for each in Format if each is not Format.TABLE])
def test_every_format_of_data_has_a_writer_and_is_documented(format_: Format) -> None:
    writer = format_.name.lower()
    assert find_spec(f"sgkpi.documents.write.{writer}"), f"documents/write/{writer}.py is missing"
    assert FORMATS[format_].ending in page("cli.md")


def test_every_command_that_answers_offers_formats() -> None:
    assert set(COMMANDS) - WITHOUT_AN_ANSWER - {"explain"} == {
        name.split()[0] for name in OFFERED
    }  # explain is for people alone


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_modules_and_its_page(command: str) -> None:
    assert find_spec(f"sgkpi.cli.commands.{command}"), f"cli/commands/{command}.py is missing"
    assert f"## `sgkpi {command}`" in page("cli.md")
    if command not in WITHOUT_AN_ANSWER:
        assert find_spec(f"sgkpi.answers.{ANSWERED_BY.get(command, command)}"), f"answers/{command}.py is missing"
        assert find_spec(f"sgkpi.documents.{command}"), f"documents/{command}.py is missing"


def test_every_format_of_extracts_has_an_ending_and_is_documented() -> None:
    assert {ending.removesuffix(".gz").removeprefix(".") for ending in ENDINGS} == {each.value for each in FileFormat}
    assert all(ending in page("extracts.md") for ending in ENDINGS)

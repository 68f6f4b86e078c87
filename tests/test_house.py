"""The house holds together: what is packaged, pinned, light to import, and offered by `make`."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import sgkpi
from sgkpi.definitions import bundled as resources

TOP = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = {"pandas", "pyarrow", "duckdb", "sqlglot", "typer", "rich"}


def python(code: str, *, path: Path) -> str:
    """What a fresh Python prints that finds sgkpi in `path`."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=path, capture_output=True, text=True, check=True
    )
    return done.stdout


def canonical(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def pins() -> dict[str, str]:
    lines = (TOP / "constraints.txt").read_text(encoding="utf-8").splitlines()
    named = [re.fullmatch(r"([\w.-]+)==([\w.]+)( ; .+)?", line) for line in lines if not line.startswith("#")]
    assert all(named), "a line of constraints.txt is no exact pin"
    return {canonical(match[1]): match[2] for match in named if match}


def test_every_direct_dependency_is_pinned() -> None:
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *(each for extra in extras for each in extra)]
    names = {canonical(re.match(r"[\w.-]+", requirement)[0]) for requirement in wanted}  # type: ignore[index]
    assert names - pins().keys() == set()


def test_files_with_hashes_pin_what_constraints_pin() -> None:
    hashed: dict[str, str] = {}
    for name in ("requirements.txt", "requirements-bench.txt"):
        text = (TOP / name).read_text(encoding="utf-8")
        assert "://" not in text, f"{name} names a registry"
        for release in re.split(r"\n(?=\S)", text):
            if release.startswith("#"):
                continue
            pin = re.match(r"([\w.-]+)(?:\[\w+\])?==([\w.]+)", release)
            assert pin, release.splitlines()[0]
            assert "--hash=sha256:" in release, pin[1]
            hashed[canonical(pin[1])] = pin[2]
    assert hashed == pins()


def test_what_builds_a_release_is_pinned() -> None:
    needed = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert needed == [f"hatchling=={pins()['hatchling']}"]


def test_import_sgkpi_is_light() -> None:
    loaded = json.loads(python("import sgkpi, sys, json; print(json.dumps(list(sys.modules)))", path=TOP / "src"))
    assert HEAVY & set(loaded) == set()


def test_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", sgkpi.__version__)


def test_public_api_is_what_all_names() -> None:
    questions = {"compute", "signals", "cases", "due", "check", "snapshot", "diff", "report"}
    functions = {"load_catalogue", "open_extract", *questions}
    types = {"Month", "PeriodKind", "SgkpiError", "SnapshotError", "UsageError", "DefinitionsError", "ExtractError"}
    assert set(sgkpi.__all__) == {"__version__", *functions, *types}
    assert all(callable(getattr(sgkpi, name)) for name in sgkpi.__all__ if name != "__version__")
    assert dir(sgkpi) == sorted(sgkpi.__all__)


def test_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'figures_of_speech'"):
        sgkpi.figures_of_speech  # noqa: B018


def test_a_checkout_finds_catalogue_and_sample_at_its_top() -> None:
    assert resources.catalogue_path() == TOP / "indicators"
    assert resources.sample_path() == TOP / "sample_data"


@pytest.mark.slow
def test_the_wheel_carries_catalogue_and_sample(tmp_path: Path) -> None:
    builders = pytest.importorskip("hatchling.builders.wheel")
    (wheel,) = builders.WheelBuilder(str(TOP)).build(directory=str(tmp_path / "dist"), versions=["standard"])
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    data = installed / "sgkpi" / "_data"
    for folder in ("indicators", "sample_data"):
        assert files_below(data / folder) == files_below(TOP / folder)
    found = python(
        "from sgkpi.definitions.bundled import *; print(catalogue_path()); print(sample_path())", path=installed
    )
    assert found.splitlines() == [str(data / "indicators"), str(data / "sample_data")]


def files_below(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found, f"{folder} holds no files"
    return found


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_alone_lists_every_target() -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(["make"], cwd=TOP, env=environment, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make ([\w-]+) +\S", done.stdout, re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.+)$", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    assert listed == phony[1].split()
    assert {"demo", "test", "check", "format", "bench"} <= set(listed)


def test_no_name_of_a_month_or_weekday_comes_from_the_locale() -> None:
    """A notebook may have set one, and the same report must have the same bytes there."""
    of_the_locale = re.compile(r"\{[^{}\"]*:[^{}\"]*%[aAbB]|from calendar import .*(name|abbr)")
    assert of_the_locale.search('f"{day.day} {day:%B %Y}"')
    files = (TOP / "src").rglob("*.py")
    assert [path.name for path in files if of_the_locale.search(path.read_text(encoding="utf-8"))] == []

"""The catalogues that are timed: ten definitions of contacts, those of the sample's tables, and 150."""

import re
import shutil
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from sgkpi.definitions.bundled import catalogue_path
from sgkpi.definitions.tree import indicator_files

THIRTEEN = frozenset(
    (
        "care_leavers_bnb_longest_stay",
        "care_leavers_in_bnb",
        "care_leavers_in_bnb_over_2_working_days",
        "contacts_decided_1_working_day",
        "contacts_decided_24h",
        "contacts_decided_5_working_days",
        "health_passports_at_leaving",
        "health_passports_held",
        "health_passports_issued",
        "pathway_plans_reviewed",
        "rhi_completed_72h",
        "rhi_contacted_72h",
        "rhi_offered",
    )
)
TEN = Path(__file__).resolve().parent / "indicators"
MANY = 150
FILES = re.compile(r"^files:\s*\[.*?\]", re.MULTILINE | re.DOTALL)


def prepare_ten(folder: Path) -> Path:
    """Write the benchmarks' ten definitions, beside the declaration of contacts that ships with sgkpi."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TEN, folder)
    (folder / "tables").mkdir()
    shutil.copy(catalogue_path() / "tables" / "contacts.yaml", folder / "tables")
    return folder


def prepare_one(folder: Path, indicator: str) -> Path:
    """Write one of the benchmarks' ten definitions."""
    prepare_ten(folder)
    for path in folder.glob("*.yaml"):
        if path.stem != indicator:
            path.unlink()
    return folder


def prepare_shipped(folder: Path) -> Path:
    """Write the thirteen definitions that come with the sample, with their tables, into one folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(catalogue_path() / "tables", folder / "tables")
    shutil.copy(catalogue_path() / "shared.yaml", folder)
    for path in indicator_files(catalogue_path()):
        if path.stem in THIRTEEN:
            shutil.copy(path, folder)
    return folder


def prepare_many(folder: Path) -> Path:
    """Write the thirteen definitions and copies of them over tables of which the sample has no file."""
    prepare_shipped(folder)
    for path, text in islice(_copies(folder), MANY - len(THIRTEEN)):
        path.write_text(text, encoding="utf-8")
    return folder


def prepare_available(folder: Path, wanted: int) -> Path:
    """Write the thirteen definitions and copies of them over the same tables, as many as are wanted."""
    prepare_shipped(folder)
    originals = {path.stem: path.read_text(encoding="utf-8") for path in indicator_files(folder)}
    copies = ((f"{name}_{number}", text) for number in count(1) for name, text in originals.items())
    for name, text in islice(copies, wanted - len(originals)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def _copies(folder: Path) -> Iterator[tuple[Path, str]]:
    tables = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("tables/*.yaml"))}
    indicators = {path.stem: path.read_text(encoding="utf-8") for path in indicator_files(folder)}
    table_name = re.compile(rf"\b({'|'.join(tables)})\b")
    for number in count(1):
        for name, text in tables.items():
            copy = FILES.sub(f"files: [{name}_{number}]", text)
            (folder / "tables" / f"{name}_{number}.yaml").write_text(copy, encoding="utf-8")
        for name, text in indicators.items():
            yield folder / f"{name}_{number}.yaml", table_name.sub(rf"\1_{number}", text)

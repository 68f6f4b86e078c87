"""A small catalogue, extracts of a few rows, and what `check` finds in them."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sgkpi import api
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.check.findings import Finding, QualityReport
from sgkpi.engines.checks import Check
from sgkpi.model.periods import Month
from tests.support.world import write_catalogue

AS_OF = datetime(2019, 3, 4, 7)
TABLES = {
    "contacts": {
        "key": ["contact_id"],
        "person": "person_id",
        "happened": "received_at",
        "columns": {
            "contact_id": {"type": "text"},
            "person_id": {"type": "text", "required": True},
            "received_at": {"type": "datetime", "required": True},
            "decided_at": {"type": "datetime"},
            "review_on": {"type": "date", "planned": True},
            "source": {"type": "category", "codes": {"police": ["7"], "school": []}},
            "visits": {"type": "integer"},
        },
        "rules": {
            "decided_before_received": "decided_at >= received_at",
            "too_many_visits": {"check": "visits < 100", "severity": "error"},
        },
    },
    "children": {
        "key": ["person_id"],
        "person": "person_id",
        "columns": {"person_id": {"type": "text", "required": True}, "birth_month": {"type": "month"}},
    },
    "stays": {
        "key": ["stay_id"],
        "person": "person_id",
        "happened": "start_date",
        "columns": {
            "stay_id": {"type": "text"},
            "person_id": {"type": "text", "required": True},
            "start_date": {"type": "date"},
            "end_date": {"type": "date"},
            "kind": {"type": "text"},
        },
    },
}
INDICATORS = {
    "decided_24h": {
        "title": "Decided within 24 hours",
        "table": "contacts",
        "period": "received_at",
        "measure": "proportion",
        "clock": {"start": "received_at", "stop": "decided_at", "within": "24 hours"},
    },
    "received": {"title": "Received", "table": "contacts", "period": "received_at", "measure": "count"},
    "in_hotel": {
        "title": "In a hotel",
        "table": "stays",
        "point_in_time": {"from": "start_date", "to": "end_date"},
        "population": "kind = 'hotel'",
        "measure": "count",
    },
    "contacts_in_hotel": {
        "title": "Contacts about children in a hotel",
        "table": "contacts",
        "period": "received_at",
        "related": {
            "stay": {"table": "stays", "keep": "active", "from": "start_date", "to": "end_date", "until": "received_at"}
        },
        "measure": "proportion",
        "met": "coalesce(stay.kind, '') = 'hotel'",
    },
}
CONTACTS = "contact_id,person_id,received_at,decided_at,review_on,source,visits\n"
CHILDREN = "person_id,birth_month\n"
STAYS = "stay_id,person_id,start_date,end_date,kind\n"


def write_project(
    folder: Path,
    files: Mapping[str, str],
    tables: Mapping[str, dict[str, Any]] = TABLES,
    indicators: Mapping[str, dict[str, Any]] = INDICATORS,
) -> Path:
    """A project with the catalogue, and an extract of these files."""
    write_catalogue(folder / "indicators", tables, indicators)
    (folder / "data").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "data" / name).write_text(text, encoding="utf-8")
    (folder / "data" / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n", encoding="utf-8")
    (folder / "sgkpi.toml").write_text('data = "data"\ncatalogue = "indicators"\n', encoding="utf-8")
    return folder


def check(
    folder: Path, files: Mapping[str, str], *, every_row: bool = False, show_values: bool = False
) -> QualityReport:
    """What is found in an extract of these files."""
    write_project(folder, files)
    catalogue = api.load_catalogue(folder / "indicators")
    extract = api.open_extract(folder / "data", catalogue)
    return check_quality(
        extract, catalogue, QualityRequest(month=Month(2019, 2), every_row=every_row, show_values=show_values)
    )


def of(report: QualityReport, which: Check) -> list[Finding]:
    """The findings of one kind."""
    return [each for each in report.findings if each.check is which]


def rows(finding: Finding) -> dict[str, tuple[int, ...]]:
    """The rows of a finding by file."""
    return {each.file: each.rows for each in finding.places}

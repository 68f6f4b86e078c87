"""Rows at fault are named by their place in the file, whatever is joined to the rows as they are read."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.model.periods import Month

ROOT = Path(__file__).parents[2]
AT_FAULT = (2_050, 9_000, 60_000)


@pytest.mark.parametrize("indicator", ["contacts_decided_24h", "contacts_decided_1_working_day"])
def test_rows_keep_their_order_behind_a_join(tmp_path: Path, indicator: str) -> None:
    """A clock in working days joins the due day of each start; DuckDB gives joined rows in another order."""
    shutil.copytree(ROOT / "indicators" / "tables", tmp_path / "tables")
    shutil.copy(next((ROOT / "indicators").rglob(f"{indicator}.yaml")), tmp_path)
    lines = [
        f"C{row},P1,{'soon' if row in AT_FAULT else '2019-02-04 09:00'},2019-02-05 09:00,police,A\n"
        for row in range(2, 80_002)
    ]
    (tmp_path / "contacts.csv").write_text(
        "contact_id,person_id,received_at,decided_at,source,team\n" + "".join(lines), "utf-8"
    )
    catalogue = api.load_catalogue(tmp_path)
    extract = api.open_extract(tmp_path, catalogue)
    figures = api.compute(extract, catalogue, months=[Month(2019, 2)], as_of=datetime(2019, 3, 4, 7))
    (message,) = (each.message for each in figures.problems if each.code == "unreadable-cell")
    assert message.endswith("(rows 2050, 9000, 60000)")

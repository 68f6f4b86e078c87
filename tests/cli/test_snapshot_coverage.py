"""An extract that covers less than the one before: with and without saying so."""

import json
from pathlib import Path

import pytest

from tests.snapshots.worked import CONTACTS, IN_A_DAY
from tests.support.monthly import Monthly

VISITS = "id,person,received,decided,team\nV1,P1,2019-02-04 09:00,2019-02-04 10:00,North\n"


@pytest.mark.parametrize("is_said", [True, False])
def test_cases_of_months_that_are_not_covered_are_not_deleted(tmp_path: Path, is_said: bool) -> None:
    """30 contacts of February are gone. The visit is still there: visits cover February as before."""
    job = Monthly.at(tmp_path)
    job.write("indicators/tables/visits.yaml", CONTACTS)
    job.write("indicators/visits.yaml", IN_A_DAY.replace("table: contacts", "table: visits"))
    job.write("data/visits.csv", VISITS)
    first = "; ".join(f"C{number} 4 4" for number in range(10, 40))
    assert job.take("2019-02", first).code == 0
    job.extract("D1 03-04 03-04", "2019-04-04T07:00")
    if is_said:
        job.write("data/extract.toml", "extracted_at = 2019-04-04T07:00:00\n[covers]\ncontacts = 2019-03-01\n")
    ran = job.run("snapshot", "--month", "2019-03", "--history", "2", "--period", "month", "--json")
    taken = json.loads(ran.stdout)
    details = {each["gate"]: each["detail"] for each in taken["checks"] if each["status"] == "failed"}
    if is_said:
        assert details == {"lost": "waits 2019-01; waits 2019-02"}
    else:
        assert details["mass_deletion"] == (
            "contacts: 30 of 30 keys are in no row; waits 2019-02: 30 of 30 cases are in no row; "
            "if the extract is meant to cover less, say so under [covers]"
        )

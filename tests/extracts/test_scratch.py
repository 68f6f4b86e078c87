"""What is left in the temporary folder while an extract is in use."""

import tempfile
from pathlib import Path

import pytest

from sgkpi import api
from tests.extracts.support import write_files
from tests.support.catalogue import shipped

CATALOGUE = shipped()
CONTENT = "contact_id,person_id,received_at,team\nC1,P1,2019-02-05 09:00,Médway\n"


@pytest.mark.parametrize(("encoding", "rewritten"), [("utf-8", 0), ("cp1252", 1), ("utf-16", 1)])
def test_a_folder_stays_only_for_files_that_had_to_be_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, rewritten: int
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    folder = write_files(tmp_path / "extract", {"contacts.csv": CONTENT.encode(encoding)})
    extract = api.open_extract(folder, CATALOGUE)  # the folder goes with it
    assert list(extract.tables) == ["contacts"]
    assert len(list(temporary.glob("*/*.csv"))) == rewritten
    assert len(list(temporary.iterdir())) == rewritten

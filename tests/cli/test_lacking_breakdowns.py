"""A breakdown for which the extract has no column: where it is asked for, the answer says what is not there."""

from pathlib import Path

import pytest

from tests.support.casework import write_project
from tests.support.program import run

LACKING = "decided by team needs contacts.team: this extract has no such column"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Contacts without a team; plans, which have one, are not broken down by outcome."""
    project = write_project(tmp_path)
    contacts = "contact_id,person_id,received_at,decided_at,outcome\nC1,P1,2019-02-04 09:00,,referral\n"
    (project / "data/contacts.csv").write_text(contacts, encoding="utf-8")
    return project


@pytest.mark.parametrize(
    "arguments",
    [
        ("compute", "--by", "team*outcome"),  # plans have one of the two, contacts the other
        ("compute", "decided", "--by", "outcome,team"),
        ("cases", "decided", "--where", "team=North"),
        ("due", "decided", "--where", "team=North"),
    ],
)
def test_asked_for_by_name_it_is_an_error(arguments: tuple[str, ...], project: Path) -> None:
    ran = run(*arguments, cwd=project)
    assert (ran.code, ran.stdout) == (11, "")
    assert LACKING in ran.stderr


def test_where_another_indicator_has_it_it_is_none(project: Path) -> None:
    ran = run("compute", "--by", "team", "--csv", cwd=project)
    assert ran.code == 0
    assert (
        "plans,Plans reviewed in the last six months,proportion,month,2019-02,2019-02-01,2019-02-28,team," in ran.stdout
    )


def test_indicators_that_lack_it_for_one_reason_share_it(project: Path) -> None:
    definition = (project / "indicators" / "decided.yaml").read_text(encoding="utf-8")
    (project / "indicators" / "twice.yaml").write_text(definition, encoding="utf-8")
    ran = run("compute", "decided", "twice", "--by", "team", cwd=project)
    assert ran.code == 11
    told = "decided by team, twice by team: needs contacts.team: this extract has no such column"
    assert f"/data: {told}\n" in ran.stderr

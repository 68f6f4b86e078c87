"""Numbers that are too large to be computed exactly: the message names the definition and the expression."""

from pathlib import Path

import pytest

from tests.check.support import CONTACTS, TABLES
from tests.support.program import run
from tests.support.world import write_catalogue

HUGE = "visits * 999999999999999999 * 999999999999999999"
RECEIVED = {"title": "Received", "table": "contacts", "period": "received_at", "measure": "count"}
VALUE = {**RECEIVED, "measure": "mean", "value": HUGE, "exclude": {"few": "visits + 1 < 1"}}
EXCLUDED = {**RECEIVED, "exclude": {"few": "visits + 1 < 1", "many": f"{HUGE} > 5"}}
SAID = "with the numbers of this extract, this is too large to be computed exactly [number-too-large]\n"
TIMES = "    “visits” times 999999999999999999 times 999999999999999999"


def write(folder: Path, indicators: dict[str, dict[str, object]], rules: dict[str, str] | None = None) -> None:
    contacts = {**TABLES["contacts"], "rules": rules or {}}
    write_catalogue(folder / "indicators", {"contacts": contacts}, {"sound": RECEIVED, **indicators})
    (folder / "data").mkdir()
    rows = CONTACTS + "C1,P1,2019-02-04 09:00,,,police,123456789\n"
    (folder / "data" / "contacts.csv").write_text(rows, encoding="utf-8")
    (folder / "data" / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n", encoding="utf-8")
    (folder / "sgkpi.toml").write_text('data = "data"\ncatalogue = "indicators"\n', encoding="utf-8")


@pytest.mark.parametrize("command", ["compute", "cases big", "check", "show big", "verify big"])
@pytest.mark.parametrize(
    ("definition", "key", "detail"),
    [(VALUE, "value", TIMES), (EXCLUDED, "exclude.many", f"{TIMES} is more than 5")],
)
def test_the_expression_is_named(
    tmp_path: Path, command: str, definition: dict[str, object], key: str, detail: str
) -> None:
    write(tmp_path, {"big": definition})
    ran = run(*command.split(), cwd=tmp_path)
    assert ran.code == 11
    said, place = ran.stderr.split("error: ", 2)[1:], ran.stderr.splitlines()[1].split(": ")[0]
    assert said == ["a number is too large to be computed exactly\n" + place + ": ", f"{key}: {SAID}{detail}\n"]
    file, line = place.rsplit(":", 1)
    assert file == "indicators/big.yaml"
    name = key.rpartition(".")[2]
    assert name in (tmp_path / file).read_text("utf-8").splitlines()[int(line) - 1]


def test_a_rule_is_named_by_check_alone(tmp_path: Path) -> None:
    write(tmp_path, {}, {"few": f"{HUGE} < 5", "sound": "visits < 5"})
    assert run("compute", cwd=tmp_path).code == 0
    ran = run("check", cwd=tmp_path)
    assert ran.code == 11
    assert f"rules.few: {SAID}    {HUGE} < 5\n" in ran.stderr
    assert "rules.sound" not in ran.stderr

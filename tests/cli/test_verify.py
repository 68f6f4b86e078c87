"""`sgkpi verify`: engines that agree, and engines of which one says something else."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
import typer

from sgkpi import api
from sgkpi.answers.verify import Verification, verify
from sgkpi.cli.commands.verify import report
from sgkpi.cli.output import Output
from sgkpi.definitions.bundled import sample_path
from sgkpi.documents.verify import verify_document
from sgkpi.documents.write.formats import Format
from sgkpi.engines.protocol import Engine, Progress
from sgkpi.engines.reference import ReferenceEngine
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger, Unplaced
from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import DefinitionsError, UsageError
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month
from sgkpi.model.request import Request
from sgkpi.planning.plan import Plan
from tests.support.program import run
from tests.support.screens import shown as shown_on

TABLE = """\
key: [contact_id, part]
person: person_id
happened: received_at
columns:
  contact_id: {type: text}
  part: {type: text}
  person_id: {type: text}
  received_at: {type: datetime, required: true}
  decided_at: {type: datetime}
  team: {type: text}
"""
DECIDED = """\
title: Contacts decided within 24 hours
table: contacts
period: received_at
measure: proportion
clock: {start: received_at, stop: decided_at, within: 24 hours}
by: [team]
"""
WAITED = """\
title: Hours to a decision
table: contacts
period: received_at
measure: mean
value: "hours_between(received_at, decided_at)"
"""
REVIEWED = """\
title: Reviews
table: reviews
period: reviewed_on
measure: count
"""
REVIEWS = "columns: {reviewed_on: {type: date}}\n"
# February: one of two in time (1), one late (2); one row that no month holds; two without the second part of the key.
CONTACTS = """\
contact_id,part,person_id,received_at,decided_at,team
1,x,P1,2019-02-04 09:00,2019-02-05 09:00,North
2,x,P2,2019-02-06 09:00,2019-02-07 10:00,South
3,x,P3,,,South
4,,P4,2019-02-08 09:00,2019-02-08 12:00,North
4,,P4,2019-02-09 09:00,2019-02-12 09:00,North
"""
TOML = 'data = "data"\ncatalogue = "indicators"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    texts = {
        "sgkpi.toml": TOML,
        "indicators/tables/contacts.yaml": TABLE,
        "indicators/tables/reviews.yaml": REVIEWS,
        "indicators/decided.yaml": DECIDED,
        "indicators/waited.yaml": WAITED,
        "indicators/reviewed.yaml": REVIEWED,
        "data/contacts.csv": CONTACTS,
        "data/extract.toml": "extracted_at = 2019-03-04T07:00:00\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


class Contrary:
    """An engine that computes as the reference does, and then changes what it says."""

    def __init__(
        self,
        counts: Callable[[Ledger], Ledger] = lambda counts: counts,
        case: Callable[[CaseOutcome], CaseOutcome | None] = lambda case: case,
        seal: Callable[[Seal], Seal] = lambda seal: seal,
    ) -> None:
        self.changed_counts = counts
        self.changed_case = case
        self.changed_seal = seal

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Ledger:
        counts = ReferenceEngine().compute(plan, extract, progress=progress, show_values=show_values)
        return self.changed_counts(counts)

    def cases(self, plan: Plan, extract: Extract) -> Iterator[CaseOutcome]:
        changed = (self.changed_case(case) for case in ReferenceEngine().cases(plan, extract))
        return (case for case in changed if case is not None)

    def seal(self, plan: Plan, extract: Extract, seal: Seal, folder: Path, *, to_compare: bool = False) -> None:
        ReferenceEngine().seal(plan, extract, self.changed_seal(seal), folder, to_compare=to_compare)

    def events(self, extract: Extract) -> tuple[datetime, datetime] | None:
        return ReferenceEngine().events(extract)


def compared(project: Path, other: Engine, indicators: tuple[str, ...] = ()) -> Verification:
    catalogue = api.load_catalogue(project / "indicators")
    extract = api.open_extract(project / "data", catalogue)
    request = Request(indicators, [Month(2019, 2)], by=["all"])
    return verify(extract, catalogue, request, engines={"plain": ReferenceEngine(), "contrary": other})


def test_cases_with_related_rows_by_working_days_are_sealed_alike(project: Path) -> None:
    """DuckDB looks up the bounds of each before it joins, and the rows kept so far must come through that."""
    definition = """\
title: Contacts with another soon after the one before
table: contacts
period: received_at
related:
  before: {table: contacts, keep: latest, date: received_at, until: received_at,
    since: "date(received_at) - interval 5 working days"}
  after: {table: contacts, keep: earliest, date: received_at, after: received_at,
    until: "date(before.received_at) + interval 10 working days"}
measure: count
population: "after.decided_at is null"
"""
    (project / "indicators/after.yaml").write_text(definition, encoding="utf-8")
    catalogue = api.load_catalogue(project / "indicators")
    extract = api.open_extract(project / "data", catalogue)
    found = verify(extract, catalogue, Request(("after",), [Month(2019, 2)]))
    assert found.agrees
    assert found.total("cases") == 4


def test_sealed_cases_that_differ_are_counted(project: Path) -> None:
    """With another secret every case has other evidence."""
    found = compared(project, Contrary(seal=lambda _: Seal(b"another")), ("decided",))
    (difference,) = found.differences
    assert (difference.indicator, difference.period, difference.key) == ("decided", None, None)
    assert difference.first == difference.second
    assert not found.agrees


def late_is_met(case: CaseOutcome) -> CaseOutcome:
    late = case.indicator == "decided" and case.key == ("2", "x")
    return replace(case, outcome=Outcome.MET) if late else case


def one_more_met(counts: Ledger) -> Ledger:
    """In the total, the late case (2) is met; by team it stays as it is."""
    gain = {Outcome.MET: 1, Outcome.NOT_MET: -1}
    changed = [
        replace(each, cases=each.cases + gain[each.outcome])
        if each.indicator == "decided" and each.breakdown is None
        else each
        for each in counts.outcomes
    ]
    return replace(counts, outcomes=tuple(changed))


# Differences are found


def test_engines_that_say_the_same_agree(project: Path) -> None:
    verification = compared(project, Contrary())
    assert verification.agrees
    assert verification.differences == ()
    # Four cases of each; the total and two teams; the total of the mean.
    agreements = [(each.indicator, each.figures, each.cases) for each in verification.agreements]
    assert agreements == [("decided", 3, 4), ("waited", 1, 4)]
    assert verification.total("figures_agreeing") == 4
    assert verification.total("cases_agreeing") == 8
    assert [each.indicator for each in verification.unavailable] == ["reviewed"]


def test_one_outcome_that_differs_is_found_with_its_key_and_both_sides(project: Path) -> None:
    verification = compared(project, Contrary(case=late_is_met))
    (found,) = verification.differences
    assert (found.indicator, found.key) == ("decided", ("2", "x"))
    assert found.period is not None
    assert found.period.label == "2019-02"
    assert (found.first, found.second) == ({"outcome": "not_met"}, {"outcome": "met"})
    assert [(each.cases, each.cases_agreeing) for each in verification.agreements] == [(4, 3), (4, 4)]
    assert [(each.figures, each.figures_agreeing) for each in verification.agreements] == [(3, 3), (1, 1)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("person", "P9"),
        ("reason", "late"),
        ("start", datetime(2019, 2, 4)),
        ("stop", None),
        ("due", datetime(2019, 2, 5, 9).date()),  # a day is not the moment at which it begins
        ("value", Fraction(1, 3)),
    ],
)
def test_every_column_of_a_case_is_compared(project: Path, column: str, value: object) -> None:
    def change(case: CaseOutcome) -> CaseOutcome:
        return replace(case, **{column: value}) if case.key == ("1", "x") else case

    verification = compared(project, Contrary(case=change), ("decided",))
    (found,) = verification.differences
    assert found.second == {column: value}


def test_a_category_that_differs_is_named_by_its_breakdown(project: Path) -> None:
    def change(case: CaseOutcome) -> CaseOutcome:
        return replace(case, categories={"team": "East"}) if case.key == ("1", "x") else case

    (found,) = compared(project, Contrary(case=change), ("decided",)).differences
    assert (found.first, found.second) == ({"by team": "North"}, {"by team": "East"})


def test_a_case_that_only_one_has_is_a_difference(project: Path) -> None:
    verification = compared(project, Contrary(case=lambda case: None if case.key[0] == "1" else case), ("decided",))
    (found,) = verification.differences
    assert found.key == ("1", "x")
    assert found.first is not None
    assert found.first["outcome"] == Outcome.MET
    assert found.second is None
    assert (verification.agreements[0].cases, verification.agreements[0].cases_agreeing) == (4, 3)


def test_cases_with_a_blank_part_of_their_key_are_paired_where_they_are_alike(project: Path) -> None:
    """Both are `4`: one met, one late. Only the met one is changed, whichever comes first."""

    def change(case: CaseOutcome) -> CaseOutcome:
        met = case.key == ("4", "") and case.outcome is Outcome.MET
        return replace(case, outcome=Outcome.OVERDUE) if met else case

    (found,) = compared(project, Contrary(case=change), ("decided",)).differences
    assert (found.first, found.second) == ({"outcome": "met"}, {"outcome": "overdue"})


def test_figures_that_differ_are_told_in_every_column_that_does(project: Path) -> None:
    verification = compared(project, Contrary(counts=one_more_met))
    (found,) = verification.differences
    assert (found.indicator, found.breakdown, found.category, found.key) == ("decided", None, None, None)
    # Two of four are met; with one more, three.
    changed = {"value": Fraction(3, 4), "numerator": 3, "met": 3, "not_met": 1}
    assert found.second is not None
    assert changed.items() <= found.second.items()
    assert set(found.second) == {*changed, "lowest", "highest", "interval_lower", "interval_upper"}
    assert [(each.figures, each.figures_agreeing) for each in verification.agreements] == [(3, 2), (1, 1)]


def test_cases_in_no_period_are_compared_as_well(project: Path) -> None:
    changed = Contrary(counts=lambda counts: replace(counts, unplaced=(Unplaced("decided", 0, 1),)))
    (found,) = compared(project, changed, ("decided",)).differences
    assert (found.first, found.second) == ({"blank": 1, "unreadable": 0}, {"blank": 0, "unreadable": 1})


def test_twenty_differences_are_kept_and_all_are_counted(project: Path) -> None:
    rows = [f"{n},x,P,2019-02-04 09:00,2019-02-04 10:00,North\n" for n in range(30)]
    (project / "data" / "contacts.csv").write_text(CONTACTS.splitlines()[0] + "\n" + "".join(rows), "utf-8")
    changed = Contrary(case=lambda case: replace(case, outcome=Outcome.NOT_MET))
    verification = compared(project, changed, ("decided",))
    assert verification.different == 30
    assert len(verification.differences) == 20
    assert verification.differences[0].key == ("0", "x")


# What is shown


def test_the_screen_shows_keys_and_both_sides(project: Path) -> None:
    verification = compared(project, Contrary(one_more_met, late_is_met))
    shown = shown_on(verify_document(verification))
    lines = [line.strip() for line in shown.splitlines()]
    assert lines[2].split() == [
        "Contacts",
        "decided",
        "within",
        "24",
        "hours",
        "2",
        "of",
        "3",
        "3",
        "of",
        "4",
        "decided",
    ]
    assert "plain and contrary differ: they agree on 3 of 4 figures and on 7 of 8 cases." in lines
    assert "The differences:" in lines
    assert "value: plain 1/2, contrary 3/4" in lines
    place = lines.index("decided 2019-02, case 2 / x")
    assert lines[place + 1] == "outcome: plain not_met, contrary met"
    assert "Cannot be computed: reviewed: needs reviews: this extract has no such table" in lines


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_the_screen_fits_any_width(project: Path, width: int) -> None:
    verification = compared(project, Contrary(one_more_met, late_is_met))
    shown = shown_on(verify_document(verification), width, unicode=False)
    assert max(map(len, shown.splitlines())) <= width
    words = " ".join(shown.split())
    assert "2 of 3" in words
    assert "3 of 4" in words
    assert "decided 2019-02, case 2 / x outcome: plain not_met, contrary met" in words


def test_a_case_that_one_has_not_is_said(project: Path) -> None:
    verification = compared(project, Contrary(case=lambda case: None if case.key == ("4", "") else case), ("decided",))
    shown = shown_on(verify_document(verification))
    assert "decided 2019-02, case 4 / (blank)\n    contrary has none, plain has" in shown


def test_json_says_it_all_and_the_exit_code_is_1(project: Path) -> None:
    path = project / "verified.json"
    with pytest.raises(typer.Exit) as ending:
        report(compared(project, Contrary(one_more_met, late_is_met)), Output(Format.JSON, path))
    assert ending.value.exit_code == 1
    told = json.loads(path.read_text("utf-8"))
    assert (told["schema"], told["engines"], told["agrees"]) == ("sgkpi.verification/1", ["plain", "contrary"], False)
    assert told["indicators"][0] == {
        "indicator": "decided",
        "figures": 3,
        "figures_agreeing": 2,
        "cases": 4,
        "cases_agreeing": 3,
    }
    assert told["different"] == 2
    figure, case = told["differences"]
    assert figure["says"]["plain"]["value"] == "1/2"
    assert figure["says"]["contrary"]["met"] == 3
    assert case == {
        "indicator": "decided",
        "period_kind": "month",
        "period": "2019-02",
        "breakdown": None,
        "category": None,
        "key": ["2", "x"],
        "says": {"plain": {"outcome": "not_met"}, "contrary": {"outcome": "met"}},
    }
    assert told["unavailable"][0]["indicator"] == "reviewed"


# The program


def test_the_program_agrees_with_itself(project: Path) -> None:
    ran = run("verify", "decided", "--month", "2019-02", cwd=project)
    assert ran.code == 0, ran.stderr
    assert "duckdb and reference agree on 3 figures and 4 cases." in ran.stdout


@pytest.mark.parametrize(
    "indicators", [["contacts_decided_24h", "pathway_plans_reviewed"], pytest.param([], marks=pytest.mark.slow)]
)
def test_on_the_sample(indicators: list[str], tmp_path: Path) -> None:
    ran = run("verify", *indicators, "--data", str(sample_path()), "--json", cwd=tmp_path)
    assert ran.code == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert told["agrees"] is True
    assert told["different"] == 0
    contacts = next(each for each in told["indicators"] if each["indicator"] == "contacts_decided_24h")
    assert contacts["cases"] == contacts["cases_agreeing"] == 506  # 500 judged and 6 unknown, as `compute` says


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["decidet"], 10, "no indicator 'decidet'; did you mean 'decided'?"),
        (["reviewed"], 11, "reviewed needs reviews: this extract has no such table"),
        (["--month", "2019-04"], 2, "2019-04 had not begun"),
        (["--format", "json", "-o", "x.md"], 2, "the file is named as md, but the format is json"),
        (["-o", "x.csv"], 2, "cannot write .csv files; use one of .txt, .json, .xlsx, or give --format"),
    ],
)
def test_what_cannot_be_verified(project: Path, arguments: list[str], code: int, said: str) -> None:
    ran = run("verify", *arguments, cwd=project)
    assert ran.code == code
    assert said in ran.stderr


def test_help_says_that_keys_are_printed(tmp_path: Path) -> None:
    assert "prints the keys of cases that differ" in " ".join(run("verify", "--help", cwd=tmp_path).stdout.split())


def test_what_cannot_be_asked_of_the_library(project: Path) -> None:
    with pytest.raises(DefinitionsError):
        compared(project, Contrary(), ("nothing",))
    catalogue = api.load_catalogue(project / "indicators")
    extract = api.open_extract(project / "data", catalogue)
    with pytest.raises(UsageError, match="no breakdown 'source'"):
        verify(extract, catalogue, Request(by=["source"]), engines={"one": ReferenceEngine(), "two": ReferenceEngine()})

"""The library as a person in a notebook types it."""

import gc
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sgkpi
import sgkpi.api
from sgkpi import Month, SnapshotError, UsageError
from sgkpi.api.snapshots import Taken
from sgkpi.definitions.bundled import catalogue_path, sample_path
from sgkpi.model.periods import PeriodKind
from tests.support.catalogue import shipped
from tests.support.monthly import APRIL, MARCH, Monthly
from tests.support.program import run

CATALOGUE = shipped()
EXTRACT = sgkpi.open_extract(sample_path(), CATALOGUE)
ID = "contacts_decided_24h"


def figures(**arguments: object) -> object:
    asked = {"indicators": ID, "months": "2019-02", **arguments}
    return sgkpi.compute(EXTRACT, CATALOGUE, **asked).figures  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def february() -> object:
    return figures()


@pytest.mark.parametrize(
    "months",
    ["2019-02", ["2019-02"], Month(2019, 2), (Month(2019, 2),), date(2019, 2, 9), datetime(2019, 2, 9, 7),
     pd.Timestamp("2019-02-09"), pd.period_range("2019-02", "2019-02", freq="M")],
    ids=repr,
)  # fmt: skip
def test_months(months: object, february: object) -> None:
    assert figures(months=months) == february


def test_a_number_of_numpy() -> None:
    assert figures(history=np.int64(1)) == figures(history=1)


def test_a_plain_string_or_a_list(february: object) -> None:
    assert figures(by="team") == figures(by=["team"])
    assert figures(by="team,source") == figures(by=("team", "source"))
    assert figures(months="2019-01, 2019-02") == figures(months=["2019-01", "2019-02"])
    assert figures(kinds="quarter") == figures(kinds=[PeriodKind.QUARTER]) == figures(kinds=PeriodKind.QUARTER)
    assert figures(indicators=[ID]) == figures(indicators="contacts_decided_24") == february


@pytest.mark.parametrize(
    ("as_of", "meant"),
    [
        ("2019-03-04", datetime(2019, 3, 4, 23, 59, 59, 999999)),
        (date(2019, 3, 4), datetime(2019, 3, 4, 23, 59, 59, 999999)),
        ("2019-03-04T07:00", datetime(2019, 3, 4, 7)),
        (datetime(2019, 3, 4, 7), datetime(2019, 3, 4, 7)),
        (datetime(2019, 5, 4, 7, tzinfo=UTC), datetime(2019, 5, 4, 8)),
    ],
)
def test_as_of(as_of: object, meant: datetime) -> None:
    assert sgkpi.compute(EXTRACT, CATALOGUE, indicators=ID, as_of=as_of).as_of == meant  # type: ignore[arg-type]


def test_paths_in_place_of_what_was_opened(february: object) -> None:
    asked = {"indicators": ID, "months": "2019-02"}
    assert sgkpi.compute(str(sample_path()), catalogue_path(), **asked).figures == february  # type: ignore[arg-type]
    assert sgkpi.compute(sample_path(), **asked).figures == february  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: figures(months="Feb 2019"), "months: .*Feb 2019"),
        (lambda: figures(months=201902), r"months: expected months such as '2019-02' or Month\(2019, 2\), not 201902"),
        (lambda: figures(months=Month(3, 1)), "months: the year 0003 is too early for any extract"),
        (lambda: figures(by=3), "by: expected a name or a list of names, not 3"),
        (lambda: figures(by=b"team"), "by: expected a name or a list of names, not b.team.$"),
        (lambda: figures(indicators=CATALOGUE.indicators[ID]), r"expected a name .*, not Indicator\(.{,30}$"),
        (lambda: figures(engine=None), "no engine 'None'; there are duckdb and reference"),
        (lambda: figures(by="teem"), "no breakdown 'teem'; did you mean 'team'?"),
        (lambda: figures(kinds="quartre"), "kinds: no 'quartre'; did you mean 'quarter'?"),
        (lambda: figures(as_of="4 March"), "as_of: invalid date '4 March'"),
        (lambda: figures(as_of=2019), "as_of: expected a date or a time, as '2019-03-04' or a datetime, not 2019"),
        (lambda: figures(as_of=pd.NaT), "as_of: expected a date or a time, .* not NaT"),
        (lambda: figures(history=1201), "history: at most 1,200 months before each, not 1,201"),
        (lambda: figures(history="12"), "history: expected a number of months, 0 or more, not '12'"),
        (lambda: sgkpi.compute(CATALOGUE, CATALOGUE), "extract: expected a path, or what sgkpi.open_extract returns"),
        (lambda: sgkpi.compute(EXTRACT, EXTRACT), "catalogue: expected a path, or what sgkpi.load_catalogue returns"),
        (lambda: sgkpi.cases(EXTRACT, CATALOGUE), "indicator: say which"),
        (lambda: sgkpi.cases(EXTRACT, CATALOGUE, "rhi_offered,rhi_completed_72h"), "indicator: give one, not 2"),
        (lambda: sgkpi.cases(EXTRACT, ID), r"indicator: say which, as cases\(extract, catalogue, "),
        (lambda: sgkpi.cases(EXTRACT, CATALOGUE, ID, where={"teem": "North"}), "^no breakdown 'teem'; did you mean"),
        (lambda: sgkpi.due(EXTRACT, CATALOGUE, within=10**7), "^10000000 days after 2019-03-04 is beyond the calendar"),
        (lambda: sgkpi.cases(EXTRACT, CATALOGUE, ID, outcomes="late"), "outcomes: no 'late'; use met, "),
        (lambda: sgkpi.cases(EXTRACT, CATALOGUE, ID, where="team"), "where: expected columns with their values"),
        (lambda: sgkpi.due(EXTRACT, CATALOGUE, within=-1), "within: expected a number of days, 0 or more, not -1"),
        (lambda: sgkpi.check(EXTRACT, CATALOGUE, month=["2019-01", "2019-02"]), "month: give one, not 2"),
        (lambda: sgkpi.check(EXTRACT, CATALOGUE, tables="contact"), "no table 'contact'; did you mean 'contacts'?"),
    ],
)  # fmt: skip
def test_errors_say_what_was_expected(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        ask()


@pytest.mark.parametrize(("year", "month"), [(2019, 13), (2019, 0), ("2019-02", 1), (2019, "2")])
def test_a_month_that_is_none(year: int, month: int) -> None:
    with pytest.raises(ValueError, match=r"no month .* of the year .*; write Month\(2019, 2\)"):
        Month(year, month)


TYPES = {
    "compute": {"indicator": "category", "period_start": "datetime64[ms]", "met": "Int64", "rating_firm": "boolean",
                "value": "float64", "as_of": "datetime64[us]"},
    "signals": {"indicator": "category", "settled": "boolean", "outside": "Int64", "mean": "float64"},
    "cases": {"key": "string", "outcome": "category", "team": "category", "due": "datetime64[us]", "value": "float64"},
    "due": {"day": "datetime64[ms]", "indicator": "category", "person": "string"},
    "check": {"severity": "category", "message": "string", "count": "Int64", "lowest": "float64", "cases": "Int64"},
}  # fmt: skip
ANSWERS: dict[str, Callable[[], sgkpi.api.Answer]] = {
    "compute": lambda: sgkpi.compute(EXTRACT, CATALOGUE, months="2019-02", by="all"),
    "signals": lambda: sgkpi.signals(EXTRACT, CATALOGUE, month="2019-02", indicators=ID),
    "cases": lambda: sgkpi.cases(EXTRACT, CATALOGUE, ID, outcomes="overdue", months="2019-02"),
    "due": lambda: sgkpi.due(EXTRACT, CATALOGUE),
    "check": lambda: sgkpi.check(EXTRACT, CATALOGUE, month="2019-02"),
}


def test_a_report_is_the_one_that_the_command_writes(tmp_path: Path) -> None:
    page = sgkpi.report(EXTRACT, CATALOGUE, "indicator", indicators="rhi_offered", month="2019-02", history=2)
    arguments = ("--month", "2019-02", "--history", "2", "--data", str(sample_path()))
    done = run(
        "report", "indicator", "rhi_offered", *arguments, "-o", "a.html", "-o", "a.md", "-o", "a.xlsx", cwd=tmp_path
    )
    assert done.code == 0, done.stderr
    assert page.to_html().encode() == (tmp_path / "a.html").read_bytes()
    assert page.to_markdown().encode() == (tmp_path / "a.md").read_bytes()
    assert page.to_excel() == (tmp_path / "a.xlsx").read_bytes()
    frame = page.to_pandas()
    assert str(frame.dtypes["value"]) == "float64"
    assert set(frame.indicator) == {"rhi_offered"}
    assert repr(page) == f"<sgkpi figures: {len(frame)} rows, as of 2019-03-04 07:00>"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"kind": "bord"}, "kind: no 'bord'; did you mean 'board'"),
        ({"kind": "indicator"}, "indicators: name them"),
        ({"kind": "board", "indicators": "rhi_offered"}, "indicators: name them"),
        ({"kind": "team"}, "team: name one"),
        ({"kind": "team", "team": "Nobody"}, "no team 'Nobody' has a case"),
        ({"kind": "quality", "board": "b.yaml"}, "board: name one for a report with the points of an inspection"),
        ({"since": "2019-01"}, "since: name the folder"),
        ({"snapshots": "s"}, "snapshots: say with `since` which"),
        ({"month": ["2019-01", "2019-02"]}, "month: give one, not 2"),
    ],
)
def test_reports_that_cannot_be_made(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        sgkpi.report(EXTRACT, CATALOGUE, **arguments)


def test_only_a_report_on_points_needs_a_board() -> None:
    without = replace(CATALOGUE, boards={})
    assert sgkpi.report(EXTRACT, without, "board", month="2019-02", history=1).board is None
    with pytest.raises(sgkpi.DefinitionsError, match="no board in"):
        sgkpi.report(EXTRACT, without, "improvement", month="2019-02")


@pytest.mark.parametrize("name", ANSWERS)
def test_answers(name: str) -> None:
    answer = ANSWERS[name]()
    frame = answer.to_pandas()
    assert {column: str(frame.dtypes[column]) for column in TYPES[name]} == TYPES[name]
    assert len(frame) == answer.to_arrow().num_rows > 0
    assert f'"sgkpi.{name if name != "compute" else "figures"}/1"' in answer.to_json()
    assert len(repr(answer)) < 100
    assert "as of 2019-03-04 07:00" in repr(answer)
    assert answer._repr_html_().startswith(("<table>", "<h4>"))


def test_categories_keep_their_order_and_periods_are_sorted() -> None:
    frame = sgkpi.compute(EXTRACT, CATALOGUE, indicators=ID, months="2019-02", history=3, by="all").to_pandas()
    assert list(frame.period.cat.categories) == ["2018-11", "2018-12", "2019-01", "2019-02"]
    assert list(frame.category.dropna().unique()) == list(frame.category.cat.categories)


def test_missing_values_are_missing(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text(
        "contact_id,person_id,received_at,decided_at,source,outcome,team\nC1,P1,2019-02-04 09:00,,police,,<b>&North\n",
        encoding="utf-8",
    )
    asked = {"indicators": ID, "months": ["2018-01", "2019-02"], "by": "team", "as_of": "2019-03-04"}
    results = sgkpi.compute(tmp_path, CATALOGUE, **asked)  # type: ignore[arg-type]
    frame = results.to_pandas()
    assert frame.breakdown.isna().tolist() == [True, True, False]
    assert frame.rating_firm.dtype == "boolean"
    assert "<b>" not in results._repr_html_()
    assert "&lt;b&gt;&amp;North" in results._repr_html_()


def test_a_long_answer_shows_its_first_rows() -> None:
    listed = sgkpi.cases(EXTRACT, CATALOGUE, ID, months="2019-02")
    assert listed._repr_html_().count("<tr>") == 61
    assert f"… and {len(listed.cases) - 60} more rows" in listed._repr_html_()


def test_what_was_opened_is_shown_shortly() -> None:
    assert repr(CATALOGUE).endswith(": 159 indicators, 49 tables>")
    assert repr(EXTRACT).endswith(": accommodation, care_leavers, children, contacts, health_passports, "
                                  "missing_episodes, pathway_plan_reviews>")  # fmt: skip


class TestSnapshots:
    @pytest.fixture
    def job(self, tmp_path: Path) -> Monthly:
        job = Monthly.at(tmp_path)
        job.extract(MARCH, "2019-03-04T07:00")
        return job

    def take(self, job: Monthly, month: str = "2019-02", **arguments: object) -> Taken:
        asked = {"snapshots": job.folder / "snapshots", "history": 2, "kinds": "month", **arguments}
        return sgkpi.snapshot(job.folder / "data", job.folder / "indicators", month=month, **asked)  # type: ignore[arg-type]

    def test_the_first_needs_a_secret_as_the_library_has_no_randomness(self, job: Monthly) -> None:
        with pytest.raises(UsageError, match=r"snapshots.private' has none yet; give 32 random bytes"):
            self.take(job)
        for secret, found in ((b"short", "5"), ("x" * 32, "an object of the type str")):
            with pytest.raises(UsageError, match=f"secret: expected 32 bytes, .*, not {found}$"):
                self.take(job, secret=secret)
        assert self.take(job, secret=bytes(32), receipt={"by": "a notebook"}).is_added
        assert not self.take(job).is_added

    def test_a_data_frame_of_what_changed(self, job: Monthly) -> None:
        self.take(job, secret=bytes(32))
        job.extract(APRIL, "2019-04-04T07:00")
        taken = self.take(job, "2019-03")
        frame = taken.to_pandas()
        (movement,) = frame[(frame.line == "movement") & frame.breakdown.isna()].itertuples()
        assert (movement.cause, movement.cases, movement.exact) == ("arrived_late", 2, "-1/12")
        assert repr(taken) == "<sgkpi restatement: 9 rows, as of 2019-04-04 07:00>"
        changes = sgkpi.diff("2019-02", "2019-03", snapshots=job.folder / "snapshots", by="all")
        pd.testing.assert_frame_equal(changes.to_pandas(), frame)
        assert changes.path == ("2019-02-r1", "2019-03-r1")

    def test_what_is_refused_raises(self, job: Monthly) -> None:
        self.take(job, secret=bytes(32))
        job.extract(APRIL, "2019-03-04T07:00")
        with pytest.raises(SnapshotError, match="to add a revision, say why with --reason"):
            self.take(job)
        with pytest.raises(SnapshotError, match="nothing was written, as gates failed: restated: waits 2019-02"):
            self.take(job, "2019-03", fail_on="restated")
        assert self.take(job, "2019-03", fail_on="restated", dry_run=True).stopped == ("restated",)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"fail_on": "restatd"}, "fail_on: no 'restatd'; did you mean 'restated'?"),
            ({"accept": "restated"}, "accept: say why with `reason`"),
            ({"month": "2019-02, 2019-03"}, "month: give one, not 2"),
        ],
    )
    def test_what_cannot_be_asked_of_a_snapshot(self, job: Monthly, arguments: dict[str, str], message: str) -> None:
        with pytest.raises(UsageError) as raised:
            self.take(job, cases=False, **arguments)
        assert raised.value.message == message

    def test_what_cannot_be_compared(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="expected up to two snapshots"):
            sgkpi.diff("waits", snapshots=tmp_path)
        with pytest.raises(SnapshotError, match="there are no snapshots in"):
            sgkpi.diff(snapshots=tmp_path)


def test_what_was_rewritten_of_an_extract_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in UTF-16 is rewritten in a temporary folder, which must not outlive its extract in a notebook."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "data").mkdir()
    rows = "contact_id,person_id,received_at\nC1,P1,2019-02-04 09:00\n"
    (tmp_path / "data" / "contacts.csv").write_text(rows, "utf-16")
    extract = sgkpi.open_extract(tmp_path / "data", CATALOGUE)
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    del extract
    gc.collect()
    assert not list((tmp_path / "temporary").iterdir())

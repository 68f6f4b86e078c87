"""Answers built by hand, for what is shown and written: with nothing in them, with one thing, and with odd texts."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from sgkpi.answers.board import BoardState, PointIndicator, PointState
from sgkpi.answers.cases import CaseList, Filter
from sgkpi.answers.check.findings import Finding, QualityReport, make_effect
from sgkpi.answers.diff import Diff, Version
from sgkpi.answers.due import DueList
from sgkpi.answers.funnel import Funnel
from sgkpi.answers.lint import LintReport
from sgkpi.answers.list import IndicatorList
from sgkpi.answers.overview import Overview, make_overview
from sgkpi.answers.snapshot.again import NamedCase
from sgkpi.answers.snapshot.restate import Restatement
from sgkpi.answers.snapshot.take import SnapshotTaken
from sgkpi.answers.snapshot.verify import StoreVerification
from sgkpi.answers.verify import Agreement, Difference, Verification
from sgkpi.answers.why.explain import Why
from sgkpi.answers.why.steps import Step as StepOfWhy
from sgkpi.engines.checks import Check
from sgkpi.engines.quality import Rows, TableFacts
from sgkpi.figures.figure import Status
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.funnel import FunnelPoint, judge_funnel
from sgkpi.figures.limits import LimitsKind, NoLimits
from sgkpi.figures.series import Series, SeriesMonth
from sgkpi.figures.signals import Icon, JudgedMonth
from sgkpi.judge.boundaries.make import Boundaries, BoundaryCase
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.movements import Standing
from sgkpi.model.board import Board, BoardPoint
from sgkpi.model.commentary import PointAssessment
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Breakdown, Clock
from sgkpi.model.measures import SHARE, Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem, Severity
from sgkpi.model.request import AsOfSource
from sgkpi.model.units import Limit, LimitUnit
from sgkpi.planning.availability import Availability, Unavailable
from sgkpi.snapshots import manifest as m
from sgkpi.snapshots.causes import Cause, Step
from sgkpi.snapshots.commit import Decision
from sgkpi.snapshots.movements import MovedCase
from sgkpi.snapshots.parts import Attribution
from sgkpi.snapshots.published import Amounts
from sgkpi.snapshots.restatement import Compared, FigureLedger, LedgerLine, LineKind
from sgkpi.snapshots.revisions import PublishedTotal, Revisions, find_revisions
from sgkpi.snapshots.store import Contents, Damaged, Snapshot
from sgkpi.snapshots.verify import StoreFinding
from tests.snapshots.support import a_manifest
from tests.support.results import AS_OF, DECIDED, month, proportion, results

FEBRUARY = month("2019-02")
RECEIVED = ColumnRef("received_at", Kind.DATETIME)
TIMED = replace(
    DECIDED,
    clock=Clock(start=RECEIVED, stop=RECEIVED, limit=Limit(24, LimitUnit.HOURS)),
    by=(
        Breakdown("team", ColumnRef("team", Kind.TEXT)),
        Breakdown("reason", ColumnRef("why", Kind.TEXT)),
    ),
)


def figure_set(*texts: str) -> FigureSet:
    """A figure for each text, which is its category; none without texts."""
    figures = [proportion(FEBRUARY, 1, 2, breakdown="team", category=text) for text in texts]
    unavailable = tuple(Unavailable("other", text) for text in texts)
    return results(*figures, unavailable=unavailable, source=texts[0] if texts else None)


def board(*texts: str) -> BoardState:
    """A point for each text, in whose words it is, with a lead of that title and an assessment."""
    now = proportion(FEBRUARY, 1, 2)
    points = tuple(
        PointState(
            BoardPoint(number, text, (3,), (DECIDED.id,), (), text),
            (PointIndicator(DECIDED.id, text, is_lead=True, now=now, at_inspection=now, recent=(now,)),),
            PointAssessment(number, FEBRUARY.last, text),
            PointAssessment(number, FEBRUARY.last, "", text, text, date(2019, 2, 28)),
        )
        for number, text in enumerate(texts, start=1)
    )
    inspection = Board("inspection", "Inspection", FEBRUARY.last.plus(-1), tuple(each.point for each in points))
    return BoardState(inspection, FEBRUARY.last, figure_set(*texts), points)


def signals(*texts: str) -> FigureSet:
    """A series of one month for each text, which is its category."""
    series = (
        Series(
            TIMED,
            "team",
            text,
            (SeriesMonth(proportion(FEBRUARY, 1, 2, breakdown="team", category=text), JudgedMonth(FEBRUARY.last, 1)),),
            Icon(None, None, None, LimitsKind.NONE, NoLimits.TOO_FEW_POINTS),
        )
        for text in texts
    )
    return replace(figure_set(*texts), figures=(), signals=tuple(series))


def funnel(*texts: str) -> Funnel:
    """A category for each text, of 34, 50, 66, 34 … cases met of a hundred; three or more are judged."""
    total = proportion(FEBRUARY, 1, 2)
    met = [(34, 50, 66)[place % 3] for place in range(len(texts))]
    cases = zip(texts, met, strict=True)
    figures = [proportion(FEBRUARY, number, 100, breakdown="team", category=text) for text, number in cases]
    points = judge_funnel([FunnelPoint(each.category or "", each.met, each.denominator) for each in figures])
    return Funnel(replace(results(total, *figures), indicators=(TIMED,)), TIMED.by[0], total, tuple(figures), points)


def case(text: str) -> CaseOutcome:
    """An overdue case with a text for key, person, reason and team."""
    received = datetime(2019, 2, 5, 10)
    return CaseOutcome(
        indicator=TIMED.id,
        period=FEBRUARY,
        key=(text, "2"),
        person=text,
        outcome=Outcome.OVERDUE,
        reason=text,
        start=received,
        stop=None,
        due=datetime(2019, 3, 6, 10),
        value=Fraction(3, 2),
        categories={"team": text, "reason": text},
    )


def case_list(*texts: str) -> CaseList:
    return CaseList(
        indicator=TIMED,
        periods=(FEBRUARY,),
        not_covered=(month("2019-01"),),
        filtered=Filter((TIMED,), frozenset(), ()),
        cases=tuple(map(case, texts)),
        source=texts[0] if texts else None,
        as_of=AS_OF,
        as_of_source=AsOfSource.OPTION,
    )


def due_list(*texts: str) -> DueList:
    return DueList(
        within=3,
        overdue=False,
        filtered=Filter((TIMED,), frozenset(), ()),
        indicators=(TIMED,),
        cases=tuple(map(case, texts)),
        unavailable=tuple(Unavailable("other", text) for text in texts),
        source=None,
        as_of=AS_OF,
        as_of_source=AsOfSource.OPTION,
    )


def quality(*texts: str) -> QualityReport:
    """A finding for each text, in one row with that text in it, which touches a figure; a table as well."""
    findings = tuple(
        Finding(
            severity=Severity.WARNING,
            check=Check.UNREADABLE,
            table="contacts",
            message=text,
            count=1,
            columns=("received_at",),
            detail=text,
            places=(Rows(f"{text}.csv", 1, (12,), (text,)),),
            effects=(make_effect(proportion(FEBRUARY, 384, 486, unknown=1), {Outcome.UNKNOWN: 1}, 0),),
        )
        for text in texts
    )
    facts = TableFacts("contacts", ("contacts.csv",), 12, date(2019, 1, 1), None, {Month(2019, 1): 12})
    return QualityReport(
        source=None,
        as_of=AS_OF,
        as_of_source=AsOfSource.OPTION,
        month=Month(2019, 2),
        tables=(facts,) if texts else (),
        findings=findings,
    )


def lint_report(*texts: str) -> LintReport:
    return LintReport(tuple(Problem("a.yaml", text, "code", line=1234) for text in texts), 1, 2)


def boundaries(*texts: str) -> tuple[Boundaries, ...]:
    cases = tuple(
        BoundaryCase(text, datetime(2019, 2, 5, 10), None, date(2019, 2, 6), AS_OF, None, "overdue", None, text)
        for text in texts
    )
    return (Boundaries("decided", "Decided", "within 24 hours", cases, "" if cases else "has no clock"),)


def indicators(*texts: str) -> IndicatorList:
    listed = tuple(Availability(replace(DECIDED, title=text), available=False, reason=text) for text in texts)
    return IndicatorList(listed, with_extract=True, tables=("contacts",))


def overview(*texts: str) -> Overview:
    """February's total, and a category for each text."""
    categories = [proportion(FEBRUARY, 1, 2, breakdown="team", category=text) for text in texts]
    figures = results(proportion(FEBRUARY, 384, 486), *categories, indicators=(DECIDED,))
    return make_overview(figures, Month(2019, 2), [])


def verification(*texts: str) -> Verification:
    """A difference for each text, in what one engine says of a case."""
    differences = tuple(
        Difference(DECIDED.id, FEBRUARY, None, None, (text, "2"), {"reason": text}, {"reason": None}) for text in texts
    )
    return Verification(
        engines=("one", "two"),
        agreements=tuple(Agreement(DECIDED.id, text, 1, 1, 1, 0) for text in texts),
        differences=differences,
        different=len(differences),
        periods=(FEBRUARY,),
        unavailable=(),
        source=None,
        as_of=AS_OF,
        as_of_source=AsOfSource.OPTION,
    )


def why(*texts: str) -> Why:
    return Why(
        indicator=TIMED,
        key=("C1", "P2"),
        period=FEBRUARY,
        reference_day=None,
        outcome=case(texts[0]) if texts else None,
        looked_for=(),
        rows=(),
        steps=tuple(StepOfWhy(text, text) for text in texts),
        source=None,
        as_of=AS_OF,
        as_of_source=AsOfSource.OPTION,
    )


def ledger(text: str, category: str | None = None) -> FigureLedger:
    """A figure that went from 1 of 2 met to 2 of 2, as one case was corrected."""
    zero = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    before = Amounts({**zero, "met": 1, "not_met": 1}, Fraction(1), 2, Fraction(1, 2))
    change = Amounts({**zero, "met": 1, "not_met": -1}, Fraction(1), 0, Fraction(1, 2))
    after = Amounts({**zero, "met": 2}, Fraction(2), 2, Fraction(1))
    return FigureLedger(
        indicator=DECIDED.id,
        title=text,
        measure=Measure.PROPORTION,
        period=FEBRUARY,
        breakdown=None if category is None else "team",
        category=category,
        lines=(
            LedgerLine(LineKind.OPENING, before),
            LedgerLine(LineKind.MOVEMENT, change, Step.RECORDS, Cause.CORRECTED, 1, {text: 1}),
            LedgerLine(LineKind.CLOSING, after),
        ),
        attribution=Attribution.SHARES,
        comparison=Compared.RESTATED,
    )


def ledgers(*texts: str) -> tuple[FigureLedger, ...]:
    """The ledger of a total and of a category for each text."""
    return tuple(each for text in texts for each in (ledger(text), ledger(text, text)))


def diff(*texts: str) -> Diff:
    before, after = (Version(f"2019-02-r{revision}", "0a1b2c3d4e5f", AS_OF) for revision in (1, 2))
    return Diff(before, after, (before.snapshot, after.snapshot), ledgers(*texts), False, dict.fromkeys(texts, "why"))


def diff_with_cases(*texts: str) -> Diff:
    """A diff with a case for each text, which is its key and its reason."""
    return replace(diff(*texts), cases=tuple(map(_moved, texts)))


def _moved(text: str) -> NamedCase:
    after = Standing("2019-02", "met", text, None, None, (text,))
    return NamedCase(text, MovedCase(DECIDED.id, "2019-02", Step.RECORDS, Cause.CORRECTED, None, None, after))


def manifest(*texts: str) -> m.Manifest:
    """A manifest that has each text as a file, a table, a column, a gate's detail and a reason."""
    files = tuple(m.FileRecord(text, 120, "00" * 32) for text in texts)
    tables = tuple(m.TableRecord(text, 3, 1, (text,), True, files) for text in texts)
    return a_manifest(
        reason=texts[0] if texts else None,
        extract=m.ExtractRecord(texts[0] if texts else None, None, None, tables),
        unavailable=tuple(Unavailable("other", text) for text in texts),
        checks=tuple(m.CheckRecord("restated", "failed", text) for text in texts),
        files=files,
    )


def stored(*texts: str) -> Snapshot:
    return Snapshot(Path("store/2019-02-r1"), manifest(*texts), "0a1b2c3d" * 8)


def snapshot_taken(*texts: str) -> SnapshotTaken:
    """A snapshot that was refused, beside the one before."""
    previous = stored(*texts)
    return SnapshotTaken(
        manifest=replace(manifest(*texts), revision=2),
        id="0a1b2c3d4e5f",
        figures=figure_set(*texts),
        restatement=Restatement(ledgers(*texts), not_followed=dict.fromkeys(texts, "why")),
        decision=Decision(None, previous, previous, (), "it has other figures", None),
        snapshot=None,
        is_added=False,
        stopped=(),
        refused="it has other figures",
    )


def contents(*texts: str) -> Contents:
    return Contents(tuple(map(stored, texts)), tuple(Damaged("2019-03-r1", text) for text in texts))


def store_verification(*texts: str) -> StoreVerification:
    findings = tuple(StoreFinding(text, text) for text in texts)
    return StoreVerification(tuple(map(stored, texts)), findings)


def revisions(*texts: str) -> Revisions:
    """An indicator for each text, published once."""
    about = (SHARE, "meaning", Month(2019, 2), Status.COMPLETE, Fraction(1, 2), Fraction(1), 2)
    return find_revisions(PublishedTotal(Month(2019, 2), 1, AS_OF, text, *about) for text in texts)

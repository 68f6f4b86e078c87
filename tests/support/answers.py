"""Answers built by hand, for what is shown and written: with nothing in them, with one thing, and with odd texts."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from sgkpi.answers.cases import CaseList, Filter
from sgkpi.answers.check.findings import Finding, QualityReport, make_effect
from sgkpi.answers.due import DueList
from sgkpi.answers.lint import LintReport
from sgkpi.answers.list import IndicatorList
from sgkpi.answers.overview import Overview, make_overview
from sgkpi.answers.verify import Agreement, Difference, Verification
from sgkpi.answers.why.explain import Why
from sgkpi.answers.why.steps import Step
from sgkpi.engines.checks import Check
from sgkpi.engines.quality import Rows, TableFacts
from sgkpi.figures.figure import FigureSet
from sgkpi.judge.boundaries.make import Boundaries, BoundaryCase
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Breakdown, Clock
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem, Severity
from sgkpi.model.request import AsOfSource
from sgkpi.model.units import Limit, LimitUnit
from sgkpi.planning.availability import Availability, Unavailable
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
        steps=tuple(Step(text, text) for text in texts),
        source=None,
        as_of=AS_OF,
        as_of_source=AsOfSource.OPTION,
    )

"""Results built by hand, for what is shown and written: no engine and no file stands behind them."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sgkpi.api import Results
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.figure_set import ReasonCount
from sgkpi.ledger.ledger import TableRead, Unplaced
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Improvement, Indicator, PeriodColumn
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, Period, PeriodKind, period_for
from sgkpi.model.request import AsOfSource
from sgkpi.model.table import Column, Table
from sgkpi.planning.availability import Unavailable

AS_OF = datetime(2019, 3, 4, 7, 0)
CONTACTS = Table("contacts", {"received_at": Column("received_at", Kind.DATETIME)}, key=())
DECIDED = Indicator(
    id="contacts_decided_24h",
    title="Contacts decided within 24 hours",
    theme="help_and_protection",
    table=CONTACTS,
    period=PeriodColumn("received_at"),
    measure=Measure.PROPORTION,
    improvement=Improvement.INCREASE,
    sha256="ab" * 32,
)
PLACED = replace(
    DECIDED,
    id="care_leavers_in_bnb",
    title="Care leavers living in bed and breakfast on the last day of the month, whatever their eligibility",
    theme="care_leavers",
    measure=Measure.COUNT,
    improvement=Improvement.DECREASE,
    sha256="cd" * 32,
)


def month(text: str) -> Period:
    return period_for(PeriodKind.MONTH, Month.parse(text))


def year_to_date(text: str) -> Period:
    return period_for(PeriodKind.YEAR_TO_DATE, Month.parse(text))


def proportion(period: Period, met: int, of: int, indicator: Indicator = DECIDED, **changes: object) -> Figure:
    """A complete figure with a target of 90% and amber from 80%; `of` cases judged, RED unless changed."""
    figure = Figure(
        indicator=indicator.id,
        title=indicator.title,
        measure=indicator.measure,
        period=period,
        breakdown=None,
        category=None,
        status=Status.COMPLETE if of else Status.NO_CASES,
        value=Fraction(met, of) if of else None,
        numerator=Fraction(met),
        denominator=of,
        met=met,
        not_met=of - met,
        overdue=0,
        counted=0,
        not_due=0,
        unknown=0,
        excluded=0,
        lowest=Fraction(met, of) if of else None,
        highest=Fraction(met, of) if of else None,
        target_green=Decimal("0.9"),
        target_amber=Decimal("0.8"),
        improvement=indicator.improvement,
        rating=Rating.RED if of else Rating.NOT_RATED,
        rating_firm=True if of else None,
        as_of=AS_OF,
        settled=True,
        interval_lower=0.125 if of else None,
        interval_upper=0.875 if of else None,
        persons=of,
    )
    return replace(figure, **changes)  # type: ignore[arg-type]


def count(period: Period, counted: int, indicator: Indicator = PLACED, **changes: object) -> Figure:
    """A complete count without a target."""
    number = Fraction(counted)
    figure = proportion(period, 0, 0, indicator)
    plain = replace(
        figure,
        status=Status.COMPLETE,
        value=number,
        numerator=number,
        denominator=None,
        counted=counted,
        lowest=number,
        highest=number,
        target_green=None,
        target_amber=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def not_covered(period: Period, indicator: Indicator = DECIDED) -> Figure:
    """A figure of a period that the extract does not cover: every number but the target is null."""
    numbers = ("value", "numerator", "denominator", "met", "not_met", "overdue", "counted", "not_due", "unknown")
    blank = dict.fromkeys(
        (*numbers, "excluded", "lowest", "highest", "rating_firm", "interval_lower", "interval_upper", "persons")
    )
    uncovered = replace(proportion(period, 0, 0, indicator), status=Status.NOT_COVERED, settled=False)
    return replace(uncovered, **blank)  # type: ignore[arg-type]


def results(*figures: Figure, **changes: object) -> Results:
    """Results that hold these figures, about the two indicators here."""
    whole = Results(
        figures=figures,
        reasons=(),
        indicators=(PLACED, DECIDED),
        unavailable=(),
        unplaced=(),
        tables=(TableRead("contacts", ("contacts.csv",), 5312, {"decided_at": 3}),),
        source="Case management system, nightly",
        as_of=AS_OF,
        as_of_source=AsOfSource.EXTRACT_TOML,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def story() -> Results:
    """February 2019 with a year before it, two indicators, a breakdown, and everything that can be missing."""
    months = [Month(2018, 2).plus(n) for n in range(13)]
    february = month("2019-02")
    decided = [not_covered(period_for(PeriodKind.MONTH, each)) for each in months[:2]]
    decided += [proportion(period_for(PeriodKind.MONTH, each), 400 - 5 * n, 480) for n, each in enumerate(months[2:-1])]
    decided += [
        proportion(february, 384, 486, unknown=3),
        proportion(february, 284, 300, breakdown="team", category="North", rating=Rating.GREEN),
        proportion(february, 100, 186, breakdown="team", category="South", rating=Rating.RED, rating_firm=False),
        proportion(february, 0, 0, breakdown="team", category="(not recorded)"),
        proportion(year_to_date("2019-02"), 4200, 5285),
    ]
    placed = [count(period_for(PeriodKind.MONTH, each), n // 3) for n, each in enumerate(months)]
    placed += [count(year_to_date("2019-02"), 4)]
    return results(
        *placed,
        *decided,
        reasons=(ReasonCount(DECIDED.id, february, None, None, "unknown", "no_time_of_day", 3),),
        unplaced=(Unplaced(DECIDED.id, 4, 1),),
        unavailable=(Unavailable("rhi_offered", "needs missing_episodes: this extract has no such table"),),
    )

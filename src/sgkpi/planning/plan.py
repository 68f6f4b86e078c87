"""The plan: indicators, periods and as-of time for an engine to compute, whichever engine it is."""

from dataclasses import dataclass
from datetime import date, datetime

from sgkpi.model.calendar import WorkingDays
from sgkpi.model.indicator import Breakdown, Indicator
from sgkpi.model.periods import Month, Period


@dataclass(frozen=True)
class IndicatorPlan:
    """An indicator with the periods that the extract covers and the breakdowns that were asked for.

    `totals_only` are further covered periods, of which no breakdown is wanted.
    """

    indicator: Indicator
    periods: tuple[Period, ...]
    breakdowns: tuple[Breakdown, ...]
    totals_only: tuple[Period, ...] = ()

    @property
    def every_period(self) -> tuple[Period, ...]:
        return (*self.periods, *self.totals_only)

    def periods_by(self, breakdown: Breakdown | None) -> tuple[Period, ...]:
        """Return the periods of which a breakdown, or the total, is wanted."""
        return self.every_period if breakdown is None else self.periods


@dataclass(frozen=True)
class Plan:
    """The work of an engine, as known at the as-of time (Europe/London, without a zone).

    Rows count that had been recorded by `recorded_by` (None: by the as-of time), and of their versions those up to it.
    `persons` asks for the number of persons of every figure.
    """

    as_of: datetime
    indicators: tuple[IndicatorPlan, ...]
    working_days: WorkingDays
    recorded_by: datetime | None = None
    persons: bool = False


def reference_day(period: Period, as_of: datetime) -> date:
    """Return the reference day of a stock: the period's last day, or the as-of date if that is earlier."""
    return min(period.end, as_of.date())


def months_counted(indicator: Indicator, period: Period) -> tuple[Month, ...]:
    """Return the months whose cases a figure of a period counts: of a stock, the last alone."""
    return (period.last,) if indicator.is_stock else tuple(period.months)


def reference_days(plan: Plan) -> tuple[date, ...]:
    """Return the reference days of all stocks of a plan, in order."""
    stocks = [each for each in plan.indicators if each.indicator.is_stock]
    return tuple(sorted({reference_day(period, plan.as_of) for each in stocks for period in each.every_period}))

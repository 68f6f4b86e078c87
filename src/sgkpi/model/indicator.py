"""An indicator's definition, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sgkpi.model.expressions import AddInterval, ColumnRef, Expression, Kind, Literal, children
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month
from sgkpi.model.table import Named, Table
from sgkpi.model.units import Limit, LimitUnit, ValueUnit

PRODUCT = "*"  # between the names of breakdowns that are asked for at once
JOINT = " × "  # between the categories of such breakdowns


class Improvement(StrEnum):
    """The direction of improvement."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NONE = "none"


@dataclass(frozen=True)
class Clock:
    """Measures from start to stop against a limit or a due moment: exactly one of `limit` and `due` is set.

    `stop` is None only on a stock. `start` may be None only where `due` is given. A plain column is a ColumnRef.
    """

    start: Expression | None
    stop: Expression | None
    limit: Limit | None = None
    due: Expression | None = None

    @property
    def runs_by_hours(self) -> bool:
        """Whether moments are compared, not dates."""
        if self.due is not None:
            return self.due.kind is Kind.DATETIME
        return self.limit is not None and self.limit.unit is LimitUnit.HOURS


@dataclass(frozen=True)
class PeriodColumn:
    """A flow: a case belongs to the period of this column's moment."""

    column: str


@dataclass(frozen=True)
class DuePeriod:
    """A flow: a case belongs to the period of its clock's due moment."""


@dataclass(frozen=True)
class PointInTime:
    """A stock: cases open on the reference day, `start <= reference day < end`."""

    start: str
    end: str


class Keep(StrEnum):
    """A choice among the related rows of a case."""

    LATEST = "latest"
    EARLIEST = "earliest"
    ACTIVE = "active"
    COUNT = "count"
    ONLY = "only"


class NamedMoment(StrEnum):
    """A moment that is not a column."""

    REFERENCE_DAY = "reference_day"
    AS_OF = "as_of"


@dataclass(frozen=True)
class Related:
    """Rows of another table that belong to a case, and which of them are kept.

    `case_column` and `row_column` are the two sides of the join. `date` is set for latest, earliest and count;
    `start` and `end` (the YAML's `from` and `to`) for spells: those of active, and of a count in place of `date`.
    `until`, and of `after` and `since` at most one, are over the case and the related rows declared above.
    """

    name: str
    table: Table
    keep: Keep
    case_column: str
    row_column: str
    date: str | None = None
    start: str | None = None
    end: str | None = None
    until: Expression | None = None
    after: Expression | None = None
    since: Expression | None = None
    within: Limit | None = None
    where: Expression | None = None
    merge_adjacent: bool = False
    looks_back: Limit | None = None
    label: str = ""

    @property
    def bounds(self) -> tuple[Expression, ...]:
        """The given ones of `until`, `after` and `since`: if one of them is null, there are no rows."""
        return tuple(each for each in (self.until, self.after, self.since) if each is not None)

    @property
    def counts_spells(self) -> bool:
        """Whether spells are counted, and not dated rows."""
        return self.keep is Keep.COUNT and self.start is not None


@dataclass(frozen=True)
class Breakdown:
    """A column or expression by which figures are broken down.

    `codes` are the categories that always have a row, in order: declared codes, `yes` and `no`, or
    the labels of the bands. `bands` are their lower bounds, in order. `label` and `labels` are what people read
    in place of the name and of the codes. `parts` are the breakdowns that it is a product of; only they have codes,
    bands and an expression that is theirs.
    """

    name: str
    expression: Expression
    codes: tuple[str, ...] = ()
    bands: tuple[Decimal, ...] = ()
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    parts: "tuple[Breakdown, ...]" = ()

    @classmethod
    def product(cls, parts: "tuple[Breakdown, ...]") -> "Breakdown":
        """Return the breakdown by several others at once, whose categories are joined."""
        return cls(PRODUCT.join(each.name for each in parts), parts[0].expression, parts=parts)


class SetBy(StrEnum):
    """The level, local or national, at which a target was set."""

    LOCAL = "local"
    NATIONAL = "national"


@dataclass(frozen=True)
class Target:
    """Bounds for periods that end in or after a month (None: for all), and who set them if the definition says it."""

    since: Month | None
    green: Decimal
    amber: Decimal | None
    set_by: SetBy | None = None


@dataclass(frozen=True)
class Answers:
    """The paragraphs of an inspection's report, and the points of its board, that an indicator answers; both sorted."""

    paragraphs: tuple[int, ...] = ()
    points: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rebase:
    """A month with which a new phase of an indicator's control chart begins, and why."""

    since: Month
    reason: str


@dataclass(frozen=True)
class Baseline:
    """The months, from the first to the last, that make the limits of their phase."""

    first: Month
    last: Month

    @property
    def months(self) -> int:
        """The number of months."""
        return self.last.index - self.first.index + 1


@dataclass(frozen=True)
class Example:
    """A small case and the outcome it must have.

    `rows` has the cells as written, by table and column; the first row of the indicator's own table is the case.
    `line` is its line in the file.
    """

    outcome: str
    because: str | None
    rows: Mapping[str, tuple[Mapping[str, str], ...]]
    as_of: datetime | None
    reference_day: date | None
    line: int


@dataclass(frozen=True)
class Indicator:
    """An indicator's definition, checked against the tables that it uses.

    `settles_after` is the number of days after a period for which its figure is still expected to change. `rebase`
    is in the order of their months. `theme_title` and `theme_place` are those of its theme in `themes.yaml`, if that
    lists any. `shared` is what it uses of `shared.yaml`, as `bands.NAME` and `conditions.NAME`, with the text of each.
    """

    id: str
    title: str
    table: Table
    period: PeriodColumn | DuePeriod | PointInTime
    measure: Measure
    question: str = ""
    theme: str = ""
    theme_title: str = ""
    theme_place: int = 0
    population: Expression | None = None
    exclude: tuple[Named, ...] = ()
    related: tuple[Related, ...] = ()
    clock: Clock | None = None
    met: Expression | None = None
    value: Expression | None = None
    per: Expression | None = None
    unit: ValueUnit | None = None
    not_due: Expression | None = None
    because: tuple[Named, ...] = ()
    by: tuple[Breakdown, ...] = ()
    improvement: Improvement = Improvement.NONE
    targets: tuple[Target, ...] = ()
    settles_after: int | None = None
    rebase: tuple[Rebase, ...] = ()
    baseline: Baseline | None = None
    answers: Answers | None = None
    basis: tuple[str, ...] = ()
    owner: str = ""
    review_by: date | None = None
    examples: tuple[Example, ...] = ()
    path: str = ""
    shared: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def __hash__(self) -> int:
        # Not the id alone: a process that loads many catalogues would compare all definitions of one id.
        return hash((self.id, self.sha256))

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.measure, self.unit)

    @property
    def unit_of_case(self) -> ValueUnit | None:
        """The unit of each case's number: none of its own where a ratio divides it by another."""
        return self.unit if self.per is None else None

    @property
    def is_stock(self) -> bool:
        return isinstance(self.period, PointInTime)

    @property
    def counts_against(self) -> tuple[Outcome, ...]:
        """The outcomes of a proportion that are bad news, which `because` explains: `met` if lower is better."""
        is_met = self.improvement is Improvement.DECREASE
        return (Outcome.MET,) if is_met else (Outcome.NOT_MET, Outcome.OVERDUE)

    def breakdown_named(self, name: str) -> Breakdown | None:
        """Return the breakdown of a name, or the product of several, as `team*source`; None if one is not there."""
        known = {breakdown.name: breakdown for breakdown in self.by}
        parts = tuple(known[part] for part in name.split(PRODUCT) if part in known)
        if len(parts) < name.count(PRODUCT) + 1:
            return None
        return parts[0] if len(parts) == 1 else Breakdown.product(parts)

    def table_of(self, ref: ColumnRef) -> Table:
        """Return the table of a column that an expression names."""
        return self.related_named(ref.related).table if ref.related is not None else self.table

    def may_lie_ahead(self, moment: Expression) -> bool:
        """Whether a moment can be after the as-of time; later dates of columns that are not planned are hidden."""
        if isinstance(moment, ColumnRef):
            return self.table_of(moment).columns[moment.column].planned
        is_free = isinstance(moment, AddInterval) or (isinstance(moment, Literal) and moment.kind is Kind.DATE)
        return is_free or any(map(self.may_lie_ahead, children(moment)))

    def related_named(self, name: str) -> Related:
        """Return the related rows of a name; raise KeyError if there are none."""
        return {related.name: related for related in self.related}[name]

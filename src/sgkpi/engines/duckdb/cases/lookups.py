"""One `related` of indicators with everything its SQL needs, and the moments that bound its rows."""

from dataclasses import dataclass, replace
from functools import cached_property

from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import day_of, has_time_of_day
from sgkpi.engines.duckdb.ingest.known_rows import depends_on_known, other_parts, recorded_key
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, join_part, key_part
from sgkpi.engines.duckdb.judge.expressions import (
    LENGTHS,
    Names,
    add_interval,
    compare_moments,
    compile_expression,
    has_time,
    summer,
    summer_hours,
)
from sgkpi.engines.duckdb.judge.working_days import nth_working_day
from sgkpi.engines.duckdb.session.macros import HOUR
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Sql
from sgkpi.model import table as model
from sgkpi.model.expressions import (
    Arithmetic,
    AsOf,
    Expression,
    Kind,
    ReferenceDay,
    counts_working_days,
    names_reference_day,
    nodes,
)
from sgkpi.model.indicator import Indicator, Related
from sgkpi.model.units import Limit, LimitUnit

BOUNDS = ("until", "after", "since")


@dataclass(frozen=True)
class Bound:
    """A moment that is compared with another, whether it has a time of day, and whether it is summer time."""

    value: Sql
    kind: Kind
    timed: Sql
    summer: Sql = sql.FALSE

    @property
    def day(self) -> Sql:
        return day_of(self.value, self.kind)

    def compare(self, operator: str, other: "Bound") -> Sql:
        """As moments where both have a time of day, else by date."""
        by_date = self.day.op(operator, other.day)
        if Kind.DATE in (self.kind, other.kind):
            return by_date
        by_moment = compare_moments(operator, (self.value, self.summer), (other.value, other.summer))
        return sql.when(self.timed & other.timed, by_moment, by_date)

    def is_within(self, limit: Limit, until: "Bound") -> Sql:
        """Whether it lies after `until` less a limit; hours are elapsed hours."""
        by_bound = self.compare(">", until.less(limit))
        if limit.unit is not LimitUnit.HOURS or Kind.DATE in (self.kind, until.kind):
            return by_bound
        more = summer_hours(self.summer, until.summer)
        exact = sql.fn("kpi_elapsed", self.value, until.value, more) < limit.amount * HOUR
        return sql.when(self.timed & until.timed, exact, by_bound)

    def less(self, limit: Limit) -> "Bound":
        return replace(self._less(limit), summer=sql.FALSE)

    def _less(self, limit: Limit) -> "Bound":
        if limit.unit is LimitUnit.WORKING_DAYS:
            first = nth_working_day(self.day, -limit.amount)
            if self.kind is Kind.DATE:
                return replace(self, value=first)
            back = sql.fn("to_days", (self.day - first).cast("INTEGER"))
            return replace(self, value=self.value.cast("TIMESTAMP") - back)
        if limit.unit is LimitUnit.HOURS:
            value = self.value.cast("TIMESTAMP") - sql.fn("to_microseconds", limit.amount * HOUR)
            return replace(self, value=value, kind=Kind.DATETIME)
        return replace(self, value=add_interval(self.value, self.kind, -limit.amount, LENGTHS[limit.unit]))


@dataclass(frozen=True)
class Lookup:
    """One `related` that indicators share, with everything its SQL needs.

    `names` are those of the case that asks, and of what is known of the related rows declared above. `scan` has the
    columns of the related rows that are looked at.
    """

    tables: Tables
    indicators: tuple[Indicator, ...]
    related: Related
    names: Names
    scan: Scan

    @property
    def table_of_cases(self) -> model.Table:
        return self.indicators[0].table

    @property
    def is_of_stock(self) -> bool:
        return self.indicators[0].is_stock

    @property
    def table(self) -> model.Table:
        return self.related.table

    @property
    def on_itself(self) -> bool:
        return self.table.name == self.table_of_cases.name

    @property
    def as_of(self) -> Sql:
        return sql.moment(self.tables.as_of)

    @property
    def known(self) -> Sql:
        """The moment up to which things are known: of a stock, by the end of each reference day."""
        return Name.KNOWN if self.is_of_stock else self.as_of

    @property
    def has_key(self) -> bool:
        """Whether the cases have a key."""
        return self.tables.extract.tables[self.table_of_cases.name].has_key

    @property
    def has_start(self) -> bool:
        """Whether spells have a start date; those of a current list do not."""
        return self.related.start is not None and self.scan.has(self.related.start)

    @property
    def tie_breakers(self) -> list[Sql]:
        """The order of rows of one date: the key as recorded, then the other columns in declared order."""
        if self.scan.numbered:
            return [Name.FILE_NAME, Name.ROW_NUMBER]
        if not self.tables.readings[self.table.name].doubles:
            return recorded_key(self.scan)
        joined = (self.table.person, self.related.row_column)
        others = [
            key_part(column) if column.name in joined else Name.value(column)
            for column in self.scan.declared
            if column.name not in self.table.key
        ]
        beside = [part for column in self.scan.declared for part in other_parts(column)]
        return [*recorded_key(self.scan), *others, *beside, Name.PLACE]

    def bound(self, name: str) -> Bound | None:
        """Return `until`, `after` or `since`, as the questions have it."""
        part: Expression | None = getattr(self.related, name)
        match part:
            case None:
                return None
            case AsOf():
                return Bound(self.as_of, Kind.DATETIME, sql.TRUE)
            case ReferenceDay():
                return Bound(Name.REFERENCE_DAY, Kind.DATE, sql.FALSE)
        value = Name.bound(name)
        if part.kind is not Kind.DATETIME:
            return Bound(value, part.kind, sql.FALSE)
        is_summer = sql.FALSE if summer(part, self.names) == sql.FALSE else Name.bound_summer(name)
        return Bound(value, part.kind, Name.bound_has_time(name), is_summer)

    def own_bound(self, name: str | None) -> Bound:
        """Return a date of the related row itself."""
        column, value = self.table.columns[name or ""], Name.value(name)
        if column.kind is not Kind.DATETIME:
            return Bound(value, column.kind, sql.FALSE)
        return Bound(value, column.kind, has_time_of_day(column), Name.summer(name))

    def in_order(self, name: str | None) -> list[Sql]:
        """Return the sort keys that order rows by a date."""
        if self.table.columns[name or ""].kind is not Kind.DATETIME:
            return [Name.value(name)]
        return [sql.fn("kpi_in_order", Name.value(name), Name.summer(name)), Name.value(name)]

    @cached_property
    def asked(self) -> dict[Column, Sql]:
        """The values of a case on which its answer depends, by column; the first is that by which rows are joined."""
        case, on = self.names.sides[None], self.related.case_column
        asked: dict[Column, Sql] = {Name.LOOKUP_KEY: join_part(self.table_of_cases.columns[on], case)}
        if self.is_of_stock and depends_on_known(self.scan):
            asked[Name.KNOWN] = Name.KNOWN.of(case)
        if ReferenceDay() in self.related.bounds or (self.related.where and names_reference_day(self.related.where)):
            asked[Name.REFERENCE_DAY] = Name.REFERENCE_DAY.of(case)
        for name in BOUNDS:
            part: Expression | None = getattr(self.related, name)
            if part is None or isinstance(part, AsOf | ReferenceDay):
                continue
            asked[Name.bound(name)] = compile_expression(part, self.names)
            if part.kind is Kind.DATETIME:
                if (is_summer := summer(part, self.names)) != sql.FALSE:
                    asked[Name.bound_summer(name)] = is_summer
                asked[Name.bound_has_time(name)] = has_time(part, self.names)
        if self.on_itself and self.has_key:
            asked |= {Name.own(place): part for place, part in enumerate(recorded_key(self.scan, case))}
        return asked

    @property
    def by_key(self) -> bool:
        """Whether the answer depends on the join value alone, and can be found for every value, asked for or not."""
        return len(self.asked) == 1 and not self.on_itself and not _may_fail(self.related.where)

    @property
    def question(self) -> dict[Column, Sql]:
        """The values by which a case finds its answer: the join value, or else its place among the cases."""
        if self.by_key:
            return self.asked
        case = self.names.sides[None]
        days = [Name.DAY_NUMBER] if self.is_of_stock else []
        return {Name.own(Name.PLACE.name): Name.PLACE.of(case), **{each: each.of(case) for each in days}}


def _may_fail(where: Expression | None) -> bool:
    """Return whether a condition can stop the run: by a number that is too large, or a day without a calendar."""
    if where is None:
        return False
    calculates = any(isinstance(each, Arithmetic) or each.kind is Kind.NUMBER for each in nodes(where))
    return calculates or counts_working_days(where)

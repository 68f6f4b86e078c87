"""A related of an indicator, with all that is needed to write its SQL, and the moments that bound its rows."""

from dataclasses import dataclass, replace
from typing import assert_never

from sgkpi.engines.duckdb.cases import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest import Scan, key_part
from sgkpi.engines.duckdb.judge_expressions import (
    LENGTHS,
    add_interval,
    compare_moments,
    summer_hours,
)
from sgkpi.engines.duckdb.macros import HOUR
from sgkpi.engines.duckdb.rows import other_parts, recorded_key
from sgkpi.engines.duckdb.working_days import nth_working_day
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Sql
from sgkpi.model import table as model
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator, NamedMoment, Related
from sgkpi.model.units import Limit, LimitUnit


@dataclass(frozen=True)
class Bound:
    """A moment that is compared with another, whether it has a time of day, and whether it is summer time."""

    value: Sql
    kind: Kind
    timed: Sql
    summer: Sql = sql.FALSE

    @classmethod
    def of(cls, column: model.Column, value: Column, flag: Column, summer: Column) -> "Bound":
        if column.kind is not Kind.DATETIME:
            return cls(value, column.kind, sql.FALSE)
        return cls(value, column.kind, flag if column.midnight else sql.fn("kpi_has_time", value), summer)

    def compare(self, operator: str, other: "Bound") -> Sql:
        """As moments where both have a time of day, else by date."""
        by_date = self.value.cast("DATE").op(operator, other.value.cast("DATE"))
        if Kind.DATE in (self.kind, other.kind):
            return by_date
        by_moment = compare_moments(operator, (self.value, self.summer), (other.value, other.summer))
        return sql.when(self.timed & other.timed, by_moment, by_date)

    def is_within(self, limit: Limit, until: "Bound") -> Sql:
        """Whether it lies after `until` less a limit; hours are elapsed ones."""
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
            day = self.value.cast("DATE")
            first = nth_working_day(day, -limit.amount)
            if self.kind is Kind.DATE:
                return replace(self, value=first)
            back = sql.fn("to_days", (day - first).cast("INTEGER"))
            return replace(self, value=self.value.cast("TIMESTAMP") - back)
        if limit.unit is LimitUnit.HOURS:
            value = self.value.cast("TIMESTAMP") - sql.fn("to_microseconds", limit.amount * HOUR)
            return replace(self, value=value, kind=Kind.DATETIME)
        return replace(self, value=add_interval(self.value, self.kind, -limit.amount, LENGTHS[limit.unit]))


@dataclass(frozen=True)
class Lookup:
    """One `related` of an indicator, with all that is needed to write its SQL.

    `cases` is the table of those that ask.
    """

    tables: Tables
    indicator: Indicator
    related: Related
    cases: str
    scan: Scan

    @property
    def table(self) -> model.Table:
        return self.related.table

    @property
    def on_itself(self) -> bool:
        return self.table.name == self.indicator.table.name

    @property
    def as_of(self) -> Sql:
        return sql.moment(self.tables.as_of)

    @property
    def has_key(self) -> bool:
        """Whether the cases that ask have a key."""
        return self.tables.extract.tables[self.indicator.table.name].has_key

    @property
    def has_start(self) -> bool:
        """Whether spells have a beginning: those of a current list have none."""
        return self.related.start is not None and self.scan.has(self.related.start)

    @property
    def tie_breakers(self) -> list[Sql]:
        """The order of rows of one date: the key as recorded, then the other columns in declared order."""
        if self.scan.numbered:
            return [Name.FILE_NAME, Name.ROW_NUMBER]
        joined = (self.table.person, self.related.row_column)
        others = [
            key_part(column) if column.name in joined else Name.value(column)
            for column in self.scan.declared
            if column.name not in self.table.key
        ]
        beside = [part for column in self.scan.declared for part in other_parts(column)]
        return [*recorded_key(self.scan), *others, *beside, Name.PLACE]

    def bound(self, name: str) -> Bound | None:
        """Return `until` or `after`, as the questions have it."""
        part: str | NamedMoment | None = getattr(self.related, name)
        if part is None:
            return None
        if not isinstance(part, NamedMoment):
            flags = Name.bound_has_time(name), Name.bound_summer(name)
            return Bound.of(self.indicator.table.columns[part], Name.bound(name), *flags)
        match part:
            case NamedMoment.AS_OF:
                return Bound(self.as_of, Kind.DATETIME, sql.TRUE)
            case NamedMoment.REFERENCE_DAY:
                return Bound(Name.REFERENCE_DAY, Kind.DATE, sql.FALSE)
            case _:
                assert_never(part)

    def own_bound(self, name: str | None) -> Bound:
        """Return a date of the related row itself."""
        return Bound.of(self.table.columns[name or ""], Name.value(name), Name.has_time(name), Name.summer(name))

    def in_order(self, name: str | None) -> list[Sql]:
        """Return what rows are sorted by to stand in the order of a date."""
        if self.table.columns[name or ""].kind is not Kind.DATETIME:
            return [Name.value(name)]
        return [sql.fn("kpi_in_order", Name.value(name), Name.summer(name)), Name.value(name)]

    def asked(self, case: str | None = None) -> dict[Column, Sql]:
        """Return what a case, one of a relation of that name, asks with, by the questions' columns."""
        columns, on = self.indicator.table.columns, self.related.case_column
        asked: dict[Column, Sql] = {Name.LOOKUP_KEY: key_part(columns[on], case)}
        asked |= {each: each.of(case) for each in (Name.KNOWN, Name.REFERENCE_DAY)}
        for name in ("until", "after"):
            part = getattr(self.related, name)
            if part is not None and not isinstance(part, NamedMoment):
                asked[Name.bound(name)] = Name.value(part).of(case)
                if columns[part].kind is Kind.DATETIME:
                    asked[Name.bound_summer(name)] = Name.summer(part).of(case)
                    if columns[part].midnight:
                        asked[Name.bound_has_time(name)] = Name.has_time(part).of(case)
        if self.on_itself:
            asked[Name.own(Name.PLACE.name)] = Name.PLACE.of(case)
            if self.has_key:
                asked |= {Name.own(place): part for place, part in enumerate(recorded_key(self.scan, case))}
        return asked

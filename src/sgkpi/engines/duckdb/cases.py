"""The relations of cases that are classified: a flow's rows, and a stock's rows on every reference day."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sgkpi.engines.duckdb import related as lookups
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Query, Select, Sql
from sgkpi.engines.duckdb.classify import Batch
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.lookup import Lookup
from sgkpi.engines.duckdb.scan import Scan, typed_rows
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.duckdb.tables import (
    Tables,
    exists,
    one_row_a_case,
    visible_columns,
)
from sgkpi.model.indicator import Indicator, PointInTime, Related
from sgkpi.model.periods import end_of_day
from sgkpi.model.table import Table
from sgkpi.planning.columns import named_columns
from sgkpi.planning.coverage import is_current_list
from sgkpi.planning.plan import IndicatorPlan

_REFERENCE_DAYS = """
create or replace table reference_days as
select unnest($1::smallint[]) as day_number, unnest($2::date[]) as reference_day, unnest($3::timestamp[]) as known
"""


# Rows of a stored table are numbered as they stand in the files.
_ROW_ID = Name.ROW_ID.as_(Name.PLACE)


@dataclass(frozen=True)
class Cases:
    """A relation of cases: `relation` has the typed columns as known, `known` and `reference_day`."""

    relation: Query | str
    has_exists: bool
    has_duplicates: bool


@dataclass
class CaseMaker:
    """Makes the relations of cases that a plan needs, each once; `days` are the reference days of its stocks."""

    session: Session
    tables: Tables
    as_of: datetime
    days: tuple[date, ...]
    made: dict[str, Cases] = field(default_factory=dict)
    unplaced: dict[tuple[str, str, frozenset[str]], tuple[int, int]] = field(default_factory=dict)

    @property
    def _as_of(self) -> Sql:
        return sql.moment(self.as_of)

    def straight_from_files(self, scan: Scan) -> Cases:
        """A flow's rows as they are read, present or not, without a table of their own between."""
        return Cases(self.seen(scan, typed_rows(scan)), True, False)

    def seen(self, scan: Scan, rows: Query | str) -> Select:
        """Rows as known at the as-of time, with `exists` for whether they exist."""
        columns = [sql.column(part) for part in (*carried_by(scan), Name.IS_BLANK_ROW.name)]
        columns += visible_columns(scan, self._as_of)
        columns += self._moments()
        columns.append(exists(scan, self._as_of, self._as_of).as_(Name.EXISTS))
        return sql.select(*columns).from_(rows)

    def _moments(self) -> list[Sql]:
        return [self._as_of.as_(Name.KNOWN), sql.null("DATE").as_(Name.REFERENCE_DAY)]

    def repeated_cases(self, name: str) -> Cases:
        """The cases whose keys occur more than once, one row each, from the rows that `read_repeated` keeps."""
        return Cases(self._single(self.tables.full_scan(name), f"again.{name}", None), False, True)

    def rows_of_repeated(self, name: str) -> Cases:
        """The rows that `repeated_cases` makes one case each of, as they stand."""
        return Cases(self.seen(self.tables.full_scan(name), f"again.{name}"), True, False)

    def group(
        self,
        plans: Sequence[IndicatorPlan],
        cases: Cases,
        carried: tuple[str, ...] = (),
        *,
        written: frozenset[str] = frozenset(),
        detailed: bool = False,
    ) -> Batch:
        """Indicators that are classified together over cases of one table."""
        indicator = plans[0].indicator
        return Batch(
            plans=tuple(plans),
            source=cases.relation,
            as_of_time=self.as_of,
            columns=frozenset(self.tables.columns[indicator.table.name]),
            has_exists=cases.has_exists,
            has_duplicates=cases.has_duplicates,
            stock_days=self.days if indicator.is_stock else (),
            carried=carried,
            written=written,
            detailed=detailed,
        )

    def _single(self, scan: Scan, rows: str, repeated: str | None) -> Query:
        visible = self.seen(scan, rows).select(_ROW_ID, *self._numbers(scan))
        present = sql.select(sql.STAR).from_(visible).where(Name.EXISTS)
        return one_row_a_case(present, scan, [], repeated)

    def _numbers(self, scan: Scan) -> list[Sql]:
        return [Name.FILE_NAME, Name.ROW_NUMBER] if scan.numbered else []

    def prepare(self) -> None:
        """Make the table of reference days that stocks are put to, once for all of them."""
        known_at = [min(end_of_day(day), self.as_of) for day in self.days]
        self.session.execute(_REFERENCE_DAYS, [list(range(len(self.days))), list(self.days), known_at])

    def name_of(self, indicator: Indicator) -> str:
        """What the table of an indicator's cases is called; those that look at the same cases share it."""
        kind = "flow"
        if isinstance(indicator.period, PointInTime):
            kind = f"stock.{indicator.period.start}.{indicator.period.end}"
        return ".".join([kind, indicator.table.name, *sorted(joins_of(indicator, indicator.table))])

    def of(self, indicator: Indicator) -> Cases:
        """An indicator's cases in a table of their own: one row a case, or for a stock one on each reference day."""
        key = self.name_of(indicator)
        if key not in self.made:
            self.session.create(key, self._stock(indicator) if indicator.is_stock else self._flow(indicator))
            self.made[key] = Cases(key, False, True)
        return self.made[key]

    def _flow(self, indicator: Indicator) -> Query:
        """A flow's existing rows."""
        name = indicator.table.name
        scan = self._typed(name, joins_of(indicator, indicator.table))
        return self._plain_or_single(scan, f"typed.{name}", name)

    def _typed(self, name: str, joins: frozenset[str]) -> Scan:
        return replace(self.tables.store(name), joins=joins)

    def _plain_or_single(self, scan: Scan, rows: str, name: str) -> Query:
        if self.tables.doubles[name]:
            return self._single(scan, rows, self.tables.repeated_table(name))
        visible = self.seen(scan, rows).select(_ROW_ID, *self._numbers(scan))
        columns = [sql.STAR, sql.FALSE.as_(Name.IS_DUPLICATE)]
        return sql.select(*columns).from_(visible).where(Name.EXISTS)

    def _stock(self, indicator: Indicator) -> Query:
        """A stock's cases that are open on each reference day, as known by its end."""
        if not isinstance(indicator.period, PointInTime):
            raise TypeError(f"{indicator.id} is no stock")
        name = indicator.table.name
        scan, rows = self._typed(name, joins_of(indicator, indicator.table)), f"typed.{name}"
        each_day = self._on_days(scan, rows)
        if self.tables.doubles[name]:
            single = one_row_a_case(each_day, scan, [Name.DAY_NUMBER.name], self.tables.repeated_table(name))
        else:
            single = _undoubled(each_day)
        return sql.select(sql.STAR).from_(single).where(_is_open(scan, indicator.period))

    def _on_days(self, scan: Scan, rows: str) -> Select:
        """Every row on every reference day on which it exists."""
        pairs = sql.select(sql.STAR, Name.ROW_ID.of("r").as_(Name.PLACE)).from_(rows, "r")
        pairs = pairs.join("reference_days", "d", kind="cross")
        known = Name.KNOWN
        columns = [
            sql.column(part)
            for part in (
                Name.KEY_HASH.name,
                Name.IS_BLANK_ROW.name,
                Name.PLACE.name,
                Name.DAY_NUMBER.name,
                Name.REFERENCE_DAY.name,
                Name.KNOWN.name,
            )
        ]
        columns += [*self._numbers(scan), *visible_columns(scan, known)]
        return sql.select(*columns).from_(pairs).where(exists(scan, known, self._as_of))

    def unplaced_stock(self, indicator: Indicator) -> tuple[int, int]:
        """How many existing cases of a stock have no beginning: because it is blank, and because it is unreadable."""
        if not isinstance(indicator.period, PointInTime):
            raise TypeError(f"{indicator.id} is no stock")
        name, start, joins = indicator.table.name, indicator.period.start, joins_of(indicator, indicator.table)
        if (name, start, joins) not in self.unplaced:
            self.unplaced[name, start, joins] = self._count_unplaced(name, start, joins)
        return self.unplaced[name, start, joins]

    def _count_unplaced(self, name: str, start: str, joins: frozenset[str]) -> tuple[int, int]:
        scan, rows = self._typed(name, joins), f"typed.{name}"
        if is_current_list(scan.source, start):
            return 0, 0
        unreadable = Name.unreadable(start)
        counts = [sql.count_where(~unreadable), sql.count_where(unreadable)]
        single = self._plain_or_single(scan, rows, name)
        query = sql.select(*counts).from_(single).where(Name.value(start).is_null())
        blank, unread = self.session.row(query)
        return int(blank), int(unread)

    def with_related(self, indicators: Sequence[Indicator], cases: Cases) -> Cases:
        """The cases joined with what is known of the related rows of indicators; what several ask is looked up once."""
        asked = [(indicator, related) for indicator in indicators for related in indicator.related]
        if not asked:
            return cases
        if not isinstance(cases.relation, str):
            raise TypeError("related rows are joined to a table of cases")
        query = sql.select(sql.table_star("b")).from_(cases.relation, "b")
        sides: dict[Query, str] = {}
        for indicator, related in asked:
            lookup = self._lookup(indicator, related, cases.relation)
            answers, parts = self._answers(lookup)
            if answers not in sides:
                sides[answers] = f"answers_{len(sides)}"
                on = sql.and_(_asks_the_same(lookup, sides[answers]))
                query = query.join(answers, sides[answers], on=on, kind="left")
            for part in parts:
                known_as = Name.related(indicator.id, related.name, part).name
                query = query.select(sql.column(part, sides[answers]).as_(known_as))
        return Cases(query, cases.has_exists, cases.has_duplicates)

    def _lookup(self, indicator: Indicator, related: Related, base: str) -> Lookup:
        scan = self._typed(related.table.name, joins_of(indicator, related.table))
        rows = f"typed.{related.table.name}"
        doubles = self.tables.doubles[related.table.name]
        numbered = not self.tables.extract.tables[indicator.table.name].has_key
        return Lookup(indicator, related, base, scan, rows, doubles, self._as_of, numbered)

    def _answers(self, lookup: Lookup) -> tuple[Query, list[str]]:
        named = named_columns(lookup.indicator)
        name = lookup.related.name
        return lookups.answers(lookup, named.guards[name], named.kept[name])


def _asks_the_same(lookup: Lookup, side: str) -> list[Sql]:
    """The conditions under which the answer on a side is that to a case's question."""
    questions = lookups.question_columns(lookup, "b").items()
    return [value.same_as(sql.column(name, side)) for name, value in questions]


def carried_by(scan: Scan) -> tuple[str, ...]:
    """What is kept of every row as it is read: the hash of its key, its faults, and which of several files it is in."""
    return (Name.KEY_HASH.name, Name.FLAGS.name, *([Name.FILE.name] if len(scan.source.files) > 1 else []))


def joins_of(indicator: Indicator, table: Table) -> frozenset[str]:
    """The columns of a table on which a definition joins it, besides its person and key."""
    own = {related.case_column for related in indicator.related if indicator.table == table}
    others = {related.row_column for related in indicator.related if related.table == table}
    return frozenset((own | others) - {table.person, *table.key})


def _undoubled(rows: Select) -> Select:
    return sql.select(sql.STAR, sql.FALSE.as_(Name.IS_DUPLICATE)).from_(rows)


def _is_open(scan: Scan, spell: PointInTime) -> Sql:
    """`from <= reference day < to`, by date; an open spell has no end, and a current list no beginning."""
    day = Name.REFERENCE_DAY
    conditions: list[Sql] = []
    if scan.has(spell.start):
        conditions.append((Name.value(spell.start).cast("DATE") <= day).is_true())
    if scan.has(spell.end):
        end = Name.value(spell.end)
        closes_later = end.cast("DATE") > day
        conditions.append(sql.fn("coalesce", closes_later, True))
    return sql.and_(conditions)

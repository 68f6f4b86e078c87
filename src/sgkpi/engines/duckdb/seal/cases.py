"""Sealed cases in SQL: all judged cases, with their keys and evidence as keyed digests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import assert_never

from sgkpi.engines import sealed_files
from sgkpi.engines.duckdb.cases.cases import batch_of, unplaced_stock
from sgkpi.engines.duckdb.cases.related import with_related
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count.places import periods_of
from sgkpi.engines.duckdb.ingest.cells import ALWAYS_READABLE
from sgkpi.engines.duckdb.ingest.known_rows import exists, other_parts
from sgkpi.engines.duckdb.judge.judged import category_text, hmac, judged, value_text
from sgkpi.engines.duckdb.judge.numbers import Ratio, text
from sgkpi.engines.duckdb.judge.outcomes import UNPLACED, UNPLACED_BLANK, UNPLACED_UNREADABLE, Batch, category_key
from sgkpi.engines.duckdb.session.session import Session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Copy, Query, Select, Sql
from sgkpi.ledger.sealed import BLANK, COUNT_OFFSET, EVIDENCE_DIGITS, KEY_BYTES, ONE, SEVERAL, UNREADABLE, Seal
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Breakdown, Indicator, Keep, Related
from sgkpi.model.outcomes import NOT_RECORDED, Outcome
from sgkpi.planning.columns import named_columns
from sgkpi.planning.evidence import Evidence, EvidenceKind, evidence_of
from sgkpi.planning.plan import IndicatorPlan, Plan

# The secret is a bound parameter, so that no SQL text ever contains it.
_PADS = "create or replace table secret as select $1::blob as inner_pad, $2::blob as outer_pad"
_SEALED = "sealed"
_CASE_COLUMNS = sealed_files.CASE_COLUMNS
_STORED_COLUMNS = {**_CASE_COLUMNS, "rows": "BLOB[]"}
_LISTS = ("categories", "evidence", "rows")
KEY = sql.fn("unhex", sql.fn("left", Name.OWNER, 2 * KEY_BYTES))  # the part of the owner's digest that is kept


def create_secret(session: Session, seal: Seal) -> None:
    """Create the table of the secret with which the keys of sealed rows are digested."""
    session.execute(_PADS, list(seal.pads))


def write_sealed(plan: Plan, folder: Path, tables: Tables, *, to_compare: bool) -> None:
    """Write the files of sealed cases; tables must be stored, and the days of the plan prepared."""
    session, planned = tables.session, [each for each in plan.indicators if each.periods]
    # Cases of a large extract joined with all related rows at once would not fit in memory; others need not be stored.
    # Cases of a small one take longer to plan than to compute, so several statements are planned in parallel.
    is_small = session.is_parallel
    apart = [each for each in planned if each.indicator.related or is_small]
    session.create(_SEALED, sql.no_rows(_STORED_COLUMNS))
    session.run_parallel([partial(_store_cases, tables, each) for each in apart])
    plain = [query for each in planned if each not in apart for query in _cases(tables, each, _CASE_COLUMNS)]
    stored: Query = sql.select(*map(Column, _CASE_COLUMNS)).from_(_SEALED)
    files = {
        sealed_files.CASES: reduce(Query.union_all, plain, stored),
        sealed_files.KEYS: _keys(tables, existing=True),
    }
    if to_compare:
        kept = sql.select(*map(Column, sealed_files.RELATED_COLUMNS)).from_(_SEALED)
        is_placed = Column("key").is_not_null() & Column("period").is_not_null()
        files[sealed_files.RELATED] = kept.where(is_placed & (sql.fn("len", Column("rows")) > 0))
        files[sealed_files.ROWS] = _keys(tables, existing=False)
    session.run_parallel(
        [partial(session.execute, Copy(query, str(folder.absolute() / name))) for name, query in files.items()]
    )


def _store_cases(tables: Tables, planned: IndicatorPlan) -> None:
    for query in _cases(tables, planned, _STORED_COLUMNS):
        tables.session.execute(sql.insert(_SEALED, query))


def _cases(tables: Tables, planned: IndicatorPlan, columns: Mapping[str, str]) -> Iterator[Query]:
    """Yield the query of an indicator's cases, and that of those of a stock that no date places."""
    indicator = planned.indicator
    yield _judged_cases(tables, planned, columns)
    if indicator.is_stock and (unplaced := unplaced_stock(tables, indicator)) is not None:
        reason = sql.when(Column("unreadable"), UNPLACED[UNPLACED_UNREADABLE], UNPLACED[UNPLACED_BLANK])
        yield _rows(indicator, unplaced, {"reason": reason}, columns)


def _judged_cases(tables: Tables, planned: IndicatorPlan, columns: Mapping[str, str]) -> Select:
    """Return the cases of an indicator that have an outcome or, for a flow, no date that decides their period."""
    indicator, related = planned.indicator, with_related(tables, [planned.indicator], with_rows=True)
    own = {*named_columns(indicator).case, *indicator.table.key} & {*tables.columns[indicator.table.name]}
    named = [column for column in indicator.table.columns.values() if column.name in own]
    carried = [part for column in named for part in (Name.value(column), *other_parts(column))]
    carried += [Name.IS_DUPLICATE, Name.OWNER, *map(Column, related.names)]
    batch = batch_of(tables, [planned], related, tuple(carried))
    sealing = _Sealing(tables, batch, frozenset(part.name for part in carried))
    return _rows(indicator, _by_period(batch).join("secret", "p", kind="cross"), sealing.cells, columns)


def _by_period(batch: Batch) -> Select:
    """Return the judged cases of one indicator with each `period` to which they belong, and those without a date."""
    (planned,) = batch.plans
    placing, code = batch.placings[planned.indicator.id].column, Name.outcome(0)
    periods = periods_of(batch, planned, planned.every_period)
    pairs = [(place, period.label) for place, found in periods.items() for period in found]
    has_outcome = placing.is_in(sorted({place for place, _ in pairs})) & code.is_in(batch.codes.numbers(tuple(Outcome)))
    cases = sql.select(sql.STAR).from_(judged(batch), "c").where(has_outcome | code.is_in(UNPLACED))
    places, labels = map(sql.each_of, zip(*pairs, strict=True))
    months = sql.select(places.as_("place"), labels.as_("period"))
    return cases.join(months, "m", on=placing.of("c").eq(Column("place", "m")), kind="left")


def _rows(indicator: Indicator, cases: Query, cells: Mapping[str, Sql], columns: Mapping[str, str]) -> Select:
    """Return these columns of sealed cases; cells not given are null, or empty lists."""
    given = {"indicator": sql.text(indicator.id), "key": KEY, **cells}
    chosen: list[Sql] = []
    for name, kind in columns.items():
        cell = given.get(name, sql.NULL).cast(kind)
        chosen.append((cell.or_else(sql.fn("list_value")) if name in _LISTS else cell).as_(name))
    return sql.select(*chosen).from_(cases)


@dataclass(frozen=True)
class _Sealing:
    """The cells of an indicator's sealed cases; `carried` are the columns of the case kept beside its outcome."""

    tables: Tables
    batch: Batch
    carried: frozenset[str]

    @property
    def planned(self) -> IndicatorPlan:
        return self.batch.plans[0]

    @property
    def cells(self) -> dict[str, Sql]:
        indicator, codes, code = self.planned.indicator, self.batch.codes, Name.outcome(0) + 1
        is_placed, is_owned = Name.outcome(0) >= min(codes.numbers(tuple(Outcome))), Name.OWNER.is_not_null()
        evidence = sql.fn("list_value", *map(self._evidence, evidence_of(indicator)))
        cells = {
            "period": Column("period"),
            "outcome": sql.fn("list_extract", sql.fn("list_value", *codes.outcomes), code),
            "reason": sql.fn("list_extract", sql.fn("list_value", *codes.reasons), code),
            "categories": sql.when(is_placed, sql.fn("list_value", *map(self._category, self.planned.breakdowns))),
            "evidence": sql.when(is_placed & is_owned, evidence),
            "rows": sql.when(is_placed & is_owned, sql.fn("list_value", *map(self._row, indicator.related))),
        }
        if indicator.value is not None:
            is_counted = Name.outcome(0).eq(codes.code(Outcome.COUNTED))
            cells["value"] = sql.when(is_counted, text(Ratio(Name.numerator(0), Name.denominator(0))))
            if indicator.per is not None:
                cells["per"] = sql.when(is_counted, text(Ratio(Name.per_numerator(0), Name.per_denominator(0))))
        return cells

    def _category(self, breakdown: Breakdown) -> Sql:
        """Return a category as figures show it."""
        column: Sql = self.batch.categories[category_key(self.planned, breakdown)]
        if breakdown.expression.kind is Kind.NUMBER and not breakdown.bands:
            # There are few distinct ones; their exact fractions become plain decimals outside SQL.
            found = self.tables.session.rows(sql.select(column).distinct().from_(judged(self.batch)))
            recorded = [cell for (cell,) in found if cell is not None]
            shown = [category_text(breakdown, cell) for cell in recorded]
            place = sql.fn("list_position", sql.texts(recorded), column)
            column = sql.fn("list_extract", sql.fn("list_value", *shown).cast("VARCHAR[]"), place)
        return column.or_else(NOT_RECORDED)

    def _evidence(self, evidence: Evidence) -> Sql:
        """Return a piece of evidence, sealed."""
        related = None if evidence.related is None else self.planned.indicator.related_named(evidence.related)
        table = related.table if related else self.planned.indicator.table
        match evidence.kind:
            case EvidenceKind.COLUMN:
                column = table.columns[evidence.column]
                part = Name.value(column).name
                if (self._related(evidence, part).name if related else part) not in self.carried:
                    return sql.number(BLANK)
                ref = ColumnRef(column.name, column.kind, evidence.related)
                sealed = self._digest(evidence, value_text(ref, self.batch.names(self.planned.indicator)))
                if related or column.kind in ALWAYS_READABLE:
                    return sealed
                return sql.when(Name.unreadable(column), UNREADABLE, sealed)
            case EvidenceKind.ROW:
                return self._digest(evidence, self._related(evidence, "row"))
            case EvidenceKind.COUNT:
                return (self._related(evidence, "count") + COUNT_OFFSET).or_else(BLANK)
            case EvidenceKind.STATE:
                several = self._related(evidence, "many") if related and related.keep is Keep.ONLY else sql.FALSE
                return sql.case([(self._related(evidence, "unreadable"), UNREADABLE), (several, SEVERAL)], ONE)
            case EvidenceKind.DUPLICATE:
                return sql.when(Name.IS_DUPLICATE, SEVERAL, ONE)
            case _:
                assert_never(evidence.kind)

    def _related(self, evidence: Evidence, part: str) -> Column:
        return Name.related(self.planned.indicator.id, evidence.related or "", part)

    def _row(self, related: Related) -> Sql:
        """Return the digest of the kept related row's key, as in its table's register."""
        row = Name.related(self.planned.indicator.id, related.name, "row")
        if related.keep is Keep.COUNT:
            return sql.null("BLOB")
        return sql.when(row.ne(""), sql.fn("unhex", sql.fn("left", hmac(row), 2 * KEY_BYTES)))

    @staticmethod
    def _digest(evidence: Evidence, text: Sql) -> Sql:
        digest = sql.fn("sha256", sql.concat(Name.OWNER, f":{evidence.name}:", text))
        return sql.concat("0x", sql.fn("left", digest, EVIDENCE_DIGITS)).cast("UBIGINT").or_else(BLANK)


def _keys(tables: Tables, *, existing: bool) -> Query:
    """Return the keys of the rows of every table: of those that exist at the as-of time, or of all."""
    every: list[Query] = []
    for name in sorted(tables.columns):
        scan = tables.store(name)
        moments = sql.moment(tables.as_of), sql.moment(tables.recorded_by)
        rows = sql.select(sql.STAR).from_(f"typed.{name}")
        rows = rows.where(exists(scan, *moments) if existing else ~Name.IS_BLANK_ROW)
        keys = sql.select(sql.text(name).as_("table"), KEY.as_("key")).from_(rows).where(Name.OWNER.is_not_null())
        every.append(keys.distinct() if tables.readings[name].doubles else keys)
    return reduce(Query.union_all, every)

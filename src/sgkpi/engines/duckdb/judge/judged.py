"""The cases of one relation, judged for several indicators at once.

The result has one row per case: for every indicator its outcome as a small whole number, for every period column the
month or reference day, for every breakdown the category, and for an indicator with values their numerator and
denominator (for a ratio, also those of `per`).
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from typing import assert_never

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.typed_rows import Scan
from sgkpi.engines.duckdb.judge import numbers
from sgkpi.engines.duckdb.judge.clocks import due_day
from sgkpi.engines.duckdb.judge.expressions import Names, compile_expression, compile_number, has_time
from sgkpi.engines.duckdb.judge.outcomes import Batch, Placing, category_key, outcome_code, unjudged_code
from sgkpi.engines.duckdb.judge.working_days import join_due_days, joined_due
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Query, Select, Sql
from sgkpi.ledger.sealed import SUMMER
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Breakdown
from sgkpi.model.periods import MONTHS_IN_YEAR, Month
from sgkpi.model.table import Table
from sgkpi.model.units import LimitUnit

_INNER, _OUTER = map(Column, ("inner_pad", "outer_pad"))


def judged(batch: Batch) -> Select:
    """Return the query that judges every case of a batch.

    Cases are assigned to periods by their columns first, so that clocks are evaluated only for those that are judged.
    """
    placed = _with(_with(batch.cases, _places(batch, by_due=False)), _clock_ends(batch))
    whole = _with(_with_due_days(batch, placed), _places(batch, by_due=True))
    columns: list[Sql] = [*batch.carried, *batch.written_columns, *batch.placing_columns]
    if batch.person is not None:
        columns.append(sql.when(_is_somewhere(batch), batch.person).as_(Name.PERSON))
    for number, indicator in enumerate(plan.indicator for plan in batch.plans):
        columns.append(outcome_code(batch, indicator).cast(batch.codes.width).as_(Name.outcome(number)))
        if indicator.value is not None:
            ratio = compile_number(indicator.value, batch.names(indicator))
            columns += [ratio.numerator.as_(Name.numerator(number)), ratio.bottom.as_(Name.denominator(number))]
        if indicator.per is not None:
            per = compile_number(indicator.per, batch.names(indicator))
            columns += [per.numerator.as_(Name.per_numerator(number)), per.bottom.as_(Name.per_denominator(number))]
        clock = batch.clock(indicator)
        if clock is not None:
            columns += clock.columns(number, batch.clock_parts)
    return sql.select(*columns, *_categories(batch)).from_(whole)


def _with(cases: Query | str, columns: list[Sql]) -> Query | str:
    """Return the cases with further columns, if any; a subquery for nothing costs planning time."""
    return sql.select(sql.STAR, *columns).from_(cases) if columns else cases


def _places(batch: Batch, *, by_due: bool) -> list[Sql]:
    """Return, for every period column, the month of a case and the code of one that is not judged."""
    columns: dict[Column, Sql] = {}
    for placing in batch.placings.values():
        if placing.day is not None and placing.unjudged is not None and placing.by_due is by_due:
            in_period = _is_in_period(placing.day, placing.months)
            columns[placing.column] = sql.when(in_period, month_index(placing.day).cast("SMALLINT"))
            columns[placing.unjudged] = unjudged_code(batch, placing, placing.day, in_period)
    return [value.as_(column) for column, value in columns.items()]


def _is_in_period(day: Sql, months: Sequence[Month]) -> Sql:
    """Return whether a day lies in one of the requested months."""
    if not months:
        return sql.FALSE
    first, last = months[0], months[-1]
    within = (day >= sql.day(first.first_day)) & (day <= sql.day(last.last_day))
    if len(months) == last.index - first.index + 1:
        return within
    return within & month_index(day).is_in([month.index for month in months])


def month_index(day: Sql) -> Sql:
    """Return the number of a day's month, as `Month.index`."""
    return sql.fn("year", day) * MONTHS_IN_YEAR + (sql.fn("month", day) - 1)


def _clock_ends(batch: Batch) -> list[Sql]:
    """Return the starts and stops of clocks that are expressions, as each is used several times and joined by."""
    columns: list[Sql] = []
    for number, indicator in enumerate(plan.indicator for plan in batch.plans):
        clock, placing = indicator.clock, batch.placings[indicator.id]
        ends = ((clock.start, Name.starts), (clock.stop, Name.stops)) if clock is not None else ()
        for part, name in ends:
            if part is not None and not isinstance(part, ColumnRef):
                value = compile_expression(part, batch.names(indicator))
                columns.append(_if_judged(placing, value).as_(name(number)))
    return columns


def _if_judged(placing: Placing, value: Sql) -> Sql:
    """Return a value only for judged cases, unless it takes the clock to know which these are."""
    unjudged = None if placing.by_due else placing.unjudged
    return value if unjudged is None else sql.when(unjudged.is_null(), value)


def _with_due_days(batch: Batch, cases: Query | str) -> Query | str:
    """Return the cases with the due day of every clock that needs one, and the elapsed time of clocks in hours.

    Working days are looked up by a join, as a scalar subquery would need a pass of its own.
    """
    query = sql.select(sql.star("s")).from_(cases, "s")
    joined: dict[Sql, str] = {}
    for number, plan in enumerate(batch.plans):
        placing, reading = batch.placings[plan.indicator.id], batch.clock(plan.indicator)
        if reading is None:
            continue
        clock, found = reading.clock, dict[Column, Sql]()
        if reading.compares_moments and reading.elapsed == Name.elapsed(number):  # the first of those that share it
            found[reading.elapsed] = reading.until_stop
        if clock.start is not None and clock.limit is not None and clock.limit.unit is LimitUnit.WORKING_DAYS:
            start = _if_judged(placing, reading.start_day)
            if start not in joined:
                joined[start] = Name.working_days(number).name
                query = join_due_days(query, start, joined[start])
            found[Name.due(number)] = joined_due(reading.start_day, clock.limit.amount, joined[start])
        elif placing.by_due or not reading.compares_moments:
            found[Name.due(number)] = due_day(reading)
        for column, value in found.items():
            query = query.select(_if_judged(placing, value).as_(column))
    return query if len(query.columns) > 1 else cases


def _is_somewhere(batch: Batch) -> Sql:
    """Return whether a case is in some period."""
    return sql.or_(column.is_not_null() for column in batch.placing_columns)


def _categories(batch: Batch) -> Iterator[Sql]:
    """Yield the category of each breakdown that is not carried as written, for cases in some period."""
    somewhere = _is_somewhere(batch)
    done: set[Column] = {*batch.written_columns}
    for plan in batch.plans:
        for breakdown in plan.breakdowns:
            column = batch.categories[category_key(plan, breakdown)]
            if column not in done:
                done.add(column)
                yield sql.when(somewhere, category(breakdown, batch.names(plan.indicator))).as_(column)


def category(breakdown: Breakdown, names: Names) -> Sql:
    """Return the text of a case's category; null if nothing is recorded."""
    if breakdown.parts:  # as JSON, so that categories of several parts stay distinct
        return sql.fn("to_json", sql.fn("list_value", *(category(part, names) for part in breakdown.parts))).cast(
            "VARCHAR"
        )
    expression = breakdown.expression
    if breakdown.bands:
        return _band(breakdown, compile_number(expression, names))
    if expression.kind is Kind.NUMBER:
        ratio = compile_number(expression, names)
        return sql.fn("concat_ws", "/", ratio.numerator.cast("VARCHAR"), ratio.bottom.cast("VARCHAR"))
    value = compile_expression(expression, names)
    match expression.kind:
        case Kind.BOOLEAN:
            return sql.case([(value, "yes"), (~value, "no")])
        case Kind.MONTH:
            return sql.fn("strftime", value, "%Y-%m")
        case Kind.DATETIME:
            return sql.fn("kpi_moment_text", value, has_time(expression, names))
        case Kind.TEXT | Kind.CATEGORY | Kind.INTEGER | Kind.DATE | Kind.NULL:
            return sql.fn("nullif", value.cast("VARCHAR"), "")
        case _:
            assert_never(expression.kind)


def value_text(ref: ColumnRef, names: Names) -> Sql:
    """Return the text of a column's typed value: a number as an exact fraction, anything else as a category.

    Summer time in the repeated hour of a clock change is marked.
    """
    if ref.kind is Kind.NUMBER:
        return numbers.text(compile_number(ref, names))
    text = category(Breakdown(ref.column, ref), names)
    return sql.concat(text, sql.when(names.summer(ref), SUMMER, "")) if ref.kind is Kind.DATETIME else text


def key_message(table: Table, in_key: Iterable[str] = ()) -> Sql:
    """Return the message digested for a row's key, from its typed columns; null if part of the key is blank.

    It equals that of `sealed.key_message`. The columns `in_key` are read as recorded, whether known yet or not.
    """
    names = Names({None: table}, sql.NULL, sql.NULL, in_key=frozenset(in_key))
    parts = [sql.fn("kpi_key", value_text(ColumnRef(each, table.columns[each].kind), names)) for each in table.key]
    pieces = (piece for part in parts for piece in (sql.fn("strlen", part), ":", part))
    return sql.concat(f"key:{table.name}:", *pieces)


def with_owner(scan: Scan, rows: Select) -> Select:
    """Return typed rows with the digest of their keys, null if they have none; the session has the secret."""
    owner = hmac(key_message(scan.source.table)) if scan.source.has_key else sql.null("VARCHAR")
    return sql.select(sql.star("r"), owner.as_(Name.OWNER)).from_(rows, "r").join("secret", "p", kind="cross")


def hmac(message: Sql) -> Sql:
    """Return the keyed digest of a message; the query must join the table of the secret."""
    return sql.fn("kpi_hmac", message, _INNER, _OUTER)


def _band(breakdown: Breakdown, value: numbers.Ratio) -> Sql:
    labels = breakdown.codes[-len(breakdown.bands) :]
    below = breakdown.codes[0] if len(labels) < len(breakdown.codes) else f"under {breakdown.bands[0]}"
    branches: list[tuple[Sql, str | None]] = [(value.numerator.is_null(), None)]
    for lower, label in reversed(list(zip(breakdown.bands, labels, strict=True))):
        branches.append((numbers.compare(">=", value, numbers.constant(Fraction(lower))), label))
    return sql.case(branches, below)


def category_text(breakdown: Breakdown, recorded: str | None) -> str | None:
    """Return a category as shown: a number as a plain decimal."""
    if recorded is None or breakdown.bands or breakdown.expression.kind is not Kind.NUMBER:
        return recorded
    return decimal_text(Fraction(recorded)) if "/" in recorded else None


def decimal_text(exact: Fraction) -> str:
    """Return the shortest exact decimal of a number, or that of the nearest double if it has none."""
    with localcontext(prec=400) as context:  # longer than the digits of any number that fits
        quotient = Decimal(exact.numerator) / exact.denominator
        if context.flags[Inexact]:
            quotient = Decimal(repr(float(exact)))
        return f"{quotient.normalize():f}"

"""The quality of an extract: what an engine finds, how severe it is, and which figures it affects."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sgkpi.answers.cautions import describe_empty_column, describe_missing_dates, empty_columns_of
from sgkpi.answers.check.events import look_at_events
from sgkpi.answers.check.findings import Effect, Finding, QualityReport, make_effect, sort_findings
from sgkpi.answers.compute import check_existence, describe_identifier
from sgkpi.answers.inputs import engine_named
from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.engines.checks import SEVERITIES, Check, describe_rows
from sgkpi.engines.protocol import Progress
from sgkpi.engines.quality import (
    Inspection,
    InspectionOptions,
    Rows,
    TableFacts,
    columns_concerned,
    may_move_total,
)
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_figure_set
from sgkpi.figures.figure import Figure
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import ExtractError, UsageError
from sgkpi.model.expressions import column_refs
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity, did_you_mean, unknown_names
from sgkpi.model.request import Request
from sgkpi.model.words import plural
from sgkpi.planning.availability import tables_of, why_unavailable
from sgkpi.planning.columns import columns_that_should_hold_something, placing_columns
from sgkpi.planning.plan import Plan
from sgkpi.planning.request import ResolvedRequest, asked_months, find_as_of, resolve

_OF_BLANK_CELLS = (Check.BLANK, Check.EMPTY, Check.UNDATED)


@dataclass(frozen=True)
class QualityRequest:
    """The tables to check (all, when none is named), and the month whose figures are named.

    With `of_indicators`, only tables that an indicator of the catalogue uses are checked. Without `effects`, a finding
    names the indicators that use what is wrong, and no figure is worked out.
    """

    tables: Sequence[str] = ()
    month: Month | None = None
    as_of: datetime | None = None
    every_row: bool = False
    show_values: bool = False
    effects: bool = True
    of_indicators: bool = False


def check_quality(
    extract: Extract, catalogue: Catalogue, asked: QualityRequest, *, progress: Progress | None = None
) -> QualityReport:
    """Check the quality of an extract's tables.

    Raises UsageError for a table or month that cannot be asked for, and ExtractError when nothing can be read.
    """
    from sgkpi.engines.duckdb.quality.inspect import inspect

    names = _tables(extract, catalogue, asked.tables)
    if asked.of_indicators:
        asked = replace(asked, tables=_used(extract, catalogue, names))
        names = _tables(extract, catalogue, asked.tables)
    resolved, totals = _resolve(extract, catalogue, asked, names), dict[str, Figure]()
    options = InspectionOptions(names, tuple(catalogue.indicators.values()), asked.every_row, asked.show_values)
    judged = resolved.plan if asked.effects else replace(resolved.plan, indicators=())
    inspection = inspect(extract, judged, options, progress=progress)
    if judged.indicators:
        check_existence(resolved, engine_named("duckdb"), inspection.ledger.outcomes)
        totals = {each.indicator: each for each in build_figure_set(resolved, inspection.ledger).figures}
    carried = {each.indicator.id: catalogue.indicators[each.indicator.id] for each in resolved.plan.indicators}
    findings = [
        *_of_waivers(catalogue, names),
        *_of_nothing(catalogue, inspection.tables, resolved, whole=not asked.tables),
        *_of_files(resolved, names, whole=not asked.tables),
        *(finding for facts in inspection.tables for finding in _of_table(facts, resolved, catalogue, carried)),
        *(finding for facts in inspection.tables for finding in _of_columns(facts, inspection, resolved)),
        *_of_rows(inspection, catalogue, carried, totals),
    ]
    return QualityReport(
        extract.source,
        resolved.plan.as_of,
        resolved.as_of_source,
        resolved.months[0],
        inspection.tables,
        sort_findings(
            (_waived(each, catalogue) for each in _blank_columns_once([*_identifiers_once(findings)])), catalogue.tables
        ),
    )


def _tables(extract: Extract, catalogue: Catalogue, named: Sequence[str]) -> tuple[str, ...]:
    """Return the tables that can be read, of those that are named; what is wrong with a broken one is a finding."""
    unknown = [name for name in named if name not in catalogue.tables]
    if unknown:
        there = f"there are {', '.join(catalogue.tables)}"
        raise UsageError(unknown_names("table", unknown, catalogue.tables, there))
    absent = [name for name in named if name not in extract.tables and name not in extract.broken]
    if absent:
        raise ExtractError(f"{extract.path} has no table {' and no table '.join(absent)}")
    return tuple(name for name in catalogue.tables if name in extract.tables and (not named or name in named))


def _used(extract: Extract, catalogue: Catalogue, names: Sequence[str]) -> tuple[str, ...]:
    """Return the tables that indicators use, of those that can be read or are broken; raise ExtractError if none is."""
    used = dict.fromkeys(name for each in catalogue.indicators.values() for name in tables_of(each))
    found = tuple(name for name in used if name in names or name in extract.broken)
    if not found:
        raise ExtractError(f"{extract.path} has none of the tables of these indicators: {', '.join(used) or 'none'}")
    return found


def _resolve(extract: Extract, catalogue: Catalogue, asked: QualityRequest, names: Sequence[str]) -> ResolvedRequest:
    """Plan the month's figures of every indicator that uses one of the tables and that the extract carries."""
    events = engine_named("duckdb").events
    months = [asked.month] if asked.month else None
    carried = [
        each.id
        for each in catalogue.indicators.values()
        if why_unavailable(each, extract) is None and _uses(each, names)
    ]
    if carried:
        return resolve(extract, catalogue, Request(carried, months, as_of=asked.as_of), events)
    if not extract.tables:
        problems = [problem for broken in extract.broken.values() for problem in broken]
        raise ExtractError(f"{extract.path} has no table that can be read", problems)
    moment, source = find_as_of(extract, asked.as_of, events)
    plan = Plan(moment, (), working_days_in_england(catalogue.closures))
    return ResolvedRequest(extract, plan, asked_months(months, moment), (), source, ())


def _uses(indicator: Indicator, tables: Sequence[str]) -> bool:
    return any(name in tables for name in (indicator.table.name, *(each.table.name for each in indicator.related)))


def _of_files(resolved: ResolvedRequest, names: Sequence[str], *, whole: bool) -> Iterator[Finding]:
    """Yield the problems found when files were opened, of the tables asked for (all: `whole`); then the as-of time."""
    extract = resolved.extract
    owners = {file.name: name for name in extract.tables for file in extract.tables[name].files}
    found = [(owners.get(problem.path), problem) for problem in extract.problems]
    found += [(table, problem) for table, problems in extract.broken.items() for problem in problems]
    for table, problem in found:
        if whole or table in names:
            message = f"{problem.place}: {problem.message}"
            yield Finding(problem.severity, Check.FILE, table, message, code=problem.code)
    for problem in resolved.as_of_problems():
        yield Finding(problem.severity, Check.FILE, None, problem.message, code=problem.code)


def _of_nothing(
    catalogue: Catalogue, tables: Sequence[TableFacts], resolved: ResolvedRequest, *, whole: bool
) -> Iterator[Finding]:
    """Yield an error if no table has a row, or no indicator can be computed."""
    if tables and not any(each.rows for each in tables):
        message = f"no row in {', '.join(each.table for each in tables)}, so there is nothing to compute"
        yield Finding(Severity.ERROR, Check.FILE, None, message, code="no-rows")
    if whole and catalogue.indicators and not resolved.plan.indicators:
        message = "no indicator can be computed from these tables (`sgkpi list --data DIR` says what each lacks)"
        yield Finding(Severity.ERROR, Check.FILE, None, message, code="nothing-to-compute")


def _of_waivers(catalogue: Catalogue, names: Sequence[str]) -> Iterator[Finding]:
    """Yield a warning for each waiver of an unknown finding."""
    known = [each.value for each in Check if each is not Check.FILE]
    for table in (catalogue.tables[name] for name in names):
        for code in table.waive:
            if code not in known:
                message = f"waive: check has no finding '{code}'{did_you_mean(code, known)}"
                yield Finding(Severity.WARNING, Check.FILE, table.name, message, code="unknown-waiver")


def _waived(finding: Finding, catalogue: Catalogue) -> Finding:
    """Return the finding with the reason for which its table's declaration accepts it, if it does."""
    table = catalogue.tables.get(finding.table or "")
    reason = table.waive.get(finding.check.value) if table is not None else None
    return replace(finding, waived=reason) if reason else finding


def _of_table(
    facts: TableFacts, resolved: ResolvedRequest, catalogue: Catalogue, carried: Mapping[str, Indicator]
) -> Iterator[Finding]:
    """Yield the findings on a table as a whole: identifiers, months without rows, columns and rules."""
    extract, table = resolved.extract, catalogue.tables[facts.table]

    def finding(check: Check, message: str, count: int, columns: Sequence[str], detail: str = "") -> Finding:
        return Finding(SEVERITIES[check], check, table.name, message, count, tuple(columns), detail)

    for file, identifier in facts.identifiers:
        message, header = describe_identifier(identifier), identifier.header
        found = finding(Check.IDENTIFIER, message, 1, [header], identifier.kind.value)
        yield replace(found, places=(Rows(file, 0, ()),))
    concerned = tuple(sorted(name for name, each in carried.items() if _uses(each, [table.name])))
    for lack in look_at_events(facts.months or {}, resolved.plan.as_of, extract.complete_from(table.name)):
        found = finding(lack.check, lack.describe(table), lack.months, [str(table.happened)])
        yield replace(found, concerned=concerned)
    if facts.undeclared:
        columns = plural(len(facts.undeclared), "column")
        are = "is" if len(facts.undeclared) == 1 else "are"
        message = f"{columns} that nobody declared {are} not read: {_quoted(facts.undeclared)}"
        yield finding(Check.UNDECLARED_COLUMN, message, len(facts.undeclared), facts.undeclared)
    for rule in table.rules:
        if lacking := sorted(
            {ref.column for ref in column_refs(rule.expression)} - set(extract.tables[table.name].columns)
        ):
            message = (
                f"the rule '{rule.name}' cannot be checked: this extract has no {_quoted(map(table.label_of, lacking))}"
            )
            yield finding(Check.RULE_NOT_CHECKED, message, 0, lacking, rule.name)


def _of_columns(facts: TableFacts, inspection: Inspection, resolved: ResolvedRequest) -> Iterator[Finding]:
    """Yield the columns that indicators use and that hold nothing, and those that lack most of their dates."""
    extract, users, placing = resolved.extract, dict[str, set[str]](), dict[str, set[str]]()
    table = extract.tables[facts.table].table
    for indicator in (each.indicator for each in resolved.plan.indicators):
        for name in columns_that_should_hold_something(indicator, extract).get(table.name, ()):
            users.setdefault(name, set()).add(indicator.id)
        for name in placing_columns(indicator) if indicator.table == table else ():
            placing.setdefault(name, set()).add(indicator.id)

    def finding(check: Check, message: str, count: int, name: str, concerned: Iterable[str]) -> Finding:
        columns, ids = (name,), tuple(sorted(concerned))
        return Finding(SEVERITIES[check], check, table.name, message, count, columns, concerned=ids)

    empty = empty_columns_of(extract, table.name, users, facts.rows)
    for name in empty:
        message = describe_empty_column(table, name, facts.rows)
        yield finding(Check.EMPTY_COLUMN, message, facts.rows, name, users[name])
    cells = Counter[tuple[Check, str]]()
    for each in (each for each in inspection.found if each.table == table.name and len(each.columns) == 1):
        cells[each.check, each.columns[0]] += each.count
    for name, concerned in placing.items():
        unreadable, blank = cells[Check.UNREADABLE, name], cells[Check.BLANK, name] + cells[Check.EMPTY, name]
        lacking = describe_missing_dates(table, name, unreadable, blank, facts.rows)
        if lacking is not None and name not in empty:
            yield finding(Check.MISSING_DATES, lacking, unreadable + blank, name, concerned)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _of_rows(
    inspection: Inspection, catalogue: Catalogue, carried: Mapping[str, Indicator], totals: Mapping[str, Figure]
) -> Iterator[Finding]:
    """Yield the findings on rows, with the figures that they affect; a rule may have a severity of its own."""
    effects: dict[int, list[Effect]] = {}
    for each in inspection.affected:
        if each.outcomes or each.unplaced:
            effect = make_effect(totals[each.indicator], each.outcomes, each.unplaced)
            if not may_move_total(inspection.found[each.finding], catalogue.indicators[each.indicator]):
                effect = replace(effect, lowest=None, highest=None)
            effects.setdefault(each.finding, []).append(effect)
    for place, found in enumerate(inspection.found):
        table, severity, detail = catalogue.tables[found.table], SEVERITIES[found.check], found.detail
        labels = tuple(map(table.label_of, found.columns))
        if found.check is Check.RULE:
            rule = next(rule for rule in table.rules if rule.name == found.detail)
            severity, detail = rule.severity, f"'{rule.name}': {rule.text}"
        elif found.check is Check.FUTURE_DATE:
            detail = "happened" if found.columns[0] == table.happened else ""
        concerned = (name for name, each in carried.items() if any(columns_concerned(found, each)))
        yield Finding(
            severity=severity,
            check=found.check,
            table=found.table,
            message=describe_rows(found.check, found.count, labels, detail, found.keys or 0),
            count=found.count,
            columns=found.columns,
            detail=found.detail,
            places=found.places,
            effects=tuple(effects.get(place, ())),
            concerned=tuple(sorted(concerned)),
            values=found.values,
        )


def _blank_columns_once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield one finding for a column that is blank throughout: the error, with what its blank cells do to figures."""
    throughout = {(each.table, each.columns) for each in findings if each.check is Check.EMPTY_COLUMN}
    cells = {
        (each.table, each.columns): each
        for each in findings
        if each.check in _OF_BLANK_CELLS and (each.table, each.columns) in throughout
    }
    for each in findings:
        if each.check is Check.EMPTY_COLUMN and (found := cells.get((each.table, each.columns))):
            yield replace(each, effects=found.effects)
        elif each not in cells.values():
            yield each


def _identifiers_once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield a column that identifies people once, though several files or tables have it."""
    files: dict[tuple[str, str], dict[str, None]] = {}
    for each in findings:
        if each.check is Check.IDENTIFIER:
            files.setdefault((each.columns[0], each.detail), {}).update(dict.fromkeys(at.file for at in each.places))
    for each in findings:
        if each.check is not Check.IDENTIFIER:
            yield each
        elif found := files.pop((each.columns[0], each.detail), None):
            yield replace(each, count=1, places=tuple(Rows(file, 0, ()) for file in found))

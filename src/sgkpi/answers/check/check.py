"""The quality of an extract: what an engine finds, how severe it is, and which figures it affects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sgkpi.answers.check.events import EventsFinding, look_at_events
from sgkpi.answers.check.findings import Effect, Finding, QualityReport, make_effect, sort_findings
from sgkpi.answers.check.wording import describe, describe_events, describe_undeclared
from sgkpi.answers.compute import check_existence
from sgkpi.answers.identifiers import describe_identifier
from sgkpi.answers.inputs import engine_named
from sgkpi.engines.checks import SEVERITIES, Check
from sgkpi.engines.protocol import Progress
from sgkpi.engines.quality import Inspection, InspectionOptions, RowFinding, Rows, TableFacts, columns_concerned
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_figure_set
from sgkpi.figures.figure import Figure
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import ExtractError, UsageError
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem, Severity, did_you_mean
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.availability import why_unavailable
from sgkpi.planning.plan import Plan
from sgkpi.planning.request import ResolvedRequest, asked_months, find_as_of, resolve


@dataclass(frozen=True)
class QualityRequest:
    """The tables to check (all, when none is named), and the month whose figures are named."""

    tables: Sequence[str] = ()
    month: Month | None = None
    as_of: datetime | None = None
    every_row: bool = False
    show_values: bool = False


@dataclass(frozen=True)
class _Figures:
    """The month's figures, and the plan that they come from."""

    plan: Plan
    source: AsOfSource
    month: Month
    totals: Mapping[str, Figure]


def check_quality(
    extract: Extract, catalogue: Catalogue, asked: QualityRequest, *, progress: Progress | None = None
) -> QualityReport:
    """Check the quality of an extract's tables.

    Raises UsageError for a table or month that cannot be asked for, and ExtractError when nothing can be read.
    """
    from sgkpi.engines.duckdb.quality import inspect

    names = _tables(extract, catalogue, asked.tables)
    figures, resolved = _resolve(extract, catalogue, asked, names)
    options = InspectionOptions(names, tuple(catalogue.indicators.values()), asked.every_row, asked.show_values)
    inspection = inspect(extract, figures.plan, options, progress=progress)
    if resolved is not None:
        check_existence(resolved, engine_named("duckdb"), inspection.ledger.outcomes)
        totals = build_figure_set(resolved, inspection.ledger).figures
        figures = replace(figures, totals={each.indicator: each for each in totals})
    findings = [
        *_file_findings(extract, names, whole=not asked.tables),
        *_as_of_finding(figures),
        *(finding for facts in inspection.tables for finding in _of_table(facts, extract, catalogue, figures)),
        *_of_rows(inspection, catalogue, figures),
    ]
    order = [*catalogue.tables]
    return QualityReport(
        extract.source,
        figures.plan.as_of,
        figures.source,
        figures.month,
        inspection.tables,
        sort_findings(_identifiers_once(findings), order),
    )


def _tables(extract: Extract, catalogue: Catalogue, named: Sequence[str]) -> tuple[str, ...]:
    """Return the tables that can be read, of those that are named; what is wrong with a broken one is a finding."""
    unknown = [name for name in named if name not in catalogue.tables]
    if unknown:
        words = "; ".join(f"no table '{name}'{did_you_mean(name, catalogue.tables)}" for name in unknown)
        raise UsageError(f"{words}; there are {', '.join(catalogue.tables)}")
    absent = [name for name in named if name not in extract.tables and name not in extract.broken]
    if absent:
        raise ExtractError(f"{extract.path} has no table {' and no table '.join(absent)}")
    return tuple(name for name in catalogue.tables if name in extract.tables and (not named or name in named))


def _resolve(
    extract: Extract, catalogue: Catalogue, asked: QualityRequest, names: Sequence[str]
) -> tuple["_Figures", ResolvedRequest | None]:
    """Plan the month's figures of every indicator that uses one of the tables and that the extract carries.

    Without such an indicator, there is no request for figures.
    """
    events = engine_named("duckdb").events
    months = [asked.month] if asked.month else None
    carried = [
        each.id
        for each in catalogue.indicators.values()
        if why_unavailable(each, extract) is None and _uses(each, names)
    ]
    if carried:
        resolved = resolve(extract, catalogue, Request(carried, months, as_of=asked.as_of), events)
        return _Figures(resolved.plan, resolved.as_of_source, resolved.months[0], {}), resolved
    if not extract.tables:
        problems = [problem for broken in extract.broken.values() for problem in broken]
        raise ExtractError(f"{extract.path} has no table that can be read", problems)
    moment, source = find_as_of(extract, asked.as_of, events)
    (month,) = asked_months(months, moment)
    return _Figures(Plan(moment, (), catalogue.closures), source, month, {}), None


def _uses(indicator: Indicator, tables: Sequence[str]) -> bool:
    return any(name in tables for name in (indicator.table.name, *(each.table.name for each in indicator.related)))


def _file_findings(extract: Extract, names: Sequence[str], *, whole: bool) -> Iterator[Finding]:
    """Give what was wrong with files when they were opened: those of the tables asked for, unless all are."""
    owners = {file.name: name for name in extract.tables for file in extract.tables[name].files}
    for problem in extract.problems:
        table = owners.get(problem.path)
        if whole or table in names:
            yield _of_problem(problem, table)
    for table, problems in extract.broken.items():
        if whole or table in names:
            yield from (_of_problem(problem, table) for problem in problems)


def _of_problem(problem: Problem, table: str | None) -> Finding:
    message = f"{problem.place}: {problem.message}"
    return Finding(problem.severity, Check.FILE, table, message, code=problem.code)


def _as_of_finding(figures: _Figures) -> Iterator[Finding]:
    if figures.source is AsOfSource.LATEST_EVENT:
        moment = f"{figures.plan.as_of:%Y-%m-%d %H:%M}"
        message = (
            f"nothing says when the extract was made; taken as of its latest event, {moment} "
            "(give --as-of, or extracted_at in extract.toml)"
        )
        yield Finding(Severity.WARNING, Check.FILE, None, message, code="as-of")


def _of_table(facts: TableFacts, extract: Extract, catalogue: Catalogue, figures: _Figures) -> Iterator[Finding]:
    """Give what is wrong with a table as a whole: identifiers, months without rows, columns and rules."""
    table = catalogue.tables[facts.table]
    for file, identifier in facts.identifiers:
        message = describe_identifier(identifier)
        yield _finding(
            Check.IDENTIFIER, table.name, message, 1, (identifier.header,), identifier.kind.value, (Rows(file, 0, ()),)
        )
    concerned = tuple(sorted(each for each in figures.totals if _uses(catalogue.indicators[each], [table.name])))
    for found in look_at_events(facts.months or {}, figures.plan.as_of, extract.complete_from(table.name)):
        yield _of_events(found, describe_events(found, table), table.name, str(table.happened), concerned)
    if facts.undeclared:
        message = describe_undeclared(facts.undeclared)
        yield _finding(Check.UNDECLARED_COLUMN, table.name, message, len(facts.undeclared), facts.undeclared)
    yield from _unchecked_rules(facts, extract, catalogue)


def _of_events(found: EventsFinding, message: str, table: str, column: str, concerned: tuple[str, ...]) -> Finding:
    severity = SEVERITIES[found.check]
    return Finding(severity, found.check, table, message, found.months, (column,), concerned=concerned)


def _unchecked_rules(facts: TableFacts, extract: Extract, catalogue: Catalogue) -> Iterator[Finding]:
    from sgkpi.model.expressions import column_refs

    present = extract.tables[facts.table].columns
    for rule in catalogue.tables[facts.table].rules:
        lacking = sorted({ref.column for ref in column_refs(rule.expression)} - set(present))
        if lacking:
            columns = ", ".join(f"'{name}'" for name in lacking)
            message = f"the rule '{rule.name}' cannot be checked: this extract has no {columns}"
            yield _finding(Check.RULE_NOT_CHECKED, facts.table, message, 0, tuple(lacking), rule.name)


def _finding(
    check: Check,
    table: str,
    message: str,
    count: int,
    columns: tuple[str, ...] = (),
    detail: str = "",
    places: tuple[Rows, ...] = (),
) -> Finding:
    return Finding(SEVERITIES[check], check, table, message, count, columns, detail, places)


def _of_rows(inspection: Inspection, catalogue: Catalogue, figures: _Figures) -> Iterator[Finding]:
    """Give what is wrong with rows, and the figures that it affects."""
    effects: dict[int, list[Effect]] = {}
    for each in inspection.affected:
        if each.outcomes or each.unplaced:
            effect = make_effect(figures.totals[each.indicator], each.outcomes, each.unplaced)
            effects.setdefault(each.finding, []).append(effect)
    for place, found in enumerate(inspection.found):
        table = catalogue.tables[found.table]
        yield Finding(
            severity=_severity(found, catalogue),
            check=found.check,
            table=found.table,
            message=describe(found, table),
            count=found.count,
            columns=found.columns,
            detail=found.detail,
            places=found.places,
            effects=tuple(effects.get(place, ())),
            concerned=_concerned(found, catalogue, figures),
        )


def _severity(found: RowFinding, catalogue: Catalogue) -> Severity:
    """Return the severity of a check; a rule may have one of its own."""
    if found.check is Check.RULE:
        rules = {rule.name: rule for rule in catalogue.tables[found.table].rules}
        return rules[found.detail].severity
    return SEVERITIES[found.check]


def _concerned(found: RowFinding, catalogue: Catalogue, figures: _Figures) -> tuple[str, ...]:
    return tuple(sorted(each for each in figures.totals if any(columns_concerned(found, catalogue.indicators[each]))))


def _identifiers_once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Give a column that identifies people once, though several files or tables have it."""
    places: dict[tuple[str, str], dict[str, None]] = {}
    for each in findings:
        if each.check is Check.IDENTIFIER:
            files = places.setdefault((each.columns[0], each.detail), {})
            files.update(dict.fromkeys(place.file for place in each.places))
    told: set[tuple[str, str]] = set()
    for each in findings:
        if each.check is not Check.IDENTIFIER:
            yield each
            continue
        key = each.columns[0], each.detail
        if key not in told:
            told.add(key)
            files_of = tuple(Rows(file, 0, ()) for file in places[key])
            yield Finding(each.severity, each.check, each.table, each.message, 1, each.columns, each.detail, files_of)

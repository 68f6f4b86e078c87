"""Small worlds: definitions as YAML, tables as CSV text, and what the engine makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from textwrap import dedent

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.definitions.load import load_catalogue
from sgkpi.engines.reference import JudgedCase, ReferenceEngine, judged_cases, open_world
from sgkpi.extracts.extract import Extract, FileFormat, SourceFile, TableSource
from sgkpi.judge.cases import Case
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month, Period, PeriodKind, period_for
from sgkpi.model.table import Table
from sgkpi.planning.availability import why_unavailable
from sgkpi.planning.plan import IndicatorPlan, Plan

AS_OF = datetime(2019, 3, 4, 7, 0)

TABLES = {
    "contacts": """
        description: Contacts about a child
        key: id
        person: person
        happened: received
        columns:
          id: {type: text}
          person: {type: text}
          received: {type: datetime}
          decided: {type: datetime}
          source: {type: category, codes: {police: [], school: []}}
          team: {type: text}
          days: {type: integer}
          cost: {type: number}
          urgent: {type: boolean}
          planned_for: {type: datetime, planned: true}
        """,
    "leavers": """
        description: Care leavers
        key: person
        person: person
        happened: begun
        columns:
          person: {type: text}
          begun: {type: date}
          ended: {type: date}
          team: {type: text}
        """,
    "reviews": """
        description: Reviews of pathway plans
        key: id
        person: person
        happened: done
        columns:
          id: {type: text}
          person: {type: text}
          done: {type: date}
          kind: {type: text}
          score: {type: integer}
        """,
    "stays": """
        description: Where a care leaver lives
        key: id
        person: person
        columns:
          id: {type: text}
          person: {type: text}
          begun: {type: date}
          ended: {type: date}
          kind: {type: text}
        """,
    "children": """
        description: Children
        key: person
        person: person
        columns:
          person: {type: text}
          birth_month: {type: month}
        """,
}


@dataclass(frozen=True)
class World:
    """A definition and tables of data; asks the reference engine about them."""

    indicator: Indicator
    extract: Extract

    def counts(self, months: str = "2019-02", as_of: datetime = AS_OF, kind: PeriodKind = PeriodKind.MONTH) -> Ledger:
        return ReferenceEngine().compute(self._plan(months, as_of, kind), self.extract)

    def outcomes(self, months: str = "2019-02", as_of: datetime = AS_OF) -> dict[str, str]:
        """The outcome of each case by its key, as `met` or `unknown: no_start`."""
        judged = self.judged(months, as_of)
        key = self.indicator.table.key[0]
        return {str(each.case.row.values[key]): _said(each) for each in judged}

    def judged(self, months: str = "2019-02", as_of: datetime = AS_OF) -> list[JudgedCase]:
        plan = self._plan(months, as_of, PeriodKind.MONTH)
        judged = judged_cases(plan.indicators[0], open_world(plan, self.extract))
        return [replace(each, periods=(period,)) for each in judged for period in each.periods]

    def cases_at(self, reference_day: date | None) -> list[Case]:
        """The cases of a flow (no reference day) or a stock, unjudged."""
        plan = self._plan("2019-02", AS_OF, PeriodKind.MONTH)
        return list(open_world(plan, self.extract).cases(self.indicator, reference_day))

    def cases(self, months: str = "2019-02", as_of: datetime = AS_OF) -> list[CaseOutcome]:
        """What the engine says of each case."""
        return list(ReferenceEngine().cases(self._plan(months, as_of, PeriodKind.MONTH), self.extract))

    def categories(self, breakdown: str, months: str = "2019-02", as_of: datetime = AS_OF) -> dict[str, int]:
        """How many cases a category has."""
        found: dict[str, int] = {}
        for count in self.counts(months, as_of).outcomes:
            if count.breakdown == breakdown and count.category is not None:
                found[count.category] = found.get(count.category, 0) + count.cases
        return found

    def unplaced(self, as_of: datetime = AS_OF) -> tuple[int, int]:
        """Unplaced cases: blank, unreadable."""
        only = self.counts(as_of=as_of).unplaced[0]
        return only.blank, only.unreadable

    def _plan(self, months: str, as_of: datetime, kind: PeriodKind) -> Plan:
        assert why_unavailable(self.indicator, self.extract) is None
        periods: tuple[Period, ...] = tuple(period_for(kind, Month.parse(month)) for month in months.split())
        return Plan(as_of, (IndicatorPlan(self.indicator, periods, self.indicator.by),), working_days_in_england())


def _said(each: JudgedCase) -> str:
    outcome, reason = each.judgement.outcome, each.judgement.reason
    return f"{outcome}: {reason}" if reason else str(outcome)


def make_world(
    folder: Path, indicator: str, tables: Mapping[str, str] | None = None, **data: str | Mapping[str, str]
) -> World:
    """A world of one indicator; data by table, as CSV text or as a mapping from file names to text."""
    loaded, definition = load(folder, indicator, tables)
    sources = {name: source_of(folder, loaded[name], text) for name, text in data.items()}
    return World(definition, Extract(folder, sources))


def load(
    folder: Path, indicator: str, tables: Mapping[str, str] | None = None
) -> tuple[Mapping[str, Table], Indicator]:
    """The tables, and an indicator with what every definition must say added to it."""
    catalogue = folder / "indicators"
    (catalogue / "tables").mkdir(parents=True, exist_ok=True)
    for name, text in {**TABLES, **(tables or {})}.items():
        (catalogue / "tables" / f"{name}.yaml").write_text(dedent(text), "utf-8")
    whole = "title: An indicator\nimprovement: none\n" + dedent(indicator)
    (catalogue / "tested.yaml").write_text(whole, "utf-8")
    read = load_catalogue(catalogue)
    return read.tables, read.indicators["tested"]


def source_of(folder: Path, table: Table, data: str | Mapping[str, str]) -> TableSource:
    """A table's files, written from text; every header is a declared column or belongs to none."""
    texts = {f"{table.name}.csv": data} if isinstance(data, str) else data
    return TableSource(table, tuple(_file(folder, table, name, text) for name, text in texts.items()))


def _file(folder: Path, table: Table, name: str, text: str) -> SourceFile:
    body = "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"
    path = folder / name
    path.write_text(body, "utf-8")
    headers = tuple(body.splitlines()[0].split(","))
    places = {header: place for place, header in enumerate(headers) if header in table.columns}
    columns = {column: places[column] for column in table.columns if column in places}
    return SourceFile(path, name, FileFormat.CSV, headers, columns)


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)

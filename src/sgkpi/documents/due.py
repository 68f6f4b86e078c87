"""The cases that are overdue or fall due, a line for each case: a document, and records (schema `sgkpi.due/1`)."""

from collections.abc import Iterator, Sequence
from datetime import date

from sgkpi.answers.due import TEAM, DueList, OpenCase, due_day
from sgkpi.definitions.wording import long_date, name_of_month
from sgkpi.documents import cases as case_list
from sgkpi.documents import records as rec
from sgkpi.documents.document import Document, Notes, TableBlock, TableColumn, Title, column, filled
from sgkpi.documents.phrases import (
    IDENTIFIERS,
    age_lines,
    as_of_and_source,
    caution_lines,
    shown_category,
    unavailable_lines,
)
from sgkpi.model.expressions import Kind
from sgkpi.model.groups import grouped
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import date_of
from sgkpi.model.words import plural

SCHEMA = "sgkpi.due/1"
_MOST_IDS = 12  # listed by name; more are a number


def due_document(listed: DueList, today: date | None = None) -> Document:
    """Return a line for each case, under its team; `today` tells whether the extract is an old one."""
    cases = listed.open_cases
    filtered = [f"Only cases with {listed.filtered}"] if listed.filtered.conditions else []
    overdue = sum(case.is_overdue for case in cases)
    first, last = long_date(listed.as_of.date()), long_date(listed.last_day)
    title = f"Due on {first}" if first == last else f"Due from {first} to {last}"
    title += f": {plural(len(cases) - overdue, 'case')}"
    if listed.overdue:
        title = f"Overdue on {first}: {plural(overdue, 'case')}. {title}"
    by_team = grouped((case.team, case) for case in cases)
    groups = tuple(_team_heading(listed, found) for found in by_team.values() for _ in found)
    columns = _columns(listed, cases)
    shown = filled(columns) if cases else columns
    table = TableBlock(shown, groups if any(by_team) else (), when_empty="Nothing falls due.")
    return Document(
        (
            Title((title,), (*filtered, *age_lines(listed, today), *caution_lines(listed.cautions))),
            table,
            Notes(tuple(_notes(listed))),
        )
    )


def _team_heading(listed: DueList, cases: Sequence[OpenCase]) -> str:
    """Return a team by its label, with how many cases it has."""
    indicators = {each.id: each for each in listed.indicators}
    with_team = next((each for each in cases[0].outcomes if TEAM in each.categories), None)
    team = with_team and shown_category(indicators[with_team.indicator], TEAM, cases[0].team)
    overdue = sum(case.is_overdue for case in cases)
    return f"{team or 'Without a team'}: {plural(len(cases), 'case')}" + (f", {overdue:,} overdue" if overdue else "")


def _columns(listed: DueList, cases: Sequence[OpenCase]) -> tuple[TableColumn, ...]:
    """Return the case, when it is or was due, and its indicators."""
    return (
        column("Key", cases, lambda case: case_list.shown_key(case.worst.key)),
        column("Due", cases, lambda case: rec.show_cell(case.worst.due)),
        column("Days\noverdue", cases, lambda case: _days_overdue(case, listed), right=True),
        column("Person", cases, lambda case: case.worst.person or "", 40),
        TableColumn("Indicators", tuple(map(_indicators, cases)), wraps=True),
    )


def _indicators(case: OpenCase) -> str:
    """Return a case's indicators; those in which an overdue one can still be done in time with the day."""
    overdue = [each.outcome is Outcome.OVERDUE for each in case.outcomes]
    days = [
        f" (due {each.due.day} {name_of_month(each.due)[:3]})" if any(overdue) and each.due else ""
        for each in case.outcomes
    ]
    return ", ".join(
        each.indicator + ("" if late else day) for each, late, day in zip(case.outcomes, overdue, days, strict=True)
    )


def _days_overdue(case: OpenCase, listed: DueList) -> str:
    if not case.is_overdue:
        return ""
    due = case.worst.due
    return "no date" if due is None else f"{(listed.as_of.date() - date_of(due)).days:,}"


def _notes(listed: DueList) -> Iterator[str]:
    yield as_of_and_source(listed)
    ids = [each.id for each in listed.indicators]
    looked_at = ", ".join(ids) if len(ids) <= _MOST_IDS else f"{len(ids)} that have a due day"
    yield f"Indicators: {looked_at}" if looked_at else "No indicator has a due day."
    if listed.unjudged:
        unjudged = ", ".join(f"{id_} {count:,}" for id_, count in listed.unjudged.items())
        yield f"Could not be judged, so not listed (`sgkpi cases` says why): {unjudged}"
    yield from unavailable_lines(listed.unavailable, listed.unavailable_breakdowns)
    if listed.cases:
        yield IDENTIFIERS


def due_records(listed: DueList) -> rec.Records:
    """Return a row for each case: its day and indicator, then the columns of a list of cases."""
    breakdowns = case_list.breakdown_columns(listed.indicators)
    first = (rec.RecordColumn("day", Kind.DATE), *rec.category_columns("indicator"))
    rows = tuple(
        {"day": due_day(case), "indicator": case.indicator, **case_list.case_row(case, breakdowns)}
        for case in listed.cases
    )
    table = rec.RecordTable("due", (*first, *case_list.case_columns(listed.indicators)), rows)
    return rec.Records(
        table=table,
        json=lambda: _json(listed, table),
        about=(
            *rec.about_answer(listed),
            ("Up to", listed.last_day),
            ("Filter", str(listed.filtered) or None),
            *(("Indicator", f"{each.title} ({each.id})") for each in listed.indicators),
            *rec.about_unavailable(listed.unavailable),
            case_list.ABOUT_IDENTIFIERS,
        ),
    )


def _json(listed: DueList, table: rec.RecordTable) -> rec.Json:
    return {
        **rec.json_head(SCHEMA, listed),
        "extract": {"source": listed.source},
        "within": listed.within,
        "last_day": listed.last_day,
        "overdue": listed.overdue,
        "filter": str(listed.filtered) or None,
        "indicators": [each.id for each in listed.indicators],
        "unavailable": [rec.members(each, "indicator", "reason") for each in listed.unavailable],
        **rec.limits(listed),
        "unjudged": [{"indicator": id_, "cases": count} for id_, count in listed.unjudged.items()],
        "cases": rec.Lines(table.rows),
    }

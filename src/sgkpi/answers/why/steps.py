"""The questions that were asked of a case, in plain English: the trace of its judgement as steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from sgkpi.answers.why.rows import show_value
from sgkpi.definitions.wording import (
    both,
    column_name,
    condition_in_words,
    either,
    in_words,
    name_of,
    reason_in_words,
    words,
)
from sgkpi.figures.numbers import show_of_case
from sgkpi.judge.cases import Case
from sgkpi.judge.judge import Judgement
from sgkpi.judge.trace import Answer, Question
from sgkpi.judge.values import Value
from sgkpi.model.expressions import Literal
from sgkpi.model.indicator import DuePeriod, Indicator, PeriodColumn, PointInTime
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.periods import Month, Period


@dataclass(frozen=True)
class Step:
    """A question and its answer, in words."""

    question: str
    answer: str


OUTCOMES = {
    Outcome.MET: "it counts in the numerator and the denominator",
    Outcome.NOT_MET: "it counts in the denominator only",
    Outcome.OVERDUE: "it counts in the denominator only",
    Outcome.COUNTED: "it counts in the value",
    Outcome.NOT_DUE: "it counts neither way yet",
    Outcome.UNKNOWN: "it counts neither way",
    Outcome.EXCLUDED: "it counts neither way",
}
_CLOCK_UNKNOWN = {
    Unknown.NO_START: "There is no start, so the clock cannot be read.",
    Unknown.NO_DUE: "There is no due moment, so the clock cannot be read.",
    Unknown.NO_TIME_OF_DAY: "One of these is a date without a time of day, and the clock counts moments.",
    Unknown.STOP_BEFORE_START: "It stopped before it started, so one of the two must be wrong.",
}
_WHATEVER_THE_PERIOD = (Question.POPULATION, Question.PLACED, Question.OPEN, Question.BECAUSE)
_SHOWN_IF_NOT = (Question.READABLE, Question.ONE_ROW, Question.ONE_RELATED)
NO_OUTCOME = Step("So what is its outcome?", "None: it is in no figure here.")
_PERIOD = "Does it belong to the period?"
_UNKNOWN = "Unknown: a value that decides it is not recorded, or is not one of its codes"
# The question, and the answers for true, false and null.
_CONDITIONS = {
    Question.POPULATION: (
        "Is it covered by the population?", "Yes", "No: it is not a case of this indicator", _UNKNOWN,
    ),
    Question.EXCLUDE: ("Is it excluded as “{}”?", "Yes", "No", "No"),
    Question.NOT_DUE: ("Is it too early to ask?", "Not due yet", "No", "No"),
    Question.MET: ("Is it met?", "Yes", "No", _UNKNOWN),
    Question.BECAUSE: ("Is the reason “{}”?", "Yes", "No", "No"),
}  # fmt: skip


@dataclass(frozen=True)
class PlacedCase:
    """A judged case and its period: None when it belongs to none, or not to the month that was asked for."""

    case: Case
    judgement: Judgement
    period: Period | None
    asked: Month | None
    is_covered: bool

    @property
    def counts(self) -> bool:
        """Whether the case is in a figure."""
        return self.judgement.outcome is not None and self.period is not None and self.is_covered


def steps_of(placed: PlacedCase) -> tuple[Step, ...]:
    """Return the steps from the first question to the outcome."""
    asked = (each for each in placed.judgement.trace if placed.counts or each.question in _WHATEVER_THE_PERIOD)
    shown = (each for each in asked if each.question not in _SHOWN_IF_NOT or not each.answer)
    outcome, reason, last = placed.judgement.outcome, placed.judgement.reason, NO_OUTCOME
    if outcome is not None and placed.counts:
        named = f" ({reason_in_words(outcome, reason)})" if reason else ""
        last = Step(NO_OUTCOME.question, f"{words(outcome)}{named}: {OUTCOMES[outcome]}.")
    return (*(step for answer in shown for step in _steps(answer, placed)), last)


def _steps(answer: Answer, placed: PlacedCase) -> Iterator[Step]:  # noqa: C901 - one case a question
    case, table = placed.case, placed.case.indicator.table
    names = {related.name: name_of(related) for related in case.indicator.related}
    match answer.question:
        case Question.POPULATION | Question.EXCLUDE | Question.NOT_DUE | Question.MET | Question.BECAUSE as question:
            yield _condition(answer, *_CONDITIONS[question])
        case Question.PLACED:
            yield from _placement(placed)
        case Question.OPEN:
            yield from _open(placed, is_open=answer.answer is True)
        case Question.POPULATION_KNOWN:
            return  # said with the population
        case Question.ONE_ROW:
            yield Step("Is there one row for its key?", "No: rows that differ share it.")
        case Question.COUNTED:
            yield Step("What is counted?", "The case itself.")
        case Question.READABLE:
            own = [column_name(table, name) for name in case.named.case if name in case.row.unreadable]
            related = [f"a cell of {names[name]}" for name, joined in case.joined.items() if joined.unreadable]
            yield Step("Can every value that it uses be read?", f"No: {both([*own, *related])} cannot be read.")
        case Question.ONE_RELATED:
            several = either(names[name] for name, joined in case.joined.items() if joined.more_than_one)
            yield Step("Is there one related row?", f"No: there is more than one {several}.")
        case Question.VALUE | Question.PER:
            value = "not known" if answer.answer is None else _number(answer.answer, case.indicator)
            asked = "What is its value?" if answer.question is Question.VALUE else "What is it divided by?"
            yield Step(asked, f"{_words(answer)}: {value}.")
        case Question.START:
            yield Step("When does the time start?", f"{_words(answer)} is {show_value(answer.answer)}.")
        case Question.DUE:
            limit = case.indicator.clock.limit if case.indicator.clock else None
            due = "unknown" if answer.answer is None else f"due {show_value(answer.answer)}"
            yield Step("When is it due?", f"{f'The time allowed is {limit}' if limit else _words(answer)}: {due}.")
        case Question.STOP:
            planned = case.reading.planned if case.reading else None
            ahead = " That is still to come, so it has not stopped." if planned else ""
            yield Step("When does it stop?", f"{_words(answer)} is {show_value(planned or answer.answer)}.{ahead}")
        case Question.IN_TIME:
            yield Step("Was that in time?", _in_time(placed))
        case question:
            assert_never(question)


def _condition(answer: Answer, question: str, yes: str, no: str, null: str) -> Step:
    """Return the step of a condition, with the condition unless it always holds."""
    said = null if answer.answer is None else yes if answer.answer else no
    expression = answer.expression
    asked = ""
    if expression is not None and not isinstance(expression, Literal):
        asked = f" Asked: {condition_in_words(expression)}."
    return Step(question.format(words(answer.name or "")), f"{said}.{asked}")


def _words(answer: Answer) -> str:
    """Return the expression that was asked, to begin a sentence with."""
    text = in_words(answer.expression) if answer.expression is not None else ""
    return text[:1].upper() + text[1:]


def _placement(placed: PlacedCase) -> Iterator[Step]:
    """Yield the month of a flow's case, or why a case belongs to none; a stock's reference day is a step of its own."""
    judgement = placed.judgement
    match placed.case.indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            placing, value = column_name(placed.case.indicator.table, column), _value_of(placed.case, column)
        case DuePeriod():
            placing, value = "its due moment", f"it is due {show_value(judgement.due)}"
        case period:
            assert_never(period)
    if judgement.unplaced:
        why = "cannot be read" if judgement.unplaced == "unreadable" else "is not recorded"
        yield Step(_PERIOD, f"It belongs to no period: {placing} {why}.")
    elif judgement.day is not None:
        month = Month.of(judgement.day)
        if placed.asked in (None, month):
            yield Step(_PERIOD, f"It belongs to {month}: {value}.")
            yield from _not_covered(placed)
        else:
            yield Step(_PERIOD, f"No: {value}, so it belongs to {month}, and not to {placed.asked}.")


def _open(placed: PlacedCase, *, is_open: bool) -> Iterator[Step]:
    spell, day = placed.case.indicator.period, placed.case.environment.reference_day
    if not isinstance(spell, PointInTime):
        return
    since = _value_of(placed.case, spell.start)
    since = "the file does not say when it began" if placed.case.is_current_list else since
    said = "Yes: it is open" if is_open else "No: it is not open"
    yield Step(_PERIOD, f"{said} on the reference day, {day}: {since}, and {_value_of(placed.case, spell.end)}.")
    if is_open:
        yield from _not_covered(placed)


def _not_covered(placed: PlacedCase) -> Iterator[Step]:
    if placed.period is not None and not placed.is_covered:
        answer = f"The extract does not cover {placed.period.label}, so there is no figure for it."
        yield Step("Does the extract cover the period?", answer)


def _number(number: Value, indicator: Indicator) -> str:
    if indicator.unit_of_case is not None and isinstance(number, int | Fraction):
        return show_of_case(Fraction(number), indicator.unit_of_case)
    return show_value(number)


def _value_of(case: Case, column: str) -> str:
    return f"{column_name(case.indicator.table, column)} is {show_value(case.row.values.get(column))}"


def _in_time(placed: PlacedCase) -> str:
    outcome, reason, reading = placed.judgement.outcome, placed.judgement.reason, placed.case.reading
    clock, day = placed.case.indicator.clock, placed.case.environment.reference_day
    seen_at = show_value(day) if day else f"{placed.case.environment.as_of:%Y-%m-%d %H:%M}"
    match outcome:
        case Outcome.UNKNOWN:
            return _CLOCK_UNKNOWN[Unknown(reason or "")]
        case Outcome.MET if reading is not None and reading.stop is None:
            return f"Yes: on {seen_at} it is still in date."
        case Outcome.MET:
            return "Yes: it stopped no later than it was due."
        case Outcome.NOT_MET:
            return "No: it stopped later than it was due."
        case Outcome.OVERDUE if reading is not None and reading.lacks_start:
            return "No: there is nothing that would have started the time."
        case Outcome.OVERDUE if clock is not None and clock.stop is None:
            return f"No: on {seen_at} it is out of date."
        case Outcome.OVERDUE:
            return f"No: at {seen_at} it is still open, and past due."
        case Outcome.NOT_DUE | Outcome.COUNTED | Outcome.EXCLUDED | None:
            return f"It is still open at {seen_at}, and the time allowed has not run out."
        case _:
            assert_never(outcome)

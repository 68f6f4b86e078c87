"""The trace of a judgement: each question that was asked of a case, in order, with its answer."""

from enum import StrEnum
from typing import NamedTuple, TypeVar

from sgkpi.judge.expressions import Environment, evaluate
from sgkpi.judge.values import Value
from sgkpi.model.expressions import Expression
from sgkpi.model.outcomes import Outcome


class Question(StrEnum):
    """The questions asked of a case, in their order.

    A question that a definition does not raise (no population, no exclusions, no stop) is not asked.
    """

    POPULATION = "population"  # true, false or null
    PLACED = "placed"  # whether there is a date that places the case in a period
    OPEN = "open"  # whether a stock's case is open on the reference day
    READABLE = "readable"  # whether every cell that the definition names can be read
    ONE_ROW = "one_row"  # whether one row has the key
    ONE_RELATED = "one_related"  # whether no `keep: only` found several rows
    POPULATION_KNOWN = "population_known"  # whether the population's answer was not null
    EXCLUDE = "exclude"  # whether a named exclusion holds
    NOT_DUE = "not_due"  # whether the definition's `not_due` holds
    COUNTED = "counted"  # always true: a count asks no more
    VALUE = "value"  # the value of a mean, median, maximum or ratio
    PER = "per"  # what the value of a ratio is divided by
    MET = "met"  # true, false or null
    START = "start"  # what the clock shows
    DUE = "due"
    STOP = "stop"
    IN_TIME = "in_time"  # the outcome that the clock gives
    BECAUSE = "because"  # whether a named reason holds


class Answer(NamedTuple):
    """A question and its answer, with the expression that asks it and the name of an exclusion or a reason."""

    question: Question
    answer: Value | Outcome
    expression: Expression | None = None
    name: str | None = None


_Answer = TypeVar("_Answer", bound=Value | Outcome)


class Trace(list[Answer]):
    """The answers so far, about a case with an environment."""

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self._environment = environment

    def note(self, question: Question, answer: _Answer, expression: Expression | None = None) -> _Answer:
        """Add an answer that needed no evaluation, and return it."""
        self.append(Answer(question, answer, expression))
        return answer

    def ask(self, question: Question, expression: Expression, name: str | None = None) -> Value:
        """Evaluate an expression, add the answer, and return it."""
        answer = evaluate(expression, self._environment)
        self.append(Answer(question, answer, expression, name))
        return answer

"""Checking definitions: are they well formed, do their examples hold, is a review past."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sgkpi.definitions.catalogue import Catalogue
from sgkpi.definitions.indicators import Example, Indicator
from sgkpi.definitions.load import load_catalogue
from sgkpi.engines.reference.examples import example_holds, run_examples
from sgkpi.engines.reference.judge import Judgement
from sgkpi.errors import DefinitionsError
from sgkpi.problems import Problem, Severity, sort_problems


@dataclass(frozen=True)
class LintReport:
    """What is wrong with a catalogue, and how many indicators and examples were looked at."""

    problems: tuple[Problem, ...]
    indicators: int
    examples: int


def lint_catalogue(path: Path, ids: Sequence[str], *, today: date) -> LintReport:
    """Check the definitions in a folder; with ids, the examples and reviews of those only.

    A catalogue that cannot be loaded gives its problems; raises DefinitionsError where there is
    nothing to check (no folder, an unknown id).
    """
    try:
        catalogue = load_catalogue(path)
    except DefinitionsError as error:
        if not error.problems:
            raise
        return LintReport(error.problems, 0, 0)
    chosen = catalogue.choose(ids)
    found = [problem for indicator in chosen for problem in _check(indicator, catalogue, today)]
    examples = sum(len(indicator.examples) for indicator in chosen)
    return LintReport(sort_problems([*catalogue.warnings, *found]), len(chosen), examples)


def _check(indicator: Indicator, catalogue: Catalogue, today: date) -> Iterator[Problem]:
    for example, judgement in run_examples(indicator, catalogue.closures):
        if not example_holds(example, judgement):
            yield _broken_example(indicator, example, judgement)
    if not indicator.examples:
        message = f"{indicator.id} has no examples, which show what it means"
        yield _warning(indicator, "examples", message, "no-examples")
    if indicator.review_by is not None and indicator.review_by < today:
        message = f"the review of {indicator.id} was due by {indicator.review_by}"
        yield _warning(indicator, "review_by", message, "review-past")


def _broken_example(indicator: Indicator, example: Example, judgement: Judgement | None) -> Problem:
    expected = _spelled(example.outcome, example.because)
    got = _spelled(judgement.outcome, judgement.reason) if judgement and judgement.outcome else "without an outcome"
    message = f"this example should be {expected}, and is {got}"
    return Problem(indicator.path, message, "example-fails", line=example.line)


def _spelled(outcome: str, reason: str | None) -> str:
    return f"'{outcome}'" if reason is None else f"'{outcome}' because '{reason}'"


def _warning(indicator: Indicator, key: str, message: str, code: str) -> Problem:
    line = indicator.lines.get(key, 1)
    return Problem(indicator.path, message, code, line=line, severity=Severity.WARNING)

"""Check definitions: whether they are well formed, their examples hold and reach every branch, and reviews are due."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.definitions.branches import Branch, branches
from sgkpi.definitions.bundled import catalogue_path
from sgkpi.definitions.commentary import read_commentary
from sgkpi.definitions.load import CatalogueReading, read_catalogue
from sgkpi.definitions.wording import either
from sgkpi.judge.boundaries.make import Boundaries, boundaries_of
from sgkpi.judge.examples import ExampleRun, branches_reached, example_holds, run_example
from sgkpi.judge.judge import Judgement
from sgkpi.model.catalogue import Catalogue, complete_each
from sgkpi.model.indicator import Example, Indicator
from sgkpi.model.outcomes import NO_OUTCOME
from sgkpi.model.problems import Problem, Severity, sort_problems
from sgkpi.model.selection import EVERY, Selection
from sgkpi.model.words import plural


@dataclass(frozen=True)
class LintReport:
    """The problems of a catalogue, and the number of indicators and examples that were checked.

    `boundaries` are the cases at the edge of each indicator's clock, if they were asked for.
    """

    problems: tuple[Problem, ...]
    indicators: int
    examples: int
    boundaries: tuple[Boundaries, ...] = ()


def lint_catalogue(
    path: Path | None = None,
    ids: Sequence[str] = (),
    selection: Selection = EVERY,
    *,
    today: date,
    boundaries: bool = False,
    commentary: Path | None = None,
) -> LintReport:
    """Check the definitions in a folder, or those that come with sgkpi, and a folder of commentary if there is one.

    With ids or a selection, only the examples, branches and reviews of those are checked, and no board has a note.
    Definitions that are not well formed are reported, and the others are checked all the same.
    Raises DefinitionsError if there is nothing to check (no folder, an unknown id).
    """
    reading = read_catalogue(path if path is not None else catalogue_path())
    ids = complete_each(ids, reading.names)
    catalogue = reading.catalogue
    left = selection.narrow(catalogue.indicators) if selection else catalogue.indicators
    chosen = [left[name] for name in sorted(set(ids)) or reading.names if name in left]
    found = [problem for indicator in chosen for problem in _check(indicator, catalogue, today)]
    examples = sum(len(indicator.examples) for indicator in chosen)
    written = _commentary_problems(commentary, reading) if commentary else ()
    boards = [each for each in catalogue.board_problems if not (ids or selection) or each.severity is not Severity.NOTE]
    found += _different_points(catalogue, chosen)
    tables = tuple(boundaries_of(each, catalogue.closures) for each in chosen) if boundaries else ()
    unused = () if ids or selection else reading.notes
    problems = sort_problems([*reading.problems, *unused, *boards, *written, *found])
    return LintReport(problems, len(chosen), examples, tables)


def _commentary_problems(folder: Path, reading: CatalogueReading) -> tuple[Problem, ...]:
    """Return the problems of a folder of commentary; what is about a definition with a mistake has a subject too."""
    catalogue = reading.catalogue
    faulty = (Path(each.path).stem for each in catalogue.board_problems if each.severity is Severity.ERROR)
    points = {name: len(board.points) for name, board in catalogue.boards.items()}
    return read_commentary(folder, reading.names, {**dict.fromkeys(faulty), **points})[1]


def _different_points(catalogue: Catalogue, chosen: Sequence[Indicator]) -> Iterator[Problem]:
    """Yield where `answers` of an indicator and the catalogue's board name different points.

    Of several boards nobody knows which one is meant, and a catalogue that never says `answers` does not mean any.
    """
    if len(catalogue.boards) != 1 or not any(each.answers for each in catalogue.indicators.values()):
        return
    (board,) = catalogue.boards.values()
    for indicator in chosen:
        said = indicator.answers.points if indicator.answers else ()
        listing = {point.number: point.lines[indicator.id] for point in board.points if indicator.id in point.lines}
        for number in set(said).difference(listing):
            reason = f"{board.path} does not list it there"
            if number > len(board.points):
                reason = f"{board.path} has {plural(len(board.points), 'point')}"
            message = f"{indicator.id} answers point {number}, but {reason}"
            yield _noted(indicator, "answers.points", message, "answers-differ")
        for number in set(listing).difference(said):
            message = f"point {number} lists {indicator.id}, whose `answers` in {indicator.path} do not have this point"
            yield Problem(board.path, message, "answers-differ", listing[number], severity=Severity.WARNING)


def _check(indicator: Indicator, catalogue: Catalogue, today: date) -> Iterator[Problem]:
    working_days = working_days_in_england(catalogue.closures)
    runs = [(example, run_example(indicator, example, working_days)) for example in indicator.examples]
    for example, run in runs:
        if not example_holds(example, run.judgement):
            yield _broken_example(indicator, example, run.judgement)
    if indicator.examples:
        yield from _unreached(indicator, (run for _, run in runs))
    else:
        message = f"{indicator.id} has no examples; add some to show what it means"
        yield _noted(indicator, "examples", message, "no-examples")
    if indicator.review_by is not None and indicator.review_by < today:
        message = f"the review of {indicator.id} was due by {indicator.review_by}"
        yield _noted(indicator, "review_by", message, "review-past")


def _broken_example(indicator: Indicator, example: Example, judgement: Judgement | None) -> Problem:
    none = example.outcome == NO_OUTCOME
    expected = "have no outcome" if none else f"be {_spelled(example.outcome, example.because)}"
    outcome = judgement.outcome if judgement else None
    found = f"is {_spelled(outcome, judgement.reason)}" if judgement and outcome else "has no outcome"
    message = f"this example should {expected}, but {found}"
    return Problem(indicator.path, message, "example-fails", line=example.line)


def _spelled(outcome: str, reason: str | None) -> str:
    return f"{outcome} ({reason})" if reason else outcome


def _unreached(indicator: Indicator, runs: Iterable[ExampleRun]) -> Iterator[Problem]:
    """Yield a note for each key of a definition with branches that no example reaches."""
    shown = {branch for run in runs for branch in branches_reached(run)}
    lacking: dict[str, list[Branch]] = {}
    for branch in branches(indicator):
        if branch not in shown:
            lacking.setdefault(branch.place, []).append(branch)
    for place, missing in lacking.items():
        reasons: dict[str, list[str]] = {}
        for branch in missing:
            reasons.setdefault(branch.outcome, []).extend([branch.because] if branch.because else [])
        outcomes = (_spelled(outcome, either(found) if found else None) for outcome, found in reasons.items())
        message = f"'{place}': no example is {either(outcomes)}"
        yield _noted(indicator, place, message, "unreached-branch", Severity.NOTE)


def _noted(indicator: Indicator, key: str, message: str, code: str, severity: Severity = Severity.WARNING) -> Problem:
    line = indicator.lines.get(key, 1)
    return Problem(indicator.path, message, code, line=line, severity=severity)

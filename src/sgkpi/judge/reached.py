"""Which branches of its definition a case went through."""

from collections.abc import Iterator

from sgkpi.definitions.branches import NONE, Branch
from sgkpi.judge.cases import Case
from sgkpi.judge.examples import ExampleRun
from sgkpi.judge.expressions import is_true
from sgkpi.judge.judge import Judgement, covers
from sgkpi.model.outcomes import Outcome, Unknown

_FAILED = (Outcome.NOT_MET, Outcome.OVERDUE)
_DECIDED_BY = {Unknown.POPULATION: "population", Unknown.MET: "met", Unknown.VALUE: "value"}


def reached(run: ExampleRun) -> frozenset[Branch]:
    """The branches that an example shows."""
    if run.case is None:
        return frozenset()
    if run.judgement is None:
        return frozenset({Branch("population", NONE)} if covers(run.case) is False else ())
    return frozenset(_of_judgement(run.case, run.judgement))


def _of_judgement(case: Case, judgement: Judgement) -> Iterator[Branch]:
    outcome, reason = judgement.outcome, judgement.reason
    measured_by = "met" if case.indicator.met is not None else "clock"
    match outcome:
        case None | Outcome.COUNTED:
            return
        case Outcome.EXCLUDED:
            yield Branch(f"exclude.{reason}", outcome, reason)
        case Outcome.UNKNOWN:
            yield Branch(_DECIDED_BY.get(Unknown(reason or ""), "clock"), outcome, reason)
        case Outcome.NOT_DUE if is_true(case.indicator.not_due, case.environment):
            yield Branch("not_due", outcome)
        case _:
            yield Branch(measured_by, outcome)
    if outcome in _FAILED and reason is not None:
        yield from (Branch(f"because.{reason}", failed, reason) for failed in _FAILED)

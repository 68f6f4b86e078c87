"""The functions of the expression language, with their parameters and results."""

from dataclasses import dataclass

from sgkpi.model.expressions import Kind

TEXTUAL = frozenset({Kind.TEXT, Kind.CATEGORY})
NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER})
DATED = frozenset({Kind.DATE, Kind.DATETIME})
TIMED = frozenset({Kind.DATETIME})
BIRTH = frozenset({Kind.MONTH, Kind.DATE})


@dataclass(frozen=True)
class Function:
    """The kinds that each parameter accepts, and the kind of the result (None: that of the argument).

    `parameters` is None for a function of any number of values of one kind.
    """

    usage: str
    parameters: tuple[frozenset[Kind], ...] | None
    gives: Kind | None


FUNCTIONS = {
    "coalesce": Function("coalesce(a, b, …)", None, None),
    "least": Function("least(a, b, …)", None, None),
    "greatest": Function("greatest(a, b, …)", None, None),
    "lower": Function("lower(text)", (TEXTUAL,), Kind.TEXT),
    "upper": Function("upper(text)", (TEXTUAL,), Kind.TEXT),
    "abs": Function("abs(number)", (NUMERIC,), None),
    "date": Function("date(moment)", (DATED,), Kind.DATE),
    "days_between": Function("days_between(from, to)", (DATED, DATED), Kind.INTEGER),
    "hours_between": Function("hours_between(from, to)", (TIMED, TIMED), Kind.NUMBER),
    "working_days_between": Function("working_days_between(from, to)", (DATED, DATED), Kind.INTEGER),
    "age_years": Function("age_years(birth_month, on)", (BIRTH, DATED), Kind.INTEGER),
}

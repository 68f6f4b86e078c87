"""Nothing is lost: outcomes add up to cases, categories to totals, reasons to outcomes."""

from collections import Counter

from hypothesis import assume, given, note

from sgkpi.api import Results
from sgkpi.figures.figure import Figure, Status
from sgkpi.model.errors import SgkpiError
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from tests.properties.examples import per_cent
from tests.support.world import World
from tests.support.worlds import worlds

OUTCOMES = [outcome.value for outcome in Outcome]


def computed(world: World) -> Results:
    note(str(world))
    try:
        return world.results()
    except SgkpiError:
        assume(False)
        raise


def cases(figure: Figure) -> Counter[str]:
    return Counter({outcome: getattr(figure, outcome) or 0 for outcome in OUTCOMES})


@per_cent(10)
@given(worlds())
def test_outcomes_add_up(world: World) -> None:
    """Every figure's numerator, denominator and value are made of its outcomes, and of nothing else."""
    for figure in computed(world).figures:
        if figure.status is Status.NOT_COVERED:
            assert not cases(figure).total()
            assert figure.value is figure.lowest is figure.highest is None
        elif figure.measure is Measure.PROPORTION:
            judged = figure.met + figure.not_met + figure.overdue
            assert (figure.numerator, figure.denominator, figure.counted) == (figure.met, judged, 0)
            assert (figure.value is None) == (judged == 0) == (figure.status is Status.NO_CASES)
        elif figure.measure is Measure.RATIO:
            assert (figure.numerator is None) == (figure.denominator is None) == (not figure.counted)
            assert (figure.value is None) == (not figure.denominator) == (figure.status is Status.NO_CASES)
        else:
            assert not figure.met + figure.not_met + figure.overdue
            assert figure.denominator == (None if figure.measure is Measure.COUNT else figure.counted)


@per_cent(10)
@given(worlds())
def test_breakdowns_add_up_to_the_total(world: World) -> None:
    """Every case is in one category of every breakdown, and every breakdown is there."""
    results = computed(world)
    sums: dict[object, Counter[str]] = {}
    for figure in results.figures:
        sums.setdefault((figure.indicator, figure.period, figure.breakdown), Counter()).update(cases(figure))
    breakdowns = {indicator.id: indicator.by for indicator in results.indicators}
    for (indicator, period, breakdown), total in list(sums.items()):
        if breakdown is None:
            for each in breakdowns[indicator]:
                assert +sums.get((indicator, period, each.name), Counter()) == +total


@per_cent(10)
@given(worlds())
def test_reasons_add_up_to_outcomes(world: World) -> None:
    """Every unknown and every excluded case has one reason; a failure may have one."""
    results = computed(world)
    named: dict[object, Counter[str]] = {}
    for each in results.reasons:
        named.setdefault(each.place, Counter())[each.outcome] += each.cases
    for figure in results.figures:
        found = named.pop(figure.place, Counter())
        assert (found["unknown"], found["excluded"]) == (figure.unknown or 0, figure.excluded or 0)
        assert found["not_met"] <= (figure.not_met or 0)
        assert found["overdue"] <= (figure.overdue or 0)
        assert set(found) <= {"unknown", "excluded", "not_met", "overdue"}
    assert not named


@per_cent(10)
@given(worlds())
def test_a_value_lies_between_its_lowest_and_highest(world: World) -> None:
    """What is not known yet can only move a figure within its bounds; without unknowns they meet."""
    results = computed(world)
    stocks = {each.id for each in results.indicators if each.is_stock}
    for figure in results.figures:
        if figure.status is Status.NOT_COVERED or figure.measure not in (Measure.PROPORTION, Measure.COUNT):
            assert figure.lowest is figure.highest is None
        elif figure.value is not None:
            assert figure.lowest <= figure.value <= figure.highest
            assert (figure.lowest == figure.highest) == (
                not figure.unknown and not open_cases(figure, is_stock=figure.indicator in stocks)
            )


def open_cases(figure: Figure, *, is_stock: bool) -> int:
    """The cases that may still fall due: of a count they say nothing about its value, and of a past day none do."""
    return (figure.not_due or 0) if figure.measure is Measure.PROPORTION and not is_stock else 0

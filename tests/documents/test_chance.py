"""What is more than chance, in words: every signal, every reason for none, and what can still change."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from sgkpi import Month, api
from sgkpi.answers.benchmarks import BesideBenchmark
from sgkpi.answers.overview import Overview, make_overview, overview
from sgkpi.definitions.bundled import sample_path
from sgkpi.documents.chance import (
    benchmarks_in_words,
    difference_in_words,
    settled_in_words,
    what_is_known,
)
from sgkpi.documents.show import show_document
from sgkpi.documents.variation import SIGNALS, series_in_words, variation_in_words
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.limits import LimitsKind, NoLimits
from sgkpi.figures.series import Series, SeriesMonth
from sgkpi.figures.signals import Assurance, Flags, Icon, JudgedMonth, Limits, Signal, variation_of
from sgkpi.ledger.movements import Flow
from sgkpi.model.benchmarks import Benchmark
from sgkpi.model.indicator import Baseline, Improvement
from sgkpi.model.request import Request
from tests.support.catalogue import shipped
from tests.support.results import DECIDED, month, proportion, results
from tests.support.screens import shown

FEBRUARY, JANUARY = month("2019-02"), month("2019-01")
FEBRUARYS = proportion(FEBRUARY, 384, 486)
# Around a mean of 80%: from 71.2% to 88.8%
LIMITS = Limits(*map(Fraction, ("0.8", "0.712", "0.888", "0.74", "0.86")))
FLAGS = {
    Signal.ABOVE_LIMIT: Flags(1, 0, 0, 0),
    Signal.BELOW_LIMIT: Flags(-1, 0, 0, 0),
    Signal.RISING: Flags(0, 0, 1, 0),
    Signal.FALLING: Flags(0, 0, -1, 0),
    Signal.TWO_OF_THREE_HIGH: Flags(0, 0, 0, 1),
    Signal.TWO_OF_THREE_LOW: Flags(0, 0, 0, -1),
    Signal.SHIFT_HIGH: Flags(0, 1, 0, 0),
    Signal.SHIFT_LOW: Flags(0, -1, 0, 0),
}
QUARTERS = "`sgkpi compute contacts_decided_24h --period quarter`"
FEW = "Fewer than 2 cases a month, on average, are met or are not met: too few to tell a change from chance."
SELDOM = "a change that chance alone seldom makes"


def charted(
    flags: Flags = Flags(0, 0, 0, 0),  # noqa: B008 - frozen
    figure: Figure = FEBRUARYS,
    kind: LimitsKind = LimitsKind.FIRM,
    assurance: Assurance | None = None,
) -> Series:
    """A series of one point, with limits."""
    variation = variation_of(flags.direction, figure.improvement)
    judged = JudgedMonth(figure.period.last, 1, kind, None, LIMITS, flags, variation, assurance)
    return Series(
        DECIDED, None, None, (SeriesMonth(figure, judged),), Icon(judged.month, variation, assurance, kind, None)
    )


def without(reason: NoLimits) -> Series:
    return Series(DECIDED, None, None, (), Icon(None, None, None, LimitsKind.NONE, reason))


def said(series: Series) -> list[str]:
    return list(variation_in_words(series))


def of(*figures: Figure, **changes: object) -> Overview:
    found = results(*figures, indicators=(changes.pop("indicator", DECIDED),))
    return replace(make_overview(found, figures[-1].period.last, []), **changes)  # type: ignore[arg-type]


class TestVariation:
    def test_within_the_limits(self) -> None:
        assert said(charted()) == [
            "February 2019: no more than usual variation, which reaches from 71.2% to 88.8%.",
        ]

    @pytest.mark.parametrize("signal", Signal)
    def test_every_signal(self, signal: Signal) -> None:
        high = FLAGS[signal].direction > 0
        limits = ", which reaches from 71.2% to 88.8%" if "limit" in signal else ""
        for improvement, meaning in (
            (Improvement.INCREASE, "an improvement" if high else "a cause for concern"),
            (Improvement.DECREASE, "a cause for concern" if high else "an improvement"),
            (Improvement.NONE, "higher than usual" if high else "lower than usual"),
        ):
            series = charted(FLAGS[signal], replace(FEBRUARYS, improvement=improvement))
            assert said(series) == [f"February 2019: {meaning}, {SELDOM}: {SIGNALS[signal]}{limits}."]

    def test_never_significant(self) -> None:
        assert not any("signific" in words for words in SIGNALS.values())
        assert SIGNALS.keys() == set(Signal)

    def test_limits_on_trial(self) -> None:
        (line,) = said(charted(kind=LimitsKind.TRIAL))
        assert line.endswith("reaches from 71.2% to 88.8% (on trial: 12 months are needed).")

    @pytest.mark.parametrize(("unknown", "doubted"), [(54, False), (55, True)])
    def test_many_unknown_cases(self, unknown: int, doubted: bool) -> None:
        # 54 of 540 are a tenth, and not more
        (line,) = said(charted(FLAGS[Signal.ABOVE_LIMIT], replace(FEBRUARYS, unknown=unknown, excluded=9_000)))
        assert ("makes or a change in recording: above" in line) is doubted

    @pytest.mark.parametrize(
        ("assurance", "words"),
        [
            (Assurance.FAILING, "Unless something changes, every month will miss the target of 90%."),
            (Assurance.HITTING, "Unless something changes, every month will reach the target of 90%."),
            (Assurance.INCONSISTENT, "As it is, chance decides which months reach the target of 90%."),
        ],
    )
    def test_assurance(self, assurance: Assurance, words: str) -> None:
        assert said(charted(assurance=assurance))[1] == words

    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            (NoLimits.STOCK, []),
            (NoLimits.MAXIMUM, []),
            (NoLimits.TOO_FEW_POINTS, ["Too few settled months to tell a change from chance: 8 are needed."]),
            (
                NoLimits.SMALL_NUMBERS,
                [f"{FEW} Quarters say more: {QUARTERS}."],
            ),
        ],
    )
    def test_no_limits(self, reason: NoLimits, words: list[str]) -> None:
        assert said(without(reason)) == words

    def test_a_stock_points_to_its_movements(self) -> None:
        (line,) = series_in_words(without(NoLimits.STOCK))
        assert line.endswith("month after month. `sgkpi show contacts_decided_24h` says how many came and left.")

    def test_only_a_baseline_that_makes_the_limits_is_named(self) -> None:
        based = replace(DECIDED, baseline=Baseline(Month(2017, 4), Month(2018, 3)))
        series = replace(charted(), indicator=based)
        sentence = "The months from April 2017 to March 2018 are the baseline."
        assert sentence not in series_in_words(series)
        (month,) = series.months
        by_baseline = replace(month, judged=replace(month.judged, by_baseline=True))
        assert sentence in series_in_words(replace(series, months=(by_baseline,)))

    def test_too_few_months_in_the_baseline(self) -> None:
        judged = JudgedMonth(FEBRUARYS.period.last, 1, reason=NoLimits.TOO_FEW_POINTS, by_baseline=True)
        series = replace(without(NoLimits.TOO_FEW_POINTS), months=(SeriesMonth(FEBRUARYS, judged),))
        assert said(series) == ["Too few settled months in the baseline to tell a change from chance: 8 are needed."]


@pytest.mark.parametrize(("unknown", "marked"), [(54, False), (55, True)])
def test_months_with_many_unknown_cases_are_marked(unknown: int, marked: bool) -> None:
    # Beside 486 judged cases, 54 are a tenth of all, and not more
    text = shown(show_document(of(proportion(JANUARY, 1, 2), replace(FEBRUARYS, unknown=unknown))))
    assert ("79.0% u" in text) is marked
    assert ("\nu more than 10% of the cases could not be judged\n" in text) is marked


class TestSettled:
    def test_what_could_still_change(self) -> None:
        provisional = replace(FEBRUARYS, settled=False, status=Status.PROVISIONAL)
        late = replace(FEBRUARYS, settled=False)
        awaited = replace(DECIDED, settles_after=10)
        assert settled_in_words(of(FEBRUARYS)) == " (settled)"
        assert settled_in_words(of(provisional)) == " (provisional: some cases are not due yet)"
        words = " (not settled: late records are awaited for 10 days after the month)"
        assert settled_in_words(of(late, indicator=awaited)) == words
        assert settled_in_words(of(proportion(FEBRUARY, 0, 0))) == ""

    def test_is_not_compared(self) -> None:
        found = of(proportion(JANUARY, 1, 100), replace(FEBRUARYS, settled=False), series=charted(figure=FEBRUARYS))
        assert next(what_is_known(found)) == "Too early to compare: this figure could still change."
        assert difference_in_words(found, proportion(JANUARY, 1, 100)) == "too early to compare"
        later = of(replace(proportion(JANUARY, 1, 100), settled=False), FEBRUARYS)
        assert difference_in_words(later, later.previous or FEBRUARYS) == "too early to compare"

    def test_the_latest_settled_month_is_named(self) -> None:
        """February could still change: January is what is said to be more than chance."""
        january = proportion(JANUARY, 1, 100)
        found = of(january, replace(FEBRUARYS, settled=False), series=charted(FLAGS[Signal.BELOW_LIMIT], january))
        assert list(what_is_known(found))[1].startswith("January 2019: a cause for concern, ")


class TestDifference:
    def test_limits_stand_in_place_of_a_comparison_of_two_months(self) -> None:
        january = proportion(JANUARY, 1, 100)
        assert difference_in_words(of(january, FEBRUARYS), january) == f"better, {SELDOM}"
        assert difference_in_words(of(january, FEBRUARYS, series=charted()), january) == ""
        # Limits of another month say nothing about this one
        other = charted(figure=january)
        assert difference_in_words(of(january, FEBRUARYS, series=other), january) == f"better, {SELDOM}"

    def test_neither_way_is_better(self) -> None:
        january = proportion(JANUARY, 1, 100)
        figure = replace(FEBRUARYS, improvement=Improvement.NONE)
        assert difference_in_words(of(january, figure), january) == SELDOM


class TestMovements:
    def test_who_came_and_who_left(self) -> None:
        flow = Flow("contacts_decided_24h", "2019-02", 1_200, 3, 0, 0)
        found = of(proportion(JANUARY, 1, 2), FEBRUARYS, movements=flow)
        assert list(what_is_known(found)) == ["Since 31 January 2019, 1,200 entered and 3 left."]

    def test_who_moved_without_a_date(self) -> None:
        found = of(FEBRUARYS, movements=Flow("contacts_decided_24h", "2019-02", 0, 0, 2, 0))
        assert list(what_is_known(found)) == [
            "0 entered and 0 left.",
            "While their spells went on, 2 came into scope and 0 fell out of it.",
        ]


class TestBenchmarks:
    @pytest.mark.parametrize(
        ("value", "differs", "changes", "words"),
        [
            ("0.7", "", {}, "England, January 2019: 70.0%; here 80.0%; better by more than chance explains."),
            ("0.9", "", {}, "England, January 2019: 90.0%; here 80.0%; worse by more than chance explains."),
            ("0.8", "", {}, "England, January 2019: 80.0%; here 80.0%; no further apart than chance explains."),
            ("0.7", "closed", {}, "England, January 2019: 70.0%; here 80.0%. Not the same definition: closed."),
            ("0.7", "", {"settled": False}, "England, January 2019: 70.0%; here 80.0%; too early to compare."),
            ("0.7", "", {"interval_lower": None}, "England, January 2019: 70.0%; here 80.0%."),
        ],
    )  # fmt: skip
    def test_beside_our_own(self, value: str, differs: str, changes: dict[str, object], words: str) -> None:
        interval = {"interval_lower": 0.75, "interval_upper": 0.85}
        own = replace(proportion(JANUARY, 80, 100), **(interval | changes))  # type: ignore[arg-type]
        england = Benchmark("contacts_decided_24h", "England", JANUARY, Decimal(value), "DfE", differs)
        found = of(FEBRUARYS, benchmarks=(BesideBenchmark(england, own),))
        assert list(benchmarks_in_words(found)) == [words]
        assert f"Published figures\n{words}\n" in shown(show_document(found))

    def test_those_of_which_the_same_is_to_be_said_share_a_sentence(self) -> None:
        own = replace(proportion(JANUARY, 80, 100), interval_lower=0.75, interval_upper=0.85)
        areas = [("England", "0.7", "closed"), ("South West", "0.9", "closed"), ("Wales", "0.7", "")]
        beside = [
            BesideBenchmark(Benchmark("contacts_decided_24h", area, JANUARY, Decimal(value), "DfE", differs), own)
            for area, value, differs in areas
        ]
        assert list(benchmarks_in_words(of(FEBRUARYS, benchmarks=tuple(beside)))) == [
            "January 2019: England 70.0%, South West 90.0%; here 80.0%. Not the same definition: closed.",
            "Wales, January 2019: 70.0%; here 80.0%; better by more than chance explains.",
        ]


@pytest.mark.parametrize("id_", ["contacts_decided_24h", "pathway_plans_reviewed", "rhi_completed_72h"])
def test_the_first_screenful_says_what_is_known(id_: str) -> None:
    """Of 80 columns and 24 lines: the value, whether it can change, chance, the target, the month before."""
    catalogue = shipped()
    extract = api.open_extract(sample_path(), catalogue)
    found = overview(extract, catalogue, Request([id_], [Month(2019, 2)]))
    screen = shown(show_document(found, datetime(2019, 3, 5).date()), 80).splitlines()
    assert max(map(len, screen)) <= 80
    first = "\n".join(screen[:22])
    for words in ("(settled)", "the target is", "January 2019, the month before"):
        assert words in first
    assert ("Since 31 January 2019, " if found.indicator.is_stock else "usual variation") in first

"""The marks of reports, read back from their markup: where each line, point and label is, worked out by hand.

A months chart is 230 px high; its plot is from 30 px (the top of the scale) to 186 px, that is 156 px.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from sgkpi.documents.report.page import (
    Bar,
    ChartPoint,
    Column,
    Event,
    Limits,
    MonthsChart,
    PointState,
    Signal,
    Sparkline,
    Table,
    Words,
)
from sgkpi.documents.write.html.charts import bar, months_chart, scale_words, sparkline
from sgkpi.documents.write.html.labels import has_long_labels
from sgkpi.model.periods import Month

TOP, BASE = 30, 186
FEBRUARY = Month(2019, 2)
INK, TARGET, ORANGE, BLUE = "#12436D", "#801650", "#F46A25", "#2073BC"


def share(percent: float | str) -> Fraction:
    return Fraction(str(percent)) / 100


def point(back: int, value: Fraction | None, **others: object) -> ChartPoint:
    """The month this many before February 2019, settled and without a target unless said otherwise."""
    shown = "–" if value is None else f"{float(100 * value):.1f}%"
    state = PointState.NO_CASES if value is None else PointState.VALUE
    made = ChartPoint(FEBRUARY.plus(-back), state, value, shown, settled=True, ended=True)
    return replace(made, **others)  # type: ignore[arg-type]


def chart_of(points: Sequence[ChartPoint], *, is_share: bool = True, **others: object) -> MonthsChart:
    twin = Table("Months", (Column("Month", (Words("February 2019"),)),))
    made = MonthsChart("decided-chart", "Contacts decided", "From 80% to 79%.", tuple(points), is_share, (), twin)
    return replace(made, **others)  # type: ignore[arg-type]


def shares(*percents: float | str | None, **others: object) -> list[ChartPoint]:
    last = len(percents) - 1
    return [point(last - k, None if each is None else share(each), **others) for k, each in enumerate(percents)]


def drawn(chart: MonthsChart) -> ET.Element:
    return ET.fromstring(months_chart(chart))


def named(root: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in root.iter() if name in each.get("class", "").split()]


def texts(root: ET.Element, name: str) -> list[str]:
    return [each.text or "" for each in named(root, name)]


def y_of(percent: float, low: float, high: float) -> float:
    return BASE - (BASE - TOP) * (percent - low) / (high - low)


class TestFluid:
    def test_every_x_is_a_share_of_the_width_and_every_y_a_pixel(self) -> None:
        points = shares(80, 90, None, 70, 75, target=share(85), lowest=share(60), highest=share(95))
        limits = Limits(share(80), share(70), share(90))
        points[3:] = [replace(each, limits=limits, signal=Signal.WORSE) for each in points[3:]]
        root = drawn(chart_of(points, events=(Event("A", FEBRUARY, "New team"),), target_words="Target 85%"))
        for each in root.iter():
            for key in ("x", "x1", "x2", "cx", "width"):
                if each is not root and (written := each.get(key)) and written != "0":
                    assert re.fullmatch(r"-?\d+(\.\d{1,2})?%|-8", written), (each.tag, key, written)
            for key in ("y", "y1", "y2", "cy", "height", "r", "dx"):
                if written := each.get(key):
                    assert re.fullmatch(r"-?\d+(\.\d)?", written), (each.tag, key, written)

    def test_a_chart_fills_its_place_at_a_fixed_height(self) -> None:
        root = drawn(chart_of(shares(80, 90)))
        assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("100%", "230", None)

    def test_months_are_of_equal_width_and_their_points_in_the_middle(self) -> None:
        root = drawn(chart_of(shares(80, 81, 82)))
        assert [each.get("cx") for each in named(root, "point")] == ["16.67%", "50%", "83.33%"]

    def test_no_attribute_is_a_style_or_reaches_outside(self) -> None:
        markup = months_chart(chart_of(shares(80, 90)))
        assert not re.search(r"style=|href|xmlns|url\(", markup)

    def test_readers_who_do_not_see_it_are_given_title_and_description(self) -> None:
        root = drawn(chart_of(shares(80, 90)))
        assert (root.get("role"), root.get("aria-labelledby")) == ("img", "decided-chart-t decided-chart-d")
        assert [(each.get("id"), each.text) for each in (root[0], root[1])] == [
            ("decided-chart-t", "Contacts decided"),
            ("decided-chart-d", "From 80% to 79%."),
        ]


class TestScale:
    """Shares: tens around what is drawn. Numbers: from nought, 1, 2 or 5 apart. Both go as far as what is drawn."""

    @pytest.mark.parametrize(
        ("percents", "ticks"),
        [
            ((79, 90), "70% 80% 90% 100%"),  # 76 and 93 with the space, so 70 to 100
            ((84, 85), "70% 80% 90% 100%"),  # 81 and 88: 80 to 90 is narrower than 30 points, so down, and up
            ((24, 25), "10% 20% 30% 40%"),
            ((100, 100), "70% 80% 90% 100%"),
            ((0, 0), "0% 10% 20% 30%"),
            ((12, 88), "0% 20% 40% 60% 80% 100%"),
            ((35, 90), "20% 40% 60% 80% 100%"),  # 30 to 100 is 70 points: twenties, from 20
            ((45, 85), "40% 50% 60% 70% 80% 90%"),
            ((136, 151), "130% 140% 150% 160%"),  # of a budget: 133 and 154, no more than 160
            ((40, 310), "0% 100% 200% 300% 400%"),  # 280 points: hundreds, as five fifties are too few
            ((-12, 20), "-20% -10% 0% 10% 20% 30%"),
        ],
    )
    def test_shares(self, percents: tuple[int, ...], ticks: str) -> None:
        root = drawn(chart_of(shares(*percents)))
        assert " ".join(each.text or "" for each in root.iter("text") if each.get("x") == "-8") == ticks

    @pytest.mark.parametrize(
        ("numbers", "ticks"),
        [
            ((0, 0), "0 1"),
            ((3, 4), "0 1 2 3 4"),
            ((3, 5), "0 2 4 6"),
            ((129, 100), "0 50 100 150"),
            ((4100, 0), "0 2,000 4,000 6,000"),
            ((8000, 0), "0 2,000 4,000 6,000 8,000"),
            ((-8, 7), "-10 -5 0 5 10"),
            ((-3, -2), "-3 -2 -1 0"),
        ],
    )
    def test_numbers(self, numbers: tuple[int, ...], ticks: str) -> None:
        points = [point(1 - k, Fraction(each)) for k, each in enumerate(numbers)]
        root = drawn(chart_of(points, is_share=False))
        assert " ".join(each.text or "" for each in root.iter("text") if each.get("x") == "-8") == ticks

    def test_targets_limits_and_reaches_have_room(self) -> None:
        points = shares(80, 81, target=share(95), lowest=share(62), highest=share(81))
        limits = Limits(share(80), share(55), share(100))
        root = drawn(chart_of([points[0], replace(points[1], limits=limits)]))
        assert texts(root, "axis")[:6] == ["50%", "60%", "70%", "80%", "90%", "100%"]

    def test_each_tick_is_a_text_at_the_left_with_a_line_across(self) -> None:
        root = drawn(chart_of(shares(79, 90)))
        lines = [each for each in named(root, "grid") if (each.get("x1"), each.get("x2")) == ("0", "100%")]
        assert [each.get("y1") for each in lines] == ["186", "134", "82", "30"]
        assert all(each.get("y1") == each.get("y2") for each in lines)
        labels = [each for each in root.iter("text") if each.get("x") == "-8"]
        assert [each.get("y") for each in labels] == ["190", "138", "86", "34"]

    def test_values_below_nought_and_above_100_per_cent_are_inside(self) -> None:
        """From -10 to 10 a unit is 7.8 px: -8 is 15.6 px above the bottom. From 130 to 160 a point is 5.2 px."""
        days = drawn(chart_of([point(1, Fraction(-8)), point(0, Fraction(7))], is_share=False))
        assert [each.get("cy") for each in named(days, "point")] == ["170.4", "53.4"]
        spent = drawn(chart_of(shares(136, 151)))
        assert [each.get("cy") for each in named(spent, "point")] == ["154.8", "76.8"]

    def test_limits_below_nought_do_not_stretch_a_scale_of_numbers_that_are_not(self) -> None:
        """A wait of 5 days with limits of -5 and 19: from 0 to 20, a day is 7.8 px, and the band ends at the foot."""
        limits = Limits(Fraction(7), Fraction(-5), Fraction(19))
        waits = chart_of([point(1, Fraction(5), limits=limits), point(0, Fraction(5), limits=limits)], is_share=False)
        assert scale_words(waits) == ""
        root = drawn(waits)
        assert [each.get("cy") for each in named(root, "point")] == ["147", "147"]
        (band,) = named(root, "band")
        assert (band.get("y"), band.get("height")) == ("37.8", "148.2")
        assert [each.get("y1") for each in named(root, "limit")] == ["186", "37.8"]
        lower = replace(waits, points=(point(0, Fraction(-1), limits=limits),))  # one is below it, and so is the scale
        assert scale_words(lower) == "The scale starts at -10, not at zero."

    def test_a_scale_that_does_not_start_at_zero_says_so(self) -> None:
        assert scale_words(chart_of(shares(79, 90))) == "The scale starts at 70%, not at zero."
        assert scale_words(chart_of(shares(5, 9))) == ""
        assert scale_words(chart_of([point(0, Fraction(90))], is_share=False)) == ""
        assert (
            scale_words(chart_of([point(0, Fraction(-9))], is_share=False)) == "The scale starts at -10, not at zero."
        )

    def test_every_point_can_be_read_back_from_the_ticks(self) -> None:
        percents = [61.7, 88.8, 93.2, 71.05, 99.9, 66.6]
        root = drawn(chart_of(shares(*percents)))
        ticks = {each.text: float(each.get("y", "")) - 4 for each in root.iter("text") if each.get("x") == "-8"}
        low, high = (ticks[each] for each in ("50%", "100%"))
        for each, percent in zip(named(root, "point"), percents, strict=True):
            assert abs(float(each.get("cy", "")) - (low + (high - low) * (percent - 50) / 50)) <= 0.5


class TestSeries:
    def test_settled_is_filled_and_not_settled_hollow(self) -> None:
        points = shares(80, 90)
        root = drawn(chart_of([points[0], replace(points[1], settled=False)]))
        filled, hollow = named(root, "point")
        assert (filled.get("fill"), filled.get("stroke"), filled.get("class")) == (INK, INK, "point")
        assert (hollow.get("fill"), hollow.get("stroke"), hollow.get("class")) == ("#fff", INK, "point hollow")

    def test_the_line_is_dashed_only_to_a_month_that_is_not_over(self) -> None:
        points = shares(80, 85, 90)
        points[1], points[2] = replace(points[1], settled=False), replace(points[2], settled=False, ended=False)
        first, second = named(drawn(chart_of(points)), "series")
        assert (first.get("stroke-dasharray"), second.get("stroke-dasharray")) == (None, "5 4")
        assert (first.get("stroke"), first.get("stroke-width")) == (INK, "2.5")

    def test_nothing_joins_months_that_are_not_neighbours_with_a_value(self) -> None:
        root = drawn(chart_of(shares(80, None, 90, 91)))
        assert [(each.get("x1"), each.get("x2")) for each in named(root, "series")] == [("62.5%", "87.5%")]

    def test_a_month_with_a_value_is_one_circle(self) -> None:
        assert len(list(drawn(chart_of(shares(80, None, 90, 91))).iter("circle"))) == 3

    @pytest.mark.parametrize(("lowest", "seen"), [("81", True), ("88", False)])
    def test_a_reach_is_drawn_where_it_is_longer_than_nine_pixels(self, lowest: str, seen: bool) -> None:
        """On a scale of 30 points one is 5.2 px: from 81% to 90.9% are 51 px, from 88% to 89.7% they are 8.8 px."""
        points = [point(0, share("90.9"), lowest=share(lowest), highest=share("90.9" if seen else "89.7"))]
        lines = named(drawn(chart_of(points)), "reach")
        assert len(lines) == seen
        if seen:
            bottom, top = (float(lines[0].get(key, "")) for key in ("y1", "y2"))
            assert bottom - top == pytest.approx(9.9 * 156 / 30, abs=0.11)


class TestGaps:
    def test_not_covered_is_a_band_with_crosses(self) -> None:
        gone = {"state": PointState.NOT_COVERED}
        points = [point(3, None, **gone), point(2, None, **gone), *shares(80, 90)]
        root = drawn(chart_of(points))
        (band,) = named(root, "gap")
        assert (band.get("x"), band.get("width"), band.get("y"), band.get("height")) == ("0%", "50%", "30", "156")
        assert [each.get("x") for each in root.iter("text") if each.text == "×"] == ["12.5%", "37.5%"]

    def test_suppressed_is_the_same_with_c(self) -> None:
        root = drawn(chart_of([point(1, None, state=PointState.SUPPRESSED), point(0, share(80))]))
        assert len(named(root, "gap")) == 1
        assert [each.get("x") for each in root.iter("text") if each.text == "c"] == ["25%"]

    def test_neighbouring_gaps_of_two_kinds_are_two_bands(self) -> None:
        states = [PointState.NOT_COVERED, PointState.SUPPRESSED]
        points = [*(point(2 - k, None, state=each) for k, each in enumerate(states)), point(0, share(80))]
        assert [each.get("x") for each in named(drawn(chart_of(points)), "gap")] == ["0%", "33.33%"]

    def test_no_case_is_a_dash_without_a_band(self) -> None:
        root = drawn(chart_of(shares(80, None, 90)))
        assert named(root, "gap") == []
        assert [each.get("x") for each in root.iter("text") if each.text == "–"] == ["50%"]

    def test_a_month_of_which_much_is_unknown_has_a_u_below_its_point(self) -> None:
        points = shares(80, 85)
        root = drawn(chart_of([points[0], replace(points[1], much_unknown=True)]))
        assert [(each.get("x"), each.get("y")) for each in root.iter("text") if each.text == "u"] == [("75%", "180")]
        assert len(named(root, "point")) == 2


class TestTarget:
    def test_each_month_has_its_own_and_a_change_is_at_its_left_edge(self) -> None:
        points = shares(80, 81, 82, 83, target=share(80))
        points[2:] = [replace(each, target=share(90)) for each in points[2:]]
        lines = [
            [each.get(key) for key in ("x1", "x2", "y1", "y2")] for each in named(drawn(chart_of(points)), "target")
        ]
        at_80, at_90 = "134", "82"  # of a scale from 70 to 100
        assert lines == [
            ["0%", "50%", at_80, at_80],
            ["50%", "50%", at_80, at_90],
            ["50%", "100%", at_90, at_90],
        ]

    def test_months_without_a_target_part_the_line(self) -> None:
        points = shares(80, 81, 82, target=share(80))
        points[1] = replace(points[1], target=None)
        lines = named(drawn(chart_of(points)), "target")
        assert [(each.get("x1"), each.get("x2")) for each in lines] == [("0%", "33.33%"), ("66.67%", "100%")]

    def test_it_is_dashed_in_its_own_colour(self) -> None:
        (line,) = named(drawn(chart_of(shares(80, target=share(80)))), "target")
        assert (line.get("stroke"), line.get("stroke-dasharray")) == (TARGET, "7 3")

    def test_a_month_that_is_not_covered_has_one_too(self) -> None:
        points = [point(1, None, state=PointState.NOT_COVERED, target=share(90)), point(0, share(80), target=share(90))]
        (line,) = named(drawn(chart_of(points)), "target")
        assert (line.get("x1"), line.get("x2")) == ("0%", "100%")


class TestLimits:
    def points(self) -> list[ChartPoint]:
        """Two months of a phase, two of the next with a limit that narrows, and one that is no point."""
        limits = [
            Limits(share(80), share(70), share(90), phase=1),
            Limits(share(80), share(70), share(90), phase=1),
            Limits(share(80), share(72), share(88), phase=2),
            Limits(share(80), share(74), share(86), phase=2),
            None,
        ]
        return [replace(each, limits=own) for each, own in zip(shares(80, 80, 80, 80, 80), limits, strict=True)]

    def test_the_band_is_a_step_for_each_run_of_equal_limits(self) -> None:
        bands = named(drawn(chart_of(self.points())), "band")
        assert [(each.get("x"), each.get("width")) for each in bands] == [("0%", "40%"), ("40%", "20%"), ("60%", "20%")]
        # 67% and 93% with the space: a scale from 60 to 100, in which 10 points are 39 px
        assert [(each.get("y"), each.get("height")) for each in bands] == [
            ("69", "78"),
            ("76.8", "62.4"),
            ("84.6", "46.8"),
        ]

    def test_its_edges_are_dotted_and_the_mean_is_a_line_for_each_phase(self) -> None:
        root = drawn(chart_of(self.points()))
        assert {each.get("stroke-dasharray") for each in named(root, "limit")} == {"2 4"}
        assert [(each.get("x1"), each.get("x2")) for each in named(root, "mean")] == [("0%", "40%"), ("40%", "80%")]

    def test_a_chart_without_limits_has_no_band(self) -> None:
        root = drawn(chart_of(shares(80, 90)))
        assert [*named(root, "band"), *named(root, "limit"), *named(root, "mean")] == []


class TestSignals:
    @pytest.mark.parametrize(
        ("signal", "corners", "fill"),
        [
            (Signal.WORSE, "M0-7L7 0L0 7L-7 0Z", ORANGE),  # a diamond
            (Signal.BETTER, "M-5.5-5.5H5.5V5.5H-5.5Z", BLUE),  # a square
            (Signal.HIGHER, "M0-7L6.5 5H-6.5Z", INK),  # a triangle that points up
            (Signal.LOWER, "M0 7L-6.5-5H6.5Z", INK),
        ],
    )
    def test_each_has_a_shape_as_well_as_a_colour(self, signal: Signal, corners: str, fill: str) -> None:
        root = drawn(chart_of([point(1, share(80)), point(0, share(90), signal=signal)]))
        (place,) = root.iter("svg") if root.tag != "svg" else [each for each in root.iter("svg") if each is not root]
        assert (place.get("x"), place.get("y")) == ("75%", f"{y_of(90, 70, 100):g}")
        (path,) = place
        assert (path.get("d"), path.get("fill"), path.get("stroke")) == (corners, fill, INK)
        assert len(list(root.iter("circle"))) == 1


class TestLabels:
    def test_last_value_and_target_are_at_the_right_and_the_first_value_at_its_point(self) -> None:
        root = drawn(chart_of(shares(75, 80, 79, 79, target=share(95)), target_words="Target 95%"))
        at_end = [each for each in root.iter("text") if each.get("x") == "100%"]
        assert [each.text for each in at_end] == ["79.0%", "Target", "95%"]
        assert texts(root, "label") == ["79.0%", "Target", "95%", "75.0%"]

    def test_they_are_level_with_their_lines_where_there_is_room(self) -> None:
        root = drawn(chart_of(shares(75, 72, target=share(95)), target_words="Target 95%"))
        value, target, number = (float(each.get("y", "")) for each in named(root, "label")[:3])
        # The middle of digits of 15 px is 5.25 px above their base, that of 13 px 4.55 px.
        assert value == pytest.approx(y_of(72, 60, 100) + 5.25, abs=0.1)
        assert (target + number) / 2 == pytest.approx(y_of(95, 60, 100) + 4.55, abs=0.1)

    @pytest.mark.parametrize("target", [79, 80, 78, 100])
    @pytest.mark.parametrize("value", [79, 99.8, 71])
    def test_they_never_overlap(self, value: float, target: int) -> None:
        root = drawn(chart_of(shares(75, value, target=share(target)), target_words=f"Target {target}%"))
        sizes = {"label strong": 15, "label of-target": 13}
        places = [
            (float(each.get("y", "")), sizes[each.get("class", "")])
            for each in root.iter("text")
            if each.get("x") == "100%"
        ]
        boxes = sorted((y - 0.92 * size, y + 0.22 * size) for y, size in places)
        assert len(boxes) == 3
        assert all(after[0] >= before[1] for before, after in pairwise(boxes))
        assert boxes[0][0] >= 0

    def test_a_target_of_one_word_is_one_line(self) -> None:
        root = drawn(chart_of(shares(75, 79, target=share(95)), target_words="95%"))
        assert texts(root, "of-target") == ["95%"]

    def test_a_unit_is_on_a_line_of_its_own_at_the_end_and_left_out_at_a_point(self) -> None:
        """`396.0 days` in bold is 77 px wide, and the margin of a narrow page 66 px."""
        numbers = [point(1, Fraction(396), shown="396.0 days"), point(0, Fraction(372), shown="372.0 days")]
        points = [replace(each, target=Fraction(426)) for each in numbers]
        root = drawn(chart_of(points, is_share=False, target_words="Target 426 days"))
        assert texts(root, "label") == ["372.0", "days", "Target", "426", "days", "396.0"]
        heights = [float(each.get("y", "")) for each in root.iter("text") if each.get("x") == "100%"]
        assert sorted(heights)[0] > 0
        assert all(after - before >= 13 for before, after in pairwise(sorted(heights)))

    @pytest.mark.parametrize(
        ("shown", "value", "target", "is_long"),
        [
            ("100.0%", 1, "Target 100%", False),
            ("£32.23", 1, "Target £200", False),
            ("£326.23", 1, "Target £200", True),
            ("24.4 hours", 1, "Target 1,250,000 hours", True),
            ("suppressed", None, "", False),  # is not written
        ],
    )
    def test_a_long_word_has_a_wider_margin(self, shown: str, value: int | None, target: str, is_long: bool) -> None:
        last = point(0, None if value is None else Fraction(value), shown=shown)
        assert has_long_labels(chart_of([last], is_share=False, target_words=target)) is is_long

    def test_the_first_label_is_above_its_point(self) -> None:
        root = drawn(chart_of(shares(80, 78, 77, 76, 79)))
        assert named(root, "label")[1].get("y") == f"{y_of(80, 60, 90) - 11:g}"

    def test_it_goes_below_where_the_target_is_within_13_pixels(self) -> None:
        """80% on a scale of 70 to 100 is at 134 px, a label above it around 118 px; 83% is at 118.4 px."""
        root = drawn(chart_of(shares(80, 78, 77, 90, 79, target=share(83))))
        assert named(root, "label")[-1].get("y") == f"{134 + 21}"

    def test_it_goes_below_where_the_line_rises_through_it(self) -> None:
        root = drawn(chart_of(shares(80, 90, 77, 76, 79)))
        assert named(root, "label")[-1].get("y") == f"{134 + 21}"

    def test_it_is_left_out_where_both_sides_are_taken(self) -> None:
        """The target is just above, and from the point down there is a reach of 30 px."""
        first = point(4, share(80), target=share(83), lowest=share(74), highest=share(80))
        root = drawn(chart_of([first, *shares(78, 77, 90, 79, target=share(83))]))
        assert texts(root, "label") == ["79.0%"]

    def test_it_stays_clear_of_the_axis_and_of_marks_at_it(self) -> None:
        """At nought a label fits above the axis (186 - 11), but not where months beside it have a dash there."""
        assert named(drawn(chart_of(shares(0, 0, 0, 0, 0))), "label")[-1].get("y") == "175"
        assert texts(drawn(chart_of(shares(0, None, 0, 0, 0))), "label") == ["0.0%"]

    def test_the_last_value_is_at_its_point_where_gaps_follow(self) -> None:
        gap = point(0, None, state=PointState.NOT_COVERED)
        root = drawn(chart_of([*(replace(each, month=each.month.plus(-1)) for each in shares(80, 78, 77, 76)), gap]))
        assert [(each.text, each.get("x")) for each in named(root, "label")] == [("80.0%", "0%"), ("76.0%", "60%")]

    def test_it_is_to_the_left_of_its_point_where_the_plot_ends_before_it(self) -> None:
        """A label is as wide as 3 of 12 months: at the tenth it still fits, at the eleventh it does not."""
        assert named(drawn(chart_of(shares(*[80] * 10, None, None))), "label")[1].get("x") == "75%"
        labels = named(drawn(chart_of(shares(*[80] * 11, None))), "label")
        assert [(each.get("x"), each.get("dx"), each.get("text-anchor")) for each in labels] == [
            ("0%", "2", None),
            ("91.67%", "-2", "end"),
        ]

    def test_the_first_value_is_left_out_where_that_of_the_last_is_to_its_left(self) -> None:
        """The last label is on the ninth to the eleventh month; one at the sixth would end with the eighth."""
        values = [*[None] * 5, *[80] * 6, None]
        assert [each.get("x") for each in named(drawn(chart_of(shares(*values))), "label")] == ["91.67%"]

    def test_a_single_month_is_labelled_once(self) -> None:
        assert texts(drawn(chart_of(shares(80))), "label") == ["80.0%"]

    def test_a_chart_without_any_value_has_the_label_of_its_target_alone(self) -> None:
        points = [point(k, None, state=PointState.NOT_COVERED, target=share(90)) for k in (1, 0)]
        root = drawn(chart_of(points, target_words="Target 90%"))
        assert texts(root, "label") == ["Target", "90%"]


class TestMonths:
    def names(self, count: int) -> dict[str, list[str]]:
        root = drawn(chart_of(shares(*[80] * count)))
        found: dict[str, list[str]] = {}
        for each in root.iter("text"):
            if each.get("y") == str(BASE + 19):
                found.setdefault(each.get("class", ""), []).append(each.text or "")
        return found

    def test_up_to_14_months_every_second_name_goes_on_a_narrow_page(self) -> None:
        assert self.names(6) == {"axis minor": ["Sep", "Nov", "Jan"], "axis least": ["Dec"], "axis": ["Oct", "Feb"]}

    def test_of_more_two_of_three_go(self) -> None:
        names = self.names(24)
        assert names["axis"] + names["axis least"] == ["Aug", "Feb", "Aug", "Feb", "May", "Nov", "May", "Nov"]
        assert len(names["axis minor"]) == 16

    def test_of_five_years_every_third_is_named_at_all(self) -> None:
        assert sum(len(each) for each in self.names(60).values()) == 20

    def test_years_are_below_january_and_the_first_month(self) -> None:
        root = drawn(chart_of(shares(*[80] * 24)))
        years = [(each.text, each.get("x")) for each in root.iter("text") if each.get("y") == str(BASE + 35)]
        assert years == [("2017", "2.08%"), ("2018", "43.75%"), ("2019", "93.75%")]  # March 2017 to February 2019

    def test_the_first_has_no_year_where_january_is_too_near(self) -> None:
        root = drawn(chart_of(shares(80, 80, 80, 80)))
        assert [each.text for each in root.iter("text") if each.get("y") == str(BASE + 35)] == ["2019"]


class TestEvents:
    def test_an_event_is_a_dotted_upright_with_its_letter(self) -> None:
        root = drawn(chart_of(shares(80, 81, 82, 83), events=(Event("A", Month(2019, 1), "New team"),)))
        (line,) = named(root, "event")
        assert (line.get("x1"), line.get("x2"), line.get("y2"), line.get("stroke-dasharray")) == (
            "62.5%",
            "62.5%",
            "186",
            "1 3",
        )
        assert ("A", "62.5%") in [(each.text, each.get("x")) for each in named(root, "strong")]

    def test_letters_of_neighbours_are_on_two_rows_and_those_of_a_month_together(self) -> None:
        months = [Month(2018, 12), Month(2019, 1), Month(2019, 1), Month(2019, 1), Month(2019, 2)]
        events = tuple(Event(letter, month, "…") for letter, month in zip("ABCDE", months, strict=True))
        root = drawn(chart_of(shares(80, 81, 82, 83), events=events))
        letters = [(each.text, each.get("y")) for each in named(root, "strong") if "axis" in each.get("class", "")]
        assert letters == [("A", "24"), ("B–E", "8")]

    def test_letters_that_have_no_room_are_told_together(self) -> None:
        """Of five years, on the narrowest page, letters told together take twelve months of a row."""
        events = tuple(Event(letter, FEBRUARY.plus(k - 59), "…") for k, letter in enumerate("ABCDEFGH"))
        root = drawn(chart_of(shares(*[80] * 60), events=events))
        letters = [(each.text, each.get("x")) for each in named(root, "strong") if "axis" in each.get("class", "")]
        assert letters == [("A", "0.83%"), ("B–H", "2.5%")]
        assert len(named(root, "event")) == 8

    def test_events_of_other_months_are_not_drawn(self) -> None:
        assert named(drawn(chart_of(shares(80, 81), events=(Event("A", Month(2012, 1), "…"),))), "event") == []

    def test_a_label_makes_way_for_letters(self) -> None:
        root = drawn(chart_of(shares(99, 98, 97, 96, 95), events=(Event("A", Month(2018, 10), "…"),)))
        assert named(root, "label")[-1].get("y") == f"{y_of(99, 70, 100) + 21:.1f}"


class TestBar:
    def test_a_value_against_nought_to_the_greatest(self) -> None:
        root = ET.fromstring(bar(Bar(share(79), Fraction(1), share(90), (share(75), share("82.5")))))
        assert (root.get("aria-hidden"), root.get("focusable")) == ("true", "false")
        (fill,) = named(root, "fill")
        assert (fill.get("x"), fill.get("width"), fill.get("height")) == ("0%", "79%", "12")
        (interval,), (halo, around_target), (target,) = (named(root, each) for each in ("interval", "halo", "target"))
        assert (around_target.get("x1"), around_target.get("stroke")) == ("90%", "#fff")
        assert (interval.get("x1"), interval.get("x2"), interval.get("stroke-width")) == ("75%", "82.5%", "2.5")
        assert (halo.get("x1"), halo.get("x2"), halo.get("stroke")) == ("75%", "82.5%", "#fff")
        assert (target.get("x1"), target.get("x2"), target.get("y1"), target.get("y2")) == ("90%", "90%", "0", "18")

    def test_a_number_against_the_greatest_of_its_column(self) -> None:
        (fill,) = named(ET.fromstring(bar(Bar(Fraction(3), Fraction(12)))), "fill")
        assert fill.get("width") == "25%"

    def test_a_value_below_nought_ends_at_nought(self) -> None:
        """From -5 to 15, nought is at a quarter, and -2 at 3 of 20."""
        below, above = (Bar(Fraction(n), Fraction(15), Fraction(5), least=Fraction(-5)) for n in (-2, 15))
        (fill,) = named(ET.fromstring(bar(below)), "fill")
        assert (fill.get("x"), fill.get("width")) == ("15%", "10%")
        root = ET.fromstring(bar(above))
        assert [(each.get("x"), each.get("width")) for each in named(root, "fill")] == [("25%", "75%")]
        assert [each.get("x1") for each in named(root, "target")] == ["50%"]

    def test_no_value_and_a_scale_of_nothing_draw_no_length(self) -> None:
        assert named(ET.fromstring(bar(Bar(None, Fraction(1)))), "fill") == []
        (fill,) = named(ET.fromstring(bar(Bar(Fraction(0), Fraction(0)))), "fill")
        assert fill.get("width") == "0%"


class TestSparkline:
    def test_months_on_a_scale_of_their_own_with_a_dot_at_the_last(self) -> None:
        root = ET.fromstring(sparkline(Sparkline((share(80), share(90), None, share(85), share(80)), "…")))
        assert root.get("aria-hidden") == "true"
        lines = [[each.get(key) for key in ("x1", "y1", "x2", "y2")] for each in named(root, "series")]
        assert lines == [["0%", "26", "25%", "4"], ["75%", "15", "100%", "26"]]
        (dot,) = root.iter("circle")
        assert (dot.get("cx"), dot.get("cy")) == ("100%", "26")

    def test_a_constant_is_in_the_middle(self) -> None:
        root = ET.fromstring(sparkline(Sparkline((share(100), share(100)), "…")))
        assert {each.get(key) for each in named(root, "series") for key in ("y1", "y2")} == {"15"}

    def test_no_value_is_an_empty_drawing(self) -> None:
        assert len(ET.fromstring(sparkline(Sparkline((None, None), "…")))) == 0


def test_texts_are_escaped_and_what_a_page_must_not_have_is_replaced() -> None:
    chart = chart_of(shares(80, 90), caption='<script>\x00 & "http://x"')
    markup = months_chart(chart)
    assert '<title id="decided-chart-t">&lt;script&gt;\ufffd &amp; "&#104;ttp://x"</title>' in markup

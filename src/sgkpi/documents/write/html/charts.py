"""The three marks of reports: months against targets and limits, a bar for a cell of a table, and a sparkline."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil
from typing import assert_never

from markupsafe import Markup

from sgkpi.definitions.wording import name_of_month
from sgkpi.documents.report.page import Bar, ChartPoint, Event, MonthsChart, PointState, Signal, Sparkline
from sgkpi.documents.write.html.labels import draw_labels
from sgkpi.documents.write.html.plot import BASE, HEIGHT, TOP, Plot, runs
from sgkpi.documents.write.html.scale import scale_of
from sgkpi.documents.write.html.svg import (
    AXIS,
    BAND,
    BETTER,
    EDGE,
    GAP,
    GRID,
    INK,
    INTERVAL,
    REST,
    TARGET,
    WORSE,
    Drawing,
    Number,
    ornament,
    percent,
    picture,
)

_FULL = ("0", "100%")
GAPS = {PointState.NOT_COVERED: "×", PointState.SUPPRESSED: "c", PointState.NO_CASES: "–"}
MUCH_UNKNOWN = "u"
_EVENT_ROWS = (TOP - 6, TOP - 22)
# Up to how many names of months all fit a wide page, and every second one a narrow page.
_MOST_NAMES = 24
_MONTHS_IN_HALVES = 14


def scale_words(chart: MonthsChart) -> str:
    """Return where the scale starts; nothing if that is at zero."""
    scale = scale_of(chart.points, is_share=chart.is_share)
    return f"The scale starts at {scale.shown(scale.low)}, not at zero." if scale.low else ""


def months_chart(chart: MonthsChart) -> Markup:
    """Return the months of a chart as one SVG."""
    plot = Plot(chart.points, scale_of(chart.points, is_share=chart.is_share))
    name = f"chart{' long' if plot.count > _MONTHS_IN_HALVES else ''}{' eventful' if chart.events else ''}"
    drawing = picture(name, HEIGHT, chart.id, chart.caption, chart.description)
    _draw_bands(drawing, plot)
    _draw_ticks(drawing, plot)
    _draw_gaps(drawing, plot)
    _draw_limits(drawing, plot)
    _draw_events(drawing, plot, chart.events)
    _draw_target(drawing, plot)
    _draw_series(drawing, plot)
    _draw_months(drawing, plot)
    draw_labels(drawing, plot, chart)
    return drawing.markup()


def _draw_bands(drawing: Drawing, plot: Plot) -> None:
    """Draw the pale band between the limits of chance, a step for each run of months that share them."""
    for first, last in runs(point.limits for point in plot.points):
        if limits := plot.points[first].limits:
            top, bottom = plot.y(limits.upper), plot.y(limits.lower)
            x, width = plot.left(first), plot.width(first, last)
            place: dict[str, str | Number] = {"x": x, "width": width, "y": top, "height": bottom - top}
            drawing.draw("rect", class_="band", fill=BAND, shape_rendering="crispEdges", **place)


def _draw_limits(drawing: Drawing, plot: Plot) -> None:
    """Draw the edges of the band dotted, and the mean, which the months of a phase share, as a thin line."""
    for first, last in runs(point.limits for point in plot.points):
        if limits := plot.points[first].limits:
            for edge in (plot.y(limits.lower), plot.y(limits.upper)):
                drawing.line("limit", plot.across(first, last), (edge, edge), stroke=EDGE, stroke_dasharray="2 4")
    for first, last in runs(point.limits and (point.limits.phase, point.limits.mean) for point in plot.points):
        if limits := plot.points[first].limits:
            mean = plot.y(limits.mean)
            drawing.line("mean", plot.across(first, last), (mean, mean), stroke=EDGE)


def _draw_ticks(drawing: Drawing, plot: Plot) -> None:
    for tick in plot.scale.ticks:
        y = plot.y(tick)
        drawing.line("grid", _FULL, (y, y), stroke=GRID)
        drawing.draw("text", plot.scale.shown(tick), class_="axis", x=-8, y=y + 4, text_anchor="end")


def _draw_gaps(drawing: Drawing, plot: Plot) -> None:
    """Mark months without a value, by a band where one is withheld or not known, and those with many unknown cases."""
    gaps = [None if point.state is PointState.VALUE else point.state for point in plot.points]
    for first, last in runs(gaps):
        if plot.points[first].state is not PointState.NO_CASES:
            x, width = plot.left(first), plot.width(first, last)
            drawing.draw("rect", class_="gap", fill=GAP, x=x, width=width, y=TOP, height=BASE - TOP)
        for index in range(first, last + 1):
            _mark_month(drawing, plot, index, GAPS[plot.points[index].state])
    for index, point in enumerate(plot.points):
        if point.much_unknown:
            _mark_month(drawing, plot, index, MUCH_UNKNOWN)


def _mark_month(drawing: Drawing, plot: Plot, index: int, mark: str) -> None:
    drawing.draw("text", mark, class_="axis", x=plot.middle(index), y=BASE - 6, text_anchor="middle")


def _draw_events(drawing: Drawing, plot: Plot, events: Sequence[Event]) -> None:
    """Draw a dotted upright for each month with events, and their letters above; neighbours are on different rows."""
    indexes = {point.month: index for index, point in enumerate(plot.points)}
    inside = sorted((event for event in events if event.month in indexes), key=lambda event: event.month)
    months = [
        (indexes[month], [each.letter for each in own]) for month, own in groupby(inside, lambda each: each.month)
    ]
    # Letters at least this many months apart fit on a row of the narrowest page; closer ones share a mark: B–D.
    short = plot.count <= _MOST_NAMES and all(len(letters) == 1 for _, letters in months)
    apart = 2 if short else 4 * ceil(plot.count / _MOST_NAMES)
    groups: list[tuple[int, list[str]]] = []
    for index, letters in months:
        if len(groups) > 1 and index - groups[-2][0] < apart:
            groups[-1][1].extend(letters)
        else:
            groups.append((index, letters))
        x = plot.middle(index)
        drawing.line(
            "event", (x, x), (_EVENT_ROWS[(len(groups) - 1) % 2] + 3, BASE), stroke=AXIS, stroke_dasharray="1 3"
        )
    for order, (index, letters) in enumerate(groups):
        text = letters[0] if len(letters) == 1 else f"{letters[0]}–{letters[-1]}"
        place = {"x": plot.middle(index), "y": str(_EVENT_ROWS[order % 2])}
        drawing.draw("text", text, class_="axis strong", text_anchor="middle", **place)


def _draw_target(drawing: Drawing, plot: Plot) -> None:
    """Draw the targets as steps: each month has its own, and a change is at the month's left edge."""
    look: dict[str, str | Number] = {"stroke": TARGET, "stroke_width": 1.75, "stroke_dasharray": "7 3"}
    before: tuple[int, Fraction] | None = None
    for first, last in runs(point.target for point in plot.points):
        target = plot.points[first].target
        if target is None:
            continue
        y, x = plot.y(target), plot.left(first)
        if before and before[0] == first - 1:
            drawing.line("target", (x, x), (plot.y(before[1]), y), **look)
        drawing.line("target", plot.across(first, last), (y, y), **look)
        before = last, target


def _draw_series(drawing: Drawing, plot: Plot) -> None:
    """Draw lines between neighbours that have values, dashed to a month that is not over; then reaches and points."""
    for (k, _, value), (j, point, other) in pairwise(plot.valued):
        if j == k + 1:
            look: dict[str, str | Number] = {"stroke": INK, "stroke_width": 2.5}
            if not point.ended:
                look["stroke_dasharray"] = "5 4"
            drawing.line("series", (plot.middle(k), plot.middle(j)), (plot.y(value), plot.y(other)), **look)
    for k, point, value in plot.valued:
        if reach := plot.reach(point):
            drawing.line("reach", (plot.middle(k), plot.middle(k)), reach, stroke=INK, stroke_width=1.25)
        _draw_point(drawing, plot.middle(k), plot.y(value), point)


def _draw_point(drawing: Drawing, x: str, y: float, point: ChartPoint) -> None:
    """Draw a dot, hollow where the value is not settled; a signal has a shape and a colour of its own."""
    if point.signal is None:
        fill, name = (INK, "point") if point.settled else ("#fff", "point hollow")
        drawing.draw("circle", class_=name, cx=x, cy=y, r=4.5, fill=fill, stroke=INK, stroke_width=2)
        return
    shape, colour = signal_shape(point.signal)
    place = drawing.draw("svg", x=x, y=y, overflow="visible", aria_hidden="true")
    place.draw("path", class_=f"point {point.signal}", d=shape, fill=colour, stroke=INK)


def signal_shape(signal: Signal) -> tuple[str, str]:
    """Return the outline of a signal around (0, 0), and its colour: a diamond, a square, or a triangle."""
    match signal:
        case Signal.WORSE:
            return "M0-7L7 0L0 7L-7 0Z", WORSE
        case Signal.BETTER:
            return "M-5.5-5.5H5.5V5.5H-5.5Z", BETTER
        case Signal.HIGHER:
            return "M0-7L6.5 5H-6.5Z", INK
        case Signal.LOWER:
            return "M0 7L-6.5-5H6.5Z", INK
        case _:
            assert_never(signal)


def _draw_months(drawing: Drawing, plot: Plot) -> None:
    """Draw the axis of months, counted back from the last: names that go on a narrow page, and below them the years."""
    drawing.line("base", _FULL, (BASE, BASE), stroke=AXIS)
    wide = ceil(plot.count / _MOST_NAMES)
    narrow = wide * (2 if plot.count <= _MONTHS_IN_HALVES else 3)
    for index, point in enumerate(plot.points):
        back = plot.count - 1 - index
        if back % wide == 0:
            name = "axis" if back % (2 * narrow) == 0 else "axis minor" if back % narrow else "axis least"
            text, x = name_of_month(point.month.first_day)[:3], plot.middle(index)
            drawing.draw("text", text, class_=name, x=x, y=BASE + 19, text_anchor="middle")
    for index in _years(plot.points):
        year = str(plot.points[index].month.year)
        drawing.draw("text", year, class_="axis", x=plot.middle(index), y=BASE + 35, text_anchor="middle")


def _years(points: Sequence[ChartPoint]) -> list[int]:
    """Return the months that have their year below: each January, and the first if the next is far enough away."""
    januaries = [index for index, point in enumerate(points) if point.month.month == 1]
    apart = max(4, ceil(len(points) / 6))
    every = max(1, ceil(len(points) / 72))  # of twelve years and more, not every one has room
    januaries = januaries[::-1][::every][::-1]
    return januaries if januaries and januaries[0] < apart else [0, *januaries]


def sparkline(spark: Sparkline) -> Markup:
    """Return the values on a scale of their own, with a dot at the last."""
    drawing = ornament("spark", 30)
    valued = [(k, value) for k, value in enumerate(spark.values) if value is not None]
    if not valued:
        return drawing.markup()
    low, high = min(value for _, value in valued), max(value for _, value in valued)
    steps = max(len(spark.values) - 1, 1)

    def place(k: int, value: Fraction) -> tuple[str, float]:
        return percent(k / steps), 15 if high == low else float(26 - 22 * (value - low) / (high - low))

    for before, after in pairwise(valued):
        if after[0] == before[0] + 1:
            (x1, y1), (x2, y2) = place(*before), place(*after)
            drawing.line("series", (x1, x2), (y1, y2), stroke=INK, stroke_width=1.75)
    x_last, y_last = place(*valued[-1])
    drawing.draw("circle", class_="point", cx=x_last, cy=y_last, r=3.5, fill=INK)
    return drawing.markup()


def bar(cell: Bar) -> Markup:
    """Return a value from nought on the scale of its column, with its interval and its target."""
    drawing = ornament("bar", 18)

    def at(value: Fraction) -> str:
        return percent(share_of(value))

    def share_of(value: Fraction) -> Fraction:
        return (value - cell.least) / (cell.greatest - cell.least) if cell.greatest > cell.least else Fraction(0)

    drawing.draw("rect", class_="rest", fill=REST, x="0", y=3, width="100%", height=12)
    if cell.value is not None:
        first, last = sorted((Fraction(0), cell.value))
        width = percent(share_of(last) - share_of(first))
        drawing.draw("rect", class_="fill", fill=INK, x=at(first), y=3, width=width, height=12)
    if cell.value is not None and cell.interval:
        x = (at(cell.interval[0]), at(cell.interval[1]))
        drawing.line("halo", x, (9, 9), stroke="#fff", stroke_width=5)
        drawing.line("interval", x, (9, 9), stroke=INTERVAL, stroke_width=2.5)
    if cell.target is not None:
        place = (at(cell.target), at(cell.target))
        drawing.line("halo", place, (0, 18), stroke="#fff", stroke_width=5.5)
        drawing.line("target", place, (0, 18), stroke=TARGET, stroke_width=2.5)
    return drawing.markup()

"""The marks of a chart's key, drawn as they are in the chart."""

from typing import assert_never

from markupsafe import Markup

from sgkpi.documents.report.page import Mark, MonthsChart, PointState, Signal
from sgkpi.documents.write.html.charts import GAPS, MUCH_UNKNOWN, signal_shape
from sgkpi.documents.write.html.plot import Plot
from sgkpi.documents.write.html.scale import scale_of
from sgkpi.documents.write.html.svg import BAND, EDGE, INK, TARGET, Drawing, small


def drawn_key(chart: MonthsChart) -> tuple[tuple[Mark, str], ...]:
    """Return the marks of a chart's key without the reach, where each is too short to be drawn."""
    plot = Plot(chart.points, scale_of(chart.points, is_share=chart.is_share))
    has_reach = any(plot.reach(point) for point in chart.points)
    return tuple((mark, words) for mark, words in chart.key if has_reach or mark is not Mark.REACH)


def key_mark(mark: Mark) -> Markup:
    """Return a mark as it is in the chart, for the beginning of its words; a letter is written as one."""
    match mark:
        case Mark.VALUE:
            drawing = small(26, 12)
            _line(drawing, 6, INK, stroke_width=2.5)
            drawing.draw("circle", class_="point", cx=13, cy=6, r=4, fill=INK)
        case Mark.NOT_SETTLED:
            drawing = small(12, 12)
            drawing.draw("circle", class_="point hollow", cx=6, cy=6, r=4.5, fill="#fff", stroke=INK, stroke_width=2)
        case Mark.REACH:
            drawing = small(8, 14)
            drawing.draw("line", class_="reach", x1=4, x2=4, y1=0, y2=14, stroke=INK, stroke_width=1.25)
        case Mark.TARGET:
            drawing = small(27, 12)
            _line(drawing, 6, TARGET, stroke_width=2, stroke_dasharray="7 3")
        case Mark.LIMITS:
            drawing = small(26, 13)
            drawing.draw("rect", class_="band", fill=BAND, x=0, y=1, width=26, height=11)
            for y, dashes in ((1, "2 4"), (6.5, "none"), (12, "2 4")):
                _line(drawing, y, EDGE, stroke_dasharray=dashes)
        case Mark.BETTER | Mark.WORSE | Mark.HIGHER | Mark.LOWER:
            drawing = _signal(Signal(mark.value))
        case Mark.NO_CASES | Mark.NOT_COVERED | Mark.SUPPRESSED:
            return _letter(GAPS[PointState(mark.value)])
        case Mark.MUCH_UNKNOWN:
            return _letter(MUCH_UNKNOWN)
        case _:
            assert_never(mark)
    return drawing.markup()


def _letter(letter: str) -> Markup:
    return Markup('<b aria-hidden="true">{}</b> ').format(letter)


def _signal(signal: Signal) -> Drawing:
    drawing, (shape, colour) = small(16, 14), signal_shape(signal)
    drawing.draw("path", class_=f"point {signal}", d=shape, transform="translate(8 7)", fill=colour, stroke=INK)
    return drawing


def _line(drawing: Drawing, y: float, colour: str, **look: str | float) -> None:
    drawing.draw("line", class_="stroke", x1=0, x2="100%", y1=y, y2=y, stroke=colour, **look)

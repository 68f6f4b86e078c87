"""Contrast of what a browser's check cannot see in charts: WCAG 2.2's sums, 4.5 to 1 for text and 3 to 1 for marks."""

import re
from importlib.resources import files

import pytest

from sgkpi.documents.write.html import svg

WHITE = "#ffffff"
CSS = files("sgkpi.documents.write.html").joinpath("templates", "report.css").read_text(encoding="utf-8")
AXIS_TEXT = re.search(r"\.axis\{[^}]*fill:(#\w+)", CSS)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2, of a colour as `#12436D`."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_sums_are_those_of_the_standard() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.478, abs=0.001)  # the grey that just fails


@pytest.mark.parametrize("ground", [WHITE, svg.BAND, svg.GAP])
def test_text_in_charts(ground: str) -> None:
    assert AXIS_TEXT
    for colour in (svg.INK, svg.TARGET, AXIS_TEXT[1]):
        assert contrast(colour, ground) >= 4.5, colour


@pytest.mark.parametrize("ground", [WHITE, svg.BAND, svg.GAP, svg.REST])
def test_lines_and_points(ground: str) -> None:
    """Signals have an outline of ink; grid, bands and the rest of a bar say nothing that is not said otherwise."""
    for colour in (svg.INK, svg.TARGET, svg.EDGE, svg.AXIS):
        assert contrast(colour, ground) >= 3, colour


def test_an_interval_against_its_halo_and_signals_against_white() -> None:
    assert contrast(svg.INTERVAL, WHITE) >= 3
    assert contrast(svg.BETTER, WHITE) >= 3
    assert contrast(svg.WORSE, WHITE) >= 3

"""Elements of SVG that fill any width: every x is a percentage of it, every y a pixel.

An SVG with a fixed width shrinks its text with it, to 7 px on a telephone; here text keeps its size. Attributes alone
give colours and widths, so that a chart is drawn where a mail program or a server drops the style sheet.
"""

from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree as ET

from markupsafe import Markup

from sgkpi.documents.write.html.text import clean, without_addresses

# The Analysis Function's colours for charts, and greys.
INK, TARGET, WORSE, BETTER, INTERVAL = "#12436D", "#801650", "#F46A25", "#2073BC", "#B8560F"
GRID, BAND, EDGE, GAP, REST, AXIS = "#D0D3D6", "#E4EBF2", "#6B7580", "#F3F2F1", "#E3E6E9", "#3D3D3D"

Number = int | float | Fraction


def px(number: Number) -> str:
    """Return pixels, rounded to a tenth: `12.5`, `8`."""
    text = f"{float(number):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def percent(share: Number) -> str:
    """Return a share of the width as a percentage, rounded to a hundredth: `4.17%`."""
    text = f"{100 * float(share):.2f}".rstrip("0").rstrip(".")
    return f"{'0' if text == '-0' else text}%"


@dataclass(frozen=True)
class Drawing:
    """An element of SVG that others are drawn into."""

    element: ET.Element

    def draw(self, tag: str, text: str = "", /, **attributes: str | Number) -> "Drawing":
        """Draw an element into this one and return it; `class_` is `class`, and `stroke_width` `stroke-width`."""
        written = {
            name.rstrip("_").replace("_", "-"): clean(value) if isinstance(value, str) else px(value)
            for name, value in attributes.items()
        }
        child = ET.SubElement(self.element, tag, written)
        if text:
            child.text = clean(text)
        return Drawing(child)

    def line(self, class_: str, x: tuple[str, str], y: tuple[Number, Number], /, **attributes: str | Number) -> None:
        """Draw a line from (x, y) to (x, y)."""
        self.draw("line", class_=class_, x1=x[0], x2=x[1], y1=y[0], y2=y[1], **attributes)

    def markup(self) -> Markup:
        """Return the element as HTML, in which SVG needs no namespace."""
        return Markup(without_addresses(ET.tostring(self.element, encoding="unicode")))


def picture(name: str, height: int, id_: str, title: str, description: str) -> Drawing:
    """Return a drawing that readers who do not see it know by its title and description."""
    drawing = _svg(name, height, {"role": "img", "aria-labelledby": f"{id_}-t {id_}-d"})
    drawing.draw("title", title, id=f"{id_}-t")
    drawing.draw("desc", description, id=f"{id_}-d")
    return drawing


def ornament(name: str, height: int) -> Drawing:
    """Return a drawing of what words beside it say, hidden from readers who do not see it."""
    return _svg(name, height, {"aria-hidden": "true", "focusable": "false"})


def small(width: int, height: int) -> Drawing:
    """Return a drawing of a fixed size that is part of a line of text."""
    size = {"width": px(width), "height": px(height), "aria-hidden": "true", "focusable": "false"}
    return Drawing(ET.Element("svg", size))


def _svg(name: str, height: int, attributes: dict[str, str]) -> Drawing:
    size = {"class": name, "width": "100%", "height": px(height), "overflow": "visible"}
    return Drawing(ET.Element("svg", {**size, **attributes}))

"""Reports as a browser shows them: what `browser.mjs` finds, and what is wrong with the pages that it printed."""

import json
from collections.abc import Iterator
from pathlib import Path
from unicodedata import category
from xml.etree.ElementTree import Element

from html5lib import HTMLParser

from tests.reports.tools import HERE, chromium, node_modules, program, run
from tests.support.html_faults import name_of, named, text_of

SECONDS = 1200  # ten times what it takes on two cores that do nothing else
LONGEST_TITLE = 90
_UNBROKEN = 8  # characters of a word, which a narrow column may break
_A4 = "594.96 x 841.92 pts (A4)"


def browser_faults(folder: Path) -> Iterator[str]:
    """Yield the faults of each page of a folder: accessibility, widths, labels, requests, and its print."""
    browser = chromium()
    modules = node_modules()
    node = program(("node", "nodejs"), ("nodejs",))
    lines = run([node, HERE / "browser.mjs", browser, folder, modules], seconds=SECONDS).splitlines()
    read = [json.loads(line) for line in lines]
    if sorted(each["page"] for each in read) != sorted(path.name for path in folder.glob("*.html")):
        yield f"the browser read {len(read)} of {len(list(folder.glob('*.html')))} pages"
    for each in read:
        yield from (f"{each['page']}: {fault}" for fault in each["faults"])
    for path in sorted(folder.glob("*.html")):
        yield from (f"{path.name}, printed: {fault}" for fault in printed_faults(path, path.with_suffix(".pdf")))


def printed_faults(html: Path, pdf: Path) -> Iterator[str]:
    """Yield what is wrong with a printed page."""
    pdfinfo, pdftotext = (program((name,), ("poppler-utils",)) for name in ("pdfinfo", "pdftotext"))
    facts = dict(line.split(":", 1) for line in run([pdfinfo, pdf], seconds=60).splitlines() if ":" in line)
    if facts["Tagged"].strip() != "yes":
        yield "not tagged"
    if facts["Page size"].strip() != _A4:
        yield f"not A4 but{facts['Page size']}"
    sheets = run([pdftotext, pdf, "-"], seconds=60).rstrip("\f").split("\f")
    root = HTMLParser().parse(html.read_bytes())
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    yield from _layout_faults(sheets, elements)
    yield from _missing_text(sheets, elements)


def _layout_faults(sheets: list[str], elements: list[Element]) -> Iterator[str]:
    """Yield headings at the foot of a sheet, sheets without the title and number, and sheets of two indicators."""
    title = _squeezed(text_of(named(elements, "h1")[0]))[:LONGEST_TITLE]
    headings = {_squeezed(text_of(each)) for each in named(elements, "h2", "h3", "h4", "h5", "caption")}
    indicators = [_chart_words(each) for each in named(elements, "figure")]
    found: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        lines = [_squeezed(line) for line in sheet.splitlines() if line.strip()]
        foot = f"Page{number}of{len(sheets)}"
        body = [line for line in lines if line != foot and not line.startswith(title[:40])]
        if foot not in lines or not any(line.startswith(title[:40]) for line in lines):
            yield f"sheet {number} has not the title and its number"
        if body and body[-1] in headings:
            yield f"sheet {number} ends with the heading {body[-1]!r}"
        here = [each for each in indicators if each in "".join(body)]
        found += here
        if len(here) > 1:
            yield f"sheet {number} has two indicators: {here}"
    if sorted(found) != sorted(indicators):
        yield f"indicators on the sheets: {len(found)} of {len(indicators)}"


def _chart_words(figure: Element) -> str:
    """Return the caption of a chart with the first word of its key, which follow each other nowhere else."""
    caption = next(each for each in figure.iter() if name_of(each) == "figcaption")
    return _squeezed(text_of(caption))[: len(_squeezed(text_of(caption[0]))) + len("Value")]


def _missing_text(sheets: list[str], elements: list[Element]) -> Iterator[str]:
    """Yield tables of which a word was not printed; those behind charts are not printed, but where a page says so."""
    text = _squeezed("".join(sheets))
    prints_twins = "prints-tables" in named(elements, "body")[0].get("class", "")
    folded = {id(each) for details in named(elements, "details") for each in details.iter()}
    for table in named(elements, "table"):
        if id(table) in folded and not prints_twins:
            continue
        hidden = {id(each) for each in table.iter() if "hidden" in each.get("class", "").split()}
        words = [word for each in table.iter() if id(each) not in hidden for word in (each.text or "").split()]
        missing = [word for word in words if _squeezed(word)[:_UNBROKEN] not in text]
        if missing:
            yield f"{text_of(table[0])!r} lacks {missing[:5]}"


def _squeezed(text: str) -> str:
    """Return a text without spaces, and without characters that are not seen, which a PDF's text lacks."""
    return "".join(each for each in text if not each.isspace() and category(each) != "Cf")

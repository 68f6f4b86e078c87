"""Faults of a report's HTML that can be found without a browser; html5lib reads it as a browser does."""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from xml.etree.ElementTree import Element

from html5lib import HTMLParser

from sgkpi.documents.report.page import CHART_TABLE

_FORBIDDEN = {"script", "iframe", "object", "embed", "link", "img", "image", "form", "base", "audio", "video", "use"}
_FETCHING = {"src", "srcset", "href", "data", "action", "poster", "background"}
_POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
_PYTHON_WORDS = re.compile(r"\b(nan|NaN|None|Infinity|undefined)\b")
LARGEST = 2_000_000


def faults(html: bytes) -> list[str]:
    """Return every fault of a page, each once."""
    parser = HTMLParser(strict=False)
    root = parser.parse(html)
    found = [f"not valid at {at}: {code}" for at, code, _ in parser.errors]
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    for check in (_ids, _attributes, _links, _headings, _tables, _dashes, _drawings, _sections, _details, _head):
        found += check(root, elements)
    found += _bytes(html)
    return list(dict.fromkeys(found))


def name_of(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element) -> str:
    """The text of an element, with each run of spaces as one."""
    return " ".join("".join(element.itertext()).split())


def named(elements: list[Element], *names: str) -> list[Element]:
    return [each for each in elements if name_of(each) in names]


def _ids(root: Element, elements: list[Element]) -> Iterator[str]:
    ids = Counter(each.get("id") for each in elements if each.get("id") is not None)
    yield from (f"id {each!r} is there {count} times" for each, count in ids.items() if count > 1 or not each)
    for element in elements:
        for key in ("aria-labelledby", "aria-describedby"):
            for each in element.get(key, "").split():
                if each not in ids:
                    yield f"{name_of(element)}: {key} names {each!r}, which is not there"


def _attributes(root: Element, elements: list[Element]) -> Iterator[str]:
    for element in elements:
        if name_of(element) in _FORBIDDEN:
            yield f"<{name_of(element)}> in the page"
        for key, value in element.attrib.items():
            if key == "style" or key.startswith("on"):
                yield f"{name_of(element)}: attribute {key}"
            if key.rpartition("}")[2] in _FETCHING and not value.startswith("#"):
                yield f"{name_of(element)}: {key} leads out of the page"


def _links(root: Element, elements: list[Element]) -> Iterator[str]:
    ids = {each.get("id") for each in elements}
    for link in named(elements, "a"):
        if link.get("href", "")[1:] not in ids:
            yield f"a link to {link.get('href')!r}, which is not there"
        if not text_of(link):
            yield "a link without text"


def _headings(root: Element, elements: list[Element]) -> Iterator[str]:
    headings = named(elements, "h1", "h2", "h3", "h4", "h5", "h6")
    levels = [int(name_of(each)[1]) for each in headings]
    if levels.count(1) != 1 or levels[0] != 1:
        yield "there is not one h1, before all other headings"
    yield from (
        f"a heading of level {after} follows one of {before}"
        for before, after in pairwise(levels)
        if after > before + 1
    )
    yield from ("a heading without text" for each in headings if not text_of(each))


def _tables(root: Element, elements: list[Element]) -> Iterator[str]:
    for table in named(elements, "table"):
        captions = [text_of(each) for each in table if name_of(each) == "caption"]
        if len(captions) != 1 or not captions[0]:
            yield "a table without a caption"
        rows = named(list(table.iter()), "tr")
        if len({len(row) for row in rows}) != 1:
            yield f"rows of different lengths: {captions}"
        for cell in named(list(table.iter()), "th", "td"):
            if cell.get("rowspan") or cell.get("colspan"):
                yield f"merged cells: {captions}"
            if not text_of(cell):
                yield f"an empty cell: {captions}"
        for k, row in enumerate(rows):
            scopes = [each.get("scope") for each in row if name_of(each) == "th"]
            if scopes != (["col"] * len(row) if k == 0 else ["row"]) or name_of(row[0]) != "th":
                yield f"a row whose headers are not as they should be: {captions}"


def _dashes(root: Element, elements: list[Element]) -> Iterator[str]:
    """A dash in a cell has its meaning in words on the page, under the heading of its column."""
    notes = {
        text_of(each).partition(":")[0] for each in named(elements, "p") if "dash" in each.get("class", "").split()
    }
    for table in named(elements, "table"):
        heads, *rows = ([*row] for row in named(list(table.iter()), "tr"))
        for row in rows:
            for head, cell in zip(heads, row, strict=False):
                if (cell.text or "").strip() == "–" and f"“–” under {text_of(head)}" not in notes:
                    yield f"a dash without a meaning under {text_of(head)!r}"


def _drawings(root: Element, elements: list[Element]) -> Iterator[str]:
    inside = {id(each) for svg in named(elements, "svg") for each in svg.iter() if each is not svg}
    pictures = 0
    for svg in named(elements, "svg"):
        if svg.get("role") == "img":
            pictures += 1
            words = [text_of(each) for each in svg if name_of(each) in ("title", "desc")]
            if len(words) != 2 or not all(words) or len(svg.get("aria-labelledby", "").split()) != 2:
                yield "a chart without a title or a description"
        elif svg.get("aria-hidden") != "true" and id(svg) not in inside:
            yield "a drawing that is neither named nor hidden"
    for figure in named(elements, "figure"):
        twins = [each for each in figure if name_of(each) == "details" and named(list(each.iter()), "table")]
        summaries = [text_of(each) for twin in twins for each in twin if name_of(each) == "summary"]
        if len(summaries) != 1 or not summaries[0].startswith(f"{CHART_TABLE} ("):
            yield "a chart without the table of its numbers"
    if pictures != len(named(elements, "figure")):
        yield "a chart outside of a figure, or a figure without a chart"


def _sections(root: Element, elements: list[Element]) -> Iterator[str]:
    headings = {each.get("id") for each in named(elements, "h1", "h2", "h3", "h4", "h5", "h6")}
    for section in named(elements, "section"):
        if section.get("aria-labelledby") not in headings:
            yield "a section that is not labelled by its heading"
    for name in ("header", "main", "footer", "nav"):
        if len(named(elements, name)) != 1:
            yield f"there is not one <{name}>"
    for region in elements:
        if region.get("tabindex") and not (region.get("role") == "region" and region.get("aria-label")):
            yield "what takes the focus has no name"
    body = next(iter(named(elements, "body")), None)
    first = None if body is None or not len(body) else body[0]
    if first is None or name_of(first) != "a" or "skip" not in first.get("class", ""):
        yield "the page does not begin with a link to skip to its content"


def _details(root: Element, elements: list[Element]) -> Iterator[str]:
    in_figures = {id(each) for figure in named(elements, "figure") for each in figure.iter()}
    yield from (
        "details that are no twin of a chart" for each in named(elements, "details") if id(each) not in in_figures
    )


def _head(root: Element, elements: list[Element]) -> Iterator[str]:
    if root.get("lang") != "en-GB":
        yield "the language is not en-GB"
    styles = named(elements, "style")
    if len(styles) != 1:
        yield "there is not one style sheet"
        return
    css = styles[0].text or ""
    if re.search(r"url\(|@import|@font-face|expression\(", css):
        yield "the style sheet fetches something"
    metas = {each.get("http-equiv") or each.get("name"): each.get("content") for each in named(elements, "meta")}
    if metas.get("Content-Security-Policy") != _POLICY.format(b64encode(sha256(css.encode()).digest()).decode()):
        yield "the policy is not that of the page's own style sheet"
    for name, content in (("robots", "noindex"), ("referrer", "no-referrer")):
        if metas.get(name) != content:
            yield f"no {name}"
    if not re.fullmatch(r"sgkpi \S+", metas.get("generator") or ""):
        yield "no generator with its version"


def _bytes(html: bytes) -> Iterator[str]:
    text = html.decode("utf-8")
    if re.search("http(?!-equiv)", text, re.IGNORECASE):
        yield "a string that looks like an address of the web"
    if found := _PYTHON_WORDS.search(re.sub("<style>.*?</style>", "", text, flags=re.DOTALL)):
        yield f"a word of Python: {found[0]}"
    if b"\r" in html or not html.endswith(b"</html>\n"):
        yield "line ends are not those of Unix, or there is not one at the end"
    if len(html) > LARGEST:
        yield "larger than 2 MB"

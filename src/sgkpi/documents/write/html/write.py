"""The page of a report as one file of HTML that fetches nothing and runs nothing.

The templates say which element a block becomes; this module gives them the drawings, rendered commentary and the style
sheet, and makes everything else that they print plain text.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sgkpi.definitions.wording import long_month
from sgkpi.documents.report.page import (
    CHART_TABLE,
    Block,
    Cell,
    Column,
    MonthsChart,
    Page,
    Sparkline,
    Table,
    Words,
    rating_words,
)
from sgkpi.documents.write.html.charts import bar, months_chart, scale_words, sparkline
from sgkpi.documents.write.html.key import drawn_key, key_mark
from sgkpi.documents.write.html.labels import has_long_labels
from sgkpi.documents.write.html.text import clean, css_string, without_addresses
from sgkpi.figures.figure import Rating

_LONGEST_TITLE = 70  # characters of the title of a window or tab; HTML checkers refuse a longer one
_LONGEST_FOOT = 90  # characters of the title in the footer of a printed page
_MOST_COLUMNS = 4  # that fit on a telephone; a table with more scrolls sideways
_TEXTS = 10_000  # size of the cache: most texts are in many cells
_LONGEST_WORD = 16  # characters; a longer word may be broken
_RATING_CLASSES = {rating_words(rating): f"rating-{rating.value.lower().replace('_', '-')}" for rating in Rating}
# Commentary may emphasise, list and quote; it links to nothing, and its headings would break the order of the page's.
_NOT_IN_COMMENTARY = (
    *("image", "link", "autolink", "reference", "html_block", "html_inline"),
    *("heading", "lheading", "fence", "code"),
)


def write_page(page: Page) -> bytes:
    """Return the page as HTML in UTF-8. The same page gives the same bytes."""
    css = _style_sheet(page.title)
    digest = b64encode(sha256(css.encode("utf-8")).digest()).decode("ascii")
    html = _environment().get_template("page.html.j2").render(page=page, css=Markup(css), digest=digest)
    return f"{html}\n".encode()


def _style_sheet(title: str) -> str:
    """Return the style sheet, with the title at the foot of each printed page."""
    css = files(__package__).joinpath("templates", "report.css").read_text(encoding="utf-8")
    foot = title if len(title) <= _LONGEST_FOOT else f"{title[:_LONGEST_FOOT]}…"
    return css + f"@page{{@bottom-left{{content:{css_string(foot)};font:9pt Arial,sans-serif}}}}\n"


def _tab_title(title: str) -> Markup:
    """Return the title of a window or tab; of one that is too long the end stays, which has the month."""
    if (over := len(title) - _LONGEST_TITLE) > 0:
        what, colon, month = title.rpartition(": ")
        title = f"{(what or title)[: -over - 1]}…{f'{colon}{month}' if what else ''}"
    # Quotation marks need no entity here, each of which counts as five characters.
    return Markup(str(_text(title)).replace("&#39;", "'").replace("&#34;", '"'))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sgkpi.documents.write.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["chart_table"] = CHART_TABLE
    environment.filters |= {
        **{
            each.__name__: each for each in (months_chart, scale_words, bar, sparkline, drawn_key, key_mark, long_month)
        },
        "markdown": _markdown,
        "tab_title": _tab_title,
        "kind": lambda part: type(part).__name__,
        "rows": _rows,
        "classes": _classes,
        "split_at_chart": _split_at_chart,
        "rating_class": lambda words: _RATING_CLASSES.get(words, "other"),
    }
    environment.tests |= {
        "table": lambda block: isinstance(block, Table),
        "broad": lambda table: table.wide or sum(column.kept for column in table.columns) > _MOST_COLUMNS,
        "with_sparklines": lambda table: any(
            isinstance(cell, Sparkline) for each in table.columns for cell in each.cells
        ),
        "with_long_labels": has_long_labels,
        "with_chart": lambda blocks: any(isinstance(block, MonthsChart) for block in blocks),
    }
    return environment


def _printed(value: object) -> Markup:
    """Return what a template prints: markup of ours as it is, a text or whole number as text, and nothing else."""
    match value:
        case Markup():
            return value
        case str():
            return _text(value)
        case int():
            return Markup(f"{value:,}")
        case _:
            raise TypeError(f"a report does not print {value!r}")


@lru_cache(maxsize=_TEXTS)
def _text(text: str) -> Markup:
    return Markup(without_addresses(escape(clean(text))))


def _markdown(text: str) -> Markup:
    """Return the Markdown of a commentary as HTML, in which entities have become characters."""
    from markdown_it import MarkdownIt  # which a page without commentary does not need

    reader = MarkdownIt("commonmark", {"html": False}).disable(_NOT_IN_COMMENTARY)
    rendered: str = reader.render(clean(text))
    return Markup(without_addresses(clean(rendered)))


def _rows(table: Table) -> Iterator[tuple[tuple[Column, Cell], ...]]:
    """Yield the rows of a table, each cell with its column."""
    return zip(*([(column, cell) for cell in column.cells] for column in table.columns), strict=True)


def _classes(column: Column, held: str | Cell) -> Markup:
    """Return the attribute with the classes of a heading or a cell; nothing where it has none."""
    return _attribute(column.right, column.kept, _has_long_word(held))


@cache
def _attribute(is_right: bool, is_kept: bool, is_long: bool) -> Markup:
    names = ["n"] if is_right else []
    names += [] if is_kept else ["wide-only"]
    names += ["long-word"] if is_long else []
    return Markup(f' class="{" ".join(names)}"' if names else "")


def _has_long_word(held: str | Cell) -> bool:
    """Return whether a heading or a cell has a word that a column cannot be made as wide as."""
    texts = (held,) if isinstance(held, str) else (held.text, *held.below) if isinstance(held, Words) else ()
    return any(len(word) > _LONGEST_WORD for text in texts if len(text) > _LONGEST_WORD for word in text.split())


def _split_at_chart(blocks: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block]]:
    """Return the blocks up to the first chart, and those after it."""
    end = next(place for place, block in enumerate(blocks, start=1) if isinstance(block, MonthsChart))
    return blocks[:end], blocks[end:]

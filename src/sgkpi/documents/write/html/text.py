"""Text on its way into a page: characters that HTML does not allow, and addresses that nothing may fetch."""

import re
from functools import lru_cache

# Control characters other than tab and line feed, those that turn the direction of what follows (a number behind a name
# would be read backwards), lone surrogates, and code points that are no characters.
_NOT_IN_HTML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
_TEXTS = 10_000  # size of the cache: most texts occur many times in a page
_LINE_ENDS = re.compile("\r\n?")
_NOT_IN_CSS = re.compile("[^A-GI-Za-gi-z0-9 ]")
_ADDRESS = re.compile("h(?=ttp)", re.IGNORECASE)


@lru_cache(maxsize=_TEXTS)
def clean(text: str) -> str:
    """Return text with U+FFFD for every character that a page must not have, and with line feeds as line ends."""
    return _NOT_IN_HTML.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def without_addresses(html: str) -> str:
    """Return HTML whose text reads the same, but which has no string that looks like an address of the web.

    A report fetches nothing, and who searches its bytes for `http` finds nothing.
    """
    return _ADDRESS.sub(lambda found: f"&#{ord(found[0])};", html)


def css_string(text: str) -> str:
    """Return text as a string of CSS: letters of ASCII, digits and spaces as they are, the rest by their numbers.

    An h is written by its number too, so that no address of the web is in the style sheet either.
    """
    written = _NOT_IN_CSS.sub(lambda found: f"\\{ord(found[0]):x} ", clean(text))
    return f'"{written}"'

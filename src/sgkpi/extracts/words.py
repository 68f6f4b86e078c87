"""Fold text for comparison: case, surrounding space and repeated space do not matter."""

import re
import unicodedata

# Python's white space of the first 256 characters, the spaces of typography, and the byte order mark.
WHITESPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\ufeff"
)
_SPACES = re.compile(f"[{re.escape(WHITESPACE)}]+")


def fold(text: str) -> str:
    """Return text as codes, blanks and booleans are compared: case folded, space trimmed and not repeated."""
    return _SPACES.sub(" ", text.strip(WHITESPACE)).casefold()


def fold_name(text: str) -> str:
    """Return a header or file name as it is compared: folded, with accents in their composed form."""
    return fold(unicodedata.normalize("NFC", text))

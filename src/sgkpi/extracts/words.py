"""How texts are compared: without regard to case, surrounding space or repeated space."""

import re
import unicodedata

# Python's white space of the first 256 characters, the spaces of typography, and the byte order mark.
WHITESPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\ufeff"
)
_SPACES = re.compile(f"[{re.escape(WHITESPACE)}]+")


def fold(text: str) -> str:
    """Text as codes, blanks and booleans are compared: case folded, no surrounding and no repeated space."""
    return _SPACES.sub(" ", text.strip(WHITESPACE)).casefold()


def fold_name(text: str) -> str:
    """A header or file name as it is compared: folded, an accent being the same however it is written."""
    return fold(unicodedata.normalize("NFC", text))

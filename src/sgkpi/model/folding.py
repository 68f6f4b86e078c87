"""Text as it is compared: case folded, with surrounding and repeated space taken off."""

import re
import unicodedata

# What Unicode calls white space, the separators of ASCII (as Python does) and the byte order mark.
WHITESPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_SPACES = re.compile(f"[{re.escape(WHITESPACE)}]+")


def fold(text: str) -> str:
    """Return text as codes, blanks and booleans are compared."""
    if text.isascii() and text.isprintable() and " " not in text:  # most cells, in a fifth of the time
        return text.lower()
    return _SPACES.sub(" ", text.strip(WHITESPACE)).casefold()


def fold_name(text: str) -> str:
    """Return a file name as it is compared: folded, with accents in their composed form."""
    return fold(unicodedata.normalize("NFC", text))


def fold_header(text: str) -> str:
    """Return a header as it is compared: as a file name, with `_` and `-` as the space."""
    return fold_name(text.replace("_", " ").replace("-", " "))

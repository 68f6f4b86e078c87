"""Sealed cases: outcomes that can be compared with later ones, case by case, without identifying anybody.

Keys are kept as half of a keyed digest (HMAC-SHA256, RFC 2104) under a secret that stays where the cases are. The whole
of it, which is kept nowhere, keys the digests of a case's evidence: equal values of two cases do not look alike, and
each takes one SHA-256 in place of an HMAC's two.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

# The files of sealed cases: the cases of each indicator and month (without a month those that no date places), and the
# keys of the rows that existed.
CASES, KEYS = "cases.parquet", "keys.parquet"
BLANK, UNREADABLE = 0, 1
COUNT_OFFSET = 2  # a count is kept as the number itself, above blank and unreadable
ONE, SEVERAL = 2, 3  # whether rows are one or several is kept as it is, like a count
KEY_BYTES, EVIDENCE_DIGITS = 16, 16
SUMMER = " BST"  # after a moment in the first of two hours that the clock shows alike
_BLOCK, _INNER, _OUTER = 64, 0x36, 0x5C


@dataclass(frozen=True)
class Seal:
    """Digests under a secret; their messages are texts, so that SQL can make the same."""

    secret: bytes

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The inner and the outer pad of the HMAC, for those who work it out from SHA-256 themselves."""
        key = (self.secret if len(self.secret) <= _BLOCK else sha256(self.secret).digest()).ljust(_BLOCK, b"\0")
        return bytes(byte ^ _INNER for byte in key), bytes(byte ^ _OUTER for byte in key)

    @property
    def id(self) -> str:
        """Eight hexadecimal digits by which two secrets can be told apart."""
        return self._digest("key id")[:8]

    def row(self, table: str, parts: Iterable[str]) -> "SealedRow":
        """Return a row of a table, sealed by its key, given the parts as they are compared."""
        return SealedRow(self._digest(key_message(table, parts)))

    def _digest(self, message: str) -> str:
        return hmac.digest(self.secret, message.encode(), "sha256").hex()


@dataclass(frozen=True)
class SealedRow:
    """A row by the digest of its key, in hexadecimal."""

    digest: str

    @property
    def key(self) -> bytes:
        """The part of the digest that is kept."""
        return bytes.fromhex(self.digest)[:KEY_BYTES]

    def evidence(self, name: str, text: str | None) -> int:
        """Return the digest of a typed value of the row's case; `BLANK` for null."""
        if text is None:
            return BLANK
        return int(sha256(f"{self.digest}:{name}:{text}".encode()).hexdigest()[:EVIDENCE_DIGITS], 16)


def key_message(table: str, parts: Iterable[str]) -> str:
    """Return what is digested of a key: each part with the number of its bytes, so that no two keys look alike."""
    return f"key:{table}:" + "".join(f"{len(part.encode())}:{part}" for part in parts)

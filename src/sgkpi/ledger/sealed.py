"""Sealed cases: outcomes that later ones can be compared with, case by case, and that do not tell whose they are.

Keys and evidence are kept as keyed digests (HMAC-SHA256, RFC 2104) under a secret that stays where the cases are. A
case's key is part of the digests of its evidence, so that equal values of two cases do not look alike.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

# The files of sealed cases: the cases of each indicator and month (without a month those that no date places), and the
# keys of the rows that existed. Only for a comparison: the keys of all rows, and those of the related rows kept.
CASES, KEYS, ROWS, RELATED = "cases.parquet", "keys.parquet", "rows.parquet", "related.parquet"
BLANK, UNREADABLE = 0, 1
COUNT_OFFSET = 2  # a count is kept as the number itself, above blank and unreadable
KEY_BYTES, EVIDENCE_DIGITS = 16, 16
ONE, SEVERAL = "one", "several"  # what the state of related rows says when all are readable
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

    def key(self, table: str, parts: Iterable[str]) -> bytes:
        """Return the digest of a row's key, given its parts as they are compared."""
        return bytes.fromhex(self._digest(key_message(table, parts)))[:KEY_BYTES]

    def evidence(self, key: bytes | None, name: str, text: str | None) -> int:
        """Return the digest of a typed value of a case; `BLANK` for null."""
        if text is None:
            return BLANK
        owner = key.hex() if key is not None else ""
        return int(self._digest(f"evidence:{owner}:{name}:{text}")[:EVIDENCE_DIGITS], 16)

    def _digest(self, message: str) -> str:
        return hmac.digest(self.secret, message.encode(), "sha256").hex()


def key_message(table: str, parts: Iterable[str]) -> str:
    """Return what is digested of a key: each part with the number of its bytes, so that no two keys look alike."""
    return f"key:{table}:" + "".join(f"{len(part.encode())}:{part}" for part in parts)

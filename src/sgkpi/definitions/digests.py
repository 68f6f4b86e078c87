"""Digests of definitions, which are the same whichever line ends a checkout has."""

import json
from collections.abc import Mapping
from hashlib import sha256


def definition_digest(content: bytes, shared: Mapping[str, str] | None = None) -> str:
    """Return the SHA-256 of a file followed by what it uses of `shared.yaml`, as JSON; of the file alone without any.

    So a definition has another digest when a condition that it uses changes, and the same when others do.
    """
    used = json.dumps(shared, sort_keys=True, ensure_ascii=False).encode() if shared else b""
    return sha256(content.replace(b"\r\n", b"\n") + used).hexdigest()

"""Words that depend on a number."""


def plural(count: int, one: str, many: str = "") -> str:
    """Return `1 row`, `2 rows`, `1,200 rows`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def capitalized(text: str) -> str:
    """Return text that begins with a capital letter."""
    return text[:1].upper() + text[1:]

"""A value in large figures, three lines high, for terminals that have the characters to draw them."""

_FIGURES = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"),
    "1": ("╺┓ ", " ┃ ", "╺┻╸"),
    "2": ("╺━┓", "┏━┛", "┗━╸"),
    "3": ("╺━┓", "╺━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"),
    "5": ("┏━╸", "┗━┓", "╺━┛"),
    "6": ("┏━╸", "┣━┓", "┗━┛"),
    "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"),
    "9": ("┏━┓", "┗━┫", "╺━┛"),
    "-": ("   ", "╺━╸", "   "),
    ".": (" ", " ", "."),
    ",": (" ", " ", ","),
    "%": ("o ╱", " ╱ ", "╱ o"),
}


def enlarge(value: str) -> list[str]:
    """Return a value as three lines; an empty list if it is not a number, such as `no cases`."""
    if any(character not in _FIGURES for character in value):
        return []
    return [" ".join(_FIGURES[character][line] for character in value).rstrip() for line in range(3)]

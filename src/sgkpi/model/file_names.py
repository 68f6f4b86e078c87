"""Names that no file can have on Windows, with whatever ending: there they are devices."""

_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
)


def is_device(stem: str) -> bool:
    """Return whether Windows takes a file of this name, without its ending, for a device: `con`, `COM1`."""
    return stem.lower() in _DEVICES

"""Performance indicators for children's social care, from case-level extracts.

For notebooks and scripts:

    results = sgkpi.compute("extracts/2019-03-04", months="2019-02", by="team")
    results.to_pandas()

`signals`, `cases`, `due`, `check`, `snapshot`, `diff` and `report` answer in the same manner.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgkpi.api import cases, check, compute, due, load_catalogue, open_extract, signals
    from sgkpi.api.reports import report
    from sgkpi.api.snapshots import diff, snapshot
    from sgkpi.model.errors import DefinitionsError, ExtractError, SgkpiError, SnapshotError, UsageError
    from sgkpi.model.periods import Month, PeriodKind

__version__ = "0.1.0"
__all__ = [
    "DefinitionsError",
    "ExtractError",
    "Month",
    "PeriodKind",
    "SgkpiError",
    "SnapshotError",
    "UsageError",
    "__version__",
    "cases",
    "check",
    "compute",
    "diff",
    "due",
    "load_catalogue",
    "open_extract",
    "report",
    "signals",
    "snapshot",
]
_FUNCTIONS = ("cases", "check", "compute", "due", "load_catalogue", "open_extract", "signals")
_ERRORS = ("DefinitionsError", "ExtractError", "SgkpiError", "SnapshotError", "UsageError")
_HOMES = {
    **dict.fromkeys(_FUNCTIONS, "sgkpi.api"),
    "report": "sgkpi.api.reports",
    **dict.fromkeys(("diff", "snapshot"), "sgkpi.api.snapshots"),
    **dict.fromkeys(_ERRORS, "sgkpi.model.errors"),
    **dict.fromkeys(("Month", "PeriodKind"), "sgkpi.model.periods"),
}


def __getattr__(name: str) -> object:
    """Import the public API on first use, so that `import sgkpi` stays light."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sgkpi' has no attribute '{name}'")


def __dir__() -> list[str]:
    """Return the public API alone."""
    return sorted(__all__)

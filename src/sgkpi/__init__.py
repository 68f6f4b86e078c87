"""Performance indicators for children's social care, from case-level extracts.

For notebooks and scripts:

    catalogue = sgkpi.load_catalogue()
    extract = sgkpi.open_extract("extracts/2019-03-04", catalogue)
    results = sgkpi.compute(extract, catalogue)
    results.to_pandas()
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgkpi.api import compute, load_catalogue, open_extract

__version__ = "0.1.0"
__all__ = ["__version__", "compute", "load_catalogue", "open_extract"]


def __getattr__(name: str) -> object:
    """The public API on first use, so that `import sgkpi` stays light."""
    if name in __all__:
        return getattr(import_module("sgkpi.api"), name)
    raise AttributeError(f"module 'sgkpi' has no attribute '{name}'")

"""The catalogue and the sample that come with sgkpi.

A wheel has them inside the package; a checkout, which an editable install reads, has them at its top.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "_data", _PACKAGE.parents[1])


def catalogue_path() -> Path:
    """Return the folder of the catalogue that ships with sgkpi."""
    return _find("indicators")


def sample_path() -> Path:
    """Return the folder of the sample extract that ships with sgkpi."""
    return _find("sample_data")


def _find(name: str) -> Path:
    for place in _PLACES:
        if (place / name).is_dir():
            return place / name
    raise FileNotFoundError(f"this installation of sgkpi lacks its '{name}' folder; install it again")

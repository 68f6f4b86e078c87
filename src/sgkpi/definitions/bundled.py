"""The catalogue and the sample that come with sgkpi, wherever it is installed.

A wheel carries them inside the package. In a checkout they stand at the top, where people look for
them, and an editable install reads them there.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "_data", _PACKAGE.parents[1])


def catalogue_path() -> Path:
    """The folder of the catalogue that ships with sgkpi."""
    return _find("indicators")


def sample_path() -> Path:
    """The folder of the sample extract that ships with sgkpi."""
    return _find("sample_data")


def _find(name: str) -> Path:
    for place in _PLACES:
        if (place / name).is_dir():
            return place / name
    raise FileNotFoundError(f"this installation of sgkpi lacks its '{name}' folder; install it again")

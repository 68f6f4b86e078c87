"""The catalogue that ships with sgkpi, read once in a process: no test changes it."""

from functools import cache

from sgkpi.definitions.bundled import catalogue_path
from sgkpi.definitions.load import load_catalogue
from sgkpi.model.catalogue import Catalogue


@cache
def shipped() -> Catalogue:
    """The tables, indicators and boards of the folder `indicators`."""
    return load_catalogue(catalogue_path())

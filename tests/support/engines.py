"""The ways in which a figure is computed."""

from sgkpi.engines.protocol import ENGINES

WAYS = ENGINES

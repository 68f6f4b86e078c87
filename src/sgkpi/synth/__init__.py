"""Synthetic extracts with the findings of the inspection in them, for any seed and size, without real people."""

from sgkpi.synth.writing import write_extract

__all__ = ["write_extract"]

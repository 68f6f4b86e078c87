"""A synthetic extract that tells the inspection's story: any seed, any size, no real person in it."""

from sgkpi.synth.writing import write_extract

__all__ = ["write_extract"]

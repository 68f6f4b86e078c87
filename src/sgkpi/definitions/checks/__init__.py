"""Checks across keys: whether the parts of a definition fit one another and the tables."""

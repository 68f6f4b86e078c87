"""Outcomes as data: what an engine returns."""

"""Engines: a plan and an extract become outcome counts."""

"""Snapshots: taking one, and what changed since the one before."""

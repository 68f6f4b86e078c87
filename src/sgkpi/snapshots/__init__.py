"""Snapshots: what was published each month, kept so that a later change can be explained."""

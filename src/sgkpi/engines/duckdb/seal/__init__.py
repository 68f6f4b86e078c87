"""Sealed cases, which snapshots keep: how they are written, compared and reconciled."""

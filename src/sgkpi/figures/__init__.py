"""Figures: outcome counts become values, bounds, statuses and ratings."""

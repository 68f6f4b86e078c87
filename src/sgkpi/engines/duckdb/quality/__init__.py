"""Data quality: what `check` finds in the rows of an extract, and the cases that it affects."""

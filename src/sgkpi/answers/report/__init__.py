"""Reports: everything that a report says, computed once for all of its formats."""

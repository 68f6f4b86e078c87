"""Cases: which rows exist and share a key, the cases of flows and stocks, and their related rows."""

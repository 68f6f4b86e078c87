"""Count: from judged cases to the counts, sums and persons of a ledger."""

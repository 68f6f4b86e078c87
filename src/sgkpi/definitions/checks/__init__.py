"""What no single key can say: whether the parts of a definition fit one another and the tables."""

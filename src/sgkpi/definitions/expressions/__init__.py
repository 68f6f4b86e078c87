"""The expression language: its nodes, how text becomes nodes, and how types are checked."""

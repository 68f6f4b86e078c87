"""The expression language: tokens, grammar, and the check of names and types."""

"""The nouns that every other package uses: no files, no engine."""

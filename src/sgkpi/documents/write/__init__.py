"""One module for each format: a document or records become text or bytes."""

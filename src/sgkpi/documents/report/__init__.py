"""Reports: the page that people read, made from a pack."""

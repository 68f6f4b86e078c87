"""One module for each command: a request becomes an answer."""

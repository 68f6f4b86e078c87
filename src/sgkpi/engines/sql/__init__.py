"""SQL as typed nodes: the words that make them, and two printers, for the engine and for people."""

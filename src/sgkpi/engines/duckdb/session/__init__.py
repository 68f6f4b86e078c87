"""Sessions: the process's database, its macros, and connections with tables of their own."""

"""Ingest: from the files of a table to one relation of typed columns, with the faults of each row as bits."""

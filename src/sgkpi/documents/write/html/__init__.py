"""HTML: reports as pages that stand alone, and tables for the cells of a notebook."""

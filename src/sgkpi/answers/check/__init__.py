"""The data quality of an extract: what is wrong with it, and which figures that touches by how much."""

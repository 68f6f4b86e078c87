"""Judge: expressions, clocks and outcomes in SQL; one small whole number per case and indicator."""

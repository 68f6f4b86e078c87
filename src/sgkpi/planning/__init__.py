"""Plans: requests against what an extract holds."""

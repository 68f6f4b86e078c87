"""What the commands show on a screen: rows from results, laid out for the width that there is."""

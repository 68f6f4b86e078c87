"""What is asked, against what an extract holds: a plan."""

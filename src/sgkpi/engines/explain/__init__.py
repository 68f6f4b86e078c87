"""An indicator as SQL for people to read and run."""

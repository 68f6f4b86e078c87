"""`sgkpi snapshot`: taking a snapshot, and the commands about those that were taken, a module each."""

from sgkpi.cli.commands.snapshot.take import run

SUBCOMMANDS = ("list", "show", "verify", "revisions", "forget")

__all__ = ["SUBCOMMANDS", "run"]

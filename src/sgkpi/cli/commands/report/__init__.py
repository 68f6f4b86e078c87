"""`sgkpi report`: reports as HTML, Excel workbooks and Markdown."""

from sgkpi.cli.commands.report.run import run

__all__ = ["run"]

"""The commands: one row each here, and a module each beside this one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command, the function in the module of its name that runs it, and its help in one line."""

    name: str
    function: str
    help: str


COMMANDS = {
    each.name: each
    for each in (
        Command("compute", "compute", "Compute figures from an extract."),
        Command("show", "show", "Show one indicator at a glance."),
        Command("cases", "cases", "List the cases behind a figure, the longest overdue first."),
        Command("due", "due", "List what falls due in the next days."),
        Command("why", "why", "Explain one case step by step: why it has its outcome."),
        Command("list", "list_indicators", "List the indicators; with --data, those that an extract can carry."),
        Command("explain", "explain", "Explain an indicator in plain English and as SQL."),
        Command("check", "check", "Check the data quality of an extract."),
        Command("lint", "lint", "Check definitions and run their examples."),
        Command("verify", "verify", "Compute everything with a second engine and compare."),
        Command("init", "init", "Start a project with definitions of your own."),
        Command("synth", "synth", "Make a synthetic extract of any size."),
    )
}

"""The commands, each with its help in one line; each has a module of its name here, whose `run` runs it.

The parameters of `run` are its options. One named `destination` stands for those of the output, `--format`, `-o`,
`--json`, `--csv` and `--plain`, as far as `formats.py` offers them to the command. Options of every command are added.
"""

COMMANDS = {
    "compute": "Compute figures from an extract.",
    "show": "Show one indicator at a glance.",
    "funnel": "Compare teams, or the categories of another breakdown, with the whole.",
    "signals": "Tell changes over months from chance.",
    "board": "Show the points of an inspection, and how each stands.",
    "cases": "List the cases behind a figure, the longest overdue first.",
    "due": "List what falls due in the next days.",
    "why": "Explain one case step by step: why it has its outcome.",
    "snapshot": "Keep a month's figures, and say what changed in earlier ones.",
    "diff": "Show what changed between two snapshots, and why.",
    "report": "Write a report of a month's figures.",
    "list": "List the indicators, and which an extract supports.",
    "explain": "Explain an indicator in plain English and as SQL.",
    "check": "Check the data quality of an extract.",
    "lint": "Check definitions and run their examples.",
    "verify": "Compute everything with a second engine and compare.",
    "init": "Start a project with definitions of your own.",
    "synth": "Make a synthetic extract of any size.",
}

"""`python -m sgkpi`: the same as `sgkpi`."""

from sgkpi.cli.main import run

if __name__ == "__main__":
    run()

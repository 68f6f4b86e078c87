"""The engines by name."""

from sgkpi.engines.protocol import ENGINES, Engine
from sgkpi.model.errors import UsageError
from sgkpi.model.problems import did_you_mean


def open_ahead(name: str) -> None:
    """Begin to open an engine's database, and do not wait for it: meanwhile definitions are read."""
    if name == "duckdb":
        from sgkpi.engines.duckdb import database

        database.open_ahead()


def engine_named(name: str) -> Engine:
    """Return the engine of a name; its libraries are imported only now. Raises UsageError for an unknown one."""
    match name:
        case "duckdb":
            open_ahead(name)
            from sgkpi.engines.duckdb.engine import DuckDBEngine

            return DuckDBEngine()
        case "reference":
            from sgkpi.engines.reference import ReferenceEngine

            return ReferenceEngine()
        case _:
            raise UsageError(f"no engine '{name}'{did_you_mean(name, ENGINES)}; there are {' and '.join(ENGINES)}")

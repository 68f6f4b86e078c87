"""The DuckDB engine: the plan becomes SQL, built as syntax trees and never by pasting strings."""

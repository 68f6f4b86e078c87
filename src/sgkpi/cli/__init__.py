"""The command line: options in, one call of the library, rendering, exit code."""

"""The cases at the edge of a definition's clock, made up and judged as any other.

situations   from when the clock runs: over a weekend, a bank holiday, a change of clocks …
template     the other columns, so that a case comes to its clock
limits       the moments just inside, at and just outside a limit
make         the cases, with their outcomes
"""

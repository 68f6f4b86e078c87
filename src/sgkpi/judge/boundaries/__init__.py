"""The cases at the edge of a definition's clock, made up and judged as any other.

moments      starts from which a clock runs (over a weekend, a change of clocks …), and both sides of its limit
template     the other columns, so that a case comes to its clock
make         the cases, with their outcomes
"""

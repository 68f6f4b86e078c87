"""One case in detail: the rows that were read, every question with its answer, and the outcome.

The reference engine judges the case; the questions are the trace of that judgement.
"""

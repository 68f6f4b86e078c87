"""One case, told step by step: the rows that were read, what each question was answered, and the outcome.

It is the reference engine that judges the case; what is told here is read off the same values.
"""

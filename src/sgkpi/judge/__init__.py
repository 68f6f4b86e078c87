"""The reference engine: every figure a second time, in plain Python, written to be obviously right.

It shares definitions, plan and cell formats with the other engines, and not one line of the meaning.
Read it in the order in which a case goes through it:

    tables      files to typed rows
    knowledge   what was known of them at a moment
    related     which rows of other tables belong to a case
    cases       a case, with all that its judgement rests on
    judge       the outcome of a case
    outcomes    what is said of a case, and what led to its outcome
    engine      how many cases have each outcome
"""

"""The meaning, case by case, in plain Python: written to be obviously right.

It shares definitions, plans and cell formats with the DuckDB engine, and not one line of the meaning.
Read it in the order in which a case goes through it:

    tables      files to typed rows
    knowledge   the rows as known at a moment
    related     the rows of other tables that belong to a case
    cases       a case, with everything that its judgement depends on
    readings    what a clock shows
    judge       the outcome of a case, with the trace of questions and answers
    outcomes    key, outcome and categories of a judged case
    examples, boundaries    made-up cases, judged like any other
"""

"""The report: one page that says what was run and how it compares, in a folder that can be
mailed.
"""

"""Exports of programs for bookkeeping: journals, accounts of a company's own books, split parts."""

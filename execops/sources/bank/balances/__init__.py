"""The balances of a statement, and the signs, rows and doubts that they decide."""

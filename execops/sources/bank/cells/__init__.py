"""One cell of a statement: amounts, dates, currencies, signs, and the words that head a column."""

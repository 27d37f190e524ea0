"""A statement's table: the column of each role, and tables that have none where others have it."""

"""Plays: pure descriptions of when to draft an action, what to draft, and what makes it moot."""

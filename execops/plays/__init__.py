"""Plays: rules without side effects that say when to draft an action, its words, and when it is moot."""

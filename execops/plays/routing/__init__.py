"""The way of an event to the plays that answer it."""

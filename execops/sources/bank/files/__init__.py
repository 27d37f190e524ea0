"""A file as it arrives: its letters, its sheets, its lines, and the damage that it took on its way."""

"""The text of a movement: its purpose, whether both sides are own accounts, and its vendor."""

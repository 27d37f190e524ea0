"""The graph of Customer Fire: the steps of Money, because a conversation is drafted like a payment that failed."""

from execops.graphs.money import build

__all__ = ["build"]

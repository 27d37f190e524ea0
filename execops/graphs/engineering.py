"""The Engineering graph: the steps of Money, because a danger to the product is drafted like one to its cash."""

from execops.graphs.money import build

__all__ = ["build"]

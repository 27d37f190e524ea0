"""GitHub's webhooks: https://docs.github.com/en/webhooks. Off unless EXECOPS_SOURCES names it."""

from execops.sources.github.alarms import read
from execops.sources.github.webhook import HEADERS, SIGNING, normalise, verify

__all__ = ["HEADERS", "SIGNING", "normalise", "read", "verify"]

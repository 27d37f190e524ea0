"""Stripe's webhooks: https://docs.stripe.com/webhooks."""

from execops.sources.stripe.delivery import HEADERS, normalise, sign, verify
from execops.sources.stripe.event_effects import read

__all__ = ["HEADERS", "normalise", "read", "sign", "verify"]

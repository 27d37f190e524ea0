"""Beside the Client: signing a test delivery as Stripe does. It needs neither an operator nor a database."""

from execops.sources.stripe import sign

__all__ = ["sign"]

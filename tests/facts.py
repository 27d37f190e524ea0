"""Facts for tests of plays, made without a database."""

from __future__ import annotations

from typing import Any

from execops.books.facts import Facts

# The settings of a company that can be written from and to.
SENDERS = {
    "company_name": "Our team",
    "email_from": "billing@localhost",
    "account_owner_email": "owner@localhost",
    "finance_email": "finance@localhost",
}
ORG: dict[str, Any] = SENDERS | {
    "languages": ["en"],
    "texts": {},
    "signer": None,
    "email_reply_to": None,
    "customer_portal_url": None,
    "reads_stripe": False,
    "stripe_mode": "live",
    "account_owner": None,
    "finance_channel": None,
    "high_amount": 1000,
    "small_amount": 10,
    "stripe_sends": [],
    "rates": [],
    "spend_floor": 500,
    "time_zone": "UTC",
    "currency": "USD",
    "vip_amount": 500,
    "vip_wait": 3600.0,
    "slas": [],
    "wave_customers": 4,
    "wave_window": 3600.0,
}
NOW = "2026-11-22T12:00:00+00:00"


def facts(*, org: dict[str, Any] | None = None, **changes: Any) -> Facts:
    """Facts about the invoice `in_1` of the customer `cus_1`; all else is empty unless `changes` say otherwise."""
    values: dict[str, Any] = {
        "object_id": "in_1",
        "object_type": "invoice",
        "subject_key": "cus_1",
        "state": {},
        "as_of": NOW,
        "customer": {},
        "subscriptions": [],
        "charges": [],
        "payments": [],
        "cards": [],
        "invoices": [],
        "confirmations": [],
        "linked": [],
        "paid": [],
        "now": NOW,
        "org": ORG | (org or {}),
    }
    return Facts(**values | changes)

"""What Stripe's events tell: snapshots, money movements and balances, the same for every API version.

Each field is read where any version puts it, 2017-08-15 to today (https://docs.stripe.com/changelog).
"""

from __future__ import annotations

from collections.abc import Callable

from execops.effects import Effects
from execops.model import Event
from execops.sources.stripe import customers, movements
from execops.sources.stripe.fields import Object, obj, text
from execops.sources.stripe.invoices import invoice

_READERS: dict[str, Callable[[Event, Object], Effects]] = {
    "balance": movements.balance,
    "card": customers.card,
    "charge": movements.charge,
    "customer": customers.customer,
    "dispute": movements.dispute,
    "invoice": invoice,
    "issuing.transaction": movements.issuing_transaction,
    "payment_method": customers.card,
    "payout": movements.payout,
    "refund": movements.refund,
    "source": customers.card,
    "subscription": customers.subscription,
}
_WITHOUT_ID = {"balance"}


def read(event: Event) -> Effects:
    """What a stored event tells; nothing for a type we do not read."""
    found = obj(event.payload_json, "data", "object")
    name = text(found, "object") or ""
    reader = _READERS.get(name)
    if reader is None or not (text(found, "id") or name in _WITHOUT_ID):
        return Effects()
    return reader(event, found)

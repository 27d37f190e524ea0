"""What Stripe's events tell: snapshots, money movements and balances, the same for every API version.

Each field is read where any version puts it, 2017-08-15 to today (https://docs.stripe.com/changelog).
"""

from __future__ import annotations

from collections.abc import Callable

from execops.effects import Effects
from execops.model import Event
from execops.sources.stripe import customers, movements
from execops.sources.stripe.fields import Notice, Object, obj, text
from execops.sources.stripe.invoices import invoice

_READERS: dict[str, Callable[[Notice, Object], Effects]] = {
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
    """The effects of a stored event; none for a type that has no reader."""
    return read_object(Notice.of_event(event), obj(event.payload_json, "data", "object"))


def read_object(notice: Notice, it: Object) -> Effects:
    """The effects of an object that was seen in these circumstances; none for a type that has no reader."""
    name = text(it, "object") or ""
    reader = _READERS.get(name)
    if reader is None or not (text(it, "id") or name in _WITHOUT_ID):
        return Effects()
    return reader(notice, it)

"""The fields that the payloads of actions at Stripe share: an object's id, and the amount that a person approves."""

from __future__ import annotations

import re

from execops.adapters import _checks
from execops.adapters.stripe_api.stripe_errors import NOTHING
from execops.errors import InvalidPayloadError, RejectedError
from execops.model import Json
from execops.money import Money, money, parse_exact
from execops.ports import Field

AMOUNT = Field(name="amount", label="Amount")
DISPUTES = "dp|du|pdp"  # the beginnings of a dispute's id


def check(payload: Json, fields: tuple[Field, ...], noun: str) -> None:
    """Raise InvalidPayloadError for a field that the action does not have, or that is missing, and for a wrong amount."""
    _checks.check_fields(payload, fields, noun)
    for field in fields:
        value = payload.get(field.name, "")
        if not isinstance(value, str) or not _checks.is_text(value):
            raise InvalidPayloadError(f"The {noun}'s {field.name} is no text.", field=field.name)
    amount = parse_exact(payload["amount"])
    if amount is None or amount.minor <= 0:
        raise InvalidPayloadError(
            f"The {noun}'s amount is not one such as 49.00 USD: {payload['amount']!r}.", field="amount"
        )


def check_id(payload: Json, name: str, prefixes: str, noun: str) -> None:
    """Raise InvalidPayloadError unless a field is the id of an object of this kind; `prefixes` are such as `ch|py`."""
    if not re.fullmatch(rf"(?:{prefixes})_[A-Za-z0-9_]{{1,200}}", payload[name]):
        raise InvalidPayloadError(f"The {noun}'s {name} is not the id of one: {payload[name]!r}.", field=name)


def amount_of(payload: Json) -> Money:
    """The amount of a payload that was checked."""
    amount = parse_exact(payload["amount"])
    assert amount is not None  # noqa: S101
    return amount


def shown(payload: Json) -> str:
    """The amount of any payload, for a person."""
    return str(parse_exact(payload.get("amount")) or "an amount that cannot be read")


def require_amount(payload: Json, minor: object, currency: object, sentence: str) -> None:
    """Raise RejectedError unless Stripe's object has the amount that was approved; `sentence` names what has it."""
    now = money(minor, currency)
    if now != amount_of(payload):
        raise RejectedError(f"{sentence} {now or 'no amount'}, not {amount_of(payload)}. {NOTHING}")


def require_open(payload: Json, invoice: Json) -> None:
    """Raise RejectedError unless an invoice is open, with just the approved amount left to pay."""
    if invoice.get("status") != "open":
        raise RejectedError(f"The invoice is {invoice.get('status')}, not open. {NOTHING}")
    due = invoice.get("amount_remaining")
    if due is None:
        due = int(invoice.get("amount_due") or 0) - int(invoice.get("amount_paid") or 0)
    require_amount(payload, due, invoice.get("currency"), "Open of the invoice is")

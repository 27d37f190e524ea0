"""Stripe's customers and cards in our own words."""

from __future__ import annotations

from execops.effects import Effects
from execops.model import Json
from execops.sources.stripe.discounts import customer_discount
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    flag,
    iso,
    line,
    name_line,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    texts,
    whole,
)

_FIRST = frozenset({"customer.created", "customer.source.created", "payment_method.attached"})


def read_customer(notice: Notice, customer: Object) -> Effects:
    """A customer: name, address and the card that they pay with."""
    deleted = notice.type == "customer.deleted" or flag(customer, "deleted") is True
    state: Json = {
        "name": name_line(customer, "name"),
        "email": line(customer, "email"),
        "created": iso(at(customer, "created")),
        "locales": texts(customer, "preferred_locales"),
        "deleted": deleted,
        "default_card": ref(obj(customer, "invoice_settings"), "default_payment_method")
        or ref(customer, "default_source"),
    }
    if country := _country(customer):
        state["country"] = country
    if zone := _time_zone(customer):
        state["time_zone"] = zone
    if balance := _balance(customer):
        state["balance"] = balance
    if obj(customer, "discount"):
        state["discounted"] = True
    main = snapshot(notice, customer, "customer", object_id(customer), state, _rank(notice, gone=deleted))
    return Effects((main, *customer_discount(notice, customer)))


def _country(customer: Object) -> str | None:
    """The customer's country, as its ISO code: of the address, else of the address that goods are sent to."""
    addresses = (obj(customer, "address"), obj(obj(customer, "shipping"), "address"))
    codes = (text(address, "country") for address in addresses)
    return next((code.upper() for code in codes if code and len(code) == 2), None)


def _time_zone(customer: Object) -> str | None:
    """The customer's time zone, where the company keeps it in the metadata: Stripe has no field for it."""
    metadata = obj(customer, "metadata")
    return line(metadata, "time_zone") or line(metadata, "timezone")


def _balance(customer: Object) -> int:
    """The part of the next invoice that the customer owes already, in minor units; below zero their credit."""
    balance = whole(customer, "balance")
    return (
        whole(customer, "account_balance") if balance is None else balance
    ) or 0  # the name before 2019-10-17


def read_card(notice: Notice, card: Object) -> Effects:
    """A card: an old source (`card`, `source`) or a payment method. A detached one belongs to its last customer."""
    owner = ref(card, "customer") or ref(notice.previous, "customer")
    details = obj(card, "card") or card
    holder = obj(card, "billing_details") or obj(card, "owner")
    gone = notice.type in {"customer.source.deleted", "payment_method.detached"}
    state: Json = {
        "customer": owner,
        "customer_name": name_line(holder, "name"),
        "customer_email": line(holder, "email"),
        "type": text(card, "type"),
        "created": iso(at(card, "created")),
        "brand": line(details, "brand"),
        "last4": line(details, "last4"),
        "exp_month": whole(details, "exp_month"),
        "exp_year": whole(details, "exp_year"),
        "gone": gone,
    }
    if wallet := text(obj(details, "wallet"), "type") or text(details, "tokenization_method"):
        state["wallet"] = wallet
    return Effects((snapshot(notice, card, "card", owner, state, _rank(notice, gone=gone)),))


def _rank(notice: Notice, *, gone: bool) -> int:
    """The order of states of one second: as made, as read from the API, then changed, then gone.

    Code that makes a customer often changes it within the same second, and the events may come in any order.
    """
    if gone:
        return 3
    return 0 if notice.type in _FIRST else 2 if notice.type else 1

"""The evidence that counts in a dispute, by its reason: https://docs.stripe.com/disputes/categories."""

from __future__ import annotations

from collections.abc import Iterable

_PURCHASE = "Receipt or invoice, and the customer's name, email and billing address"
_BY_REASON: dict[str, tuple[str, ...]] = {
    "fraudulent": (
        "Proof that the cardholder placed the order: AVS, CVC or 3D Secure result, purchase IP address",
        "Earlier undisputed payments from the same card, account or device",
        "Usage or login records after the purchase, with times and IP addresses",
        "Messages in which the customer mentions the purchase",
        _PURCHASE,
    ),
    "unrecognized": (
        "What was sold, and how it is named on the card statement",
        "Usage or login records that tie the customer to the purchase",
        "Messages in which the customer mentions the purchase",
        _PURCHASE,
    ),
    "product_not_received": (
        "For software and services: login or usage records after the purchase, and the date of service",
        "For goods: carrier, tracking number, date and address, or a signature for the parcel",
        "Messages in which the customer confirms that they received it",
        _PURCHASE,
    ),
    "product_unacceptable": (
        "The description of the product as the customer saw it before buying",
        "Proof that what was delivered matches it",
        "Messages about the complaint: what was offered, replaced or repaired",
        "The refund policy, and where the customer accepted it",
    ),
    "subscription_canceled": (
        "The cancellation policy, and where the customer accepted it",
        "Proof that no cancellation came before the charge, or when it came and what it applied to",
        "Usage after the date on which the customer says they cancelled",
        "Notice of the renewal sent to the customer",
    ),
    "duplicate": (
        "Receipts of both charges, with what each one was for",
        "Proof that they are separate purchases, or that one of them was refunded already",
        "Both charge ids, with their dates and amounts",
    ),
    "credit_not_processed": (
        "The refund policy, and where the customer accepted it",
        "Why no refund is owed; or, if one was made, its id, date and amount",
        "Messages about the refund or the return",
    ),
}
_GENERAL = (
    "What was sold, when and how it was delivered",
    "Usage records or proof of delivery",
    "Messages with the customer about the purchase",
    "Terms and refund policy, and where the customer accepted them",
    _PURCHASE,
)
# The same reasons where a subscription was charged, which nobody delivers.
_OF_SERVICE: dict[str, tuple[str, ...]] = {
    "product_not_received": (
        "Login or usage records after the charge, with times and IP addresses",
        "The day from which the customer had access, and the messages that told them of it",
        "Messages in which the customer mentions the service or asks for help with it",
        _PURCHASE,
    ),
    "product_unacceptable": (
        "The description of the service as the customer saw it before buying",
        "Usage records after the charge, and the state of the service on those days",
        "Messages about the complaint: what was offered or put right",
        "The refund policy, and where the customer accepted it",
    ),
}
# The same reasons where no card paid: there is neither a holder nor a statement of one.
_WITHOUT_CARD: dict[str, tuple[str, ...]] = {
    "fraudulent": (
        "Proof that the customer placed the order: purchase IP address, device, account at the payment method",
        "Earlier undisputed payments from the same account or device",
        *_BY_REASON["fraudulent"][2:],
    ),
    "unrecognized": (
        "What was sold, and under which name the payment method shows it",
        *_BY_REASON["unrecognized"][1:],
    ),
}
_REFUNDED = (
    "The refund: its id, date and amount",
    "Messages that told the customer of it",
    _PURCHASE,
)


def points(reason: str, *, refunded: bool, service: bool = False, card: bool = True) -> tuple[str, ...]:
    """The evidence to collect. The refund answers any reason if all of the amount was refunded.

    `service` says that the charge is for a subscription: then no parcel proves that it was delivered. `card` says whether a
    card may have paid it.
    """
    if refunded:
        return _REFUNDED
    special = (_OF_SERVICE if service else {}).get(reason) or ({} if card else _WITHOUT_CARD).get(reason)
    return special or _BY_REASON.get(reason, _GENERAL)


def checklist(evidence: Iterable[str]) -> str:
    """The same, one line each."""
    return "\n".join(f"• {point}" for point in evidence)

"""The words for payment methods and for the reasons of declines."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.plays.mails import letters
from execops.plays.receivables import Invoice
from execops.sources.stripe.declines import Decline

_BRANDS = {
    "amex": "American Express",
    "american express": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "visa": "Visa",
    "mastercard": "Mastercard",
    "discover": "Discover",
    "unknown": "",
}
_WALLETS = {
    "amex_express_checkout": "Amex",
    "android_pay": "Google Pay",
    "apple_pay": "Apple Pay",
    "google": "Google Pay",
    "google_pay": "Google Pay",
    "link": "Link",
    "samsung_pay": "Samsung Pay",
}
# Wallets whose cards are numbers of a device: its holder unlocks it to pay, and the wallet renews the card.
_ON_DEVICE = frozenset({"android_pay", "apple_pay", "google", "google_pay", "samsung_pay"})
_MEANINGS = {
    Decline.SOFT: "soft: a retry may help",
    Decline.HARD: "hard: only another payment method helps",
    Decline.EXPIRED: "expired: a new card helps",
    Decline.AUTHENTICATION: "the bank wants a confirmation",
    Decline.FRAUD: "taken for fraud",
    Decline.PROCESSING: "a fault on the way: a retry may help",
    Decline.RETURNED: "the bank sent the debit back",
}


def method(invoice: Invoice) -> str:
    """The payment method that failed, such as `Visa card ending 4242` or `SEPA direct debit`; else `payment method`."""
    return letters.english("letter-method", **values(invoice))


def values(invoice: Invoice) -> dict[str, str]:
    """The payment method that failed, as the text `letter-method` takes it. Customers know it by the name of its type.

    The types: https://docs.stripe.com/payments/payment-methods/overview.
    """
    failure = invoice.failure
    wallet = _WALLETS.get(failure.get("wallet") or "", "none")
    return {"method": invoice.method or "none", "wallet": wallet} | _card_values(
        failure.get("card_brand"), failure.get("card_last4")
    )


def device_wallet(wallet: str | None) -> str | None:
    """The name of a wallet on a device, such as `Apple Pay`; None for another wallet, and for none."""
    return _WALLETS[wallet] if wallet in _ON_DEVICE else None


def card(brand: str | None, last4: str | None) -> str:
    """The card in words: `Visa card ending 4242`, `Mastercard ending 4242`, `card ending 4242`, `card`."""
    return letters.english("letter-card", **card_values(brand, last4))


def card_values(brand: str | None, last4: str | None) -> dict[str, str]:
    """A card as the text `letter-card` takes it."""
    return {"wallet": "none"} | _card_values(brand, last4)


def _card_values(brand: str | None, last4: str | None) -> dict[str, str]:
    label = _BRANDS.get((brand or "").lower(), brand or "")
    named = "none" if not label else "card" if label.lower().endswith("card") else "brand"
    return {"named": named, "brand": label, "ending": last4 or "none"}


def named(method: str) -> str:
    """A type of payment method by its name: `SEPA direct debit`, `PayPal`, `Klarna`."""
    words = letters.english("letter-method", method=method)
    return (
        words
        if words != letters.english("letter-method", method="none")
        else method.replace("_", " ").capitalize()
    )


def on_file(facts: Facts, method_id: str) -> str:
    """A payment method that is kept for the customer: `Visa card ending 4242`, `SEPA direct debit`, else its id."""
    state = next((method for method in facts.cards if method["id"] == method_id), {})
    kind = state.get("type") or ("card" if state.get("last4") else None)
    if kind is None:
        return method_id
    return letters.english(
        "letter-method", method=kind, **card_values(state.get("brand"), state.get("last4"))
    )


def is_card(invoice: Invoice) -> bool:
    """Whether a card is known to have failed. Nobody is told of a card who may pay in another way."""
    return invoice.method == "card"


def decline(invoice: Invoice) -> list[tuple[str, str]]:
    """The decline and its class, and the payment method, in pairs of label and value for the person who decides."""
    pairs = []
    reason, meaning = invoice.reason, _MEANINGS[invoice.decline] if invoice.decline else ""
    if reason or meaning:
        pairs.append(("Decline", f"{reason} ({meaning})" if reason and meaning else reason or meaning))
    if invoice.method:
        pairs.append(("Method", method(invoice)))
    return pairs


def because(invoice: Invoice) -> str:
    """The reason in brackets, for a sentence to the team; empty where nothing tells it."""
    return f" ({invoice.reason})" if invoice.reason else ""

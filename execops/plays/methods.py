"""The words for payment methods and for the reasons of declines."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.plays import wording
from execops.plays.receivables import Invoice
from execops.sources.stripe.declines import Decline

# The names that customers know: https://docs.stripe.com/payments/payment-methods/overview.
_DEBITS = {
    "acss_debit": "pre-authorized debit",
    "ach_debit": "bank debit",
    "au_becs_debit": "direct debit",
    "bacs_debit": "Direct Debit",
    "nz_bank_account": "direct debit",
    "sepa_debit": "SEPA direct debit",
    "us_bank_account": "bank debit",
}
_OTHERS = {
    "amazon_pay": "Amazon Pay",
    "cashapp": "Cash App Pay",
    "customer_balance": "bank transfer",
    "link": "Link",
    "paypal": "PayPal",
    "revolut_pay": "Revolut Pay",
}
_WALLETS = {
    "amex_express_checkout": "Amex",
    "apple_pay": "Apple Pay",
    "google_pay": "Google Pay",
    "link": "Link",
}
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
    kind = invoice.method
    if kind in _DEBITS:
        return _DEBITS[kind]
    if kind == "card":
        card = wording.card(invoice.failure.get("card_brand"), invoice.failure.get("card_last4"))
        wallet = _WALLETS.get(invoice.failure.get("wallet") or "")
        return f"{card} in {wallet}" if wallet else card
    return _OTHERS.get(kind or "", "payment method")


def on_file(facts: Facts, method_id: str) -> str:
    """A payment method that is kept for the customer: `Visa card ending 4242`, `SEPA direct debit`, else its id."""
    state = next((method for method in facts.cards if method["id"] == method_id), {})
    kind = state.get("type") or ("card" if state.get("last4") else None)
    if kind == "card":
        return wording.card(state.get("brand"), state.get("last4"))
    return _DEBITS.get(kind or "") or _OTHERS.get(kind or "") or method_id


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

"""The words about a decline to the customer whose payment failed: why, as far as the bank tells them, and what helps."""

from __future__ import annotations

from execops.plays.mails.letters import Words
from execops.plays.payments import methods
from execops.plays.receivables import Invoice
from execops.sources.stripe.declines import Decline

_LATER = {"second", "repeated", "uncollected"}
# The reasons of a bank that the customer should know: only they can know whether it is so, and mend it.
_RETURNED = {
    "account_closed": "closed",
    "bank_account_closed": "closed",
    "no_account": "unknown",
    "invalid_account_number": "unknown",
    "invalid_bank_account_iban": "unknown",
    "payment_method_bank_account_not_found": "unknown",
    "account_frozen": "blocked",
    "bank_account_restricted": "blocked",
    "bank_account_unusable": "blocked",
    "payment_method_bank_account_blocked": "blocked",
    "charge_exceeds_source_limit": "limit",
    "charge_exceeds_transaction_limit": "limit",
    "charge_exceeds_weekly_limit": "limit",
    "incorrect_account_holder_name": "holder",
    "debit_authorization_not_match": "mandate",
    "debit_not_authorized": "mandate",
}
# Declines after which the customer does better with another card. Nobody is told that theirs is reported stolen.
_ANOTHER = {
    "card_not_supported",
    "currency_not_supported",
    "do_not_try_again",
    "fraudulent",
    "incorrect_pin",
    "invalid_account",
    "invalid_pin",
    "lost_card",
    "pickup_card",
    "pin_try_exceeded",
    "restricted_card",
    "stolen_card",
    "transaction_not_allowed",
}
_DETAILS = {
    "incorrect_cvc",
    "incorrect_number",
    "invalid_cvc",
    "invalid_expiry_month",
    "invalid_expiry_year",
    "invalid_number",
    "new_account_information_available",
}
_ADDRESS = {"incorrect_address", "incorrect_zip"}
# Stripe's advice is to ask the bank, for nobody else knows the reason: https://docs.stripe.com/declines/codes.
_ASK = {
    "call_issuer",
    "no_action_taken",
    "not_permitted",
    "refer_to_customer",
    "security_violation",
    "service_not_allowed",
}
# The customer has told the bank to pay us no more: https://docs.stripe.com/declines/codes.
_STOPPED = {
    "customer_decision",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "stop_payment_order",
}
_HINTS = {"another": _ANOTHER, "details": _DETAILS, "address": _ADDRESS, "ask": _ASK, "stopped": _STOPPED}


def cause(words: Words, invoice: Invoice, how: str) -> str:
    """Why it failed, as far as the bank tells it to its own customer, and what helps: see `_hint`."""
    why = _RETURNED.get(invoice.reason or "")
    if how == "returned" and why:
        return words("card_update-returned", why=why)
    declined = words("card_update-bank") if how in _LATER and is_declined(invoice) else ""
    return words.sentences(declined, _hint(words, invoice))


def _hint(words: Words, invoice: Invoice) -> str:
    """The advice after this decline; empty where the decline does not tell it, or no card was declined."""
    hint = next((hint for hint, reasons in _HINTS.items() if invoice.reason in reasons), None)
    if hint is None or (hint != "stopped" and not methods.is_card(invoice)):
        return ""
    return words("card_update-hint", why=hint)


def is_declined(invoice: Invoice) -> bool:
    """Whether the customer's bank is known to have declined a charge of a card."""
    otherwise = {None, Decline.PROCESSING, Decline.AUTHENTICATION}
    if invoice.reason == "issuer_not_available":  # nobody reached the bank, so it has declined nothing
        return False
    return methods.is_card(invoice) and bool(invoice.failure) and invoice.decline not in otherwise


def is_stopped(invoice: Invoice) -> bool:
    """Whether the customer has told their bank to stop the payments."""
    return invoice.reason in _STOPPED

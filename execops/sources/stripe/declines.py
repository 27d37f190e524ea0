"""The reason of a failed payment, and its class.

Stripe tells the reason in several places, which changed with its API versions. The table holds the codes of Stripe's
pages: https://docs.stripe.com/declines/codes, https://docs.stripe.com/payments/bank-debits (returns) and
https://docs.stripe.com/billing/revenue-recovery/smart-retries (which declines Stripe does not retry).
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from execops.sources.stripe.fields import Object, line, obj, text


class Decline(StrEnum):
    """The class of a decline: what may help."""

    SOFT = "soft"  # a retry may help
    HARD = "hard"  # only another payment method helps; Stripe does not try this one again
    EXPIRED = "expired"  # a new card helps
    AUTHENTICATION = "authentication"  # the customer has to confirm the payment with the bank
    FRAUD = "fraud"  # Radar or the issuer took it for fraud
    PROCESSING = "processing"  # a fault on the way; the same payment may work in a while
    RETURNED = "returned"  # the bank sent a debit back


class Failure(Struct, frozen=True, kw_only=True):
    """The reason of a failed payment as Stripe names it, its class, and who stopped it; None where nothing tells it."""

    reason: str | None = None
    decline: Decline | None = None
    blocked: bool = False  # Stripe's Radar stopped it, the issuer was never asked


_CODES = {
    Decline.SOFT: (
        "approve_with_id",
        "call_issuer",
        "card_velocity_exceeded",
        "do_not_honor",
        "generic_decline",
        "insufficient_funds",
        "issuer_not_available",
        "live_mode_test_card",
        "no_action_taken",
        "not_permitted",
        "reenter_transaction",
        "refer_to_customer",
        "security_violation",
        "service_not_allowed",
        "try_again_later",
        "withdrawal_count_limit_exceeded",
    ),
    Decline.HARD: (
        "card_not_supported",
        "currency_not_supported",
        "do_not_try_again",
        "incorrect_address",
        "incorrect_cvc",
        "incorrect_number",
        "incorrect_pin",
        "incorrect_zip",
        "invalid_account",
        "invalid_amount",
        "invalid_cvc",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_number",
        "invalid_pin",
        "lost_card",
        "new_account_information_available",
        "pickup_card",
        "pin_try_exceeded",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "stop_payment_order",
        "testmode_decline",
        "transaction_not_allowed",
    ),
    Decline.EXPIRED: ("expired_card", "card_expired"),
    Decline.AUTHENTICATION: (
        "authentication_not_handled",
        "authentication_required",
        "invoice_payment_intent_requires_action",
        "mobile_device_authentication_required",
        "offline_pin_required",
        "online_or_offline_pin_required",
        "payment_intent_authentication_failure",
        "setup_intent_authentication_failure",
        "subscription_payment_intent_requires_action",
    ),
    Decline.FRAUD: ("fraudulent", "merchant_blacklist", "highest_risk_level", "elevated_risk_level", "rule"),
    Decline.PROCESSING: ("duplicate_transaction", "processing_error", "rate_limit"),
    Decline.RETURNED: (
        "account_closed",
        "account_frozen",
        "bank_account_closed",
        "bank_account_restricted",
        "bank_account_unusable",
        "bank_ownership_changed",
        "charge_exceeds_source_limit",
        "charge_exceeds_transaction_limit",
        "charge_exceeds_weekly_limit",
        "customer_decision",
        "debit_authorization_not_match",
        "debit_disputed",
        "debit_not_authorized",
        "incorrect_account_holder_name",
        "invalid_account_number",
        "invalid_bank_account_iban",
        "no_account",
        "payment_method_bank_account_blocked",
        "payment_method_bank_account_not_found",
        "payment_method_microdeposit_failed",
        "recipient_deceased",
    ),
}
# Stripe makes no further attempt with the same payment method after these alone:
# https://docs.stripe.com/billing/revenue-recovery/smart-retries.
NEVER_RETRIED = {
    "authentication_required",
    "highest_risk_level",
    "incorrect_number",
    "lost_card",
    "pickup_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "stolen_card",
    "transaction_not_allowed",
}
# The seller's own doing, not the customer's: the same payment twice, a test card, an amount that cannot be.
OUR_OWN = {
    "duplicate_transaction",
    "invalid_amount",
    "live_mode_test_card",
    "rate_limit",
    "testmode_decline",
}
# Stripe's Radar stopped the payment, wherever the code stands: https://docs.stripe.com/declines#blocked-payments.
_BY_RADAR = {"elevated_risk_level", "highest_risk_level", "merchant_blacklist", "rule"}
_CLASS = {code: decline for decline, codes in _CODES.items() for code in codes}
# They say that something failed, not why; any other code says more.
_VAGUE = {"card_declined", "generic_decline", "payment_intent_payment_attempt_failed", "charge_failed"}
# ISO 8583 response codes of the networks, which Stripe passes on as `network_decline_code`.
_NETWORK = {
    "01": "call_issuer",
    "04": "pickup_card",
    "05": "do_not_honor",
    "07": "pickup_card",
    "14": "incorrect_number",
    "1A": "authentication_required",
    "41": "lost_card",
    "43": "stolen_card",
    "51": "insufficient_funds",
    "54": "expired_card",
    "57": "transaction_not_allowed",
    "61": "withdrawal_count_limit_exceeded",
    "62": "restricted_card",
    "65": "card_velocity_exceeded",
    "91": "issuer_not_available",
    "96": "processing_error",
    "N7": "incorrect_cvc",
    "R0": "revocation_of_authorization",
    "R1": "revocation_of_authorization",
    "R3": "revocation_of_all_authorizations",
}
BANK_DEBITS = {
    "acss_debit",
    "ach_debit",
    "au_becs_debit",
    "bacs_debit",
    "nz_bank_account",
    "sepa_debit",
    "us_bank_account",
}


def read_failure(data: Object, method: str | None = None) -> Failure:
    """The failure that a charge or a payment's last error tells; `method` is the type of its payment method.

    A debit that a bank sends back without a code of its own is a return, whatever its reason.
    """
    outcome = obj(data, "outcome")
    blocked = text(outcome, "type") == "blocked"
    codes = [
        line(outcome, "reason"),
        line(data, "decline_code"),
        line(data, "failure_code"),
        line(data, "code"),
        _NETWORK.get(
            (text(outcome, "network_decline_code") or text(data, "network_decline_code") or "").upper()
        ),
    ]
    reasons = [reason for reason in codes if reason]
    reason = next((reason for reason in reasons if reason not in _VAGUE), None) or next(iter(reasons), None)
    if blocked or reason in _BY_RADAR:
        return Failure(reason=reason, decline=Decline.FRAUD, blocked=True)
    if reason and method in BANK_DEBITS:
        return Failure(reason=reason, decline=Decline.RETURNED)
    vague = Decline.SOFT if reason in _VAGUE else None
    return Failure(reason=reason, decline=_CLASS.get(reason or "", vague))

"""Sample facts for the mails of each play, so that a person may read the words before a customer does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from execops.books.facts import Facts
from execops.model import Json
from execops.plays.cancellations.cancellation import FEEDBACK
from execops.settings import Settings
from execops.sources.stripe.declines import BANK_DEBITS, read_failure

_NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
_EURO_AREA = {"de", "es", "fr", "it", "nl"}
_LINK = "https://invoice.stripe.com/i/acct_1/live_1"
Sample = tuple[str, Json]  # what happened, in words, and the facts that differ from a customer without any


def plays() -> list[str]:
    """The plays that have samples."""
    return sorted(_SAMPLES)


def samples(play: str, settings: Settings, language: str) -> Iterator[tuple[str, Facts]]:
    """Facts on which the play drafts mails of every kind, with what happened in words; none for other plays.

    The customer prefers this language, and pays in euros where it is one of the euro area or the payment is a SEPA debit.
    All else that words depend on comes from the settings.
    """
    for happened, values in _SAMPLES.get(play, _nothing)():
        euros = language in _EURO_AREA or any(
            charge.get("method") == "sepa_debit" for charge in values.get("charges", [])
        )
        yield happened, _facts(_in_currency(values, "EUR" if euros else "USD"), settings, language)


def _in_currency(value: Any, currency: str) -> Any:  # noqa: ANN401
    """The value with this currency in place of every other; amounts stay."""
    if isinstance(value, dict):
        named = {key: _in_currency(inner, currency) for key, inner in value.items()}
        return named | {"currency": currency} if "currency" in named else named
    return [_in_currency(inner, currency) for inner in value] if isinstance(value, list) else value


def _facts(values: Json, settings: Settings, language: str) -> Facts:
    customer = {"name": "Acme Inc", "email": "billing@acme.example", "locales": [language]}
    blank: Json = {
        "object_id": "cus_1",
        "object_type": "customer",
        "subject_key": "cus_1",
        "state": {},
        "as_of": _NOW.isoformat(),
        "subscriptions": [],
        "charges": [],
        "payments": [],
        "cards": [],
        "invoices": [],
        "confirmations": [],
        "linked": [],
        "paid": [],
        "now": _NOW.isoformat(),
        "top_customer": False,
    }
    currency = next((invoice["currency"] for invoice in values.get("invoices", [])), "USD")
    org = Facts.settings_of(settings) | {"currency": currency}  # so that no rate is needed for a large amount
    return Facts(**{**blank, **values, "customer": customer | values.get("customer", {}), "org": org})


def _nothing() -> Sequence[Sample]:
    return ()


def _invoice(number: int = 1, **changes: object) -> Json:
    """An open renewal of $49.00 after a first failed attempt, with no retry ahead."""
    return {
        "id": f"in_{number}",
        "as_of": _NOW.isoformat(),
        "number": f"ACME-{number:04}",
        "status": "open",
        "amount_due": 4900,
        "amount_remaining": 4900,
        "currency": "USD",
        "billing_reason": "subscription_cycle",
        "collection_method": "charge_automatically",
        "attempt_count": 1,
        "subscription": "sub_1",
        "hosted_invoice_url": _LINK.replace("live_1", f"live_{number}"),
        "created": (_NOW - timedelta(days=1)).isoformat(),
    } | changes


def _charge(code: str | None, method: str = "card", number: int = 1, **changes: object) -> Json:
    """The failed charge of an invoice."""
    outcome = {} if method in BANK_DEBITS else {"outcome": {"type": "issuer_declined", "reason": code}}
    failure = read_failure({"failure_code": code} | outcome, method)
    return {
        "id": f"ch_{number}",
        "as_of": _NOW.isoformat(),
        "status": "failed",
        "invoice": f"in_{number}",
        "amount": 4900,
        "currency": "USD",
        "created": _NOW.isoformat(),
        "reason": failure.reason,
        "decline": failure.decline,
        "method": method,
        "card_brand": "visa" if method == "card" else None,
        "card_last4": "4242" if method == "card" else None,
    } | changes


def _item(**changes: object) -> Json:
    return {
        "nickname": "Team",
        "quantity": 1,
        "unit_amount": 4900,
        "currency": "USD",
        "interval": "month",
        "usage_type": "licensed",
    } | changes


def _subscription(**changes: object) -> Json:
    return {
        "id": "sub_1",
        "as_of": _NOW.isoformat(),
        "status": "active",
        "items": [_item()],
        "cancel_at_period_end": False,
        "start": (_NOW - timedelta(days=400)).isoformat(),
    } | changes


def _about_subscription(state: Json, customer: Json) -> Json:
    """The facts about a customer's only subscription, which is in this state."""
    subscription = _subscription(**state)
    return {
        "object_id": subscription["id"],
        "object_type": "subscription",
        "state": subscription,
        "subscriptions": [subscription],
        "customer": customer,
    }


def _failed(
    code: str | None, method: str = "card", subscription: Json | None = None, **changes: object
) -> Json:
    return {
        "invoices": [_invoice() | changes],
        "charges": [_charge(code, method)],
        "subscriptions": [_subscription(**(subscription or {"status": "past_due"}))],
    }


def _card_update() -> Sequence[Sample]:
    ahead: Json = {"next_payment_attempt": (_NOW + timedelta(days=3)).isoformat()}
    last: Json = {"attempt_count": 4, "final_attempt": True}
    several = {
        "invoices": [_invoice(1, **ahead), _invoice(2, **ahead)],
        "charges": [_charge("generic_decline"), _charge("generic_decline", number=2)],
    }
    trial: Json = {"status": "past_due", "trial_start": _day(-15), "trial_end": _day(-1)}
    large: Json = {"amount_due": 480_000, "amount_remaining": 480_000}
    return (
        ("a first attempt declined, a retry ahead", _failed("generic_decline", **ahead)),
        ("the card has expired", _failed("expired_card")),
        ("another card is needed", _failed("lost_card")),
        ("the number of the card is wrong", _failed("incorrect_number", attempt_count=2)),
        ("the customer has stopped the payments", _failed("revocation_of_authorization")),
        ("a second attempt declined, a retry ahead", _failed("insufficient_funds", attempt_count=2, **ahead)),
        ("a third attempt declined", _failed("insufficient_funds", attempt_count=3, **ahead)),
        ("the last attempt declined", _failed("insufficient_funds", **last)),
        ("the first payment after a trial", _failed("generic_decline", subscription=trial, **ahead)),
        ("a SEPA debit of an account that takes none", _failed("account_frozen", "sepa_debit")),
        ("a SEPA debit returned", _failed("insufficient_funds", "sepa_debit")),
        ("PayPal failed", _failed(None, "paypal")),
        ("a part is paid", _failed("generic_decline", amount_remaining=2000, amount_paid=2900, **ahead)),
        ("two invoices", several),
        ("no page to pay", _failed("generic_decline", hosted_invoice_url=None, **ahead)),
        ("a large customer", _failed("generic_decline", attempt_count=2, **large, **ahead)),
        ("a large customer, a SEPA debit", _failed("insufficient_funds", "sepa_debit", **large)),
        ("a large customer, an expired card", _failed("expired_card", **large)),
    )


def _authenticate_payment() -> Sequence[Sample]:
    waits = {
        "status": "requires_action",
        "next_action": "verify_with_microdeposits",
        "amount": 4900,
        "currency": "USD",
    }
    verify = {
        "id": "pi_1",
        "as_of": _NOW.isoformat(),
        "verify_url": "https://payments.stripe.com/microdeposit/1",
    }
    setup = waits | verify | {"id": "seti_1", "amount": None, "arrives": _day(1)}
    confirmations = [{"id": "confirmation:in_1", "invoice": "in_1", "attempt_count": 4}]
    both = [*confirmations, {"id": "confirmation:in_2", "invoice": "in_2", "attempt_count": 4}]
    confirmed_plan = {"confirmations": confirmations, "subscriptions": [_subscription(status="past_due")]}
    return (
        ("a first payment to confirm", confirmed_plan | {"invoices": [_invoice()]}),
        ("a reminder to confirm it", confirmed_plan | {"invoices": [_invoice(attempt_count=2)]}),
        (
            "two payments to confirm",
            confirmed_plan | {"invoices": [_invoice(1), _invoice(2)], "confirmations": both},
        ),
        ("no page to confirm it", confirmed_plan | {"invoices": [_invoice(hosted_invoice_url=None)]}),
        (
            "a bank account to verify",
            {"invoices": [_invoice()], "payments": [waits | verify]},
        ),
        ("a bank account to verify, nothing is due", {"setups": [setup]}),
    )


def _card_expiring() -> Sequence[Sample]:
    def card(**changes: object) -> Json:
        state = {"brand": "visa", "last4": "4242", "exp_month": 11, "exp_year": 2026} | changes
        return {
            "object_id": "card_1",
            "object_type": "card",
            "state": state,
            "customer": {"default_card": "card_1"},
            "subscriptions": [_subscription()],
        }

    return (
        ("the card expires this month", card()),
        ("the card has expired", card(exp_month=10)),
        ("the month is not known", card(exp_month=None, exp_year=None)),
        (
            "it expires in a trial",
            card() | {"subscriptions": [_subscription(status="trialing", current_period_end=_day(14))]},
        ),
        (
            "it expires before the next payment",
            card() | {"subscriptions": [_subscription(current_period_end=_day(14))]},
        ),
    )


def _invoice_overdue() -> Sequence[Sample]:
    def late(days: int, number: int = 1, **changes: object) -> Json:
        due: Json = {"collection_method": "send_invoice", "due_date": _day(-days), "amount_due": 25_000}
        return _invoice(number, **(due | {"amount_remaining": 25_000} | changes))

    large: Json = {"amount_due": 480_000, "amount_remaining": 480_000}
    paid: Json = {"amount_paid": 10_000, "amount_remaining": 15_000}
    return (
        ("3 days late", {"invoices": [late(3)]}),
        ("20 days late", {"invoices": [late(20)]}),
        ("35 days late", {"invoices": [late(35)]}),
        ("65 days late", {"invoices": [late(65)]}),
        ("a part is paid", {"invoices": [late(3, **paid)]}),
        ("a credit note lowers it", {"invoices": [late(3, credited=5_000)]}),
        ("two invoices, one partly paid", {"invoices": [late(20), late(3, 2, **paid)]}),
        ("two invoices, 65 days late", {"invoices": [late(65), late(40, 2)]}),
        ("a large customer", {"invoices": [late(3, **large)]}),
        (
            "a subscription that has ended",
            {"invoices": [late(3)], "subscriptions": [_subscription(status="canceled")]},
        ),
        ("no page to pay", {"invoices": [late(3, hosted_invoice_url=None)]}),
    )


def _save_offer() -> Sequence[Sample]:
    def cancelled(reason: str | None = None, comment: str | None = None, **changes: object) -> Json:
        end: Json = {
            "cancel_at_period_end": True,
            "current_period_end": _day(20),
            "canceled_at": _NOW.isoformat(),
        }
        reasons = {"cancel_reason": reason, "cancel_comment": comment}
        return _about_subscription(end | reasons | changes, {"created": _day(-400)})

    trial: Json = {
        "status": "trialing",
        "trial_start": _day(-5),
        "trial_end": _day(9),
        "current_period_end": _day(9),
    }
    behind = cancelled("too_expensive", status="past_due")
    behind["invoices"] = [_invoice(attempt_count=2)]
    behind["charges"] = [_charge("insufficient_funds")]
    several = cancelled()
    several["subscriptions"] = [*several["subscriptions"], _subscription(id="sub_2")]
    return (
        ("no reason given", cancelled()),
        *((f"the reason: {reason.replace('_', ' ')}", cancelled(reason)) for reason in FEEDBACK),
        ("a reason and a comment", cancelled("missing_features", "We need single sign-on.")),
        ("a comment alone", cancelled(None, "It is too expensive for us.")),
        ("a trial", cancelled(**trial)),
        ("one of several subscriptions", several),
        ("a payment is open", behind),
    )


def _subscription_ended() -> Sequence[Sample]:
    def ended(reason: str | None = None, comment: str | None = None, **changes: object) -> Json:
        end: Json = {"status": "canceled", "ended_at": _day(0), "canceled_at": _day(0)}
        reasons = {
            "cancel_cause": "cancellation_requested",
            "cancel_reason": reason,
            "cancel_comment": comment,
        }
        return _about_subscription(end | reasons | changes, {"created": _day(-400)})

    unpaid = ended(items=[_item(nickname=None)]) | {"invoices": [_invoice(attempt_count=2)]}
    last = {"invoices": [_invoice(attempt_count=4, final_attempt=True)], "charges": [_charge("do_not_honor")]}
    owing = ended(cancel_cause="payment_failed") | last
    several = ended(items=[_item(nickname=None, price="price_1")])
    several["subscriptions"] = [*several["subscriptions"], _subscription(id="sub_2")]
    return (
        ("cancelled at once, no reason given", ended()),
        *((f"the reason: {reason.replace('_', ' ')}", ended(reason)) for reason in FEEDBACK),
        ("a reason and a comment", ended("missing_features", "We need single sign-on.")),
        ("a payment is open", unpaid),
        ("one of several subscriptions", several),
        ("for want of payment, the invoice is open", owing),
        ("for want of payment, the invoice written off", ended(cancel_cause="payment_failed")),
        ("nothing tells why", ended(cancel_cause=None)),
    )


def _trial_ending() -> Sequence[Sample]:
    def trial(**changes: object) -> Json:
        end: Json = {"trial_end": _day(3), "current_period_end": _day(3)}
        runs: Json = {"status": "trialing", "trial_start": _day(-11)}
        return _about_subscription(runs | end | changes, {"default_card": None})

    return (
        ("Stripe makes an invoice all the same", trial()),
        ("Stripe ends the subscription", trial(missing_method="cancel")),
        ("Stripe pauses the subscription", trial(missing_method="pause")),
        ("tax comes on top", trial(tax_on_top=True)),
        ("the amount depends on use", trial(items=[_item(usage_type="metered")])),
        ("the plan has no name for customers", trial(items=[_item(nickname="team_usd_2026")])),
    )


def _day(ahead: int) -> str:
    return (_NOW + timedelta(days=ahead)).isoformat()


_SAMPLES: dict[str, Callable[[], Sequence[Sample]]] = {
    "authenticate_payment": _authenticate_payment,
    "card_expiring": _card_expiring,
    "card_update": _card_update,
    "invoice_overdue": _invoice_overdue,
    "save_offer": _save_offer,
    "subscription_ended": _subscription_ended,
    "trial_ending": _trial_ending,
}

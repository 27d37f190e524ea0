"""Every event that a play answers, made up in several shapes, for `execops trigger stripe`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from cli.demo import stripe_events
from cli.demo.stripe_events import DAY, Object, Subject

Shape = Callable[[Subject], Object]


def _with(make: Shape, **changes: object) -> Shape:
    """The object with these fields changed."""
    return lambda subject: make(subject) | changes


def _at(days: float) -> int:
    """The Unix time of so many days from now."""
    return int(time.time() + days * DAY)


def _dispute(reason: str, status: str, **changes: object) -> Shape:
    return lambda subject: (
        {
            "id": f"du_{subject.invoice}",
            "object": "dispute",
            "charge": f"ch_{subject.invoice}",
            "amount": subject.amount,
            "currency": subject.currency,
            "created": _at(0),
            "reason": reason,
            "status": status,
            "evidence": {"customer_name": subject.name, "customer_email_address": subject.email},
            "evidence_details": {
                "due_by": _at(7),
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "payment_method_details": {"type": "card", "card": {"brand": "visa", "case_type": "chargeback"}},
            "balance_transactions": [],
        }
        | changes
    )


def _payout(status: str, **changes: object) -> Shape:
    return lambda subject: (
        {
            "id": f"po_{subject.invoice}",
            "object": "payout",
            "amount": subject.amount,
            "currency": subject.currency,
            "created": _at(-2),
            "arrival_date": _at(0),
            "status": status,
            "automatic": True,
            "method": "standard",
            "type": "bank_account",
        }
        | changes
    )


def _card() -> Object:
    month = time.gmtime(_at(20))
    return {"brand": "visa", "last4": "4242", "exp_month": month.tm_mon, "exp_year": month.tm_year}


def _method(subject: Subject) -> Object:
    return {
        "id": f"pm_{subject.customer}",
        "object": "payment_method",
        "type": "card",
        "customer": subject.customer,
        "created": _at(-700),
        "card": _card(),
        "billing_details": {"name": subject.name, "email": subject.email},
    }


def _source(subject: Subject) -> Object:
    return {
        "id": f"card_{subject.customer}",
        "object": "card",
        "customer": subject.customer,
        **_card(),
    }


def _intent(subject: Subject) -> Object:
    return {
        "id": f"pi_{subject.invoice}",
        "object": "payment_intent",
        "amount": subject.amount,
        "currency": subject.currency,
        "customer": subject.customer,
        "created": _at(0),
        "invoice": subject.invoice,
        "status": "requires_action",
        "next_action": {"type": "use_stripe_sdk"},
    }


def _setup(subject: Subject) -> Object:
    return {
        "id": f"seti_{subject.invoice}",
        "object": "setup_intent",
        "customer": subject.customer,
        "created": _at(0),
        "status": "requires_action",
        "next_action": {"type": "use_stripe_sdk"},
        "payment_method_types": ["card"],
    }


def _account(**requirements: object) -> Shape:
    asked: Object = {
        "currently_due": [],
        "past_due": [],
        "eventually_due": [],
        "disabled_reason": None,
    } | requirements
    may = not asked["disabled_reason"]
    return lambda _: {
        "id": "acct_trigger",
        "object": "account",
        "charges_enabled": may,
        "payouts_enabled": may,
        "details_submitted": True,
        "requirements": asked,
    }


def _issuing(subject: Subject) -> Object:
    return {
        "id": f"ipi_{subject.invoice}",
        "object": "issuing.transaction",
        "amount": -subject.amount,
        "currency": subject.currency,
        "created": _at(0),
        "type": "capture",
        "merchant_data": {"name": subject.name, "category": "computer_software_stores"},
    }


def _balance(subject: Subject) -> Object:
    held = [{"amount": subject.amount, "currency": subject.currency}]
    return {"object": "balance", "available": held, "pending": []}


_failed, _cancelled, _subscribed = (
    stripe_events.open_invoice,
    stripe_events.cancelled_subscription,
    stripe_events.subscription,
)
_overdue = _with(
    _failed, collection_method="send_invoice", attempt_count=0, attempted=False, next_payment_attempt=None
)


def _ended(reason: str) -> Shape:
    return _with(
        _subscribed,
        status="canceled",
        canceled_at=_at(0),
        ended_at=_at(0),
        cancellation_details={"reason": reason, "feedback": None, "comment": None},
    )


# By the type of event, then by the name of the shape; the first of each type is the one that is sent without a name.
SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "account.updated": {
        "restricted": _account(past_due=["external_account"], disabled_reason="requirements.past_due"),
        "asked": _account(currently_due=["external_account"], current_deadline=_at(10)),
        "fine": _account(),
    },
    "balance.available": {"plain": _balance},
    "charge.dispute.closed": {"lost": _dispute("fraudulent", "lost"), "won": _dispute("fraudulent", "won")},
    "charge.dispute.created": {
        "fraudulent": _dispute("fraudulent", "needs_response"),
        "not-received": _dispute("product_not_received", "needs_response"),
        "inquiry": _dispute("general", "warning_needs_response"),
    },
    "charge.dispute.funds_withdrawn": {"plain": _dispute("fraudulent", "needs_response")},
    "charge.dispute.updated": {
        "due": _dispute("fraudulent", "needs_response"),
        "under-review": _dispute("fraudulent", "under_review"),
    },
    "charge.failed": {"plain": stripe_events.failed_charge},
    "charge.refund.updated": {
        "failed": stripe_events.failed_refund,
        "done": _with(stripe_events.failed_refund, status="succeeded", failure_reason=None),
    },
    "charge.succeeded": {"plain": stripe_events.paid_charge},
    "customer.created": {"plain": stripe_events.customer},
    "customer.source.expiring": {"plain": _source},
    "customer.subscription.created": {"plain": _subscribed},
    "customer.subscription.deleted": {
        "unpaid": _ended("payment_failed"),
        "cancelled": _ended("cancellation_requested"),
    },
    "customer.subscription.trial_will_end": {
        "plain": _with(_subscribed, status="trialing", trial_start=_at(-11), trial_end=_at(3))
    },
    "customer.subscription.updated": {
        "too-expensive": _cancelled,
        "missing-features": _with(
            _cancelled,
            cancellation_details={
                "reason": "cancellation_requested",
                "feedback": "missing_features",
                "comment": "We need an export to our warehouse.",
            },
        ),
        "past-due": _with(_subscribed, status="past_due"),
    },
    "invoice.overdue": {
        "a-week": _with(_overdue, due_date=_at(-7)),
        "a-month": _with(_overdue, due_date=_at(-31)),
    },
    "invoice.paid": {"plain": stripe_events.paid_invoice},
    "invoice.payment_action_required": {"plain": _with(_failed, attempt_count=1)},
    "invoice.payment_failed": {
        "plain": _failed,
        "first": _with(_failed, attempt_count=1),
        "last": _with(_failed, attempt_count=4, next_payment_attempt=None),
        "small": lambda subject: _failed(replace(subject, amount=900)),
    },
    "invoice.upcoming": {"plain": _with(_failed, id=None, status="draft", attempt_count=0, attempted=False)},
    "issuing_transaction.created": {"plain": _issuing},
    "payment_intent.requires_action": {"plain": _intent},
    "payment_method.attached": {"plain": _method},
    "payment_method.automatically_updated": {"plain": _method},
    "payment_method.card_automatically_updated": {"plain": _method},
    "payment_method.updated": {"plain": _method},
    "payout.failed": {
        "account-closed": _payout(
            "failed", failure_code="account_closed", failure_message="The account is closed."
        ),
        "no-account": _payout("failed", failure_code="no_account", failure_message="No such account."),
    },
    "payout.paid": {"plain": _payout("paid")},
    "radar.early_fraud_warning.created": {
        "stolen": stripe_events.fraud_warning,
        "misused": _with(stripe_events.fraud_warning, fraud_type="misc"),
    },
    "radar.early_fraud_warning.updated": {"settled": _with(stripe_events.fraud_warning, actionable=False)},
    "refund.failed": {"plain": stripe_events.failed_refund},
    "refund.updated": {
        "failed": stripe_events.failed_refund,
        "waits": _with(stripe_events.failed_refund, status="requires_action", failure_reason=None),
    },
    "setup_intent.requires_action": {"plain": _setup},
}

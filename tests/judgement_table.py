"""The table of judgements: for each event, state, payment method and decline, the draft or the reason for none.

`python -m tests.judgement_table` prints docs/judgement.md. The answers are those of the plays themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from execops.books.facts import Facts
from execops.model import Declined, Json
from execops.plays.registry import all_plays
from tests.facts import facts
from tests.judged import RETRY, about, charge, invoice, subscription
from tests.judged_subscriptions import endings, trials, upcoming

_PLAYS = ("card_update", "authenticate_payment", "owner_alert")
_HEAD = """# Whether to write at all

`python -m tests.judgement_table` makes this page from the code: {module} decides for every play. An amount is $49.00
where nothing else is said, the customer has an address, and the books are in USD. "drafted" is followed by the subject of
the mail. Each reason for no draft stands in the event's outcome (`execops events show`).
"""


def answer(play: str, current: Facts) -> str:
    """The play's answer in a cell of the table."""
    decision = all_plays()[play].answer(current)
    if isinstance(decision, Declined):
        return decision.reason
    subject = decision.payload.get("subject") or decision.payload["text"].splitlines()[0]
    return f"**drafted** ({decision.urgency}): {subject}"


DECLINES: Mapping[str, tuple[str | None, str]] = {
    "card, insufficient_funds": ("insufficient_funds", "card"),
    "card, processing_error": ("processing_error", "card"),
    "card, issuer_not_available": ("issuer_not_available", "card"),
    "card, try_again_later": ("try_again_later", "card"),
    "card, do_not_honor": ("do_not_honor", "card"),
    "card, generic_decline": ("generic_decline", "card"),
    "card, stolen_card": ("stolen_card", "card"),
    "card, expired_card": ("expired_card", "card"),
    "card, authentication_required": ("authentication_required", "card"),
    "card, fraudulent": ("fraudulent", "card"),
    "card, highest_risk_level (Radar)": ("highest_risk_level", "card"),
    "card, transaction_not_allowed": ("transaction_not_allowed", "card"),
    "card, incorrect_cvc": ("incorrect_cvc", "card"),
    "card, duplicate_transaction": ("duplicate_transaction", "card"),
    "SEPA debit, insufficient_funds": ("insufficient_funds", "sepa_debit"),
    "ACH debit, account_closed": ("account_closed", "us_bank_account"),
    "Bacs debit, debit_not_authorized": ("debit_not_authorized", "bacs_debit"),
    "ACSS debit, recipient_deceased": ("recipient_deceased", "acss_debit"),
    "PayPal, no code": (None, "paypal"),
}
ATTEMPTS: Mapping[str, Json] = {
    "first, a retry ahead": {},
    "first, none ahead": {"next_payment_attempt": None, "final_attempt": True},
    "second, a retry ahead": {"attempt_count": 2},
    "fourth and last": {"attempt_count": 4, "next_payment_attempt": None, "final_attempt": True},
}


def _states() -> Iterator[tuple[str, Facts]]:
    """The states that speak for or against a mail about a failed payment; each was declined as do_not_honor."""
    declined = charge("do_not_honor")
    known = {"decline": declined}
    yield "no charge was seen, $5.00", about(invoice(amount_due=500, amount_remaining=500))
    yield "no charge was seen, $49.00", about(invoice())
    yield "a charge of another invoice failed", about(invoice(), decline=declined | {"invoice": "in_2"})
    first = invoice(billing_reason="subscription_create")
    yield (
        "first invoice, subscription incomplete",
        about(first, **known, subscriptions=[subscription(status="incomplete")]),
    )
    yield "first invoice, subscription not seen", about(first, **known, subscriptions=[])
    yield (
        "first invoice, subscription runs",
        about(first, **known, subscriptions=[subscription(status="active")]),
    )
    trial = subscription(trial_start="2026-11-08T11:00:00+00:00", trial_end="2026-11-22T11:00:00+00:00")
    soft = charge("insufficient_funds")
    yield (
        "first payment after a trial, insufficient_funds",
        about(invoice(), decline=soft, subscriptions=[trial]),
    )
    yield (
        "the customer has ended the subscription",
        about(invoice(), **known, subscriptions=[subscription(status="canceled")]),
    )
    unpaid = invoice(attempt_count=4, next_payment_attempt=None, final_attempt=True)
    ended = subscription(status="canceled", cancel_cause="payment_failed")
    yield "Stripe has ended it after the last attempt", about(unpaid, **known, subscriptions=[ended])
    yield (
        "unpaid, after the last attempt",
        about(unpaid, **known, subscriptions=[subscription(status="unpaid")]),
    )
    yield (
        "unpaid, before",
        about(invoice(attempt_count=2), **known, subscriptions=[subscription(status="unpaid")]),
    )
    yield (
        "set to end with the period",
        about(invoice(), **known, subscriptions=[subscription(cancel_at_period_end=True)]),
    )
    term = subscription(cancel_at="2027-10-01T00:00:00+00:00", schedule="sub_sched_1")
    yield "a schedule ends it in a year", about(invoice(), **known, subscriptions=[term])
    yield "collection is paused", about(invoice(), **known, subscriptions=[subscription(paused=True)])
    dispute = {"id": "dp_1", "open": True, "as_of": RETRY}
    yield "a dispute is open", about(invoice(), **known, disputes_ever=[dispute])
    yield "a dispute is closed", about(invoice(), **known, disputes_ever=[dispute | {"open": False}])
    radar = charge(
        "highest_risk_level", told={"outcome": {"type": "blocked", "reason": "highest_risk_level"}}
    )
    yield "Radar blocked the payment", about(invoice(), decline=radar)
    new_card = {"default_card": "pm_2", "as_of": "2026-11-22T11:45:00+00:00"}
    yield "another card was given since, a retry ahead", about(invoice(), **known, customer=new_card)
    yield (
        "another card was given since, no retry ahead",
        about(invoice(next_payment_attempt=None), **known, customer=new_card),
    )
    method = {"id": "pm_3", "created": "2026-11-22T11:50:00+00:00", "as_of": RETRY, "gone": False}
    yield "another card was attached since", about(invoice(attempt_count=2), **known, cards=[method])
    yield "the customer was deleted", about(invoice(), **known, customer={"deleted": True})
    yield "no address is known", about(invoice(customer_email=None), **known)
    yield "a sent invoice (send_invoice)", about(invoice(collection_method="send_invoice"), **known)
    one_off = invoice(billing_reason="manual", next_payment_attempt=None, final_attempt=True)
    yield "a one-off invoice", about(one_off, **known)
    part = invoice(amount_paid=2900, amount_remaining=2000)
    yield "part of it is paid", about(part, **known)
    pending = charge(None, "us_bank_account", status="pending")
    yield "a debit is on its way", about(invoice(), decline=pending)
    large = invoice(amount_due=120_000, amount_remaining=120_000)
    yield "$1,200.00", about(large, decline=declined | {"amount": 120_000})
    yield "a top customer", about(invoice(), **known, top_customer=True)
    yen = {"amount_due": 1200, "amount_remaining": 1200, "currency": "JPY"}
    yield (
        "¥1,200, no rate is set",
        about(invoice(**yen), decline=declined | {"amount": 1200, "currency": "JPY"}),
    )
    yield "Stripe mails failed payments", about(invoice(), **known, org={"stripe_sends": ["failed_payments"]})
    other = invoice(number="A-2", amount_due=1900, amount_remaining=1900)
    other |= {"id": "in_2", "as_of": "2026-11-22T12:00:00+00:00"}
    again = [declined, declined | {"id": "ch_2", "invoice": "in_2", "amount": 1900}]
    yield "a second invoice of the customer failed too", about(invoice(), charges=again, invoices=[other])


def _overdue() -> Iterator[tuple[str, Facts]]:
    sent = {"collection_method": "send_invoice", "next_payment_attempt": None, "attempt_count": 0}
    for days, due in (
        ("1 day", "2026-11-21"),
        ("15 days", "2026-11-07"),
        ("30 days", "2026-10-23"),
        ("60 days", "2026-09-23"),
    ):
        yield f"sent, {days} late", about(invoice(**sent, due_date=f"{due}T12:00:00+00:00"))
    late = {**sent, "due_date": "2026-11-19T12:00:00+00:00"}
    yield "sent, $5.00", about(invoice(**late, amount_due=500, amount_remaining=500))
    yield "sent, $1,200.00", about(invoice(**late, amount_due=120_000, amount_remaining=120_000))
    yield "sent, part of it is paid", about(invoice(**late, amount_paid=2900) | {"amount_remaining": 2000})
    yield "sent, its due date was moved", about(invoice(**late) | {"due_date": "2026-12-01T00:00:00+00:00"})
    pending = charge(None, "us_bank_account", status="pending")
    yield "sent, a debit is on its way", about(invoice(**late), decline=pending)
    yield (
        "sent, the subscription has ended",
        about(invoice(**late), subscriptions=[subscription(status="canceled")]),
    )
    yield (
        "sent, four of $4.00 each",
        about(
            invoice(**late, amount_due=400, amount_remaining=400),
            invoices=[
                invoice(**late, number=f"A-{n}")
                | {"id": f"in_{n}", "as_of": RETRY, "amount_due": 400, "amount_remaining": 400}
                for n in (2, 3, 4)
            ],
        ),
    )
    tried = {"due_date": "2026-11-19T12:00:00+00:00"}
    yield "collected automatically, a retry ahead", about(invoice(**tried))
    over = tried | {"next_payment_attempt": None, "final_attempt": True, "attempt_count": 4}
    yield "collected automatically, no retry ahead", about(invoice(**over))
    yield (
        "collected automatically, the customer has cancelled",
        about(invoice(**over), subscriptions=[subscription(status="canceled")]),
    )
    dispute = {"id": "dp_1", "open": True, "as_of": RETRY}
    yield "a dispute is open", about(invoice(**late), disputes_ever=[dispute])


def _card(**changes: Any) -> Facts:
    state = {"brand": "Visa", "last4": "4242", "exp_month": 11, "exp_year": 2026, "gone": False}
    customer = {"name": "Acme Inc", "email": "billing@acme.example", "default_card": "card_1"}
    values = {"subscriptions": [subscription(status="active")], "customer": customer} | changes
    return facts(object_id="card_1", object_type="card", state=state, **values)


def _cards() -> Iterator[tuple[str, Facts]]:
    yield "the customer's default, subscription active", _card()
    yield "subscription on trial", _card(subscriptions=[subscription(status="trialing")])
    yield "subscription ended", _card(subscriptions=[subscription(status="canceled")])
    yield "subscription set to end", _card(subscriptions=[subscription(cancel_at_period_end=True)])
    yield "no subscription is known", _card(subscriptions=[])
    yield "another card is the default", _card(customer={"email": "a@acme.example", "default_card": "pm_2"})
    dispute = {"id": "dp_1", "open": True, "as_of": RETRY}
    yield "a dispute is open", _card(disputes_ever=[dispute])


def _rows(cases: Iterable[tuple[str, Facts]], plays: tuple[str, ...]) -> Iterator[str]:
    yield f"| state | {' | '.join(plays)} |"
    yield f"|---|{'---|' * len(plays)}"
    for name, current in cases:
        cells = [answer(play, current).replace("|", "\\|") for play in plays]
        yield f"| {name} | {' | '.join(cells)} |"


def page() -> str:
    """The whole page."""
    lines = [_HEAD.format(module="[`execops/plays/judgement.py`](../execops/plays/judgement.py)")]
    lines += ["## `invoice.payment_failed`, by decline and attempt: card_update", ""]
    lines += [f"| decline | {' | '.join(ATTEMPTS)} |", f"|---|{'---|' * len(ATTEMPTS)}"]
    for name, (code, method) in DECLINES.items():
        declined = charge(code, method)
        cells = [
            answer("card_update", about(invoice(**attempt), decline=declined))
            for attempt in ATTEMPTS.values()
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "## `invoice.payment_failed`, by state", "", *_rows(_states(), _PLAYS)]
    asked: Json = {"confirmations": [{"id": "in_1:confirmation", "invoice": "in_1", "attempt_count": 1}]}
    confirmed = [
        ("the bank asks at the first attempt", about(invoice(), **asked)),
        (
            "the second attempt failed, declined",
            about(invoice(attempt_count=2), decline=charge("do_not_honor"), **asked),
        ),
        ("in the checkout", about(invoice(), **asked, subscriptions=[subscription(status="incomplete")])),
        (
            "the customer has cancelled",
            about(invoice(), **asked, subscriptions=[subscription(cancel_at_period_end=True)]),
        ),
    ]
    lines += ["", "## `invoice.payment_action_required`", "", *_rows(confirmed, _PLAYS)]
    lines += ["", "## `invoice.overdue`", "", *_rows(_overdue(), ("invoice_overdue", "owner_alert"))]
    lines += ["", "## `customer.source.expiring`", "", *_rows(_cards(), ("card_expiring",))]
    lines += ["", "## `invoice.upcoming`", "", *_rows(upcoming(), ("card_expiring",))]
    lines += ["", "## `customer.subscription.trial_will_end`", "", *_rows(trials(), ("trial_ending",))]
    lines += ["", "## `customer.subscription.deleted`", "", *_rows(endings(), ("subscription_ended",))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")

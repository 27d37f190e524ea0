"""The table of plays: the event, the draft or the reason for none, and the events that make the draft moot.

`python -m tests.plays_table [PLAY…]` prints it. Each case is a story of events. The source reads them, this
module folds them as the ledger does, and the play judges them. All words of the table are the plays' own. A new play
needs an entry in `SCENARIOS`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from execops.books import facts as facts_of
from execops.books.cash import month_name, month_start
from execops.books.facts import About, Facts
from execops.effects import Movement, Snapshot
from execops.model import ABOUT_PAYMENT, Declined, Draft, Event, EventStatus, Json
from execops.plays.play import Play
from execops.plays.registry import all_plays
from execops.settings import Settings, load_settings
from execops.sources import get_source
from tests import engineering_events, support_stories
from tests.facts import SENDERS
from tests.stripe_events import BASE, event, failed, fixture, invoice, paid

_DAY = 86_400
_NOW = BASE  # the events' own calendar, one second for each event
_UTC = ZoneInfo("UTC")
_MONTH = month_name(datetime.fromtimestamp(BASE, UTC), _UTC)


@dataclass(frozen=True)
class Then:
    """A later event, and the facts that the database has computed by then: see `execops.books.facts`."""

    event: Json
    computed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A story about one play. The last of `events` wakes the play; the others came before.

    Each event in `moot` makes the draft moot by itself. `computed` holds the facts that the database computes:
    `runway`, `spend`, `top_customer`. `settings` holds the settings that differ from the defaults.
    """

    story: str
    events: Sequence[Json]
    moot: Sequence[Json | Then] = ()
    computed: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@cache
def _usual_settings() -> Settings:
    return load_settings(SENDERS, {})


class World:
    """The effects of events, folded as the ledger folds them, without a database."""

    def __init__(self, **settings: Any) -> None:
        self.settings: Settings = replace(_usual_settings(), **settings)
        self.snapshots: dict[str, tuple[tuple[datetime, int, str], Snapshot]] = {}
        self.movements: dict[str, Movement] = {}
        self.now = datetime.fromtimestamp(_NOW).astimezone()

    def take(self, payload: Json) -> Event:
        """Read an event and keep its effects; returns the event as the database would store it."""
        arrived = datetime.fromtimestamp(payload["created"]).astimezone()
        name = payload.get("_source", "stripe")  # the stories of other sources name theirs
        source = get_source(name)
        new = source.normalise(self.settings, payload, max(self.now, arrived))
        self.now = max(self.now, new.occurred_at)
        stored = Event(
            id=len(self.snapshots) + 1,
            source=name,
            type=new.type,
            occurred_at=new.occurred_at,
            received_at=new.occurred_at,
            payload_json=payload,
            dedupe_key=new.dedupe_key,
            object_id=new.object_id,
            subject_key=new.subject_key,
            livemode=new.livemode,
            api_version=new.api_version,
            status=EventStatus.RECEIVED,
            outcome=[],
            error=None,
            processed_at=None,
        )
        effects = source.read(stored)
        for snapshot in effects.snapshots:
            age = (snapshot.as_of, snapshot.rank, stored.dedupe_key)
            kept = self.snapshots.get(snapshot.object_id)
            if kept is None or age > kept[0]:
                self.snapshots[snapshot.object_id] = (age, snapshot)
        for movement in effects.movements:
            self.movements.setdefault(movement.external_id, movement)
        return stored

    def facts(self, about: About, computed: Mapping[str, Any]) -> Facts:
        """The facts that `execops.books.facts.gather` would read."""
        entries = sorted(self.snapshots.values(), key=lambda entry: entry[1].object_id)
        snapshots = [entry for _, entry in sorted(entries, key=lambda entry: entry[0][0], reverse=True)]
        mine = next((snapshot for snapshot in snapshots if snapshot.object_id == about.object_id), None)

        charged = set(mine.links) if mine and mine.object_type in ABOUT_PAYMENT else set[str]()

        payers = [entry.subject_key for entry in snapshots if entry.object_id in charged]
        subject = payers[0] if payers else about.subject_key

        def states(type_: str) -> list[Json]:
            return [
                {**snapshot.state, "id": snapshot.object_id, "as_of": snapshot.as_of.isoformat()}
                for snapshot in snapshots
                if snapshot.object_type == type_ and snapshot.subject_key == subject
            ]

        customers = states("customer")
        return Facts(
            object_id=about.object_id,
            object_type=mine.object_type if mine else None,
            subject_key=about.subject_key,
            state=dict(mine.state) if mine else {},
            as_of=mine.as_of.isoformat() if mine else None,
            customer=customers[0] if customers else {},
            subscriptions=states("subscription"),
            charges=states("charge")[:20],
            payments=states("payment_intent")[:20],
            cards=states("card"),
            invoices=[invoice for invoice in states("invoice") if invoice["id"] != about.object_id],
            confirmations=states("confirmation"),
            disputes_ever=self._disputes(about),
            charges_beside=[
                {**snapshot.state, "id": snapshot.object_id}
                for snapshot in snapshots
                if snapshot.object_type == "charge" and snapshot.object_id in charged
            ],
            same_payment=[
                {**snapshot.state, "id": snapshot.object_id, "type": snapshot.object_type}
                for snapshot in snapshots
                if snapshot.object_type in ABOUT_PAYMENT
                and snapshot.object_id != about.object_id
                and charged.intersection(snapshot.links)
            ],
            linked=[
                {"id": snapshot.object_id, "type": snapshot.object_type, **snapshot.state}
                for snapshot in snapshots
                if mine and snapshot.object_id in mine.links
            ],
            paid=self._paid(about.subject_key),
            now=self.now.isoformat(),
            org={name: getattr(self.settings, name) for name in facts_of._ORG_SETTINGS},
            **computed,
        )

    def _disputes(self, about: About) -> list[Json]:
        """The disputes about the customer's charges."""
        states = [snapshot for _, snapshot in self.snapshots.values()]
        charges = {state.object_id for state in states if state.subject_key == about.subject_key}
        return [
            {**state.state, "id": state.object_id, "as_of": state.as_of.isoformat()}
            for state in states
            if state.object_type == "dispute" and charges.intersection(state.links)
        ]

    def _paid(self, customer: str) -> list[Json]:
        sums: dict[str, Json] = {}
        for movement in self.movements.values():
            if movement.customer == customer and movement.kind in {"invoice_paid", "refund"}:
                code = movement.amount.currency
                row = sums.setdefault(code, {"currency": code, "amount_minor": 0, "payments": 0})
                row["amount_minor"] += movement.amount.minor
                row["payments"] += int(movement.kind == "invoice_paid")
        return [sums[code] for code in sorted(sums)]


def ask(play: Play, case: Case, then: Json | Then | None = None) -> Draft | Declined:
    """The play's answer to a case, or its answer about the same object after the event `then`."""
    world = World(**case.settings)
    for payload in case.events:
        woke = world.take(payload)
    about = play.about(woke, world.settings)
    if woke.type not in play.events or about is None:
        return Declined("the event does not wake the play")
    later = Then(then) if isinstance(then, dict) else then
    if later:
        world.take(later.event)
    return play.answer(world.facts(about, {**case.computed, **(later.computed if later else {})}))


# The stories


def customer(id_: str = "cus_1", *, type_: str = "customer.created", **changes: Any) -> Json:
    """An event about Acme Inc, a customer since 2023."""
    named: Json = {
        "id": id_,
        "name": "Acme Inc",
        "email": "billing@acme.example",
        "created": 1_680_350_400,
        "description": None,
    }
    return event(type_, fixture("customer", **(named | changes)))


def subscription(*, type_: str = "customer.subscription.updated", **changes: Any) -> Json:
    """An event about a running subscription of $49.00 a month."""
    price = {
        "id": "price_1",
        "object": "price",
        "unit_amount": 4900,
        "unit_amount_decimal": "4900",
        "currency": "usd",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    }
    item = {
        "id": "si_1",
        "object": "subscription_item",
        "price": price,
        "quantity": changes.pop("quantity", 1),
        "current_period_end": _NOW + 10 * _DAY,
        "discounts": [],
    }
    previous = changes.pop("previous_attributes", None)
    running: Json = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active",
        "items": {"object": "list", "data": [item]},
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "trial_end": None,
        "trial_start": None,
        "pause_collection": None,
    }
    payload = event(type_, fixture("subscription", **(running | changes)))
    if previous is not None:
        payload["data"]["previous_attributes"] = previous
    return payload


CANCELLED: Json = {
    "cancel_at_period_end": True,
    "cancel_at": _NOW + 10 * _DAY,
    "canceled_at": _NOW,
    "previous_attributes": {"cancel_at_period_end": False, "cancel_at": None, "canceled_at": None},
}


def card(*, type_: str = "customer.source.expiring", **changes: Any) -> Json:
    """An event about a card that is good until the end of the month of these events."""
    held: Json = {"id": "card_1", "customer": "cus_1", "exp_month": 9, "exp_year": 2026}
    return event(type_, fixture("card", **(held | changes)))


def payment_method(
    type_: str = "payment_method.attached", *, wallet: str | None = None, **changes: Any
) -> Json:
    """An event about a payment method with a card like that of `card`; a detached one tells its customer as before."""
    expiry = {name: changes.pop(name) for name in ("exp_month", "exp_year") if name in changes}
    details: Json = {"brand": "visa", "last4": "4242", "exp_month": 9, "exp_year": 2026} | expiry
    details["wallet"] = {"type": wallet} if wallet else None
    fields: Json = {"id": "pm_1", "customer": "cus_1", "type": "card", "card": details}
    payload = event(type_, fixture("payment_method", **(fields | changes)))
    if type_ == "payment_method.detached":
        payload["data"]["previous_attributes"] = {"customer": "cus_1"}
    return payload


def upcoming(**changes: Any) -> Json:
    """An event about the invoice that Stripe will make of the running subscription in ten days."""
    planned = {"id": None, "status": "draft", "attempt_count": 0, "next_payment_attempt": _NOW + 10 * _DAY}
    parent = {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}}
    return event("invoice.upcoming", invoice(**(planned | {"parent": parent} | changes)))


def about_invoice(type_: str, **changes: Any) -> Json:
    """An event about the open invoice of $49.00."""
    return event(type_, invoice(**changes))


def settled(**changes: Any) -> list[Json]:
    """The events after which an invoice needs nothing more."""
    return [
        paid(**changes),
        about_invoice("invoice.voided", **changes | {"status": "void"}),
        about_invoice("invoice.marked_uncollectible", **changes | {"status": "uncollectible"}),
    ]


def _card_update() -> Iterator[Case]:
    yield Case(story="first attempt", events=[customer(), failed()], moot=settled())
    yield Case(story="second attempt", events=[customer(), failed(attempt_count=2)])
    yield Case(story="third attempt", events=[customer(), failed(attempt_count=3)])
    yield Case(story="last attempt", events=[customer(), failed(attempt_count=4, next_payment_attempt=None)])
    yield Case(story="1,000.00 or more", events=[customer(), failed(amount_remaining=120_000)])
    yield Case(story="known to be paid", events=[customer(), paid(), failed(created=_NOW)])
    yield Case(story="no address", events=[failed(customer_email=None)])
    yield Case(
        story="deleted customer", events=[customer(type_="customer.deleted"), failed(customer_email=None)]
    )


def _owner_alert() -> Iterator[Case]:
    large: Json = {"amount_due": 120_000, "amount_remaining": 120_000}
    yield Case(
        story="1,000.00 or more, Slack", events=[customer(), failed(**large)], moot=settled(**large),
        settings={"account_owner": "#accounts"},
    )  # fmt: skip
    yield Case(
        story="1,000.00 or more, no Slack", events=[customer(), failed(**large)], moot=settled(**large)
    )
    yield Case(story="a top customer", events=[customer(), failed()], computed={"top_customer": True})
    yield Case(story="small", events=[customer(), failed()], computed={"top_customer": False})
    yield Case(story="known to be paid", events=[paid(), failed(created=_NOW, **large)])


def _authenticate_payment() -> Iterator[Case]:
    asked = "invoice.payment_action_required"
    yield Case(story="asked", events=[customer(), about_invoice(asked)], moot=settled())
    yield Case(story="asked again", events=[customer(), about_invoice(asked, attempt_count=2)])
    yield Case(story="known to be paid", events=[paid(), about_invoice(asked, status="paid")])
    yield Case(story="no address", events=[about_invoice(asked, customer_email=None)])


def _invoice_overdue() -> Iterator[Case]:
    due = {"due_date": _NOW - 3 * _DAY, "next_payment_attempt": None, "attempt_count": 0}
    late = due | {"due_date": _NOW - 30 * _DAY}
    overdue = "invoice.overdue"
    yield Case(
        story="3 days",
        events=[customer(), about_invoice(overdue, **due)],
        moot=[
            *settled(**due),
            about_invoice("invoice.updated", **due | {"due_date": _NOW + 9 * _DAY}),
        ],
    )
    yield Case(story="30 days", events=[customer(), about_invoice(overdue, **late)], moot=settled(**late))
    yield Case(
        story="no address, Slack",
        events=[about_invoice(overdue, **due, customer_email=None)],
        moot=settled(**due),
        settings={"account_owner": "#accounts"},
    )
    yield Case(story="no address, no Slack", events=[about_invoice(overdue, **due, customer_email=None)])
    yield Case(story="nothing left to pay", events=[about_invoice(overdue, **due, amount_remaining=0)])


def _card_expiring() -> Iterator[Case]:
    mine = customer(default_source="card_1")
    yield Case(
        story="the default card",
        events=[mine, card()],
        moot=[
            card(type_="customer.source.deleted"),
            card(type_="customer.source.updated", exp_year=2030),
            customer(type_="customer.updated", default_source="card_2"),
        ],
    )
    yield Case(story="another card is the default", events=[customer(default_source="card_2"), card()])
    yield Case(story="a bank account", events=[mine, event("customer.source.expiring", fixture("source"))])
    yield Case(story="no address", events=[customer(email=None), card()])

    soon = subscription(default_payment_method="pm_1")
    paying = customer(invoice_settings={"default_payment_method": "pm_1"}, discount=None)
    yield Case(
        story="the card of a payment method",
        events=[paying, soon, payment_method(), upcoming()],
        moot=[
            payment_method("payment_method.automatically_updated", exp_year=2030),
            payment_method("payment_method.detached", customer=None),
            subscription(default_payment_method="pm_2"),
        ],
    )
    yield Case(story="it is good", events=[paying, soon, payment_method(exp_year=2030), upcoming()])
    yield Case(story="nothing is known of the card", events=[paying, soon, upcoming()])


def _save_offer() -> Iterator[Case]:
    undone = {"cancel_at_period_end": True, "cancel_at": _NOW + 10 * _DAY}
    yield Case(
        story="$49.00 a month",
        events=[customer(), subscription(**CANCELLED)],
        moot=[
            subscription(previous_attributes=undone),
            subscription(type_="customer.subscription.deleted", status="canceled", ended_at=_NOW),
        ],
    )
    yield Case(
        story="$147.00 a month, too expensive",
        events=[
            customer(),
            subscription(
                quantity=3, cancellation_details={"feedback": "too_expensive", "comment": None}, **CANCELLED
            ),
        ],
    )
    yield Case(
        story="no address, Slack",
        events=[customer(email=None), subscription(**CANCELLED)],
        settings={"account_owner": "#accounts"},
    )
    yield Case(story="no address, no Slack", events=[customer(email=None), subscription(**CANCELLED)])
    yield Case(
        story="cancelled before, changed now",
        events=[customer(), subscription(**CANCELLED | {"previous_attributes": {"quantity": 2}})],
    )
    yield Case(story="not cancelled, an old version", events=[customer(), subscription()])
    yield Case(story="ended already", events=[customer(), subscription(**CANCELLED | {"status": "canceled"})])


ENDED: Json = {
    "type_": "customer.subscription.deleted",
    "status": "canceled",
    "canceled_at": _NOW,
    "ended_at": _NOW,
    "cancellation_details": {"reason": "cancellation_requested", "feedback": None, "comment": None},
}
TRIAL: Json = {
    "type_": "customer.subscription.trial_will_end",
    "status": "trialing",
    "trial_start": _NOW - 11 * _DAY,
    "trial_end": _NOW + 3 * _DAY,
}


def _subscription_ended() -> Iterator[Case]:
    acme = customer(discount=None)
    again = subscription(type_="customer.subscription.created", id="sub_2", start_date=_NOW)
    yield Case(
        story="at once",
        events=[acme, subscription(**ENDED)],
        moot=[again, customer(type_="customer.deleted")],
    )
    reasons = {"reason": "cancellation_requested", "feedback": "unused", "comment": None}
    yield Case(
        story="at once, unused", events=[acme, subscription(**ENDED | {"cancellation_details": reasons})]
    )
    unpaid = {"reason": "payment_failed", "feedback": None, "comment": None}
    by_stripe = subscription(**ENDED | {"cancellation_details": unpaid})
    last: Json = {
        "attempt_count": 4,
        "next_payment_attempt": None,
        "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}},
    }
    yield Case(story="unpaid, card_update writes", events=[acme, failed(**last), by_stripe])
    written_off = about_invoice("invoice.marked_uncollectible", status="uncollectible", **last)
    yield Case(story="unpaid, the invoice is written off", events=[acme, written_off, by_stripe])
    yield Case(story="as it was set", events=[acme, subscription(**ENDED | {"cancel_at_period_end": True})])
    yield Case(story="a top customer", events=[acme, subscription(**ENDED)], computed={"top_customer": True})


def _trial_ending() -> Iterator[Case]:
    acme = customer(discount=None)
    yield Case(
        story="no payment method",
        events=[acme, subscription(**TRIAL)],
        moot=[
            customer(
                type_="customer.updated", discount=None, invoice_settings={"default_payment_method": "pm_1"}
            ),
            subscription(**TRIAL | {"type_": "customer.subscription.updated", "status": "active"}),
            payment_method(),
        ],
    )
    pays = customer(discount=None, invoice_settings={"default_payment_method": "pm_1"})
    yield Case(story="a payment method", events=[pays, payment_method(), subscription(**TRIAL)])
    yield Case(story="nothing is known of the customer", events=[subscription(**TRIAL)])
    yield Case(
        story="a trial that was cut", events=[acme, subscription(**TRIAL | {"trial_end": _NOW + _DAY})]
    )


def dispute(type_: str = "charge.dispute.created", *, created: int | None = None, **changes: Any) -> Json:
    """An event about a chargeback of $49.00, with evidence due in a week."""
    held: Json = {
        "id": "dp_1",
        "charge": "ch_1",
        "amount": 4900,
        "currency": "usd",
        "reason": "fraudulent",
        "status": "needs_response",
        "evidence_details": {"due_by": _NOW + 7 * _DAY},
    } | changes
    # Stripe refunds no charge that a bank has charged back.
    held.setdefault("is_charge_refundable", held["status"].startswith("warning"))
    return event(type_, fixture("dispute", **held), created=created)


def disputed_charge(**changes: Any) -> Json:
    """The charge that is disputed."""
    billed: Json = {
        "id": "ch_1",
        "customer": "cus_1",
        "amount": 4900,
        "created": _NOW - 12 * _DAY,
        "billing_details": {"name": "Acme Inc", "email": "billing@acme.example"},
    }
    return event("charge.succeeded", fixture("charge", **(billed | changes)))


def payout(type_: str = "payout.failed", *, created: int | None = None, **changes: Any) -> Json:
    """An event about a payout of $1,100.00."""
    sent: Json = {
        "id": "po_1",
        "amount": 110_000,
        "status": type_.removeprefix("payout."),
        "failure_code": "account_closed" if type_ == "payout.failed" else None,
        "failure_message": "The bank account has been closed" if type_ == "payout.failed" else None,
        "arrival_date": _NOW - _DAY,
    }
    return event(type_, fixture("payout", **(sent | changes)), created=created)


def purchase(**changes: Any) -> Json:
    """A purchase of $1.00 with a company card, in the month of these events."""
    return event(
        "issuing_transaction.created", fixture("issuing.transaction", **({"created": _NOW} | changes))
    )


def balance() -> Json:
    """An event about a changed balance at Stripe."""
    return event("balance.available", fixture("balance"))


def month_of(vendor: str = "Rocket Rides", **changes: Any) -> Json:
    """The spend of a vendor's month: $1,200.00 against $1,000.00."""
    return {
        "vendor": vendor, "currency": "USD", "month": _MONTH, "current": True, "to_date": 120_000,
        "average": 100_000, "purchases": 3, "unknown": None,
    } | changes  # fmt: skip


def runway(days_old: int = 2, **changes: Any) -> Json:
    """A runway of four months: $20,000.00 of cash in a balance of some days ago, $5,000.00 of burn."""
    today = datetime.fromtimestamp(_NOW, UTC)
    cash = changes.get("cash", 2_000_000)
    return {
        "month": _MONTH, "from": month_name(month_start(today, _UTC, 3), _UTC),
        "to": month_name(month_start(today, _UTC, 1), _UTC), "currency": "USD", "cash": cash,
        "burn": 500_000, "months": 4.0, "left_out": [], "unknown": None,
        "accounts": [["bank:main", cash, f"{today - timedelta(days=days_old):%Y-%m-%d}"]],
    } | changes  # fmt: skip


def _dispute_response() -> Iterator[Case]:
    before = [customer(), disputed_charge()]
    yield Case(
        story="fraudulent, Slack",
        events=[*before, dispute()],
        moot=[
            dispute("charge.dispute.closed", status=status)
            for status in ("won", "warning_closed", "prevented")
        ],
        settings={"finance_channel": "#finance"},
    )
    for reason in (
        "product_not_received",
        "product_unacceptable",
        "subscription_canceled",
        "duplicate",
        "credit_not_processed",
        "general",
    ):
        yield Case(story=f"{reason.replace('_', ' ')}, no Slack", events=[*before, dispute(reason=reason)])
    yield Case(story="an inquiry", events=[*before, dispute(status="warning_needs_response")])
    yield Case(story="nothing known of its charge", events=[dispute()])
    yield Case(
        story="evidence was sent", events=[*before, dispute("charge.dispute.updated", status="under_review")]
    )
    yield Case(
        story="closed already",
        events=[dispute("charge.dispute.closed", status="won", created=_NOW + _DAY), dispute(created=_NOW)],
    )


def _dispute_lost() -> Iterator[Case]:
    before = [customer(), disputed_charge()]
    lost = dispute("charge.dispute.closed", status="lost")
    yield Case(
        story="lost, Slack",
        events=[*before, lost],
        moot=[dispute("charge.dispute.updated", status="won")],
        settings={"finance_channel": "#finance"},
    )
    yield Case(story="nothing known of its charge", events=[lost])
    debit = {"type": "us_bank_account", "us_bank_account": {"bank_name": "First Bank", "last4": "6789"}}
    returned = dispute("charge.dispute.closed", status="lost", reason="insufficient_funds")
    yield Case(
        story="a bank debit, returned",
        events=[customer(), disputed_charge(payment_method_details=debit), returned],
    )
    yield Case(story="still open", events=[*before, dispute()])


def warning(type_: str = "created", **changes: Any) -> Json:
    """An early fraud warning about the charge of $49.00."""
    fields: Json = {
        "id": "issfr_1",
        "charge": "ch_1",
        "created": _NOW,
        "fraud_type": "made_with_stolen_card",
        "actionable": True,
    }
    return event(
        f"radar.early_fraud_warning.{type_}", fixture("radar.early_fraud_warning", **(fields | changes))
    )


def charge_by_card(type_: str = "charge.succeeded", **changes: Any) -> Json:
    """A payment of $49.00 by card that was captured."""
    secured = changes.pop("secured", None)
    details: Json = {"brand": "visa", "last4": "4242", "three_d_secure": {"result": secured}, "wallet": None}
    paid: Json = {
        "id": "ch_1",
        "customer": "cus_1",
        "amount": 4900,
        "amount_captured": 4900,
        "amount_refunded": 0,
        "captured": True,
        "status": "succeeded",
        "created": _NOW - 3 * _DAY,
        "refunds": None,
        "billing_details": {"name": "Acme Inc", "email": "billing@acme.example"},
        "payment_method_details": {"type": "card", "card": details},
    }
    return event(type_, fixture("charge", **(paid | changes)))


def refund(type_: str = "refund.failed", **changes: Any) -> Json:
    """A refund of $49.00, which failed."""
    fields: Json = {
        "id": "re_1",
        "charge": "ch_1",
        "amount": 4900,
        "created": _NOW - 2 * _DAY,
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": "txn_1",
    }
    return event(type_, fixture("refund", **(fields | changes)))


def _early_fraud_warning() -> Iterator[Case]:
    acme = customer(created=_NOW - 4 * _DAY)
    refunded = {"amount_refunded": 4900, "refunded": True}
    yield Case(
        story="a stolen card, Slack",
        events=[acme, charge_by_card(), warning()],
        moot=[
            charge_by_card("charge.refunded", **refunded),
            refund("refund.created", status="pending"),
            dispute(),
            warning("updated", actionable=False),
        ],
        settings={"finance_channel": "#finance"},
    )
    yield Case(story="a subscription runs", events=[acme, subscription(), charge_by_card(), warning()])
    yield Case(
        story="confirmed by 3-D Secure", events=[acme, charge_by_card(secured="authenticated"), warning()]
    )
    yield Case(
        story="less than the fee", events=[acme, charge_by_card(amount=900, amount_captured=900), warning()]
    )
    yield Case(story="a part was refunded", events=[acme, charge_by_card(amount_refunded=1900), warning()])
    yield Case(story="nothing known of its charge", events=[warning()])
    yield Case(story="not captured", events=[acme, charge_by_card(captured=False), warning()])
    yield Case(story="disputed already", events=[acme, charge_by_card(), dispute(), warning()])


def _refund_failed() -> Iterator[Case]:
    before = [customer(), charge_by_card()]
    yield Case(
        story="the card has expired, Slack",
        events=[*before, refund()],
        moot=[
            refund("refund.updated", status="succeeded"),
            refund("refund.created", id="re_2", created=_NOW, status="pending", failure_reason=None),
            dispute(),
        ],
        settings={"finance_channel": "#finance"},
    )
    for reason in ("lost_or_stolen_card", "declined", "insufficient_funds", "unknown"):
        yield Case(
            story=f"{reason.replace('_', ' ')}, no Slack", events=[*before, refund(failure_reason=reason)]
        )
    yield Case(story="nothing known of its charge", events=[refund()])
    yield Case(story="taken back by the team", events=[*before, refund(failure_reason="merchant_request")])
    yield Case(
        story="disputed meanwhile",
        events=[*before, refund(failure_reason="charge_for_pending_refund_disputed")],
    )
    yield Case(
        story="still pending",
        events=[*before, refund("refund.updated", status="pending", failure_reason=None)],
    )


def _large_cancellation() -> Iterator[Case]:
    big: Json = {"quantity": 30}
    undone = {"cancel_at_period_end": True, "cancel_at": _NOW + 10 * _DAY}
    since: Json = {"start_date": _NOW - 400 * _DAY}
    yield Case(
        story="cancelled, Slack",
        events=[customer(), subscription(**big, **CANCELLED)],
        moot=[
            subscription(**big, previous_attributes=undone),
            subscription(id="sub_2", type_="customer.subscription.created", start_date=_NOW),
            customer(type_="customer.deleted"),
        ],
        settings={"account_owner": "#accounts"},
    )
    yield Case(
        story="cancelled, a top customer with a reason",
        events=[
            customer(),
            subscription(cancellation_details={"feedback": "too_expensive", "comment": None}, **CANCELLED),
        ],
        computed={"top_customer": True},
    )
    yield Case(story="cancelled, no address", events=[customer(email=None), subscription(**big, **CANCELLED)])
    yield Case(story="ended at once", events=[customer(), subscription(**big, **since, **ENDED)])
    dunned = ENDED | {"cancellation_details": {"reason": "payment_failed", "feedback": None, "comment": None}}
    yield Case(story="ended for want of payment", events=[customer(), subscription(**big, **since, **dunned)])
    yield Case(
        story="cut from 30 seats to 3",
        events=[customer(), subscription(quantity=3, previous_attributes={"quantity": 30})],
    )
    yield Case(
        story="cut from 30 seats to 20",
        events=[customer(), subscription(quantity=20, previous_attributes={"quantity": 30})],
    )
    yield Case(story="cancelled, small", events=[customer(), subscription(**CANCELLED)])


def _payout_failed() -> Iterator[Case]:
    yield Case(
        story="Slack",
        events=[payout()],
        moot=[payout("payout.paid")],
        settings={"finance_channel": "#finance"},
    )
    yield Case(
        story="no Slack",
        events=[payout(failure_code="account_frozen", failure_message="The bank account has been frozen")],
        moot=[payout("payout.paid")],
    )
    yield Case(story="no reason given", events=[payout(failure_code=None, failure_message=None)])
    yield Case(
        story="known to be paid", events=[payout("payout.paid", created=_NOW + _DAY), payout(created=_NOW)]
    )


def _spend_spike() -> Iterator[Case]:
    moot = [
        Then(purchase(id="ipi_2", type="refund"), {"spend": month_of(to_date=110_000)}),
        Then(balance(), {"spend": month_of(current=False)}),
    ]
    yield Case(
        story="20 % over, Slack",
        events=[purchase()],
        moot=moot,
        computed={"spend": month_of()},
        settings={"finance_channel": "#finance"},
    )
    yield Case(story="50 % over", events=[purchase()], computed={"spend": month_of(to_date=150_000)})
    yield Case(story="10 % over", events=[purchase()], computed={"spend": month_of(to_date=110_000)})
    yield Case(
        story="20 % over, a small vendor",
        events=[purchase()],
        computed={"spend": month_of(to_date=12_000, average=10_000)},
    )
    yield Case(
        story="a new vendor",
        events=[purchase()],
        computed={"spend": month_of(average=0, unknown="fewer than 3 full months of Rocket Rides are known")},
    )
    yield Case(
        story="a vendor that cost nothing lately",
        events=[purchase()],
        computed={"spend": month_of(average=0)},
    )


def _runway_low() -> Iterator[Case]:
    moot = [
        Then(balance(), {"runway": runway(months=6.0, cash=3_000_000)}),
        Then(balance(), {"runway": runway(months=None, burn=-100)}),
        Then(balance(), {"runway": runway(month="2026-10")}),
    ]
    yield Case(
        story="4 months, Slack",
        events=[balance()],
        moot=moot,
        computed={"runway": runway()},
        settings={"finance_channel": "#finance"},
    )
    yield Case(
        story="4 months by a balance that is 65 days old",
        events=[balance()],
        computed={"runway": runway(days_old=65)},
    )
    yield Case(
        story="2.9 months, another currency beside",
        events=[purchase()],
        computed={"runway": runway(months=2.9, cash=1_450_000, left_out=[["bank:eur", 500_000, "EUR"]])},
    )
    yield Case(story="an overdraft", events=[balance()], computed={"runway": runway(months=0.0, cash=-100)})
    yield Case(story="6 months", events=[balance()], computed={"runway": runway(months=6.0)})
    yield Case(
        story="no balance known",
        events=[payout("payout.paid")],
        computed={"runway": runway(months=None, unknown="no balance in USD is known: import a bank file")},
    )
    yield Case(story="nothing burnt", events=[balance()], computed={"runway": runway(months=None, burn=-1)})


def account(**changes: Any) -> Json:
    fields = {"id": "acct_1", "object": "account", "charges_enabled": True, "payouts_enabled": True}
    return event("account.updated", fields | {"details_submitted": True} | changes)


def _account_restricted() -> Iterator[Case]:
    due = {"currently_due": ["external_account"], "current_deadline": _NOW + 20 * _DAY}
    yield Case(
        story="payouts stopped, Slack",
        events=[account(payouts_enabled=False, requirements={"past_due": ["external_account"]})],
        moot=[account()],
        settings={"finance_channel": "#finance"},
    )
    yield Case(
        story="a deadline ahead, a team of one",
        events=[account(requirements=due)],
        moot=[account(), account(requirements={"pending_verification": ["external_account"]})],
        settings={"finance_email": None},
    )
    yield Case(
        story="only eventually due",
        events=[account(requirements={"eventually_due": ["individual.id_number"]})],
    )
    yield Case(story="not set up yet", events=[account(details_submitted=False, payouts_enabled=False)])


def first_payment(**changes: Any) -> Json:
    at = datetime.fromtimestamp(_NOW, UTC)
    paid = {"first_at": at.isoformat(), "currency": "USD", "paid": 800_000, "payments": 1, "account": None}
    fields = {"card": True, "category": None, "kind": None, "news": True, "paid_before": False}
    books = {"since": "2026-01-05", "unknown": None}
    return {"vendor": "Rocket Rides", **paid, **fields, **books} | changes


def _new_vendor() -> Iterator[Case]:
    refunded = Then(purchase(id="ipi_2", type="refund"), {"vendor": first_payment(paid=0)})
    second = Then(purchase(id="ipi_2"), {"vendor": first_payment(news=False)})
    yield Case(
        story="by card, Slack",
        events=[purchase()],
        moot=[refunded, second],
        computed={"vendor": first_payment()},
        settings={"finance_channel": "#finance"},
    )
    yield Case(
        story="in two payments, a team of one",
        events=[purchase()],
        moot=[refunded],
        computed={"vendor": first_payment(payments=2)},
        settings={"finance_email": None},
    )
    yield Case(
        story="the books are too young",
        events=[purchase()],
        computed={"vendor": first_payment(unknown="only 9 days of payments before it are on record, not 60")},
    )
    yield Case(story="a small sum", events=[purchase()], computed={"vendor": first_payment(paid=99_999)})
    yield Case(story="payroll", events=[purchase()], computed={"vendor": first_payment(kind="payroll")})


def from_github(name: str, payload: Json, *, minutes: int = 0) -> Json:
    """A delivery of GitHub's, some minutes after the others."""
    headers = {"x-github-event": name, "x-github-delivery": f"delivery-{minutes}"}
    return {
        **payload, "_source": "github", "_execops_headers": headers, "type": name, "created": _NOW + 60 * minutes,
    }  # fmt: skip


def _moment_of(minutes: int) -> str:
    return f"{datetime.fromtimestamp(_NOW + 60 * minutes, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _repository_alarm() -> Iterator[Case]:
    def alert(action: str = "created", minutes: int = 0, **changes: Any) -> Json:
        payload = engineering_events.alert(action, at=_moment_of(minutes), **changes)
        return from_github("dependabot_alert", payload, minutes=minutes)

    def deployment(state: str = "failure", minutes: int = 0, **changes: Any) -> Json:
        payload = engineering_events.deployment(state, at=_moment_of(minutes), **changes)
        return from_github("deployment_status", payload, minutes=minutes)

    def advisory(action: str = "reported", minutes: int = 0, **changes: Any) -> Json:
        payload = engineering_events.advisory(action, at=_moment_of(minutes), **changes)
        return from_github("repository_advisory", payload, minutes=minutes)

    channel = {"account_owner": "#ops"}
    over = [alert(action, 5) for action in ("fixed", "dismissed", "auto_dismissed")]
    yield Case(story="high, Slack", events=[alert()], moot=over, settings=channel)
    unfixed: Json = {"security_vulnerability": {"severity": "critical", "package": {"name": "semver"}}}
    yield Case(story="critical, no fixed version", events=[alert(**unfixed)])
    yield Case(story="medium", events=[alert(severity="medium")])
    withdrawn = advisory("published", 5, withdrawn_at=_moment_of(5))
    yield Case(
        story="reported, a team of one",
        events=[advisory()],
        moot=[withdrawn],
        settings={"account_owner_email": None},
    )
    yield Case(story="published, critical", events=[advisory("published", severity="critical")])
    yield Case(
        story="failed, Slack", events=[deployment()], moot=[deployment("success", 5)], settings=channel
    )
    yield Case(story="succeeded", events=[deployment("success")])
    yield Case(story="of another environment", events=[deployment(environment="staging")])


def from_sentry(resource: str, payload: Json, *, minutes: int = 0) -> Json:
    """A delivery of Sentry's, some minutes after the others."""
    moment = _NOW + 60 * minutes
    headers = {
        "sentry-hook-resource": resource, "request-id": f"request-{minutes}", "sentry-hook-timestamp": str(moment),
    }  # fmt: skip
    type_ = f"sentry.{resource}.{payload['action']}"
    return {**payload, "_source": "sentry", "_execops_headers": headers, "type": type_, "created": moment}


def _paying_users_hit() -> Iterator[Case]:
    hit = from_sentry("event_alert", engineering_events.error(None, at=_moment_of(0)))
    names = ("Globex", "Initech", "Umbrella", "Hooli", "Stark", "Wayne")
    customers = [
        {"customer": f"cus_{name}", "name": name, "email": None, "mrr": {"USD": 120_000}} for name in names
    ]
    over = [
        from_sentry("issue", engineering_events.issue_changed(action), minutes=5)
        for action in ("resolved", "archived")
    ]
    channel = {"account_owner": "#ops"}
    yield Case(
        story="three, Slack", events=[hit], moot=over, computed={"affected": customers[:3]}, settings=channel
    )
    yield Case(story="six, mail", events=[hit], moot=over, computed={"affected": customers})
    yield Case(story="two of three", events=[hit], computed={"affected": customers[:2]})


SCENARIOS: dict[str, Callable[[], Iterator[Case]]] = {
    "account_restricted": _account_restricted,
    "angry_customer": support_stories.stories(Case, "o01", "o23"),
    "authenticate_payment": _authenticate_payment,
    "card_expiring": _card_expiring,
    "card_update": _card_update,
    "dispute_lost": _dispute_lost,
    "dispute_response": _dispute_response,
    "early_fraud_warning": _early_fraud_warning,
    "invoice_overdue": _invoice_overdue,
    "new_vendor": _new_vendor,
    "large_cancellation": _large_cancellation,
    "outage_wave": support_stories.waves(Case),
    "owner_alert": _owner_alert,
    "paying_users_hit": _paying_users_hit,
    "payout_failed": _payout_failed,
    "refund_asked": support_stories.stories(Case, "o54", "o25", refunds=True),
    "refund_failed": _refund_failed,
    "repository_alarm": _repository_alarm,
    "runway_low": _runway_low,
    "save_offer": _save_offer,
    "sla_missed": support_stories.stories(
        Case, "o22", "o23", wait=110, settings={"slas": (("Contrat Pro - première réponse 2h", 7200.0),)}
    ),
    "spend_spike": _spend_spike,
    "subscription_ended": _subscription_ended,
    "trial_ending": _trial_ending,
    "vip_waiting": support_stories.stories(Case, "o17", "o23", wait=60),
}


# The table


def _sent(draft: Draft) -> str:
    """`email to a@b.example: “…”`, `slack to #channel: “…”`."""
    payload = draft.payload
    head = payload.get("subject") or str(payload.get("text", "")).partition("\n")[0]
    receiver = payload.get("to") or payload.get("channel")
    return f"{draft.action_type}{f' to {receiver}' if receiver else ''}: “{head}”"


def _rows(play: Play) -> Iterator[tuple[str, str, str, str]]:
    for case in SCENARIOS[play.name]():
        event_in = f"`{case.events[-1]['type']}`, {case.story}"
        answer = ask(play, case)
        if isinstance(answer, Declined):
            yield event_in, f"no proposal: {answer.reason}", "", ""
            continue
        moot = []
        for then in case.moot:
            payload = then.event if isinstance(then, Then) else then
            now = ask(play, case, then)
            why = now.reason if isinstance(now, Declined) else "STILL PROPOSED"
            moot.append(f"`{payload['type']}`: {why}")
        yield event_in, _sent(answer), answer.urgency.value, "; ".join(moot)


def table(name: str) -> str:
    """A play's table, in Markdown."""
    play = all_plays()[name]
    lines = [f"## {name}", "", f"{play.summary}.", ""]
    lines += ["| event in | draft out | urgency | moot by |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(cell.replace('|', '¦') for cell in row)} |" for row in _rows(play)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print("\n".join(table(name) for name in sys.argv[1:] or sorted(all_plays().keys() & SCENARIOS.keys())))

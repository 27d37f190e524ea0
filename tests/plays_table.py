"""What each play answers: event in, draft out, what makes it moot, and why there is no proposal.

`python -m tests.plays_table [PLAY…]` prints it. Nothing here is a play's words: each case is a story of Stripe
events, read by the source, folded as the ledger folds them, and judged by the play. A new play needs an entry in
`SCENARIOS`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from execops.books import facts as facts_of
from execops.books.facts import About, Facts
from execops.effects import Movement, Snapshot
from execops.model import Declined, Draft, Event, EventStatus, Json
from execops.plays.play import Play
from execops.plays.registry import all_plays
from execops.settings import Settings, load_settings
from execops.sources.stripe import normalise, read
from tests.stripe_events import event, failed, fixture, invoice, paid

_DAY = 86_400
_NOW = 1_790_000_000  # the events' own calendar: 2026-09-21, a second for each event


@dataclass(frozen=True)
class Then:
    """An event that comes later, and the facts of `execops.books.facts` that are known by then without an event."""

    event: Json
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A story about one play. The last of `events` wakes it, those before are known already.

    Each of `moot`, alone, makes the draft moot. `given` are facts that the database computes: `runway`,
    `spend`, `top_customer`; `settings` differ from the defaults.
    """

    said: str
    events: Sequence[Json]
    moot: Sequence[Json | Then] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


class World:
    """What events tell, folded as the ledger folds it, with no database."""

    def __init__(self, **settings: Any) -> None:
        self.settings: Settings = replace(load_settings({}, {}), **settings)
        self.snapshots: dict[str, tuple[tuple[datetime, int, str], Snapshot]] = {}
        self.movements: dict[str, Movement] = {}
        self.now = datetime.fromtimestamp(_NOW).astimezone()

    def take(self, payload: Json) -> Event:
        """Read an event and keep what it tells; returns it as it would be stored."""
        new = normalise(self.settings, payload, self.now)
        self.now = max(self.now, new.occurred_at)
        taken = Event(
            id=len(self.snapshots) + 1,
            source="stripe",
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
        effects = read(taken)
        for snapshot in effects.snapshots:
            age = (snapshot.as_of, snapshot.rank, taken.dedupe_key)
            kept = self.snapshots.get(snapshot.object_id)
            if kept is None or age > kept[0]:
                self.snapshots[snapshot.object_id] = (age, snapshot)
        for movement in effects.movements:
            self.movements.setdefault(movement.external_id, movement)
        return taken

    def facts(self, about: About, given: Mapping[str, Any]) -> Facts:
        """What `execops.books.facts.gather` would read."""
        kept = sorted(self.snapshots.values(), key=lambda each: each[1].object_id)
        found = [each for _, each in sorted(kept, key=lambda each: each[0][0], reverse=True)]
        mine = next((each for each in found if each.object_id == about.object_id), None)

        def states(type_: str) -> list[Json]:
            return [
                {"id": each.object_id, **each.state}
                for each in found
                if each.object_type == type_ and each.subject_key == about.subject_key
            ]

        customers = states("customer")
        return Facts(
            object_id=about.object_id,
            object_type=mine.object_type if mine else None,
            subject_key=about.subject_key,
            state=dict(mine.state) if mine else {},
            customer=customers[0] if customers else {},
            subscriptions=states("subscription"),
            charges=states("charge")[:20],
            cards=states("card"),
            linked=[
                {"id": each.object_id, "type": each.object_type, **each.state}
                for each in found
                if mine and each.object_id in mine.links
            ],
            paid=self._paid(about.subject_key),
            now=self.now.isoformat(),
            org={name: getattr(self.settings, name) for name in facts_of._ORG_SETTINGS},
            **given,
        )

    def _paid(self, customer: str) -> list[Json]:
        sums: dict[str, Json] = {}
        for each in self.movements.values():
            if each.customer == customer and each.kind in {"invoice_paid", "refund"}:
                code = each.amount.currency
                row = sums.setdefault(code, {"currency": code, "amount_minor": 0, "payments": 0})
                row["amount_minor"] += each.amount.minor
                row["payments"] += int(each.kind == "invoice_paid")
        return [sums[code] for code in sorted(sums)]


def ask(play: Play, case: Case, then: Json | Then | None = None) -> Draft | Declined:
    """The play's answer to a case, or what it says of the same object once something more has happened."""
    world = World(**case.settings)
    for payload in case.events:
        woke = world.take(payload)
    about = play.about(woke, world.settings)
    if woke.type not in play.events or about is None:
        return Declined("the event does not wake the play")
    later = Then(then) if isinstance(then, dict) else then
    if later:
        world.take(later.event)
    return play.assess(world.facts(about, {**case.given, **(later.given if later else {})}))


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
    told = event(type_, fixture("subscription", **(running | changes)))
    if previous is not None:
        told["data"]["previous_attributes"] = previous
    return told


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


def about_invoice(type_: str, **changes: Any) -> Json:
    """An event about the open invoice of $49.00."""
    return event(type_, invoice(**changes))


def settled(**changes: Any) -> list[Json]:
    """What makes an invoice need nothing more."""
    return [
        paid(**changes),
        about_invoice("invoice.voided", **changes | {"status": "void"}),
        about_invoice("invoice.marked_uncollectible", **changes | {"status": "uncollectible"}),
    ]


def _card_update() -> Iterator[Case]:
    yield Case(said="first attempt", events=[customer(), failed()], moot=settled())
    yield Case(said="second attempt", events=[customer(), failed(attempt_count=2)])
    yield Case(said="third attempt", events=[customer(), failed(attempt_count=3)])
    yield Case(said="last attempt", events=[customer(), failed(attempt_count=4, next_payment_attempt=None)])
    yield Case(said="1,000.00 or more", events=[customer(), failed(amount_remaining=120_000)])
    yield Case(said="known to be paid", events=[customer(), paid(), failed(created=_NOW)])
    yield Case(said="no address", events=[failed(customer_email=None)])
    yield Case(
        said="deleted customer", events=[customer(type_="customer.deleted"), failed(customer_email=None)]
    )


def _owner_alert() -> Iterator[Case]:
    large: Json = {"amount_due": 120_000, "amount_remaining": 120_000}
    yield Case(
        said="1,000.00 or more, Slack", events=[customer(), failed(**large)], moot=settled(**large),
        settings={"account_owner": "#accounts"},
    )  # fmt: skip
    yield Case(said="1,000.00 or more, no Slack", events=[customer(), failed(**large)], moot=settled(**large))
    yield Case(said="a top customer", events=[customer(), failed()], given={"top_customer": True})
    yield Case(said="small", events=[customer(), failed()], given={"top_customer": False})
    yield Case(said="known to be paid", events=[paid(), failed(created=_NOW, **large)])


def _authenticate_payment() -> Iterator[Case]:
    asked = "invoice.payment_action_required"
    yield Case(said="asked", events=[customer(), about_invoice(asked)], moot=settled())
    yield Case(said="asked again", events=[customer(), about_invoice(asked, attempt_count=2)])
    yield Case(said="known to be paid", events=[paid(), about_invoice(asked, status="paid")])
    yield Case(said="no address", events=[about_invoice(asked, customer_email=None)])


def _invoice_overdue() -> Iterator[Case]:
    due = {"due_date": _NOW - 3 * _DAY, "next_payment_attempt": None, "attempt_count": 0}
    late = due | {"due_date": _NOW - 30 * _DAY}
    overdue = "invoice.overdue"
    yield Case(
        said="3 days",
        events=[customer(), about_invoice(overdue, **due)],
        moot=[
            *settled(**due),
            about_invoice("invoice.updated", **due | {"due_date": _NOW + 9 * _DAY}),
        ],
    )
    yield Case(said="30 days", events=[customer(), about_invoice(overdue, **late)], moot=settled(**late))
    yield Case(
        said="no address, Slack",
        events=[about_invoice(overdue, **due, customer_email=None)],
        moot=settled(**due),
        settings={"account_owner": "#accounts"},
    )
    yield Case(said="no address, no Slack", events=[about_invoice(overdue, **due, customer_email=None)])
    yield Case(said="nothing left to pay", events=[about_invoice(overdue, **due, amount_remaining=0)])


def _card_expiring() -> Iterator[Case]:
    mine = customer(default_source="card_1")
    yield Case(
        said="the default card",
        events=[mine, card()],
        moot=[
            card(type_="customer.source.deleted"),
            card(type_="customer.source.updated", exp_year=2030),
            customer(type_="customer.updated", default_source="card_2"),
        ],
    )
    yield Case(said="another card is the default", events=[customer(default_source="card_2"), card()])
    yield Case(said="a bank account", events=[mine, event("customer.source.expiring", fixture("source"))])
    yield Case(said="no address", events=[customer(email=None), card()])


def _save_offer() -> Iterator[Case]:
    undone = {"cancel_at_period_end": True, "cancel_at": _NOW + 10 * _DAY}
    yield Case(
        said="$49.00 a month",
        events=[customer(), subscription(**CANCELLED)],
        moot=[
            subscription(previous_attributes=undone),
            subscription(type_="customer.subscription.deleted", status="canceled", ended_at=_NOW),
        ],
    )
    yield Case(
        said="$147.00 a month, too expensive",
        events=[
            customer(),
            subscription(
                quantity=3, cancellation_details={"feedback": "too_expensive", "comment": None}, **CANCELLED
            ),
        ],
    )
    yield Case(
        said="no address, Slack",
        events=[customer(email=None), subscription(**CANCELLED)],
        settings={"account_owner": "#accounts"},
    )
    yield Case(said="no address, no Slack", events=[customer(email=None), subscription(**CANCELLED)])
    yield Case(
        said="cancelled before, changed now",
        events=[customer(), subscription(**CANCELLED | {"previous_attributes": {"quantity": 2}})],
    )
    yield Case(said="not cancelled, an old version", events=[customer(), subscription()])
    yield Case(said="ended already", events=[customer(), subscription(**CANCELLED | {"status": "canceled"})])


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
    }
    return event(type_, fixture("dispute", **(held | changes)), created=created)


def disputed_charge(**changes: Any) -> Json:
    """The charge that is disputed."""
    billed: Json = {
        "id": "ch_1",
        "customer": "cus_1",
        "amount": 4900,
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
    }
    return event(type_, fixture("payout", **(sent | changes)), created=created)


def purchase(**changes: Any) -> Json:
    """A purchase of $1.00 with a company card, in the month of these events."""
    return event(
        "issuing_transaction.created", fixture("issuing.transaction", **({"created": _NOW} | changes))
    )


def balance() -> Json:
    """What lies at Stripe has changed."""
    return event("balance.available", fixture("balance"))


def month_of(vendor: str = "Rocket Rides", **changes: Any) -> Json:
    """The spend of a vendor's month: $1,200.00 against $1,000.00."""
    return {
        "vendor": vendor, "currency": "USD", "month": "2026-09", "current": True, "to_date": 120_000,
        "average": 100_000, "purchases": 3, "unknown": None,
    } | changes  # fmt: skip


def runway(**changes: Any) -> Json:
    """$20,000.00 of cash, $5,000.00 of burn: four months."""
    return {
        "month": "2026-09", "from": "2026-06", "to": "2026-08", "currency": "USD", "cash": 2_000_000,
        "burn": 500_000, "months": 4.0, "accounts": [["bank:main", 2_000_000, "2026-09-20"]], "left_out": [],
        "unknown": None,
    } | changes  # fmt: skip


def _dispute_response() -> Iterator[Case]:
    known = [customer(), disputed_charge()]
    yield Case(
        said="fraudulent, Slack",
        events=[*known, dispute()],
        moot=[dispute("charge.dispute.closed", status=each) for each in ("won", "lost", "warning_closed")],
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
        yield Case(said=f"{reason.replace('_', ' ')}, no Slack", events=[*known, dispute(reason=reason)])
    yield Case(said="an inquiry", events=[*known, dispute(status="warning_needs_response")])
    yield Case(said="nothing known of its charge", events=[dispute()])
    yield Case(
        said="closed already",
        events=[dispute("charge.dispute.closed", status="lost", created=_NOW + _DAY), dispute(created=_NOW)],
    )


def _payout_failed() -> Iterator[Case]:
    yield Case(
        said="Slack",
        events=[payout()],
        moot=[payout("payout.paid")],
        settings={"finance_channel": "#finance"},
    )
    yield Case(
        said="no Slack", events=[payout(failure_code="debit_not_authorized")], moot=[payout("payout.paid")]
    )
    yield Case(said="no reason given", events=[payout(failure_code=None, failure_message=None)])
    yield Case(
        said="known to be paid", events=[payout("payout.paid", created=_NOW + _DAY), payout(created=_NOW)]
    )


def _spend_spike() -> Iterator[Case]:
    moot = [
        Then(purchase(id="ipi_2", type="refund"), {"spend": month_of(to_date=110_000)}),
        Then(balance(), {"spend": month_of(current=False)}),
    ]
    yield Case(
        said="20 % over, Slack",
        events=[purchase()],
        moot=moot,
        given={"spend": month_of()},
        settings={"finance_channel": "#finance"},
    )
    yield Case(said="50 % over", events=[purchase()], given={"spend": month_of(to_date=150_000)})
    yield Case(said="10 % over", events=[purchase()], given={"spend": month_of(to_date=110_000)})
    yield Case(
        said="20 % over, a small vendor",
        events=[purchase()],
        given={"spend": month_of(to_date=12_000, average=10_000)},
    )
    yield Case(
        said="a new vendor",
        events=[purchase()],
        given={"spend": month_of(average=0, unknown="fewer than 3 full months of Rocket Rides are known")},
    )
    yield Case(
        said="a vendor that cost nothing lately", events=[purchase()], given={"spend": month_of(average=0)}
    )


def _runway_low() -> Iterator[Case]:
    moot = [
        Then(balance(), {"runway": runway(months=6.0, cash=3_000_000)}),
        Then(balance(), {"runway": runway(months=None, burn=-100)}),
        Then(balance(), {"runway": runway(month="2026-10")}),
    ]
    yield Case(
        said="4 months, Slack",
        events=[balance()],
        moot=moot,
        given={"runway": runway()},
        settings={"finance_channel": "#finance"},
    )
    yield Case(
        said="2.9 months, another currency beside",
        events=[purchase()],
        given={"runway": runway(months=2.9, cash=1_450_000, left_out=[["bank:eur", 500_000, "EUR"]])},
    )
    yield Case(said="an overdraft", events=[balance()], given={"runway": runway(months=0.0, cash=-100)})
    yield Case(said="6 months", events=[balance()], given={"runway": runway(months=6.0)})
    yield Case(
        said="no balance known",
        events=[payout("payout.paid")],
        given={"runway": runway(months=None, unknown="no balance in USD is known: import a bank file")},
    )
    yield Case(said="nothing burnt", events=[balance()], given={"runway": runway(months=None, burn=-1)})


SCENARIOS: dict[str, Callable[[], Iterator[Case]]] = {
    "authenticate_payment": _authenticate_payment,
    "card_expiring": _card_expiring,
    "card_update": _card_update,
    "dispute_response": _dispute_response,
    "invoice_overdue": _invoice_overdue,
    "owner_alert": _owner_alert,
    "payout_failed": _payout_failed,
    "runway_low": _runway_low,
    "save_offer": _save_offer,
    "spend_spike": _spend_spike,
}


# The table


def _sent(draft: Draft) -> str:
    """`email to a@b.example: “…”`, `slack to #channel: “…”`."""
    it = draft.payload
    head = it.get("subject") or str(it.get("text", "")).partition("\n")[0]
    return f"{draft.action_type} to {it.get('to') or it.get('channel')}: “{head}”"


def _rows(play: Play) -> Iterator[tuple[str, str, str, str]]:
    for case in SCENARIOS[play.name]():
        what = f"`{case.events[-1]['type']}`, {case.said}"
        answer = ask(play, case)
        if isinstance(answer, Declined):
            yield what, f"no proposal: {answer.reason}", "", ""
            continue
        moot = []
        for then in case.moot:
            payload = then.event if isinstance(then, Then) else then
            now = ask(play, case, then)
            why = now.reason if isinstance(now, Declined) else "STILL PROPOSED"
            moot.append(f"`{payload['type']}`: {why}")
        yield what, _sent(answer), answer.urgency.value, "; ".join(moot)


def table(name: str) -> str:
    """A play's table, in Markdown."""
    play = all_plays()[name]
    lines = [f"## {name}", "", f"{play.summary}.", ""]
    lines += ["| event in | draft out | urgency | moot by |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(each.replace('|', '¦') for each in row)} |" for row in _rows(play)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print("\n".join(table(name) for name in sys.argv[1:] or sorted(all_plays().keys() & SCENARIOS.keys())))

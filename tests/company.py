"""A made-up company: a thousand movements from a seed, as Stripe and a bank report them, and what they come to.

`Company` holds the reports to take in (events, balance transactions, bank rows) and, apart from them, the plain facts
behind: what moved, when, whose it was. An oracle that knows the facts needs no reader and no database.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from execops.money import Money
from execops.sources.bank.statement import Row
from tests.draws import draws
from tests.stripe_events import event, fixture, invoice

FIRST, LAST = datetime(2023, 3, 1, tzinfo=UTC), datetime(2024, 6, 20, tzinfo=UTC)
CURRENCIES = ("USD", "USD", "USD", "EUR", "EUR", "JPY")
VENDORS = ("AWS", "Figma", "Hetzner", "Landlord", "Linear", "Notion", None)
DECLINES = (("insufficient_funds", "soft"), ("lost_card", "hard"), ("expired_card", "expired"))
REFUND_REASONS = ("duplicate", "requested_by_customer", None)
REASONS = ("duplicate", "fraudulent", "product_not_received")


@dataclass(frozen=True, slots=True)
class Move:
    """A movement of money, as it happened."""

    at: datetime
    kind: str
    amount: int
    currency: str
    customer: str | None = None
    vendor: str | None = None
    reason: str | None = None  # of a refund
    name: str = ""  # of a payout
    state: str = ""  # of a payout, by now


@dataclass(frozen=True, slots=True)
class Level:
    """The MRR of a subscription from a moment on."""

    at: datetime
    subscription: str
    customer: str
    currency: str
    amount: int


@dataclass(slots=True)
class Company:
    """The events that are reported, and the movements that happened."""

    events: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(
        default_factory=list
    )  # Stripe's balance transactions, for a backfill
    statements: list[list[Row]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    balances: list[tuple[str, datetime, int, str]] = field(
        default_factory=list
    )  # account, as of, amount, currency
    disputes: list[tuple[datetime, str, str, int, bool]] = field(default_factory=list)  # reason, …, won
    failures: list[tuple[datetime, str]] = field(default_factory=list)  # moment, invoice
    declines: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # of an invoice's last failure: code, class
    declines_of: dict[tuple[str, int], str] = field(default_factory=dict)  # by invoice and attempt
    invoices: dict[str, tuple[str, str, int, int, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    happened: list[tuple[datetime, str]] = field(default_factory=list)  # the events by type

    def report(self, type_: str, stripe_object: dict[str, Any], at: datetime, **changes: Any) -> None:
        """Let Stripe send an event."""
        self.events.append(event(type_, stripe_object, created=int(at.timestamp()), **changes))
        self.happened.append((at, type_))


def make_company(seed: int) -> Company:
    """The company of this seed: the same each time; twice as much of it in a soak."""
    rng, company, size = random.Random(seed), Company(), draws(1, 2)
    for n in range(25):
        company.names[f"cus_{n:02}"] = f"Customer {n:02}"
        customer = fixture("customer", id=f"cus_{n:02}", name=f"Customer {n:02}")
        company.report("customer.created", customer, FIRST + timedelta(seconds=n))
    charges = [_charge(company, rng, n) for n in range(310 * size)]
    for n, charge in enumerate(rng.sample(charges, 100 * size)):
        _refund(company, rng, n, charge)
    for n, charge in enumerate(rng.sample(charges, 40 * size)):
        _dispute(company, rng, n, charge)
    for n, charge in enumerate(rng.sample(charges, 100 * size)):
        _fee(company, rng, n, charge)
    for n in range(40 * size):
        _payout(company, rng, n)
    for n in range(190 * size):
        _purchase(company, rng, n)
    for n in range(90 * size):
        _invoice(company, rng, n)
    for n in range(25 * size):
        _subscription(company, rng, n)
    _bank(company, rng)
    for n in range(10):
        _move(company, rng, n)
    for n in range(12):
        at = FIRST + timedelta(days=40 * n, hours=5)
        for currency in ("EUR", "USD"):
            company.balances.append(("stripe", at, 1000 * n + len(currency), currency))
        available = [{"amount": 1000 * n + 3, "currency": code} for code in ("eur", "usd")]
        balance = {
            "object": "balance",
            "available": available,
            "pending": [{"amount": 77, "currency": "usd"}],
        }
        company.report("balance.available", balance, at)
    for at, type_ in (
        (LAST - timedelta(days=3), "invoice.payment_failed"),
        (LAST - timedelta(days=40), "x.y"),
    ):
        company.report(type_, invoice("in_other_mode", customer="cus_00"), at, livemode=False)
    return company


def moment(rng: random.Random, since: datetime = FIRST) -> datetime:
    """Some second from then on, more often than not near midnight somewhere, where days are counted wrongly."""
    seconds = int((LAST - since).total_seconds())
    at = since + timedelta(seconds=rng.randrange(seconds))
    if rng.random() < 0.6:
        at = at.replace(hour=rng.choice([0, 4, 7, 11, 12, 23]), minute=rng.choice([0, 29, 30, 59]))
    return max(at, since)


def _charge(company: Company, rng: random.Random, n: int) -> dict[str, Any]:
    at, currency = moment(rng), rng.choice(CURRENCIES)
    customer = None if rng.random() < 0.08 else f"cus_{rng.randrange(25):02}"
    amount = rng.randrange(500, 50_000)
    charge = fixture(
        "charge",
        id=f"ch_{n}",
        amount=amount,
        amount_captured=amount,
        amount_refunded=0,
        currency=currency.lower(),
        customer=customer,
        payment_intent=f"pi_{n}",
        created=int(at.timestamp()),
        status="succeeded",
        captured=True,
        refunds=None,
    )
    by_intent = customer is not None and rng.random() < 0.15
    company.report("charge.succeeded", charge | {"customer": None} if by_intent else charge, at)
    if by_intent:
        intent = fixture("payment_intent", id=f"pi_{n}", customer=customer, latest_charge=f"ch_{n}")
        company.report("payment_intent.succeeded", intent, at)
    company.moves.append(Move(at, "charge", amount, currency, customer))
    return charge


def _refund(company: Company, rng: random.Random, n: int, charge: dict[str, Any]) -> None:
    at = moment(rng, datetime.fromtimestamp(charge["created"], UTC))
    amount = charge["amount"] if rng.random() < 0.5 else rng.randrange(1, charge["amount"])
    refund = {
        "id": f"re_{n}",
        "amount": amount,
        "currency": charge["currency"],
        "created": int(at.timestamp()),
    }
    refund |= rng.choice(
        [
            {"charge": charge["id"], "payment_intent": None},
            {"charge": None, "payment_intent": charge["payment_intent"]},
        ]
    )
    reason = REFUND_REASONS[n % len(REFUND_REASONS)]
    refund["reason"] = reason
    company.report("refund.created", fixture("refund", **refund, status="succeeded", customer=None), at)
    currency, customer = charge["currency"].upper(), charge["customer"]
    company.moves.append(Move(at, "refund", -amount, currency, customer, reason=reason))
    if rng.random() < 0.1:
        failed = moment(rng, at)
        company.report("refund.failed", fixture("refund", **refund, status="failed", customer=None), failed)
        company.moves.append(Move(failed, "refund", amount, currency, customer, reason=reason))


def _dispute(company: Company, rng: random.Random, n: int, charge: dict[str, Any]) -> None:
    at = moment(rng, datetime.fromtimestamp(charge["created"], UTC))
    amount, currency, customer = charge["amount"], charge["currency"].upper(), charge["customer"]
    entry = {
        "id": f"txn_d{n}",
        "object": "balance_transaction",
        "type": "adjustment",
        "reporting_category": "dispute",
        "source": f"dp_{n}",
        "amount": -amount,
        "fee": 1500,
        "currency": charge["currency"],
        "created": int(at.timestamp()),
    }
    dispute = fixture(
        "dispute", id=f"dp_{n}", charge=charge["id"], amount=amount, currency=charge["currency"]
    )
    reason = rng.choice(REASONS)
    dispute |= {"reason": reason, "created": int(at.timestamp()), "balance_transactions": [entry]}
    company.report("charge.dispute.created", dispute | {"status": "needs_response"}, at)
    company.moves.append(Move(at, "dispute", -amount, currency, customer))
    company.moves.append(Move(at, "dispute_fee", -1500, currency, customer))
    won = rng.random() < 0.4
    company.disputes.append((at, reason, currency, amount, won))
    if won:
        back = moment(rng, at)
        reversal = {"id": f"txn_w{n}", "amount": amount, "fee": 0, "reporting_category": "dispute_reversal"}
        reversal |= {"created": int(back.timestamp())}
        closed = dispute | {"status": "won", "balance_transactions": [entry, entry | reversal]}
        company.report("charge.dispute.closed", closed, back)
        company.moves.append(Move(back, "dispute", amount, currency, customer))


def _fee(company: Company, rng: random.Random, n: int, charge: dict[str, Any]) -> None:
    """A backfill reports the charge a second time, and Stripe's fee for it."""
    at = datetime.fromtimestamp(charge["created"], UTC) + timedelta(minutes=rng.randrange(600))
    fee = rng.randrange(30, 900)
    entry = {
        "id": f"txn_{n}",
        "object": "balance_transaction",
        "type": "charge",
        "source": charge,
        "fee": fee,
    }
    entry |= {"reporting_category": "charge", "amount": charge["amount"], "currency": charge["currency"]}
    company.entries.append(entry | {"created": int(at.timestamp())})
    company.moves.append(Move(at, "fee", -fee, charge["currency"].upper(), charge["customer"]))


def _payout(company: Company, rng: random.Random, n: int) -> None:
    at, currency, amount = moment(rng), rng.choice(CURRENCIES), rng.randrange(1000, 900_000)
    payout = fixture(
        "payout", id=f"po_{n}", amount=amount, currency=currency.lower(), created=int(at.timestamp())
    )
    company.report("payout.created", payout | {"status": "in_transit"}, at)
    fails = rng.random() < 0.15
    state = "failed" if fails else "in_transit"
    company.moves.append(Move(at, "payout", -amount, currency, name=f"po_{n}", state=state))
    if fails:
        failed = moment(rng, at)
        company.report("payout.failed", payout | {"status": "failed"}, failed)
        company.moves.append(Move(failed, "payout", amount, currency))


def _purchase(company: Company, rng: random.Random, n: int) -> None:
    at, currency, vendor = moment(rng), rng.choice(CURRENCIES), rng.choice(VENDORS)
    amount = rng.randrange(100, 90_000) * (1 if rng.random() < 0.12 else -1)
    purchase = {
        "id": f"ipi_{n}",
        "object": "issuing.transaction",
        "amount": amount,
        "currency": currency.lower(),
        "type": "refund" if amount > 0 else "capture",
        "created": int(at.timestamp()),
        "merchant_data": {"name": vendor, "category": "computers"},
    }
    company.report("issuing_transaction.created", purchase, at)
    company.moves.append(Move(at, "issuing", amount, currency, vendor=vendor))


def _invoice(company: Company, rng: random.Random, n: int) -> None:
    at, currency, customer = moment(rng), rng.choice(CURRENCIES), f"cus_{rng.randrange(25):02}"
    due, attempts, paid = rng.randrange(500, 90_000), rng.randrange(3), rng.random() < 0.8
    shape = {"customer": customer, "customer_name": None, "amount_due": due, "currency": currency.lower()}
    shape["amount_remaining"] = due
    for attempt in range(1, attempts + 1):
        at = moment(rng, at)
        company.report("invoice.payment_failed", invoice(f"in_{n}", **shape, attempt_count=attempt), at)
        company.failures.append((at, f"in_{n}"))
        if n % 3:
            code, decline = DECLINES[(n + attempt) % len(DECLINES)]
            refused = {
                "status": "failed",
                "failure_code": code,
                "amount": due,
                "created": int(at.timestamp()),
            }
            refused |= {"customer": customer, "currency": currency.lower()}
            refused["invoice"] = f"in_{n}" if n % 3 == 1 else None  # since 2025 a charge names no invoice
            company.report("charge.failed", fixture("charge", id=f"ch_{n}_{attempt}", **refused), at)
            company.declines[f"in_{n}"] = (code, decline)
            company.declines_of[f"in_{n}", attempt] = code
    if paid:
        at = moment(rng, at) + timedelta(seconds=1)
        settled = {"status": "paid", "amount_paid": due, "attempt_count": attempts + 1}
        shape["amount_remaining"] = 0
        settled["status_transitions"] = {"paid_at": int(at.timestamp())}
        company.report("invoice.paid", invoice(f"in_{n}", **shape, **settled), at)
        company.moves.append(Move(at, "invoice_paid", due, currency, customer))
    company.invoices[f"in_{n}"] = (customer, currency, due, attempts + paid, "paid" if paid else "open")


def _subscription(company: Company, rng: random.Random, n: int) -> None:
    """A subscription that starts, perhaps on trial, changes its quantity, and perhaps ends."""
    at, currency = moment(rng), rng.choice(CURRENCIES)
    customer, unit, months = f"cus_{rng.randrange(12):02}", 12 * rng.randrange(1, 500), rng.choice([1, 3, 12])
    interval = {"interval": "year" if months == 12 else "month", "interval_count": 3 if months == 3 else 1}
    stages = [(rng.choice(["active", "trialing"]), 1)]
    stages += [
        (rng.choice(["active", "active", "past_due"]), rng.randrange(1, 5)) for _ in range(rng.randrange(4))
    ]
    stages += [("canceled", stages[-1][1])] if rng.random() < 0.5 else []
    for stage, (status, quantity) in enumerate(stages):
        at = moment(rng, at) + timedelta(seconds=1)
        price = {"unit_amount": unit, "currency": currency.lower(), "recurring": interval}
        subscription = {
            "id": f"sub_{n}",
            "object": "subscription",
            "customer": customer,
            "status": status,
            "items": {"data": [{"id": f"si_{n}", "quantity": quantity, "price": price}]},
        }
        name = "deleted" if status == "canceled" else "updated" if stage else "created"
        company.report(f"customer.subscription.{name}", subscription, at)
        pays = status in {"active", "past_due"}
        company.levels.append(
            Level(at, f"sub_{n}", customer, currency, unit * quantity // months if pays else 0)
        )


def _move(company: Company, rng: random.Random, n: int) -> None:
    """A customer who ends one subscription and starts another one within a day, or two days later."""
    at, customer, currency = moment(rng), f"cus_{15 + n}", rng.choice(CURRENCIES)
    gap = timedelta(hours=rng.choice([-20, -1, 0, 1, 23, 47]))
    end = at + timedelta(days=rng.randrange(2, 60), seconds=rng.randrange(86_400))
    plans = [rng.randrange(12, 5000), rng.randrange(12, 5000)]
    for plan, amount, start, over in ((0, plans[0], at, end), (1, plans[1], end + gap, None)):
        price = {"unit_amount": amount, "currency": currency.lower(), "recurring": {"interval": "month"}}
        name = f"sub_moved_{n}_{plan}"
        subscription = {
            "id": name,
            "object": "subscription",
            "customer": customer,
            "status": "active",
            "items": {"data": [{"id": f"si_moved_{n}_{plan}", "quantity": 1, "price": price}]},
        }
        company.report("customer.subscription.created", subscription, start)
        company.levels.append(Level(start, name, customer, currency, amount))
        if over:
            company.report("customer.subscription.deleted", subscription | {"status": "canceled"}, over)
            company.levels.append(Level(over, name, customer, currency, 0))


def _bank(company: Company, rng: random.Random) -> None:
    """Four statements of one bank account; the day after the last row of each, a row tells the balance."""
    edges = [date(2023, 3, 10), date(2023, 7, 1), date(2023, 11, 1), date(2024, 2, 29), date(2024, 6, 14)]
    for part, (since, until) in enumerate(pairwise(edges)):
        days = sorted(since + timedelta(days=rng.randrange((until - since).days)) for _ in range(88))
        days += [until, until]
        rows = []
        for n, day in enumerate(days):
            currency, vendor = (rng.choice(CURRENCIES[:5]), rng.choice(VENDORS)) if n < 88 else ("", "AWS")
            currency = currency or ("USD", "EUR")[n - 88]
            amount = rng.randrange(100, 200_000) * (1 if rng.random() < 0.3 else -1)
            transfer = n < 88 and rng.random() < 0.1
            balance = Money(rng.randrange(9_000_000), currency) if n >= 88 else None
            rows.append(
                Row(
                    line=n + 2,
                    day=day,
                    amount=Money(amount, currency),
                    description="text",
                    vendor=vendor,
                    category=None,
                    transfer=transfer,
                    balance=balance,
                    external_id=f"b{part}_{n}",
                )
            )
            at = datetime(day.year, day.month, day.day, tzinfo=UTC)
            kind = "bank_transfer" if transfer else "bank"
            company.moves.append(Move(at, kind, amount, currency, vendor=vendor))
            if balance:
                company.balances.append(("bank:main", at + timedelta(seconds=1), balance.minor, currency))
        company.statements.append(rows)

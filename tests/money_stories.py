"""Stories of money at Stripe, as lists of events: captures, refunds, disputes. `n` is the number of the customer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from execops.canvas.run import open_canvas
from execops.context import Context
from tests.stripe_events import event

AT = int(datetime(2026, 9, 21, 12, tzinfo=UTC).timestamp())
DAY = date(2026, 9, 25)
HOUR, LATER = 3600, 86_400
SUMS = "2023-10-16"  # events of this API version name no refund
DAHLIA = "2026-08-26.dahlia"
Events = list[dict[str, Any]]


def charge(n: int, **changes: Any) -> dict[str, Any]:
    whole = {"amount": 10_000, "amount_captured": 10_000, "amount_refunded": 0, "currency": "usd"}
    whole |= {"status": "succeeded", "captured": True, "paid": True, "created": AT}
    return (
        {"id": f"ch_{n}", "object": "charge", "customer": f"cus_{n}", "payment_intent": f"pi_{n}"}
        | whole
        | changes
    )


def refund(n: int, **changes: Any) -> dict[str, Any]:
    whole = {"amount": 10_000, "currency": "usd", "status": "succeeded", "created": AT + HOUR}
    names = {"id": f"re_{n}", "object": "refund", "charge": f"ch_{n}", "payment_intent": f"pi_{n}"}
    return names | whole | changes


def entry(id_: str, amount: int, n: int, **changes: Any) -> dict[str, Any]:
    """A line of a dispute, as Stripe's own ledger has it."""
    whole = {
        "object": "balance_transaction",
        "type": "adjustment",
        "amount": amount,
        "fee": 0,
        "currency": "usd",
    }
    whole |= {"reporting_category": "dispute" if amount < 0 else "dispute_reversal", "created": AT + HOUR}
    return {"id": f"{id_}_{n}", "source": f"du_{n}"} | whole | changes


def dispute(n: int, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    whole = {
        "amount": 10_000,
        "currency": "usd",
        "status": "needs_response",
        "reason": "fraudulent",
        "created": AT + HOUR,
    }
    names = {"id": f"du_{n}", "object": "dispute", "charge": f"ch_{n}", "payment_intent": f"pi_{n}"}
    return names | whole | {"balance_transactions": list(lines)} | changes


def at(moment: int, type_: str, stripe_object: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An event of this second, of today's API version."""
    return event(type_, stripe_object, created=AT + moment, **({"api_version": DAHLIA} | changes))


def refunded(
    moment: int, stripe_object: dict[str, Any], before: int | None = None, version: str = SUMS
) -> dict[str, Any]:
    """`charge.refunded` with only the sum, and with the sum before it where that is given."""
    payload = at(moment, "charge.refunded", stripe_object, api_version=version)
    if before is not None:
        payload["data"]["previous_attributes"] = {"amount_refunded": before}
    return payload


async def revenue(ctx: Context, **params: Any) -> dict[str, tuple[int, ...]]:
    """By customer: gross, refunded, disputed, net, payments. Every customer here has one currency."""
    async with open_canvas(ctx) as canvas:
        answer = await canvas.answer("net_revenue", {"group_by": "customer"} | params, DAY)
    by_customer: dict[str, tuple[int, ...]] = {}
    for customer, _, *sums in answer.rows:
        if any(sums):
            assert customer not in by_customer
            by_customer[customer] = tuple(sums)
    return by_customer


# Captures


def captured_in_part(n: int) -> Events:
    """USD 100 authorised, USD 70 captured a day later; Stripe shows the rest as a refund, by name and in the sum."""
    whole = charge(n, captured=False, amount_captured=0)
    part = charge(n, amount_captured=7000, amount_refunded=3000)
    return [
        at(0, "charge.succeeded", whole),
        at(LATER, "charge.captured", part),
        at(LATER, "refund.created", refund(n, amount=3000, created=AT + LATER)),
        refunded(LATER + 1, part, before=0, version=DAHLIA),
    ]


def captured_in_part_and_refunded(n: int) -> Events:
    """USD 70 of 100 captured, and USD 30 of these given back: as much as the rest that was released."""
    part = charge(n, amount_captured=7000, amount_refunded=3000)
    return [
        at(LATER, "charge.captured", part),
        at(LATER, "refund.created", refund(n, id=f"re_a{n}", amount=3000, created=AT + LATER)),
        at(2 * LATER, "refund.created", refund(n, id=f"re_b{n}", amount=3000, created=AT + 2 * LATER)),
        refunded(2 * LATER, part | {"amount_refunded": 6000}, before=3000, version=DAHLIA),
    ]


def expired(n: int) -> Events:
    """An authorisation that nobody captured: nothing came, and nothing went back."""
    held = charge(n, captured=False, amount_captured=0)
    gone = held | {"amount_refunded": 10_000, "refunded": True}
    return [
        at(0, "charge.succeeded", held),
        at(7 * LATER, "charge.expired", gone),
        at(7 * LATER, "refund.created", refund(n, created=AT + 7 * LATER)),
        refunded(7 * LATER, gone, before=0),
    ]


def canceled_before_its_capture(n: int) -> Events:
    held = charge(n, captured=False, amount_captured=0)
    listed = {"object": "list", "data": [refund(n, reason="requested_by_customer")]}
    gone = held | {"amount_refunded": 10_000, "refunds": listed}
    return [at(0, "charge.succeeded", held), at(HOUR, "charge.refunded", gone, api_version="2020-08-27")]


def captured_later(n: int) -> Events:
    return [
        at(0, "charge.succeeded", charge(n, captured=False, amount_captured=0)),
        at(LATER, "charge.captured", charge(n)),
        at(2 * LATER, "charge.updated", charge(n, description="with a text")),
    ]


def captured_twice(n: int) -> Events:
    """USD 30, and later USD 50 more, of an authorisation of USD 100 that may be captured several times."""
    return [
        at(HOUR, "charge.captured", charge(n, amount_captured=3000)),
        at(2 * HOUR, "charge.captured", charge(n, amount_captured=8000)),
        at(3 * HOUR, "charge.updated", charge(n, amount_captured=8000)),
    ]


def captured_without_the_amount(n: int) -> Events:
    """The events of old days do not say how much was captured, but show the rest as refunded."""
    part = charge(n, amount_refunded=3000)
    del part["amount_captured"]
    return [at(LATER, "charge.captured", part, api_version="2017-08-15")]


# Refunds


def two_sums(n: int) -> Events:
    """USD 20 on one day and USD 30 on the next, of which the events tell only the sums."""
    return [
        at(0, "charge.succeeded", charge(n)),
        refunded(HOUR, charge(n, amount_refunded=2000)),
        refunded(LATER, charge(n, amount_refunded=5000)),
        at(2 * LATER, "charge.updated", charge(n, amount_refunded=5000)),
    ]


def two_sums_with_the_sums_before(n: int) -> Events:
    return [
        at(0, "charge.succeeded", charge(n)),
        refunded(HOUR, charge(n, amount_refunded=2000), before=0),
        refunded(LATER, charge(n, amount_refunded=5000), before=2000),
    ]


def sums_and_names(n: int) -> Events:
    """The same two refunds by sum, and both by name: as `charge.refund.updated`, or as `refund.created`."""
    return [
        refunded(HOUR + 1, charge(n, amount_refunded=2000), version=DAHLIA),
        at(HOUR, "refund.created", refund(n, id=f"re_a{n}", amount=2000)),
        refunded(LATER + 1, charge(n, amount_refunded=5000), before=2000),
        at(
            LATER,
            "charge.refund.updated",
            refund(n, id=f"re_b{n}", amount=3000, created=AT + LATER),
            api_version=SUMS,
        ),
    ]


def one_name_of_two(n: int) -> Events:
    """Two refunds by sum, only the second also by name, and that by its payment intent alone."""
    return [
        refunded(HOUR, charge(n, amount_refunded=2000)),
        refunded(LATER, charge(n, amount_refunded=5000)),
        at(LATER, "refund.created", refund(n, amount=3000, charge=None, created=AT + LATER - 5)),
    ]


def only_the_last_sum(n: int) -> Events:
    """The event of the first refund never came: the sum before the second one tells of it."""
    return [
        at(0, "charge.succeeded", charge(n)),
        refunded(LATER, charge(n, amount_refunded=5000), before=2000),
    ]


def refund_that_failed(n: int) -> Events:
    return [
        refunded(HOUR, charge(n, amount_refunded=5000)),
        at(LATER, "refund.failed", refund(n, amount=5000, status="failed")),
        at(LATER, "charge.refund.updated", refund(n, amount=5000, status="failed"), api_version=SUMS),
        at(LATER + 1, "charge.updated", charge(n)),
    ]


def failed_refund_of_a_sum(n: int) -> Events:
    """The sum falls back to nothing: the refund failed, and no event named it."""
    back = at(LATER, "charge.updated", charge(n))
    back["data"]["previous_attributes"] = {"amount_refunded": 5000}
    return [refunded(HOUR, charge(n, amount_refunded=5000)), back]


# Disputes

TAKEN = {"fee": 1500}


def won(n: int) -> Events:
    taken, back = (
        entry("txn_a", -10_000, n, **TAKEN),
        entry("txn_b", 10_000, n, created=AT + LATER, fee=-1500),
    )
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "charge.dispute.created", dispute(n)),
        at(HOUR, "charge.dispute.funds_withdrawn", dispute(n, taken)),
        at(LATER, "charge.dispute.funds_reinstated", dispute(n, taken, back, status="won")),
    ]


def won_and_lost_again(n: int) -> Events:
    """Taken, given back, and taken again a day later: one case, and the money is gone."""
    lines = [
        entry("txn_a", -10_000, n),
        entry("txn_b", 10_000, n, created=AT + LATER),
        entry("txn_c", -10_000, n, created=AT + 2 * LATER),
    ]
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "charge.dispute.funds_withdrawn", dispute(n, lines[0])),
        at(LATER, "charge.dispute.funds_reinstated", dispute(n, *lines[:2], status="won")),
        at(2 * LATER, "charge.dispute.closed", dispute(n, *lines, status="lost")),
    ]


def disputed_in_part(n: int) -> Events:
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "charge.dispute.created", dispute(n, entry("txn_a", -4000, n), amount=4000)),
        at(LATER, "charge.dispute.closed", dispute(n, entry("txn_a", -4000, n), amount=4000, status="lost")),
    ]


def disputed_after_its_refund(n: int) -> Events:
    """The customer has the money twice: refunded, and charged back."""
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "refund.created", refund(n)),
        refunded(HOUR, charge(n, amount_refunded=10_000), before=0, version=DAHLIA),
        at(LATER, "charge.dispute.created", dispute(n, entry("txn_a", -10_000, n, created=AT + LATER))),
    ]


def inquiry(n: int) -> Events:
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "charge.dispute.created", dispute(n, status="warning_needs_response")),
        at(LATER, "charge.dispute.closed", dispute(n, status="warning_closed")),
    ]


def in_the_words_of_2017(n: int) -> Events:
    """No reporting category, and a single balance transaction beside the list."""
    line = entry("txn_a", -10_000, n, source=f"ch_{n}")
    del line["reporting_category"]
    return [
        at(0, "charge.succeeded", charge(n), api_version="2017-08-15"),
        at(
            HOUR,
            "charge.dispute.created",
            dispute(n, line, balance_transaction=line["id"]),
            api_version="2017-08-15",
        ),
    ]


def one_expanded_entry(n: int) -> Events:
    told = dispute(n, balance_transaction=entry("txn_a", -10_000, n))
    del told["balance_transactions"]
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "charge.dispute.created", told, api_version="2013-12-03"),
    ]


def one_entry_by_its_id(n: int) -> Events:
    told = dispute(n, balance_transaction=f"txn_a_{n}")
    del told["balance_transactions"]
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "charge.dispute.created", told, api_version="2013-12-03"),
    ]


def by_its_id_and_in_full(n: int) -> Events:
    """Stripe's own entry says less than the claim: it counts, and the claim does not."""
    told = dispute(n, balance_transaction=f"txn_a_{n}")
    del told["balance_transactions"]
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "charge.dispute.created", told, api_version="2013-12-03"),
        at(HOUR + 1, "charge.dispute.updated", dispute(n, entry("txn_a", -9900, n))),
    ]


def debit_that_was_disputed(n: int) -> Events:
    """A SEPA debit that the customer's bank took back: Stripe books it as a reversal of the payment."""
    line = entry("txn_a", -10_000, n, type="payment_reversal", source=f"py_{n}")
    del line["reporting_category"]
    return [
        at(0, "charge.succeeded", charge(n)),
        at(HOUR, "charge.dispute.created", dispute(n, line, status="lost")),
    ]

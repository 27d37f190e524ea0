"""Recovered money is credited once, to the last action executed before the payment, in every order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from execops import processing
from execops.authority import audit, policy
from execops.books import ledger
from execops.client import Client
from execops.context import Context
from execops.effects import Movement
from execops.errors import ConflictError
from execops.model import Event, Status
from execops.money import Money
from execops.settings import Settings
from execops.sources import get_source
from tests import records
from tests.conftest import MakeSettings
from tests.draws import orders_of
from tests.stripe_events import deliver, event, failed, fixture, overdue, paid, payer, take_in

DAY = 86400
SECONDS_OF_30_DAYS = 30 * DAY


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Here one customer gets many messages; tests/integration/test_contact.py is about that."""
    return make_settings(contact_hours=0)


async def recoveries(ctx: Context) -> list[dict[str, Any]]:
    return await records.rows(ctx, "select * from recoveries order by object_id")


async def credited(ctx: Context) -> list[tuple[str, int]]:
    """Each invoice with the proposal that it is credited to."""
    return [(row["object_id"], row["proposal_id"]) for row in await recoveries(ctx)]


async def entries(ctx: Context, proposal_id: int) -> list[str]:
    return [
        action for action in await records.transitions(ctx, proposal_id) if action.startswith("recovery.")
    ]


async def drafted(ctx: Context, payload: dict[str, Any]) -> int:
    """Process this event; returns the id of its proposal, beside those that it changes."""
    (proposal,) = {
        result["proposal"]
        for result in (await take_in(ctx, payload)).outcome
        if result["result"] in {"drafted", "unchanged", "coalesced"}
    }
    assert isinstance(proposal, int)
    return proposal


async def late(ctx: Context) -> int:
    """The id of a proposal of another play about the invoice `in_1`."""
    return await drafted(ctx, overdue("in_1", collection_method="charge_automatically"))


async def execute(ctx: Context, client: Client, proposal_id: int) -> None:
    """Approve the proposal, execute it and close its thread."""
    version = (await client.proposals.get(proposal_id)).version
    await client.proposals.approve(proposal_id, version)
    proposal = await client.proposals.get(proposal_id)
    await processing.execute_proposal(ctx, proposal_id, proposal.approval_no)
    assert (await client.proposals.get(proposal_id)).status is Status.EXECUTED
    await processing.close_thread(ctx, proposal.thread_id)


async def executed(ctx: Context, client: Client, id_: str = "in_1") -> tuple[int, datetime]:
    """The id of an executed proposal about this invoice, and the moment of its execution."""
    proposal_id = await records.pending_id(ctx, id_)
    await execute(ctx, client, proposal_id)
    (attempt,) = await records.executions(ctx, proposal_id)
    return proposal_id, attempt["finished_at"]


def paid_at(moment: float, id_: str = "in_1", **changes: Any) -> dict[str, Any]:
    """`invoice.paid`, paid at this Unix time; fractions of a second are cut, as Stripe cuts them."""
    customer = payer(id_.replace("in_", "cus_", 1))
    return paid(id_, status_transitions={"paid_at": int(moment)}, **(customer | changes))


async def test_an_invoice_paid_after_an_action_is_credited_to_it(ctx: Context, client: Client) -> None:
    id_, at = await executed(ctx, client)
    assert await recoveries(ctx) == []
    payment = await take_in(ctx, paid_at(at.timestamp() + 3600))
    [row] = await recoveries(ctx)
    assert (row["object_id"], row["proposal_id"]) == ("in_1", id_)
    assert (row["amount_minor"], row["currency"]) == (4900, "USD")
    assert row["paid_at"] == datetime.fromtimestamp(int(at.timestamp() + 3600), UTC)
    assert (row["executed_at"], row["event_id"]) == (at, payment.id)


async def test_the_trail_shows_the_credit(ctx: Context, client: Client) -> None:
    id_, at = await executed(ctx, client)
    await take_in(ctx, paid_at(at.timestamp() + 3600))
    last = (await client.proposals.card(id_)).trail[-1]
    assert (last.entry.action, last.actor) == ("recovery.credited", "worker")
    metadata = last.entry.metadata_json
    assert metadata["reason"] == "paid after an action"
    assert (metadata["object_id"], metadata["amount_minor"], metadata["currency"]) == ("in_1", 4900, "USD")
    proposal = await client.proposals.get(id_)
    assert (last.entry.version, last.entry.payload_sha256) == (proposal.version, proposal.payload_sha256)
    assert (await client.audit.verify()).ok


@pytest.mark.parametrize(
    ("seconds", "counts"),
    [
        (-3600, False),
        (-1, False),
        (1, True),
        (SECONDS_OF_30_DAYS, True),  # cut to a whole second, so it is just within
        (SECONDS_OF_30_DAYS + 1, False),
        (400 * DAY, False),
    ],
)
async def test_only_a_payment_within_thirty_days_counts(
    ctx: Context, client: Client, seconds: int, counts: bool
) -> None:
    _, at = await executed(ctx, client)
    await take_in(ctx, paid_at(at.timestamp() + seconds))
    assert bool(await recoveries(ctx)) is counts


async def test_only_an_executed_proposal_is_credited(ctx: Context, client: Client) -> None:
    soon = datetime.now(UTC).timestamp() + 3600
    rejected, approved = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    await client.proposals.reject(rejected, 1)
    await client.proposals.approve(approved, 1)
    await records.pending_id(ctx, "in_3")
    for id_ in ("in_1", "in_2", "in_3", "in_4"):
        await take_in(ctx, paid_at(soon, id_))
    assert await recoveries(ctx) == []


async def test_an_invoice_of_zero_recovers_nothing(ctx: Context, client: Client) -> None:
    _, at = await executed(ctx, client)
    await take_in(ctx, paid_at(at.timestamp() + 60, amount_paid=0, amount_due=0))
    assert await recoveries(ctx) == []


async def test_the_last_action_is_credited_once(ctx: Context, client: Client) -> None:
    first, second = await records.pending_id(ctx), await late(ctx)
    await execute(ctx, client, second)  # the order of execution counts, not that of the drafts
    await execute(ctx, client, first)
    (last,) = await records.executions(ctx, first)
    await take_in(ctx, paid_at(last["finished_at"].timestamp() + 60))
    assert await credited(ctx) == [("in_1", first)]
    assert await entries(ctx, second) == []
    assert await entries(ctx, first) == ["recovery.credited"]


async def test_an_action_after_the_payment_is_not_credited(ctx: Context, client: Client) -> None:
    first, second = await records.pending_id(ctx), await late(ctx)
    await execute(ctx, client, first)
    (attempt,) = await records.executions(ctx, first)
    between = int(attempt["finished_at"].timestamp()) + 1
    while datetime.now(UTC).timestamp() <= between:  # noqa: ASYNC110  Stripe's times are whole seconds
        await asyncio.sleep(0.05)
    await execute(ctx, client, second)
    await take_in(ctx, paid_at(between))
    assert await credited(ctx) == [("in_1", first)]


async def test_each_invoice_is_credited_to_its_own_proposal(ctx: Context, client: Client) -> None:
    first, _ = await executed(ctx, client, "in_1")
    second, at = await executed(ctx, client, "in_2")
    await take_in(ctx, paid_at(at.timestamp() + 60, "in_2", amount_paid=120_000, currency="jpy"))
    assert await credited(ctx) == [("in_2", second)]
    await take_in(ctx, paid_at(at.timestamp() + 90, "in_1"))
    assert await credited(ctx) == [("in_1", first), ("in_2", second)]
    money = [(row["amount_minor"], row["currency"]) for row in await recoveries(ctx)]
    assert money == [(4900, "USD"), (120_000, "JPY")]


async def test_every_invoice_that_one_message_covers_is_credited_to_it(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await take_in(ctx, failed("in_2"))
    await execute(ctx, client, proposal_id)
    soon = datetime.now(UTC).timestamp() + 3600
    for id_ in ("in_1", "in_2", "in_3"):
        await take_in(ctx, paid_at(soon, id_, customer="cus_1"))
    assert await credited(ctx) == [("in_1", proposal_id), ("in_2", proposal_id)]


async def test_a_refund_does_not_change_the_credit(ctx: Context, client: Client) -> None:
    id_, at = await executed(ctx, client)
    await take_in(ctx, paid_at(at.timestamp() + 60))
    before = await recoveries(ctx)
    charge = fixture("charge", id="ch_1", customer="cus_1", invoice="in_1", amount=4900, amount_refunded=4900)
    await take_in(ctx, event("charge.refunded", charge))
    await take_in(ctx, paid_at(at.timestamp() + 60, amount_paid=0))
    assert await recoveries(ctx) == before
    assert await entries(ctx, id_) == ["recovery.credited"]


async def test_replays_and_duplicates_change_nothing(ctx: Context, client: Client) -> None:
    id_, at = await executed(ctx, client)
    payload = paid_at(at.timestamp() + 60)
    payment = await take_in(ctx, payload)
    before, verified = await recoveries(ctx), await client.audit.verify()
    again = await deliver(ctx, payload)
    assert again.duplicate
    await processing.process_event(ctx, again.event_id)
    for _ in range(2):
        assert await client.events.replay(payment.id)
        await processing.process_event(ctx, payment.id)
    await take_in(ctx, payload | {"id": "evt_other", "type": "invoice.payment_succeeded"})
    await processing.close_thread(ctx, (await client.proposals.get(id_)).thread_id)
    assert await recoveries(ctx) == before
    assert await client.audit.verify() == verified


# The order of arrival


async def only_booked(ctx: Context, payload: dict[str, Any]) -> Event:
    """Book a payment, as a worker does that is faster than the end of the execution."""
    receipt = await deliver(ctx, payload)
    async with ctx.transaction() as conn:
        row = await (
            await conn.execute(b"select * from events where id = %s", (receipt.event_id,))
        ).fetchone()
        assert row is not None
        payment = Event.from_row(row)
        await ledger.record(conn, payment)
    return payment


async def start_execution(ctx: Context, client: Client, proposal_id: int) -> None:
    """Approve the proposal and leave its execution running, as before the process writes its end."""
    await client.proposals.approve(proposal_id, (await client.proposals.get(proposal_id)).version)
    await records.run(
        ctx,
        "insert into executions (proposal_id, attempt, idempotency_key, last_actor) values (%s, 1, %s, '{}')",
        proposal_id,
        f"key-{proposal_id}",
    )
    await records.run(ctx, "update action_proposals set status = 'executing' where id = %s", proposal_id)


async def finish_execution(ctx: Context, client: Client, proposal_id: int) -> None:
    """Write that the execution succeeded, and close the proposal's thread."""
    await records.run(
        ctx,
        "update executions set status = 'succeeded', finished_at = now() where proposal_id = %s",
        proposal_id,
    )
    await records.run(ctx, "update action_proposals set status = 'executed' where id = %s", proposal_id)
    await processing.close_thread(ctx, (await client.proposals.get(proposal_id)).thread_id)


@pytest.mark.parametrize("order", orders_of(("first", "second", "paid", "paid again")))
async def test_every_order_of_arrival_ends_in_the_same_credit(
    ctx: Context, client: Client, order: tuple[str, ...]
) -> None:
    ids = {"first": await records.pending_id(ctx), "second": await late(ctx)}
    for proposal_id in ids.values():
        await start_execution(ctx, client, proposal_id)
    moment = datetime.now(UTC).timestamp() + 3600  # after both executions, in every order of arrival
    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "first": lambda: finish_execution(ctx, client, ids["first"]),
        "second": lambda: finish_execution(ctx, client, ids["second"]),
        "paid": lambda: take_in(ctx, paid_at(moment)),
        "paid again": lambda: take_in(ctx, paid_at(moment) | {"type": "invoice.payment_succeeded"}),
    }
    for step in order:
        await steps[step]()
    last = max(("first", "second"), key=order.index)
    [row] = await recoveries(ctx)
    (attempt,) = await records.executions(ctx, ids[last])
    assert (row["proposal_id"], row["executed_at"]) == (ids[last], attempt["finished_at"])
    assert (row["amount_minor"], row["paid_at"].timestamp()) == (4900, int(moment))
    async with ctx.connection() as conn:
        assert (await audit.verify(conn)).ok


async def test_both_trails_show_a_credit_that_moves(ctx: Context, client: Client) -> None:
    first, second = await records.pending_id(ctx), await late(ctx)
    await start_execution(ctx, client, second)
    await execute(ctx, client, first)
    await take_in(ctx, paid_at(datetime.now(UTC).timestamp() + 3600))
    assert await credited(ctx) == [("in_1", first)]
    await finish_execution(ctx, client, second)
    assert await credited(ctx) == [("in_1", second)]
    assert await entries(ctx, first) == ["recovery.credited", "recovery.moved"]
    assert await entries(ctx, second) == ["recovery.credited"]
    moved = (await client.proposals.card(first)).trail[-1].entry.metadata_json
    assert moved["to"] == second


async def test_a_payment_that_commits_while_its_execution_ends_is_credited(
    ctx: Context, client: Client
) -> None:
    """The payment is booked but not committed while the execution ends, so neither sees the other's row."""
    id_ = await records.pending_id(ctx)
    await start_execution(ctx, client, id_)
    receipt = await deliver(ctx, paid_at(datetime.now(UTC).timestamp() + 3600))
    async with ctx.transaction() as conn:
        row = await (
            await conn.execute(b"select * from events where id = %s", (receipt.event_id,))
        ).fetchone()
        assert row is not None
        await ledger.record(conn, Event.from_row(row))
        ending = asyncio.create_task(finish_execution(ctx, client, id_))
        await records.until_blocked(ctx)
        assert await recoveries(ctx) == []
    await ending
    assert await credited(ctx) == [("in_1", id_)]


async def test_a_confirmed_action_counts_from_its_attempt(ctx: Context, client: Client) -> None:
    id_ = await records.pending_id(ctx)
    await start_execution(ctx, client, id_)
    await records.run(
        ctx, "update executions set status = 'unknown', finished_at = now() where proposal_id = %s", id_
    )
    await records.run(ctx, "update action_proposals set status = 'unknown' where id = %s", id_)
    (attempt,) = await records.executions(ctx, id_)
    await only_booked(ctx, paid_at(attempt["finished_at"].timestamp() + 60))
    assert await recoveries(ctx) == []
    await client.proposals.confirm(id_, 1)
    await processing.close_thread(ctx, (await client.proposals.get(id_)).thread_id)
    [row] = await recoveries(ctx)
    assert (row["proposal_id"], row["executed_at"]) == (id_, attempt["finished_at"])


async def test_a_confirmed_action_that_failed_here_counts_from_the_confirmation(
    ctx: Context, client: Client
) -> None:
    id_ = await records.pending_id(ctx)
    await start_execution(ctx, client, id_)
    await records.run(
        ctx, "update executions set status = 'failed', finished_at = now() where proposal_id = %s", id_
    )
    await records.run(ctx, "update action_proposals set status = 'failed' where id = %s", id_)
    await client.proposals.confirm(id_, 1)
    await take_in(ctx, paid_at(datetime.now(UTC).timestamp() + 60))
    [row] = await recoveries(ctx)
    assert (row["proposal_id"], row["executed_at"]) == (id_, (await client.proposals.get(id_)).decided_at)


async def test_a_payment_booked_without_an_event_counts(ctx: Context, client: Client) -> None:
    id_, at = await executed(ctx, client)
    movement = Movement(
        external_id="in_1",
        kind="invoice_paid",
        amount=Money(4900, "USD"),
        occurred_at=datetime.fromtimestamp(at.timestamp() + 60, UTC),
        customer="cus_1",
    )
    async with ctx.transaction() as conn:
        await ledger.book(conn, "stripe", (movement,))
    assert await credited(ctx) == [("in_1", id_)]


@pytest.mark.parametrize("gone", ["pruned", "erased"])
async def test_a_credit_stays_when_the_payloads_that_told_what_was_open_are_gone(
    ctx: Context, client: Client, gone: str
) -> None:
    proposal_id = await records.pending_id(ctx, amount_paid=2000, amount_remaining=2900)
    await execute(ctx, client, proposal_id)
    payment = await take_in(ctx, paid_at(datetime.now(UTC).timestamp() + 60, amount_paid=4900))
    counted = "select object_id, coalesce(corrected_minor, amount_minor) as minor from recoveries"
    before = await records.rows(ctx, counted)
    assert before == [{"object_id": "in_1", "minor": 2900}]
    await records.run(ctx, "update events set received_at = now() - interval '1 day'")
    if gone == "pruned":
        await client.events.prune(datetime.now(UTC), stop=asyncio.Event(), on_progress=lambda _: None)
    else:
        await client.customers.erase("cus_1")
    assert {row["payload_gone"] for row in await records.rows(ctx, "select payload_gone from events")} == {
        gone
    }
    [booked] = get_source("stripe").read(payment).movements
    async with ctx.transaction() as conn:  # as a backfill does
        await ledger.book(conn, "stripe", (booked,))
    assert await records.rows(ctx, counted) == before


# Refusals by the database


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("delete from recoveries", "stays credited"),
        ("truncate recoveries", "stays credited"),
        ("update recoveries set amount_minor = 1", "moves only to a later action"),
        ("update recoveries set paid_at = now()", "moves only to a later action"),
        ("update recoveries set proposal_id = {other}", "moves only to a later action"),
        (
            "update recoveries set executed_at = executed_at - interval '1 s'",
            "moves only to a later action",
        ),
    ],
)
async def test_the_database_refuses_to_change_a_credit(
    ctx: Context, client: Client, statement: str, why: str
) -> None:
    other = await records.pending_id(ctx, "in_0")
    _, at = await executed(ctx, client)
    await take_in(ctx, paid_at(at.timestamp() + 60))
    before = await recoveries(ctx)
    with pytest.raises(ConflictError, match=why):
        await records.run(ctx, statement.format(other=other))
    assert await recoveries(ctx) == before


async def test_the_database_refuses_a_credit_for_a_payment_outside_the_thirty_days(
    ctx: Context, client: Client
) -> None:
    id_, _ = await executed(ctx, client)
    by_hand = (
        "insert into recoveries (object_id, proposal_id, amount_minor, currency, paid_at, executed_at, last_actor)"
        " values ('in_1', %s, 4900, 'USD', now() + make_interval(secs => %s), now(), '{}')"
    )
    for seconds in (-1, SECONDS_OF_30_DAYS + 1):
        with pytest.raises(psycopg.errors.CheckViolation):
            await records.run(ctx, by_hand, id_, seconds)
    await records.run(ctx, by_hand, id_, 1)
    with pytest.raises(psycopg.errors.UniqueViolation):
        await records.run(ctx, by_hand, id_, 1)


async def test_a_credit_without_an_actor_is_refused(ctx: Context, client: Client) -> None:
    _, at = await executed(ctx, client)
    with pytest.raises(ConflictError, match="no actor"):
        async with ctx.connection() as conn:
            await ledger.book(
                conn,
                "stripe",
                (
                    Movement(
                        external_id="in_1",
                        kind="invoice_paid",
                        amount=Money(4900, "USD"),
                        occurred_at=datetime.fromtimestamp(at.timestamp() + 60, UTC),
                    ),
                ),
            )
    assert await recoveries(ctx) == []


async def test_an_action_of_a_disabled_play_is_still_credited(ctx: Context, client: Client) -> None:
    """The credit belongs to the action, which was executed before its play was disabled."""
    id_, at = await executed(ctx, client)
    async with ctx.transaction(records.actor_of(client)) as conn:
        await policy.set_allowed(conn, client.operator, "play", "card_update", allowed=False, why=None)
    await take_in(ctx, failed())
    await take_in(ctx, paid_at(at.timestamp() + 60))
    assert await credited(ctx) == [("in_1", id_)]

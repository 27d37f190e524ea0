"""Snooze: a proposal is out of sight until an event, an attempt or a date, and nothing that happens meanwhile is lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError, InvalidInputError, NotAllowedError
from execops.model import Actor, Role, SnoozedFor, Status
from execops.proposals import snoozing
from tests import records
from tests.stripe_events import deliver, failed, paid, take_in

MONDAY = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)  # 10:30 in Berlin


async def let_time_pass(ctx: Context, proposal_id: int) -> None:
    """Let the moment of a snoozed proposal come, by hand: only the owner of the tables without triggers can."""
    async with records.as_owner(ctx) as owner, owner.connection() as conn:
        await conn.execute("alter table action_proposals disable trigger snooze_guard")
        await conn.execute("alter table action_proposals disable trigger proposal_guard_change")
        await conn.execute(
            "update action_proposals set snoozed_until = now() - interval '1 s' where id = %s", [proposal_id]
        )
        await conn.execute("alter table action_proposals enable always trigger snooze_guard")
        await conn.execute("alter table action_proposals enable always trigger proposal_guard_change")


async def trail(client: Client, proposal_id: int) -> list[tuple[str, str]]:
    return [(step.entry.action, step.words) for step in (await client.proposals.card(proposal_id)).trail]


async def shown(client: Client) -> list[int]:
    return [row.id for row in await client.proposals.inbox()]


async def test_it_leaves_the_inbox_and_the_next_event_about_the_customer_brings_it_back(
    ctx: Context, client: Client
) -> None:
    first = await records.pending_id(ctx, "in_1")
    second = await records.pending_id(ctx, "in_2")
    decided = await client.proposals.snooze(first, 1, "event", "they promised to pay")
    proposal = await client.proposals.get(first)
    assert (decided.status, proposal.status, proposal.version) == (Status.SNOOZED, Status.SNOOZED, 1)
    assert proposal.expires_at - timedelta(days=1) == decided.snoozed_until == proposal.snoozed_until
    assert await shown(client) == [second]
    counts = await client.proposals.counts()
    assert (counts.pending, counts.snoozed, counts.back_at) == (1, 1, decided.snoozed_until)
    assert [row.id for row in await client.proposals.history(status=Status.SNOOZED)] == [first]
    assert [row.id for row in await client.proposals.decided()] == []

    await take_in(ctx, failed("in_2", customer="cus_2", attempt_count=2))  # about another customer
    assert await shown(client) == [second]
    event = await take_in(ctx, failed("in_1", customer="cus_1", attempt_count=1))
    assert {"play": "card_update", "proposal": first, "result": "woken"} in event.outcome
    assert sorted(await shown(client)) == [first, second]
    words = dict(await trail(client, first))
    assert words["proposal.snoozed"].startswith("snoozed until the next event, or ")
    assert words["proposal.snoozed"].endswith("they promised to pay")
    assert words["proposal.woken"] == "is back: invoice.payment_failed arrived"
    assert (await client.audit.verify()).ok


async def test_a_payment_ends_it_without_asking(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    await client.proposals.snooze(first, 1, "3d")
    await take_in(ctx, paid())
    proposal = await client.proposals.get(first)
    assert (proposal.status, proposal.snoozed_until) == (Status.SUPERSEDED, None)


async def test_a_date_holds_through_events_until_it_comes_or_it_gets_urgent(
    ctx: Context, client: Client
) -> None:
    first = await records.pending_id(ctx)
    await client.proposals.snooze(first, 1, "4h")
    await take_in(ctx, failed(attempt_count=1))
    assert await shown(client) == []
    before = (await client.proposals.get(first)).urgency
    await take_in(ctx, failed(attempt_count=4, amount_due=4_900_000, amount_remaining=4_900_000))
    proposal = await client.proposals.get(first)
    assert proposal.urgency.rank < before.rank
    assert first in await shown(client)
    assert ("proposal.woken", f"is back: it is {proposal.urgency} now") in await trail(client, first)

    await client.proposals.snooze(first, proposal.version, "4h")
    assert first not in await shown(client)
    await let_time_pass(ctx, first)
    assert first in await shown(client)  # no job, and no event
    assert (await client.proposals.counts()).snoozed == 0
    await client.proposals.record_opening(first, proposal.version)
    assert (await trail(client, first))[-1] == ("proposal.woken", "is back: its time has come")
    await client.proposals.record_opening(first, proposal.version)
    assert [action for action, _ in await trail(client, first)].count("proposal.woken") == 2


async def test_the_next_attempt(ctx: Context, client: Client) -> None:
    attempt = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    first = await records.pending_id(ctx, "in_1", next_payment_attempt=int(attempt.timestamp()))
    decided = await client.proposals.snooze(first, 1, "attempt")
    assert decided.snoozed_until is not None
    assert attempt < decided.snoozed_until <= attempt + timedelta(hours=2)
    await take_in(
        ctx, failed("in_9", customer="cus_1")
    )  # another invoice of the customer: no attempt of this one
    assert first not in await shown(client)
    row = await client.proposals.get(first)
    await take_in(ctx, failed("in_1", customer="cus_1", attempt_count=row.version + 1))
    assert first in await shown(client)
    second = await records.pending_id(ctx, "in_2", next_payment_attempt=None)
    with pytest.raises(InvalidInputError, match="No further attempt is known"):
        await client.proposals.snooze(second, 1, "attempt")


async def test_an_event_that_is_stored_and_not_processed_yet_still_wakes(
    ctx: Context, client: Client
) -> None:
    first = await records.pending_id(ctx)
    receipt = await deliver(ctx, failed(attempt_count=1))
    await client.proposals.snooze(first, 1, "event")
    assert await shown(client) == []
    await processing.process_event(ctx, receipt.event_id)
    assert await shown(client) == [first]


async def test_a_worker_that_dies_halfway_leaves_it_snoozed_and_the_next_one_wakes_it(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await records.pending_id(ctx)
    await client.proposals.snooze(first, 1, "event")
    receipt = await deliver(ctx, failed(attempt_count=1))

    class KilledError(BaseException):
        """The end of the process, as the transaction sees it."""

    async def die(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("execops.ingest.events.finish", die)
        patched.setattr("execops.ingest.events.note", die)
        with pytest.raises(KilledError):
            await processing.process_event(ctx, receipt.event_id)
    assert await shown(client) == []
    assert "proposal.woken" not in dict(await trail(client, first))
    await processing.process_event(ctx, receipt.event_id)
    assert await shown(client) == [first]
    await processing.process_event(ctx, receipt.event_id)  # again: nothing more
    assert [action for action, _ in await trail(client, first)].count("proposal.woken") == 1


async def test_an_event_and_a_snooze_at_once_come_one_after_the_other(ctx: Context, client: Client) -> None:
    """Whichever is first: the proposal is in sight with the new draft, or the snooze was refused; never lost."""
    for number in range(1, 9):
        invoice = f"in_{number}"
        first = await records.pending_id(ctx, invoice)
        receipt = await deliver(ctx, failed(invoice, customer=f"cus_{number}", attempt_count=3))
        answers = await asyncio.gather(
            client.proposals.snooze(first, 1, "event"),
            processing.process_event(ctx, receipt.event_id),
            return_exceptions=True,
        )
        assert isinstance(answers[0], ConflictError) or answers[0].status is Status.SNOOZED  # type: ignore[union-attr]
        assert answers[1] is None
        proposal = await client.proposals.get(first)
        if proposal.status is Status.SNOOZED:  # the event came first, and changed nothing that is shown
            assert proposal.version == 1
        else:
            assert first in await shown(client)


async def test_it_is_refused_where_it_means_nothing(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    with pytest.raises(ConflictError, match="at version 1"):
        await client.proposals.snooze(first, 2, "event")
    for text, why in (
        ("2020-01-01", "is past"),
        ("400d", "after the proposal expires"),
        ("soon", "does not say"),
        ("9999999w", "does not say"),
        ("0001-01-01T00:00+14:00", "does not say"),
        ("9999-12-31T23:59-12:00", "does not say"),
        ("9999w", "after the proposal expires"),
    ):
        with pytest.raises(InvalidInputError, match=why):
            await client.proposals.snooze(first, 1, text)
    _, token = await client.operators.add("Vera", Role.VIEWER)
    viewer = await Client.login(ctx, token)
    with pytest.raises(NotAllowedError):
        await viewer.proposals.snooze(first, 1, "event")
    await client.proposals.snooze(first, 1, "event")
    with pytest.raises(NotAllowedError):
        await viewer.proposals.unsnooze(first, 1)
    assert (await client.proposals.unsnooze(first, 1)).status is Status.PENDING
    assert (await trail(client, first))[-1] == ("proposal.woken", "is back")
    await client.proposals.snooze(first, 1, "event")
    await client.proposals.approve(first, 1)  # a decision needs no waking first
    proposal = await client.proposals.get(first)
    assert (proposal.status, proposal.snoozed_until) == (Status.APPROVED, None)
    with pytest.raises(ConflictError, match="is approved"):
        await client.proposals.snooze(first, 1, "event")


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("snoozed_until = now() + interval '1 h'", "23514"),  # half of it
        ("snoozed_for='date', snoozed_until=now() - interval '1 h', snoozed_at=now(), snoozed_by=1", "EX002"),
        (
            "snoozed_for='date', snoozed_until=expires_at + interval '1 s', snoozed_at=now(), snoozed_by=1",
            "EX002",
        ),
        (
            "snoozed_for='never', snoozed_until=now() + interval '1 h', snoozed_at=now(), snoozed_by=1",
            "23514",
        ),
    ],
)
async def test_the_database_refuses(ctx: Context, client: Client, change: str, state: str) -> None:
    first = await records.pending_id(ctx)
    update = f"update action_proposals set {change} where id = %s"
    async with ctx.transaction(Actor.user(client.operator)) as conn:
        with pytest.raises(psycopg.DatabaseError) as refused:
            async with conn.transaction():
                await conn.execute(update.encode(), [first])
    assert refused.value.sqlstate == state


async def test_the_system_snoozes_nothing(ctx: Context) -> None:
    first = await records.pending_id(ctx)
    with pytest.raises(NotAllowedError, match="enabled operator"):
        async with ctx.transaction() as conn:
            await conn.execute(
                "update action_proposals set snoozed_for='date', snoozed_until=now() + interval '1 h',"
                " snoozed_at=now(), snoozed_by=1 where id = %s",
                [first],
            )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("tomorrow", "2026-11-30T23:00"),
        ("monday", "2026-12-06T23:00"),
        ("TUE", "2026-11-30T23:00"),
        ("4h", "2026-11-30T13:30"),
        ("3d", "2026-12-03T09:30"),
        ("2026-12-24", "2026-12-23T23:00"),
        ("2026-12-24T08:00", "2026-12-24T07:00"),
        ("2026-12-24T08:00Z", "2026-12-24T08:00"),
    ],
)
def test_dates_are_read_in_the_zone_of_the_company(text: str, moment: str) -> None:
    until = snoozing.read_until(text, MONDAY, "Europe/Berlin")
    assert until == snoozing.Until(SnoozedFor.DATE, datetime.fromisoformat(f"{moment}+00:00"))

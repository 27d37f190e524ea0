"""A first message to oneself: a proposal like any other, which no play drafted and no figure counts."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import (
    AmbiguousError,
    InvalidDeliveryError,
    InvalidPayloadError,
    NotAllowedError,
    NotConfiguredError,
    NotFoundError,
    RecentContactError,
    RejectedError,
)
from execops.ingest import deliveries
from execops.model import Role, Status
from execops.plays.registry import all_plays
from execops.proposals import drafting
from execops.sources import get_source
from execops.text import maildir, mails
from tests import records
from tests.performing import CANNOT_TELL, Killed, Scripted, go

ADDRESS = "ada@example.com"


async def ask(client: Client, to: str = ADDRESS) -> int:
    """Ask for a first mail; returns the id of its proposal."""
    return (await client.proposals.request_first_message("email", to)).proposal_id


@pytest.fixture
def adapter() -> Scripted:
    return Scripted()


@pytest.fixture
def scripted(ctx: Context, adapter: Scripted) -> Context:
    """The Context with an adapter that answers as scripted."""
    return replace(ctx, adapters={**ctx.adapters, "email": adapter})


async def test_the_mail_waits_in_the_inbox_and_goes_out_once_approved(ctx: Context, client: Client) -> None:
    requested = await client.proposals.request_first_message("email", ADDRESS)
    assert (requested.version, requested.status, requested.new) == (1, Status.PENDING, True)
    [line] = await client.proposals.inbox()
    assert (line.id, line.title) == (requested.proposal_id, f"First mail to {ADDRESS}")
    assert records.mails(ctx) == []
    assert await records.jobs(ctx, "execute_proposal") == []
    card = await client.proposals.card(line.id)
    assert card.proposal.payload["from"] == ctx.settings.email_from
    assert card.preview is not None
    assert "asked for it with “execops trigger email”" in card.preview
    assert card.sent is None
    await client.proposals.approve(line.id, 1)
    assert await go(ctx, line.id) is Status.EXECUTED
    [entry] = maildir.scan(ctx.settings.outbox).entries
    message = mails.read(entry)
    assert (message.to, message.proposal_id) == (ADDRESS, line.id)
    sent = (await client.proposals.card(line.id)).sent
    assert sent is not None
    assert (sent.transport, sent.message_id) == ("outbox", message.message_id)
    assert sent.look == f"execops outbox show {entry.short_id}"
    assert await go(ctx, line.id) is Status.EXECUTED
    assert len(records.mails(ctx)) == 1


async def test_a_slack_message_reads_as_approved(ctx: Context, client: Client) -> None:
    here = replace(ctx, settings=replace(ctx.settings, company_name="A & <!channel> *Co*"))
    founder = Client(here, client.operator)
    proposal_id = (await founder.proposals.request_first_message("slack", "#ops")).proposal_id
    card = await founder.proposals.card(proposal_id)
    assert "&lt;!channel&gt;" in card.proposal.payload["text"]
    await founder.proposals.approve(proposal_id, 1)
    assert await go(here, proposal_id) is Status.EXECUTED
    [entry] = maildir.scan(ctx.settings.outbox).entries
    message = mails.read(entry)
    assert f"Channel: {message.to}\n\n{message.text.rstrip()}" == card.preview
    assert "A & <!channel> *Co*" in message.text


async def test_the_trail_and_the_event_say_who_asked(ctx: Context, client: Client) -> None:
    proposal_id = await ask(client)
    card = await client.proposals.card(proposal_id)
    [line] = card.trail
    assert (line.entry.action, line.actor) == ("proposal.drafted", "founder")
    [row] = card.events
    event = await client.events.get(row["id"])
    assert (event.source, event.type, event.status) == ("execops", "message.requested", "processed")
    assert event.payload_json["requested_by"] == "founder"
    assert event.outcome == [{"play": "first_message", "proposal": proposal_id, "result": "drafted"}]
    assert (await client.audit.verify()).ok


# Asked for twice


async def test_asking_twice_names_the_proposal_that_waits(ctx: Context, client: Client) -> None:
    proposal_id = await ask(client)
    again = await client.proposals.request_first_message("email", ADDRESS)
    assert (again.proposal_id, again.status, again.new) == (proposal_id, Status.PENDING, False)
    assert await records.rows(ctx, "select count(*) as n from events") == [{"n": 1}]
    assert await ask(client, "grace@example.com") != proposal_id


async def test_at_the_same_time_one_proposal_is_made(client: Client) -> None:
    ids = await asyncio.gather(*(ask(client) for _ in range(4)))
    assert len(set(ids)) == 1


async def test_another_sender_takes_the_place_of_a_proposal_that_waits(ctx: Context, client: Client) -> None:
    first = await ask(client)
    later = Client(replace(ctx, settings=replace(ctx.settings, email_from="b@example.com")), client.operator)
    second = await ask(later)
    assert second != first
    assert (await client.proposals.get(first)).status is Status.SUPERSEDED
    assert (await client.proposals.get(second)).payload["from"] == "b@example.com"


async def test_words_of_a_person_stay(ctx: Context, client: Client) -> None:
    first = await ask(client)
    payload = (await client.proposals.get(first)).payload | {"text": "My own words.\n"}
    await client.proposals.edit(first, 1, payload)
    again = await client.proposals.request_first_message("email", ADDRESS)
    assert (again.proposal_id, again.version, again.new) == (first, 2, False)


async def test_a_new_one_follows_what_ended_or_expired(ctx: Context, client: Client) -> None:
    first = await ask(client)
    await client.proposals.reject(first, 1)
    second = await ask(client)
    await records.expire(ctx, second)
    third = await ask(client)
    assert len({first, second, third}) == 3
    assert (await client.proposals.get(second)).status is Status.EXPIRED


async def test_a_failed_one_is_named_and_can_be_tried_again(scripted: Context, adapter: Scripted) -> None:
    client = Client(scripted, (await records.new_client(scripted, "Ada", Role.FOUNDER)).operator)
    proposal_id = await ask(client)
    adapter.performs = [RejectedError("535 wrong password")]
    await client.proposals.approve(proposal_id, 1)
    assert await go(scripted, proposal_id) is Status.FAILED
    again = await client.proposals.request_first_message("email", ADDRESS)
    assert (again.proposal_id, again.status, again.new) == (proposal_id, Status.FAILED, False)
    await client.proposals.retry(proposal_id, 1)
    assert await go(scripted, proposal_id) is Status.EXECUTED


# The guards hold


async def test_a_receiver_that_is_none_is_refused_before_anything_is_stored(
    ctx: Context, client: Client
) -> None:
    for kind, receiver in (
        ("email", "nobody"), ("email", ""), ("email", "a@b.example, c@d.example"), ("email", "a@b.example\nBcc: c@d.example"),
        ("slack", "#a b"), ("slack", ""), ("slack", "#ops\nX: y"),
    ):  # fmt: skip
        with pytest.raises(InvalidPayloadError):
            await client.proposals.request_first_message(kind, receiver)
    assert await records.rows(ctx, "select id from events union all select id from action_proposals") == []


async def test_a_mail_without_a_sender_is_refused_with_the_setting_to_set(
    ctx: Context, client: Client
) -> None:
    here = Client(replace(ctx, settings=replace(ctx.settings, email_from=None)), client.operator)
    with pytest.raises(NotConfiguredError, match="No sender is set") as refused:
        await ask(here)
    assert "EXECOPS_EMAIL_FROM" in str(refused.value.hint)
    assert (await here.proposals.request_first_message("slack", "#ops")).new  # a channel needs no sender
    with pytest.raises(NotConfiguredError, match="Nothing here performs slack"):
        await Client(replace(ctx, adapters={}), client.operator).proposals.request_first_message(
            "slack", "#b"
        )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FOUNDER}))
async def test_only_a_founder_may(ctx: Context, role: Role) -> None:
    other = await records.new_client(ctx, "Eve", role)
    with pytest.raises(NotAllowedError, match="Only a founder may ask for a first message"):
        await ask(other)
    assert await records.rows(ctx, "select id from events") == []


async def test_never_contact_again_holds_until_it_is_lifted(ctx: Context, client: Client) -> None:
    proposal_id = await ask(client)
    await client.proposals.reject(proposal_id, 1, suppress=True)
    with pytest.raises(NotAllowedError, match="never to be contacted"):
        await ask(client)
    await client.suppressions.lift(f"email:{ADDRESS}")
    assert await ask(client) != proposal_id


async def test_pause_and_forbidden_actions_hold_it_back(ctx: Context, client: Client) -> None:
    proposal_id = await ask(client)
    await client.plays.set_allowed("action", "email", False)
    with pytest.raises(NotAllowedError, match="email is not allowed"):
        await client.proposals.approve(proposal_id, 1)
    await client.plays.set_allowed("action", "email", True)
    await client.deployment.pause()
    await client.proposals.approve(proposal_id, 1)
    assert await go(ctx, proposal_id) is Status.APPROVED
    assert records.mails(ctx) == []
    await client.deployment.resume()
    assert await go(ctx, proposal_id) is Status.EXECUTED


async def test_a_second_mail_within_a_day_asks_once_more(ctx: Context, client: Client) -> None:
    first = await ask(client)
    await client.proposals.approve(first, 1)
    await go(ctx, first)
    second = await ask(client)
    with pytest.raises(RecentContactError):
        await client.proposals.approve(second, 1)
    await client.proposals.approve(second, 1, again=True)
    assert await go(ctx, second) is Status.EXECUTED
    assert len(records.mails(ctx)) == 2


async def test_undo_leaves_it_as_it_was(client: Client) -> None:
    proposal_id = await ask(client)
    await client.proposals.approve(proposal_id, 1)
    undone = await client.proposals.undo(proposal_id, 1)
    assert (undone.version, undone.status) == (1, Status.PENDING)


async def test_a_killed_worker_sends_it_once(scripted: Context, adapter: Scripted, client: Client) -> None:
    proposal_id = await ask(client)
    await client.proposals.approve(proposal_id, 1)
    adapter.performs = [Killed()]
    adapter.reconciles = [CANNOT_TELL]
    with pytest.raises(Killed):
        await go(scripted, proposal_id)
    assert await go(scripted, proposal_id) is Status.UNKNOWN
    await client.proposals.confirm(proposal_id, 1)
    assert adapter.asked == ["perform", "reconcile"]


async def test_an_answer_that_never_came_is_unknown(
    scripted: Context, adapter: Scripted, client: Client
) -> None:
    proposal_id = await ask(client)
    await client.proposals.approve(proposal_id, 1)
    adapter.performs, adapter.reconciles = [AmbiguousError("no answer")], [CANNOT_TELL]
    assert await go(scripted, proposal_id) is Status.UNKNOWN
    assert (await client.proposals.card(proposal_id)).sent is None


async def test_its_thread_leaves_no_checkpoint_behind(ctx: Context, client: Client) -> None:
    before = await records.checkpoint_rows(ctx)
    proposal_id = await ask(client)
    await client.proposals.approve(proposal_id, 1)
    await go(ctx, proposal_id)
    [job] = await records.jobs(ctx, "close_thread")
    await processing.close_thread(ctx, **job["args"])
    assert await records.checkpoint_rows(ctx) == before


# It is no play, and no news of the company


async def test_it_counts_in_no_figure(ctx: Context, client: Client) -> None:
    proposal_id = await ask(client)
    await client.proposals.approve(proposal_id, 1)
    await ask(client, "grace@example.com")
    assert await records.rows(ctx, "select * from verdicts") == []
    assert await client.plays.precision() == []
    assert "first_message" not in all_plays()
    assert {play.name for play in await client.plays.list()} == set(all_plays())
    assert all("first_message" not in action.plays for action in await client.plays.actions())
    assert await records.rows(ctx, "select * from rollup_events") == []
    answer = (await client.canvas.ask("how many payments failed this month")).answer
    assert answer is not None
    assert "no event of Stripe is known" in str(answer.unknown)
    with pytest.raises(NotFoundError):
        await client.plays.set_allowed("play", "first_message", False)


async def test_a_rebuild_of_the_sums_leaves_it_out(ctx: Context, client: Client) -> None:
    await ask(client)
    await records.run(ctx, "select rollup_rebuild('default', 'Europe/Berlin')")
    assert await records.rows(ctx, "select * from rollup_events") == []


async def test_a_replay_changes_nothing(ctx: Context, client: Client) -> None:
    proposal_id = await ask(client)
    [row] = (await client.proposals.card(proposal_id)).events
    before = await client.events.get(row["id"])
    assert await client.events.replay(row["id"])
    await processing.process_event(ctx, row["id"])
    after = await client.events.get(row["id"])
    assert (after.outcome, after.status, after.error) == (before.outcome, before.status, None)
    assert (await client.proposals.get(proposal_id)).version == 1
    async with ctx.transaction() as conn:
        await drafting.reassess(ctx, conn, f"email:{ADDRESS}")
    assert (await client.proposals.get(proposal_id)).status is Status.PENDING


def test_nothing_of_it_comes_over_http(ctx: Context) -> None:
    with pytest.raises(NotFoundError, match="no webhook source called 'execops'"):
        deliveries.verify(ctx, "execops", {}, b"{}")
    with pytest.raises(InvalidDeliveryError):
        get_source("execops").normalise(ctx.settings, {}, ctx.clock.now())

"""A mail to a customer waits for the customer's morning; until then the approval can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError
from execops.model import Status
from execops.settings import Secret, send_hours
from tests import records
from tests.job_worker import until_status, working
from tests.performing import go
from tests.stripe_events import event, payer, take_in


def later_only(zone: str = "UTC") -> str:
    """Hours that hold a mail now, whatever the time is: an hour that begins in about six hours."""
    start = datetime.now(ZoneInfo(zone)) + timedelta(hours=6)
    return f"{start.hour}-{start.hour + 1}"


async def signed_in(ctx: Context, founder_token: Secret, **changes: Any) -> Client:
    """The founder's client with other settings."""
    return await Client.login(replace(ctx, settings=replace(ctx.settings, **changes)), founder_token)


async def due_in(ctx: Context, proposal_id: int) -> float:
    """The seconds until an approved proposal is due, by the database."""
    query = "select extract(epoch from due_at - now())::float8 as seconds from action_proposals where id = %s"
    (row,) = await records.rows(ctx, query, proposal_id)
    return float(row["seconds"])


async def test_it_waits_and_can_be_taken_back(ctx: Context, founder_token: Secret) -> None:
    client = await signed_in(ctx, founder_token, send_hours=send_hours.parse(later_only()))
    proposal_id = await records.pending_id(ctx)
    decided = await client.proposals.approve(proposal_id, 1)
    assert decided.executes_at is not None
    assert timedelta(hours=5) < decided.executes_at - datetime.now(UTC) <= timedelta(hours=7)
    assert decided.leaves is not None
    assert decided.leaves.startswith("leaves ")
    assert decided.leaves.endswith(f"at {decided.executes_at:%H:%M} UTC")
    card = await client.proposals.card(proposal_id)
    assert card.leaves is not None
    assert (card.leaves.at, card.leaves.words) == (decided.executes_at, decided.leaves)
    [job] = await records.jobs(ctx, "execute_proposal")
    assert abs(job["delay"] - await due_in(ctx, proposal_id)) < 1
    with pytest.raises(ConflictError, match="can be undone until"):
        await records.run(
            ctx,
            "insert into executions (proposal_id, attempt, idempotency_key, last_actor) values (%s, 1, 'k', '{}')",
            proposal_id,
        )
    await client.deployment.pause()
    await client.deployment.resume()
    assert len(await records.jobs(ctx, "execute_proposal")) == 1
    assert (await client.proposals.undo(proposal_id, 1)).status is Status.PENDING
    plain = await Client.login(ctx, founder_token)
    async with working(ctx):
        at_once = await plain.proposals.approve(proposal_id, 1)
        assert at_once.leaves is None
        await until_status(plain, proposal_id, Status.EXECUTED)
    assert len(records.mails(ctx)) == 1


async def test_the_customers_own_clock_counts(ctx: Context, founder_token: Secret) -> None:
    hours = send_hours.parse(later_only("Asia/Tokyo"))
    client = await signed_in(ctx, founder_token, send_hours=hours, time_zone="Europe/Berlin")
    places: list[tuple[dict[str, Any], str]] = [
        ({"address": {"country": "JP"}}, "Asia/Tokyo"),
        ({"address": {"country": "US"}, "metadata": {"timezone": "Asia/Tokyo"}}, "Asia/Tokyo"),
        ({"shipping": {"address": {"country": "jp"}}}, "Asia/Tokyo"),
        ({"address": {"country": "US"}}, "Europe/Berlin"),
        ({"metadata": {"timezone": "Mars/Olympus"}}, "Europe/Berlin"),
        ({}, "Europe/Berlin"),
    ]
    for number, (place, zone) in enumerate(places, start=1):
        customer = {"id": f"cus_{number}", "object": "customer", "name": "X", "email": f"x{number}@y.example"}
        await take_in(ctx, event("customer.updated", customer | place))
        proposal_id = await records.pending_id(ctx, f"in_{number}")
        decided = await client.proposals.approve(proposal_id, 1)
        assert decided.leaves is not None, place
        assert decided.leaves.endswith(zone), place
        assert decided.executes_at is not None
        opening = hours.opening(datetime.now(UTC), ZoneInfo(zone))
        assert opening is not None
        assert decided.executes_at == opening


async def test_neither_a_message_to_the_team_nor_one_with_a_deadline_waits(
    ctx: Context, founder_token: Secret
) -> None:
    hours = send_hours.parse(later_only())
    to = payer("cus_1")["customer_email"]
    team = await signed_in(ctx, founder_token, send_hours=hours, finance_email=to)
    proposal_id = await records.pending_id(ctx)
    assert (await team.proposals.approve(proposal_id, 1)).leaves is None
    assert await due_in(ctx, proposal_id) <= 0
    client = await signed_in(ctx, founder_token, send_hours=hours, email_from="a@b.example")
    first = await client.proposals.request_first_message("email", "me@b.example")
    assert (await client.proposals.approve(first.proposal_id, 1)).leaves is None
    urgent = await records.pending_id(ctx, "in_2")
    await records.run(
        ctx, "update action_proposals set expires_at = now() + interval '2 hours' where id = %s", urgent
    )
    decided = await client.proposals.approve(urgent, 1)
    assert decided.leaves is not None
    assert decided.leaves.startswith("leaves at once, for its time runs out ")
    assert await due_in(ctx, urgent) <= 0


async def held_up(ctx: Context, proposal_id: int, time: str) -> None:
    """Let the moment of an approved mail be so long ago."""
    await records.run(
        ctx, "update action_proposals set due_at = now() - %s::interval where id = %s", time, proposal_id
    )


async def test_a_mail_that_was_held_up_waits_for_the_next_morning(
    ctx: Context, founder_token: Secret
) -> None:
    """It was approved within the hours while executions were paused, and the pause ends in the night."""
    client = await Client.login(ctx, founder_token)
    await client.deployment.pause()
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    assert await go(ctx, proposal_id) is Status.APPROVED
    await held_up(ctx, proposal_id, "2 hours")
    night = replace(ctx, settings=replace(ctx.settings, send_hours=send_hours.parse(later_only())))
    client = await Client.login(night, founder_token)
    await records.drop_jobs(night)
    await client.deployment.resume()
    assert await go(night, proposal_id) is Status.APPROVED
    assert await records.executions(night, proposal_id) == []
    assert 5 * 3600 < (due := await due_in(night, proposal_id)) <= 7 * 3600
    assert any(abs(job["delay"] - due) < 5 for job in await records.jobs(night, "execute_proposal"))
    leaves = (await client.proposals.card(proposal_id)).leaves
    assert leaves is not None
    assert leaves.words.startswith("leaves ")
    await held_up(night, proposal_id, "0 hours")  # the morning has come
    assert await go(night, proposal_id) is Status.EXECUTED
    assert len(records.mails(night)) == 1


@pytest.mark.parametrize(
    ("time", "changes", "expires"),
    [
        pytest.param("50 minutes", {}, "10 days", id="within the hour"),
        pytest.param(
            "2 hours", {"finance_email": payer("cus_1")["customer_email"]}, "10 days", id="to the team"
        ),
        pytest.param("2 hours", {"send_hours": send_hours.parse("0-24")}, "10 days", id="within the hours"),
        pytest.param("2 hours", {}, "2 hours", id="its time runs out before the morning"),
    ],
)
async def test_a_mail_that_was_held_up_leaves_at_once_where_it_may(
    ctx: Context, founder_token: Secret, time: str, changes: dict[str, Any], expires: str
) -> None:
    settings = replace(ctx.settings, **{"send_hours": send_hours.parse(later_only())} | changes)
    client = await Client.login(ctx, founder_token)
    proposal_id = await records.pending_id(ctx)
    await records.run(
        ctx,
        "update action_proposals set expires_at = now() + %s::interval where id = %s",
        expires,
        proposal_id,
    )
    await client.proposals.approve(proposal_id, 1)
    await held_up(ctx, proposal_id, time)
    assert await go(replace(ctx, settings=settings), proposal_id) is Status.EXECUTED

"""One message to one customer a day: a further one is asked about at the approval, and refused at the sending."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.errors import AmbiguousError, ConflictError, NotAcceptedError, RecentContactError, RejectedError
from execops.model import Json, Role, Status
from execops.proposals import decisions
from execops.proposals.decided import Decided
from execops.settings import Secret
from tests import records
from tests.conftest import MakeSettings
from tests.performing import CANNOT_TELL, NO, Scripted, go, status
from tests.stripe_events import expiring, overdue, take_in


@pytest.fixture
async def client(here: Context, founder_token: Secret) -> Client:
    """The founder, where a scripted adapter sends the mails."""
    return await Client.login(here, founder_token)


async def mail(ctx: Context, number: int, **changes: Any) -> int:
    """A pending mail of a play of its own: 1 about a failed charge, 2 about an overdue invoice, 3 about a card.

    The customer is `cus_1` unless the changes name another.
    """
    if number == 1:
        return await records.pending_id(ctx, number="ACME-0001", **changes)
    if number == 2:
        return await records.drafted_id(ctx, overdue(number="ACME-0002", **changes), "invoice_overdue")
    return await records.drafted_id(ctx, expiring(f"card_{number}", **changes), "card_expiring")


async def two(ctx: Context) -> tuple[int, int]:
    """Two pending mails to one customer."""
    return await mail(ctx, 1), await mail(ctx, 2)


async def sent(ctx: Context, client: Client, number: int, **changes: Any) -> int:
    """A mail that was sent just now."""
    proposal_id = await mail(ctx, number, **changes)
    await client.proposals.approve(proposal_id, 1)
    assert await go(ctx, proposal_id) is Status.EXECUTED
    return proposal_id


async def asked(client: Client, proposal_id: int, version: int = 1) -> RecentContactError:
    """The question that an approval asks; nothing is changed by it."""
    before = await client.proposals.get(proposal_id)
    with pytest.raises(RecentContactError) as caught:
        await client.proposals.approve(proposal_id, version)
    assert await client.proposals.get(proposal_id) == before
    return caught.value


async def again_after(ctx: Context, proposal_id: int) -> list[int] | None:
    [row] = await records.rows(ctx, "select again_after from action_proposals where id = %s", proposal_id)
    known: list[int] | None = row["again_after"]
    return known


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def later(ctx: Context, hours: float) -> Context:
    """The same deployment, so many hours from now."""
    return replace(ctx, clock=FixedClock(datetime.now(UTC) + timedelta(hours=hours)))


def with_settings(ctx: Context, **changes: Any) -> Context:
    return replace(ctx, settings=replace(ctx.settings, **changes))


# At the approval


async def test_a_second_message_within_a_day_is_asked_about(here: Context, client: Client) -> None:
    first, second = await two(here)
    await client.proposals.approve(first, 1)
    await go(here, first)
    [row] = await records.executions(here, first)
    error = await asked(client, second)
    title = (await client.proposals.get(first)).title
    assert error.message == (
        f"The customer was written to on {row['finished_at']:%Y-%m-%d %H:%M} UTC, {title} (proposal {first})."
        " Nothing was changed."
    )
    assert error.hint is not None
    assert f"execops proposals approve {second}@1 --again" in error.hint
    assert (error.http_status, error.exit_status, error.code) == (409, 5, "recent_contact")
    assert isinstance(error, ConflictError)


async def test_the_answer_is_recorded_with_the_approval_and_in_the_audit_log(
    here: Context, client: Client, adapter: Scripted
) -> None:
    first, second = await sent(here, client, 1), await mail(here, 2)
    decided = await client.proposals.approve(second, 1, again=True)
    assert decided.status is Status.APPROVED
    assert await again_after(here, second) == [first]
    entry = (await client.proposals.card(second)).trail[-1].entry
    assert (entry.action, entry.metadata_json) == ("proposal.approved", {"again_after": [first]})
    assert await go(here, second) is Status.EXECUTED
    assert len(adapter.keys) == 2


async def test_without_another_message_there_is_nothing_to_record(here: Context, client: Client) -> None:
    proposal_id = await mail(here, 1)
    await client.proposals.approve(proposal_id, 1, again=True)
    assert await again_after(here, proposal_id) is None
    assert (await client.proposals.card(proposal_id)).trail[-1].entry.metadata_json == {}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("approved", "is about to be written to, as approved on"),
        ("executing", "is being written to, as approved on"),
        ("executed", "was written to on"),
        ("unknown", "may have been written to on"),
        ("given up", "may have been written to on"),
        ("confirmed", "was written to on"),
    ],
)
async def test_each_state_that_may_reach_the_customer_counts(
    here: Context, client: Client, adapter: Scripted, state: str, words: str
) -> None:
    first, second = await two(here)
    await client.proposals.approve(first, 1)
    if state == "executing":
        adapter.performs = [NotAcceptedError("busy")]
    if state in {"unknown", "given up", "confirmed"}:
        adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL]
    if state != "approved":
        await go(here, first)
    if state == "given up":
        await client.proposals.close(first, 1)
    if state == "confirmed":
        await client.proposals.confirm(first, 1)
    error = await asked(client, second)
    assert f"The customer {words} " in error.sentence
    assert f"(proposal {first})" in error.sentence


@pytest.mark.parametrize("state", ["pending", "rejected", "failed", "given up", "undone", "superseded"])
async def test_a_message_that_never_went_out_does_not_count(
    here: Context, client: Client, adapter: Scripted, state: str
) -> None:
    first, second = await two(here)
    if state == "rejected":
        await client.proposals.reject(first, 1)
    if state in {"failed", "given up", "undone"}:
        await client.proposals.approve(first, 1)
    if state in {"failed", "given up"}:
        adapter.performs = [RejectedError("550 no such mailbox")]
        assert await go(here, first) is Status.FAILED
    if state == "given up":
        await client.proposals.close(first, 1)
    if state == "undone":
        await client.proposals.undo(first, 1)
    if state == "superseded":
        await records.run(
            here, "update action_proposals set status = 'superseded', outcome = 'paid' where id = %s", first
        )
    assert (await client.proposals.approve(second, 1)).status is Status.APPROVED


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"customer": "cus_2", "customer_email": "other@globex.example"}, False),
        ({"customer": "cus_2", "customer_email": "Billing@ACME.example"}, True),
        ({"customer": "cus_1", "customer_email": "new@acme.example"}, True),
    ],
)
async def test_one_customer_is_one_subject_or_one_address(
    here: Context, client: Client, changes: Json, same: bool
) -> None:
    await sent(here, client, 1)
    second = await mail(here, 2, **changes)
    if same:
        await asked(client, second)
    else:
        await client.proposals.approve(second, 1)


async def test_an_edited_recipient_counts_as_it_is_sent(here: Context, client: Client) -> None:
    await sent(here, client, 1)
    second = await mail(here, 2, customer="cus_2", customer_email="other@globex.example")
    payload = (await client.proposals.get(second)).payload | {"to": "billing@acme.example"}
    await client.proposals.edit(second, 1, payload)
    await asked(client, second, 2)


@pytest.mark.parametrize("address", ["owner@localhost", "Finance@LocalHost"])
async def test_a_message_to_the_own_team_is_none_to_a_customer(
    here: Context, client: Client, address: str
) -> None:
    first, second, third = await mail(here, 1), await mail(here, 2), await mail(here, 3)
    for proposal_id in (first, third):
        payload = (await client.proposals.get(proposal_id)).payload | {"to": address}
        await client.proposals.edit(proposal_id, 1, payload)
    await client.proposals.approve(first, 2)
    await go(here, first)
    await client.proposals.approve(second, 1)  # a colleague was written to, not the customer
    await go(here, second)
    await client.proposals.approve(third, 2)  # and a colleague may be, right after the customer


async def test_without_addresses_of_the_team_every_mail_is_one_to_a_customer(
    here: Context, founder_token: Secret
) -> None:
    nobody = with_settings(here, account_owner_email=None, finance_email=None)
    client = await Client.login(nobody, founder_token)
    await sent(nobody, client, 1)
    await asked(client, await mail(nobody, 2))


@pytest.mark.parametrize(
    ("hours", "after", "asks"), [(24, 23.9, True), (24, 24.1, False), (2, 2.1, False), (10**12, 9000, True)]
)
async def test_only_the_hours_before_count(
    here: Context, founder_token: Secret, hours: int, after: float, asks: bool
) -> None:
    here = with_settings(here, contact_hours=hours)
    await sent(here, await Client.login(here, founder_token), 1)
    second = await mail(here, 2)
    client = await Client.login(later(here, after), founder_token)
    if asks:
        await asked(client, second)
    else:
        await client.proposals.approve(second, 1)


async def test_an_approved_message_that_waits_counts_however_long(
    here: Context, client: Client, founder_token: Secret
) -> None:
    first, second = await two(here)
    await client.proposals.approve(first, 1)  # and executions are paused, say, over a long weekend
    await asked(await Client.login(later(here, 90), founder_token), second)


async def test_no_hours_switch_it_off(here: Context, founder_token: Secret, adapter: Scripted) -> None:
    here = with_settings(here, contact_hours=0)
    client = await Client.login(here, founder_token)
    for proposal_id in await two(here):
        await client.proposals.approve(proposal_id, 1)
    for proposal_id in (1, 2):
        assert await go(here, proposal_id) is Status.EXECUTED
    assert len(adapter.keys) == 2


async def test_the_moment_is_told_in_the_time_zone_of_the_company(
    here: Context, client: Client, founder_token: Secret
) -> None:
    first, second = await sent(here, client, 1), await mail(here, 2)
    tokyo = await Client.login(with_settings(here, time_zone="Asia/Tokyo"), founder_token)
    [row] = await records.executions(here, first)
    moment = row["finished_at"] + timedelta(hours=9)
    assert f"on {moment:%Y-%m-%d %H:%M} JST, " in (await asked(tokyo, second)).sentence


async def test_all_that_were_sent_are_named(here: Context, client: Client) -> None:
    first = await sent(here, client, 1)
    second, third = await mail(here, 2), await mail(here, 3)
    await client.proposals.approve(second, 1, again=True)
    await go(here, second)
    error = await asked(client, third)
    assert f"(proposal {second}). Before that: proposal {first}." in error.sentence
    await client.proposals.approve(third, 1, again=True)
    assert await again_after(here, third) == [first, second]


async def test_a_retry_is_asked_about_as_well(here: Context, client: Client, adapter: Scripted) -> None:
    first, second = await two(here)
    await client.proposals.approve(first, 1)
    adapter.performs = [RejectedError("mailbox is full")]
    assert await go(here, first) is Status.FAILED
    await client.proposals.approve(second, 1)
    await go(here, second)
    with pytest.raises(RecentContactError, match=rf"\(proposal {second}\)") as caught:
        await client.proposals.retry(first, 1)
    assert caught.value.hint is not None
    assert f"execops proposals retry {first}@1 --again" in caught.value.hint
    await client.proposals.retry(first, 1, again=True)
    assert await go(here, first) is Status.EXECUTED


async def test_its_own_attempts_do_not_count(here: Context, client: Client, adapter: Scripted) -> None:
    proposal_id = await mail(here, 1)
    await client.proposals.approve(proposal_id, 1)
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL, NO]
    assert await go(here, proposal_id) is Status.UNKNOWN
    await client.proposals.retry(proposal_id, 1)
    assert await go(here, proposal_id) is Status.EXECUTED


async def test_several_approved_together_get_an_answer_each(here: Context, client: Client) -> None:
    first = await mail(here, 1)
    second = await records.pending_id(here, "in_2", customer_email="billing@acme.example")
    other = await records.pending_id(here, "in_3")
    answers = await client.proposals.approve_many([(first, 1), (second, 1), (other, 1)])
    assert [type(answer) for answer in answers] == [Decided, RecentContactError, Decided]
    assert await status(here, second) is Status.PENDING


@pytest.mark.parametrize("way", ["undo", "edit", "asked again"])
async def test_back_to_pending_forgets_the_answer(
    here: Context, client: Client, adapter: Scripted, way: str
) -> None:
    await sent(here, client, 1)
    second = await mail(here, 2)
    await client.proposals.approve(second, 1, again=True)
    if way == "undo":
        await client.proposals.undo(second, 1)
    elif way == "edit":
        adapter.performs = [RejectedError("mailbox is full")]
        assert await go(here, second) is Status.FAILED
        payload = (await client.proposals.get(second)).payload
        await client.proposals.edit(second, 1, records.with_text(payload, "In other words.\n"))
    else:
        await take_in(here, overdue(number="ACME-0002", amount_due=9900, amount_remaining=9900))
        assert await go(here, second) is Status.PENDING
    assert await again_after(here, second) is None
    await asked(client, second, (await client.proposals.get(second)).version)


# At the sending


async def approve_at_once(
    ctx: Context, client: Client, other: Client, first: int, second: int, *, again: bool = False
) -> None:
    """Two operators approve one mail each, and neither sees the approval of the other."""
    async with ctx.transaction() as conn:
        await decisions.approve(ctx.within(conn), client.operator, first, 1, again=again)
        await other.proposals.approve(second, 1, again=again)


async def test_two_approved_at_the_same_moment_are_one_mail(
    here: Context, client: Client, adapter: Scripted
) -> None:
    first, second = await two(here)
    other = await records.new_client(here, "Grace", Role.FOUNDER)
    await approve_at_once(here, client, other, first, second)
    done = await asyncio.gather(go(here, first), go(here, second))
    assert sorted(done) == [Status.EXECUTED, Status.FAILED]
    assert len(adapter.keys) == 1
    won, lost = (first, second) if done[0] is Status.EXECUTED else (second, first)
    outcome = (await client.proposals.get(lost)).outcome
    assert outcome is not None
    assert outcome.startswith("refused at send: The customer ")
    assert f"(proposal {won})" in outcome


async def test_two_customers_with_one_address_are_one_mail(
    here: Context, client: Client, adapter: Scripted
) -> None:
    ids = [await mail(here, 1), await mail(here, 2, customer="cus_2", customer_email="BILLING@acme.example")]
    for proposal_id in ids:
        await approve_unseen(here, client, proposal_id)
    for _ in range(3):
        await asyncio.gather(*(go(here, proposal_id) for proposal_id in ids))
    assert sorted([await status(here, proposal_id) for proposal_id in ids]) == [
        Status.EXECUTED,
        Status.FAILED,
    ]
    assert len(adapter.keys) == 1


async def approve_unseen(ctx: Context, client: Client, proposal_id: int) -> None:
    """Approve as somebody does who cannot see what another operator approves at the same moment."""
    unaware = with_settings(ctx, contact_hours=0)
    await decisions.approve(unaware, client.operator, proposal_id, 1)


async def test_a_refused_one_goes_after_an_answer(here: Context, client: Client, adapter: Scripted) -> None:
    first, second = await two(here)
    for proposal_id in (first, second):
        await approve_unseen(here, client, proposal_id)
    assert await go(here, first) is Status.EXECUTED
    assert await go(here, second) is Status.FAILED
    with pytest.raises(RecentContactError):
        await client.proposals.retry(second, 1)
    await client.proposals.retry(second, 1, again=True)
    assert await go(here, second) is Status.EXECUTED
    assert len(adapter.keys) == 2


async def test_an_answer_stands_whichever_of_the_two_is_sent_first(
    here: Context, client: Client, adapter: Scripted
) -> None:
    first, second = await two(here)
    await client.proposals.approve(first, 1)
    await client.proposals.approve(second, 1, again=True)
    assert await go(here, second) is Status.EXECUTED
    assert await go(here, first) is Status.EXECUTED
    assert len(adapter.keys) == 2


async def test_an_answer_is_about_the_messages_that_were_told(
    here: Context, client: Client, adapter: Scripted
) -> None:
    """Two operators agree to one further message each, and neither knows of the other's."""
    first, second, third = await sent(here, client, 1), await mail(here, 2), await mail(here, 3)
    other = await records.new_client(here, "Grace", Role.FOUNDER)
    await approve_at_once(here, client, other, second, third, again=True)
    assert (await again_after(here, second), await again_after(here, third)) == ([first], [first])
    assert await go(here, second) is Status.EXECUTED
    assert await go(here, third) is Status.FAILED
    assert len(adapter.keys) == 2


async def test_an_attempt_between_two_tries_holds_the_other_back(
    here: Context, client: Client, adapter: Scripted
) -> None:
    first, second = await two(here)
    for proposal_id in (first, second):
        await approve_unseen(here, client, proposal_id)
    adapter.performs = [NotAcceptedError("busy")]
    assert await go(here, first) is Status.EXECUTING
    assert await go(here, second) is Status.FAILED
    assert await go(here, first) is Status.EXECUTED


async def test_what_may_be_out_holds_the_other_back(here: Context, client: Client, adapter: Scripted) -> None:
    first, second = await two(here)
    await client.proposals.approve(first, 1)
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL, CANNOT_TELL]
    assert await go(here, first) is Status.UNKNOWN
    await client.proposals.retry(first, 1)
    await approve_unseen(here, client, second)
    assert await go(here, second) is Status.FAILED  # the first may be out, and is about to go once more
    await client.proposals.retry(second, 1, again=True)
    assert await go(here, second) is Status.EXECUTED
    assert await go(here, first) is Status.EXECUTED  # the answer was about both
    assert len(adapter.keys) == 3


async def test_what_may_be_out_stays_unknown_where_its_retry_is_refused(
    here: Context, client: Client, adapter: Scripted
) -> None:
    first, second = await two(here)
    await client.proposals.approve(first, 1)
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL, CANNOT_TELL]
    assert await go(here, first) is Status.UNKNOWN
    await client.proposals.retry(first, 1)
    unaware = with_settings(here, contact_hours=0)
    await approve_unseen(here, client, second)
    assert await go(unaware, second) is Status.EXECUTED  # a worker with other settings
    assert await go(here, first) is Status.UNKNOWN
    assert len(adapter.keys) == 2


# Before the approval


async def test_the_card_says_when_the_customer_was_last_written_to(
    here: Context, client: Client, founder_token: Secret
) -> None:
    first, second = await two(here)
    assert (await client.proposals.card(second)).last_written is None
    await client.proposals.approve(first, 1)
    waiting = (await client.proposals.card(second)).last_written
    assert waiting is not None
    assert (waiting.proposal_id, waiting.status) == (first, Status.APPROVED)
    assert waiting.words.endswith(f"(proposal {first}; approved, not sent yet)")
    await go(here, first)
    [row] = await records.executions(here, first)
    months_later = await Client.login(with_settings(later(here, 2000), contact_hours=0), founder_token)
    last = (await months_later.proposals.card(second)).last_written
    assert last is not None
    assert last.at == row["finished_at"]
    title = (await client.proposals.get(first)).title
    assert last.words == f"{row['finished_at']:%Y-%m-%d %H:%M} UTC, {title} (proposal {first})"
    assert (await client.proposals.card(first)).last_written is None


async def test_the_defaults(make_settings: MakeSettings) -> None:
    assert make_settings().contact_hours == 24

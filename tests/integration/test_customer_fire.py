"""Intercom's conversations from a signed delivery to a proposal, in any order of arrival, and back when they are answered."""

from __future__ import annotations

import asyncio
import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import InvalidDeliveryError, NotConfiguredError, NotFoundError, SignatureError
from execops.settings import Secret
from execops.sources import intercom
from jobs.bootstrap import open_context
from tests import conversations, records
from tests.conftest import MakeSettings
from tests.draws import orders_of
from tests.stripe_events import event, paid, receive, take_in

SECRET = Secret("intercom-secret")
ON: dict[str, Any] = {"sources": ("stripe", "intercom"), "intercom_client_secrets": (SECRET,)}
NOW = datetime.now(UTC).replace(microsecond=0)


def case(name: str) -> dict[str, Any]:
    """A judged case, moved to now."""
    [read] = [entry for entry in conversations.read_cases() if entry["name"].startswith(name)]
    shift = int((NOW - datetime.fromisoformat(read["now"])).total_seconds())
    moved: dict[str, Any] = _moved(copy.deepcopy(read), shift)
    return moved


def _moved(value: Any, shift: int) -> Any:
    if isinstance(value, dict):
        return {name: _moved(part, shift) for name, part in value.items()}
    if isinstance(value, list):
        return [_moved(part, shift) for part in value]
    return (
        value + shift if isinstance(value, int) and value > 1_700_000_000 and value < 1_900_000_000 else value
    )


def signed(payload: dict[str, Any], secret: Secret = SECRET) -> tuple[dict[str, str], bytes]:
    body = json.dumps(payload).encode()
    return {"x-hub-signature": intercom.SIGNING.sign(body, secret)}, body


async def arrive(ctx: Context, *payloads: dict[str, Any]) -> None:
    """Receive notifications and process each at once."""
    for payload in payloads:
        receipt = await receive(ctx, "intercom", *signed(payload))
        await processing.process_event(ctx, receipt.event_id)


async def customer(ctx: Context, id_: str, email: str, name: str) -> None:
    body = {"id": id_, "object": "customer", "email": email, "name": name}
    await take_in(ctx, event("customer.created", body, created=int(NOW.timestamp()) - 9000))


def renamed(payload: dict[str, Any], suffix: str) -> dict[str, Any]:
    """The notification, about another conversation."""
    copied = copy.deepcopy(payload)
    copied["id"] += suffix
    copied["data"]["item"]["id"] += suffix
    return copied


async def test_an_angry_customer_is_matched_and_answered_in_any_order(make_settings: MakeSettings) -> None:
    story = case("o38")["notifications"]
    settings = make_settings(**ON)
    async with open_context(settings) as ctx:
        await customer(ctx, "cus_Larkspan", "depot@larkspan.example.com", "Larkspan")
        await take_in(ctx, paid("in_1", customer="cus_Larkspan"))
        client = await Client.login(ctx, settings.token)
        orders = orders_of(story)
        for number, order in enumerate(orders):
            await arrive(ctx, *(renamed(payload, f"x{number}") for payload in order))
        lines = await client.proposals.inbox()
        assert len(lines) == len(orders) >= 8
        cards = [(await client.proposals.card(line.id)).proposal for line in lines]
    [(play, urgency, title, text, customer_line)] = {
        (card.play, card.urgency, card.title, card.payload["text"], card.evidence[0][1]) for card in cards
    }
    assert (play, urgency, title) == ("angry_customer", "high", "Angry or leaving: Larkspan")
    assert customer_line == "Larkspan (cus_Larkspan)"
    assert text.startswith("Hello ")


async def test_a_customer_who_is_never_contacted_gets_no_reply_but_the_team_a_note(
    make_settings: MakeSettings,
) -> None:
    story = case("o38")["notifications"]
    settings = make_settings(**ON)
    async with open_context(settings) as ctx:
        await customer(ctx, "cus_Larkspan", "depot@larkspan.example.com", "Larkspan")
        await take_in(ctx, paid("in_1", customer="cus_Larkspan"))
        client = await Client.login(ctx, settings.token)
        await client.suppressions.add("cus_Larkspan", "asked by phone")
        await arrive(ctx, *story)
        [line] = await client.proposals.inbox()
        note = (await client.proposals.card(line.id)).proposal
        await client.suppressions.lift("cus_Larkspan")
        await arrive(ctx, *(renamed(payload, "x") for payload in story))
        reply = (await client.proposals.card((await client.proposals.inbox())[-1].id)).proposal
    assert (note.action_type, note.play) == ("intercom_note", "angry_customer")
    assert "never to be contacted (cus_Larkspan). No reply was drafted" in note.payload["text"]
    assert (reply.action_type, reply.play) == ("intercom_reply", "angry_customer")


async def test_an_answer_makes_the_proposal_moot(make_settings: MakeSettings) -> None:
    settings = make_settings(**ON)
    async with open_context(settings) as ctx:
        first, second = case("o32")["notifications"]
        client = await Client.login(ctx, settings.token)
        await arrive(ctx, first)
        assert [line.play for line in await client.proposals.inbox()] == ["angry_customer"]
        await arrive(ctx, first)  # a second delivery changes nothing
        assert len(await client.proposals.inbox()) == 1
        await arrive(ctx, second)
        assert await client.proposals.inbox() == []


async def test_a_wave_is_one_proposal(make_settings: MakeSettings) -> None:
    settings = make_settings(**ON)
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        await arrive(ctx, *case("o35")["notifications"])
        assert [line.play for line in await client.proposals.inbox()] == ["outage_wave"]


FURIOUS = "ERROR 500 ON EVERY PAGE. WHAT EXACTLY AM I PAYING FOR. GUESTS STANDING AT THE GATE"
LEAVES = "Error 500 everywhere, and we are moving to another tool tomorrow."


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (1, 2, 3, 0, 4), (4, 3, 2, 1, 0)])
@pytest.mark.parametrize(
    ("words", "plays"),
    [(FURIOUS, ["outage_wave"]), (LEAVES, ["angry_customer", "outage_wave"])],
)
async def test_anger_about_the_trouble_of_a_wave_has_no_card_of_its_own(
    make_settings: MakeSettings, order: tuple[int, ...], words: str, plays: list[str]
) -> None:
    settings = make_settings(**ON)
    story = case("o35")["notifications"]
    story[0]["data"]["item"]["source"]["body"] = f"<p>{words}</p>"
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        await arrive(ctx, story[0])
        assert [line.play for line in await client.proposals.inbox()] == ["angry_customer"]
        await arrive(ctx, *(story[place] for place in order if place))
        assert sorted(line.play for line in await client.proposals.inbox()) == plays
    async with open_context(settings) as ctx:  # the other orders
        client = await Client.login(ctx, settings.token)
        await arrive(ctx, *(renamed(story[place], "x") for place in order))
        assert sorted(line.play for line in await client.proposals.inbox() if line.play != "outage_wave") == (
            plays[:-1] * 2
        )


MIDNIGHT = NOW.replace(hour=0, minute=0, second=0) - timedelta(days=2)  # no other message is near


def around_midnight(*minutes: int) -> list[dict[str, Any]]:
    """Messages of a wave so many minutes after midnight, of different customers."""
    made: list[dict[str, Any]] = case("o35")["notifications"][: len(minutes)]
    for payload, minute in zip(made, minutes, strict=True):
        at = int((MIDNIGHT + timedelta(minutes=minute)).timestamp())
        payload["created_at"] = at
        payload["data"]["item"].update(created_at=at, updated_at=at, waiting_since=at)
    return made


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 3, 0, 1), (3, 2, 1, 0), (0, 2, 3, 1)])
async def test_a_wave_over_midnight_is_one_proposal(
    make_settings: MakeSettings, order: tuple[int, ...]
) -> None:
    settings = make_settings(**ON, time_zone="Europe/Berlin")
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        story = around_midnight(-20, -10, 5, 10)
        await arrive(ctx, *(story[place] for place in order))
        [line] = [line for line in await client.proposals.inbox() if line.play == "outage_wave"]
        proposal = (await client.proposals.card(line.id)).proposal
    assert proposal.title.startswith("4 customers write of ")
    assert proposal.object_id == intercom.wave_of(MIDNIGHT.date())
    first = (MIDNIGHT - timedelta(minutes=20)).astimezone(ZoneInfo("Europe/Berlin"))
    assert tuple(proposal.evidence[0]) == ("First", f"{first.day} {first:%B %Y, %H:%M %Z}")


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 0, 1, 2, 3), (0, 4, 3, 1, 2)])
async def test_a_wave_before_midnight_and_a_message_after_it_are_one_proposal(
    make_settings: MakeSettings, order: tuple[int, ...]
) -> None:
    settings = make_settings(**ON, wave_customers=4)
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        story = around_midnight(-40, -30, -20, -10, 5)
        await arrive(ctx, *(story[place] for place in order))
        lines = [line for line in await client.proposals.inbox() if line.play == "outage_wave"]
        cards = [(await client.proposals.card(line.id)).proposal for line in lines]
    assert [card.object_id for card in cards] == [intercom.wave_of(MIDNIGHT.date() - timedelta(days=1))]


def subscription(customer_id: str, monthly: int) -> dict[str, Any]:
    price = {
        "unit_amount": monthly,
        "currency": "usd",
        "recurring": {"interval": "month", "interval_count": 1},
    }
    return {
        "id": f"sub_{customer_id}",
        "object": "subscription",
        "customer": customer_id,
        "status": "active",
        "currency": "usd",
        "items": {"data": [{"id": "si_1", "quantity": 1, "price": {"id": "price_1", **price}}]},
    }


@pytest.mark.parametrize("match", ["mail", "plus tag", "external id"])
async def test_a_customer_who_becomes_known_later_is_matched_then(
    make_settings: MakeSettings, match: str
) -> None:
    """Neither conversation goes on: what Stripe tells alone matches the angry one, and drafts about the one that waits."""
    [angry, *_], [quiet, *_] = case("o01")["notifications"], case("o06")["notifications"]
    address = "Ops@Northdesk.example.com" if match == "mail" else "ops@northdesk.example.com"
    for number, payload in enumerate((angry, quiet)):
        item = payload["data"]["item"]
        author = item["source"]["author"]
        author["email"] = {
            "plus tag": "ops+help@northdesk.example.com",
            "external id": "x@elsewhere.example.com",
        }.get(match, "ops@northdesk.example.com")
        item["contacts"]["contacts"][0]["external_id"] = "cus_late" if match == "external id" else None
        since = int((NOW - timedelta(hours=3)).timestamp()) + number
        item.update(updated_at=since, created_at=since, waiting_since=since, state="open", open=True)
        payload["created_at"] = since
    stranger = copy.deepcopy(quiet)
    stranger["id"] += "s"
    stranger["data"]["item"]["id"] += "s"
    stranger["data"]["item"]["contacts"]["contacts"][0]["external_id"] = "cus_other"
    stranger["data"]["item"]["source"]["author"]["email"] = "ops@north.example.com"
    settings = make_settings(**ON)
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        await arrive(ctx, angry, quiet, stranger)
        [line] = await client.proposals.inbox()
        before = (await client.proposals.card(line.id)).proposal
        assert before.evidence[0][1].startswith("unmatched")
        await customer(ctx, "cus_late", address, "Northdesk")
        [line] = await client.proposals.inbox()
        card = (await client.proposals.card(line.id)).proposal
        assert card.id == before.id
        assert card.evidence[0] == ["Customer", "Northdesk (cus_late)"]
        body = subscription("cus_late", 90_000)
        await take_in(ctx, event("customer.subscription.created", body, created=int(NOW.timestamp()) - 100))
        lines = await client.proposals.inbox()
        assert sorted(entry.play for entry in lines) == ["angry_customer", "vip_waiting"]
        cards = [(await client.proposals.card(entry.id)).proposal for entry in lines]
        assert {tuple(entry.evidence[1]) for entry in cards} == {("MRR", "$900.00")}


async def test_a_heavy_customer_known_later_is_asked_about_when_the_time_comes(
    make_settings: MakeSettings,
) -> None:
    [quiet, *_] = case("o06")["notifications"]
    item, since = quiet["data"]["item"], int((NOW - timedelta(minutes=10)).timestamp())
    item.update(updated_at=since, created_at=since, waiting_since=since, state="open", open=True)
    item["source"]["author"]["email"] = "ops@northdesk.example.com"
    quiet["created_at"] = since
    async with open_context(make_settings(**ON)) as ctx:
        await arrive(ctx, quiet)
        assert await records.jobs(ctx, "process_again") == []
        await customer(ctx, "cus_late", "ops@northdesk.example.com", "Northdesk")
        await take_in(ctx, event("customer.subscription.created", subscription("cus_late", 90_000)))
        [job] = await records.jobs(ctx, "process_again")
        due = datetime.fromtimestamp(since, UTC) + timedelta(hours=1)
        assert abs(job["delay"] - (due - datetime.now(UTC)).total_seconds()) < 30


async def test_the_thresholds_of_a_wave_are_settings(make_settings: MakeSettings) -> None:
    story = case("o47")["notifications"]  # three customers
    for settings, drafted in (
        ({}, []),
        ({"wave_customers": 3}, ["outage_wave"]),
        ({"wave_customers": 3, "wave_window": 1.0}, []),
    ):
        made = make_settings(**ON, **settings)
        async with open_context(made) as ctx:
            client = await Client.login(ctx, made.token)
            suffix = f"x{len(settings)}"
            await arrive(ctx, *(renamed(payload, suffix) for payload in story))
            lines = [line for line in await client.proposals.inbox() if line.play == "outage_wave"]
            assert [line.play for line in lines] == drafted, settings
            for line in lines:
                assert "within an hour" in line.title
                await records.expire(ctx, line.id)


async def test_an_sla_is_asked_about_again_when_its_time_comes(make_settings: MakeSettings) -> None:
    story = case("o22")
    [first] = story["notifications"]
    item = first["data"]["item"]
    since = int((NOW - timedelta(minutes=10)).timestamp())
    item.update(waiting_since=since, updated_at=since, created_at=since)
    settings = make_settings(**ON, slas=((item["sla_applied"]["sla_name"], 7200.0),))
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        await arrive(ctx, first)
        assert await client.proposals.inbox() == []
        async with ctx.connection() as conn:
            rows = await (
                await conn.execute(
                    "select args, scheduled_at from procrastinate_jobs where task_name = 'process_again'"
                )
            ).fetchall()
        [job] = rows
        due = datetime.fromtimestamp(since, UTC) + timedelta(minutes=96)
        assert abs(job["scheduled_at"] - due) < timedelta(seconds=30)

    class Later:
        def now(self) -> datetime:
            return due + timedelta(seconds=2)

    async with open_context(settings) as ctx:
        await processing.process_again(replace(ctx, clock=Later()), job["args"]["event_id"])
        client = await Client.login(ctx, settings.token)
        assert [line.play for line in await client.proposals.inbox()] == ["sla_missed"]


@pytest.mark.parametrize("assigned", [True, False])
async def test_an_sla_reply_is_drafted_anew_when_the_deadline_passes(
    make_settings: MakeSettings, *, assigned: bool
) -> None:
    [first] = case("o22")["notifications"]
    item = first["data"]["item"]
    since = int((datetime.now(UTC) - timedelta(minutes=100)).timestamp())  # a run of all tests takes long
    item.update(waiting_since=since, updated_at=since, created_at=since)
    item["admin_assignee_id"] = 77 if assigned else None
    settings = make_settings(**ON, slas=((item["sla_applied"]["sla_name"], 7200.0),))
    due = datetime.fromtimestamp(since, UTC) + timedelta(minutes=120)

    class Later:
        def now(self) -> datetime:
            return due + timedelta(seconds=2)

    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        await arrive(ctx, first)
        [before] = await client.proposals.inbox()
        assert (before.play, before.urgency) == ("sla_missed", "medium")
        [job] = await records.jobs(ctx, "process_again")
        assert abs(job["delay"] - (due - datetime.now(UTC)).total_seconds()) < 30
        late = replace(ctx, clock=Later())
        [event_id] = [row["id"] for row in await records.rows(ctx, "select id from events")]
        for _ in range(2):
            await processing.process_again(late, event_id)
        [line] = await client.proposals.inbox()
        proposal = (await client.proposals.card(line.id)).proposal
        assert proposal.urgency == "high"
        assert proposal.verdict.endswith("is missed" if assigned else "is missed, and nobody is assigned")
        assert proposal.action_type == ("intercom_reply" if assigned else "intercom_note")
        assert (line.id == before.id) == assigned  # another action is another proposal
        assert len(await records.jobs(ctx, "process_again")) == 1  # nothing changes by time any more


async def test_only_what_the_app_signed_is_stored(make_settings: MakeSettings) -> None:
    [payload, *_] = case("o01")["notifications"]
    headers, body = signed(payload)
    async with open_context(make_settings(**ON)) as ctx:
        for wrong in (
            {},
            {"x-hub-signature": "sha1=00"},
            {"x-hub-signature": "ü"},
            signed(payload, Secret("other"))[0],
        ):
            with pytest.raises(SignatureError):
                await receive(ctx, "intercom", wrong, body)
        with pytest.raises(SignatureError):
            await receive(ctx, "intercom", headers, body + b" ")
        with pytest.raises(InvalidDeliveryError):
            await receive(ctx, "intercom", *signed({"type": "notification_event", "id": "x"}))
        ping = {
            "type": "notification_event",
            "topic": "ping",
            "id": None,
            "created_at": 1,
            "data": {"item": {"type": "ping"}},
        }
        assert (await receive(ctx, "intercom", *signed(ping))).ignored == "a ping"
        again = await asyncio.gather(*(receive(ctx, "intercom", headers, body) for _ in range(50)))
        assert sum(not receipt.duplicate for receipt in again) == 1
        assert (await records.stored_counts(ctx))[0] == 2
    empty = make_settings(sources=ON["sources"], intercom_client_secrets=(Secret(""),))
    async with open_context(empty) as ctx:
        with pytest.raises(NotConfiguredError):
            await receive(ctx, "intercom", *signed(payload, Secret("")))
    async with open_context(make_settings(intercom_client_secrets=(SECRET,))) as ctx:
        with pytest.raises(NotFoundError):
            await receive(ctx, "intercom", headers, body)

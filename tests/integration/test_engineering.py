"""GitHub and Sentry: what is let in, what becomes of it in every order, and when the owner hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import (
    InvalidDeliveryError,
    NotAllowedError,
    NotConfiguredError,
    NotFoundError,
    SignatureError,
    UnavailableError,
)
from execops.ingest.missed import Fetched
from execops.model import Json, Role, Status, Urgency
from execops.settings import Secret, Settings
from execops.sources.github import SIGNING
from jobs import batches
from jobs.batches import Turns
from tests import engineering_events as signed
from tests import records, stripe_events
from tests.conftest import MakeSettings
from tests.draws import orders_of
from tests.engineering_events import ago, of_github, of_sentry, receive, take_in
from tests.fake_github import REPOSITORY, TOKEN, FakeGitHub, fake_github
from tests.integration.test_contact import with_settings
from tests.performing import go


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Both sources are on."""
    return make_settings(**signed.ON, sentry_customers=3)


async def drafted(ctx: Context, play: str) -> list[tuple[str, str, str]]:
    """The status, the urgency and the object of each proposal of a play."""
    proposals = await records.proposals_of_play(ctx, play)
    return [(proposal.status, proposal.urgency, proposal.object_id) for proposal in proposals]


# The doors


@pytest.mark.parametrize("source", ["github", "sentry"])
async def test_only_a_signed_delivery_with_its_headers_is_stored(ctx: Context, source: str) -> None:
    headers, body = (
        of_github("dependabot_alert", signed.alert())
        if source == "github"
        else of_sentry("event_alert", signed.error(None))
    )
    [name] = [name for name in headers if "signature" in name]
    right = headers[name]
    for wrong in (None, "", "sha256=", right[:-1], right.upper(), f"{right}0", "é", right[::-1]):
        with pytest.raises(SignatureError):
            await receive(
                ctx,
                source,
                ({**headers, name: wrong} if wrong is not None else _without(headers, name), body),
            )
    with pytest.raises(SignatureError):
        await receive(ctx, source, (headers, body + b" "))
    needed = (
        ("x-github-event", "x-github-delivery")
        if source == "github"
        else ("sentry-hook-resource", "request-id")
    )
    for header in needed:
        for changed in (
            _without(headers, header),
            {**headers, header: ""},
            {**headers, header: "a/../b c.d"},
        ):
            with pytest.raises(InvalidDeliveryError):
                await receive(ctx, source, (changed, body))
    assert await records.stored_counts(ctx) == (0, 0)
    first = await receive(ctx, source, (headers, body))
    again = await receive(ctx, source, (headers, body))
    assert (first.duplicate, again.duplicate, again.event_id) == (False, True, first.event_id)


async def test_a_delivery_as_a_form_is_refused_with_the_way_to_mend_it(ctx: Context) -> None:
    """GitHub offers forms first; a JSON body that a program calls a form is read."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    headers, body = of_github("ping", signed.PING)
    encoded = urlencode({"payload": body.decode()}).encode()
    signature = {"x-hub-signature-256": SIGNING.sign(encoded, signed.GITHUB_SECRET)}
    with pytest.raises(InvalidDeliveryError, match="a form, not JSON") as refused:
        await receive(ctx, "github", (headers | signature | form, encoded))
    assert "application/json" in str(refused.value.hint)
    assert not (await receive(ctx, "github", (headers | form, body))).duplicate


def _without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


async def test_an_empty_secret_lets_nothing_in(ctx: Context) -> None:
    closed = with_settings(ctx, github_webhook_secrets=(), sentry_client_secrets=())
    with pytest.raises(NotConfiguredError):
        await receive(closed, "github", of_github("ping", signed.PING))
    with pytest.raises(NotConfiguredError):
        await receive(closed, "sentry", of_sentry("event_alert", signed.error(None)))
    with pytest.raises(NotFoundError):
        await receive(with_settings(ctx, sources=("stripe",)), "github", of_github("ping", signed.PING))


async def test_either_secret_counts_while_it_is_renewed(ctx: Context) -> None:
    both = with_settings(ctx, github_webhook_secrets=(Secret("new"), signed.GITHUB_SECRET))
    assert not (await receive(both, "github", of_github("ping", signed.PING))).duplicate


async def test_a_ping_and_what_tells_of_no_danger_are_stored_and_draft_nothing(ctx: Context) -> None:
    for name, payload in (
        ("ping", signed.PING),
        ("push", {"ref": "refs/heads/main", "repository": signed.REPOSITORY}),
        ("dependabot_alert", {"action": "created"}),
        ("deployment_status", signed.deployment("in_progress")),
        ("deployment_status", signed.deployment(environment="staging")),
        ("deployment_status", signed.deployment(environment="product-preview")),
    ):
        event = await take_in(ctx, "github", of_github(name, payload))
        assert (event.source, event.type, event.object_id, event.outcome) == ("github", name, None, [])
    for resource in ("installation", "comment", "metric_alert"):
        payload = {"action": "created", "data": {}, "installation": {"uuid": "a"}}
        event = await take_in(ctx, "sentry", of_sentry(resource, payload))
        assert (event.type, event.outcome) == (f"sentry.{resource}.created", [])
    event = await take_in(ctx, "sentry", of_sentry("seer", {"data": None}))
    assert (event.type, event.object_id, event.outcome) == ("sentry.seer", None, [])


async def test_a_header_cannot_make_an_event_of_another_source(ctx: Context) -> None:
    """GitHub does not sign its headers: somebody who saw a delivery could name another event in them."""
    with pytest.raises(InvalidDeliveryError):
        await receive(ctx, "github", of_github("payout.failed", signed.alert()))
    body = signed.alert() | {"_execops_headers": {"x-github-event": "ping", "x-github-delivery": "another"}}
    event = await take_in(ctx, "github", of_github("dependabot_alert", body))
    assert event.type == "dependabot_alert"


# A danger at GitHub


@pytest.mark.parametrize(
    ("name", "payload", "urgency", "title"),
    [
        ("dependabot_alert", signed.alert(), "high", "Vulnerability, high: semver in example/app"),
        ("dependabot_alert", signed.alert("reopened", severity="critical"), "critical", "Vulnerability, critical: semver in example/app"),
        ("dependabot_alert", signed.alert(severity="medium"), None, "the severity is medium"),
        ("repository_advisory", signed.advisory(), "high", "Vulnerability reported: example/app"),
        ("repository_advisory", signed.advisory(severity="critical"), "critical", "Vulnerability reported, critical: example/app"),
        ("repository_advisory", signed.advisory("published", severity="low"), "high", "Advisory published, low: example/app"),
        ("deployment_status", signed.deployment(), "critical", "Deployment to production failed: example/app"),
        ("deployment_status", signed.deployment("error", environment="eu-1", production_environment=True), "critical", "Deployment to eu-1 failed: example/app"),
        ("deployment_status", signed.deployment("success"), None, "the last deployment succeeded"),
    ],
)  # fmt: skip
async def test_a_danger_is_one_proposal(
    ctx: Context, name: str, payload: Json, urgency: str | None, title: str
) -> None:
    event = await take_in(ctx, "github", of_github(name, payload))
    proposals = await records.proposals_of_play(ctx, "repository_alarm")
    if urgency is None:
        assert (proposals, records.why_declined(event, "repository_alarm")) == ([], title)
        return
    [proposal] = proposals
    assert (proposal.title, proposal.urgency, proposal.vertical) == (title, urgency, "engineering")
    await take_in(ctx, "github", of_github(name, payload))  # another delivery of the same state
    assert len(await records.proposals_of_play(ctx, "repository_alarm")) == 1


PAIRS = [
    ("dependabot_alert", signed.alert, ("created", "fixed")),
    ("dependabot_alert", signed.alert, ("created", "dismissed")),
    ("deployment_status", signed.deployment, ("failure", "success")),
]


@pytest.mark.parametrize(("name", "make", "states"), PAIRS)
async def test_it_is_moot_once_it_is_over_in_every_order(
    ctx: Context, client: Client, name: str, make: Any, states: tuple[str, str]
) -> None:
    first, second = [
        of_github(name, make(state, at=ago(minutes))) for state, minutes in zip(states, (60, 30), strict=True)
    ]
    await take_in(ctx, "github", first)
    [proposal] = await records.proposals_of_play(ctx, "repository_alarm")
    await client.proposals.approve(proposal.id, 1)
    await take_in(ctx, "github", second)
    assert await go(ctx, proposal.id) is Status.SUPERSEDED
    await take_in(ctx, "github", of_github(name, make(states[0], at=ago(60))))  # late
    assert [status for status, _, _ in await drafted(ctx, "repository_alarm")] == ["superseded"]


async def test_the_end_of_a_danger_may_arrive_first(ctx: Context) -> None:
    await take_in(ctx, "github", of_github("deployment_status", signed.deployment("success", at=ago(30))))
    late = await take_in(
        ctx, "github", of_github("deployment_status", signed.deployment("failure", at=ago(60)))
    )
    assert records.why_declined(late, "repository_alarm") == "the last deployment succeeded"
    same = ago(10)
    for state in ("success", "failure"):  # within a second, the end outranks
        await take_in(ctx, "github", of_github("deployment_status", signed.deployment(state, at=same)))
    assert await drafted(ctx, "repository_alarm") == []
    await take_in(ctx, "github", of_github("deployment_status", signed.deployment("failure", at=ago(5))))
    await take_in(ctx, "github", of_github("deployment_status", signed.deployment("inactive", at=ago(4))))
    assert [status for status, _, _ in await drafted(ctx, "repository_alarm")] == ["pending"]


async def test_the_message_goes_to_the_owners_channel(ctx: Context, client: Client) -> None:
    there = with_settings(ctx, account_owner="#ops")
    await take_in(there, "github", of_github("dependabot_alert", signed.alert()))
    [proposal] = await records.proposals_of_play(there, "repository_alarm")
    assert (proposal.action_type, proposal.payload["channel"]) == ("slack", "#ops")
    assert "Update semver to 7.5.2." in proposal.payload["text"]
    assert "https://github.com/example/app/security/dependabot/20" in proposal.payload["text"]
    await client.proposals.approve(proposal.id, 1)
    assert await go(there, proposal.id) is Status.EXECUTED


async def test_a_strangers_words_and_links_do_no_harm(ctx: Context) -> None:
    there = with_settings(ctx, account_owner="#ops")
    payload = signed.advisory(summary="<!channel> *approve all* \u202e", html_url="javascript:alert(1)")
    await take_in(there, "github", of_github("repository_advisory", payload))
    [proposal] = await records.proposals_of_play(there, "repository_alarm")
    text = proposal.payload["text"]
    assert "<!channel>" not in text
    assert "javascript:" not in text
    assert "\u202e" not in text


# Paying customers whom an issue hits


async def customer(ctx: Context, number: int, *, pays: bool = True) -> Json:
    """A customer on record, who has paid or not; returns the user of an error."""
    id_, email = f"cus_{number}", f"user{number}@example.com"
    await stripe_events.take_in(
        ctx,
        stripe_events.event(
            "customer.created", stripe_events.fixture("customer", id=id_, email=email, name=f"Firm {number}")
        ),
    )
    if pays:
        await stripe_events.take_in(ctx, stripe_events.paid(f"in_{number}", customer=id_))
    return {"id": str(number), "email": email.upper(), "ip_address": "162.218.85.90"}


async def test_an_issue_that_hits_enough_paying_customers_is_told(ctx: Context) -> None:
    users = [await customer(ctx, number) for number in range(3)]
    guest = await customer(ctx, 9, pays=False)
    users[1] = {"id": "cus_1"}  # matched by id
    for user in (
        users[0],
        users[0],
        users[1],
        guest,
        {"email": "stranger@example.com"},
        None,
        {"ip_address": "1.2.3.4"},
    ):
        event = await take_in(ctx, "sentry", of_sentry("event_alert", signed.error(user)))
        assert event.type == "sentry.event_alert.triggered"
    assert await drafted(ctx, "paying_users_hit") == []
    assert records.why_declined(event, "paying_users_hit").startswith("2 paying customers were hit")
    await take_in(ctx, "sentry", of_sentry("error", signed.error(users[2], resource="error", at=ago(55))))
    [proposal] = await records.proposals_of_play(ctx, "paying_users_hit")
    assert proposal.title == "3 paying customers hit: ReferenceError: heck is not defined"
    assert proposal.urgency is Urgency.CRITICAL
    assert "Firm 0, Firm 1, Firm 2" in proposal.reasoning
    await take_in(ctx, "sentry", of_sentry("error", signed.error(users[0], resource="error", at=ago(1))))
    assert [status for status, _, _ in await drafted(ctx, "paying_users_hit")] == [
        "pending"
    ]  # a quieter hour


async def test_three_customers_over_a_day_are_no_outage(ctx: Context) -> None:
    for number, minutes in enumerate((300, 200, 100)):
        user = await customer(ctx, number)
        await take_in(ctx, "sentry", of_sentry("event_alert", signed.error(user, at=ago(minutes))))
    assert await drafted(ctx, "paying_users_hit") == []


async def test_every_order_of_hits_and_the_end_tells_the_same(ctx: Context) -> None:
    users = [await customer(ctx, number) for number in range(3)]
    now = datetime.now(UTC)
    orders = orders_of(range(4))
    for number, order in enumerate(orders):
        issue = str(1000 + number)
        for step in order:
            if step == 3:
                changed = signed.issue_changed("resolved", issue=issue)
                delivery = of_sentry("issue", changed, at=now - timedelta(minutes=5))
            else:
                delivery = of_sentry("event_alert", signed.error(users[step], issue=issue, at=ago(30 + step)))
            event = await take_in(ctx, "sentry", delivery)
            assert event.object_id == f"sentry:{issue}"
    statuses = [status for status, _, _ in await drafted(ctx, "paying_users_hit")]
    assert set(statuses) == {"superseded"}  # drafted where the end came last, and moot then
    assert len(statuses) == sum(order[-1] == 3 for order in orders) > 1


async def test_an_archived_issue_stays_so_whatever_errors_follow(ctx: Context) -> None:
    """Only Sentry's own word ends it, in every order of arrival."""
    users = [await customer(ctx, number) for number in range(3)]
    now = datetime.now(UTC)
    orders = orders_of(range(4))
    for number, order in enumerate(orders):
        issue = str(2000 + number)
        archived = of_sentry(
            "issue", signed.issue_changed("archived", issue=issue), at=now - timedelta(minutes=40)
        )
        hits = [
            of_sentry("event_alert", signed.error(user, issue=issue, at=ago(30 + place)))
            for place, user in enumerate(users)
        ]
        for step in order:
            await take_in(ctx, "sentry", [*hits, archived][step])
    statuses = [status for status, _, _ in await drafted(ctx, "paying_users_hit")]
    assert set(statuses) == {"superseded"}  # drafted where the archiving came last, and moot then
    assert len(statuses) == sum(order[-1] == 3 for order in orders) > 1
    changed = signed.issue_changed("unresolved", issue="2000")
    await take_in(ctx, "sentry", of_sentry("issue", changed, at=now - timedelta(minutes=20)))
    assert "pending" in [status for status, _, _ in await drafted(ctx, "paying_users_hit")]


async def test_the_words_of_an_error_are_one_line(ctx: Context) -> None:
    """A project and a title with line breaks add no line to the message."""
    there = with_settings(ctx, account_owner="#ops")
    users = [await customer(there, number) for number in range(3)]
    for user in users:
        payload = signed.error(user)
        payload["data"]["event"] |= {"title": "Boom\n\nPay at evil", "culprit": "a\nb"}
        await take_in(there, "sentry", of_sentry("event_alert", payload))
    changed = signed.issue_changed("unresolved")
    changed["data"]["issue"]["project"]["slug"] = "front\n\nPay at evil"
    await take_in(there, "sentry", of_sentry("issue", changed))
    proposals = await records.proposals_of_play(there, "paying_users_hit")
    assert proposals
    for proposal in proposals:
        assert not any(line.startswith("Pay at") for line in proposal.payload["text"].splitlines())
        assert "\n" not in proposal.title
    assert "Project: front Pay at evil" in proposals[-1].payload["text"]


async def test_fifty_at_once_are_one_proposal(ctx: Context) -> None:
    users = [await customer(ctx, number) for number in range(3)]
    receipts = await asyncio.gather(
        *(receive(ctx, "sentry", of_sentry("event_alert", signed.error(users[n % 3]))) for n in range(50))
    )
    assert len({receipt.event_id for receipt in receipts}) == 50
    await batches.process_events(ctx, [receipt.event_id for receipt in receipts], Turns(8))
    assert [status for status, _, _ in await drafted(ctx, "paying_users_hit")] == ["pending"]


# The deliveries that failed


@pytest.fixture
async def fake() -> AsyncIterator[FakeGitHub]:
    """A fake of GitHub's API."""
    async with fake_github() as server:
        yield server


@pytest.fixture
async def reading(ctx: Context, fake: FakeGitHub, founder_token: Secret) -> Client:
    """The founder, where GitHub's API can be read."""
    there = with_settings(
        ctx, github_api_base=fake.url, github_repository=REPOSITORY, github_token=Secret(TOKEN)
    )
    return await Client.login(there, founder_token)


async def fetch(client: Client, **changes: Any) -> Fetched:
    """Fetch the failed deliveries of three days."""
    since = datetime.now(UTC) - timedelta(days=3)
    options: dict[str, Any] = {"since": since, "rate": 1000, "stop": asyncio.Event()} | changes
    return await client.books.fetch_github_deliveries(**options)


async def test_failed_deliveries_are_read_once_and_never_asked_for_again(
    ctx: Context, reading: Client, fake: FakeGitHub
) -> None:
    fake.page = 2
    old = ago(5 * 24 * 60)
    fake.add(1, "g-old", "dependabot_alert", signed.alert(number=1), at=old)
    fake.add(2, "g-fails", "dependabot_alert", signed.alert(number=2), at=ago(90))
    fake.add(3, "g-arrives", "dependabot_alert", signed.alert(number=3), at=ago(80))
    fake.add(4, "g-known", "dependabot_alert", signed.alert(number=4), at=ago(70))
    fake.add(5, "g-fails", "dependabot_alert", signed.alert(number=2), at=ago(60), status=500)
    fake.add(6, "g-arrives", "dependabot_alert", signed.alert(number=3), at=ago(50), status=200)
    fake.add(7, "g-none", "dependabot_alert", ["no object"], at=ago(40), status=0)
    await receive(ctx, "github", of_github("dependabot_alert", signed.alert(number=4), "g-known"))
    pages: list[Fetched] = []
    fetched = await fetch(reading, on_page=pages.append)
    assert (fetched.listed, fetched.new, fetched.finished) == (3, 2, True)
    assert len(pages) > 1
    types = await records.rows(ctx, "select dedupe_key, type from events order by dedupe_key")
    assert [(row["dedupe_key"], row["type"]) for row in types] == [
        (guid, "dependabot_alert") for guid in ("g-fails", "g-known", "g-none")
    ]
    assert {method for method, _ in fake.asked} == {"GET"}
    again = await fetch(reading)
    assert (again.listed, again.new) == (3, 0)
    late = await receive(ctx, "github", of_github("dependabot_alert", signed.alert(number=2), "g-fails"))
    assert late.duplicate


async def test_what_was_read_is_processed_like_a_delivery(
    ctx: Context, reading: Client, fake: FakeGitHub
) -> None:
    fake.add(1, "g-1", "deployment_status", signed.deployment(), at=ago(30))
    await fetch(reading, hook=42)
    assert not any(target.endswith("/hooks") for _, target in fake.asked)
    [row] = await records.rows(ctx, "select id from events")
    await processing.process_event(ctx, row["id"])
    assert [status for status, _, _ in await drafted(ctx, "repository_alarm")] == ["pending"]


async def test_the_reasons_why_nothing_is_read(
    ctx: Context, client: Client, reading: Client, fake: FakeGitHub
) -> None:
    with pytest.raises(NotConfiguredError, match="no repository, or no token"):
        await fetch(client)
    fake.hooks.append(fake.hooks[1] | {"id": 43})
    with pytest.raises(NotFoundError, match="2 webhooks"):
        await fetch(reading)
    fake.fails = 403
    with pytest.raises(NotConfiguredError, match="refuses"):
        await fetch(reading)
    fake.fails = 502
    with pytest.raises(UnavailableError, match="502"):
        await fetch(reading)
    viewer = await records.new_client(ctx, "vera", Role.VIEWER)
    with pytest.raises(NotAllowedError):
        await fetch(viewer)
    assert await records.stored_counts(ctx) == (0, 0)

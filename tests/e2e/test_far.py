"""The console far from the database: the same answers, the same errors, and what a bad way to the server does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from execops.client import Client
from execops.client.changes import Change
from execops.client.remote import live, transport
from execops.client.remote.door import RemoteClient
from execops.client.remote.operations import OPERATIONS, Kind
from execops.client.remote.transport import Transport
from execops.context import Context
from execops.errors import (
    ConflictError,
    ExecOpsError,
    InvalidInputError,
    InvalidPayloadError,
    NotAllowedError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from execops.model import Role, Status
from execops.settings import Secret
from tests import records
from tests.doors import far, far_client, served
from tests.mail_servers import Authority
from tests.serving import serving
from tests.slow_proxy import Way, slow_way
from tests.stripe_events import failed, take_in


@pytest.fixture
async def server(ctx: Context) -> AsyncIterator[str]:
    async with served(ctx) as url:
        yield url


@pytest.fixture
async def way(server: str) -> AsyncIterator[Way]:
    async with slow_way(server, 0) as way:
        yield way


@pytest.fixture
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "WAITS", (0.01, 0.01, 0.01))


# The same


READINGS: dict[str, tuple[Any, ...]] = {
    "proposals.history": (),
    "proposals.attention": ("month",),
    "events.list": (),
    "events.prunable": (datetime(2020, 1, 1, tzinfo=UTC),),
    "customers.held": ("cus_2",),
    "audit.latest": (50,),
    "canvas.ask": ("decisions by play",),
    "canvas.understand": ("net revenue last month",),
    "canvas.answer": ("runway", {}),
    "canvas.try_synonym": ("dinero", "spend"),
    "books.doubles": ("main", []),
    "books.account_days": ("main",),
}
ABOUT = frozenset({"proposals.get", "proposals.card"})
OTHERWISE = frozenset({"events.get", "canvas.behind", "canvas.ask_suggested"})  # read below
MOVES = frozenset(
    {"operators.me", "deployment.health", "deployment.measures", "deployment.overview"}
)  # with the queue


async def test_every_reading_is_the_same_through_both_doors(
    ctx: Context, client: Client, founder_token: Secret
) -> None:
    proposal = await records.pending_id(ctx)
    event = await take_in(ctx, failed("in_2", customer="cus_2"))
    await client.proposals.approve(proposal, 1)
    async with far_client(ctx, founder_token) as remote:
        for name, operation in OPERATIONS.items():
            if operation.kind is not Kind.READS or name in OTHERWISE | MOVES:
                continue
            arguments = (proposal,) if name in ABOUT else READINGS.get(name, ())
            near = await getattr(getattr(client, operation.part), operation.name)(*arguments)
            away = await getattr(getattr(remote, operation.part), operation.name)(*arguments)
            assert away == near, name
        assert await remote.events.get(event.id) == await client.events.get(event.id)
        assert await remote.deployment.health() is not None
        answer = (await client.canvas.ask("proposals by status")).answer
        assert answer is not None
        assert await remote.canvas.behind(answer, 0) == await client.canvas.behind(answer, 0)
        start = datetime(2026, 1, 1, tzinfo=UTC)
        assert [entry async for entry in remote.audit.since(start)] == [
            entry async for entry in client.audit.since(start)
        ]
        assert remote.canvas.metrics() == client.canvas.metrics()
        assert (remote.operator.name, remote.operator.role) == (client.operator.name, client.operator.role)


async def test_errors_carry_the_same_words_and_exit_codes(
    ctx: Context, client: Client, founder_token: Secret
) -> None:
    proposal = await records.pending_id(ctx)
    payload = (await client.proposals.get(proposal)).payload
    calls: dict[type[ExecOpsError], Any] = {
        NotFoundError: lambda door: door.proposals.card(99),
        ConflictError: lambda door: door.proposals.approve(proposal, 9),
        InvalidPayloadError: lambda door: door.proposals.edit(proposal, 1, payload | {"to": ""}),
        InvalidInputError: lambda door: door.canvas.teach("", ""),
    }
    async with far_client(ctx, founder_token) as remote:
        for kind, call in calls.items():
            seen = []
            for door in (client, remote):
                with pytest.raises(kind) as raised:
                    await call(door)
                seen.append((type(raised.value), vars(raised.value), raised.value.exit_status))
            assert seen[0] == seen[1]


async def test_a_card_that_did_not_change_is_not_sent_again(
    ctx: Context, way: Way, founder_token: Secret
) -> None:
    proposal = await records.pending_id(ctx)
    answers: list[bytes] = []
    way.look = lambda piece: answers.append(piece) or piece  # type: ignore[func-returns-value]
    async with far(ctx, way.url, founder_token) as remote:
        first = await remote.proposals.card(proposal)
        assert await remote.proposals.card(proposal) == first
        assert answers[-1].startswith(b"HTTP/1.1 304")
        await remote.proposals.approve(proposal, 1)
        assert (await remote.proposals.card(proposal)).proposal.status is Status.APPROVED


# Operators who may not


async def test_a_wrong_token_and_a_revoked_one_are_refused(ctx: Context, client: Client, server: str) -> None:
    with pytest.raises(UnauthenticatedError) as raised:
        async with far(ctx, server, Secret("wrong")):
            pass
    assert raised.value.hint == f"Sign in again: execops login {server}"
    proposal = await records.pending_id(ctx)
    _, token = await client.operators.add("Bo", Role.OPS)
    async with far(ctx, server, token) as remote, remote.deployment.changes() as notices:
        await client.operators.revoke("Bo")
        with pytest.raises(NotAllowedError):
            await remote.proposals.approve(proposal, 1)
        assert (await client.proposals.get(proposal)).status is Status.PENDING
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("server.changes.BEAT", 0.0)
            with pytest.raises(NotAllowedError):
                async for _ in notices:
                    pass


async def test_a_certificate_that_is_not_trusted_gets_no_token(
    ctx: Context, authority: Authority, founder_token: Secret
) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1000))

    async with serving(listen, context=authority.context("localhost", "127.0.0.1")) as port:
        with pytest.raises(UnavailableError, match=r"certificate of 127\.0\.0\.1") as raised:
            async with far(ctx, f"https://127.0.0.1:{port}", founder_token):
                pass
    assert "nothing was sent" in raised.value.message
    assert not any(heard)


# A server that is another one

_PROBLEM = b"content-type: application/problem+json\r\n"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 404 Not Found\r\n" + _PROBLEM + b"content-length: 20\r\n\r\n{\"code\":\"not_found\"}", "is older than this console"),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 5\r\n\r\nhello", "does not answer as ExecOps does"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "does not answer as ExecOps does"),
        (b"HTTP/1.1 302 Found\r\nlocation: https://evil.example/\r\ncontent-length: 0\r\n\r\n", "sends this console elsewhere"),
        (b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", "A proxy answers"),
        (b"not http at all\r\n\r\n", "cannot be reached"),
    ],
    ids=["older", "another", "a page", "redirect", "proxy", "no http"],
)  # fmt: skip
@pytest.mark.usefixtures("_no_waits")
async def test_a_server_that_is_no_execops_of_this_version_is_told_plainly(
    ctx: Context, founder_token: Secret, answer: bytes, sentence: str
) -> None:

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(answer)
            await writer.drain()

    async with serving(speak) as port:
        with pytest.raises(UnavailableError, match=sentence):
            async with far(ctx, f"http://127.0.0.1:{port}", founder_token):
                pass


# A bad way


def breaking(way: Way, times: int) -> None:
    """Break the connection at each of so many next answers, which the server has given."""
    left = times

    def look(piece: bytes) -> bytes | None:
        nonlocal left
        if left and piece.startswith(b"HTTP/1.1"):
            left -= 1
            return None
        return piece

    way.look = look


@pytest.mark.usefixtures("_no_waits")
async def test_a_decision_whose_answer_was_lost_is_taken_once(
    ctx: Context, client: Client, way: Way, founder_token: Secret
) -> None:
    proposals = [await records.pending_id(ctx, f"in_{n}", customer=f"cus_{n}") for n in range(4)]
    async with far(ctx, way.url, founder_token) as remote:
        breaking(way, 1)
        decided = await remote.proposals.approve(proposals[0], 1)
        assert (decided.proposal_id, decided.status) == (proposals[0], Status.APPROVED)
        breaking(way, 2)
        assert (await remote.proposals.reject(proposals[1], 1, "no")).status is Status.REJECTED
        breaking(way, 1)
        both = await remote.proposals.approve_many([(proposals[2], 1), (proposals[3], 1), (99, 1)])
        assert [getattr(answer, "status", type(answer)) for answer in both] == [
            Status.APPROVED, Status.APPROVED, NotFoundError,
        ]  # fmt: skip
        breaking(way, 1)
        assert await remote.suppressions.add("cus_gone") is True
        breaking(way, 1)
        with pytest.raises(ConflictError, match="was done already"):  # its token was lost with the answer
            await remote.operators.add("Bo", Role.VIEWER)
    decisions = [
        entry.entry.proposal_id
        for entry in await client.audit.latest(50)
        if entry.entry.from_status == "pending"
    ]
    assert sorted(number for number in decisions if number is not None) == proposals
    assert [operator.name for operator in await client.operators.list()].count("Bo") == 1


@pytest.mark.usefixtures("_no_waits")
async def test_a_network_that_is_lost_says_what_is_known(
    ctx: Context, way: Way, founder_token: Secret
) -> None:
    proposal = await records.pending_id(ctx)
    async with far(ctx, way.url, founder_token) as remote:
        breaking(way, 99)
        with pytest.raises(UnavailableError, match="Whether it was done is not known"):
            await remote.proposals.approve(proposal, 1)
        way.look = lambda piece: piece
        with pytest.raises(ConflictError, match="is approved"):  # a new decision sees it
            await remote.proposals.approve(proposal, 1)
        way.refuses = True
        way.cut()
        with pytest.raises(UnavailableError, match="cannot be reached"):
            await remote.proposals.counts()


async def test_a_key_is_checked_and_another_operators_is_none(
    ctx: Context, client: Client, server: str, founder_token: Secret
) -> None:
    proposal = await records.pending_id(ctx)
    _, token = await client.operators.add("Bo", Role.OPS)
    body = {"proposal_id": proposal, "version": 1}
    async with far(ctx, server, founder_token) as remote, far(ctx, server, token) as other:
        url = f"{server}{OPERATIONS['proposals.approve'].path}"

        async def post(door: RemoteClient, key: str) -> int:
            headers = door.transport._headers | {"idempotency-key": key}
            return (await door.transport._http.post(url, json=body, headers=headers)).status_code

        assert await post(remote, "short") == 400
        assert await post(remote, "k" * 20) == 200
        assert await post(remote, "k" * 20) == 200
        assert await post(other, "k" * 20) == 409


# Live


@pytest.mark.usefixtures("_no_waits")
async def test_a_stream_that_is_cut_within_an_event_goes_on_where_it_was(
    ctx: Context, client: Client, way: Way, founder_token: Secret
) -> None:
    first = await records.pending_id(ctx)
    async with far(ctx, way.url, founder_token) as remote, remote.deployment.changes() as notices:
        proposals: list[int] = []

        def look(piece: bytes) -> bytes | None:
            if b"event: change" in piece and len(proposals) == 1:
                proposals.append(-1)
                way.cut()
                return b'event: change\ndata: {"propo'
            return piece

        way.look = look
        await client.proposals.approve(first, 1)
        proposals.append(await next_change(notices))
        await records.pending_id(ctx, "in_2", customer="cus_2")
        second = await next_change(notices)
        while second == first:  # what changed since the last position comes again
            second = await next_change(notices)
    assert proposals[0] == first
    assert second > first


async def next_change(notices: AsyncIterator[Any]) -> int:
    async with asyncio.timeout(20):
        async for notice in notices:
            if isinstance(notice, Change):
                return notice.proposal_id
    raise AssertionError


async def test_a_stream_that_is_silent_for_too_long_is_lost(
    ctx: Context, way: Way, founder_token: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_SILENT", httpx.Timeout(0.5))
    async with far(ctx, way.url, founder_token) as remote, remote.deployment.changes() as notices:
        way.delay = 60.0
        way.refuses = True
        with pytest.raises(UnavailableError):
            async for _ in notices:
                pass


async def test_the_server_ends_while_consoles_listen(ctx: Context, founder_token: Secret) -> None:
    async with asyncio.timeout(20):
        async with served(ctx) as url:
            remote = RemoteClient(Transport(url, founder_token), ctx.settings)
            stream = remote.deployment.changes()
            notices = await stream.__aenter__()
        # The server has ended, and did not wait for its consoles.
        with pytest.raises(UnavailableError):
            async for _ in notices:
                pass
        await stream.__aexit__(None, None, None)
        await remote.close()

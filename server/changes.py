"""`GET /api/changes`: the live changes, as server-sent events; `execops.client.remote.live` reads them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from time import monotonic
from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter
from litestar.types import ASGIApp

from execops import __version__
from execops.client import Client
from execops.client.changes import Change, Notice, Pulse
from execops.client.remote import problems
from execops.client.remote.live import BEAT, BEATS, HELLO, OPERATION, PROBLEM, to_event
from execops.errors import ExecOpsError, NotFoundError, UnavailableError
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import documented
from server.streaming import streaming
from server.strict import require_described

_PADDING = b":" + b" " * 2048 + b"\n\n"  # some proxies hold the first bytes back until there are enough
_MISSED = 1000  # entries of the audit log that are told again


@get(
    "/changes",
    operation_id="changes",
    summary="Follow the changes",
    responses=documented(400, 401),
    media_type="text/event-stream",
)
async def changes(
    request: ClientRequest,
    pulse: Annotated[
        float, QueryParameter(ge=0.05, le=5, description="Seconds of silence between looks at the workers")
    ] = 1.0,
) -> ASGIApp:
    """Server-sent events: `change` of a proposal, `policy`, `pulse` of the workers, `beat` every five seconds of silence.

    `hello` comes first; from then on nothing is missed. With the header `Last-Event-ID`, all that changed since comes
    again. `problem` is the last event where the database went away, or the operator was revoked.
    """
    last = request.headers.get("last-event-id", "")
    since = int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None
    headers = {"x-execops-version": __version__, "x-execops-operation": OPERATION.full_name}
    events = _events(request.user, since, pulse, request.app.state.leaving)
    return streaming(events, "text/event-stream", headers)


router = Router(
    "/api",
    route_handlers=[changes],
    middleware=[BearerAuth],
    before_request=require_described,
    security=SECURITY,
    tags=["inbox"],
)


async def _events(
    client: Client, since: int | None, pulse_every: float, leaving: asyncio.Event
) -> AsyncGenerator[bytes]:
    """The events until the server ends, the database goes away, or the operator may read no more."""
    yield _PADDING
    try:
        async with client.deployment.changes(pulse_every=pulse_every) as notices:
            position = await _position(client)
            yield _event(HELLO, "{}", position if since is None else None)
            if since is not None:
                for change in await _missed(client, since):
                    yield _event(*to_event(change))
                yield _event(BEATS, "{}", position)
            async with (
                aclosing(_until(leaving, notices)) as current,
                aclosing(_narrated(client, current)) as events,
            ):
                async for event in events:
                    yield event
    except ExecOpsError as exc:
        yield _event(PROBLEM, json.dumps(problems.to_json(exc)))


async def _narrated(client: Client, notices: AsyncIterator[Notice]) -> AsyncGenerator[bytes]:
    """Every change; a pulse where it differs, and a beat after silence, with the position that was reached."""
    last: Pulse | None = None
    beaten = monotonic()
    async for notice in notices:
        if not isinstance(notice, Pulse):
            yield _event(*to_event(notice))
        elif notice != last:
            last = notice
            yield _event(*to_event(notice))
        if monotonic() - beaten >= BEAT:
            await client.operators.me()  # the stream of an operator who was revoked ends
            beaten = monotonic()
            yield _event(BEATS, "{}", await _position(client))


async def _until(leaving: asyncio.Event, notices: AsyncIterator[Notice]) -> AsyncGenerator[Notice]:
    """The notices until the server ends: a stream would keep it from ending."""
    left = asyncio.create_task(leaving.wait())
    coming = asyncio.ensure_future(anext(notices))
    try:
        while True:
            await asyncio.wait([left, coming], return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                return
            yield coming.result()
            coming = asyncio.ensure_future(anext(notices))
    finally:
        left.cancel()
        coming.cancel()
        await asyncio.wait([coming])


async def _position(client: Client) -> int:
    """The number of the last entry of the audit log."""
    latest = await client.audit.latest(1)
    return latest[0].entry.seq if latest else 0


async def _missed(client: Client, since: int) -> list[Change]:
    """A change of each proposal that an entry after this position is about.

    Raises UnavailableError where more has happened than is told again.
    """
    entries = await client.audit.latest(_MISSED)
    if len(entries) == _MISSED and min(entry.entry.seq for entry in entries) > since + 1:
        raise UnavailableError(
            f"More than {_MISSED} entries are new since {since}.", hint="Read everything anew."
        )
    ids = {entry.entry.proposal_id for entry in entries if entry.entry.seq > since} - {None}
    missed = []
    for proposal_id in sorted(number for number in ids if number is not None):
        try:
            proposal = await client.proposals.get(proposal_id)
        except NotFoundError:
            continue
        missed.append(Change(proposal_id, proposal.status, proposal.version))
    return missed


def _event(name: str, data: str, position: int | None = None) -> bytes:
    head = f"id: {position}\n" if position is not None else ""
    return f"{head}event: {name}\ndata: {data}\n\n".encode()

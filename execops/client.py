"""What a person at a console can do: TUI and CLI speak only to this."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg.rows import dict_row

from execops import audit, decisions, events, health, inbox, ingest, operators, policy, precision
from execops.context import ORG, Context
from execops.db import queries
from execops.db.pool import unavailable
from execops.decisions import Decided
from execops.errors import ExecOpsError, NotConfiguredError, NotFoundError, UnauthenticatedError
from execops.health import Health, Pulse
from execops.inbox import Counts, Summary
from execops.model import Actor, Event, EventStatus, Execution, Json, Operator, Proposal, Role, Status
from execops.policy import Suppression
from execops.precision import ActionStanding, PlayStanding, Precision
from execops.settings import Secret

if TYPE_CHECKING:
    from execops.canvas.behind import Behind
    from execops.canvas.catalogue import Metric
    from execops.canvas.console import Console
    from execops.canvas.result import Answer
    from execops.canvas.run import Asked

PROPOSALS = queries.load("action_proposals")
EXECUTIONS = queries.load("executions")
ANSWERS = 1.0  # seconds that a database which is not away may take for a pulse


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """Everything a decision needs: the proposal, what approving does, and what happened so far."""

    proposal: Proposal
    does: str
    trail: list[audit.TrailEntry]
    executions: list[Execution]
    events: list[Json]
    versions: list[Json]


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal was inserted or updated."""

    proposal_id: int
    status: Status
    version: int


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A play, an action type, or all executions (`system`) were allowed or forbidden."""

    kind: str
    name: str
    allowed: bool


Notice: TypeAlias = Change | PolicyChange | Pulse


class Client:
    """The console's operations, in the name of one operator."""

    def __init__(self, ctx: Context, operator: Operator) -> None:
        self._ctx = ctx
        self.operator = operator

    @classmethod
    async def login(cls, ctx: Context, token: Secret | None) -> Client:
        """The client of a token's operator. Raises UnauthenticatedError."""
        if token is None:
            raise UnauthenticatedError(
                "No token says who you are.",
                hint="Set EXECOPS_TOKEN. The embedded default keeps one once `execops up` has run.",
            )
        async with ctx.connection() as conn:
            return cls(ctx, await operators.authenticate(conn, token))

    # Reading

    async def inbox(self, *, limit: int = 50, after: Summary | None = None) -> Sequence[Summary]:
        """A page of pending proposals: most urgent first, the newest of each urgency first."""
        async with self._ctx.connection() as conn:
            return await inbox.inbox(conn, limit=limit, after=after)

    async def history(
        self,
        *,
        status: Status | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Sequence[Summary]:
        """A page of proposals of a status, or of all, the newest first, with ids below `before`."""
        async with self._ctx.connection() as conn:
            return await inbox.history(conn, status=status, limit=limit, before=before)

    async def decided(
        self, *, status: Status | None = None, limit: int = 50, after: Summary | None = None
    ) -> Sequence[Summary]:
        """A page of what is no longer pending, or of one such status, the latest decision first."""
        async with self._ctx.connection() as conn:
            return await inbox.decided(conn, status=status, limit=limit, after=after)

    async def counts(self) -> Counts:
        """The inbox's header."""
        async with self._ctx.connection() as conn:
            return await inbox.counts(conn)

    async def proposal(self, proposal_id: int) -> Proposal:
        """The proposal alone. Raises NotFoundError."""
        async with self._ctx.connection() as conn:
            found = await inbox.get(conn, proposal_id)
        if found is None:
            raise NotFoundError(f"There is no proposal {proposal_id}.", hint="execops proposals list")
        return found

    async def card(self, proposal_id: int) -> Card:
        """Everything about a proposal. Raises NotFoundError."""
        found = await self.proposal(proposal_id)
        adapter = self._ctx.adapters.get(found.action_type)
        async with self._ctx.connection() as conn:
            attempts = await _rows(conn, EXECUTIONS["of_proposal"], {"proposal_id": proposal_id})
            return Card(
                proposal=found,
                does=adapter.describe(found.payload)
                if adapter
                else f"cannot be done: no {found.action_type} adapter",
                trail=await audit.trail(conn, proposal_id),
                executions=[Execution.from_row(row) for row in attempts],
                events=await _rows(conn, PROPOSALS["events_of"], {"id": proposal_id}),
                versions=await _rows(conn, PROPOSALS["versions"], {"id": proposal_id}),
            )

    def validate(self, action_type: str, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this payload can be performed as it is."""
        adapter = self._ctx.adapters.get(action_type)
        if adapter is None:
            raise NotConfiguredError(f"Nothing here performs {action_type}.")
        adapter.validate(payload)

    async def health(self) -> Health:
        """Workers, queue, pause and failures."""
        async with self._ctx.connection() as conn:
            return await health.read(conn)

    @asynccontextmanager
    async def changes(self, *, pulse_every: float | None = None) -> AsyncIterator[AsyncIterator[Notice]]:
        """Listen for changes; once entered, none is missed. Ends in DatabaseUnavailableError.

        With `pulse_every`, a Pulse comes each so many seconds of silence; a database that does not answer it
        within ANSWERS seconds counts as away. A connection of its own, so that listening holds none of the pool.
        """
        try:
            conn = await psycopg.AsyncConnection.connect(
                self._ctx.url.reveal(),
                autocommit=True,
                row_factory=dict_row,
                application_name="execops inbox",
                connect_timeout=5,
            )
        except psycopg.OperationalError as exc:
            raise unavailable(exc) from exc
        async with conn:
            try:
                await conn.execute(b"listen execops_proposals; listen execops_policies")
            except psycopg.OperationalError as exc:
                raise unavailable(exc) from exc
            # Closed before the connection: an abandoned stream would hold its lock for ever.
            async with aclosing(_notices(conn, pulse_every)) as stream:
                yield stream

    # Asking

    async def ask(self, question: str) -> Asked:
        """Answer a plain question from the ledger. Raises UnavailableError, InvalidInputError."""
        return await self._console.ask(question)

    async def behind(self, answer: Answer, at: int) -> Behind:
        """The proposals and events behind a row of an answer: see `execops.canvas.behind`."""
        return await self._console.behind(answer, at)

    def metrics(self) -> Mapping[str, Metric]:
        """What can be asked, by name. Raises CatalogueError."""
        return self._console.known()

    @cached_property
    def _console(self) -> Console:
        from execops.canvas.console import Console  # not before the first question

        return Console(self._ctx)

    # Deciding

    async def record_opening(self, proposal_id: int, version: int) -> None:
        """The operator looks at this version."""
        await decisions.record_opening(self._ctx, self.operator, proposal_id, version)

    async def approve(self, proposal_id: int, version: int) -> Decided:
        """See `decisions.approve`."""
        return await decisions.approve(self._ctx, self.operator, proposal_id, version)

    async def approve_many(self, seen: Sequence[tuple[int, int]]) -> list[Decided | ExecOpsError]:
        """See `decisions.approve_many`."""
        return await decisions.approve_many(self._ctx, self.operator, seen)

    async def reject(
        self, proposal_id: int, version: int, reason: str | None = None, *, suppress: bool = False
    ) -> Decided:
        """See `decisions.reject`."""
        return await decisions.reject(
            self._ctx, self.operator, proposal_id, version, reason, suppress=suppress
        )

    async def edit(self, proposal_id: int, version: int, payload: Json) -> Decided:
        """See `decisions.edit`."""
        return await decisions.edit(self._ctx, self.operator, proposal_id, version, payload)

    async def undo(self, proposal_id: int) -> Decided:
        """See `decisions.undo`."""
        return await decisions.undo(self._ctx, self.operator, proposal_id)

    async def retry(self, proposal_id: int, version: int) -> Decided:
        """See `decisions.retry`."""
        return await decisions.retry(self._ctx, self.operator, proposal_id, version)

    async def confirm(self, proposal_id: int, version: int) -> Decided:
        """See `decisions.confirm`."""
        return await decisions.confirm(self._ctx, self.operator, proposal_id, version)

    async def close(self, proposal_id: int, version: int, reason: str | None = None) -> Decided:
        """See `decisions.close`."""
        return await decisions.close(self._ctx, self.operator, proposal_id, version, reason)

    async def pause(self, why: str | None = None) -> None:
        """Stop all executions."""
        await decisions.pause(self._ctx, self.operator, why)

    async def resume(self) -> int:
        """Let executions run again; returns how many proposals waited."""
        return await decisions.resume(self._ctx, self.operator)

    # Plays and action types

    async def plays(self) -> list[PlayStanding]:
        """Every play: whether it may draft, and how well it does."""
        async with self._ctx.connection() as conn:
            return await precision.plays(conn)

    async def actions(self) -> list[ActionStanding]:
        """Every action type: whether it may be performed, and whether anything here performs it."""
        async with self._ctx.connection() as conn:
            return await precision.actions(conn, self._ctx.adapters)

    async def precision(self) -> list[Precision]:
        """How often what the plays draft is approved: see `execops.precision`."""
        async with self._ctx.connection() as conn:
            return await precision.read(conn)

    async def flagged_plays(self) -> frozenset[str]:
        """The plays that were approved in under half of their last twenty decisions."""
        async with self._ctx.connection() as conn:
            return await precision.flagged(conn)

    async def set_play(self, name: str, allowed: bool, why: str | None = None) -> bool:
        """See `decisions.set_play`."""
        return await decisions.set_play(self._ctx, self.operator, name, allowed=allowed, why=why)

    async def set_action(self, name: str, allowed: bool, why: str | None = None) -> bool:
        """See `decisions.set_action`."""
        return await decisions.set_action(self._ctx, self.operator, name, allowed=allowed, why=why)

    # Customers who are never contacted

    async def suppressions(self) -> list[Suppression]:
        """Every customer who is never contacted, the latest first."""
        async with self._ctx.connection() as conn:
            return await policy.suppressions(conn)

    async def lift_suppression(self, subject_key: str, why: str | None = None) -> Suppression:
        """See `decisions.lift_suppression`."""
        return await decisions.lift_suppression(self._ctx, self.operator, subject_key, why)

    # Looking after it

    async def events(
        self,
        *,
        status: EventStatus | None = None,
        type_: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> list[dict[str, Any]]:
        """A page of events without their payload, the newest first."""
        async with self._ctx.connection() as conn:
            return await events.listed(conn, status=status, type_=type_, limit=limit, before=before)

    async def event(self, event_id: int) -> Event:
        """One event, whole. Raises NotFoundError."""
        async with self._ctx.connection() as conn:
            return await events.get(conn, event_id)

    async def replay(self, event_id: int) -> bool:
        """Process an event once more; False where it still waits. Raises NotFoundError."""
        await self.event(event_id)
        operators.require_decider(self.operator, "replay events")
        return await ingest.replay(self._ctx, event_id, Actor.user(self.operator))

    async def audit_latest(self, limit: int) -> list[audit.TrailEntry]:
        """The latest audit entries, the newest first."""
        async with self._ctx.connection() as conn:
            return await audit.latest(conn, limit)

    async def audit_verify(self) -> audit.Verification:
        """Check the whole audit chain."""
        async with self._ctx.connection() as conn:
            return await audit.verify(conn)

    async def operators(self) -> list[Operator]:
        """All operators."""
        async with self._ctx.connection() as conn:
            return await operators.everyone(conn)

    async def add_operator(self, name: str, role: Role) -> tuple[Operator, Secret]:
        """A new operator and its token, shown this once. Only a founder may."""
        operators.require_founder(self.operator, "add operators")
        token = operators.new_token()
        async with self._ctx.transaction(Actor.user(self.operator)) as conn:
            return await operators.add(conn, name, role, token), token

    async def revoke_operator(self, name: str) -> Operator:
        """Disable an operator for good. Only a founder may."""
        operators.require_founder(self.operator, "revoke operators")
        async with self._ctx.transaction(Actor.user(self.operator)) as conn:
            return await operators.revoke(conn, name)


async def _notices(conn: psycopg.AsyncConnection[Any], pulse_every: float | None) -> AsyncGenerator[Notice]:
    try:
        while True:
            async with aclosing(conn.notifies(timeout=pulse_every)) as notifications:
                async for notification in notifications:
                    notice = _notice(notification)
                    if notice is not None:
                        yield notice
            yield await _pulse(conn)
    except (psycopg.OperationalError, TimeoutError) as exc:
        raise unavailable(exc) from exc


async def _pulse(conn: psycopg.AsyncConnection[Any]) -> Pulse:
    """The pulse. Raises TimeoutError, with the connection closed, where the database does not answer in time."""
    asked = asyncio.create_task(health.pulse(conn))
    for _ in range(10):  # in parts, so that a moment in which this process was busy counts little
        await asyncio.wait({asked}, timeout=ANSWERS / 10)
        if asked.done():
            return asked.result()
    conn.pgconn.finish()  # cancelling the query first would wait for the database once more
    asked.cancel()
    raise TimeoutError


def _notice(notification: psycopg.Notify) -> Notice | None:
    data = json.loads(notification.payload)
    if data["org"] != ORG:
        return None
    if notification.channel == "execops_policies":
        return PolicyChange(data["kind"], data["name"], data["allowed"])
    return Change(data["id"], Status(data["status"]), data["version"])


async def _rows(conn: Any, query: bytes, values: Json) -> list[Any]:  # noqa: ANN401
    return await (await conn.execute(query, values)).fetchall()  # type: ignore[no-any-return]

"""Replay a case: import the bank rows of its box, deliver its events in order, and read the proposals."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.client.bank_file import Options, read, survey
from execops.context import Context
from execops.ingest import events
from execops.model import Event, Json, Proposal, Status
from execops.settings import Settings, load_settings
from tests import records
from tests.drafts.cases import Case, statement_lines
from tests.stripe_events import SECRET, receive, sign

_PORTAL = "https://billing.stripe.com/p/login/1"


@dataclass(frozen=True, slots=True)
class Replayed:
    """All proposals in the order in which they were made, and the events of a case in the order they came."""

    case: Case
    drafted: Sequence[Proposal]
    events: Sequence[Event]

    @property
    def proposals(self) -> list[Proposal]:
        """The proposals that belong to the case."""
        return [proposal for proposal in self.drafted if belongs(proposal, self.case)]

    @property
    def pending(self) -> list[Proposal]:
        """The proposals that wait for a decision."""
        return [proposal for proposal in self.proposals if proposal.status is Status.PENDING]


class StandingClock:
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The moment at which the clock stands."""
        return self._now


def settings_of(case: Case, **fixed: Any) -> Settings:
    """The settings of the case's box; `fixed` holds the home, the database and the token.

    A founder who has set anything has set the customer portal, too: no event carries a link to change a card. No proposal
    expires, so that a replay under a clock that stands still can be read on any day.
    """
    flags = {"stripe_webhook_secrets": SECRET, "stripe_mode": "live", "undo_window": "0"}
    environ = {"EXECOPS_CUSTOMER_PORTAL_URL": _PORTAL, **case.environ} if case.environ else {}
    return load_settings({**flags, "expiry_days": "36500", **fixed}, environ)


async def replay(ctx: Context, case: Case, *, bank: bool = True) -> Replayed:
    """Replay the case into an empty database, as of the Context's clock; `bank` imports the bank rows of its box first.

    The database compares deadlines with its own clock, so a proposal counts with the status that is stored.
    """
    now, client = ctx.clock.now(), await Client.login(ctx, ctx.settings.token)
    for statement in case.bank if bank else ():
        await _import(ctx, client, statement, now)
    received = []
    for payload in case.events_at(now):
        body = json.dumps(payload).encode()
        receipt = await receive(ctx, "stripe", sign(body, at=int(now.timestamp())), body)
        await processing.process_event(ctx, receipt.event_id)
        received.append(receipt.event_id)
    if case.from_bank:
        received = [row["id"] for row in await records.rows(ctx, "select id from events order by id")]
    stored = await records.rows(ctx, "select id, status from action_proposals order by id")
    drafted = [
        replace(await client.proposals.get(row["id"]), status=Status(row["status"]))  # by no deadline
        for row in stored
    ]
    async with ctx.connection() as conn:
        processed = [await events.get(conn, id_) for id_ in received]
    return Replayed(case, drafted, processed)


def belongs(proposal: Proposal, case: Case) -> bool:
    """Whether the proposal belongs to the case, and not to the bank rows of its box."""
    if proposal.play == "runway_low":
        return case.from_bank and proposal.play in case.plays
    if proposal.play in {"spend_spike", "new_vendor"}:
        vendor = proposal.object_id.casefold()
        return any(re.search(rf"\b{re.escape(word)}", vendor) for word in case.vendors())
    return case.id in proposal.object_id or case.id in proposal.subject_key


def words(proposal: Proposal) -> str:
    """The words that a grade is held against: title, subject, text, sender and receiver."""
    payload: Json = proposal.payload
    parts = [proposal.title, *(payload.get(name) for name in ("subject", "text", "from", "to", "channel"))]
    return "\n".join(part for part in parts if part)


async def _import(ctx: Context, client: Client, statement: Mapping[str, Any], now: datetime) -> None:
    """Import one statement of the box, and process the events that it makes."""
    zone = ZoneInfo(ctx.settings.time_zone)
    lines = statement_lines(statement, now, zone)
    layout = survey(lines, Options(sign="minus"))
    rows = read(lines, layout, account=statement["account"], currency=statement["currency"], zone=zone)
    report = await client.books.import_statement(statement["account"], rows)
    assert not report.problems, report.problems
    for row in await records.rows(ctx, "select id from events where status = 'received' order by id"):
        await processing.process_event(ctx, row["id"])

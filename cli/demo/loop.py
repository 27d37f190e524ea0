"""`execops demo`: the whole loop in a temporary home, with signed Stripe events over HTTP.

In a terminal the demo opens the inbox with live proposals. Without one it plays the loop, and prints every step with
the fact that the step proves. A step that fails raises an error, and the command exits with its code.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cli import output, session, start
from cli.demo import statement, stripe_events
from cli.demo.stripe_events import Subject
from cli.running import SERVER_POOL, stopping
from cli.trigger import send
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError, ExecOpsError, InvalidInputError, UnavailableError
from execops.model import EventStatus, Proposal, Status
from execops.settings import Settings, load_settings
from jobs.bootstrap import local_token, migrate, open_context
from jobs.worker import run_worker
from server.run import serve

if TYPE_CHECKING:
    from execops.client.records import Answer, Summary

_PATIENCE = 30.0  # seconds for one step
_PULSE = 0.2  # seconds of silence; an event that changes no proposal is told by nothing

GLOBEX = Subject.fresh(name="Globex", email="billing@globex.example", amount=120_000, attempt=3)
INITECH = Subject.fresh(name="Initech", email="ap@initech.example", amount=4_900, attempt=2)
HOOLI = Subject.fresh(
    name="Hooli K.K.", email="keiri@hooli.example", amount=98_000, currency="jpy", attempt=2
)


class Stage(Struct, frozen=True):
    """A running ExecOps with a home of its own."""

    ctx: Context
    client: Client
    url: str


class StepFailedError(ExecOpsError):
    """A step of the demo had another result than expected."""

    code = "demo_step_failed"


async def run_demo() -> None:
    """Play the loop. Raises StepFailedError, or the error of a step."""
    async with stopping() as stop:
        playing = asyncio.create_task(_inbox() if session.interactive() else _report())
        interrupted = asyncio.create_task(stop.wait())
        await asyncio.wait({playing, interrupted}, return_when=asyncio.FIRST_COMPLETED)
        interrupted.cancel()
        playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing


async def _inbox() -> None:
    from tui.app import run_inbox

    output.note("Starting ExecOps in a temporary home …")
    async with _stage(undo_window="5") as stage:
        await statement.import_demo_statement(stage.ctx, stage.client)
        for subject in (INITECH, HOOLI, GLOBEX):
            await _fail_charge(stage, subject)
        await _until(stage, lambda: _count(stage, 4))  # the account owner hears of the large failure too
        await run_inbox(stage.client, readonly=False)
    output.note(f"The demo removed its home. {start.next_steps()}")


async def _report() -> None:
    logging.basicConfig(level=logging.ERROR)  # the refusal of the forgery is a step, and no warning beside it
    async with _stage(undo_window="1") as stage:
        _step("started", f"embedded Postgres, migrations, server at {stage.url}, one worker")
        await _receive(stage)
        proposal = await _drafted(stage)
        await _decide(stage, proposal)
        await _supersede(stage)
        await _answer(stage)
        await _verify(stage)
    output.note(f"The demo removed its home. {start.next_steps()}")


async def _receive(stage: Stage) -> None:
    await _fail_charge(stage, GLOBEX)
    failed = _event("invoice.payment_failed", GLOBEX)
    first = await send(stage.ctx.settings, stage.url, failed)
    second = await send(stage.ctx.settings, stage.url, failed)
    _check(
        second == {"event_id": first["event_id"], "duplicate": True},
        "the server stores a delivery that is sent twice as one event",
    )
    _step(
        "event stored",
        f"the server stored signed webhooks, and a delivery sent twice as one event ({first['event_id']})",
    )
    try:
        await send(
            _with_secret(stage.ctx.settings, "whsec_forged"),
            stage.url,
            _event("invoice.payment_failed", INITECH),
        )
    except InvalidInputError as exc:
        _step("forgery refused", exc.message)
    else:
        raise StepFailedError("The server accepted a forged delivery.")


async def _drafted(stage: Stage) -> Proposal:
    await _until(stage, lambda: _count(stage, 2))  # one to the customer, one to the account owner
    await _until(stage, lambda: _processed(stage))  # an event that comes later may still change a draft
    line = await _mail_to(stage, GLOBEX)
    card = await stage.client.proposals.card(line.id)
    proposal = card.proposal
    _check(not _mails(stage), "ExecOps sends nothing before a person decides")
    _step("proposal", f"{proposal.ref} {proposal.urgency}: {proposal.title}, {proposal.amount}")
    output.data(f"    why    {proposal.reasoning}")
    for label, value in proposal.evidence:
        output.data(f"    facts  {label}: {value}")
    output.data(f"    draft  to {proposal.payload['to']}: {proposal.payload['subject']}")
    output.data(f"    does   {card.does}")
    return proposal


async def _decide(stage: Stage, proposal: Proposal) -> None:
    proposals = stage.client.proposals
    await proposals.record_opening(proposal.id, proposal.version)
    await proposals.approve(proposal.id, proposal.version)
    await proposals.undo(proposal.id, proposal.version)
    decided = await proposals.approve(proposal.id, proposal.version)
    _check(decided.executes_at is not None, "an approval names the moment of its execution")
    _step(
        "decision", f"approved {proposal.ref}, took it back, approved it again; it waits for the undo window"
    )
    try:
        await proposals.approve(proposal.id, proposal.version)
    except ConflictError as exc:
        _step("conflict", exc.message)
    else:
        raise StepFailedError("ExecOps accepted a second approval of the same proposal.")
    await _until(stage, lambda: _status(stage, proposal.id, Status.EXECUTED))
    mails = _mails(stage)
    _check(
        len(mails) == 1 and mails[0]["To"] == GLOBEX.email,
        "the outbox holds exactly one mail, to the customer",
    )
    _step("execution", f"one mail in the outbox, {mails[0]['Message-ID']}: {mails[0]['Subject']}")


async def _supersede(stage: Stage) -> None:
    await _fail_charge(stage, INITECH)
    await _until(stage, lambda: _count(stage, 2))
    line = await _mail_to(stage, INITECH)
    await _send(stage, "invoice.paid", INITECH)
    await _until(stage, lambda: _status(stage, line.id, Status.SUPERSEDED))
    outcome = (await stage.client.proposals.get(line.id)).outcome
    _check(len(_mails(stage)) == 1, "a superseded proposal sends nothing")
    _step(
        "superseded", f"{INITECH.name} paid before anybody decided, so proposal {line.id} is moot ({outcome})"
    )


async def _answer(stage: Stage) -> None:
    """Ask plain questions about the events of the webhooks and a bank statement."""
    report = await statement.import_demo_statement(stage.ctx, stage.client)
    _check(report.imported > 0 and not report.problems, "ExecOps imports every line of the bank statement")
    _step("books", f"imported a bank statement of {report.imported} movements")
    for question, metric in (
        ("how long until we run out of money?", "runway"),
        ("who did we pay the most last quarter?", "spend_by_vendor"),
        ("which payments failed in the last 7 days?", "failed_payments"),
    ):
        answer = (await stage.client.canvas.ask(question)).answer
        _check(
            answer is not None and answer.metric == metric and bool(answer.rows) and not answer.unknown,
            f"the canvas answers “{question}”",
        )
        if answer is not None:
            _step("answer", f"{question} ({answer.title})")
            for line in _lines(answer):
                output.data(f"    {line}")
    question = "what will revenue be next month?"
    refused = (await stage.client.canvas.ask(question)).understood
    _check(refused.kind == "refuse", f"the canvas refuses “{question}”")
    _step("refusal", f"{question} {refused.why}")


def _lines(answer: Answer) -> Iterator[str]:
    """The rows of an answer in words, with the columns' names."""
    from execops.client.questions import text

    for record in answer.records():
        currency = record.get("currency")
        values = ((column.name, text(column, record[column.name], currency)) for column in answer.columns)
        yield " · ".join(f"{name} {value}" for name, value in values if value and name != "currency")


async def _verify(stage: Stage) -> None:
    verification = await stage.client.audit.verify()
    _check(verification.ok and verification.count > 0, "the audit chain holds")
    counts = await stage.client.proposals.counts()
    _check(counts.pending == 1 and counts.stuck == 0, "only the account owner's message is pending")
    _step("audit verified", f"{verification.count} entries, head {verification.head}")


@asynccontextmanager
async def _stage(**flags: object) -> AsyncIterator[Stage]:
    """Run a server and a worker on an embedded Postgres, in a home that is removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="execops-demo-"))
    try:
        chosen = {
            "home": home,
            "port": "0",
            "stripe_webhook_secrets": f"whsec_{secrets.token_hex(16)}",
            "stripe_mode": "test",
            "company_name": "Example, Inc.",
            "email_from": "Billing at Example <billing@example.com>",
            "account_owner_email": "accounts@example.com",
            "finance_email": "finance@example.com",
        }
        settings = load_settings({**chosen, **flags}, {})
        async with open_context(settings, pool_size=SERVER_POOL) as ctx:
            await migrate(ctx)
            stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
            async with asyncio.TaskGroup() as group:
                group.create_task(run_worker(ctx, stop))
                group.create_task(
                    serve(ctx, settings.host, settings.port, on_ready=ready.set_result, stop=stop)
                )
                try:
                    url = await asyncio.wait_for(ready, _PATIENCE)
                    yield Stage(ctx, await Client.login(ctx, local_token(settings)), url)
                finally:
                    stop.set()
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _fail_charge(stage: Stage, subject: Subject) -> None:
    for type_ in (
        "customer.created",
        "customer.subscription.created",
        "charge.failed",
        "invoice.payment_failed",
    ):
        await _send(stage, type_, subject)


async def _send(stage: Stage, type_: str, subject: Subject) -> None:
    answer = await send(stage.ctx.settings, stage.url, _event(type_, subject))
    _check(answer["duplicate"] is False, f"{type_} is new")


def _event(type_: str, subject: Subject) -> stripe_events.Object:
    return stripe_events.event(type_, stripe_events.EVENTS[type_](subject), livemode=False)


def _with_secret(settings: Settings, secret: str) -> Settings:
    from msgspec.structs import replace

    from execops.settings import Secret

    return replace(settings, stripe_webhook_secrets=(Secret(secret),))


async def _mail_to(stage: Stage, subject: Subject) -> Summary:
    """The pending mail that asks this customer for a working card."""
    summaries = await stage.client.proposals.inbox()
    return next(line for line in summaries if line.play == "card_update" and subject.name in line.title)


async def _count(stage: Stage, pending: int) -> bool:
    return (await stage.client.proposals.counts()).pending == pending


async def _processed(stage: Stage) -> bool:
    return not await stage.client.events.list(status=EventStatus.RECEIVED, limit=1)


async def _status(stage: Stage, proposal_id: int, status: Status) -> bool:
    return (await stage.client.proposals.get(proposal_id)).status is status


async def _until(stage: Stage, holds: Callable[[], Any]) -> None:
    """Wait until the condition holds; check it at every change, and in silence. Raises UnavailableError."""
    looking = stage.client.deployment.changes(pulse_every=_PULSE)
    try:
        async with asyncio.timeout(_PATIENCE), looking as changes:
            if await holds():
                return
            async for _ in changes:
                if await holds():
                    return
    except TimeoutError as exc:
        raise UnavailableError(
            f"A step of the demo did not end within {_PATIENCE:.0f} s.",
            hint="Run it again when the machine is less busy.",
        ) from exc


def _mails(stage: Stage) -> list[Any]:
    new = stage.ctx.settings.outbox / "email" / "new"
    return [message_from_bytes(path.read_bytes()) for path in sorted(new.iterdir())] if new.exists() else []


def _check(holds: bool, expected: str) -> None:
    if not holds:
        raise StepFailedError(f"The demo expected that {expected}.")


def _step(name: str, fact: str) -> None:
    output.data(f"✓ {name:<15} {fact}")

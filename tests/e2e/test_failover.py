"""Postgres is lost in the middle of an execution: restarted at once, or replaced by its synchronous replica.

Nothing that was acknowledged is lost. The action is performed once, counted at the other side, or it is `unknown` and shown.
The processes come back by themselves.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import ExecutionStatus, Status
from execops.settings import Secret, Settings, load_settings
from jobs.bootstrap import open_context
from tests import forking, records
from tests.e2e.test_kill import RecordProperty, crashing_worker
from tests.facts import SENDERS
from tests.fake_slack import TOKEN, FakeSlack, Reply, Request, fake_slack
from tests.integration.test_plays_finance import charge, dispute
from tests.job_worker import drained, until_status
from tests.mail_servers import HANG, Script, scripted
from tests.own_postgres import Server, Template
from tests.postgres_wire import Broken, Wire, wire
from tests.stripe_events import take_in

_PATIENCE = 60.0  # seconds
_DIRECT = "?sslmode=disable&gssencmode=disable"  # so that a wire can read the messages
_NEVER = "execops.processing:close_thread:before", 1_000_000  # no worker comes there so often


@dataclass
class MailSide:
    """A mail server."""

    server: Script

    def hold(self, *, accepted: bool) -> asyncio.Event:
        """Wait after the first line of the mail, or after the last one."""
        at, reached = "dot" if accepted else "body", asyncio.Event()
        self.server.script[at] = HANG
        self.server.on_step = lambda step: reached.set() if step == at else None
        return reached

    def when_accepted(self, call: Callable[[], object]) -> None:
        """Call this at the last line of the mail, before the answer."""
        self.server.on_step = lambda step: call() if step == "dot" else None

    def release(self) -> None:
        """Answer every step, and break nothing more."""
        self.server.script.clear()
        self.server.on_step = lambda _: None

    def count(self) -> int:
        """The mails whose last line arrived."""
        return self.server.completed


@dataclass
class SlackSide:
    """Slack."""

    server: FakeSlack

    def hold(self, *, accepted: bool) -> asyncio.Event:
        """Wait before the message is posted, or after that, without an answer."""
        reached = asyncio.Event()
        self._answer(Reply(delay=_PATIENCE, accepts=accepted, then=reached.set))
        return reached

    def when_accepted(self, call: Callable[[], object]) -> None:
        """Call this once the message is posted, before the answer."""
        self._answer(Reply(then=call))

    def _answer(self, reply: Reply) -> None:
        def script(request: Request) -> Reply | None:
            return reply if request.method == "chat.postMessage" else None

        self.server.script = script

    def release(self) -> None:
        """Answer every request."""
        self.server.script = lambda _: None

    def count(self) -> int:
        """The messages in the channels."""
        return len(self.server.posted)


@dataclass
class World:
    """The databases, the other side, and the settings of a worker that uses both."""

    primary: Server
    lose: Callable[[], Awaitable[None]]  # and have it back
    part: Callable[[], Awaitable[None]]
    wire: Wire
    url: str  # for the worker: through the wire
    direct: str  # for the test
    home: Path
    founder: Secret

    def settings(self, **more: object) -> Settings:
        """The settings of the test's own Context."""
        return load_settings(
            {
                "home": self.home,
                "database_url": self.direct,
                "token": self.founder.reveal(),
                "stripe_webhook_secrets": "whsec_test",
                "stripe_mode": "live",
                "undo_window": "0",
                **SENDERS,
                **more,
            },
            {},
        )


@asynccontextmanager
async def replicated(template: Template, folder: Path) -> AsyncIterator[World]:
    """A primary and its synchronous replica; the primary is killed, and the replica promoted."""
    async with template.pair(folder) as pair, wire(pair.primary.port) as line:
        through = f"127.0.0.1:{line.port},127.0.0.1:{pair.replica.port}"
        url = f"postgresql://postgres@{through}/execops{_DIRECT}&target_session_attrs=read-write"
        yield World(
            pair.primary, pair.fail_over, pair.part, line, url, pair.url, folder / "home", template.founder
        )


@asynccontextmanager
async def alone(template: Template, folder: Path) -> AsyncIterator[World]:
    """One server; it is restarted at once."""

    async def part() -> None:
        pass

    async with template.one(folder) as server, wire(server.port) as line:
        url = f"postgresql://postgres@127.0.0.1:{line.port}/execops{_DIRECT}"
        lose = server.restart_immediately
        yield World(server, lose, part, line, url, server.url(), folder / "home", template.founder)


FAILOVER = "failover to the replica"
WORLDS = {FAILOVER: replicated, "restart -m immediate": alone}
BEFORE, ANSWERED = "before perform", "after the answer, before the result's commit"
ENTERED, ACCEPTED = "inside perform, before the other side accepts", "after it accepted, before its answer"
LOST = "inside the commit of the result, which does not arrive"
LOCAL = "inside the commit of the result, which the replica does not get"
UNANSWERED = "inside the commit of the result, whose answer does not arrive"
# The point, the number of actions that the other side has accepted by then, and whether the result is on record.
POINTS = [
    (BEFORE, 0, False),
    (ENTERED, 0, False),
    (ACCEPTED, 1, False),
    (ANSWERED, 1, False),
    (LOST, 1, False),
    (LOCAL, 1, False),
    (UNANSWERED, 1, True),
]
STOPS = {
    BEFORE: "execops.proposals.execution:_perform:before",
    ANSWERED: "execops.proposals.execution:_finish:before",
}
BREAKS = {LOST: Broken.ON_ITS_WAY, LOCAL: Broken.HELD, UNANSWERED: Broken.UNANSWERED}


@pytest.fixture
async def mail() -> AsyncIterator[MailSide]:
    """A mail server."""
    async with scripted() as server:
        yield MailSide(server)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSide]:
    """Slack."""
    async with fake_slack() as server:
        yield SlackSide(server)


def environ_of(adapter: str, mail: MailSide, slack: SlackSide) -> dict[str, str]:
    """The settings of the adapter's transport, for a process."""
    if adapter == "smtp":
        return {"EXECOPS_EMAIL_TRANSPORT": "smtp", "SMTP_URL": mail.server.url().reveal()}
    return {
        "EXECOPS_SLACK_TRANSPORT": "slack",
        "SLACK_BOT_TOKEN": TOKEN,
        "EXECOPS_SLACK_API_BASE": slack.server.url,
        "EXECOPS_FINANCE_CHANNEL": "#finance",
        "TEST_SLACK_SETTLED": "0.2",
    }


def fields_of(environ: dict[str, str]) -> dict[str, str]:
    """The same settings by the names of their fields."""
    return {
        name.removeprefix("EXECOPS_").lower(): value
        for name, value in environ.items()
        if not name.startswith("TEST_")
    }


async def propose(ctx: Context, adapter: str) -> int:
    """The id of a pending proposal for this adapter."""
    if adapter == "smtp":
        return await records.pending_id(ctx)
    await take_in(ctx, charge())
    event = await take_in(ctx, dispute())
    return int(records.results_of_play(event, "dispute_response")[-1]["proposal"])


def plan(world: World, side: MailSide | SlackSide, point: str) -> asyncio.Event:
    """Prepare the point; the event is set when the execution is there. A stop of the process sets no event."""
    if point in {ENTERED, ACCEPTED}:
        return side.hold(accepted=point == ACCEPTED)
    if point in BREAKS:
        side.when_accepted(lambda: world.wire.break_at_commit(BREAKS[point]))
    return world.wire.reached


async def until_there(world: World, process: forking.Running, point: str, reached: asyncio.Event) -> None:
    """Wait until the execution is at the point."""
    if point in STOPS:
        await process.stopped(_PATIENCE)
        return
    await asyncio.wait_for(reached.wait(), _PATIENCE)
    if point == LOCAL:
        await world.part()
        world.wire.go_on.set()
        await world.primary.until("select exists (select from pg_stat_activity where wait_event = 'SyncRep')")


def expected(adapter: str, accepted: int, *, recorded: bool) -> tuple[Status, int]:
    """The status in the end, and the actions that the other side has accepted then: SMTP has no way to ask."""
    if adapter == "smtp" and not recorded:
        return Status.UNKNOWN, accepted
    return Status.EXECUTED, 1


LOSSES = [
    (way, point, accepted, recorded)
    for way in WORLDS
    for point, accepted, recorded in POINTS
    if way == FAILOVER or point != LOCAL
]
# `make soak` tries each loss with each adapter, `make test` with one of them in turn.
CASES = [
    (adapter, *loss)
    for number, loss in enumerate(LOSSES)
    for turn, adapter in enumerate(["smtp", "slack"])
    if number % 2 == turn or "EXECOPS_SOAK_FAILOVER" in os.environ
]


@pytest.mark.slow
@pytest.mark.parametrize(("adapter", "way", "point", "accepted", "recorded"), CASES)
async def test_an_execution_outlives_the_database(
    postgres_template: Template,
    mail: MailSide,
    slack: SlackSide,
    record_property: RecordProperty,
    adapter: str,
    way: str,
    point: str,
    accepted: int,
    recorded: bool,
) -> None:
    side = mail if adapter == "smtp" else slack
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    environ = environ_of(adapter, mail, slack)
    async with WORLDS[way](postgres_template, folder) as world:
        settings = world.settings(**fields_of(environ))
        async with open_context(settings, pool_size=12) as ctx:
            client = await Client.login(ctx, world.founder)
            proposal_id = await propose(ctx, adapter)
            reached = plan(world, side, point)
            stop, nth = (STOPS[point], 1) if point in STOPS else _NEVER
            process_environ = environ | {"DATABASE_URL": world.url}
            async with crashing_worker(ctx, stop, nth, "STOP", environ=process_environ) as process:
                await client.proposals.approve(proposal_id, 1)
                await until_there(world, process, point, reached)
                assert side.count() == accepted
                await world.lose()
                side.release()
                process.send_signal(signal.SIGCONT)
                status, actions = expected(adapter, accepted, recorded=recorded)
                await until_status(client, proposal_id, status)
                await drained(ctx)
                assert process.returncode is None, "the worker came back by itself"
                await once_more(ctx, client, side, actions)
            statuses = [attempt.status for attempt in (await client.proposals.card(proposal_id)).executions]
            assert statuses.count(ExecutionStatus.SUCCEEDED) == (status is Status.EXECUTED)
            assert (await client.audit.verify()).ok
    at = f"{way}, {point}"
    record_property("outcome", f"{adapter} | {at} | {status}, {actions} at the server")


async def once_more(ctx: Context, client: Client, side: MailSide | SlackSide, actions: int) -> None:
    """The other side has accepted these actions, and the same worker performs the next one."""
    assert side.count() == actions
    if isinstance(side, MailSide):
        another = await records.pending_id(ctx, "in_2")
        await client.proposals.approve(another, 1)
        await until_status(client, another, Status.EXECUTED)
        assert side.count() == actions + 1

"""A company under way for a soak: a server, a worker and a Postgres that are killed, and the people who decide.

Everything goes through the doors that a deployment has: signed webhooks and decisions over HTTP, mails over SMTP, messages
to a fake of Slack. What was done is counted at the mail server and at Slack.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from tests import forking, standing
from tests.facts import SENDERS
from tests.fake_slack import TOKEN, FakeSlack
from tests.mail_servers import Inbox
from tests.own_postgres import Server, free_port
from tests.stripe_events import SECRET, sign

_ROOT = Path(__file__).parents[1]
_PATIENCE = 120.0  # seconds
_SENDERS = 8  # webhooks at once
_LOOK = 0.1  # seconds between two looks at the inbox
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^@>]+)@", re.MULTILINE)
_AWAY = (httpx.TransportError, psycopg.OperationalError, OSError)


@dataclass
class Process:
    """A process of ExecOps that is started again when it was killed. It must not end by itself."""

    command: str
    environ: Mapping[str, str]
    log: Path
    _running: forking.Running | None = None

    async def start(self) -> None:
        """Start it; it comes by itself."""
        with self.log.open("ab") as log:
            self._running = await forking.run(
                "tests.e2e.quick_slack", self.command, env=self.environ, cwd=_ROOT, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """`kill -9`. Raises AssertionError where it had ended by itself."""
        assert self._running is not None
        assert not self.ended, f"{self.command} ended: {self.log.read_text()[-2000:]}"
        self._running.kill()
        await self._running.wait()

    async def stop(self) -> None:
        """End it, however it is."""
        if self._running is not None:
            await self._running.end()

    @property
    def ended(self) -> bool:
        """Whether it has ended: by itself, unless it is being killed."""
        assert self._running is not None
        return self._running.returncode is not None

    @property
    def life(self) -> str:
        """Whether it runs, in words."""
        assert self._running is not None
        code = self._running.returncode
        return f"runs as {self._running.pid}" if code is None else f"ended with {code}"

    def memory(self) -> int:
        """Its resident memory, in KiB."""
        assert self._running is not None
        status = Path(f"/proc/{self._running.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


@dataclass
class Session:
    """A session of a Postgres that is killed now and then: it is opened again where it was lost."""

    url: str
    _open: psycopg.AsyncConnection[dict[str, Any]] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """The rows that a query returns. Raises psycopg.OperationalError where Postgres is away."""
        async with self._turn:
            if self._open is not None:
                try:
                    return await (await self._open.execute(query.encode(), values)).fetchall()
                except psycopg.OperationalError:
                    await self.close()
            self._open = await psycopg.AsyncConnection.connect(
                self.url, autocommit=True, row_factory=dict_row, connect_timeout=5
            )
            return await (await self._open.execute(query.encode(), values)).fetchall()

    async def close(self) -> None:
        """End it."""
        if self._open is not None:
            await self._open.close()
            self._open = None


@asynccontextmanager
async def session(url: str) -> AsyncIterator[Session]:
    """A session that ends with the block."""
    opened = Session(url)
    try:
        yield opened
    finally:
        await opened.close()


@dataclass
class Soak:
    """The processes, the other sides, and what became known over HTTP."""

    postgres: Server
    mails: Inbox
    slack: FakeSlack
    token: str
    folder: Path
    seed: str
    share: float  # of the proposals that are approved; as many are rejected
    http: httpx.AsyncClient
    session: Session
    server: Process = field(init=False)
    worker: Process = field(init=False)
    kills: Counter[str] = field(default_factory=Counter)
    stored: set[str] = field(default_factory=set)  # the events that were answered with 200
    approved: set[int] = field(default_factory=set)  # the approvals that were answered with 200
    seen: int = 0  # the last proposal about which somebody has decided, or decided to leave it
    looked_up: Counter[str] = field(
        default_factory=Counter
    )  # the answers of the person about unknown actions
    _turns: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def __post_init__(self) -> None:
        port = free_port()
        self.http.base_url = httpx.URL(f"http://127.0.0.1:{port}")
        self.http.headers["authorization"] = f"Bearer {self.token}"
        environ = (
            {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
            | {f"EXECOPS_{name.upper()}": value for name, value in SENDERS.items()}
            | {
                "PYTHONPATH": str(_ROOT),
                "DATABASE_URL": self.postgres.url(),
                "EXECOPS_HOME": str(self.folder / "home"),
                "EXECOPS_TOKEN": self.token,
                "STRIPE_WEBHOOK_SECRET": SECRET,
                "EXECOPS_UNDO_WINDOW": "0",
                "EXECOPS_PORT": str(port),
                "EXECOPS_EMAIL_TRANSPORT": "smtp",
                "SMTP_URL": self.mails.url(user="").reveal(),
                "EXECOPS_SLACK_TRANSPORT": "slack",
                "SLACK_BOT_TOKEN": TOKEN,
                "EXECOPS_SLACK_API_BASE": self.slack.url,
                "EXECOPS_FINANCE_CHANNEL": "#finance",
            }
        )
        self.environ = environ
        self.server = Process("serve", environ, self.folder / "server.log")
        self.worker = Process("work", environ, self.folder / "worker.log")

    # The outside

    async def send(self, payloads: Sequence[dict[str, Any]], kills: Mapping[int, str]) -> None:
        """Deliver the events, as Stripe does: again and again until each is answered with 200.

        `kills` names whom to kill when that many events were stored.
        """
        waiting = iter(payloads)

        async def deliver() -> None:
            for payload in waiting:
                body = json.dumps(payload).encode()
                await self._post("/ingest/stripe", body)
                self.stored.add(payload["id"])
                if victim := kills.get(len(self.stored)):
                    await self.kill(victim)

        await asyncio.gather(*(deliver() for _ in range(_SENDERS)))

    async def _post(self, path: str, body: bytes) -> None:
        since, last = time.monotonic(), ""
        while True:
            try:
                answer = await self.http.post(path, content=body, headers=sign(body))
                if answer.status_code == 200:
                    return
                last = answer.text
                assert answer.status_code >= 500, last
            except httpx.TransportError as exc:
                last = repr(exc)
            waited = time.monotonic() - since
            assert waited < _PATIENCE, (
                f"no 200 in {waited:.0f} s after {dict(self.kills)}: {last}\n{self._logs()}"
            )
            await asyncio.sleep(0.2)

    async def _state(self) -> str:
        """The jobs that stand still, which processes live, and the ends of the logs."""
        lives = ", ".join(f"{process.command}: {process.life}" for process in (self.server, self.worker))
        return f"{lives}; kills {dict(self.kills)}\n{await standing.described(self.postgres.url())}\n{self._logs()}"

    def _logs(self) -> str:
        """The ends of the logs, which are deleted with the folder."""
        logs = (self.server.log, self.worker.log, self.folder / "primary.log")
        return "\n".join(f"{log.name}:\n{log.read_text()[-3000:]}" for log in logs)

    async def kill(self, victim: str) -> None:
        """Kill it, and start it again at once; two kills of one victim take turns, others overlap."""
        self.kills[victim] += 1
        victims: dict[str, Server | Process] = {
            "server": self.server,
            "worker": self.worker,
            "postgres": self.postgres,
        }
        ours = victims[victim]
        async with self._turns[victim]:
            await ours.kill()
            await ours.start()

    # The people

    async def decide(self) -> None:
        """Approve a share of the proposals and reject as many, and settle what is unknown; ends by cancellation."""
        while True:
            with contextlib.suppress(*_AWAY):
                for row in await self.rows(
                    "select id, version, object_id from action_proposals"
                    " where id > %s and status = 'pending' order by id limit 200",
                    self.seen,
                ):
                    decision = self._decision(row["object_id"])
                    if decision is not None:
                        await self._decide(row["id"], row["version"], decision)
                    self.seen = row["id"]
                for row in await self.rows(
                    "select id, version from action_proposals where status = 'unknown'"
                ):
                    await self._settle(row["id"], row["version"])
            await asyncio.sleep(_LOOK)

    def _decision(self, object_id: str) -> str | None:
        chance = random.Random(f"{self.seed}:{object_id}").random()
        return "approve" if chance < self.share else "reject" if chance < 2 * self.share else None

    async def _decide(self, proposal_id: int, version: int, decision: str) -> None:
        """Decide until the server answers. A conflict says that an answer was lost, or that the draft is another now."""
        body = {"proposal_id": proposal_id, "version": version, "decision": decision}
        async with asyncio.timeout(_PATIENCE):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await self.http.post("/ai/decide", json=body)
                    if answer.status_code == 200 and decision == "approve":
                        self.approved.add(proposal_id)
                    if answer.status_code in {200, 409}:
                        return
                    assert answer.status_code >= 500, answer.text
                await asyncio.sleep(0.2)

    async def _settle(self, proposal_id: int, version: int) -> None:
        """Look at the other side, as a person does, and record what became of the action."""
        await asyncio.sleep(0.5)  # a mail that its worker had sent when it was killed may be on its way
        keys = await self.rows(
            "select idempotency_key as key from executions where proposal_id = %s", proposal_id
        )
        done = self.performed()
        decision = "confirm" if any(done[row["key"]] for row in keys) else "retry"
        self.looked_up[decision] += 1
        await self._decide(proposal_id, version, decision)

    # The measures

    def performed(self) -> Counter[str]:
        """How often the mail server and Slack took each key."""
        mails = (found[1].decode() for mail in self.mails.contents for found in _MESSAGE_ID.finditer(mail))
        posts = (post["metadata"]["event_payload"]["key"] for post in self.slack.posted)
        return Counter([*mails, *posts])

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """The rows that a query returns."""
        return await self.session.rows(query, *values)

    async def number(self, query: str) -> int:
        """The number that a query returns as `n`."""
        [row] = await self.rows(query)
        return int(row["n"])

    async def settled(self) -> None:
        """Wait until no job and no decision waits and nothing is under way. The database tells nobody, so this polls.

        Raises AssertionError, with what waits, where a process ended by itself or nothing moves any more.
        """
        open_ones = (
            "select (select count(*) from procrastinate_jobs where status in ('todo', 'doing')) + (select count(*)"
            " from action_proposals where status in ('approved', 'executing', 'unknown')"
            " or (status = 'pending' and id > %s)) as n"
        )
        waiting, since = -1, time.monotonic()
        while waiting != 0:
            now = int((await self.rows(open_ones, self.seen))[0]["n"])
            if now != waiting:
                waiting, since = now, time.monotonic()
            if self.server.ended or self.worker.ended or time.monotonic() - since >= _PATIENCE:
                raise AssertionError(f"{waiting} jobs or actions wait\n{await self._state()}")
            await asyncio.sleep(0.2)

    async def sizes(self) -> dict[str, str]:
        """The size of each table that grows, with its rows and its dead rows, as `analyze` estimates them."""
        await self.postgres.ask("analyze")
        listed = await self.rows(
            "select relname, pg_total_relation_size(relid) / 1024 as size, n_live_tup, n_dead_tup"
            " from pg_stat_user_tables where relname = any(%s) order by relname",
            list(TABLES),
        )
        return {
            row["relname"]: f"{row['size']:,} KiB, {row['n_live_tup']:,} rows, {row['n_dead_tup']:,} dead"
            for row in listed
        }


TABLES = (
    "events",
    "action_proposals",
    "proposal_versions",
    "executions",
    "audit_log",
    "snapshots",
    "transactions",
    "checkpoints",
    "checkpoint_blobs",
    "checkpoint_writes",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
)
VICTIMS = ("server", "worker", "postgres")


def kills_among(events: int, count: int, seed: str) -> dict[int, str]:
    """Whom to kill after which event: each of the three, at random, among the first two thirds of the events."""
    chance = random.Random(seed)
    moments = sorted(chance.sample(range(events // 20, events * 2 // 3), count))
    victims = [VICTIMS[number % len(VICTIMS)] for number in range(count)]
    chance.shuffle(victims)
    return dict(zip(moments, victims, strict=True))

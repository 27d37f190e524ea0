"""An upgrade: a database as 0.1.0 left it is migrated, and then all of it is read, decided and verified."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.db import app_role
from execops.db.binaries import find_install
from execops.db.embedded import app_url
from execops.model import EventStatus, Role, Status
from execops.settings import Secret
from jobs.bootstrap import migrate, open_context, recover_founder
from tests import records, releases
from tests.conftest import MakeSettings
from tests.databases import with_database
from tests.performing import go

VERSION = "0.1.0"
RELEASED = date(2026, 11, 29)
# Tables of others that no action of ours fills, and yoyo's own lock.
EMPTY = {"_yoyo_log", "yoyo_lock", "procrastinate_periodic_defers", "procrastinate_workers"}
NOT_ROWS = {"_yoyo_migration", "checkpoint_migrations"}  # an upgrade adds lines of its own to them


@dataclass(frozen=True)
class Stopped:
    """A clock at the moment when the old database was left: drafts and links are as good as then."""

    at: datetime

    def now(self) -> datetime:
        """That moment."""
        return self.at


def count_rows(url: str) -> dict[str, int]:
    """The number of rows of each table of the database."""
    with psycopg.connect(url) as conn:
        names = [
            row[0]
            for row in conn.execute(
                "select tablename from pg_tables where schemaname = 'public' order by tablename"
            )
        ]
        return {
            name: conn.execute(f'select count(*) from "{name}"'.encode()).fetchone()[0]  # type: ignore[index]
            for name in names
        }


@pytest.fixture
def old_url(postgres: str, maintenance: psycopg.Connection, shared_folder: Path) -> str:
    """The owner's URL of a database as 0.1.0 left it. The session's server removes it at its end."""
    name = f"released_{uuid4().hex}"
    maintenance.execute(f"create database {name}".encode())
    url = with_database(postgres, name)
    text = gzip.decompress((releases.FOLDER / f"{VERSION}.sql.gz").read_bytes())
    psql = [str(find_install(shared_folder) / "bin" / "psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-1", url]
    subprocess.run(psql, input=text, check=True, stdout=subprocess.DEVNULL)
    return url


@asynccontextmanager
async def upgraded(url: str, make_settings: MakeSettings) -> AsyncIterator[tuple[Context, Client]]:
    """The database after the upgrade, as the processes and a founder with a new token see it."""
    async with open_context(make_settings(database_url=Secret(url), token=None)) as owner:
        await migrate(owner, app_role.NAME)
        token = (await recover_founder(owner, "founder")).token
    settings = make_settings(database_url=Secret(app_url(url)), token=token)
    async with open_context(settings, pool_size=12) as ctx:
        [row] = await records.rows(
            ctx, "select max(ts) as at from audit_log where actor_id is distinct from 'recover'"
        )
        ctx = replace(ctx, owner_url=Secret(url), clock=Stopped(row["at"]))
        yield ctx, await Client.login(ctx, token)


def test_no_migration_of_the_release_was_changed() -> None:
    """A database that has a migration never gets it again, so a change would reach new databases alone."""
    was, now = releases.released(VERSION), releases.checksums()
    assert len(was) == 43
    changed = [name for name, digest in was.items() if now.get(name) != digest]
    assert not changed, "write a new migration instead of changing a released one"
    assert list(now)[: len(was)] == list(was), "a new migration comes after those of the release"


def test_the_release_has_rows_of_each_kind(old_url: str) -> None:
    counts = count_rows(old_url)
    assert {name for name, count in counts.items() if not count} == EMPTY
    with psycopg.connect(old_url) as conn:
        statuses = {row[0] for row in conn.execute("select effective_status from proposals_effective")}
    assert statuses == {*Status} - {Status.EXECUTING, Status.SNOOZED}  # the release snoozed nothing yet


async def test_everything_is_read_after_the_upgrade(old_url: str, make_settings: MakeSettings) -> None:
    before = await asyncio.to_thread(count_rows, old_url)
    async with upgraded(old_url, make_settings) as (_, founder):
        after = await asyncio.to_thread(count_rows, old_url)
        grown = {"audit_log", "operator_uses", "proven_actors"}  # the founder's new token
        assert {name: after[name] for name in before.keys() - grown - NOT_ROWS} == {
            name: before[name] for name in before.keys() - grown - NOT_ROWS
        }
        verified = await founder.audit.verify()
        assert (verified.findings, verified.count) == ((), before["audit_log"] + 1)
        assert await founder.policies.is_current()
        for summary in await founder.proposals.history(limit=100):
            card = await founder.proposals.card(summary.id)
            assert card.proposal.title == summary.title
            assert card.trail
        assert {event["status"] for event in await founder.events.list(limit=100)} == {*EventStatus}
        assert {operator.name for operator in await founder.operators.list()} == {
            "founder", "ada", "grace", "linus",
        }  # fmt: skip
        assert [suppression.subject_key for suppression in await founder.suppressions.list()] == ["cus_77"]
        assert (await founder.policies.rule()).amount is not None
        assert (await founder.notifications.show()).on
        assert [line.phrase for line in await founder.canvas.synonyms()] == ["unicorns"]
        assert len(await founder.canvas.refused()) == 1
        assert len(await founder.books.imports()) == 1
        for question in ("runway", "mrr", "spend by vendor", "failed payments", "recovered revenue"):
            answered = await founder.canvas.ask(question, as_of=RELEASED)
            assert answered.answer is not None, question


async def approve(founder: Client, second: Client, proposal_id: int) -> None:
    """Give the approvals that a proposal still needs."""
    proposal = await founder.proposals.get(proposal_id)
    if not proposal.approvals:
        await founder.proposals.approve(proposal_id, proposal.version, again=True)
    if proposal.approvals_needed > 1:
        await second.proposals.approve(proposal_id, proposal.version, again=True)
    assert (await founder.proposals.get(proposal_id)).status is Status.APPROVED


async def test_everything_goes_on_after_the_upgrade(old_url: str, make_settings: MakeSettings) -> None:
    async with upgraded(old_url, make_settings) as (ctx, founder):
        by_status: dict[Status, list[int]] = {}
        for summary in await founder.proposals.history(limit=100):
            proposal = await founder.proposals.get(summary.id)
            by_status.setdefault(proposal.status, []).append(proposal.id)
        [failed], [unknown] = by_status[Status.FAILED], by_status[Status.UNKNOWN]
        [waiting] = by_status[Status.APPROVED]
        assert await go(ctx, waiting) is Status.EXECUTED  # the approval of before holds
        await founder.proposals.confirm(unknown, 1)
        await founder.proposals.retry(failed, 1, again=True)
        assert await go(ctx, failed) is Status.EXECUTED
        second = await records.new_client(ctx, "new", Role.FOUNDER)
        for proposal_id in by_status[Status.PENDING]:
            await approve(founder, second, proposal_id)
            status = await go(ctx, proposal_id)
            if status is Status.PENDING:  # this release words it otherwise, so it was asked about once more
                assert (
                    await founder.proposals.get(proposal_id)
                ).outcome == "asked again: text changed since the approval"
                await approve(founder, second, proposal_id)
                status = await go(ctx, proposal_id)
            assert status is Status.EXECUTED
        [received] = await records.rows(ctx, "select id, status from events where object_id = 'in_21'")
        assert received["status"] == EventStatus.RECEIVED
        await processing.process_event(ctx, received["id"])
        assert (await founder.events.get(received["id"])).status is EventStatus.PROCESSED
        [drafted] = await founder.proposals.inbox()
        assert drafted.title == "Payment failed: Acme Inc, attempt 1"
        assert (await founder.audit.verify()).findings == ()

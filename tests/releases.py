"""A database as a release left it, for the test that upgrades it. `python -m tests.releases 0.1.0` writes both files anew.

It is made once, by the code of the release, and is never made again by later code: `tests/data/releases/<version>.sql.gz` is
a dump with rows of each kind, `<version>.sha256` the migrations of the release.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import psycopg
from msgspec.structs import replace

from cli.demo.statement import import_demo_statement
from execops import health, processing
from execops.client import Client
from execops.context import Context
from execops.db import app_role
from execops.db.binaries import find_install
from execops.db.embedded import app_url, embedded_postgres
from execops.db.migrate import migration_names
from execops.errors import AmbiguousError, RejectedError
from execops.model import Role
from execops.money import Money
from execops.settings import Secret, load_settings
from jobs.bootstrap import migrate, open_context
from tests import records
from tests.databases import with_database
from tests.facts import SENDERS
from tests.fake_stripe import KEY, fake_stripe
from tests.performing import CANNOT_TELL, Scripted, go
from tests.stripe_events import deliver, event, failed, fixture, invoice, paid, payer, take_in

FOLDER = Path(__file__).parent / "data" / "releases"


def checksums() -> dict[str, str]:
    """The SHA-256 of each migration, by its name."""
    texts = {name: (files("migrations") / f"{name}.sql").read_bytes() for name in migration_names()}
    return {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}


def released(version: str) -> dict[str, str]:
    """The SHA-256 of each migration of a release, by its name."""
    lines = (FOLDER / f"{version}.sha256").read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


async def fill(ctx: Context, founder: Client) -> None:
    """Rows of each kind, as people and events make them."""
    await _decide(ctx, founder)
    await _govern(ctx, founder)
    await _keep_books(ctx, founder)
    await take_in(ctx, event("invoice.paid", invoice("in_20"), livemode=False))  # ignored
    await deliver(ctx, failed("in_21", **payer("cus_21")))  # received; its job waits
    await deliver(ctx, event("invoice.paid", invoice("in_22")))
    await _keep_for_ever(ctx)
    await records.run(ctx, "update events set status = 'failed', error = 'OSError' where object_id = 'in_22'")


async def _decide(ctx: Context, founder: Client) -> None:
    """A proposal in each state."""
    proposals = founder.proposals
    await records.pending_id(ctx, "in_1")
    executed = await records.pending_id(ctx, "in_2")
    await proposals.record_opening(executed, 1)
    await proposals.approve(executed, 1)
    await go(ctx, executed)
    now = int(ctx.clock.now().timestamp())
    await take_in(ctx, paid("in_2", created=now + 60, **payer("cus_2")))  # recovered
    await proposals.reject(await records.pending_id(ctx, "in_3"), 1, "the customer called")
    for number, error in ((4, RejectedError("550 no such user")), (5, AmbiguousError("no answer"))):
        adapter = Scripted()
        adapter.performs, adapter.reconciles = [error], [CANNOT_TELL]
        scripted = replace(ctx, adapters={**ctx.adapters, "email": adapter})
        proposal_id = await records.pending_id(scripted, f"in_{number}")
        await proposals.approve(proposal_id, 1)
        await go(scripted, proposal_id)
    await records.pending_id(ctx, "in_6")
    await take_in(ctx, paid("in_6", **payer("cus_6")))  # superseded
    await records.expire(ctx, await records.pending_id(ctx, "in_7"))
    edited = await records.pending_id(ctx, "in_8")
    payload = (await proposals.get(edited)).payload
    await proposals.edit(edited, 1, payload | {"subject": "A better subject"})
    await _keep_for_ever(ctx)
    await proposals.approve(edited, 2)  # its job waits
    await proposals.request_first_message("email", "founder@example.com")
    dispute = fixture(
        "dispute", id="du_1", charge="ch_1", amount=4900, currency="usd", status="needs_response"
    )
    await take_in(ctx, event("charge.dispute.created", dispute))


async def _keep_for_ever(ctx: Context) -> None:
    """No test of an upgrade depends on its day: what waits now waits then."""
    waits = "status = 'pending' and expires_at > now()"
    await records.run(ctx, f"update action_proposals set expires_at = '2100-01-01' where {waits}")


async def _govern(ctx: Context, founder: Client) -> None:
    """Operators, policies, and what each person wants."""
    await founder.operators.add("ada", Role.OPS, limited_to=["vertical=money", "amount=500.00USD"])
    await founder.operators.add("grace", Role.VIEWER)
    await founder.operators.rotate("ada")
    await founder.notifications.switch_on("U0123ABCD", why="on call")
    await founder.operators.add("linus", Role.FOUNDER)
    await founder.policies.set_second_approval(Money(100_000, "USD"), "two from a thousand on")
    large = await records.pending_id(ctx, "in_9", amount_due=250_000, amount_remaining=250_000)
    await processing.tell(ctx, large, reminder=False)
    await founder.proposals.approve(large, 1)  # one of two
    await founder.operators.revoke("grace")
    await founder.suppressions.add("cus_77", "asked for it")
    await founder.suppressions.add("cus_78", "asked for it")
    await founder.suppressions.lift("cus_78", "asked again")
    await founder.plays.set_allowed("play", "save_offer", False, "not yet")
    await founder.deployment.pause("a rehearsal")
    await founder.deployment.resume("over")


async def _keep_books(ctx: Context, founder: Client) -> None:
    """Movements, balances, recurring revenue, imports, and the words of the company."""
    await import_demo_statement(ctx, founder)
    await founder.vendors.alias("AWS", ["Amazon Web Services"], "one vendor")
    await founder.canvas.ask("how many unicorns did we see")
    await founder.canvas.teach("unicorns", "customers", "our word")
    price = {"id": "price_1", "recurring": {"interval": "month", "interval_count": 1}, "unit_amount": 4900}
    item = {"id": "si_1", "quantity": 1, "price": price | {"currency": "usd", "billing_scheme": "per_unit"}}
    items = {"object": "list", "data": [item], "has_more": False}
    subscription = fixture("subscription", id="sub_1", customer="cus_1", status="active", items=items)
    for kind, status in (("created", "active"), ("deleted", "canceled")):
        state = subscription | {"discounts": [], "status": status, "pause_collection": None, "ended_at": None}
        await take_in(ctx, event(f"customer.subscription.{kind}", state))
    charge = fixture("charge", id="ch_1", amount=4900, amount_captured=4900, currency="usd", paid=True)
    charge |= {"status": "succeeded", "captured": True}
    await take_in(ctx, event("charge.succeeded", charge))
    await take_in(ctx, event("charge.refunded", charge | {"amount_refunded": 1000}))
    async with ctx.transaction() as conn:
        await health.record_trouble(conn, "delivery refused", "invalid_signature")
    async with fake_stripe() as fake:
        settings = replace(ctx.settings, stripe_api_key=Secret(KEY), stripe_api_base=fake.url)
        async with open_context(settings) as reading:
            await Client(reading, founder.operator).books.backfill_stripe(
                since=ctx.clock.now() - timedelta(days=30), rate=1000
            )
    await processing.process_event(ctx, 1)  # a second time: nothing changes


@asynccontextmanager
async def _made(url: str, home: Path) -> AsyncIterator[tuple[Context, Client]]:
    """A new database with a founder, and the founder's client."""
    owner = load_settings({"home": home, "database_url": url}, {})
    async with open_context(owner) as ctx:
        token = (await migrate(ctx, app_role.NAME)).founder_token
    assert token is not None
    named = {"home": home, "database_url": app_url(url), "token": token.reveal(), "undo_window": "0"}
    settings = load_settings({**named, "stripe_webhook_secrets": "whsec_test", **SENDERS}, {})
    async with open_context(settings, pool_size=12) as ctx:
        ctx = replace(ctx, owner_url=Secret(url))
        yield ctx, await Client.login(ctx, token)


def dump(url: str, install: Path) -> str:
    """The whole database as SQL that any supported Postgres reads, without owners."""
    command = [str(install / "bin" / "pg_dump"), "--no-owner", "--no-comments", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.sub(r"(?m)^(?:\\(?:un)?restrict .*|SET transaction_timeout = .*)\n", "", text)


async def write(version: str) -> None:
    """Make the database of the present code, and write its two files."""
    with tempfile.TemporaryDirectory(prefix="execops-release-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        async with embedded_postgres(home) as url:
            with psycopg.connect(url, autocommit=True) as conn:
                conn.execute("create database released")
            address = with_database(url, "released")
            async with _made(address, home) as (ctx, founder):
                await fill(ctx, founder)
            text = await asyncio.to_thread(dump, address, find_install(home))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{version}.sql.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    lines = [f"{digest}  {name}" for name, digest in checksums().items()]
    (FOLDER / f"{version}.sha256").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))

"""A customer who was erased: no word about them stands anywhere, every sum stays, and nobody gets round the guards."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from execops import processing
from execops.adapters import create_messenger
from execops.canvas import catalogue
from execops.client import Client
from execops.context import Context
from execops.db.pool import Connection
from execops.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RejectedError
from execops.model import Role, Status
from execops.proposals.erasing import Erased
from execops.text import maildir
from jobs.bootstrap import open_context
from tests import engineering_events, records
from tests.conftest import MakeSettings
from tests.doors import far_client
from tests.fake_slack import fake_slack
from tests.integration import test_customer_fire
from tests.integration.test_audit import act, connect
from tests.integration.test_bank_import import HEAD, process, take
from tests.integration.test_notifying import ADA, LARGE, run_jobs
from tests.integration.test_stripe_cases_mrr import (
    DAY,
    GRADUATED,
    HALF,
    created,
    deleted,
    discount,
    item,
    moves,
    told,
)
from tests.integration.test_stripe_cases_terms import invoiced, rate
from tests.integration.test_tampering import behind_the_guards, findings
from tests.performing import Killed, Scripted
from tests.plays_table import subscription
from tests.stripe_cases import NOW
from tests.stripe_events import event, failed, fixture, paid, take_in

MARK = "zanzibar"
PERSON: dict[str, Any] = {
    "customer": "cus_1",
    "customer_name": "Zanzibar GmbH",
    "customer_email": "ada@zanzibar.example",
}
WHO = {"name": "Zanzibar GmbH", "email": "ada@zanzibar.example"}
# The tables in which words about a customer stand; a table that is missing here is one that the test does not seed.
SEEDED = {
    "events", "snapshots", "mrr_levels", "transactions", "rollup_parties", "action_proposals", "proposal_versions",
    "executions", "suppressions", "audit_words", "canvas_refusals", "liftings", "notifications",
}  # fmt: skip
EVERYTHING = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1"


async def dump(conn: Connection) -> dict[str, str]:
    """Every row of every table, as text, in small letters; bytes too."""
    tables = [row["relname"] for row in await (await conn.execute(EVERYTHING.encode())).fetchall()]
    texts = {}
    for table in tables:
        rows = await (await conn.execute(f"select t::text as row from {table} t".encode())).fetchall()
        texts[table] = "\n".join(row["row"] for row in rows).lower()
    return texts


def holding(texts: dict[str, str]) -> set[str]:
    """The tables that hold the mark, as text or within bytes."""
    written = (MARK, MARK.encode().hex(), MARK.capitalize().encode().hex())
    return {table for table, text in texts.items() if any(mark in text for mark in written)}


async def sums(client: Client) -> dict[str, Any]:
    """Every answer of the canvas, without the names in it."""
    answers = {}
    today = datetime.now(UTC).date()
    for name in sorted(catalogue.load()):
        answer = await client.canvas.answer(
            name, {"from": date(2026, 1, 1), "to": today} if takes_dates(name) else {}, today
        )
        shown = [[cell for cell in row if cell is not None and not is_name(cell)] for row in answer.rows]
        answers[name] = (sorted(map(str, shown)), answer.totals(), answer.unknown)
    return answers


def takes_dates(name: str) -> bool:
    return {"from", "to"} <= set(catalogue.load()[name].params)


def is_name(cell: object) -> bool:
    return isinstance(cell, str) and (MARK in cell.lower() or cell.startswith("cus_"))


@pytest.fixture
async def db(owner_url: str) -> AsyncIterator[Connection]:
    async with await connect(owner_url) as conn:
        yield conn


async def approve_and_fail_once(ctx: Context, client: Client, proposal_id: int) -> None:
    """Refused once with the address in the server's answer, then sent into the outbox."""
    adapter = Scripted()
    adapter.performs = [RejectedError("550 <ada@zanzibar.example> is unknown here")]
    scripted = replace(ctx, adapters={**ctx.adapters, "email": adapter})
    await client.proposals.approve(proposal_id, 1)
    await processing.execute_proposal(scripted, proposal_id, 1)
    await client.proposals.retry(proposal_id, 1)
    await processing.execute_proposal(ctx, proposal_id, 2)


async def live(ctx: Context, client: Client) -> int:
    """All that ExecOps may learn about a customer, through its own doors; the id of a proposal that still waits."""
    await take_in(
        ctx,
        event("customer.created", fixture("customer", id="cus_1", **WHO, phone=MARK, metadata={"x": MARK})),
    )
    plan = subscription(id="sub_1", customer="cus_1", description=MARK, type_="customer.subscription.created")
    plan["data"]["object"]["items"]["data"][0]["price"]["nickname"] = f"{MARK} special"
    await take_in(ctx, plan)
    first = await records.drafted_id(ctx, failed("in_1", **PERSON), "card_update")
    await approve_and_fail_once(ctx, client, first)
    charge = fixture("charge", id="ch_1", customer="cus_1", amount=9900, currency="usd", status="succeeded", captured=True,
                     billing_details={**WHO}, description=MARK, invoice=None, payment_intent="pi_1")  # fmt: skip
    await take_in(ctx, event("charge.succeeded", charge))
    await take_in(ctx, paid("in_9", **PERSON))
    evidence = {"customer_name": WHO["name"], "customer_email_address": WHO["email"]}
    dispute = fixture("dispute", id="du_1", charge="ch_1", payment_intent="pi_1", status="needs_response", amount=9900,
                      currency="usd", reason="fraudulent", evidence=evidence)  # fmt: skip
    await client.notifications.switch_on(ADA)
    waiting = await records.drafted_id(ctx, event("charge.dispute.created", dispute), "dispute_response")
    await run_jobs(ctx, "tell", "send_notification")
    await take(ctx, client, HEAD + "2026-10-01,Zanzibar GmbH,500.00,1500.00\n2026-10-02,AWS,-10.00,1490.00\n")
    await process(ctx)
    await client.canvas.ask("why did zanzibar gmbh shout at us")
    alert = await records.drafted_id(
        ctx, failed("in_5", **(LARGE | PERSON)), "owner_alert"
    )  # to our own team
    await client.proposals.reject(alert, 1, f"{MARK} called already")
    await client.suppressions.add("cus_1", f"{MARK} said stop")
    await client.suppressions.lift("cus_1", f"{MARK} wants mail again")
    await client.suppressions.add("cus_1", f"{MARK} said stop again")
    await records.drafted_id(
        ctx,
        failed("in_2", customer="cus_2", customer_name="Other Inc", customer_email="b@other.example"),
        "card_update",
    )
    return waiting


async def test_no_word_stands_anywhere_and_every_sum_stays(
    ctx: Context, client: Client, db: Connection, founder_token: Any
) -> None:
    waiting = await live(ctx, client)
    held = await client.customers.held("cus_1")
    assert (held.in_flight, held.waiting) == (0, 0)
    assert held.live > 0
    before = await dump(db)
    assert holding(before) >= SEEDED, SEEDED - holding(before)
    assert "audit_log" not in holding(before)
    before_sums, trail = await sums(client), await client.audit.verify()
    assert trail.ok
    messages = len(maildir.scan(ctx.settings.outbox).entries)

    async with far_client(ctx, founder_token) as console:
        erased = await console.customers.erase("cus_1")
    assert (erased.ended, erased.movements, erased.questions, erased.older_entries) == (held.live, 1, 1, 0)
    assert erased.messages == 2  # the mail, and the notification of the dispute
    assert len(maildir.scan(ctx.settings.outbox).entries) == messages - 2

    after = await dump(db)
    assert holding(after) == set()
    assert "other inc" in after["snapshots"]
    now = await sums(client)
    for name, answer in before_sums.items():
        if name not in {"proposals", "decisions", "events"}:  # these count the proposals that ended with it
            assert now[name] == answer, name
    assert (await client.audit.verify()).findings == ()
    assert await findings(db) == []
    trail_of = (await client.proposals.card(waiting)).trail
    assert {"proposal.superseded", "proposal.erased"} <= {line.entry.action for line in trail_of}

    # Nothing is left to erase; the id still tells what was counted.
    again = await client.customers.erase("cus_1")
    assert replace(again, snapshots=0, audit_entries=0) == Erased(
        subject_key="cus_1", ended=0, events=0, proposals=0, snapshots=0, movements=0, audit_entries=0,
        older_entries=0, questions=0, messages=0,
    )  # fmt: skip

    # Faces show the blank, the event cannot come back, and what arrives now is stored as before.
    for summary in await client.proposals.history(limit=50):
        await client.proposals.card(summary.id)
    gone = await records.rows(ctx, "select id from events where payload_gone = 'erased' order by id")
    with pytest.raises(ConflictError, match="was erased with the customer"):
        await client.events.replay(gone[0]["id"])
    await take_in(ctx, failed("in_6", **PERSON))
    assert "snapshots" in holding(await dump(db))
    await client.customers.erase("cus_1")
    assert holding(await dump(db)) == set()


OF_PRODUCT = {"type": "coupon", "coupon": HALF | {"applies_to": {"products": ["prod_1"]}}}


@pytest.mark.parametrize(
    "told_before",
    [
        [created("sub_1", item(10_000, unit_amount_decimal="10000"))],
        [created("sub_1", item(None, unit_amount_decimal="0.5", quantity=700))],
        [
            created(
                "sub_1",
                item(None, quantity=7, billing_scheme="tiered", tiers_mode="graduated", tiers=GRADUATED),
            )
        ],
        [
            created(
                "sub_1", item(10_000, quantity=25, transform_quantity={"divide_by": 10, "round": "down"})
            )
        ],
        [created("sub_1", item(10_000, product="prod_1"), discounts=[discount(source=OF_PRODUCT)])],
        [created("sub_1", default_tax_rates=[rate(19.5, inclusive=True)])],
        [created("sub_1", automatic_tax={"enabled": True}), invoiced(19, -90 * DAY)],
        [created("sub_1"), *(told(f"customer.discount.{name}", discount(start=NOW - 60 * DAY), at) for name, at in (("created", -60 * DAY), ("deleted", -10 * DAY)))],
    ],
    ids=["decimal", "below a cent", "tiers", "packages", "discount of a product", "tax rate", "automatic tax", "discount that ended"],
)  # fmt: skip
async def test_the_revenue_of_an_erased_customer_stays_when_it_is_counted_again(
    ctx: Context, client: Client, told_before: list[dict[str, Any]]
) -> None:
    for payload in told_before:
        await take_in(ctx, payload)
    before = await moves(ctx, "cus_1")
    assert before
    await client.customers.erase("cus_1")
    items = told_before[0]["data"]["object"]["items"]["data"]
    await take_in(ctx, deleted("sub_1", *items, at=-DAY))  # counts all states of the customer anew
    revenue = sum(minor for _, minor, _, _ in before)
    assert await moves(ctx, "cus_1") == [*before, (-DAY, -revenue, "USD", "churn")]


@pytest.mark.parametrize("transport", ["slack", "outbox"])
async def test_the_end_of_an_erased_proposal_changes_no_notification(
    ctx: Context, client: Client, transport: str
) -> None:
    await client.notifications.switch_on(ADA)
    async with fake_slack() as fake:
        telling = replace(ctx, messenger=create_messenger(fake.settings())) if transport == "slack" else ctx
        waiting = await records.pending_id(telling, "in_1", **(LARGE | PERSON))
        await run_jobs(telling, "tell", "send_notification")
        shown_before = await records.jobs(telling, "show_outcome")
        await client.customers.erase("cus_1")
        messages = len(maildir.scan(ctx.settings.outbox).entries)
        for job in await records.jobs(telling, "close_thread"):
            await processing.close_thread(telling, **job["args"])
        assert await records.jobs(telling, "show_outcome") == shown_before
        await processing.show_outcome(telling, waiting, is_last=False)  # deferred before the erasure
        assert "chat.update" not in [request.method for request in fake.requests]
        assert len(maildir.scan(ctx.settings.outbox).entries) == messages


async def test_what_other_sources_told_of_the_customer_goes_too(
    make_settings: MakeSettings, db: Connection
) -> None:
    settings = make_settings(
        **test_customer_fire.ON | {"sources": ("stripe", "intercom", "sentry")},
        sentry_client_secrets=(engineering_events.SENTRY_SECRET,),
        sentry_customers=1,
    )
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        await take_in(ctx, event("customer.created", fixture("customer", id="cus_1", **WHO)))
        await take_in(ctx, paid("in_9", **PERSON))
        await test_customer_fire.customer(ctx, "cus_2", "depot@larkspan.example.com", "Larkspan")
        others = test_customer_fire.case("o38")["notifications"]
        text = json.dumps(others)
        theirs = json.loads(text.replace("depot@larkspan.example.com", "Ada+App@zanzibar.example"))
        theirs[0]["data"]["item"]["source"]["body"] += f"<p>{MARK} leaves</p>"
        await test_customer_fire.arrive(ctx, *theirs)
        await test_customer_fire.arrive(
            ctx, *(test_customer_fire.renamed(notification, "x") for notification in others)
        )
        hit = engineering_events.error({"id": "7", "email": "ADA@zanzibar.example"})
        await engineering_events.take_in(ctx, "sentry", engineering_events.of_sentry("event_alert", hit))
        plays = {line.play for line in await client.proposals.inbox()}
        assert {"angry_customer", "paying_users_hit"} <= plays
        assert {"events", "snapshots", "action_proposals"} <= holding(await dump(db))
        await client.customers.erase("cus_1")
        after = await dump(db)
        assert holding(after) == set()
        assert "depot@larkspan.example.com" in after["events"]  # another customer's conversation
        assert [line.play for line in await client.proposals.inbox()] == ["angry_customer"]
        assert (await client.audit.verify()).findings == ()
        later = test_customer_fire.renamed(theirs[0], "later")
        await test_customer_fire.arrive(ctx, later)  # stored as any other
        assert holding(await dump(db)) >= {"events", "snapshots"}


async def test_a_line_of_a_bank_that_names_the_customer_is_processed_first(
    ctx: Context, client: Client
) -> None:
    await take_in(ctx, event("customer.created", fixture("customer", id="cus_1", **WHO)))
    await take(ctx, client, HEAD + "2026-10-01,Zanzibar GmbH,500.00,1500.00\n2026-10-02,AWS,-10.00,1490.00\n")
    with pytest.raises(ConflictError, match="in flight: 1 of the events is not processed yet"):
        await client.customers.erase("cus_1")
    await process(ctx)
    assert (await client.customers.erase("cus_1")).movements == 1


async def test_nothing_is_erased_while_something_is_in_flight(
    ctx: Context, client: Client, db: Connection
) -> None:
    proposal_id = await records.pending_id(ctx)
    adapter = Scripted()
    adapter.performs = [Killed()]
    await client.proposals.approve(proposal_id, 1)
    with pytest.raises(Killed):
        await processing.execute_proposal(
            replace(ctx, adapters={**ctx.adapters, "email": adapter}), proposal_id, 1
        )
    before = await dump(db)
    with pytest.raises(ConflictError, match=f"proposal {proposal_id} is executing"):
        await client.customers.erase("cus_1")
    assert await dump(db) == before
    await take_in(ctx, failed("in_2", customer="cus_2"))
    await records.run(ctx, "update events set status = 'received' where object_id = 'in_2'")
    with pytest.raises(ConflictError, match="1 of the events is not processed yet"):
        await client.customers.erase("cus_2")
    with pytest.raises(NotFoundError):
        await client.customers.erase("cus_nobody")
    for source in ("", "bank:main"):
        with pytest.raises(InvalidInputError):
            await client.customers.erase(source)
    ola = await records.new_client(ctx, "Ola", Role.OPS)
    with pytest.raises(NotAllowedError):
        await ola.customers.erase("cus_2")


async def in_one(conn: Connection, *statements: bytes | str) -> None:
    """Run the statements in one transaction; in the system's name, unless one proves an operator."""
    async with conn.transaction():
        await act(conn)
        for statement in statements:
            await conn.execute(statement.encode() if isinstance(statement, str) else statement)


ATTACKS = (
    # By the role of the processes, with the founder's proof
    "update action_proposals set erased_at = now()",
    'update action_proposals set erased_at = now(), payload = \'{"to": "thief"}\'',
    "update action_proposals set payload = '{}', title = 'Erased'",
    "update executions set erased_at = now()",
    "update executions set result_json = null",
    "update audit_words set salt = '', words = '{}'",
    "delete from audit_words",
    "insert into audit_words values ('default', 900, 'x', '{\"why\": \"x\"}')",
    "insert into erasures (org_id, subject_key, subjects) values ('default', 'cus_1', '{cus_1}')",
    "delete from erasures",
    "update proposal_versions set title = ''",
)
OF_OWNER = (
    "insert into erasures (org_id, subject_key, subjects) values ('default', 'cus_1', '{cus_1}')",
    "select execops_erase('default', 'cus_1')",
)


async def test_nobody_erases_by_hand(ctx: Context, client: Client, database_url: str, db: Connection) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    await processing.execute_proposal(ctx, proposal_id, 1)
    await client.proposals.reject(await records.pending_id(ctx, "in_2"), 1, "no")
    before = await dump(db)
    digest = client.operator.digest.reveal()
    prove = f"select execops_prove('{digest}'), set_config('execops.actor_type', 'user', true)".encode()
    async with await connect(database_url) as app:
        for statement in ATTACKS:
            with pytest.raises(psycopg.DatabaseError) as refused:
                await in_one(app, prove, statement)
            assert refused.value.sqlstate in {"42501", "EX002", "EX003"}, (statement, refused.value)
        with pytest.raises(psycopg.DatabaseError, match="a founder who has proven it"):
            await in_one(app, OF_OWNER[1])
    for statement in OF_OWNER:
        with pytest.raises(psycopg.DatabaseError, match="a founder who has proven it"):
            await in_one(db, statement)
    assert await dump(db) == before

    # The leave is for one customer and one transaction, and nothing that was erased changes again.
    for statement in (
        f"update action_proposals set erased_at = now() where id <> {proposal_id}",
        (
            "update audit_words w set salt = '', words = '{}' from audit_log a"
            f" where a.seq = w.seq and a.proposal_id <> {proposal_id}"
        ),
    ):
        with pytest.raises(psycopg.DatabaseError, match="not by hand"):
            await in_one(db, prove, OF_OWNER[0], statement)
    for customer in ("cus_1", "cus_2"):
        await client.customers.erase(customer)
    for statement in (
        "update action_proposals set erased_at = null where erased_at is not null",
        "update action_proposals set title = 'Back' where erased_at is not null",
        "update executions set error = 'Back' where erased_at is not null",
        "update events set payload_gone = null, payload_sha256 = null where payload_gone is not null",
        "update events set status = 'received' where payload_gone is not null",
        "update audit_words set words = '{\"why\": \"back\"}', salt = 'x' where salt = ''",
    ):
        with pytest.raises(psycopg.DatabaseError):
            await in_one(db, prove, statement)


async def test_verifying_names_a_blank_that_no_erasure_tells_of(
    ctx: Context, client: Client, db: Connection
) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.reject(proposal_id, 1, "no")
    await behind_the_guards(db, "audit_words", "update audit_words set salt = '', words = '{}'")
    assert any("its words were taken away, and no erasure tells of it" in line for line in await findings(db))
    await client.customers.erase("cus_1")
    assert await findings(db) == []
    await behind_the_guards(db, "action_proposals", "update action_proposals set title = 'Back'")
    [line] = await findings(db)
    assert line == f"Proposal {proposal_id}: its words were erased, and words stand there."
    await behind_the_guards(
        db, "action_proposals", "update action_proposals set title = 'Erased', erased_at = null"
    )
    assert f"Proposal {proposal_id}: its words were erased, and words stand there." in await findings(db)
    beside = await records.pending_id(ctx, "in_2")
    await client.proposals.reject(beside, 1, "never")
    await behind_the_guards(
        db,
        "action_proposals",
        "update action_proposals set erased_at = now(), title = 'Erased', payload = '{}'",
    )
    assert (
        f"Proposal {beside}: its words were erased, and the audit log tells of no erasure."
        in await findings(db)
    )
    await behind_the_guards(
        db, "audit_words", "update audit_words set words = '{\"reason\": \"another\"}' where salt <> ''"
    )
    assert any("its words were changed after they were written" in line for line in await findings(db))
    assert (await records.proposal(ctx, proposal_id)).status is Status.REJECTED

"""A backtest replays stored events: it says what a play would have drafted, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.db.scratch import PREFIX, scratch_tables, set_now
from execops.errors import NotAllowedError, NotFoundError
from execops.ingest.backtest import Backtest, Progress
from execops.ingest.hindsight import Became
from execops.model import Draft, Role, Status
from execops.plays.registry import all_plays
from execops.settings import Secret
from jobs.bootstrap import process_event
from tests import forking, records
from tests.integration.test_bank_import import take
from tests.performing import Scripted, go
from tests.plays_table import CANCELLED, subscription
from tests.stripe_events import deliver, event, failed, fixture, invoice, paid, payer, take_in

DAY = 86_400
ROOT = Path(__file__).parents[2]
RUNNING = "select 1 from pg_stat_activity where application_name = 'execops backtest'"


def ago(days: float) -> int:
    """The Unix time so many days ago."""
    return int(time.time()) - round(days * DAY)


def failure(n: int, days: float, **changes: Any) -> dict[str, Any]:
    """A second failed attempt of the invoice `in_N` of the customer `cus_N`, so many days ago."""
    at = ago(days)
    facts: dict[str, Any] = {
        "attempt_count": 2,
        "created": at - 60,
        "next_payment_attempt": at + 3 * DAY,
        "number": f"N-{n}",
    }
    return failed(f"in_{n}", **(facts | payer(f"cus_{n}") | changes)) | {"created": at}


def ended(n: int, days: float, status: str) -> dict[str, Any]:
    """The same invoice, paid, voided or written off so many days ago."""
    if status == "paid":
        return paid(f"in_{n}", number=f"N-{n}", **payer(f"cus_{n}")) | {"created": ago(days)}
    type_ = {"void": "invoice.voided", "uncollectible": "invoice.marked_uncollectible"}[status]
    obj = invoice(f"in_{n}", number=f"N-{n}", status=status, **payer(f"cus_{n}"))
    return event(type_, obj, created=ago(days))


async def backtest(client: Client, play: str = "card_update", days: float = 90, **options: Any) -> Backtest:
    since = datetime.now(UTC) - timedelta(days=days)
    return await client.plays.backtest(play, since=since, **({"process": process_event} | options))


def outcomes(tried: Backtest) -> dict[str, tuple[str, float | None]]:
    """The fate of the draft about each customer, and after how many days."""
    return {draft.object_id: (draft.became.value, draft.days) for draft in tried.drafts}


async def state(ctx: Context) -> dict[str, Any]:
    """The number of rows and a digest of every table, the schemas, and the end of the audit chain."""
    async with records.as_owner(ctx) as owner:
        return await _state(owner)


async def _state(ctx: Context) -> dict[str, Any]:
    tables = await records.rows(
        ctx,
        "select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
        " order by 1",
    )
    result: dict[str, Any] = {}
    for table in tables:
        query = f"select count(*) as n, md5(string_agg(t::text, '' order by t::text)) as digest from {table['name']} t"
        result[table["name"]] = (await records.rows(ctx, query))[0]
    result["head"] = await records.rows(ctx, "select hash from audit_log order by seq desc limit 1")
    result["schemas"] = await records.rows(ctx, "select nspname from pg_namespace order by 1")
    return result


@pytest.fixture
async def listener(ctx: Context) -> AsyncIterator[Callable[[], Any]]:
    """A function that returns the notifications of every channel since the test began."""
    conn = await psycopg.AsyncConnection.connect(ctx.url.reveal(), autocommit=True)
    for channel in ("execops_proposals", "execops_events", "execops_policies", "procrastinate_any_queue"):
        await conn.execute(f"listen {channel}".encode())

    async def heard() -> list[str]:
        return [notice.channel async for notice in conn.notifies(timeout=0.2)]

    async with conn:
        yield heard


def story() -> list[dict[str, Any]]:
    """Seven customers; the last event is of before the span of ninety days."""
    return [
        failure(1, 60),
        ended(1, 57, "paid"),  # three days later
        failure(2, 50),
        ended(2, 45, "void"),  # five days later
        failure(3, 40),
        ended(3, 38, "uncollectible"),  # nobody settled it
        failure(4, 30),  # fourteen days pass
        ended(4, 12, "paid"),  # after its time had run out
        failure(5, 2),
        ended(6, 20, "paid"),
        failure(6, 21),  # it comes after the payment
        failure(7, 100),  # before the span
    ]


async def test_a_story_is_told_to_a_viewer_as_it_was_computed_by_hand(ctx: Context) -> None:
    payloads = story()
    for payload in payloads:
        await deliver(ctx, payload)
    viewer = await records.new_client(ctx, "Vera", Role.VIEWER)
    tried = await backtest(viewer)
    assert outcomes(tried) == {
        "cus_1": ("settled", 3.0),
        "cus_2": ("settled", 5.0),
        "cus_3": ("moot", 2.0),
        "cus_4": ("ran_out", 14.0),
        "cus_5": ("open", None),
    }
    sums = tried.sums
    assert (sums.drafted, sums.settled, sums.median_days) == (5, 2, 4.0)
    assert (sums.moot, sums.ran_out, sums.open, sums.drafted_again, sums.settled_after_action) == (
        1,
        1,
        1,
        0,
        0,
    )
    first = tried.drafts[0]
    assert (first.amount_minor, first.currency, str(first.amount)) == (4900, "USD", "$49.00")
    assert abs(first.drafted_at.timestamp() - ago(60)) < 60
    assert "paid" in (first.why or "")
    assert not tried.broken
    covered = tried.covered  # the days of the events
    days = {datetime.fromtimestamp(payload["created"], UTC).date() for payload in payloads[:-1]}
    assert (covered.first, covered.last, covered.days_with_events) == (min(days), max(days), len(days))
    assert covered.events == len(payloads) - 1
    assert covered.stored_since == datetime.fromtimestamp(payloads[-1]["created"], UTC).date()


async def test_a_dispute_that_is_lost_has_not_settled_by_itself(ctx: Context, client: Client) -> None:
    def dispute(n: int, days: float, type_: str, status: str) -> dict[str, Any]:
        due = {"due_by": ago(days) + 30 * DAY}
        fields = {
            "id": f"dp_{n}",
            "charge": f"ch_{n}",
            "amount": 9000,
            "status": status,
            "reason": "fraudulent",
        }
        return event(type_, fixture("dispute", **fields, evidence_details=due), created=ago(days))

    for n, status in enumerate(["won", "lost", "under_review"]):
        type_ = "charge.dispute.updated" if status == "under_review" else "charge.dispute.closed"
        await deliver(ctx, dispute(n, 40, "charge.dispute.created", "needs_response"))
        await deliver(ctx, dispute(n, 30, type_, status))
    tried = await backtest(client, "dispute_response")
    drafts = [(draft.object_id, draft.became.value, draft.days) for draft in tried.drafts]
    assert drafts == [
        ("dp_0", "settled", 10.0),
        ("dp_1", "moot", 10.0),  # the loss is for dispute_lost
        ("dp_2", "moot", 10.0),
    ]
    assert tried.sums.settled == 1


async def test_a_cancellation_settles_when_it_is_undone_and_not_when_the_customer_is_gone(
    ctx: Context, client: Client
) -> None:
    until = ago(0) + 30 * DAY

    def changed(n: int, days: float, type_: str, **changes: Any) -> dict[str, Any]:
        return subscription(type_=type_, id=f"sub_{n}", customer=f"cus_{n}", **changes) | {
            "created": ago(days)
        }

    def cancelled(n: int, days: float) -> dict[str, Any]:
        ends = CANCELLED | {"cancel_at": until, "canceled_at": ago(days)}
        return changed(n, days, "customer.subscription.updated", **ends)

    for n in (1, 2):
        person = fixture("customer", id=f"cus_{n}", email=f"ann@{n}.example", name="Ann")
        await deliver(ctx, event("customer.created", person, created=ago(60)))
        await deliver(ctx, cancelled(n, 20))
    undone = {"cancel_at_period_end": True, "cancel_at": until}
    await deliver(ctx, changed(1, 18, "customer.subscription.updated", previous_attributes=undone))
    ended = {"status": "canceled", "ended_at": ago(17), "canceled_at": ago(20)}
    await deliver(ctx, changed(2, 17, "customer.subscription.deleted", **ended))
    tried = await backtest(client, "save_offer")
    assert outcomes(tried) == {"sub_1": ("settled", 2.0), "sub_2": ("moot", 3.0)}


async def test_a_payment_after_a_real_action_is_not_settled_by_itself(
    ctx: Context, client: Client, adapter: Scripted
) -> None:
    here = replace(ctx, adapters={**ctx.adapters, "email": adapter})
    real = await records.pending_id(here, "in_1", attempt_count=2)
    await client.proposals.approve(real, (await records.proposal(ctx, real)).version)
    assert await go(here, real) is Status.EXECUTED
    later = int(time.time()) + 60  # by the sender's clock: what counts then is when it came
    await take_in(ctx, paid("in_1", created=later))
    tried = await backtest(client)
    [draft] = tried.drafts
    assert (draft.became, draft.action_before) == (Became.SETTLED_AFTER_ACTION, real)
    assert (tried.sums.settled, tried.sums.settled_after_action, tried.sums.median_days) == (0, 1, None)
    assert draft.in_reality is not None
    assert (draft.in_reality.proposal_id, draft.in_reality.status) == (real, Status.EXECUTED)
    assert draft.in_reality.decided_by == client.operator.name


async def test_what_was_decided_in_reality_stands_beside_each_draft(ctx: Context, client: Client) -> None:
    real = await records.pending_id(ctx, "in_1", attempt_count=2)
    await client.proposals.reject(real, (await records.proposal(ctx, real)).version, "they pay by transfer")
    await client.plays.set_allowed("play", "card_update", False)
    await take_in(ctx, failed("in_2", attempt_count=2, **payer("cus_2")))
    tried = await backtest(client)
    first, second = tried.drafts
    assert first.in_reality is not None
    assert (first.in_reality.proposal_id, first.in_reality.status) == (real, Status.REJECTED)
    assert (second.object_id, second.in_reality) == ("cus_2", None)
    assert tried.enabled is False


async def test_nothing_of_the_deployment_changes(
    ctx: Context, client: Client, listener: Callable[[], Any]
) -> None:
    for payload in story():
        await take_in(ctx, payload)
    await records.pending_id(ctx, "in_9")
    before = await state(ctx)
    await listener()
    locks: list[Any] = []

    async def processed(context: Context, event_id: int) -> None:
        await process_event(context, event_id)
        query = "select l.* from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory'"
        locks.extend(await records.rows(ctx, query + " and a.application_name = 'execops backtest'"))

    assert (await backtest(client, process=processed)).sums.drafted > 4
    assert await state(ctx) == before
    assert await listener() == []
    assert locks == []


async def test_a_killed_run_leaves_nothing(ctx: Context, client: Client, tmp_path: Path) -> None:
    for payload in story():
        await deliver(ctx, payload)
    before = await state(ctx)
    process = await forking.run("tests.killed_backtest", env=variables(ctx, tmp_path))
    assert await process.wait() == -signal.SIGKILL
    async with asyncio.timeout(30):
        while await records.rows(ctx, RUNNING):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # Postgres tells nobody that it ended a session
    assert await state(ctx) == before


def variables(ctx: Context, home: Path) -> dict[str, str]:
    """The environment of a process that runs a backtest in the founder's name."""
    assert ctx.settings.token is not None
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return inherited | {
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": ctx.owner_url.reveal(),
        "EXECOPS_HOME": str(home),
        "EXECOPS_TOKEN": ctx.settings.token.reveal(),
    }


async def test_scratch_tables_have_a_clock_of_their_own_reach_no_real_table_and_are_gone_after_an_error(
    ctx: Context,
) -> None:
    moment = datetime(2020, 2, 29, 12, tzinfo=UTC)
    with pytest.raises(psycopg.errors.UndefinedTable):  # noqa: PT012
        async with scratch_tables(ctx.owner_url) as scratch:
            [row] = await (await scratch.execute("select current_schema() as name")).fetchall()
            assert row["name"].startswith(PREFIX)
            await set_now(scratch, moment)
            [row] = await (
                await scratch.execute("select now() as now, clock_timestamp() as clock")
            ).fetchall()
            assert (row["now"], row["clock"]) == (moment, moment)
            [row] = await (await scratch.execute("select count(*) as n from operators")).fetchall()
            assert row["n"] == 0  # the real table holds the founder
            await scratch.execute("select * from procrastinate_jobs")
    names = {row["nspname"] for row in await records.rows(ctx, "select nspname from pg_namespace")}
    assert not [name for name in names if name.startswith(PREFIX)]


async def test_a_role_that_may_not_create_a_schema_is_told_to_be_the_owner(ctx: Context) -> None:
    role = f"reader_{os.getpid()}_{time.monotonic_ns()}"
    await records.run(ctx, f"create role {role} login")
    try:
        address = Secret(ctx.owner_url.reveal().replace("postgresql://postgres@", f"postgresql://{role}@"))
        with pytest.raises(NotAllowedError) as refused:
            async with scratch_tables(address):
                pass
        assert "Set DATABASE_URL to the owner's address" in (refused.value.hint or "")
        database = ctx.url.reveal().split("/")[-1].split("?")[0]
        rights = (
            f"select on all tables in schema public to {role}",
            f"create on database {database} to {role}",
        )
        for right in rights:  # reading, and making a schema, are enough
            await records.run(ctx, f"grant {right}")
        async with scratch_tables(address) as scratch:
            assert (await (await scratch.execute("select 1 as n from events")).fetchall()) == []
    finally:
        await records.run(ctx, f"drop owned by {role}")
        await records.run(ctx, f"drop role {role}")


async def test_a_disabled_play_is_tried_all_the_same_and_stays_disabled(ctx: Context, client: Client) -> None:
    await deliver(ctx, failure(1, 3))
    await client.plays.set_allowed("play", "card_update", False)
    tried = await backtest(client)
    assert (tried.enabled, tried.sums.drafted) == (False, 1)
    [play] = [play for play in await client.plays.list() if play.name == "card_update"]
    assert play.enabled is False


async def test_a_suppressed_customer_gets_no_draft(ctx: Context, client: Client) -> None:
    real = await records.pending_id(ctx, "in_1", attempt_count=2)
    version = (await records.proposal(ctx, real)).version
    await client.proposals.reject(real, version, suppress=True)
    assert (await backtest(client)).drafts == []


async def test_an_event_that_the_play_breaks_on_is_named_and_the_rest_goes_on(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in (1, 2, 3):
        await deliver(ctx, failure(n, 30 - n))
    await deliver(ctx, ended(3, 20, "paid"))
    play = all_plays()["card_update"]

    def assess(facts: Any) -> Any:
        if facts.subject_key == "cus_2":
            raise KeyError("due_on")
        return play.assess(facts)

    monkeypatch.setitem(all_plays(), "card_update", replace(play, assess=assess))
    tried = await backtest(client)
    assert outcomes(tried) == {"cus_1": ("ran_out", 14.0), "cus_3": ("settled", 7.0)}
    [broken] = tried.broken
    assert (broken.type, broken.error) == ("invoice.payment_failed", "KeyError: 'due_on'")


async def test_a_draft_in_place_of_one_that_ran_out_is_another_draft(ctx: Context, client: Client) -> None:
    """The customer tells a new address after nobody decided: the play drafts anew, in a thread of its own."""
    await deliver(ctx, failure(1, 40))
    person = fixture("customer", id="cus_1", email="new@acme.example", name="Acme")
    await deliver(ctx, event("customer.updated", person, created=ago(20)))
    await deliver(ctx, ended(1, 16, "paid"))
    before = await state(ctx)
    tried = await backtest(client)
    drafts = [(draft.became.value, draft.days) for draft in tried.drafts]
    assert drafts == [("ran_out", 14.0), ("settled", 4.0)]
    assert not tried.broken
    assert await state(ctx) == before


async def test_only_the_play_that_is_tried_drafts(ctx: Context, client: Client) -> None:
    await deliver(ctx, failure(1, 30, amount_due=900_000, amount_remaining=900_000))
    [mail] = (await backtest(client, "card_update")).drafts
    [alert] = (await backtest(client, "owner_alert")).drafts
    assert mail.event_ids == alert.event_ids
    assert mail.title != alert.title


async def test_an_event_of_before_the_span_is_known_and_drafts_nothing(ctx: Context, client: Client) -> None:
    person = fixture("customer", id="cus_1", email="new@acme.example", name="Acme")
    await deliver(ctx, event("customer.updated", person, created=ago(200)))
    await deliver(ctx, failure(1, 30, customer_email=None))
    drafted: list[Draft] = []
    play = all_plays()["card_update"]

    def assess(facts: Any) -> Any:
        answer = play.assess(facts)
        if isinstance(answer, Draft):
            drafted.append(answer)
        return answer

    all_plays()["card_update"] = replace(play, assess=assess)
    try:
        assert (await backtest(client)).sums.drafted == 1
    finally:
        all_plays()["card_update"] = play
    assert drafted[0].payload["to"] == "new@acme.example"


async def test_rows_that_no_event_told_join_at_their_own_moment(ctx: Context, client: Client) -> None:
    """A backfill read the customer 25 days ago: a failure of before that day does not know the address."""
    state = '{"email": "read@acme.example"}'
    statement = (
        "insert into snapshots (object_id, object_type, subject_key, state, as_of)"
        " values (%s, 'customer', %s, %s, now() - interval '25 days')"
    )
    for customer in ("cus_1", "cus_2"):
        await records.run(ctx, statement, customer, customer, state)
    await deliver(ctx, failure(1, 30, customer_email=None))
    await deliver(ctx, failure(2, 20, customer_email=None))
    assert list(outcomes(await backtest(client))) == ["cus_2"]


@pytest.mark.parametrize("newest_first", [False, True])
async def test_imported_bank_rows_wake_the_plays_that_need_them(
    ctx: Context, client: Client, newest_first: bool
) -> None:
    """No play judges half a statement, whichever of its months comes first."""
    today = datetime.now(UTC).date()
    first = today.replace(day=1)
    days = [first - timedelta(days=n) for n in (10, 40, 70, 100, 130)]
    lines = [
        f"{day.isoformat()},Acme Hosting,-1000.00,{54000 - 1000 * n}.00\n"
        for n, day in enumerate(sorted(days))
    ]
    lines.append(f"{first.isoformat()},Acme Hosting,-9000.00,41000.00\n")
    lines.append(f"{first.isoformat()},Another Firm,-100.00,40900.00\n")
    await take(
        ctx, client, "Date,Description,Amount,Balance\n" + "".join(lines[::-1] if newest_first else lines)
    )
    tried = await backtest(client, "spend_spike")
    assert tried.covered.bank_imports == 1
    [draft] = tried.drafts
    assert draft.object_id.startswith(f"spend:{first:%Y-%m}:")
    assert draft.became is Became.OPEN


async def test_a_month_that_ended_has_not_settled_a_spike(ctx: Context, client: Client) -> None:
    """A vendor's purchases: three usual months, a dear one, and the month after it."""
    today = datetime.now(UTC).date()
    starts = [today.replace(day=1)]
    while len(starts) < 7:
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    usual, dear, after = starts[6:2:-1], starts[2], starts[1]

    def purchase(n: int, day: date, minor: int) -> dict[str, Any]:
        at = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
        obj = fixture("issuing.transaction", id=f"ipi_{n}", amount=-minor, currency="usd", created=at)
        obj |= {"merchant_data": obj["merchant_data"] | {"name": "Hosting"}, "type": "capture"}
        return event("issuing_transaction.created", obj, created=at)

    for n, (day, minor) in enumerate([*((day, 100_000) for day in usual), (dear, 900_000), (after, 500_000)]):
        await deliver(ctx, purchase(n, day, minor))
    tried = await backtest(client, "spend_spike", days=200)
    became = {draft.object_id[6:13]: draft.became for draft in tried.drafts}
    assert became[f"{dear:%Y-%m}"] in {Became.MOOT, Became.RAN_OUT}
    assert tried.sums.settled == 0


async def test_a_stopped_run_says_how_far_it_came(ctx: Context, client: Client) -> None:
    for payload in story()[:-1]:
        await deliver(ctx, payload)
    before, stop = await state(ctx), asyncio.Event()

    def show(progress: Progress) -> None:
        if progress.done == 2:
            stop.set()

    tried = await backtest(client, stop=stop, on_progress=show)
    assert (tried.finished, tried.covered.events) == (False, 2)
    assert outcomes(tried) == {"cus_1": ("settled", 3.0)}
    assert abs(tried.until.timestamp() - ago(57)) < 60
    assert await state(ctx) == before


async def test_an_unknown_play_is_refused_with_the_nearest_names(client: Client) -> None:
    with pytest.raises(NotFoundError) as refused:
        await backtest(client, "card_updates")
    assert "card_update" in (refused.value.hint or "")


async def test_without_events_it_says_so(client: Client) -> None:
    tried = await backtest(client)
    assert (tried.sums.drafted, tried.covered.first, tried.covered.stored_since) == (0, None, None)
    assert tried.finished

"""The loop's cost in statements and round trips, which a noisy machine cannot change, and the plans of its hot queries."""

from __future__ import annotations

import copy
import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.pq import PipelineStatus

from execops import processing
from execops.books import resting, strangers
from execops.books.facts import About, Facts, Reader
from execops.client import Client
from execops.context import Context
from execops.db import queries
from execops.ingest import deliveries, events
from execops.model import Declined, Draft, Json
from execops.plays.play import Play
from execops.plays.registry import all_plays
from tests import records
from tests.large_inbox import propose_many
from tests.stripe_events import deliver, event, failed, fixture, sign, take_in

WARM_UP = 3  # a connection plans a statement at its second use, which costs a round trip


@dataclass(slots=True)
class Cost:
    """Statements that were sent, and waits for an answer of Postgres."""

    statements: int = 0
    round_trips: int = 0


@pytest.fixture
def cost(monkeypatch: pytest.MonkeyPatch) -> Cost:
    """Counts what all connections do."""
    counted = Cost()
    wait, execute = psycopg.AsyncConnection.wait, psycopg.AsyncCursor.execute
    execute_many, leave = psycopg.AsyncCursor.executemany, psycopg.AsyncPipeline.__aexit__

    def noting(generator: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        waited = False
        try:
            ready = yield next(generator)
            waited = True
            while True:
                ready = yield generator.send(ready)
        except StopIteration as end:
            return end.value
        finally:
            counted.round_trips += waited

    async def counted_wait(self: Any, generator: Any, *arguments: Any, **named: Any) -> Any:
        if self.pgconn.pipeline_status == PipelineStatus.OFF:
            generator = noting(generator)
        return await wait(self, generator, *arguments, **named)

    async def counted_leave(self: Any, *arguments: Any) -> None:
        """The statements of a pipeline are sent without a wait; its end waits for all of them."""
        counted.round_trips += 1
        await leave(self, *arguments)

    async def counted_execute(self: Any, *arguments: Any, **named: Any) -> Any:
        counted.statements += 1
        return await execute(self, *arguments, **named)

    async def counted_execute_many(self: Any, *arguments: Any, **named: Any) -> Any:
        counted.statements += 1
        return await execute_many(self, *arguments, **named)

    monkeypatch.setattr(psycopg.AsyncConnection, "wait", counted_wait)
    monkeypatch.setattr(psycopg.AsyncPipeline, "__aexit__", counted_leave)
    monkeypatch.setattr(psycopg.AsyncCursor, "execute", counted_execute)
    monkeypatch.setattr(psycopg.AsyncCursor, "executemany", counted_execute_many)
    return counted


@contextmanager
def costing(cost: Cost, statements: int, round_trips: int) -> Iterator[None]:
    """Assert what the block costs. If a change lowers a number, lower it here; raise one only with a reason."""
    before = (cost.statements, cost.round_trips)
    yield
    assert (cost.statements - before[0], cost.round_trips - before[1]) == (statements, round_trips)


def verified(ctx: Context, number: int) -> deliveries.Delivery:
    body = json.dumps(failed(f"in_{number}", customer=f"cus_{number}")).encode()
    return deliveries.verify(ctx, "stripe", sign(body), body)


async def test_storing_one_delivery_costs_as_much_as_storing_many(ctx: Context, cost: Cost) -> None:
    for number in range(WARM_UP):
        await deliveries.store(ctx, [verified(ctx, number)])
    for many in (1, 7, 64):
        batch = [verified(ctx, 1000 * many + number) for number in range(many)]
        with costing(cost, statements=2, round_trips=4):  # begin, events, job, commit
            await deliveries.store(ctx, batch)


async def test_an_event_that_leads_to_a_proposal(ctx: Context, cost: Cost) -> None:
    for number in range(WARM_UP):
        await take_in(ctx, failed(f"in_{number}", customer=f"cus_{number}"))
    receipt = await deliver(ctx, failed("in_9", customer="cus_9"))
    with costing(cost, statements=15, round_trips=11):
        await processing.process_event(ctx, receipt.event_id)


async def test_an_event_that_wakes_no_play(ctx: Context, cost: Cost) -> None:
    for number in range(WARM_UP):
        await take_in(ctx, event("customer.created", fixture("customer", id=f"cus_{number}")))
    receipt = await deliver(ctx, event("customer.created", fixture("customer", id="cus_9")))
    with costing(cost, statements=8, round_trips=8):  # the last one asks for other events of the same second
        await processing.process_event(ctx, receipt.event_id)


async def test_an_event_costs_the_same_whatever_waits_beside(
    ctx: Context, cost: Cost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The 116th small failing invoice of a customer costs what the twentieth does.

    So many statements are sent, so many judgements asked of plays, so many rows and earlier events read, facts about so many
    objects made, and so many states read that were not read before. Sixteen invoices are laid to rest together, so the
    same number of them waits for that at both.
    """
    counted = {"judgements": 0, "earlier": 0, "facts": 0, "states": 0, "rows": 0, "of the ledger": 0}
    answer, earlier, from_json = Play.answer, events.unanswered_of_subject, Facts.from_json

    def counted_answer(self: Play, current: Facts) -> Draft | Declined:
        counted["judgements"] += 1
        return answer(self, current)

    async def counted_earlier(*arguments: Any) -> list[events.Unanswered]:
        read = await earlier(*arguments)
        counted["earlier"] += len(read)
        return read

    def counted_facts(data: Json) -> Facts:
        counted["facts"] += 1
        return from_json(data)

    read_all = queries.many

    async def counted_rows(conn: Any, query: bytes, **values: Any) -> list[Any]:
        rows = await read_all(conn, query, **values)
        counted["of the ledger" if query == queries.load("ledger")["facts_of_subject"] else "rows"] += len(
            rows
        )
        return rows

    monkeypatch.setattr(Play, "answer", counted_answer)
    monkeypatch.setattr(queries, "many", counted_rows)
    monkeypatch.setattr(events, "unanswered_of_subject", counted_earlier)
    monkeypatch.setattr(Facts, "from_json", counted_facts)
    costs = {}
    for number in range(20 + 6 * resting.BATCH):
        receipt = await deliver(
            ctx, failed(f"in_{number}", attempt_count=1, amount_due=400, amount_remaining=400)
        )
        before = {"statements": cost.statements, **counted}
        await processing.process_event(ctx, receipt.event_id)
        counted["states"] = strangers.harmless_state.cache_info().misses
        after = {"statements": cost.statements, **counted}
        costs[number + 1] = {name: after[name] - before[name] for name in after}
    assert costs[20 + resting.BATCH] == costs[20]
    assert costs[20 + 6 * resting.BATCH] == costs[20]
    assert {cost["of the ledger"] for cost in costs.values()} <= {*range(resting.BATCH + 4)}
    plays = costs[20]["earlier"]  # one earlier event stands for all that a play declined
    assert (
        costs[20] | {"statements": 0, "rows": 0}
        == {
            "statements": 0,
            "rows": 0,
            "of the ledger": 4,  # the event's own invoice, two that do not rest yet, and the digest by which the others do
            "judgements": 2 * plays,  # about the event's own invoice, and about the customer
            "earlier": plays,
            "facts": 2,
            "states": 1,  # the event's own invoice
        }
    )
    # A batch is laid to rest once: so many statements more than the others in its period.
    period = [costs[number]["statements"] for number in range(20, 20 + resting.BATCH)]
    assert sum(period) == resting.BATCH * costs[20]["statements"] + 2


async def test_events_about_one_object_ask_once_for_all_that_were_declined(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fortieth state of a dispute that calls for nothing asks no more than the tenth."""
    asked, earlier = [0], []
    answer, unanswered = Play.answer, events.unanswered_of_subject

    def counted_answer(self: Play, current: Facts) -> Draft | Declined:
        asked[0] += 1
        return answer(self, current)

    async def counted_earlier(*arguments: Any) -> list[events.Unanswered]:
        earlier.append(await unanswered(*arguments))
        return earlier[-1]

    monkeypatch.setattr(Play, "answer", counted_answer)
    monkeypatch.setattr(events, "unanswered_of_subject", counted_earlier)
    costs = []
    for number in range(40):
        dispute = fixture("dispute", status="won", amount=1000 + number)
        await take_in(ctx, event("charge.dispute.closed", dispute))
        costs.append((asked[0], sum(map(len, earlier))))
        asked[0], earlier[:] = 0, []
    assert costs[9] == costs[39]
    assert min(costs[9]) > 0


async def test_no_play_changes_the_facts_that_it_judges(ctx: Context) -> None:
    """The states of a subject are shared: with the other plays, and with the events that follow."""
    for number in range(3):
        await take_in(ctx, failed(f"in_{number}", attempt_count=2))
    async with ctx.transaction() as conn:
        about = About("cus_1", "cus_1")
        needs = frozenset[str]().union(*(play.needs for play in all_plays().values()))
        facts = (await Reader(conn, ctx.settings, ctx.clock.now()).gather({about: needs}))[about]
    assert len(facts.invoices) == 3
    before = copy.deepcopy(facts.to_json())
    for play in all_plays().values():
        play.answer(facts)
    assert facts.to_json() == before


async def test_an_event_that_was_processed_before(ctx: Context, cost: Cost) -> None:
    taken = await take_in(ctx, failed())
    for _ in range(WARM_UP):
        await processing.process_event(ctx, taken.id)
    with costing(cost, statements=2, round_trips=3):
        await processing.process_event(ctx, taken.id)


async def test_an_approval_and_its_execution(ctx: Context, client: Client, cost: Cost) -> None:
    ids = [
        await records.pending_id(
            ctx, f"in_{number}", customer=f"cus_{number}", customer_email=f"billing@{number}.example"
        )
        for number in range(WARM_UP + 1)
    ]
    for proposal_id in ids[:-1]:
        await client.proposals.approve(proposal_id, 1)
        await processing.execute_proposal(ctx, proposal_id, 1)
    # One of them asks how many operators have to approve it, and how many have.
    with costing(cost, statements=7, round_trips=6):
        await client.proposals.approve(ids[-1], 1)
    # One of them asks whether the customer is among those that paid most, as the words of card_update depend on it.
    # Another lets the record of the result wait longer for locks, since the call to the outside cannot be repeated.
    with costing(cost, statements=18, round_trips=12):
        await processing.execute_proposal(ctx, ids[-1], 1)
    assert len(records.mails(ctx)) == WARM_UP + 1


# Plans

HOT: list[tuple[str, str, dict[str, Any]]] = [
    ("events", "lock", {"id": 2500}),
    ("events", "still_received", {"ids": [2498, 2499, 2500]}),
    ("events", "next_of_subject", {"id": 2500, "tried": [2500]}),
    (
        "events",
        "unanswered_of_subject",
        {
            "subject_key": "cus_2500",
            "object_id": "in_2500",
            "event_id": 2500,
            "since": "2020-01-01",
            "drafted_anew": "drafted anew: ",
            "types": ["charge.dispute.created"],
            "each": False,
            "together": ["card_update"],
            "together_types": ["invoice.payment_failed"],
            "covered": [],
            "covering": [],
            "naming": [],
        },
    ),
    (
        "ledger",
        "facts_of_subject",
        {"ids": ["in_2500"], "subject": "cus_2500", "until": "2020-01-01"},
    ),
    ("proposals_write", "lock_open", {"subject_key": "cus_2500", "object_id": "in_2500"}),
    ("proposals_write", "lock_of_event", {"event_id": 2500, "play": "card_update"}),
    ("proposals_write", "lock_live", {"dedupe_key": "card_update:in_2500"}),
    ("proposals_write", "try_lock_thread", {"id": 2500}),
    ("proposals_write", "lock_object", {"id": 2500}),
    ("proposals_write", "lock_to_send", {"id": 2500}),
    ("proposals_write", "lock_approved", {"id": 2500, "undo_window": 5, "team": [], "since": "2020-01-01"}),
    ("proposals_read", "contacts", {"id": 2500, "team": [], "since": "2020-01-01", "limit": 1}),
    ("proposals_read", "beside", {"id": 2500, "limit": 5}),
    ("proposals_read", "approvers", {"id": 2500}),
    ("executions", "may_be_out", {"proposal_id": 2500}),
    (
        "proposals_write",
        "last_held",
        {"dedupe_key": "card_update:in_2500", "hours": 48, "stage": None, "covers": ["in_2500"]},
    ),
    ("ledger", "linked_snapshots", {"object_ids": ["in_2500"]}),
    ("ledger", "is_top_customer", {"customer": "cus_2500", "since": "2020-01-01", "most": 1000}),
    (
        "backfills",
        "objects_on_record",
        {"object_ids": ["cus_2500"], "object_types": ["invoice"], "except_id": "in_1"},
    ),
    ("recoveries", "creditable", {"object_ids": ["in_2500"]}),
    ("recoveries", "events_of_invoice", {"subject_key": "cus_2500", "object_id": "in_2500"}),
    ("recoveries", "executed_by_thread", {"thread_id": "t2500"}),
    ("proposals_read", "events_of", {"id": 2500}),
    ("proposals_read", "versions", {"id": 2500}),
    ("executions", "of_proposal", {"proposal_id": 2500}),
    ("executions", "of_approval", {"proposal_id": 2500, "approval_no": 1}),
]
# The pages of lists, whose plans are made for the values: a plan for any values would reckon with a tenth of the table.
PAGES: list[tuple[str, str, dict[str, Any]]] = [
    *[
        ("proposals_read", "list", {"limit": 50, "status": status, "before": None})
        for status in (None, "pending", "executing", "rejected")
    ],
    *[
        ("proposals_read", "decided", {"limit": 50, "status": status, "after_at": None, "after_id": None})
        for status in (None, "executed", "rejected")
    ],
    *[
        ("events", "list", {"limit": 50, "status": status, "type": type_, "before": None})
        for status in (None, "ignored", "failed")
        for type_ in (None, "radar.%", "invoice.paid")
    ],
    ("proposals_read", "inbox", {"limit": 60, "after_rank": None, "after_id": None}),
]
MANY = 4000


LIMIT = 300  # rows that a step of a hot query's plan may read among the thousands
ONCE = (
    2 * MANY
)  # the same where Postgres has no statistics yet: a table once, never once for each of its rows


@pytest.mark.fresh_database
async def test_a_hot_query_reads_few_rows(ctx: Context) -> None:
    await fill(ctx)
    assert await rows_of_queries_beyond(ctx, ONCE) == {}
    await records.run(ctx, "analyze")  # as the owner: others skip the tables
    assert await rows_of_queries_beyond(ctx, LIMIT) == {}


async def rows_of_queries_beyond(ctx: Context, limit: int) -> dict[str, float]:
    """The most rows that a step of a query reads, by query, where they are more than these."""
    rows = {}
    for table, name, values in [*HOT, *PAGES]:
        async with ctx.transaction() as conn:
            if (table, name, values) in HOT:
                await conn.execute(
                    b"set local plan_cache_mode = force_generic_plan"
                )  # as a prepared statement runs
            explain = b"explain (analyze, format json) " + queries.load(table)[name]
            [row] = await queries.many(conn, explain, **values)
        rows[f"{table}.{name} {values}"] = max(rows_read(row["QUERY PLAN"][0]["Plan"]))
    assert len(rows) == len(HOT) + len(PAGES)
    return {query: count for query, count in rows.items() if count > limit}


async def fill(ctx: Context) -> None:
    """Add thousands of proposals, an approval of each, events and snapshots."""
    await propose_many(ctx, MANY)
    async with records.as_owner(ctx) as owner, owner.connection() as conn:
        await conn.execute("alter table approvals disable trigger user")
        await conn.execute(
            "insert into approvals (proposal_id, version, payload_sha256, operator_id, last_actor)"
            " select id, version, payload_sha256, 1, '{}' from action_proposals"
        )
    async with ctx.connection() as conn:
        await conn.execute(
            "insert into events (source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key, livemode)"
            " select 'stripe', 'invoice.payment_failed', now(), '{}', 'evt_' || n, 'in_' || n, 'cus_' || n, true"
            " from generate_series(1, %s::int) n",
            (MANY,),
        )
        await conn.execute(  # of others than the customers above, who paid nothing
            "insert into transactions (occurred_at, kind, amount_minor, currency, customer, source, external_id)"
            " select now(), 'invoice_paid', n, 'USD', 'other_' || n, 'stripe', 'in_' || n from generate_series(1, %s::int) n",
            (MANY,),
        )
        await conn.execute(
            "insert into snapshots (object_id, object_type, subject_key, state, as_of, rank, tiebreak, links)"
            " select 'in_' || n, 'invoice', 'cus_' || n, '{}', now(), 0, '', '{}' from generate_series(1, %s::int) n",
            (MANY,),
        )


def rows_read(plan: dict[str, Any]) -> Iterator[float]:
    """The rows that each step of a plan read, those that it dropped included."""
    dropped = sum(plan.get(f"Rows Removed by {by}", 0) for by in ("Filter", "Index Recheck", "Join Filter"))
    yield (plan["Actual Rows"] + dropped) * plan["Actual Loops"]
    for part in plan.get("Plans", []):
        yield from rows_read(part)

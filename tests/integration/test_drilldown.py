"""Drilling down from a row: its filters for every metric, and the proposals and events that they leave."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from execops.books import cash
from execops.canvas import catalogue
from execops.canvas.drilldown import DrillDown, row_filters
from execops.canvas.result import Answer
from execops.canvas.run import open_canvas
from execops.client import Client
from execops.context import Context
from execops.settings import Secret, Settings
from jobs.bootstrap import open_context
from tests.answers import answer
from tests.records import as_owner, pending_id, proposal, rows, run
from tests.stripe_events import event, failed, fixture, take_in

FROM, TO = date(2026, 1, 15), date(2026, 11, 23)


def answer_of(metric: str, columns: str, row: tuple[Any, ...], **params: Any) -> Answer:
    bound = {"from": FROM, "to": TO, "group_by": None} | params
    return answer(columns, [row, row], metric=metric, params=bound, title="T")


@pytest.mark.parametrize(
    ("group", "start", "since", "until"),
    [
        ("month", date(2026, 2, 1), date(2026, 2, 1), date(2026, 3, 1)),
        ("month", date(2026, 1, 1), FROM, date(2026, 2, 1)),  # the period begins within it
        ("month", date(2026, 11, 1), date(2026, 11, 1), TO),
        ("quarter", date(2026, 4, 1), date(2026, 4, 1), date(2026, 7, 1)),
        ("quarter", date(2026, 1, 1), FROM, date(2026, 4, 1)),
        ("week", date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 9)),
        ("day", date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 3)),
    ],
)
def test_a_row_of_time_is_its_days_within_the_period(
    group: str, start: date, since: date, until: date
) -> None:
    place = row_filters(answer_of("refunds", f"{group} date, refunds count", (start, 1), group_by=group), 0)
    assert (place.filters["since"], place.filters["until"]) == (since, until)


@pytest.mark.parametrize(
    ("metric", "columns", "row", "params", "narrows"),
    [
        ("top_customers", "customer text, name text, currency currency, revenue money",
         ("cus_1", "Acme", "USD", 5), {},
         {"customer": "cus_1", "currency": "USD", "drafted": True, "kinds": ["charge", "refund", "dispute"]}),
        ("failed_payments", "failed_on date, customer text, invoice text, status text",
         (FROM, None, "in_1", "open"), {},
         {"object_id": "in_1", "customer": None, "status": None, "types": ["invoice.payment_failed"]}),
        ("spend_by_vendor", "vendor text, currency currency, spent money", ("AWS", "EUR", 5),
         {"group_by": "vendor"},
         {"vendor": "AWS", "currency": "EUR", "plays": ["spend_spike"], "kinds": ["issuing", "bank"]}),
        ("spend_by_vendor", "vendor text, currency currency, spent money", (None, "EUR", 5),
         {"group_by": "vendor"}, {"vendor": ""}),
        ("spend_over_time", "month month, currency currency, spent money", (date(2026, 2, 1), "EUR", 5),
         {"group_by": "month", "vendor": "AWS"}, {"vendor": "AWS", "since": date(2026, 2, 1)}),
        ("events", "type text, events count", ("invoice.paid", 5), {"group_by": "type"},
         {"types": ["invoice.paid"], "action_type": None}),
        ("proposals", "type text, proposals count", ("email", 5), {"group_by": "type"},
         {"action_type": "email", "drafted": True, "types": None}),
        ("proposals", "status text, proposals count", ("failed", 5), {"group_by": "status"}, {"status": "failed"}),
        ("precision", "play text, approved count", ("card_update", 5), {"group_by": "play"},
         {"play": "card_update", "decided": True, "drafted": False}),
        ("recovered_revenue", "play text, currency currency, recovered money", ("card_update", "USD", 5),
         {"group_by": "play"}, {"play": "card_update", "credited": True, "currency": "USD"}),
        ("fees", "type text, currency currency, fees money", ("fee", "USD", 5), {"group_by": "type"},
         {"kinds": ["fee"], "action_type": None}),
        ("disputes", "reason text, currency currency, lost money", (None, "USD", 5), {"group_by": "reason"},
         {"reason": "", "plays": ["dispute_lost", "dispute_response"]}),
        ("runway", "currency currency, months months", ("USD", 5), {"from": None, "to": None},
         {"since": None, "plays": ["runway_low"], "kinds": None}),
        ("no_longer_there", "a text, b count", ("x", 5), {"group_by": "play"}, {"drafted": False, "types": None}),
    ],
)  # fmt: skip
def test_a_row_narrows_what_stands_behind_it(
    metric: str, columns: str, row: tuple[Any, ...], params: dict[str, Any], narrows: dict[str, Any]
) -> None:
    filters = row_filters(answer_of(metric, columns, row, **params), 0).filters
    assert {name: filters[name] for name in narrows} == narrows


def test_every_metric_says_what_stands_behind_its_rows() -> None:
    assert [metric.name for metric in catalogue.load().values() if not metric.behind] == []


async def test_every_metrics_rows_can_be_looked_behind(ctx: Context, client: Client) -> None:
    async with open_canvas(ctx) as canvas:
        for metric in catalogue.load().values():
            for group in metric.groups:
                columns = ", ".join(f"{column.name} {column.unit}" for column in metric.columns)
                row = tuple(
                    date(2026, 2, 1)
                    if column.name == "bucket" and group in catalogue.TIME_GROUPS
                    else "x"
                    if column.unit in {"text", "currency"}
                    else 1
                    for column in metric.columns
                )
                details = await canvas.drill_down(
                    answer_of(metric.name, columns, row, group_by=group or None), 0
                )
                assert (details.proposals, details.events) == ((), ())
                assert "No proposal" in details.nothing


async def test_behind_a_failed_payment_are_its_proposal_and_its_failures(
    ctx: Context, client: Client
) -> None:
    now = int(time.time())
    mine = await pending_id(ctx, "in_1", created=now - 60)
    await take_in(ctx, failed("in_1", created=now, attempt_count=2))
    await pending_id(ctx, "in_2", customer="cus_2", created=now)
    details = await behind(client, "failed payments", "in_1")
    assert [summary.id for summary in details.proposals] == [mine]
    assert [event["type"] for event in details.events] == ["invoice.payment_failed"] * 2
    assert details.events[0]["occurred_at"] > details.events[1]["occurred_at"]
    assert "in_1" not in details.nothing


async def test_behind_a_vendor_are_the_proposals_about_its_months(ctx: Context, client: Client) -> None:
    """The query cuts the vendor out of the object id that `spend_object` makes."""
    objects = [
        cash.spend_object(vendor, currency, month)
        for vendor, currency, month in (
            ("a:b", "EUR", "2026-02"), ("a:b", "JPY", "1999-12"), ("b", "EUR", "2026-02"), ("a:b c", "EUR", "2026-02"),
        )
    ]  # fmt: skip
    for object_id in (*objects, "spend:a:b", "other:2026-02:EUR:a:b"):
        await run(
            ctx,
            "insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key,"
            " payload, reasoning, drafted_by, dedupe_key, thread_id, expires_at, created_at)"
            " values ('low', 'money', 'spend_spike', 'slack', 'T', %(id)s, %(id)s, '{}', 'R', '{}', %(id)s, %(id)s,"
            " now() + interval '1 day', '2026-02-02')".replace("%(id)s", "$$" + object_id + "$$"),
        )
    columns = "vendor text, currency currency, spent money"
    async with open_canvas(ctx) as canvas:
        row = answer_of("spend_by_vendor", columns, ("a:b", None, 5), group_by="vendor")
        behind_row = await canvas.drill_down(row, 0)
    assert sorted(proposal.object_id for proposal in behind_row.proposals) == sorted(objects[:2])


async def test_behind_a_customer_is_what_was_drafted_about_it(ctx: Context, client: Client) -> None:
    mine = await pending_id(ctx, "in_1", customer="cus_1")
    await pending_id(ctx, "in_2", customer="cus_2")
    now = datetime.now(UTC)
    for customer in ("cus_1", "cus_2"):
        await charge(ctx, customer, now)
    details = await behind(client, "top customers", "cus_1")
    assert [summary.id for summary in details.proposals] == [mine]
    assert details.events == ()
    assert "imported or backfilled" in details.nothing


async def test_behind_money_are_the_events_that_told_of_it_and_what_they_fed(
    ctx: Context, client: Client
) -> None:
    now = int(time.time())
    charged = fixture("charge", id="ch_1", amount=1200, currency="usd", customer="cus_1", status="succeeded",
                      paid=True, captured=True, created=now)  # fmt: skip
    await take_in(ctx, event("charge.succeeded", charged, created=now))
    await charge(ctx, "cus_1", datetime.now(UTC) - timedelta(days=40))
    asked = await client.canvas.ask("net revenue")
    assert asked.answer is not None
    at = len(asked.answer.rows) - 1
    details = await client.canvas.behind(asked.answer, at)
    assert [event["type"] for event in details.events] == ["charge.succeeded"]
    assert (await client.canvas.behind(asked.answer, at - 1)).events == ()


async def test_behind_a_status_are_the_proposals_that_stand_so(ctx: Context, client: Client) -> None:
    first, second = await pending_id(ctx, "in_1"), await pending_id(ctx, "in_2", customer="cus_2")
    await client.proposals.reject(first, 1)
    assert [summary.id for summary in (await behind(client, "proposals", "pending")).proposals] == [second]
    assert [summary.id for summary in (await behind(client, "proposals", "rejected")).proposals] == [first]
    assert [summary.id for summary in (await behind(client, "precision", "card_update")).proposals] == [first]


async def test_what_was_recovered_leads_to_the_action(ctx: Context, client: Client) -> None:
    mine, _ = await pending_id(ctx, "in_1"), await pending_id(ctx, "in_2", customer="cus_2")
    decided = await proposal(ctx, mine)
    now = datetime.now(UTC)
    await run(
        ctx,
        "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, source)"
        " values ('in_1', %s, 'invoice_paid', 4900, 'USD', 'test')",
        now,
    )
    async with as_owner(ctx) as owner, owner.transaction() as conn:
        await conn.execute(b"alter table recoveries disable trigger all")
        await conn.execute(
            b"insert into recoveries (object_id, proposal_id, amount_minor, currency, paid_at, executed_at,"
            b" last_actor) values (%s, %s, 4900, 'USD', %s, %s, '{}')",
            (decided.object_id, mine, now, now),
        )
    asked = await client.canvas.ask("recovered revenue")
    assert asked.answer is not None
    details = await client.canvas.behind(asked.answer, len(asked.answer.rows) - 1)
    assert [summary.id for summary in details.proposals] == [mine]


async def test_the_console_opens_its_connections_once_and_the_context_closes_them(
    ctx: Context, settings: Settings, founder_token: Secret
) -> None:
    async with open_context(settings) as own:
        mine = await Client.login(own, founder_token)
        assert mine.canvas.metrics()
        assert not await sessions(ctx)
        await mine.canvas.ask("net revenue")
        await mine.canvas.ask("top customers")
        assert (await mine.canvas.ask("what is the weather")).answer is None
        assert len(await sessions(ctx)) == 1
    async with asyncio.timeout(10):
        while await sessions(ctx):
            pass


async def sessions(ctx: Context) -> list[dict[str, Any]]:
    return await rows(
        ctx,
        "select pid from pg_stat_activity where application_name = 'execops canvas'"
        " and datname = current_database()",
    )


async def charge(ctx: Context, customer: str, at: datetime) -> None:
    """A charge that was backfilled."""
    await run(
        ctx,
        "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, customer, source)"
        " values (%s, %s, 'charge', 1000, 'USD', %s, 'test')",
        f"{customer}-{at}",
        at,
        customer,
    )


async def behind(client: Client, question: str, named: str) -> DrillDown:
    """The proposals and events behind the row that names this."""
    asked = await client.canvas.ask(question)
    assert asked.answer is not None
    at = next(at for at, row in enumerate(asked.answer.rows) if named in row)
    return await client.canvas.behind(asked.answer, at)

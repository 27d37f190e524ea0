"""The moments of answers: the order of the latest, the last day that counts, the days that a cut keeps, the receipt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from execops.canvas.params import MAX_ROWS
from execops.canvas.result import Answer
from execops.canvas.run import Canvas, open_canvas
from execops.context import Context
from execops.errors import InvalidInputError
from jobs.bootstrap import open_context
from tests.conftest import MakeSettings
from tests.records import record_event, run
from tests.stripe_events import event, failed, fixture

DAY = date(2024, 6, 15)


@pytest.fixture
async def canvas(ctx: Context) -> AsyncIterator[Canvas]:
    async with open_canvas(ctx) as opened:
        yield opened


async def book(ctx: Context, kind: str, at: str, amount: int = 100, currency: str = "USD") -> None:
    await run(
        ctx,
        "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, counterparty, customer,"
        " source) values (gen_random_uuid()::text, %s::timestamptz, %s, %s, %s, 'AWS', 'cus_1', 'test')",
        at, kind, amount, currency,
    )  # fmt: skip


async def asked(canvas: Canvas, question: str, as_of: date = DAY) -> Answer:
    answer = (await canvas.ask(question, as_of)).answer
    assert answer is not None, question
    return answer


async def test_the_last_failed_payments_are_those_of_the_latest_moments(ctx: Context, canvas: Canvas) -> None:
    morning = int(datetime(2024, 6, 10, 8, tzinfo=UTC).timestamp())
    for hour, invoice in enumerate(["in_m", "in_z", "in_a", "in_k"]):
        await record_event(ctx, failed(invoice, created=morning + hour * 3600))
    await record_event(ctx, failed("in_m", created=morning + 2 * 3600 + 1800))
    answer = await asked(canvas, "the last 3 failed payments")
    assert [row[3] for row in answer.rows] == ["in_k", "in_m", "in_a"]
    latest = await asked(canvas, "the last failed payment")
    assert [row[3] for row in latest.rows][:1] == ["in_k"]


async def test_failed_payments_of_the_other_mode_do_not_count(ctx: Context, canvas: Canvas) -> None:
    moment = int(datetime(2024, 6, 10, 8, tzinfo=UTC).timestamp())
    await record_event(ctx, failed("in_1", created=moment))
    await run(ctx, "update events set status = 'processed'")
    await run(
        ctx,
        "insert into events (source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key, livemode,"
        " status) values ('stripe', 'invoice.payment_failed', '2024-06-10 09:00Z', '{}', 'other', 'in_2', 'cus_1',"
        " false, 'ignored')",
    )
    assert [row[3] for row in (await asked(canvas, "failed payments this month")).rows] == ["in_1"]
    for params in ({"group_by": "month"}, {"group_by": "month", "customer": "cus_1"}):
        count = await canvas.answer("failed_payment_count", params, DAY)
        assert sum(row[1] for row in count.rows) == 1


@pytest.mark.parametrize("listed", [True, False])
async def test_a_failure_whose_charge_names_no_invoice_tells_its_reason(
    ctx: Context, canvas: Canvas, listed: bool
) -> None:
    """Since 2025 a charge names no invoice: the invoice lists its payments, or the amount tells."""
    moment = int(datetime(2024, 6, 10, 8, tzinfo=UTC).timestamp())
    for number, code in enumerate(("expired_card", "insufficient_funds")):
        refused: dict[str, Any] = {
            "id": f"ch_{number}",
            "payment_intent": f"pi_{number}",
            "invoice": None,
            "customer": "cus_1",
        }
        refused |= {"status": "failed", "failure_code": code, "currency": "usd", "created": moment}
        amount = 4900 if listed else 4900 + number
        payment = {"payment": {"type": "payment_intent", "payment_intent": f"pi_{number}"}}
        of_invoice = {"payments": {"data": [payment] if listed else []}}
        await record_event(
            ctx, event("charge.failed", fixture("charge", **refused, amount=amount), created=moment)
        )
        await record_event(
            ctx,
            failed(f"in_{number}", created=moment, amount_due=amount, amount_remaining=amount, **of_invoice),
        )
    answer = await asked(canvas, "failed payments this month")
    reasons = {row["invoice"]: row["reason"] for row in answer.records()}
    assert reasons == {"in_0": "expired_card", "in_1": "insufficient_funds"}


WHOLE_UNITS = [
    "in 2024",
    "in June",
    "in June 2024",
    "in Q2",
    "in H1 2024",
    "this year",
    "this fiscal year",
    "in FY25",
]


@pytest.mark.parametrize("words", WHOLE_UNITS)
async def test_a_period_ends_with_the_day_that_stands_for_today(
    make_settings: MakeSettings, ctx: Context, words: str
) -> None:
    for kind in ("charge", "refund", "issuing", "payout", "fee"):
        for at in ("2024-06-01T12:00Z", "2024-06-15T23:59Z", "2024-06-16T00:00Z", "2024-06-20T12:00Z"):
            await book(ctx, kind, at, 100 if kind == "charge" else -100)
    async with open_context(make_settings(fiscal_year_start=4)) as fiscal, open_canvas(fiscal) as canvas:
        for question, metric in (
            (f"net revenue {words}", "net_revenue"),
            (f"refunds {words}", "refunds"),
            (f"how much did we spend {words}", "spend_over_time"),
            (f"fees {words}", "fees"),
            (f"payouts {words}", "payouts"),
        ):
            by_month = await asked(canvas, question)
            assert by_month.metric == metric
            assert by_month.receipt.params["to"] == date(2024, 6, 16), question
            in_sum = await asked(canvas, f"{question} by currency")
            by_day = await canvas.answer(
                metric, by_month.receipt.params | {"group_by": "day", "to": "2025-04-01"}, DAY
            )
            sums = {
                sum(row[2 if answer is not in_sum else 1] for row in answer.rows)
                for answer in (by_month, in_sum, by_day)
            }
            assert sums == {200}, question
        top = await asked(canvas, f"top customers {words}")
        assert [row[3:] for row in top.rows] == []  # as much was refunded as was paid


async def test_a_period_that_begins_after_that_day_is_refused(canvas: Canvas) -> None:
    with pytest.raises(InvalidInputError, match="from takes a date up to 2024-06-15"):
        await canvas.answer("refunds", {"from": "2024-06-16", "to": "2024-07-01"}, DAY)


async def test_a_cut_keeps_the_latest_days(ctx: Context, canvas: Canvas) -> None:
    for currency in ("EUR", "JPY", "USD"):
        await book(ctx, "charge", "2023-01-01T12:00Z", 1, currency)
        await book(ctx, "charge", "2024-06-15T12:00Z", 7, currency)
    answer = await canvas.answer("net_revenue", {"from": "2023-01-01", "group_by": "day"}, DAY)
    days = [row[0] for row in answer.rows]
    assert answer.receipt.truncated
    assert "latest" in str(answer.receipt.cut)
    assert days == sorted(days)
    assert days[-1] == DAY
    assert len(days) == 3 * len(set(days)) <= MAX_ROWS < len(days) + 3  # no day without one of its currencies
    assert {row[5] for row in answer.rows[-3:]} == {7}
    whole = await canvas.answer("net_revenue", {"from": "2023-01-01", "group_by": "month"}, DAY)
    assert not whole.receipt.truncated
    assert whole.receipt.cut is None


async def test_a_cut_keeps_the_first_of_every_currency(ctx: Context, canvas: Canvas) -> None:
    await run(
        ctx,
        "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, customer, source)"
        " select c || n, '2024-06-10 12:00Z', 'charge', n, c, 'cus_' || n, 'test'"
        " from generate_series(1, 700) n cross join unnest(array['EUR', 'USD']) c",
    )
    answer = await canvas.answer("net_revenue", {"group_by": "customer"}, DAY)
    assert (len(answer.rows), answer.receipt.truncated) == (MAX_ROWS, True)
    assert [row[1] for row in answer.rows] == ["EUR"] * 500 + ["USD"] * 500
    assert [row[5] for row in answer.rows] == [*range(700, 200, -1)] * 2


async def test_a_receipts_moments_are_the_latest_that_count(ctx: Context, canvas: Canvas) -> None:
    moments = (
        "2024-06-14T12:00Z",
        "2024-06-15T08:00Z",
        "2024-06-10T12:00Z",
        "2024-06-16T00:00Z",
        "2024-06-01T12:00Z",
    )
    for at in moments:
        await book(ctx, "charge", at)
        await record_event(ctx, failed(created=int(datetime.fromisoformat(at).timestamp())))
    mark = (await canvas.answer("refunds", {}, DAY)).receipt.watermark
    latest = datetime(2024, 6, 15, 8, tzinfo=UTC)
    assert (mark.transaction_at, mark.event_at) == (latest, latest)
    (ids,) = await record_ids(ctx)
    assert (mark.event_id, mark.transaction_id) == (ids["event"], ids["movement"])


async def record_ids(ctx: Context) -> list[dict[str, Any]]:
    async with ctx.connection() as conn:
        query = (
            b"select (select max(id) from events) as event, (select max(id) from transactions) as movement"
        )
        return await (await conn.execute(query)).fetchall()

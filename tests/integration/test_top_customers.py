"""Whether a customer is in the tenth that paid most: by sums that are kept, as all payments would say."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from execops.books import costly_facts
from execops.context import Context
from execops.db import queries
from tests import records
from tests.integration.test_counts import rows_read

SQL = queries.load("ledger")
# The rule itself, over all payments since the moment.
BY_PAYMENTS = """
with moved as (
    select customer, kind, coalesce(charge_currency, currency) as currency,
           coalesce(charge_minor, amount_minor) as amount_minor
    from transactions
    where kind in ('invoice_paid', 'charge', 'refund', 'dispute') and customer is not null
      and occurred_at >= now() - interval '365 days' - interval '1 day' * %s
), paid as (
    select customer, currency,
           greatest(sum(amount_minor) filter (where kind = 'invoice_paid'),
                    sum(amount_minor) filter (where kind = 'charge'))
           + coalesce(sum(amount_minor) filter (where kind in ('refund', 'dispute')), 0) as amount
    from moved
    group by customer, currency
    having count(*) filter (where kind = 'invoice_paid') > 0
), ranked as (
    select customer, percent_rank() over (partition by currency order by amount) as rank,
           count(*) over (partition by currency) as customers
    from paid
)
select distinct customer from ranked where rank >= 0.9 and customers >= 10 order by customer
"""
MOVED = """
insert into transactions (occurred_at, kind, amount_minor, currency, customer, source, external_id, charge_minor, charge_currency)
select now() - interval '1 hour' * (ago * 24 + n %% 24), kind,
       case when kind in ('refund', 'dispute') then -amount / 4 else amount end, currency, customer, 'stripe',
       %s || n, case when abroad then -amount / 5 end, case when abroad then 'USD' end
from unnest(%s::int[], %s::text[], %s::int[], %s::text[], %s::text[]) with ordinality m (ago, kind, amount, currency, customer, n)
cross join lateral (select kind = 'dispute' and amount %% 3 = 0 as abroad) as disputed
"""
CUSTOMERS = 30
SETTLE = "select paid_lately_settle('default', now() - interval '365 days' - interval '1 day' * %s)"
REBUILD = "select rollup_rebuild('default', 'Asia/Tokyo')"
WORK: dict[str, tuple[str, list[int]]] = {  # the changes of a ledger, and what keeps the sums
    "refunds with a customer at last": ("update transactions set customer = 'cus_3' where customer is null", []),
    "charges of another currency": (
        "update transactions set charge_minor = -9, charge_currency = 'EUR' where kind = 'dispute' and id %% 7 = 0", []
    ),
    "releases": ("update transactions set kind = 'release' where kind = 'refund' and id %% 5 = 0", []),
    "an import undone": ("delete from transactions where id %% 11 = 0", []),
    "sums that begin later": (SETTLE, [-30]),
    "a clock that went back": (SETTLE, [40]),
    "all anew": (REBUILD, []),
    "sums of the day before": (SETTLE, [1]),
}  # fmt: skip


def movements(chance: random.Random, count: int) -> list[list[Any]]:
    """Random columns of movements of the last 500 days, in the order in which they came."""
    kinds = ["invoice_paid", "invoice_paid", "charge", "charge", "refund", "dispute", "fee"]
    names = [None, *(f"cus_{n}" for n in range(CUSTOMERS))]
    return [
        [chance.randrange(500) for _ in range(count)],
        [chance.choice(kinds) for _ in range(count)],
        [chance.randrange(100, 20_000) for _ in range(count)],
        [chance.choice(["USD", "USD", "EUR"]) for _ in range(count)],
        [chance.choice(names) for _ in range(count)],
    ]


async def compare(ctx: Context, days: int, after: str) -> int:
    """How many are top customers, as of so many days before now; the sums must say what the payments say."""
    top = {row["customer"] for row in await records.rows(ctx, BY_PAYMENTS, days)}
    now = ctx.clock.now()
    said = set()
    async with ctx.transaction() as conn:
        for number in range(CUSTOMERS):
            row = await queries.the_one(
                conn,
                SQL["is_top_customer"],
                customer=f"cus_{number}",
                since=now - timedelta(days=365 + days),
                most=10**6,
            )
            if row["top"]:
                said.add(f"cus_{number}")
    assert said == top, (after, days)
    return len(top)


async def test_the_sums_say_what_all_payments_say(ctx: Context) -> None:
    chance = random.Random(20)
    tops = 0
    for step, (after, (statement, values)) in enumerate(WORK.items()):
        await records.run(ctx, MOVED, f"{step}:", *movements(chance, 300))
        await records.run(ctx, statement, *values)
        await records.run(ctx, MOVED, f"{step}::", *movements(chance, 60))
        for days in (0, 20, -100):
            tops += await compare(ctx, days, after)
    assert tops > 60  # most of the questions have such customers


async def test_a_movement_that_is_booked_while_the_sums_are_settled_counts_once(ctx: Context) -> None:
    """One writer commits after the sums moved on, another one before; nobody waits for anybody."""
    chance = random.Random(21)
    await records.run(ctx, MOVED, "first:", *movements(chance, 300))
    async with ctx.transaction() as late, ctx.transaction() as busy:
        await late.execute(MOVED.encode(), ["late:", *movements(chance, 200)])
        await busy.execute(SETTLE.encode(), [-20])
        async with ctx.transaction() as third:
            await third.execute(MOVED.encode(), ["other:", *movements(chance, 200)])
            await third.execute(SETTLE.encode(), [-200])  # another transaction is at it: nothing happens
    for days in (0, -20, -100):
        await compare(ctx, days, "late")
    await records.run(ctx, SETTLE, -20)
    await compare(ctx, 0, "late, settled")


@pytest.mark.fresh_database
@pytest.mark.parametrize("payments", [100, 500])
async def test_a_rank_reads_customers_and_not_payments(ctx: Context, payments: int) -> None:
    """Twenty customers with so many payments; a few came since the sums were brought up to date."""
    paid = (
        "insert into transactions (occurred_at, kind, amount_minor, currency, customer, source, external_id)"
    )
    paid += " select now() - interval '1 hour' * (n %% 8000), 'invoice_paid', n, 'USD', 'cus_' || n %% 20, 'stripe', 'in_' || n"
    await records.run(ctx, paid + f" from generate_series(1, {20 * payments}) n")
    async with ctx.transaction() as conn:
        await costly_facts.of_subject(conn, ctx.settings, ctx.clock.now(), "cus_1", {"top_customer"})
        await queries.many(conn, SQL["settle_paid"], since=ctx.clock.now() - timedelta(days=366))
    await records.run(ctx, paid.replace("'in_'", "'new_'") + " from generate_series(1, 30) n")
    async with records.as_owner(ctx) as owner, owner.connection() as conn:
        await conn.execute(b"vacuum analyze")
    async with ctx.transaction() as conn:
        explain = b"explain (analyze, format json) " + SQL["is_top_customer"]
        since = ctx.clock.now() - timedelta(days=365)
        [row] = await queries.many(conn, explain, customer="cus_1", since=since, most=1000)
    assert max(rows_read(row["QUERY PLAN"][0]["Plan"])) <= 420

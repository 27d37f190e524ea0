"""`python -m tests.bench.canvas`: time each metric as the history grows, and say whether the budget holds.

The company is the same at every size: three years, 500 customers and 60 vendors in three currencies (each in
one). Only the number of movements grows. The sizes are asked in turns, so that they share the load of the machine.
The triggers that keep the sums see every row that is loaded, as they see the ledger's own writes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import psycopg

from execops.canvas import catalogue
from execops.canvas.run import Canvas, open_canvas
from jobs.bootstrap import open_context
from tests.bench.report import Figure, p95
from tests.bench.stage import Stage, compile_all, open_stage

SIZES = (10_000, 100_000, 1_000_000)
TODAY = date(2026, 11, 22)
BUDGET = 2.0  # the largest size against the smallest
ROUNDS = 40
_PORTION = 50_000

_MOVEMENTS = """
insert into transactions (occurred_at, kind, amount_minor, currency, counterparty, customer, source, external_id)
select timestamptz '2023-11-22 12:00Z' + n * (interval '1096 days' / {size}),
       kind, case when kind in ('charge', 'invoice_paid') then 1 else -1 end * (100 + n * 31 % 90000),
       (array['USD', 'EUR', 'GBP'])[1 + case when kind in ('issuing', 'bank') then n * 17 % 60
                                         else n * 37 % 500 end % 3],
       case when kind in ('issuing', 'bank') then 'Vendor ' || n * 17 % 60 when kind = 'fee' then 'Stripe' end,
       case when kind in ('charge', 'refund', 'invoice_paid', 'fee') then 'cus_' || n * 37 % 500 end,
       'bench', n::text
from (select n::bigint, (array['charge', 'charge', 'charge', 'charge', 'invoice_paid', 'invoice_paid', 'fee',
                               'refund', 'dispute', 'payout', 'issuing', 'bank'])[1 + n % 12] as kind
      from generate_series({first}, {last}) n) each
"""
_REST = """
insert into mrr_levels (subscription, customer, at, currency, tiebreak, level_minor)
select 'sub_' || n, 'cus_' || n % 500, timestamptz '2023-11-22 12:00Z' + n * interval '13 hours', 'USD', '', 5000
from generate_series(1, 2000) n;
insert into mrr_changes (subscription, customer, at, currency, delta_minor, kind)
select 'sub_' || n, 'cus_' || n % 500, timestamptz '2023-11-22 12:00Z' + n * interval '13 hours', 'USD',
       case when n % 3 = 0 then -5000 else 5000 end, case when n % 3 = 0 then 'churn' else 'new' end
from generate_series(1, 2000) n;
insert into balances (account, kind, as_of, amount_minor, currency)
select 'bank:main', 'current', timestamptz '2023-11-22 12:00Z' + n * interval '1 day', 900000000,
       (array['USD', 'EUR', 'GBP'])[1 + n % 3]
from generate_series(1, 1096) n;
insert into events (source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key, livemode, status)
select 'stripe', 'invoice.payment_failed', timestamptz '2023-11-22 12:00Z' + n * interval '5 hours', '{}', n::text,
       'in_' || n, 'cus_' || n % 500, true, 'processed'
from generate_series(1, 5000) n;
insert into open_amounts (invoice, at, tiebreak, failed, attempt, open_minor, paid_minor, currency, customer)
select 'in_' || n, timestamptz '2023-11-22 12:00Z' + n * interval '5 hours', '', true, 1, 5000, 0, 'USD',
       'cus_' || n % 500
from generate_series(1, 5000) n;
"""


async def load(url: str, size: int) -> float:
    """Fill the database; returns how many movements were booked a second, sums included."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        begin = time.perf_counter()
        for first in range(1, size + 1, _PORTION):
            last = min(first + _PORTION - 1, size)
            await conn.execute(_MOVEMENTS.format(size=size, first=first, last=last).encode())
        took = time.perf_counter() - begin
        await conn.execute(_REST.encode())
        await conn.execute(b"vacuum analyze")
    return size / took


async def measure(stage: Stage) -> list[Figure]:
    """The figure of the metric whose time grows most from the smallest history to the largest."""
    small, large = SIZES[0], SIZES[-1]
    p95_ms = await run(stage, (small, large), ROUNDS)
    worst = max(catalogue.load(), key=lambda name: p95_ms[large][name] / p95_ms[small][name])
    return [
        Figure(
            name=f"canvas, p95, {large:,} movements: the worst metric, {worst}",
            against=f"the same at {small:,}",
            unit="ms",
            ours=p95_ms[large][worst],
            theirs=p95_ms[small][worst],
            budget=BUDGET,
            at_least=False,
            samples=ROUNDS,
        )
    ]


async def _time(
    canvases: dict[int, Canvas], rounds: int, metrics: Sequence[str]
) -> dict[int, dict[str, float]]:
    """The 95th percentile in milliseconds of each metric with its defaults: by size, then by metric."""
    took: dict[int, dict[str, list[float]]] = {size: {name: [] for name in metrics} for size in canvases}
    for turn in range(rounds + 3):
        for name in metrics:
            for size, canvas in canvases.items():
                begin = time.perf_counter()
                await canvas.answer(name, {}, TODAY)
                if turn >= 3:  # the first ones warm the caches
                    took[size][name].append((time.perf_counter() - begin) * 1000)
    return {
        size: {name: p95(times) for name, times in times_by_metric.items()}
        for size, times_by_metric in took.items()
    }


async def run(
    stage: Stage, sizes: tuple[int, ...], rounds: int, metrics: Sequence[str] = ()
) -> dict[int, dict[str, float]]:
    """Load a database of each size and time the metrics, by default all: p95 in milliseconds by size, then by metric."""
    async with AsyncExitStack() as stack:
        canvases = {}
        for size in sizes:
            url = await stage.database(f"canvas_{size}")
            rate = await load(url, size)
            print(f"{size:>9,} movements, booked at {rate:,.0f} a second", file=sys.stderr)
            ctx = await stack.enter_async_context(open_context(stage.settings(url)))
            canvases[size] = await stack.enter_async_context(open_canvas(ctx))
        return await _time(canvases, rounds, metrics or list(catalogue.load()))


def show(p95_ms: dict[int, dict[str, float]]) -> bool:
    """Print the table; returns whether every metric keeps to the budget."""
    sizes = list(p95_ms)
    print("".join([f"{'p95, ms':<22}", *(f"{size:>12,}" for size in sizes), f"{'ratio':>8}  holds"]))
    all_hold = True
    for name in p95_ms[sizes[0]]:
        times = [p95_ms[size][name] for size in sizes]
        ratio = times[-1] / times[0]
        all_hold = all_hold and ratio <= BUDGET
        cells = "".join(f"{time_ms:>12.1f}" for time_ms in times)
        print(f"{name:<22}{cells}{ratio:>8.2f}  {'yes' if ratio <= BUDGET else 'NO'}")
    return all_hold


async def _main(sizes: tuple[int, ...], rounds: int, metrics: Sequence[str]) -> dict[int, dict[str, float]]:
    async with open_stage() as stage:
        return await run(stage, sizes, rounds, metrics)


def main() -> int:
    """Measure, print and write; the exit status is 1 with --strict where a metric exceeds the budget."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.canvas", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--metrics", nargs="+", choices=list(catalogue.load()), default=[])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    compile_all()
    p95_ms = asyncio.run(_main(tuple(arguments.sizes), arguments.rounds, arguments.metrics))
    all_hold = show(p95_ms)
    if arguments.json:
        arguments.json.write_text(json.dumps(p95_ms, indent=2) + "\n", encoding="utf-8")
    return int(arguments.strict and not all_hold)


if __name__ == "__main__":
    sys.exit(main())

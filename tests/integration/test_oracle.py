"""Every metric about a made-up company of a thousand movements, against an oracle in plain Python."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from execops.books import bank_import, ledger
from execops.canvas import catalogue
from execops.canvas.result import Answer
from execops.canvas.run import Canvas, open_canvas
from execops.context import Context
from execops.ingest import deliveries
from execops.model import Actor
from execops.sources.stripe.object_effects import effects_of
from jobs.bootstrap import open_context
from tests import records
from tests.company import Company, make_company
from tests.conftest import MakeSettings
from tests.draws import draws
from tests.oracle import TIMES, Asked, Oracle, Rows, months_back
from tests.stripe_events import sign

SEED = 20
ZONES = ("UTC", "America/Los_Angeles", "Pacific/Auckland")
DAYS = (date(2024, 6, 19), date(2024, 2, 29), date(2023, 12, 31))
QUESTIONS = draws(3, 8)  # of each metric on each day in each zone
LISTS = {
    "failed_payments",
    "movements",
    "new_vendors",
    "single_payouts",
    "revenue_by_customer_and_month",
    "average_burn",
}
DECIDED = {
    "approval_time",
    "precision",
    "proposals",
    "recovered_revenue",
}  # about decisions, not about movements


async def take_in(ctx: Context, company: Company, since: float, until: float) -> None:
    """Take in this part of the reports, in the order in which the company gives them."""

    def part(reports: list[Any]) -> list[Any]:
        return reports[int(len(reports) * since) : int(len(reports) * until)]

    bodies = [json.dumps(payload).encode() for payload in part(company.events)]
    verified = [deliveries.verify(ctx, "stripe", sign(body), body) for body in bodies]
    receipts = await deliveries.store(ctx, verified)
    async with ctx.transaction() as conn:
        for receipt, payload in zip(receipts, part(company.events), strict=True):
            if payload["livemode"]:
                await records.record(conn, receipt.event_id)
        await conn.execute(b"update events set status = 'processed' where status = 'received'")
    async with ctx.transaction() as conn:
        for entry in part(company.entries):
            await ledger.apply(conn, "stripe", effects_of(entry, datetime(2024, 7, 1, tzinfo=UTC)))
    for rows in part(company.statements):
        await bank_import.import_rows(ctx, Actor.system("import"), "main", rows)


def question(rng: random.Random, metric: str, as_of: date) -> tuple[dict[str, Any], Asked]:
    """A question of the metric, as parameters and as the oracle reads them."""
    takes = catalogue.load()[metric]
    params: dict[str, Any] = {}
    asked = Asked(since=as_of, until=as_of + timedelta(days=1), as_of=as_of, group="")
    if "from" in takes.params:
        params, since, until = _period(rng, takes.default_period, as_of)
        asked = replace(asked, since=since, until=min(until, as_of + timedelta(days=1)))
    if "group_by" in takes.params:
        params["group_by"] = rng.choice(takes.groups)
    if metric == "cash" and rng.random() < 0.5:
        params["to"] = as_of - timedelta(days=rng.randrange(300))
        asked = replace(asked, until=params["to"])
    choices: dict[str, list[Any]] = {
        "currency": ["USD", "EUR", "JPY", "jpy"],
        "customer": [f"cus_{n:02}" for n in range(12)],
        "vendor": ["AWS", "Landlord"],
        "limit": [1, 3, 7],
        "direction": ["in", "out"],
        "order": ["largest", "latest"],
        "over": [50, 300],
    }
    for name, values in choices.items():
        if name in takes.params and rng.random() < 0.35:
            params[name] = rng.choice(values)
    by_default = {"top_customers": "customer", "failed_payments": "day"}
    chosen: dict[str, Any] = {
        name: params.get(name) for name in ("customer", "vendor", "limit", "direction", "over")
    }
    chosen["order"] = params.get("order", "latest")
    currency = str(params["currency"]).upper() if "currency" in params else None
    group = params.get("group_by") or by_default.get(metric, "")
    return params, replace(asked, group=group, currency=currency, **chosen)


def _period(rng: random.Random, default: str, as_of: date) -> tuple[dict[str, Any], date, date]:
    usual = as_of - timedelta(days=29) if default == "last 30 days" else months_back(as_of, 11)
    past = as_of + timedelta(days=1)
    month = months_back(as_of, rng.randrange(14))
    day = as_of - timedelta(days=rng.randrange(400))
    length = rng.choice([1, 3, 8, 31, 45, 100, 366])
    year = date(as_of.year, 1, 1)
    periods = [
        ({}, usual, past),
        ({"from": month, "to": months_back(month, -1)}, month, months_back(month, -1)),
        (
            {"from": months_back(month, 2), "to": months_back(month, -1)},
            months_back(month, 2),
            months_back(month, -1),
        ),
        ({"from": year, "to": date(as_of.year + 1, 1, 1)}, year, date(as_of.year + 1, 1, 1)),
        ({"from": day, "to": day + timedelta(days=length)}, day, day + timedelta(days=length)),
        ({"from": day}, day, past),
        ({"to": day}, day - (past - usual), day),
        ({"from": date(2022, 1, 1), "to": date(2023, 2, 1)}, date(2022, 1, 1), date(2023, 2, 1)),
    ]
    return rng.choice(periods[:-1] if rng.random() < 0.95 else periods)


def given(answer: Answer) -> Rows:
    """The rows of an answer without those of zeros."""
    names = [
        place for place, column in enumerate(answer.columns) if column.unit in {"money", "count", "percent"}
    ]
    if answer.metric in {"cash", "runway", *LISTS}:
        return list(answer.rows)
    return [row for row in answer.rows if any(row[place] for place in names)]


def faults(oracle: Oracle, answer: Answer, asked: Asked) -> list[str]:
    """The differences of an answer from the oracle's."""
    rows: Rows = getattr(oracle, answer.metric)(asked)
    found_rows, wrong = given(answer), []
    if answer.receipt.truncated and asked.group in TIMES and answer.metric not in LISTS:
        rows = [row for row in rows if row[0] >= answer.rows[0][0]]
    if found_rows != rows:
        missing, extra = Counter(rows) - Counter(found_rows), Counter(found_rows) - Counter(rows)
        wrong.append(f"missing {list(missing)[:3]}, extra {list(extra)[:3]}" if missing or extra else "order")
    if asked.group not in TIMES or asked.limit is not None or answer.metric in LISTS:
        return wrong
    steps = oracle.steps(answer.metric, asked)
    of_currency: dict[Any, list[date]] = {}
    has_currency = any(column.name == "currency" for column in answer.columns)
    for row in answer.rows:
        of_currency.setdefault(row[1] if has_currency else None, []).append(row[0])
    for currency, days in of_currency.items():
        expected = [step for step in steps if not answer.receipt.truncated or step >= answer.rows[0][0]]
        if days != expected:
            wrong.append(
                f"steps in {currency}: {days[:2]} … {days[-1]}, not {expected[:2]} … {expected[-1:]}"
            )
    return wrong


async def compare(
    canvas: Canvas, oracle: Oracle, rng: random.Random, asked_for: set[tuple[str, str]]
) -> tuple[int, list[str]]:
    """Compare answers; returns how many, and those that differ. Adds the parameters of each metric to `asked_for`."""
    compared = 0
    differing: list[str] = []
    for as_of in DAYS:
        for metric in sorted(set(catalogue.load()) - DECIDED):
            for _ in range(QUESTIONS if "from" in catalogue.load()[metric].params else 3):
                params, asked = question(rng, metric, as_of)
                asked_for |= {(metric, name) for name in params}
                answer = await canvas.answer(metric, params, as_of)
                compared += 1
                about = f"{metric} {params} as of {as_of}"
                differing += [f"{about}: {fault}" for fault in faults(oracle, answer, asked)]
    return compared, differing


@pytest.mark.slow
async def test_every_answer_is_what_an_oracle_computes(
    make_settings: MakeSettings, ctx: Context, capsys: Any
) -> None:
    company = make_company(SEED)
    rng = random.Random(SEED)
    for reports in (company.events, company.entries):
        rng.shuffle(reports)
    await take_in(ctx, company, 0, 0.5)
    differing: list[str] = []
    compared, asked_for = 0, set[tuple[str, str]]()
    for zone in ZONES[::-1]:
        async with open_context(make_settings(time_zone=zone)) as there, open_canvas(there) as canvas:
            if not compared:  # half of it arrived before this zone was set, half arrives after
                await canvas.answer("refunds", {}, DAYS[0])
                await take_in(there, company, 0.5, 1)
            number, wrong = await compare(canvas, Oracle(company, zone), rng, asked_for)
        compared += number
        differing += [f"{zone}: {fault}" for fault in wrong]
    with capsys.disabled():
        print(f"\n{len(company.moves)} movements: {compared} answers compared, {len(differing)} differ")
    assert not differing, "\n".join(differing)
    assert len(company.moves) >= 1000
    assert compared >= 200 * QUESTIONS
    takes = {(metric, name) for metric, entry in catalogue.load().items() for name in entry.params}
    unasked = {metric for metric, name in takes - asked_for if name != "category"}
    assert unasked <= DECIDED, "each parameter of each metric is asked for"

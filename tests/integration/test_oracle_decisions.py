"""The metrics of decisions against an oracle in plain Python, which knows what was decided and when."""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from execops.canvas.run import Canvas, open_canvas
from execops.client import Client
from execops.context import Context
from jobs.bootstrap import open_context
from tests.conftest import MakeSettings
from tests.oracle import TIMES, first_of
from tests.records import as_owner, record_event, rows, run
from tests.stripe_events import event, failed, invoice, paid, take_in

ZONES = ("UTC", "America/Los_Angeles", "Pacific/Auckland")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A proposal, and what was decided about it after how many seconds; nothing yet where it still waits."""

    play: str
    type: str
    status: str
    created: datetime
    decided: datetime | None
    edited: bool
    seconds: float


async def decide(ctx: Context, client: Client, rng: random.Random) -> list[Decision]:
    """Twenty-four proposals of two plays: approved, approved when edited, rejected, or waiting."""
    for n in range(12):
        await take_in(
            ctx,
            failed(
                f"in_{n}",
                customer=f"cus_{n}",
                customer_email=f"billing@{n}.example",
                amount_due=200_000,
                amount_remaining=200_000,
            ),
        )
    decisions = []
    for proposal in await rows(
        ctx, "select id, play, action_type, payload from action_proposals order by id"
    ):
        status, edited, version = rng.choice(["approved", "approved", "rejected", "pending"]), False, 1
        if status == "approved" and proposal["action_type"] == "email" and rng.random() < 0.5:
            edited, version = True, 2
            await client.proposals.edit(
                proposal["id"], 1, proposal["payload"] | {"subject": "Another subject"}
            )
        seconds = rng.randrange(1, 400)
        if status != "pending":
            await client.proposals.record_opening(proposal["id"], version)
            await run(
                ctx,
                "update openings set opened_at = now() - make_interval(secs => %s) where proposal_id = %s",
                seconds,
                proposal["id"],
            )
            act = client.proposals.approve if status == "approved" else client.proposals.reject
            await act(proposal["id"], version)
        [told] = await rows(
            ctx,
            "select p.created_at, max(a.ts) as decided_at, extract(epoch from max(a.ts) - max(o.opened_at))::float as s"
            " from action_proposals p left join openings o on o.proposal_id = p.id"
            " left join audit_log a on a.proposal_id = p.id and a.to_status in ('approved', 'rejected')"
            " where p.id = %s group by p.created_at",
            proposal["id"],
        )
        decisions.append(
            Decision(
                play=proposal["play"],
                type=proposal["action_type"],
                status=status,
                created=told["created_at"],
                decided=told["decided_at"],
                edited=edited,
                seconds=told["s"] or 0.0,
            )
        )
    return decisions


def grouped(
    decisions: Iterable[Decision], group: str, zone: ZoneInfo, *, by_creation: bool
) -> dict[Any, list[Decision]]:
    groups: dict[Any, list[Decision]] = defaultdict(list)
    for decision in decisions:
        moment = decision.created if by_creation else decision.decided
        if moment is not None:
            day = moment.astimezone(zone).date()
            groups[first_of(group, day) if group in TIMES else getattr(decision, group)].append(decision)
    return groups


def share(part: int, whole: int) -> float | None:
    return int(1000 * part / whole + 0.5) / 10 if whole else None


async def compare(canvas: Canvas, decisions: list[Decision], zone: str, today: date) -> int:
    compared, place = 0, ZoneInfo(zone)
    params = {"from": today - timedelta(days=3), "to": today + timedelta(days=1)}
    for group in ("play", "type", *TIMES):
        asked = params | {"group_by": group}
        made = grouped(decisions, group, place, by_creation=True)
        done = grouped(decisions, group, place, by_creation=False)
        answer = await canvas.answer("proposals", asked, today)
        waiting = {key: sum(one.status == "pending" for one in own) for key, own in made.items()}
        counted = {row[0]: row[1:] for row in answer.rows if row[1]}
        assert counted == {key: (len(own), waiting[key]) for key, own in made.items()}, (zone, group)
        answer = await canvas.answer("precision", asked, today)
        exact = {}
        for key, own in done.items():
            approved = [one for one in own if one.status == "approved"]
            plain = sum(not one.edited for one in approved)
            precision, unedited = share(len(approved), len(own)), share(plain, len(approved))
            exact[key] = (len(approved), len(own) - len(approved), precision, unedited)
        assert {row[0]: row[1:] for row in answer.rows} == exact, (zone, group)
        answer = await canvas.answer("approval_time", asked, today)
        for bucket, median, slowest, number in answer.rows:
            took = sorted(one.seconds for one in done[bucket])
            below = (len(took) - 1) * 9 // 10
            rest = (len(took) - 1) * 0.9 - below
            tenth = took[below] + rest * (took[min(below + 1, len(took) - 1)] - took[below])
            assert (abs(median - statistics.median(took)) < 0.01, abs(slowest - tenth) < 0.01) == (True, True)
            assert number == len(took)
        assert {row[0] for row in answer.rows} == set(done)
        compared += 3
    answer = await canvas.answer("proposals", params, today)
    by_status: dict[str, int] = defaultdict(int)
    for decision in decisions:
        by_status[decision.status] += 1
    assert {row[0]: row[1] for row in answer.rows} == by_status
    return compared + 1


async def test_the_metrics_of_decisions_are_what_an_oracle_computes(
    make_settings: MakeSettings, ctx: Context, client: Client, capsys: Any
) -> None:
    decisions = await decide(ctx, client, random.Random(4))
    compared = 0
    for zone in ZONES:
        async with open_context(make_settings(time_zone=zone)) as there, open_canvas(there) as canvas:
            today = datetime.now(ZoneInfo(zone)).date()
            compared += await compare(canvas, decisions, zone, today)
    with capsys.disabled():
        print(f"\n{len(decisions)} proposals: {compared} answers compared, none differs")
    assert len(decisions) == 24


async def test_recovered_revenue_is_what_an_oracle_computes(
    make_settings: MakeSettings, ctx: Context, client: Client
) -> None:
    """Each invoice is paid some time after the mail about it was approved and confirmed as sent."""
    rng, expected = random.Random(5), []
    for n in range(10):
        changes: dict[str, Any] = {
            "customer": f"cus_{n % 3}x{n}",
            "customer_email": f"billing@{n}.example",
        }
        await take_in(ctx, failed(f"in_{n}", **changes))
    for proposal in await rows(ctx, "select id, object_id, subject_key from action_proposals order by id"):
        await client.proposals.approve(proposal["id"], 1)
        await run(ctx, "update action_proposals set status = 'executing' where id = %s", proposal["id"])
        await run(ctx, "update action_proposals set status = 'executed' where id = %s", proposal["id"])
        [row] = await rows(ctx, "select decided_at from action_proposals where id = %s", proposal["id"])
        days = rng.choice([0.3, 2.1, 9.4, 20.2, 29.9, 30.5, 40.0])
        at, amount = row["decided_at"] + timedelta(days=days), rng.randrange(100, 9000)
        settled = {
            "amount_paid": amount,
            "currency": rng.choice(["usd", "eur"]),
            "customer": proposal["subject_key"],
        }
        settled["status_transitions"] = {"paid_at": int(at.timestamp()) + 1}
        await record_event(ctx, paid(proposal["object_id"], **settled))
        if days < 30:
            expected.append(
                (at.replace(microsecond=0) + timedelta(seconds=1), settled["currency"].upper(), amount)
            )
    assert len(expected) >= 5
    for zone in ZONES:
        last = (datetime.now(UTC) + timedelta(days=60)).date()
        async with open_context(make_settings(time_zone=zone)) as there, open_canvas(there) as canvas:
            for group in (*TIMES, "currency", "play"):
                sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
                for at, currency, amount in expected:
                    day = at.astimezone(ZoneInfo(zone)).date()
                    key = (first_of(group, day) if group in TIMES else "card_update", currency)
                    total = sums[key if group != "currency" else (currency,)]
                    total[0] += amount
                    total[1] += 1
                answer = await canvas.answer(
                    "recovered_revenue", {"group_by": group, "from": last - timedelta(days=90)}, last
                )
                given = {row[:-2]: list(row[-2:]) for row in answer.rows if row[-1]}
                assert given == sums, (zone, group)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """An invoice of which a payment failed, and what became of it; moments in Unix time."""

    failed_at: int
    currency: str
    attempt: int
    open: int
    action: str  # executed, approved, rejected, expired, pending
    acted_at: float
    payments: list[tuple[int, int]]  # moment, amount
    end: str  # paid, void, open
    settled_at: float


def parts(fate: Fate) -> dict[str, int]:
    """The part of one invoice in the columns of the recovery rate."""
    sums = dict.fromkeys(
        (
            "failed",
            "approved",
            "after_action",
            "after_rejection",
            "after_expiry",
            "by_itself",
            "open",
            "lost",
        ),
        0,
    )
    sums["failed"] = unpaid = fate.open
    for at, amount in fate.payments:
        since = at - fate.acted_at
        if fate.action == "executed" and 0 <= since <= 30 * 86_400:
            column = "after_action"
        elif fate.action == "rejected" and since >= 0:
            column = "after_rejection"
        elif fate.action == "expired" and since >= 0:
            column = "after_expiry"
        else:
            column = "by_itself"
        sums[column] += amount
        unpaid -= amount
    sums["open" if fate.end == "open" else "lost"] += unpaid
    if fate.action in {"executed", "approved"} and fate.acted_at <= fate.settled_at:
        sums["approved"] = fate.open
    return sums


async def move_decision(ctx: Context, proposal_id: int, moment: float, *, expires: bool) -> None:
    """Let a decision, or the end of the time for one, have been at this Unix time."""
    async with as_owner(ctx) as owner, owner.transaction() as conn:
        await conn.execute(b"alter table action_proposals disable trigger all")
        await conn.execute(
            b"update action_proposals set decided_at = case when decided_at is not null then to_timestamp(%(at)s) end,"
            b" expires_at = case when %(expires)s then to_timestamp(%(at)s) else expires_at end where id = %(id)s",
            {"at": moment, "expires": expires, "id": proposal_id},
        )
        await conn.execute(
            b"update verdicts set decided_at = to_timestamp(%s) where proposal_id = %s", (moment, proposal_id)
        )
        await conn.execute(b"alter table action_proposals enable trigger all")


async def fate_of(ctx: Context, client: Client, rng: random.Random, n: int) -> Fate:
    """Let a payment of an invoice fail, decide about the mail, and let parts of it be paid, in any order."""
    currency, amount, attempt = (
        rng.choice(["usd", "eur", "jpy"]),
        rng.randrange(1000, 90_000),
        rng.randrange(1, 4),
    )
    failed_at = int(time.time()) - rng.randrange(30, 80) * 3600
    shape = {"customer": f"cus_{n}", "customer_email": f"billing@{n}.example", "currency": currency}
    due = {"amount_due": amount, "amount_remaining": amount}
    await take_in(ctx, failed(f"in_{n}", created=failed_at, attempt_count=attempt, **shape, **due))
    [proposal] = await rows(
        ctx, "select id from action_proposals where play = 'card_update' and subject_key = %s", f"cus_{n}"
    )
    action = rng.choice(["executed", "executed", "approved", "rejected", "expired", "pending"])
    if action in {"executed", "approved"}:
        await client.proposals.approve(proposal["id"], 1)
    elif action == "rejected":
        await client.proposals.reject(proposal["id"], 1)
    if action == "executed":
        for status in ("executing", "executed"):
            await run(ctx, "update action_proposals set status = %s where id = %s", status, proposal["id"])
    acted_at = failed_at + 10 * 3600 + 0.5
    await move_decision(ctx, proposal["id"], acted_at, expires=action == "expired")
    end = rng.choice(["paid", "paid", "void", "open"])
    shares = [rng.randrange(1, amount // 4) for _ in range(rng.randrange(3))]
    first = failed_at + 60 if rng.random() < 0.6 else int(acted_at) + 60
    moments = [first + rng.choice([0, 1800]) + 3600 * place for place in range(len(shares))]
    payments = list(zip(moments, shares, strict=True))
    if end == "paid":
        last = moments[-1] if moments else first
        unpaid = amount - sum(shares) - rng.choice([0, 0, amount // 10])  # a credit note took something off
        payments.append((last + rng.choice([90, 29 * 86_400, 40 * 86_400]), unpaid))
    events, came, settled_at = [], 0, payments[-1][0] if end == "paid" else float("inf")
    for place, (at, share_) in enumerate(payments):
        came += share_
        state = {"amount_due": amount, "amount_paid": came, "amount_remaining": amount - came}
        if end == "paid" and place == len(payments) - 1:
            settled = {**state, "amount_remaining": 0, "status_transitions": {"paid_at": at}}
            events.append(paid(f"in_{n}", created=last + 90, **shape, **settled))
        else:
            events.append(event("invoice.updated", invoice(f"in_{n}", **shape, **state), created=at))
    if end == "void":
        state = {
            "amount_due": amount,
            "amount_paid": came,
            "amount_remaining": amount - came,
        }
        at = settled_at = max([failed_at, *moments]) + 3600
        events.append(
            event("invoice.voided", invoice(f"in_{n}", status="void", **shape, **state), created=at)
        )
    for payload in rng.sample(events, len(events)):
        await record_event(ctx, payload)
    return Fate(
        failed_at=failed_at,
        currency=currency.upper(),
        attempt=attempt,
        open=amount,
        action=action,
        acted_at=acted_at,
        payments=payments,
        end=end,
        settled_at=settled_at,
    )


async def test_the_recovery_rate_is_what_an_oracle_computes(
    make_settings: MakeSettings, ctx: Context, client: Client, capsys: Any
) -> None:
    rng = random.Random(6)
    fates = [await fate_of(ctx, client, rng, n) for n in range(40)]
    compared = 0
    for zone in ZONES:
        today = datetime.now(ZoneInfo(zone)).date()
        async with open_context(make_settings(time_zone=zone)) as there, open_canvas(there) as canvas:
            for group in (*TIMES, "currency", "attempt"):
                sums: dict[Any, dict[str, int]] = {}
                for fate in fates:
                    day = datetime.fromtimestamp(fate.failed_at, ZoneInfo(zone)).date()
                    key = first_of(group, day) if group in TIMES else str(fate.attempt)
                    total = sums.setdefault(
                        (fate.currency, "" if group == "currency" else key), {"invoices": 0}
                    )
                    total["invoices"] += 1
                    for name, part in parts(fate).items():
                        total[name] = total.get(name, 0) + part
                params = {"group_by": group, "from": today - timedelta(days=90)}
                answer = await canvas.answer("recovery_rate", params, today)
                answered: dict[Any, dict[str, int]] = {}
                for row in answer.records():
                    if row["invoices"]:
                        key = "" if group == "currency" else row[group]
                        answered[row["currency"], key] = {name: row[name] for name in total}
                        came = row["failed"] - row["open"] - row["lost"]
                        assert row["recovery_rate"] == share(row["after_action"], row["failed"])
                        assert row["paid_rate"] == share(came, row["failed"])
                assert answered == sums, (zone, group)
                compared += len(sums)
    whole = {name: sum(parts(fate)[name] for fate in fates) for name in parts(fates[0])}
    assert all(whole.values())  # the story has something in each column
    with capsys.disabled():
        print(f"\n{len(fates)} failed invoices: {compared} rows compared, none differs")

"""The right answers of the canvas about a made-up company, worked out in plain Python from what happened.

Each function gives the rows of a metric as the catalogue defines it. Rows of zeros are left out: `steps` tells which
steps of time an answer has to have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.company import Company, Move

Rows = list[tuple[Any, ...]]
TIMES = ("day", "week", "month", "quarter")
PAYMENTS = ("charge", "refund", "dispute", "payout", "invoice_paid", "fee", "adjustment")
REVENUE = ("charge", "refund", "dispute")
BURN = ("charge", "refund", "dispute", "dispute_fee", "fee", "adjustment", "issuing", "bank")
SPEND = ("issuing", "bank")
OF_BANK = ("bank", "bank_transfer")
FLOW = (*BURN, "financing")


def first_of(step: str, day: date) -> date:
    """The first day of the day's week, month or quarter."""
    if step == "day":
        return day
    if step == "week":
        return day - timedelta(days=day.weekday())
    return date(day.year, day.month if step == "month" else (day.month - 1) // 3 * 3 + 1, 1)


def _days(first: date, last: date) -> set[date]:
    """The days from one to another, both included."""
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}


def months_back(day: date, count: int) -> date:
    """The first day of the month so many before the day's."""
    index = day.year * 12 + day.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question: its days, half-open and never after `as_of`, and what narrows and groups it."""

    since: date
    until: date
    as_of: date
    group: str
    currency: str | None = None
    customer: str | None = None
    vendor: str | None = None
    limit: int | None = None
    direction: str | None = None
    order: str = "latest"
    over: int | None = None  # in major units


CATEGORIES = {
    "AWS": "hosting", "Hetzner": "hosting", "Figma": "software", "Linear": "software", "Notion": "software",
}  # fmt: skip


class Oracle:
    """The answers in one time zone."""

    def __init__(self, company: Company, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.company = replace(
            company,
            moves=[
                replace(move, at=self._booked(move.at)) if move.kind in OF_BANK else move
                for move in company.moves
            ],
            balances=[
                (account, self._booked(at) if account.startswith("bank:") else at, amount, currency)
                for account, at, amount, currency in company.balances
            ],
        )
        company = self.company
        self.moves = [(move, self.day(move.at)) for move in company.moves]
        self.changes = self._changes()

    def _booked(self, at: datetime) -> datetime:
        """The moment of a bank's day, which the company tells in UTC: a day has no zone, and stays the same day in each."""
        return at.replace(tzinfo=self.zone)

    def day(self, at: datetime) -> date:
        """The day of a moment."""
        return at.astimezone(self.zone).date()

    def known(self, metric: str) -> date:
        """The first day of which a metric knows something."""
        sources: Mapping[str, tuple[str, ...]] = {
            "net_revenue": ("charge",), "refunds": PAYMENTS, "disputes": PAYMENTS, "payouts": PAYMENTS,
            "fees": ("fee", "dispute_fee"), "burn_rate": SPEND, "spend_over_time": SPEND, "spend_by_vendor": SPEND,
            "top_customers": ("charge",), "cash_flow": SPEND, "revenue_by_customer_and_month": ("charge",),
        }  # fmt: skip
        if metric in sources:
            return min(day for move, day in self.moves if move.kind in sources[metric])
        if metric in {"mrr", "arr", "churn"}:
            return min(self.day(level.at) for level in self.company.levels)
        return min(self.day(at) for at, _ in self.company.happened)

    def steps(self, metric: str, asked: Asked) -> list[date]:
        """The first days of the steps from the first known day to the last of the period."""
        known = self.known(metric)
        if known >= asked.until:
            return []
        days: dict[date, None] = {}
        day = max(asked.since, known)
        while day < asked.until:
            days[first_of(asked.group, day)] = None
            day += timedelta(days=1)
        return list(days)

    def _within(self, asked: Asked, kinds: Iterable[str]) -> list[tuple[Move, date]]:
        return [
            (move, day)
            for move, day in self.moves
            if move.kind in kinds
            and asked.since <= day < asked.until
            and asked.currency in {None, move.currency}
            and asked.customer in {None, move.customer}
            and asked.vendor in {None, move.vendor}
        ]

    def _grouped(
        self, asked: Asked, kinds: Iterable[str], values: Callable[[Move], tuple[int, ...]], order: int
    ) -> Rows:
        """Sums by group and currency; groups that are no time are ordered by the sum at `order`, the largest first."""
        sums: dict[tuple[Any, str], list[int]] = {}
        for move, day in self._within(asked, kinds):
            own = values(move)
            total = sums.setdefault((self._key(asked.group, move, day), move.currency), [0] * len(own))
            for place, value in enumerate(own):
                total[place] += value
        return self._ordered(asked, sums, order)

    @staticmethod
    def _key(group: str, move: Move, day: date) -> Any:
        if group in TIMES:
            return first_of(group, day)
        keys = {"customer": move.customer, "vendor": move.vendor, "type": move.kind, "currency": ""}
        if group == "reason":
            return move.reason or ""
        return keys[group] or ""

    @staticmethod
    def _ordered(asked: Asked, sums: Mapping[tuple[Any, str], list[Any]], order: int) -> Rows:
        rows = [(group, currency, *total) for (group, currency), total in sums.items() if any(total)]
        if asked.group in TIMES:
            return sorted(rows, key=lambda row: row[:2])
        rows.sort(key=lambda row: (row[1], -row[2 + order], row[0]))
        if asked.group == "currency":
            return [row[1:] for row in rows]
        return [(row[0] or None, *row[1:]) for row in rows]

    def net_revenue(self, asked: Asked) -> Rows:
        def values(move: Move) -> tuple[int, ...]:
            by_kind = {kind: move.amount * (move.kind == kind) for kind in REVENUE}
            payments = int(move.kind == "charge")
            return by_kind["charge"], -by_kind["refund"], -by_kind["dispute"], move.amount, payments

        return self._grouped(asked, REVENUE, values, 3)

    def refunds(self, asked: Asked) -> Rows:
        return self._grouped(asked, ("refund",), lambda move: (-move.amount, int(move.amount < 0)), 0)

    def payouts(self, asked: Asked) -> Rows:
        return self._grouped(asked, ("payout",), lambda move: (-move.amount, int(move.amount < 0)), 0)

    def fees(self, asked: Asked) -> Rows:
        kinds = ("fee", "dispute_fee")
        return self._grouped(asked, kinds, lambda move: (-move.amount, int(move.amount < 0)), 0)

    def burn_rate(self, asked: Asked) -> Rows:
        def values(move: Move) -> tuple[int, ...]:
            return max(move.amount, 0), max(-move.amount, 0), -move.amount

        since = max(asked.since, self.known("burn_rate"))
        fields = {name: getattr(asked, name) for name in ("until", "as_of", "group", "currency")}
        return self._grouped(Asked(since=since, **fields), BURN, values, 2)

    def cash_flow(self, asked: Asked) -> Rows:
        def values(move: Move) -> tuple[int, ...]:
            return max(move.amount, 0), max(-move.amount, 0), move.amount

        since = max(asked.since, self.known("cash_flow"))
        return self._grouped(replace(asked, since=since), FLOW, values, 2)

    def average_burn(self, asked: Asked) -> Rows:
        months = [
            month
            for month in (months_back(asked.as_of, count) for count in range(1, 200))
            if month >= asked.since and months_back(month, -1) <= asked.until
        ]
        firsts: dict[str, date] = {}
        for move, day in self.moves:
            if move.kind in SPEND:
                firsts[move.currency] = min(day, firsts.get(move.currency, day))
        burnt: dict[str, int] = defaultdict(int)
        for month in months:
            whole = replace(asked, since=month, until=months_back(month, -1), group="currency")
            for currency, _, _, burn in self.burn_rate_of_all(whole):
                if month >= firsts.get(currency, min(firsts.values())):
                    burnt[currency] += burn
        counts = {
            code: sum(month >= firsts.get(code, min(firsts.values())) for month in months) for code in burnt
        }
        return [(code, _half_away(burn, counts[code]), counts[code]) for code, burn in sorted(burnt.items())]

    def movements(self, asked: Asked) -> Rows:
        digits = {"JPY": 0}
        fits = [
            (move, day)
            for move, day in self._within(asked, FLOW)
            if (asked.direction is None or (move.amount > 0) == (asked.direction == "in"))
            and (asked.over is None or abs(move.amount) > asked.over * 10 ** digits.get(move.currency, 2))
        ]
        rows = [
            (day, move.kind, self._who(move), move.currency, move.amount)
            for move, day in sorted(
                fits,
                key=lambda fit: (
                    -fit[0].at.timestamp(),
                    -abs(fit[0].amount),
                    fit[0].currency,
                    fit[0].kind,
                    fit[0].amount,
                ),
            )
        ]
        if asked.order == "latest":
            return rows[: asked.limit or 1000]
        rows.sort(key=lambda row: (row[3], -abs(row[4])))
        return self._first(rows, asked.limit, 3)[:1000]

    def _who(self, move: Move) -> str | None:
        if move.kind in {"fee", "dispute_fee"}:
            return "Stripe"
        return move.vendor or self.company.names.get(move.customer or "")

    def new_vendors(self, asked: Asked) -> Rows:
        paid: dict[str, date] = {}
        for move, day in self.moves:
            if move.kind in SPEND and move.vendor and move.amount < 0:
                paid[move.vendor] = min(day, paid.get(move.vendor, day))
        sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for move, _ in self._within(asked, SPEND):
            if move.vendor and paid.get(move.vendor, asked.since - timedelta(days=1)) >= asked.since:
                sums[move.vendor, move.currency][0] -= move.amount
                sums[move.vendor, move.currency][1] += int(move.amount < 0)
        rows: Rows = [
            (paid[vendor], vendor, currency, *total) for (vendor, currency), total in sums.items() if total[1]
        ]
        rows.sort(key=lambda row: (-row[0].toordinal(), row[2], -row[3], row[1]))
        return rows[: asked.limit or 1000]

    def spend_by_category(self, asked: Asked) -> Rows:
        sums: dict[tuple[Any, str], list[int]] = defaultdict(lambda: [0, 0])
        for (vendor, currency), moves in self._spend(asked).items():
            total = sums[CATEGORIES.get(vendor or "", "uncategorised"), currency]
            total[0] += sum(move[1] for move in moves)
            total[1] += sum(move[2] for move in moves)
        return self._ordered(asked, sums, 0)

    def single_payouts(self, asked: Asked) -> Rows:
        rows = [
            (day, move.name, move.currency, -move.amount, move.state)
            for move, day in sorted(self._within(asked, ("payout",)), key=lambda fit: -fit[0].at.timestamp())
            if move.amount < 0
        ]
        return rows[: asked.limit or 1000]

    def revenue_by_customer_and_month(self, asked: Asked) -> Rows:
        sums: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for move, day in self._within(asked, REVENUE):
            total = sums[first_of(asked.group, day), move.customer or "", move.currency]
            total[0] += move.amount
            total[1] += int(move.kind == "charge")
        revenue: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for (_, customer, currency), (net, _) in sums.items():
            revenue[currency][customer] += net
        most = 50
        if asked.group in {"month", "quarter"} and revenue:
            steps = (asked.until - asked.since).days // {"month": 30, "quarter": 91}[asked.group] + 1
            most = max(25, min(50, 1000 // (len(revenue) * steps)))
        best = {
            (currency, customer)
            for currency, nets in revenue.items()
            for customer in sorted(nets, key=lambda name: (-nets[name], name))[:most]
        }
        rows = [
            (day, customer, self.company.names.get(customer), currency, *total)
            for (day, customer, currency), total in sums.items()
            if any(total) and (currency, customer) in best
        ]
        return sorted(rows, key=lambda row: (row[0], row[3], -row[4], row[1]))

    def disputes(self, asked: Asked) -> Rows:
        if asked.group in {"reason", "status"} and asked.customer:
            return []
        if asked.group not in {"reason", "status"}:

            def values(move: Move) -> tuple[int, ...]:
                return int(move.amount < 0), max(-move.amount, 0), max(move.amount, 0), -move.amount

            return self._grouped(asked, ("dispute",), values, 3)
        sums: dict[tuple[Any, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for at, reason, currency, amount, won in self.company.disputes:
            if asked.since <= self.day(at) < asked.until and asked.currency in {None, currency}:
                back = amount * won
                label = reason if asked.group == "reason" else "won" if won else "needs_response"
                total = sums[label, currency]
                total[:] = [total[0] + 1, total[1] + amount, total[2] + back, total[3] + amount - back]
        return self._ordered(asked, sums, 3)

    def _spend(self, asked: Asked) -> dict[tuple[str | None, str], list[tuple[date, int, int]]]:
        """The sum that a vendor got beyond what the vendor gave, by vendor and currency."""
        spent: dict[tuple[str | None, str], list[tuple[date, int, int]]] = defaultdict(list)
        for move, day in self._within(asked, SPEND):
            if move.vendor is None and move.kind == "bank" and move.amount > 0:
                continue  # money of nobody known that came in is no refund
            spent[move.vendor, move.currency].append((day, -move.amount, int(move.amount < 0)))
        return {party: moves for party, moves in spent.items() if sum(move[1] for move in moves) > 0}

    def spend_over_time(self, asked: Asked) -> Rows:
        sums: dict[tuple[Any, str], list[int]] = defaultdict(lambda: [0, 0])
        for (vendor, currency), moves in self._spend(asked).items():
            for day, spent, payments in moves:
                own = Move(datetime.now(UTC), "", 0, currency, vendor=vendor)
                total = sums[self._key(asked.group, own, day), currency]
                total[0] += spent
                total[1] += payments
        return self._ordered(asked, sums, 0)

    def spend_by_vendor(self, asked: Asked) -> Rows:
        return self._first(self.spend_over_time(asked), asked.limit, 1)

    def top_customers(self, asked: Asked) -> Rows:
        rows = [
            (row[0], self.company.names[row[0]], row[1], row[5], row[6])
            for row in self.net_revenue(asked)
            if row[0] and row[5] > 0
        ]
        return self._first(rows, asked.limit or 10, 2)

    @staticmethod
    def _first(rows: Rows, limit: int | None, currency: int) -> Rows:
        """The first rows of each currency."""
        kept: dict[str, int] = defaultdict(int)
        first = []
        for row in rows:
            kept[row[currency]] += 1
            if limit is None or kept[row[currency]] <= limit:
                first.append(row)
        return first

    def _changes(self) -> list[tuple[date, str, str, int, str]]:
        """Day, customer, currency, difference and kind of every change of a customer's MRR.

        A subscription that ends within a day of the start of another one of the customer was moved there: one change, at
        the later of the two moments. A customer who has an MRR in another currency a day later has not left.
        """
        currencies = {level.currency for level in self.company.levels}
        changes = []
        for customer, currency in sorted({(level.customer, level.currency) for level in self.company.levels}):
            total = 0
            ever = False
            for at, difference in sorted(self._differences(customer, currency).items()):
                before, total = total, total + difference
                if before == 0:
                    kind = "again" if ever else "new"
                elif total == 0:
                    stays = any(
                        sum(
                            more
                            for moment, more in self._differences(customer, code).items()
                            if moment <= at + timedelta(days=1)
                        )
                        for code in currencies - {currency}
                    )
                    kind = "contraction" if stays else "churn"
                else:
                    kind = "contraction" if difference < 0 else "expansion"
                ever = True
                if difference:
                    changes.append((self.day(at), customer, currency, difference, kind))
        return changes

    def _differences(self, customer: str, currency: str) -> dict[datetime, int]:
        """The differences of a customer's MRR in a currency, by the moment at which they count."""
        levels = [
            level
            for level in sorted(self.company.levels, key=lambda level: (level.at, level.subscription))
            if (level.customer, level.currency) == (customer, currency)
        ]
        last: dict[str, int] = defaultdict(int)
        began: dict[str, datetime] = {}
        starts: list[tuple[datetime, str]] = []
        ends: list[tuple[datetime, str, datetime]] = []  # the end, the subscription, its start
        steps: list[tuple[datetime, str, int]] = []
        for level in levels:
            difference, before = level.amount - last[level.subscription], last[level.subscription]
            last[level.subscription] = level.amount
            if difference and before == 0:
                began[level.subscription] = level.at
                starts.append((level.at, level.subscription))
            if difference and level.amount == 0:
                ends.append((level.at, level.subscription, began[level.subscription]))
            if difference:
                steps.append((level.at, level.subscription, difference))
        moved: list[set[tuple[datetime, str]]] = []
        pairs = [
            (abs(start - end), (start, other), (end, subscription))
            for end, subscription, since in ends
            for start, other in starts
            if other != subscription and start >= since and abs(start - end) <= timedelta(days=1)
        ]
        for _, subscription, _ in ends:
            near = [pair for pair in pairs if pair[2][1] == subscription]
            if near:
                moved.append({*min(near)[1:]})
        for start in starts:
            near = [pair for pair in pairs if pair[1] == start]
            if near and not any(start in move for move in moved):
                moved.append({*min(near, key=lambda pair: (pair[0], pair[2]))[1:]})
        counts_at: dict[tuple[datetime, str], datetime] = {}
        for _ in moved:  # until moves that share a step are one
            for move in moved:
                later = max(max(at, counts_at.get((at, name), at)) for at, name in move)
                counts_at |= dict.fromkeys(move, later)
        differences: dict[datetime, int] = defaultdict(int)
        for at, subscription, difference in steps:
            differences[counts_at.get((at, subscription), at)] += difference
        return differences

    def _mrr_steps(self, metric: str, asked: Asked) -> list[tuple[Any, date, date]]:
        """The group, the first day and the day after the last one of each step; of the period where it has none."""
        if asked.group == "currency":
            return [("", asked.since, asked.until)] if self.known(metric) < asked.until else []
        starts = self.steps(metric, asked)
        ends = [*starts[1:], asked.until][: len(starts)]
        return [(start, max(start, asked.since), end) for start, end in zip(starts, ends, strict=True)]

    def arr(self, asked: Asked) -> Rows:
        return [(*row[:-2], 12 * row[-2], 12 * row[-1]) for row in self.mrr(asked)]

    def mrr(self, asked: Asked) -> Rows:
        if asked.group == "customer":
            return self._by_customer(asked, self.mrr, lambda row: (row[1], -row[2], row[0]))
        sums: dict[tuple[Any, str], list[int]] = {}
        for group, since, until in self._mrr_steps("mrr", asked):
            for day, customer, currency, delta, _ in self.changes:
                if asked.customer in {None, customer} and asked.currency in {None, currency} and day < until:
                    total = sums.setdefault((group, currency), [0, 0])
                    total[0] += delta
                    total[1] += delta if day >= since else 0
        rows = sorted((*key, *total) for key, total in sums.items() if any(total))
        return [row[1:] if asked.group == "currency" else row for row in rows]

    def _by_customer(
        self, asked: Asked, metric: Callable[[Asked], Rows], order: Callable[[tuple[Any, ...]], Any]
    ) -> Rows:
        """The rows of each customer by itself."""
        ids = {change[1] for change in self.changes if asked.customer in {None, change[1]}}
        rows = [
            (one, *row)
            for one in sorted(ids)
            for row in metric(replace(asked, group="currency", customer=one))
        ]
        return sorted(rows, key=order)

    def churn(self, asked: Asked) -> Rows:
        if asked.group == "customer":
            return self._by_customer(asked, self.churn, lambda row: (row[1], -row[2], row[0]))
        rows: Rows = []
        for group, since, until in self._mrr_steps("churn", asked):
            for currency in sorted({change[2] for change in self.changes if change[0] < asked.until}):
                if asked.currency not in {None, currency}:
                    continue
                own = [
                    change
                    for change in self.changes
                    if change[2] == currency and change[0] < until and asked.customer in {None, change[1]}
                ]
                within = [change for change in own if change[0] >= since]
                before = sum(change[3] for change in own if change[0] < since)
                churned = -sum(change[3] for change in within if change[4] == "churn")
                contracted = -sum(change[3] for change in within if change[4] == "contraction")
                left = {change[1] for change in within if change[4] == "churn"}
                gone = sum(
                    not sum(change[3] for change in self.changes if change[1] == one and change[0] < until)
                    for one in left
                )
                rate = _percent(churned, before)
                row = (group, currency, churned, contracted, gone, rate)
                if churned or contracted or gone:
                    rows.append(row[1:] if asked.group == "currency" else row)
        return rows

    def failed_payment_count(self, asked: Asked) -> Rows:
        counts: dict[date, int] = defaultdict(int)
        for at, invoice_id in self.company.failures:
            customer = self.company.invoices[invoice_id][0]
            if asked.since <= self.day(at) < asked.until and asked.customer in {None, customer}:
                counts[first_of(asked.group, self.day(at))] += 1
        return sorted(counts.items())

    def failed_payments(self, asked: Asked) -> Rows:
        latest: dict[str, datetime] = {}
        for at, invoice_id in self.company.failures:
            if asked.since <= self.day(at) < asked.until:
                latest[invoice_id] = max(at, latest.get(invoice_id, at))
        rows = []
        for invoice_id, at in sorted(latest.items(), key=lambda item: (-item[1].timestamp(), item[0])):
            customer, currency, due, attempts, status = self.company.invoices[invoice_id]
            name = self.company.names[customer]
            if asked.currency in {None, currency} and asked.customer in {None, customer}:
                attempt = sum(1 for other, own in self.company.failures if own == invoice_id and other <= at)
                reason = self.company.declines_of.get((invoice_id, attempt))
                row = (self.day(at), customer, name, invoice_id, currency, due, attempts, status, reason)
                rows.append(row)
        return rows[: asked.limit or 1000]

    def receivables(self, asked: Asked) -> Rows:
        """An invoice without a failure was never reported."""
        rows = [
            (None, customer, self.company.names[customer], invoice_id, currency, due, "open")
            for invoice_id, (customer, currency, due, attempts, status) in self.company.invoices.items()
            if status == "open"
            and attempts
            and asked.currency in {None, currency}
            and asked.customer in {None, customer}
        ]
        return sorted(rows, key=lambda row: (-row[5], row[3]))[: asked.limit or 1000]

    def recovery_rate(self, asked: Asked) -> Rows:
        """Nobody decided anything: what was paid was paid by itself, and the rest is open."""
        failures: dict[str, list[datetime]] = defaultdict(list)
        for at, invoice_id in self.company.failures:
            failures[invoice_id].append(at)
        sums: dict[tuple[Any, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for invoice_id, moments in failures.items():
            customer, currency, due, _, status = self.company.invoices[invoice_id]
            day = self.day(min(moments))
            code, decline = self.company.declines.get(invoice_id, ("unknown", "unknown"))
            keys = {"currency": "", "attempt": str(len(moments)), "decline": code, "decline_class": decline}
            group = first_of(asked.group, day) if asked.group in TIMES else keys[asked.group]
            if (
                asked.since <= day < asked.until
                and asked.customer in {None, customer}
                and asked.currency in {None, currency}
            ):
                by_itself = due * (status == "paid")
                total = sums[group, currency]
                total[:] = [total[0] + 1, total[1] + due, total[2] + by_itself, total[3] + due - by_itself]
        rows = [
            (*key, 0.0, _percent(paid, failed), count, failed, 0, 0, 0, 0, paid, still_open, 0)
            for key, (count, failed, paid, still_open) in sums.items()
        ]
        if asked.group in TIMES:
            return sorted(rows)
        by_amount = asked.group.startswith("decline")
        rows.sort(key=lambda row: (row[1], -row[5] if by_amount else 0, row[0]))
        return [row[1:] for row in rows] if asked.group == "currency" else rows

    def events(self, asked: Asked) -> Rows:
        counts: dict[Any, int] = defaultdict(int)
        for at, type_ in self.company.happened:
            day = self.day(at)
            if asked.since <= day < asked.until:
                counts[type_ if asked.group == "type" else first_of(asked.group, day)] += 1
        largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: asked.limit]
        rows = largest if asked.group == "type" else sorted(largest)
        return [(*row, 0) for row in rows]

    def cash(self, asked: Asked) -> Rows:
        latest: dict[tuple[str, str], tuple[datetime, int]] = {}
        for account, at, amount, currency in self.company.balances:
            if self.day(at) < asked.until and asked.currency in {None, currency}:
                latest[account, currency] = max((at, amount), latest.get((account, currency), (at, amount)))
        before = datetime.combine(asked.until, time(), self.zone)
        keys = {(account, currency) for account, _, _, currency in self.company.balances}
        for account, currency in keys:
            if account.startswith("bank:") and asked.currency in {None, currency}:
                counted = self._counted_back(account, currency, before, latest.get((account, currency)))
                if counted is not None:
                    latest[account, currency] = before - timedelta(microseconds=1), counted
        rows = [
            (account, currency, amount, self.day(at)) for (account, currency), (at, amount) in latest.items()
        ]
        return sorted(rows, key=lambda row: (row[1], -row[2], row[0]))

    def _counted_back(
        self, account: str, currency: str, before: datetime, earlier: tuple[datetime, int] | None
    ) -> int | None:
        """The next balance less the movements since, where the statements reach and nothing speaks against it."""
        later = [
            (at, amount)
            for name, at, amount, code in self.company.balances
            if (name, code) == (account, currency) and at >= before
        ]
        if not later:
            return None
        first = min(later)[0]
        end, balance = max(pair for pair in later if pair[0] < first + timedelta(hours=12))
        reached: set[date] = set()
        for statement in self.company.statements:
            days = sorted(row.day for row in statement)
            reached |= _days(days[0] - timedelta(days=1), days[-1] + timedelta(days=28))
        since = earlier[0] if earlier else before
        if not _days(since.astimezone(UTC).date(), end.astimezone(UTC).date()) <= reached:
            return None
        rows = [
            (datetime.combine(row.day, time(), UTC), row.amount.minor)
            for statement in self.company.statements
            for row in statement
            if row.amount.currency == currency
        ]
        counted = balance - sum(minor for at, minor in rows if before <= at <= end)
        if earlier is None:
            return counted if any(at < before for at, _ in rows) else None
        between = sum(minor for at, minor in rows if earlier[0] < at < before)
        return counted if counted != earlier[1] and counted - earlier[1] == between else None

    def runway(self, asked: Asked) -> Rows:
        until = months_back(asked.as_of, 0)
        whole = Asked(since=months_back(asked.as_of, 3), until=until, as_of=asked.as_of, group="currency")
        burnt = {row[0]: row[3] for row in self.burn_rate_of_all(whole)}
        held: dict[str, int] = defaultdict(int)
        for _, currency, amount, _ in self.cash(asked):
            held[currency] += amount
        has_bank = any(account != "stripe" for account, *_ in self.cash(replace(asked, currency=None)))
        rows: Rows = []
        for currency, cash in sorted(held.items()):
            spent = [day for move, day in self.moves if move.kind in SPEND and move.currency == currency]
            if not has_bank or min(spent, default=until) >= months_back(asked.as_of, 2):
                rows.append((currency, cash, None, None))
                continue
            burn = burnt.get(currency, 0)
            months = max(0, cash * 30 // burn) / 10 if burn > 0 else None
            rows.append((currency, cash, _half_away(burn, 3), months))
        return sorted(rows, key=lambda row: (row[2] is None, row[0]))

    def burn_rate_of_all(self, asked: Asked) -> Rows:
        """Net burn by currency, whether or not spend was known all the time."""

        def values(move: Move) -> tuple[int, ...]:
            return max(move.amount, 0), max(-move.amount, 0), -move.amount

        return self._grouped(asked, BURN, values, 2)


def _half_away(amount: int, divisor: int) -> int:
    sign = 1 if amount >= 0 else -1
    return sign * ((2 * abs(amount) + divisor) // (2 * divisor))


def _percent(part: int, whole: int) -> float | None:
    """A percentage rounded to a tenth, half up."""
    if whole <= 0:
        return None
    return int(Fraction(part * 1000, whole) + Fraction(1, 2)) / 10

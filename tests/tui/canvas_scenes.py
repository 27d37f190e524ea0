"""What the canvas answers in the scenes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from execops.canvas import catalogue
from execops.canvas.catalogue import Metric
from execops.canvas.drilldown import DrillDown
from execops.canvas.result import Answer
from execops.canvas.run import Asked
from execops.canvas.understanding import Understanding
from execops.errors import DatabaseUnavailableError
from tests.answers import answer

NET = (4_120_000, 4_480_500, 4_310_000, 5_020_000, 5_260_000, 4_990_000, 5_710_000, 6_120_000, 6_040_000, 6_880_000, 5_230_000)  # fmt: skip


def _revenue() -> Answer:
    rows = [
        (date(2026, at, 1), "USD", net + 180_000, 120_000, 60_000, net, 40 + at * 3)
        for at, net in enumerate(NET, 1)
    ]
    columns = "month month, currency currency, gross money, refunded money, disputed money, net money, payments count"
    return answer(columns, rows, chart="bar")


def _vendors() -> Answer:
    spent = [("Landlord", "USD", 900_000, 3), ("AWS", "USD", 612_340, 9), ("Datadog", "USD", 188_000, 3),
             ("株式会社フーリ", "USD", 94_000, 1), ("Linear", "USD", 24_000, 3), ("Hetzner", "EUR", 212_000, 3),
             ("Büro am Fluß GmbH & Co. KG", "EUR", 130_000, 3), ("Posthaus", "EUR", 8_800, 11)]  # fmt: skip
    columns = "vendor text, currency currency, spent money, payments count"
    params = {"from": date(2026, 9, 1), "to": date(2026, 11, 23), "group_by": "vendor", "limit": None}
    return answer(
        columns, list(spent), metric="spend_by_vendor", title="Spend by vendor", chart="bar", params=params
    )


def _customers() -> Answer:
    rows = [("cus_hooli", "Hooli Inc", "USD", 5_880_000, 12), ("cus_6", "Globex", "USD", 1_440_000, 12),
            ("cus_5", "株式会社フーリ", "JPY", 1_176_000, 12), ("cus_4", "Initech", "USD", 58_800, 12),
            ("cus_9", "Wayne", "USD", 4_900, 1)]  # fmt: skip
    columns = "customer text, name text, currency currency, revenue money, payments count"
    params = {"from": date(2025, 12, 1), "to": date(2026, 11, 23), "limit": None}
    return answer(
        columns, list(rows), metric="top_customers", title="Top customers", chart="bar", params=params,
        picked_by="gpt-5-mini",
    )  # fmt: skip


def _runway() -> Answer:
    return answer(
        "currency currency, cash money, burn money, months months",
        [("USD", 48_220_000, 3_510_000, 13.7), ("EUR", 2_104_000, 350_600, 6.0)],
        metric="runway", title="Runway", chart="number", params={"currency": None},
    )  # fmt: skip


def _payments() -> Answer:
    rows = [(date(2026, 11, day), f"cus_{day}", f"Customer {day}", f"in_{day}", "USD", day * 4_900, day % 4 + 1, "open")
            for day in range(21, 0, -1)]  # fmt: skip
    columns = ("failed_on date, customer text, name text, invoice text, currency currency, amount money,"
               " attempts count, status text")  # fmt: skip
    params = {"from": date(2026, 10, 24), "to": date(2026, 11, 23), "limit": None}
    return answer(
        columns, list(rows), metric="failed_payments", title="Failed payments", chart="list", params=params
    )


def _cash() -> Answer:
    return answer(
        "account text, currency currency, balance money, known_at date", [], metric="cash", title="Cash",
        chart="bar", unknown="no balance is known: import a bank file with `execops import bank`",
        params={"currency": None},
    )  # fmt: skip


ANSWERS: dict[str, Callable[[], Answer]] = {
    "net revenue": _revenue,
    "spend by vendor": _vendors,
    "top customers": _customers,
    "runway": _runway,
    "failed payments": _payments,
    "cash": _cash,
    "refunds": lambda: answer(
        "month month, refunded money, currency currency", [], metric="refunds", title="Refunds"
    ),
}


def metrics() -> dict[str, Metric]:
    """A few metrics, in words of the scenes' own, so that another metric changes no picture."""
    words = {
        "burn_rate": "burn rate", "cash": "how much cash do we have", "churn": "churn by month",
        "events": "events by type", "failed_payment_count": "how many payments failed last month",
        "failed_payments": "failed payments", "mrr": "mrr by month this year", "net_revenue": "net revenue by month",
        "runway": "runway", "spend_by_vendor": "who do we pay the most", "top_customers": "top 5 customers this year",
    }  # fmt: skip
    known = catalogue.load()
    return {
        name: replace(known[name], samples=(sample,), synonyms=(), title=name.replace("_", " ").capitalize())
        for name, sample in words.items()
    }


def ask(question: str) -> Asked:
    """The answer to a question of the scenes; none to any other."""
    if question == "offline":
        raise DatabaseUnavailableError(
            "Postgres does not answer; nothing was changed.",
            hint="Check that it runs and that DATABASE_URL is right.",
        )
    if question in ANSWERS:
        found = ANSWERS[question]()
        return Asked(
            question=question, understood=Understanding(kind="answer", metric=found.metric), answer=found
        )
    if question == "customers":
        candidates = ("top_customers", "churn", "net_revenue")
        return Asked(
            question=question, understood=Understanding(kind="clarify", candidates=candidates), answer=None
        )
    near = ("events",) if "weather" in question else ()
    return Asked(question=question, understood=Understanding(kind="refuse", candidates=near), answer=None)


def behind(answer: Answer, at: int, **found: tuple[object, ...]) -> DrillDown:
    """What stands behind a row of the scenes."""
    return DrillDown(
        label=f"{answer.title}, {answer.rows[at][1]}",
        proposals=found.get("proposals", ()),  # type: ignore[arg-type]
        events=found.get("events", ()),  # type: ignore[arg-type]
        truncated=False,
        nothing="No proposal and no event stands behind this row.",
    )

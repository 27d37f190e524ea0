"""Answers to draw, made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from execops.canvas.catalogue import Column
from execops.canvas.result import Answer, Receipt, Watermark
from execops.model import Json

TODAY = date(2026, 11, 22)


def answer(
    columns: str,
    rows: list[tuple[Any, ...]],
    *,
    metric: str = "net_revenue",
    title: str = "Net revenue",
    chart: str = "line",
    unknown: str | None = None,
    params: Json | None = None,
    picked_by: str | None = None,
    truncated: bool = False,
) -> Answer:
    """An answer with `month month, currency currency, net money` as its columns, say."""
    named = [column.split() for column in columns.split(",")]
    bound = {"from": date(2026, 1, 1), "to": date(2026, 11, 23), "group_by": "month", "currency": None}
    return Answer(
        metric=metric,
        title=title,
        columns=tuple(Column(name=name, unit=unit) for name, unit in named),
        rows=tuple(rows),
        chart=chart,
        unknown=unknown,
        receipt=Receipt(
            metric=metric,
            definition="Charges that succeeded, less refunds and disputes",
            params=bound if params is None else params,
            today=TODAY,
            time_zone="UTC",
            watermark=Watermark(
                event_id=412,
                event_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
                transaction_id=96,
                transaction_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
            ),
            rows=len(rows),
            truncated=truncated,
            picked_by=picked_by,
        ),
    )


def months(*currencies: str, count: int = 11) -> list[tuple[Any, ...]]:
    """A row a month and currency."""
    return [
        (date(2026, month, 1), currency, (month * 37 % 11) * 120_000 + 900_000)
        for month in range(1, count + 1)
        for currency in currencies
    ]


def revenue(*currencies: str) -> Answer:
    """Net revenue by month."""
    return answer("month month, currency currency, net money", months(*currencies or ("USD",)))

"""Drill down from a row of an answer: the proposals and events that it counts, or that are about the same customer,
invoice or vendor.

A metric's header says under `behind` what stands behind its rows, in parts separated by `|`:

- `proposals PLAY, …`: the proposals that these plays drafted in the row's period; of all plays where it names none
- `decided`: those decided in it; `credited`: those after which money came back in it
- `recovered`: those about the invoices of which a payment failed for the first time in it, and these failures
- `events TYPE, …`: the events of these types, and what they fed; `movements KIND, …`: those that told of money

The row narrows it: by its period, and by the customer, invoice, vendor, currency, play, status, type or reason that it
names. Behind a row that names a customer or an invoice are its proposals in any case.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from execops.books import cash
from execops.canvas import catalogue
from execops.canvas.calendar_units import start_of
from execops.canvas.catalogue import TIME_GROUPS, Metric
from execops.canvas.result import Answer, label
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json
from execops.proposals.listing import Summary

SQL = queries.load("canvas")
MOST = 200  # proposals, and events, the latest
_COLUMNS = {"customer": "customer", "invoice": "object_id", "currency": "currency"}
_FILTERS = (
    "customer",
    "object_id",
    "vendor",
    "category",
    "currency",
    "play",
    "status",
    "action_type",
    "reason",
)
_OF_FAILURES = ("attempt", "decline", "decline_class")
_PARTS = ("types", "kinds", "plays", "since", "until")


class RowFilters(Struct, frozen=True, kw_only=True):
    """A row, as the filters of what stands behind it; without `has_events` no event does."""

    label: str
    filters: Json
    has_events: bool


class DrillDown(Struct, frozen=True, kw_only=True):
    """The proposals and events behind a row, the newest first; `truncated` where there are more."""

    label: str
    proposals: tuple[Summary, ...]
    events: tuple[Json, ...]
    truncated: bool
    nothing: str  # the sentence to show where neither is there


def row_filters(answer: Answer, at: int) -> RowFilters:
    """The filters of a row, counted from 0. Raises IndexError."""
    row, params = answer.rows[at], answer.receipt.params
    metric = catalogue.load().get(answer.metric)
    behind = metric.behind if metric else {}
    filters: Json = dict.fromkeys((*_FILTERS, *_OF_FAILURES, *_PARTS))
    filters |= {name: params.get(name) for name in ("customer", "vendor", "category", "currency")}
    for column, value in zip(answer.columns, row, strict=True):
        if column.name in _COLUMNS:
            filters[_COLUMNS[column.name]] = value or ""
    if filters["object_id"]:
        filters["customer"] = None  # the invoice says more, and its customer may be unknown
    filters["plays"] = list(behind.get("proposals", ())) or None
    filters["types"] = list(behind.get("events", ())) or None
    filters["kinds"] = list(behind.get("movements", ())) or None
    filters["since"], filters["until"] = _period(answer, row)
    filters |= _group(metric, params.get("group_by"), row)
    filters["currency"] = filters["currency"] or None
    filters["drafted"] = "proposals" in behind or bool(filters["customer"] or filters["object_id"])
    filters["decided"], filters["credited"] = "decided" in behind, "credited" in behind
    filters["recovered"] = "recovered" in behind
    filters["zone"] = answer.receipt.time_zone
    name = label(answer, row)
    return RowFilters(
        label=f"{answer.title}, {name}" if name else answer.title,
        filters=filters,
        has_events=not behind.keys().isdisjoint({"recovered", "events", "movements"}),
    )


async def read(conn: Connection, row: RowFilters) -> DrillDown:
    """The proposals and events that these filters leave."""
    limit, filters = MOST + 1, row.filters
    events = []
    if row.has_events:
        events = await queries.many(conn, SQL["events_behind"], limit=limit, **filters)
    proposals = await queries.many(
        conn,
        SQL["proposals_behind"],
        limit=limit,
        event_ids=[event["id"] for event in events],
        spend_prefix=cash.SPEND_PREFIX,
        vendor_position=cash.VENDOR_POSITION,
        **filters,
    )
    imported = (
        " Movements that were imported or backfilled came without an event." if filters["kinds"] else ""
    )
    return DrillDown(
        label=row.label,
        proposals=tuple(Summary.from_row(proposal) for proposal in proposals[:MOST]),
        events=tuple(events[:MOST]),
        truncated=max(len(proposals), len(events)) > MOST,
        nothing=f"No proposal and no event stands behind this row.{imported}",
    )


def _period(answer: Answer, row: tuple[Any, ...]) -> tuple[date | None, date | None]:
    """The row's days, half-open; None where the answer is about now."""
    params = answer.receipt.params
    since, until = params.get("from"), params.get("to")
    group, start = params.get("group_by"), row[0]
    if since is None or until is None or group not in TIME_GROUPS or not isinstance(start, date):
        return since, until
    if group == "day":
        end = start + timedelta(days=1)
    else:  # some day of the next week, month or quarter
        end = start_of(group, start + timedelta(days={"week": 7, "month": 31, "quarter": 95}[group]))
    return max(since, start), min(until, end)


def _group(metric: Metric | None, group: str | None, row: tuple[Any, ...]) -> Json:
    """The filter that the row's group adds; a group without a name is that of rows that have none."""
    value = row[0] or ""
    if metric is None or not group or group in {"currency", "customer", *TIME_GROUPS}:
        return {}
    if group != "type":
        return {group: value}
    if "events" in metric.behind:
        return {"types": [value]}
    return {"kinds": [value]} if "movements" in metric.behind else {"action_type": value}

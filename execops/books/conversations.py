"""A support conversation: its messages, and the customers at Stripe that its contact may be."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from execops.db import queries
from execops.db.pool import Connection
from execops.effects import Effects
from execops.model import Json
from execops.settings import Settings

SQL = queries.load("conversations")
_OPEN = timedelta(days=14)  # a conversation in which nobody wrote for so long is left alone
_OF_A_CUSTOMER = frozenset(
    {"customer", "subscription"}
)  # objects by which a contact becomes a customer, or a heavy one
_WAVE = re.compile(r"intercom:wave:\d{4}-\d{2}-\d{2}")


async def read(
    conn: Connection, settings: Settings, conversation: str, facts_of: Callable[[str], Awaitable[Any]]
) -> Json:
    """The messages, the oldest first, the customers who match the contact, and the waves that may reach the newest message.

    `facts_of` reads the facts of a customer.
    """
    messages = [row["state"] for row in await queries.many(conn, SQL["messages"], conversation=conversation)]
    state = await queries.one(conn, SQL["state"], conversation=conversation)
    names = list(state["state"]["external_ids"]) if state else []
    emails = addresses(messages)
    candidates = await queries.many(conn, SQL["customers"], names=names, emails=sorted(emails))
    customers = [_as_json(row, await facts_of(row["customer"])) for row in matching(names, candidates)]
    waves = await _waves_around(conn, settings, messages)
    return {"messages": messages, "customers": customers, "waves": waves}


async def _waves_around(conn: Connection, settings: Settings, messages: list[Json]) -> dict[str, list[Json]]:
    """The messages of the day, by the wave's name, where so many contacts wrote near the newest message that it may be in a wave.

    A message shortly before midnight may be in a wave of the next day too. One that the team answered is in none.
    """
    if not messages or messages[-1]["by"] != "contact":
        return {}
    at, window = datetime.fromisoformat(messages[-1]["at"]), settings.wave_window
    near = await queries.one(conn, SQL["near"], at=at, window=window)
    if near is None or near["conversations"] < settings.wave_customers:
        return {}
    days = sorted({(at + later).astimezone(UTC).date() for later in (timedelta(), timedelta(seconds=window))})
    waves = [f"intercom:wave:{day}" for day in days]
    return {wave: (await of_day(conn, wave, window))["lately"] for wave in waves}


async def reached(conn: Connection, effects: Effects, settings: Settings) -> list[str]:
    """The conversations with an open proposal of anger whose newest message may be in a wave with one of these effects."""
    times = [
        snapshot.as_of
        for snapshot in effects.snapshots
        if snapshot.object_type == "message" and snapshot.state.get("by") == "contact"
    ]
    if not times:
        return []
    rows = await queries.many(
        conn, SQL["reached"], first=min(times), last=max(times), window=settings.wave_window
    )
    return [row["conversation"] for row in rows]


async def touched(conn: Connection, effects: Effects, now: datetime) -> list[str]:
    """The conversations of the last two weeks whose contact these effects may make a customer, or a heavy one."""
    customers = {
        snapshot.object_id if snapshot.object_type == "customer" else snapshot.subject_key
        for snapshot in effects.snapshots
        if snapshot.object_type in _OF_A_CUSTOMER
    }
    if not customers:
        return []
    wanted = sorted(filter(None, customers))
    rows = await queries.many(conn, SQL["of_customers"], customers=wanted, since=now - _OPEN)
    return [row["conversation"] for row in rows]


async def of_day(conn: Connection, wave: str, window: float) -> Json:
    """The messages of contacts on the day that a wave is named after, the oldest first: see `outage_wave`.

    Those of two windows before it, in seconds, are among them: as far as a wave reaches that ends shortly before midnight.
    Anything but a wave has none.
    """
    if _WAVE.fullmatch(wave) is None:
        return {}
    day = wave.rpartition(":")[2]
    rows = await queries.many(conn, SQL["of_day"], day=day, evening=2 * window)
    return {"lately": [lately(row["conversation"], row["state"]) for row in rows]}


def lately(conversation: str, message: Json) -> Json:
    """A message as a wave reads it: by whom, when, and in which words."""
    return {"who": message.get("email") or conversation, "at": message["at"], "words": message["words"]}


def addresses(messages: list[Json]) -> set[str]:
    """The mail addresses of the contact, in small letters, each also without its plus tag."""
    emails = {message["email"] for message in messages if message.get("email")}
    for email in list(emails):
        local, _, host = email.partition("@")
        emails.add(f"{local.partition('+')[0]}@{host}")
    return emails


def matching(names: list[str], candidates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The customers who match: by an external id that is theirs, before any mail address."""
    by_id = [row for row in candidates if row["customer"] in names]
    return by_id or candidates


def _as_json(row: dict[str, Any], facts: Any) -> Json:  # noqa: ANN401
    paid = [
        charge
        for charge in facts.charges
        if charge.get("paid") is not False and charge.get("status") in {None, "succeeded"}
    ]
    return {
        "customer": row["customer"],
        "name": row["name"],
        "email": row["email"],
        "suppressed": row["suppressed"],
        "mrr": [[amount.minor, amount.currency] for amount in facts.mrr()],
        "open": [
            [
                invoice["id"],
                invoice.get("amount_remaining") or invoice.get("amount_due") or 0,
                invoice["currency"],
            ]
            for invoice in facts.invoices
            if invoice.get("status") == "open" and invoice.get("currency")
        ],
        "paid": [[sums["amount_minor"], sums["currency"]] for sums in facts.paid + facts.charged],
        "charges": [
            {
                "id": charge.get("id"),
                "amount": charge["amount"],
                "currency": charge["currency"],
                "at": charge["created"],
                "amount_refunded": charge.get("amount_refunded") or 0,
                "captured": charge.get("captured"),
                "disputed": charge.get("disputed"),
            }
            for charge in paid
            if charge.get("amount") and charge.get("currency") and charge.get("created")
        ],
    }

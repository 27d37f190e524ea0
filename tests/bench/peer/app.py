"""The peer's server: it checks the signature, stores the event, and hands its id to Celery."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from psycopg_pool import AsyncConnectionPool
from stripe import SignatureVerificationError, WebhookSignature

from tests.bench.peer.worker import process

SECRET = os.environ["STRIPE_WEBHOOK_SECRET"]
_INSERT = """
insert into peer_events (dedupe_key, type, payload) values (%s, %s, %s) on conflict (dedupe_key) do nothing returning id
"""


@asynccontextmanager
async def _pooled(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncConnectionPool(
        os.environ["DATABASE_URL"], max_size=16, open=False, kwargs={"autocommit": True}
    ) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_pooled)


@app.post("/ingest/stripe")
async def ingest(request: Request) -> dict[str, int | bool | None]:
    """Store a signed event once, and enqueue it."""
    body = await request.body()
    try:
        WebhookSignature.verify_header(body.decode(), request.headers["stripe-signature"], SECRET, 300)
    except (KeyError, ValueError, SignatureVerificationError) as exc:
        raise HTTPException(400, "wrong signature") from exc
    event = json.loads(body)
    async with request.app.state.pool.connection() as conn:
        row = await (await conn.execute(_INSERT, (event["id"], event["type"], body.decode()))).fetchone()
    if row is not None:
        process.delay(row[0])
    return {"event_id": row[0] if row else None, "duplicate": row is None}

"""Is Postgres away, or does it refuse us? A server that is away comes back by itself; a wrong password stays wrong."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping

from execops.settings import Secret

_TIMEOUT = 5  # seconds, for each host of an address
_ANY = {"target_session_attrs": "any"}


async def is_away(url: Secret) -> bool:
    """Whether no server takes our connections at this address for now: none is reached, it starts, recovers or stops.

    So is a primary whose replica is not promoted yet. False where a server refuses the role, the password or the database.
    Only this question of libpq tells these apart: the error of a refused connection has no SQLSTATE.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQPINGPARAMS
    """
    address: dict[str, Any] = {"connect_timeout": _TIMEOUT} | conninfo_to_dict(url.reveal())
    ping = await asyncio.to_thread(PGconn.ping, make_conninfo(**address).encode())
    if Ping(ping) in {Ping.NO_RESPONSE, Ping.REJECT}:
        return True
    return address.get("target_session_attrs", "any") != "any" and await _lets_in(address | _ANY)


async def _lets_in(address: dict[str, Any]) -> bool:
    try:
        async with await psycopg.AsyncConnection.connect(make_conninfo(**address)):
            return True
    except psycopg.OperationalError:
        return False

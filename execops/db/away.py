"""Is Postgres away, or does it refuse us? A server that is away comes back by itself; a wrong password stays wrong."""

from __future__ import annotations

import asyncio
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping

from execops.settings import Secret

_TIMEOUT = 5  # seconds, for each host of an address


async def is_away(url: Secret) -> bool:
    """Whether nothing takes connections at this address: no Postgres is reached, or it starts, recovers or stops.

    False where one answers, also where it refuses the role, the password or the database. Only this question of libpq tells
    these apart: the error of a refused connection has no SQLSTATE.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQPINGPARAMS
    """
    read: dict[str, Any] = {"connect_timeout": _TIMEOUT} | conninfo_to_dict(url.reveal())
    ping = await asyncio.to_thread(PGconn.ping, make_conninfo(**read).encode())
    return Ping(ping) in {Ping.NO_RESPONSE, Ping.REJECT}

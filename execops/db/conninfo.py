"""The address of a Postgres, checked before anything connects to it. No error here quotes it: it may hold a password."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from execops.errors import UnavailableError
from execops.settings import Secret

_NUMBERS = ("port", "connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count")


def parameters(url: Secret, setting: str = "DATABASE_URL") -> dict[str, Any]:
    """The parameters in an address, as libpq reads them. Raises UnavailableError, which names the `setting` alone.

    An address that libpq reads in another way than its writer meant is refused too. A password with an `@` or a `/` that is
    not encoded ends up in the host or the port, and the errors of libpq quote these.
    """
    try:
        read = conninfo_to_dict(url.reveal())
        hosts, ports = (str(read.get(name) or "").split(",") for name in ("host", "port"))
        odd = any(
            sign in host for host in hosts for sign in "@?#:\\" if not (sign == ":" and host.count(":") > 1)
        )
        numbers = [*ports, *(str(read[name]) for name in _NUMBERS[1:] if name in read)]
        if (
            odd
            or not all(_is_number(number) for number in numbers)
            or not all(_is_port(port) for port in ports)
        ):
            raise ValueError  # noqa: TRY301  one error for all
    except (psycopg.Error, ValueError, TypeError):
        # Not chained: the message may quote the address, password included.
        raise UnavailableError(
            f"{setting} is not the address of a Postgres; nothing was changed.",
            hint="It has the form postgresql://user:password@host:5432/database. In the password write @ as %40, : as %3A, "
            "/ as %2F, # as %23, ? as %3F, % as %25.",
        ) from None
    return read


def _is_number(text: str) -> bool:
    return not text or (text.removeprefix("-").isascii() and text.removeprefix("-").isdigit())


def _is_port(text: str) -> bool:
    return not text or 0 < int(text) <= 65_535

"""The authorities that clients of httpx trust, read once: each client reads them anew, which takes longer than most requests."""

from __future__ import annotations

import os
import ssl
from functools import cache
from typing import Any

import httpx
from httpx._transports import default as transports

_create = httpx.create_ssl_context


@cache
def keep() -> None:
    """From now on, clients of this process that trust the same authorities share one context."""
    vars(transports)["create_ssl_context"] = httpx.create_ssl_context = _create_or_share


def _create_or_share(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    if verify is True and cert is None and trust_env:
        return _shared(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    return _create(verify, cert, trust_env)


@cache
def _shared(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    return _create()

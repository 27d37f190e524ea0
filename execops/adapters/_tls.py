"""The authorities whose certificates prove another server, for adapters that ask by httpx."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssl import SSLContext


@cache
def trusted() -> SSLContext:
    """They are read once, because that takes longer than a call."""
    from httpx import create_ssl_context  # a console loads none

    return create_ssl_context()

"""A limit on wrong tokens, for each address and for all together. Deliveries need no token, so it never meets them.

An address that sent too many wrong tokens is answered without a look into the database, until its allowance has grown
again. A token that was right lately is looked up all the same, so that an operator behind the same proxy goes on working.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

from msgspec import Struct

from execops.errors import TooManyAttemptsError
from execops.settings import Secret

PER_ADDRESS, PER_ADDRESS_EVERY = 20, 6.0  # wrong tokens at once; seconds until one more is allowed
IN_ALL, IN_ALL_EVERY = 200, 0.5
_ADDRESSES, _TOKENS = 4096, 1024  # kept in memory; the ones that were used longest ago go first


class _Allowance(Struct):
    """The wrong tokens that are still allowed, at a moment."""

    rest: float
    at: float

    def now(self, at: float, most: int, every: float) -> float:
        """The seconds until the next one is allowed: 0.0 where one is allowed now."""
        self.rest = min(most, self.rest + (at - self.at) / every)
        self.at = at
        return 0.0 if self.rest >= 1 else (1 - self.rest) * every


class Guesses:
    """The wrong tokens that one server saw lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._in_all = _Allowance(IN_ALL, clock())
        self._by_address: OrderedDict[str, _Allowance] = OrderedDict()
        self._right: OrderedDict[bytes, None] = OrderedDict()  # digests of tokens that were right

    def require_allowance(self, address: str, token: Secret) -> None:
        """Raise TooManyAttemptsError where this address, or all together, sent too many wrong tokens."""
        at = self._clock()
        wait = self._in_all.now(at, IN_ALL, IN_ALL_EVERY)
        allowance = self._by_address.get(_network(address))
        if allowance is not None:
            wait = max(wait, allowance.now(at, PER_ADDRESS, PER_ADDRESS_EVERY))
        if wait > 0 and _digest(token) not in self._right:
            raise TooManyAttemptsError(
                "Too many wrong tokens came from here; this one was not looked at.",
                retry_after=wait,
                hint="Wait, then send the token of an operator.",
            )

    def note_wrong(self, address: str, token: Secret) -> None:
        """Count a wrong token."""
        at, network = self._clock(), _network(address)
        allowance = self._by_address.setdefault(network, _Allowance(PER_ADDRESS, at))
        self._by_address.move_to_end(network)
        allowance.now(at, PER_ADDRESS, PER_ADDRESS_EVERY)
        self._in_all.now(at, IN_ALL, IN_ALL_EVERY)
        allowance.rest -= 1
        self._in_all.rest -= 1
        self._right.pop(_digest(token), None)
        if len(self._by_address) > _ADDRESSES:
            self._by_address.popitem(last=False)

    def note_right(self, token: Secret) -> None:
        """Remember a token that was right."""
        digest = _digest(token)
        self._right[digest] = None
        self._right.move_to_end(digest)
        if len(self._right) > _TOKENS:
            self._right.popitem(last=False)


def _digest(token: Secret) -> bytes:
    return sha256(token.reveal().encode("utf-8", "surrogateescape")).digest()


def _network(address: str) -> str:
    """The address, or the network of an IPv6 address: one peer has a whole /64 of them."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(getattr(ip, "ipv4_mapped", None) or ip)

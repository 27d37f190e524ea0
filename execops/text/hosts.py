"""Hosts of addresses: which are this machine, and which the internet can reach."""

from __future__ import annotations

import ipaddress

# Names that no public name server answers for: RFC 6761, RFC 6762, RFC 8375, and the one that ICANN set aside.
_PRIVATE = ("localhost", "local", "internal", "home.arpa", "test", "invalid", "lan")


def is_loopback(host: str) -> bool:
    """Whether a host, a name or an IP address, is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_public(host: str) -> bool:
    """Whether a host may be reached from the internet: a global IP address, or a name with a domain that is public."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        labels = host.lower().rstrip(".").split(".")
        return len(labels) > 1 and not any(".".join(labels).endswith(f".{name}") for name in _PRIVATE)

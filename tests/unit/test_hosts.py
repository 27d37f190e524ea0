"""The hosts that are this machine, and those that the internet can reach."""

from __future__ import annotations

import pytest

from execops.text.hosts import is_loopback, is_public


@pytest.mark.parametrize(
    "host", ["ops.example.com", "93.184.216.34", "2606:2800:220:1::1", "OPS.EXAMPLE.COM."]
)
def test_a_public_host(host: str) -> None:
    assert is_public(host)
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "127.0.0.2", "::1", "10.0.0.5", "192.168.1.2", "169.254.1.1", "fd00::1", "0.0.0.0",
     "nas", "nas.local", "api.LOCALHOST", "vault.internal", "router.home.arpa.", "x.test", "100.64.0.1"],
)  # fmt: skip
def test_a_host_that_the_internet_cannot_reach(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.5", False),
        ("localhost.example", False),
    ],
)
def test_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) == here

"""The limit on wrong tokens: for each address, for all together, and in bounded memory."""

from __future__ import annotations

import pytest

from execops.errors import TooManyAttemptsError
from execops.settings import Secret
from server import guesses
from server.guesses import IN_ALL, PER_ADDRESS, PER_ADDRESS_EVERY, Guesses

WRONG, RIGHT = Secret("wrong"), Secret("right")


class Clock:
    """A clock that a test moves on."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    """A clock at zero."""
    return Clock()


def refused(seen: Guesses, address: str, token: Secret = WRONG) -> bool:
    """Whether a token from this address is not looked at."""
    try:
        seen.require_allowance(address, token)
    except TooManyAttemptsError as exc:
        return exc.retry_after > 0
    return False


def guess(seen: Guesses, address: str, times: int) -> None:
    """Send wrong tokens as long as they are looked at."""
    for _ in range(times):
        if not refused(seen, address):
            seen.note_wrong(address, WRONG)


def test_an_address_has_an_allowance_that_grows_again(clock: Clock) -> None:
    seen = Guesses(clock)
    guess(seen, "192.0.2.1", PER_ADDRESS)
    assert refused(seen, "192.0.2.1")
    assert not refused(seen, "192.0.2.2")
    clock.at = PER_ADDRESS_EVERY + 0.1
    assert not refused(seen, "192.0.2.1")
    guess(seen, "192.0.2.1", 2)
    assert refused(seen, "192.0.2.1")


def test_a_network_of_ipv6_is_one_peer(clock: Clock) -> None:
    seen = Guesses(clock)
    for number in range(PER_ADDRESS):
        guess(seen, f"2001:db8::{number:x}", 1)
    assert refused(seen, "2001:db8::ffff")
    assert not refused(seen, "2001:db8:0:1::1")
    guess(seen, "::ffff:192.0.2.1", PER_ADDRESS)
    assert refused(seen, "192.0.2.1")


def test_all_addresses_share_an_allowance(clock: Clock) -> None:
    seen = Guesses(clock)
    for number in range(IN_ALL):
        guess(seen, f"10.0.{number // 250}.{number % 250}", 1)
    assert refused(seen, "192.0.2.1")


def test_a_right_token_works_on(clock: Clock) -> None:
    seen = Guesses(clock)
    seen.note_right(RIGHT)
    guess(seen, "192.0.2.1", PER_ADDRESS + 1)
    assert not refused(seen, "192.0.2.1", RIGHT)
    assert refused(seen, "192.0.2.1", Secret("another"))
    seen.note_wrong("192.0.2.1", RIGHT)  # its operator was revoked
    assert refused(seen, "192.0.2.1", RIGHT)


def test_memory_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "IN_ALL", 10**9)
    seen = Guesses(clock)
    for number in range(guesses._ADDRESSES + 100):
        seen.note_wrong(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", WRONG)
        seen.note_right(Secret(f"right {number}"))
    assert len(seen._by_address) == guesses._ADDRESSES
    assert len(seen._right) == guesses._TOKENS

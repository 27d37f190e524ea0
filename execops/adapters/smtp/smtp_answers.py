"""A mail server's answer: its code, its enhanced status (https://www.rfc-editor.org/rfc/rfc3463), and the wait it asks for.

The registry of enhanced statuses: https://www.iana.org/assignments/smtp-enhanced-status-codes. Their first digit repeats the
class of the code, so `detail` leaves it out. Exchange Online uses some of them in its own way (5.1.10, 5.4.1, 4.7.500):
https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from execops.text import clean_line

MAX_LINE = 200  # characters
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![.\d])")  # an address such as 5.2.2.10 is none
_GREYLISTING = re.compile(r"gr[ae]y[ -]?list", re.IGNORECASE)
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_SPAN = r"\d{1,6} ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b"
# `in 5 minutes`, `for 300 seconds`, `after 1 hour and 5 min`, `wait 90s`, `come back in 00:05:00`
_WAIT = re.compile(
    r"\b(?:in|for|after|wait(?:ing)?|least|another|about)\s+"
    rf"(?:(?P<hours>\d{{1,2}}):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)\b|(?P<spans>{_SPAN}(?:,? (?:and )?{_SPAN})*))",
    re.IGNORECASE,
)
_MAILBOX_FULL = "2.2"
_EXCEEDED = 552  # of a mailbox, or of the size of a mail


class Answer(Struct, frozen=True):
    """An answer: its code, and the words after it, which begin with the enhanced status if there is one."""

    code: int
    words: str

    @property
    def line(self) -> str:
        """The answer as one safe line: `550 5.1.1 no such user`."""
        return clean_line(f"{self.code} {self.words}".strip(), limit=MAX_LINE)

    @property
    def for_good(self) -> bool:
        """Whether another attempt would get the same answer: a code of 5xx, whatever the enhanced status says."""
        return self.code // 100 == 5

    @property
    def detail(self) -> str | None:
        """The enhanced status without its class: `1.1` of `550 5.1.1 no such user`; None without a status."""
        match = _STATUS.match(self.words)
        return match[1].partition(".")[2] if match else None

    @property
    def is_greylisting(self) -> bool:
        """Whether a server asks an unknown sender to come again: https://www.rfc-editor.org/rfc/rfc6647."""
        says_so = bool(_GREYLISTING.search(self.words))
        return self.code // 100 == 4 and (says_so or self.code in {450, 451} or self.detail == "7.1")

    @property
    def names_full_mailbox(self) -> bool:
        """Whether the mailbox of the recipient is full. Greylisting has this status at some servers."""
        return self.detail == _MAILBOX_FULL and not _GREYLISTING.search(self.words)

    @property
    def exceeds(self) -> bool:
        """Whether something is too much, and no status says which: the mailbox, or the size of the mail."""
        return self.code == _EXCEEDED and self.detail is None

    @property
    def wait(self) -> float | None:
        """The seconds that the server asks us to wait: 300 of `Greylisted, try again in 5 minutes`; None if it names none."""
        match = _WAIT.search(self.words)
        if match is None:
            return None
        if match["spans"]:
            spans = re.findall(r"(\d+) ?([smhd])", match["spans"].lower())
            return _seconds((float(number), unit) for number, unit in spans)
        return _seconds((float(match[name]), name[0]) for name in ("hours", "minutes", "seconds"))


def _seconds(spans: Iterable[tuple[float, str]]) -> float:
    return sum(number * _UNITS[unit] for number, unit in spans)


_CORRECT = "correct the address in the draft, and approve it again"
_OTHER = "write to another address"
_SHORTEN = "shorten it, then approve it again"
_PROVE = "set up SPF, DKIM and DMARC for the domain of the sender as the provider describes, then retry"
_UNPROVEN = "the mail does not prove that it comes from the sender's domain"
# By detail: the meaning of a refusal of a recipient or of a mail, and what to do.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "1.1": ("there is no mailbox {address}", _CORRECT),
    "1.2": ("the domain of {address} does not exist, or takes no mail", _CORRECT),
    "1.3": ("{address} is not written as an address", _CORRECT),
    "1.6": ("the mailbox {address} has moved", "ask the recipient for the new address"),
    "1.10": ("there is no mailbox {address}, or its domain takes no mail", _CORRECT),
    "2.1": ("the mailbox of {address} is switched off", _OTHER),
    _MAILBOX_FULL: ("the mailbox of {address} is full", f"{_OTHER}, or retry later"),
    "2.3": ("the mail is too large for {address}", _SHORTEN),
    "3.4": ("the mail is too large", _SHORTEN),
    "4.1": ("{address} cannot be reached", "check the address, then retry later"),
    "4.4": ("{address} cannot be reached", "check the address, then retry later"),
    "4.6": ("the mail goes round in a circle on its way to {address}", f"{_OTHER}, or tell the recipient"),
    "4.7": ("{address} could not be reached for too long", "check the address, then retry later"),
    **dict.fromkeys(("7.20", "7.21", "7.22", "7.23", "7.24", "7.26", "7.509", "7.515"), (_UNPROVEN, _PROVE)),
    "7.25": (
        "the address of the sending machine has no name",
        "send through the server of your provider, or have the provider set a reverse DNS name, then retry",
    ),
}

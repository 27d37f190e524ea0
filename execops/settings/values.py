"""The values that settings take. Each function reads a text, and raises ValueError with the values that it accepts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from execops.errors import NotConfiguredError

_TEXTS = Path(__file__).parents[1] / "plays" / "mails" / "texts"
_SOURCES = Path(__file__).parents[1] / "sources"
WITHOUT_WEBHOOKS = frozenset({"bank", "execops"})  # their events come of a file, and of an operator


def choice(*allowed: str) -> Callable[[str], str]:
    """One of these words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return text

    return parse


def several(*options: str) -> Callable[[str], tuple[str, ...]]:
    """Some of these words, comma-separated."""

    def parse(text: str) -> tuple[str, ...]:
        names = tuple(name.strip() for name in text.split(",") if name.strip())
        if not set(names) <= set(options):
            raise ValueError(f"some of {', '.join(options)}, comma-separated")
        return names

    return parse


@cache
def webhook_sources() -> tuple[str, ...]:
    """The sources that have webhooks, by name: each module beside Stripe's is one."""
    from pkgutil import iter_modules  # only where the setting is used

    return tuple(sorted({module.name for module in iter_modules([str(_SOURCES)])} - WITHOUT_WEBHOOKS))


def sources(text: str) -> tuple[str, ...]:
    """The sources whose webhooks are taken in, by name; Stripe is always one of them."""
    return tuple(dict.fromkeys(("stripe", *several(*webhook_sources())(text))))


def seconds(text: str) -> float:
    """Seconds, up to an hour."""
    accepted = "seconds from 0 to 3600"
    try:
        value = float(text)
    except ValueError:
        raise ValueError(accepted) from None
    if not 0 <= value <= 3600:
        raise ValueError(accepted)
    return value


def wait(text: str) -> float:
    """Seconds to wait for an answer, up to an hour."""
    accepted = "seconds above 0, up to 3600"
    try:
        value = seconds(text)
    except ValueError:
        raise ValueError(accepted) from None
    if value == 0:
        raise ValueError(accepted)
    return value


def duration(text: str) -> float:
    """A time in seconds, from a number with a unit."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
    match = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if match is None or not 0 < (value := int(match[1]) * units[match[2]]) <= 14 * 86_400:
        raise ValueError("a time such as 30m, 2h or 1d, up to 14d")
    return float(value)


def share(text: str) -> float | None:
    """A part of a whole, between 0 and 1."""
    if not text:
        return None
    if re.fullmatch(r"0?\.\d{1,4}", text.strip()) is None or not float(text) > 0:
        raise ValueError("a share between 0 and 1, such as 0.5")
    return float(text)


def repository(text: str) -> str | None:
    """The owner and the name of a repository at GitHub."""
    if text and not re.fullmatch(r"[A-Za-z0-9-]{1,100}/[A-Za-z0-9._-]{1,100}", text):
        raise ValueError("a repository: owner/name")
    return text or None


def slas(text: str) -> tuple[tuple[str, float], ...]:
    """Names with a time each."""
    pairs = [part.rpartition("=") for part in text.split(";") if part.strip()]
    if not all(name.strip() for name, _, _ in pairs):
        raise ValueError("names with a time, separated by semicolons: `Pro - first response=2h; Standard=4h`")
    return tuple((name.strip(), duration(value)) for name, _, value in pairs)


def account(text: str) -> str | None:
    """The id of a Stripe account."""
    if text and not re.fullmatch(r"acct_[A-Za-z0-9]{1,250}", text):
        raise ValueError("an account's id: acct_…")
    return text or None


def model(text: str) -> str | None:
    """A provider and its model."""
    provider, _, name = text.partition(":")
    if text and not (provider.strip() and name.strip()):
        raise ValueError("PROVIDER:MODEL, such as openai:gpt-4.1-mini")
    return text or None


def base_url(text: str) -> str:
    """The address of a service."""
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname or url.username or url.password:
        raise ValueError("an http or https URL without user and password")
    return text


def port(text: str) -> int:
    """A port; 0 takes a free one."""
    accepted = "a port from 0 to 65535"
    try:
        value = int(text)
    except ValueError:
        raise ValueError(accepted) from None
    if not 0 <= value <= 65535:
        raise ValueError(accepted)
    return value


def positive(text: str) -> int:
    """A whole number from 1."""
    accepted = "a whole number from 1"
    try:
        value = int(text)
    except ValueError:
        raise ValueError(accepted) from None
    if value < 1:
        raise ValueError(accepted)
    return value


def whole(text: str) -> int:
    """A whole number from 0."""
    accepted = "a whole number from 0"
    try:
        value = int(text)
    except ValueError:
        raise ValueError(accepted) from None
    if value < 0:
        raise ValueError(accepted)
    return value


def month(text: str) -> int:
    """A month's number."""
    if text not in {str(number) for number in range(1, 13)}:
        raise ValueError("a month's number from 1 to 12")
    return int(text)


def zone(text: str) -> str:
    """A time zone."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as exc:
        raise ValueError("a time zone such as Europe/Berlin") from exc
    return text


def currency(text: str) -> str:
    """A currency code, in capitals."""
    if len(text) != 3 or not (text.isascii() and text.isalpha()):
        raise ValueError("a currency code such as USD")
    return text.upper()


def languages(text: str) -> tuple[str, ...]:
    """The languages of mails to customers, one at least; each has a file of texts."""
    accepted = sorted(path.stem for path in _TEXTS.glob("*.ftl"))
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    if not names or not set(names) <= set(accepted):
        raise ValueError(f"some of {', '.join(accepted)}, comma-separated, your own first")
    return names


def default_home(environ: Mapping[str, str]) -> Path:
    """The folder for data, config, outbox and embedded database if EXECOPS_HOME is not set.

    Raises NotConfiguredError for a user without a home of their own, such as the number of a container.
    """
    if os.geteuid() == 0:  # root's Postgres runs as another account, which cannot enter /root
        return Path("/var/lib/execops")
    if base := environ.get("XDG_DATA_HOME"):
        return Path(base) / "execops"
    try:
        return Path.home() / ".local" / "share" / "execops"
    except RuntimeError:
        raise NotConfiguredError(
            "This user has no home directory: HOME is not set. Nothing was done.",
            hint="Set EXECOPS_HOME to a folder for data and config, or use --home.",
        ) from None

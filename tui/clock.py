"""The one place where the inbox asks for the time, and how it writes it: as ages."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"))


def now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


def zone() -> tzinfo:
    """The time zone of this machine."""
    return now().astimezone().tzinfo or UTC


def seconds_until(moment: datetime) -> float:
    """How far away a moment is; negative where it has passed."""
    return (moment - now()).total_seconds()


def age(moment: datetime) -> str:
    """How long ago: `now`, `2 m`, `14 h`, `3 d`."""
    return _coarse(-seconds_until(moment)) or "now"


def ago(moment: datetime) -> str:
    """How long ago, in a sentence: `just now`, `2 m ago`."""
    since = _coarse(-seconds_until(moment))
    return f"{since} ago" if since else "just now"


def ago_exactly(moment: datetime) -> str:
    """How long ago, to the second in the last minute: `a second ago`, `12 s ago`, `2 m ago`."""
    seconds = int(-seconds_until(moment))
    return ago(moment) if seconds >= 60 else f"{seconds} s ago" if seconds > 1 else "a second ago"


def left(moment: datetime) -> str:
    """How long until then: `under 1 m`, `2 h`, `13 d`."""
    return _coarse(seconds_until(moment)) or "under 1 m"


def duration(seconds: float) -> str:
    """A measured time: `4.1 s`, `3 m 20 s`, `2 h 5 m`, `3 d`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} m {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} m"
    return f"{whole // 86400} d"


def _coarse(seconds: float) -> str | None:
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return None

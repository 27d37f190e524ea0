"""The hours in which customers get mail, by their own clocks: `8-18`, or on some days only, `Mon-Fri 8-18`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from execops.text.patterns import Pattern

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORM = Pattern(r"(?:([A-Za-z]{3})-([A-Za-z]{3})\s+)?(\d{1,2})(?::(\d\d))?\s*-\s*(\d{1,2})(?::(\d\d))?")
_MINUTE = timedelta(minutes=1)
_WEEK_AND_A_DAY = 9  # days; within them every weekday comes once more


class SendHours(Struct, frozen=True):
    """The days, Monday is 0, and the minutes of a day from `start` on, before `end`."""

    days: frozenset[int]
    start: int
    end: int

    def opening(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment, in UTC, from which mail may go out in this zone; None where it may go out at `moment`.

        An hour that the clock leaves out ends the wait at its end; one that comes twice counts twice.
        """
        if self._hold(moment, zone):
            return None
        midnight = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        for ahead in range(_WEEK_AND_A_DAY):
            wall = midnight + timedelta(days=ahead, minutes=self.start)
            # The two readings of a wall clock's time; in a gap the one with fold lies before the gap, the other behind it.
            readings = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
            candidate = readings[0]
            while candidate <= readings[1]:
                if candidate > moment and self._hold(candidate, zone):
                    return candidate
                candidate += _MINUTE
        raise AssertionError("a week has one of the days")  # pragma: no cover

    def _hold(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether a moment lies within these hours."""
        local = moment.astimezone(zone)
        return local.weekday() in self.days and self.start <= local.hour * 60 + local.minute < self.end


def parse(text: str) -> SendHours:
    """Read the hours. Raises ValueError with the form that is accepted."""
    accepted = "hours such as 8-18, 8:30-17:30 or Mon-Fri 8-18"
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(accepted)
    first, last, *numbers = match.groups()
    hour, minute, end_hour, end_minute = (int(number or 0) for number in numbers)
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    names = [name.capitalize() for name in (first or "Mon", last or "Sun")]
    if max(minute, end_minute) > 59 or not 0 <= start < end <= 24 * 60 or not set(names) <= set(DAYS):
        raise ValueError(accepted)
    begin, length = DAYS.index(names[0]), (DAYS.index(names[1]) - DAYS.index(names[0])) % 7
    return SendHours(frozenset((begin + step) % 7 for step in range(length + 1)), start, end)

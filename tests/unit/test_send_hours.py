"""The hours in which customers get mail: their form, the next morning, and the days on which clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from execops.proposals.departures import country_zones
from execops.settings import send_hours

BERLIN, NEW_YORK, UTC = "Europe/Berlin", "America/New_York", "UTC"


@pytest.mark.parametrize(
    ("hours", "zone", "moment", "opening"),
    [
        ("8-18", UTC, "2026-11-30T08:00Z", None),
        ("8-18", UTC, "2026-11-30T17:59:59Z", None),
        ("8-18", UTC, "2026-11-30T18:00Z", "2026-12-01T08:00Z"),
        ("8-18", UTC, "2026-11-30T07:59:59Z", "2026-11-30T08:00Z"),
        ("8:30-17:45", UTC, "2026-11-30T08:29Z", "2026-11-30T08:30Z"),
        ("8-18", UTC, "2026-11-28T20:00Z", "2026-11-29T08:00Z"),  # a Sunday counts unless the days are named
        ("Mon-Fri 8-18", UTC, "2026-11-27T18:00Z", "2026-11-30T08:00Z"),
        ("mon-fri 8-18", UTC, "2026-11-28T12:00Z", "2026-11-30T08:00Z"),
        ("Mon-Fri 8-18", UTC, "2026-11-30T12:00Z", None),
        ("Sun-Thu 9-17", UTC, "2026-11-27T10:00Z", "2026-11-29T09:00Z"),
        ("Mon-Mon 9-10", UTC, "2026-11-30T10:00Z", "2026-12-07T09:00Z"),
        ("0-24", UTC, "2026-11-30T23:59Z", None),
        ("8-18", BERLIN, "2026-11-30T06:30Z", "2026-11-30T07:00Z"),
        ("8-18", BERLIN, "2026-07-01T17:00Z", "2026-07-02T06:00Z"),
        ("8-18", NEW_YORK, "2026-11-30T12:00Z", "2026-11-30T13:00Z"),
        ("8-18", "Asia/Tokyo", "2026-11-30T12:00Z", "2026-11-30T23:00Z"),
        # The night in which the clock goes on from two to three: the morning comes an hour sooner.
        ("8-18", BERLIN, "2026-03-28T20:00Z", "2026-03-29T06:00Z"),
        # Hours that begin within the hour that is left out begin at its end.
        ("2:30-5", BERLIN, "2026-03-28T22:00Z", "2026-03-29T01:00Z"),
        ("2-3", BERLIN, "2026-03-28T22:00Z", "2026-03-30T00:00Z"),  # they do not come on that day
        # The night in which the clock goes back from three to two.
        ("8-18", BERLIN, "2026-10-24T20:00Z", "2026-10-25T07:00Z"),
        ("2:30-5", BERLIN, "2026-10-24T20:00Z", "2026-10-25T00:30Z"),
        ("2:30-5", BERLIN, "2026-10-25T01:10Z", "2026-10-25T01:30Z"),  # between the two
        ("1-2", NEW_YORK, "2026-11-01T06:30Z", None),  # the second time
    ],
)
def test_the_next_morning(hours: str, zone: str, moment: str, opening: str | None) -> None:
    first = send_hours.parse(hours).opening(datetime.fromisoformat(moment), ZoneInfo(zone))
    assert first == (datetime.fromisoformat(opening) if opening else None)


@pytest.mark.parametrize(
    "text", ["", "8", "18-8", "8-8", "8-25", "8:60-9", "Mon 8-18", "Mon-Xyz 8-18", "8-24:01"]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="hours such as 8-18"):
        send_hours.parse(text)


def test_a_country_has_a_zone_where_its_clocks_agree() -> None:
    zones = country_zones()
    assert (zones["DE"], zones["GB"], zones["JP"], zones["IN"]) == (
        "Europe/Berlin",
        "Europe/London",
        "Asia/Tokyo",
        "Asia/Kolkata",
    )
    assert zones.keys().isdisjoint({"US", "CA", "AU", "BR", "ES", "PT", "RU", "MX"})
    for zone in zones.values():
        ZoneInfo(zone)

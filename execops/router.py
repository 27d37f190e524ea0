"""Which plays answer an event."""

from __future__ import annotations

from execops.model import Event
from execops.plays import Play, all_plays


def plays_for(event: Event) -> list[Play]:
    """The plays that answer this event, in the order of their names."""
    if event.object_id is None or event.subject_key is None:
        return []
    return [play for _, play in sorted(all_plays().items()) if event.type in play.events]

"""Writes a note for one's own team into a support conversation at Intercom. See `_intercom`."""

from __future__ import annotations

from typing import ClassVar

from execops.adapters._intercom import IntercomAdapter
from execops.settings import Settings


def create(settings: Settings) -> NoteAdapter:
    """The adapter; without a token it writes nothing."""
    return NoteAdapter(settings)


class NoteAdapter(IntercomAdapter):
    """Writes one note."""

    action_type: ClassVar[str] = "intercom_note"
    message_type: ClassVar[str] = "note"
    noun: ClassVar[str] = "note"

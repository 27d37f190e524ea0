"""The name of a thread: one play for one event."""

from __future__ import annotations


def thread_id(event_id: int, play: str) -> str:
    """The thread that runs a play for an event."""
    return f"event:{event_id}:{play}"


def event_and_play(thread: str) -> tuple[int, str]:
    """The event and the play of a thread: the inverse of `thread_id`."""
    _, event_id, play = thread.split(":", 2)
    return int(event_id), play

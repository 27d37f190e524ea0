"""The name of a thread: one play for one event, once more after each proposal of it that expired."""

from __future__ import annotations


def thread_id(event_id: int, play: str, expired: int | None = None) -> str:
    """The thread that runs a play for an event; `expired` is the id of the proposal in whose place it drafts anew."""
    thread = f"event:{event_id}:{play}"
    return thread if expired is None else f"{thread}:{expired}"


def parts_of(thread: str) -> tuple[int, str, int | None]:
    """The event, the play and the expired proposal of a thread: the inverse of `thread_id`."""
    _, event_id, play, *expired = thread.split(":")
    return int(event_id), play, int(expired[0]) if expired else None

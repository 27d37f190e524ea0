"""Many different customers write of the same trouble within EXECOPS_WAVE_WINDOW: one proposal for all, so that somebody looks and tells them.

The same trouble is one of the outages in `support_words`, or one thing that all of them name while they are in trouble: see
`support_waves`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from execops.books.facts import About, Facts
from execops.model import WROTE, Declined, Draft, Event, Urgency
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.support import support_waves
from execops.plays.wording import minute, short
from execops.settings import Settings
from execops.sources.intercom import TOPICS, read, wave_of, waves_beside

_SHOWN = 5  # messages that are quoted


def about(event: Event, settings: Settings) -> About | None:  # noqa: ARG001
    """The day of the event: all conversations of one day are judged together."""
    if event.object_id is None:
        return None
    wave = wave_of(event.occurred_at.astimezone(UTC).date())
    return About(wave, wave)


def beside(event: Event, settings: Settings) -> list[About]:
    """The other days whose wave the messages of an event may belong to: one shortly before midnight, or one that arrives late."""
    waves = waves_beside(event, read(event).snapshots, settings.wave_window)
    return [About(wave, wave) for wave in sorted(waves)]


def assess(facts: Facts) -> Draft | Declined:
    """A message to the account owner: how many wrote, of what, in whose words. It stays for the day.

    A wave is of the day of the message that makes it one. The messages of the evening before count too, unless they were a
    wave of their own: then the day before tells of it, and of those who write within the window after it.
    """
    least, window = facts.org["wave_customers"], timedelta(seconds=facts.org["wave_window"])
    within = _in_words(window)
    topic, entries = support_waves.fullest(
        facts.object_id, facts.conversation.get("lately", []), least, window
    )
    if len(entries) < least:
        return Declined(f"fewer than {least} customers wrote of one trouble within {within}")
    title = f"{len(entries)} customers write of {topic} within {within}"
    quotes = [(WROTE, short(entry["words"])) for entry in entries[:_SHOWN]]
    first = minute(facts, datetime.fromisoformat(entries[0]["at"]))
    evidence = [("First", first), ("Customers", str(len(entries))), *quotes]
    ask = "Please see whether it is an outage, and say so in one place that customers can read; then answer each conversation."
    action_type, payload = to_team(facts, TeamRole.ACCOUNT_OWNER, title, evidence, ask)
    return Draft(
        title=title,
        urgency=Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=f"Look now: {title}",
        reasoning=f"{len(entries)} different customers wrote like words within {within}; {least} are a wave.",
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
    )


def _in_words(window: timedelta) -> str:
    hours, rest = divmod(window, timedelta(hours=1))
    if not rest:
        return "an hour" if hours == 1 else f"{hours} hours"
    minutes = window // timedelta(minutes=1)
    return f"{minutes} minutes" if minutes > 1 else f"{window.seconds} seconds"


PLAY = Play(
    name="outage_wave",
    vertical="customer_fire",
    version=1,
    summary="Many different customers write of the same trouble within an hour: tell the account owner",
    action_type="notice",
    events=TOPICS,
    assess=assess,
    about=about,
    beside=beside,
    needs=frozenset({"wave"}),
    survival=True,
)

"""Many different customers write of the same trouble within EXECOPS_WAVE_WINDOW: one proposal for all, so that somebody looks and tells them.

The same trouble is one of the outages in `support_words`, or one thing that all of them name while they are in trouble.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from execops.books.facts import About, Facts
from execops.model import WROTE, Declined, Draft, Event, Json, Urgency
from execops.plays import support_scorer, support_words
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.wording import minute, short
from execops.settings import Settings
from execops.sources.intercom import TOPICS, read, wave_of, waves_beside

_SHOWN = 5  # messages that are quoted
_TROUBLE = 0.25  # of the odds
_FRIENDLY = ("thanks", "innocent", "automatic", "spam")


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
    too_few = Declined(f"fewer than {least} customers wrote of one trouble within {within}")
    if not facts.conversation.get("lately"):
        return too_few
    begins = datetime.fromisoformat(f"{facts.object_id.rpartition(':')[2]}T00:00+00:00")
    fullest: tuple[str, list[Json]] = ("", [])
    for topic, entries in sorted(_by_topic(facts).items()):
        untold = _untold(entries, begins, least, window)
        for last in untold:
            together = _first_of_each(untold, datetime.fromisoformat(last["at"]), window)
            if datetime.fromisoformat(last["at"]) >= begins and len(together) > len(fullest[1]):
                fullest = (topic, together)
    topic, entries = fullest
    if len(entries) < least:
        return too_few
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


def _by_topic(facts: Facts) -> dict[str, list[Json]]:
    """The messages of the day by outage, and those in trouble by the thing that they name."""
    by_topic: dict[str, list[Json]] = defaultdict(list)
    by_thing: dict[str, list[tuple[str, Json]]] = defaultdict(list)
    for entry in facts.conversation.get("lately", ()):
        for topic in support_words.topics(entry["words"]):
            if _is_in_trouble(entry["words"]):
                by_topic[topic].append(entry)
        for beginning, word in support_words.things(entry["words"]).items():
            by_thing[beginning].append((word, entry))
    for pairs in by_thing.values():
        if len({entry["who"] for _, entry in pairs}) >= facts.org["wave_customers"]:
            troubled = [(word, entry) for word, entry in pairs if _is_in_trouble(entry["words"])]
            if troubled:
                (word, _), *_ = Counter(word for word, _ in troubled).most_common(1)
                by_topic[f"“{word}”"] += [entry for _, entry in troubled]
    return by_topic


@lru_cache(maxsize=4096)  # the messages of a busy day, which each further message asks about again
def _is_in_trouble(words: str) -> bool:
    """Whether a message tells of trouble; one that only asks does where it names an outage: `Are you down?`"""
    odds = support_scorer.odds_of(support_words.without_commands(words))
    troubled = odds["complaint_mild"] + support_scorer.burning(odds)
    if support_words.topics(words):
        troubled += odds["question"]
    return troubled > max(_TROUBLE, sum(odds[label] for label in _FRIENDLY))


def _untold(entries: list[Json], begins: datetime, least: int, window: timedelta) -> list[Json]:
    """The messages that no wave of the evening before tells of, or reaches."""
    before = [entry for entry in entries if datetime.fromisoformat(entry["at"]) < begins]
    ends = [
        at
        for at in (datetime.fromisoformat(entry["at"]) for entry in before)
        if at > begins - window and len(_first_of_each(before, at, window)) >= least
    ]
    if not ends:
        return entries
    return [entry for entry in entries if datetime.fromisoformat(entry["at"]) > max(ends) + window]


def _first_of_each(entries: list[Json], last: datetime, window: timedelta) -> list[Json]:
    """The first message of each customer in the window that ends at this moment."""
    first: dict[str, Json] = {}
    for entry in entries:
        if last - window < datetime.fromisoformat(entry["at"]) <= last:
            first.setdefault(entry["who"], entry)
    return list(first.values())


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

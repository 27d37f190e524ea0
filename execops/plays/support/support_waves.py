"""The waves of a day: many different customers who write of one trouble within a window of time.

The same trouble is one of the outages in `support_words`, or one thing that all of them name while they are in trouble.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import lru_cache

from execops.books.crowds import Crowd, crowds
from execops.books.facts import Facts
from execops.model import Json
from execops.plays.support import support_scorer, support_words

_TROUBLE = 0.25  # of the odds
_FRIENDLY = ("thanks", "innocent", "automatic", "spam")


def fullest(wave: str, lately: list[Json], least: int, window: timedelta) -> tuple[str, list[Json]]:
    """The topic of the day's fullest wave, and the first message of each customer in it; both are empty without any message.

    `wave` is named after the day, `lately` are the messages of the day and of the evening before. The customers may be fewer
    than `least`. A wave that the day before tells of is none of this day.
    """
    topic, together, _ = _fullest(wave, lately, least, window)
    return topic, together


def tells_of(facts: Facts) -> bool:
    """Whether the proposal about a wave tells of all that the contact of a conversation wrote since the team's last answer.

    Each message is about the wave's trouble, and stands in a window in which so many customers wrote of it.
    """
    waves, unanswered = facts.conversation.get("waves", {}), _unanswered(facts)
    least, window = facts.org["wave_customers"], timedelta(seconds=facts.org["wave_window"])
    for wave, lately in waves.items():
        _, together, about_it = _fullest(wave, lately, least, window)
        if len(together) >= least and unanswered and unanswered <= _reached(about_it, least, window):
            return True
    return False


def ends(facts: Facts) -> datetime | None:
    """The moment from which no wave can reach the contact's newest message; None where it has passed, or nobody wrote."""
    times = [at for at, _ in _unanswered(facts)]
    if not times:
        return None
    end = datetime.fromisoformat(max(times)) + timedelta(seconds=facts.org["wave_window"])
    return end if end > facts.today else None


def _unanswered(facts: Facts) -> set[tuple[str, str]]:
    """When and in which words the contact wrote since the team's last answer."""
    messages = facts.conversation.get("messages", ())
    answered = max((number for number, message in enumerate(messages) if message["by"] == "team"), default=-1)
    return {
        (message["at"], message["words"])
        for message in messages[answered + 1 :]
        if message["by"] == "contact" and message["words"]
    }


def _fullest(
    wave: str, lately: list[Json], least: int, window: timedelta
) -> tuple[str, list[Json], list[Json]]:
    """As `fullest`, with all messages of the day about its topic."""
    if not lately:
        return "", [], []
    begins = datetime.fromisoformat(f"{wave.rpartition(':')[2]}T00:00+00:00")
    best: tuple[str, list[Json], list[Json]] = ("", [], [])
    for topic, entries in sorted(_by_topic(lately, least).items()):
        untold = _untold(entries, begins, least, window)
        crowds = [crowd for crowd in _crowds(untold, window) if _at(untold[crowd.end - 1]) >= begins]
        fullest = max(crowds, key=lambda crowd: crowd.customers, default=None)
        if fullest is not None and fullest.customers > len(best[1]):
            best = (topic, _first_of_each(untold[fullest.begin : fullest.end]), untold)
    return best


def _crowds(entries: list[Json], window: timedelta) -> list[Crowd]:
    """The window that ends at each moment of these messages, the oldest first."""
    return crowds([(_at(entry), entry["who"]) for entry in entries], window)


def _reached(entries: list[Json], least: int, window: timedelta) -> set[tuple[str, str]]:
    """When and in which words these messages were written that stand in a window with so many customers."""
    reached: set[tuple[str, str]] = set()
    end = 0
    for crowd in _crowds(entries, window):
        if crowd.customers >= least:
            reached.update(
                (entry["at"], entry["words"]) for entry in entries[max(crowd.begin, end) : crowd.end]
            )
            end = crowd.end
    return reached


def _at(entry: Json) -> datetime:
    return datetime.fromisoformat(entry["at"])


def _by_topic(lately: list[Json], least: int) -> dict[str, list[Json]]:
    """The messages of the day by outage, and those in trouble by the thing that they name."""
    by_topic: dict[str, list[Json]] = defaultdict(list)
    by_thing: dict[str, list[tuple[str, Json]]] = defaultdict(list)
    for entry in lately:
        for topic in support_words.topics(entry["words"]):
            if is_in_trouble(entry["words"]):
                by_topic[topic].append(entry)
        for beginning, word in support_words.things(entry["words"]).items():
            by_thing[beginning].append((word, entry))
    for pairs in by_thing.values():
        if len({entry["who"] for _, entry in pairs}) >= least:
            troubled = [(word, entry) for word, entry in pairs if is_in_trouble(entry["words"])]
            if troubled:
                (word, _), *_ = Counter(word for word, _ in troubled).most_common(1)
                by_topic[f"“{word}”"] += [entry for _, entry in troubled]
    return by_topic


@lru_cache(maxsize=4096)  # the messages of a busy day, which each further message asks about again
def is_in_trouble(words: str) -> bool:
    """Whether a message tells of trouble; one that only asks does where it names an outage: `Are you down?`"""
    odds = support_scorer.odds_of(support_words.without_commands(words))
    troubled = odds["complaint_mild"] + support_scorer.burning(odds)
    if support_words.topics(words):
        troubled += odds["question"]
    return troubled > max(_TROUBLE, sum(odds[label] for label in _FRIENDLY))


def _untold(entries: list[Json], begins: datetime, least: int, window: timedelta) -> list[Json]:
    """The messages that no wave of the evening before tells of, or reaches."""
    before = [entry for entry in entries if _at(entry) < begins]
    ends = [
        at
        for crowd in _crowds(before, window)
        if crowd.customers >= least and (at := _at(before[crowd.end - 1])) > begins - window
    ]
    if not ends:
        return entries
    return [entry for entry in entries if _at(entry) > max(ends) + window]


def _first_of_each(entries: list[Json]) -> list[Json]:
    """The first message of each customer."""
    first: dict[str, Json] = {}
    for entry in entries:
        first.setdefault(entry["who"], entry)
    return list(first.values())

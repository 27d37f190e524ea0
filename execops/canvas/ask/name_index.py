"""Every way to write the ledger's names: whole or shortened, with a letter or two wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from execops.canvas.ask import lexicon
from execops.canvas.ask.spelling import is_english

_SURE = 4  # characters of which one may be too many, missing, or out of place
_MEDIUM = 6  # characters of which one may be another
_LONG = 8  # characters of which two may be wrong


class Part(IntEnum):
    """How much of a name is written."""

    WHOLE = 0  # but for Inc, GmbH, …
    HEAD = 1
    MIDDLE = 2


@lru_cache(maxsize=1024)  # the words of a question are looked at again and again
def folded(text: str) -> tuple[str, ...]:
    """The words of a name without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("ß", "ss")
    return tuple(re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def names_written(words: tuple[str, ...], names: tuple[str, ...], *, exact: bool, marked: bool) -> list[str]:
    """The names that these words write: whole names, or, not `exact`, parts of names and misspelt ones.

    `marked` words stand where a name is expected, so that less of one is enough.
    """
    index = _index(names)
    ways = index.get(words) or index.get(("".join(words),), [])
    if exact and not ways:
        return []
    most = Part.WHOLE if exact else Part.MIDDLE if marked else Part.HEAD
    is_word = len(words) == 1 and not exact and bool(index.get(words)) and is_english(words[0])
    if is_word:  # "cloud" alone is no name, "from Umbrella" is
        most = Part.HEAD if marked else Part.WHOLE
    written = _fullest(ways, most)
    if not written and not exact and not is_word and sum(map(len, filter(str.isalpha, words))) >= _SURE:
        return _misspelt(words, names, Part.HEAD if marked else Part.WHOLE)
    return written


@lru_cache(maxsize=8)
def _index(names: tuple[str, ...]) -> dict[tuple[str, ...], list[tuple[Part, str]]]:
    """Every way to write a name, shortened at either end, to the names so written."""
    index: dict[tuple[str, ...], list[tuple[Part, str]]] = {}
    legal = lexicon.words("names", "legal_form")
    short = lexicon.pairs("names", "short")
    for name in names:
        words = folded(name)
        telling = tuple(word for word in words if word not in legal) or words
        ways = {
            telling[first:end]: Part.MIDDLE if first else Part.HEAD
            for first in range(len(telling))
            for end in range(first + 1, len(telling) + 1)
        } | dict.fromkeys((words, telling, ("".join(telling),)), Part.WHOLE)
        ways |= {(way,): Part.WHOLE for way, whole in short.items() if whole == " ".join(telling)}
        for way, part in ways.items():
            if sum(map(len, way)) >= 2:
                index.setdefault(way, []).append((part, name))
    return index


def _fullest(written: Iterable[tuple[Part, str]], most: Part) -> list[str]:
    """The names of which the most is written."""
    allowed = [(part, name) for part, name in written if part <= most]
    least = min((part for part, _ in allowed), default=None)
    return [name for part, name in allowed if part == least]


@lru_cache(maxsize=8)
def _spelled(names: tuple[str, ...]) -> list[str]:
    """Every way to write a name that is long enough to be misspelt."""
    return [
        " ".join(way)
        for way, written in _index(names).items()
        if len("".join(way)) >= _SURE and any(part <= Part.HEAD for part, _ in written)
    ]


def _misspelt(words: tuple[str, ...], names: tuple[str, ...], most: Part) -> list[str]:
    """The names that these words nearly write: one letter wrong, or two of a longer name."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    index, text = _index(names), " ".join(words)
    if text.endswith("s") and (plain := _fullest(index.get((text[:-1],), []), most)):
        return plain  # "acmes", without its apostrophe
    if len(words) == 1 and is_english(text):
        return []
    near = [
        (way, distance)
        for way, distance, _ in process.extract(
            text, _spelled(names), scorer=OSA.distance, score_cutoff=1 if len(text) < _LONG else 2, limit=20
        )
        if way[0] == text[0]
        and (len(way) >= _MEDIUM or not _is_substituted(way, text))
        and distance <= (1 if len(way) < _LONG else 2)
        and _fullest(index[tuple(way.split())], most)
    ]
    closest = min((distance for _, distance in near), default=None)
    written = [pair for way, distance in near if distance == closest for pair in index[tuple(way.split())]]
    return list(dict.fromkeys(_fullest(written, most)))


def _is_substituted(one: str, other: str) -> bool:
    """Whether a letter stands for another: in a short name, that is another name."""
    return len(one) == len(other) and sorted(one) != sorted(other)

"""Lists of words that tell a name's beginning, its inside and its end: first names, trades, towns, purposes."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("name_words.toml")
_SHORTEST = 3  # letters before the end of a longer word


@lru_cache(maxsize=50_000)
def classes_of(plain: str) -> tuple[str, ...]:
    """The lists that a word in small letters without accents is in."""
    words, ends = _lists()
    return tuple(
        name
        for name, members in words.items()
        if plain in members or (ends[name] and plain.endswith(ends[name]) and len(plain) > _SHORTEST + 3)
    )


@cache
def _lists() -> tuple[dict[str, frozenset[str]], dict[str, tuple[str, ...]]]:
    with _FILE.open("rb") as file:
        lists = {name: words.split() for name, words in tomllib.load(file).items()}
    words = {name: frozenset(word for word in of if word[0] != "*") for name, of in lists.items()}
    ends = {name: tuple(word[1:] for word in of if word[0] == "*") for name, of in lists.items()}
    return words, ends

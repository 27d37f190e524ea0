"""The meanings of the words of a text: which stand in it, and which stand together in a sentence. See `support_meanings.toml`."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from execops.plays.support import support_words
from execops.plays.support.support_contractions import spelled_out

_FILE = Path(__file__).with_name("support_meanings.toml")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[\U0001F300-\U0001FAFF☀-➿]")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_NEAR = 9  # words between two meanings that stand together
_DENIES, _DENIED = "not", 3  # a denial counts for the words just after it
_PHRASE = 3  # words of the longest entry
_SHORTEST = 3  # letters of the shortest beginning
_LONGEST = 24  # letters of a longer word that are looked at

Entries = dict[str, set[str]]


@lru_cache(maxsize=256)  # a sentence is read alone, and as the first or the last of a text
def meanings_in(text: str) -> tuple[Mapping[str, int], frozenset[str]]:
    """How often each meaning stands in a text, and the pairs that stand together; a denied meaning is a pair with its denial."""
    often: Counter[str] = Counter()
    pairs: set[str] = set()
    text = spelled_out(text)
    codes = [language.code for language in support_words.spoken(text)]
    for sentence in _SENTENCE.split(text):
        places = [_meanings(words, codes) for words in _tokens(sentence, codes)]
        for place, meanings in enumerate(places):
            often.update(meanings)
            for distance, others in enumerate(places[place : place + _NEAR + 1]):
                pairs.update(_pairs(meanings, others, distance))
    return often, frozenset(pairs)


def _pairs(meanings: set[str], others: set[str], distance: int) -> Iterator[str]:
    for meaning in meanings:
        for near in others:
            if distance == 0 and near <= meaning:
                continue
            if meaning == _DENIES and distance <= _DENIED:
                yield f"{meaning}>{near}"
            else:
                yield "&".join(sorted((meaning, near)))


def _tokens(sentence: str, codes: list[str]) -> list[list[str]]:
    """At each word, the phrases that begin there, the shortest first."""
    words: list[str] = []
    for word in map(folded, _WORD.findall(support_words.straight(sentence))):
        is_entry = any(word in _entries(code)[0] for code in codes)
        words += [word] if is_entry or "'" not in word else [word, word.split("'")[1]]  # l'abonnement
    return [[" ".join(words[at : at + size]) for size in range(1, _PHRASE + 1)] for at in range(len(words))]


def _meanings(phrases: list[str], codes: list[str]) -> set[str]:
    meanings: set[str] = set()
    for code in codes:
        whole, beginnings = _entries(code)
        for phrase in phrases:
            if phrase in whole:
                meanings |= whole[phrase]
        longest = phrases[-1]  # it begins with each of the others
        for size in range(_SHORTEST, min(len(longest), _LONGEST) + 1):
            if longest[:size] in beginnings:
                meanings |= beginnings[longest[:size]]
    return meanings


@cache
def _entries(code: str) -> tuple[Entries, Entries]:
    """The whole entries and the beginnings of a language, with their meanings."""
    whole: Entries = {}
    beginnings: Entries = {}
    for meaning, languages in tomllib.loads(_FILE.read_text(encoding="utf-8")).items():
        for entry in languages.get(code, languages["en"]).split():
            entries = beginnings if entry.endswith("*") else whole
            entries.setdefault(folded(entry.rstrip("*").replace("_", " ")), set()).add(meaning)
    return whole, beginnings


def folded(word: str) -> str:
    """The word in small letters, without accents, and with each way to write an umlaut alike."""
    plain = support_words.unaccented(word.lower()).replace("ß", "ss")
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")

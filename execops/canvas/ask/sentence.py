"""A question as words. Each pass takes the words that it understands; a word that is left over was not understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache, partial

from execops.canvas.ask import lexicon
from execops.canvas.ask.number_words import in_digits
from execops.text.patterns import Pattern

TAKEN = "·"
NAMED = "◆"  # in place of each word of a name that was taken
_WORD = re.compile(r"'\d\d\b|\d+(?:[.,]\d+)+|[^\W_]+(?:'[^\W_]+)*|[€$£¥%#&+/-]")
# Signs of statements and of markup: no plain question has them.
_CODE = re.compile(r"[;={}<>\[\]\\`*|~^@]|--|/\*|::|https?:")
# "movements > 500" is a question.
_ABOVE = Pattern(r"(?<=[\w ]) ?> ?(?=\d|[€$£]\d)(?!\d+ ?(?:day|week|month|quarter|year|hour|min|d\b))", ">")
_ARROW = Pattern(r"(?<=[\w ])[-=]+>(?=[\w ])", ">")
_HYPHEN = Pattern(r"\b([a-z]{3,9}|q[1-4]|\d{1,2})-(?=([a-z]{3,9}|q[1-4]|\d{1,2})\b)", "-", ignore_case=True)
_END_OF_RANGE = Pattern(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|q[1-4]|\d{1,2}", ignore_case=True
)
_QUOTED = Pattern(r"[\"“«]([^\"”»]+)[\"”»]", '"“«')
_ARTICLES = frozenset({"the", "a", "an", "our", "my", "your", "all"})


class Sentence:
    """A question's words, lower-case and in one spelling; a word that was understood is taken out."""

    def __init__(self, text: str, named: Collection[str] = ()) -> None:
        """The words of a text; `named` are those of the ledger's names, which no courtesy is."""
        self.is_code = bool(_CODE.search(_ABOVE.sub(" ", _ARROW.sub(" ", text))))
        self.quoted = frozenset(" ".join(_QUOTED.findall(text)).lower().split())
        self.typed = text.lower()
        self.written = list(_split(text, frozenset(named)))
        self.words = [respelled(word) for word in map(str.lower, self.written)]
        self.possessive = [False] * len(self.words)
        self.without_names: list[str] = []  # the words once names were taken, and nothing else
        for place, word in enumerate(self.words):
            if word.endswith(("'s", "s'")) and len(word) > 3:
                self.possessive[place] = True
                self.words[place] = word[:-2] if word.endswith("'s") else word[:-1]
                self.written[place] = self.written[place][: len(self.words[place])]

    @property
    def text(self) -> str:
        """The words that were not taken, a dot for each that was."""
        return " ".join(self.words)

    def find(self, pattern: re.Pattern[str] | Pattern) -> re.Match[str] | None:
        """The first place where whole words fit."""
        return pattern.search(self.text)

    def find_in_full(self, pattern: re.Pattern[str] | Pattern) -> re.Match[str] | None:
        """The first place in the whole sentence, in which names alone are taken."""
        return pattern.search(" ".join(self.without_names))

    def take(self, match: re.Match[str], group: int | str = 0) -> None:
        """Take the words of a match, or of a group of it."""
        first = self.text[: match.start(group)].count(" ")
        self.take_range(first, first + match[group].count(" ") + 1)

    def take_range(self, first: int, end: int, mark: str = TAKEN) -> None:
        """Take the words from `first` up to `end`."""
        self.words[first:end] = [mark] * (end - first)

    def before(self, place: int) -> str:
        """The word before a place, articles aside."""
        while place and self.words[place - 1] in _ARTICLES:
            place -= 1
        return self.words[place - 1] if place else ""

    def untaken(self) -> list[int]:
        """The places of the words that no pass took."""
        return [place for place, word in enumerate(self.words) if word not in {TAKEN, NAMED}]


def respelled(word: str) -> str:
    """The word in the one spelling that the other passes know: "clients" are "customers"."""
    return lexicon.pairs("spellings", "spelling").get(word, word)


def plain_words(text: str) -> list[str]:
    """The words of a text without names, dates and hyphens, which no rewrite changes. It takes a fraction of the time."""
    return [respelled(word) for word in _WORD.findall(text.lower())]


@cache
def _rewrites() -> list[tuple[Pattern, str, bool]]:
    """The phrases to replace before a text is split; the last ones make one word of each date."""
    return [
        (
            lexicon.pattern("rewrites", entry["pattern"], ignore_case=True),
            entry["by"],
            entry.get("unless_named", False),
        )
        for entry in lexicon.read("rewrites")["rewrite"]
    ]


@lru_cache(maxsize=64)  # a question without an answer is split again by each pass that looks for near ones
def _split(text: str, named: frozenset[str]) -> tuple[str, ...]:
    """The words as they were written, dates as one word each."""
    plain = in_digits(unicodedata.normalize("NFKC", text))
    for pattern, by, unless_named in _rewrites():
        if unless_named and named:
            plain = pattern.sub(partial(_unless_named, by, named), plain)
        else:
            plain = pattern.sub(by, plain)
    return tuple(_WORD.findall(re.sub(r"(?<=\w)-(?=\w)", " ", _HYPHEN.sub(_apart, plain))))


def _unless_named(by: str, named: Collection[str], match: re.Match[str]) -> str:
    """The text in the place of a match; a word of the ledger's names stays: a customer may be called Gracias."""
    words = _WORD.findall(match[0].lower())
    return match[0] if any(word in named for word in words) else match.expand(by)


def _apart(match: re.Match[str]) -> str:
    """`sep-oct` and `1-15` are ranges; `pay-outs` is a word."""
    is_range = all(map(_END_OF_RANGE.fullmatch, match.groups()))
    return f"{match[1]} - " if is_range else f"{match[1]} "

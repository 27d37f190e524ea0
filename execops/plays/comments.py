"""The comment that a customer leaves with a cancellation: what it asks of us, and how a text may quote it.

Plain phrases decide, in the languages that `comment_words.toml` knows. A doubt is settled against writing to the customer:
only a comment that gives a plain reason in English, is short and calm, and asks for nothing, is one that a drafted mail
may answer.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from execops.text import clean_line

LONGEST = 300  # characters of a comment that a mail quotes whole; a longer one is for a person to answer
_READ = 5000  # characters that Stripe keeps of a comment
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")
_ENDS = re.compile(r"[.!?;:\n]+")
_QUESTION = re.compile("[?？؟;՞⸮]|¿")
_CONTACT = re.compile(r"\S@\S|\d(?:[\s().-]?\d){6,}")  # an address, or a number to call or to charge
_MARKUP = re.compile(
    r"<[^>]*>|&\w+;|\[[^\]]*\]\(|https?:|www\.|\b[\w-]+\.(?:com|net|org|io|ru|cn|xyz|info|shop)\b",
    re.IGNORECASE,
)
_SHORT = 3  # words, of which one known word is enough to tell the language
_SHARE = 4  # one word in so many has to be a known one


class Meaning(StrEnum):
    """The meaning of a comment, as far as it decides who answers. The first one that fits holds."""

    NOTHING = "nothing"  # no comment, or none that says anything
    NO_CONTACT = "no_contact"
    LEGAL = "legal"
    PERSONAL = "personal"
    REQUEST = "request"
    PERHAPS_NO_CONTACT = "perhaps_no_contact"
    CLOSING = "closing"
    DUPLICATE = "duplicate"
    NOTE = "note"  # one's own people may have written it
    UNCLEAR = "unclear"  # another language, junk, or no reason
    RUDE = "rude"
    LONG = "long"
    PLAIN = "plain"


@lru_cache(maxsize=256)
def meaning(comment: str | None) -> Meaning:
    """The meaning of the comment."""
    text = (comment or "")[:_READ]
    folded = _fold(text)
    if not any(character.isalnum() for character in folded) or _says(Meaning.NOTHING, folded):
        return Meaning.NOTHING
    for candidate in (Meaning.NO_CONTACT, Meaning.LEGAL, Meaning.PERSONAL):
        if _says(candidate, folded):
            return candidate
    if _QUESTION.search(text) or _CONTACT.search(text) or _says(Meaning.REQUEST, folded):
        return Meaning.REQUEST
    for candidate in (Meaning.PERHAPS_NO_CONTACT, Meaning.NOTE, Meaning.CLOSING, Meaning.DUPLICATE):
        if _says(candidate, folded):
            return candidate
    if _MARKUP.search(text) or not (_is_english(folded) and _gives_a_reason(folded)):
        return Meaning.UNCLEAR
    if _says(Meaning.RUDE, folded) or _shouts(text):
        return Meaning.RUDE
    return Meaning.LONG if len(text) > LONGEST else Meaning.PLAIN


def quote(comment: str, *, limit: int = LONGEST) -> str:
    """The comment in quotation marks, for a message to the team: see `excerpt`."""
    return f"“{excerpt(comment, limit=limit)}”"


def excerpt(comment: str, *, limit: int = LONGEST) -> str:
    """The comment on one line, cut after a word where it is longer than `limit` characters."""
    line = clean_line(comment, limit=_READ).strip()
    if len(line) > limit:
        line = line[: limit - 1].rpartition(" ")[0].rstrip() or line[: limit - 1]
        line += "…"
    return line


def is_sentence(comment: str) -> bool:
    """Whether the comment ends with a mark of its own, so that no full stop follows its quotation."""
    return excerpt(comment)[-1] in ".!?…"


def _fold(text: str) -> str:
    """The text in small letters without accents and apostrophes; marks are spaces, but the ends of sentences are points."""
    letters = _letters(text.translate(_APOSTROPHES))
    parts = (_ENDS.sub(" . ", letters).split(" . ")) if letters else []
    return ". ".join(" ".join(re.findall(r"\w+", part)) for part in parts).strip()


def _letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        character for character in decomposed if unicodedata.category(character) not in {"Mn", "Cf"}
    )
    return kept.replace("ł", "l").replace("ø", "o").replace("ı", "i").replace("æ", "ae").replace("đ", "d")


def _says(kind: Meaning, folded: str) -> bool:
    return _phrases(kind).search(folded) is not None


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    text = files("execops.plays").joinpath("comment_words.toml").read_text(encoding="utf-8")
    words: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return words


@cache
def _phrases(kind: Meaning) -> re.Pattern[str]:
    """All phrases of a meaning in one expression."""
    phrases = [
        _letters(phrase).replace("~", r"(?:\w+ ){0,4}")
        for group in _words()[kind].values()
        for phrase in group
    ]
    start = r"^" if kind is Meaning.NOTHING else ""
    starts = [r"\b" if phrase.lstrip("(")[:1].isascii() else "" for phrase in phrases]
    return re.compile(
        "|".join(f"{start}{begin}(?:{phrase})" for begin, phrase in zip(starts, phrases, strict=True))
    )


@cache
def _vocabulary(name: str) -> frozenset[str]:
    return frozenset(word for line in _words()[name]["words"] for word in line.split())


def _is_english(folded: str) -> bool:
    """Whether enough of the words are English ones, and no more of them are words of other languages alone."""
    words = [word for word in re.findall(r"\w+", folded) if not word.isdigit()]
    if not words or not folded.isascii():
        return False
    english, foreign = _vocabulary("english"), _vocabulary("foreign")
    known = sum(word in english for word in words)
    strange = sum(word in foreign and word not in english for word in words)
    needed = 1 if len(words) <= _SHORT else max(2, len(words) // _SHARE)
    return known >= needed and strange * 2 < known


def _gives_a_reason(folded: str) -> bool:
    return not _vocabulary("reason").isdisjoint(re.findall(r"\w+", folded))


def _shouts(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 12 and sum(character.isupper() for character in letters) * 10 > len(letters) * 7

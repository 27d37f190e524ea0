"""The comment that a customer leaves with a cancellation: what it asks of us, and how a text may quote it.

Plain phrases decide: `comment_words/<language>.toml` holds those of a language. A doubt is settled against writing to the
customer: a drafted mail may answer only a comment in one of these languages that is short and calm, asks for nothing, and
gives a plain reason or stands beside a reason that the customer chose.
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
_ENDS = re.compile(r"(?:(?<!\d)\.|[!?;:。\n])+")  # a point after a number belongs to a date or an amount
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "đ": "d"})
_ELISION = re.compile(
    r"\b(qu|jusqu|lorsqu|puisqu|quelqu|all|dall|dell|nell|sull|quest|un|[cdjlmnst])['’‘`´ʼ](?=\w)",
    re.IGNORECASE,
)  # the short words of French and Italian that an apostrophe joins to the next
_VOICED = "\u3099\u309a"  # the marks that make another letter of a Japanese one
_KANA = re.compile("[\u3041-\u30ff]")
_OTHER = "other"  # the languages that no mail answers
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
    UNCLEAR = "unclear"  # another language, several languages, junk, or words that hint at more
    RUDE = "rude"
    LONG = "long"
    CALM = "calm"  # no reason of its own; a mail may answer it beside a reason that the customer chose
    PLAIN = "plain"


@lru_cache(maxsize=256)
def meaning(comment: str | None) -> Meaning:
    """The meaning of the comment."""
    text = (comment or "")[:_READ]
    folded = _fold(text)
    if not any(character.isalnum() for character in folded) or _says(Meaning.NOTHING, folded):
        return Meaning.NOTHING
    if _says(Meaning.NO_CONTACT, folded):
        return Meaning.NO_CONTACT
    spoken = _languages(folded)
    for candidate in (Meaning.LEGAL, Meaning.PERSONAL):
        if _says(candidate, folded, spoken):
            return candidate
    if _QUESTION.search(text) or _CONTACT.search(text) or _says(Meaning.REQUEST, folded, spoken):
        return Meaning.REQUEST
    for candidate in (Meaning.PERHAPS_NO_CONTACT, Meaning.NOTE, Meaning.CLOSING, Meaning.DUPLICATE):
        if _says(candidate, folded, spoken):
            return candidate
    if not spoken or _MARKUP.search(text) or _says(Meaning.UNCLEAR, folded, spoken):
        return Meaning.UNCLEAR
    if _says(Meaning.RUDE, folded, spoken) or _shouts(text):
        return Meaning.RUDE
    if len(text) > LONGEST:
        return Meaning.LONG if _gives_a_reason(folded, spoken) else Meaning.UNCLEAR
    return Meaning.PLAIN if _gives_a_reason(folded, spoken) else Meaning.CALM


def languages(comment: str) -> frozenset[str]:
    """The languages that the comment may be in, such as `fr`; several where its words are of all of them, none if unknown."""
    return _languages(_fold(comment[:_READ]))


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
    return excerpt(comment)[-1] in ".!?…。！？"


def _fold(text: str) -> str:
    """The text in small letters without accents and apostrophes; marks are spaces, but the ends of sentences are points."""
    letters = _letters(_ELISION.sub(r"\1 ", text).translate(_APOSTROPHES))
    parts = (_ENDS.sub(" . ", letters).split(" . ")) if letters else []
    return ". ".join(" ".join(re.findall(r"\w+", part)) for part in parts).strip()


def _letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        character
        for character in decomposed
        if character in _VOICED or unicodedata.category(character) not in {"Mn", "Cf"}
    )
    return unicodedata.normalize("NFC", kept.translate(_PLAIN_LETTERS))


def _says(kind: Meaning, folded: str, spoken: frozenset[str] = frozenset()) -> bool:
    """Whether a phrase of the meaning stands in the text: in its languages or in English, in any where none is known.

    An English phrase that shares a word with the languages of the text is a false friend: the German "war" tells of no war.
    """
    own = frozenset[str]().union(*(_vocabulary(language) for language in spoken))
    return any(
        language in spoken or own.isdisjoint(match.group().split())
        for language in (spoken | {"en"} if spoken else _words())
        for match in _phrases(kind.value, language).finditer(folded)
    )


def _gives_a_reason(folded: str, spoken: frozenset[str]) -> bool:
    return any(_phrases("reason", language).search(folded) for language in spoken)


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    """The lists of each language, by its code."""
    paths = (path for path in files("execops.plays").joinpath("comment_words").iterdir())
    lists = {path.name: path.read_text(encoding="utf-8") for path in paths if path.name.endswith(".toml")}
    return {name.removesuffix(".toml"): tomllib.loads(text) for name, text in sorted(lists.items())}


@cache
def _phrases(kind: str, language: str) -> re.Pattern[str]:
    """All phrases of a kind in one expression, which matches nothing where the language has none."""
    phrases = [_letters(phrase).replace("~", r"(?:\w+ ){0,4}") for phrase in _words()[language].get(kind, [])]
    start = r"^" if kind == Meaning.NOTHING else ""
    starts = [r"\b" if phrase.lstrip("(")[:1].isascii() else "" for phrase in phrases]
    return re.compile(
        "|".join(f"{start}{begin}(?:{phrase})" for begin, phrase in zip(starts, phrases, strict=True))
        or r"(?!)"
    )


@cache
def _vocabulary(language: str) -> frozenset[str]:
    return frozenset(word for line in _words()[language]["words"] for word in line.split())


def _languages(folded: str) -> frozenset[str]:
    """The languages of which most words are, and enough; none where too many others are of another language alone."""
    words = [word for word in re.findall(r"\w+", folded) if not word.isdigit()]
    if _KANA.search(folded):
        latin = [word for word in words if any(word in _vocabulary(name) for name in _words())]
        return frozenset({"ja"}) if len(latin) < _SHORT else frozenset()
    if not words or not folded.isascii():
        return frozenset()
    known_words = {name: {word for word in words if word in _vocabulary(name)} for name in _words()}
    counts = {name: sum(word in own for word in words) for name, own in known_words.items()}
    most = max(counts.values())
    needed = 1 if len(words) <= _SHORT else max(2, len(words) // _SHARE)
    if most < needed or counts[_OTHER] == most:
        return frozenset()
    of_some = frozenset[str]().union(*known_words.values())
    strange = {name: sum(word in of_some - own for word in words) for name, own in known_words.items()}
    return frozenset(name for name, count in counts.items() if count == most and strange[name] * 2 < most)


def _shouts(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 12 and sum(character.isupper() for character in letters) * 10 > len(letters) * 7

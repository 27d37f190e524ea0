"""The words of support conversations, by language: patterns that tell what a message is, and replies. See `support_words/*.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct

_FOLDER = Path(__file__).with_name("support_words")
_FALLBACK = "en"
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_BRACKETS = re.compile(r"\[[^\]]{0,500}\]|<[^>]{0,500}>|\{[^}]{0,500}\}")
_SHOUTED = 20  # letters
_CAPITALS = re.compile(r"(?:\b[A-ZÀ-ÖØ-Þ]{2,}\b[\s']+){4,}[A-ZÀ-ÖØ-Þ]{2,}")  # five words in a row
_BEGINNING = 5  # letters of a word, by which its forms are one
_THING = re.compile(rf"\b[^\W\d_]{{{_BEGINNING},40}}")
_SHORT_THING = re.compile(  # things of software with too few letters to be told from everyday words
    r"\b(?:2fa|api|apis|csv|csvs|dns|gps|ical|ics|imap|ipad|json|mfa|nfc|otp|pdf|pdfs|pos|qr|saml|scim|sms|smtp|sso|ssl|tan|tpe|tse|url"
    r"|urls|vpn|wifi|wlan|xls|xlsx|xml|zip)\b"
)
_TIME = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?)[ -]?(h|hrs?|hours?|std|stunden?|heures?|m|mins?|minutes?|minuten?|d|days?|tage?|jours?)\b(?! ?/)",
    re.IGNORECASE,
)
_UNITS = {"hs": 3600, "m": 60, "dtj": 86_400}  # by the first letter; `s` is the German hour's
_WORKING = re.compile(r"business|working|office|werk|arbeits|geschäft|ouvr", re.IGNORECASE)
_APOSTROPHES = str.maketrans("’‘`´ʼ", "'" * 5)
_UMLAUTS = str.maketrans({"ä": "ae?", "ö": "oe?", "ü": "ue?", "ß": "(?:ß|ss)"})


class Language(Struct, frozen=True):
    """The words of one language."""

    code: str
    common: frozenset[str]
    everyday: frozenset[str]
    patterns: dict[str, re.Pattern[str]]
    wave: dict[str, re.Pattern[str]]
    replies: dict[str, str]


@cache
def languages() -> dict[str, Language]:
    """Every language that has a file of words, by its code."""
    read = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        read[path.stem] = Language(
            path.stem,
            frozenset(data.pop("language").split()),
            frozenset(data.pop("everyday").split()),
            wave={name: _any_of(texts) for name, texts in data.pop("wave").items()},
            replies=data.pop("replies"),
            patterns={name: _any_of(texts) for name, texts in data.items()},
        )
    return read


def _any_of(texts: list[str]) -> re.Pattern[str]:
    texts = [unaccented(text.translate(_UMLAUTS)) for text in texts]
    return re.compile("|".join(f"(?:{text})" for text in texts), re.IGNORECASE | re.MULTILINE)


def straight(text: str) -> str:
    """The text with one kind of apostrophe."""
    return text.translate(_APOSTROPHES)


def unaccented(text: str) -> str:
    """The text without accents, as many people write it."""
    if text.isascii():
        return straight(text)
    letters = unicodedata.normalize("NFD", straight(text))
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def language_of(*texts: str) -> str:
    """The language of the first of these texts that shows one."""
    for text in texts:
        counts = _common(text)
        best = max(counts, key=lambda code: counts[code])
        if counts[best]:
            return best
    return _FALLBACK


def _common(text: str) -> dict[str, int]:
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower())
    return {code: sum(word in language.common for word in words) for code, language in languages().items()}


@lru_cache(maxsize=512)
def spoken(text: str) -> tuple[Language, ...]:
    """The languages that a text, or a sentence of it, is in; all, where it shows none."""
    shown = set()
    for part in (text, *_SENTENCE.split(text)):
        counts = _common(part)
        best = max(counts.values())
        if best > 1 or (best and part == text):
            shown |= {code for code, n in counts.items() if 2 * n > best}
    return tuple(language for code, language in languages().items() if code in shown or not shown)


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line ends one too."""
    return _SENTENCE.split(text)


def without_commands(text: str) -> str:
    """The text without sentences that command an assistant: they are judged as if they were not there."""
    lines = []
    for line in _BRACKETS.sub(lambda match: "" if _any("planted", match[0]) else match[0], text).split("\n"):
        sentences = _SENTENCE.split(line)
        lines.append(" ".join(sentence for sentence in sentences if not _any("planted", sentence)))
    return "\n".join(line for line in lines if line.strip())


def _any(name: str, text: str) -> bool:
    plain = unaccented(text)
    return any(language.patterns[name].search(plain) for language in languages().values())


def shows(name: str, text: str) -> bool:
    """Whether words of a kind stand in a text, in the languages that it is in."""
    return any(language.patterns[name].search(unaccented(text)) for language in spoken(text))


def is_shouted(text: str) -> bool:
    """Whether a text, or a run of its words, is written in capitals."""
    if _CAPITALS.search(text):
        return True
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= _SHOUTED and sum(letter.isupper() for letter in letters) > 0.7 * len(letters)


@lru_cache(maxsize=4096)  # the messages of a busy day
def topics(text: str) -> frozenset[str]:
    """The kinds of outage that a text tells of."""
    return frozenset(
        name
        for language in spoken(text)
        for name, pattern in language.wave.items()
        if pattern.search(unaccented(text))
    )


def time_in(name: str) -> float | None:
    """The time, in seconds, that the name of an SLA tells, such as `Gold: reply in 2h`; None for none, several, or working hours."""
    times = _TIME.findall(name)
    if len(times) != 1 or _WORKING.search(name):
        return None
    number, unit = times[0]
    return float(number.replace(",", ".")) * next(
        seconds for letters, seconds in _UNITS.items() if unit[0].lower() in letters
    )


def things(text: str) -> dict[str, str]:
    """The words that may name a thing which is in trouble, by their beginning: no everyday words of any language."""
    lowered = unaccented(text).lower()
    short = {
        word.removesuffix("s") if len(word) > 3 else word: word for word in _SHORT_THING.findall(lowered)
    }
    return short | {
        word[:_BEGINNING]: word
        for word in _THING.findall(lowered)
        if not any(word[:_BEGINNING] in language.everyday for language in languages().values())
    }


def reply(kind: str, language: str, name: str | None, signature: str | None) -> str:
    """A reply that promises nothing but an answer, in the language of the customer."""
    replies = languages()[language].replies
    hello = replies["hello"].format(name=name) if name else replies["hello_nobody"]
    return "\n\n".join([hello, replies[kind], *([signature] if signature else [])])

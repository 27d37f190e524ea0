"""The words of support conversations, by language: patterns that tell what a message is, and replies. See `support_words/*.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("support_words")
_FALLBACK = "en"
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_BRACKETS = re.compile(r"\[[^\]]{0,500}\]|<[^>]{0,500}>|\{[^}]{0,500}\}")
_SHOUTED = 20  # letters


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language."""

    code: str
    common: frozenset[str]
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
            wave={name: _any_of(texts) for name, texts in data.pop("wave").items()},
            replies=data.pop("replies"),
            patterns={name: _any_of(texts) for name, texts in data.items()},
        )
    return read


def _any_of(texts: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in texts), re.IGNORECASE | re.MULTILINE)


def language_of(*texts: str) -> str:
    """The language of the first of these texts that shows one."""
    for text in texts:
        words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower())
        counts = {code: sum(word in known.common for word in words) for code, known in languages().items()}
        best = max(counts, key=lambda code: counts[code])
        if counts[best]:
            return best
    return _FALLBACK


def without_commands(text: str) -> str:
    """The text without sentences that command an assistant: they are judged as if they were not there."""
    kept = []
    for line in _BRACKETS.sub(lambda match: "" if _any("planted", match[0]) else match[0], text).split("\n"):
        sentences = _SENTENCE.split(line)
        kept.append(" ".join(sentence for sentence in sentences if not _any("planted", sentence)))
    return "\n".join(line for line in kept if line.strip())


def _any(name: str, text: str) -> bool:
    return any(known.patterns[name].search(text) for known in languages().values())


def count(name: str, text: str) -> int:
    """How often words of a kind stand in a text, in any of the languages."""
    return sum(1 for known in languages().values() for _ in known.patterns[name].finditer(text))


def shows(name: str, text: str) -> bool:
    """Whether words of a kind stand in a text, in any of the languages."""
    return _any(name, text)


def without(name: str, text: str) -> str:
    """The text without the words of a kind."""
    for known in languages().values():
        text = known.patterns[name].sub(" ", text)
    return text


def is_shouted(text: str) -> bool:
    """Whether a text is written in capitals."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= _SHOUTED and sum(letter.isupper() for letter in letters) > 0.7 * len(letters)


def topics(text: str) -> frozenset[str]:
    """The kinds of outage that a text tells of."""
    return frozenset(
        name for known in languages().values() for name, pattern in known.wave.items() if pattern.search(text)
    )


def reply(kind: str, language: str, name: str | None, signature: str | None) -> str:
    """A reply that promises nothing but an answer, in the language of the customer."""
    replies = languages()[language].replies
    hello = replies["hello"].format(name=name) if name else replies["hello_nobody"]
    return "\n\n".join([hello, replies[kind], *([signature] if signature else [])])

"""The names that the rows of one file give a party, brought into agreement: what one row tells helps the others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from execops.sources.bank.parties import vendors
from execops.sources.bank.parties.brands import brand
from execops.sources.bank.parties.name_words import classes_of
from execops.sources.bank.parties.purposes import LEGAL_FORMS, to_words

_JOINT = re.compile(r"(?<=\w)\s*[-;/]\s*(?=\w)")
_ADDED = 2  # words behind a name at the most: `APPLEGREEN M1`
_LETTERS = 8  # of a name of one word at the least


def agreed(names: Iterable[str | None]) -> Mapping[str, str]:
    """A better name for some of a file's vendors.

    `SAFFRON RETAIL LLP-KESTREL APPS LIMITED` is `SAFFRON RETAIL LLP` where the file writes the other firm behind a
    second party, or alone: it is the holder. `Elgiganten Odense retur` is `Elgiganten Odense` where another row says so.
    """
    several = {name for name in names if name and brand(name) is None}
    better = _without_holder(several)
    by_words = {_words(name): name for name in several}
    for words, name in by_words.items():
        for length in range(len(words) - 1, max(len(words) - 1 - _ADDED, 0), -1):
            shorter = by_words.get(words[:length])
            if shorter and name not in better and _is_name(words[:length]) and not _is_part(words[length:]):
                better[name] = shorter
    return {name: vendors.named(shorter) or shorter for name, shorter in better.items()}


def _without_holder(names: set[str]) -> dict[str, str]:
    behind: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name in names:
        parts = _JOINT.split(name)
        firm = to_words(parts[-1])
        if len(parts) > 1 and len(firm.split()) > 1 and LEGAL_FORMS.intersection(firm.split()):
            behind[firm][name] = name[: name.rfind(parts[-1])].rstrip(" -;/")
    alone = {to_words(name) for name in names}
    better: dict[str, str] = {}
    for firm, rests in behind.items():
        is_alone = any(firm.startswith(name) for name in alone if len(name.split()) > 1)
        if len(set(rests.values())) > 1 or is_alone:
            better |= rests
    return better


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in to_words(name).split() if word not in LEGAL_FORMS)


def _is_name(words: tuple[str, ...]) -> bool:
    """Whether words are enough of a name: two of them, or a long one."""
    return len(words) > 1 or len(words[0]) >= _LETTERS


def _is_part(words: tuple[str, ...]) -> bool:
    """Whether these words may belong to a name: `Larkspur Property Management`."""
    return any({"trades", "first"}.intersection(classes_of(word)) for word in words)

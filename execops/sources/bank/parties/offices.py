"""Tax and social security offices that a bank's text names by a short form, a code or a cut name: `offices.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from execops.sources.bank.parties.purposes import LEGAL_FORMS, to_words


@lru_cache(maxsize=10_000)
def office(text: str) -> str | None:
    """The office that a text names, under one name for all its spellings; None where it names none."""
    words = to_words(text)
    if (named := _pattern().search(words)) is not None:
        return _offices()[named[0]]
    if (of_state := _of_state().search(words)) is not None:
        state = _states()[of_state["state"]]
        return f"{state} Department of {'Taxation' if of_state['kind'] == 'tax' else 'Revenue'}"
    return None


def is_party(text: str, name: str | None) -> bool:
    """Whether the office in a text is its party, and not a firm before it: `Meyer Ltd HMRC advice`. `name` is the name that was read."""
    words, read = to_words(text), to_words(name or "")
    office = _pattern().search(words) or _of_state().search(words)
    is_firm = any(len(word) > 2 for word in LEGAL_FORMS.intersection(read.split()))
    return office is not None and not (is_firm and 0 <= words.find(read) < office.start())


@cache
def _pattern() -> re.Pattern[str]:
    """Whole words; in a script without blanks a spelling stands anywhere."""
    latin = "|".join(spelling for spelling in _offices() if spelling.isascii())
    joined = "|".join(spelling for spelling in _offices() if not spelling.isascii())
    return re.compile(rf"\b(?:{latin})\b|{joined}")


@cache
def _of_state() -> re.Pattern[str]:
    """`MN DEPT OF REVEN`, `VA DEPT TAXATION`: banks cut the words."""
    states = "|".join(sorted(_states(), key=len, reverse=True))
    return re.compile(
        rf"\b(?P<state>{states}) (?:state )?(?:dept|department|div|division) ?(?:of ?)?(?P<kind>rev|ref|tax)"
    )


@cache
def _offices() -> dict[str, str]:
    spellings = {to_words(word): name for name, words in _tables()["offices"].items() for word in words}
    return dict(sorted(spellings.items(), key=lambda item: -len(item[0])))


@cache
def _states() -> dict[str, str]:
    states: dict[str, str] = {}
    for code, name in _tables()["states"].items():
        states |= {code.lower(): name, name.lower(): name}
    return states


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = (files("execops.sources.bank.parties") / "offices.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

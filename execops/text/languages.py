"""Languages by name, for those who read English."""

from __future__ import annotations

_NAMES = {
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
}


def name(code: str) -> str:
    """The language of a code such as `fr`; the code itself where no name is listed."""
    return _NAMES.get(code, code)


def heading(language: str, translation: str, *, by_rules: bool) -> str:
    """The line above a translation. `by_rules` says that the words stand as the rules wrote them."""
    if by_rules:
        return f"The draft is in {name(language)}. In {name(translation)} it says:"
    return f"The draft is in {name(language)}, and was changed since. In {name(translation)} the rules' draft says:"

"""Languages by name, for those who read English."""

from __future__ import annotations


def name(code: str) -> str:
    """The language of a code such as `fr`; the code itself where Babel does not know it."""
    from babel import Locale, UnknownLocaleError  # only where a language is named

    try:
        return Locale.parse(code).english_name or code
    except (ValueError, UnknownLocaleError):
        return code


def heading(language: str, translation: str, *, by_rules: bool) -> str:
    """The line above a translation. `by_rules` says that the words stand as the rules wrote them."""
    if by_rules:
        return f"The draft is in {name(language)}. In {name(translation)} it says:"
    return f"The draft is in {name(language)}, and was changed since. In {name(translation)} the rules' draft says:"

"""The words of strangers in the facts, made harmless before a play reads them: names, comments, descriptions, vendors.

Nothing in them is a link, and no character is hidden. The links of a state itself (`hosted_invoice_url`) were checked
when they were read: see `execops.sources.stripe.fields`.
"""

from __future__ import annotations

import re
from typing import Any

from execops.model import Json
from execops.text.hidden import count_hidden, without_hidden
from execops.text.links import unlinked

_MAY_BE_LINK = re.compile(r"[/\\]|www", re.IGNORECASE)  # `unlinked` leaves every other text of ASCII as it is
_OURS = frozenset({"org", "now", "hidden"})


def harmless_facts(facts: Json) -> Json:
    """The facts with harmless words. `hidden` holds the words that lost hidden characters, and how many each lost."""
    hidden: Json = {}
    words = {name: part if name in _OURS else _harmless(part, hidden) for name, part in facts.items()}
    return words | {"hidden": hidden}


def _harmless(value: Any, hidden: Json) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return value if value.isascii() and not _MAY_BE_LINK.search(value) else _harmless_text(value, hidden)
    if isinstance(value, dict):  # most parts are numbers and codes: these are passed without a call
        return {
            name: part
            if part is None or isinstance(part, int) or name.endswith("_url")
            else _harmless(part, hidden)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_harmless(part, hidden) for part in value]
    return value


def _harmless_text(text: str, hidden: Json) -> str:
    removed = count_hidden(text)
    harmless = unlinked(without_hidden(text) if removed else text)
    if removed:
        hidden[harmless] = removed
    return harmless

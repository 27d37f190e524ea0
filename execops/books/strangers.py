"""The words of strangers in the facts, made harmless before a play reads them: names, comments, descriptions, vendors.

Nothing in them is a link, and no character is hidden. The links of a state itself (`hosted_invoice_url`) were checked
when they were read: see `execops.sources.stripe.fields`.
"""

from __future__ import annotations

from typing import Any

from execops.model import Json
from execops.text.hidden import count_hidden, without_hidden
from execops.text.links import unlinked

_OURS = frozenset({"org", "now", "hidden"})


def harmless_facts(facts: Json) -> Json:
    """The facts with harmless words. `hidden` holds the words that lost hidden characters, and how many each lost."""
    hidden: Json = {}
    words = {name: part if name in _OURS else _harmless(part, hidden) for name, part in facts.items()}
    return words | {"hidden": hidden}


def _harmless(value: Any, hidden: Json) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        removed = count_hidden(value)
        text = unlinked(without_hidden(value) if removed else value)
        if removed:
            hidden[text] = removed
        return text
    if isinstance(value, dict):
        return {
            name: part if name.endswith("_url") else _harmless(part, hidden) for name, part in value.items()
        }
    if isinstance(value, list):
        return [_harmless(part, hidden) for part in value]
    return value

"""The words of strangers in the facts, made harmless before a play reads them: names, comments, descriptions, vendors.

Nothing in them is a link, and no character is hidden. The links of a state itself (`hosted_invoice_url`) were checked
when they were read: see `execops.sources.stripe.fields`.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from execops.model import Json
from execops.text.hidden import count_hidden, without_hidden
from execops.text.links import unlinked

_MAY_BE_LINK = re.compile(r"[/\\]|www", re.IGNORECASE)  # `unlinked` leaves every other text of ASCII as it is
_KEPT = 2000  # states of objects, of about five kilobytes each
_OURS = frozenset({"org", "now", "hidden"})


Made = dict[
    int, tuple[Any, Any, Json]
]  # by the id of a state: the state, the harmless one, and its hidden words


def harmless_facts(facts: Json, made: Made | None = None) -> Json:
    """The facts with harmless words. `hidden` holds the words that lost hidden characters, and how many each lost.

    The facts about several objects share the states of their subject: `made` holds what was made harmless before.
    """
    hidden: Json = {}
    states = {} if made is None else made
    words = {name: part if name in _OURS else _part(part, hidden, states) for name, part in facts.items()}
    return words | {"hidden": hidden}


@lru_cache(maxsize=_KEPT)
def harmless_state(text: str, object_id: str, as_of: str) -> tuple[Json, Json]:
    """An object's state, from its text in the ledger, with harmless words; and the words that lost hidden characters.

    Each event about a customer reads the states of all that is open, and most are those of the event before: a process reads
    each once. Nobody may change what is returned.
    """
    hidden: Json = {}
    return _harmless({**json.loads(text), "id": object_id, "as_of": as_of}, hidden), hidden


def _part(part: Any, hidden: Json, made: Made) -> Any:  # noqa: ANN401
    return (
        [_state(state, hidden, made) for state in part]
        if isinstance(part, list)
        else _state(part, hidden, made)
    )


def _state(state: Any, hidden: Json, made: Made) -> Any:  # noqa: ANN401
    if not isinstance(state, dict):
        return _harmless(state, hidden)
    if id(state) not in made:
        words: Json = {}
        made[id(state)] = (
            state,
            _harmless(state, words),
            words,
        )  # the state is held, so that its id stays its own
    _, harmless, words = made[id(state)]
    hidden.update(words)
    return harmless


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

"""A key as a record: its id, by which the config remaps it, and how its keys are named and written."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from textual.binding import Binding


class Key(Struct, frozen=True, kw_only=True):
    """A binding in words: `label` stands in the footer, `about` in help and palette."""

    id: str
    keys: str
    action: str
    label: str
    about: str
    decides: bool = False
    at_once: bool = False  # wherever the focus is, and before every key that waits

    def binding(self) -> Binding:
        """The Textual binding; our own footer shows it."""
        return Binding(
            self.keys,
            self.action,
            self.label,
            show=False,
            priority=self.at_once,
            id=self.id,
            tooltip=self.about,
        )


_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "right": "→",
    "left": "←",
}


def bindings(*keys: Key) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """The `BINDINGS` of these keys."""
    return [key.binding() for key in keys]


def names(key: Key, keymap: Mapping[str, str]) -> list[str]:
    """The keys that a person presses for it, as the footer writes them."""
    return [_NAMES.get(part.strip(), part.strip()) for part in keymap.get(key.id, key.keys).split(",")]


def name(key: Key, keymap: Mapping[str, str]) -> str:
    """The first of its keys, which a hint names."""
    return names(key, keymap)[0]


def pressed(key: Key, keymap: Mapping[str, str]) -> str:
    """The first of its keys, as Textual names it."""
    return keymap.get(key.id, key.keys).split(",")[0].strip()


def is_key(name: str) -> bool:
    """Whether this names a key that a person can press, such as `a`, `?`, `ctrl+r` or `pagedown`."""
    import unicodedata

    from textual.keys import KEY_NAME_REPLACEMENTS, Keys

    *modifiers, key = name.strip().split("+")
    if not set(modifiers) <= {"ctrl", "alt", "shift", "super", "hyper", "meta"}:
        return False
    if len(key) == 1:
        return key.isprintable() and not key.isspace()
    spelled = {textual: unicode for unicode, textual in KEY_NAME_REPLACEMENTS.items()}.get(key, key)
    try:
        return key in {member.value for member in Keys} or bool(
            unicodedata.lookup(spelled.replace("_", " ").upper())
        )
    except KeyError:
        return False

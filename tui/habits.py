"""The habits of a person at the inbox: the settings and the options that it opens with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field


class Habits(Struct, frozen=True, kw_only=True):
    """How the inbox behaves for this person.

    `advances`: after a decision the cursor goes to the next proposal that waits. `views` are their own views of what is
    pending: filters by name. `filter` is the one it opens with. `theme` is the name of a theme, and `keep_theme` stores
    another one that they choose.
    """

    advances: bool = True
    views: Mapping[str, str] = field(default_factory=dict)
    filter: str = ""
    theme: str = ""
    keep_theme: Callable[[str], None] | None = None

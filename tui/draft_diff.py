"""Two drafts as the difference between them: what was taken out, what was put in."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from textual.content import Content

from execops.model import Json
from tui import draft
from tui.text import WHOLE, clean

if TYPE_CHECKING:
    from execops.ports import Field

Line = tuple[str, str]  # `-`, `+` or a space, and the text
_MOST = 400  # lines of a draft that are compared; whoever writes more is told so
_SIGNS = {"-": "$text-error", "+": "$text-success", " ": "$execops-muted", "…": "$execops-muted"}


def differences(before: Json, after: Json, order: Sequence[Field]) -> list[Line]:
    """The changed lines, each run of equal ones between them as `…`."""
    old, new = _lines(before, order), _lines(after, order)
    lines: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines.append(("…", ""))
            continue
        lines += [("-", line) for line in old[i:j]]
        lines += [("+", line) for line in new[k:m]]
    return lines


def content(lines: Sequence[Line]) -> Content:
    """The difference to look at: the sign says what the colour says."""
    inner = [line for line in lines if line[0] != "…" or line not in (lines[0], lines[-1])]
    return Content("\n").join(
        [Content.styled(f"{sign} {text}".rstrip(), _SIGNS[sign]) for sign, text in inner]
    )


def original(versions: Sequence[Json]) -> Json | None:
    """The last version that no person wrote."""
    return next((row for row in reversed(versions) if not row["author"].startswith("operator")), None)


def _lines(payload: Json, order: Sequence[Field]) -> list[str]:
    lines = [f"{draft.label(name)}: {clean(value)}" for name, value in draft.fields(payload, order)]
    lines += clean(draft.body(payload), lines=True, limit=WHOLE).rstrip().split("\n")
    return lines if len(lines) <= _MOST else [*lines[:_MOST], f"({len(lines) - _MOST} more lines)"]

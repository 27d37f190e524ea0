"""The words of a message in HTML, and those of them that its writer wrote now: no quoted mail, no signature."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "hr", "table"})
_SILENT = frozenset({"script", "style", "head", "title"})
_HISTORY = re.compile(
    r"^\s*(?:>|-{3,}|_{5,}|(?:on|am|le)\b.{5,120}\b(?:wrote|schrieb\b.*|a écrit)\s*:?\s*$"
    r"|(?:from|von|de|sent|gesendet|envoyé)\s?:\s.*@|-+\s*(?:original message|ursprüngliche nachricht|message d'origine))",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^(?:--\s*|sent from my .*|von meinem .* gesendet|envoyé de mon .*)$", re.IGNORECASE)


class _Reader(HTMLParser):
    def __init__(self, *, own: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._own, self._skipped = own, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = dict(attrs).get("class") or ""
        if self._skipped:
            self._skipped += tag not in {"br", "hr", "img", "meta", "link", "input"}
        elif tag in _SILENT or (self._own and (tag == "blockquote" or "gmail_quote" in classes)):
            self._skipped = 1
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.parts.append(data)


def plain(html: str) -> str:
    """The text of a message, a line for each block."""
    return "\n".join(_lines(html, own=False))


def own_words(html: str) -> str:
    """The text that its writer wrote now: nothing quoted, no history of a mail, no signature."""
    lines: list[str] = []
    for line in _lines(html, own=True):
        if _HISTORY.match(line) or _SIGNATURE.match(line):
            break
        lines.append(line)
    return "\n".join(lines)


def _lines(html: str, *, own: bool) -> list[str]:
    reader = _Reader(own=own)
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return [line for line in lines if line]

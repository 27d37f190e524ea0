"""The words of a message in HTML, and those of them that its writer wrote now: no quoted mail, no signature."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from msgspec import Struct

_BREAKS = frozenset({"br", "hr", "h1", "h2", "h3", "tr"})  # a line ends there, and they hold no quotation
_HOLDERS = frozenset(  # that may hold a quotation: their end closes whatever is open in them
    {"article", "blockquote", "body", "center", "div", "li", "ol", "p", "section", "table", "td", "th", "ul"}
)
_SILENT = frozenset({"script", "style", "title"})
# `gmail_quote` is not among them: it also holds the answer of somebody who writes below, or between, what they quote.
_QUOTING = frozenset({"gmail_attr", "moz-cite-prefix", "yahoo_quoted"})

_MARK = re.compile(r"^(?:>|&gt;)")
_RULE = re.compile(r"^[-–—_=*#~ ]{3,}$")
_SIGNATURE = re.compile(r"^(?:--|––|—)$")
_DEVICE = re.compile(
    r"^(?:(?:sent|gesendet|envoyé|von meinem|get|obtenir|télécharger)\b.{0,40}?\b)?"
    r"(?:i?phone|ipad|android|galaxy|samsung|pixel|huawei|xiaomi|handy|smartphone|mobile?|tablet|mail|outlook|windows)\b"
    r"(?:.{0,30}\b(?:gesendet|beziehen)|\s(?:for|für|pour|on)\b.{1,30}|.{0,10})$",
    re.IGNORECASE,
)
_SENT = re.compile(r"^(?:sent|gesendet|envoyé|von meinem|get|outlook|obtenir|télécharger)\b", re.IGNORECASE)
_DATE = r"(?=.*(?:\d{1,2}[:.h]\d{2}|\b\d{4}\b|\d{1,2}[./]\d{1,2}[./]\d{2}|@))"  # or an address
# Stricter, where no first word shows a date: an address, or a date and a time.
_MOMENT = r"(?=.*(?:\S@\S|(?:\d{4}|\d[./-]\d{1,2}[./-]\d{2}).*\d[:.h]\d{2}))"
_WROTE = re.compile(
    rf"^(?:on|am|le)\b{_DATE}.{{5,300}}\b(?:wrote|said|schrieb\b.{{0,200}}|a écrit)\s?:$", re.IGNORECASE
)
_NAME_WROTE = re.compile(rf"^{_MOMENT}.{{2,200}}\b(?:wrote|schrieb|a écrit)\b.{{0,60}}\s?:$", re.IGNORECASE)
_BEFORE_QUOTE = (  # where marked words follow: with no date, or in any language
    re.compile(r"^(?:on|am|le)\b.{5,300}\b(?:wrote|said|schrieb\b.{0,200}|a écrit)\s?:$", re.IGNORECASE),
    re.compile(rf"^{_MOMENT}.{{5,300}}:$"),
)
_WRAPPED = 3  # lines over which a mail program wraps the line that ends in `wrote:`
_MESSAGE = re.compile(
    r"^(?:[-_=]{2,}\s*(?:original|forwarded|reply|ursprüngliche|weitergeleitete|message|courriel)\b.{0,40}?[-_=]{2,}"
    r"|begin forwarded message\s?:|anfang der weitergeleiteten (?:nachricht|e-mail)\s?:|début du message (?:réexpédié|transféré)\s?:)$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^\**(?:(?P<sender>from|von|de|expéditeur)|(?P<more>sent|date|gesendet|datum|envoyé(?: le)?|subject|betreff|objet)"
    r"|to|an|à|cc|bcc|kopie|reply-to|antwort an|destinataire)\s?:\**(?:\s|$)",
    re.IGNORECASE,
)


class _Line(Struct, frozen=True):
    text: str
    is_quoted: bool


class _Reader(HTMLParser):
    """Reads lines, and which of them stand in a quotation: it lasts until the element that began it is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[_Line] = []
        self._words: list[str] = []
        self._open: list[tuple[str, bool]] = []  # the open holders; whether a quotation began there
        self._counts: Counter[str] = Counter()
        self._quotations = self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.end_line()
        elif tag in _HOLDERS:
            self.end_line()
            if self._open and self._open[-1][0] == "p":  # a paragraph holds no block
                self._pop()
            classes = (dict(attrs).get("class") or "").split()
            begins = tag == "blockquote" or not _QUOTING.isdisjoint(classes)
            self._open.append((tag, begins))
            self._counts[tag] += 1
            self._quotations += begins

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in _BREAKS or tag in _HOLDERS:
            self.end_line()
            while self._counts[tag]:
                if self._pop() == tag:
                    break

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        first, *further = data.split("\n")
        self._words.append(first)
        for text in further:
            self.end_line()
            self._words.append(text)

    def end_line(self) -> None:
        """Keep the words since the last line as one more."""
        text = " ".join("".join(self._words).split())
        self._words.clear()
        if text:
            self.lines.append(_Line(text, self._quotations > 0 or _MARK.match(text) is not None))

    def _pop(self) -> str:
        tag, began = self._open.pop()
        self._counts[tag] -= 1
        self._quotations -= began
        return tag


def plain(html: str) -> str:
    """The text of a message, a line for each block."""
    return "\n".join(line.text for line in _lines(html))


def own_words(html: str) -> str:
    """The text that its writer wrote now: nothing quoted, no history of a mail, no signature; the whole text where that is empty.

    An answer may stand above a quotation, below, or between its lines. A history with no marks at its lines reaches to the end,
    where an answer stands above it.
    """
    lines, own, place = _lines(html), list[str](), 0
    while place < len(lines):
        line, end = lines[place], _history(lines, place)
        if end > place:
            if own and not (end < len(lines) and lines[end].is_quoted):
                break
            place = end
            continue
        if _SIGNATURE.match(line.text) and own:
            break
        if not (line.is_quoted or _says_nothing(line.text)):
            own.append(line.text)
        place += 1
    return "\n".join(own) or "\n".join(line.text for line in lines)


def _says_nothing(text: str) -> bool:
    """Whether a line is a rule across the page, or names the device that sent it."""
    if _RULE.match(text) or _SIGNATURE.match(text):
        return True
    return _SENT.match(text) is not None and _DEVICE.match(text) is not None


def _history(lines: list[_Line], place: int) -> int:
    """The place after the lines that announce an earlier mail, such as `On …, Lou wrote:`; the same place where none do."""
    while place < len(lines) and not lines[place].is_quoted:
        end = _announced(lines, place)
        if end == place:
            break
        place = end
    return place


def _announced(lines: list[_Line], place: int) -> int:
    text = lines[place].text
    if _MESSAGE.match(text):
        return place + 1
    is_marked = lines[place + 1 : place + 2] and lines[place + 1].is_quoted
    if _NAME_WROTE.match(text) or (is_marked and any(kind.match(text) for kind in _BEFORE_QUOTE)):
        return place + 1
    for end in range(place + 1, min(place + _WRAPPED, len(lines)) + 1):
        if lines[end - 1].is_quoted:
            break
        if _WROTE.match(" ".join(line.text for line in lines[place:end])):
            return end
    return _headers(lines, place)


def _headers(lines: list[_Line], place: int) -> int:
    """The place after the head of an earlier mail: its sender, and its time or its subject, a line each."""
    names: set[str] = set()
    end = place
    while end < len(lines) and not lines[end].is_quoted and (match := _HEADER.match(lines[end].text)):
        names |= {name for name, value in match.groupdict().items() if value}
        end += 1
    return end if names == {"sender", "more"} else place


def _lines(html: str) -> list[_Line]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return reader.lines

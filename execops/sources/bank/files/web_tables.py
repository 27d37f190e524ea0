"""Tables of HTML and of Excel's XML under the name of a workbook, as banks of Asia, Latin America and Turkey export them.

The parser of the standard library reads them: it opens nothing, knows no entities but letters, and keeps no tree.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from execops.errors import InvalidInputError
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.files.encodings import decoded_by_lines, detect_encoding, with_most_names

_BEGIN = re.compile(
    rb"<(?:!doctype html|html|table|meta http|[a-z:]*workbook[ >]|\?mso-application progid=\"excel)",
    re.IGNORECASE,
)
_DECLARED = re.compile(rb"(?:charset|encoding) *= *[\"']?([\w-]+)", re.IGNORECASE)
_TAG = re.compile(rb"<[^>]*>")
# The encodings that a page means by a narrower name.
_WIDER = {
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "iso8859-1": "cp1252",
}
_HEAD = 4096  # bytes
_SILENT = frozenset(
    {"script", "style", "title", "head", "select", "button", "nav", "styles", "documentproperties"}
)
_BREAKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "li", "form", "body", "center", "font"})
_CELLS = {"td": "td", "th": "td", "cell": "td", "ss:cell": "td"}
_ROWS = frozenset({"tr", "row", "ss:row"})
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?")
_DEEPEST = 50  # tables within tables
_WIDEST = 200  # columns
_MOST = 500_000  # cells
_LONGEST = 200  # letters of a line beside the tables
_LEAST = 1  # movement


def is_web_table(head: bytes) -> bool:
    """Whether the first bytes of a file are those of HTML, or of a workbook in Excel's XML of 2003."""
    plain = head.replace(b"\x00", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n")
    return plain.startswith(b"<") and _BEGIN.search(plain) is not None


def web_records(data: bytes) -> list[tuple[int, list[str]]]:
    """The rows of all tables in their order, with their numbers, and the lines of text between them.

    Raises InvalidInputError for a page without a table of movements, and for one that is deeper or larger than a statement.
    """
    parser = _Tables()
    parser.feed(_text(data))
    parser.close()
    if parser.is_open:
        raise InvalidInputError(
            "The table of the page has no end, so the download was cut; nothing was imported.",
            hint="Download it again.",
        )
    rows = parser.rows()
    if sum(_is_movement(row) for row in rows) < _LEAST:
        raise InvalidInputError(
            "The file is a web page without a table of movements; nothing was imported.",
            hint="The download may hold a message of the bank: open it in a browser. Then download CSV or XLSX again.",
        )
    return list(enumerate(rows, start=1))


def _is_movement(row: list[str]) -> bool:
    """Whether a row has a day, and an amount beside it."""
    days = [at for at, cell in enumerate(row) if is_date(cell)]
    return bool(days) and any(
        looks_like_amount(cell) and at not in days for at, cell in enumerate(row) if cell.strip()
    )


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    names = headers.known_names()
    if (text := decoded_by_lines(data, names)) is not None:
        return text
    if (declared := _DECLARED.search(data[:_HEAD])) is not None:
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
            return data.decode(_WIDER.get(name, name))
        except (LookupError, UnicodeDecodeError):
            pass
    words = _TAG.sub(b"|", data)
    return data.decode(with_most_names(words[: 4 * _HEAD], detect_encoding(iter([data])), names), "replace")


class _Tables(HTMLParser):
    """Gathers the rows of all tables. A table within a cell has rows of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[list[str]] = []
        self._open: list[_Table] = []
        self._silent = 0
        self._beside: list[str] = []
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        attributes = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        elif tag in {"table", "ss:table"}:
            self._end_line()
            if len(self._open) >= _DEEPEST:
                raise _too_large()
            self._open.append(_Table())
        elif tag in _ROWS:
            self._end_row()
            if self._open:
                self._open[-1].begin_row()
        elif tag in _CELLS:
            self._cells += 1
            if self._cells > _MOST:
                raise _too_large()
            if self._open:
                self._open[-1].begin_cell(attributes)
        elif tag == "br" and self._open:
            self._open[-1].say(" ")
        elif tag in _BREAKS and not self._open:
            self._end_line()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take `<Cell/>` for a cell without words."""
        self.handle_starttag(tag, attrs)
        if tag in _SILENT:
            self._silent -= 1

    def handle_endtag(self, tag: str) -> None:
        """End a table or a row; a cell ends where the next one begins."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in {"table", "ss:table"}:
            self._end_row()
            self._open = self._open[:-1]
        elif tag in _ROWS:
            self._end_row()
        elif tag in _BREAKS and not self._open:
            self._end_line()

    def handle_data(self, data: str) -> None:
        """Take the words of a cell, or of a line beside the tables."""
        if self._silent:
            return
        if self._open:
            self._open[-1].say(data)
        elif data.strip():
            self._beside.append(data)

    @property
    def is_open(self) -> bool:
        """Whether a table has no end."""
        return bool(self._open)

    def rows(self) -> list[list[str]]:
        """All rows."""
        self._end_line()
        return self._rows

    def _end_row(self) -> None:
        if self._open and (row := self._open[-1].row()) is not None:
            self._rows.append(row)

    def _end_line(self) -> None:
        line = " ".join("".join(self._beside).split())
        self._beside = []
        if 0 < len(line) <= _LONGEST:
            self._rows.append([line])


class _Table:
    """The row of a table that is being read; a day that spans rows stands in all of them."""

    def __init__(self) -> None:
        self._row: list[str] | None = None
        self._parts: list[str] | None = None
        self._span = 1
        self._down = 0
        self._spans: dict[int, tuple[int, str]] = {}  # column → the rows that a cell spans yet, and its words

    def begin_row(self) -> None:
        """Begin a row."""
        self._row, self._parts = [], None

    def begin_cell(self, attributes: Mapping[str, str]) -> None:
        """End the cell before, and begin one; `ss:Index` counts columns from 1."""
        self._end_cell()
        row = self._row = self._row if self._row is not None else []
        self._fill(row)
        index = _number(attributes.get("ss:index", ""), 0)
        row += [""] * (index - 1 - len(row))
        self._span = _number(attributes.get("colspan", ""), 1) + _number(
            attributes.get("ss:mergeacross", ""), 0
        )
        self._down = _number(attributes.get("rowspan", ""), 1) - 1
        self._parts = []

    def say(self, words: str) -> None:
        """Add words to the cell."""
        if self._parts is not None:
            self._parts.append(words)

    def row(self) -> list[str] | None:
        """The row that ends; None where none has begun."""
        self._end_cell()
        row, self._row = self._row, None
        if row is not None:
            self._fill(row)
        return row if row and any(row) else None

    def _fill(self, row: list[str]) -> None:
        while len(row) in self._spans:
            rows, words = self._spans.pop(len(row))
            if rows > 1:
                self._spans[len(row)] = (rows - 1, words)
            row.append(words if is_date(words) else "")

    def _end_cell(self) -> None:
        if self._parts is None or self._row is None:
            return
        words = " ".join("".join(self._parts).split())
        words = _MIDNIGHT.sub(r"\1", words)
        if self._down > 0:
            self._spans[len(self._row)] = (self._down, words)
        self._row += [words, *[""] * (min(self._span, _WIDEST) - 1)]
        self._parts = None
        if len(self._row) > _WIDEST:
            raise _too_large()


def _number(text: str, default: int) -> int:
    return min(int(text), _WIDEST) if text.isascii() and text.isdigit() else default


def _too_large() -> InvalidInputError:
    return InvalidInputError(
        "The web page is deeper or larger than any statement; nothing was imported.",
        hint="Open it in a spreadsheet, and save its sheet as XLSX or CSV.",
    )

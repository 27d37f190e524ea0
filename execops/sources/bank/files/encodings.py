"""The encoding of a file, detected from its bytes; a file of two programs may have two."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable

from execops.sources.bank.cells.headers import plain

# Syllables of Japanese, which cp932 writes in two bytes; in cp1252 their first one is a low quotation mark or `ƒ`.
_JAPANESE = re.compile(rb"[\x82\x83][\x40-\x7e\x80-\xfc]")
# Their half-width form in one byte each, beside characters of two bytes; capitals of Cyrillic have these bytes, and none of the second.
_HALF_WIDTH = re.compile(rb"[\xa6-\xdf]{3,}")
_CHARACTERS = re.compile(rb"[\x88-\x9f][\x40-\x7e\x80-\xfc]")
_ENOUGH = 3
_HEAD = 4096  # bytes
_PART_OF_ZEROS = 8  # one byte in so many, of UTF-16 in which digits and delimiters are Latin
_MARK = "\ufeff"  # of the order of bytes, which also stands where two files were joined
_CUT_LETTER = "\ufffd"
_OF_ONE_BYTE = ("cp1252", "cp1250", "latin-1", "cp852", "iso8859-2", "cp1257", "cp1254", "cp1253", "cp1251")
_MORE = ("gb18030", "cp949", "big5", "euc-jp", "cp932", "cp1255", "cp1256", "cp874")  # of other scripts
_CELLS = re.compile(r"[;,\t|\r\n]")
# `ł`, `ą`, `ż`, `ź` and `Ł`, `Ą`, `Ż` of cp1250 within a word: in cp1252 these bytes are signs, which stand in none.
_CENTRAL = re.compile(rb"[A-Za-z][\xb3\xb9\xbf\x9f][A-Za-z]|[A-Z][\xa3\xa5\xaf][A-Z]")

# `ł`, `ś`, `ę`, `ć` and `Ł`, `Ę` of cp852, in which Polish banks still write MT940, within a word.
_DOS = re.compile(rb"[A-Za-z][\x88\x98\xa9\x86][a-z]|[A-Z][\x9d\xa8][A-Z]")


def detect_encoding(chunks: Iterable[bytes]) -> str:
    """The encoding of a file that is read in pieces: of its byte-order mark, UTF-8, cp932, cp852, cp1250, cp1252 or Latin-1."""
    utf8, cp932, first = _Decodes("utf-8"), _Decodes("cp932"), True
    undefined, japanese, central, dos = False, 0, False, False
    for chunk in chunks:
        if first and chunk.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if first and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if first and chunk.count(0) * _PART_OF_ZEROS > len(chunk):  # no other encoding has so many
            even, odd = chunk[0::2].count(0), chunk[1::2].count(0)
            return "utf-16-le" if odd > even else "utf-16-be"
        first = False
        undefined = undefined or any(byte in chunk for byte in b"\x81\x8d\x8f\x90\x9d")
        japanese += len(_JAPANESE.findall(chunk))
        if len(_HALF_WIDTH.findall(chunk)) >= _ENOUGH:
            japanese += len(_CHARACTERS.findall(chunk))
        central = central or _CENTRAL.search(chunk) is not None
        dos = dos or _DOS.search(chunk) is not None
        utf8.feed(chunk)
        cp932.feed(chunk)
    if utf8.ends():
        return "utf-8"
    if japanese >= _ENOUGH and cp932.ends():
        return "cp932"
    if dos or central:
        return "cp852" if dos else "cp1250"
    return "latin-1" if undefined else "cp1252"


def with_most_names(head: bytes, detected: str, names: Collection[str]) -> str:
    """The encoding in which the first bytes of a file name the most columns, as `names` has them; the detected one of equals.

    Encodings of one byte can all be decoded; only the words tell them apart, and so they do of the scripts of Asia.
    """
    if detected not in {*_OF_ONE_BYTE, "cp932"}:
        return detected

    def names_in(encoding: str) -> int:
        cells = _CELLS.split(head.decode(encoding, "replace"))
        return sum(plain(cell) in names for cell in cells)

    return max((detected, *_OF_ONE_BYTE, *_MORE), key=names_in)


def decoded_by_lines(data: bytes, names: Collection[str]) -> str | None:
    """The text of a file that is UTF-8 in some lines and not in others; None for a file of one encoding.

    Letters beyond ASCII that are UTF-8 by chance are rare, so each such line decides for itself. The letters of the UTF-8 lines tell
    which encoding the other lines have.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or data.count(
        0, 0, _HEAD
    ) * _PART_OF_ZEROS > len(data[:_HEAD]):
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        lines = data.split(b"\n")
    else:
        return None
    texts = [_utf8(line) for line in lines]
    letters = [letter for text in texts for letter in text or "" if not letter.isascii() and letter != _MARK]
    undecoded = [line for line, text in zip(lines, texts, strict=True) if text is None]
    if len(letters) < _ENOUGH:
        return None
    encoding = _alike(b"\n".join(undecoded), set(letters), names)
    return "\n".join(
        line.decode(encoding) if text is None else text for line, text in zip(lines, texts, strict=True)
    ).replace(_MARK, "")


def _utf8(line: bytes) -> str | None:
    """The line as UTF-8, without a letter that a program cut in two; None for a line of another encoding."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        text = line.decode("utf-8", "replace")
    cut = text.count(_CUT_LETTER)
    return text.replace(_CUT_LETTER, "") if cut * 2 < sum(not letter.isascii() for letter in text) else None


def _alike(data: bytes, letters: set[str], names: Collection[str]) -> str:
    """The encoding in which lines have the most letters of the others; the one that names most columns comes first of equals."""
    detected = with_most_names(data, detect_encoding(iter([data])), names)
    shares: dict[str, float] = {}
    for encoding in dict.fromkeys((detected, *_OF_ONE_BYTE, *_MORE)):
        try:
            beyond = [letter for letter in data.decode(encoding) if not letter.isascii()]
        except UnicodeDecodeError:
            continue
        shares[encoding] = sum(letter in letters for letter in beyond) / max(1, len(beyond))
    return max(shares, key=lambda encoding: shares[encoding])


class _Decodes:
    """Whether all that was fed can be decoded so."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._fits = True

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Take the next bytes."""
        try:
            self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self._fits = False

    def ends(self) -> bool:
        """Whether it all fits, to the end."""
        self.feed(b"", final=True)
        return self._fits

"""What encoding a file is in, told from its bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterable


def detect_encoding(chunks: Iterable[bytes]) -> str:
    """The encoding of a file in pieces: by its byte-order mark, UTF-8, or Windows' Latin-1."""
    decoder, utf8, first = codecs.getincrementaldecoder("utf-8")(), True, True
    undefined = False
    for chunk in chunks:
        if first and chunk.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if first and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        first = False
        undefined = undefined or any(each in chunk for each in b"\x81\x8d\x8f\x90\x9d")
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            utf8 = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        utf8 = False
    if utf8:
        return "utf-8"
    return "latin-1" if undefined else "cp1252"

"""The encoding of a file, detected from its bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterable


def detect_encoding(chunks: Iterable[bytes]) -> str:
    """The encoding of a file that is read in pieces: the one of its byte-order mark, UTF-8, cp1252 or Latin-1."""
    decoder, utf8, first = codecs.getincrementaldecoder("utf-8")(), True, True
    undefined = False
    for chunk in chunks:
        if first and chunk.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if first and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        first = False
        undefined = undefined or any(byte in chunk for byte in b"\x81\x8d\x8f\x90\x9d")
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

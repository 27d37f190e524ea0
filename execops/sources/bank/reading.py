"""A bank's file, of whatever kind: recognised by its first bytes, and read by the module of its kind."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from execops.errors import InvalidInputError
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.bookkeeping import account_sections, journals, split_parts
from execops.sources.bank.cells import account_numbers, headers
from execops.sources.bank.cells.currencies import of_account
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.files import (
    copied_pages,
    damaged,
    days_in_parts,
    fixed_width,
    lost_quotes,
    mistaken_letters,
    paragraphs,
    swapped_days,
)
from execops.sources.bank.files.encodings import decoded_by_lines, detect_encoding, with_most_names
from execops.sources.bank.files.mailed import unquoted
from execops.sources.bank.files.web_tables import is_web_table, web_records
from execops.sources.bank.layouts.layout import Layout, Options, survey
from execops.sources.bank.layouts.two_sided import read_two_sided
from execops.sources.bank.standards import client_bank, gpc
from execops.sources.bank.standards.bai2 import is_bai2, read_bai2
from execops.sources.bank.standards.cfonb120 import is_cfonb120, read_cfonb120
from execops.sources.bank.standards.client_bank import is_client_bank, read_client_bank
from execops.sources.bank.standards.coda import is_coda, read_coda
from execops.sources.bank.standards.gpc import is_gpc, read_gpc
from execops.sources.bank.standards.norma43 import is_norma43, read_norma43
from execops.sources.bank.standards.one_account import require_end
from execops.sources.bank.statement import Row, rows_of
from execops.sources.bank.table_readings import proven_table, require_sum
from execops.text import clean_line

LARGEST = 32 << 20  # bytes; years of a busy account
_CHUNK = 1 << 20
_HEAD = 4096  # bytes, which hold the names of the columns
_LONGEST_SHAPE = 500  # letters
_ENCODINGS = {"client_bank": client_bank.encoding_of, "gpc": gpc.encoding_of}


class Statement(Struct, frozen=True, kw_only=True):
    """A file that was read. `layout` is None where the kind of the file leaves nothing to guess."""

    kind: str  # csv, workbook, web_table, ofx, mt940, camt, qif, norma43, coda, cfonb120, bai2, client_bank, gpc
    encoding: str | None
    layout: Layout | None
    lines: tuple[Row | Problem | LeftOut, ...]
    closing: tuple[Told, ...]
    digest: str = ""  # of the bytes of the file
    number: str | None = None  # of the account, where the file tells it

    @property
    def shape(self) -> str:
        """The form of the file, which the next export of the same account repeats: a bank's format, or the names of columns."""
        if self.layout is None:
            return self.kind
        names = "|".join(name.strip().casefold() for name in self.layout.header)
        return self.layout.format or clean_line(names, limit=_LONGEST_SHAPE)

    @property
    def rows(self) -> list[Row]:
        """The movements."""
        return [line for line in self.lines if isinstance(line, Row)]


def read_file(
    data: bytes,
    options: Options,
    *,
    account: str,
    books: str,
    zone: ZoneInfo,
    today: date | None = None,
    encoding: str | None = None,
    name: str = "",
) -> Statement:
    """Read a file. `books` is the currency of movements that name none, unless the file's `name` tells it; a day begins in `zone`.

    Raises InvalidInputError for a file that is none of a bank, is damaged or is too large, and for a doubt that only a
    person can settle.
    """
    require_size(len(data))
    data = unquoted(data)
    kind = _kind(data)
    currency = options.currency or books
    layout: Layout | None = None
    if kind == "camt":
        from execops.sources.bank.standards.camt import read_camt

        contents = read_camt(data)
    elif kind == "ofx":
        from execops.sources.bank.standards.ofx import read_ofx

        contents = read_ofx(data, currency)
    else:
        lines, encoding, options = _lines(data, kind, encoding, options)
        if (of_standard := _of_standard(kind, lines, currency)) is not None:
            contents = of_standard
            require_end(bool(contents.closing) or contents.opening is None)
        elif not options.columns and (history := read_two_sided(lines, zone)) is not None:
            contents = history
        else:
            if options.delimiter in {None, ","} and (joined := lost_quotes.rejoined(lines)) is not None:
                lines, options = joined, replace(options, delimiter=",")
            if not options.columns and (of_bank := journals.as_account(lines, options.delimiter)) is not None:
                lines, options = of_bank, replace(options, delimiter=",")
            if not options.columns:
                lines = days_in_parts.with_whole_days(lines, options.delimiter) or lines
            lines, options = _with_delimiter(lines, options)
            lines, layout = _mended(lines, options, kind, books, today)
            for marked in (account_sections.with_accounts, split_parts.with_status):
                if not options.columns and (changed := marked(lines, layout)):
                    lines, swapped = changed, layout.swapped_days
                    layout = replace(survey(lines, options, books=books, today=today), swapped_days=swapped)
            if layout.names_no_currency and (code := of_account(name)):
                layout = replace(layout, currency=code, is_named_by_file=True)
            contents = proven_table(lines, layout, options, currency, zone)
    require_sum(contents, options)
    return _statement(kind, encoding, layout, contents, account, data)


def _of_standard(kind: str, lines: list[str], currency: str) -> Contents | None:
    """All that a file of a standard in lines tells; None for a table."""
    if kind == "mt940":
        from execops.sources.bank.standards.mt940 import read_mt940

        return read_mt940("".join(lines))
    of_currency = {"bai2": read_bai2, "client_bank": read_client_bank, "gpc": read_gpc}
    if kind in of_currency:
        return of_currency[kind](lines, currency)
    readers = {"norma43": read_norma43, "coda": read_coda, "cfonb120": read_cfonb120}
    return readers[kind](lines) if kind in readers else None


def _statement(
    kind: str, encoding: str | None, layout: Layout | None, contents: Contents, account: str, data: bytes
) -> Statement:
    return Statement(
        kind=kind,
        encoding=encoding,
        layout=layout,
        lines=tuple(rows_of(map(_spelled, contents.entries), account=account)),
        closing=contents.closing,
        digest=hashlib.sha256(data).hexdigest(),
        number=contents.number or _number(contents, layout),
    )


def _spelled(entry: Entry | Problem | LeftOut) -> Entry | Problem | LeftOut:
    """The entry with the letters for which entities of HTML stand in its texts."""
    if not isinstance(entry, Entry) or not any(
        "&" in text for text in (entry.payee, entry.text, *entry.more)
    ):
        return entry
    spell = mistaken_letters.unescaped
    return replace(
        entry,
        payee=spell(entry.payee),
        text=spell(entry.text),
        bare=spell(entry.bare),
        more=tuple(map(spell, entry.more)),
    )


def _number(contents: Contents, layout: Layout | None) -> str | None:
    accounts = [entry.account for entry in contents.entries if isinstance(entry, Entry)]
    return account_numbers.number_in(layout.above if layout else (), accounts)


def _mended(
    lines: list[str], options: Options, kind: str, books: str, today: date | None
) -> tuple[list[str], Layout]:
    """The lines of a table as they were before people and programs changed them, and their layout. Raises InvalidInputError."""
    as_told = lines
    lines, layout = _surveyed(lines, options, books, today)
    if (sorted_out := damaged.with_header_first(lines, layout)) is not None:
        as_told = lines = sorted_out
        layout = survey(lines, options, books=books, today=today)
    if kind in {"csv", "web_table"}:
        damaged.require_whole_end(as_told, layout)
        if (whole := lost_quotes.with_whole_lines(lines, layout)) is not None:
            lines, layout = whole, survey(whole, options, books=books, today=today)
    if (unswapped := swapped_days.unswapped(lines, layout, today)) is not None:
        lines, layout = unswapped[0], replace(layout, swapped_days=unswapped[1])
    return lines, layout


def _surveyed(lines: list[str], options: Options, books: str, today: date | None) -> tuple[list[str], Layout]:
    """The lines of a table with days that can be read, and their layout."""
    try:
        layout = survey(lines, options, books=books, today=today)
        if not damaged.has_partial_days(lines, layout):
            return lines, layout
    except DoubtError:
        raise
    except InvalidInputError:
        if options.columns or (mended := damaged.with_whole_days(lines)) is None:
            raise
    else:
        mended = damaged.with_whole_days(lines, layout.date_format) or lines
    return mended, survey(mended, options, books=books, today=today)


def require_size(size: int) -> None:
    """Raise InvalidInputError for a file of more bytes than any statement has."""
    if size > LARGEST:
        raise InvalidInputError(
            f"The file has {size >> 20} MB; nothing was imported.",
            hint="No statement is so large. Export a shorter period.",
        )


def _kind(data: bytes) -> str:
    """The kind of a file, by its first bytes. Raises InvalidInputError for one that no statement is."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "workbook"
    if head.startswith(b"%PDF"):
        raise InvalidInputError(
            "The file is a PDF, which holds no table; nothing was imported.",
            hint="On the bank's web page, choose the export of movements, not the statement: CSV, XLSX, OFX, MT940, CAMT.053,"
            " or what it offers for accounting.",
        )
    if head.startswith((b"[{", b"{")) and b'":' in head:
        raise InvalidInputError(
            "The file is JSON; nothing was imported.",
            hint="Download the statement as CSV, OFX, MT940, CAMT.053 or XLSX.",
        )
    upper = head.upper()
    if b"<OFX>" in upper or upper.startswith(b"OFXHEADER"):
        return "ofx"
    if is_web_table(data[:_HEAD]):
        return "web_table"
    if head.startswith(b"<"):
        return "camt"
    if all(
        re.search(rb"(?:^|[{]4:)\s*:%b:" % tag, head, re.MULTILINE) for tag in (b"20", b"25")
    ):  # `08:20:25` is none
        return "mt940"
    if head.lower().startswith((b"!type:", b"!account", b"!option")):
        return "qif"
    for name, fits in (
        ("client_bank", is_client_bank),
        ("gpc", is_gpc),
        ("norma43", is_norma43),
        ("coda", is_coda),
        ("cfonb120", is_cfonb120),
        ("bai2", is_bai2),
    ):
        if fits(head):
            return name
    return "csv"


def _lines(
    data: bytes, kind: str, encoding: str | None, options: Options
) -> tuple[list[str], str | None, Options]:
    """The file as lines of a table in CSV; a table of another kind is written so."""
    if kind == "workbook":
        from execops.sources.bank.files.workbooks import workbook_records

        return _written(workbook_records(data)), None, replace(options, delimiter=",")
    if kind == "web_table":
        return _written(web_records(data)), None, replace(options, delimiter=",")
    encoding = encoding or (_ENCODINGS[kind](data) if kind in _ENCODINGS else None)
    names = headers.known_names()
    text = None if encoding else decoded_by_lines(data, names)
    encoding = encoding or with_most_names(
        data[:_HEAD],
        detect_encoding(iter([data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)])),
        names,
    )
    try:
        text = data.decode(encoding) if text is None else text
    except UnicodeError as exc:
        raise InvalidInputError(
            f"The file cannot be read as {encoding}.", hint="Set --encoding, such as utf-8 or latin-1."
        ) from exc
    except LookupError as exc:
        raise InvalidInputError(
            f"{encoding!r} is not an encoding.", hint="Set --encoding, such as utf-8 or latin-1."
        ) from exc
    text = mistaken_letters.mended(damaged.respelled(text.lstrip("\ufeff")), names)
    text = mistaken_letters.unescaped_lines(text)
    if kind == "qif":
        from execops.sources.bank.standards.qif import qif_records

        return _written(qif_records(text)), encoding, replace(options, delimiter=",")
    lines = list(io.StringIO(text, newline=""))
    return lost_quotes.requoted(damaged.unwrapped(lines)) if kind == "csv" else lines, encoding, options


def _with_delimiter(lines: list[str], options: Options) -> tuple[list[str], Options]:
    """The lines with commas between the cells, where nothing but blanks parts them, or every cell has a line."""
    if options.delimiter:
        return lines, options
    table = fixed_width.as_table(lines) or paragraphs.as_table(lines) or copied_pages.as_table(lines)
    if table is None:
        return lines, options
    try:
        survey(lines, options)
    except DoubtError:
        return lines, options
    except InvalidInputError:
        if damaged.with_whole_days(lines) is None:
            return table, replace(options, delimiter=",")
    return lines, options


def _written(records: Sequence[tuple[int, list[str]]]) -> list[str]:
    """The records as lines of CSV, each at its own number."""
    lines: list[str] = []
    for number, cells in records:
        lines += ["\r\n"] * (number - 1 - len(lines))
        line = io.StringIO()
        csv.writer(line).writerow([" ".join(cell.split("\n")) for cell in cells])
        lines.append(line.getvalue())
    return lines

"""OFX and QFX: the download that banks make for Quicken and QuickBooks, in SGML (1.x) or XML (2.x).

ofxtools reads the tree. Its conversion to checked objects is left aside: banks send tags that no version of OFX has.
The form: https://financialdataexchange.org/ofx (section 11.4, STMTTRN).
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from execops.errors import InvalidInputError
from execops.money import Money
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.cells.amounts import (
    UnreadableError,
    decimal_mark,
    negative,
    read_amount,
    read_number,
)
from execops.sources.bank.files.encodings import detect_encoding
from execops.sources.bank.parties.transfers import is_wired
from execops.sources.bank.standards.one_account import require_end, the_account

_STATEMENTS = ("STMTRS", "CCSTMTRS")
_CARD = "CCSTMTRS"
# Kinds that name no party: the check has a number, and the bank's own fee and interest are nobody's.
_NOBODY = {"CHECK", "FEE", "SRVCHG", "INT", "ATM", "CASH"}
_DEBITS = frozenset({"DEBIT", "DIRECTDEBIT", "POS", "FEE", "SRVCHG", "CHECK"})
_CREDITS = frozenset({"CREDIT", "DEP", "DIRECTDEP"})
_KINDS = re.compile(
    r"^(?:(?:pos|ach|debit card|visa|checkcard|web|online|recurring)\s+)?"
    r"(?:debit|credit|purchase|payment|withdrawal|deposit|withdrwl)$",
    re.IGNORECASE,
)
_HEADER = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:UNICODE\nCHARSET:NONE\nCOMPRESSION:NONE\n"
    "OLDFILEUID:NONE\nNEWFILEUID:NONE"
)
_WHOLE_HEADER = re.compile(
    rb"OFXHEADER:\s*\d+\s+DATA:\s*\w+\s+VERSION:\s*\d+\s+SECURITY:\s*\w+\s+ENCODING:\s*(?:USASCII|UNICODE|UTF-8)\s+CHARSET:\s*[\w-]+\s+"
    rb"(?:COMPRESSION:\s*\w+\s+)?OLDFILEUID:\s*[\w-]+\s+NEWFILEUID:\s*[\w-]+"
)
# Crédit Mutuel and CIC write day and town into the name, `PAIEMENT CB 0311 PARIS 11`, and the shop into the memo.
_NAME_LETTERS = 32  # of NAME at the most; a longer text goes on in MEMO, perhaps within a word
_TOWN = re.compile(r"(?:PAIEMENT|AVOIR) (?:CB|PSC) \d{4} ")
_ENDS_IN_CARD = re.compile(r"\bCARTE \d{4}$")


def read_ofx(data: bytes, currency: str) -> Contents:
    """The movements and the ledger's balance of a file. Raises InvalidInputError."""
    from ofxtools.Parser import OFXTree

    tree = OFXTree()
    try:
        tree.parse(io.BytesIO(_with_header(data)))
        statements = _statements(tree.getroot())
    except (ParseError, ValueError, SyntaxError, LookupError) as exc:
        raise InvalidInputError(
            "The OFX file is damaged; nothing was imported.", hint=f"Download it again. {str(exc)[:120]}"
        ) from exc
    require_end(b"</OFX>" in data.upper())
    account = the_account({_text(statement, ".//ACCTID") for statement in statements})
    entries: list[Entry | Problem | LeftOut] = []
    closing: dict[str, Told] = {}
    decimal = _decimal(statements)
    for statement in statements:
        code = _text(statement, "CURDEF").upper() or currency
        turned = _turned(statement)
        for transaction in statement.iterfind("./BANKTRANLIST/STMTTRN"):
            number = len(entries) + 1
            try:
                is_turned = _text(transaction, "TRNTYPE").upper() in turned
                entries.append(
                    _entry(
                        number,
                        transaction,
                        code,
                        decimal,
                        is_card=statement.tag == _CARD,
                        is_turned=is_turned,
                    )
                )
            except UnreadableError as exc:
                entries.append(Problem(number, str(exc)))
        if balance := _balance(statement, code, decimal):
            closing[code] = balance
    return Contents(entries=entries, closing=tuple(closing.values()), number=account)


def _with_header(data: bytes) -> bytes:
    """The file with all lines of the header of OFX 1: banks leave some out, or change their order."""
    header, mark, body = data.partition(b"<OFX>")
    is_whole = b"<?" in header or _WHOLE_HEADER.search(header) is not None
    if not mark or (is_whole and not _is_utf8_beyond_ascii(body)):
        return data
    text = (mark + body).decode(detect_encoding([data]))
    return f"{_HEADER}\n\n{text}".encode()


def _is_utf8_beyond_ascii(body: bytes) -> bool:
    """Whether a body is written in UTF-8, whatever its header says: converters copy headers of other files."""
    try:
        return not body.isascii() and bool(body.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _statements(root: Any) -> list[Element]:  # noqa: ANN401 - the package has no types
    if root is None:
        raise ValueError("it is empty")
    statements: list[Element] = [node for node in root.iter() if node.tag in _STATEMENTS]
    if not statements:
        raise ValueError("it holds no statement of an account")
    return statements


def _turned(statement: Element) -> frozenset[str]:
    """The kinds whose amounts have the wrong sign: some banks send debits without a minus, or a card's signs turned round."""
    amounts: dict[bool, list[str]] = {True: [], False: []}
    kinds = set()
    for transaction in statement.iterfind("./BANKTRANLIST/STMTTRN"):
        kind, amount = _text(transaction, "TRNTYPE").upper(), _text(transaction, "TRNAMT")
        kinds.add(kind)
        if kind in _DEBITS | _CREDITS or (kind == "PAYMENT" and statement.tag == _CARD):
            amounts[kind in _DEBITS].append(amount)
    debits, credits_ = amounts[True], amounts[False]
    if not debits or any(amount.startswith("-") for amount in debits):
        return frozenset()
    if credits_ and all(amount.startswith("-") for amount in credits_):
        return frozenset(kinds)
    return frozenset() if any(amount.startswith("-") for amount in credits_) else _DEBITS


def _decimal(statements: Iterable[Element]) -> str | None:
    """The decimal mark of amounts that have groups, `-2.450,00` or `-2,450.00`; None where each is a number as OFX asks for."""
    texts = [
        _text(transaction, "TRNAMT")
        for statement in statements
        for transaction in statement.iterfind("./BANKTRANLIST/STMTTRN")
    ]
    if not any("." in text and "," in text for text in texts):
        return None
    marks = {mark for text in texts if (mark := decimal_mark(text)) in {".", ","}}
    return marks.pop() if len(marks) == 1 else None


def _number(text: str, currency: str, decimal: str | None) -> Money:
    """The amount in a text. Raises UnreadableError."""
    return read_amount(text, currency, decimal) if decimal else read_number(text, currency)


def _entry(
    number: int,
    transaction: Element,
    currency: str,
    decimal: str | None,
    *,
    is_card: bool,
    is_turned: bool,
) -> Entry:
    kind = _text(transaction, "TRNTYPE").upper()
    code = _text(transaction, "CURRENCY/CURSYM").upper() or currency
    name = _text(transaction, "PAYEE/NAME") or _text(transaction, "NAME")
    memo = _text(transaction, "MEMO")
    # Some banks begin the memo with the name, which ends within a word.
    is_cut = bool(name) and len(memo) > len(name) and memo.casefold().startswith(name.casefold())
    whole = (
        f"{name}{memo}"
        if len(name) == _NAME_LETTERS and memo and not name.endswith(memo[:_NAME_LETTERS])
        else ""
    )
    in_memo = _KINDS.match(name) or (_TOWN.match(name) and _ENDS_IN_CARD.search(memo))
    payee, text = ("", memo) if is_cut and not in_memo else (memo, name) if memo and in_memo else (name, memo)
    amount = _number(_text(transaction, "TRNAMT"), code, decimal)
    amount = negative(amount) if is_turned else amount
    paid_off = (
        is_card and amount.minor > 0 and bool(re.search(r"\b(?:auto)?pay(?:ment|mt)?\b", name, re.IGNORECASE))
    )
    return Entry(
        line=number,
        day=_day(_text(transaction, "DTPOSTED")),
        amount=amount,
        payee=payee,
        text=text,
        labels=(kind.lower(),),
        bare=whole,
        bank_id=_text(transaction, "FITID") or None,
        own=(kind == "XFER" and not is_wired(f"{name} {memo}")) or paid_off,
        nobody=kind in _NOBODY or paid_off,
    )


def _balance(statement: Element, currency: str, decimal: str | None) -> Told | None:
    amount = _text(statement, "LEDGERBAL/BALAMT")
    if not amount:
        return None
    try:
        return Told(_number(amount, currency, decimal), _day(_text(statement, "LEDGERBAL/DTASOF")))
    except UnreadableError:
        return None


def _day(text: str) -> date:
    """The day as the bank dates it: `20261109230000[-5:EST]` stays the ninth."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise UnreadableError(f"{text[:40]!r} is not a date") from None


def _text(node: Element, path: str) -> str:
    return html.unescape(node.findtext(path) or "").strip()

"""1CClientBankExchange: payments as banks of Russia and its neighbours hand them to accounting programs, a tag in each line.

The form: https://v8.1c.ru/tekhnologii/obmen-dannymi-i-integratsiya/standarty-i-formaty/standart-obmena-s-sistemami-klient-banka/.
The file tells no sign: the payer's account is the file's own where money leaves. Without a day of debit or of credit, the bank has
not carried an order out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.cells import currencies
from execops.sources.bank.cells.amounts import UnreadableError, negative, read_number
from execops.sources.bank.standards.one_account import require_end, the_account

_BEGIN = b"1CClientBankExchange"
_ACCOUNT = "СекцияРасчСчет"
_DOCUMENT = "СекцияДокумент"
_END = "КонецФайла"
_ENDS = ("КонецРасчСчет", "КонецДокумента", _END)
_INN = re.compile(r"^\s*ИНН\s*\d{10,12}(?:/\d+)?\s*")
_OLD_ROUBLE = "810"  # its number in ISO 4217 before 1998, which accounts have to this day
_PLACE = slice(5, 8)  # of the currency's number in the account's


def is_client_bank(head: bytes) -> bool:
    """Whether the first bytes of a file are those of such an exchange."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BEGIN)


def encoding_of(data: bytes) -> str:
    """The encoding of the file: UTF-8, else the one that its head names: DOS is cp866, and Windows cp1251."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp866" if b"=DOS" in data[:500] else "cp1251"
    return "utf-8-sig"


def read_client_bank(lines: Sequence[str], currency: str) -> Contents:
    """The movements of a file, with the first opening and the last closing balance. Raises InvalidInputError.

    An account that does not tell its currency has `currency`.
    """
    require_end(any(line.strip() == _END for line in lines))
    sections = list(_sections(lines))
    accounts = [tags for _, name, tags in sections if name == _ACCOUNT]
    own_numbers = {tags["РасчСчет"] for tags in accounts if tags.get("РасчСчет")}
    number = the_account(own_numbers)
    of_account = (number or "")[_PLACE]
    code = "RUB" if of_account == _OLD_ROUBLE else currencies.of_number(of_account) or currency
    return Contents(
        entries=[
            _movement(line, tags, own_numbers, code) for line, name, tags in sections if name == _DOCUMENT
        ],
        opening=_balance(accounts[0], "НачальныйОстаток", "ДатаНачала", code) if accounts else None,
        closing=tuple(
            filter(None, [_balance(tags, "КонечныйОстаток", "ДатаКонца", code) for tags in accounts[-1:]])
        ),
        number=number,
    )


def _sections(lines: Sequence[str]) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Each section of the file: its line, its name, and its tags."""
    section: tuple[int, str, dict[str, str]] | None = None
    for number, text in enumerate(lines, start=1):
        name, _, value = text.strip().partition("=")
        if name in {_ACCOUNT, _DOCUMENT}:
            section = (number, name, {})
        elif name in _ENDS and section is not None:
            yield section
            section = None
        elif section is not None:
            section[2].setdefault(name, value.strip())


def _movement(line: int, tags: dict[str, str], own_numbers: set[str], code: str) -> Entry | LeftOut | Problem:
    payer, payee = (
        tags.get(f"{side}Счет") or tags.get(f"{side}РасчСчет", "") for side in ("Плательщик", "Получатель")
    )
    leaves = payer in own_numbers
    if leaves is (payee in own_numbers):
        return Problem(line, "it names the file's own account on neither side, or on both")
    day = tags.get("ДатаСписано" if leaves else "ДатаПоступило", "")
    if not day:
        return LeftOut(line, "not carried out")
    try:
        amount = read_number(tags.get("Сумма", ""), code)
        booked = _day(day)
    except UnreadableError as exc:
        return Problem(line, str(exc))
    side = "Получатель" if leaves else "Плательщик"
    inns = [tags.get(f"{party}ИНН", "") for party in ("Плательщик", "Получатель")]
    return Entry(
        line=line,
        day=booked,
        amount=negative(amount) if leaves else amount,
        payee=tags.get(f"{side}1") or _INN.sub("", tags.get(side, "")),
        text=tags.get("НазначениеПлатежа", ""),
        own=bool(inns[0]) and inns[0] == inns[1],
    )


def _balance(tags: dict[str, str], name: str, day: str, code: str) -> Told | None:
    try:
        return Told(read_number(tags.get(name, ""), code), _day(tags.get(day, "")))
    except UnreadableError:
        return None


def _day(text: str) -> date:
    try:
        day, month, year = map(int, text.split("."))
        return date(year, month, day)
    except ValueError:
        raise UnreadableError(f"{text[:40]!r} is not a date") from None

"""MT940: the statement of SWIFT, as German, Dutch, Swiss and Polish banks send it; and MT942, its report within the day.

The package mt-940 takes the sign of a reversed credit (RC) the wrong way round, keeps the balances of the last statement
only, and runs the party's account into its name. So the few tags are read here. The subfields of :86: stand in the rules of the Deutsche Kreditwirtschaft (DFÜ-Abkommen, Anlage 3): ?00 kind, ?20–?29 and
?60–?63 purpose, ?32 and ?33 the other party. Others write /NAME/… or plain lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from execops.errors import InvalidInputError
from execops.money import Money
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.cells.amounts import UnreadableError, negative, read_number
from execops.sources.bank.parties import cut_texts
from execops.sources.bank.standards.one_account import the_account

_TAG = re.compile(r"^:(\d{2}[A-Z]?):", re.MULTILINE)
_LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?(?P<amount>\d[\d.]*,?\d{0,3})"
    r"(?P<kind>[NFS][A-Z0-9]{3})?(?P<rest>.*)",
    re.DOTALL,
)
_BALANCE = re.compile(r"(?P<mark>[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})(?P<amount>[\d.]+,?\d{0,3})")
_SUM = re.compile(r"(?P<count>\d{1,5})(?P<currency>[A-Z]{3})(?P<amount>[\d.]+,?\d{0,3})")
# The sign between the subfields: `?` in Germany, `~`, `^` or `<` in Poland and Hungary.
_SEPARATOR = re.compile(r"\s*(?:\d{3})?(?P<sign>[?~^<])\d\d")
_SLASHED = re.compile(r"/(NAME|BENM|ORDP|REMI|EREF|TRTP|IBAN|CNTP|ADDR|MARF|CSID|TRCD|PREF|RTRN|ISDT)/")
_PURPOSE = re.compile(r"\b(?:EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|BIC|IBAN)\+")
_LINE_WIDTH = 65  # signs of a line at the most
_OF_TAG = len(":86:")
_COLUMNS = re.compile(r"\S {3,}\S")  # a bank that fills columns ends its lines with words
_WIDTH = 27  # of a part of the purpose
_FIRM_ON_CHECK = re.compile(
    r"^(?:cheque|check|chq)\b.*\b(?:ltd|limited|llc|inc|pte|pty|gmbh|co)\b", re.IGNORECASE
)
_NOBODY = {"NCHG", "NINT", "NCHK", "FCHG", "FINT"}


def read_mt940(text: str) -> Contents:
    """The movements of all statements of a file, with the first opening and the last closing balance.

    Raises InvalidInputError.
    """
    entries: list[Entry | Problem | LeftOut] = []
    opening: Told | None = None
    closing: Told | None = None
    currency = ""
    accounts: set[str] = set()
    tags = _tags(text)
    for at, (line, tag, value) in enumerate(tags):
        if tag == "25":
            accounts.add(value.split("\n")[0].strip())
        elif tag in {"60F", "60M"}:
            balance = _told(value)
            currency = balance.amount.currency
            opening = opening or balance
        elif tag == "34F" and value[:3].isalpha():
            currency = value[:3]  # MT942 has no balance: its floor limit names the currency
        elif tag in {"90D", "90C"} and (fault := _unproven(value, tag, entries)) is not None:
            entries.append(Problem(line, fault))
        elif tag in {"62F", "62M"}:
            closing = _told(value)
        elif tag == "61":
            try:
                entries.append(_entry(line, value, _behind(tags[at + 1 :]), currency))
            except UnreadableError as exc:
                entries.append(Problem(line, str(exc)))
    return Contents(
        entries=entries,
        opening=opening,
        closing=(closing,) if closing else (),
        number=the_account(accounts),
    )


def _unproven(value: str, tag: str, entries: Sequence[Entry | Problem | LeftOut]) -> str | None:
    """The contradiction of a report within the day: its last lines tell other numbers or sums of debits or credits than its movements."""
    match = _SUM.match(value)
    if match is None:
        return None
    moved = [entry.amount.minor for entry in entries if isinstance(entry, Entry)]
    of_side = [abs(minor) for minor in moved if (minor < 0) is (tag == "90D")]
    total = read_number(match["amount"], match["currency"])
    if int(match["count"]) == len(of_side) and total.minor == sum(of_side):
        return None
    way = "debits" if tag == "90D" else "credits"
    return f"the file tells {match['count']} {way} of {total}, and holds {len(of_side)} of {Money(sum(of_side), total.currency)}"


def _behind(tags: Sequence[tuple[int, str, str]]) -> str:
    """The details of a movement: Polish banks write :86: twice, first with its code alone."""
    details = ""
    for _, tag, value in tags:
        if tag != "86":
            break
        details = value if value.startswith(details) else f"{details}\n{value}"
    return details


def _tags(text: str) -> list[tuple[int, str, str]]:
    """Each tag with its line and its value; a line that is cut inside goes on."""
    bare = text.replace("\r\n", "\n")
    marks = list(_TAG.finditer(bare))
    ends = [mark.start() for mark in marks[1:]] + [len(bare)]
    return [
        (
            bare.count("\n", 0, mark.start()) + 1,
            mark[1],
            re.sub(r"\n-\s*$|\n\{?-?\}?\s*$", "", bare[mark.end() : end]).rstrip("\n"),
        )
        for mark, end in zip(marks, ends, strict=True)
    ]


def _told(value: str) -> Told:
    match = _BALANCE.match(value)
    if match is None:
        raise InvalidInputError(f"The balance {value[:40]!r} cannot be read; nothing was imported.")
    amount = read_number(match["amount"], match["currency"])
    return Told(negative(amount) if match["mark"] == "D" else amount, _day(match["day"]))


def _entry(line: int, value: str, details: str, currency: str) -> Entry:
    match = _LINE.match(value)
    if match is None:
        raise UnreadableError(f"{value[:40]!r} is not a movement of MT940")
    amount = read_number(match["amount"], currency)
    day = _day(match["value"])
    if match["entry"]:
        day = _entry_day(match["entry"], day)
    payee, text, spaced, label = _details(details)
    return Entry(
        line=line,
        day=day,
        amount=negative(amount) if match["mark"] in {"D", "RC", "ED"} else amount,
        payee=payee,
        text=text,  # an import knows a movement again by it
        more=(spaced,) if spaced != text else (),
        bare=_uncut(details) if not payee else "",
        labels=(label,) if label else (),
        nobody=match["kind"] in _NOBODY and not payee and not _FIRM_ON_CHECK.search(text),
    )


def _details(details: str) -> tuple[str, str, str, str]:
    """The other party, the purpose as it stands and with its lost blanks, and the kind of a movement."""
    separator = _SEPARATOR.match(details)
    parts = re.split(re.escape(separator["sign"]) + r"(\d\d)", details.replace("\n", "")) if separator else []
    if len(parts) > 2:
        fields = list(zip(parts[1::2], parts[2::2], strict=False))
        payee = "".join(text for code, text in fields if code in {"32", "33"})
        parts_of_purpose = [text for code, text in fields if "20" <= code <= "29" or "60" <= code <= "63"]
        label = next((text for code, text in fields if code == "00"), "")
        purposes = (_without_keys("".join(parts_of_purpose)), _without_keys(_spaced(parts_of_purpose)))
        return payee.strip(), *purposes, label.strip()
    parts = _SLASHED.split(details.replace("\n", ""))
    if len(parts) > 2:
        slashed = dict(zip(parts[1::2], parts[2::2], strict=False))
        party = slashed.get("NAME") or slashed.get("BENM") or slashed.get("ORDP") or ""
        purpose = slashed.get("REMI", "").strip("/ ")
        return party.strip("/ "), purpose, purpose, slashed.get("TRTP", "").strip("/ ")
    purpose = " ".join(details.split())
    return "", purpose, purpose, ""


def _uncut(details: str) -> str:
    """The details that a program cut at the width of a line, the tag in the first, in the middle of words; else empty."""
    first, *below = details.split("\n")
    is_cut = bool(below) and len(first) == _LINE_WIDTH - _OF_TAG
    is_plain = not _SEPARATOR.match(details) and not _SLASHED.search(details)
    if not is_cut or not is_plain or _COLUMNS.search(details):
        return ""
    return cut_texts.joined(first, below, len(first))


def _spaced(parts: Sequence[str]) -> str:
    """The purpose from its parts of 27 signs: a shorter part ends with a word, where a word goes on behind a full one."""
    return "".join(part if len(part) >= _WIDTH else f"{part} " for part in parts).strip()


def _without_keys(purpose: str) -> str:
    """The words for people: what stands behind SVWZ+, where keys stand at all."""
    parts = re.split(_PURPOSE, purpose)
    if len(parts) == 1:
        return purpose.strip()
    keys = [match[0] for match in _PURPOSE.finditer(purpose)]
    words = [part for key, part in zip(keys, parts[1:], strict=True) if key == "SVWZ+"]
    return (" ".join(words) or parts[0]).strip()


def _day(text: str) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise UnreadableError(f"{text!r} is not a date") from None


def _entry_day(text: str, value_day: date) -> date:
    """The day of booking, MMDD, in the year that puts it nearest to the value day."""
    days = []
    for year in (value_day.year - 1, value_day.year, value_day.year + 1):
        try:
            days.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not days:
        raise UnreadableError(f"{text!r} is not a day")
    return min(days, key=lambda day: abs(day - value_day))

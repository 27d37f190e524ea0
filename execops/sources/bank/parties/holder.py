"""The holder of an account, as a file names it above its table or in a column that says the same in every line.

A movement whose other side is the holder is a transfer between own accounts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from execops.sources.bank.parties.own_words import is_reserve, names_transfer
from execops.sources.bank.parties.purposes import LEGAL_FORMS, name_words, to_words
from execops.text import clean_line

_LABEL = re.compile(
    r"^\W*(?:(?:account|card) ?(?:holder|owner|name)(?: name)?|customer(?: name)?|company(?: name)?|business name|name of account holder|holder"
    r"|konto(?:inhaber|bezeichnung)(?:in)?|inhaber|kunde|titulaire(?: du compte)?|raison sociale|titular(?: de la cuenta)?|raz[óo]n social|intestat\w+(?: a)?|ragione sociale"
    r"|rekeninghouder|naam rekeninghouder|kontohavare|kontoinnehavare|kontohaver|kontoeier|tilinomistaja|posiadacz(?: rachunku)?|w[łl]a[śs]ciciel(?: rachunku)?|majitel [úu][čc]tu"
    r"|nome(?: do)? titular|sz[áa]mlatulajdonos|titular cont|hesap sahibi)\W*(?P<name>.*)$",
    re.IGNORECASE,
)
# Scripts that part no words write several labels in one cell.
_WITHIN = re.compile(r"(?:예금주|户名|戶名|口座名義人?|名義人|账户名称|帳戶名稱)\s*[:：]\s*(?P<name>\S+)")
_BANK = frozenset(["bank", "banco", "banque", "banca", "sparkasse", "volksbank", "bankers", "banking", "dkb"])
_MESSRS = re.compile(r"^M/?S\.? +", re.IGNORECASE)
_PARTS = re.compile(r"(?<=\w)\s*[-/;|]\s*(?=\w)")
_PAID_IN = re.compile(
    r"(?:faster |instant |sepa )?(?:payment|credit|receipt|withdrawal|deposit)(?: in| out| received| sent)?"
)
_ALMOST = 5  # of so many lines, all but one
_BEFORE_FORM = frozenset({"pvt", "private", "pty", "pte"})  # `PVT LTD`
_FORM = 2  # letters that a legal form has at the least: `AS` may be a word
_OFTEN = 3  # texts with different beginnings
_APART = 2  # of these, at the least
_LETTERS = 4  # of a name at the least
_FIRST_WORD = 6  # letters of a name's first word that stands for it


def holders(above: Iterable[Sequence[str]]) -> frozenset[str]:
    """The names of the holder in the lines above a table: behind a label, or those of a firm that is no bank."""
    names = set()
    for cells in above:
        labelled = False
        for cell in (cell.strip() for cell in cells if cell.strip()):
            label = _LABEL.match(cell) or _WITHIN.search(cell)
            if label or labelled:
                names.add(key(label["name"] if label else cell))
            elif is_firm(firm := _MESSRS.sub("", cell)) or is_firm(firm := cell.partition(",")[0]):
                names.add(key(firm))
            labelled = label is not None and not label["name"].strip()
    return frozenset(name for name in names if len(name.replace(" ", "")) >= _LETTERS)


def name_behind(texts_of_entries: Iterable[Sequence[str]]) -> str:
    """The firm's name at the end of texts that begin in several ways: a bank writes the holder there. Empty without one.

    `STRIPE; TRANSFER; KESTREL APPS INC`, `AMERICAN EXPRESS ACH PMT 260310 KESTREL APPS INC`.
    """
    begins: dict[str, set[str]] = {}
    apart: dict[str, set[str]] = {}  # behind a number or the end of a part: suppliers' names may end alike
    for texts in texts_of_entries:
        for text in texts:
            words = clean_line(text).split()
            if len(words) < 3 or not LEGAL_FORMS.intersection(to_words(words[-1].replace(".", "")).split()):
                continue
            for length in range(2, min(len(words), 6)):
                name, before = " ".join(words[-length:]), words[-length - 1]
                begins.setdefault(name, set()).add(words[0].casefold())
                if before.endswith(";") or any(map(str.isdigit, before)):
                    apart.setdefault(name, set()).add(words[0].casefold())
    often = [name for name in apart if len(begins[name]) >= _OFTEN and len(apart[name]) >= _APART]
    return max(often, key=lambda name: (len(apart[name]), len(name)), default="")


def key(name: str) -> str:
    """A name without case, signs and legal form."""
    return " ".join(word for word in name_words(name) if word not in _BEFORE_FORM)


def on_most_lines(below: Sequence[Sequence[str]], columns: Mapping[str, int]) -> str:
    """The name that stands on one side or the other of almost all movements, of a payer and a payee: the holder's. Empty without one."""
    if not {"payer", "payee"} <= columns.keys():
        return ""
    sides = (columns["payer"], columns["payee"])
    names = Counter(
        name for row in below for name in {key(row[at]) for at in sides if at < len(row) and row[at].strip()}
    )
    name, count = next(iter(names.most_common(1)), ("", 0))
    return name if count >= _OFTEN and count * _ALMOST >= len(below) * (_ALMOST - 1) else ""


def is_bank(name: str) -> bool:
    """Whether a name is that of a bank."""
    return any(word in _BANK or word.endswith(("bank", "sparkasse")) for word in to_words(name).split())


def without(names: frozenset[str], text: str) -> str:
    """The text without the holder's name among its parts, as Indian banks write it: `NEFT CR-CITI0000003-STRIPE INDIA-KESTREL APPS LTD-N26`."""
    parts = _PARTS.split(text)
    rest = [part for part in parts if key(part) not in names]
    return "-".join(rest) if len(rest) < len(parts) and len(rest) > 1 else ""


def is_other_side(names: frozenset[str], payee: str, text: str) -> bool:
    """Whether the holder is the other side of a movement: its payee, or the only name in a text of a transfer."""
    if payee:
        return key(payee) in names or _is_account_of(names, payee)
    words = f" {key(text)} "
    rest = next((words.replace(f" {name} ", " ", 1) for name in names if f" {name} " in words), "")
    is_moved = bool(rest.strip()) and (names_transfer(rest) or _PAID_IN.fullmatch(rest.strip()) is not None)
    return is_moved or _is_account_of(names, text)


def _is_account_of(names: frozenset[str], text: str) -> bool:
    """Whether a text has nothing but the holder's name, perhaps its first word alone, and one of the holder's accounts.

    `KESTREL APPS LTD 30-94-12 11884420`, `*INET KESTREL RESERVE`.
    """
    words = [word for word in to_words(text.replace(".", "")).split() if word not in LEGAL_FORMS]
    for name in (name.split() for name in names):
        at = words.index(name[0]) if name[0] in words else len(words)
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(words[at:], name, strict=False))
        length = sum(1 for _ in pairs)
        is_whole = length == len(name)
        if length and (is_whole or len(name[0]) >= _FIRST_WORD):
            rest = words[:at] + words[at + length :]
            if rest and is_reserve(rest, numbers=is_whole):
                return True
    return False


def is_firm(cell: str) -> bool:
    """Whether a cell is the name of a firm that is no bank: a few words, and a legal form at the end."""
    words = to_words(cell.replace(".", "")).split()
    forms = LEGAL_FORMS.intersection(words[-_FORM:])
    return (
        1 < len(words) <= 6
        and any(len(form) >= _FORM for form in forms)
        and not any(map(str.isdigit, cell))
        and _BANK.isdisjoint(words)
    )

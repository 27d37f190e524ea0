"""Texts of movements that have no party, by how they begin: cash from a machine or over the counter, the bank's own fee and interest.

`nobody.toml` lists how they begin. A fee's text may go on with the product that costs it (`COTISATION ESPRIT LIBRE PRO`), and one of cash with the machine's place.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from execops.sources.bank.parties.brands import brand
from execops.sources.bank.parties.purposes import LEGAL_FORMS, to_words

# Barclays writes its code of a movement at the end: `LONDON WALL 06MAR ATM`.
_MACHINE_BEHIND = re.compile(
    r" (?:on )?\d{1,2} ?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) (?:\d\d ?\d\d )?(?:atm|csh|cpt)$"
)
_INCLUDING = re.compile(r" inc (?=(?:gst|vat|tax|hst|of)\b)")  # `NEFT CHGS INC GST`
# In scripts without blanks or small letters: a fee, interest.
_FEE_ANYWHERE = re.compile(
    r"手数料|利息|수수료|이자|עמלת|עמלה|ריבית|προμηθει|εξοδα|τοκοι|комиссия|такса|лихва|手续费|月费$|年费$|管理费$|결산이자|テスウリ[ヨョ]ウ|リソク|ゲンセン(?:シ[ヨョ]トク)?ゼイ"
)


def _folded(text: str) -> str:
    """The words of a text, with the letter of Turkish that has no accent to lose."""
    return to_words(text.replace("ı", "i"))


@lru_cache(maxsize=10_000)
def is_cash(text: str) -> bool:
    """Whether a text begins as those of cash do, and the machine's owner and place may follow; or ends with the code of a machine."""
    words = _folded(text)
    begin = _pattern("cash").match(words)
    if begin is None:
        return _MACHINE_BEHIND.search(words) is not None
    is_firm = any(len(word) > 2 for word in LEGAL_FORMS.intersection(words.split()))
    return " " in begin[0] or not is_firm  # `Minibank Software GmbH`


@lru_cache(maxsize=10_000)
def is_fee(text: str) -> bool:
    """Whether a text begins as those of the bank's own fee or interest do, and names neither a firm nor a known supplier."""
    words, text = _folded(text), unicodedata.normalize("NFKC", text)
    if (
        not (_pattern("fees").match(words) or _FEE_ANYWHERE.search(text) or _FEE_ANYWHERE.search(words))
        or brand(text) is not None
    ):
        return False
    bare = _INCLUDING.sub(" ", words)
    return not any(len(word) > 2 for word in LEGAL_FORMS.intersection(bare.split()))


def is_fee_of_column(payee: str) -> bool:
    """Whether the cell of a payee begins with two words or more of the bank's own fee or interest: `Kosten Zakelijk Betalen`."""
    begin = _pattern("fees").match(_folded(payee))
    is_begun = begin is not None and " " in begin[0]
    return (is_begun or (not payee.isascii() and _FEE_ANYWHERE.search(payee) is not None)) and is_fee(payee)


def is_kind_of_cash(label: str) -> bool:
    """Whether the bank's kind of a movement says that it is cash."""
    words = _folded(label)
    return words in _lists()["cash_kinds"] or _pattern("cash").fullmatch(words) is not None


def is_kind_of_fee(label: str) -> bool:
    """Whether the bank's kind of a movement says that it is the bank's own fee or interest."""
    return _folded(label) in _lists()["fee_kinds"]


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """The beginnings of one list, each up to the end of a word."""
    return re.compile(rf"(?:{'|'.join(_lists()[name])})(?= |$)")


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads((files("execops.sources.bank.parties") / "nobody.toml").read_text(encoding="utf-8"))

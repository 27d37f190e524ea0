"""Names that are no names: markup, a placeholder, a value that a form or a program left in their place."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_READ = 200  # characters
_PLACEHOLDERS = """
n a|na|none|null|nil|nan|undefined|unknown|empty|blank|void|false|true|default|object object|todo|tbd|tba|name|first name|last name
full name|your name|my name|firstname lastname|first last|first name last name|no name|noname|company|company name|your company
my company|customer|customer name|new customer|client|user|username|guest|anonymous|anon|somebody|someone|nobody|admin|test|tests
testing|tester|test test|test user|test customer|test company|demo|example|sample|dummy|fake|foo|bar|foo bar|lorem ipsum|hello|hi
xx|x|xxx|qwe|nombre|nom|nome|naam|namn|kunde|kund|test kunde|cliente|klant|gast|gäst|unbekannt|kein name|ohne name|firma|inconnu
sans nom|desconocido|sin nombre|sconosciuto|senza nome|onbekend|geen naam|desconhecido|sem nome|okänd|inget namn
不明|名無し|なし|無し|テスト|ゲスト|お客様|匿名
"""
_MARKUP = re.compile(
    r"[<>{}`\\=^~]|\$\(|%[sd]\b|&\w+;|--|/\*|['\"]\s*;|\[[^\]]*(?:name|customer|company)[^\]]*\]",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?[$€£¥]")
_NUMBER = re.compile(r"\d(?:[\s().-]?\d){6,}")  # to call, to charge or to look up
_ID = re.compile(
    r"(?:cus|sub|acct|in|pm|usr|user|org)_\w+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}", re.IGNORECASE
)
_MASHED = r"(?:asdf|asdas|qwert|zxcv|yxcv|azert|hjkl)[a-z]*"
_KEYS = re.compile(rf"{_MASHED}(?: {_MASHED})*")
_SAME = re.compile(r"(\w)\1{3,}")
_COMPANY = re.compile(
    r"会社|法人|組合|協会|財団|大学|学園|学校|病院|医院|クリニック|銀行|事務所|商店|商会|工房|工業|製作所|研究所|[（(][株有][)）]|[㈱㈲]|"
    r"\b(?:inc|llc|llp|ltd|limited|corp|corporation|company|gmbh|kg|ug|ag|plc|bv|nv|sa|sas|sarl|srl|spa|ab|as|oy|aps|kk|pte|pty|"
    r"b\.v|n\.v|s\.a|s\.a\.s|s\.r\.l|s\.p\.a|s\.l|k\.k|co\.,? ltd|lda|ltda|slu|s\.l\.u|sasu|eurl|snc|sprl|scrl|asa|oü|spółka|"
    r"c\.v|e\.k|e\.v|s\.r\.o|d\.o\.o|sp\.? z ?o\.? ?o|kft|pllc|lp|l\.p|l\.l\.c)\.?\s*$",
    re.IGNORECASE,
)
# An entry of a list, family name first: `Nguyen, Thi Minh`. A title behind a comma is none.
_TURNED = re.compile(r"\s*[^\W\d_][\w'’.-]*(?: [\w'’.-]+){0,2}\s*,\s*[^\W\d_][\w'’.-]*(?: [\w'’.-]+){0,2}\s*")
_TITLE = re.compile(
    r",\s*(?:ph\.?d|md|m\.d|dds|jd|mba|cpa|esq|jr|sr|ii|iii|msc|bsc|dr|prof|rn)\.?\s*$", re.IGNORECASE
)
# Notes of a seller for the own team, behind a name.
_NOTE = re.compile(
    r"\b(?:do not|dont|don't|duplicate|doublon|duplikat|duplicado|fraud\w*|churn\w*|refund\w*|chargeback|cancell?ed|deleted|"
    r"gekündigt|gelöscht|nicht (?:verwenden|nutzen)|blacklist\w*|blocked|bad debt|old account|to be deleted|inactive)\b",
    re.IGNORECASE,
)


def is_name(text: str) -> bool:
    """Whether a text that stands as a name may be one: it has a letter, and is no markup, placeholder, number or id."""
    text = text[:_READ]
    plain = _plain(text)
    return (
        any(character.isalpha() for character in plain)
        and plain.rstrip(" 0123456789") not in _placeholders()
        and not any(pattern.search(text) for pattern in (_MARKUP, _MONEY, _NUMBER))
        and not _ID.fullmatch(text.strip())
        and not any(pattern.fullmatch(plain) for pattern in (_KEYS, _SAME))
    )


def is_greeting_name(text: str) -> bool:
    """Whether a mail may greet the customer by this name: it is one, as a person or a company writes it themselves.

    It has no note that is meant for the seller's team, and is no entry of a list with the family name first.
    """
    return is_name(text) and not _NOTE.search(text[:_READ]) and not _is_turned(text[:_READ])


def is_company(name: str) -> bool:
    """Whether a name is that of a company or another body, by the words that only such a one has in its name."""
    return bool(_COMPANY.search(name[:_READ]))


def _is_turned(name: str) -> bool:
    """Whether a name stands as in a list, family name first. A firm of partners (`Smith, Jones`) cannot be told from it."""
    return bool(_TURNED.fullmatch(name)) and not _TITLE.search(name) and not is_company(name)


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(
        _plain(words) for line in _PLACEHOLDERS.strip().splitlines() for words in line.split("|")
    )


def _plain(text: str) -> str:
    """The text in small letters, without accents, with a single blank in place of all marks."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", bare)))

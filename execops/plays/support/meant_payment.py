"""The payment that the words of a customer mean: whether they tell of one that was taken twice, and whether they name an amount."""

from __future__ import annotations

import re
from functools import lru_cache

from execops.money import Money, decimals
from execops.plays.support import support_words

_TWICE = re.compile(
    r"\b(?:twice|(?:two|2) times|2 ?(?:x|mal|fois)|duplicates?|zweimal|doppelt(?:e[nrs]?)?(?! so\b| wie\b)|deux fois|doublons?"
    r"|doppel(?:ab)?(?:buchung|zahlung|belastung|lastschrift)\w*|double[- ]?(?:charg|bill|pay|paid|debit|book)\w*"
    r"|(?:charged|billed|debited)(?: \w+){0,3} double(?! the\b| what\b| as\b| my\b))\b",
    re.IGNORECASE,
)
_TWO_PAYMENTS = re.compile(
    r"\b(?:two|2|both|zwei|beide|deux|doubles?)\s(?:\w+\s){0,2}"
    r"(?:charges?|payments?|entries|debits?|transactions?|(?:ab)?buchungen|zahlungen|lastschriften|belastungen"
    r"|prélèvements?|paiements?|débits?|opérations?)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(  # of somebody who asked twice, not paid twice
    r"\b(?:asked|wrote|written|e?-?mailed|called|phoned|told|tried|contacted|requested|reminded|gefragt|geschrieben|angerufen|gemeldet"
    r"|gebeten|nachgehakt|versucht|écrit|demandé|appelé|relancé|contacté|essayé)\b",
    re.IGNORECASE,
)
_SIGNS = {"$": "USD CAD AUD NZD SGD HKD MXN", "€": "EUR", "£": "GBP", "¥": "JPY CNY", "₹": "INR", "₩": "KRW"}
_NAMES = {
    "dollar": _SIGNS["$"],
    "buck": _SIGNS["$"],
    "us$": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "quid": "GBP",
    "yen": "JPY",
    "franken": "CHF",
    "franc": "CHF XAF XOF XPF",
    "sfr": "CHF",
    "fr": "CHF",
    "kr": "SEK NOK DKK",
    "dinar": "KWD BHD JOD TND",
    ",-": "",  # no currency by name, but a sum of money
    ".-": "",
}
_CODES = (  # of currencies that people write, besides the payment's own
    "usd eur gbp chf cad aud nzd sgd hkd mxn sek nok dkk pln czk huf ron jpy cny inr krw brl zar aed ils try thb kwd bhd jod tnd omr"
)
_NO_SUM = frozenset({"uhr", "h", "am", "pm", "gb", "mb", "%"})  # after a time, or a size
_MARKS = "".join(map(re.escape, _SIGNS))


def says_twice(words: str) -> bool:
    """Whether a sentence tells of a payment that was taken twice: not of two weeks, and not of somebody who asked twice."""
    return any(
        _TWO_PAYMENTS.search(sentence) or (_TWICE.search(sentence) and not _ASKED.search(sentence))
        for sentence in support_words.sentences(words)
    )


def names(words: str, amount: Money) -> bool:
    """Whether the words name exactly this amount: beside a sign, a name or a code of its currency, or with all its decimals.

    A number beside another currency is another amount, and a bare number, as in `for 5 years`, is none.
    """
    return any(_is_sum(match, amount) for match in _pattern(amount).finditer(words))


def _is_sum(match: re.Match[str], amount: Money) -> bool:
    before, beside = (match["before"] or "").lower(), (match["after"] or "").lower()
    after = beside.strip()
    of_before, of_after = _currencies(before), _currencies(after)
    is_glued = (of_before is None and match["gap"] == "") or (of_after is None and beside == after != "")
    if is_glued or after in _NO_SUM:  # as in `v49.00`, `$5k`, `9.00 am`
        return False
    if of_before is not None or of_after is not None:
        return all(amount.currency in currencies for currencies in (of_before, of_after) if currencies)
    digits = decimals(amount.currency)
    return digits > 0 and re.search(rf"[.,]\d{{{digits}}}$", match["number"]) is not None


def _currencies(text: str) -> frozenset[str] | None:
    """The currencies that a sign, a name or a code stands for; None where it is none of them."""
    if text in _SIGNS:
        return frozenset(_SIGNS[text].split())
    if text in _CODES.split():
        return frozenset({text.upper()})
    name = _NAMES.get(text, _NAMES.get(text.removesuffix("s")))
    return None if name is None else frozenset(name.split())


@lru_cache(maxsize=256)
def _pattern(amount: Money) -> re.Pattern[str]:
    """Finds the amount as people write it, such as `1200`, `1,200.00` or `1 200,00`, with what stands beside."""
    units, _, fraction = f"{amount.major:.{decimals(amount.currency)}f}".partition(".")
    grouped = f"{int(units):,}"
    ends = {fraction, fraction.rstrip("0")} - {""}
    forms = {
        grouped.replace(",", group) + end
        for group in ("", ",", ".", "'", "’", " ")
        for end in ("" if not fraction.strip("0") else None, *(point + end for end in ends for point in ".,"))
        if end is not None and (not group or end[:1] != group)
    }
    numbers = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(
        rf"(?:(?P<before>[{_MARKS}]|\b[A-Za-z]+\$?)(?P<gap>\s?))?(?<![\d.,'’])(?P<number>{numbers})(?!\d|[.,'’]\d)"
        rf"(?P<after>[.,]-|\s?(?:[{_MARKS}%]|[A-Za-z]+))?"
    )

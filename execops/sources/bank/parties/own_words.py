"""Texts that have only words for a transfer, for accounts and for the bank: they name no other party, so both accounts are
the holder's.

`own_words.toml` lists the words. One word that is none of them, such as a name, ends the rule: a supplier who is paid by a
transfer has a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from execops.sources.bank.cells.currencies import is_code
from execops.sources.bank.parties.movement_words import lists_of
from execops.sources.bank.parties.purposes import LEGAL_FORMS, to_words

_MASK = re.compile(r"[x*]*\d[\dx]*|x+|[a-z]{1,3}\d[\da-z]*|\d[\da-z]{3,}|\d{1,2}[dm]")
_FEW = 12  # words; a longer text tells a story, and names somebody
_PARTS = re.compile(r"(?<=[a-z])/(?=c\b)", re.IGNORECASE)  # `A/C`
_TWO = 2
_NUMBER_OF_ACCOUNT = 6  # digits at the least
_CODE = 3  # letters of a currency's code
_MASKED = re.compile(
    r"(?:[xX]{2,}|[*•]+|\.{3})[- ]?[\dxX*]*\d{2,}"
)  # an account whose holder hides its number
_NUMBER = re.compile(r"\b(?:to|from)\b.*\b\d{4,}\b", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z][^\W\d_A-Z])")  # `rachunek własnyZasilenie`
# Several words that are one kind of savings together, and none of them apart.
_SAVED = re.compile(
    r"\b(?:instant access|easy access|money market|(?:money|cash) maximi[sz]er|(?:fixed|term|time|call) deposit|notice account|depot a terme|plazo fijo|conto deposito|depositos a plazo|depositos? a prazo|day notice|cuenta remunerada)\b"
)
_EPAY = re.compile(r"\be[- ]?pay", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def names_only_own_accounts(text: str) -> bool:
    """Whether a text tells a transfer between accounts and names nobody, or names an account that only its holder fills."""
    words = _words(text)
    kinds = [_kinds(word) for word in words]
    if not words or len(words) > _FEW or not all(kinds):
        return False
    present = frozenset[str]().union(*kinds)
    places = [at for at, kind in enumerate(kinds) if "account" in kind]
    accounts = sum(at - 1 not in places for at in places)  # `current account` is one
    is_of_currency = any(
        len(words[beside]) == _CODE and is_code(words[beside])
        for at in places
        for beside in (at - 1, at + 1)
        if 0 <= beside < len(words)
    )
    is_between = "between" in present and accounts > 0
    is_moved = bool({"transfer", "internal"} & present) or bool({"to", "from"} & set(words))
    has_own = "own" in present and bool({"account", "savings"} & present)
    if "transfer" in present and _MASKED.search(text):
        return True
    has_kept = ("kept" in present and (accounts > 0 or _NUMBER.search(text) is not None)) or is_of_currency
    if "internal" in present and "transfer" in present:
        return True
    if "savings" in present and (is_moved or all(kind & _OF_ACCOUNTS for kind in kinds)):
        return not {"interest", "fee", "payment", "pmt"} & set(words)
    is_theirs = "own" in present and _POSSESSIVE.isdisjoint(words)
    if is_theirs and not _DIRECTIONS.isdisjoint(words):  # `naar eigen Triodos`
        return True
    if has_own or (has_kept and is_moved):
        return True
    if words[0] in _DIRECTIONS and not _RESERVES.isdisjoint(words):  # `To Barclays reserve`
        return True
    is_kind_of_account = any(at - 1 in places for at in places)  # `from business current account`
    is_there = is_kind_of_account and "business" in words and not {"to", "from"}.isdisjoint(words)
    return "transfer" in present and (accounts >= _TWO or is_between or is_there)


def is_account(payee: str) -> bool:
    """Whether a party is an account and nobody: `Compte TVA`, `Main account`."""
    words = _words(payee)
    kinds = [_kinds(word) for word in words]
    present = frozenset[str]().union(*kinds)
    is_kept = "kept" in present or not _MAIN.isdisjoint(words)
    return bool(words) and all(kinds) and "account" in present and is_kept


def names_savings_of_firm(text: str) -> bool:
    """Whether a text of a transfer tells nothing behind a firm but savings of it: `TO KESTREL APPS LTD BUSINESS RESERVE 7781`.

    Nobody pays into another firm's reserve.
    """
    is_moved = has_transfer(text) or not {"to", "from"}.isdisjoint(to_words(text).split())
    return is_moved and is_savings_of_firm(text)


def is_savings_of_firm(name: str) -> bool:
    """Whether a name is that of a firm with nothing behind it but savings: `POLDERWIND STUDIO B.V. SPAREN`."""
    words = to_words(name.replace(".", "")).split()
    form = max((at for at, word in enumerate(words) if word in LEGAL_FORMS), default=0)
    behind = [word for word in words[form + 1 :] if not _MASK.fullmatch(word)]
    if not form or not behind or not all(map(_kinds, behind)):
        return False
    is_put = any(
        {"to", "into"}.intersection(behind[:at]) and _lists()["kept"](word) for at, word in enumerate(behind)
    )
    return is_put or any(_lists()["savings"](word) or word in _RESERVES for word in behind)


def is_own_card(payee: str) -> bool:
    """Whether a payee is a card of a bank, which its holder pays off: `Chase Ink Visa`."""
    words = _words(payee)
    lists = _lists()
    is_card = any(map(lists["cards"], words)) and not _BANKS.isdisjoint(words)
    return is_card and all(
        lists["cards"](word) or lists["beside"](word) or lists["credit"](word) or word in _PRODUCTS
        for word in words
    )


def is_own_account(name: str) -> bool:
    """Whether a name has only words of accounts, one of them for an account or for savings: `Savings 7719`."""
    kinds = list(map(_kinds, _words(name)))
    return bool(kinds) and all(kinds) and bool({"account", "savings"} & frozenset[str]().union(*kinds))


def names_nobody_else(text: str) -> bool:
    """Whether a text has only words of transfers and of accounts: `Tax Pot`."""
    return all(map(_kinds, _words(text)))


def is_reserve(words: Sequence[str], *, numbers: bool) -> bool:
    """Whether words beside the holder's name tell one of the holder's accounts alone: a reserve, or with `numbers` an account's number."""
    unmasked = [word for word in words if not _MASK.fullmatch(word)]
    kinds = frozenset[str]().union(*map(_kinds, unmasked))
    is_number = numbers and any(word.isdigit() and len(word) >= _NUMBER_OF_ACCOUNT for word in words)
    return all(map(_kinds, unmasked)) and (is_number or bool({"savings", "kept"} & kinds))


def has_transfer(text: str) -> bool:
    """Whether a word for a transfer stands in a text."""
    return any(map(_lists()["transfer"], _words(_GLUED.sub(" ", text))))


def names_transfer(text: str) -> bool:
    """Whether a text has only words of transfers and of accounts, one of them for a transfer or its way."""
    words = _words(text)
    is_moved = has_transfer(text) or bool({"to", "from"} & set(words))
    return is_moved and names_nobody_else(text)


def moves_between_own(label: str) -> bool:
    """Whether the bank's kind of a movement says so: `Account to Account Transfer`, `TRANSFER TO SPACE`. `Savings` alone is what a person saves for."""
    words = _words(label)
    moves = has_transfer(label) or bool(_POT_MOVES.intersection(words))
    is_pot = not _POTS.isdisjoint(words) and all(map(_kinds, words))
    return moves and (is_pot or names_only_own_accounts(label))


def is_pot(text: str) -> bool:
    """Whether a text has nothing but a pot for something, which belongs to whoever fills it: `BTW potje`, `Rücklage Steuern`."""
    words = _words(text)
    lists = _lists()
    return (
        bool(words)
        and all(_kinds(word) & _OF_ACCOUNTS for word in words)
        and any(lists["savings"](word) or word in _POTS for word in words)
    )


@lru_cache(maxsize=20_000)
def pays_own_card(text: str) -> bool:
    """Whether a text tells that a credit card is paid off, and names no merchant: `CITI CARD ONLINE PAYMENT`.

    `CARD PAYMENT` alone says how a shop is paid.
    """
    bare = (
        _folded(_EPAY.sub("epay", text))
        .replace("american express", "amex")
        .replace("capital one", "capitalone")
        .replace("royal bank", "rbc")
    )
    words = [word for word in bare.replace("debit differe", "differe").split() if not _MASK.fullmatch(word)]
    if not words or len(words) > _FEW or "debit" in words:
        return False
    lists = _lists()
    names = ("credit_cards", "cards", "credit", "paid_off", "payment", "beside")
    kinds = [frozenset(name for name in names if lists[name](word)) for word in words]
    kinds = [kind or _of_month(word) for kind, word in zip(kinds, words, strict=True)]
    if not all(kind or lists["transfer"](word) for kind, word in zip(kinds, words, strict=True)):
        return False
    present = frozenset[str]().union(*kinds)
    is_paid = bool({"payment", "paid_off"} & present)
    is_credit = "credit_cards" in present or ("cards" in present and "credit" in present)
    # A shop on the internet is paid by an `online card payment`, so a card without its issuer's name says nothing.
    is_issued = not _ISSUERS.isdisjoint(words)
    is_online = "cards" in present and is_issued and not _BY_BANKING.isdisjoint(words)
    is_settled = "cards" in present and "paid_off" in present
    if (
        "to" in words and "cards" in present and not _BANKS.isdisjoint(words)
    ):  # `Transfer to RBC Visa Business`
        return any(map(lists["transfer"], words))
    return is_paid and (is_credit or is_online or is_settled)


def _of_month(word: str) -> frozenset[str]:
    return frozenset({"beside"} if "month" in lists_of(word, word) else ())


@lru_cache(maxsize=20_000)
def changes_currency(text: str) -> bool:
    """Whether a text tells that money changes its currency, and names nobody: `Conversion EUR to USD`."""
    words = _words(text)
    codes = {word for word in words if len(word) == _CODE and is_code(word)}
    rest = [word for word in words if word not in codes]
    lists = _lists()
    is_changed = any(lists["exchange"](word) for word in rest)
    return (
        len(codes) >= _TWO
        and is_changed
        and all(lists["exchange"](word) or lists["transfer"](word) or bool(_kinds(word)) for word in rest)
    )


def names_own_account(text: str) -> bool:
    """Whether a text names an account as the holder's own, whatever stands beside: `Převod na vlastní účet`."""
    words = _words(_GLUED.sub(" ", text))
    lists = _lists()
    is_own = [lists["own"](word) and word not in _POSSESSIVE for word in words]
    is_account = [lists["account"](word) or lists["savings"](word) for word in words]
    return any(own and any(is_account[max(0, at - 1) : at + _TWO]) for at, own in enumerate(is_own))


_ISSUERS = frozenset(
    {"visa", "mastercard", "mc", "discover", "citi", "citibank", "chase", "citizens", "wells", "fargo", "pnc", "td", "rbc", "bmo", "usbank", "truist"}
)  # fmt: skip
_BANKS = frozenset(
    {"rbc", "td", "bmo", "cibc", "scotiabank", "chase", "citi", "citibank", "wells", "fargo", "pnc", "usbank", "truist", "hsbc", "barclays", "lloyds", "natwest", "santander", "anz", "nab", "westpac", "cba", "commbank"}
)  # fmt: skip
_PRODUCTS = frozenset({"ink", "freedom", "sapphire", "platinum", "gold", "signature", "elite", "avion", "spark", "venture"})  # fmt: skip
_BY_BANKING = frozenset({"online", "internet", "web", "banking", "thank"})
_MAIN = frozenset({"main", "principal", "primary", "hauptkonto", "operating", "principale"})
_DIRECTIONS = frozenset(
    {"to", "from", "naar", "van", "nach", "till", "til", "fra", "fran", "vers", "verso", "hacia"}
)
_OF_ACCOUNTS = frozenset({"savings", "account", "kept", "beside"})
_RESERVES = frozenset(
    {"reserve", "reserves", "pot", "pots", "vault", "vaults", "jar", "jars", "spaarpot", "belastingpot", "btwpot", "potje", "potjes", "space", "spaces", "goal", "goals", "pocket", "pockets", "envelope", "bucket", "cofrinho", "caixinha"}
)  # fmt: skip
_POTS = _RESERVES - {"reserve", "reserves"}  # `Federal Reserve`
_POT_MOVES = frozenset({"withdrawal", "deposit"})
_POSSESSIVE = frozenset({"my", "mine", "mes", "vos", "meine", "mina", "self", "twoje", "oma", "kendi"})


_CURRENCIES = ((re.compile(r"\b(?:us|u s) dollars?\b"), "usd"), (re.compile(r"\beuros?\b"), "eur"))


def _folded(text: str) -> str:
    """The words of a text, with the letter of Turkish that has no accent to lose, and with codes for names of currencies."""
    words = to_words(text.replace("ı", "i"))
    for name, code in _CURRENCIES:
        words = name.sub(code, words)
    return words


def _words(text: str) -> list[str]:
    bare = _SAVED.sub("savings", _folded(_PARTS.sub("", text)))
    words = bare.split()
    return [word for word in words if not _MASK.fullmatch(word)]


@lru_cache(maxsize=20_000)
def _kinds(word: str) -> frozenset[str]:
    """The lists that a word is in; those of a currency's code are `beside`."""
    lists = _lists()
    names = ("transfer", "internal", "own", "account", "savings", "kept", "between", "beside")
    kinds = frozenset(name for name in names if lists[name](word))
    return kinds or (
        frozenset({"beside"}) if len(word) == 1 or (len(word) == _CODE and is_code(word)) else kinds
    )


@cache
def _lists() -> dict[str, Callable[[str], bool]]:
    import tomllib  # only once a text is to be read

    text = (files("execops.sources.bank.parties") / "own_words.toml").read_text(encoding="utf-8")
    return {name: _test(words) for name, words in tomllib.loads(text).items()}


def _test(words: list[str]) -> Callable[[str], bool]:
    whole = frozenset(word for word in words if "*" not in word)
    pattern = re.compile("|".join(word.replace("*", r"\w*") for word in words if "*" in word) or "(?!)")
    return lambda word: word in whole or pattern.fullmatch(word) is not None

"""The vendor of a line of a statement: the same name every month, whatever the bank writes around it.

The rules are careful rather than thorough. A person notices one vendor under two names, but not two vendors under
one name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from execops.sources.bank.parties import (
    cheques,
    merchants,
    name_edges,
    nobody,
    offices,
    own_words,
    party_tagger,
    transfers,
)
from execops.sources.bank.parties.brands import brand, brand_at, brand_within
from execops.sources.bank.parties.movement_words import (
    before_kind,
    is_banks_own,
    lists_of,
    names_nobody_by_label,
    places,
)
from execops.sources.bank.parties.name_words import classes_of
from execops.sources.bank.parties.purposes import LEGAL_FORMS, pattern, to_words
from execops.sources.bank.parties.references import without_references
from execops.text import clean_line

# Takes a text, its column and the kind's labels.
Find = Callable[[str, str, tuple[str, ...]], party_tagger.Guess]

_LONGEST = 100  # characters; names are indexed

# Payment services, which write `SERVICE *VENDOR`.
_SERVICES = re.compile(
    r"^(?:sq|sqc|paypal|pp|py|tst|sp|ipay|sumup|zettle|iz|fs|dri|eb|paddle\.net|2co\.com)[ ]?\*[ ]*",
    re.IGNORECASE,
)
_STATION = re.compile(r"^(?:en )?e\. ?s\. +(?=[^\W\d]{2})", re.IGNORECASE)  # a filling station in Spain
# A shop's number and its town behind a name of two words: `Espresso House 214 Umeå`.
_SHOP = re.compile(r"^(?P<name>[^\W\d]\S*(?: &)?(?: [^\W\d]\S*)+) \d{3,5} [^\W\d][^\W\d_'’.-]{2,}$")
# A street behind a name, as Polish and Romanian banks write it: `ul. Solna 4 32-020 Wieliczka`.
_STREET = re.compile(r"(?<=\w[\w. ])[ ,]*(?<![^\s,])(?:ul|al|os|str)\. ?[^\W_].*$", re.IGNORECASE)
_SERVICE_NAMES = frozenset(
    {"PayPal", "Stripe", "Klarna", "Square", "SumUp", "Paddle", "FastSpring", "Apple", "Google"}
)
_SITE = r"(?:https?://)?(?:www\.)?(?:[\w-]+\.)*[\w-]{3,}\.(?:com?|net|org|io|ai|app|dev|me|us|de|fr|es|it|nl|co\.uk|ca|com\.au|eu|ch|at|se)(?:/\S*)?"
# A card network writes these behind a name: a site, an address for mail, a phone.
_CONTACT = re.compile(
    rf"(?<=\w)[ ,*]+(?:{_SITE}|\S+@\S+|\+?1?[- ]?\(?\d{{3}}\)?[-. ]?\d{{3}}[-. ]?\d{{4}})$", re.IGNORECASE
)
_PATH = re.compile(r"(?<=\.com)/(?:bill|charge|pay|billing)\w*$", re.IGNORECASE)
# A firm ends with its legal form: `HETZNER ONLINE GMBH GUNZENHAUSEN`.
_FORM = re.compile(
    r"^(?P<firm>\S.* (?:GmbH(?: (?:&|und|\+) Co\.? (?:KG|OHG))?|Inc\.?|LLC|L\.L\.C\.|(?:Pty\.? |Pvt\.? |Pte\.? )?Ltd\.?|SARL|S\.r\.l\.|SRL|S\.?p\.?A\.?|ApS|BV|B\.V\.))[ ,]+(?P<more>\S.*)$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"^(?:&|\+|and|und|et|y|of|t/a|dba|for|für|-)\b|^[&+-]", re.IGNORECASE)
_CHARGES = re.compile(r"\w+ charges for: ?[A-Z_]+-\d+$", re.IGNORECASE)  # beside the merchant of the payment
_FEE_OF_STRIPE = re.compile(r"stripe[_ ]fee\b", re.IGNORECASE)  # in Stripe's own list of movements
# A text that is a reference alone: `ST-K2M8Q4T1`, `INV-118`.
_REFERENCE = re.compile(r"(?=\S{5})(?:[A-Z]{2,4}-)?[A-Z0-9]*\d[A-Z0-9]*(?:-[A-Z0-9]*\d[A-Z0-9]*)*")
_UNTOLD = frozenset(
    {
        "saldo der abschlussposten",
        "no description",
        "unknown",
        "n a",
        "none",
        "not available",
        "not provided",
        "nicht angegeben",
    }
)
_NO_NAME = frozenset(
    {
        "hotel",
        "bank",
        "university",
        "city",
        "of",
        "the",
        "in",
        "la",
        "le",
        "museum",
        "port",
        "cafe",
        "club",
        "at",
    }
)
# Words that some banks glue to the end of a name.
_GLUED = re.compile(r"(?<=[A-Z]{4})(?=(?:RENT|PAYROLL|TRANSFER) PMTS?\b)|(?<=[a-z])(?=Kto/IBAN:|BLZ/BIC:)")
_CODE = re.compile(r"^\[[A-Z]{2}\]\s*")  # BMO's code of a kind
_CHECK = re.compile(
    r"^(?:\[CK\]\s?.*|(?:(?:share[ ])?draft|check|cheque|chq|ch(?:è|e)?que)(?:[ ](?:paid|no\.?|number|\#))*[ ]?\#?[ ]?\d*(?:[ ]\(\w+\))?)$",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"(?<= )(?:GmbH|Inc\.?|LLC|Ltd\.?|Limited|AG|Corp\.?|Pty|S\.?A\.?R\.?L\.?|B\.?V\.?|AB|Oy|ApS|S\.?r\.?l\.?)$",
    re.IGNORECASE,
)
# A paper with its number, which names nobody: `Invoice 12`.
_PAPER = re.compile(
    r"(?:invoice|inv|bill|receipt|order|purchase order|contract|rechnung|rg|rnr|re|beleg|bestellung|auftrag|vertrag|facture|fact|commande"
    r"|contrat|factura|pedido|fattura|ordine|contratto|fatura|faktura|faktuur|factuur|faktur|arve|rekening)"
    r"[ .:#-]+(?:nr|no|n°|num)?[ .:#-]*[a-z]{0,3}[-/]?\d[\w/-]*",
    re.IGNORECASE,
)
# A label of a number, which the weights may take for a name: `COD. DISP.: 0126…`.
_ABBREVIATIONS = frozenset(
    {
        "cod",
        "ref",
        "rif",
        "nr",
        "no",
        "num",
        "id",
        "ref no",
        "cod disp",
        "disp",
        "prot",
        "kd nr",
        "vn",
        "rev",
        "ret",
        "uur",
        "uhr",
        "aankoop",
        "aankopen",
        "januari",
        "februari",
        "maret",
        "agustus",
        "desember",
    }
)
_TO_MANY = frozenset({"payroll", "loan"})  # purposes that stand for the name of those who are paid
_SURE = 2.5  # odds of a name, beyond which no further text is asked
_VERY_SURE = 4.0
_FEW_WORDS = 4  # a text with more that names somebody has other words too
_LEAST = 2  # letters and digits of a name
_OF_MOVEMENTS = frozenset({"head", "qualifier", "trailing", "own head", "own", "bank", "nobody"})
_ENDS = re.compile(r"^[\s,;:/*.+|-]+|[\s,;:/*+|-]+$")


def of(payee: str, *texts: str, labels: Sequence[str] = (), find: Find = party_tagger.run) -> str | None:
    """The vendor of a movement: its payee, else the party that the first of its texts names, as `find` reads it.

    The bank's own fee and interest, and a check, have none. Neither has a movement of such a kind, by its `labels`, without
    a payee.
    """
    if find is not party_tagger.run:
        return _of(payee, texts, tuple(labels), find)
    return _by_weights(payee, texts, tuple(labels))


@lru_cache(maxsize=10_000)
def _by_weights(payee: str, texts: tuple[str, ...], labels: tuple[str, ...]) -> str | None:
    return _of(payee, texts, labels, party_tagger.run)


def _of(payee: str, texts: tuple[str, ...], labels: tuple[str, ...], find: Find) -> str | None:
    if any(map(_CHARGES.match, texts)):
        return None
    if _is_of_nobody(payee, texts, labels):
        return None if payee else cheques.party(texts)
    if not payee and any(_FEE_OF_STRIPE.match(label) for label in labels):
        return "Stripe"
    if len(to_words(payee).split()) == 1 and pattern(payee) == "payroll":
        return vendor(payee)  # the books of a company may call all of its people so: `Gehaelter`
    if behind := merchants.merchant(payee, texts):
        return named(behind)
    is_of_nobody = False
    doubtful: tuple[float, str] | None = None  # a name, which a further text may name with more certainty
    columns = [party_tagger.BESIDE if payee or number else party_tagger.TEXT for number in range(len(texts))]
    for text, column in zip((payee, *texts), (party_tagger.PAYEE, *columns), strict=True):
        if to_words(text) in _UNTOLD or _REFERENCE.fullmatch(text) or not any(map(str.isalpha, text)):
            continue
        if names_nobody(text):
            is_of_nobody = True
            continue  # another column may name somebody
        if _PAPER.fullmatch(text):
            continue
        guess = _guess(find, parted(text), column, tuple(labels))
        name = named(name_edges.mended(parted(text), guess.words))
        if (office := offices.office(text)) is not None and offices.is_party(text, name):
            return office
        if name and (longer := brand_at(text[max(text.find(name), 0) :])):
            name = longer  # the weights may cut it: `TELEFONICA`
        supplier = brand(text)  # whose name may begin as a kind of movement: `CREDIT KARMA PAYMENT`
        if supplier is not None and (column == party_tagger.PAYEE or _is_sold_by(supplier, text)):
            return supplier
        if name and not _is_no_name(name, text, column):
            if supplier and name.casefold() in supplier.casefold():
                return supplier
            if column == party_tagger.PAYEE or guess.odds >= _SURE or brand(name):
                return name
            odds = 0.0 if _is_trade(name) else guess.odds
            if doubtful is None or odds > 2 * doubtful[0]:
                doubtful = odds, name
        if column == party_tagger.PAYEE and _FIRM.search(text):
            return _of_column(text) or named(text)
    if doubtful is not None:
        return next(filter(None, map(brand_within, texts)), doubtful[1])
    if is_of_nobody:
        return None if payee else name_edges.person(texts)
    return (
        next(filter(None, map(_as_it_stands, (payee, *texts[:1]))), None)
        or _of_column(payee)
        or name_edges.person(texts)
        or cheques.party(texts)
        or next(filter(None, map(_brand_beside, texts)), None)
        or next(filter(None, map(name_edges.only_unknown, texts[:1])), None)
    )


def _is_sold_by(supplier: str, text: str) -> bool:
    """Whether a text has the supplier before a star, and what is bought behind it: `ULINE *SHIP SUPPLIES`. Others sell by a service."""
    before, star, _ = text.partition("*")
    return bool(star) and brand(before) == supplier and supplier not in _SERVICE_NAMES


def _guess(find: Find, text: str, column: str, labels: tuple[str, ...]) -> party_tagger.Guess:
    """The name in a text. One in small letters is read as if it were in capitals too: BBVA writes names so."""
    guess = find(text, column, labels)
    if (
        guess.words
        or column == party_tagger.PAYEE
        or not text[1:].islower()
        or len(text.upper()) != len(text)
    ):
        return guess
    of_capitals = find(text.upper(), column, labels)
    at = text.upper().find(of_capitals.words)
    is_sure = of_capitals.words and of_capitals.odds >= _VERY_SURE
    return party_tagger.Guess(text[at : at + len(of_capitals.words)], of_capitals.odds) if is_sure else guess


def _brand_beside(text: str) -> str | None:
    """The well-known supplier anywhere in a text, unless it tells a fee: `FX FEE GITHUB` is the bank's."""
    is_fee = any("own head" in lists_of(word, word) for word in to_words(text).split())
    return None if is_fee else brand_within(text)


def _is_trade(name: str) -> bool:
    """Whether a name is one word for a trade: `Supermercados`, a category."""
    word = to_words(name)
    return " " not in word and "trades" in {*classes_of(word), *classes_of(word.removesuffix("s"))}


def _is_no_name(name: str, text: str, column: str) -> bool:
    """Whether a name in a text is a number, a letter, or joining words alone: `2026`, `el`. `3M` is a name.

    Nor are words of movements and purposes alone, but where a column of payees has nothing else: `Remote` is a firm there.
    """
    words = to_words(name)
    if _PAPER.fullmatch(name) or words in _ABBREVIATIONS:
        return True
    is_whole = column == party_tagger.PAYEE and words == to_words(text)
    lists = {"joints"} if is_whole else {"joints", "moves", "purposes"}
    if all(lists.intersection(classes_of(word)) for word in words.split()):
        return True
    return not any(map(str.isalpha, name)) or sum(map(str.isalnum, name)) < _LEAST


def _of_column(payee: str) -> str | None:
    """The payee that has a column of its own, in which the weights see words of movements alone: `FASTHOSTS INTERNET`.

    One word at the least is no such word.
    """
    words = to_words(payee).split()
    is_own = own_words.names_nobody_else(payee) or transfers.says_own(payee)
    is_name = not is_own and any(
        len(word) > 2 and word.isalpha() and not lists_of(word, word) for word in words
    )
    return (
        vendor(name_edges.without_movement(payee))
        if is_name and len(words) <= _FEW_WORDS and not names_nobody(payee)
        else None
    )


def _is_of_nobody(payee: str, texts: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether a movement has no party: cash, whatever stands as its payee; the bank's fee where no payee stands."""
    if any(map(nobody.is_kind_of_cash, (*labels, *texts[1:]))) or any(
        map(nobody.is_cash, (payee, *texts[:1]))
    ):
        return True
    if nobody.is_fee_of_column(payee) or (not payee and any(map(transfers.says_own, texts[:1]))):
        return True
    is_fee = names_nobody_by_label(*labels) or any(map(nobody.is_kind_of_fee, labels))
    return not payee and (is_fee or any(map(nobody.is_fee, texts[:1])))


def _as_it_stands(text: str) -> str | None:
    """The text in which the weights see no name: a well-known supplier, a firm with its form, or a few words of which none
    tells how money moved."""
    words = to_words(text).split()
    if " ".join(words) in _UNTOLD or _REFERENCE.fullmatch(text) or not any(map(str.isalpha, text)):
        return None
    if (supplier := brand(text)) is not None:
        return supplier
    tells = any(_OF_MOVEMENTS.intersection(lists_of(word, word)) for word in words)
    is_short = len(words) <= _FEW_WORDS and not any(map(str.isdigit, text))
    is_said = not tells or pattern(text) in _TO_MANY or _ends_with_trade(words)  # `Payroll November`
    text = name_edges.without_movement(text)
    if all("moves" in classes_of(word) for word in words):
        return None
    return vendor(text) if _FIRM.search(text) or (is_short and is_said) else None


def _ends_with_trade(words: list[str]) -> bool:
    """Whether the last of several words is a trade and nothing else: `Bollo Studio`, where `bollo` is a stamp duty too."""
    last = words[-1]
    return len(words) > 1 and classes_of(last) == ("trades",) and not lists_of(last, last)


def parted(text: str) -> str:
    """The text with blanks between a name and the words that a bank glued to it."""
    return _GLUED.sub("  ", text)


def named(words: str) -> str | None:
    """The vendor that is named by these words alone."""
    name = vendor(words)
    return name and (brand(words) or brand(name) or name)


def names_nobody(text: str) -> bool:
    """Whether a text says that a movement has no party at all, so that no other text names one."""
    bare = " ".join(text.split())
    if _FIRM.search(bare):  # `Interest Media GmbH`
        return False
    return bool(_CHECK.match(bare)) or is_banks_own(_CODE.sub("", bare))


@lru_cache(maxsize=10_000)
def vendor(text: str) -> str | None:
    """The vendor's name in the text of a bank, at most 100 characters; None for an empty text."""
    uncut = " ".join(clean_line(text).split())
    name = uncut
    for _ in range(5):  # a pass may uncover more to trim
        before = name
        name = _trimmed(name)
        if name == before:
            break
    if sum(map(str.isalnum, name)) < 2 or not any(map(str.isalpha, name)):  # `3M` is a name, `R` is none
        name = uncut
    if LEGAL_FORMS.issuperset(to_words(name.replace(".", "")).split()):  # the number was the name
        name = uncut
    return name[:_LONGEST].strip() or None


def _trimmed(text: str) -> str:
    name = _STATION.sub("", _SERVICES.sub("", text))
    name = _STREET.sub("", name)
    if (shop := _SHOP.match(name)) and brand(name) is None:
        name = shop["name"]
    name = _place().sub("", name)
    name = _PATH.sub("", _CONTACT.sub("", name))
    name = without_references(" ".join(name.split()))
    firm = _FORM.match(name)
    if firm and not _GOES_ON.match(firm["more"]) and LEGAL_FORMS.isdisjoint(to_words(firm["more"]).split()):
        name = firm["firm"]
    return _without_town(before_kind(_ENDS.sub("", " ".join(name.split()))))


def _without_town(name: str) -> str:
    """The name without a town of two words: `FIGMA SAN FRANCISCO`. One word may be part of a name."""
    words = name.split()
    is_town = len(words) > 2 and " ".join(words[-2:]).casefold() in places("towns")
    return name if not is_town or words[-3].casefold() in _NO_NAME else " ".join(words[:-2]).rstrip(" ,")


@cache
def _place() -> re.Pattern[str]:
    """A shop's number, site or phone, then its place: `0123 SEATTLE WA`, `AWS.AMAZON.CO WA`, `800-555-0100, ON`."""
    regions = "|".join(sorted(places("states") | places("regions") | places("countries")))
    phone = r"\+?1?[- ]?\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}"
    return re.compile(
        rf"(?:[ ,]+(?:\#?\d{{3,16}}|(?=[A-Z]*\d)[A-Z0-9]{{5,}}|(?i:\S+\.(?:com?|net|org|io)(?:/\S*)?)|{phone}))?"
        rf"(?:(?<=\d)[ ,]+|(?<=[a-zA-Z*])[ ,]+)(?:[A-Za-z.'-]+[ ]){{0,2}}[A-Za-z.'-]*,[ ](?:{regions})(?:,?[ ](?:US|USA|CA|CAN))?$"
        rf"|[ ](?:\#?\d{{3,5}}|(?i:\S+\.(?:com?|net|org|io)(?:/\S*)?)|{phone})"
        rf"(?:[ ][A-Za-z.'-]+){{0,3}}[ ,]+(?:{regions})(?:,?[ ](?:US|USA))?$"
    )

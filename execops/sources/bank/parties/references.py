"""The references in a line of a bank: numbers of invoices, customers, mandates and cards, and dates.

They change with every payment, so they are no part of a vendor's name. A name may hold digits too (3M, 7-Eleven,
Office 365). So a number counts as a reference only by a word before it, by its length, or by a form that no name has.
"""

from __future__ import annotations

import re

_PARTS = {
    # Words for an invoice, and for anything else that has a number.
    "invoice": r"""(?:inv|invoices?|rechn?|rechnungs?|rg|rnr|re|belegs?|fact?|facture|factura|fattura|fatt|fatura|factuur)""",
    "other": r"""(?:
        kd|kunden?|kundenkonto|customer|cust|client|cliente|klant|konto|(?:vertrags|buchungs)konto|account|acct
      | vertrags?|contract|contrat|contrato|gl(?:ä|ae|a)ubiger|creditor|mandats?|mandate|mandato|mandaats?
      | mandatsreferenz|mandatsref|mref|eref|kref|cred|svwz|ref|reference|referenz|r[ée]f[ée]rence|referencia|riferimento
      | referentie|order|bestell|bestellung|auftrags?|commande|pedido|ordine|bestelling|po|trace|id|auth|txn?|trx|transaction
      | vorgangs?)""",
    "number": r"(?:[ .-]{0,2}(?:no?|nr|num|nummer|number|n[uú]mero|n[°º]|id|[°º])(?![A-Za-z])\.?)",
    "value": r"(?:[A-Z]{0,4}[-/_.]?\d[\w./-]*)",
    "month": r"""(?:(?:
        jan(?:uary|uar|vier|uari|eiro)?|feb(?:ruary|ruar|ruari|braio|rero)?|f[ée]v(?:rier|ereiro)?|m[aä]r(?:ch|z|zo|ço)?|mars|maart
      | ene(?:ro)?|gen(?:naio)?|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai|mei|mayo|maggio|maio|june?|juni?|juin|junio
      | giugno|junho|jul[yi]?|juil(?:let)?|julio|luglio|julho|aug(?:ust|ustus)?|ao[uû]t|ago(?:sto)?|sept?(?:ember|embre|iembre)?
      | set(?:tembre|embro)?|o[ck]t(?:ober|obre|ubre)?|out(?:ubro)?|ottobre|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embro)?
      | d[ée]c(?:embre)?|dic(?:embre|iembre)?)\.?)""",
    "day": r"(?:0?[1-9]|[12]\d|3[01])",
    "start": r"(?<!\w)(?<!\w[/-])",  # of a word, and not inside a longer reference
    "inside": r"(?<=\S[ ]|[ ][(\[])",  # behind the beginning of a text, which may be a name
}


def _pattern(text: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(text % _PARTS, re.VERBOSE | flags)


_REFERENCES = (
    # A word for a reference, and its number.
    _pattern(r"%(start)s(?:%(invoice)s|%(other)s)%(number)s?[ ]?[:\#+.]+[ ]?\S*\d\S*"),
    _pattern(
        r"%(start)s(?:n[°ºo]\.?[ ])?(?:%(invoice)s|%(other)s)(?:%(number)s[ ]?[:\#+.-]*[ ]?|[-/])%(value)s"
    ),
    _pattern(r"%(start)s(?:inv|rg|re|fact?|ft|rnr|kd)(?=(?:[./-]?\d){3})%(value)s"),
    _pattern(r"%(inside)s(?:invoice|rechnung|facture|factura|fattura|fatura|factuur)[ ]%(value)s"),
    _pattern(r"%(start)s%(invoice)s[ ](?=(?:\S*\d){3})%(value)s"),
    _pattern(r"%(start)s(?:n[°ºo]\.?[ ])?%(other)s[ ](?=(?:\S*\d){4})%(value)s"),
    _pattern(r"%(inside)s(?:nr|no|n[°º])\.?[ ]?(?=(?:\S*\d){3})\d[\w./-]*"),
    _pattern(r"\#\s?\d+\b"),
    # Dates and hours.
    _pattern(r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?(?!\w)"),
    _pattern(r"(?<![\d.])\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})(?!\d)"),
    _pattern(r"\b\d{1,2}:\d{2}(?::\d{2})?\b"),
    _pattern(r"(?<![\w./-])%(day)s\.%(day)s\.(?!\w)"),
    _pattern(
        r"(?<!\S)(?:(?:0[1-9]|1[0-2])/(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])/(?:0[1-9]|1[0-2]))(?!\S)"
    ),
    _pattern(r"(?<![\w./-])(?:(?:0?[1-9]|1[0-2])[./-]20\d\d|20\d\d[./-](?:0?[1-9]|1[0-2]))(?![\w/-])"),
    _pattern(r"(?<!\w)(?:%(day)s\.?[ -]?)?%(month)s[ ,'’/-]{0,2}(?:%(day)s,?[ ])?(?:20\d\d|['’]\d\d)(?!\w)"),
    _pattern(
        r"%(inside)s(?:%(day)s\.?[ -]?%(month)s(?:[ -]?\d\d)?|(?!(?:out|set|gen|mars?|may|mai|mei|ago|jan)[ ])%(month)s[ ]%(day)s)(?!\w)"
    ),
    _pattern(r"%(inside)s(?:Q[1-4][ /-]?20\d\d|KW[ ]?\d{1,2}(?:[/-]\d{2,4})?)(?!\w)"),
    # Cards and accounts.
    _pattern(
        r"\b(?:card|carte|karte|tarjeta|kartennr\.?|card[ ]no\.?)[ :]*(?:ending(?:[ ]in)?[ ])?[xX*\#.]*\d{4}\b"
    ),
    _pattern(r"(?:[xX*•\#]{2,}[- ]?)+\d{2,4}\b"),  # XXXX1234, ****1234
    _pattern(r"\b\d(?:[ -]?\d){11,18}\b"),  # a card number
    _pattern(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b", 0),  # an IBAN
    _pattern(r"(?<=[*])(?=\S*\d)(?!\d{1,3}[A-Z]{4,}(?!\S))\S+"),  # *ADS1234567890, but not *37SIGNALS
    _pattern(r"(?<=[*][ ])(?=(?:\S*\d){3})(?!\d{1,3}[A-Z]{4,}(?!\S))\S+"),
    _pattern(r"(?<!\S)[*](?!\S)"),
    # Forms that no name has: R0021744102, 2026/11/0032, HZ-4711-AB, 1A2B3C, sub_1A2B.
    _pattern(r"(?<![\w-])\d{5,}(?![\w-])"),
    _pattern(r"^[A-Z]{1,4}\d{6,}(?=[ ])"),
    _pattern(
        r"%(inside)s(?=(?:[A-Z/_-]*\d){4})(?:[A-Z]{0,4}\d+[A-Z]{0,3}|[A-Z]{1,4})"
        r"(?:[/_-](?:[A-Z]{0,4}\d+[A-Z]{0,3}|[A-Z]{1,4}))+(?!\w)"
    ),
    _pattern(r"%(inside)s(?:[A-Z]{1,4}\d{4,}[A-Z]{0,3}|\d{4,}[A-Z]{1,3})(?![\w/-])"),
    _pattern(r"(?<![\w./-])(?=(?:[./-]?\d){5})\d+(?:[./-]\d+)+(?![\w-])"),
    _pattern(
        r"%(inside)s(?=[A-Z0-9]{6,}(?!\w))(?=(?:[A-Z]*\d){3})(?=\d+[A-Z]+\d|[A-Z]+\d+[A-Z]+\d)[A-Z0-9]+", 0
    ),
    _pattern(
        r"%(inside)s(?=[a-z0-9]{8,}(?!\w))(?=(?:[a-z]*\d){3})(?=\d+[a-z]+\d+[a-z]|[a-z]+\d+[a-z]+\d)[a-z0-9]+",
        0,
    ),
    _pattern(r"%(inside)s[A-Z]{2,5}_\w*\d\w*"),
)
_MAY_REFER = re.compile(r"[\d*]")
_EMPTY = re.compile(r"[(\[][ ,;/-]*[)\]]")  # brackets that held a reference
# Words that are left without their number or date.
_LEFT_BEHIND = _pattern(
    r"(?:[ ,;:/\#.-]+(?:%(invoice)s%(number)s?|(?:nr|nummer|n[°º]|kd|kunden?|kundenkonto|ref|mandat|mandate|vom|v|du|del|dated)\.?"
    r"|ihre|your|votre|su|uw|vostra))+[ .:]*$"
)


def without_references(text: str) -> str:
    """The text without its references and the words that announce them."""
    if not _MAY_REFER.search(text):
        return text
    bare = text
    for reference in _REFERENCES:
        bare = reference.sub(" ", bare)
    if bare == text:
        return text
    return _LEFT_BEHIND.sub("", " ".join(_EMPTY.sub(" ", bare.rstrip(" …")).split()))
